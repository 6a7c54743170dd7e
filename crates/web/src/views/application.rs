//! The wizard of an application.

use askama::Template;

use super::case::CorrectionPoint;
use super::frame::Frame;
use super::parts::{Chip, Facts, Form, Link, Notice, Rule, StepState, Table};

/// A step of the rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RailStep {
    /// Its name.
    pub label: String,
    /// Its page; absent while it cannot be opened.
    pub href: Option<String>,
    /// How far it is.
    pub state: StepState,
    /// What is missing in it.
    pub note: Option<String>,
}

/// What every step of the wizard shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WizardHead {
    /// The case's number.
    pub case_number: String,
    /// The case's page.
    pub case_href: String,
    /// The rail.
    pub rail: Vec<RailStep>,
    /// The step's heading.
    pub heading: String,
    /// What to do here.
    pub lead: String,
    /// Hints beside the form, from the guide.
    pub hints: Vec<String>,
    /// Open points of a correction notice for this step.
    pub points: Vec<CorrectionPoint>,
    /// When the draft was last saved.
    pub saved: String,
}

/// Choosing the kind of business.
#[derive(Debug, Clone, Template)]
#[template(path = "application/new.html")]
pub struct NewCasePage {
    /// The frame.
    pub frame: Frame,
    /// A new seal, by its kind.
    pub form: Form,
    /// The kinds of business that begin from a seal.
    pub others: Vec<BusinessDoor>,
}

/// A kind of business that begins from a seal of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessDoor {
    /// Where its seals are chosen.
    pub link: Link,
    /// Icon name.
    pub icon: &'static str,
    /// When it is the right one.
    pub hint: &'static str,
}

/// One point of what was found in a certificate request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPoint {
    /// What was looked at, and what stands there.
    pub label: String,
    /// What stands there.
    pub value: String,
    /// 符合, 提示, 不符合.
    pub chip: Chip,
    /// The judgement in words, and what to do.
    pub message: String,
    /// Stable code of a fault.
    pub code: Option<String>,
}

/// The certificate request of a device seal (P10).
#[derive(Debug, Clone, Template)]
#[template(path = "application/request.html")]
pub struct RequestPage {
    /// The frame.
    pub frame: Frame,
    /// The wizard around it.
    pub head: WizardHead,
    /// The request that is there, and the verdict on it.
    pub verdict: Option<Notice>,
    /// Point by point.
    pub points: Vec<RequestPoint>,
    /// Uploading it, or another in its place.
    pub form: Form,
    /// On with the next step, once it can be used.
    pub next: Option<Link>,
}

/// A step that is a form.
#[derive(Debug, Clone, Template)]
#[template(path = "application/form.html")]
pub struct ApplicationPage {
    /// The frame.
    pub frame: Frame,
    /// The wizard around it.
    pub head: WizardHead,
    /// The form.
    pub form: Form,
}

/// An imprint at its true size.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "parts/imprint.html")]
pub struct ImprintView {
    /// Address of the picture.
    pub src: String,
    /// Width in mm.
    pub width_mm: f64,
    /// Height in mm.
    pub height_mm: f64,
    /// What it shows, for those who hear it.
    pub alt: String,
}

impl askama::filters::HtmlSafe for ImprintView {}

/// Collecting the imprint.
#[derive(Debug, Clone, Template)]
#[template(path = "application/imprint.html")]
pub struct ImprintPage {
    /// The frame.
    pub frame: Frame,
    /// The wizard around it.
    pub head: WizardHead,
    /// Picture, width, height.
    pub form: Form,
    /// What has been uploaded.
    pub imprint: Option<ImprintView>,
    /// What was found in it.
    pub findings: Vec<Notice>,
}

/// A place for one material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaterialSlot {
    /// Its name.
    pub name: String,
    /// The guide's demands on it.
    pub demands: Vec<String>,
    /// Uploaded, missing, written by the platform.
    pub chip: Chip,
    /// What is there now.
    pub file: Option<Link>,
    /// Papers to print and sign, or a draft to begin from.
    pub helps: Vec<Link>,
    /// Upload; absent for what the platform writes itself.
    pub form: Option<Form>,
    /// Taking out what is there.
    pub remove: Option<Form>,
}

/// The materials of the case.
#[derive(Debug, Clone, Template)]
#[template(path = "application/materials.html")]
pub struct MaterialsPage {
    /// The frame.
    pub frame: Frame,
    /// The wizard around it.
    pub head: WizardHead,
    /// The materials.
    pub slots: Vec<MaterialSlot>,
    /// What is still missing before the next step.
    pub rules: Vec<Rule>,
    /// The next step.
    pub next: Link,
}

/// A section of the final check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What was filled in.
    pub facts: Facts,
    /// Where to change it.
    pub edit: Option<String>,
}

/// Check and submit.
#[derive(Debug, Clone, Template)]
#[template(path = "application/check.html")]
pub struct CheckPage {
    /// The frame.
    pub frame: Frame,
    /// The wizard around it.
    pub head: WizardHead,
    /// Everything filled in.
    pub sections: Vec<Section>,
    /// The imprint.
    pub imprint: Option<ImprintView>,
    /// Submit, with what holds it back; absent for those who only read.
    pub form: Option<Form>,
    /// All forms of the case, where there are several.
    pub forms: Option<Table>,
    /// One seal more in the same case.
    pub add: Option<Form>,
    /// Taking this form out of a case that has others.
    pub remove: Option<Form>,
}
