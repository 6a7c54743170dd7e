//! Parts that tell where things stand: notices, progress, timelines, tabs, empty states.

use std::fmt;

use askama::Template;

use super::{Link, Tone};

/// A bar above the content: something happened, or something is to be known.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/notice.html")]
pub struct Notice {
    /// Good, bad or to be known.
    pub tone: Tone,
    /// The sentence that counts.
    pub title: String,
    /// What to do about it, line by line.
    pub lines: Vec<String>,
    /// Stable code for the help desk.
    pub code: Option<String>,
    /// Where to go on.
    pub link: Option<Link>,
}

impl Notice {
    /// A notice of one sentence.
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Self {
            tone,
            title: title.into(),
            lines: Vec::new(),
            code: None,
            link: None,
        }
    }

    /// With a line below it.
    #[must_use]
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// With the code for the help desk.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// How far one step of a way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Here we are.
    Now,
    /// Here we are, and it went back or is held.
    Halted,
    /// Still to come.
    Next,
}

impl StepState {
    /// Whether this is where the way stands.
    pub fn is_current(self) -> bool {
        matches!(self, Self::Now | Self::Halted)
    }

    /// The state in words.
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Done => "已完成",
            Self::Now => "进行中",
            Self::Halted => "已退回",
            Self::Next => "未开始",
        }
    }
}

impl fmt::Display for StepState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::Halted => "halted",
            Self::Next => "next",
        })
    }
}

/// One step of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// How far it is.
    pub state: StepState,
    /// Who or when, in small print.
    pub note: Option<String>,
}

impl Step {
    /// A step without a note.
    pub fn new(label: &str, state: StepState) -> Self {
        Self {
            label: label.into(),
            state,
            note: None,
        }
    }

    /// The steps of a way of which the one with the number `now` (from 0) is current.
    pub fn way(labels: &[&str], now: usize) -> Vec<Self> {
        let state = |index: usize| match index.cmp(&now) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Now,
            std::cmp::Ordering::Greater => StepState::Next,
        };
        labels
            .iter()
            .enumerate()
            .map(|(i, label)| Self::new(label, state(i)))
            .collect()
    }
}

/// The steps of a way in a line (in a column on a phone).
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/progress.html")]
pub struct Progress {
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Beijing time as read.
    pub at: String,
    /// The same for machines (RFC 3339).
    pub iso: String,
    /// Who did it, under the name and post of that day.
    pub who: String,
    /// What was done.
    pub what: String,
    /// What they wrote with it.
    pub note: Option<String>,
    /// Its colour.
    pub tone: Tone,
}

impl Moment {
    /// With what was written.
    #[must_use]
    pub fn with_note(mut self, note: String) -> Self {
        self.note = Some(note);
        self
    }
}

/// What happened, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    /// The moments.
    pub moments: Vec<Moment>,
}

/// An empty list, and the one thing to do next.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/empty.html")]
pub struct Empty {
    /// Icon name.
    pub icon: &'static str,
    /// What is not there.
    pub title: String,
    /// Why, or what will be here.
    pub hint: String,
    /// The next action.
    pub next: Option<Link>,
}

impl Empty {
    /// An empty state without an action.
    pub fn new(icon: &'static str, title: &str, hint: &str) -> Self {
        Self {
            icon,
            title: title.into(),
            hint: hint.into(),
            next: None,
        }
    }

    /// With the next action.
    #[must_use]
    pub fn next(mut self, link: Link) -> Self {
        self.next = Some(link);
        self
    }
}

/// One tab of a work queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// How many are in it, as printed (「99+」 when not counted further).
    pub count: Option<String>,
    /// Whether this tab is shown now.
    pub current: bool,
    /// Whether someone waits for the reader here.
    pub hot: bool,
}

/// A row of tabs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/tabs.html")]
pub struct Tabs {
    /// What the tabs divide, for those who hear them.
    pub label: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
}
