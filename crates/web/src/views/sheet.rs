//! A page of several parts: facts, lists and what can be done, each below its heading.

use askama::Template;

use super::frame::Frame;
use super::parts::{Act, Chip, Facts, Form, Link, Notice, Table};

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
