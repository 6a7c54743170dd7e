use store::OpenError;

use crate::database::Database;
use crate::world::{people, unit_id};

on_both! { opening_again_keeps_the_data the_database_says_what_it_is }

async fn opening_again_keeps_the_data(database: Database) {
    people(&database).await;
    let again = store::open(&database.url).await.unwrap();
    assert!(
        again
            .read()
            .await
            .unwrap()
            .unit(unit_id(1))
            .await
            .unwrap()
            .is_some()
    );
}

async fn the_database_says_what_it_is(database: Database) {
    let text = database.store.describe();
    let (name, version) = text.split_once(' ').unwrap();
    assert!(["SQLite", "PostgreSQL"].contains(&name));
    assert!(
        version.starts_with(|first: char| first.is_ascii_digit()),
        "{text}"
    );
}

#[tokio::test]
async fn the_database_in_memory_works_until_it_is_closed() {
    let store = store::open("sqlite::memory:").await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.next_number("case").await.unwrap(), 1);
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.next_number("case").await.unwrap(), 2);
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    for url in ["", "register.db", "sqlite:", "mysql://localhost/x"] {
        assert!(
            matches!(store::open(url).await, Err(OpenError::Url)),
            "{url}"
        );
    }
    let nobody = store::open("postgres://nobody@127.0.0.1:1/none").await;
    assert!(matches!(nobody, Err(OpenError::Connect(_))));
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("register.db").display());
    drop(store::open(&url).await.unwrap());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'future', TRUE, x'00', 0)",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert!(matches!(
        store::open(&url).await,
        Err(OpenError::Migrate(_))
    ));
}
