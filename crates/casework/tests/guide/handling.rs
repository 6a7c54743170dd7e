//! Acceptance, review, correction, setting aside, making, the desk, the collection (R3, R4).

use casework::{
    Act, ActKind, ApplicationId, BusinessType, CaseId, CaseNumber, DeadlineKind, LetterForm, Level,
    LinkDirection, MaterialId, MaterialKind, Medium, Outcome, PaperTracking, Role, SealKind,
    SealState, Stage, Verdict, acceptance_checklist, linked_case, turn,
};
use uuid::Uuid;

use crate::desk::{Desk, actor, nth_actor, point, resident};

fn correction(message: &str) -> Act {
    Act::RequestCorrection {
        points: vec![point(message)],
        checklist: Vec::new(),
    }
}

fn set_aside(application: ApplicationId) -> Act {
    Act::SetAside {
        application,
        linked: CaseId::from_uuid(Uuid::from_u128(0x11)),
        linked_number: CaseNumber::new(2026, 43).unwrap(),
        points: vec![point("印模不清晰，请重新采集")],
    }
}

/// The act that sends a case back at a stage, and who does it.
fn sending_back(stage: Stage) -> (Role, Act) {
    let points = vec![point("申请表有涂改，请重新打印")];
    match stage {
        Stage::UnitApproval | Stage::HandIn => (Role::UnitApprover, Act::SendBackInUnit { points }),
        Stage::Consolidation => (Role::Consolidator, Act::ReturnByConsolidator { points }),
        Stage::Acceptance => (Role::SealMaker, correction("申请表有涂改")),
        Stage::FirstReview => (Role::SealReviewer, correction("印模不清晰")),
        _ => (Role::DepartmentLeader, correction("请补充情况说明")),
    }
}

const SENDING: [Stage; 6] = [
    Stage::UnitApproval,
    Stage::HandIn,
    Stage::Consolidation,
    Stage::Acceptance,
    Stage::FirstReview,
    Stage::FinalReview,
];

#[test]
fn sent_back_and_unchanged_it_goes_on_where_it_was_sent_back() {
    for stage in SENDING {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let (role, act) = sending_back(stage);
        desk.by(role, act);
        assert_eq!(desk.case.stage, Stage::Correction);
        assert_eq!(desk.case.correction_points().len(), 1);
        assert_eq!(desk.case.deadline.unwrap().kind, DeadlineKind::Correction);
        assert_eq!(turn(&desk.case).unwrap().role, Role::Agent);
        let remark = Some("原件已寄出".to_owned());
        desk.by(Role::Agent, Act::Resubmit { remark });
        let back = if stage == Stage::HandIn {
            Stage::UnitApproval
        } else {
            stage
        };
        assert_eq!(desk.case.stage, back, "{}", stage.name());
        assert_eq!(desk.case.revision, 2);
        assert!(!desk.case.revisions[1].changed);
        desk.until(Stage::Closed(Outcome::Completed));
    }
}

#[test]
fn sent_back_and_changed_it_is_approved_again_in_the_unit_and_then_goes_on_there() {
    for stage in SENDING {
        let (mut desk, id) = Desk::usual();
        desk.until(stage);
        let (role, act) = sending_back(stage);
        desk.by(role, act);
        desk.edit(id, |draft| {
            draft.seal_name = Some("闽侯县教育局专用章".to_owned());
        });
        desk.by(Role::Agent, Act::Resubmit { remark: None });
        assert_eq!(desk.case.stage, Stage::UnitApproval, "{}", stage.name());
        assert!(desk.case.revisions[1].changed);
        assert_eq!(
            desk.case.correction_points().is_empty(),
            stage == Stage::UnitApproval || stage == Stage::HandIn
        );
        desk.by(Role::UnitApprover, Act::ApproveInUnit { remark: None });
        // The old scan shows the old form: it has to be signed and stamped anew.
        let fresh = matches!(stage, Stage::UnitApproval);
        assert_eq!(
            desk.faults(Role::Agent, Act::HandIn).len(),
            if fresh || stage == Stage::HandIn {
                2
            } else {
                1
            }
        );
        desk.attach_stamped();
        desk.by(Role::Agent, Act::HandIn);
        let expected = match stage {
            Stage::UnitApproval | Stage::HandIn => Stage::Consolidation,
            // Two people of the Center have seen what is made.
            Stage::FinalReview => Stage::FirstReview,
            other => other,
        };
        assert_eq!(desk.case.stage, expected, "{}", stage.name());
        assert!(
            desk.case.correction.is_none()
                || expected == Stage::Consolidation && stage != Stage::Consolidation
        );
        desk.until(Stage::Closed(Outcome::Completed));
        assert_eq!(
            desk.case.application(id).unwrap().seal_name(),
            "闽侯县教育局专用章"
        );
    }
}

#[test]
fn sent_back_again_by_the_unit_it_still_goes_on_at_the_center() {
    let (mut desk, id) = Desk::usual();
    desk.until(Stage::FirstReview);
    desk.by(Role::SealReviewer, correction("请核对印章名称"));
    for name in ["甲章", "乙章"] {
        desk.edit(id, |draft| draft.seal_name = Some(name.to_owned()));
        desk.by(Role::Agent, Act::Resubmit { remark: None });
        assert_eq!(desk.case.stage, Stage::UnitApproval);
        if name == "甲章" {
            let points = vec![point("名称还是不对")];
            desk.by(Role::UnitApprover, Act::SendBackInUnit { points });
        }
    }
    desk.until(Stage::HandIn);
    desk.attach_stamped();
    desk.by(Role::Agent, Act::HandIn);
    assert_eq!(desk.case.stage, Stage::FirstReview);
}

#[test]
fn r2_12_every_revision_is_kept_as_it_was() {
    let (mut desk, id) = Desk::usual();
    desk.until(Stage::Acceptance);
    let first = desk.case.revisions[0].clone();
    desk.by(Role::SealMaker, correction("印章名称有误"));
    let old = desk.draft(id).imprint.unwrap();
    desk.by(Role::Agent, Act::RemoveMaterial { material: old });
    let imprint = desk.attach(MaterialKind::Imprint, Some(id));
    desk.edit(id, |draft| draft.imprint = Some(imprint));
    desk.until(Stage::Closed(Outcome::Completed));
    assert_eq!(desk.case.revisions[0], first);
    assert_eq!(desk.case.revisions.len(), 2);
    assert!(desk.case.material(old).unwrap().removed_at.is_some());
    assert_eq!(desk.case.revisions[1].forms[0].1.imprint, Some(imprint));
}

#[test]
fn a_notice_without_points_helps_nobody() {
    for stage in SENDING {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let (role, act) = sending_back(stage);
        let with = |message: Option<&str>| {
            let points = message.map(point).into_iter().collect();
            match act.kind() {
                ActKind::SendBackInUnit => Act::SendBackInUnit { points },
                ActKind::ReturnByConsolidator => Act::ReturnByConsolidator { points },
                _ => Act::RequestCorrection {
                    points,
                    checklist: Vec::new(),
                },
            }
        };
        assert_eq!(desk.refused(role, with(None)), "correction_without_points");
        assert_eq!(desk.refused(role, with(Some("  "))), "text_empty");
    }
}

#[test]
fn r4_1_a_case_is_accepted_when_every_note_of_the_guide_is_met() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Acceptance);
    desk.receive_papers();
    let mut checklist = desk.answers(true);
    let items = acceptance_checklist(&desk.case, &desk.policy);
    assert!(items.len() >= 12);
    assert!(
        items
            .iter()
            .any(|item| item.text == "行文对象是“福建省经济信息中心”")
    );
    let last = checklist.pop().unwrap();
    let accept = |checklist: &Vec<_>| Act::Accept {
        checklist: checklist.clone(),
    };
    assert_eq!(
        desk.refused(Role::SealMaker, accept(&checklist)),
        "checklist_incomplete"
    );
    checklist.push(casework::ChecklistAnswer {
        met: false,
        remark: Some("量得 40 毫米".to_owned()),
        ..last
    });
    assert_eq!(
        desk.refused(Role::SealMaker, accept(&checklist)),
        "checklist_unmet"
    );
    let points = casework::checklist::correction_points(&items, &checklist);
    assert_eq!(points.len(), 1);
    assert!(
        points[0].message.contains("请重新测量（量得 40 毫米）"),
        "{}",
        points[0].message
    );
    desk.by(
        Role::SealMaker,
        Act::RequestCorrection { points, checklist },
    );
    assert_eq!(
        desk.case.decisions.last().unwrap().verdict,
        Verdict::SentBack
    );
}

#[test]
fn r4_1_each_material_of_the_guide_has_its_questions() {
    let mut desk = Desk::open(BusinessType::New, Level::County);
    for kind in SealKind::ALL {
        desk.add(*kind, kind.media()[0]);
    }
    desk.until(Stage::Acceptance);
    let items = acceptance_checklist(&desk.case, &desk.policy);
    for material in [
        MaterialKind::RedHeaderLetter,
        MaterialKind::ApplicationFormScan,
        MaterialKind::SummarySheet,
        MaterialKind::Imprint,
        MaterialKind::P10,
    ] {
        assert!(
            items.iter().any(|item| item.material == material),
            "{}",
            material.name()
        );
    }
    let mut asked: Vec<_> = items
        .iter()
        .map(|item| (item.code, item.application))
        .collect();
    asked.sort_unstable();
    let before = asked.len();
    asked.dedup();
    assert_eq!(asked.len(), before, "no question stands twice");
    let facts = items
        .iter()
        .find(|item| item.code == "letter_facts")
        .unwrap();
    assert!(
        facts
            .text
            .contains("单位印章 1 枚、个人印章 1 枚、设备（服务器）印章 1 枚")
    );
}

#[test]
fn r3_3_paper_originals_are_expected_received_or_missing() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Consolidation);
    let papers = desk.outstanding();
    assert_eq!(papers.len(), 2);
    let here = |received: &[MaterialId], missing: &[MaterialId]| Act::ReceivePaper {
        received: received.to_vec(),
        missing: missing.to_vec(),
    };
    desk.by(Role::Consolidator, here(&papers, &[]));
    desk.until(Stage::Acceptance);
    // What lies at the consolidator is not yet at the Center.
    let accept = Act::Accept {
        checklist: desk.answers(true),
    };
    assert_eq!(
        desk.faults(Role::SealMaker, accept.clone()),
        ["paper_outstanding"; 2]
    );
    desk.by(Role::SealMaker, here(&papers[..1], &papers[1..]));
    assert!(matches!(
        desk.case.material(papers[1]).unwrap().paper,
        PaperTracking::Missing { .. }
    ));
    assert_eq!(
        desk.faults(Role::SealMaker, accept.clone()),
        ["paper_outstanding"]
    );
    assert_eq!(
        desk.refused(Role::SealMaker, here(&[], &[])),
        "paper_none_named"
    );
    assert_eq!(
        desk.refused(Role::SealMaker, here(&papers[..1], &[])),
        "paper_already_received"
    );
    assert_eq!(
        desk.refused(Role::SealMaker, here(&papers[1..], &papers[1..])),
        "paper_received_and_missing"
    );
    let unknown = MaterialId::from_uuid(Uuid::from_u128(5));
    assert_eq!(
        desk.refused(Role::SealMaker, here(&[unknown], &[])),
        "material_unknown"
    );
    let imprint = desk
        .case
        .live_materials()
        .find(|m| m.kind == MaterialKind::Imprint)
        .unwrap()
        .id;
    assert_eq!(
        desk.refused(Role::SealMaker, here(&[imprint], &[])),
        "paper_not_expected"
    );
    desk.by(Role::SealMaker, here(&papers[1..], &[]));
    desk.by(Role::SealMaker, accept);
}

#[test]
fn an_office_may_accept_before_the_paper_is_there() {
    let (mut desk, _) = Desk::usual();
    desk.policy.paper_before_acceptance = false;
    desk.until(Stage::Acceptance);
    let checklist = desk.answers(true);
    desk.by(Role::SealMaker, Act::Accept { checklist });
}

#[test]
fn r4_2_reviewer_and_leader_refuse_with_a_reason_and_nobody_else() {
    for (stage, role) in [
        (Stage::FirstReview, Role::SealReviewer),
        (Stage::FinalReview, Role::DepartmentLeader),
    ] {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let refuse = |reason: &str| Act::Refuse {
            reason: reason.to_owned(),
        };
        assert_eq!(desk.refused(role, refuse("")), "text_empty");
        desk.by(role, refuse("申请单位不属于政务机构"));
        assert_eq!(desk.case.stage, Stage::Closed(Outcome::Refused));
        assert_eq!(
            desk.case.closing_reason.as_deref(),
            Some("申请单位不属于政务机构")
        );
        assert_eq!(desk.refused(role, refuse("再次")), "already_decided");
        assert_eq!(
            desk.refused(Role::Agent, Act::Withdraw { reason: None }),
            "case_closed"
        );
    }
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Acceptance);
    let refuse = Act::Refuse {
        reason: "不符合".to_owned(),
    };
    assert_eq!(desk.refused(Role::SealMaker, refuse), "not_at_this_stage");
}

#[test]
fn withdrawal_is_possible_until_something_is_being_made() {
    let withdraw = || Act::Withdraw {
        reason: Some("不再需要".to_owned()),
    };
    for stage in Stage::ALL
        .into_iter()
        .filter(|s| !matches!(s, Stage::Closed(_)))
    {
        let business = if stage == Stage::OnSite {
            BusinessType::Revocation
        } else {
            BusinessType::New
        };
        let (mut desk, _) = Desk::with_one(business, SealKind::Unit, Medium::UsbKey, Level::County);
        if stage == Stage::Correction {
            desk.until(Stage::Acceptance);
            desk.by(Role::SealMaker, correction("请更正"));
        }
        desk.until(stage);
        if stage == Stage::Collection {
            assert_eq!(desk.refused(Role::Agent, withdraw()), "not_at_this_stage");
        } else {
            desk.by(Role::Agent, withdraw());
            assert_eq!(
                desk.case.stage,
                Stage::Closed(Outcome::Withdrawn),
                "{}",
                stage.name()
            );
            assert_eq!(desk.case.closing_reason.as_deref(), Some("不再需要"));
        }
    }
    let (mut desk, id) = Desk::usual();
    desk.until(Stage::Production);
    desk.by(Role::SealMaker, Act::StartProduction { application: id });
    assert_eq!(desk.refused(Role::Agent, withdraw()), "production_started");
}

#[test]
fn r4_2_one_application_is_set_aside_and_the_rest_goes_on() {
    for (stage, role) in [
        (Stage::Acceptance, Role::SealMaker),
        (Stage::FirstReview, Role::SealReviewer),
        (Stage::FinalReview, Role::DepartmentLeader),
    ] {
        let (mut desk, first) = Desk::usual();
        let second = desk.add(SealKind::Personal, Medium::UsbKey);
        desk.until(stage);
        let before = desk.case.clone();
        let events = desk.by(role, set_aside(second));
        assert_eq!(desk.case.stage, stage);
        assert_eq!(
            desk.case
                .live_applications()
                .map(|a| a.id)
                .collect::<Vec<_>>(),
            [first]
        );
        let linked = events
            .iter()
            .find_map(|event| linked_case(&desk.case, event))
            .unwrap();
        let same = events
            .iter()
            .find_map(|event| linked_case(&before, event))
            .unwrap();
        assert_eq!(linked.applications, same.applications);
        assert_eq!(linked.stage, Stage::Correction);
        assert_eq!(linked.links[0].direction, LinkDirection::SetAsideFrom);
        assert_eq!(linked.links[0].case, desk.case.id);
        assert_eq!(linked.correction.as_ref().unwrap().returns_to, stage);
        assert!(
            linked
                .materials
                .iter()
                .all(|m| m.application != Some(first))
        );

        desk.until(Stage::Closed(Outcome::Completed));
        assert!(desk.case.application(first).unwrap().produced.is_some());
        assert!(desk.case.application(second).unwrap().produced.is_none());

        // The linked case goes its own way, with the letter that came along.
        let mut other = desk.clone();
        other.case = linked;
        other.edit(second, |draft| {
            draft.seal_name = Some("陈国栋签名章".to_owned());
        });
        other.until(Stage::Closed(Outcome::Completed));
        assert!(other.case.application(second).unwrap().produced.is_some());
        assert!(
            !other
                .case
                .materials
                .iter()
                .any(|m| m.kind == MaterialKind::SummarySheet)
        );
    }
}

#[test]
fn setting_aside_has_its_limits() {
    let (mut desk, first) = Desk::usual();
    desk.until(Stage::Acceptance);
    assert_eq!(
        desk.refused(Role::SealMaker, set_aside(first)),
        "set_aside_the_only_one"
    );

    let (mut desk, first) = Desk::usual();
    let second = desk.add(SealKind::Personal, Medium::UsbKey);
    let third = desk.add(SealKind::Unit, Medium::Hosted);
    desk.until(Stage::Acceptance);
    let own_number = Act::SetAside {
        application: first,
        linked: CaseId::from_uuid(Uuid::from_u128(0x11)),
        linked_number: desk.case.number,
        points: vec![point("请更正")],
    };
    assert_eq!(
        desk.refused(Role::SealMaker, own_number),
        "linked_to_itself"
    );
    desk.by(Role::SealMaker, set_aside(second));
    assert_eq!(
        desk.refused(Role::SealMaker, set_aside(second)),
        "already_set_aside"
    );
    let stranger = ApplicationId::from_uuid(Uuid::from_u128(0x99));
    assert_eq!(
        desk.refused(Role::SealMaker, set_aside(stranger)),
        "application_unknown"
    );
    desk.until(Stage::Production);
    let start = |application| Act::StartProduction { application };
    assert_eq!(
        desk.refused(Role::SealMaker, start(second)),
        "application_set_aside"
    );
    desk.by(Role::SealMaker, start(third));
}

#[test]
fn every_act_done_twice_gets_a_clear_answer() {
    let (mut desk, _) = Desk::usual();
    while let Some((role, act)) = desk.next_step() {
        let kind = act.kind();
        desk.by(role, act.clone());
        let code = desk.refused(role, act);
        let expected: &[&str] = match kind {
            ActKind::HandIn => &["not_at_this_stage"],
            ActKind::StartProduction => &["already_started"],
            ActKind::ApplicationProduced => &["already_produced"],
            _ => &["already_decided"],
        };
        assert!(expected.contains(&code), "{} {code}", kind.name());
    }
}

#[test]
fn r4_3_production_is_reported_once_and_completely() {
    let (mut desk, id) = Desk::usual();
    desk.until(Stage::Production);
    let good = desk.produced(id);
    let report = |produced: &casework::Produced| Act::ApplicationProduced {
        application: id,
        produced: produced.clone(),
    };
    assert_eq!(
        desk.refused(Role::System, report(&good)),
        "production_not_started"
    );
    assert_eq!(
        desk.faults(Role::SealMaker, Act::NotifyCollection),
        ["not_produced"]
    );
    desk.by(Role::SealMaker, Act::StartProduction { application: id });
    let bare = casework::Produced {
        certificate_serials: Vec::new(),
        ..good.clone()
    };
    assert_eq!(
        desk.refused(Role::System, report(&bare)),
        "produced_without_certificate"
    );
    let keyless = casework::Produced {
        key_serial: None,
        ..good.clone()
    };
    assert_eq!(
        desk.refused(Role::System, report(&keyless)),
        "produced_without_key"
    );
    desk.by(Role::System, report(&good));
    let start = Act::StartProduction { application: id };
    assert_eq!(desk.refused(Role::SealMaker, start), "already_produced");
}

#[test]
fn what_was_treated_must_be_the_seal_of_the_form() {
    let (mut desk, id) = Desk::with_one(
        BusinessType::Revocation,
        SealKind::Unit,
        Medium::Hosted,
        Level::County,
    );
    desk.until(Stage::Production);
    let mut produced = desk.produced(id);
    desk.by(Role::SealMaker, Act::StartProduction { application: id });
    produced.seal = casework::SealId::from_uuid(Uuid::from_u128(0xBAD));
    let report = Act::ApplicationProduced {
        application: id,
        produced,
    };
    assert_eq!(desk.refused(Role::System, report), "produced_other_seal");
}

#[test]
fn a_seal_cancelled_meanwhile_is_not_renewed() {
    let (mut desk, id) = Desk::with_one(
        BusinessType::Renewal,
        SealKind::Unit,
        Medium::Hosted,
        Level::County,
    );
    desk.until(Stage::Production);
    desk.facts.seals[0].state = SealState::Cancelled;
    let start = Act::StartProduction { application: id };
    assert_eq!(desk.refused(Role::SealMaker, start), "seal_not_usable");
}

#[test]
fn r4_4_nothing_is_finished_before_the_very_key_is_presented() {
    for business in [
        BusinessType::Renewal,
        BusinessType::Change,
        BusinessType::Revocation,
        BusinessType::Unlock,
    ] {
        let (mut desk, id) =
            Desk::with_one(business, SealKind::Unit, Medium::UsbKey, Level::County);
        desk.until(Stage::OnSite);
        assert_eq!(turn(&desk.case).unwrap().role, Role::Agent);
        assert_eq!(desk.case.deadline.unwrap().kind, DeadlineKind::OnSite);
        let start = Act::StartProduction { application: id };
        assert_eq!(
            desk.refused(Role::SealMaker, start.clone()),
            "key_not_presented"
        );
        assert_eq!(
            desk.faults(Role::SealMaker, Act::FinishOnSite),
            ["key_not_presented"]
        );
        let present = |serial: &str| Act::PresentKey {
            application: id,
            serial: serial.to_owned(),
        };
        assert_eq!(
            desk.refused(Role::SealMaker, present("KEY-OTHER")),
            "wrong_key"
        );
        assert_eq!(desk.refused(Role::SealMaker, present("")), "wrong_key");
        let serial = desk.facts.seals[0].key_serial.clone().unwrap();
        desk.by(
            Role::SealMaker,
            present(&serial.to_lowercase().replace('-', " ")),
        );
        assert_eq!(
            desk.refused(Role::SealMaker, present(&serial)),
            "key_already_presented"
        );
        assert_eq!(turn(&desk.case).unwrap().role, Role::SealMaker);
        desk.by(Role::SealMaker, start);
        assert_eq!(
            desk.faults(Role::SealMaker, Act::FinishOnSite),
            ["not_produced"]
        );
        desk.until(Stage::Closed(Outcome::Completed));
    }
}

#[test]
fn r4_4_a_key_that_is_not_asked_for_or_not_registered_is_answered() {
    let (mut desk, key) = Desk::with_one(
        BusinessType::Change,
        SealKind::Unit,
        Medium::UsbKey,
        Level::County,
    );
    let hosted = desk.add(SealKind::Unit, Medium::Hosted);
    desk.facts.seals[0].key_serial = None;
    desk.until(Stage::OnSite);
    let present = |application| Act::PresentKey {
        application,
        serial: "KEY-1".to_owned(),
    };
    assert_eq!(
        desk.refused(Role::SealMaker, present(hosted)),
        "key_not_asked_for"
    );
    assert_eq!(
        desk.refused(Role::SealMaker, present(key)),
        "key_not_registered"
    );
    // What needs no key is done meanwhile.
    desk.by(
        Role::SealMaker,
        Act::StartProduction {
            application: hosted,
        },
    );
}

#[test]
fn r4_4_appointments_are_booked_for_the_future() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::Unlock,
        SealKind::Unit,
        Medium::UsbKey,
        Level::County,
    );
    desk.until(Stage::OnSite);
    let past = Act::BookAppointment { at: desk.now };
    assert_eq!(desk.refused(Role::Agent, past), "appointment_in_the_past");
    let days = casework::appointment::bookable_days(&desk.policy, desk.now);
    let at = casework::appointment::slots(&desk.policy, days[1])[0];
    desk.facts.slot_taken = 4;
    assert_eq!(
        desk.refused(Role::Agent, Act::BookAppointment { at }),
        "appointment_slot_full"
    );
    desk.facts.slot_taken = 3;
    desk.by(Role::Agent, Act::BookAppointment { at });
    assert_eq!(desk.case.appointment, Some(at));
    desk.by(Role::Agent, Act::CancelAppointment);
    assert_eq!(desk.case.appointment, None);
    assert_eq!(
        desk.refused(Role::Agent, Act::CancelAppointment),
        "no_appointment"
    );
}

#[test]
fn r4_7_the_person_named_in_both_papers_signs_for_it() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Collection);
    let letter = desk.attach(MaterialKind::IntroductionLetter, None);
    let id_copy = desk.attach(MaterialKind::CollectorIdCopy, None);
    let collect = |signs: &str, named: &str, copied: &str, letter, id_copy| Act::Collect {
        collector_name: signs.to_owned(),
        collector_id: resident(12),
        letter_form: LetterForm::Official,
        letter_name: named.to_owned(),
        letter,
        id_copy_name: copied.to_owned(),
        id_copy,
    };
    let differing = [
        ("林晓梅", "陈国栋", "林晓梅"),
        ("林晓梅", "林晓梅", "陈国栋"),
        ("陈国栋", "林晓梅", "林晓梅"),
    ];
    for (signs, named, copied) in differing {
        let act = collect(signs, named, copied, letter, id_copy);
        assert_eq!(
            desk.refused(Role::SealMaker, act),
            "collector_not_same_person"
        );
    }
    let swapped = collect("林晓梅", "林晓梅", "林晓梅", id_copy, letter);
    assert_eq!(
        desk.refused(Role::SealMaker, swapped),
        "collection_wrong_material"
    );
    let nothing = MaterialId::from_uuid(Uuid::from_u128(1));
    let without = collect("林晓梅", "林晓梅", "林晓梅", letter, nothing);
    assert_eq!(desk.refused(Role::SealMaker, without), "material_unknown");
    let good = collect("林晓梅", "林晓梅", "林晓梅", letter, id_copy);
    assert_eq!(desk.refused(Role::Agent, good.clone()), "wrong_role");
    desk.by(Role::SealMaker, good);
    assert_eq!(desk.case.stage, Stage::Closed(Outcome::Completed));
    assert_eq!(
        desk.case.collection.as_ref().unwrap().collector_name,
        "林晓梅"
    );
}

#[test]
fn a_renewal_is_closed_without_collection_and_a_new_seal_is_not() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::Renewal,
        SealKind::Unit,
        Medium::Hosted,
        Level::County,
    );
    desk.until(Stage::Production);
    assert_eq!(
        desk.refused(Role::SealMaker, Act::NotifyCollection),
        "not_at_this_stage"
    );
    assert_eq!(desk.faults(Role::SealMaker, Act::Close), ["not_produced"]);
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Production);
    assert_eq!(
        desk.refused(Role::SealMaker, Act::Close),
        "not_at_this_stage"
    );
}

#[test]
fn names_in_the_timeline_are_those_of_then() {
    let (mut desk, _) = Desk::usual();
    desk.by(Role::Agent, Act::Submit);
    let mut renamed = nth_actor(Role::UnitApprover, 0);
    renamed.name = "陈国梁".to_owned();
    desk.attempt(
        &renamed,
        Act::ApproveInUnit {
            remark: Some("同意".to_owned()),
        },
    )
    .unwrap();
    desk.until(Stage::Closed(Outcome::Completed));
    assert!(
        desk.case
            .timeline
            .iter()
            .any(|entry| entry.by.name == "陈国梁")
    );
    assert!(
        desk.case
            .timeline
            .iter()
            .all(|entry| !entry.text.is_empty())
    );
    assert_eq!(desk.case.decisions[0].reason.as_deref(), Some("同意"));
    assert_eq!(desk.case.opened_by, actor(Role::Agent));
}

#[test]
fn r4_1_unmet_points_go_into_the_notice_by_themselves() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Acceptance);
    let checklist = desk.answers(false);
    let unmet = checklist.len();
    desk.by(
        Role::SealMaker,
        Act::RequestCorrection {
            points: Vec::new(),
            checklist,
        },
    );
    assert_eq!(desk.case.correction_points().len(), unmet);
}

#[test]
fn r5_2_a_lost_key_is_not_asked_for_at_the_revocation() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::Revocation,
        SealKind::Unit,
        Medium::UsbKey,
        Level::County,
    );
    desk.facts.seals[0].state = SealState::Suspended;
    desk.facts.lost.push(desk.facts.seals[0].id);
    desk.until(Stage::FinalReview);
    desk.by(Role::DepartmentLeader, Act::ApproveFinal { remark: None });
    assert_eq!(desk.case.stage, Stage::Production);
    desk.until(Stage::Closed(Outcome::Completed));
}

#[test]
fn the_case_it_was_set_aside_from_does_not_stand_in_its_way() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::Revocation,
        SealKind::Unit,
        Medium::Hosted,
        Level::County,
    );
    let second = desk.add(SealKind::Unit, Medium::Hosted);
    desk.until(Stage::Acceptance);
    let events = desk.by(Role::SealMaker, set_aside(second));
    let origin = desk.case.number.to_string();
    desk.case = events
        .iter()
        .find_map(|event| linked_case(&desk.case, event))
        .unwrap();
    desk.facts.seals[1].open_case = Some(origin);
    desk.by(Role::Agent, Act::Resubmit { remark: None });
    desk.until(Stage::Closed(Outcome::Completed));
}

#[test]
fn a_case_of_many_seals_is_handled_like_one() {
    let mut desk = Desk::open(BusinessType::Revocation, Level::Province);
    for _ in 0..300 {
        desk.add(SealKind::Unit, Medium::Hosted);
    }
    desk.until(Stage::FirstReview);
    assert_eq!(desk.case.live_applications().count(), 300);
}
