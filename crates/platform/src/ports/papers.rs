//! The papers of the process: what stands in each is decided here and in `platform::papers`; how it looks, behind the port.

mod body;
mod kind;
mod mark;

use async_trait::async_trait;
use jiff::Timestamp;
use scan::Place;
use serde::Serialize;

pub use body::{
    AcceptanceReceipt, ApplicationFormPaper, CancellationNotice, CancelledSeal, Choice,
    CollectionNotice, CompletedSeal, CompletionCertificate, Corrected, CorrectionNotice,
    HandOverList, HandedOver, IdCopySheet, IntroductionPaper, LetterPaper, PaperBody, PaperPerson,
    PaperSeal, ReceivedMaterial, RefusalNotice, SummaryPaper, SummaryRow, ToBring, WhatToBring,
};
pub use kind::{PaperGroup, PaperKind};
pub use mark::PaperMark;

/// Lays papers out and knows which characters it can draw.
///
/// Contract: the same paper makes the same bytes; every text is data and never an instruction to the typesetter; a
/// character that cannot be drawn is refused by name and never left out or drawn as a box.
#[async_trait]
pub trait Papers: Send + Sync {
    /// Lays a paper out as PDF.
    ///
    /// # Errors
    /// [`PapersError`].
    async fn render(&self, paper: Paper) -> Result<PaperFile, PapersError>;

    /// The characters of a text that cannot be drawn, each once.
    fn undrawable(&self, text: &str) -> Vec<char>;
}

/// A paper, ready to be laid out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paper {
    /// What it is.
    pub kind: PaperKind,
    /// What its QR code says.
    pub mark: PaperMark,
    /// 办件编号; for a list over several cases, what it is filed under.
    pub number: String,
    /// The applying unit.
    pub unit: String,
    /// 业务类型.
    pub business: String,
    /// Its date: that of the event it tells of.
    pub at: Timestamp,
    /// The date in words, in Beijing time.
    pub date: String,
    /// The Center and how to reach it.
    pub center: casework::Center,
    /// The desk's opening hours in words.
    pub hours: String,
    /// What stands in it.
    pub body: PaperBody,
}

/// A paper laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperFile {
    /// File name for people, e.g. `申请表-闽印2026-000042-7.pdf`.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Pages.
    pub pages: usize,
    /// Where things stand on them, page by page: what a scan that comes back is compared by. The names are those of
    /// `crates/papers/README.md`.
    pub places: Vec<Place>,
}

/// Why a paper could not be laid out.
#[derive(Debug, thiserror::Error)]
pub enum PapersError {
    /// Characters that no typeface has.
    #[error("no typeface has {0:?}")]
    Undrawable(Vec<char>),
    /// It took longer than it may.
    #[error("the layout took too long")]
    TooSlow,
    /// The typesetter failed.
    #[error("the typesetter failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
