//! The table of moves: in the code, in PROCESS.md, and in what the rules do.

use casework::table::{TABLE, To, as_markdown};
use casework::{
    ActKind, BusinessType, Level, Medium, Outcome, Role, SealKind, Stage, allowed_acts, turn,
};

use crate::desk::{Desk, actor, nth_actor};

#[test]
fn process_md_and_the_code_tell_the_same_table() {
    let text = include_str!("../../PROCESS.md");
    let table = text
        .split_once("<!-- table -->\n")
        .and_then(|(_, rest)| rest.split_once("<!-- end of table -->"))
        .map(|(table, _)| table.trim())
        .expect("PROCESS.md has the table between its marks");
    assert_eq!(table, as_markdown().trim(), "the right one is the code's");
}

#[test]
fn process_md_names_every_stage_and_every_public_word() {
    let text = include_str!("../../PROCESS.md");
    for stage in Stage::ALL {
        assert!(text.contains(stage.name()), "{}", stage.name());
        assert!(
            text.contains(stage.public_status().name()),
            "{}",
            stage.public_status().name()
        );
    }
    for state in [
        "未启用",
        "有效",
        "停用",
        "过期",
        "注销",
        "无效",
        "待审批",
        "已批准",
        "已用印",
    ] {
        assert!(text.contains(state), "{state}");
    }
}

#[test]
fn every_stage_is_reached_and_left() {
    for stage in Stage::ALL {
        let leaves = TABLE.iter().any(|row| row.stage == stage);
        assert_eq!(
            leaves,
            !matches!(stage, Stage::Closed(_)),
            "{}",
            stage.name()
        );
        let reached = stage == Stage::Draft
            || TABLE.iter().any(|row| match row.to {
                To::Same => false,
                To::Stage(to) => to == stage,
                To::Route => matches!(stage, Stage::Consolidation | Stage::Acceptance),
                To::Making => matches!(stage, Stage::Production | Stage::OnSite),
                To::Resubmitted => stage == Stage::UnitApproval,
            });
        assert!(reached, "{}", stage.name());
    }
}

#[test]
fn every_act_has_a_place_and_no_line_stands_twice() {
    for act in ActKind::ALL {
        assert!(TABLE.iter().any(|row| row.act == *act), "{}", act.name());
        assert_eq!(ActKind::find(act.code()), Some(*act));
    }
    for (at, row) in TABLE.iter().enumerate() {
        for other in &TABLE[at + 1..] {
            let same = (row.stage, row.act, row.role) == (other.stage, other.act, other.role);
            assert!(!same, "{row:?} {other:?}");
        }
        assert!(!row.role.is_administrative() && !row.clause.is_empty());
    }
}

#[test]
fn everywhere_everybody_is_offered_what_the_table_allows_and_nothing_else() {
    let cases = [
        (BusinessType::New, SealKind::Unit, Medium::UsbKey),
        (BusinessType::Change, SealKind::Unit, Medium::UsbKey),
        (
            BusinessType::Revocation,
            SealKind::Device,
            Medium::SigningDevice,
        ),
    ];
    for (business, kind, medium) in cases {
        let (mut desk, _) = Desk::with_one(business, kind, medium, Level::County);
        while let Some((role, act)) = desk.next_step() {
            for (number, other) in Role::ALL.into_iter().map(|role| (7, role)) {
                let offered = allowed_acts(&desk.case, &nth_actor(other, number), &desk.policy);
                for act in &offered {
                    assert!(
                        TABLE.iter().any(|row| row.stage == desk.case.stage
                            && row.act == *act
                            && row.role == other),
                        "{} {}",
                        other.name(),
                        act.name()
                    );
                }
            }
            let offered = allowed_acts(&desk.case, &actor(role), &desk.policy);
            assert!(offered.contains(&act.kind()), "{}", act.kind().name());
            desk.by(role, act);
        }
        assert_eq!(desk.case.stage, Stage::Closed(Outcome::Completed));
    }
}

#[test]
fn at_every_stage_whose_turn_it_is_has_something_to_do() {
    let (mut desk, _) = Desk::with_one(
        BusinessType::New,
        SealKind::Unit,
        Medium::UsbKey,
        Level::County,
    );
    while let Some(turn) = turn(&desk.case) {
        assert!(!allowed_acts(&desk.case, &actor(turn.role), &desk.policy).is_empty());
        let Some((role, act)) = desk.next_step() else {
            break;
        };
        desk.by(role, act);
    }
}
