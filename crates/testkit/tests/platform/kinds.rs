//! Every kind of business for every kind of seal on every medium, through production to the end (R2, R4.3–R4.5).

use casework::{
    Act, BusinessType, LetterDraft, MaterialKind, Medium, Reason, SealId, SealKind, SealState,
    Stage,
};
use jiff::SignedDuration;
use pki::{Outcome, crl::Reason as Revoked};
use platform::{Judgement, RegisteredSeal, Settings};
use testkit::{Filed, PIN, TestApp, Wish, code, device_request, device_request_with};

on_both!(
    r4_3_a_unit_seal_on_a_usb_key_goes_through_all_kinds_of_business,
    r4_3_a_unit_seal_kept_by_the_platform_goes_through_all_kinds_of_business,
    r4_3_a_personal_seal_on_a_usb_key_goes_through_all_kinds_of_business,
    r4_3_a_personal_seal_kept_by_the_platform_goes_through_all_kinds_of_business,
    r4_3_a_device_seal_goes_through_all_kinds_of_business,
    r2_2_a_case_begins_from_the_seals_of_the_register,
    r2_3_renewal_opens_by_itself_once,
    r2_5_the_request_of_a_device_is_explained_point_by_point,
    r2_8_the_models_words_are_named_while_writing_and_refused_at_the_submission,
);

async fn r4_3_a_unit_seal_on_a_usb_key_goes_through_all_kinds_of_business(app: TestApp) {
    life(app, SealKind::Unit, Medium::UsbKey).await;
}

async fn r4_3_a_unit_seal_kept_by_the_platform_goes_through_all_kinds_of_business(app: TestApp) {
    life(app, SealKind::Unit, Medium::Hosted).await;
}

async fn r4_3_a_personal_seal_on_a_usb_key_goes_through_all_kinds_of_business(app: TestApp) {
    life(app, SealKind::Personal, Medium::UsbKey).await;
}

async fn r4_3_a_personal_seal_kept_by_the_platform_goes_through_all_kinds_of_business(
    app: TestApp,
) {
    life(app, SealKind::Personal, Medium::Hosted).await;
}

async fn r4_3_a_device_seal_goes_through_all_kinds_of_business(app: TestApp) {
    life(app, SealKind::Device, Medium::SigningDevice).await;
}

/// 申请 → 变更 → 延期 → 解锁 (USB KEY) → 失控、补办 → 撤销 of one seal.
async fn life(app: TestApp, kind: SealKind, medium: Medium) {
    let made = app.made(Wish { kind, medium }).await;
    let first = register(&app, made).await;
    assert_eq!(first.state(app.platform.now()), SealState::Active);
    assert_eq!(first.record.holder.is_some(), kind == SealKind::Personal);
    assert_eq!(first.record.key_serial.is_some(), medium == Medium::UsbKey);
    valid_as_its_certificate(&app, &first).await;
    app.clock.advance(SignedDuration::from_mins(1));

    // 印章变更: another name and imprint; the former is superseded, its certificate revoked as such.
    let changed = done(&app, BusinessType::Change, made).await;
    let second = register(&app, changed).await;
    assert!(
        second.record.name.ends_with("（新）"),
        "{}",
        second.record.name
    );
    assert_ne!(second.record.code, first.record.code);
    assert_eq!(second.record.supersedes, Some(made));
    over(&app, made, Reason::Superseded, Revoked::Superseded).await;
    valid_as_its_certificate(&app, &second).await;
    if medium == Medium::UsbKey {
        assert_eq!(second.record.key_serial, first.record.key_serial);
    }

    // 印章延期: not before its window.
    let agent = app.actor("xian-jingban");
    let early = app
        .platform
        .open_case_for(&agent, BusinessType::Renewal, &[changed])
        .await;
    assert_eq!(code(&early.unwrap_err()), "renewal_too_early");
    app.clock
        .set(second.record.valid_until - SignedDuration::from_hours(24 * 29));
    let renewed = done(&app, BusinessType::Renewal, changed).await;
    let third = register(&app, renewed).await;
    assert!(third.record.valid_until > second.record.valid_until);
    assert_eq!(third.picture, second.picture, "the same imprint");
    assert_eq!(third.initial_pin, second.initial_pin, "the same PIN");
    over(&app, changed, Reason::Superseded, Revoked::Superseded).await;
    valid_as_its_certificate(&app, &third).await;
    pin_is(&app, &third, PIN).await;

    // 口令解锁, for USB KEY alone.
    app.clock.advance(SignedDuration::from_mins(1));
    if medium == Medium::UsbKey {
        unlocked(&app, renewed).await;
    } else {
        let refused = app
            .platform
            .open_case_for(&agent, BusinessType::Unlock, &[renewed])
            .await;
        assert_eq!(code(&refused.unwrap_err()), "unlock_needs_usb_key");
    }

    // 失控、补办: suspended at once, the same imprint bound anew to another key.
    app.suspend(renewed).await;
    let reissued = done(&app, BusinessType::Reissue, renewed).await;
    let fourth = register(&app, reissued).await;
    assert_eq!(fourth.picture, third.picture, "the same imprint");
    if medium == Medium::UsbKey {
        assert_ne!(fourth.record.key_serial, third.record.key_serial);
    }
    if let (Some(new), Some(old)) = (fourth.key.label(), third.key.label()) {
        assert_ne!(new, old, "a lost key is never used again");
    }
    over(&app, renewed, Reason::Superseded, Revoked::KeyCompromise).await;
    pin_is(&app, &fourth, PIN).await;

    // 印章撤销.
    app.clock.advance(SignedDuration::from_mins(1));
    let revoked = done(&app, BusinessType::Revocation, reissued).await;
    assert_eq!(revoked, reissued);
    over(
        &app,
        reissued,
        Reason::Revocation,
        Revoked::CessationOfOperation,
    )
    .await;
    for offer in app.platform.offers(&agent, reissued).await.unwrap() {
        assert!(offer.allowed.is_err(), "{:?}", offer.business);
    }
    app.platform.audit_ledger().await.unwrap();
}

/// One business about one seal, from the register to the end, sent back once on its way.
async fn done(app: &TestApp, business: BusinessType, seal: SealId) -> SealId {
    let filed = app.begin(business, &[seal]).await;
    app.go_on_until(filed, Stage::FirstReview).await;
    let offers = app
        .platform
        .offers(&app.actor("xian-jingban"), seal)
        .await
        .unwrap();
    for offer in offers {
        let refusal = offer.allowed.unwrap_err();
        assert_eq!(refusal.code, "seal_has_open_case", "{:?}", offer.business);
    }
    let points = vec![casework::CorrectionPoint {
        application: Some(filed.application),
        field: None,
        item: None,
        message: "请补充说明办理依据".to_owned(),
    }];
    let act = Act::RequestCorrection {
        points,
        checklist: Vec::new(),
    };
    app.by("shenhe", filed, act).await;
    let made = app.complete(filed).await[0];
    app.clock.advance(SignedDuration::from_mins(1));
    app.run_jobs().await;
    made
}

async fn register(app: &TestApp, seal: SealId) -> RegisteredSeal {
    app.platform
        .seal(&app.actor("xian-shenpi"), seal)
        .await
        .unwrap()
}

/// The former seal is cancelled for this reason, and its certificate stands in the list of revoked ones.
async fn over(app: &TestApp, seal: SealId, reason: Reason, in_the_list: Revoked) {
    let seal = register(app, seal).await;
    assert_eq!(seal.state(app.platform.now()), SealState::Cancelled);
    assert_eq!(seal.record.history.last().unwrap().reason, reason);
    assert_eq!(seal.open_case, None);
    let crl = app.platform.crl().await.unwrap();
    for certificate in &seal.record.certificates {
        let serial = hex(&certificate.serial);
        let revoked = crl.find(&serial).expect("in the list");
        assert_eq!(revoked.reason, in_the_list);
    }
}

/// R4.5: seal, certificate and register end together, and the seal is sound.
async fn valid_as_its_certificate(app: &TestApp, seal: &RegisteredSeal) {
    let actor = app.actor("xian-shenpi");
    let id = seal.record.id;
    let certificates = app.platform.seal_certificates(&actor, id).await.unwrap();
    let own = pki::Certificate::from_der(&certificates[0].der).unwrap();
    assert_eq!(own.not_after(), seal.record.valid_until);
    let (der, _) = app.platform.seal_files(&actor, id).await.unwrap();
    let parsed = seal::Seal::parse(&der).unwrap();
    assert_eq!(parsed.property.valid_to, seal.record.valid_until);
    let crl = app.platform.crl().await.unwrap();
    assert!(crl.find(&hex(&certificates[0].serial)).is_none());
}

/// The holder's PIN, where the key can be reached.
async fn pin_is(app: &TestApp, seal: &RegisteredSeal, pin: &str) {
    if let Some(label) = seal.key.label() {
        app.keys.authorise(label, pin, b"a message").await.unwrap();
    }
}

/// 口令解锁: the old PIN is gone, the code given out at the desk sets a new one.
async fn unlocked(app: &TestApp, seal: SealId) {
    let before = register(app, seal).await;
    let filed = app.begin(BusinessType::Unlock, &[seal]).await;
    app.go_on_until(filed, Stage::OnSite).await;
    let application = filed.application;
    let start = Act::StartProduction { application };
    assert_eq!(
        app.refused("zhizuo", filed, start).await,
        "key_not_presented"
    );
    let wrong = Act::PresentKey {
        application,
        serial: "ANOTHER-1".to_owned(),
    };
    assert_eq!(app.refused("zhizuo", filed, wrong).await, "wrong_key");
    let serial = before.record.key_serial.clone().unwrap();
    let present = Act::PresentKey {
        application,
        serial,
    };
    app.by("zhizuo", filed, present).await;
    app.make_all(filed).await;
    let label = before.key.label().unwrap();
    assert!(app.keys.authorise(label, PIN, b"a message").await.is_err());
    let maker = app.actor("zhizuo");
    let (view, codes) = app
        .platform
        .finish_on_site(&maker, filed.case, None)
        .await
        .unwrap();
    assert!(view.case.is_closed());
    let code = codes[0].activation_code.clone().unwrap();
    let agent = app.actor("xian-jingban");
    app.platform
        .change_pin(&agent, seal, &code, PIN)
        .await
        .unwrap();
    let after = register(app, seal).await;
    assert_eq!(after.record.code, before.record.code, "the same seal");
    assert_eq!(after.state(app.platform.now()), SealState::Active);
    pin_is(app, &after, PIN).await;
}

async fn r2_2_a_case_begins_from_the_seals_of_the_register(app: TestApp) {
    let hosted = Wish {
        kind: SealKind::Unit,
        medium: Medium::Hosted,
    };
    let filed = app.new_case(&[hosted, hosted]).await;
    let seals = app.complete(filed).await;
    let agent = app.actor("xian-jingban");
    let stranger = app.actor("shi-jingban");
    let refused = app
        .platform
        .open_case_for(&stranger, BusinessType::Revocation, &seals)
        .await;
    assert_eq!(code(&refused.unwrap_err()), "not_found");
    let twice = app
        .platform
        .open_case_for(&agent, BusinessType::Revocation, &[seals[0], seals[0]])
        .await;
    assert_eq!(code(&twice.unwrap_err()), "seal_named_twice");
    let new = app
        .platform
        .open_case_for(&agent, BusinessType::New, &seals)
        .await;
    assert_eq!(code(&new.unwrap_err()), "new_names_no_seal");

    // A revocation of both asks for nothing but the letter.
    let filed = app.begin(BusinessType::Revocation, &seals).await;
    for application in &app.case(filed).await.case.applications {
        let faults = app
            .platform
            .check_application(&agent, filed.case, application.id)
            .await
            .unwrap();
        assert_eq!(faults, []);
        let name = &register(&app, application.draft.existing_seal.unwrap())
            .await
            .record
            .name;
        assert_eq!(application.draft.seal_name.as_ref(), Some(name));
    }
    // The name cannot be mistyped: it is the register's.
    let mut draft = app.case(filed).await.case.applications[0].draft.clone();
    draft.seal_name = Some("别的印章".to_owned());
    let application = filed.application;
    app.by("xian-jingban", filed, Act::SaveDraft { application, draft })
        .await;
    let faults = app
        .platform
        .check_application(&agent, filed.case, application)
        .await
        .unwrap();
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["differs_from_register"]);
    // A change that changes nothing is none.
    let change = app.begin(BusinessType::Change, &seals[..1]).await;
    let mut draft = app.case(change).await.case.applications[0].draft.clone();
    draft.seal_name = Some(register(&app, seals[0]).await.record.name);
    let application = change.application;
    app.by(
        "xian-jingban",
        change,
        Act::SaveDraft { application, draft },
    )
    .await;
    assert_eq!(
        app.refused_points("xian-jingban", change, Act::Submit)
            .await,
        ["nothing_changed"]
    );
}

async fn r2_3_renewal_opens_by_itself_once(app: TestApp) {
    let hosted = Wish {
        kind: SealKind::Unit,
        medium: Medium::Hosted,
    };
    let filed = app.new_case(&[hosted, hosted, hosted]).await;
    let seals = app.complete(filed).await;
    let until = register(&app, seals[0]).await.record.valid_until;
    app.suspend(seals[2]).await;
    let agent = app.actor("xian-jingban");
    let renewal = |offers: Vec<casework::Offer>| {
        offers
            .into_iter()
            .find(|offer| offer.business == BusinessType::Renewal)
            .unwrap()
    };
    let offer = renewal(app.platform.offers(&agent, seals[0]).await.unwrap());
    assert_eq!(offer.allowed.unwrap_err().code, "renewal_too_early");
    assert_eq!(
        offer.opens_at,
        Some(until - SignedDuration::from_hours(24 * 30))
    );
    let drafts = async |app: &TestApp| {
        let page = platform::ports::store::PageRequest {
            after: None,
            limit: 50,
        };
        app.platform
            .cases(
                &app.actor("xian-jingban"),
                platform::CaseTab::Draft,
                Some(BusinessType::Renewal),
                None,
                &page,
            )
            .await
            .unwrap()
            .rows
            .len()
    };
    app.clock.set(until - SignedDuration::from_hours(24 * 31));
    app.run_jobs().await;
    assert_eq!(drafts(&app).await, 0);
    app.clock.set(until - SignedDuration::from_hours(24 * 29));
    app.run_jobs().await;
    assert_eq!(drafts(&app).await, 2, "the suspended one has none");
    let offer = renewal(app.platform.offers(&agent, seals[0]).await.unwrap());
    assert_eq!(offer.allowed, Ok(()));
    app.clock.advance(SignedDuration::from_hours(24));
    app.run_jobs().await;
    assert_eq!(drafts(&app).await, 2, "once for each seal");
    let case = register(&app, seals[0]).await.renewal_draft.unwrap();
    let notices = app.platform.notices(agent.person).await.unwrap();
    assert!(
        notices
            .iter()
            .any(|notice| notice.notice.link == format!("/desk/cases/{case}"))
    );
    // The agent confirms it, and it goes through.
    let application = app
        .platform
        .case(&agent, case)
        .await
        .unwrap()
        .case
        .applications[0]
        .id;
    let faults = app
        .platform
        .check_application(&agent, case, application)
        .await
        .unwrap();
    assert_eq!(faults, []);
    let filed = Filed { case, application };
    let letter = LetterDraft {
        reasons: "我局电子印章即将到期，仍需用于签发通知书，申请延期。".to_owned(),
        letter_number: None,
    };
    app.by("xian-jingban", filed, Act::SaveLetter { letter })
        .await;
    app.complete(filed).await;
    assert!(
        register(&app, seals[0])
            .await
            .record
            .superseded_by
            .is_some()
    );
}

async fn r2_5_the_request_of_a_device_is_explained_point_by_point(app: TestApp) {
    let wish = Wish {
        kind: SealKind::Device,
        medium: Medium::SigningDevice,
    };
    let key = gm::PrivateKey::generate();
    let filed = app.new_case(&[wish]).await;
    let agent = app.actor("xian-jingban");
    let p10 = device_request_with(&key);
    app.attach_to(filed, filed.application, MaterialKind::P10, p10.clone())
        .await;
    let report = app
        .platform
        .request_report(&agent, filed.case, filed.application)
        .await
        .unwrap()
        .unwrap();
    assert!(report.is_acceptable(), "{report:?}");
    let labels: Vec<_> = report.points.iter().map(|point| point.label).collect();
    assert_eq!(
        labels,
        ["格式", "主体", "密钥算法", "自签名", "公钥是否用过"]
    );

    // The answer: the certificate, the chain above it, the seal; and the seal is for this very key.
    let seal = app.complete(filed).await[0];
    let delivery = app.platform.device_delivery(&agent, seal).await.unwrap();
    let own = pki::Certificate::from_der(&delivery.certificate).unwrap();
    assert_eq!(own.public_key().unwrap(), gm::Signer::public_key(&key));
    assert!(
        delivery
            .certificate_pem
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    let chain = pki::cms::SignedData::from_der(&delivery.chain_p7b).unwrap();
    assert_eq!(chain.certificates().len(), 3);
    assert_eq!(pki::pem::blocks(delivery.chain_pem.as_bytes()).len(), 3);
    seal::Seal::parse(&delivery.seal).unwrap();
    let strange = app
        .platform
        .device_delivery(&app.actor("shi-jingban"), seal)
        .await;
    assert_eq!(code(&strange.unwrap_err()), "not_found");

    // The same key again, or another unit's: refused. The same key for the renewed seal: remarked.
    let judged = async |filed: Filed, bytes: Vec<u8>| {
        app.attach_to(filed, filed.application, MaterialKind::P10, bytes)
            .await;
        let report = app
            .platform
            .request_report(&agent, filed.case, filed.application)
            .await
            .unwrap()
            .unwrap();
        let last = report.points.last().unwrap().clone();
        (last.judgement, last.code)
    };
    let second = app.new_case(&[wish]).await;
    assert_eq!(
        judged(second, p10.clone()).await,
        (Judgement::Bad, "p10_key_in_certificate")
    );
    assert_eq!(
        app.refused_points("xian-jingban", second, Act::Submit)
            .await,
        ["request_problem"]
    );
    let fresh = device_request();
    assert_eq!(
        judged(second, fresh.clone()).await,
        (Judgement::Good, "key_seen")
    );
    app.by("xian-jingban", second, Act::Submit).await;
    let third = app.new_case(&[wish]).await;
    assert_eq!(
        judged(third, fresh).await,
        (Judgement::Bad, "p10_key_in_request")
    );
    let change = app.begin(BusinessType::Change, &[seal]).await;
    assert_eq!(judged(change, p10).await, (Judgement::Remark, "key_seen"));
}

async fn r2_8_the_models_words_are_named_while_writing_and_refused_at_the_submission(app: TestApp) {
    let filed = app.draft().await;
    let letter = LetterDraft {
        reasons: casework::letter::MODEL_REASONS.to_owned(),
        letter_number: None,
    };
    let view = app
        .by("xian-jingban", filed, Act::SaveLetter { letter })
        .await;
    assert_eq!(view.letter_fault.unwrap().code, "letter_is_the_model");
    assert_eq!(
        app.refused("xian-jingban", filed, Act::Submit).await,
        "letter_is_the_model"
    );
}

/// Whether the key is brought for a renewal is a setting, by default yes (chapter two of the guide; chapter one: no).
#[tokio::test]
async fn r4_4_a_renewal_brings_its_key_or_not_as_the_policy_says() {
    for on_site in [true, false] {
        let mut settings = Settings::default();
        settings.policy.on_site_for_renewal = on_site;
        settings.policy.renewal_draft = false;
        let app = TestApp::with_settings(settings).await;
        let wish = Wish {
            kind: SealKind::Unit,
            medium: Medium::UsbKey,
        };
        let seal = app.made(wish).await;
        let before = register(&app, seal).await;
        app.clock
            .set(before.record.valid_until - SignedDuration::from_hours(24 * 20));
        app.run_jobs().await;
        assert_eq!(register(&app, seal).await.renewal_draft, None);
        let filed = app.begin(BusinessType::Renewal, &[seal]).await;
        let stage = if on_site {
            Stage::OnSite
        } else {
            Stage::Production
        };
        app.go_on_until(filed, stage).await;
        let renewed = app.complete(filed).await[0];
        let after = register(&app, renewed).await;
        assert_eq!(after.record.key_serial, before.record.key_serial);
        pin_is(&app, &after, PIN).await;
        app.clock.advance(SignedDuration::from_mins(1));
        let stamped = app.stamped_with(renewed, testkit::ofd(1)).await;
        let report = app
            .platform
            .verify("a.ofd", stamped.bytes, None)
            .await
            .unwrap();
        assert_eq!(report.verdict, Outcome::Valid, "{}", report.sentence);
    }
}

/// A named USB KEY is the one that the seal is put on; the lost one is refused at the reissue.
#[tokio::test]
async fn r4_3_a_seal_is_put_on_the_usb_key_that_the_maker_named() {
    let app = TestApp::sqlite().await;
    let wish = Wish {
        kind: SealKind::Unit,
        medium: Medium::UsbKey,
    };
    let filed = app.new_case(&[wish]).await;
    app.go_on_until(filed, Stage::Production).await;
    let application = filed.application;
    let named = |serial: &str| Act::PresentKey {
        application,
        serial: serial.to_owned(),
    };
    assert_eq!(
        app.refused("zhizuo", filed, named("?")).await,
        "key_serial_malformed"
    );
    app.by("zhizuo", filed, named("yxkey-2026 0017")).await;
    let seal = app.complete(filed).await[0];
    let registered = register(&app, seal).await;
    assert_eq!(
        registered.record.key_serial.as_deref(),
        Some("YXKEY20260017")
    );
    app.suspend(seal).await;
    let filed = app.begin(BusinessType::Reissue, &[seal]).await;
    app.go_on_until(filed, Stage::Production).await;
    let application = filed.application;
    let lost = Act::PresentKey {
        application,
        serial: "YXKEY-2026-0017".to_owned(),
    };
    assert_eq!(
        app.refused("zhizuo", filed, lost).await,
        "key_is_the_former"
    );
    app.complete(filed).await;
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
