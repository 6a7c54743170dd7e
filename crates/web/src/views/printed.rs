//! Lists as pages laid out for paper.

use askama::Template;

use super::parts::Table;

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
