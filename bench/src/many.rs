//! One summary sheet with many seals from the upload to the collection: on PostgreSQL where `YINXIN_TEST_POSTGRES` names
//! a server, else on SQLite. How many seals, says `YINXIN_BENCH_SEALS`.

use std::time::{Duration, Instant};

use casework::{Act, BusinessType, LetterDraft, MaterialKind, Stage};
use papers::Workbooks;
use platform::ports::sheets::{Sheet, SheetCell, SheetColumn, Sheets as _};
use platform::{NewMaterial, SheetState, SheetTarget};
use testkit::{Filed, TestApp};

use crate::sample::Failure;

const AGENT: &str = "xian-jingban";
/// Scans of one upload.
const UPLOADED: usize = 20;
const USUAL: [usize; 2] = [200, 2000];

/// Prints the tables.
pub(crate) fn run() {
    let measured = tokio::runtime::Runtime::new()
        .map_err(Failure::from)
        .and_then(|runtime| {
            let wanted = std::env::var("YINXIN_BENCH_SEALS").ok();
            match wanted.and_then(|seals| seals.parse().ok()) {
                Some(seals) => runtime.block_on(measure(seals)),
                None => USUAL
                    .into_iter()
                    .try_for_each(|seals| runtime.block_on(measure(seals))),
            }
        });
    if let Err(error) = measured {
        println!("many: {error}");
    }
}

async fn measure(seals: usize) -> Result<(), Failure> {
    let app = match TestApp::postgres().await {
        Some(app) => app,
        None => TestApp::sqlite().await,
    };
    let database = app.platform.describe().0;
    println!("\n## A case of {seals} seals from one summary sheet, {database}\n");
    println!("| step | s | for each seal, ms |\n|---|---:|---:|");
    let agent = app.actor(AGENT);
    let mut clock = Clock {
        seals,
        since: Instant::now(),
        all: Duration::ZERO,
    };

    let target = SheetTarget::NewCase(BusinessType::New);
    let import = app
        .platform
        .import_summary(
            app.account(AGENT),
            &agent,
            target,
            "汇总表.xlsx",
            sheet(seals)?,
        )
        .await?;
    app.run_jobs().await;
    let import = app.platform.sheet_import(&agent, import).await?;
    if import.state != SheetState::Taken {
        return Err(format!("the sheet was not taken: {:?}", import.faults.first()).into());
    }
    clock.done("the sheet read, the forms made");

    let view = app.platform.case(&agent, import.case).await?;
    let applications: Vec<_> = view.case.live_applications().map(|form| form.id).collect();
    let filed = Filed {
        case: import.case,
        application: *applications.first().ok_or("no forms")?,
    };
    let reasons = "我局自2026年12月起在网上签发通知书，需要使用电子印章。".to_owned();
    let letter = LetterDraft {
        reasons,
        letter_number: None,
    };
    app.by(AGENT, filed, Act::SaveLetter { letter }).await;
    for some in applications.chunks(UPLOADED) {
        let scans = some
            .iter()
            .map(|application| NewMaterial {
                kind: MaterialKind::Imprint,
                application: Some(*application),
                name: "印模.png".to_owned(),
                bytes: testkit::another_scan(),
            })
            .collect();
        app.platform
            .attach_all(&agent, filed.case, None, scans)
            .await?;
    }
    clock.done("imprints uploaded, 20 at a time");

    app.go_on_until(filed, Stage::HandIn).await;
    clock.done("submitted and approved in the unit");
    app.go_on_until(filed, Stage::Production).await;
    clock.done("signed papers uploaded, handed in, accepted, reviewed twice");

    let maker = app.actor("zhizuo");
    app.platform.start_all(&maker, filed.case, None).await?;
    clock.done("production started");
    app.run_jobs().await;
    let progress = app.platform.production_progress(&maker, filed.case).await?;
    if progress.produced != seals {
        return Err(format!("not all were made: {progress:?}").into());
    }
    clock.done("made: key, certificate, picture, seal, register");
    app.by("zhizuo", filed, Act::NotifyCollection).await;
    let act = app.collection(filed).await;
    app.platform.collect(&maker, filed.case, None, act).await?;
    clock.done("collected, with activation codes");
    println!("| all | {:.1} | |", clock.all.as_secs_f64());

    // What everybody waits for who opens such a case.
    let since = Instant::now();
    app.platform.case(&maker, filed.case).await?;
    let read = since.elapsed().as_secs_f64() * 1e3;
    println!("\nReading the whole case once: {read:.1} ms.");
    Ok(())
}

/// Tells the time of each step.
struct Clock {
    seals: usize,
    since: Instant,
    all: Duration,
}

impl Clock {
    fn done(&mut self, step: &str) {
        let took = self.since.elapsed();
        self.all += took;
        println!(
            "| {step} | {:.1} | {:.1} |",
            took.as_secs_f64(),
            took.as_secs_f64() * 1e3 / self.seals as f64
        );
        self.since = Instant::now();
    }
}

/// The summary sheet as a person fills it in.
fn sheet(seals: usize) -> Result<Vec<u8>, Failure> {
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
    let size = testkit::DIAMETER_MM.to_string();
    let row = |number: usize| {
        let name = format!("闽侯县政务服务示范局审批专用章（{number}）");
        [
            &number.to_string(),
            "单位印章",
            &name,
            &size,
            &size,
            "业务专用章",
            "平台托管",
            "",
            "",
        ]
        .map(|text| SheetCell::Text(text.to_owned()))
        .to_vec()
    };
    let sheet = Sheet {
        name: "汇总".to_owned(),
        title: Some("福建省电子政务电子印章申请汇总表".to_owned()),
        columns: heads
            .iter()
            .map(|head| SheetColumn {
                title: (*head).to_owned(),
                ..SheetColumn::default()
            })
            .collect(),
        rows: (1..=seals).map(row).collect(),
        ..Sheet::default()
    };
    Ok(Workbooks.write(&sheet)?)
}
