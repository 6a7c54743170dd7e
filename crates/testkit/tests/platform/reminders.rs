//! R5.4: expiry is announced to holders 60, 30 and 7 days ahead; R4.6: deadlines are reminded of. Once each, and after a
//! pause not all at once.

use std::sync::Arc;

use casework::{Act, CorrectionPoint, Stage};
use jiff::SignedDuration;
use platform::ports::ShortMessages;
use testkit::{SmsGateway, TestApp};

on_both!(
    r5_4_expiry_is_announced_60_30_and_7_days_ahead_once_each,
    r5_4_after_a_pause_one_notice_is_sent_and_not_three,
    r5_4_a_seal_that_is_no_longer_valid_is_not_announced,
    r4_6_deadlines_are_reminded_of_before_and_after,
);

const DAY: i64 = 24;

async fn r5_4_expiry_is_announced_60_30_and_7_days_ahead_once_each(mut app: TestApp) {
    let gateway = SmsGateway::start().await;
    let sms: Arc<dyn ShortMessages> = Arc::new(gateway.adapter());
    app.connect(None, Some(sms)).await;
    let seal = app.made_seal().await;
    app.platform.deliver_due().await.unwrap();
    let before = gateway.requests().len();
    let agent = app.actor("xian-jingban");
    let ends = app.platform.seal(&agent, seal).await.unwrap();
    let ends = ends.record.valid_until;
    let mut told = Vec::new();
    for left in [62, 61, 60, 59, 45, 31, 30, 29, 8, 7, 6, 1] {
        app.clock.set(ends - SignedDuration::from_hours(left * DAY));
        // Twice on the same day, and by a platform that has just started.
        app.run_jobs().await;
        app.restart().await;
        app.run_jobs().await;
        let now = expiry_notices(&app, "xian-jingban").await;
        if now.len() > told.len() {
            assert_eq!(now.len(), told.len() + 1, "{left} days ahead");
            assert!(now[0].contains(&format!("还有 {left} 天")), "{now:?}");
            told = now;
        }
    }
    assert_eq!(told.len(), 3, "{told:#?}");
    assert_eq!(expiry_notices(&app, "xian-shenpi").await.len(), 3);
    assert_eq!(expiry_notices(&app, "zhizuo").await.len(), 0);
    app.platform.deliver_due().await.unwrap();
    // Three to the agent, three to the approver.
    assert_eq!(gateway.requests().len() - before, 6);
}

async fn r5_4_after_a_pause_one_notice_is_sent_and_not_three(mut app: TestApp) {
    let seal = app.made_seal().await;
    let agent = app.actor("xian-jingban");
    let ends = app.platform.seal(&agent, seal).await.unwrap();
    let ends = ends.record.valid_until;
    // Nothing ran from the making until five days ahead.
    app.clock.set(ends - SignedDuration::from_hours(5 * DAY));
    app.restart().await;
    app.run_jobs().await;
    let told = expiry_notices(&app, "xian-jingban").await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("还有 5 天"), "{told:#?}");
    app.clock.advance(SignedDuration::from_hours(DAY));
    app.run_jobs().await;
    assert_eq!(expiry_notices(&app, "xian-jingban").await.len(), 1);
}

async fn r5_4_a_seal_that_is_no_longer_valid_is_not_announced(app: TestApp) {
    let seal = app.made_seal().await;
    let agent = app.actor("xian-jingban");
    let ends = app.platform.seal(&agent, seal).await.unwrap();
    let ends = ends.record.valid_until;
    app.suspend(seal).await;
    app.clock.set(ends - SignedDuration::from_hours(20 * DAY));
    app.run_jobs().await;
    assert!(expiry_notices(&app, "xian-jingban").await.is_empty());
}

async fn r4_6_deadlines_are_reminded_of_before_and_after(app: TestApp) {
    let filed = app.file_until(Stage::Acceptance).await;
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
    let deadline = app.case(filed).await.case.deadline.unwrap().at;
    let number = app.case(filed).await.case.number.to_string();
    for (hours_before, reminders) in [
        (5 * DAY, 0),
        (2 * DAY, 1),
        (DAY, 1),
        (-DAY, 2),
        (-3 * DAY, 2),
    ] {
        app.clock.set(
            deadline - SignedDuration::from_hours(hours_before) + SignedDuration::from_hours(10),
        );
        app.run_jobs().await;
        let told = texts(&app, "xian-jingban").await;
        let told: Vec<_> = told
            .iter()
            .filter(|text| text.contains(&number) && text.contains("期限"))
            .collect();
        assert_eq!(told.len(), reminders, "{hours_before} hours: {told:#?}");
    }
    // A new deadline of the same case is reminded of anew; one that is gone is not.
    app.by("xian-jingban", filed, Act::Resubmit { remark: None })
        .await;
    app.clock.advance(SignedDuration::from_hours(60 * DAY));
    app.run_jobs().await;
    let told = texts(&app, "xian-jingban").await;
    let told = told.iter().filter(|text| text.contains("期限")).count();
    assert_eq!(told, 2);
}

async fn expiry_notices(app: &TestApp, login: &str) -> Vec<String> {
    let mut told = texts(app, login).await;
    told.retain(|text| text.contains("到期后不能用印"));
    told
}

async fn texts(app: &TestApp, login: &str) -> Vec<String> {
    let person = app.account(login).id;
    let notices = app.platform.notices(person).await.unwrap();
    notices.into_iter().map(|view| view.notice.text).collect()
}
