//! The page of a case's papers.

use askama::Template;

use super::frame::Frame;
use super::parts::{Chip, Field, Link};

/// A paper that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLine {
    /// Its name.
    pub name: String,
    /// When it was issued, what it is for.
    pub detail: String,
    /// Needed now.
    pub chip: Option<Chip>,
    /// Where it is looked at.
    pub open: String,
    /// Where it is kept from.
    pub download: String,
}

/// Papers for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PapersSection {
    /// The purpose.
    pub title: String,
    /// The papers.
    pub lines: Vec<PaperLine>,
}

/// Who collects, to be written into the papers of the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorForm {
    /// Name and number.
    pub fields: Vec<Field>,
    /// The first paper.
    pub action: String,
    /// The papers it can be written into.
    pub buttons: Vec<Link>,
}

/// The page of a case's papers.
#[derive(Debug, Clone, Template)]
#[template(path = "case/papers.html")]
pub struct PapersPage {
    /// The frame.
    pub frame: Frame,
    /// The case number.
    pub number: String,
    /// Its state.
    pub chip: Chip,
    /// Business type, unit, filed when.
    pub meta: Vec<String>,
    /// The papers, by purpose.
    pub sections: Vec<PapersSection>,
    /// Who collects.
    pub collector: Option<CollectorForm>,
    /// The case.
    pub back: String,
}
