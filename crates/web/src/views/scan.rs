//! Papers that come back as scans: bringing them, how far an upload is, one page.

use askama::Template;

use super::frame::Frame;
use super::parts::{Act, Chip, Facts, Form, Link, Notice, Table};

/// Where scans are brought, and what was brought before.
#[derive(Debug, Clone, Template)]
#[template(path = "scan/bring.html")]
pub struct BringScansPage {
    /// The frame.
    pub frame: Frame,
    /// What the page is for.
    pub lead: String,
    /// To bring files, for posts that may.
    pub form: Option<Form>,
    /// How to photograph and scan.
    pub notes: Vec<String>,
    /// Pages filed under the case, for a case's page.
    pub pages: Option<Vec<ScanTile>>,
    /// Former uploads.
    pub uploads: Option<Table>,
}

/// A page in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanTile {
    /// Its own page.
    pub href: String,
    /// Its small picture.
    pub picture: Option<String>,
    /// What it shows.
    pub title: String,
    /// File and page.
    pub detail: String,
    /// How it stands.
    pub chip: Chip,
    /// The first thing to do.
    pub note: Option<String>,
}

/// An upload and its pages.
#[derive(Debug, Clone, Template)]
#[template(path = "scan/upload.html")]
pub struct ScanUploadPage {
    /// The frame.
    pub frame: Frame,
    /// How it stands.
    pub notice: Notice,
    /// Pages looked at and pages in all, while they are being looked at.
    pub progress: Option<(u32, u32)>,
    /// Files that cannot be read, and why.
    pub faults: Vec<Notice>,
    /// The pages.
    pub pages: Vec<ScanTile>,
    /// To confirm every page without remarks at once.
    pub confirm: Option<Form>,
    /// Where to go on.
    pub links: Vec<Link>,
}

/// The imprint beside the scan, at the same scale.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareView {
    /// Width and height of the part of the scan in mm.
    pub width_mm: String,
    /// See above.
    pub height_mm: String,
    /// The part of the scan.
    pub scan: String,
    /// The imprint cut out.
    pub imprint: Option<String>,
    /// Its place: left, upper edge, width, height in mm, and the turn back to how it stood with its centre.
    pub at: (String, String, String, String),
    /// SVG transform that turns it as it stood.
    pub turn: String,
    /// Measured and declared sizes, shape, ink.
    pub facts: Facts,
    /// To download.
    pub downloads: Vec<Link>,
}

/// One page.
#[derive(Debug, Clone, Template)]
#[template(path = "scan/page.html")]
pub struct ScanPageView {
    /// The frame.
    pub frame: Frame,
    /// The page is still to be looked at: shown again by itself.
    pub waiting: bool,
    /// How it stands.
    pub chip: Chip,
    /// In small print below the title.
    pub meta: Vec<String>,
    /// What it is and what to look at, worst first.
    pub notices: Vec<Notice>,
    /// The straightened picture and its size in mm.
    pub sheet: Option<(String, String, String)>,
    /// Areas to look at: x, y, width, height in mm.
    pub marks: Vec<(String, String, String, String)>,
    /// Where it belongs.
    pub facts: Facts,
    /// The imprint.
    pub compare: Option<CompareView>,
    /// What may be done, the expected first.
    pub forms: Vec<Form>,
    /// Rarer acts.
    pub acts: Vec<Act>,
    /// For who may correct the imprint: with a picture asked for anew.
    pub adjust: Option<AdjustView>,
    /// What was corrected, by whom and why.
    pub adjusted: Vec<String>,
    /// Where to go on.
    pub links: Vec<Link>,
}

/// Crop, threshold and rotation by hand.
#[derive(Debug, Clone)]
pub struct AdjustView {
    /// The fields: to look at, or to be kept.
    pub form: Form,
    /// Address of the preview's picture, with what was typed.
    pub preview: Option<String>,
    /// Address of the preview's picture, without it.
    pub source: String,
}

/// Two imprints that look nearly the same.
#[derive(Debug, Clone, PartialEq)]
pub struct AlikeView {
    /// The application's own.
    pub own: String,
    /// Its seal name.
    pub own_name: String,
    /// The other.
    pub other: String,
    /// Its seal name and unit.
    pub other_name: String,
    /// The other's state and since when.
    pub detail: String,
    /// Where the other is looked at.
    pub href: Option<String>,
    /// How alike they are.
    pub chip: Chip,
}

/// The radar's page of a case.
#[derive(Debug, Clone, Template)]
#[template(path = "scan/alike.html")]
pub struct AlikePage {
    /// The frame.
    pub frame: Frame,
    /// What the page is for.
    pub lead: String,
    /// The pairs.
    pub pairs: Vec<AlikeView>,
}
