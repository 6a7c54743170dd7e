//! The page of a seal in its unit's register.

use askama::Template;

use super::application::ImprintView;
use super::frame::Frame;
use super::parts::{Act, Chip, Facts, Link, Notice, Table, Timeline};

/// The page of a seal.
#[derive(Debug, Clone, Template)]
#[template(path = "seal/page.html")]
pub struct SealPage {
    /// The frame.
    pub frame: Frame,
    /// Its status.
    pub chip: Chip,
    /// Code and unit, in small print.
    pub meta: Vec<String>,
    /// Expiry, suspension and other things to know.
    pub notices: Vec<Notice>,
    /// What the reader may begin with it.
    pub actions: Vec<Link>,
    /// Its picture.
    pub imprint: Option<ImprintView>,
    /// What it is.
    pub facts: Facts,
    /// Suspend, resume, report a loss.
    pub acts: Vec<Act>,
    /// Its certificates.
    pub certificates: Table,
    /// Its versions: this seal and those before and after it.
    pub lineage: Table,
    /// The latest uses.
    pub uses: Table,
    /// What happened to it.
    pub history: Timeline,
}
