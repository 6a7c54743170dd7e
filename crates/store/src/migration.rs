//! The schema's steps. A step that was published is never changed: a new one follows it.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr, SqlitePool};

/// Number, name, and the SQL of a database.
macro_rules! steps {
    ($database:literal) => {
        steps!($database: 1 "people", 2 "cases", 3 "seals", 4 "ledger", 5 "running")
    };
    ($database:literal: $($number:literal $name:literal),*) => {
        [$((
            $number,
            $name,
            include_str!(concat!("../migrations/", $database, "/000", $number, "_", $name, ".sql")),
        )),*]
    };
}

pub(crate) async fn run_sqlite(pool: &SqlitePool) -> Result<(), MigrateError> {
    migrator(&steps!("sqlite")).run(pool).await
}

pub(crate) async fn run_postgres(pool: &PgPool) -> Result<(), MigrateError> {
    migrator(&steps!("postgres")).run(pool).await
}

fn migrator(steps: &[(i64, &'static str, &'static str)]) -> Migrator {
    Migrator::with_migrations(
        steps
            .iter()
            .map(|&(number, name, sql)| {
                let name = Cow::Borrowed(name);
                Migration::new(
                    number,
                    name,
                    MigrationType::Simple,
                    sql.into_sql_str(),
                    false,
                )
            })
            .collect(),
    )
}
