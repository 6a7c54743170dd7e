//! Acceptance, paper originals, review, setting aside, withdrawal (R3, R4).

use casework::{
    Act, ActKind, ApplicationId, BusinessType, CaseId, Level, LinkDirection, MaterialId,
    MaterialKind, Medium, Outcome, PaperTracking, Role, SealKind, Stage, Verdict,
    acceptance_checklist, linked_case,
};
use uuid::Uuid;

use crate::desk::{Desk, actor, correction, nth_actor, point, set_aside};

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
fn a_case_of_many_seals_is_handled_like_one() {
    let mut desk = Desk::open(BusinessType::Revocation, Level::Province);
    for _ in 0..300 {
        desk.add(SealKind::Unit, Medium::Hosted);
    }
    desk.until(Stage::FirstReview);
    assert_eq!(desk.case.live_applications().count(), 300);
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
