use platform::ports::store::{StoreError, UnitRow};

use crate::database::Database;
use crate::world::{account, case, people, seal, unit, unit_id};

on_both! {
    what_was_not_committed_is_gone
    a_transaction_sees_its_own_writes_and_others_do_not
    reading_sees_one_moment
    a_reading_transaction_cannot_write
    what_names_a_unit_that_is_not_there_is_not_committed
}

async fn what_was_not_committed_is_gone(database: Database) {
    let mut tx = database.begin().await;
    tx.unit_insert(&unit(1)).await.unwrap();
    drop(tx);
    assert!(
        database
            .read()
            .await
            .unit(unit_id(1))
            .await
            .unwrap()
            .is_none()
    );
    // Nor does a failed one leave anything, and the next one works.
    let mut tx = database.begin().await;
    tx.unit_insert(&unit(1)).await.unwrap();
    let twice = tx
        .unit_insert(&UnitRow {
            id: unit_id(1),
            ..unit(2)
        })
        .await;
    assert!(matches!(twice, Err(StoreError::Duplicate(name)) if name == "units.id"));
    drop(tx);
    people(&database).await;
}

async fn a_transaction_sees_its_own_writes_and_others_do_not(database: Database) {
    let mut tx = database.begin().await;
    tx.unit_insert(&unit(1)).await.unwrap();
    assert_eq!(tx.unit(unit_id(1)).await.unwrap(), Some(unit(1)));
    assert!(
        database
            .read()
            .await
            .unit(unit_id(1))
            .await
            .unwrap()
            .is_none()
    );
    tx.commit().await.unwrap();
    assert!(
        database
            .read()
            .await
            .unit(unit_id(1))
            .await
            .unwrap()
            .is_some()
    );
}

async fn reading_sees_one_moment(database: Database) {
    people(&database).await;
    let mut reader = database.read().await;
    assert_eq!(reader.units(None, 10).await.unwrap().len(), 2);
    let mut tx = database.begin().await;
    tx.unit_insert(&unit(3)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reader.units(None, 10).await.unwrap().len(), 2);
    assert_eq!(
        database.read().await.units(None, 10).await.unwrap().len(),
        3
    );
}

async fn a_reading_transaction_cannot_write(database: Database) {
    let mut reader = database.read().await;
    assert!(matches!(
        reader.unit_insert(&unit(1)).await,
        Err(StoreError::Unavailable(_))
    ));
}

async fn what_names_a_unit_that_is_not_there_is_not_committed(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    tx.account_insert(&account(2, 77)).await.unwrap();
    assert!(tx.commit().await.is_err());
    let mut tx = database.begin().await;
    tx.case_insert(&case(1, 77)).await.unwrap();
    assert!(tx.commit().await.is_err());
    // In any order within the transaction it is fine.
    let mut tx = database.begin().await;
    tx.seal_insert(&seal(1, 77)).await.unwrap();
    tx.unit_insert(&unit(77)).await.unwrap();
    tx.commit().await.unwrap();
}
