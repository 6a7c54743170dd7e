//! Where the SQL of the two databases differs.

use sqlx::{Database, Postgres, Sqlite};

pub(crate) trait Dialect: Database {
    /// Pattern matching that ignores the case of Latin letters.
    const LIKE: &'static str;
    /// After an expression that is sorted or compared as text: by code points, as SQLite does.
    const BY_CODE_POINT: &'static str;
    /// After a SELECT: the row stays this transaction's until its end.
    const FOR_UPDATE: &'static str;
    /// After a SELECT: the rows become this transaction's, those of others are passed over.
    const SKIP_LOCKED: &'static str;
    /// Begins a transaction that writes.
    const BEGIN_WRITE: &'static str;
    /// Begins a transaction that reads one moment.
    const BEGIN_READ: &'static str;
    /// Asks the database for its version.
    const VERSION: &'static str;
    /// The database's name, before its version.
    const NAME: &'static str;
}

impl Dialect for Sqlite {
    const LIKE: &'static str = "LIKE";
    const BY_CODE_POINT: &'static str = "";
    const FOR_UPDATE: &'static str = "";
    const SKIP_LOCKED: &'static str = "";
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";
    const BEGIN_READ: &'static str = "BEGIN";
    const VERSION: &'static str = "SELECT sqlite_version()";
    const NAME: &'static str = "SQLite";
}

impl Dialect for Postgres {
    const LIKE: &'static str = "ILIKE";
    const BY_CODE_POINT: &'static str = " COLLATE \"C\"";
    const FOR_UPDATE: &'static str = " FOR UPDATE";
    const SKIP_LOCKED: &'static str = " FOR UPDATE SKIP LOCKED";
    const BEGIN_WRITE: &'static str = "BEGIN";
    const BEGIN_READ: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    const VERSION: &'static str = "SELECT split_part(current_setting('server_version'), ' ', 1)";
    const NAME: &'static str = "PostgreSQL";
}
