use platform::ports::store::{SigningKind, SigningRecord, StoreError};

use crate::database::Database;
use crate::world::{at, id};

on_both! { a_signing_is_recorded_once_and_its_first_result_stays }

async fn a_signing_is_recorded_once_and_its_first_result_stays(database: Database) {
    let record = SigningRecord {
        kind: SigningKind::Seal,
        subject: id(1),
        tbs: vec![0x30, 0, 0xff],
        context: "{\"serial\":\"01\"}".to_owned(),
        result: None,
        created_at: at(1),
    };
    let mut tx = database.begin().await;
    tx.signing_insert(&record).await.unwrap();
    tx.signing_insert(&SigningRecord {
        kind: SigningKind::Stamp,
        ..record.clone()
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let twice = database.begin().await.signing_insert(&record).await;
    assert!(
        matches!(twice, Err(StoreError::Duplicate(name)) if name == "signings.kind, signings.subject")
    );
    let mut tx = database.begin().await;
    assert_eq!(
        tx.signing(SigningKind::Seal, id(1)).await.unwrap(),
        Some(record.clone())
    );
    assert_eq!(
        tx.signing(SigningKind::Certificate, id(1)).await.unwrap(),
        None
    );
    assert_eq!(
        tx.signing_finish(SigningKind::Seal, id(1), b"first")
            .await
            .unwrap(),
        b"first"
    );
    assert_eq!(
        tx.signing_finish(SigningKind::Seal, id(1), b"second")
            .await
            .unwrap(),
        b"first"
    );
    let read = tx.signing(SigningKind::Seal, id(1)).await.unwrap().unwrap();
    assert_eq!(read.result.as_deref(), Some(&b"first"[..]));
    let unknown = tx.signing_finish(SigningKind::Seal, id(2), b"x").await;
    assert!(matches!(unknown, Err(StoreError::Conflict(_))));
}
