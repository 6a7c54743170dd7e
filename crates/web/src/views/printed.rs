//! Papers as pages laid out for A4.

use askama::Template;

use super::application::ImprintView;
use super::parts::Table;

/// A line of the printed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedRow {
    /// The field's name.
    pub label: String,
    /// What was filled in.
    pub value: String,
}

/// The application form (福建省电子政务电子印章申请表).
#[derive(Debug, Clone, Template)]
#[template(path = "printed/form.html")]
pub struct PrintedForm {
    /// Elder mode (never on paper).
    pub elder: bool,
    /// Number of the case.
    pub number: String,
    /// Revision that it shows.
    pub revision: u32,
    /// The fields.
    pub rows: Vec<PrintedRow>,
    /// The imprint as collected, for comparison.
    pub imprint: Option<ImprintView>,
    /// When it was printed.
    pub printed_at: String,
    /// The page it was opened from.
    pub back: String,
}

/// The letter drafted from the forms and the unit's own reasons.
#[derive(Debug, Clone, Template)]
#[template(path = "printed/letter.html")]
pub struct PrintedLetter {
    /// Elder mode (never on paper).
    pub elder: bool,
    /// The unit that writes.
    pub unit: String,
    /// 函号.
    pub letter_number: Option<String>,
    /// What it is about.
    pub title: String,
    /// 行文对象.
    pub addressee: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// Whom to call.
    pub contact: String,
    /// The day.
    pub date: String,
    /// Number of the case.
    pub number: String,
    /// The page it was opened from.
    pub back: String,
}

/// A list to be printed: the whole of it, with what it shows and for whom.
#[derive(Debug, Clone, Template)]
#[template(path = "printed/list.html")]
pub struct PrintedList {
    /// Elder mode (never on paper).
    pub elder: bool,
    /// The platform's name.
    pub platform: String,
    /// The list's name.
    pub title: String,
    /// Its filters, how many lines, when and for whom.
    pub said: String,
    /// Too wide for upright paper.
    pub wide: bool,
    /// Says that it goes on beyond this.
    pub cut: Option<String>,
    /// The list.
    pub table: Table,
    /// The page it was opened from.
    pub back: String,
}
