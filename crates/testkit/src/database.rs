//! Where the register of a test lives, and that it is gone afterwards.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

/// A register of its own for one test.
#[derive(Debug)]
pub(crate) enum Database {
    /// A file in the test's folder.
    File,
    /// A database on the server of the environment.
    Server(OnServer),
}

#[derive(Debug)]
pub(crate) struct OnServer {
    admin: String,
    name: String,
    url: String,
}

impl Database {
    /// A fresh database on the server, or `None` (said aloud) where there is none.
    pub(crate) async fn on_server() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(admin) = std::env::var("YINXIN_TEST_POSTGRES") else {
            println!("skipped: YINXIN_TEST_POSTGRES is not set");
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("yinxin_platform_{}_{number}", std::process::id());
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
        Some(Self::Server(OnServer { admin, name, url }))
    }

    /// The address for `store::open`.
    pub(crate) fn url(&self, folder: &Path) -> String {
        match self {
            Self::File => format!("sqlite:{}", folder.join("yinxin.sqlite").display()),
            Self::Server(server) => server.url.clone(),
        }
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
