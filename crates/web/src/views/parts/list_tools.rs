//! What a list offers besides its rows: saved filters, export, print view.

use askama::Template;

/// A saved filter as a chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedChip {
    /// Id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The list with this filter.
    pub href: String,
    /// The list shows it now.
    pub current: bool,
    /// The list opens with it.
    pub is_default: bool,
}

/// The bar between a list's filters and its rows.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/list-tools.html")]
pub struct ListTools {
    /// The form token.
    pub csrf: String,
    /// Path of the list.
    pub list: String,
    /// The filter in force, as a query.
    pub query: String,
    /// The list as a workbook.
    pub export: String,
    /// The list for paper.
    pub print: String,
    /// The list without any filter, also where it opens with one.
    pub unfiltered: String,
    /// The person's own filters.
    pub saved: Vec<SavedChip>,
    /// The filter in force can be kept.
    pub can_save: bool,
}
