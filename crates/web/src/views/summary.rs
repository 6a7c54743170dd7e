//! The summary sheet: where it is downloaded and uploaded, and what became of it.

use askama::Template;

use super::frame::Frame;
use super::parts::{Facts, Form, Link, Notice, Table};

/// Empty sheets to download, and the form to upload a filled-in one.
#[derive(Debug, Clone, Template)]
#[template(path = "summary/upload.html")]
pub struct SummaryPage {
    /// The frame.
    pub frame: Frame,
    /// What the page is for.
    pub lead: String,
    /// The empty sheets.
    pub templates: Vec<Link>,
    /// The sheet of the case as it is, where it has one.
    pub written: Option<Link>,
    /// Rules of the guide and of the platform.
    pub notes: Vec<String>,
    /// The upload.
    pub form: Form,
}

/// An uploaded sheet: how far it is, or what is wrong with it.
#[derive(Debug, Clone, Template)]
#[template(path = "summary/import.html")]
pub struct ImportPage {
    /// The frame.
    pub frame: Frame,
    /// How it stands.
    pub notice: Notice,
    /// Lines checked and lines in all, while it is being checked.
    pub progress: Option<(u32, u32)>,
    /// What was uploaded.
    pub facts: Facts,
    /// Where to go on, the main way first.
    pub links: Vec<Link>,
    /// The bad cells.
    pub faults: Option<Table>,
    /// To upload the mended sheet.
    pub again: Option<Form>,
}
