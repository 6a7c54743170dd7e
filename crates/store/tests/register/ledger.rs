use platform::ports::store::{LedgerFilter, NewLedgerEntry, PageRequest, StoreError};

use crate::database::Database;
use crate::world::{at, page};

on_both! {
    entries_nodes_and_the_edge_read_back
    an_append_at_the_wrong_place_is_refused
    entries_are_found_newest_first_and_of_one_subject_oldest_first
    a_large_append_is_one_transaction
    nobody_alters_the_ledger
}

fn entry(number: u64, kind: &str, subject: &str) -> NewLedgerEntry {
    NewLedgerEntry {
        at: at(i64::try_from(number).unwrap()),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        actor: "林一（印章制作员，省经济信息中心）".to_owned(),
        body: "{}".to_owned(),
        leaf_hash: [u8::try_from(number % 251).unwrap(); 32],
    }
}

async fn append(database: &Database, entries: &[NewLedgerEntry]) {
    let mut tx = database.begin().await;
    let (size, _) = tx.ledger_frontier().await.unwrap();
    tx.ledger_append(size, entries, &[], &[[7; 32]])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn entries_nodes_and_the_edge_read_back(database: Database) {
    let mut tx = database.begin().await;
    assert_eq!(tx.ledger_frontier().await.unwrap(), (0, vec![]));
    let entries = [entry(0, "case.filed", "A"), entry(1, "seal.made", "B")];
    let nodes = [(0, 0, [1; 32]), (0, 1, [2; 32]), (1, 0, [3; 32])];
    tx.ledger_append(0, &entries, &nodes, &[[3; 32], [4; 32]])
        .await
        .unwrap();
    tx.ledger_append(2, &[], &[], &[]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = database.read().await;
    assert_eq!(
        tx.ledger_frontier().await.unwrap(),
        (2, vec![[3; 32], [4; 32]])
    );
    let read = tx.ledger_nodes(&[(1, 0), (0, 0), (1, 0)]).await.unwrap();
    assert_eq!(read, [[3; 32], [1; 32], [3; 32]]);
    let missing = tx.ledger_nodes(&[(0, 0), (5, 5)]).await;
    assert!(matches!(missing, Err(StoreError::Damaged(_))));
    let read = tx.ledger_entry(1).await.unwrap().unwrap();
    assert_eq!((read.index, &read.entry), (1, &entries[1]));
    assert_eq!(tx.ledger_entry(2).await.unwrap(), None);
}

async fn an_append_at_the_wrong_place_is_refused(database: Database) {
    append(&database, &[entry(0, "a", "A")]).await;
    for place in [0, 2] {
        let mut tx = database.begin().await;
        let refused = tx
            .ledger_append(place, &[entry(1, "a", "A")], &[], &[])
            .await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))));
    }
    assert_eq!(database.read().await.ledger_frontier().await.unwrap().0, 1);
}

async fn entries_are_found_newest_first_and_of_one_subject_oldest_first(database: Database) {
    let entries: Vec<_> = [
        ("case.filed", "A"),
        ("case.accepted", "A"),
        ("seal.made", "B"),
        ("seal.suspended", "B"),
        ("stamp.made", "C"),
    ]
    .into_iter()
    .zip(0..)
    .map(|((kind, subject), number)| entry(number, kind, subject))
    .collect();
    append(&database, &entries).await;
    let kind = |kind: &str| LedgerFilter {
        kind: Some(kind.to_owned()),
        ..LedgerFilter::default()
    };
    let subject = Some("B".to_owned());
    for (filter, found) in [
        (LedgerFilter::default(), vec![4, 3, 2, 1, 0]),
        (kind("seal."), vec![3, 2]),
        (kind("seal.made"), vec![2]),
        (kind("s"), vec![4, 3, 2]),
        (kind("x"), vec![]),
        (
            LedgerFilter {
                subject,
                ..kind("seal.s")
            },
            vec![3],
        ),
        (
            LedgerFilter {
                from: Some(at(1)),
                until: Some(at(3)),
                ..LedgerFilter::default()
            },
            vec![2, 1],
        ),
    ] {
        let rows = database
            .read()
            .await
            .ledger_entries(&filter, &page(10))
            .await
            .unwrap()
            .rows;
        let places: Vec<u64> = rows.iter().map(|row| row.index).collect();
        assert_eq!(places, found, "{filter:?}");
    }
    let mut tx = database.read().await;
    let first = tx
        .ledger_entries(&LedgerFilter::default(), &page(3))
        .await
        .unwrap();
    let request = PageRequest {
        after: first.next,
        limit: 3,
    };
    let rest = tx
        .ledger_entries(&LedgerFilter::default(), &request)
        .await
        .unwrap();
    let places: Vec<u64> = first
        .rows
        .iter()
        .chain(&rest.rows)
        .map(|row| row.index)
        .collect();
    assert_eq!((places, rest.next), (vec![4, 3, 2, 1, 0], None));
    let places: Vec<u64> = tx
        .ledger_of("B")
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.index)
        .collect();
    assert_eq!(places, [2, 3]);
}

async fn a_large_append_is_one_transaction(database: Database) {
    let entries: Vec<_> = (0..2500).map(|number| entry(number, "a", "A")).collect();
    let nodes: Vec<_> = (0..2500).map(|place| (0, place, [9; 32])).collect();
    let mut tx = database.begin().await;
    tx.ledger_append(0, &entries, &nodes, &[[1; 32]])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = database.read().await;
    assert_eq!(
        tx.ledger_entry(2499).await.unwrap().unwrap().entry,
        entries[2499]
    );
    assert_eq!(tx.ledger_nodes(&[(0, 2499)]).await.unwrap(), [[9; 32]]);
    assert_eq!(tx.ledger_of("A").await.unwrap().len(), 1000);
}

async fn nobody_alters_the_ledger(database: Database) {
    let mut tx = database.begin().await;
    tx.ledger_append(0, &[entry(0, "a", "A")], &[(0, 0, [1; 32])], &[[1; 32]])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let statements = [
        "UPDATE ledger_entries SET body = 'x'",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_nodes SET hash = hash",
        "DELETE FROM ledger_nodes",
        "DELETE FROM ledger_frontier",
        "UPDATE ledger_frontier SET size = 0",
        "UPDATE ledger_frontier SET hashes = hashes",
    ];
    for statement in statements {
        let error = if database.url.starts_with("sqlite:") {
            let pool = sqlx::SqlitePool::connect(&database.url).await.unwrap();
            sqlx::query(statement)
                .execute(&pool)
                .await
                .map(|_| ())
                .unwrap_err()
        } else {
            let pool = sqlx::PgPool::connect(&database.url).await.unwrap();
            sqlx::query("TRUNCATE ledger_entries")
                .execute(&pool)
                .await
                .unwrap_err();
            sqlx::query(statement)
                .execute(&pool)
                .await
                .map(|_| ())
                .unwrap_err()
        };
        assert!(
            error.to_string().contains("append-only"),
            "{statement}: {error}"
        );
    }
    assert!(
        database
            .read()
            .await
            .ledger_entry(0)
            .await
            .unwrap()
            .is_some()
    );
}
