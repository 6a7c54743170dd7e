use casework::CaseId;
use platform::ports::store::NoticeRecord;

use crate::database::Database;
use crate::world::{at, id, people, person_id};

on_both! { notices_come_newest_first_once_each_and_are_read_together }

async fn notices_come_newest_first_once_each_and_are_read_together(database: Database) {
    people(&database).await;
    let notice = |number: u128| NoticeRecord {
        id: id(number),
        person: person_id(1),
        case: number.is_multiple_of(2).then(|| CaseId::from_uuid(id(1))),
        text: format!("第{number}条"),
        link: "/cases/1".to_owned(),
        created_at: at(i64::try_from(number).unwrap()),
        read_at: None,
    };
    let all: Vec<_> = (1..=120).map(notice).collect();
    let mut tx = database.begin().await;
    tx.notices_insert(&all[..3]).await.unwrap();
    tx.notices_insert(&all[1..3]).await.unwrap();
    assert_eq!(tx.notices_unread(person_id(1)).await.unwrap(), 3);
    assert_eq!(
        tx.notices_of(person_id(1), 2).await.unwrap(),
        [notice(3), notice(2)]
    );
    assert!(tx.notices_of(person_id(2), 2).await.unwrap().is_empty());
    tx.notices_mark_read(person_id(1), at(200)).await.unwrap();
    assert_eq!(tx.notices_unread(person_id(1)).await.unwrap(), 0);
    let read = &tx.notices_of(person_id(1), 1).await.unwrap()[0];
    assert_eq!(read.read_at, Some(at(200)));
    tx.notices_insert(&all).await.unwrap();
    assert_eq!(tx.notices_unread(person_id(1)).await.unwrap(), 100);
    tx.commit().await.unwrap();
}
