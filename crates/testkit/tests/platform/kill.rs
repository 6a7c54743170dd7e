//! Killed in the middle: the next start finishes it, once. The platform dies at its n-th call of a port, for every n.

use casework::{Act, Progress, Stage, UseState};
use jiff::SignedDuration;
use pki::Outcome;
use platform::ports::store::{LedgerFilter, PageRequest};
use testkit::{Filed, PIN, TestApp};

#[tokio::test]
async fn killed_while_making_a_seal_it_is_made_once() {
    let origin = TestApp::sqlite().await;
    let filed = origin.file_until(Stage::Production).await;
    let application = filed.application;
    origin
        .by("zhizuo", filed, Act::StartProduction { application })
        .await;

    let calls = {
        let app = origin.copy().await;
        app.faults.heal();
        app.run_jobs().await;
        app.faults.calls()
    };
    assert!(calls > 8, "{calls} calls");
    for call in 1..=calls {
        let mut app = origin.copy().await;
        app.faults.die_at(call);
        // What it says while it dies does not matter.
        let _ = app.platform.run_due_jobs().await;
        start_again(&mut app).await;
        let case = app.case(filed).await.case;
        let application = case.application(application).unwrap();
        assert_eq!(
            application.progress,
            Progress::Produced,
            "killed at call {call}"
        );
        let produced = application.produced.clone().unwrap();
        assert_eq!(count(&app, "seal.made").await, 1, "killed at call {call}");
        let seals = app
            .platform
            .seals(
                &app.actor("zhizuo"),
                None,
                &PageRequest {
                    after: None,
                    limit: 50,
                },
            )
            .await
            .unwrap();
        assert_eq!(seals.rows.len(), 1, "killed at call {call}");
        let actor = app.actor("xian-jingban");
        let certificates = app
            .platform
            .seal_certificates(&actor, produced.seal)
            .await
            .unwrap();
        assert_eq!(certificates.len(), 1, "killed at call {call}");
        works(&app, filed).await;
    }
}

/// The seal can be collected and used.
async fn works(app: &TestApp, filed: Filed) {
    app.go_on_until(filed, Stage::Collection).await;
    let seal = app.collect(filed).await;
    app.clock.advance(SignedDuration::from_mins(1));
    let stamped = app.stamped_with(seal, testkit::ofd(1)).await;
    let report = app
        .platform
        .verify("a.ofd", stamped.bytes, None)
        .await
        .unwrap();
    assert_eq!(report.verdict, Outcome::Valid, "{}", report.sentence);
    app.platform.audit_ledger().await.unwrap();
}

#[tokio::test]
async fn killed_while_stamping_it_is_stamped_once_or_not_at_all() {
    let origin = TestApp::sqlite().await;
    let seal = origin.made_seal().await;
    let request = origin.approved_use(seal, testkit::ofd(2)).await;
    let agent = origin.actor("xian-jingban");

    let calls = {
        let app = origin.copy().await;
        app.faults.heal();
        app.platform.stamp(&agent, request, PIN).await.unwrap();
        app.faults.calls()
    };
    assert!(calls > 8, "{calls} calls");
    let mut finished = 0;
    for call in 1..=calls {
        let mut app = origin.copy().await;
        app.faults.die_at(call);
        let answer = app.platform.stamp(&agent, request, PIN).await;
        assert!(answer.is_err(), "killed at call {call}");
        start_again(&mut app).await;
        let record = app.platform.use_record(&agent, request).await.unwrap();
        match record.request.state {
            // Nothing was recorded yet: the holder does it again.
            UseState::Approved { .. } => {
                assert!(record.unfinished.is_none());
                app.platform.stamp(&agent, request, PIN).await.unwrap();
            }
            UseState::Stamped { .. } => finished += 1,
            other => panic!("killed at call {call}: {other:?}"),
        }
        assert_eq!(count(&app, "stamp.made").await, 1, "killed at call {call}");
        let file = app.platform.stamped_file(&agent, request).await.unwrap();
        let report = app
            .platform
            .verify("a.ofd", file.bytes, None)
            .await
            .unwrap();
        assert_eq!(
            report.verdict,
            Outcome::Valid,
            "killed at call {call}: {}",
            report.sentence
        );
        assert_eq!(report.stamps.len(), 1, "killed at call {call}");
        app.platform.audit_ledger().await.unwrap();
    }
    assert!(
        finished > 2,
        "some were finished by the next start: {finished}"
    );
}

/// A start after a kill: leases are freed and what is due is done, also what was put off.
async fn start_again(app: &mut TestApp) {
    app.restart().await;
    app.run_jobs().await;
    app.clock.advance(SignedDuration::from_hours(2));
    app.run_jobs().await;
}

async fn count(app: &TestApp, kind: &str) -> usize {
    let filter = LedgerFilter {
        kind: Some(kind.to_owned()),
        ..LedgerFilter::default()
    };
    let page = PageRequest {
        after: None,
        limit: 200,
    };
    app.platform
        .ledger_entries(&app.actor("shenji"), &filter, &page)
        .await
        .unwrap()
        .rows
        .len()
}
