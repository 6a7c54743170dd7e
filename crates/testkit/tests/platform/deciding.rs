//! Decisions on every kind of business (R4.1, R4.2, R4.5): sent back, refused, withdrawn, set aside; what becomes of the
//! seals meanwhile.

use casework::{
    Act, BusinessType, CorrectionPoint, LinkDirection, Medium, Outcome as Ending, Progress, SealId,
    SealKind, SealState, Stage,
};
use jiff::SignedDuration;
use testkit::{Filed, TestApp, Wish};

on_both!(
    r4_1_every_kind_of_business_is_sent_back_with_what_is_to_be_corrected,
    r4_2_every_kind_of_business_can_be_refused_with_a_reason,
    r4_2_every_kind_of_business_can_be_withdrawn,
    r4_2_one_seal_of_every_kind_of_business_is_set_aside_and_comes_after,
    r4_5_a_seal_ends_with_its_certificate,
);

const ON_A_KEY: Wish = Wish {
    kind: SealKind::Unit,
    medium: Medium::UsbKey,
};

fn points() -> Vec<CorrectionPoint> {
    vec![CorrectionPoint {
        application: None,
        field: None,
        item: None,
        message: "请补充说明办理依据".to_owned(),
    }]
}

/// Two seals in use, in the window of their renewal.
async fn two_seals(app: &TestApp) -> Vec<SealId> {
    let seals = app.complete(app.new_case(&[ON_A_KEY; 2]).await).await;
    let actor = app.actor("xian-jingban");
    let until = app
        .platform
        .seal(&actor, seals[0])
        .await
        .unwrap()
        .record
        .valid_until;
    app.clock.set(until - SignedDuration::from_hours(24 * 25));
    seals
}

async fn filed(app: &TestApp, business: BusinessType, seals: &[SealId]) -> Filed {
    if business == BusinessType::New {
        return app.new_case(&[ON_A_KEY; 2]).await;
    }
    app.begin(business, seals).await
}

/// No case stands in the way of another.
async fn free(app: &TestApp, seals: &[SealId]) {
    for seal in seals {
        let actor = app.actor("xian-jingban");
        let registered = app.platform.seal(&actor, *seal).await.unwrap();
        assert_eq!(registered.open_case, None);
        assert_eq!(registered.state(app.platform.now()), SealState::Active);
    }
}

async fn r4_1_every_kind_of_business_is_sent_back_with_what_is_to_be_corrected(app: TestApp) {
    let seals = two_seals(&app).await;
    for business in BusinessType::ALL {
        let filed = filed(&app, *business, &seals).await;
        app.go_on_until(filed, Stage::Acceptance).await;
        app.receive_papers(filed).await;
        let mut checklist = app.checklist(filed, true).await;
        checklist[0].met = false;
        let all_met = Act::Accept {
            checklist: checklist.clone(),
        };
        assert_eq!(
            app.refused("zhizuo", filed, all_met).await,
            "checklist_unmet"
        );
        let points = Vec::new();
        app.by(
            "zhizuo",
            filed,
            Act::RequestCorrection { points, checklist },
        )
        .await;
        let case = app.case(filed).await.case;
        assert_eq!(case.stage, Stage::Correction, "{}", business.name());
        assert_eq!(case.correction_points().len(), 1);
        let remark = Some("已按通知补正".to_owned());
        app.by("xian-jingban", filed, Act::Resubmit { remark })
            .await;
        let case = app.case(filed).await.case;
        assert_eq!(
            (case.stage, case.revision),
            (Stage::Acceptance, 2),
            "{}: the same case goes on",
            business.name()
        );
        app.by("xian-jingban", filed, Act::Withdraw { reason: None })
            .await;
    }
    free(&app, &seals).await;
}

async fn r4_2_every_kind_of_business_can_be_refused_with_a_reason(app: TestApp) {
    let seals = two_seals(&app).await;
    for (number, business) in BusinessType::ALL.iter().enumerate() {
        let filed = filed(&app, *business, &seals).await;
        let (stage, login) = if number % 2 == 0 {
            (Stage::FirstReview, "shenhe")
        } else {
            (Stage::FinalReview, "lingdao")
        };
        app.go_on_until(filed, stage).await;
        let no_reason = Act::Refuse {
            reason: " ".to_owned(),
        };
        assert_eq!(app.refused(login, filed, no_reason).await, "text_empty");
        let refusal = Act::Refuse {
            reason: "申请事项不符合办理条件".to_owned(),
        };
        assert_eq!(
            app.refused("zhizuo", filed, refusal.clone()).await,
            "wrong_role"
        );
        app.by(login, filed, refusal).await;
        let case = app.case(filed).await.case;
        assert_eq!(case.stage, Stage::Closed(Ending::Refused));
        assert_eq!(
            case.closing_reason.as_deref(),
            Some("申请事项不符合办理条件")
        );
    }
    free(&app, &seals).await;
}

async fn r4_2_every_kind_of_business_can_be_withdrawn(app: TestApp) {
    let seals = two_seals(&app).await;
    for business in BusinessType::ALL {
        let filed = filed(&app, *business, &seals).await;
        let making = if business.needs_collection() {
            Stage::Production
        } else {
            Stage::OnSite
        };
        app.go_on_until(filed, making).await;
        app.by("xian-jingban", filed, Act::Withdraw { reason: None })
            .await;
        let ended = app.case(filed).await.case.stage;
        assert_eq!(ended, Stage::Closed(Ending::Withdrawn));
    }
    free(&app, &seals).await;
}

async fn r4_2_one_seal_of_every_kind_of_business_is_set_aside_and_comes_after(app: TestApp) {
    let seals = two_seals(&app).await;
    for business in [
        BusinessType::New,
        BusinessType::Unlock,
        BusinessType::Change,
        BusinessType::Revocation,
    ] {
        // The seals of the change are the ones that follow.
        let seals = latest(&app, &seals).await;
        let filed = filed(&app, business, &seals).await;
        app.go_on_until(filed, Stage::FirstReview).await;
        let (linked, linked_number) = app.platform.reserve_case().await.unwrap();
        let act = Act::SetAside {
            application: filed.application,
            linked,
            linked_number,
            points: points(),
        };
        app.by("shenhe", filed, act).await;
        let case = app.case(filed).await.case;
        assert_eq!(case.stage, Stage::FirstReview);
        assert_eq!(
            case.application(filed.application).unwrap().progress,
            Progress::SetAside
        );
        let made = app.complete(filed).await;
        assert_eq!(made.len(), 1, "{}", business.name());
        // The other one is corrected in its linked case and goes on where it was.
        let rest = Filed {
            case: linked,
            application: filed.application,
        };
        let view = app.case(rest).await;
        assert_eq!(view.case.stage, Stage::Correction);
        assert_eq!(view.case.links[0].direction, LinkDirection::SetAsideFrom);
        if business != BusinessType::New {
            let held = app
                .platform
                .seal(&app.actor("xian-jingban"), seals[0])
                .await
                .unwrap();
            assert_eq!(held.open_case.unwrap().0, linked);
        }
        let made = app.complete(rest).await;
        assert_eq!(made.len(), 1, "{}", business.name());
    }
    app.platform.audit_ledger().await.unwrap();
}

/// The seals that stand in the place of these now.
async fn latest(app: &TestApp, seals: &[SealId]) -> Vec<SealId> {
    let actor = app.actor("xian-jingban");
    let mut latest = Vec::new();
    for seal in seals {
        let mut id = *seal;
        while let Some(next) = app
            .platform
            .seal(&actor, id)
            .await
            .unwrap()
            .record
            .superseded_by
        {
            id = next;
        }
        latest.push(id);
    }
    latest
}

async fn r4_5_a_seal_ends_with_its_certificate(app: TestApp) {
    let actor = app.actor("xian-jingban");
    let wishes: Vec<Wish> = Wish::all().collect();
    for seal in app.complete(app.new_case(&wishes).await).await {
        let registered = app.platform.seal(&actor, seal).await.unwrap();
        let certificates = app.platform.seal_certificates(&actor, seal).await.unwrap();
        let (der, _) = app.platform.seal_files(&actor, seal).await.unwrap();
        let parsed = seal::Seal::parse(&der).unwrap();
        let until = registered.record.valid_until;
        assert_eq!(parsed.property.valid_to, until);
        assert_eq!(certificates[0].not_after, until);
        let last = until - SignedDuration::from_secs(1);
        assert_eq!(registered.state(last), SealState::Active);
        assert_eq!(registered.state(until), SealState::Expired);
    }
}
