//! Stamping requests inside a unit (R6.2; Guide 第一章 一、7).

use casework::{
    Actor, FileDigest, NewUse, Placement, Policy, Refusal, Role, SealId, SealNow, SealState,
    UseAct, UseRequest, UseRequestId, UseState, apply_use, decide_use,
};
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use crate::desk::{OTHER_UNIT, OWN_UNIT, actor, nth_actor, person, start, unit_id};

const DOCUMENT: [u8; 32] = [1; 32];
const RESULT: [u8; 32] = [2; 32];

fn hours(hours: i64) -> Timestamp {
    start().checked_add(hours.hours()).expect("in range")
}

fn usable() -> SealNow {
    SealNow {
        state: SealState::Active,
        valid_until: hours(8760),
    }
}

fn new() -> NewUse {
    NewUse {
        id: UseRequestId::from_uuid(Uuid::from_u128(1)),
        seal: SealId::from_uuid(Uuid::from_u128(2)),
        unit: unit_id(OWN_UNIT),
        document_name: "关于开学工作的通知.ofd".to_owned(),
        document: FileDigest::from_bytes(DOCUMENT),
        purpose: "印发通知".to_owned(),
        placements: vec![Placement {
            page: 1,
            x: 1200,
            y: 2300,
        }],
        approver: None,
    }
}

fn requested() -> UseRequest {
    UseRequest::request(new(), &actor(Role::Agent), hours(0), usable()).expect("a request")
}

fn attempt(
    request: &mut UseRequest,
    by: &Actor,
    at: i64,
    act: &UseAct,
    seal: SealNow,
) -> Result<(), Refusal> {
    for event in decide_use(request, act, by, hours(at), &Policy::default(), seal)? {
        apply_use(request, &event);
    }
    Ok(())
}

#[track_caller]
fn refused(request: &UseRequest, by: &Actor, at: i64, act: &UseAct) -> &'static str {
    attempt(&mut request.clone(), by, at, act, usable())
        .expect_err("a refusal")
        .code
}

fn approve(times: u32) -> UseAct {
    UseAct::Approve { until: None, times }
}

fn stamp() -> UseAct {
    UseAct::Stamp {
        document: FileDigest::from_bytes(DOCUMENT),
        result: FileDigest::from_bytes(RESULT),
    }
}

fn approved(times: u32) -> UseRequest {
    let mut request = requested();
    attempt(
        &mut request,
        &actor(Role::UnitApprover),
        1,
        &approve(times),
        usable(),
    )
    .expect("approval");
    request
}

#[test]
fn r6_2_approved_by_another_and_stamped_once() {
    let mut request = approved(1);
    let agent = actor(Role::Agent);
    attempt(&mut request, &agent, 2, &stamp(), usable()).unwrap();
    assert_eq!(request.state.name(), "已用印");
    assert_eq!(refused(&request, &agent, 3, &stamp()), "use_not_approved");
    assert_eq!(request.timeline.len(), 2);
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<UseRequest>(&json).unwrap(), request);
}

#[test]
fn r6_2_as_often_as_granted_and_no_more() {
    let mut request = approved(3);
    let agent = actor(Role::Agent);
    for hour in 2..5 {
        assert!(matches!(request.state, UseState::Approved { .. }));
        attempt(&mut request, &agent, hour, &stamp(), usable()).unwrap();
    }
    assert_eq!(refused(&request, &agent, 6, &stamp()), "use_not_approved");
    let approver = actor(Role::UnitApprover);
    assert_eq!(
        refused(&requested(), &approver, 1, &approve(0)),
        "use_times"
    );
}

#[test]
fn a_request_names_place_purpose_and_a_usable_seal() {
    let ask = |new: NewUse, seal| {
        UseRequest::request(new, &actor(Role::Agent), hours(0), seal)
            .unwrap_err()
            .code
    };
    assert_eq!(
        ask(
            NewUse {
                placements: Vec::new(),
                ..new()
            },
            usable()
        ),
        "no_placement"
    );
    let page_0 = vec![Placement {
        page: 0,
        x: 0,
        y: 0,
    }];
    assert_eq!(
        ask(
            NewUse {
                placements: page_0,
                ..new()
            },
            usable()
        ),
        "placement_page"
    );
    assert_eq!(
        ask(
            NewUse {
                purpose: String::new(),
                ..new()
            },
            usable()
        ),
        "text_empty"
    );
    assert_eq!(
        ask(
            NewUse {
                unit: unit_id(OTHER_UNIT),
                ..new()
            },
            usable()
        ),
        "wrong_unit"
    );
    let oneself = Some(person(Role::Agent, 0));
    assert_eq!(
        ask(
            NewUse {
                approver: oneself,
                ..new()
            },
            usable()
        ),
        "approver_is_requester"
    );
    let suspended = SealNow {
        state: SealState::Suspended,
        ..usable()
    };
    assert_eq!(ask(new(), suspended), "seal_not_usable");
    let expired = SealNow {
        valid_until: hours(0),
        ..usable()
    };
    assert_eq!(ask(new(), expired), "seal_not_usable");
    let maker = UseRequest::request(new(), &actor(Role::SealMaker), hours(0), usable());
    assert_eq!(maker.unwrap_err().code, "wrong_role");
}

#[test]
fn r6_2_the_approver_is_another_person_of_the_unit_and_the_one_it_named() {
    let request = requested();
    let oneself = Actor {
        person: person(Role::Agent, 0),
        ..actor(Role::UnitApprover)
    };
    assert_eq!(
        refused(&request, &oneself, 1, &approve(1)),
        "approver_is_requester"
    );
    assert_eq!(
        refused(&request, &actor(Role::Agent), 1, &approve(1)),
        "wrong_role"
    );
    let mut stranger = actor(Role::UnitApprover);
    stranger.post.unit = unit_id(OTHER_UNIT);
    assert_eq!(refused(&request, &stranger, 1, &approve(1)), "wrong_unit");

    let named = NewUse {
        approver: Some(person(Role::UnitApprover, 1)),
        ..new()
    };
    let request = UseRequest::request(named, &actor(Role::Agent), hours(0), usable()).unwrap();
    let other = actor(Role::UnitApprover);
    assert_eq!(
        refused(&request, &other, 1, &approve(1)),
        "not_the_named_approver"
    );
    let mut request = request;
    attempt(
        &mut request,
        &nth_actor(Role::UnitApprover, 1),
        1,
        &approve(1),
        usable(),
    )
    .unwrap();
    assert_eq!(
        refused(&request, &nth_actor(Role::UnitApprover, 1), 2, &approve(1)),
        "already_decided"
    );
}

#[test]
fn r6_2_only_the_very_document_that_was_approved() {
    let request = approved(1);
    let other = UseAct::Stamp {
        document: FileDigest::from_bytes([9; 32]),
        result: FileDigest::from_bytes(RESULT),
    };
    assert_eq!(
        refused(&request, &actor(Role::Agent), 2, &other),
        "use_other_document"
    );
    let nothing = UseAct::Stamp {
        document: FileDigest::from_bytes(DOCUMENT),
        result: FileDigest::from_bytes(DOCUMENT),
    };
    assert_eq!(
        refused(&request, &actor(Role::Agent), 2, &nothing),
        "use_result_unchanged"
    );
    assert_eq!(
        refused(&request, &nth_actor(Role::Agent, 1), 2, &stamp()),
        "use_by_other"
    );
    assert_eq!(
        refused(&requested(), &actor(Role::Agent), 2, &stamp()),
        "use_not_approved"
    );
}

#[test]
fn an_approval_ends_and_never_outlives_the_seal() {
    let request = approved(1);
    assert_eq!(
        refused(&request, &actor(Role::Agent), 1 + 7 * 24, &stamp()),
        "use_approval_expired"
    );
    let approver = actor(Role::UnitApprover);
    let past = UseAct::Approve {
        until: Some(hours(0)),
        times: 1,
    };
    assert_eq!(refused(&requested(), &approver, 1, &past), "use_until_past");
    let mut request = requested();
    let far = UseAct::Approve {
        until: Some(hours(99_999)),
        times: 1,
    };
    attempt(&mut request, &approver, 1, &far, usable()).unwrap();
    assert!(matches!(request.state, UseState::Approved { until, .. } if until == hours(8760)));
    let suspended = SealNow {
        state: SealState::Suspended,
        ..usable()
    };
    let refusal = attempt(&mut request, &actor(Role::Agent), 2, &stamp(), suspended).unwrap_err();
    assert_eq!(refusal.message, "该电子印章现为「停用」，不能使用");
}

#[test]
fn a_request_is_rejected_with_a_reason_or_cancelled() {
    let approver = actor(Role::UnitApprover);
    let reject = |reason: &str| UseAct::Reject {
        reason: reason.to_owned(),
    };
    assert_eq!(
        refused(&requested(), &approver, 1, &reject("")),
        "text_empty"
    );
    let mut request = requested();
    attempt(
        &mut request,
        &approver,
        1,
        &reject("文件未经会签"),
        usable(),
    )
    .unwrap();
    assert_eq!(request.state.name(), "未批准");
    assert_eq!(
        refused(&request, &approver, 2, &UseAct::Cancel),
        "already_decided"
    );

    let mut request = approved(1);
    assert_eq!(
        refused(&request, &nth_actor(Role::Agent, 1), 2, &UseAct::Cancel),
        "use_by_other"
    );
    attempt(
        &mut request,
        &actor(Role::Agent),
        2,
        &UseAct::Cancel,
        usable(),
    )
    .unwrap();
    assert_eq!(
        refused(&request, &actor(Role::Agent), 3, &stamp()),
        "use_not_approved"
    );
}
