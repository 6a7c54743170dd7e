//! Units, people, posts, deputies, settings and the ledger, through the platform (R1.1–R1.4).

use casework::{CreditCode, Policy, Post, Principal, ResidentId, Role, Unit, UnitId};
use jiff::SignedDuration;
use platform::ports::store::LedgerFilter;
use platform::{DemoAccount, DeputyWish, NewPerson, OfficeWish, PostChange};
use testkit::{TestApp, code};
use uuid::Uuid;

on_both!(
    r1_1_a_unit_is_checked_entered_and_keeps_its_former_name,
    r1_1_a_unit_files_its_approvers_and_the_center_takes_note,
    r1_2_a_person_is_entered_once_and_may_serve_two_units,
    r1_3_a_deputy_acts_under_both_names_while_it_lasts,
    r1_3_who_leaves_hands_the_open_cases_on,
    r1_4_nobody_gives_power_alone_or_to_themselves,
    r1_4_a_policy_holds_when_another_has_released_it,
    r1_4_locks_and_sessions_are_the_security_administrators,
    r1_4_the_auditor_checks_and_exports_and_that_is_written_down,
);

fn person(login: &str, id: &str, post: Post) -> NewPerson {
    NewPerson {
        login: login.to_owned(),
        name: "欧阳文".to_owned(),
        mobile: None,
        resident_id: ResidentId::complete(id).unwrap(),
        posts: vec![post],
        reason: "新任经办人".to_owned(),
    }
}

async fn r1_1_a_unit_is_checked_entered_and_keeps_its_former_name(app: TestApp) {
    let system = app.actor("xitong");
    let county = app.account("xian-jingban").posts[0].unit.clone();
    let unit = Unit {
        id: UnitId::from_uuid(Uuid::now_v7()),
        full_name: "闽侯县新设局".to_owned(),
        credit_code: CreditCode::complete("1135012100DEM0099").unwrap(),
        parent: Some(county.id),
        ..county.clone()
    };
    let by_maker = app
        .platform
        .create_unit(&app.actor("zhizuo"), unit.clone())
        .await;
    assert_eq!(code(&by_maker.unwrap_err()), "wrong_role");
    let nowhere = Unit {
        county: "350102".parse().unwrap(),
        city: "350200".parse().unwrap(),
        ..unit.clone()
    };
    let refused = app.platform.create_unit(&system, nowhere).await;
    assert_eq!(code(&refused.unwrap_err()), "unit_county_not_in_city");
    app.platform
        .create_unit(&system, unit.clone())
        .await
        .unwrap();
    let again = Unit {
        id: UnitId::from_uuid(Uuid::now_v7()),
        ..unit.clone()
    };
    let taken = app.platform.create_unit(&system, again).await;
    assert_eq!(code(&taken.unwrap_err()), "credit_code_taken");
    let before = app.platform.now();
    app.clock.advance(SignedDuration::from_hours(1));
    let renamed = Unit {
        full_name: "闽侯县更名局".to_owned(),
        ..unit.clone()
    };
    app.platform
        .edit_unit(&system, &unit, renamed.clone())
        .await
        .unwrap();
    let then = app.platform.unit_at(unit.id, before).await.unwrap();
    let now = app
        .platform
        .unit_at(unit.id, app.platform.now())
        .await
        .unwrap();
    assert_eq!((then, now), (unit, renamed));
}

async fn r1_1_a_unit_files_its_approvers_and_the_center_takes_note(app: TestApp) {
    let agent = app.actor("xian-jingban");
    let maker = app.actor("zhizuo");
    let wish = |approver| OfficeWish {
        competent_office: "数字化处".to_owned(),
        leader_in_charge: "陈国栋".to_owned(),
        approvers: vec![approver],
        remark: None,
    };
    let stranger = app.platform.file_office(&agent, wish(agent.person)).await;
    assert_eq!(code(&stranger.unwrap_err()), "approver_without_post");
    let approver = app.account("xian-shenpi").id;
    let id = app
        .platform
        .file_office(&agent, wish(approver))
        .await
        .unwrap();
    let twice = app.platform.file_office(&agent, wish(approver)).await;
    assert_eq!(code(&twice.unwrap_err()), "filing_waiting");
    let own = app.platform.answer_filing(&agent, id, None).await;
    assert_eq!(code(&own.unwrap_err()), "wrong_role");
    assert_eq!(app.platform.waiting_filings(&maker).await.unwrap().len(), 1);
    app.platform.answer_filing(&maker, id, None).await.unwrap();
    let unit = app.platform.unit(agent.post.unit).await.unwrap();
    assert_eq!(unit.competent_office, "数字化处");
    let filings = app.platform.filings(&agent, unit.id).await.unwrap();
    assert!(filings[0].is_acknowledged());
}

async fn r1_2_a_person_is_entered_once_and_may_serve_two_units(app: TestApp) {
    let (system, security) = (app.actor("xitong"), app.actor("anquan"));
    let unit = app.actor("xian-jingban").post.unit;
    let post = |role, unit| Post { role, unit };
    let new = person("ouyang", "35010219850203123", post(Role::Agent, unit));
    let (id, proposal) = app
        .platform
        .create_account(&system, new.clone())
        .await
        .unwrap();
    let twin = NewPerson {
        login: "ouyang-2".to_owned(),
        ..new
    };
    let twice = app.platform.create_account(&system, twin).await;
    assert_eq!(code(&twice.unwrap_err()), "resident_id_taken");
    let released = app.platform.release(&security, proposal).await.unwrap();
    let (login, password) = released.initial_password.unwrap();
    let account = app.platform.sign_in(&login, &password).await.unwrap();
    assert!(account.must_change);
    let weak = app
        .platform
        .change_password(id, &password, "ouyang-Min-2026")
        .await;
    assert_eq!(code(&weak.unwrap_err()), "password_guessable");
    app.platform
        .change_password(id, &password, "Jin-Jiang-2026")
        .await
        .unwrap();
    let second = PostChange {
        person: Principal {
            person: id,
            name: String::new(),
        },
        add: vec![post(Role::Agent, app.actor("shi-jingban").post.unit)],
        remove: Vec::new(),
        leaving: false,
        successor: None,
    };
    let proposal = app
        .platform
        .propose_posts(&system, second, "兼任")
        .await
        .unwrap();
    app.platform.release(&security, proposal).await.unwrap();
    let account = app
        .platform
        .sign_in("ouyang", "Jin-Jiang-2026")
        .await
        .unwrap();
    assert!(!account.must_change);
    assert_eq!(account.posts.len(), 2);
    assert_ne!(account.posts[0].unit.id, account.posts[1].unit.id);
}

async fn r1_3_a_deputy_acts_under_both_names_while_it_lasts(app: TestApp) {
    let approver = app.actor("xian-shenpi");
    let agent = app.account("xian-jingban").id;
    let now = app.platform.now();
    let wish = DeputyWish {
        post: approver.post,
        principal: approver.person,
        deputy: agent,
        from: now,
        until: now + SignedDuration::from_hours(48),
        reason: "出差".to_owned(),
    };
    app.platform.set_deputy(&approver, wish).await.unwrap();
    let account = app.platform.account(agent).await.unwrap();
    assert_eq!(account.posts.len(), 2);
    let deputy = account.actor(1).unwrap();
    assert_eq!(deputy.name, "林晓梅（代陈国栋）");
    // The deputy filed the case: as deputy they still cannot approve it.
    let filed = app.draft().await;
    let seen = app.platform.case(&deputy, filed.case).await.unwrap();
    assert!(!seen.allowed.contains(&casework::ActKind::ApproveInUnit));
    app.clock.advance(SignedDuration::from_hours(49));
    assert_eq!(app.platform.account(agent).await.unwrap().posts.len(), 1);
}

async fn r1_3_who_leaves_hands_the_open_cases_on(app: TestApp) {
    let (system, security) = (app.actor("xitong"), app.actor("anquan"));
    let filed = app.draft().await;
    let leaver = app.account("xian-jingban");
    let unit = leaver.posts[0].post.unit;
    let change = |successor| PostChange {
        person: Principal {
            person: leaver.id,
            name: String::new(),
        },
        add: Vec::new(),
        remove: Vec::new(),
        leaving: true,
        successor,
    };
    let alone = app
        .platform
        .propose_posts(&system, change(None), "调离")
        .await;
    assert_eq!(code(&alone.unwrap_err()), "successor_missing");
    let post = Post {
        role: Role::Agent,
        unit,
    };
    let new = person("ouyang", "35010219850203123", post);
    let (id, proposal) = app.platform.create_account(&system, new).await.unwrap();
    app.platform.release(&security, proposal).await.unwrap();
    let successor = Principal {
        person: id,
        name: "欧阳文".to_owned(),
    };
    let proposal = app
        .platform
        .propose_posts(&system, change(Some(successor)), "调离")
        .await
        .unwrap();
    let released = app.platform.release(&security, proposal).await.unwrap();
    assert_eq!(released.cases_handed_on, 1);
    let gone = app
        .platform
        .sign_in("xian-jingban", DemoAccount::PASSWORD)
        .await;
    assert_eq!(code(&gone.unwrap_err()), "sign_in_wrong");
    let heir = app.platform.account(id).await.unwrap().actor(0).unwrap();
    let case = app.platform.case(&heir, filed.case).await.unwrap().case;
    assert_eq!(case.agent().person, id);
}

async fn r1_4_nobody_gives_power_alone_or_to_themselves(app: TestApp) {
    let (system, security) = (app.actor("xitong"), app.actor("anquan"));
    let post = app.actor("xian-jingban").post;
    let new = person("ouyang", "35010219850203123", post);
    for other in ["anquan", "shenji", "zhizuo", "xian-shenpi"] {
        let refused = app
            .platform
            .create_account(&app.actor(other), new.clone())
            .await;
        assert_eq!(code(&refused.unwrap_err()), "wrong_role", "{other}");
    }
    let (_, proposal) = app.platform.create_account(&system, new).await.unwrap();
    for other in ["xitong", "shenji", "lingdao", "xian-shenpi"] {
        let refused = app.platform.release(&app.actor(other), proposal).await;
        assert_eq!(code(&refused.unwrap_err()), "wrong_role", "{other}");
    }
    app.platform
        .refuse_proposal(&security, proposal, "没有任命文件")
        .await
        .unwrap();
    let late = app.platform.release(&security, proposal).await;
    assert_eq!(code(&late.unwrap_err()), "proposal_decided");
    let own = PostChange {
        person: Principal {
            person: system.person,
            name: String::new(),
        },
        add: vec![post],
        remove: vec![system.post],
        leaving: false,
        successor: None,
    };
    let refused = app.platform.propose_posts(&system, own, "自己").await;
    let refused = code(&refused.unwrap_err());
    assert!(["administers_oneself", "last_administrator"].contains(&refused.as_str()));
    let takeover = app.platform.reset_password(&security, system.person).await;
    assert_eq!(
        code(&takeover.unwrap_err()),
        "administrator_reset_on_console"
    );
}

async fn r1_4_a_policy_holds_when_another_has_released_it(app: TestApp) {
    let (system, security) = (app.actor("xitong"), app.actor("anquan"));
    let policy = Policy {
        renewal_window_days: 45,
        ..Policy::clone(&app.platform.policy())
    };
    let id = app
        .platform
        .propose_policy(&system, policy, "提前办理")
        .await
        .unwrap();
    assert_eq!(app.platform.policy().renewal_window_days, 30);
    let own = app.platform.release(&system, id).await;
    assert_eq!(code(&own.unwrap_err()), "wrong_role");
    app.platform.release(&security, id).await.unwrap();
    assert_eq!(app.platform.policy().renewal_window_days, 45);
    assert_eq!(app.platform.policy_and_version().1, 1);
    let history = app.platform.policy_history(&security).await.unwrap();
    assert_eq!(history.len(), 1);
}

async fn r1_4_locks_and_sessions_are_the_security_administrators(app: TestApp) {
    let security = app.actor("anquan");
    let maker = app.account("zhizuo").id;
    for _ in 0..5 {
        assert!(app.platform.sign_in("zhizuo", "wrong").await.is_err());
    }
    let locked = app.platform.sign_in("zhizuo", DemoAccount::PASSWORD).await;
    assert_eq!(code(&locked.unwrap_err()), "sign_in_resting");
    let by_other = app
        .platform
        .unlock_account(&app.actor("xitong"), maker)
        .await;
    assert_eq!(code(&by_other.unwrap_err()), "wrong_role");
    app.platform.unlock_account(&security, maker).await.unwrap();
    app.platform
        .sign_in("zhizuo", DemoAccount::PASSWORD)
        .await
        .unwrap();
    let end = app.platform.now() + SignedDuration::from_hours(24);
    app.platform
        .session_save("token", Some(maker), "{}".to_owned(), end)
        .await
        .unwrap();
    let sessions = app.platform.sessions(&security).await.unwrap();
    assert_eq!(sessions.len(), 1);
    app.platform
        .end_session(&security, &sessions[0].key)
        .await
        .unwrap();
    assert!(app.platform.session_load("token").await.unwrap().is_none());
    app.platform
        .session_save("idle", Some(maker), "{}".to_owned(), end)
        .await
        .unwrap();
    app.clock.advance(SignedDuration::from_mins(61));
    assert!(app.platform.session_load("idle").await.unwrap().is_none());
}

async fn r1_4_the_auditor_checks_and_exports_and_that_is_written_down(app: TestApp) {
    let auditor = app.actor("shenji");
    let all = LedgerFilter::default();
    let other = app.platform.export_ledger(&app.actor("anquan"), &all).await;
    assert_eq!(code(&other.unwrap_err()), "wrong_role");
    let entries = app.platform.audit(&auditor).await.unwrap();
    assert!(entries > 10);
    let lines = app.platform.export_ledger(&auditor, &all).await.unwrap();
    // Each line is a whole proof; the command `yinxin ledger verify` checks them.
    for line in lines.lines() {
        let proof: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(proof.is_object());
    }
    assert!(lines.contains("audit.checked"));
}
