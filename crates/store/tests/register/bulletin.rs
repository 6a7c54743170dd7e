//! Announcements of the Center's own: by state, by number, and what everybody reads.

use casework::{BulletinId, BulletinState};
use platform::ports::store::{BulletinRow, PageRequest, StoreError};

use crate::database::Database;
use crate::world::{at, id, page};

on_both! { bulletins_come_by_state_and_what_is_published_by_number }

async fn bulletins_come_by_state_and_what_is_published_by_number(database: Database) {
    let row = |number: u32, state| BulletinRow {
        id: BulletinId::from_uuid(id(u128::from(number))),
        number: (state != BulletinState::Draft).then_some(u64::from(number)),
        state,
        title: format!("公告 {number}"),
        changed_at: at(i64::from(number)),
        version: 1,
        body: "{}".to_owned(),
    };
    let mut tx = database.begin().await;
    for number in 1..=5_u32 {
        tx.bulletin_insert(&row(number, BulletinState::Published))
            .await
            .unwrap();
    }
    tx.bulletin_insert(&row(6, BulletinState::Draft))
        .await
        .unwrap();
    let first = tx.bulletins_public(&page(3)).await.unwrap();
    let numbers: Vec<_> = first.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [Some(5), Some(4), Some(3)]);
    tx.bulletin_update(&row(2, BulletinState::Withdrawn))
        .await
        .unwrap();
    let rest = PageRequest {
        after: first.next,
        limit: 3,
    };
    let rest = tx.bulletins_public(&rest).await.unwrap();
    assert_eq!((rest.rows.len(), rest.next), (1, None));
    assert_eq!(rest.rows[0], row(1, BulletinState::Published));
    // Withdrawn, it is still there under its number.
    let gone = tx.bulletin_numbered(2).await.unwrap().unwrap();
    assert_eq!((gone.state, gone.version), (BulletinState::Withdrawn, 2));
    assert!(tx.bulletin_numbered(u64::MAX).await.unwrap().is_none());
    let stale = tx.bulletin_update(&row(2, BulletinState::Published)).await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))));
    let drafts = tx
        .bulletins(Some(BulletinState::Draft), &page(9))
        .await
        .unwrap();
    assert_eq!(drafts.rows, [row(6, BulletinState::Draft)]);
    let all = tx.bulletins(None, &page(2)).await.unwrap();
    assert_eq!((all.rows.len(), all.next.is_some()), (2, true));
    assert_eq!(
        tx.bulletin(row(6, BulletinState::Draft).id).await.unwrap(),
        Some(row(6, BulletinState::Draft))
    );
}
