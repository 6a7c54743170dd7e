//! Rows to work with.

use casework::{
    BusinessType, CaseId, Medium, PersonId, Post, Role, SealId, SealKind, UnitId, UseRequestId,
};
use jiff::Timestamp;
use platform::ports::store::{
    AccountRecord, CaseRecord, CaseRow, CaseState, PageRequest, SealRow, UnitRow, UseRow,
};
use uuid::Uuid;

use crate::database::Database;

/// Microseconds after an arbitrary morning.
pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(1_795_000_000_000_000 + micros).unwrap()
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn unit_id(number: u128) -> UnitId {
    UnitId::from_uuid(id(number))
}

pub(crate) fn person_id(number: u128) -> PersonId {
    PersonId::from_uuid(id(number))
}

pub(crate) fn page(limit: u32) -> PageRequest {
    PageRequest { after: None, limit }
}

pub(crate) fn unit(number: u128) -> UnitRow {
    UnitRow {
        id: unit_id(number),
        credit_code: format!("11350000{number:010}"),
        full_name: format!("福建省第{number}局"),
        city: "350000".to_owned(),
        county: "350000".to_owned(),
        level: "province".to_owned(),
        body: format!("{{\"n\":{number}}}"),
    }
}

pub(crate) fn account(number: u128, unit: u128) -> AccountRecord {
    AccountRecord {
        id: person_id(number),
        login: format!("user{number:03}"),
        name: format!("林{number}"),
        password_hash: "$argon2id$".to_owned(),
        posts: vec![Post {
            role: Role::Agent,
            unit: unit_id(unit),
        }],
        disabled: false,
        body: "{}".to_owned(),
        failures: 0,
        locked_until: None,
        created_at: at(0),
        resident_digest: None,
    }
}

pub(crate) fn case(number: u128, unit: u128) -> CaseRecord {
    CaseRecord {
        row: CaseRow {
            id: CaseId::from_uuid(id(number)),
            number: format!("闽印2026-{number:06}-1"),
            business: BusinessType::New,
            title: format!("印章{number}"),
            unit: unit_id(unit),
            unit_name: format!("福建省第{unit}局"),
            credit_code: format!("11350000{unit:010}"),
            consolidator: None,
            at_center: false,
            filed_by: person_id(1),
            state: CaseState::Handling,
            stage: "unit_approval".to_owned(),
            status: "审核中".to_owned(),
            turn_role: Some(Role::UnitApprover),
            turn_unit: Some(unit_id(unit)),
            turn_since: at(0),
            updated_at: at(i64::try_from(number).unwrap()),
        },
        version: 1,
        body: "{}".to_owned(),
    }
}

pub(crate) fn seal(number: u128, unit: u128) -> SealRow {
    SealRow {
        id: SealId::from_uuid(id(number)),
        code: format!("350100{number:08}"),
        name: format!("第{number}号公章"),
        kind: SealKind::Unit,
        unit: unit_id(unit),
        unit_name: format!("福建省第{unit}局"),
        status: "valid".to_owned(),
        not_after: at(1_000_000),
        updated_at: at(i64::try_from(number).unwrap()),
        version: 1,
        medium: Medium::Hosted,
        key_serial: None,
        credit_code: format!("11350000{unit:010}"),
        city: None,
        level: None,
        follow_up: None,
        follow_up_due: None,
        body: "{}".to_owned(),
    }
}

pub(crate) fn use_request(number: u128, seal: u128, unit: u128) -> UseRow {
    UseRow {
        id: UseRequestId::from_uuid(id(number)),
        seal: SealId::from_uuid(id(seal)),
        unit: unit_id(unit),
        requested_by: person_id(1),
        state: "requested".to_owned(),
        document: "ab".repeat(32),
        signature: None,
        stamped_at: None,
        updated_at: at(i64::try_from(number).unwrap()),
        version: 1,
        body: "{}".to_owned(),
    }
}

/// Units 1 and 2, and person 1 in unit 1.
pub(crate) async fn people(database: &Database) {
    let mut tx = database.begin().await;
    tx.unit_insert(&unit(1)).await.unwrap();
    tx.unit_insert(&unit(2)).await.unwrap();
    tx.account_insert(&account(1, 1)).await.unwrap();
    tx.commit().await.unwrap();
}
