use casework::{SealId, UseRequestId};
use platform::ports::store::{StoreError, UseFilter, UseRow};

use crate::database::Database;
use crate::world::{at, id, page, people, seal, unit_id, use_request};

on_both! {
    a_use_reads_back_and_changes_by_version
    one_signature_belongs_to_one_use
    uses_are_listed_by_unit_seal_state_and_time
}

async fn register(database: &Database) {
    people(database).await;
    let mut tx = database.begin().await;
    tx.seal_insert(&seal(1, 1)).await.unwrap();
    tx.seal_insert(&seal(2, 2)).await.unwrap();
    tx.commit().await.unwrap();
}

fn stamped(number: u128, seal: u128, unit: u128, moment: i64) -> UseRow {
    UseRow {
        state: "stamped".to_owned(),
        signature: Some(format!("{number:064x}")),
        stamped_at: Some(at(moment)),
        ..use_request(number, seal, unit)
    }
}

async fn a_use_reads_back_and_changes_by_version(database: Database) {
    register(&database).await;
    let asked = use_request(1, 1, 1);
    let mut tx = database.begin().await;
    tx.use_insert(&asked).await.unwrap();
    assert_eq!(tx.use_request(asked.id).await.unwrap(), Some(asked.clone()));
    assert_eq!(
        tx.use_request(UseRequestId::from_uuid(id(9)))
            .await
            .unwrap(),
        None
    );
    let done = stamped(1, 1, 1, 7);
    tx.use_update(&done).await.unwrap();
    let read = tx.use_request(asked.id).await.unwrap();
    assert_eq!(
        read,
        Some(UseRow {
            version: 2,
            ..done.clone()
        })
    );
    assert_eq!(
        tx.use_by_signature(done.signature.as_ref().unwrap())
            .await
            .unwrap(),
        read
    );
    assert_eq!(tx.use_by_signature("00").await.unwrap(), None);
    assert!(matches!(
        tx.use_update(&done).await,
        Err(StoreError::Conflict(_))
    ));
}

async fn one_signature_belongs_to_one_use(database: Database) {
    register(&database).await;
    let mut tx = database.begin().await;
    tx.use_insert(&stamped(1, 1, 1, 7)).await.unwrap();
    let same = UseRow {
        signature: stamped(1, 1, 1, 7).signature,
        ..use_request(2, 1, 1)
    };
    let refused = tx.use_insert(&same).await;
    assert!(
        matches!(refused, Err(StoreError::Duplicate(name)) if name == "use_requests.signature")
    );
}

async fn uses_are_listed_by_unit_seal_state_and_time(database: Database) {
    register(&database).await;
    let mut tx = database.begin().await;
    for row in [
        use_request(1, 1, 1),
        use_request(2, 2, 2),
        stamped(3, 1, 1, 10),
        stamped(4, 1, 1, 20),
        stamped(5, 2, 2, 20),
    ] {
        tx.use_insert(&row).await.unwrap();
    }
    tx.commit().await.unwrap();
    let state = |code: &str| Some(code.to_owned());
    for (filter, found) in [
        (UseFilter::default(), vec![5, 4, 3, 2, 1]),
        (
            UseFilter {
                unit: Some(unit_id(1)),
                ..UseFilter::default()
            },
            vec![4, 3, 1],
        ),
        (
            UseFilter {
                seal: Some(SealId::from_uuid(id(2))),
                ..UseFilter::default()
            },
            vec![5, 2],
        ),
        (
            UseFilter {
                state: state("requested"),
                ..UseFilter::default()
            },
            vec![2, 1],
        ),
        (
            UseFilter {
                unit: Some(unit_id(1)),
                state: state("stamped"),
                ..UseFilter::default()
            },
            vec![4, 3],
        ),
        (
            UseFilter {
                stamped_from: Some(at(20)),
                ..UseFilter::default()
            },
            vec![5, 4],
        ),
        (
            UseFilter {
                stamped_until: Some(at(20)),
                ..UseFilter::default()
            },
            vec![3],
        ),
    ] {
        let rows = database
            .read()
            .await
            .uses(&filter, &page(10))
            .await
            .unwrap()
            .rows;
        let numbers: Vec<u128> = rows.iter().map(|row| row.id.as_uuid().as_u128()).collect();
        assert_eq!(numbers, found, "{filter:?}");
    }
}
