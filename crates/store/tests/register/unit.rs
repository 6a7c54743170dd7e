use platform::ports::store::{StoreError, UnitRow};

use crate::database::Database;
use crate::world::{people, unit, unit_id};

on_both! {
    a_unit_is_found_by_id_code_and_part_of_its_name
    a_unit_changes
    a_credit_code_belongs_to_one_unit
}

async fn a_unit_is_found_by_id_code_and_part_of_its_name(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    let odd = UnitRow {
        full_name: "ABC 100%公司_甲".to_owned(),
        ..unit(3)
    };
    tx.unit_insert(&odd).await.unwrap();
    assert_eq!(tx.unit(unit_id(2)).await.unwrap(), Some(unit(2)));
    assert_eq!(tx.unit(unit_id(9)).await.unwrap(), None);
    let by_code = tx.unit_by_credit_code(&unit(2).credit_code).await.unwrap();
    assert_eq!(by_code, Some(unit(2)));
    for (text, found) in [
        ("第", vec![unit(1), unit(2)]),
        ("第2", vec![unit(2)]),
        (" 100% ", vec![odd.clone()]),
        ("abc", vec![odd.clone()]),
        ("%", vec![odd.clone()]),
        ("_", vec![odd.clone()]),
        ("公司甲", vec![]),
        ("'; DROP TABLE units; --", vec![]),
        ("\0", vec![odd.clone(), unit(1), unit(2)]),
    ] {
        assert_eq!(tx.units(Some(text), 10).await.unwrap(), found, "{text}");
    }
    assert_eq!(tx.units(None, 2).await.unwrap(), vec![odd, unit(1)]);
}

async fn a_unit_changes(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    let renamed = UnitRow {
        full_name: "福建省数据局".to_owned(),
        ..unit(2)
    };
    tx.unit_update(&renamed).await.unwrap();
    assert_eq!(tx.unit(unit_id(2)).await.unwrap(), Some(renamed));
    assert!(matches!(
        tx.unit_update(&unit(9)).await,
        Err(StoreError::Conflict(_))
    ));
}

async fn a_credit_code_belongs_to_one_unit(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    let same = UnitRow {
        credit_code: unit(1).credit_code,
        ..unit(3)
    };
    let refused = tx.unit_insert(&same).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(name)) if name == "units.credit_code"));
}
