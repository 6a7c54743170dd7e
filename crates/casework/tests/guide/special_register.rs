//! Special situations: confirmed every year by the unit, or ended (R2.9; Guide 第二章 一、2).

use casework::{
    Actor, ApplicationId, CaseId, CaseNumber, Policy, Refusal, Role, SealId, SpecialAct, SpecialId,
    SpecialPapers, SpecialRecord, SpecialSituation, SpecialState, apply_special, decide_special,
    open_special,
};
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use crate::desk::{OTHER_UNIT, OWN_UNIT, actor, start, unit_id};

fn day(day: i64) -> Timestamp {
    start().checked_add((day * 24).hours()).expect("in range")
}

fn entered() -> SpecialRecord {
    let mut record = SpecialRecord {
        id: SpecialId::from_uuid(Uuid::from_u128(1)),
        version: 0,
        situation: SpecialSituation::SuperiorsSeal,
        seal: SealId::from_uuid(Uuid::from_u128(1)),
        seal_code: "35012100000001".parse().expect("a code"),
        seal_name: "闽侯县政务服务示范局".to_owned(),
        unit: unit_id(OWN_UNIT),
        unit_name: "闽侯县政务服务示范局".to_owned(),
        case: CaseId::from_uuid(Uuid::from_u128(1)),
        case_number: CaseNumber::new(2026, 1).expect("a number"),
        application: ApplicationId::from_uuid(Uuid::from_u128(1)),
        papers: SpecialPapers::default(),
        opened_at: start(),
        due_at: start(),
        proposal: None,
        ended_at: None,
        history: Vec::new(),
    };
    open_special(
        &mut record,
        &actor(Role::SealMaker),
        day(0),
        &Policy::default(),
    );
    record
}

fn attempt(
    record: &mut SpecialRecord,
    by: &Actor,
    at: i64,
    act: SpecialAct,
) -> Result<(), Refusal> {
    let event = decide_special(record, &act, by, day(at), &Policy::default())?;
    apply_special(record, &event);
    Ok(())
}

#[track_caller]
fn refused(record: &SpecialRecord, by: &Actor, at: i64, act: SpecialAct) -> &'static str {
    attempt(&mut record.clone(), by, at, act)
        .expect_err("a refusal")
        .code
}

fn propose() -> SpecialAct {
    SpecialAct::Propose {
        statement: "授权业务仍在办理，情况未变。".to_owned(),
    }
}

fn confirm() -> SpecialAct {
    SpecialAct::Confirm { committed: true }
}

fn end() -> SpecialAct {
    SpecialAct::End {
        reason: "授权业务已结束".to_owned(),
    }
}

fn state(record: &SpecialRecord, at: i64) -> SpecialState {
    record.state(day(at), Policy::default().special_notice_days)
}

#[test]
fn r2_9_a_special_situation_is_confirmed_every_year_by_agent_and_approver() {
    let (agent, approver) = (actor(Role::Agent), actor(Role::UnitApprover));
    let mut record = entered();
    assert_eq!(state(&record, 1), SpecialState::Confirmed);
    assert_eq!(refused(&record, &agent, 300, propose()), "special_not_due");
    assert_eq!(state(&record, 336), SpecialState::Due);
    assert_eq!(
        refused(&record, &approver, 336, confirm()),
        "special_not_proposed"
    );
    attempt(&mut record, &agent, 336, propose()).unwrap();
    assert_eq!(state(&record, 337), SpecialState::Proposed);
    assert_eq!(
        refused(&record, &agent, 337, propose()),
        "special_already_proposed"
    );
    assert_eq!(refused(&record, &agent, 337, confirm()), "wrong_role");
    let uncommitted = SpecialAct::Confirm { committed: false };
    assert_eq!(
        refused(&record, &approver, 337, uncommitted),
        "special_not_committed"
    );
    attempt(&mut record, &approver, 340, confirm()).unwrap();
    assert_eq!(record.due_at, day(340 + 365));
    assert_eq!(state(&record, 341), SpecialState::Confirmed);
}

#[test]
fn r2_9_an_unconfirmed_situation_is_overdue_and_can_still_be_confirmed_or_ended() {
    let (agent, approver) = (actor(Role::Agent), actor(Role::UnitApprover));
    let mut record = entered();
    assert_eq!(state(&record, 365), SpecialState::Overdue);
    attempt(&mut record, &agent, 366, propose()).unwrap();
    assert_eq!(state(&record, 366), SpecialState::Overdue);
    let back = SpecialAct::SendBack {
        reason: "请写明授权文件的文号".to_owned(),
    };
    attempt(&mut record, &approver, 367, back).unwrap();
    assert!(record.proposal.is_none());
    assert_eq!(refused(&record, &agent, 368, end()), "wrong_role");
    attempt(&mut record.clone(), &actor(Role::SealReviewer), 368, end()).unwrap();
    attempt(&mut record, &approver, 368, end()).unwrap();
    assert_eq!(state(&record, 369), SpecialState::Ended);
    for (by, act) in [(&agent, propose()), (&approver, end())] {
        assert_eq!(refused(&record, by, 370, act), "special_ended");
    }
}

#[test]
fn r2_9_nobody_confirms_what_they_proposed_and_no_other_unit_does() {
    let agent = actor(Role::Agent);
    let mut record = entered();
    attempt(&mut record, &agent, 340, propose()).unwrap();
    let mut both = actor(Role::UnitApprover);
    both.person = agent.person;
    assert_eq!(refused(&record, &both, 341, confirm()), "filed_by_oneself");
    let mut stranger = actor(Role::UnitApprover);
    stranger.post.unit = unit_id(OTHER_UNIT);
    assert_eq!(refused(&record, &stranger, 341, confirm()), "wrong_unit");
    let hostile = SpecialAct::SendBack {
        reason: "\u{0}".to_owned(),
    };
    let approver = actor(Role::UnitApprover);
    assert_eq!(
        refused(&record, &approver, 341, hostile),
        "text_control_character"
    );
}
