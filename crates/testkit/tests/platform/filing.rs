//! Filing (R2): what the form asks for and refuses, for every kind of seal; special situations; signed papers;
//! revisions.

use casework::{
    Act, ApplicationId, BusinessType, CorrectionPoint, FormDraft, MaterialKind, Medium, SealKind,
    Stage,
};
use testkit::{Filed, TestApp, Wish, another_scan, code, scan};

on_both!(
    r2_1_every_field_that_applies_is_required_and_every_other_refused,
    r2_4_unlock_is_offered_for_usb_keys_alone,
    r2_6_the_imprint_is_measured_in_millimetres,
    r2_9_special_situations_bring_their_papers_and_are_shown_to_the_reviewers,
    r2_10_no_seal_is_made_without_an_imprint_of_a_real_one,
    r2_11_the_form_is_approved_signed_stamped_and_comes_back,
    r2_12_what_was_submitted_is_never_altered,
);

const AGENT: &str = "xian-jingban";

const HOSTED: Wish = Wish {
    kind: SealKind::Unit,
    medium: Medium::Hosted,
};

async fn form(app: &TestApp, filed: Filed, application: ApplicationId) -> FormDraft {
    let case = app.case(filed).await.case;
    case.application(application).unwrap().draft.clone()
}

async fn save(app: &TestApp, filed: Filed, application: ApplicationId, draft: FormDraft) {
    app.by(AGENT, filed, Act::SaveDraft { application, draft })
        .await;
}

/// The codes that a submission of this form is refused with.
async fn faults(app: &TestApp, filed: Filed, draft: FormDraft) -> Vec<&'static str> {
    save(app, filed, filed.application, draft).await;
    app.platform
        .check_application(&app.actor(AGENT), filed.case, filed.application)
        .await
        .unwrap()
        .into_iter()
        .map(|fault| fault.code)
        .collect()
}

async fn r2_1_every_field_that_applies_is_required_and_every_other_refused(app: TestApp) {
    for wish in Wish::all() {
        let filed = app.new_case(&[wish]).await;
        let good = form(&app, filed, filed.application).await;
        assert_eq!(faults(&app, filed, good.clone()).await, [""; 0], "{wish:?}");
        let without = |change: fn(&mut FormDraft)| {
            let mut draft = good.clone();
            change(&mut draft);
            draft
        };
        let required: [fn(&mut FormDraft); 9] = [
            |draft| draft.agent_name = None,
            |draft| draft.agent_mobile = None,
            |draft| draft.agent_id = None,
            |draft| draft.seal_name = None,
            |draft| draft.width = None,
            |draft| draft.height = None,
            |draft| draft.function = None,
            |draft| draft.medium = None,
            |draft| draft.imprint = None,
        ];
        for change in required {
            let codes = faults(&app, filed, without(change)).await;
            assert_eq!(codes, ["field_empty"], "{wish:?}");
        }
        // Personal data are asked for with a personal seal and refused with any other; a P10 with a device alone.
        let no_person = faults(&app, filed, without(|draft| draft.person_id = None)).await;
        let person = faults(
            &app,
            filed,
            without(|draft| draft.person_name = Some("陈思远".to_owned())),
        )
        .await;
        if wish.kind == SealKind::Personal {
            assert_eq!((no_person, person), (vec!["field_empty"], vec![]));
        } else {
            assert_eq!((no_person, person), (vec![], vec!["field_not_asked"]));
        }
        let request = faults(
            &app,
            filed,
            without(|draft| {
                draft.request = match draft.request {
                    Some(_) => None,
                    None => draft.imprint,
                };
            }),
        )
        .await;
        if wish.kind == SealKind::Device {
            assert_eq!(request, ["field_empty"]);
        } else {
            assert_eq!(request, ["field_not_asked"]);
        }
        // A choice that is not on the form, and a medium that does not go with the kind.
        let choice = without(|draft| draft.function = Some("印鉴".to_owned()));
        assert_eq!(faults(&app, filed, choice).await, ["choice_unknown"]);
        let medium = match wish.kind {
            SealKind::Device => Medium::UsbKey,
            SealKind::Unit | SealKind::Personal => Medium::SigningDevice,
        };
        let mut draft = good.clone();
        draft.medium = Some(medium.code().to_owned());
        assert_eq!(faults(&app, filed, draft).await, ["medium_unfit"]);
        // What was said while filling in is what the submission says.
        save(
            &app,
            filed,
            filed.application,
            without(|draft| draft.width = None),
        )
        .await;
        assert_eq!(
            app.refused_points(AGENT, filed, Act::Submit).await,
            ["field_empty"]
        );
    }
}

async fn r2_4_unlock_is_offered_for_usb_keys_alone(app: TestApp) {
    let wishes: Vec<Wish> = Wish::all().collect();
    for (seal, wish) in app
        .complete(app.new_case(&wishes).await)
        .await
        .into_iter()
        .zip(wishes)
    {
        let offers = app.platform.offers(&app.actor(AGENT), seal).await.unwrap();
        assert_eq!(offers.len(), 5, "every business but 印章申请");
        let unlock = offers
            .into_iter()
            .find(|offer| offer.business == BusinessType::Unlock)
            .unwrap();
        assert_eq!(
            unlock.allowed.map_err(|refusal| refusal.code),
            if wish.medium == Medium::UsbKey {
                Ok(())
            } else {
                Err("unlock_needs_usb_key")
            },
            "{wish:?}"
        );
    }
}

async fn r2_6_the_imprint_is_measured_in_millimetres(app: TestApp) {
    let personal = Wish {
        kind: SealKind::Personal,
        medium: Medium::Hosted,
    };
    for wish in [HOSTED, personal] {
        let filed = app.new_case(&[wish]).await;
        let good = form(&app, filed, filed.application).await;
        for wrong in ["0", "-3", "四十二", "42 cm", "1e9", "4200"] {
            let mut draft = good.clone();
            draft.width = Some(wrong.to_owned());
            assert_eq!(faults(&app, filed, draft).await.len(), 1, "{wrong}");
        }
        let mut draft = good.clone();
        draft.width = Some("40.5".to_owned());
        draft.height = Some("29.5".to_owned());
        save(&app, filed, filed.application, draft).await;
        let picture = app
            .platform
            .clean_imprint(&app.actor(AGENT), filed.case, filed.application)
            .await
            .unwrap();
        assert!(picture.png.starts_with(b"\x89PNG"));
        let seal = app.complete(filed).await[0];
        let record = app
            .platform
            .seal(&app.actor(AGENT), seal)
            .await
            .unwrap()
            .record;
        assert_eq!((record.width.tenths(), record.height.tenths()), (405, 295));
    }
}

async fn r2_9_special_situations_bring_their_papers_and_are_shown_to_the_reviewers(app: TestApp) {
    let filed = app.new_case(&[HOSTED]).await;
    let mut draft = form(&app, filed, filed.application).await;
    draft.special = vec![
        "superiors_seal".to_owned(),
        "several_certificates".to_owned(),
    ];
    save(&app, filed, filed.application, draft).await;
    let papers = [
        MaterialKind::Statement,
        MaterialKind::Commitment,
        MaterialKind::SuperiorLetter,
    ];
    for (number, paper) in papers.into_iter().enumerate() {
        let missing = app.refused_points(AGENT, filed, Act::Submit).await;
        assert_eq!(missing, vec!["material_missing"; papers.len() - number]);
        app.attach_to(filed, filed.application, paper, scan()).await;
    }
    app.go_on_until(filed, Stage::FirstReview).await;
    for login in ["zhizuo", "shenhe", "lingdao"] {
        let view = app
            .platform
            .case(&app.actor(login), filed.case)
            .await
            .unwrap();
        assert_eq!(view.case.special_situations().len(), 2, "{login}");
    }
    // The same picture for two seals is such a situation, and has to be called one.
    let filed = app.new_case(&[HOSTED, HOSTED]).await;
    let one = another_scan();
    for application in app.case(filed).await.case.applications {
        app.attach_to(filed, application.id, MaterialKind::Imprint, one.clone())
            .await;
    }
    assert_eq!(
        app.refused_points(AGENT, filed, Act::Submit).await,
        ["imprint_bound_twice"]
    );
}

async fn r2_10_no_seal_is_made_without_an_imprint_of_a_real_one(app: TestApp) {
    let filed = app.new_case(&[HOSTED]).await;
    let imprint = form(&app, filed, filed.application).await.imprint.unwrap();
    app.by(AGENT, filed, Act::RemoveMaterial { material: imprint })
        .await;
    let points = app.refused_points(AGENT, filed, Act::Submit).await;
    assert_eq!(points, ["material_unknown"]);
    app.attach_to(
        filed,
        filed.application,
        MaterialKind::Imprint,
        another_scan(),
    )
    .await;
    let seal = app.complete(filed).await[0];
    // A changed imprint is collected anew; a reissue binds the one that is there.
    let change = app.begin(BusinessType::Change, &[seal]).await;
    let mut draft = form(&app, change, change.application).await;
    draft.imprint = None;
    save(&app, change, change.application, draft).await;
    assert_eq!(
        app.refused_points(AGENT, change, Act::Submit).await,
        ["field_empty"]
    );
    let reissue = app.begin(BusinessType::Reissue, &[seal]).await;
    app.by(AGENT, reissue, Act::Submit).await;
}

async fn r2_11_the_form_is_approved_signed_stamped_and_comes_back(app: TestApp) {
    let filed = app.new_case(&[HOSTED, HOSTED]).await;
    // Signed papers come after the approval, not before.
    let early = platform::NewMaterial {
        kind: MaterialKind::ApplicationFormScan,
        application: Some(filed.application),
        name: "申请表.png".to_owned(),
        bytes: scan(),
    };
    let agent = app.actor(AGENT);
    let refused = app.platform.attach(&agent, filed.case, None, early).await;
    assert_eq!(code(&refused.unwrap_err()), "material_not_now");
    app.by(AGENT, filed, Act::Submit).await;
    let approve = Act::ApproveInUnit { remark: None };
    assert_eq!(
        app.refused(AGENT, filed, approve.clone()).await,
        "wrong_role"
    );
    // The approver sends back, with what is to be corrected; the corrected form is approved.
    let points = vec![CorrectionPoint {
        application: Some(filed.application),
        field: Some("seal_name".to_owned()),
        item: None,
        message: "印章名称请与实物印章一致".to_owned(),
    }];
    app.by("xian-shenpi", filed, Act::SendBackInUnit { points })
        .await;
    let mut draft = form(&app, filed, filed.application).await;
    draft.seal_name = Some("闽侯县政务服务示范局业务专用章".to_owned());
    save(&app, filed, filed.application, draft).await;
    app.by(AGENT, filed, Act::Resubmit { remark: None }).await;
    app.by("xian-shenpi", filed, approve).await;
    // The letter, both forms and the summary sheet, signed and stamped, or it does not leave the unit.
    assert_eq!(
        app.refused_points(AGENT, filed, Act::HandIn).await,
        ["material_missing"; 4]
    );
    app.attach_papers(filed).await;
    app.by(AGENT, filed, Act::HandIn).await;
    // The stamping unit is the applying unit: its name and code are the unit's own, not typed.
    let case = app.case(filed).await.case;
    for application in &case.applications {
        let form = application.form.as_ref().unwrap();
        assert_eq!(form.unit.name, case.unit.full_name);
        assert_eq!(form.unit.credit_code, case.unit.credit_code);
    }
}

async fn r2_12_what_was_submitted_is_never_altered(mut app: TestApp) {
    let filed = app.new_case(&[HOSTED]).await;
    let mut draft = form(&app, filed, filed.application).await;
    draft.seal_name = Some("还没想好".to_owned());
    draft.width = Some("四十二".to_owned());
    save(&app, filed, filed.application, draft.clone()).await;
    app.restart().await;
    assert_eq!(
        form(&app, filed, filed.application).await,
        draft,
        "a draft is kept as it was typed"
    );
    draft.seal_name = Some("闽侯县政务服务示范局审批专用章".to_owned());
    draft.width = Some("42".to_owned());
    save(&app, filed, filed.application, draft.clone()).await;
    app.by(AGENT, filed, Act::Submit).await;
    let application = filed.application;
    for act in [
        Act::SaveDraft {
            application,
            draft: FormDraft::default(),
        },
        Act::RemoveApplication { application },
        Act::AddApplication {
            application: ApplicationId::from_uuid(uuid::Uuid::now_v7()),
            draft: FormDraft::default(),
        },
    ] {
        assert_eq!(app.refused(AGENT, filed, act).await, "not_at_this_stage");
    }
    let points = vec![CorrectionPoint {
        application: None,
        field: None,
        item: None,
        message: "请核对印章名称".to_owned(),
    }];
    app.by("xian-shenpi", filed, Act::SendBackInUnit { points })
        .await;
    draft.seal_name = Some("闽侯县政务服务示范局行政审批专用章".to_owned());
    save(&app, filed, application, draft).await;
    app.by(AGENT, filed, Act::Resubmit { remark: None }).await;
    let case = app.case(filed).await.case;
    let names: Vec<_> = case
        .revisions
        .iter()
        .map(|revision| revision.forms[0].1.seal.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "闽侯县政务服务示范局审批专用章",
            "闽侯县政务服务示范局行政审批专用章"
        ]
    );
}
