//! Stamping a document: placing the seal, asking, approving, stamping, fetching.

use askama::Template;

use super::case::Turn;
use super::frame::Frame;
use super::parts::{Act, Chip, Facts, Form, Link, Notice, Timeline};

/// A page of a document as a picture.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "parts/page-picture.html")]
pub struct PagePicture {
    /// From 1.
    pub number: usize,
    /// Width in mm.
    pub width_mm: f64,
    /// Height in mm.
    pub height_mm: f64,
    /// Address of the picture.
    pub src: String,
    /// The seal on it, if there is one.
    pub seal: Option<PlacedSeal>,
}

impl askama::filters::HtmlSafe for PagePicture {}

/// A seal at its place on a page. All lengths in mm from the top left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedSeal {
    /// Address of its picture.
    pub src: String,
    /// Left edge.
    pub x_mm: f64,
    /// Top edge.
    pub y_mm: f64,
    /// Width.
    pub width_mm: f64,
    /// Height.
    pub height_mm: f64,
}

/// Choosing page and position.
#[derive(Debug, Clone, Template)]
#[template(path = "stamping/place.html")]
pub struct PlacePage {
    /// The frame.
    pub frame: Frame,
    /// The document's name.
    pub document: String,
    /// What is stamped with what.
    pub facts: Facts,
    /// The pages; the one with the seal carries it.
    pub pages: Vec<PagePicture>,
    /// Other pages of a long document.
    pub more: Vec<Link>,
    /// Page, left, top and reason.
    pub form: Form,
}

/// A stamping request.
#[derive(Debug, Clone, Template)]
#[template(path = "stamping/page.html")]
pub struct StampingPage {
    /// The frame.
    pub frame: Frame,
    /// Its state.
    pub chip: Chip,
    /// Seal, applicant, time, in small print.
    pub meta: Vec<String>,
    /// Whose turn it is.
    pub turn: Turn,
    /// Things to know.
    pub notices: Vec<Notice>,
    /// What is stamped with what, and why.
    pub facts: Facts,
    /// The pages as they will look, or look.
    pub pages: Vec<PagePicture>,
    /// Approve, refuse, stamp, withdraw.
    pub acts: Vec<Act>,
    /// The stamped file and its proof, when there is one.
    pub downloads: Vec<Link>,
    /// What happened.
    pub timeline: Timeline,
}

/// Beginning: a file and a seal.
#[derive(Debug, Clone, Template)]
#[template(path = "stamping/new.html")]
pub struct NewStampingPage {
    /// The frame.
    pub frame: Frame,
    /// File, seal, reason.
    pub form: Form,
    /// What is to be known beforehand.
    pub hints: Vec<String>,
}
