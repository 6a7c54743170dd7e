use casework::{Reason, SealId, SealKind, SealState};
use platform::ports::store::{
    Announcement, AnnouncementFilter, PageRequest, SealFilter, SealRow, StoreError,
};

use crate::database::Database;
use crate::world::{at, id, page, people, seal, unit_id};

on_both! {
    a_seal_reads_back_and_changes_by_version
    a_seal_code_is_never_given_twice
    seals_are_listed_by_unit_status_and_text
    announcements_are_numbered_without_gaps_and_read_newest_first
}

async fn insert(database: &Database, seals: &[SealRow]) {
    let mut tx = database.begin().await;
    for seal in seals {
        tx.seal_insert(seal).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn a_seal_reads_back_and_changes_by_version(database: Database) {
    people(&database).await;
    let first = SealRow {
        kind: SealKind::Device,
        ..seal(1, 1)
    };
    insert(&database, std::slice::from_ref(&first)).await;
    let mut tx = database.begin().await;
    assert_eq!(tx.seal(first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(
        tx.seal_by_code(&first.code).await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(tx.seal(SealId::from_uuid(id(9))).await.unwrap(), None);
    let suspended = SealRow {
        status: "suspended".to_owned(),
        ..first.clone()
    };
    tx.seal_update(&suspended).await.unwrap();
    let read = tx.seal(first.id).await.unwrap().unwrap();
    assert_eq!(
        read,
        SealRow {
            version: 2,
            ..suspended.clone()
        }
    );
    assert!(matches!(
        tx.seal_update(&suspended).await,
        Err(StoreError::Conflict(_))
    ));
}

async fn a_seal_code_is_never_given_twice(database: Database) {
    people(&database).await;
    insert(&database, &[seal(1, 1)]).await;
    let same = SealRow {
        code: seal(1, 1).code,
        ..seal(2, 1)
    };
    let refused = database.begin().await.seal_insert(&same).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(name)) if name == "seals.code"));
}

async fn seals_are_listed_by_unit_status_and_text(database: Database) {
    people(&database).await;
    insert(
        &database,
        &[
            seal(1, 1),
            SealRow {
                status: "suspended".to_owned(),
                ..seal(2, 1)
            },
            SealRow {
                name: "发票专用章".to_owned(),
                ..seal(3, 2)
            },
        ],
    )
    .await;
    let state = Some((SealState::Suspended, at(0)));
    let text = |text: &str| SealFilter {
        text: Some(text.to_owned()),
        ..SealFilter::default()
    };
    for (filter, found) in [
        (SealFilter::default(), vec![3, 2, 1]),
        (
            SealFilter {
                unit: Some(unit_id(1)),
                ..SealFilter::default()
            },
            vec![2, 1],
        ),
        (
            SealFilter {
                state,
                ..SealFilter::default()
            },
            vec![2],
        ),
        (
            SealFilter {
                unit: Some(unit_id(2)),
                state,
                ..SealFilter::default()
            },
            vec![],
        ),
        (text("3501000000000"), vec![3, 2, 1]),
        (text("35010000000002"), vec![2]),
        (text("01000000"), vec![]),
        (text("专用"), vec![3]),
        (text("%"), vec![]),
    ] {
        let rows = database
            .read()
            .await
            .seals(&filter, &page(10))
            .await
            .unwrap()
            .rows;
        let numbers: Vec<u128> = rows.iter().map(|row| row.id.as_uuid().as_u128()).collect();
        assert_eq!(numbers, found, "{filter:?}");
    }
    let first = database
        .read()
        .await
        .seals(&SealFilter::default(), &page(2))
        .await
        .unwrap();
    let rest = PageRequest {
        after: first.next,
        limit: 2,
    };
    let rest = database
        .read()
        .await
        .seals(&SealFilter::default(), &rest)
        .await
        .unwrap();
    assert_eq!((rest.rows.len(), rest.next), (1, None));
}

async fn announcements_are_numbered_without_gaps_and_read_newest_first(database: Database) {
    let announcement = |place: u64| Announcement {
        number: 0,
        at: at(1),
        code: "35010000000001".to_owned(),
        name: "公章".to_owned(),
        unit_name: "某局".to_owned(),
        status: "suspended".to_owned(),
        effective_at: at(0),
        ledger_index: place,
        kind: Some(SealKind::Unit),
        reason: Some(Reason::LossOfControl),
        basis: None,
    };
    for place in 1..=3 {
        let mut tx = database.begin().await;
        assert_eq!(
            tx.announcement_insert(&announcement(place)).await.unwrap(),
            place
        );
        tx.commit().await.unwrap();
        // One that is not committed takes no number.
        let mut tx = database.begin().await;
        tx.announcement_insert(&announcement(9)).await.unwrap();
    }
    let mut tx = database.read().await;
    let first = tx
        .announcements(&AnnouncementFilter::default(), &page(2))
        .await
        .unwrap();
    assert_eq!(
        first.rows[0],
        Announcement {
            number: 3,
            ..announcement(3)
        }
    );
    assert_eq!(first.rows[1].number, 2);
    let rest = tx
        .announcements(
            &AnnouncementFilter::default(),
            &PageRequest {
                after: first.next,
                limit: 2,
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (rest.rows[0].number, rest.rows.len(), rest.next),
        (1, 1, None)
    );
}
