//! The work queue and the register at 1,000 and at 100,000 rows, and what starting costs then: SQLite in a folder.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use casework::{Actor, BusinessType, CaseId, CaseNumber, SealId, SealKind, Unit, UnitId};
use jiff::Timestamp;
use keys::{MasterKey, Vault};
use platform::{
    CaseTab, DemoAccount, Platform, Ports, Settings,
    ports::{
        Clock, Keys,
        store::{CaseRecord, CaseRow, CaseState, PageRequest, SealRow, Store},
    },
};

use crate::measure::median;
use crate::sample::Failure;

const STEPS: [u32; 3] = [1_000, 10_000, 100_000];
const ROUNDS: usize = 41;

/// Prints the table.
pub(crate) fn run() {
    let measured = tokio::runtime::Runtime::new()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(measure()));
    if let Err(error) = measured {
        println!("register: {error}");
    }
}

struct Now;

impl Clock for Now {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge of the measurement"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

async fn open(folder: &Path) -> Result<(Platform, Arc<dyn Store>), Failure> {
    let master = MasterKey::load_or_create(&folder.join("master.key"))?;
    let keys: Arc<dyn Keys> = Arc::new(Vault::open(folder.join("keys"), &master)?);
    let settings = authority::Settings {
        organization: "福建省经济信息中心".into(),
        crl_url: "http://127.0.0.1/seals.crl".into(),
        root_crl_url: None,
    };
    let authority =
        authority::Embedded::open(&folder.join("ca"), Arc::clone(&keys), settings, Now.now())
            .await?;
    let store = store::open(&format!(
        "sqlite:{}",
        folder.join("yinxin.sqlite").display()
    ))
    .await?;
    let ports = Ports {
        store: Arc::clone(&store),
        files: Arc::new(files::Folder::open(&folder.join("files"))?),
        keys,
        authority: Arc::new(authority),
        papers: Arc::new(papers::Typesetter::embedded()),
        clock: Arc::new(Now),
        sheets: Arc::new(papers::Workbooks),
        mail: None,
        sms: None,
        letters: Arc::new(papers::WordLetters),
    };
    Ok((
        Platform::open(ports, Settings::default(), [7; 16]).await?,
        store,
    ))
}

async fn measure() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let (platform, store) = open(folder.path()).await?;
    platform.install_demo().await?;
    let agent = sign_in(&platform, "xian-jingban").await?;
    let maker = sign_in(&platform, "zhizuo").await?;
    let unit = platform.unit(agent.post.unit).await?;
    let consolidator = unit
        .consolidator
        .ok_or("the demo unit has a consolidator")?;
    println!("\n## Register and work queue, SQLite, median of {ROUNDS} rounds\n");
    println!(
        "| cases and seals | agent's queue, ms | with all tab counts, ms | Center's queue, ms | with all tab counts, ms | opening the platform, ms |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    let mut filled = 0;
    for step in STEPS {
        fill(store.as_ref(), &unit, consolidator, &agent, filled..step).await?;
        filled = step;
        let mut figures = Vec::new();
        for actor in [&agent, &maker] {
            figures.push(list(&platform, actor).await?);
            figures.push(page(&platform, actor).await?);
        }
        let mut starts = Vec::new();
        for _ in 0..5 {
            let start = Instant::now();
            drop(open(folder.path()).await?);
            starts.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let cells: Vec<String> = figures.iter().map(|ms| format!("{ms:.2}")).collect();
        println!(
            "| {step} | {} | {:.1} |",
            cells.join(" | "),
            median(starts).unwrap_or(f64::NAN)
        );
    }
    Ok(())
}

async fn sign_in(platform: &Platform, login: &str) -> Result<Actor, Failure> {
    let account = platform.sign_in(login, DemoAccount::PASSWORD).await?;
    Ok(account.actor(0).ok_or("a demo account has a post")?)
}

const FIRST: PageRequest = PageRequest {
    after: None,
    limit: 50,
};

async fn list(platform: &Platform, actor: &Actor) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        platform
            .cases(actor, CaseTab::Mine, None, None, &FIRST)
            .await?;
        times.push(millis(start.elapsed()));
    }
    Ok(median(times).unwrap_or(f64::NAN))
}

async fn page(platform: &Platform, actor: &Actor) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        platform
            .cases(actor, CaseTab::Mine, None, None, &FIRST)
            .await?;
        platform.tab_counts(actor).await?;
        times.push(millis(start.elapsed()));
    }
    Ok(median(times).unwrap_or(f64::NAN))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Rows as they are kept after real acts; lists never open the bodies.
async fn fill(
    store: &dyn Store,
    unit: &Unit,
    consolidator: UnitId,
    agent: &Actor,
    range: std::ops::Range<u32>,
) -> Result<(), Failure> {
    use casework::Role::{Agent, Consolidator, DepartmentLeader, SealMaker, SealReviewer};
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let numbers: Vec<u32> = range.collect();
    for chunk in numbers.chunks(2_000) {
        let mut tx = store.begin().await?;
        for &n in chunk {
            let at = begin + jiff::SignedDuration::from_secs(i64::from(n) * 60);
            let (state, stage, role, turn_unit) = match n % 10 {
                0 => (CaseState::Draft, "draft", Some(Agent), Some(unit.id)),
                1 => (
                    CaseState::Correction,
                    "correction",
                    Some(Agent),
                    Some(unit.id),
                ),
                2 => (
                    CaseState::Handling,
                    "consolidation",
                    Some(Consolidator),
                    Some(consolidator),
                ),
                3 => (CaseState::Handling, "acceptance", Some(SealMaker), None),
                4 => (
                    CaseState::Handling,
                    "first_review",
                    Some(SealReviewer),
                    None,
                ),
                5 => (
                    CaseState::Handling,
                    "final_review",
                    Some(DepartmentLeader),
                    None,
                ),
                6 => (
                    CaseState::Collection,
                    "collection",
                    Some(Agent),
                    Some(unit.id),
                ),
                _ => (CaseState::Closed, "completed", None, None),
            };
            let row = CaseRow {
                id: CaseId::from_uuid(uuid::Uuid::from_u128(u128::from(n) + 1)),
                number: CaseNumber::new(2026, n + 1)?.to_string(),
                business: BusinessType::New,
                title: format!("测量印章 {n}"),
                unit: unit.id,
                unit_name: unit.full_name.clone(),
                credit_code: unit.credit_code.to_string(),
                consolidator: Some(consolidator),
                at_center: n % 10 >= 3,
                filed_by: agent.person,
                state,
                stage: stage.into(),
                status: "办理中".into(),
                turn_role: role,
                turn_unit,
                turn_since: at,
                updated_at: at,
            };
            tx.case_insert(&CaseRecord {
                row,
                version: 1,
                body: "{}".into(),
            })
            .await?;
            let seal = SealRow {
                id: SealId::from_uuid(uuid::Uuid::from_u128(u128::from(n) + 1)),
                code: format!("350121{n:08}"),
                name: format!("测量印章 {n}"),
                kind: SealKind::Unit,
                unit: unit.id,
                unit_name: unit.full_name.clone(),
                status: "active".into(),
                not_after: at + jiff::SignedDuration::from_hours(8760),
                updated_at: at,
                version: 1,
                medium: casework::Medium::Hosted,
                key_serial: None,
                credit_code: unit.credit_code.to_string(),
                city: Some(unit.city),
                level: Some(unit.level),
                follow_up: None,
                follow_up_due: None,
                body: "{}".into(),
            };
            tx.seal_insert(&seal).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
