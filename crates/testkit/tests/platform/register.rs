//! The seal register: loss of control, the Center's own acts, filing, search, and what the public sees (R5).

use casework::{
    CallBack, DivisionCode, Level, Reason, ReportChannel, SealAct, SealId, SealKind, SealState,
};
use jiff::SignedDuration;
use platform::StatusQuery;
use platform::ports::store::{AnnouncementFilter, FollowUp, PageRequest, SealFilter};
use testkit::{PIN, TestApp, code};

on_both!(
    r5_2_a_report_suspends_at_once_and_a_stamp_in_between_is_refused,
    r5_2_two_people_report_the_same_loss_at_once,
    r5_2_a_bag_of_keys_is_reported_in_one_go,
    r5_2_the_center_suspends_by_telephone_and_calls_back,
    r5_2_the_follow_up_is_listed_and_reminded_of,
    r5_2_hostile_reports_change_nothing,
    r5_1_the_unit_asks_for_its_seal_back_and_somebody_else_resumes_it,
    r5_1_the_center_cancels_and_voids_by_itself_with_a_basis,
    r5_1_every_seal_is_filed_with_its_first_use,
    r5_1_the_province_finds_a_seal_by_everything_on_it,
    r5_3_nothing_personal_is_public,
);

fn lost() -> SealAct {
    report(
        "昨夜办公室被盗，USB KEY 和口令一并丢失",
        ReportChannel::Platform,
    )
}

fn report(account: &str, channel: ReportChannel) -> SealAct {
    SealAct::Suspend {
        reason: Reason::LossOfControl,
        account: account.to_owned(),
        channel,
        effective_at: None,
    }
}

fn many() -> PageRequest {
    PageRequest {
        after: None,
        limit: 100,
    }
}

async fn state(app: &TestApp, seal: SealId) -> SealState {
    let seal = app.platform.seal(&app.actor("zhizuo"), seal).await.unwrap();
    seal.state(app.platform.now())
}

async fn r5_2_a_report_suspends_at_once_and_a_stamp_in_between_is_refused(app: TestApp) {
    let seal = app.made_seal().await;
    let request = app.approved_use(seal, testkit::ofd(1)).await;
    let before = app.platform.now() - SignedDuration::from_secs(1);
    let approver = app.actor("xian-shenpi");
    let reported = app
        .platform
        .report_losses(&approver, &[seal], lost())
        .await
        .unwrap();
    assert!(reported[0].refused.is_none());
    // No job has run, and no time has passed.
    let agent = app.actor("xian-jingban");
    let error = app.platform.stamp(&agent, request, PIN).await.unwrap_err();
    assert_eq!(code(&error), "seal_not_usable");
    let serial = app
        .platform
        .seal(&agent, seal)
        .await
        .unwrap()
        .certificate
        .clone();
    let query = StatusQuery::Serial(serial);
    let now = app.platform.public_status(&query, None).await.unwrap();
    assert_eq!(now.seal.state, SealState::Suspended);
    let then = app
        .platform
        .public_status(&query, Some(before))
        .await
        .unwrap();
    assert_eq!(then.seal.state, SealState::Active);
    assert_eq!(then.state_now, SealState::Suspended);
    app.run_jobs().await;
    assert_eq!(
        app.platform.crl().await.unwrap().len(),
        1,
        "certificateHold"
    );
}

async fn r5_2_two_people_report_the_same_loss_at_once(app: TestApp) {
    let seal = app.made_seal().await;
    let (agent, approver) = (app.actor("xian-jingban"), app.actor("xian-shenpi"));
    let bag = [seal];
    let (one, other) = tokio::join!(
        app.platform.change_seal(&agent, seal, lost()),
        app.platform.report_losses(&approver, &bag, lost()),
    );
    let refused: Vec<String> = [one.map(drop), other.map(drop)]
        .into_iter()
        .filter_map(|outcome| outcome.err().map(|error| code(&error)))
        .collect();
    assert_eq!(refused, ["seal_already_suspended"], "one is done, one told");
    let record = app.platform.seal(&agent, seal).await.unwrap().record;
    assert_eq!(record.history.len(), 2);
}

async fn r5_2_a_bag_of_keys_is_reported_in_one_go(app: TestApp) {
    let first = app.made_seal().await;
    let second = app.made_seal().await;
    let agent = app.actor("xian-jingban");
    let stranger = app.actor("shi-jingban");
    let error = app
        .platform
        .report_losses(&stranger, &[first, second], lost())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "not_found");
    let none = app.platform.report_losses(&agent, &[], lost()).await;
    assert_eq!(code(&none.unwrap_err()), "no_seal_chosen");
    assert_eq!(state(&app, first).await, SealState::Active);

    app.suspend(first).await;
    let reported = app
        .platform
        .report_losses(&agent, &[first, second, second], lost())
        .await
        .unwrap();
    assert_eq!(reported.len(), 2, "a seal named twice is one seal");
    for outcome in reported {
        let expected = (outcome.seal == first).then_some("seal_already_suspended");
        assert_eq!(outcome.refused.map(|refusal| refusal.code), expected);
    }
    assert_eq!(state(&app, second).await, SealState::Suspended);

    // Cancelled: there is nothing to suspend, and nothing is changed.
    let cancel = SealAct::CancelExOfficio {
        reason: "持有单位已撤并".to_owned(),
        basis: "《国务院关于在线政务服务的若干规定》".to_owned(),
    };
    let leader = app.actor("lingdao");
    app.platform
        .change_seal(&leader, second, cancel)
        .await
        .unwrap();
    let error = app
        .platform
        .report_losses(&agent, &[second], lost())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "seal_state_unfit");
    assert_eq!(state(&app, second).await, SealState::Cancelled);
}

async fn r5_2_the_center_suspends_by_telephone_and_calls_back(app: TestApp) {
    let seal = app.made_seal().await;
    let maker = app.actor("zhizuo");
    let unit = app.account("xian-jingban").posts[0].unit.id;
    let numbers = app.platform.numbers_on_file(&maker, unit).await.unwrap();
    assert_eq!(numbers.len(), 2, "the unit's agent and approver");
    let agent = app.actor("xian-jingban");
    let error = app
        .platform
        .numbers_on_file(&agent, unit)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "forbidden");

    let call = |number: &str| ReportChannel::Telephone {
        caller: "林晓梅".to_owned(),
        call_back: Some(CallBack {
            called_back_on: number.to_owned(),
            at: app.platform.now(),
            by: app.actor("lingdao"),
        }),
    };
    let by_stranger = report("自称林晓梅来电", call("13999999999"));
    let error = app
        .platform
        .change_seal(&maker, seal, by_stranger)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "number_not_on_file");
    assert_eq!(state(&app, seal).await, SealState::Active);

    // At night nobody answers: suspended all the same, and watched until somebody was called back.
    let provisional = ReportChannel::Telephone {
        caller: "林晓梅".to_owned(),
        call_back: None,
    };
    app.platform
        .change_seal(&maker, seal, report("夜间来电，暂未能回拨", provisional))
        .await
        .unwrap();
    assert_eq!(state(&app, seal).await, SealState::Suspended);
    let waiting = app.platform.follow_ups(&maker, &many()).await.unwrap().rows;
    let now = app.platform.now();
    assert_eq!(waiting[0].follow_up(now).unwrap().0, FollowUp::CallBack);

    let at = app.clock.advance(SignedDuration::from_hours(8));
    let confirm = SealAct::ConfirmCall {
        called_back_on: numbers[0].number.clone(),
        called_back_at: at,
    };
    let sealed = app
        .platform
        .change_seal(&maker, seal, confirm)
        .await
        .unwrap();
    let Some(ReportChannel::Telephone {
        call_back: Some(made),
        ..
    }) = sealed.record.loss_report.clone().map(|r| r.channel)
    else {
        panic!("called back")
    };
    assert_eq!(
        made.by.person, maker.person,
        "who is signed in, whatever was sent"
    );
    assert_eq!(sealed.follow_up(at).unwrap().0, FollowUp::Case);
    // The number is a person's: it is unreadable at rest.
    let number = &numbers[0].number;
    let kept = std::fs::read(app.register_file()).unwrap_or_default();
    let found = kept.windows(number.len()).any(|w| w == number.as_bytes());
    assert!(!found, "the number stands in the register in the clear");
}

async fn r5_2_the_follow_up_is_listed_and_reminded_of(app: TestApp) {
    let seal = app.made_seal().await;
    app.suspend(seal).await;
    let (agent, maker) = (app.actor("xian-jingban"), app.actor("zhizuo"));
    let told = async |app: &TestApp, login: &str, word: &str| {
        let person = app.account(login).id;
        let notices = app.platform.notices(person).await.unwrap();
        notices
            .iter()
            .filter(|notice| notice.notice.text.contains(word))
            .count()
    };
    assert_eq!(told(&app, "xian-shenpi", "请在 2026年12月").await, 1);
    for actor in [&agent, &maker] {
        let open = app.platform.follow_ups(actor, &many()).await.unwrap().rows;
        assert_eq!(open.len(), 1);
    }
    let other = app.actor("shi-jingban");
    let open = app.platform.follow_ups(&other, &many()).await.unwrap().rows;
    assert!(open.is_empty(), "of one's own unit only");

    app.clock.advance(SignedDuration::from_hours(24 * 12 + 1));
    app.run_jobs().await;
    assert_eq!(
        told(&app, "xian-jingban", "前办理印章补办或印章撤销").await,
        1
    );
    assert_eq!(told(&app, "zhizuo", "仍未办理补办或撤销").await, 0);
    app.clock.advance(SignedDuration::from_hours(24 * 3));
    app.run_jobs().await;
    assert_eq!(told(&app, "zhizuo", "仍未办理补办或撤销").await, 1);
    let open = app.platform.follow_ups(&maker, &many()).await.unwrap().rows;
    let (what, due) = open[0].follow_up(app.platform.now()).unwrap();
    assert_eq!(what, FollowUp::Case);
    assert!(due < app.platform.now(), "overdue");

    // What was resumed has nothing left to follow.
    let resume = SealAct::Resume {
        reason: "印章找回，核查无异常使用".to_owned(),
    };
    app.platform
        .change_seal(&app.actor("shenhe"), seal, resume)
        .await
        .unwrap();
    let open = app.platform.follow_ups(&maker, &many()).await.unwrap().rows;
    assert!(open.is_empty());
}

async fn r5_2_hostile_reports_change_nothing(app: TestApp) {
    let seal = app.made_seal().await;
    let (agent, maker) = (app.actor("xian-jingban"), app.actor("zhizuo"));
    let caller = |caller: &str| ReportChannel::Telephone {
        caller: caller.to_owned(),
        call_back: None,
    };
    let long = "失".repeat(2001);
    for (actor, act, expected) in [
        (&agent, report(" ", ReportChannel::Platform), "text_empty"),
        (
            &agent,
            report(&long, ReportChannel::Platform),
            "text_too_long",
        ),
        (
            &agent,
            report("丢失\u{0}\u{1b}[2J", ReportChannel::Platform),
            "text_control_character",
        ),
        (&agent, report("丢失", caller("林晓梅")), "report_channel"),
        (
            &maker,
            report("丢失", ReportChannel::Platform),
            "report_channel",
        ),
        (
            &maker,
            report("丢失", caller("<script>alert(1)</script>")),
            "text_odd_character",
        ),
    ] {
        let error = app
            .platform
            .report_losses(actor, &[seal], act)
            .await
            .unwrap_err();
        assert_eq!(code(&error), expected);
    }
    let unknown = SealId::from_uuid(uuid::Uuid::nil());
    let error = app
        .platform
        .report_losses(&agent, &[seal, unknown], lost())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "not_found");
    assert_eq!(state(&app, seal).await, SealState::Active);
    // Markup is text: it is taken, and shown as it was typed.
    let markup = report(
        "<b>丢失</b>'; DROP TABLE seals; --",
        ReportChannel::Platform,
    );
    app.platform
        .report_losses(&agent, &[seal], markup)
        .await
        .unwrap();
    assert_eq!(state(&app, seal).await, SealState::Suspended);
}

async fn r5_1_the_unit_asks_for_its_seal_back_and_somebody_else_resumes_it(app: TestApp) {
    let seal = app.made_seal().await;
    app.suspend(seal).await;
    let agent = app.actor("xian-jingban");
    let reviewer = app.actor("shenhe");
    let ask = SealAct::RequestResumption {
        reason: "USB KEY 已在办公室找到".to_owned(),
    };
    app.platform
        .change_seal(&agent, seal, ask.clone())
        .await
        .unwrap();
    let open = app
        .platform
        .follow_ups(&reviewer, &many())
        .await
        .unwrap()
        .rows;
    let now = app.platform.now();
    assert_eq!(open[0].follow_up(now).unwrap().0, FollowUp::Resumption);
    let notices = app.platform.notices(reviewer.person).await.unwrap();
    assert!(
        notices
            .iter()
            .any(|n| n.notice.text.contains("申请恢复使用"))
    );
    let decline = SealAct::DeclineResumption {
        reason: "请先说明遗失期间的保管情况".to_owned(),
    };
    app.platform
        .change_seal(&reviewer, seal, decline)
        .await
        .unwrap();
    let told = app.platform.notices(agent.person).await.unwrap();
    assert!(told.iter().any(|n| n.notice.text.contains("不予恢复使用")));
    assert_eq!(state(&app, seal).await, SealState::Suspended);

    app.platform.change_seal(&agent, seal, ask).await.unwrap();
    let resume = SealAct::Resume {
        reason: "已核实保管情况".to_owned(),
    };
    app.platform
        .change_seal(&reviewer, seal, resume)
        .await
        .unwrap();
    assert_eq!(state(&app, seal).await, SealState::Active);
    app.run_jobs().await;
    assert_eq!(app.platform.crl().await.unwrap().len(), 0, "hold lifted");
    app.clock.advance(SignedDuration::from_mins(1));
    app.stamped_with(seal, testkit::ofd(1)).await;
}

async fn r5_1_the_center_cancels_and_voids_by_itself_with_a_basis(app: TestApp) {
    let seal = app.made_seal().await;
    let leader = app.actor("lingdao");
    let basis = "《国务院关于国家行政机关和企业事业单位社会团体印章管理的规定》第二十三条";
    let void = |basis: &str| SealAct::DeclareVoid {
        reason: "经查以虚假材料骗取制作".to_owned(),
        basis: basis.to_owned(),
    };
    let cancel = SealAct::CancelExOfficio {
        reason: "持有单位已撤并，逾期未申请撤销".to_owned(),
        basis: basis.to_owned(),
    };
    let refused = app
        .platform
        .change_seal(&app.actor("shenhe"), seal, cancel.clone())
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "wrong_role");
    app.platform
        .change_seal(&leader, seal, cancel)
        .await
        .unwrap();
    let refused = app
        .platform
        .change_seal(&leader, seal, void("张三 350102199001011234"))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "text_personal");
    app.clock.advance(SignedDuration::from_hours(1));
    let voided = app
        .platform
        .change_seal(&leader, seal, void(basis))
        .await
        .unwrap();
    let made_at = voided.record.made_at;
    app.run_jobs().await;

    let query = StatusQuery::Code(voided.record.code.to_string());
    let answer = app
        .platform
        .public_status(&query, Some(made_at))
        .await
        .unwrap();
    assert_eq!(answer.seal.state, SealState::Void, "from the start");
    let announced = app
        .platform
        .announcements(&AnnouncementFilter::default(), &many())
        .await
        .unwrap()
        .rows;
    let newest = &announced[0];
    assert_eq!(newest.status, "void");
    assert_eq!(newest.reason, Some(Reason::MadeUnlawfully));
    assert_eq!(newest.basis.as_deref(), Some(basis));
    assert_eq!(announced[1].reason, Some(Reason::ExOfficio));
    let one = app.platform.announcement(newest.number).await.unwrap();
    assert_eq!(&one, newest);
    let proof = app
        .platform
        .ledger_proof(newest.ledger_index)
        .await
        .unwrap();
    assert_eq!(proof.leaf.kind, "seal.void");
    assert_eq!(proof.leaf.facts["basis"], basis);
    let certificates = app.platform.seal_certificates(&leader, seal).await.unwrap();
    assert_eq!(
        certificates[0].revocation_reason.as_deref(),
        Some("privilegeWithdrawn")
    );
    let told = app
        .platform
        .notices(app.account("xian-shenpi").id)
        .await
        .unwrap();
    let told = told
        .iter()
        .filter(|n| n.notice.text.contains("依据"))
        .count();
    assert_eq!(told, 2, "the unit is told of both, with reason and basis");
}

async fn r5_1_every_seal_is_filed_with_its_first_use(app: TestApp) {
    let first = app.made_seal().await;
    let second = app.made_seal().await;
    let agent = app.actor("xian-jingban");
    let mut numbers = Vec::new();
    for id in [first, second] {
        let record = app.platform.seal(&agent, id).await.unwrap().record;
        let filing = record.filing.expect("filed");
        assert_eq!(filing.filed_at, record.history[0].recorded_at);
        numbers.push(filing.number.to_string());
    }
    assert_eq!(numbers, ["闽印备2026-000001", "闽印备2026-000002"]);
    let by_hand = SealAct::File {
        number: casework::FilingNumber::new(2026, 9),
    };
    let error = app
        .platform
        .change_seal(&app.actor("zhizuo"), first, by_hand)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "seal_act_by_case");
}

async fn r5_1_the_province_finds_a_seal_by_everything_on_it(app: TestApp) {
    let first = app.made_seal().await;
    let second = app.made_seal().await;
    app.suspend(second).await;
    let (maker, agent) = (app.actor("zhizuo"), app.actor("xian-jingban"));
    let record = app.platform.seal(&maker, first).await.unwrap();
    let now = app.platform.now();
    let all = SealFilter::default;
    let text = |text: &str| SealFilter {
        text: Some(text.to_owned()),
        ..all()
    };
    let serial = record.certificate.to_uppercase();
    let year = SignedDuration::from_hours(24 * 366);
    let city = |code: &str| SealFilter {
        city: Some(code.parse::<DivisionCode>().unwrap()),
        ..all()
    };
    for (filter, found) in [
        (all(), 2),
        (text(record.record.code.as_str()), 1),
        (text(&serial), 1),
        (text(&record.record.credit_code.to_string()), 2),
        (text("政务服务示范"), 2),
        (text("没有这个单位"), 0),
        (text("%"), 0),
        (city("350100"), 2),
        (city("350200"), 0),
        (
            SealFilter {
                level: Some(Level::County),
                kind: Some(SealKind::Unit),
                medium: Some(casework::Medium::Hosted),
                ..all()
            },
            2,
        ),
        (
            SealFilter {
                level: Some(Level::Province),
                ..all()
            },
            0,
        ),
        (
            SealFilter {
                state: Some((SealState::Suspended, now)),
                ..all()
            },
            1,
        ),
        (
            SealFilter {
                state: Some((SealState::Expired, now)),
                ..all()
            },
            0,
        ),
        (
            SealFilter {
                state: Some((SealState::Expired, now + year)),
                ..all()
            },
            2,
        ),
        (
            SealFilter {
                expiring: Some((now, now + year)),
                ..all()
            },
            2,
        ),
        (
            SealFilter {
                expiring: Some((now, now + SignedDuration::from_hours(24 * 60))),
                ..all()
            },
            0,
        ),
    ] {
        let rows = app
            .platform
            .seal_register(&maker, filter.clone(), &many())
            .await
            .unwrap()
            .rows;
        assert_eq!(rows.len(), found, "{filter:?}");
    }
    let counts = app.platform.seal_counts(&agent, all(), 10).await.unwrap();
    let of = |state| counts.iter().find(|(one, _)| *one == state).unwrap().1;
    assert_eq!(
        (
            of(None),
            of(Some(SealState::Active)),
            of(Some(SealState::Suspended))
        ),
        (Some(2), Some(1), Some(1))
    );
    // Another unit sees nothing of them, whatever it asks for.
    let other = app.actor("shi-jingban");
    let reach = SealFilter {
        unit: Some(record.record.unit),
        ..all()
    };
    let rows = app
        .platform
        .seal_register(&other, reach, &many())
        .await
        .unwrap()
        .rows;
    assert!(rows.is_empty());
    let error = app
        .platform
        .seal_register(&app.actor("shenji"), all(), &many())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "forbidden");
}

async fn r5_3_nothing_personal_is_public(app: TestApp) {
    let seal = app.made_seal().await;
    let agent = app.actor("xian-jingban");
    let account = "林晓梅 13800000001 把 USB KEY 遗失在出租车上";
    app.platform
        .report_losses(&agent, &[seal], report(account, ReportChannel::Platform))
        .await
        .unwrap();
    let record = app.platform.seal(&agent, seal).await.unwrap().record;
    let query = StatusQuery::Code(record.code.to_string());
    let answer = app.platform.public_status(&query, None).await.unwrap();
    let announced = app
        .platform
        .announcements(&AnnouncementFilter::default(), &many())
        .await
        .unwrap()
        .rows;
    let public = format!(
        "{answer:?}{announced:?}{:?}",
        app.platform.status_proof(&query).await.unwrap()
    );
    for login in ["xian-jingban", "xian-shenpi", "zhizuo", "shenhe"] {
        let person = app.account(login);
        assert!(!public.contains(&person.name), "{}", person.name);
        for private in [
            person.mobile.as_ref().map(ToString::to_string),
            person.resident_id.as_ref().map(ToString::to_string),
        ] {
            assert!(private.is_none_or(|private| !public.contains(&private)));
        }
    }
    assert!(
        !public.contains("出租车"),
        "what was told is for the Center"
    );
    for (filter, found) in [
        (AnnouncementFilter::default(), 2),
        (
            AnnouncementFilter {
                status: Some(casework::Status::Suspended),
                kind: Some(SealKind::Unit),
                ..AnnouncementFilter::default()
            },
            1,
        ),
        (
            AnnouncementFilter {
                text: Some(record.code.to_string()),
                ..AnnouncementFilter::default()
            },
            2,
        ),
        (
            AnnouncementFilter {
                from: Some(app.platform.now() + SignedDuration::from_hours(1)),
                ..AnnouncementFilter::default()
            },
            0,
        ),
    ] {
        let rows = app
            .platform
            .announcements(&filter, &many())
            .await
            .unwrap()
            .rows;
        assert_eq!(rows.len(), found, "{filter:?}");
    }
}
