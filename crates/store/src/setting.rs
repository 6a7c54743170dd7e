use async_trait::async_trait;
use duplicate::duplicate_item;
use platform::ports::store::{SettingStore, StoreError};
use sqlx::{Postgres, Sqlite};

use crate::column::Columns;
use crate::error::failed;
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SettingStore for SqlTx<Db> {
    async fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.map(|row| row.text("value")).transpose()
    }

    async fn setting_put(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn next_number(&mut self, name: &str) -> Result<u64, StoreError> {
        // The row stays locked until the end of the transaction: nobody else gets this number, or one after a gap.
        let row = sqlx::query(
            "INSERT INTO counters (name, value) VALUES ($1, 1) \
             ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        )
        .bind(name)
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.count("value")
    }
}
