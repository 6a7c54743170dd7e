//! Tables: rows of cells that become cards on a phone.

use askama::Template;

use super::{Cell, Empty};

/// A column's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands below it.
    pub label: String,
    /// Takes no more width than its content.
    pub short: bool,
    /// Aligned to the right.
    pub numeric: bool,
    /// What its first and second lines are called in an export, where they are two things.
    pub split: Option<(String, String)>,
}

impl Column {
    /// A column that takes its share of the width.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.into(),
            short: false,
            numeric: false,
            split: None,
        }
    }

    /// A column as narrow as its content: dates, chips, links.
    pub fn short(label: &str) -> Self {
        Self {
            short: true,
            ..Self::new(label)
        }
    }

    /// A column of numbers.
    pub fn number(label: &str) -> Self {
        Self {
            numeric: true,
            short: true,
            ..Self::new(label)
        }
    }

    /// Its cells hold two things, one below the other: an export gives each a column.
    #[must_use]
    pub fn split(mut self, first: &str, second: &str) -> Self {
        self.split = Some((first.into(), second.into()));
        self
    }
}

/// One line of a table; the first cell names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// As many cells as the table has columns.
    pub cells: Vec<Cell>,
    /// The value sent when the row is ticked; `None` where it cannot be.
    pub pick: Option<String>,
}

impl Row {
    /// A row that cannot be ticked.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells, pick: None }
    }

    /// A row that can be ticked.
    pub fn picked_as(cells: Vec<Cell>, value: impl Into<String>) -> Self {
        Self {
            cells,
            pick: Some(value.into()),
        }
    }

    /// What the row is called.
    pub fn name(&self) -> &str {
        self.cells.first().map_or("", |cell| &cell.text)
    }
}

/// Where the reader stands in a long list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    /// For example 「本页 50 条」.
    pub summary: String,
    /// Link to the first page; absent on it.
    pub first: Option<String>,
    /// Link to the next page; absent on the last.
    pub next: Option<String>,
}

/// A data table.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    /// What the table lists, for those who hear it.
    pub caption: String,
    /// The heads.
    pub columns: Vec<Column>,
    /// The lines.
    pub rows: Vec<Row>,
    /// Name of the form field that ticked rows are sent as.
    pub pick: Option<String>,
    /// Shown instead when there is no line.
    pub empty: Empty,
    /// Paging, if the list can be longer than a page.
    pub pager: Option<Pager>,
}

impl Table {
    /// A table without ticks and paging.
    pub fn new(caption: &str, columns: Vec<Column>, rows: Vec<Row>, empty: Empty) -> Self {
        Self {
            caption: caption.into(),
            columns,
            rows,
            pick: None,
            empty,
            pager: None,
        }
    }
}
