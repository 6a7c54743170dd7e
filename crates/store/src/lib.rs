#![doc = include_str!("../README.md")]

mod account;
mod bulletin;
mod case;
mod certificate;
mod column;
mod delivery;
mod deputy;
mod desk;
mod dialect;
mod error;
mod imprint;
mod job;
mod ledger;
mod migration;
mod names;
mod notice;
mod page;
mod proposal;
mod reminder;
mod saved_filter;
mod scan;
mod seal;
mod search;
mod session;
mod setting;
mod sheet_import;
mod sign_in;
mod signing;
mod special;
mod tally;
mod transaction;
mod unit;
mod usb_key;
mod use_request;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use platform::ports::store::Store;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, PgConnection, Postgres, Sqlite};

pub use error::OpenError;
use transaction::SqlStore;

/// How long a transaction waits for a connection before it fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections that only read a SQLite file; each has a thread of its own.
const SQLITE_READERS: u32 = 8;
/// Connections to PostgreSQL per process.
const POSTGRES_CONNECTIONS: u32 = 20;

/// Opens the register named by `url` and brings its schema up to date.
///
/// `sqlite:PATH` (made with its folder where it is missing), `sqlite::memory:` (one connection, gone when closed; a
/// transaction waits for the one before it), or `postgres://USER@HOST:PORT/DATABASE`.
///
/// # Errors
/// [`OpenError`].
pub async fn open(url: &str) -> Result<Arc<dyn Store>, OpenError> {
    if url == "sqlite::memory:" {
        open_memory().await
    } else if let Some(path) = url.strip_prefix("sqlite:") {
        open_file(Path::new(path.strip_prefix("//").unwrap_or(path))).await
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        open_postgres(url).await
    } else {
        Err(OpenError::Url)
    }
}

async fn open_memory() -> Result<Arc<dyn Store>, OpenError> {
    // The database lives as long as its only connection.
    let only = PoolOptions::<Sqlite>::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE)
        .connect_with(
            SqliteConnectOptions::new()
                .in_memory(true)
                .foreign_keys(true),
        )
        .await?;
    migration::run_sqlite(&only).await?;
    Ok(Arc::new(SqlStore::<Sqlite>::new(only.clone(), only).await?))
}

async fn open_file(path: &Path) -> Result<Arc<dyn Store>, OpenError> {
    if path.as_os_str().is_empty() {
        return Err(OpenError::Url);
    }
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
            path: folder.to_owned(),
            source,
        })?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .pragma("cache_size", "-16000")
        .pragma("journal_size_limit", "67108864");
    let writer = PoolOptions::<Sqlite>::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options.clone())
        .await?;
    migration::run_sqlite(&writer).await?;
    let readers = PoolOptions::<Sqlite>::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(PATIENCE)
        .connect_with(options.create_if_missing(false).pragma("query_only", "ON"))
        .await?;
    Ok(Arc::new(SqlStore::<Sqlite>::new(writer, readers).await?))
}

async fn open_postgres(url: &str) -> Result<Arc<dyn Store>, OpenError> {
    let options = PgConnectOptions::from_str(url)?.application_name("yinxin");
    // The pool would try again for as long as its patience lasts; a wrong address is to be told at once.
    PgConnection::connect_with(&options).await?.close().await?;
    let pool = PoolOptions::<Postgres>::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    migration::run_postgres(&pool).await?;
    Ok(Arc::new(
        SqlStore::<Postgres>::new(pool.clone(), pool).await?,
    ))
}
