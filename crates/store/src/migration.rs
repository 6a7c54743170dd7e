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
            17 "0017_names",
            18 "0018_bulletins",
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

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    #[tokio::test]
    async fn names_that_were_there_before_their_index_are_in_it() {
        let only = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
        let pool = only.connect("sqlite::memory:").await.unwrap();
        let steps = steps!("sqlite");
        let before: Vec<_> = steps.iter().filter(|step| step.0 < 17).copied().collect();
        migrator(&before).run(&pool).await.unwrap();
        sqlx::raw_sql(
            "INSERT INTO units (id, credit_code, full_name, body) \
             VALUES (x'01', '1', '龙岩𬭸局', '{}'), (x'02', '2', '', '{}')",
        )
        .execute(&pool)
        .await
        .unwrap();
        migrator(&steps).run(&pool).await.unwrap();
        let rows = sqlx::query("SELECT gram FROM unit_grams WHERE id = x'01' ORDER BY gram")
            .fetch_all(&pool)
            .await
            .unwrap();
        let pairs: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(pairs, ["局\n", "岩𬭸", "龙岩", "𬭸局"]);
    }
}
