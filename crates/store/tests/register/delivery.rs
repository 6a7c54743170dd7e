use casework::CaseId;
use jiff::SignedDuration;
use platform::ports::store::{
    Channel, DeadlineRecord, DeliveryRecord, DeliveryState, NoticeRecord, Told,
};

use crate::database::Database;
use crate::world::{at, id, page, people, person_id};

on_both! {
    deliveries_are_taken_by_one_and_settled_once
    deadlines_are_told_of_once_until_they_change
}

fn notice(number: u128) -> NoticeRecord {
    NoticeRecord {
        id: id(number),
        person: person_id(1),
        case: None,
        text: "第一条".to_owned(),
        link: "/desk".to_owned(),
        created_at: at(0),
        read_at: None,
    }
}

fn delivery(number: u128, channel: Channel) -> DeliveryRecord {
    DeliveryRecord {
        id: id(100 + number),
        notice: id(number),
        person: person_id(1),
        case: Some(CaseId::from_uuid(id(9))),
        channel,
        template: "general".to_owned(),
        subject: String::new(),
        text: "第一条".to_owned(),
        state: DeliveryState::Waiting,
        attempts: 0,
        last_error: None,
        due_at: at(i64::try_from(number).unwrap()),
        created_at: at(0),
        settled_at: None,
    }
}

async fn deliveries_are_taken_by_one_and_settled_once(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    tx.notices_insert(&[notice(1), notice(2), notice(3)])
        .await
        .unwrap();
    let all = [
        delivery(2, Channel::Sms),
        delivery(1, Channel::Sms),
        delivery(3, Channel::Mail),
    ];
    tx.deliveries_insert(&all).await.unwrap();
    // The same notice through the same channel is the same delivery.
    let again = DeliveryRecord {
        id: id(777),
        ..delivery(1, Channel::Sms)
    };
    tx.deliveries_insert(&[again]).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = database.begin().await;
    let taken = tx
        .deliveries_take(Channel::Sms, at(10), at(1000), 10)
        .await
        .unwrap();
    assert_eq!(
        taken,
        [delivery(1, Channel::Sms), delivery(2, Channel::Sms)]
    );
    let none = tx
        .deliveries_take(Channel::Sms, at(20), at(1000), 10)
        .await
        .unwrap();
    assert!(none.is_empty());
    // The lease has run out: it was being sent.
    let taken = tx
        .deliveries_take(Channel::Sms, at(1000), at(2000), 1)
        .await
        .unwrap();
    assert_eq!(taken[0].state, DeliveryState::Sending);
    assert_eq!(taken[0].attempts, 1);
    let taken = taken[0].id;
    // The first attempt reports late: the second one is under way.
    let (sent, failed) = (DeliveryState::Sent, DeliveryState::Failed);
    tx.delivery_settle(taken, 1, failed, Some("迟"), at(1100))
        .await
        .unwrap();
    let now = tx.delivery(taken).await.unwrap().unwrap();
    assert_eq!(now.state, DeliveryState::Sending);
    tx.delivery_settle(taken, 2, sent, None, at(1200))
        .await
        .unwrap();
    let now = tx.delivery(taken).await.unwrap().unwrap();
    assert_eq!((now.state, now.settled_at), (sent, Some(at(1200))));
    assert!(!tx.delivery_again(taken, at(1300)).await.unwrap());

    let other = if taken == id(101) { id(102) } else { id(101) };
    tx.deliveries_release(at(1250)).await.unwrap();
    let free = tx
        .deliveries_take(Channel::Sms, at(1250), at(3000), 5)
        .await
        .unwrap();
    assert_eq!(free[0].id, other);
    tx.delivery_settle(other, 2, failed, Some("空号"), at(1300))
        .await
        .unwrap();
    let shown = tx.deliveries_failed(None, &page(5)).await.unwrap();
    assert_eq!(shown.rows.len(), 1);
    assert_eq!(shown.rows[0].last_error.as_deref(), Some("空号"));
    let case = CaseId::from_uuid(id(9));
    let shown = tx.deliveries_failed(Some(case), &page(5)).await.unwrap();
    assert_eq!(shown.rows.len(), 1);
    let strange = CaseId::from_uuid(id(8));
    let shown = tx.deliveries_failed(Some(strange), &page(5)).await.unwrap();
    assert!(shown.rows.is_empty());
    assert_eq!(tx.deliveries_failed_count().await.unwrap(), 1);
    assert!(tx.delivery_again(other, at(1400)).await.unwrap());
    assert_eq!(tx.deliveries_failed_count().await.unwrap(), 0);
    assert_eq!(
        tx.deliveries_of(person_id(1), at(0)).await.unwrap().len(),
        3
    );
    tx.commit().await.unwrap();
}

async fn deadlines_are_told_of_once_until_they_change(database: Database) {
    let mut tx = database.begin().await;
    let deadline = |kind: &str, micros: i64| DeadlineRecord {
        subject: id(1),
        kind: kind.to_owned(),
        at: at(micros),
    };
    tx.deadline_put(id(1), Some(&deadline("case", 50)))
        .await
        .unwrap();
    let near = tx.deadlines_untold(at(60), Told::Near, 9).await.unwrap();
    assert_eq!(near, [deadline("case", 50)]);
    assert!(tx.deadline_told(id(1), Told::Near).await.unwrap());
    assert!(!tx.deadline_told(id(1), Told::Near).await.unwrap());
    // Written again as it is: nothing is said again.
    tx.deadline_put(id(1), Some(&deadline("case", 50)))
        .await
        .unwrap();
    let near = tx.deadlines_untold(at(60), Told::Near, 9).await.unwrap();
    assert!(near.is_empty());
    let passed = tx.deadlines_untold(at(60), Told::Passed, 9).await.unwrap();
    assert_eq!(passed.len(), 1);
    tx.deadline_put(id(1), Some(&deadline("case", 55)))
        .await
        .unwrap();
    let near = tx.deadlines_untold(at(60), Told::Near, 9).await.unwrap();
    assert_eq!(near, [deadline("case", 55)]);
    tx.deadline_put(id(1), None).await.unwrap();
    let near = tx.deadlines_untold(at(60), Told::Near, 9).await.unwrap();
    assert!(near.is_empty());
    let day = at(0) + SignedDuration::from_hours(24);
    assert!(tx.reminder_insert(id(1), "expiry-60", day).await.unwrap());
    assert!(!tx.reminder_insert(id(1), "expiry-60", day).await.unwrap());
    tx.commit().await.unwrap();
}
