//! Who may do what and when: send-back, refusal, withdrawal, separation of duties, order.

use casework::{Act, BundleId, CorrectionPoint, Outcome as Ending, Stage};
use platform::Error;
use testkit::{Filed, TestApp, code};
use uuid::Uuid;

on_both!(
    sent_back_at_every_stage_it_goes_on_in_the_same_case,
    refused_by_the_reviewers_it_is_over,
    it_can_be_withdrawn_at_every_stage_before_it_is_made,
    a_step_by_the_wrong_role_is_refused,
    a_step_done_twice_is_refused,
    a_step_out_of_order_is_refused,
    who_cannot_see_a_case_is_told_that_there_is_none,
    the_same_form_sent_twice_at_once_is_kept_once,
    several_cases_are_handed_over_together_or_not_at_all,
);

fn points() -> Vec<CorrectionPoint> {
    let message = "请核对印章名称与公章印文是否一致".to_owned();
    vec![CorrectionPoint {
        application: None,
        field: None,
        item: None,
        message,
    }]
}

/// Who sends back at which stage, and how.
async fn send_back(app: &TestApp, filed: Filed, stage: Stage) -> (&'static str, Act) {
    let points = points();
    match stage {
        Stage::UnitApproval => ("xian-shenpi", Act::SendBackInUnit { points }),
        Stage::Consolidation => ("huizong", Act::ReturnByConsolidator { points }),
        Stage::Acceptance => {
            app.receive_papers(filed).await;
            let mut checklist = app.checklist(filed, true).await;
            checklist[0].met = false;
            ("zhizuo", Act::RequestCorrection { points, checklist })
        }
        Stage::FirstReview => (
            "shenhe",
            Act::RequestCorrection {
                points,
                checklist: Vec::new(),
            },
        ),
        Stage::FinalReview => (
            "lingdao",
            Act::RequestCorrection {
                points,
                checklist: Vec::new(),
            },
        ),
        other => panic!("nobody sends back at {}", other.name()),
    }
}

const SENDING_BACK: [Stage; 5] = [
    Stage::UnitApproval,
    Stage::Consolidation,
    Stage::Acceptance,
    Stage::FirstReview,
    Stage::FinalReview,
];

async fn sent_back_at_every_stage_it_goes_on_in_the_same_case(app: TestApp) {
    for stage in SENDING_BACK {
        let filed = app.file_until(stage).await;
        let number = app.case(filed).await.case.number;
        let revision = app.case(filed).await.case.revision;
        let (login, act) = send_back(&app, filed, stage).await;
        app.by(login, filed, act).await;
        let view = app.case(filed).await;
        assert_eq!(view.case.stage, Stage::Correction, "{}", stage.name());
        let correction = view.case.correction.as_ref().unwrap();
        assert!(
            correction
                .points
                .iter()
                .any(|p| p.message.contains("印章名称"))
        );
        // The agent changes the form, and everybody decides again on the new revision.
        let application = view.case.application(filed.application).unwrap();
        let mut draft = application.draft.clone();
        draft.height = Some("41.5".to_owned());
        app.by(
            "xian-jingban",
            filed,
            Act::SaveDraft {
                application: filed.application,
                draft,
            },
        )
        .await;
        app.go_on_until(filed, Stage::Collection).await;
        let view = app.case(filed).await;
        assert_eq!(view.case.number, number);
        assert!(view.case.revision > revision, "{}", stage.name());
        let kept = &view.case.revisions;
        assert_eq!(
            kept[0].forms[0].1.seal.height.tenths(),
            420,
            "the first revision is kept"
        );
        assert_eq!(kept.last().unwrap().forms[0].1.seal.height.tenths(), 415);
    }
}

async fn refused_by_the_reviewers_it_is_over(app: TestApp) {
    for (stage, login) in [
        (Stage::FirstReview, "shenhe"),
        (Stage::FinalReview, "lingdao"),
    ] {
        let filed = app.file_until(stage).await;
        let empty = Act::Refuse {
            reason: String::new(),
        };
        app.refused(login, filed, empty).await;
        let reason = "该单位已经撤并，不再使用印章".to_owned();
        app.by(
            login,
            filed,
            Act::Refuse {
                reason: reason.clone(),
            },
        )
        .await;
        let view = app.case(filed).await;
        assert_eq!(view.case.stage, Stage::Closed(Ending::Refused));
        assert_eq!(view.case.closing_reason, Some(reason));
        assert_eq!(
            app.refused("xian-jingban", filed, Act::HandIn).await,
            "case_closed"
        );
    }
}

async fn it_can_be_withdrawn_at_every_stage_before_it_is_made(app: TestApp) {
    for stage in [
        Stage::Draft,
        Stage::UnitApproval,
        Stage::HandIn,
        Stage::Consolidation,
        Stage::Acceptance,
        Stage::FirstReview,
        Stage::FinalReview,
        Stage::Production,
    ] {
        let filed = app.file_until(stage).await;
        let reason = Some("暂不需要".to_owned());
        app.by("xian-jingban", filed, Act::Withdraw { reason })
            .await;
        let ended = app.case(filed).await.case.stage;
        assert_eq!(ended, Stage::Closed(Ending::Withdrawn), "{}", stage.name());
    }
    let filed = app.file_until(Stage::Production).await;
    let application = filed.application;
    app.by("zhizuo", filed, Act::StartProduction { application })
        .await;
    let withdrawal = Act::Withdraw {
        reason: Some("太迟".to_owned()),
    };
    assert_eq!(
        app.refused("xian-jingban", filed, withdrawal).await,
        "production_started"
    );
}

async fn a_step_by_the_wrong_role_is_refused(app: TestApp) {
    let filed = app.file_until(Stage::UnitApproval).await;
    let approval = Act::ApproveInUnit { remark: None };
    assert_eq!(
        app.refused("xian-jingban", filed, approval.clone()).await,
        "wrong_role"
    );
    // Another unit's approver does not even see it.
    assert_eq!(
        app.refused("shi-shenpi", filed, approval).await,
        "not_found"
    );

    let filed = app.file_until(Stage::FirstReview).await;
    for login in ["zhizuo", "lingdao"] {
        let approval = Act::ApproveFirst { remark: None };
        assert_eq!(
            app.refused(login, filed, approval).await,
            "wrong_role",
            "{login}"
        );
    }
    for login in ["xitong", "anquan", "shenji"] {
        let error = app
            .attempt(login, filed, Act::ApproveFirst { remark: None })
            .await
            .unwrap_err();
        assert!(matches!(
            code(&error).as_str(),
            "not_found" | "administrator_handles_no_cases"
        ));
    }
    let open = app
        .platform
        .open_case(&app.actor("zhizuo"), casework::BusinessType::New)
        .await;
    assert_eq!(code(&open.unwrap_err()), "opened_by_wrong_role");
}

async fn a_step_done_twice_is_refused(app: TestApp) {
    let filed = app.file_until(Stage::UnitApproval).await;
    assert_eq!(
        app.refused("xian-jingban", filed, Act::Submit).await,
        "already_decided"
    );
    let approval = Act::ApproveInUnit { remark: None };
    app.by("xian-shenpi", filed, approval.clone()).await;
    assert_eq!(
        app.refused("xian-shenpi", filed, approval).await,
        "already_decided"
    );
    app.go_on_until(filed, Stage::FinalReview).await;
    let approval = Act::ApproveFirst { remark: None };
    assert_eq!(
        app.refused("shenhe", filed, approval).await,
        "already_decided"
    );
    app.go_on_until(filed, Stage::Collection).await;
    let start = Act::StartProduction {
        application: filed.application,
    };
    app.refused("zhizuo", filed, start).await;
    let act = app.collection(filed).await;
    let maker = app.actor("zhizuo");
    app.platform
        .collect(&maker, filed.case, None, act.clone())
        .await
        .unwrap();
    let again = app
        .platform
        .collect(&maker, filed.case, None, act)
        .await
        .unwrap_err();
    assert!(matches!(again, Error::Refused(_)), "{again:?}");
}

async fn a_step_out_of_order_is_refused(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    app.attach_papers(filed).await;
    app.by("xian-jingban", filed, Act::HandIn).await;
    let accept = Act::Accept {
        checklist: Vec::new(),
    };
    assert_eq!(
        app.refused("zhizuo", filed, accept).await,
        "not_found",
        "it is not at the Center"
    );
    app.go_on_until(filed, Stage::FirstReview).await;
    let code = app
        .refused("lingdao", filed, Act::ApproveFinal { remark: None })
        .await;
    assert_eq!(code, "not_at_this_stage");
    let start = Act::StartProduction {
        application: filed.application,
    };
    assert_eq!(
        app.refused("zhizuo", filed, start).await,
        "not_at_this_stage"
    );
    app.go_on_until(filed, Stage::Production).await;
    assert_eq!(
        app.refused("zhizuo", filed, Act::NotifyCollection).await,
        "not_all_produced"
    );
}

async fn who_cannot_see_a_case_is_told_that_there_is_none(app: TestApp) {
    let filed = app.file_until(Stage::UnitApproval).await;
    for login in [
        "shi-jingban",
        "sheng-shenpi",
        "huizong",
        "pingtan-huizong",
        "zhizuo",
        "shenji",
    ] {
        let seen = app.platform.case(&app.actor(login), filed.case).await;
        assert_eq!(code(&seen.unwrap_err()), "not_found", "{login}");
    }
    app.go_on_until(filed, Stage::Consolidation).await;
    app.platform
        .case(&app.actor("huizong"), filed.case)
        .await
        .unwrap();
    assert!(
        app.platform
            .case(&app.actor("pingtan-huizong"), filed.case)
            .await
            .is_err()
    );
}

async fn the_same_form_sent_twice_at_once_is_kept_once(app: TestApp) {
    let filed = app.file_until(Stage::UnitApproval).await;
    let seen = app.case(filed).await.case.version;
    let approver = app.actor("xian-shenpi");
    let approve = || {
        let act = Act::ApproveInUnit { remark: None };
        app.platform.act(&approver, filed.case, Some(seen), act)
    };
    let (first, second) = tokio::join!(approve(), approve());
    let codes: Vec<String> = [&first, &second]
        .iter()
        .filter_map(|r| r.as_ref().err())
        .map(code)
        .collect();
    assert_eq!(codes, ["conflict"]);
    let case = app.case(filed).await.case;
    assert_eq!((case.stage, case.decisions.len()), (Stage::HandIn, 1));
}

async fn several_cases_are_handed_over_together_or_not_at_all(app: TestApp) {
    let first = app.file_until(Stage::Consolidation).await;
    let second = app.file_until(Stage::UnitApproval).await;
    let clerk = app.actor("huizong");
    assert!(
        app.platform
            .hand_over(&clerk, &[first.case, second.case])
            .await
            .is_err()
    );
    assert_eq!(app.case(first).await.case.stage, Stage::Consolidation);
    app.go_on_until(second, Stage::Consolidation).await;
    let bundle = app
        .platform
        .hand_over(&clerk, &[first.case, second.case])
        .await
        .unwrap();
    assert_ne!(bundle, BundleId::from_uuid(Uuid::nil()));
    for filed in [first, second] {
        let case = app.case(filed).await.case;
        assert_eq!(case.stage, Stage::Acceptance);
        assert_eq!(case.hand_over.unwrap().bundle, bundle);
    }
}

/// Maker, first reviewer and final reviewer of a case are three people, and nobody decides on what they filed, even
/// where one person holds all posts (R1.3).
#[tokio::test]
async fn one_person_in_three_posts_decides_once() {
    let app = TestApp::sqlite().await;
    let filed = app.file_until(Stage::FirstReview).await;
    // The seal maker who accepted, now acting in the reviewer's and the leader's post.
    let mut reviewer = app.actor("shenhe");
    reviewer.person = app.actor("zhizuo").person;
    let act = Act::ApproveFirst { remark: None };
    let refused = app
        .platform
        .act(&reviewer, filed.case, None, act)
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "second_duty");
    app.go_on_until(filed, Stage::FinalReview).await;
    let mut leader = app.actor("lingdao");
    for (person, expected) in [
        ("shenhe", "second_duty"),
        ("xian-jingban", "filed_by_oneself"),
    ] {
        leader.person = app.actor(person).person;
        let act = Act::ApproveFinal { remark: None };
        let refused = app
            .platform
            .act(&leader, filed.case, None, act)
            .await
            .unwrap_err();
        assert_eq!(code(&refused), expected);
    }
    app.go_on_until(filed, Stage::Collection).await;
}
