//! R2.7: the summary sheet is written from the forms, and can be where they come from.

use casework::{BusinessType, CaseId, SealKind, summary};
use jiff::SignedDuration;
use papers::Workbooks;
use platform::ports::sheets::{
    ReadSheet, Sheet, SheetCell, SheetColumn, SheetKind, Sheets as _, WantedColumn,
};
use platform::{CaseTab, SheetImport, SheetState, SheetTarget};
use testkit::{TestApp, code};
use uuid::Uuid;

on_both!(
    r2_7_a_summary_sheet_becomes_the_forms_of_a_new_case,
    r2_7_bad_cells_are_named_by_row_and_column_and_nothing_is_taken,
    r2_7_the_corrected_sheet_marks_what_is_wrong_and_can_be_sent_again,
    r2_7_the_sheet_written_from_the_forms_says_what_they_say,
    r2_7_a_renewal_names_the_units_seal_by_its_code,
    r2_7_what_is_no_summary_sheet_is_refused_at_once,
    r2_7_two_thousand_lines_become_two_thousand_forms,
);

const AGENT: &str = "xian-jingban";

/// The lines of a sheet for 印章申请: kind, name, width, function, medium, person and their id.
type Line = [&'static str; 7];

const GOOD: [Line; 3] = [
    [
        "单位印章",
        "闽侯县政务服务示范局",
        "42",
        "法定名称章",
        "USB KEY",
        "",
        "",
    ],
    [
        "单位印章",
        "闽侯县政务服务示范局业务专用章",
        "38.5",
        "业务专用章",
        "平台托管",
        "",
        "",
    ],
    [
        "个人印章",
        "林晓梅",
        "20",
        "个人名章/签名",
        "USB KEY",
        "林晓梅",
        "11010519491231002X",
    ],
];

fn text(text: &str) -> SheetCell {
    SheetCell::Text(text.to_owned())
}

fn sheet(lines: &[Line]) -> Vec<u8> {
    let heads = [
        "序号",
        "申请电子印章类型",
        "印章名称",
        "印章宽度（MM）",
        "印章长度（MM）",
        "印章功能类型",
        "证书介质",
        "申请个人姓名",
        "申请个人身份证号",
    ];
    let sheet = Sheet {
        name: "汇总".to_owned(),
        title: Some("福建省电子政务电子印章申请汇总表".to_owned()),
        columns: heads
            .iter()
            .map(|head| SheetColumn {
                title: (*head).to_owned(),
                kind: SheetKind::Text,
                ..SheetColumn::default()
            })
            .collect(),
        rows: lines
            .iter()
            .map(|[kind, name, size, function, medium, person, id]| {
                [text("1")]
                    .into_iter()
                    .chain([kind, name, size, size, function, medium, person, id].map(|t| text(t)))
                    .collect()
            })
            .collect(),
        ..Sheet::default()
    };
    Workbooks.write(&sheet).unwrap()
}

async fn upload(app: &TestApp, target: SheetTarget, bytes: Vec<u8>) -> Result<Uuid, String> {
    app.platform
        .import_summary(
            app.account(AGENT),
            &app.actor(AGENT),
            target,
            "汇总表.xlsx",
            bytes,
        )
        .await
        .map_err(|error| code(&error))
}

async fn imported(app: &TestApp, target: SheetTarget, bytes: Vec<u8>) -> SheetImport {
    let id = upload(app, target, bytes).await.unwrap();
    app.run_jobs().await;
    app.platform
        .sheet_import(&app.actor(AGENT), id)
        .await
        .unwrap()
}

/// Every cell of a workbook under the columns of the form.
fn read(bytes: &[u8], business: BusinessType) -> ReadSheet {
    let wanted: Vec<WantedColumn> = summary::columns(business)
        .into_iter()
        .map(|field| WantedColumn {
            title: summary::title(field).to_owned(),
            aliases: Vec::new(),
            required: true,
        })
        .collect();
    Workbooks.read(bytes, &wanted, 5000).unwrap()
}

async fn names(app: &TestApp, case: CaseId) -> Vec<String> {
    let view = app.platform.case(&app.actor(AGENT), case).await.unwrap();
    view.case
        .live_applications()
        .map(|application| application.seal_name().to_owned())
        .collect()
}

async fn drafts(app: &TestApp) -> usize {
    let page = platform::ports::store::PageRequest {
        after: None,
        limit: 100,
    };
    app.platform
        .cases(&app.actor(AGENT), CaseTab::Draft, None, None, &page)
        .await
        .unwrap()
        .rows
        .len()
}

async fn r2_7_a_summary_sheet_becomes_the_forms_of_a_new_case(app: TestApp) {
    let new = SheetTarget::NewCase(BusinessType::New);
    let import = imported(&app, new, sheet(&GOOD)).await;
    assert_eq!(import.state, SheetState::Taken, "{import:?}");
    assert_eq!(names(&app, import.case).await, GOOD.map(|line| line[1]));
    let view = app
        .platform
        .case(&app.actor(AGENT), import.case)
        .await
        .unwrap();
    let first = view.case.live_applications().next().unwrap();
    let account = app.account(AGENT);
    assert_eq!(first.kind(), Some(SealKind::Unit));
    assert_eq!(
        first.draft.agent_name.as_ref(),
        Some(&account.name),
        "the agent by default"
    );
    assert_eq!(
        first.draft.certificate.as_deref(),
        Some("unit"),
        "follows from the kind"
    );
    // More into the same case; the job done again changes nothing.
    let more = imported(&app, SheetTarget::Case(import.case), sheet(&GOOD[..1])).await;
    app.run_jobs().await;
    assert_eq!(more.state, SheetState::Taken);
    assert_eq!(names(&app, import.case).await.len(), 4);
    assert_eq!(drafts(&app).await, 1);
}

async fn r2_7_bad_cells_are_named_by_row_and_column_and_nothing_is_taken(app: TestApp) {
    let bad = [
        ["单位印章", "", "42", "法定名称章", "USB KEY", "", ""],
        ["公章", "甲章", "420", "法定名称章", "U盘", "", ""],
        [
            "个人印章",
            "林晓梅",
            "20",
            "财务专用章",
            "USB KEY",
            "林晓梅",
            "110105194912310021",
        ],
        [
            "单位印章",
            "乙章",
            "42",
            "法定名称章",
            "USB KEY",
            "林晓梅",
            "",
        ],
    ];
    let import = imported(&app, SheetTarget::NewCase(BusinessType::New), sheet(&bad)).await;
    assert_eq!(import.state, SheetState::Refused);
    assert_eq!((import.total, import.done), (4, 4));
    let told: Vec<String> = import
        .faults
        .iter()
        .map(|fault| format!("{} {} {}", fault.row, fault.column, fault.code))
        .collect();
    for expected in [
        "3 印章名称 field_empty",
        "4 申请电子印章类型 choice_unknown",
        "5 申请个人身份证号 resident_id_check_character",
        "5 印章功能类型 function_unfit",
        "6 申请个人姓名 field_not_asked",
    ] {
        assert!(
            told.iter().any(|told| told == expected),
            "{expected} in {told:?}"
        );
    }
    let sentence = import.faults[0].to_string();
    assert!(sentence.starts_with("第 3 行“印章名称”："), "{sentence}");
    assert_eq!(drafts(&app).await, 0, "no case was opened");
    let nobody = app
        .platform
        .sheet_import(&app.actor("shi-jingban"), import.id)
        .await;
    assert_eq!(code(&nobody.unwrap_err()), "not_found");
}

async fn r2_7_the_corrected_sheet_marks_what_is_wrong_and_can_be_sent_again(app: TestApp) {
    let mut lines = GOOD;
    lines[1][2] = "三十八";
    let new = SheetTarget::NewCase(BusinessType::New);
    let import = imported(&app, new, sheet(&lines)).await;
    assert!(import.has_corrected);
    let (name, bytes) = app
        .platform
        .corrected_sheet(&app.actor(AGENT), import.id)
        .await
        .unwrap();
    assert_eq!(name, "汇总表-待更正.xlsx");
    let back = read(&bytes, BusinessType::New);
    assert_eq!(back.rows.len(), 3);
    assert!(back.unknown.contains(&"更正提示".to_owned()));
    assert!(
        comments(&bytes).contains("毫米数"),
        "the reason is a comment"
    );
    // Sent again as it is, it is refused for the same cells; mended, it is taken.
    let again = imported(&app, new, bytes).await;
    assert_eq!(again.fault_count, import.fault_count);
    let mended = imported(&app, new, sheet(&GOOD)).await;
    assert_eq!(mended.state, SheetState::Taken);
}

fn comments(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut part = archive.by_name("xl/comments1.xml").unwrap();
    std::io::read_to_string(&mut part).unwrap()
}

async fn r2_7_the_sheet_written_from_the_forms_says_what_they_say(app: TestApp) {
    let new = SheetTarget::NewCase(BusinessType::New);
    let import = imported(&app, new, sheet(&GOOD)).await;
    let agent = app.actor(AGENT);
    let (name, bytes) = app
        .platform
        .summary_sheet(&agent, import.case)
        .await
        .unwrap();
    assert!(
        name.starts_with("申请汇总表-") && name.ends_with(".xlsx"),
        "{name}"
    );
    let back = read(&bytes, BusinessType::New);
    let fields = summary::columns(BusinessType::New);
    let case = app.platform.case(&agent, import.case).await.unwrap().case;
    let policy = app.platform.policy();
    assert_eq!(back.rows.len(), 3);
    for (application, row) in case.live_applications().zip(&back.rows) {
        for (field, cell) in fields.iter().zip(&row.cells) {
            assert_eq!(cell, &summary::text(*field, &case, application, &policy));
        }
    }
    // What was written from forms can be taken as forms again.
    let copy = imported(&app, new, bytes).await;
    assert_eq!(copy.state, SheetState::Taken, "{:?}", copy.faults);
    assert_eq!(names(&app, copy.case).await, names(&app, import.case).await);
    // A case with one form has no sheet.
    let one = app.draft().await;
    let refused = app
        .platform
        .summary_sheet(&agent, one.case)
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "summary_sheet_not_needed");
}

async fn r2_7_a_renewal_names_the_units_seal_by_its_code(app: TestApp) {
    let seal = app.made_seal().await;
    app.clock.advance(SignedDuration::from_hours(24 * 340));
    let agent = app.actor(AGENT);
    let (_, template) = app
        .platform
        .summary_template(&agent, BusinessType::Renewal)
        .await
        .unwrap();
    let renewal = SheetTarget::NewCase(BusinessType::Renewal);
    let import = imported(&app, renewal, template).await;
    assert_eq!(import.state, SheetState::Taken, "{:?}", import.faults);
    let case = app.platform.case(&agent, import.case).await.unwrap().case;
    let only = case.live_applications().next().unwrap();
    assert_eq!(only.draft.existing_seal, Some(seal));
    // Named twice, or a code that is not the unit's.
    let code = app
        .platform
        .seal(&agent, seal)
        .await
        .unwrap()
        .record
        .code
        .to_string();
    let lines = Sheet {
        name: "x".to_owned(),
        columns: vec![SheetColumn {
            title: "印章编码".to_owned(),
            ..SheetColumn::default()
        }],
        rows: [code.as_str(), code.as_str(), "35012199999999"]
            .map(|code| vec![text(code)])
            .to_vec(),
        ..Sheet::default()
    };
    let lines = Workbooks.write(&lines).unwrap();
    let told = imported(&app, renewal, lines).await;
    let told: Vec<_> = told
        .faults
        .iter()
        .map(|f| (f.row, f.code.as_str()))
        .collect();
    assert_eq!(told, [(3, "seal_named_twice"), (4, "seal_code_unknown")]);
}

async fn r2_7_what_is_no_summary_sheet_is_refused_at_once(app: TestApp) {
    let new = SheetTarget::NewCase(BusinessType::New);
    let refusal = async |bytes: Vec<u8>| upload(&app, new, bytes).await.unwrap_err();
    assert_eq!(refusal(b"%PDF-1.7".to_vec()).await, "sheet_type");
    assert_eq!(refusal(sheet(&[])).await, "summary_sheet_empty");
    assert_eq!(refusal(vec![0; 11 * 1024 * 1024]).await, "sheet_too_large");
    let other = Sheet {
        name: "x".to_owned(),
        columns: vec![SheetColumn {
            title: "姓名".to_owned(),
            ..SheetColumn::default()
        }],
        rows: vec![vec![text("甲")]],
        ..Sheet::default()
    };
    assert_eq!(
        refusal(Workbooks.write(&other).unwrap()).await,
        "sheet_columns_missing"
    );
    let approver = app.account("xian-shenpi");
    let forbidden = app
        .platform
        .import_summary(
            approver,
            &app.actor("xian-shenpi"),
            new,
            "x.xlsx",
            sheet(&GOOD),
        )
        .await;
    assert_eq!(code(&forbidden.unwrap_err()), "forbidden");
    let filed = app.file_until(casework::Stage::UnitApproval).await;
    let late = upload(&app, SheetTarget::Case(filed.case), sheet(&GOOD)).await;
    assert_eq!(late.unwrap_err(), "import_not_now");
}

async fn r2_7_two_thousand_lines_become_two_thousand_forms(app: TestApp) {
    let lines: Vec<Line> = std::iter::repeat_n(GOOD[0], 2000).collect();
    let started = std::time::Instant::now();
    let import = imported(&app, SheetTarget::NewCase(BusinessType::New), sheet(&lines)).await;
    assert_eq!(
        import.state,
        SheetState::Taken,
        "{:?}",
        import.faults.first()
    );
    println!("2,000 lines taken in {:?}", started.elapsed());
    assert_eq!((import.total, import.done), (2000, 2000));
    assert_eq!(names(&app, import.case).await.len(), 2000);
    let one_more = imported(&app, SheetTarget::Case(import.case), sheet(&GOOD)).await;
    assert_eq!(one_more.state, SheetState::Refused);
    assert!(one_more.refusal.unwrap().contains("2000"));
    let lines: Vec<Line> = std::iter::repeat_n(GOOD[0], 2001).collect();
    let too_many = upload(&app, SheetTarget::NewCase(BusinessType::New), sheet(&lines)).await;
    assert_eq!(too_many.unwrap_err(), "sheet_too_many_rows");
}

#[tokio::test]
async fn r2_7_killed_while_importing_the_sheet_is_taken_once() {
    let lines: Vec<Line> = std::iter::repeat_n(GOOD[0], 250).collect();
    let origin = TestApp::sqlite().await;
    let id = upload(
        &origin,
        SheetTarget::NewCase(BusinessType::New),
        sheet(&lines),
    )
    .await
    .unwrap();
    let calls = {
        let app = origin.copy().await;
        app.faults.heal();
        app.run_jobs().await;
        app.faults.calls()
    };
    for call in 1..=calls {
        let mut app = origin.copy().await;
        app.faults.die_at(call);
        // What it says while it dies does not matter.
        let _ = app.platform.run_due_jobs().await;
        app.restart().await;
        app.clock.advance(SignedDuration::from_hours(1));
        app.run_jobs().await;
        let import = app
            .platform
            .sheet_import(&app.actor(AGENT), id)
            .await
            .unwrap();
        assert_eq!(import.state, SheetState::Taken, "killed at call {call}");
        assert_eq!(
            names(&app, import.case).await.len(),
            250,
            "killed at call {call}"
        );
        assert_eq!(drafts(&app).await, 1, "killed at call {call}");
    }
}
