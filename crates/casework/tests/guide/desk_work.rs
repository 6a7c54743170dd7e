//! What the desks keep beside the cases: papers on their way, the stock of keys, reasons, what a resubmission changed.

use casework::key_stock::{may_receive, read_serials};
use casework::revision_diff::{changes_for, standing_answers};
use casework::{
    Act, ApplicationId, BusinessType, CaseId, KeyAct, KeyHolding, KeyState, Level, MaterialId,
    MaterialKind, Medium, PaperTracking, Role, SealKind, Stage, UsbKey, acceptance_checklist,
    correction_reason, decide_key,
};
use uuid::Uuid;

use crate::desk::{Desk, actor, nth_actor, point, start, unit_id};

fn key() -> UsbKey {
    let serial = "ft-2026 0001".parse().unwrap();
    UsbKey::received(
        serial,
        "飞天诚信",
        "ePass3000",
        "2026-1",
        &actor(Role::SealMaker),
        start(),
    )
}

fn holding() -> Box<KeyHolding> {
    Box::new(KeyHolding {
        unit: unit_id(1),
        unit_name: "闽侯县教育局".to_owned(),
        seal_name: "闽侯县教育局".to_owned(),
        seal: None,
        application: ApplicationId::from_uuid(Uuid::from_u128(8)),
        case: CaseId::from_uuid(Uuid::from_u128(7)),
        case_number: "闽印2026-000001-1".to_owned(),
    })
}

fn done(key: &UsbKey, role: Role, act: KeyAct) -> UsbKey {
    decide_key(key, &act, &actor(role), start()).unwrap()
}

fn refused(key: &UsbKey, role: Role, act: KeyAct) -> &'static str {
    decide_key(key, &act, &actor(role), start())
        .unwrap_err()
        .code
}

#[test]
fn r4_4_a_key_is_issued_once_comes_back_and_is_destroyed_by_two() {
    let stocked = key();
    assert_eq!(stocked.serial.to_string(), "FT20260001");
    let issued = done(
        &stocked,
        Role::SealMaker,
        KeyAct::Issue { holding: holding() },
    );
    assert_eq!(issued.state, KeyState::Issued);
    let again = KeyAct::Issue { holding: holding() };
    assert_eq!(
        refused(&issued, Role::SealMaker, again),
        "key_already_issued"
    );
    let note = String::new();
    let back = done(&issued, Role::SealMaker, KeyAct::Return { note });
    assert_eq!(
        back.holding.as_ref().unwrap().unit_name,
        "闽侯县教育局",
        "who had it stays known"
    );
    assert_eq!(
        refused(&stocked, Role::SealMaker, KeyAct::Restock),
        "key_act_not_now"
    );
    assert!(
        done(&back, Role::SealMaker, KeyAct::Restock)
            .holding
            .is_none()
    );
    let reason = "外壳破损，无法再用".to_owned();
    let proposed = done(
        &back,
        Role::SealMaker,
        KeyAct::ProposeDestruction { reason },
    );
    assert_eq!(
        refused(&proposed, Role::SealMaker, KeyAct::Destroy),
        "witness_same_person"
    );
    assert_eq!(
        refused(&proposed, Role::Agent, KeyAct::Destroy),
        "wrong_role"
    );
    assert_eq!(
        done(&proposed, Role::SealMaker, KeyAct::Keep).state,
        KeyState::Returned
    );
    let witness = nth_actor(Role::SealMaker, 1);
    let gone = decide_key(&proposed, &KeyAct::Destroy, &witness, start()).unwrap();
    assert_eq!(gone.state, KeyState::Destroyed);
    assert_eq!(gone.history.len(), 5);
    assert_eq!(
        refused(&gone, Role::SealMaker, KeyAct::Restock),
        "key_act_not_now"
    );
}

#[test]
fn r4_4_only_the_maker_keeps_the_stock() {
    for role in [
        Role::Agent,
        Role::Consolidator,
        Role::SystemAdministrator,
        Role::SealReviewer,
    ] {
        assert_eq!(
            refused(&key(), role, KeyAct::Issue { holding: holding() }),
            "wrong_role"
        );
        assert!(may_receive(&actor(role)).is_err());
    }
    let note = String::new();
    assert_eq!(
        refused(&key(), Role::SealMaker, KeyAct::ReportLost { note }),
        "text_empty"
    );
}

#[test]
fn r4_4_a_batch_is_read_from_a_list_or_a_range() {
    let count = |text: &str| read_serials(text).map(|serials| serials.len());
    assert_eq!(count("FT0001\nFT0002, FT0003；FT-0004").unwrap(), 4);
    let range = read_serials("ft-0098~FT0101").unwrap();
    assert_eq!(range.last().unwrap().as_str(), "FT0101");
    assert_eq!(range.len(), 4);
    for (text, code) in [
        ("  \n ", "key_serials_missing"),
        ("FT0001\nft-0001", "key_serial_twice"),
        ("序列号一", "key_serial_malformed"),
        ("F1", "key_serial_malformed"),
        ("FT0005~FT0001", "key_range_malformed"),
        ("FT0001~GT0009", "key_range_malformed"),
        ("FT0001~FT9999", "key_batch_too_large"),
        ("ABCD~ABCE", "key_range_malformed"),
        (
            "A00000000000000000001~A99999999999999999999",
            "key_range_malformed",
        ),
    ] {
        assert_eq!(read_serials(text).unwrap_err().code, code, "{text}");
    }
}

#[test]
fn r3_1_what_is_missing_is_not_handed_over() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Consolidation);
    let papers = desk.outstanding();
    let looked = |received: &[MaterialId], missing: &[MaterialId]| Act::ReceivePaper {
        received: received.to_vec(),
        missing: missing.to_vec(),
    };
    desk.by(Role::Consolidator, looked(&papers[..1], &papers[1..]));
    let bundle = casework::BundleId::from_uuid(Uuid::from_u128(9));
    assert_eq!(
        desk.refused(Role::Consolidator, Act::HandOver { bundle }),
        "hand_over_incomplete"
    );
    desk.by(Role::Consolidator, looked(&papers[1..], &[]));
    desk.by(Role::Consolidator, Act::HandOver { bundle });
    for paper in &papers {
        let tracked = &desk.case.material(*paper).unwrap().paper;
        assert!(
            matches!(tracked, PaperTracking::Forwarded { .. }),
            "{tracked:?}"
        );
    }
    assert_eq!(desk.outstanding(), papers, "on the way is not yet here");
}

#[test]
fn r4_1_every_question_of_the_checklist_is_a_reason_that_can_be_counted() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Acceptance);
    for item in acceptance_checklist(&desk.case, &desk.policy) {
        assert!(
            correction_reason::find(item.code).is_some(),
            "{}",
            item.code
        );
    }
    assert_eq!(
        correction_reason::of(&point("请核对")),
        correction_reason::OTHER
    );
    let mut codes: Vec<_> = correction_reason::REASONS.iter().map(|r| r.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), correction_reason::REASONS.len());
}

#[test]
fn r4_1_a_resubmission_shows_only_what_changed() {
    let (mut desk, application) = Desk::usual();
    desk.until(Stage::Acceptance);
    desk.receive_papers();
    assert!(changes_for(&desk.case, Stage::Acceptance).is_none());
    let mut checklist = desk.answers(true);
    let queried = checklist
        .iter_mut()
        .find(|answer| answer.code == "form_signed")
        .unwrap();
    queried.met = false;
    desk.by(
        Role::SealMaker,
        Act::RequestCorrection {
            points: Vec::new(),
            checklist,
        },
    );
    let scan = desk
        .case
        .live_materials()
        .find(|m| m.kind == MaterialKind::ApplicationFormScan)
        .unwrap()
        .id;
    desk.by(Role::Agent, Act::RemoveMaterial { material: scan });
    let better = desk.attach(MaterialKind::ApplicationFormScan, Some(application));
    desk.until(Stage::Acceptance);
    let changes = changes_for(&desk.case, Stage::Acceptance).unwrap();
    assert_eq!(changes.since, 1);
    assert!(changes.forms.is_empty() && !changes.letter);
    assert_eq!(changes.materials.len(), 1);
    assert_eq!(changes.materials[0].before, Some(scan));
    assert_eq!(changes.materials[0].after, Some(better));
    let items = acceptance_checklist(&desk.case, &desk.policy);
    let standing = standing_answers(&desk.case, Stage::Acceptance, &items, &changes);
    assert!(standing.iter().all(|answer| answer.met));
    let asked_again: Vec<_> = items
        .iter()
        .filter(|item| {
            !standing
                .iter()
                .any(|a| a.code == item.code && a.application == item.application)
        })
        .collect();
    assert!(!asked_again.is_empty());
    assert!(
        asked_again
            .iter()
            .all(|i| i.material == MaterialKind::ApplicationFormScan)
    );
}

#[test]
fn r4_3_a_new_seal_is_put_on_a_key_that_the_maker_takes() {
    let (mut desk, application) = Desk::with_one(
        BusinessType::New,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    desk.until(Stage::Production);
    let take = |serial: &str| Act::PresentKey {
        application,
        serial: serial.to_owned(),
    };
    assert_eq!(
        desk.refused(Role::SealMaker, take("？")),
        "key_serial_malformed"
    );
    assert_eq!(desk.refused(Role::Agent, take("FT0001")), "wrong_role");
    desk.by(Role::SealMaker, take("ft-0001"));
    // Another one, while nothing is made yet.
    desk.by(Role::SealMaker, take("ft-0002"));
    let taken = desk
        .case
        .application(application)
        .unwrap()
        .key_presented
        .clone();
    assert_eq!(taken.unwrap().serial, "FT0002");
}
