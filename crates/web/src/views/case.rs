//! The page of a case.

use askama::Template;

use super::frame::Frame;
use super::parts::{Act, Chip, Facts, Link, Progress, Table, Timeline};

/// Whose turn it is, since when, and what comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The reader's own turn.
    pub mine: bool,
    /// Nothing more to do.
    pub closed: bool,
    /// Icon name.
    pub icon: &'static str,
    /// Whose turn.
    pub who: String,
    /// Since when.
    pub since: String,
    /// What comes next.
    pub next: String,
    /// Where the reader does it, if anywhere else than on this page.
    pub go: Option<Link>,
}

/// A material of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaterialLine {
    /// Its name.
    pub name: String,
    /// Revision, uploader, time.
    pub detail: String,
    /// Its state: 已上传, 缺少, 原件已收 …
    pub chip: Chip,
    /// Where to look at it.
    pub href: Option<String>,
    /// What it took the place of, newest first.
    pub earlier: Vec<Self>,
}

/// Something that the newest revision says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// Which field or material.
    pub about: String,
    /// What was there.
    pub before: Option<String>,
    /// What is there now.
    pub after: Option<String>,
}

impl ChangeLine {
    /// A change of a field or material.
    pub fn new(about: String, before: Option<String>, after: Option<String>) -> Self {
        Self {
            about,
            before,
            after,
        }
    }
}

/// A point of a correction notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionPoint {
    /// Which material or field.
    pub about: String,
    /// What is wrong and how to put it right.
    pub words: String,
    /// Where to put it right, for the one whose turn it is.
    pub fix: Option<Link>,
    /// Put right since.
    pub done: bool,
}

/// The page of a case.
#[derive(Debug, Clone, Template)]
#[template(path = "case/page.html")]
pub struct CasePage {
    /// The frame.
    pub frame: Frame,
    /// The case number.
    pub number: String,
    /// Its papers.
    pub papers: String,
    /// Its scans.
    pub scans: Option<String>,
    /// Its state.
    pub chip: Chip,
    /// Business type, unit, filed when: in small print below the title.
    pub meta: Vec<String>,
    /// Whose turn it is.
    pub turn: Turn,
    /// The way.
    pub progress: Progress,
    /// Open points of a correction notice.
    pub points: Vec<CorrectionPoint>,
    /// What the newest revision changed.
    pub changes: Vec<ChangeLine>,
    /// What the reader may do.
    pub acts: Vec<Act>,
    /// Unit, agent, route.
    pub facts: Facts,
    /// The applications.
    pub applications: Table,
    /// Ways to all of them and to the summary sheet.
    pub application_links: Vec<Link>,
    /// The materials.
    pub materials: Vec<MaterialLine>,
    /// Who decided what.
    pub decisions: Table,
    /// What happened.
    pub timeline: Timeline,
}
