//! Reading a table out of a workbook that somebody sent. Cells are streamed, so that a sheet that claims to be a
//! million columns wide costs nothing.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx};
use platform::ports::sheets::{CellFault, ReadRow, ReadSheet, SheetsError, WantedColumn};

/// The heads stand in one of the first lines.
const HEAD_LINES: u32 = 30;
/// Columns looked at.
const MOST_COLUMNS: u32 = 256;
/// Worksheets looked at.
const MOST_WORKSHEETS: usize = 20;
/// Characters kept of a cell: more than any field takes, so that the check still sees that it is too long.
const MOST_TEXT: usize = 1000;

/// One cell as it was found.
struct Found {
    text: String,
    fault: Option<CellFault>,
}

/// Where the wanted columns stand on a worksheet.
struct Heads {
    /// Line of the heads, from 0.
    line: u32,
    /// Column of each wanted one.
    places: Vec<Option<u32>>,
    missing: Vec<String>,
    unknown: Vec<String>,
}

pub(super) fn table(
    bytes: &[u8],
    wanted: &[WantedColumn],
    most: usize,
) -> Result<ReadSheet, SheetsError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .take(MOST_WORKSHEETS)
        .collect();
    let mut nearest: Option<Vec<String>> = None;
    for name in names {
        match worksheet(&mut workbook, &name, wanted, most) {
            Err(SheetsError::ColumnsMissing(missing)) => {
                if nearest
                    .as_ref()
                    .is_none_or(|nearest| missing.len() < nearest.len())
                {
                    nearest = Some(missing);
                }
            }
            other => return other,
        }
    }
    Err(SheetsError::ColumnsMissing(nearest.unwrap_or_else(|| {
        let required = wanted.iter().filter(|column| column.required);
        required.map(|column| column.title.clone()).collect()
    })))
}

fn worksheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    wanted: &[WantedColumn],
    most: usize,
) -> Result<ReadSheet, SheetsError> {
    let mut cells = workbook
        .worksheet_cells_reader(name)
        .map_err(|error| damaged(&error))?;
    let mut first: BTreeMap<u32, BTreeMap<u32, Found>> = BTreeMap::new();
    let mut heads: Option<Heads> = None;
    let mut lines: BTreeMap<u32, BTreeMap<u32, Found>> = BTreeMap::new();
    while let Some(cell) = cells
        .next_cell_with_formula_metadata()
        .map_err(|error| damaged(&error))?
    {
        let (line, column) = cell.pos;
        if column >= MOST_COLUMNS {
            continue;
        }
        let Some(found) = look(&cell.value, cell.formula.is_some()) else {
            continue;
        };
        if line < HEAD_LINES {
            first.entry(line).or_default().insert(column, found);
            continue;
        }
        if heads.is_none() {
            heads = Some(find_heads(&first, wanted)?);
        }
        lines.entry(line).or_default().insert(column, found);
        if lines.len() > most {
            return Err(SheetsError::TooManyRows(most));
        }
    }
    let heads = match heads {
        Some(heads) => heads,
        None => find_heads(&first, wanted)?,
    };
    let above = first.split_off(&(heads.line + 1));
    let mut rows = Vec::new();
    for (line, mut cells) in above.into_iter().chain(lines) {
        let row = row(line, &mut cells, &heads.places);
        if row.cells.iter().any(|text| !text.is_empty()) || !row.faults.is_empty() {
            rows.push(row);
        }
        if rows.len() > most {
            return Err(SheetsError::TooManyRows(most));
        }
    }
    Ok(ReadSheet {
        name: name.to_owned(),
        head: heads.line + 1,
        rows,
        unknown: heads.unknown,
    })
}

fn row(line: u32, cells: &mut BTreeMap<u32, Found>, places: &[Option<u32>]) -> ReadRow {
    let mut row = ReadRow {
        number: line + 1,
        cells: Vec::with_capacity(places.len()),
        faults: Vec::new(),
    };
    for (index, place) in places.iter().enumerate() {
        let found = place.and_then(|place| cells.remove(&place));
        if let Some(fault) = found.as_ref().and_then(|found| found.fault) {
            row.faults.push((index, fault));
        }
        row.cells.push(found.map_or_else(String::new, |f| f.text));
    }
    row
}

/// The line that has most of the wanted heads.
fn find_heads(
    first: &BTreeMap<u32, BTreeMap<u32, Found>>,
    wanted: &[WantedColumn],
) -> Result<Heads, SheetsError> {
    let titles: Vec<Vec<String>> = wanted
        .iter()
        .map(|column| {
            std::iter::once(&column.title)
                .chain(&column.aliases)
                .map(|title| bare(title))
                .collect()
        })
        .collect();
    let mut best: Option<(usize, Heads)> = None;
    let mut twice = None;
    for (line, cells) in first {
        let mut places = vec![None; wanted.len()];
        let mut unknown = Vec::new();
        let mut doubled = None;
        for (column, found) in cells {
            let head = bare(&found.text);
            match titles.iter().position(|titles| titles.contains(&head)) {
                Some(index) if places[index].is_some() => {
                    doubled = Some(wanted[index].title.clone());
                }
                Some(index) => places[index] = Some(*column),
                None if !head.is_empty() => unknown.push(found.text.clone()),
                None => {}
            }
        }
        let count = places.iter().flatten().count();
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            let missing = wanted
                .iter()
                .zip(&places)
                .filter(|(column, place)| column.required && place.is_none())
                .map(|(column, _)| column.title.clone())
                .collect();
            twice = doubled;
            let heads = Heads {
                line: *line,
                places,
                missing,
                unknown,
            };
            best = Some((count, heads));
        }
    }
    match best {
        Some((_, heads)) if heads.missing.is_empty() => match twice {
            Some(title) => Err(SheetsError::ColumnTwice(title)),
            None => Ok(heads),
        },
        Some((_, heads)) => Err(SheetsError::ColumnsMissing(heads.missing)),
        None => Err(SheetsError::ColumnsMissing(
            wanted
                .iter()
                .filter(|column| column.required)
                .map(|column| column.title.clone())
                .collect(),
        )),
    }
}

fn look(value: &DataRef<'_>, formula: bool) -> Option<Found> {
    let (text, fault) = match value {
        DataRef::Empty if !formula => return None,
        DataRef::Empty => (String::new(), None),
        DataRef::String(text) => (tidy(text), None),
        DataRef::SharedString(text) => (tidy(text), None),
        DataRef::Int(number) => (
            number.to_string(),
            digits_lost(number.unsigned_abs() >= LOST),
        ),
        // Beyond 2^53 the digits are gone anyway.
        DataRef::Float(number) => (plain(*number), digits_lost(number.abs() >= 1e15)),
        DataRef::Bool(true) => ("是".to_owned(), None),
        DataRef::Bool(false) => ("否".to_owned(), None),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            (format!("{year:04}-{month:02}-{day:02}"), None)
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (tidy(text), None),
        DataRef::Error(error) => (error.to_string(), Some(CellFault::Error)),
    };
    let fault = if formula {
        Some(CellFault::Formula)
    } else {
        fault
    };
    (!text.is_empty() || fault.is_some()).then_some(Found { text, fault })
}

/// From here on a spreadsheet program replaces the last digits by zeros.
const LOST: u64 = 1_000_000_000_000_000;

fn digits_lost(lost: bool) -> Option<CellFault> {
    lost.then_some(CellFault::DigitsLost)
}

/// A number as a person writes it.
fn plain(number: f64) -> String {
    if number.abs() < 1e15 {
        // Arithmetic leaves 42.300000000000004 where 42.3 is meant.
        let rounded = format!("{number:.9}");
        let trimmed = rounded.trim_end_matches('0').trim_end_matches('.');
        trimmed.to_owned()
    } else {
        format!("{number:.0}")
    }
}

/// A text as it is meant: trimmed, letters and digits in half width, nothing invisible.
fn tidy(text: &str) -> String {
    let half: String = text
        .chars()
        .take(MOST_TEXT)
        .filter_map(|c| match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' => {
                char::from_u32(u32::from(c) - 0xFEE0)
            }
            '\u{3000}' | '\u{a0}' | '\t' | '\r' | '\n' => Some(' '),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{2060}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect();
    half.trim().to_owned()
}

/// A head without what people add to it: blanks, stars, the width of brackets, case.
fn bare(head: &str) -> String {
    head.chars()
        .filter_map(|c| match c {
            '（' => Some('('),
            '）' => Some(')'),
            '／' => Some('/'),
            '：' | ':' | '*' | '＊' | '\u{feff}' => None,
            c if c.is_whitespace() => None,
            c => Some(c.to_ascii_lowercase()),
        })
        .collect()
}

fn damaged(error: &calamine::XlsxError) -> SheetsError {
    SheetsError::Damaged(error.to_string())
}
