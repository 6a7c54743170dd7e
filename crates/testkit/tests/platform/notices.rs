//! R4.6: notices at every step that someone waits for, in the platform, by e-mail and by short message; a failed one is
//! retried and shown, and none is sent twice.

use std::sync::Arc;

use casework::{Act, CorrectionPoint, Stage};
use jiff::SignedDuration;
use notify::{Gateway, MailSecurity, SmsSettings, Smtp};
use platform::ports::store::{Channel, DeliveryState, PageRequest};
use platform::ports::{Mail, SendError, ShortMessages};
use platform::{Contact, NoticeChannels, NoticeText};
use testkit::{MailServer, SmsGateway, TestApp, code};

on_both!(
    r4_6_every_step_that_someone_waits_for_is_told,
    r4_6_a_failed_notice_is_retried_and_arrives_once,
    r4_6_a_notice_given_up_is_shown_and_sent_again_to_the_corrected_number,
    r4_6_people_choose_how_they_are_told,
    r4_6_two_processes_send_each_notice_once,
    r4_6_the_mail_servers_own_words_are_kept_without_the_address,
    r4_6_an_office_changes_the_words,
);

async fn r4_6_every_step_that_someone_waits_for_is_told(mut app: TestApp) {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let gateway = SmsGateway::start().await;
    connect(&mut app, Some(&server), Some(&gateway)).await;
    let filed = app.draft().await;
    app.go_on_until(filed, Stage::Acceptance).await;
    let view = app.case(filed).await;
    let points = vec![CorrectionPoint {
        application: None,
        field: None,
        item: None,
        message: "红头函未写明用途".to_owned(),
    }];
    app.by(
        "zhizuo",
        filed,
        Act::RequestCorrection {
            points,
            checklist: Vec::new(),
        },
    )
    .await;
    app.by("xian-jingban", filed, Act::Resubmit { remark: None })
        .await;
    app.go_on_until(filed, Stage::Collection).await;
    app.collect(filed).await;
    app.platform.deliver_due().await.unwrap();

    // Who was told what, inside the platform.
    for (login, words) in [
        ("xian-shenpi", "请您审批"),
        ("xian-jingban", "已经单位审批同意"),
        ("huizong", "请核对、汇总"),
        ("xian-jingban", "已由汇总办理单位递交中心"),
        ("zhizuo", "请受理"),
        ("xian-jingban", "由受理退回补正：红头函未写明用途"),
        ("xian-jingban", "已受理，进入初审"),
        ("shenhe", "请初审"),
        ("lingdao", "请终审"),
        ("xian-jingban", "终审已通过"),
        ("zhizuo", "请办理印章"),
        ("zhizuo", "已办理完成，请继续"),
        ("xian-jingban", "领取"),
        ("xian-jingban", "已办结"),
        ("xian-shenpi", "已办结"),
        ("xian-jingban", "的状态变更为：有效"),
    ] {
        let told = texts(&app, login).await;
        assert!(
            told.iter().any(|text| text.contains(words)),
            "{login} {words}: {told:#?}"
        );
    }
    // The one who acts is not told of what they did.
    let told = texts(&app, "huizong").await;
    assert_eq!(told.len(), 1, "{told:#?}");

    let letters = server.letters();
    let number = view.case.number.to_string();
    let to_approver: Vec<_> = letters
        .iter()
        .filter(|letter| letter["to"][0] == "xian-shenpi@fujian.example.cn")
        .collect();
    let first = to_approver[0];
    assert_eq!(
        first["subject"].as_str().unwrap(),
        format!("请审批：印章申请 {number}")
    );
    let text = first["text"].as_str().unwrap();
    for part in [
        "您好：",
        "请您审批",
        &number,
        &format!("http://127.0.0.1:8080/desk/cases/{}", filed.case),
        "0591-86303903",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(first["automatic"], "auto-generated");

    let messages = gateway.delivered();
    assert!(messages.len() > 6, "{messages:#?}");
    for message in &messages {
        let text = message["text"].as_str().unwrap();
        assert!(text.chars().count() <= 75, "{text}");
        assert!(!text.contains("闽侯县政务服务"), "{text}");
    }
    // Nothing is due any more, and nothing was sent twice.
    assert_eq!(app.platform.deliver_due().await.unwrap(), 0);
    assert_eq!(gateway.requests().len(), messages.len());
    assert_unique(letters.iter().map(|letter| letter["id"].to_string()));
}

async fn r4_6_a_failed_notice_is_retried_and_arrives_once(mut app: TestApp) {
    let Some(server) = MailServer::start(3) else {
        return;
    };
    let gateway = SmsGateway::start().await;
    connect(&mut app, Some(&server), Some(&gateway)).await;
    gateway.busy(2);
    let filed = app.draft().await;
    app.by("xian-jingban", filed, Act::Submit).await;
    for _ in 0..6 {
        app.platform.deliver_due().await.unwrap();
        app.clock.advance(SignedDuration::from_mins(20));
    }
    let letters = server.letters();
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!(gateway.requests().len(), 1);
    let view = newest(&app, "xian-shenpi").await;
    for (channel, attempts) in [(Channel::Mail, 4), (Channel::Sms, 3)] {
        let delivery = view
            .deliveries
            .iter()
            .find(|delivery| delivery.channel == channel)
            .unwrap();
        assert_eq!(delivery.state, DeliveryState::Sent);
        assert_eq!(delivery.attempts, attempts);
    }
}

async fn r4_6_a_notice_given_up_is_shown_and_sent_again_to_the_corrected_number(mut app: TestApp) {
    let gateway = SmsGateway::start().await;
    connect(&mut app, None, Some(&gateway)).await;
    let approver = app.account("xian-shenpi").clone();
    gateway.refuse(approver.mobile.as_ref().unwrap().as_str());
    let filed = app.draft().await;
    app.by("xian-jingban", filed, Act::Submit).await;
    app.platform.deliver_due().await.unwrap();

    let view = newest(&app, "xian-shenpi").await;
    assert_eq!(view.deliveries[0].state, DeliveryState::Failed);
    let failed = failures(&app, "xitong").await;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].name, approver.name);
    assert!(failed[0].address.as_ref().unwrap().contains("****"));
    let reason = failed[0].delivery.last_error.clone().unwrap();
    assert!(reason.contains("短信网关拒绝了该短信"), "{reason}");
    // On the page of the case for its unit, and not for others.
    let agent = app.actor("xian-jingban");
    let shown = app
        .platform
        .case_failed_deliveries(&agent, filed.case)
        .await
        .unwrap();
    assert_eq!(shown.len(), 1);
    let stranger = app.actor("shenhe");
    let error = app
        .platform
        .case_failed_deliveries(&stranger, filed.case)
        .await;
    assert_eq!(code(&error.unwrap_err()), "not_found");
    let error = app.platform.failed_deliveries(&agent, &page()).await;
    assert_eq!(code(&error.unwrap_err()), "forbidden");

    // The Center sends it again, the administrator corrects the number.
    let id = failed[0].delivery.id;
    let (maker, administrator) = (app.actor("zhizuo"), app.actor("xitong"));
    let corrected = Some("13950000001".parse().unwrap());
    let error = app
        .platform
        .correct_contact(&maker, approver.id, corrected, None)
        .await;
    assert_eq!(code(&error.unwrap_err()), "forbidden");
    app.platform
        .correct_contact(&administrator, approver.id, corrected, None)
        .await
        .unwrap();
    app.platform.deliver_again(&maker, id).await.unwrap();
    let error = app.platform.deliver_again(&maker, id).await;
    assert_eq!(code(&error.unwrap_err()), "delivery_not_failed");
    app.platform.deliver_due().await.unwrap();
    assert_eq!(gateway.delivered().len(), 1);
    assert_eq!(gateway.delivered()[0]["to"], "13950000001");
    assert!(failures(&app, "xitong").await.is_empty());
    app.platform.audit_ledger().await.unwrap();
}

async fn r4_6_people_choose_how_they_are_told(mut app: TestApp) {
    let gateway = SmsGateway::start().await;
    connect(&mut app, None, Some(&gateway)).await;
    let approver = app.account("xian-shenpi").clone();
    let wants = |sms| Contact {
        mobile: approver.mobile,
        email: None,
        wants: NoticeChannels { mail: true, sms },
    };
    app.platform
        .change_contact(approver.id, wants(false))
        .await
        .unwrap();
    let filed = app.draft().await;
    app.by("xian-jingban", filed, Act::Submit).await;
    app.platform.deliver_due().await.unwrap();
    assert!(gateway.requests().is_empty());
    let view = newest(&app, "xian-shenpi").await;
    assert!(view.notice.text.contains("请您审批") && view.deliveries.is_empty());

    app.platform
        .change_contact(approver.id, wants(true))
        .await
        .unwrap();
    let another = app.draft().await;
    app.by("xian-jingban", another, Act::Submit).await;
    app.platform.deliver_due().await.unwrap();
    assert_eq!(gateway.requests().len(), 1);
    // Contact data are not readable in the register.
    let account = app.platform.account(approver.id).await.unwrap();
    assert_eq!(account.mobile, approver.mobile);
}

async fn r4_6_two_processes_send_each_notice_once(mut app: TestApp) {
    let gateway = SmsGateway::start().await;
    connect(&mut app, None, Some(&gateway)).await;
    let filed = app.file_until(Stage::Collection).await;
    app.collect(filed).await;
    let platforms = [&app.platform; 4].map(Arc::clone);
    let tasks = platforms.map(|platform| {
        tokio::spawn(async move {
            // SQLite may answer that it is busy; the next turn goes on.
            while platform.deliver_due().await.unwrap() > 0 {}
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    let requests = gateway.requests();
    assert!(requests.len() > 4);
    assert_unique(requests.iter().map(|request| request["id"].to_string()));
}

async fn r4_6_the_mail_servers_own_words_are_kept_without_the_address(mut app: TestApp) {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    connect(&mut app, Some(&server), None).await;
    let approver = app.account("xian-shenpi").clone();
    let contact = Contact {
        mobile: approver.mobile,
        email: Some("nobody@fujian.example.cn".parse().unwrap()),
        wants: NoticeChannels::default(),
    };
    app.platform
        .change_contact(approver.id, contact)
        .await
        .unwrap();
    let filed = app.draft().await;
    app.by("xian-jingban", filed, Act::Submit).await;
    app.platform.deliver_due().await.unwrap();
    assert!(server.letters().is_empty());
    let failed = failures(&app, "zhizuo").await;
    assert_eq!(failed[0].delivery.state, DeliveryState::Failed);
    let reason = failed[0].delivery.last_error.clone().unwrap();
    assert!(
        reason.contains("550") && reason.contains("no such mailbox"),
        "{reason}"
    );
    assert!(!reason.contains("nobody@"), "{reason}");
}

async fn r4_6_an_office_changes_the_words(mut app: TestApp) {
    let gateway = SmsGateway::start().await;
    connect(&mut app, None, Some(&gateway)).await;
    let text = NoticeText {
        inside: "{单位}：{办件编号}待批".to_owned(),
        sms: "待批{办件编号}，详询{电话}".to_owned(),
        ..NoticeText::default()
    };
    let propose = async |login: &str, text: NoticeText| {
        app.platform
            .propose_text(&app.actor(login), "case_to_approve", text, "统一用语")
            .await
            .map_err(|error| code(&error))
    };
    let wrong = NoticeText {
        sms: "{身份证号}".to_owned(),
        ..text.clone()
    };
    assert_eq!(
        propose("xitong", wrong).await,
        Err("template_field_unknown".to_owned())
    );
    assert_eq!(
        propose("zhizuo", text.clone()).await,
        Err("wrong_role".to_owned())
    );
    let (system, security) = (app.actor("xitong"), app.actor("anquan"));
    let (words, _) = app
        .platform
        .notice_words(&system, "case_to_approve")
        .await
        .unwrap();
    assert_eq!(
        propose("xitong", words.text.clone()).await,
        Err("template_unchanged".to_owned())
    );
    let preview = app
        .platform
        .preview_notice(&system, "case_to_approve", &text)
        .await
        .unwrap();
    assert_eq!(preview.sms, "待批闽印2026-000001-2，详询0591-86303903");
    assert_eq!((preview.sms_length, preview.sms_parts), (33, 1));
    assert_eq!(preview.mail, "");

    // Proposed by one, in force when another has released it, and both are told.
    let proposal = propose("xitong", text.clone()).await.unwrap();
    let waiting = newest(&app, "anquan").await;
    assert!(waiting.notice.text.contains("通知文本变更"));
    assert_eq!(
        waiting.notice.link,
        format!("/desk/admin/proposals/{proposal}")
    );
    let own = app.platform.release(&system, proposal).await;
    assert_eq!(code(&own.unwrap_err()), "wrong_role");
    app.platform.release(&security, proposal).await.unwrap();
    let told = newest(&app, "xitong").await;
    assert!(told.notice.text.contains("已通过"), "{}", told.notice.text);
    let (words, history) = app
        .platform
        .notice_words(&app.actor("shenji"), "case_to_approve")
        .await
        .unwrap();
    assert!(words.is_changed() && words.text == text && history.len() == 1);
    let filed = app.draft().await;
    app.by("xian-jingban", filed, Act::Submit).await;
    app.platform.deliver_due().await.unwrap();
    let number = app.case(filed).await.case.number;
    let view = newest(&app, "xian-shenpi").await;
    assert!(view.notice.text.ends_with(&format!("：{number}待批")));
    assert_eq!(
        gateway.requests()[0]["text"].as_str().unwrap(),
        format!("【印信】待批{number}，详询0591-86303903")
    );
}

/// Killed at every call of a port while it sends: each message is delivered once, by a gateway that knows repetitions.
#[tokio::test]
async fn r4_6_killed_at_any_moment_a_notice_arrives_once() {
    let mut origin = TestApp::sqlite().await;
    let quiet = SmsGateway::start().await;
    connect(&mut origin, None, Some(&quiet)).await;
    let filed = origin.draft().await;
    origin.by("xian-jingban", filed, Act::Submit).await;
    let mut repeated = 0;
    for call in 1..=8 {
        let gateway = SmsGateway::start().await;
        let mut app = origin.copy().await;
        connect_only(&mut app, None, Some(Arc::new(gateway.adapter()))).await;
        app.faults.die_at(call);
        let _ = app.platform.deliver_due().await;
        app.restart().await;
        app.clock.advance(SignedDuration::from_hours(1));
        app.platform.deliver_due().await.unwrap();
        assert_eq!(gateway.delivered().len(), 1, "killed at call {call}");
        repeated += usize::from(gateway.requests().len() > 1);
        let view = newest(&app, "xian-shenpi").await;
        assert_eq!(view.deliveries[0].state, DeliveryState::Sent);
    }
    assert!(
        repeated > 0,
        "one kill was between sending and recording, and the gateway noticed the repetition"
    );
}

/// The same with a mail server: the letter that came again is recognised by its Message-ID.
#[tokio::test]
async fn r4_6_a_letter_sent_again_after_a_kill_has_the_same_message_id() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let mut origin = TestApp::sqlite().await;
    connect(&mut origin, Some(&server), None).await;
    let filed = origin.draft().await;
    origin.by("xian-jingban", filed, Act::Submit).await;
    let mut most = 0;
    for call in 1..=6 {
        let Some(server) = MailServer::start(0) else {
            return;
        };
        let mut app = origin.copy().await;
        let mail = Smtp::new(&server.settings()).unwrap();
        connect_only(&mut app, Some(Arc::new(mail)), None).await;
        app.faults.die_at(call);
        let _ = app.platform.deliver_due().await;
        app.restart().await;
        app.platform.deliver_due().await.unwrap();
        let mut ids: Vec<_> = server
            .letters()
            .iter()
            .map(|letter| letter["id"].to_string())
            .collect();
        most = most.max(ids.len());
        ids.dedup();
        assert_eq!(ids.len(), 1, "killed at call {call}: {ids:?}");
    }
    assert_eq!(most, 2, "one kill was between sending and recording");
}

/// A gateway that would not notice a repetition: nothing is sent again without a person.
#[tokio::test]
async fn r4_6_an_unknown_fate_is_left_to_a_person() {
    let mut app = TestApp::sqlite().await;
    let gateway = SmsGateway::start().await;
    let settings = SmsSettings {
        deduplicates: false,
        ..gateway.settings()
    };
    let sms = Gateway::new(settings).unwrap();
    connect_only(&mut app, None, Some(Arc::new(sms))).await;
    let filed = app.draft().await;
    app.by("xian-jingban", filed, Act::Submit).await;
    // Taken, looked up, sent, and dead before it is recorded.
    app.faults.die_at(4);
    let _ = app.platform.deliver_due().await;
    assert_eq!(gateway.requests().len(), 1);
    app.restart().await;
    app.clock.advance(SignedDuration::from_hours(1));
    app.platform.deliver_due().await.unwrap();
    assert_eq!(gateway.requests().len(), 1);
    let failed = failures(&app, "zhizuo").await;
    assert_eq!(failed[0].delivery.state, DeliveryState::Unknown);
    app.platform
        .deliver_again(&app.actor("zhizuo"), failed[0].delivery.id)
        .await
        .unwrap();
    app.platform.deliver_due().await.unwrap();
    assert_eq!(gateway.requests().len(), 2);
}

/// STARTTLS is asked for and used, with a certificate of one's own authority and a password.
#[tokio::test]
async fn r4_6_the_way_to_the_mail_server_is_protected() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let made = std::process::Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext"])
        .arg("subjectAltName=DNS:localhost,IP:127.0.0.1")
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        println!("skipped: no openssl to make a certificate with");
        return;
    }
    let (certificate_path, key_path) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let Some(server) = MailServer::with_tls(certificate_path, key_path) else {
        return;
    };
    let protected = notify::MailSettings {
        security: MailSecurity::StartTls,
        login: Some(("seal".to_owned(), "right".to_owned())),
        authority: Some(std::fs::read(&certificate).unwrap()),
        ..server.settings()
    };
    let letter = platform::ports::Letter {
        id: uuid::Uuid::from_u128(7),
        written_at: "2026-11-22T02:30:00Z".parse().unwrap(),
        to: "lin@fujian.example.cn".parse().unwrap(),
        name: "林经办".to_owned(),
        subject: "请审批：印章申请".to_owned(),
        text: "第一行\n第二行䶮".to_owned(),
    };
    let send =
        async |settings: &notify::MailSettings| Smtp::new(settings).unwrap().send(&letter).await;
    assert_eq!(send(&protected).await, Ok(()));
    let letters = server.letters();
    assert_eq!(letters[0]["tls"], true);
    assert_eq!(
        letters[0]["text"].as_str().unwrap().trim(),
        "第一行\r\n第二行䶮"
    );

    // A wrong password is trouble of ours: nothing is lost. A stranger's certificate is not taken.
    let mut wrong = protected.clone();
    wrong.login = Some(("seal".to_owned(), "wrong".to_owned()));
    assert!(matches!(send(&wrong).await, Err(SendError::Transient(_))));
    let mut stranger = protected.clone();
    stranger.authority = None;
    assert!(matches!(
        send(&stranger).await,
        Err(SendError::Transient(_))
    ));
    let mut plain = protected;
    plain.security = MailSecurity::None;
    plain.login = None;
    assert!(send(&plain).await.is_err());
    assert_eq!(server.letters().len(), 1);
}

/// Gives the platform its ways out, and everybody an address.
async fn connect(app: &mut TestApp, server: Option<&MailServer>, gateway: Option<&SmsGateway>) {
    let mail =
        server.map(|server| -> Arc<dyn Mail> { Arc::new(Smtp::new(&server.settings()).unwrap()) });
    let sms = gateway.map(|gateway| -> Arc<dyn ShortMessages> { Arc::new(gateway.adapter()) });
    connect_only(app, mail, sms).await;
    for login in ["xian-jingban", "xian-shenpi"] {
        let account = app.account(login).clone();
        let contact = Contact {
            mobile: account.mobile,
            email: Some(format!("{login}@fujian.example.cn").parse().unwrap()),
            wants: NoticeChannels::default(),
        };
        app.platform
            .change_contact(account.id, contact)
            .await
            .unwrap();
    }
}

async fn connect_only(
    app: &mut TestApp,
    mail: Option<Arc<dyn Mail>>,
    sms: Option<Arc<dyn ShortMessages>>,
) {
    app.connect(mail, sms).await;
}

async fn texts(app: &TestApp, login: &str) -> Vec<String> {
    let person = app.account(login).id;
    let notices = app.platform.notices(person).await.unwrap();
    notices.into_iter().map(|view| view.notice.text).collect()
}

async fn newest(app: &TestApp, login: &str) -> platform::NoticeView {
    let person = app.account(login).id;
    app.platform.notices(person).await.unwrap().swap_remove(0)
}

async fn failures(app: &TestApp, login: &str) -> Vec<platform::FailedDelivery> {
    let actor = app.actor(login);
    let found = app.platform.failed_deliveries(&actor, &page()).await;
    found.unwrap().rows
}

fn page() -> PageRequest {
    PageRequest {
        after: None,
        limit: 50,
    }
}

fn assert_unique(values: impl Iterator<Item = String>) {
    let mut values: Vec<_> = values.collect();
    let all = values.len();
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), all);
}
