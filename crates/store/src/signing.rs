use async_trait::async_trait;
use duplicate::duplicate_item;
use platform::ports::store::{SigningKind, SigningRecord, SigningStore, StoreError};
use sqlx::{Postgres, Sqlite};
use uuid::Uuid;

use crate::column::Columns;
use crate::error::{expect_change, failed};
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SigningStore for SqlTx<Db> {
    async fn signing_insert(&mut self, record: &SigningRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO signings (kind, subject, tbs, context, result, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(record.kind.as_str())
        .bind(record.subject)
        .bind(&record.tbs)
        .bind(&record.context)
        .bind(&record.result)
        .bind(record.created_at.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn signing(
        &mut self,
        kind: SigningKind,
        subject: Uuid,
    ) -> Result<Option<SigningRecord>, StoreError> {
        let row = sqlx::query(
            "SELECT tbs, context, result, created_at FROM signings \
             WHERE kind = $1 AND subject = $2",
        )
        .bind(kind.as_str())
        .bind(subject)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.map(|row| {
            Ok(SigningRecord {
                kind,
                subject,
                tbs: row.bytes("tbs")?,
                context: row.text("context")?,
                result: row.maybe_bytes("result")?,
                created_at: row.time("created_at")?,
            })
        })
        .transpose()
    }

    async fn signing_finish(
        &mut self,
        kind: SigningKind,
        subject: Uuid,
        result: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let row = sqlx::query(
            "UPDATE signings SET result = coalesce(result, $3) \
             WHERE kind = $1 AND subject = $2 RETURNING result",
        )
        .bind(kind.as_str())
        .bind(subject)
        .bind(result)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(u64::from(row.is_some()), "signing", subject)?;
        row.map_or_else(|| Ok(Vec::new()), |row| row.bytes("result"))
    }
}
