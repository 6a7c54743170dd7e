//! The register: states with two times, and who may change them (R5).

use casework::{
    Actor, CallBack, CaseId, CertificateRef, FileDigest, FilingNumber, Medium, PersonInfo, Policy,
    Reason, Refusal, ReportChannel, Role, SealAct, SealFunction, SealId, SealKind, SealRecord,
    SealState, Status, apply_seal, decide_seal,
};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use uuid::Uuid;

use crate::desk::{OTHER_UNIT, OWN_UNIT, actor, nth_actor, resident, start, unit, unit_id};

fn hours(hours: i64) -> Timestamp {
    start().checked_add(hours.hours()).expect("in range")
}

fn case() -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(0xCA5E))
}

fn seal(number: u128) -> SealId {
    SealId::from_uuid(Uuid::from_u128(number))
}

/// A seal made at hour 0, valid for a year.
fn made(kind: SealKind) -> SealRecord {
    let own = unit(casework::Level::County);
    SealRecord {
        id: seal(1),
        code: "35012100000001".parse().expect("a code"),
        version: 0,
        name: "陈国栋签名章".to_owned(),
        kind,
        function: SealFunction("personal_name".to_owned()),
        unit: unit_id(OWN_UNIT),
        unit_name: own.full_name,
        credit_code: own.credit_code,
        holder: (kind == SealKind::Personal).then(|| PersonInfo {
            name: "陈国栋".to_owned(),
            id: resident(34),
        }),
        medium: Medium::UsbKey,
        key_serial: Some("KEY-1".to_owned()),
        width: "20".parse().expect("a size"),
        height: "10".parse().expect("a size"),
        imprint: FileDigest::from_bytes([7; 32]),
        valid_from: hours(0),
        valid_until: hours(8760),
        certificates: vec![CertificateRef {
            serial: "0a1b".to_owned(),
            not_before: hours(0),
            not_after: hours(8760),
        }],
        supersedes: None,
        superseded_by: None,
        made_in: case(),
        made_at: hours(0),
        history: Vec::new(),
        loss_report: None,
        filing: None,
        resumption: None,
    }
}

fn attempt(record: &mut SealRecord, by: &Actor, at: i64, act: SealAct) -> Result<(), Refusal> {
    let events = decide_seal(record, &act, by, hours(at), &Policy::default())?;
    for event in &events {
        apply_seal(record, event);
    }
    Ok(())
}

#[track_caller]
fn refused(record: &SealRecord, role: Role, at: i64, act: SealAct) -> &'static str {
    attempt(&mut record.clone(), &actor(role), at, act)
        .expect_err("a refusal")
        .code
}

fn activate() -> SealAct {
    SealAct::Activate {
        reason: Reason::Collected,
        case: case(),
    }
}

fn lost(effective_at: Option<Timestamp>) -> SealAct {
    SealAct::Suspend {
        reason: Reason::LossOfControl,
        account: "USB KEY 在出差途中丢失".to_owned(),
        channel: ReportChannel::Platform,
        effective_at,
    }
}

fn call_back(number: &str, at: Timestamp) -> CallBack {
    CallBack {
        called_back_on: number.to_owned(),
        at,
        by: actor(Role::SealMaker),
    }
}

fn center_order() -> SealAct {
    SealAct::Suspend {
        reason: Reason::CenterOrder,
        account: "涉嫌违规使用".to_owned(),
        channel: ReportChannel::Platform,
        effective_at: None,
    }
}

fn called(reason: Reason) -> SealAct {
    SealAct::Suspend {
        reason,
        account: "来电报告 USB KEY 丢失".to_owned(),
        channel: ReportChannel::Telephone {
            caller: "林晓梅".to_owned(),
            call_back: Some(call_back("13800000001", hours(0))),
        },
        effective_at: None,
    }
}

fn resume() -> SealAct {
    SealAct::Resume {
        reason: "USB KEY 已找回，核查无异常使用".to_owned(),
    }
}

fn cancel(reason: Reason, case: Option<CaseId>) -> SealAct {
    SealAct::Cancel {
        reason,
        note: "单位撤并".to_owned(),
        case,
    }
}

fn ex_officio() -> SealAct {
    SealAct::CancelExOfficio {
        reason: "持有单位已撤并，未申请撤销".to_owned(),
        basis: "《国务院关于在线政务服务的若干规定》".to_owned(),
    }
}

fn void() -> SealAct {
    SealAct::DeclareVoid {
        basis: "《国务院关于在线政务服务的若干规定》".to_owned(),
        reason: "以虚假材料骗取".to_owned(),
    }
}

/// Made at 0, in use since 1.
fn in_use() -> SealRecord {
    let mut record = made(SealKind::Unit);
    attempt(&mut record, &actor(Role::SealMaker), 1, activate()).expect("activation");
    record
}

fn state(record: &SealRecord, at: i64, known: i64) -> SealState {
    record.status_at(hours(at), hours(known))
}

#[test]
fn a_seal_is_in_use_from_its_collection_to_its_expiry() {
    let record = made(SealKind::Unit);
    assert_eq!(state(&record, 5, 5), SealState::NotYetActive);
    let record = in_use();
    assert_eq!(state(&record, 0, 5), SealState::NotYetActive);
    assert_eq!(state(&record, 1, 5), SealState::Active);
    assert_eq!(state(&record, 8759, 8759), SealState::Active);
    assert_eq!(state(&record, 8760, 8760), SealState::Expired);
    assert_eq!(
        refused(&record, Role::SealMaker, 2, activate()),
        "seal_already_activated"
    );
    assert_eq!(refused(&record, Role::Agent, 2, activate()), "wrong_role");
    assert_eq!(
        refused(&made(SealKind::Unit), Role::SealMaker, 9000, activate()),
        "seal_expired"
    );
    let odd = SealAct::Activate {
        reason: Reason::Resumed,
        case: case(),
    };
    assert_eq!(
        refused(&made(SealKind::Unit), Role::SealMaker, 1, odd),
        "reason_unfit"
    );
}

#[test]
fn r5_2_a_loss_report_suspends_at_once() {
    let mut record = in_use();
    attempt(&mut record, &actor(Role::Agent), 10, lost(None)).unwrap();
    assert_eq!(state(&record, 9, 10), SealState::Active);
    assert_eq!(state(&record, 10, 10), SealState::Suspended);
    let report = record.loss_report.clone().unwrap();
    assert_eq!(report.follow_up_due, hours(10 + 15 * 24));
    assert_eq!(
        refused(&record, Role::Agent, 11, lost(None)),
        "seal_already_suspended"
    );
}

#[test]
fn r5_2_a_loss_found_out_later_is_dated_back_and_both_times_are_kept() {
    let mut record = in_use();
    attempt(&mut record, &actor(Role::Agent), 10, lost(Some(hours(4)))).unwrap();
    // Today it is known to have been suspended at hour 5; at hour 5 nobody could know.
    assert_eq!(state(&record, 5, 10), SealState::Suspended);
    assert_eq!(state(&record, 5, 9), SealState::Active);
    assert_eq!(
        refused(&in_use(), Role::Agent, 10, lost(Some(hours(11)))),
        "suspension_in_the_future"
    );
    assert_eq!(
        refused(&in_use(), Role::Agent, 10, lost(Some(hours(0)))),
        "suspension_too_early"
    );
}

#[test]
fn r5_2_the_center_suspends_after_a_call_that_was_called_back() {
    let record = in_use();
    assert_eq!(
        refused(&record, Role::SealMaker, 10, lost(None)),
        "report_channel"
    );
    assert_eq!(
        refused(&record, Role::Agent, 10, called(Reason::LossOfControl)),
        "report_channel"
    );
    let unverified = SealAct::Suspend {
        reason: Reason::LossOfControl,
        account: "来电".to_owned(),
        channel: ReportChannel::Telephone {
            caller: "林晓梅".to_owned(),
            call_back: Some(call_back(" ", hours(0))),
        },
        effective_at: None,
    };
    assert_eq!(
        refused(&record, Role::SealMaker, 10, unverified),
        "text_empty"
    );
    let mut record = in_use();
    attempt(
        &mut record,
        &actor(Role::SealMaker),
        10,
        called(Reason::LossOfControl),
    )
    .unwrap();
    assert_eq!(state(&record, 10, 10), SealState::Suspended);
}

#[test]
fn only_the_units_own_people_and_the_center_suspend() {
    let record = in_use();
    let mut stranger = actor(Role::Agent);
    stranger.post.unit = unit_id(OTHER_UNIT);
    let refusal = attempt(&mut record.clone(), &stranger, 10, lost(None)).unwrap_err();
    assert_eq!(refusal.code, "wrong_unit");
    for role in [Role::Consolidator, Role::SystemAdministrator, Role::Auditor] {
        assert_eq!(refused(&record, role, 10, lost(None)), "wrong_role");
    }
    let order = center_order();
    assert_eq!(
        refused(&record, Role::SealMaker, 10, order.clone()),
        "wrong_role"
    );
    assert_eq!(
        refused(&record, Role::Agent, 10, order.clone()),
        "wrong_role"
    );
    attempt(
        &mut record.clone(),
        &actor(Role::DepartmentLeader),
        10,
        order,
    )
    .unwrap();
}

#[test]
fn r5_1_a_suspended_seal_is_resumed_by_somebody_else() {
    let mut record = in_use();
    assert_eq!(
        refused(&record, Role::SealReviewer, 5, resume()),
        "seal_not_suspended"
    );
    attempt(&mut record, &actor(Role::SealReviewer), 10, center_order()).unwrap();
    assert_eq!(refused(&record, Role::Agent, 11, resume()), "wrong_role");
    assert_eq!(
        refused(&record, Role::SealReviewer, 11, resume()),
        "resumed_by_oneself"
    );
    attempt(&mut record, &nth_actor(Role::SealReviewer, 1), 12, resume()).unwrap();
    assert_eq!(state(&record, 11, 12), SealState::Suspended);
    assert_eq!(state(&record, 12, 12), SealState::Active);
    assert_eq!(record.history.len(), 3);
}

#[test]
fn a_seal_lost_before_it_was_handed_out_is_not_resumed_into_use() {
    let mut record = made(SealKind::Unit);
    attempt(&mut record, &actor(Role::Agent), 1, lost(None)).unwrap();
    assert_eq!(
        refused(&record, Role::SealReviewer, 2, resume()),
        "seal_never_active"
    );
    assert_eq!(
        refused(&record, Role::SealMaker, 2, activate()),
        "seal_state_unfit"
    );
}

#[test]
fn r5_1_cancellation_is_for_good() {
    let mut record = in_use();
    assert_eq!(
        refused(&record, Role::SealMaker, 10, ex_officio()),
        "wrong_role"
    );
    assert_eq!(
        refused(
            &record,
            Role::Agent,
            10,
            cancel(Reason::Revocation, Some(case()))
        ),
        "wrong_role"
    );
    assert_eq!(
        refused(
            &record,
            Role::SealMaker,
            10,
            cancel(Reason::Revocation, None)
        ),
        "cancel_without_case"
    );
    attempt(
        &mut record,
        &actor(Role::DepartmentLeader),
        10,
        ex_officio(),
    )
    .unwrap();
    assert_eq!(state(&record, 9, 20), SealState::Active);
    assert_eq!(state(&record, 9000, 9000), SealState::Cancelled);
    for (role, act) in [
        (Role::Agent, lost(None)),
        (Role::SealReviewer, resume()),
        (Role::SealMaker, cancel(Reason::Revocation, Some(case()))),
    ] {
        let code = refused(&record, role, 11, act);
        assert!(
            ["seal_state_unfit", "seal_already_cancelled"].contains(&code),
            "{code}"
        );
    }
}

#[test]
fn r5_1_void_from_the_start_whenever_it_is_found_out() {
    let mut record = in_use();
    assert_eq!(
        refused(&record, Role::SealReviewer, 100, void()),
        "wrong_role"
    );
    attempt(&mut record, &actor(Role::DepartmentLeader), 100, void()).unwrap();
    assert_eq!(state(&record, 5, 99), SealState::Active);
    assert_eq!(state(&record, 5, 100), SealState::Void);
    assert_eq!(state(&record, 9000, 9000), SealState::Void);
    assert_eq!(
        refused(&record, Role::DepartmentLeader, 101, void()),
        "seal_already_void"
    );
}

#[test]
fn a_successor_takes_the_place_of_the_old_seal() {
    let mut record = in_use();
    let supersede = |by| SealAct::Supersede {
        by: seal(by),
        case: case(),
    };
    assert_eq!(
        refused(&record, Role::SealMaker, 10, supersede(1)),
        "superseded_by_itself"
    );
    attempt(
        &mut record,
        &Actor::system_for(&actor(Role::SealMaker)),
        10,
        supersede(2),
    )
    .unwrap();
    assert_eq!(record.superseded_by, Some(seal(2)));
    assert_eq!(state(&record, 9, 10), SealState::Active);
    assert_eq!(state(&record, 10, 10), SealState::Cancelled);
    assert_eq!(record.history.last().unwrap().reason, Reason::Superseded);
    assert_eq!(
        refused(&record, Role::SealMaker, 11, supersede(3)),
        "seal_already_superseded"
    );
}

#[test]
fn r5_3_the_public_view_has_no_personal_data() {
    let mut record = made(SealKind::Personal);
    attempt(&mut record, &actor(Role::SealMaker), 1, activate()).unwrap();
    let view = record.public_view(hours(5), hours(5));
    assert_eq!(view.state, SealState::Active);
    assert_eq!(view.state_since, Some(hours(1)));
    assert_eq!(view.certificate_serials, ["0a1b"]);
    let json = serde_json::to_string(&view).unwrap();
    for personal in ["陈国栋", resident(34).as_str(), "KEY-1", "印章制作员"] {
        assert!(!json.contains(personal), "{personal}");
    }
    assert!(json.contains("闽侯县教育局"));
    let unit_seal = in_use();
    assert_eq!(
        unit_seal.public_view(hours(5), hours(5)).name,
        "陈国栋签名章"
    );
    assert_eq!(
        unit_seal.public_view(hours(9000), hours(9000)).state_since,
        Some(hours(8760))
    );
}

#[test]
fn a_record_survives_being_stored() {
    let mut record = in_use();
    attempt(&mut record, &actor(Role::Agent), 10, lost(None)).unwrap();
    let json = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<SealRecord>(&json).unwrap(), record);
    let act = serde_json::to_string(&lost(None)).unwrap();
    assert_eq!(serde_json::from_str::<SealAct>(&act).unwrap(), lost(None));
}

proptest! {
    #[test]
    fn what_was_known_then_is_never_rewritten(
        clicks in prop::collection::vec((0..7usize, 0..10usize, 1..200i64), 1..30),
        at in 0..9000i64,
    ) {
        let mut record = made(SealKind::Unit);
        let mut now = 0;
        for (act, role, later) in clicks {
            now += later;
            let known: Vec<_> = (0..now).step_by(97).map(|k| state(&record, at, k)).collect();
            let before = record.history.clone();
            let act = match act {
                0 => activate(),
                1 => lost(None),
                2 => lost(Some(hours(now - later / 2))),
                3 => resume(),
                4 => cancel(Reason::Revocation, Some(case())),
                5 => SealAct::Supersede { by: seal(2), case: case() },
                _ => void(),
            };
            let role = Role::ALL.get(role).copied().unwrap_or(Role::System);
            let _ = attempt(&mut record, &actor(role), now, act);
            prop_assert!(record.history.starts_with(&before));
            let still: Vec<_> = (0..now).step_by(97).map(|k| state(&record, at, k)).collect();
            prop_assert_eq!(known, still);
            // Once cancelled, never in use again.
            let cancelled = record.history.iter().find(|entry| entry.status == Status::Cancelled);
            if let Some(cancelled) = cancelled {
                let after = record.status_at(cancelled.effective_at, hours(now));
                prop_assert!(matches!(after, SealState::Cancelled | SealState::Void));
            }
        }
    }
}

#[test]
fn r5_2_a_call_at_night_suspends_and_is_called_back_later() {
    let maker = actor(Role::SealMaker);
    let mut record = in_use();
    let provisional = SealAct::Suspend {
        reason: Reason::LossOfControl,
        account: "夜间来电报告丢失，暂未能回拨".to_owned(),
        channel: ReportChannel::Telephone {
            caller: "林晓梅".to_owned(),
            call_back: None,
        },
        effective_at: None,
    };
    attempt(&mut record, &maker, 10, provisional).unwrap();
    assert_eq!(state(&record, 10, 10), SealState::Suspended);
    assert!(record.unverified_call(hours(11)).is_some());
    let confirm = |at: i64| SealAct::ConfirmCall {
        called_back_on: "13800000001".to_owned(),
        called_back_at: hours(at),
    };
    assert_eq!(refused(&record, Role::Agent, 12, confirm(11)), "wrong_role");
    assert_eq!(
        refused(&record, Role::SealMaker, 12, confirm(9)),
        "call_back_before_report"
    );
    assert_eq!(
        refused(&record, Role::SealMaker, 12, confirm(13)),
        "call_back_in_the_future"
    );
    attempt(&mut record, &maker, 12, confirm(11)).unwrap();
    assert!(record.unverified_call(hours(13)).is_none());
    assert!(record.open_loss(hours(13)).is_some());
    assert_eq!(
        refused(&record, Role::SealMaker, 13, confirm(12)),
        "no_call_to_confirm"
    );
}

#[test]
fn r5_2_a_seal_can_be_lost_twice_and_lost_while_suspended() {
    let mut record = in_use();
    attempt(&mut record, &actor(Role::Agent), 10, lost(None)).unwrap();
    assert_eq!(
        refused(&record, Role::Agent, 11, lost(None)),
        "seal_already_suspended"
    );
    attempt(&mut record, &actor(Role::SealReviewer), 12, resume()).unwrap();
    assert!(record.open_loss(hours(13)).is_none());
    attempt(
        &mut record,
        &actor(Role::DepartmentLeader),
        13,
        center_order(),
    )
    .unwrap();
    assert!(record.open_loss(hours(14)).is_none());
    attempt(&mut record, &actor(Role::Agent), 14, lost(None)).unwrap();
    let report = record.open_loss(hours(15)).expect("an open report");
    assert_eq!(report.reported_at, hours(14));
}

#[test]
fn r5_1_the_unit_asks_for_the_resumption_and_is_answered() {
    let ask = || SealAct::RequestResumption {
        reason: "USB KEY 在办公室找到，核查无异常使用".to_owned(),
    };
    let decline = || SealAct::DeclineResumption {
        reason: "遗失期间无法排除被复制，请办理补办".to_owned(),
    };
    let mut record = in_use();
    assert_eq!(
        refused(&record, Role::Agent, 5, ask()),
        "seal_not_suspended"
    );
    attempt(&mut record, &actor(Role::Agent), 10, lost(None)).unwrap();
    assert_eq!(
        refused(&record, Role::SealReviewer, 11, decline()),
        "no_resumption_requested"
    );
    attempt(&mut record, &actor(Role::Agent), 11, ask()).unwrap();
    assert_eq!(
        refused(&record, Role::UnitApprover, 12, ask()),
        "resumption_already_requested"
    );
    assert_eq!(
        refused(&record, Role::SealMaker, 12, decline()),
        "wrong_role"
    );
    attempt(&mut record, &actor(Role::SealReviewer), 12, decline()).unwrap();
    assert!(record.resumption.is_none());
    assert_eq!(state(&record, 12, 12), SealState::Suspended);
    attempt(&mut record, &actor(Role::Agent), 13, ask()).unwrap();
    attempt(&mut record, &actor(Role::SealReviewer), 14, resume()).unwrap();
    assert!(record.resumption.is_none());
    assert_eq!(state(&record, 14, 14), SealState::Active);
}

#[test]
fn r5_1_what_the_center_does_by_itself_stands_on_a_law_that_everybody_reads() {
    let by = |basis: &str| SealAct::CancelExOfficio {
        reason: "持有单位已撤并".to_owned(),
        basis: basis.to_owned(),
    };
    let record = in_use();
    let leader = Role::DepartmentLeader;
    assert_eq!(refused(&record, leader, 10, by(" ")), "text_empty");
    assert_eq!(
        refused(&record, leader, 10, by("经办人 13800000001 来电")),
        "text_personal"
    );
    assert_eq!(
        refused(&record, leader, 10, by(&"依".repeat(201))),
        "text_too_long"
    );
    assert_eq!(
        refused(&record, leader, 10, cancel(Reason::ExOfficio, None)),
        "reason_unfit"
    );
    let mut record = in_use();
    attempt(&mut record, &actor(leader), 10, ex_officio()).unwrap();
    let entry = record.history.last().unwrap();
    assert_eq!(entry.reason, Reason::ExOfficio);
    assert!(entry.basis.as_deref().unwrap().starts_with('《'));
}

#[test]
fn r5_1_a_seal_is_filed_once() {
    let number = || FilingNumber::new(2026, 7);
    assert_eq!(number().to_string(), "闽印备2026-000007");
    let file = || SealAct::File { number: number() };
    let mut record = in_use();
    assert_eq!(refused(&record, Role::Agent, 2, file()), "wrong_role");
    attempt(&mut record, &actor(Role::SealMaker), 2, file()).unwrap();
    assert_eq!(record.filing.as_ref().unwrap().filed_at, hours(2));
    assert_eq!(
        refused(&record, Role::SealMaker, 3, file()),
        "seal_already_filed"
    );
}
