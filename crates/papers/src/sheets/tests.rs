use platform::ports::sheets::{
    CellFault, Sheet, SheetCell, SheetColumn, SheetKind, SheetMark, Sheets as _, SheetsError,
    WantedColumn,
};
use proptest::prelude::*;
use rust_xlsxwriter::{Formula, Workbook};

use super::Workbooks;

fn column(title: &str, kind: SheetKind) -> SheetColumn {
    SheetColumn {
        title: title.to_owned(),
        kind,
        ..SheetColumn::default()
    }
}

fn wanted(titles: &[&str]) -> Vec<WantedColumn> {
    titles
        .iter()
        .map(|title| WantedColumn {
            title: (*title).to_owned(),
            aliases: Vec::new(),
            required: true,
        })
        .collect()
}

fn text(text: &str) -> SheetCell {
    SheetCell::Text(text.to_owned())
}

fn saved(mut workbook: Workbook) -> Vec<u8> {
    workbook.save_to_buffer().unwrap()
}

/// A workbook whose only worksheet holds these lines of text.
fn lines(lines: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    for (row, cells) in (0..).zip(lines) {
        for (column, cell) in (0..).zip(*cells) {
            page.write_string(row, column, *cell).unwrap();
        }
    }
    saved(workbook)
}

#[test]
fn what_is_written_reads_back() {
    let sheet = Sheet {
        name: "汇总表".to_owned(),
        title: Some("福建省电子政务电子印章申请汇总表".to_owned()),
        above: vec!["制表单位：福州市教育局".to_owned()],
        columns: vec![
            column("序号", SheetKind::Number),
            column("印章名称", SheetKind::Text),
            column("身份证号", SheetKind::Text),
            column("印章宽度（MM）", SheetKind::Millimetres),
            column("日期", SheetKind::Date),
        ],
        rows: vec![
            vec![
                SheetCell::Number(1.0),
                text("=HYPERLINK(\"http://x\")"),
                text("350102199001011230"),
                SheetCell::Number(42.5),
                SheetCell::Date(jiff::civil::date(2026, 11, 22)),
            ],
            vec![
                SheetCell::Number(2.0),
                text("䶮章 & <印>"),
                SheetCell::Empty,
                text("大"),
                SheetCell::Empty,
            ],
        ],
        below: vec!["请勿更改表格模板的内容".to_owned()],
        marks: vec![SheetMark {
            row: 1,
            column: 3,
            text: "请填写毫米数".to_owned(),
        }],
        room: 5,
        made_at: None,
    };
    let bytes = Workbooks.write(&sheet).unwrap();
    assert_eq!(bytes, Workbooks.write(&sheet).unwrap(), "the same bytes");
    let titles = ["印章名称", "身份证号", "印章宽度（MM）", "日期"];
    let read = Workbooks.read(&bytes, &wanted(&titles), 10).unwrap();
    assert_eq!((read.name.as_str(), read.head), ("汇总表", 3));
    let cells: Vec<_> = read.rows.iter().map(|row| &row.cells).collect();
    assert_eq!(
        cells[0],
        &[
            "=HYPERLINK(\"http://x\")",
            "350102199001011230",
            "42.5",
            "2026-11-22"
        ]
    );
    assert_eq!(cells[1], &["䶮章 & <印>", "", "大", ""]);
    assert!(
        read.rows.iter().all(|row| row.faults.is_empty()),
        "no formula"
    );
    assert_eq!(cells.len(), 2);
}

#[test]
fn columns_are_found_wherever_they_stand_and_however_their_heads_are_written() {
    let bytes = lines(&[
        &["某某局汇总"],
        &[],
        &["备注", "印章宽度(mm) ", "＊印章名称"],
        &["x", "４２．５", " 甲章\u{3000}"],
        &["只有备注"],
        &["", "38", "乙章"],
    ]);
    let read = Workbooks
        .read(&bytes, &wanted(&["印章名称", "印章宽度（MM）"]), 10)
        .unwrap();
    assert_eq!(read.unknown, ["备注"]);
    let rows: Vec<_> = read
        .rows
        .iter()
        .map(|row| (row.number, row.cells.join("|")))
        .collect();
    assert_eq!(rows, [(4, "甲章|42.5".into()), (6, "乙章|38".into())]);
}

#[test]
fn missing_and_doubled_columns_are_named() {
    let bytes = lines(&[&["印章名称", "印章名称"], &["甲", "乙"]]);
    let read = |titles: &[&str]| Workbooks.read(&bytes, &wanted(titles), 10).unwrap_err();
    assert_eq!(
        read(&["印章名称", "介质"]),
        SheetsError::ColumnsMissing(vec!["介质".into()])
    );
    assert_eq!(
        read(&["印章名称"]),
        SheetsError::ColumnTwice("印章名称".into())
    );
}

#[test]
fn formulas_errors_and_numbers_that_lost_their_digits_are_pointed_out() {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    page.write_string(0, 0, "名称").unwrap();
    page.write_string(0, 1, "号").unwrap();
    page.write_formula(1, 0, Formula::new("=1+1").set_result("2"))
        .unwrap();
    page.write_number(1, 1, 350_102_199_001_011_230.0).unwrap();
    page.write_number(2, 1, 13_800_000_000.0).unwrap();
    let read = Workbooks
        .read(&saved(workbook), &wanted(&["名称", "号"]), 10)
        .unwrap();
    assert_eq!(
        read.rows[0].faults,
        [(0, CellFault::Formula), (1, CellFault::DigitsLost)]
    );
    assert_eq!(read.rows[1].cells, ["", "13800000000"]);
}

#[test]
fn too_many_lines_old_workbooks_and_other_files_are_refused() {
    let many: Vec<Vec<String>> = (0..60).map(|n| vec![format!("章{n}")]).collect();
    let many: Vec<Vec<&str>> = many
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let mut all: Vec<&[&str]> = vec![&["印章名称"]];
    all.extend(many.iter().map(Vec::as_slice));
    let read = |bytes: &[u8], most| Workbooks.read(bytes, &wanted(&["印章名称"]), most);
    assert_eq!(read(&lines(&all), 60).unwrap().rows.len(), 60);
    assert_eq!(
        read(&lines(&all), 59).unwrap_err(),
        SheetsError::TooManyRows(59)
    );
    assert_eq!(
        read(b"name,size\n", 1).unwrap_err(),
        SheetsError::NotAWorkbook
    );
    let old = [
        &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..],
        &[0; 512],
    ]
    .concat();
    assert_eq!(read(&old, 1).unwrap_err(), SheetsError::OldOrEncrypted);
}

#[test]
fn a_bomb_is_not_unpacked() {
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    archive.start_file("xl/workbook.xml", options).unwrap();
    archive.write_all(b"<workbook/>").unwrap();
    archive
        .start_file("xl/worksheets/sheet1.xml", options)
        .unwrap();
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..80 {
        archive.write_all(&zeros).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 200_000);
    assert_eq!(
        Workbooks.read(&bytes, &wanted(&["x"]), 1).unwrap_err(),
        SheetsError::TooLarge
    );
}

/// A text that a cell takes as it is: the reader trims, and brings letters and digits into half width.
fn plain_text() -> impl Strategy<Value = String> {
    "[=+@\\-]?[A-Za-z0-9章印（）、<&>\"'䶮𬭸]{1,12}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_texts_are_written_read_back(
        rows in proptest::collection::vec(proptest::collection::vec(plain_text(), 3), 1..20)
    ) {
        let titles = ["甲列", "乙列", "丙列"];
        let sheet = Sheet {
            name: "表".to_owned(),
            columns: titles.iter().map(|title| column(title, SheetKind::Text)).collect(),
            rows: rows
                .iter()
                .map(|row| row.iter().map(|cell| text(cell)).collect())
                .collect(),
            ..Sheet::default()
        };
        let bytes = Workbooks.write(&sheet).unwrap();
        let read = Workbooks.read(&bytes, &wanted(&titles), 100).unwrap();
        let back: Vec<_> = read.rows.into_iter().map(|row| row.cells).collect();
        prop_assert_eq!(back, rows);
    }

    #[test]
    fn whatever_bytes_are_read_nothing_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
    ) {
        let _ = Workbooks.read(&bytes, &wanted(&["甲列"]), 10);
        // A sheet with one byte changed is read, or refused.
        let mut honest = lines(&[&["甲列", "乙列"], &["甲", "42"]]);
        let place = at.index(honest.len());
        honest[place] = with;
        let _ = Workbooks.read(&honest, &wanted(&["甲列"]), 10);
    }

    #[test]
    fn whatever_lines_stand_there_the_heads_are_found_or_missed(
        rows in proptest::collection::vec(
            proptest::collection::vec("[甲乙列0-9. ]{0,4}", 0..5), 0..40
        )
    ) {
        let rows: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect())
            .collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        match Workbooks.read(&lines(&rows), &wanted(&["甲列", "乙列"]), 1000) {
            Ok(read) => prop_assert!(read.rows.iter().all(|row| row.number > read.head)),
            Err(error) => prop_assert!(
                matches!(error, SheetsError::ColumnsMissing(_) | SheetsError::ColumnTwice(_)),
                "{error}"
            ),
        }
    }
}
