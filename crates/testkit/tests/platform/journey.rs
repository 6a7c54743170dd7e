//! The journey of issue 2: from the draft to the verified document.

use casework::{Outcome as Ending, SealState, Stage, UseState};
use pki::Outcome;
use platform::StatusQuery;
use testkit::{DIAMETER_MM, TestApp};

on_both!(
    a_seal_goes_the_whole_way,
    a_second_start_finds_everything,
    every_step_is_in_the_ledger
);

async fn a_seal_goes_the_whole_way(app: TestApp) {
    let filed = app.file_until(Stage::Collection).await;
    let view = app.case(filed).await;
    let produced = view
        .case
        .application(filed.application)
        .unwrap()
        .produced
        .clone()
        .unwrap();
    let code = produced.code.to_string();
    assert!(code.starts_with("350121") && code.len() == 14, "{code}");
    let before = app
        .platform
        .public_status(&StatusQuery::Code(code.clone()), None)
        .await
        .unwrap();
    assert_eq!(before.state_now, SealState::NotYetActive);

    let seal = app.collect(filed).await;
    assert_eq!(
        app.case(filed).await.case.stage,
        Stage::Closed(Ending::Completed)
    );
    let now = app
        .platform
        .public_status(&StatusQuery::Code(code), None)
        .await
        .unwrap();
    assert_eq!(
        (now.state_now, now.state_now_name),
        (SealState::Active, "有效")
    );
    let registered = app
        .platform
        .seal(&app.actor("xian-shenpi"), seal)
        .await
        .unwrap();
    assert_eq!(registered.record.width.tenths(), DIAMETER_MM * 10);

    app.clock.advance(jiff::SignedDuration::from_mins(5));
    let stamped = app.stamped_with(seal, testkit::ofd(3)).await;
    let report = app
        .platform
        .verify("通知.ofd", stamped.bytes, None)
        .await
        .unwrap();
    assert_eq!(report.verdict, Outcome::Valid, "{}", report.sentence);
    assert!(report.sentence.starts_with("有效"), "{}", report.sentence);
    let owner = report.stamps[0]
        .seal
        .as_ref()
        .unwrap()
        .owner
        .clone()
        .unwrap();
    assert!(owner.ends_with("闽侯县政务服务示范局"), "{owner}");

    let record = app
        .platform
        .use_record(&app.actor("xian-shenpi"), stamped.request)
        .await
        .unwrap();
    assert!(matches!(record.request.state, UseState::Stamped { .. }));
    assert_eq!(record.signature, report.stamps[0].signature_digest);
    assert_eq!(record.from.as_deref(), Some("192.0.2.7"));
}

async fn a_second_start_finds_everything(mut app: TestApp) {
    let stamped = app.stamped().await;
    let keys = app.platform.ledger_key().clone();
    app.restart().await;
    assert_eq!(app.platform.ledger_key(), &keys);
    assert!(
        !app.platform.install_demo().await.unwrap(),
        "the accounts are there already"
    );
    let agent = app.actor("xian-jingban");
    let again = app
        .platform
        .stamped_file(&agent, stamped.request)
        .await
        .unwrap();
    assert_eq!(again.bytes, stamped.bytes);
    let report = app
        .platform
        .verify("通知.ofd", again.bytes, None)
        .await
        .unwrap();
    assert_eq!(report.verdict, Outcome::Valid, "{}", report.sentence);
    app.stamped_with(stamped.seal, testkit::ofd(1)).await;
}

async fn every_step_is_in_the_ledger(app: TestApp) {
    let stamped = app.stamped().await;
    let actor = app.actor("xian-jingban");
    let seal = app.platform.seal(&actor, stamped.seal).await.unwrap();
    let filter = platform::ports::store::LedgerFilter::default();
    let page = platform::ports::store::PageRequest {
        after: None,
        limit: 200,
    };
    let entries = app
        .platform
        .ledger_entries(&app.actor("shenji"), &filter, &page)
        .await
        .unwrap()
        .rows;
    for kind in [
        "case.opened",
        "case.submitted",
        "case.decided",
        "case.collected",
        "seal.made",
        "seal.active",
        "use.requested",
        "use.approved",
        "stamp.made",
    ] {
        assert!(
            entries.iter().any(|entry| entry.entry.kind == kind),
            "no {kind}"
        );
    }
    let query = StatusQuery::Code(seal.record.code.to_string());
    let proof = app.platform.status_proof(&query).await.unwrap();
    let verified = proof.verify_with(app.platform.ledger_key()).unwrap();
    assert_eq!(verified.leaf.kind, "seal.active");
    assert_eq!(
        app.platform.audit_ledger().await.unwrap(),
        entries.len() as u64
    );
}
