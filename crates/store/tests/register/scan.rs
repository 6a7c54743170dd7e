//! Scans on their way into cases, and imprints by what they look like.

use casework::{ApplicationId, PersonId, Role, SealId, UnitId};
use platform::ports::store::{ImprintRow, ScanFileRow, ScanPageRow, ScanUploadRow, StoreError};

use crate::database::Database;
use crate::world::{at, id};

on_both! {
    an_upload_its_files_and_pages_are_kept_in_their_order
    a_page_changed_meanwhile_is_not_written_over
    an_imprint_is_found_by_the_keys_it_shares
}

fn upload(number: u128) -> ScanUploadRow {
    ScanUploadRow {
        id: id(number),
        person: PersonId::from_uuid(id(900)),
        role: Role::Agent,
        unit: UnitId::from_uuid(id(901)),
        case: None,
        created_at: at(i64::try_from(number).unwrap()),
        told_at: None,
        body: "{}".to_owned(),
    }
}

fn file(upload: u128, number: u32) -> ScanFileRow {
    ScanFileRow {
        upload: id(upload),
        number,
        pages: None,
        body: "{}".to_owned(),
    }
}

fn page(number: u128, file: u32, page: u32) -> ScanPageRow {
    ScanPageRow {
        id: id(number),
        upload: id(1),
        file,
        number: page,
        case: None,
        mark: None,
        state: "waiting".to_owned(),
        updated_at: at(1),
        version: 1,
        body: "{}".to_owned(),
    }
}

async fn an_upload_its_files_and_pages_are_kept_in_their_order(database: Database) {
    let mut tx = database.begin().await;
    tx.scan_upload_insert(&upload(1), &[file(1, 1), file(1, 2)])
        .await
        .unwrap();
    tx.scan_upload_insert(&upload(2), &[]).await.unwrap();
    let opened = ScanFileRow {
        pages: Some(2),
        ..file(1, 1)
    };
    tx.scan_file_update(&opened).await.unwrap();
    for row in [page(12, 1, 2), page(11, 1, 1), page(13, 2, 1)] {
        tx.scan_page_insert(&row).await.unwrap();
    }
    // The same place a second time changes nothing.
    tx.scan_page_insert(&page(99, 1, 1)).await.unwrap();
    assert!(tx.scan_upload_told(id(1), at(5)).await.unwrap());
    assert!(!tx.scan_upload_told(id(1), at(6)).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = database.read().await;
    assert_eq!(tx.scan_files(id(1)).await.unwrap(), [opened, file(1, 2)]);
    let pages = tx.scan_pages_of_upload(id(1)).await.unwrap();
    let ids: Vec<_> = pages.iter().map(|page| page.id).collect();
    assert_eq!(ids, [id(11), id(12), id(13)]);
    let unit = UnitId::from_uuid(id(901));
    let uploads = tx.scan_uploads_of(Role::Agent, unit, 9).await.unwrap();
    let told: Vec<_> = uploads.iter().map(|up| (up.id, up.told_at)).collect();
    assert_eq!(told, [(id(2), None), (id(1), Some(at(5)))]);
    assert!(
        tx.scan_uploads_of(Role::Consolidator, unit, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_page_changed_meanwhile_is_not_written_over(database: Database) {
    let mut tx = database.begin().await;
    tx.scan_upload_insert(&upload(1), &[file(1, 1)])
        .await
        .unwrap();
    tx.scan_page_insert(&page(11, 1, 1)).await.unwrap();
    let case = casework::CaseId::from_uuid(id(500));
    let filed = ScanPageRow {
        case: Some(case),
        mark: Some("YX1:…".to_owned()),
        state: "filed".to_owned(),
        ..page(11, 1, 1)
    };
    tx.scan_page_update(&filed).await.unwrap();
    let stale = tx.scan_page_update(&filed).await.unwrap_err();
    assert!(matches!(stale, StoreError::Conflict(_)), "{stale:?}");
    let of_case = tx.scan_pages_of_case(case).await.unwrap();
    assert_eq!(
        of_case,
        [ScanPageRow {
            version: 2,
            ..filed
        }]
    );
    tx.commit().await.unwrap();
}

async fn an_imprint_is_found_by_the_keys_it_shares(database: Database) {
    let imprint = |number: u128| ImprintRow {
        id: id(number),
        application: None,
        seal: Some(SealId::from_uuid(id(number + 100))),
        case: None,
        unit: UnitId::from_uuid(id(901)),
        picture: "00".to_owned(),
        likeness: vec![1, 2, 3],
        created_at: at(1),
        body: "{}".to_owned(),
    };
    let mut tx = database.begin().await;
    tx.imprint_save(&imprint(1), &[1, 2, 3]).await.unwrap();
    tx.imprint_save(&imprint(2), &[3, 4]).await.unwrap();
    tx.imprint_save(&imprint(3), &[5]).await.unwrap();
    let ids = |rows: Vec<ImprintRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    let near = tx.imprints_near(&[2, 3], 1, 9).await.unwrap();
    assert_eq!(ids(near), [id(1), id(2)]);
    assert_eq!(ids(tx.imprints_near(&[2, 3], 2, 9).await.unwrap()), [id(1)]);
    assert!(tx.imprints_near(&[], 1, 9).await.unwrap().is_empty());
    // The seal's picture anew takes the place of the former entry.
    let anew = ImprintRow {
        id: id(9),
        ..imprint(1)
    };
    tx.imprint_save(&anew, &[7]).await.unwrap();
    assert_eq!(
        ids(tx.imprints_near(&[1, 2, 3], 1, 9).await.unwrap()),
        [id(2)]
    );
    assert_eq!(ids(tx.imprints_near(&[7], 1, 9).await.unwrap()), [id(9)]);
    let application = ApplicationId::from_uuid(id(700));
    let confirmed = ImprintRow {
        application: Some(application),
        seal: None,
        ..imprint(4)
    };
    tx.imprint_save(&confirmed, &[]).await.unwrap();
    assert_eq!(tx.imprint_of(application).await.unwrap(), Some(confirmed));
    tx.commit().await.unwrap();
}
