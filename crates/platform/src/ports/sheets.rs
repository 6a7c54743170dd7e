//! Spreadsheets: a table as an XLSX workbook, and a table read out of one that somebody sent.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// What stands in the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SheetKind {
    /// Words, codes and ids: kept as they are, also where they look like a number or a formula.
    #[default]
    Text,
    /// Numbers.
    Number,
    /// Millimetres, to a tenth.
    Millimetres,
    /// Days.
    Date,
    /// Moments by the clock of Beijing.
    Moment,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetColumn {
    /// Its head.
    pub title: String,
    /// What stands below it.
    pub kind: SheetKind,
    /// A remark shown with the head: how the column is to be filled in.
    pub note: Option<String>,
    /// The choices offered in its cells; empty: anything.
    pub choices: Vec<String>,
    /// Filled in by whoever gets the sheet: the head is marked as such.
    pub required: bool,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum SheetCell {
    /// Nothing.
    #[default]
    Empty,
    /// Words. Never a formula, whatever they begin with.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Date(Date),
    /// A moment by the clock of Beijing.
    Moment(DateTime),
}

/// A cell that is pointed out: coloured, with the reason as its comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetMark {
    /// Which line of [`Sheet::rows`], from 0.
    pub row: usize,
    /// Which column, from 0.
    pub column: usize,
    /// The reason.
    pub text: String,
}

/// A table to be written as a workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Name of the worksheet.
    pub name: String,
    /// Title above the table; none for plain data.
    pub title: Option<String>,
    /// Lines between title and table.
    pub above: Vec<String>,
    /// The columns.
    pub columns: Vec<SheetColumn>,
    /// The lines, each with as many cells as there are columns.
    pub rows: Vec<Vec<SheetCell>>,
    /// Lines below the table.
    pub below: Vec<String>,
    /// Cells pointed out.
    pub marks: Vec<SheetMark>,
    /// Empty lines after the last that still offer the choices, for who fills in more.
    pub room: usize,
    /// When it is made; `None`: the time is not told.
    pub made_at: Option<Timestamp>,
}

/// A column to be found in a workbook that somebody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedColumn {
    /// Its head, as it was handed out.
    pub title: String,
    /// Other heads that mean the same.
    pub aliases: Vec<String>,
    /// The sheet is of no use without it.
    pub required: bool,
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRow {
    /// Its number in the sheet, from 1, as the spreadsheet program shows it.
    pub number: u32,
    /// The texts of the wanted columns, in their order; trimmed, digits and letters in half width.
    pub cells: Vec<String>,
    /// Wanted columns (their place in the list) whose cell cannot be taken as it is.
    pub faults: Vec<(usize, CellFault)>,
}

/// Why a cell cannot be taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellFault {
    /// It holds a formula: what it shows depends on the program that shows it.
    Formula,
    /// A number of more than 15 digits: the spreadsheet program has replaced the last ones by zeros.
    DigitsLost,
    /// It shows an error (`#REF!`…).
    Error,
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadSheet {
    /// Name of the worksheet it was found in.
    pub name: String,
    /// Number of the line with the heads, from 1.
    pub head: u32,
    /// The lines below it that are not empty.
    pub rows: Vec<ReadRow>,
    /// Heads that were found and not wanted.
    pub unknown: Vec<String>,
}

/// Why a workbook cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetsError {
    /// No XLSX file at all.
    #[error("not an XLSX workbook")]
    NotAWorkbook,
    /// An old binary workbook, or one that is encrypted.
    #[error("an old or encrypted workbook")]
    OldOrEncrypted,
    /// Unpacked it is larger than any honest sheet.
    #[error("the workbook is too large")]
    TooLarge,
    /// The workbook is damaged.
    #[error("the workbook is damaged: {0}")]
    Damaged(String),
    /// No worksheet has the wanted columns; these are missing in the one that has most.
    #[error("columns are missing: {0:?}")]
    ColumnsMissing(Vec<String>),
    /// A wanted column stands there twice.
    #[error("a column stands there twice: {0}")]
    ColumnTwice(String),
    /// More lines than allowed.
    #[error("more than {0} lines")]
    TooManyRows(usize),
    /// It cannot be written.
    #[error("the workbook cannot be written: {0}")]
    Write(String),
}

/// Writes and reads workbooks.
///
/// Contract: what is written holds no formula and no macro, and the same sheet gives the same bytes; reading takes
/// hostile bytes in bounded time and memory.
pub trait Sheets: Send + Sync {
    /// The sheet as an XLSX workbook.
    ///
    /// # Errors
    /// [`SheetsError::Write`].
    fn write(&self, sheet: &Sheet) -> Result<Vec<u8>, SheetsError>;

    /// Finds the table with the wanted columns in a workbook: whatever the order of columns, whatever stands above
    /// it, on whichever worksheet. At most `most` lines.
    ///
    /// # Errors
    /// All others of [`SheetsError`].
    fn read(
        &self,
        workbook: &[u8],
        wanted: &[WantedColumn],
        most: usize,
    ) -> Result<ReadSheet, SheetsError>;
}
