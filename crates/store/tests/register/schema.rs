//! The two migrated schemas are the same, but for the index of names: an index over an expression in PostgreSQL, tables
//! with triggers in SQLite.

use std::collections::BTreeSet;

use sqlx::Row;

use crate::database::Database;

/// Table, column, class of type, whether it may be empty.
type Columns = BTreeSet<(String, String, &'static str, bool)>;

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let Some(postgres) = Database::postgres().await else {
        return;
    };
    let sqlite = Database::sqlite().await;
    let (sqlite_columns, sqlite_indexes) = sqlite_schema(&sqlite.url).await;
    let (postgres_columns, postgres_indexes) = postgres_schema(&postgres.url).await;
    let difference: Vec<_> = sqlite_columns
        .symmetric_difference(&postgres_columns)
        .collect();
    assert!(difference.is_empty(), "{difference:?}");
    let difference: Vec<_> = sqlite_indexes
        .symmetric_difference(&postgres_indexes)
        .collect();
    assert!(difference.is_empty(), "{difference:?}");
    assert!(sqlite_columns.len() > 100 && sqlite_indexes.len() > 25);
}

async fn sqlite_schema(url: &str) -> (Columns, BTreeSet<String>) {
    let pool = sqlx::SqlitePool::connect(url).await.unwrap();
    let columns = sqlx::query(
        "SELECT t.name AS table_name, c.name, c.type, c.\"notnull\" OR c.pk AS required \
         FROM sqlite_master t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' \
         AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '%gram\\_%' ESCAPE '\\' \
         AND t.name NOT LIKE '%\\_grams' ESCAPE '\\'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let indexes = sqlx::query(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let columns = columns
        .iter()
        .map(|row| {
            let class = match row.get::<String, _>("type").as_str() {
                "INTEGER" => "number",
                "TEXT" => "text",
                "BLOB" => "bytes",
                other => panic!("{other}"),
            };
            (
                row.get("table_name"),
                row.get("name"),
                class,
                row.get::<bool, _>("required"),
            )
        })
        .collect();
    (columns, indexes.iter().map(|row| row.get("name")).collect())
}

async fn postgres_schema(url: &str) -> (Columns, BTreeSet<String>) {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    let columns = sqlx::query(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO' AS required \
         FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    // Indexes behind constraints have the constraint's name, with a dot.
    let indexes = sqlx::query(
        "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' \
         AND indexname NOT LIKE '%.%' AND tablename <> '_sqlx_migrations' \
         AND indexdef NOT LIKE '%USING gin%'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let columns = columns
        .iter()
        .map(|row| {
            let class = match row.get::<String, _>("data_type").as_str() {
                "bigint" | "boolean" => "number",
                "text" => "text",
                "bytea" | "uuid" => "bytes",
                other => panic!("{other}"),
            };
            (
                row.get("table_name"),
                row.get("column_name"),
                class,
                row.get::<bool, _>("required"),
            )
        })
        .collect();
    (
        columns,
        indexes.iter().map(|row| row.get("indexname")).collect(),
    )
}
