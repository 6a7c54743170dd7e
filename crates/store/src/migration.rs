//! The schema's steps. A step that was published is never changed: a new one follows it.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr, SqlitePool};

/// Number, file name, and the SQL of a database. One step per line.
macro_rules! steps {
    ($database:literal) => {
        steps!($database:
            1 "0001_people",
            2 "0002_cases",
            3 "0003_seals",
            4 "0004_ledger",
            5 "0005_running",
            11 "0011_sheets",
            12 "0012_kinds",
            13 "0013_register",
            14 "0014_desks",
            15 "0015_administration",
            16 "0016_deliveries",
            20 "0020_scans",
            21 "0021_imprints",
        )
    };
    ($database:literal: $($number:literal $name:literal),* $(,)?) => {
        [$((
            $number,
            // The name as it was recorded in databases that have the step already.
            $name.split_at(5).1,
            include_str!(concat!("../migrations/", $database, "/", $name, ".sql")),
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
