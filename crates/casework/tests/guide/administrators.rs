//! The three administrators (R1.4): what PROCESS.md says each may do, and nobody for themselves.

use casework::{About, AdminAct, Role, check_administration};

use crate::desk::{actor, nth_actor};

#[test]
fn r1_4_process_md_and_the_code_tell_who_administers_what() {
    let text = include_str!("../../PROCESS.md");
    let table = text
        .split_once("<!-- administration -->\n")
        .and_then(|(_, rest)| rest.split_once("<!-- end of administration -->"))
        .map(|(table, _)| table.trim().to_owned())
        .expect("PROCESS.md has the table between its marks");
    let mut expected = String::from("| 事项 | 岗位 |\n|---|---|");
    for act in AdminAct::ALL {
        let roles: Vec<_> = act.roles().iter().map(|role| role.name()).collect();
        expected += &format!("\n| {} | {} |", act.name(), roles.join("、"));
    }
    assert_eq!(table, expected, "the right one is the code's");
}

#[test]
fn r1_4_everybody_else_is_told_whose_act_it_is() {
    for act in AdminAct::ALL {
        for role in Role::ALL {
            let answer = check_administration(act, &actor(role), About::default());
            match answer {
                Ok(()) => assert!(act.roles().contains(&role)),
                Err(refusal) => {
                    assert_eq!(refusal.code, "wrong_role");
                    assert!(refusal.message.contains(act.roles()[0].name()));
                }
            }
        }
    }
}

#[test]
fn r1_4_nobody_administers_themselves_or_releases_what_they_proposed() {
    for act in AdminAct::ALL {
        for role in act.roles() {
            let oneself = About {
                person: Some(actor(*role).person),
                ..About::default()
            };
            let answer = check_administration(act, &actor(*role), oneself);
            if act == AdminAct::SeeAccounts {
                assert!(answer.is_ok());
            } else {
                assert_eq!(answer.unwrap_err().code, "administers_oneself", "{act:?}");
            }
            let own = About {
                proposed_by: Some(actor(*role).person),
                ..About::default()
            };
            let refusal = check_administration(act, &actor(*role), own).unwrap_err();
            assert_eq!(refusal.code, "released_by_proposer");
        }
    }
}

#[test]
fn r1_4_proposing_and_releasing_are_two_roles() {
    for (propose, release) in [
        (AdminAct::ProposePosts, AdminAct::ReleasePosts),
        (AdminAct::ProposeSettings, AdminAct::ReleaseSettings),
    ] {
        assert!(
            !propose
                .roles()
                .iter()
                .any(|role| release.roles().contains(role))
        );
    }
}

#[test]
fn r1_4_no_administrator_takes_over_another() {
    let about = About {
        administrator: true,
        ..About::default()
    };
    let by = nth_actor(Role::SecurityAdministrator, 1);
    let refusal = check_administration(AdminAct::ResetPassword, &by, about).unwrap_err();
    assert_eq!(refusal.code, "administrator_reset_on_console");
    assert!(check_administration(AdminAct::BarAccount, &by, about).is_ok());
}
