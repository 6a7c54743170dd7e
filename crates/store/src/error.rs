use std::path::PathBuf;

use platform::ports::store::StoreError;

/// Why the register could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none of the forms that are understood.
    #[error("not a database address: sqlite:PATH or postgres://USER@HOST/DATABASE is expected")]
    Url,
    /// The database's folder cannot be made.
    #[error("cannot make the folder {}", .path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The database cannot be reached.
    #[error("cannot open the database")]
    Connect(#[from] sqlx::Error),
    /// The schema cannot be brought up to date, e.g. since a newer version of the program has used it.
    #[error("cannot bring the database's schema up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// What a driver's error means to the platform.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    let Some(database) = error.as_database_error() else {
        return StoreError::Unavailable(Box::new(error));
    };
    if database.is_unique_violation() {
        return StoreError::Duplicate(constraint(database));
    }
    match database.code().as_deref() {
        // PostgreSQL: serialization failure, deadlock.
        Some("40001" | "40P01") => StoreError::Conflict("transaction".to_owned()),
        _ => StoreError::Unavailable(Box::new(error)),
    }
}

/// Refuses an update that found nothing at the version (or key) it named.
pub(crate) fn expect_change(
    rows: u64,
    what: &str,
    which: impl std::fmt::Display,
) -> Result<(), StoreError> {
    if rows == 0 {
        Err(StoreError::Conflict(format!("{what} {which}")))
    } else {
        Ok(())
    }
}

/// The broken constraint's name: PostgreSQL gives it, SQLite tells it at the end of its message.
fn constraint(database: &dyn sqlx::error::DatabaseError) -> String {
    let message = database.message();
    database
        .constraint()
        .or_else(|| message.rsplit_once("failed: ").map(|(_, columns)| columns))
        .unwrap_or(message)
        .to_owned()
}
