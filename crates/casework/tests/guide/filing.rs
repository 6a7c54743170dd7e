//! Filling in, attaching, submitting (R2; Guide 第一章 二、3–4, 第二章).

use casework::{
    Act, ApplicationId, BusinessType, Field, FieldUse, FormDraft, LetterDraft, LetterFacts, Level,
    MaterialKind, Medium, RequestFacts, RequestProblem, Role, SealKind, SealState, Stage, UnitId,
};
use jiff::ToSpan;
use uuid::Uuid;

use crate::desk::{Desk, actor, point, resident, start};

/// The faults of submitting after one change to a complete form.
fn faults_after(
    business: BusinessType,
    kind: SealKind,
    change: impl FnOnce(&mut FormDraft),
) -> Vec<&'static str> {
    let medium = kind.media()[0];
    let (mut desk, id) = Desk::with_one(business, kind, medium, Level::County);
    desk.edit(id, change);
    desk.faults(Role::Agent, Act::Submit)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn r2_1_every_field_that_applies_is_required() {
    for kind in SealKind::ALL.iter().copied() {
        for field in Field::ALL.iter().copied() {
            if field.usage(BusinessType::New, kind, &[]) != FieldUse::Asked {
                continue;
            }
            let faults = faults_after(BusinessType::New, kind, |draft| match field {
                Field::Imprint => draft.imprint = None,
                Field::Request => draft.request = None,
                _ => draft.set_text(field, some(" ")),
            });
            assert_eq!(faults, ["field_empty"], "{} {}", kind.name(), field.label());
        }
    }
}

#[test]
fn r2_1_every_field_that_does_not_apply_is_refused() {
    let personal = |draft: &mut FormDraft| {
        draft.person_name = some("陈国栋");
        draft.person_id = Some(resident(34).to_string());
    };
    for kind in [SealKind::Unit, SealKind::Device] {
        let faults = faults_after(BusinessType::New, kind, personal);
        assert_eq!(faults, ["field_not_asked", "field_not_asked"]);
    }
    let (mut desk, id) = Desk::usual();
    let request = desk.attach(MaterialKind::P10, Some(id));
    desk.edit(id, |draft| draft.request = Some(request));
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["field_not_asked"]);
    let imprint = desk.draft(id).imprint;
    for business in [
        BusinessType::Renewal,
        BusinessType::Revocation,
        BusinessType::Unlock,
    ] {
        let faults = faults_after(business, SealKind::Unit, |draft| draft.imprint = imprint);
        assert_eq!(faults, ["field_not_asked"], "{}", business.name());
    }
    let faults = faults_after(BusinessType::New, SealKind::Unit, |draft| {
        draft.changes = vec!["imprint".to_owned()];
    });
    assert_eq!(faults, ["field_not_asked"]);
}

#[test]
fn r2_1_wrong_values_are_told_with_their_place() {
    use SealKind::{Device, Personal, Unit};

    let wrong = |kind, change: fn(&mut FormDraft)| faults_after(BusinessType::New, kind, change);
    assert_eq!(
        wrong(Unit, |d| d.kind = some("公司印章")),
        ["choice_unknown"]
    );
    assert_eq!(
        wrong(Unit, |d| d.business = some("印章延期")),
        ["business_differs"]
    );
    assert_eq!(
        wrong(Unit, |d| d.unit_name = some("闽侯县财政局")),
        ["differs_from_register"]
    );
    assert_eq!(
        wrong(Unit, |d| d.credit_code = some("91350100M000100Y44")),
        ["credit_code_check_character"]
    );
    assert_eq!(
        wrong(Unit, |d| d.credit_code = some("91350100M000100Y43")),
        ["differs_from_register"]
    );
    assert_eq!(
        wrong(Unit, |d| d.city = some("厦门市")),
        ["differs_from_register"]
    );
    assert_eq!(wrong(Unit, |d| d.city = some("广州市")), ["city_unknown"]);
    assert_eq!(
        wrong(Unit, |d| d.county = some("思明区")),
        ["county_unknown"]
    );
    assert_eq!(
        wrong(Unit, |d| d.county = some("福清市")),
        ["differs_from_register"]
    );
    assert_eq!(
        wrong(Unit, |d| d.agent_name = some("林")),
        ["person_name_malformed"]
    );
    assert_eq!(
        wrong(Unit, |d| d.agent_mobile = some("0591-86303903")),
        ["mobile_malformed"]
    );
    assert_eq!(
        wrong(Unit, |d| d.agent_id = some("110105194912310021")),
        ["resident_id_check_character"]
    );
    assert_eq!(wrong(Unit, |d| d.width = some("4")), ["size_out_of_range"]);
    assert_eq!(wrong(Unit, |d| d.height = some("四十")), ["size_malformed"]);
    assert_eq!(
        wrong(Unit, |d| d.function = some("个人名章/签名")),
        ["function_unfit"]
    );
    assert_eq!(
        wrong(Personal, |d| d.function = some("法定名称章")),
        ["function_unfit"]
    );
    assert_eq!(
        wrong(Unit, |d| d.function = some("钢印")),
        ["choice_unknown"]
    );
    assert_eq!(
        wrong(Unit, |d| d.certificate = some("个人证书")),
        ["certificate_unfit"]
    );
    assert_eq!(
        wrong(Unit, |d| d.medium = some("自动签章服务器（密码机）")),
        ["medium_unfit"]
    );
    assert_eq!(
        wrong(Device, |d| d.medium = some("USB KEY")),
        ["medium_unfit"]
    );
    assert_eq!(
        wrong(Unit, |d| d.special = vec!["unheard_of".to_owned()]),
        ["choice_unknown", "material_missing"][..1]
    );
    assert_eq!(
        wrong(Unit, |d| d.seal_name = some("章\u{202e}印")),
        ["text_odd_character"]
    );
}

#[test]
fn r2_1_known_data_need_not_be_typed_and_may_be() {
    let (mut desk, id) = Desk::usual();
    desk.edit(id, |draft| {
        draft.business = some("印章申请");
        draft.unit_name = some("闽侯县教育局");
        draft.city = some("福州市");
        draft.county = some("闽侯县");
    });
    desk.by(Role::Agent, Act::Submit);
    let form = desk.case.application(id).unwrap().form.clone().unwrap();
    assert_eq!(form.unit.name, "闽侯县教育局");
    assert_eq!(form.unit.county.full_name(), "福州市闽侯县");
}

#[test]
fn r2_1_a_step_of_the_wizard_checks_its_own_fields_only() {
    let (desk, id) = Desk::usual();
    let mut draft = desk.draft(id);
    draft.agent_mobile = some("123");
    draft.width = None;
    let context = casework::FormContext {
        business: BusinessType::New,
        unit: &desk.case.unit,
        policy: &desk.policy,
        seals: &[],
        materials: &[],
        requests: &[],
        now: start(),
    };
    let agent = draft.check_section(casework::Section::Agent, &context);
    assert_eq!(
        agent.iter().map(|error| error.field).collect::<Vec<_>>(),
        [Field::AgentMobile]
    );
    assert_eq!(
        draft.check_field(Field::Width, &context)[0].message,
        "请填写印章宽度（MM）"
    );
    assert!(draft.check_field(Field::Height, &context).is_empty());
}

#[test]
fn r2_2_an_existing_seal_is_picked_from_the_units_own_register() {
    let (mut desk, id) = Desk::with_one(
        BusinessType::Renewal,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    desk.edit(id, |draft| draft.existing_seal = None);
    assert_eq!(
        desk.faults(Role::Agent, Act::Submit),
        ["existing_seal_empty"]
    );
    let seal = desk.facts.seals[0].id;
    desk.edit(id, |draft| draft.existing_seal = Some(seal));
    desk.facts.seals[0].unit = UnitId::from_uuid(Uuid::from_u128(77));
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["seal_not_of_unit"]);
    desk.facts.seals[0].unit = desk.case.unit.id;
    desk.edit(id, |draft| draft.seal_name = some("写错的名称"));
    assert_eq!(
        desk.faults(Role::Agent, Act::Submit),
        ["differs_from_register"]
    );
    desk.edit(id, |draft| draft.seal_name = None);
    desk.facts.seals[0].open_case = some("闽印2026-000007-1");
    assert_eq!(
        desk.faults(Role::Agent, Act::Submit),
        ["seal_has_open_case"]
    );
    desk.facts.seals[0].open_case = None;
    desk.by(Role::Agent, Act::Submit);
    let form = desk.case.application(id).unwrap().form.clone().unwrap();
    assert_eq!(form.seal.name, desk.facts.seals[0].name);
}

#[test]
fn r2_2_the_state_of_the_seal_must_fit_the_business() {
    use SealState::{Active, Cancelled, Expired, NotYetActive, Suspended, Void};

    let fitting = |business| {
        [NotYetActive, Active, Suspended, Expired, Cancelled, Void]
            .into_iter()
            .filter(|state| {
                let (mut desk, _) =
                    Desk::with_one(business, SealKind::Unit, Medium::UsbKey, Level::Province);
                desk.facts.seals[0].state = *state;
                match desk.attempt(&actor(Role::Agent), Act::Submit) {
                    Ok(_) => true,
                    Err(refusal) => {
                        assert_eq!(refusal.points[0].code, "seal_state_unfit");
                        false
                    }
                }
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(fitting(BusinessType::Renewal), [Active]);
    assert_eq!(fitting(BusinessType::Change), [Active]);
    assert_eq!(fitting(BusinessType::Unlock), [Active]);
    assert_eq!(
        fitting(BusinessType::Revocation),
        [NotYetActive, Active, Suspended, Expired]
    );
    assert_eq!(fitting(BusinessType::Reissue), [Active, Suspended, Expired]);
}

#[test]
fn r2_2_a_change_asks_for_what_changes_and_for_nothing_else() {
    let (mut desk, id) = Desk::with_one(
        BusinessType::Change,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    desk.edit(id, |draft| draft.changes.clear());
    let faults = desk.faults(Role::Agent, Act::Submit);
    // Without 印模变更 neither a new size nor an imprint is asked for.
    assert!(faults.contains(&"field_empty") && faults.contains(&"field_not_asked"));
    desk.edit(id, |draft| {
        draft.changes = vec!["seal_name".to_owned()];
        draft.imprint = None;
        draft.width = None;
        draft.height = None;
        draft.seal_name = some("闽侯县教育局（新）");
    });
    desk.by(Role::Agent, Act::Submit);
    let (mut desk, id) = Desk::with_one(
        BusinessType::Change,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    desk.edit(id, |draft| draft.changes.push("holder_data".to_owned()));
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["change_unfit"]);
}

#[test]
fn r2_2_changed_unit_data_differ_from_what_the_certificate_says() {
    let (mut desk, id) = Desk::with_one(
        BusinessType::Change,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    desk.edit(id, |draft| {
        draft.changes = vec!["unit_data".to_owned()];
        draft.imprint = None;
        draft.width = None;
        draft.height = None;
    });
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["nothing_changed"]);
    desk.facts.seals[0].unit_name = "闽侯县教育委员会".to_owned();
    desk.by(Role::Agent, Act::Submit);
}

#[test]
fn r2_3_a_renewal_opens_thirty_days_before_expiry_and_not_before() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::Renewal,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    let thirty_days_and_an_hour = (30 * 24 + 1).hours();
    desk.facts.seals[0].valid_until = desk.now.checked_add(thirty_days_and_an_hour).unwrap();
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["renewal_too_early"]);
    desk.now = desk.now.checked_add(1.hour()).unwrap();
    desk.by(Role::Agent, Act::Submit);
}

#[test]
fn r2_5_a_device_seal_carries_a_good_p10() {
    let (mut desk, id) = Desk::with_one(
        BusinessType::New,
        SealKind::Device,
        Medium::SigningDevice,
        Level::County,
    );
    let good = desk.facts.requests.clone();
    let problem = RequestProblem {
        code: "rsa".to_owned(),
        message: "密钥不是 SM2 密钥".to_owned(),
    };
    desk.facts.requests[0].1 = RequestFacts {
        problems: vec![problem],
        key_seen_before: None,
    };
    let refusal = desk.refused_to(&actor(Role::Agent), Act::Submit);
    assert_eq!(refusal.points[0].code, "request_problem");
    assert!(
        refusal.points[0]
            .message
            .ends_with("P10 设备证书请求有误：密钥不是 SM2 密钥")
    );
    desk.facts.requests[0].1 = RequestFacts {
        problems: Vec::new(),
        key_seen_before: some("闽侯县教育局自动签章"),
    };
    assert_eq!(
        desk.faults(Role::Agent, Act::Submit),
        ["request_key_reused"]
    );
    desk.facts.requests.clear();
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["request_unchecked"]);
    desk.facts.requests = good;
    let request = desk.draft(id).request.unwrap();
    desk.by(Role::Agent, Act::RemoveMaterial { material: request });
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["material_unknown"]);
}

#[test]
fn r2_7_more_than_one_seal_has_the_summary_sheet_and_one_has_none() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::HandIn);
    let sheet = desk.material(MaterialKind::SummarySheet, None);
    let attach = Act::AttachMaterial {
        material: Box::new(sheet),
        text: None,
    };
    assert_eq!(
        desk.refused(Role::Agent, attach.clone()),
        "summary_sheet_not_needed"
    );

    let (mut desk, _) = Desk::usual();
    desk.add(SealKind::Personal, Medium::UsbKey);
    desk.until(Stage::HandIn);
    desk.attach_stamped();
    let sheet = desk
        .case
        .live_materials()
        .find(|m| m.kind == MaterialKind::SummarySheet)
        .unwrap()
        .id;
    desk.by(Role::Agent, Act::RemoveMaterial { material: sheet });
    let refusal = desk.refused_to(&actor(Role::Agent), Act::HandIn);
    assert_eq!(refusal.code, "materials_incomplete");
    assert_eq!(refusal.points[0].field.as_deref(), Some("summary_sheet"));
    desk.by(Role::Agent, attach);
    desk.by(Role::Agent, Act::HandIn);
}

#[test]
fn r2_7_a_sheet_that_became_superfluous_is_taken_out() {
    let (mut desk, _) = Desk::usual();
    let second = desk.add(SealKind::Personal, Medium::UsbKey);
    desk.until(Stage::Consolidation);
    let points = vec![point("请删去个人印章")];
    desk.by(Role::Consolidator, Act::ReturnByConsolidator { points });
    desk.by(
        Role::Agent,
        Act::RemoveApplication {
            application: second,
        },
    );
    desk.by(Role::Agent, Act::Resubmit { remark: None });
    desk.until(Stage::HandIn);
    desk.attach_stamped();
    let faults = desk.faults(Role::Agent, Act::HandIn);
    assert_eq!(faults, ["summary_sheet_not_needed"]);
    let sheet = desk
        .case
        .live_materials()
        .find(|m| m.kind == MaterialKind::SummarySheet)
        .unwrap()
        .id;
    desk.by(Role::Agent, Act::RemoveMaterial { material: sheet });
    desk.by(Role::Agent, Act::HandIn);
}

#[test]
fn r2_8_the_letter_is_in_the_units_own_words_and_states_what_the_forms_state() {
    let (mut desk, _) = Desk::usual();
    let reasons = |reasons: &str| Act::SaveLetter {
        letter: LetterDraft {
            reasons: reasons.to_owned(),
            letter_number: None,
        },
    };
    desk.by(Role::Agent, reasons(casework::letter::MODEL_REASONS));
    assert_eq!(
        desk.refused(Role::Agent, Act::Submit),
        "letter_is_the_model"
    );
    desk.by(Role::Agent, reasons("　"));
    assert_eq!(desk.refused(Role::Agent, Act::Submit), "text_empty");
    desk.by(Role::Agent, reasons("我局签发电子证照需要使用电子印章。"));
    desk.until(Stage::HandIn);

    let mut letter = desk.material(MaterialKind::RedHeaderLetter, None);
    let model = casework::letter::model_letter(BusinessType::New, &desk.policy.center);
    let attach = |letter: &casework::Material, text: Option<String>| Act::AttachMaterial {
        material: Box::new(letter.clone()),
        text,
    };
    assert_eq!(
        desk.refused(Role::Agent, attach(&letter, Some(model))),
        "letter_is_the_model"
    );
    letter.letter = Some(LetterFacts {
        addressee: "福建省经济信息中心".to_owned(),
        unit_name: "闽侯县教育局".to_owned(),
        business: BusinessType::New,
        quantities: vec![(SealKind::Unit, 2)],
    });
    desk.by(Role::Agent, attach(&letter, None));
    desk.attach_stamped();
    let refusal = desk.refused_to(&actor(Role::Agent), Act::HandIn);
    assert_eq!(
        refusal.points[0].message,
        "红头函写的单位印章为 2 枚，申请表共 1 枚"
    );
    let mut right = desk.material(MaterialKind::RedHeaderLetter, None);
    right.letter = Some(casework::letter::facts_from_forms(&desk.case, &desk.policy));
    desk.by(Role::Agent, attach(&right, None));
    assert_eq!(
        desk.faults(Role::Agent, Act::HandIn),
        ["letter_more_than_one"]
    );
    desk.by(
        Role::Agent,
        Act::RemoveMaterial {
            material: letter.id,
        },
    );
    desk.by(Role::Agent, Act::HandIn);
}

#[test]
fn r2_8_an_edited_letter_is_checked_again_after_the_forms_have_changed() {
    let (mut desk, _) = Desk::usual();
    let mut edited = desk.material(MaterialKind::EditedLetter, None);
    edited.letter = Some(casework::letter::facts_from_forms(&desk.case, &desk.policy));
    let kept = edited.id;
    let attach = Act::AttachMaterial {
        material: Box::new(edited),
        text: None,
    };
    desk.by(Role::Agent, attach);
    desk.add(SealKind::Unit, Medium::UsbKey);
    desk.until(Stage::HandIn);
    desk.attach_stamped();
    assert_eq!(
        desk.faults(Role::Agent, Act::HandIn),
        ["edited_letter_outdated"]
    );
    desk.by(Role::Agent, Act::RemoveMaterial { material: kept });
    desk.by(Role::Agent, Act::HandIn);
}

#[test]
fn r2_9_special_situations_need_statement_commitment_and_the_superiors_letter() {
    let (mut desk, id) = Desk::usual();
    desk.edit(id, |draft| {
        draft.special = vec!["superiors_seal".to_owned()];
    });
    let refusal = desk.refused_to(&actor(Role::Agent), Act::Submit);
    assert_eq!(refusal.points.len(), 3);
    for kind in [
        MaterialKind::Statement,
        MaterialKind::Commitment,
        MaterialKind::SuperiorLetter,
    ] {
        desk.attach(kind, Some(id));
    }
    desk.by(Role::Agent, Act::Submit);
    assert_eq!(desk.case.special_situations().len(), 1);
    let codes: Vec<_> = casework::acceptance_checklist(&desk.case, &desk.policy)
        .into_iter()
        .map(|item| item.code)
        .filter(|code| code.starts_with("special"))
        .collect();
    assert_eq!(
        codes,
        [
            "special_statement",
            "special_commitment",
            "special_superior_letter"
        ]
    );
}

#[test]
fn r2_9_one_imprint_for_two_certificates_must_be_declared() {
    let (mut desk, first) = Desk::usual();
    let second = desk.add(SealKind::Unit, Medium::Hosted);
    let digest = desk
        .case
        .material(desk.draft(first).imprint.unwrap())
        .unwrap()
        .digest;
    let mut same = desk.material(MaterialKind::Imprint, Some(second));
    same.digest = digest;
    let imprint = same.id;
    desk.by(
        Role::Agent,
        Act::AttachMaterial {
            material: Box::new(same),
            text: None,
        },
    );
    desk.edit(second, |draft| draft.imprint = Some(imprint));
    assert_eq!(
        desk.faults(Role::Agent, Act::Submit),
        ["imprint_bound_twice"]
    );
    desk.edit(second, |draft| {
        draft.special = vec!["several_certificates".to_owned()];
    });
    desk.attach(MaterialKind::Statement, Some(second));
    desk.attach(MaterialKind::Commitment, Some(second));
    desk.by(Role::Agent, Act::Submit);
}

#[test]
fn one_seal_or_one_p10_cannot_stand_in_two_forms() {
    let (mut desk, first) = Desk::with_one(
        BusinessType::Revocation,
        SealKind::Unit,
        Medium::UsbKey,
        Level::County,
    );
    let second = desk.add(SealKind::Unit, Medium::UsbKey);
    let seal = desk.draft(first).existing_seal;
    desk.edit(second, |draft| draft.existing_seal = seal);
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["seal_named_twice"]);

    let (mut desk, first) = Desk::with_one(
        BusinessType::New,
        SealKind::Device,
        Medium::SigningDevice,
        Level::County,
    );
    let second = desk.add(SealKind::Device, Medium::SigningDevice);
    let request = desk.draft(first).request;
    desk.edit(second, |draft| draft.request = request);
    assert_eq!(
        desk.faults(Role::Agent, Act::Submit),
        ["request_used_twice"]
    );
}

#[test]
fn r2_10_no_seal_without_an_imprint() {
    let (mut desk, id) = Desk::usual();
    let imprint = desk.draft(id).imprint.unwrap();
    desk.by(Role::Agent, Act::RemoveMaterial { material: imprint });
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["material_unknown"]);
    desk.edit(id, |draft| draft.imprint = None);
    assert_eq!(desk.faults(Role::Agent, Act::Submit), ["field_empty"]);
}

#[test]
fn r2_11_signed_and_stamped_scans_come_back_after_the_approval() {
    let (mut desk, id) = Desk::usual();
    let scan = desk.material(MaterialKind::ApplicationFormScan, Some(id));
    let attach = Act::AttachMaterial {
        material: Box::new(scan),
        text: None,
    };
    assert_eq!(
        desk.refused(Role::Agent, attach.clone()),
        "material_not_now"
    );
    desk.until(Stage::HandIn);
    assert_eq!(
        desk.faults(Role::Agent, Act::HandIn),
        ["material_missing", "material_missing"]
    );
    desk.by(Role::Agent, attach);
    desk.attach(MaterialKind::RedHeaderLetter, None);
    desk.by(Role::Agent, Act::HandIn);
}

#[test]
fn r2_12_a_draft_is_kept_as_typed_and_a_submitted_form_cannot_be_altered() {
    let (mut desk, id) = Desk::usual();
    let typed = FormDraft {
        width: some("四十二"),
        ..FormDraft::default()
    };
    desk.by(
        Role::Agent,
        Act::SaveDraft {
            application: id,
            draft: typed.clone(),
        },
    );
    assert_eq!(desk.draft(id), typed);
    let (mut desk, id) = Desk::usual();
    desk.by(Role::Agent, Act::Submit);
    let save = Act::SaveDraft {
        application: id,
        draft: typed,
    };
    assert_eq!(desk.refused(Role::Agent, save), "not_at_this_stage");
    assert_eq!(desk.refused(Role::Agent, Act::Submit), "already_decided");
}

#[test]
fn a_case_without_forms_or_with_too_many_is_refused() {
    let mut desk = Desk::open(BusinessType::New, Level::County);
    assert_eq!(desk.refused(Role::Agent, Act::Submit), "no_application");
    desk.policy.max_applications = 1;
    let id = desk.add(SealKind::Unit, Medium::UsbKey);
    let add = |application| Act::AddApplication {
        application,
        draft: FormDraft::default(),
    };
    assert_eq!(desk.refused(Role::Agent, add(id)), "application_exists");
    let other = ApplicationId::from_uuid(Uuid::from_u128(9));
    assert_eq!(
        desk.refused(Role::Agent, add(other)),
        "too_many_applications"
    );
    let unknown = Act::RemoveApplication { application: other };
    assert_eq!(desk.refused(Role::Agent, unknown), "application_unknown");
    let long = FormDraft {
        seal_name: Some("长".repeat(501)),
        ..FormDraft::default()
    };
    let save = Act::SaveDraft {
        application: id,
        draft: long,
    };
    assert_eq!(desk.refused(Role::Agent, save), "draft_too_long");
}

#[test]
fn materials_come_where_they_belong_and_when_they_are_asked_for() {
    let (mut desk, id) = Desk::usual();
    let mut attempt = |kind, application, change: fn(&mut casework::Material)| {
        let mut material = desk.material(kind, application);
        change(&mut material);
        let act = Act::AttachMaterial {
            material: Box::new(material),
            text: None,
        };
        desk.refused(Role::Agent, act)
    };
    let same = |_: &mut casework::Material| {};
    assert_eq!(
        attempt(MaterialKind::Imprint, None, same),
        "material_wrong_place"
    );
    assert_eq!(
        attempt(MaterialKind::RedHeaderLetter, Some(id), same),
        "material_wrong_place"
    );
    assert_eq!(
        attempt(MaterialKind::IntroductionLetter, None, same),
        "material_not_now"
    );
    assert_eq!(
        attempt(MaterialKind::Imprint, Some(id), |m| m.size = 0),
        "material_empty"
    );
    assert_eq!(
        attempt(MaterialKind::Imprint, Some(id), |m| m.name.clear()),
        "text_empty"
    );
    let elsewhere = Some(ApplicationId::from_uuid(Uuid::from_u128(9)));
    assert_eq!(
        attempt(MaterialKind::Imprint, elsewhere, same),
        "application_unknown"
    );
    let existing = desk.case.materials[0].clone();
    let again = Act::AttachMaterial {
        material: Box::new(existing.clone()),
        text: None,
    };
    assert_eq!(desk.refused(Role::Agent, again), "material_exists");
    desk.by(
        Role::Agent,
        Act::RemoveMaterial {
            material: existing.id,
        },
    );
    let remove = Act::RemoveMaterial {
        material: existing.id,
    };
    assert_eq!(desk.refused(Role::Agent, remove), "material_removed");
    assert_eq!(
        desk.case.materials.len(),
        1,
        "a material taken out stays in the record"
    );
}

#[test]
fn a_submitted_case_keeps_at_least_one_form() {
    let (mut desk, id) = Desk::usual();
    desk.until(Stage::UnitApproval);
    let points = vec![point("请更正")];
    desk.by(Role::UnitApprover, Act::SendBackInUnit { points });
    let remove = Act::RemoveApplication { application: id };
    assert_eq!(desk.refused(Role::Agent, remove), "last_application");
}

#[test]
fn a_register_entry_without_holder_is_told_of() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::Renewal,
        SealKind::Personal,
        Medium::UsbKey,
        Level::County,
    );
    desk.facts.seals[0].holder = None;
    assert_eq!(
        desk.faults(Role::Agent, Act::Submit),
        ["register_incomplete"; 2]
    );
}

#[test]
fn r1_1_the_parts_of_a_unit_fit_together() {
    let unit = crate::desk::unit(Level::County);
    assert!(unit.check().is_ok());
    let code = |change: fn(&mut casework::Unit)| {
        let mut unit = unit.clone();
        change(&mut unit);
        unit.check().unwrap_err().code
    };
    assert_eq!(code(|u| u.full_name = " ".to_owned()), "text_empty");
    assert_eq!(
        code(|u| u.leader_in_charge = "陈3".to_owned()),
        "person_name_malformed"
    );
    assert_eq!(
        code(|u| u.competent_office = "办公室\u{0}".to_owned()),
        "text_control_character"
    );
    assert_eq!(
        code(|u| u.county = "350203".parse().unwrap()),
        "unit_county_not_in_city"
    );
    assert_eq!(
        code(|u| {
            u.city = casework::DivisionCode::PROVINCE;
            u.county = casework::DivisionCode::PROVINCE;
        }),
        "unit_level_division"
    );
}
