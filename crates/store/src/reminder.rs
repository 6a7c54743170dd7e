use async_trait::async_trait;
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{DeadlineRecord, ReminderStore, SealRow, StoreError, Told};
use sqlx::{Postgres, Sqlite};
use uuid::Uuid;

use crate::column::Columns;
use crate::error::failed;
use crate::seal::{seal, seal_columns, select_seals};
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl ReminderStore for SqlTx<Db> {
    async fn deadline_put(
        &mut self,
        subject: Uuid,
        deadline: Option<&DeadlineRecord>,
    ) -> Result<(), StoreError> {
        let query = match deadline {
            Some(deadline) => sqlx::query(
                "INSERT INTO deadlines (subject, kind, at, told) VALUES ($1, $2, $3, 0) \
                 ON CONFLICT (subject) DO UPDATE SET kind = excluded.kind, at = excluded.at, \
                 told = CASE WHEN deadlines.kind = excluded.kind AND deadlines.at = excluded.at \
                 THEN deadlines.told ELSE 0 END",
            )
            .bind(subject)
            .bind(deadline.kind.clone())
            .bind(deadline.at.as_microsecond()),
            None => sqlx::query("DELETE FROM deadlines WHERE subject = $1").bind(subject),
        };
        query.execute(&mut *self.tx).await.map_err(failed)?;
        Ok(())
    }

    async fn deadlines_untold(
        &mut self,
        until: Timestamp,
        told: Told,
        limit: u32,
    ) -> Result<Vec<DeadlineRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT subject, kind, at FROM deadlines WHERE at < $1 AND told < $2 \
             ORDER BY at, subject LIMIT $3",
        )
        .bind(until.as_microsecond())
        .bind(told as i64)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(DeadlineRecord {
                    subject: row.uuid("subject")?,
                    kind: row.text("kind")?,
                    at: row.time("at")?,
                })
            })
            .collect()
    }

    async fn deadline_told(&mut self, subject: Uuid, told: Told) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE deadlines SET told = $2 WHERE subject = $1 AND told < $2")
            .bind(subject)
            .bind(told as i64)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(done.rows_affected() > 0)
    }

    async fn seals_unreminded(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        name: &str,
        limit: u32,
    ) -> Result<Vec<SealRow>, StoreError> {
        let rows = sqlx::query(select_seals!(
            "WHERE status = 'active' AND not_after >= $1 AND not_after < $2 \
             AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.subject = seals.id AND r.name = $3) \
             ORDER BY not_after, id LIMIT $4"
        ))
        .bind(from.as_microsecond())
        .bind(until.as_microsecond())
        .bind(name)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(seal).collect()
    }

    async fn reminder_insert(
        &mut self,
        subject: Uuid,
        name: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO reminders (subject, name, at) VALUES ($1, $2, $3) \
             ON CONFLICT (subject, name) DO NOTHING",
        )
        .bind(subject)
        .bind(name)
        .bind(at.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(done.rows_affected() > 0)
    }
}
