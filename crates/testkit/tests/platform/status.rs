//! Suspension and the public status: for now and for any earlier moment.

use casework::{SealAct, SealState};
use jiff::SignedDuration;
use pki::Outcome;
use platform::{StatusQuery, ports::store::AnnouncementFilter};
use testkit::{PIN, TestApp, code};

on_both!(
    a_suspended_seal_is_valid_for_stamps_before_and_not_after,
    r5_3_the_status_is_answered_for_any_moment,
    a_suspended_seal_cannot_stamp,
    only_who_may_changes_a_state,
    r5_4_an_expired_seal_cannot_stamp,
);

async fn a_suspended_seal_is_valid_for_stamps_before_and_not_after(app: TestApp) {
    let before = app.stamped().await;
    app.clock.advance(SignedDuration::from_hours(1));
    app.suspend(before.seal).await;
    let at = app.clock.advance(SignedDuration::from_hours(1));
    let after = app
        .stamped_behind_the_platform(before.seal, &testkit::ofd(1), at)
        .await;
    app.clock.advance(SignedDuration::from_hours(1));

    let report = app
        .platform
        .verify("之前.ofd", before.bytes, None)
        .await
        .unwrap();
    assert_eq!(
        report.verdict,
        Outcome::Valid,
        "{} {:?}",
        report.sentence,
        report.findings
    );
    let status = report.stamps[0].status.as_ref().unwrap();
    assert!(
        format!("{status:?}").contains("Suspended"),
        "the status now is told: {status:?}"
    );

    let report = app.platform.verify("之后.ofd", after, None).await.unwrap();
    assert_eq!(report.verdict, Outcome::Invalid, "{}", report.sentence);
    assert!(
        report.has("seal_suspended_at_stamping"),
        "{:?}",
        report.findings
    );
}

async fn r5_3_the_status_is_answered_for_any_moment(app: TestApp) {
    let seal = app.made_seal().await;
    let agent = app.actor("xian-jingban");
    let registered = app.platform.seal(&agent, seal).await.unwrap();
    let active_since = registered.record.history[0].effective_at;
    app.clock.advance(SignedDuration::from_hours(48));
    let suspended = app.suspend(seal).await.record.history[1].effective_at;
    app.clock.advance(SignedDuration::from_hours(48));
    let resume = SealAct::Resume {
        reason: "已重新设置签章口令".to_owned(),
    };
    let resumed = app
        .platform
        .change_seal(&app.actor("shenhe"), seal, resume)
        .await
        .unwrap();
    let resumed = resumed.record.history[2].effective_at;
    app.clock.advance(SignedDuration::from_hours(1));
    app.run_jobs().await;

    let code = registered.record.code.to_string();
    let second = SignedDuration::from_secs(1);
    for query in [
        StatusQuery::Code(code),
        StatusQuery::Serial(registered.certificate.clone()),
    ] {
        for (at, expected) in [
            (active_since - second, SealState::NotYetActive),
            (active_since, SealState::Active),
            (suspended - second, SealState::Active),
            (suspended, SealState::Suspended),
            (resumed - second, SealState::Suspended),
            (resumed, SealState::Active),
        ] {
            let answer = app.platform.public_status(&query, Some(at)).await.unwrap();
            assert_eq!(answer.seal.state, expected, "at {at}");
            assert_eq!(answer.state_now, SealState::Active);
        }
    }
    let page = platform::ports::store::PageRequest {
        after: None,
        limit: 50,
    };
    let announced = app
        .platform
        .announcements(&AnnouncementFilter::default(), &page)
        .await
        .unwrap()
        .rows;
    let states: Vec<&str> = announced.iter().map(|a| a.status.as_str()).collect();
    assert_eq!(states, ["active", "suspended", "active"], "newest first");
    for announcement in announced {
        let proof = app
            .platform
            .ledger_proof(announcement.ledger_index)
            .await
            .unwrap();
        assert_eq!(proof.leaf.kind, format!("seal.{}", announcement.status));
        proof.verify_with(app.platform.ledger_key()).unwrap();
    }
    let unknown = StatusQuery::Code("35999999999999".to_owned());
    let error = app
        .platform
        .public_status(&unknown, None)
        .await
        .unwrap_err();
    assert_eq!(testkit::code(&error), "not_found");
}

async fn a_suspended_seal_cannot_stamp(app: TestApp) {
    let seal = app.made_seal().await;
    let request = app.approved_use(seal, testkit::ofd(1)).await;
    app.suspend(seal).await;
    app.clock.advance(SignedDuration::from_mins(1));
    let agent = app.actor("xian-jingban");
    let error = app.platform.stamp(&agent, request, PIN).await.unwrap_err();
    assert_eq!(code(&error), "seal_not_usable");
    let error = app.request_use(seal, testkit::ofd(1)).await.unwrap_err();
    assert_eq!(code(&error), "seal_not_usable");
    let crl = app.platform.crl().await.unwrap();
    assert_eq!(crl.len(), 1, "its certificate is on hold");
}

async fn only_who_may_changes_a_state(app: TestApp) {
    let seal = app.made_seal().await;
    let void = || SealAct::DeclareVoid {
        reason: "冒用单位名义制作".to_owned(),
        basis: "《国务院关于在线政务服务的若干规定》".to_owned(),
    };
    for login in ["xian-jingban", "zhizuo", "shi-jingban", "shenji"] {
        let error = app
            .platform
            .change_seal(&app.actor(login), seal, void())
            .await
            .unwrap_err();
        assert!(code(&error) != "internal", "{login}: {error:?}");
    }
    let supersede = SealAct::Supersede {
        by: seal,
        case: casework::CaseId::from_uuid(uuid::Uuid::nil()),
    };
    let error = app
        .platform
        .change_seal(&app.actor("zhizuo"), seal, supersede)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "seal_act_by_case");
    let registered = app.platform.seal(&app.actor("zhizuo"), seal).await.unwrap();
    assert_eq!(registered.record.history.len(), 1);
}

async fn r5_4_an_expired_seal_cannot_stamp(app: TestApp) {
    let stamped = app.stamped().await;
    let request = app.approved_use(stamped.seal, testkit::ofd(1)).await;
    app.clock.advance(SignedDuration::from_hours(24 * 366));
    let agent = app.actor("xian-jingban");
    let error = app.platform.stamp(&agent, request, PIN).await.unwrap_err();
    assert!(matches!(
        code(&error).as_str(),
        "seal_not_usable" | "use_approval_expired"
    ));
    let registered = app.platform.seal(&agent, stamped.seal).await.unwrap();
    assert_eq!(registered.state(app.platform.now()), SealState::Expired);
    // What was stamped in its time and is in the platform's record stays valid.
    let report = app
        .platform
        .verify("旧.ofd", stamped.bytes, None)
        .await
        .unwrap();
    assert_eq!(report.verdict, Outcome::Valid, "{}", report.sentence);
}
