//! Writing a table as a workbook.

use std::collections::BTreeMap;

use platform::ports::sheets::{Sheet, SheetCell, SheetColumn, SheetKind, SheetMark};
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, Note, Workbook, Worksheet, XlsxError,
};

/// Name of the hidden worksheet with the choices.
const CHOICES: &str = "选项";
/// Longest text of a cell, in UTF-16 units.
const LONGEST: usize = 32_000;
/// Widest column, in half-width letters: what is longer is wrapped.
const WIDEST: usize = 24;
/// …and of Chinese text in a sheet with more columns than these, so that it can still be read when printed on A4.
const NARROW: usize = 14;
const MANY_COLUMNS: usize = 12;
/// Margins of the printed page at its sides, and above and below, in inches.
const SIDE: f64 = 0.4;
const EDGE: f64 = 0.6;
/// Height of a line in points, and the most that a row takes.
const LINE: f64 = 14.5;
const HIGHEST: f64 = 400.0;
const FONT: &str = "宋体";

/// The faces of the cells.
struct Faces {
    title: Format,
    line: Format,
    head: Format,
    asked: Format,
    number: Format,
    millimetres: Format,
    date: Format,
    moment: Format,
    text: Format,
}

impl Faces {
    fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(10.5);
        let cell = plain
            .clone()
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x00B7_C0CC))
            .set_align(FormatAlign::VerticalCenter);
        let head = cell
            .clone()
            .set_bold()
            .set_align(FormatAlign::Center)
            .set_text_wrap()
            .set_background_color(Color::RGB(0x00E8_EEF7));
        Self {
            title: plain
                .clone()
                .set_font_size(16)
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            line: plain.set_align(FormatAlign::VerticalCenter),
            asked: head.clone().set_font_color(Color::RGB(0x00B0_1E1E)),
            head,
            number: cell
                .clone()
                .set_num_format("0.##########")
                .set_align(FormatAlign::Center),
            millimetres: cell
                .clone()
                .set_num_format("0.#")
                .set_align(FormatAlign::Center),
            date: cell.clone().set_num_format("yyyy\"年\"m\"月\"d\"日\""),
            moment: cell
                .clone()
                .set_num_format("yyyy\"年\"m\"月\"d\"日\" hh:mm"),
            text: cell.set_num_format("@").set_text_wrap(),
        }
    }

    fn of(&self, kind: SheetKind) -> &Format {
        match kind {
            SheetKind::Text => &self.text,
            SheetKind::Number => &self.number,
            SheetKind::Millimetres => &self.millimetres,
            SheetKind::Date => &self.date,
            SheetKind::Moment => &self.moment,
        }
    }
}

/// The sheet as the bytes of a workbook.
pub(super) fn workbook(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Without a moment the library would write the present one, and no two files would be the same.
    let second = sheet.made_at.map_or(0, jiff::Timestamp::as_second);
    let made_at = ExcelDateTime::from_timestamp(second)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(sheet.title.as_ref().unwrap_or(&sheet.name))
            .set_creation_datetime(&made_at),
    );
    let faces = Faces::new();
    let page = workbook.add_worksheet();
    page.set_name(worksheet_name(&sheet.name))?;
    let last = last_column(sheet);
    let mut row = heading(page, sheet, &faces, last)?;
    let head = row;
    heads(page, sheet, &faces, head)?;
    row += 1;
    rows(page, sheet, &faces, row)?;
    let end = row + count(sheet.rows.len());
    if !sheet.rows.is_empty() && !sheet.columns.is_empty() {
        page.autofilter(head, 0, end - 1, last)?;
    }
    let offered = end + count(sheet.room);
    for (column, of) in sheet.columns.iter().enumerate() {
        let face = faces.of(of.kind);
        for blank in end..offered {
            page.write_blank(blank, place(column), face)?;
        }
    }
    let choices = offer(page, sheet, row, offered)?;
    for (at, line) in sheet.below.iter().enumerate() {
        page.write_string_with_format(offered + 1 + count(at), 0, clean(line), &faces.line)?;
    }
    page.set_freeze_panes(head + 1, 0)?;
    page.set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_margins(SIDE, SIDE, EDGE, EDGE, 0.3, 0.3)
        .set_repeat_rows(0, head)?
        .set_footer("&C第 &P 页，共 &N 页");
    if !choices.is_empty() {
        let page = workbook.add_worksheet();
        page.set_name(CHOICES)?;
        page.set_hidden(true);
        for (column, list) in &choices {
            for (at, choice) in list.iter().enumerate() {
                page.write_string(count(at), *column, clean(choice))?;
            }
        }
    }
    workbook.save_to_buffer()
}

/// Title and lines above the table; answers the line that follows.
fn heading(
    page: &mut Worksheet,
    sheet: &Sheet,
    faces: &Faces,
    last: u16,
) -> Result<u32, XlsxError> {
    let mut row = 0;
    if let Some(title) = &sheet.title {
        if last > 0 {
            page.merge_range(0, 0, 0, last, &clean(title), &faces.title)?;
        } else {
            page.write_string_with_format(0, 0, clean(title), &faces.title)?;
        }
        page.set_row_height(0, 30)?;
        row = 1;
    }
    for line in &sheet.above {
        page.write_string_with_format(row, 0, clean(line), &faces.line)?;
        row += 1;
    }
    Ok(row)
}

fn heads(page: &mut Worksheet, sheet: &Sheet, faces: &Faces, head: u32) -> Result<(), XlsxError> {
    page.set_row_height(head, 32)?;
    for (index, column) in sheet.columns.iter().enumerate() {
        let face = if column.required {
            &faces.asked
        } else {
            &faces.head
        };
        page.write_string_with_format(head, place(index), clean(&column.title), face)?;
        page.set_column_width(place(index), width(column, index, sheet))?;
        if let Some(note) = &column.note {
            page.insert_note(head, place(index), &comment(note))?;
        }
    }
    Ok(())
}

fn rows(page: &mut Worksheet, sheet: &Sheet, faces: &Faces, first: u32) -> Result<(), XlsxError> {
    let mut marks: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for SheetMark { row, column, text } in &sheet.marks {
        marks.entry((*row, *column)).or_default().push(text);
    }
    for (line, cells) in sheet.rows.iter().enumerate() {
        let row = first + count(line);
        let most = cells
            .iter()
            .map(|cell| lines_of(cell, sheet))
            .max()
            .unwrap_or(1);
        if most > 1 {
            // Not every program makes room for wrapped text by itself.
            let height = LINE * f64::from(u32::try_from(most).unwrap_or(u32::MAX));
            page.set_row_height(row, height.min(HIGHEST))?;
        }
        for (index, column) in sheet.columns.iter().enumerate() {
            let mut face = faces.of(column.kind).clone();
            let mark = marks.get(&(line, index));
            if mark.is_some() {
                face = face
                    .set_background_color(Color::RGB(0x00FF_D9D6))
                    .set_border_color(Color::RGB(0x00B0_1E1E));
            }
            let at = place(index);
            match cells.get(index).unwrap_or(&SheetCell::Empty) {
                SheetCell::Empty => page.write_blank(row, at, &face)?,
                SheetCell::Text(text) if text.is_empty() => page.write_blank(row, at, &face)?,
                SheetCell::Text(text) => {
                    page.write_string_with_format(row, at, clean(text), &face)?
                }
                SheetCell::Number(number) => {
                    page.write_number_with_format(row, at, *number, &face)?
                }
                SheetCell::Date(date) => {
                    let value = day(date.year(), date.month(), date.day())?;
                    page.write_datetime_with_format(row, at, &value, &face)?
                }
                SheetCell::Moment(at_time) => {
                    let value = day(at_time.year(), at_time.month(), at_time.day())?.and_hms(
                        u16::from(at_time.hour().unsigned_abs()),
                        at_time.minute().unsigned_abs(),
                        f64::from(at_time.second()),
                    )?;
                    page.write_datetime_with_format(row, at, &value, &face)?
                }
            };
            if let Some(texts) = mark {
                page.insert_note(row, at, &comment(&texts.join("\n")))?;
            }
        }
    }
    Ok(())
}

/// Lets the cells of a column offer its choices; answers the lists to be kept on the hidden worksheet.
fn offer(
    page: &mut Worksheet,
    sheet: &Sheet,
    first: u32,
    end: u32,
) -> Result<Vec<(u16, Vec<String>)>, XlsxError> {
    let mut lists = Vec::new();
    if end == first {
        return Ok(lists);
    }
    for (index, column) in sheet.columns.iter().enumerate() {
        if column.choices.is_empty() {
            continue;
        }
        let list = u16::try_from(lists.len()).unwrap_or(u16::MAX);
        let letter = letters(list);
        let source = format!("={CHOICES}!${letter}$1:${letter}${}", column.choices.len());
        let validation = DataValidation::new()
            .allow_list_formula(Formula::new(source))
            .set_error_title("请从列表中选择")?
            .set_error_message(shortened(&column.title, 200))?;
        page.add_data_validation(first, place(index), end - 1, place(index), &validation)?;
        lists.push((list, column.choices.clone()));
    }
    Ok(lists)
}

fn comment(text: &str) -> Note {
    let lines = text
        .lines()
        .map(|line| 1 + line.chars().count() / 18)
        .sum::<usize>();
    let height = 30 + 18 * u32::try_from(lines.min(20)).unwrap_or(20);
    Note::new(shortened(&clean(text), LONGEST))
        .add_author_prefix(false)
        .set_width(260)
        .set_height(height)
}

/// Wide enough for what stands in the column, within reason.
fn width(column: &SheetColumn, index: usize, sheet: &Sheet) -> f64 {
    let least = match column.kind {
        SheetKind::Moment => 19,
        SheetKind::Date => 15,
        SheetKind::Text | SheetKind::Number | SheetKind::Millimetres => 6,
    };
    let longest = sheet
        .rows
        .iter()
        .take(500)
        .filter_map(|row| match row.get(index) {
            Some(SheetCell::Text(text)) => Some(columns_of(text).min(widest(text, sheet))),
            _ => None,
        })
        .chain(column.choices.iter().map(|choice| columns_of(choice) + 3))
        .max()
        .unwrap_or(0);
    // Heads wrap: half of one is enough.
    let head = columns_of(&column.title).div_ceil(2) + 2;
    let air = if sheet.columns.len() > MANY_COLUMNS {
        1
    } else {
        2
    };
    let wanted = longest.clamp(least, WIDEST).max(head) + air;
    // At most some dozens.
    f64::from(u32::try_from(wanted).unwrap_or(40))
}

/// How wide a column is at most for a text. Numbers and codes are not broken.
fn widest(text: &str, sheet: &Sheet) -> usize {
    if sheet.columns.len() > MANY_COLUMNS && !text.is_ascii() {
        NARROW
    } else {
        WIDEST
    }
}

/// How many lines a cell takes in the widest column.
fn lines_of(cell: &SheetCell, sheet: &Sheet) -> usize {
    match cell {
        SheetCell::Text(text) => text
            .lines()
            .map(|line| columns_of(line).div_ceil(widest(line, sheet)).max(1))
            .sum::<usize>()
            .max(1),
        _ => 1,
    }
}

/// How many half-width columns a text takes.
fn columns_of(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn day(year: i16, month: i8, day: i8) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        year.unsigned_abs(),
        month.unsigned_abs(),
        day.unsigned_abs(),
    )
}

/// What a cell can hold: no control characters, no more than fits.
fn clean(text: &str) -> String {
    let printable: String = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    shortened(&printable, LONGEST)
}

fn shortened(text: &str, most: usize) -> String {
    let mut left = most;
    text.chars()
        .take_while(|c| {
            let units = c.len_utf16();
            left = left.saturating_sub(units);
            left > 0
        })
        .collect()
}

/// A worksheet's name: at most 31 characters, none of those that mean something in a reference.
fn worksheet_name(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !"[]:*?/\\'".contains(*c) && !c.is_control())
        .take(31)
        .collect();
    if name.trim().is_empty() || name == CHOICES {
        "表".to_owned()
    } else {
        name
    }
}

fn last_column(sheet: &Sheet) -> u16 {
    place(sheet.columns.len().max(1) - 1)
}

/// A column's place; the writer refuses those beyond a worksheet's end.
fn place(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// A number of lines; the writer refuses those beyond a worksheet's end.
fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX / 4)
}

/// A column's letters: A, B, … Z, AA…
fn letters(mut column: u16) -> String {
    let mut text = String::new();
    loop {
        // 0 to 25.
        let digit = u8::try_from(column % 26).unwrap_or(0);
        text.insert(0, char::from(b'A' + digit));
        if column < 26 {
            return text;
        }
        column = column / 26 - 1;
    }
}
