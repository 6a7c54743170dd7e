//! The Center's desks: acceptance, first and final review, production, collection.

use askama::Template;

use super::case::Turn;
use super::frame::Frame;
use super::parts::{Act, Chip, Facts, Field, Form, Link, Notice, Progress, Table, Timeline};

/// A material to look at while checking.
#[derive(Debug, Clone, PartialEq)]
pub struct Exhibit {
    /// Id on the page.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Address of the file.
    pub href: String,
    /// Whether it is a picture (else it opens in its own window).
    pub is_picture: bool,
    /// Revision, uploader, time.
    pub detail: String,
    /// A straightened page, with the places on it; else the material as it was brought.
    pub page: Option<PageView>,
}

/// A straightened page and the places on it that can be marked.
#[derive(Debug, Clone, PartialEq)]
pub struct PageView {
    /// Width of the sheet in mm.
    pub width_mm: f32,
    /// Height of the sheet in mm.
    pub height_mm: f32,
    /// Id of each place on the page, and where it stands in mm.
    pub marks: Vec<(String, scan::Area)>,
}

/// A part of a straightened page that proves a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Crop {
    /// What stands there.
    pub name: String,
    /// Address of the whole page's picture.
    pub src: String,
    /// Width of the sheet in mm.
    pub sheet_width_mm: f32,
    /// Height of the sheet in mm.
    pub sheet_height_mm: f32,
    /// The part that is shown, in mm.
    pub area: scan::Area,
    /// Id of its mark on the whole page.
    pub mark: String,
}

/// A point of the checklist.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckPoint {
    /// Name in the form.
    pub id: String,
    /// Which material or field it is about.
    pub about: String,
    /// What the guide demands.
    pub demand: String,
    /// Where the guide says so.
    pub clause: String,
    /// Id of the exhibit that proves it.
    pub exhibit: Option<String>,
    /// The fields that are compared with it.
    pub facts: Facts,
    /// The parts of the returned page that prove it.
    pub crops: Vec<Crop>,
    /// What the check of the returned page noticed there.
    pub findings: Vec<String>,
    /// The imprint that is compared with it, at true size.
    pub imprint: Option<super::application::ImprintView>,
    /// `accept`, `query` or empty.
    pub answer: String,
    /// It was in order before, and nothing of it changed.
    pub standing: bool,
    /// What the agent is told when it is not so.
    pub words: String,
}

/// Acceptance, first and final review: the scan on one side, points and fields on the other.
#[derive(Debug, Clone, Template)]
#[template(path = "review/review.html")]
pub struct ReviewPage {
    /// The frame.
    pub frame: Frame,
    /// The case number.
    pub number: String,
    /// Its state.
    pub chip: Chip,
    /// Unit, business, seals: in small print.
    pub meta: Vec<String>,
    /// The case's page.
    pub case_href: String,
    /// Where the answers are sent.
    pub action: String,
    /// Version of the case that is shown.
    pub version: u64,
    /// Special situations and other things to know.
    pub notices: Vec<Notice>,
    /// What changed since the revision before.
    pub changes: Vec<super::case::ChangeLine>,
    /// The submitted forms, to be compared with the papers.
    pub forms: Vec<super::application::Section>,
    /// The points that are to be answered now.
    pub points: Vec<CheckPoint>,
    /// The points that stand from the revision before.
    pub standing: Vec<CheckPoint>,
    /// The materials.
    pub exhibits: Vec<Exhibit>,
    /// A remark with the approval.
    pub remark: Option<Field>,
    /// What the approving button says.
    pub approve: String,
    /// What is said when every point is in order.
    pub done: String,
    /// What was checked before, by whom.
    pub checks: Table,
    /// Registering papers, setting aside, refusing.
    pub acts: Vec<Act>,
    /// What happened.
    pub timeline: Timeline,
}

/// One seal to make.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductionItem {
    /// The seal's name.
    pub title: String,
    /// 待制作, 制作中, 已制作.
    pub chip: Chip,
    /// What it will be, or is.
    pub facts: Facts,
    /// Its imprint.
    pub imprint: Option<super::application::ImprintView>,
    /// Make it; absent when it is made.
    pub form: Option<Form>,
    /// What can be fetched when it is made.
    pub downloads: Vec<Link>,
}

/// The production desk.
#[derive(Debug, Clone, Template)]
#[template(path = "review/production.html")]
pub struct ProductionPage {
    /// The frame.
    pub frame: Frame,
    /// The case number.
    pub number: String,
    /// Its state.
    pub chip: Chip,
    /// Unit, business, seals: in small print.
    pub meta: Vec<String>,
    /// The case's page.
    pub case_href: String,
    /// How far.
    pub progress: Progress,
    /// How many are done, of how many.
    pub made: (usize, usize),
    /// Those that failed, each with the way to try it again.
    pub failing: Vec<FailingItem>,
    /// All that can be started, in one step.
    pub start_all: Option<Form>,
    /// The seals.
    pub items: Vec<ProductionItem>,
    /// The seals of a large case, line by line.
    pub table: Option<Table>,
    /// The key at the desk, and what comes when everything is made.
    pub acts: Vec<Act>,
    /// Something is being made in the background.
    pub working: bool,
}

/// An application whose production failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingItem {
    /// The seal's name.
    pub name: String,
    /// What went wrong, and what happens next.
    pub words: String,
    /// Tries it again now.
    pub form: Option<Form>,
}

/// The collection desk.
#[derive(Debug, Clone, Template)]
#[template(path = "review/collection.html")]
pub struct CollectionPage {
    /// The frame.
    pub frame: Frame,
    /// The case number.
    pub number: String,
    /// Its state.
    pub chip: Chip,
    /// Unit, business, seals: in small print.
    pub meta: Vec<String>,
    /// The case's page.
    pub case_href: String,
    /// Whose turn it is.
    pub turn: Turn,
    /// What is handed out.
    pub seals: Table,
    /// Letter, ID copy, collector, signature.
    pub form: Form,
    /// Where the sheet is that can be signed on paper.
    pub sheet: String,
}
