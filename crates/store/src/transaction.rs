use async_trait::async_trait;
use duplicate::duplicate_item;
use platform::ports::store::{Store, StoreError, Tx};
use sqlx::{Pool, Postgres, Sqlite, Transaction};

use crate::dialect::Dialect;
use crate::error::failed;

/// One database: a pool for writing, a pool for reading.
pub(crate) struct SqlStore<Db: Dialect> {
    write: Pool<Db>,
    read: Pool<Db>,
    description: String,
}

/// One transaction of one database. The aggregates' traits are implemented in their files.
pub(crate) struct SqlTx<Db: Dialect> {
    pub(crate) tx: Transaction<'static, Db>,
    pub(crate) writes: bool,
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
impl SqlStore<Db> {
    pub(crate) async fn new(write: Pool<Db>, read: Pool<Db>) -> Result<Self, sqlx::Error> {
        let version: String = sqlx::query_scalar(Db::VERSION).fetch_one(&write).await?;
        Ok(Self {
            write,
            read,
            description: format!("{} {version}", Db::NAME),
        })
    }
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl Store for SqlStore<Db> {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        let tx = self
            .write
            .begin_with(Db::BEGIN_WRITE)
            .await
            .map_err(failed)?;
        Ok(Box::new(SqlTx { tx, writes: true }))
    }

    async fn read(&self) -> Result<Box<dyn Tx>, StoreError> {
        let tx = self.read.begin_with(Db::BEGIN_READ).await.map_err(failed)?;
        Ok(Box::new(SqlTx { tx, writes: false }))
    }

    fn describe(&self) -> String {
        self.description.clone()
    }
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl Tx for SqlTx<Db> {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.tx.commit().await.map_err(failed)
    }
}
