//! Small text parts: chips, cells and lists of facts.

use std::fmt;

use askama::Template;

/// What a colour says. Always printed together with words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to notice.
    #[default]
    Neutral,
    /// Under way.
    Info,
    /// In order.
    Good,
    /// Someone must do something.
    Warn,
    /// Refused, invalid, dangerous.
    Bad,
}

impl Tone {
    /// The icon that goes with the tone.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Neutral | Self::Info => "info",
            Self::Good => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// Whether a screen reader should break in to say it.
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::Bad)
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        })
    }
}

/// A status: words in a coloured box.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/chip.html")]
pub struct Chip {
    /// The status in words.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
}

impl Chip {
    /// A chip saying `text`.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The words.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// A link called `label`.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// A piece of text in a table or a fact: words, perhaps a link, a chip, a second line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/cell.html")]
pub struct Cell {
    /// The words.
    pub text: String,
    /// Where a click leads.
    pub href: Option<String>,
    /// A smaller second line.
    pub sub: Option<String>,
    /// A status before the words.
    pub chip: Option<Chip>,
    /// Numbers and digests in fixed width.
    pub mono: bool,
}

impl Cell {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Words that lead somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: Some(href.into()),
            ..Self::default()
        }
    }

    /// A number or digest in fixed width.
    pub fn mono(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            mono: true,
            ..Self::default()
        }
    }

    /// A status alone.
    pub fn chip(chip: Chip) -> Self {
        Self {
            chip: Some(chip),
            ..Self::default()
        }
    }

    /// The same with a second line.
    #[must_use]
    pub fn with_sub(mut self, sub: impl Into<String>) -> Self {
        self.sub = Some(sub.into());
        self
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Chip> for Cell {
    fn from(chip: Chip) -> Self {
        Self::chip(chip)
    }
}

/// A name and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The name, without colon.
    pub label: String,
    /// What it is.
    pub value: Cell,
}

/// A description list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/facts.html")]
pub struct Facts {
    /// The facts in reading order.
    pub facts: Vec<Fact>,
    /// Two columns where there is room.
    pub two: bool,
}

impl Facts {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same list in two columns.
    #[must_use]
    pub fn in_two(mut self) -> Self {
        self.two = true;
        self
    }

    /// The list with one fact more.
    #[must_use]
    pub fn with(mut self, label: impl Into<String>, value: impl Into<Cell>) -> Self {
        self.facts.push(Fact {
            label: label.into(),
            value: value.into(),
        });
        self
    }

    /// The list with one fact more, if there is something to tell.
    #[must_use]
    pub fn with_some(self, label: impl Into<String>, value: Option<impl Into<Cell>>) -> Self {
        match value {
            Some(value) => self.with(label, value),
            None => self,
        }
    }
}
