//! Deputies: set by whom, for how long, and that they never widen what one person may do in a case (R1.3).

use casework::{
    Act, Actor, DeputyFacts, DeputyId, Deputyship, NewDeputy, Policy, Post, Principal, Refusal,
    Role, Stage,
};
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use crate::desk::{Desk, OTHER_UNIT, actor, nth_actor, start, unit_id};

fn principal(of: &Actor) -> Principal {
    Principal {
        person: of.person,
        name: of.name.clone(),
    }
}

/// `who` acting for `absent` in their post.
fn deputy(who: &Actor, absent: &Actor) -> Actor {
    Actor::deputy(who.person, &who.name, absent.post, principal(absent))
}

fn day(number: i64) -> Timestamp {
    start().checked_add((number * 24).hours()).unwrap()
}

/// The reviewer's deputy from today for a week, as `change` has it.
fn set(
    by: &Actor,
    change: impl FnOnce(&mut NewDeputy, &mut DeputyFacts),
) -> Result<Deputyship, Refusal> {
    let absent = actor(Role::SealReviewer);
    let stand_in = actor(Role::SealMaker);
    let mut new = NewDeputy {
        id: DeputyId::from_uuid(Uuid::from_u128(1)),
        post: absent.post,
        principal: principal(&absent),
        deputy: principal(&stand_in),
        from: start(),
        until: day(7),
        reason: "出差".to_owned(),
    };
    let mut facts = DeputyFacts {
        principal_posts: vec![absent.post],
        deputy_posts: vec![stand_in.post],
        others: Vec::new(),
    };
    change(&mut new, &mut facts);
    Deputyship::set(new, &facts, by, start(), &Policy::default())
}

fn code(by: &Actor, change: impl FnOnce(&mut NewDeputy, &mut DeputyFacts)) -> &'static str {
    set(by, change).unwrap_err().code
}

#[test]
fn r1_3_a_deputy_acts_in_the_post_under_both_names() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::FirstReview);
    let absent = actor(Role::SealReviewer);
    let stand_in = nth_actor(Role::SealMaker, 5);
    let by = deputy(&stand_in, &absent);
    desk.attempt(&by, Act::ApproveFirst { remark: None })
        .unwrap();
    let decision = desk.case.decisions.last().unwrap();
    assert_eq!(decision.by.person, stand_in.person);
    assert_eq!(
        decision.by.name,
        format!("{}（代{}）", stand_in.name, absent.name)
    );
    assert_eq!(desk.case.timeline.last().unwrap().by.name, decision.by.name);
}

#[test]
fn r1_3_the_deputy_of_who_filed_decides_nothing_in_the_case() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::UnitApproval);
    // The approver is away; the deputy filled in the form themselves.
    let filer = actor(Role::Agent);
    let refusal = desk.refused_to(
        &deputy(&filer, &actor(Role::UnitApprover)),
        Act::ApproveInUnit { remark: None },
    );
    assert_eq!(refusal.code, "filed_by_oneself");
    // Somebody acts in the approver's post for one who filed.
    let mut absent = nth_actor(Role::UnitApprover, 3);
    absent.person = filer.person;
    let refusal = desk.refused_to(
        &deputy(&nth_actor(Role::Agent, 4), &absent),
        Act::ApproveInUnit { remark: None },
    );
    assert_eq!(refusal.code, "filed_by_principal");
}

#[test]
fn r1_3_what_a_deputy_filed_the_absent_agent_filed_too() {
    let (mut desk, id) = Desk::usual();
    let absent = nth_actor(Role::Agent, 6);
    let stand_in = nth_actor(Role::Agent, 7);
    let draft = desk.draft(id);
    let save = Act::SaveDraft {
        application: id,
        draft,
    };
    desk.attempt(&deputy(&stand_in, &absent), save).unwrap();
    desk.until(Stage::UnitApproval);
    for person in [&absent, &stand_in] {
        let approver = Actor {
            person: person.person,
            ..actor(Role::UnitApprover)
        };
        let approve = Act::ApproveInUnit { remark: None };
        assert_eq!(desk.refused_to(&approver, approve).code, "filed_by_oneself");
    }
}

#[test]
fn r1_3_a_duty_taken_up_by_a_deputy_binds_both_people() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::FirstReview);
    let reviewer = actor(Role::SealReviewer);
    let stand_in = nth_actor(Role::SealMaker, 5);
    desk.attempt(
        &deputy(&stand_in, &reviewer),
        Act::ApproveFirst { remark: None },
    )
    .unwrap();
    let leader = actor(Role::DepartmentLeader);
    let last = Act::ApproveFinal { remark: None };
    for tried in [
        deputy(&reviewer, &leader),
        deputy(&stand_in, &leader),
        Actor {
            person: reviewer.person,
            ..leader.clone()
        },
    ] {
        assert_eq!(desk.refused_to(&tried, last.clone()).code, "second_duty");
    }
    // The maker who accepted cannot be the leader's deputy either.
    let maker = deputy(&actor(Role::SealMaker), &leader);
    assert_eq!(desk.refused_to(&maker, last.clone()).code, "second_duty");
    desk.attempt(&leader, last).unwrap();
}

#[test]
fn r1_3_the_holder_sets_the_deputy_or_who_oversees_the_post() {
    let same = |_: &mut NewDeputy, _: &mut DeputyFacts| {};
    let reviewer = actor(Role::SealReviewer);
    assert!(set(&reviewer, same).is_ok());
    assert!(set(&actor(Role::DepartmentLeader), same).is_ok());
    for other in [
        Role::SealMaker,
        Role::UnitApprover,
        Role::SystemAdministrator,
    ] {
        assert_eq!(code(&nth_actor(other, 8), same), "deputy_set_by_other");
    }
    let by_deputy = deputy(&actor(Role::SealMaker), &reviewer);
    assert_eq!(code(&by_deputy, same), "deputy_by_deputy");
    let leader = actor(Role::DepartmentLeader);
    let to_oneself = |new: &mut NewDeputy, facts: &mut DeputyFacts| {
        new.deputy = principal(&leader);
        facts.deputy_posts = vec![leader.post];
    };
    assert_eq!(code(&leader, to_oneself), "deputy_self_appointed");
}

#[test]
fn r1_3_a_deputy_is_another_person_of_the_unit_and_no_administrator() {
    let reviewer = actor(Role::SealReviewer);
    let post = |role, unit| Post {
        role,
        unit: unit_id(unit),
    };
    assert_eq!(
        code(&reviewer, |new, _| new.deputy = new.principal.clone()),
        "deputy_of_oneself"
    );
    assert_eq!(
        code(&reviewer, |_, facts| facts.deputy_posts =
            vec![post(Role::Agent, OTHER_UNIT)]),
        "deputy_not_of_unit"
    );
    assert_eq!(
        code(&reviewer, |new, facts| facts.deputy_posts = vec![new.post]),
        "deputy_holds_post"
    );
    assert_eq!(
        code(&reviewer, |_, facts| facts.deputy_posts =
            vec![actor(Role::Auditor).post]),
        "deputy_of_administrator"
    );
    assert_eq!(
        code(&reviewer, |_, facts| facts.principal_posts.clear()),
        "deputy_post_not_held"
    );
    assert_eq!(
        code(&actor(Role::Auditor), |new, facts| {
            new.post = actor(Role::Auditor).post;
            new.principal = principal(&actor(Role::Auditor));
            facts.principal_posts = vec![new.post];
        }),
        "deputy_of_administrator"
    );
}

#[test]
fn r1_3_a_deputys_time_has_an_end_and_does_not_overlap() {
    let reviewer = actor(Role::SealReviewer);
    assert_eq!(
        code(&reviewer, |new, _| new.until = new.from),
        "deputy_period"
    );
    assert_eq!(
        code(&reviewer, |new, _| {
            new.from = day(-9);
            new.until = day(-1);
        }),
        "deputy_period"
    );
    assert_eq!(
        code(&reviewer, |new, _| new.until = day(91)),
        "deputy_too_long"
    );
    let mut first = set(&reviewer, |_, _| {}).unwrap();
    let again = |others: Vec<Deputyship>| {
        set(&reviewer, |new, facts| {
            new.from = day(3);
            new.until = day(5);
            facts.others = others;
        })
    };
    assert_eq!(
        again(vec![first.clone()]).unwrap_err().code,
        "deputy_overlaps"
    );
    assert!(first.in_force(day(1)) && !first.in_force(day(7)));
    let stranger = nth_actor(Role::SealMaker, 9);
    assert_eq!(
        first.end(&stranger, day(1)).unwrap_err().code,
        "deputy_set_by_other"
    );
    first.end(&actor(Role::SealMaker), day(1)).unwrap();
    assert!(!first.in_force(day(1)));
    assert_eq!(
        first.end(&reviewer, day(1)).unwrap_err().code,
        "deputy_over"
    );
    again(vec![first]).unwrap();
}
