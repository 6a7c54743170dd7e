//! Cases with many seals: started in one step, made together, finished after a kill, the failed one named and tried
//! alone.

use std::time::Instant;

use casework::{BusinessType, Medium, Progress, SealKind, Stage};
use jiff::SignedDuration;
use testkit::{Filed, TestApp, Wish};

on_both!(r4_3_many_seals_are_made_in_one_go);

const HOSTED: Wish = Wish {
    kind: SealKind::Unit,
    medium: Medium::Hosted,
};

/// How many seals the cases of these tests have.
fn many() -> usize {
    std::env::var("YINXIN_MANY_SEALS")
        .ok()
        .and_then(|many| many.parse().ok())
        .unwrap_or(12)
}

async fn r4_3_many_seals_are_made_in_one_go(app: TestApp) {
    let wishes = vec![HOSTED; many()];
    let clock = Instant::now();
    let filed = app.new_case(&wishes).await;
    println!("{} forms filed: {:?}", wishes.len(), clock.elapsed());
    app.go_on_until(filed, Stage::Production).await;
    println!("at 印章办理: {:?}", clock.elapsed());
    let maker = app.actor("zhizuo");
    let clock = Instant::now();
    let view = app
        .platform
        .start_all(&maker, filed.case, None)
        .await
        .unwrap();
    println!("started: {:?}", clock.elapsed());
    assert!(
        view.case
            .live_applications()
            .all(|application| application.progress == Progress::InProduction)
    );
    let again = app.platform.start_all(&maker, filed.case, None).await;
    assert_eq!(testkit::code(&again.unwrap_err()), "nothing_to_start");
    app.run_jobs().await;
    println!("made: {:?}", clock.elapsed());
    let progress = app
        .platform
        .production_progress(&maker, filed.case)
        .await
        .unwrap();
    assert_eq!(
        (progress.produced, progress.started, progress.total),
        (wishes.len(), 0, wishes.len())
    );
    assert!(progress.failing.is_empty());
    let clock = Instant::now();
    let seals = app.complete(filed).await;
    println!("collected: {:?}", clock.elapsed());

    // All of them renewed in one case.
    let until = app
        .platform
        .seal(&maker, seals[0])
        .await
        .unwrap()
        .record
        .valid_until;
    app.clock.set(until - SignedDuration::from_hours(24 * 10));
    let filed = app.begin(BusinessType::Renewal, &seals).await;
    app.go_on_until(filed, Stage::Production).await;
    let clock = Instant::now();
    app.make_all(filed).await;
    println!("renewed: {:?}", clock.elapsed());
    let renewed = app.complete(filed).await;
    assert_eq!(renewed.len(), seals.len());
    let crl = app.platform.crl().await.unwrap();
    assert_eq!(crl.len(), seals.len(), "every former certificate");
    app.platform.audit_ledger().await.unwrap();
}

/// Killed at any moment while several are made: the next start makes the rest, and nothing twice.
#[tokio::test]
async fn killed_while_making_several_each_is_made_once() {
    let origin = TestApp::sqlite().await;
    let filed = origin.new_case(&[HOSTED; 3]).await;
    origin.go_on_until(filed, Stage::Production).await;
    let maker = origin.actor("zhizuo");
    origin
        .platform
        .start_all(&maker, filed.case, None)
        .await
        .unwrap();
    let calls = {
        let app = origin.copy().await;
        app.faults.heal();
        app.run_jobs().await;
        app.faults.calls()
    };
    assert!(calls > 20, "{calls} calls");
    for call in (1..=calls).step_by(5) {
        let mut app = origin.copy().await;
        app.faults.die_at(call);
        // What it says while it dies does not matter.
        let _ = app.platform.run_due_jobs().await;
        app.restart().await;
        app.run_jobs().await;
        app.clock.advance(SignedDuration::from_hours(2));
        app.run_jobs().await;
        made_once(&app, filed, call).await;
    }
}

async fn made_once(app: &TestApp, filed: Filed, call: u64) {
    let maker = app.actor("zhizuo");
    let progress = app
        .platform
        .production_progress(&maker, filed.case)
        .await
        .unwrap();
    assert_eq!(progress.produced, 3, "killed at call {call}: {progress:?}");
    let page = platform::ports::store::PageRequest {
        after: None,
        limit: 50,
    };
    let seals = app.platform.seals(&maker, None, &page).await.unwrap();
    assert_eq!(seals.rows.len(), 3, "killed at call {call}");
}

/// One that cannot be made holds up nobody: it is named, and tried again alone.
#[tokio::test]
async fn r4_3_a_failed_one_is_named_and_tried_alone() {
    let app = TestApp::sqlite().await;
    let filed = app.new_case(&[HOSTED; 3]).await;
    app.go_on_until(filed, Stage::Production).await;
    let case = app.case(filed).await.case;
    let second = case.applications[1].clone();
    let imprint = second.form.as_ref().unwrap().imprint.unwrap();
    let file = app.material_path(case.material(imprint).unwrap().digest);
    let hidden = file.with_extension("away");
    std::fs::rename(&file, &hidden).unwrap();
    let maker = app.actor("zhizuo");
    app.platform
        .start_all(&maker, filed.case, None)
        .await
        .unwrap();
    app.run_jobs().await;
    let progress = app
        .platform
        .production_progress(&maker, filed.case)
        .await
        .unwrap();
    assert_eq!((progress.produced, progress.started), (2, 1));
    assert_eq!(progress.failing.len(), 1);
    assert_eq!(progress.failing[0].application, second.id);
    assert_eq!(progress.failing[0].seal_name, second.seal_name());
    assert!(progress.failing[0].again_at.is_some());
    let agent = app.actor("xian-jingban");
    let refused = app
        .platform
        .retry_production(&agent, filed.case, second.id)
        .await;
    assert_eq!(testkit::code(&refused.unwrap_err()), "forbidden");

    std::fs::rename(&hidden, &file).unwrap();
    app.platform
        .retry_production(&maker, filed.case, second.id)
        .await
        .unwrap();
    app.run_jobs().await;
    app.complete(filed).await;
}
