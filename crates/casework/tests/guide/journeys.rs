//! All six kinds of business, three kinds of seals, all media and both routes, from the draft to the end.

use casework::{BusinessType, Level, Medium, Outcome, SealKind, Stage, apply, effects, turn};

use crate::desk::{Desk, FILING};

/// Written from the guide (第一章 二、4 and 5): what comes after the final review.
const MAKING: &str = "
    印章申请 USB KEY   制作 领取
    印章申请 平台托管  制作 领取
    印章申请 设备      制作 领取
    印章延期 USB KEY   现场
    印章延期 平台托管  制作
    印章延期 设备      制作
    印章变更 USB KEY   现场
    印章变更 平台托管  制作
    印章变更 设备      制作
    印章撤销 USB KEY   现场
    印章撤销 平台托管  制作
    印章撤销 设备      制作
    印章补办 USB KEY   制作 领取
    印章补办 平台托管  制作 领取
    印章补办 设备      制作 领取
    口令解锁 USB KEY   现场
    口令解锁 平台托管  不可
    口令解锁 设备      不可
";

fn making(business: BusinessType, medium: Medium) -> Option<Vec<Stage>> {
    let medium = match medium {
        Medium::UsbKey => "USB KEY",
        Medium::Hosted => "平台托管",
        Medium::SigningDevice => "设备",
    };
    let line = MAKING
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with(&format!("{} {medium}", business.name())))
        .expect("every business and medium is in the table");
    let stages = line.split_whitespace().filter_map(|word| match word {
        "制作" => Some(Stage::Production),
        "现场" => Some(Stage::OnSite),
        "领取" => Some(Stage::Collection),
        _ => None,
    });
    (!line.ends_with("不可")).then(|| stages.collect())
}

#[test]
fn every_business_goes_its_way_for_every_kind_of_seal_on_every_route() {
    let mut journeys = 0;
    for business in BusinessType::ALL.iter().copied() {
        for kind in SealKind::ALL.iter().copied() {
            for medium in kind.media().iter().copied() {
                for level in Level::ALL {
                    let Some(making) = making(business, medium) else {
                        let (mut desk, _) = Desk::with_one(business, kind, medium, level);
                        let faults = desk.faults(casework::Role::Agent, casework::Act::Submit);
                        assert_eq!(faults, ["unlock_needs_usb_key"]);
                        continue;
                    };
                    let (mut desk, _) = Desk::with_one(business, kind, medium, level);
                    desk.until(Stage::Closed(Outcome::Completed));
                    let mut expected = FILING.to_vec();
                    if level != Level::Province {
                        expected.push(Stage::Consolidation);
                    }
                    expected.extend([Stage::Acceptance, Stage::FirstReview, Stage::FinalReview]);
                    expected.extend(making);
                    expected.push(Stage::Closed(Outcome::Completed));
                    assert_eq!(
                        desk.stages(),
                        expected,
                        "{} {}",
                        business.name(),
                        kind.name()
                    );
                    assert!(turn(&desk.case).is_none());
                    journeys += 1;
                }
            }
        }
    }
    assert_eq!(journeys, (5 * 5 + 2) * 3);
}

#[test]
fn r4_4_where_the_policy_says_so_a_renewal_needs_no_visit() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::Renewal,
        SealKind::Unit,
        Medium::UsbKey,
        Level::Province,
    );
    desk.policy.on_site_for_renewal = false;
    desk.until(Stage::Closed(Outcome::Completed));
    assert!(desk.stages().contains(&Stage::Production));
    assert!(!desk.stages().contains(&Stage::OnSite));
}

#[test]
fn a_case_with_several_seals_of_all_kinds_is_made_one_by_one() {
    let mut desk = Desk::open(BusinessType::Change, Level::City);
    for (kind, medium) in [
        (SealKind::Unit, Medium::UsbKey),
        (SealKind::Personal, Medium::Hosted),
        (SealKind::Device, Medium::SigningDevice),
    ] {
        desk.add(kind, medium);
    }
    desk.until(Stage::Closed(Outcome::Completed));
    // One key has to be brought, so all is done at the desk.
    assert!(desk.stages().contains(&Stage::OnSite));
    assert!(
        desk.case
            .live_applications()
            .all(|application| application.produced.is_some())
    );
}

/// What the register and the key desk are asked to do, in order.
fn effect_names(business: BusinessType, kind: SealKind, medium: Medium) -> Vec<String> {
    let (mut desk, _) = Desk::with_one(business, kind, medium, Level::Province);
    let mut names = Vec::new();
    while let Some((role, act)) = desk.next_step() {
        let before = desk.case.clone();
        let events = desk.by(role, act);
        let mut case = before;
        for event in &events {
            apply(&mut case, event);
            for effect in effects(&case, event) {
                let value = serde_json::to_value(effect).unwrap();
                let supersedes = value.get("supersedes").is_some_and(|seal| !seal.is_null());
                let name = value["effect"].as_str().unwrap().to_owned();
                names.push(if supersedes {
                    format!("{name} successor")
                } else {
                    name
                });
            }
        }
    }
    names
}

#[test]
fn r4_3_each_business_asks_the_register_for_what_the_guide_says() {
    let of = |business| effect_names(business, SealKind::Unit, Medium::UsbKey);
    assert_eq!(of(BusinessType::New), ["make", "activate"]);
    assert_eq!(
        of(BusinessType::Renewal),
        ["make successor", "activate successor"]
    );
    assert_eq!(
        of(BusinessType::Change),
        ["make successor", "activate successor"]
    );
    assert_eq!(of(BusinessType::Revocation), ["cancel"]);
    assert_eq!(
        of(BusinessType::Reissue),
        ["make successor", "activate successor"]
    );
    assert_eq!(of(BusinessType::Unlock), ["reset_pin"]);
}

#[test]
fn a_case_survives_being_stored_at_every_step() {
    let (mut desk, _) = Desk::usual();
    loop {
        let json = serde_json::to_string(&desk.case).unwrap();
        assert_eq!(
            serde_json::from_str::<casework::Case>(&json).unwrap(),
            desk.case
        );
        let Some((role, act)) = desk.next_step() else {
            break;
        };
        let json = serde_json::to_string(&act).unwrap();
        assert_eq!(serde_json::from_str::<casework::Act>(&json).unwrap(), act);
        for event in desk.by(role, act) {
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(
                serde_json::from_str::<casework::Event>(&json).unwrap(),
                event
            );
        }
    }
    assert_eq!(desk.case.stage, Stage::Closed(Outcome::Completed));
}

#[test]
fn the_public_is_told_the_eight_words_of_the_interface() {
    let (mut desk, _) = Desk::usual();
    let mut words = vec![desk.case.stage.public_status().name()];
    while let Some((role, act)) = desk.next_step() {
        desk.by(role, act);
        let word = desk.case.stage.public_status().name();
        if words.last() != Some(&word) {
            words.push(word);
        }
    }
    assert_eq!(
        words,
        [
            "草稿",
            "待受理",
            "已受理",
            "审核中",
            "办理中",
            "待领取",
            "已办结"
        ]
    );
}

#[test]
fn everybody_is_told_whose_turn_it_is_and_since_when() {
    let (mut desk, _) = Desk::usual();
    let mut turns = Vec::new();
    while let Some(turn) = turn(&desk.case) {
        assert_eq!(turn.since, desk.case.stage_since);
        assert!(!turn.waiting_for.is_empty() && !turn.next.is_empty());
        if turns.last() != Some(&turn.role.name()) {
            turns.push(turn.role.name());
        }
        let Some((role, act)) = desk.next_step() else {
            break;
        };
        desk.by(role, act);
    }
    assert_eq!(
        turns,
        [
            "经办人",
            "单位审批人",
            "经办人",
            "汇总办理人",
            "印章制作员",
            "印章审核员",
            "部门领导",
            "印章制作员",
            "平台",
            "印章制作员",
            "经办人",
        ]
    );
}
