//! R5.3: beside what the register announces by itself, the Center announces in its own words: two people, and everybody
//! reads it.

use casework::{BulletinAct, BulletinState};
use platform::ports::store::{LedgerFilter, PageRequest};
use testkit::{TestApp, code};

on_both!(
    r5_3_what_the_center_announces_is_written_by_one_and_published_by_another,
    r5_3_a_withdrawn_announcement_says_so_under_its_number,
);

fn first_page() -> PageRequest {
    PageRequest {
        after: None,
        limit: 20,
    }
}

async fn published(app: &TestApp, title: &str) -> casework::Bulletin {
    let (maker, leader) = (app.actor("zhizuo"), app.actor("lingdao"));
    let id = app.platform.write_bulletin(&maker, title, "第一段\n第二段");
    let id = id.await.unwrap();
    let act = async |actor, version, act| {
        app.platform
            .act_on_bulletin(actor, id, version, &act)
            .await
            .unwrap()
    };
    act(&maker, 1, BulletinAct::HandIn).await;
    act(&leader, 2, BulletinAct::Publish).await
}

async fn r5_3_what_the_center_announces_is_written_by_one_and_published_by_another(app: TestApp) {
    let (maker, reviewer) = (app.actor("zhizuo"), app.actor("shenhe"));
    let agent = app.actor("xian-jingban");
    let platform = &app.platform;
    let foreign = platform.write_bulletin(&agent, "通知", "正文").await;
    assert_eq!(code(&foreign.unwrap_err()), "wrong_role");
    let id = platform
        .write_bulletin(&maker, "系统停机维护的通知", "11月28日停机。")
        .await
        .unwrap();
    assert!(
        platform.bulletin(&agent, id).await.is_err(),
        "not yet public"
    );
    let listed = platform.published_bulletins(&first_page()).await.unwrap();
    assert!(listed.rows.is_empty());
    platform
        .act_on_bulletin(&maker, id, 1, &BulletinAct::HandIn)
        .await
        .unwrap();
    let told = platform.notices(reviewer.person).await.unwrap();
    assert!(told[0].notice.text.contains("系统停机维护的通知"));
    // The reviewer looked at it before its author changed it again: what was not read is not published.
    let revise = BulletinAct::Revise {
        title: "系统停机维护的通知".to_owned(),
        text: "11月29日停机。".to_owned(),
    };
    for act in [revise, BulletinAct::HandIn] {
        let (_, version) = platform.bulletin(&maker, id).await.unwrap();
        platform
            .act_on_bulletin(&maker, id, version, &act)
            .await
            .unwrap();
    }
    let stale = platform
        .act_on_bulletin(&reviewer, id, 2, &BulletinAct::Publish)
        .await;
    assert_eq!(code(&stale.unwrap_err()), "conflict");
    let (_, version) = platform.bulletin(&reviewer, id).await.unwrap();
    let done = platform
        .act_on_bulletin(&reviewer, id, version, &BulletinAct::Publish)
        .await
        .unwrap();
    assert_eq!(
        (done.number, done.state),
        (Some(1), BulletinState::Published)
    );
    let listed = platform.published_bulletins(&first_page()).await.unwrap();
    assert_eq!(listed.rows[0].text, "11月29日停机。");
    let told = platform.notices(maker.person).await.unwrap();
    assert!(told[0].notice.text.contains("已发布"));
    let filter = LedgerFilter {
        subject: Some(id.to_string()),
        ..LedgerFilter::default()
    };
    let entries = platform
        .ledger_entries(&app.actor("shenji"), &filter, &first_page())
        .await
        .unwrap();
    let kinds: Vec<_> = entries
        .rows
        .iter()
        .map(|row| row.entry.kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "bulletin.published",
            "bulletin.handed_in",
            "bulletin.revised",
            "bulletin.handed_in",
            "bulletin.written"
        ]
    );
}

async fn r5_3_a_withdrawn_announcement_says_so_under_its_number(app: TestApp) {
    let first = published(&app, "办理时间调整的通知").await;
    let second = published(&app, "办理地点搬迁的公告").await;
    assert_eq!((first.number, second.number), (Some(1), Some(2)));
    let leader = app.actor("lingdao");
    let withdraw = |reason: &str| BulletinAct::Withdraw {
        reason: reason.to_owned(),
    };
    let (_, version) = app.platform.bulletin(&leader, first.id).await.unwrap();
    let personal = app
        .platform
        .act_on_bulletin(&leader, first.id, version, &withdraw("详询 13800001234"))
        .await;
    assert_eq!(code(&personal.unwrap_err()), "text_personal");
    app.platform
        .act_on_bulletin(&leader, first.id, version, &withdraw("时间有误"))
        .await
        .unwrap();
    let listed = app
        .platform
        .published_bulletins(&first_page())
        .await
        .unwrap();
    let numbers: Vec<_> = listed.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [Some(2)]);
    let gone = app.platform.published_bulletin(1).await.unwrap();
    assert_eq!(gone.state, BulletinState::Withdrawn);
    assert!(app.platform.published_bulletin(3).await.is_err());
    let wrong = PageRequest {
        after: Some("x'".to_owned()),
        limit: 20,
    };
    let refused = app.platform.published_bulletins(&wrong).await;
    assert_eq!(code(&refused.unwrap_err()), "page_unreadable");
}
