//! A page of several parts: facts, lists and what can be done, each below its heading.

use askama::Template;

use super::frame::Frame;
use super::parts::{Act, Chip, Facts, Form, Link, Notice, Table, Timeline};

/// A text as its readers get it, with its line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What it is.
    pub label: String,
    /// The text.
    pub text: String,
    /// What is to be known of it.
    pub note: Option<String>,
}

impl Passage {
    /// A text called `label`.
    pub fn new(label: &str, text: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            text: text.into(),
            note: None,
        }
    }

    /// With what is to be known of it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// A part of the page.
#[derive(Debug, Clone)]
pub enum Block {
    /// Facts below a heading.
    Facts(String, Facts),
    /// A list; its caption is the heading.
    List(Table),
    /// A form below a heading.
    Form(String, Form),
    /// What can be done.
    Acts(Vec<Act>),
    /// Something to know.
    Notice(Notice),
    /// What happened, below a heading.
    History(String, Timeline),
    /// Texts as their readers get them, below a heading.
    Passages(String, Vec<Passage>),
}

/// A page of several parts.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/sheet.html")]
pub struct SheetPage {
    /// The frame.
    pub frame: Frame,
    /// What the page is about.
    pub lead: String,
    /// How it stands.
    pub chip: Option<Chip>,
    /// Where one can go from here.
    pub actions: Vec<Link>,
    /// The parts.
    pub blocks: Vec<Block>,
}

impl SheetPage {
    /// A page without parts yet.
    pub fn new(frame: Frame, lead: impl Into<String>) -> Self {
        Self {
            frame,
            lead: lead.into(),
            chip: None,
            actions: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// With another part.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }
}
