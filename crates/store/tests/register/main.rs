//! One suite for both databases: what the platform may rely on. SQLite always; PostgreSQL where
//! `YINXIN_TEST_POSTGRES` names a server on which databases may be created.

#![expect(clippy::unwrap_used, reason = "a test says so when something fails")]

/// Runs tests on both databases. Each takes a [`database::Database`] of its own.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test(crate::database::Database::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                if let Some(database) = crate::database::Database::postgres().await {
                    super::$test(database).await;
                }
            })*
        }
    };
}

mod account;
mod administration;
mod bulletin;
mod case;
mod certificate;
mod concurrency;
mod database;
mod delivery;
mod desk;
mod job;
mod ledger;
mod names;
mod notice;
mod opening;
mod scan;
mod schema;
mod seal;
mod session;
mod setting;
mod signing;
mod transaction;
mod unit;
mod use_request;
mod world;
