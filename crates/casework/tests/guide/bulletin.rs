//! Announcements of the Center's own (R5.3): one person writes, another publishes, and what was public stays told.

use casework::{
    Actor, Bulletin, BulletinAct, BulletinId, BulletinState, BulletinStep, Refusal, Role,
    decide_bulletin,
};
use uuid::Uuid;

use crate::desk::{actor, nth_actor, start};

fn written(by: &Actor) -> Bulletin {
    let id = BulletinId::from_uuid(Uuid::from_u128(1));
    Bulletin::write(
        id,
        "系统停机维护的通知",
        "第一段\r\n\r\n第二段",
        by,
        start(),
    )
    .unwrap()
}

fn then(bulletin: &Bulletin, by: &Actor, act: BulletinAct) -> Result<Bulletin, Refusal> {
    decide_bulletin(bulletin, &act, by, start())
}

#[test]
fn r5_3_process_md_and_the_code_tell_who_writes_and_who_publishes() {
    let text = include_str!("../../PROCESS.md");
    let table = text
        .split_once("<!-- bulletins -->\n")
        .and_then(|(_, rest)| rest.split_once("<!-- end of bulletins -->"))
        .map(|(table, _)| table.trim().to_owned())
        .expect("PROCESS.md has the table between its marks");
    let mut expected = String::from("| 事项 | 岗位 |\n|---|---|");
    for step in BulletinStep::ALL {
        let roles: Vec<_> = step.roles().iter().map(|role| role.name()).collect();
        expected += &format!("\n| {} | {} |", step.name(), roles.join("、"));
    }
    assert_eq!(table, expected, "the right one is the code's");
    for state in BulletinState::ALL {
        assert!(text.contains(state.name()), "{}", state.name());
        assert_eq!(BulletinState::find(state.code()), Some(state));
    }
}

#[test]
fn r5_3_an_announcement_is_published_by_somebody_who_wrote_nothing_of_it() {
    let (maker, reviewer) = (actor(Role::SealMaker), actor(Role::SealReviewer));
    let leader = actor(Role::DepartmentLeader);
    let draft = written(&maker);
    assert_eq!(draft.paragraphs().collect::<Vec<_>>(), ["第一段", "第二段"]);
    let early = then(&draft, &leader, BulletinAct::Publish);
    assert_eq!(early.unwrap_err().code, "bulletin_state");
    let waiting = then(&draft, &maker, BulletinAct::HandIn).unwrap();
    let own = then(&waiting, &maker, BulletinAct::Publish);
    assert_eq!(own.unwrap_err().code, "wrong_role");
    // Whoever changed a word of it is an author too, and it waits anew.
    let change = BulletinAct::Revise {
        title: "系统停机维护的公告".to_owned(),
        text: "正文".to_owned(),
    };
    let changed = then(&waiting, &reviewer, change).unwrap();
    assert_eq!(changed.state, BulletinState::Draft);
    let waiting = then(&changed, &maker, BulletinAct::HandIn).unwrap();
    let own = then(&waiting, &reviewer, BulletinAct::Publish);
    assert_eq!(own.unwrap_err().code, "bulletin_own_text");
    let other = nth_actor(Role::SealReviewer, 7);
    let published = then(&waiting, &other, BulletinAct::Publish).unwrap();
    assert_eq!(published.state, BulletinState::Published);
    let late = then(&published, &maker, BulletinAct::HandIn);
    assert_eq!(late.unwrap_err().code, "bulletin_state");
    let silent = BulletinAct::Withdraw {
        reason: " ".to_owned(),
    };
    assert_eq!(
        then(&published, &leader, silent).unwrap_err().code,
        "text_empty"
    );
    let why = BulletinAct::Withdraw {
        reason: "时间有误".to_owned(),
    };
    let withdrawn = then(&published, &leader, why).unwrap();
    assert_eq!(withdrawn.state, BulletinState::Withdrawn);
}

#[test]
fn r5_3_an_announcement_names_no_persons_numbers_and_nothing_unseen() {
    let maker = actor(Role::SealMaker);
    let write = |title: &str, text: &str| {
        let id = BulletinId::from_uuid(Uuid::from_u128(1));
        Bulletin::write(id, title, text, &maker, start()).map_err(|refusal| refusal.code)
    };
    assert_eq!(write("通知", "联系 13800001234"), Err("text_personal"));
    assert!(write("通知", "咨询 0591-86303903，<b> 照原样显示").is_ok());
    assert_eq!(write("通\n知", "正文"), Err("text_control_character"));
    assert_eq!(write("通知", "正\u{202e}文"), Err("text_odd_character"));
    assert_eq!(write("", "正文"), Err("text_empty"));
    assert_eq!(write(&"长".repeat(81), "正文"), Err("text_too_long"));
    assert_eq!(write("通知", &"长".repeat(5001)), Err("text_too_long"));
    for role in [Role::Agent, Role::Consolidator, Role::SystemAdministrator] {
        let id = BulletinId::from_uuid(Uuid::from_u128(1));
        let refused = Bulletin::write(id, "通知", "正文", &actor(role), start());
        assert_eq!(refused.unwrap_err().code, "wrong_role");
    }
}
