//! Special situations: entered with the seal, confirmed every year, ended with it (R2.9).

use casework::{
    Act, MaterialKind, SealAct, SealId, SpecialAct, SpecialSituation, SpecialState, Stage,
};
use jiff::SignedDuration;
use platform::SpecialTab;
use platform::ports::store::PageRequest;
use testkit::{TestApp, code, scan};

on_both!(
    r2_9_a_special_situation_is_entered_with_its_papers_and_confirmed_after_a_year,
    r2_9_an_unconfirmed_situation_is_overdue_at_the_center_and_ends_with_the_seal,
);

fn many() -> PageRequest {
    PageRequest {
        after: None,
        limit: 100,
    }
}

/// A seal in use whose form named a special situation.
async fn special_seal(app: &TestApp) -> SealId {
    let filed = app.draft().await;
    let application = filed.application;
    let mut draft = app.case(filed).await.case.applications[0].draft.clone();
    draft.special = vec![SpecialSituation::SeveralCertificates.code().to_owned()];
    app.by("xian-jingban", filed, Act::SaveDraft { application, draft })
        .await;
    for kind in [MaterialKind::Statement, MaterialKind::Commitment] {
        app.attach("xian-jingban", filed, kind, Some(application), scan())
            .await;
    }
    app.go_on_until(filed, Stage::Collection).await;
    let seal = app.collect(filed).await;
    app.clock.advance(SignedDuration::from_mins(1));
    seal
}

async fn told(app: &TestApp, login: &str, word: &str) -> usize {
    let person = app.account(login).id;
    let notices = app.platform.notices(person).await.unwrap();
    notices
        .iter()
        .filter(|notice| notice.notice.text.contains(word))
        .count()
}

async fn r2_9_a_special_situation_is_entered_with_its_papers_and_confirmed_after_a_year(
    app: TestApp,
) {
    let seal = special_seal(&app).await;
    let (agent, approver) = (app.actor("xian-jingban"), app.actor("xian-shenpi"));
    let of_seal = app.platform.specials_of(&agent, seal).await.unwrap();
    let [special] = of_seal.as_slice() else {
        panic!("one: {of_seal:?}")
    };
    assert_eq!(special.situation, SpecialSituation::SeveralCertificates);
    assert!(special.papers.statement.is_some() && special.papers.commitment.is_some());
    let id = special.id;
    let propose = || SpecialAct::Propose {
        statement: "业务系统仍分内外网两套，情况未变。".to_owned(),
    };
    let early = app.platform.act_on_special(&agent, id, propose()).await;
    assert_eq!(code(&early.unwrap_err()), "special_not_due");
    let stranger = app.actor("shi-shenpi");
    let unseen = app.platform.special(&stranger, id).await.unwrap_err();
    assert_eq!(code(&unseen), "not_found");
    let auditor = app.actor("shenji");
    let error = app
        .platform
        .specials(&auditor, SpecialTab::Open, None, None, &many())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "forbidden");

    app.clock.advance(SignedDuration::from_hours(24 * 336));
    app.run_jobs().await;
    assert_eq!(told(&app, "xian-jingban", "前确认").await, 1, "reminded");
    let due = app
        .platform
        .specials(
            &agent,
            SpecialTab::Due,
            None,
            Some("示范局".to_owned()),
            &many(),
        )
        .await
        .unwrap();
    assert_eq!(due.rows.len(), 1);
    app.platform
        .act_on_special(&agent, id, propose())
        .await
        .unwrap();
    assert_eq!(told(&app, "xian-shenpi", "请单位审批人确认").await, 1);
    let alone = app
        .platform
        .act_on_special(&approver, id, SpecialAct::Confirm { committed: false })
        .await;
    assert_eq!(code(&alone.unwrap_err()), "special_not_committed");
    let confirmed = app
        .platform
        .act_on_special(&approver, id, SpecialAct::Confirm { committed: true })
        .await
        .unwrap();
    assert_eq!(
        app.platform.special_state(&confirmed),
        SpecialState::Confirmed
    );
    let left = confirmed.due_at - app.platform.now();
    assert_eq!(
        left.total(jiff::Unit::Hour).unwrap().round() as i64,
        24 * 365
    );
    // The old due date passes, and nobody is troubled with it.
    app.clock.advance(SignedDuration::from_hours(24 * 40));
    app.run_jobs().await;
    assert_eq!(told(&app, "xian-jingban", "已逾期").await, 0);
}

async fn r2_9_an_unconfirmed_situation_is_overdue_at_the_center_and_ends_with_the_seal(
    app: TestApp,
) {
    let seal = special_seal(&app).await;
    app.clock.advance(SignedDuration::from_hours(24 * 366));
    app.run_jobs().await;
    let reviewer = app.actor("shenhe");
    let overdue = app
        .platform
        .specials(&reviewer, SpecialTab::Overdue, None, None, &many())
        .await
        .unwrap();
    assert_eq!(overdue.rows.len(), 1);
    assert_eq!(told(&app, "shenhe", "已逾期").await, 1);
    let counts = app.platform.special_counts(&reviewer, 10).await.unwrap();
    assert!(counts.contains(&(SpecialTab::Overdue, 1)));

    let cancel = SealAct::CancelExOfficio {
        reason: "逾期未确认".to_owned(),
        basis: "《福建省政务电子印章办理流程》第二章".to_owned(),
    };
    app.platform
        .change_seal(&app.actor("lingdao"), seal, cancel)
        .await
        .unwrap();
    let id = overdue.rows[0].id;
    let ended = app.platform.special(&reviewer, id).await.unwrap();
    assert_eq!(app.platform.special_state(&ended), SpecialState::Ended);
    let end = SpecialAct::End {
        reason: "不再需要".to_owned(),
    };
    let again = app.platform.act_on_special(&reviewer, id, end).await;
    assert_eq!(code(&again.unwrap_err()), "special_ended");
    let by_hand = SpecialAct::Move {
        seal,
        code: ended.seal_code,
    };
    let moved = app.platform.act_on_special(&reviewer, id, by_hand).await;
    assert_eq!(code(&moved.unwrap_err()), "special_act_by_case");
    assert!(app.platform.audit_ledger().await.unwrap() > 0);
}
