use platform::ports::store::SessionRecord;

use crate::database::Database;
use crate::world::{at, people, person_id};

on_both! { a_session_lives_until_it_ends }

async fn a_session_lives_until_it_ends(database: Database) {
    people(&database).await;
    let session = |key: &str, end| SessionRecord {
        key: key.to_owned(),
        person: Some(person_id(1)),
        data: "{}".to_owned(),
        expires_at: at(end),
        created_at: at(0),
        seen_at: at(0),
        address: None,
        device: None,
    };
    let mut tx = database.begin().await;
    let anonymous = SessionRecord {
        person: None,
        ..session("a", 10)
    };
    tx.session_save(&anonymous).await.unwrap();
    assert_eq!(tx.session("a", at(9)).await.unwrap(), Some(anonymous));
    tx.session_save(&session("a", 20)).await.unwrap();
    assert_eq!(
        tx.session("a", at(19)).await.unwrap(),
        Some(session("a", 20))
    );
    assert_eq!(tx.session("a", at(20)).await.unwrap(), None);
    for (key, end) in [("b", 5), ("c", 30), ("d", 30)] {
        tx.session_save(&session(key, end)).await.unwrap();
    }
    tx.sessions_expire(at(10)).await.unwrap();
    assert_eq!(tx.session("b", at(0)).await.unwrap(), None);
    tx.session_delete("c").await.unwrap();
    assert_eq!(tx.session("c", at(0)).await.unwrap(), None);
    tx.sessions_delete_of(person_id(1)).await.unwrap();
    assert_eq!(tx.session("d", at(0)).await.unwrap(), None);
}
