//! A person decides only what their role and unit allow, and never twice in one case (R1.3, R1.4).

use casework::{
    Act, Actor, BusinessType, Case, CaseId, CaseNumber, Level, Medium, Outcome, Role, SealKind,
    Stage, allowed_acts,
};
use uuid::Uuid;

use crate::desk::{
    Desk, OTHER_UNIT, OWN_UNIT, actor, nth_actor, person, point, start, unit, unit_id,
};

/// The same person in another role.
fn as_role(person_of: &Actor, role: Role) -> Actor {
    Actor {
        person: person_of.person,
        ..actor(role)
    }
}

/// Every stage with the act that decides there and who does it.
const DECIDING: [(Stage, Role); 5] = [
    (Stage::UnitApproval, Role::UnitApprover),
    (Stage::Consolidation, Role::Consolidator),
    (Stage::Acceptance, Role::SealMaker),
    (Stage::FirstReview, Role::SealReviewer),
    (Stage::FinalReview, Role::DepartmentLeader),
];

#[test]
fn only_an_agent_of_the_unit_opens_a_case() {
    let open = |by: Actor, level| {
        Case::open(
            CaseId::from_uuid(Uuid::from_u128(1)),
            CaseNumber::new(2026, 1).unwrap(),
            BusinessType::New,
            unit(level),
            by,
            start(),
        )
    };
    assert!(open(actor(Role::Agent), Level::County).is_ok());
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Agent) {
        assert_eq!(
            open(actor(role), Level::County).unwrap_err().code,
            "opened_by_wrong_role"
        );
    }
    let mut stranger = actor(Role::Agent);
    stranger.post.unit = unit_id(OTHER_UNIT);
    assert_eq!(
        open(stranger, Level::County).unwrap_err().code,
        "opened_by_wrong_role"
    );
}

#[test]
fn r3_1_a_county_unit_without_consolidator_cannot_open_a_case() {
    let unit = casework::Unit {
        consolidator: None,
        ..unit(Level::County)
    };
    let refusal = unit.route().unwrap_err();
    assert_eq!(refusal.code, "consolidator_missing");
    assert!(refusal.message.contains("福州市数字办"));
    let pingtan = "350128".parse().unwrap();
    assert_eq!(
        casework::consolidator_of(pingtan),
        "平潭综合实验区行政审批局"
    );
}

#[test]
fn r1_3_the_wrong_role_is_told_whose_act_it_is() {
    for (stage, right) in DECIDING {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let (_, act) = desk.next_step().unwrap();
        for role in Role::ALL.into_iter().filter(|role| *role != right) {
            let refusal = desk.refused_to(&nth_actor(role, 9), act.clone());
            let expected = if role.is_administrative() {
                "administrator_handles_no_cases"
            } else {
                "wrong_role"
            };
            assert_eq!(refusal.code, expected);
            if !role.is_administrative() {
                assert!(refusal.message.contains(right.name()));
            }
        }
    }
}

/// R1.2: a person is named with a right ID number and mobile, may hold roles in several units, and acts in one of them at
/// a time.
#[test]
fn r1_2_one_person_holds_roles_in_several_units_and_acts_in_one() {
    let post = |role, unit| casework::Post {
        role,
        unit: unit_id(unit),
    };
    let posts = [
        post(Role::Agent, OWN_UNIT),
        post(Role::Agent, OTHER_UNIT),
        post(Role::UnitApprover, OTHER_UNIT),
    ];
    assert!(casework::check_posts(&posts).is_ok());
    let (mut desk, _) = Desk::usual();
    let mut both = actor(Role::Agent);
    both.post = posts[1];
    assert_eq!(desk.refused_to(&both, Act::Submit).code, "wrong_unit");
    both.post = posts[0];
    assert!(allowed_acts(&desk.case, &both, &desk.policy).contains(&casework::ActKind::Submit));
    for wrong in [
        "350102199001011234",
        "35010219901301123X",
        "3501021990010112",
    ] {
        assert!(wrong.parse::<casework::ResidentId>().is_err(), "{wrong}");
    }
    for wrong in ["12345678901", "1380000100", "138000010011"] {
        assert!(wrong.parse::<casework::Mobile>().is_err(), "{wrong}");
    }
}

#[test]
fn r1_3_the_wrong_unit_is_refused() {
    for (stage, role) in DECIDING.into_iter().take(2) {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let (_, act) = desk.next_step().unwrap();
        let mut stranger = nth_actor(role, 9);
        stranger.post.unit = unit_id(OTHER_UNIT);
        assert_eq!(desk.refused_to(&stranger, act).code, "wrong_unit");
        assert!(allowed_acts(&desk.case, &stranger, &desk.policy).is_empty());
    }
}

#[test]
fn r1_3_nobody_decides_on_what_they_filed() {
    for (stage, role) in DECIDING {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let (_, act) = desk.next_step().unwrap();
        let filer = as_role(&actor(Role::Agent), role);
        assert_eq!(
            desk.refused_to(&filer, act.clone()).code,
            "filed_by_oneself"
        );
        assert!(!allowed_acts(&desk.case, &filer, &desk.policy).contains(&act.kind()));
    }
}

#[test]
fn r1_3_a_colleague_who_wrote_in_the_form_counts_as_filer() {
    let (mut desk, id) = Desk::usual();
    let colleague = nth_actor(Role::Agent, 1);
    let draft = desk.draft(id);
    desk.attempt(
        &colleague,
        Act::SaveDraft {
            application: id,
            draft,
        },
    )
    .unwrap();
    desk.by(Role::Agent, Act::Submit);
    let approver = as_role(&colleague, Role::UnitApprover);
    let approve = Act::ApproveInUnit { remark: None };
    assert_eq!(desk.refused_to(&approver, approve).code, "filed_by_oneself");
}

#[test]
fn r1_3_nobody_decides_at_two_places_of_one_case() {
    for (at, (stage, role)) in DECIDING.into_iter().enumerate() {
        for (_, earlier) in DECIDING.into_iter().take(at) {
            let (mut desk, _) = Desk::usual();
            desk.until(stage);
            let (_, act) = desk.next_step().unwrap();
            let refusal = desk.refused_to(&as_role(&actor(earlier), role), act);
            assert_eq!(
                refusal.code,
                "second_duty",
                "{} {}",
                earlier.name(),
                role.name()
            );
        }
    }
}

#[test]
fn r1_3_who_produces_may_be_the_accepting_maker_or_another_but_no_reviewer() {
    for (by, good) in [
        (nth_actor(Role::SealMaker, 0), true),
        (nth_actor(Role::SealMaker, 1), true),
        (as_role(&actor(Role::SealReviewer), Role::SealMaker), false),
        (
            as_role(&actor(Role::DepartmentLeader), Role::SealMaker),
            false,
        ),
        (as_role(&actor(Role::Agent), Role::SealMaker), false),
    ] {
        let (mut desk, id) = Desk::usual();
        desk.until(Stage::Production);
        let start = Act::StartProduction { application: id };
        assert_eq!(desk.attempt(&by, start).is_ok(), good);
    }
}

#[test]
fn r1_3_duties_stay_apart_after_a_correction() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::FirstReview);
    let points = vec![point("请重新上传印模")];
    desk.by(
        Role::SealReviewer,
        Act::RequestCorrection {
            points,
            checklist: Vec::new(),
        },
    );
    desk.until(Stage::FirstReview);
    // The reviewer of the first revision may review the second…
    let approve = Act::ApproveFirst { remark: None };
    desk.by(Role::SealReviewer, approve);
    // …and may not be its leader.
    let leader = as_role(&actor(Role::SealReviewer), Role::DepartmentLeader);
    let refusal = desk.refused_to(&leader, Act::ApproveFinal { remark: None });
    assert_eq!(refusal.code, "second_duty");
}

#[test]
fn one_person_may_hold_posts_in_several_units() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::UnitApproval);
    let mut elsewhere = actor(Role::UnitApprover);
    elsewhere.post.unit = unit_id(OTHER_UNIT);
    let approve = Act::ApproveInUnit { remark: None };
    assert_eq!(
        desk.refused_to(&elsewhere, approve.clone()).code,
        "wrong_unit"
    );
    elsewhere.post.unit = unit_id(OWN_UNIT);
    desk.attempt(&elsewhere, approve).unwrap();
    assert_eq!(
        desk.case.decisions[0].by.person,
        person(Role::UnitApprover, 0)
    );
}

#[test]
fn the_platform_itself_does_nothing_but_report_what_it_made() {
    let (mut desk, id) = Desk::with_one(
        BusinessType::New,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    let system = Actor::system_for(&actor(Role::SealMaker));
    while desk.case.stage != Stage::Closed(Outcome::Completed) {
        let (role, act) = desk.next_step().unwrap();
        let reports = matches!(act, Act::ApplicationProduced { .. });
        let offered = allowed_acts(&desk.case, &system, &desk.policy);
        assert_eq!(!offered.is_empty(), reports);
        if reports {
            desk.attempt(&system, act).unwrap();
        } else {
            assert_eq!(desk.refused_to(&system, act.clone()).code, "wrong_role");
            desk.by(role, act);
        }
    }
    assert!(desk.case.application(id).unwrap().produced.is_some());
}
