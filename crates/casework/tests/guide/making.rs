//! Making, and the key at the desk (R4.3, R4.4).

use casework::{
    Act, BusinessType, DeadlineKind, Level, Medium, Outcome, Role, SealKind, SealState, Stage, turn,
};
use uuid::Uuid;

use crate::desk::Desk;

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
