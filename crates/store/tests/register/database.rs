//! A fresh database per test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use platform::ports::store::{Store, Tx};
use sqlx::{Connection, PgConnection};

/// An open, empty register. Where it lives is removed with it.
pub(crate) struct Database {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) url: String,
    _place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "removed when dropped")] tempfile::TempDir),
    Server(#[expect(dead_code, reason = "dropped on the server when dropped")] OnServer),
}

struct OnServer {
    admin: String,
    name: String,
}

impl Database {
    /// A file with its writer and readers, as in production.
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite:{}",
            folder.path().join("data/register.db").display()
        );
        Self {
            store: store::open(&url).await.unwrap(),
            url,
            _place: Place::Folder(folder),
        }
    }

    /// A database of its own on the server of the environment, or `None` (said aloud) where there is none.
    pub(crate) async fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(admin) = std::env::var("YINXIN_TEST_POSTGRES") else {
            println!("skipped: YINXIN_TEST_POSTGRES is not set");
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("yinxin_test_{}_{number}", std::process::id());
        let mut connection = PgConnection::connect(&admin).await.unwrap();
        // The process id may have been another run's, which was broken off.
        for sql in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
        ] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        let (server, _) = admin.rsplit_once('/').unwrap();
        let url = format!("{server}/{name}");
        let store = store::open(&url).await.unwrap();
        Some(Self {
            store,
            url,
            _place: Place::Server(OnServer { admin, name }),
        })
    }

    pub(crate) async fn begin(&self) -> Box<dyn Tx> {
        self.store.begin().await.unwrap()
    }

    pub(crate) async fn read(&self) -> Box<dyn Tx> {
        self.store.read().await.unwrap()
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let admin = self.admin.clone();
        // Its own thread and runtime: this runs inside the test's.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&admin).await?;
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await
            })?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        });
        if let Ok(Err(error)) = dropped.join() {
            println!("the database {} stays: {error}", self.name);
        }
    }
}
