//! The page of a seal in its unit's register.

use askama::Template;

use super::application::ImprintView;
use super::frame::Frame;
use super::parts::{Act, Chip, Empty, Facts, Form, Link, Notice, Table, Timeline};

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
    /// What is imported into a signing device.
    pub downloads: Vec<Link>,
    /// The business that can be begun for it, or why not.
    pub offers: Vec<OfferView>,
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

/// Reporting a loss.
#[derive(Debug, Clone, Template)]
#[template(path = "seal/loss.html")]
pub struct LossPage {
    /// The frame.
    pub frame: Frame,
    /// What happens.
    pub lead: String,
    /// Which seals, and what happened; absent where there is none to report.
    pub form: Option<Form>,
    /// Shown in its place.
    pub empty: Empty,
    /// What still has to follow earlier reports.
    pub open: Table,
    /// All of that.
    pub all: Link,
}

/// One special situation.
#[derive(Debug, Clone, Template)]
#[template(path = "seal/special.html")]
pub struct SpecialPage {
    /// The frame.
    pub frame: Frame,
    /// Where it stands.
    pub chip: Chip,
    /// What has to be done.
    pub notices: Vec<Notice>,
    /// What it is.
    pub facts: Facts,
    /// Propose, confirm, end.
    pub acts: Vec<Act>,
    /// What happened to it.
    pub history: Timeline,
}

/// A kind of business for a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferView {
    /// Its name.
    pub name: &'static str,
    /// Icon name.
    pub icon: &'static str,
    /// When it is the right one, or why it cannot be begun now.
    pub hint: String,
    /// Begins it; absent while it cannot be begun.
    pub form: Option<Form>,
}
