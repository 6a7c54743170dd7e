use async_trait::async_trait;
use casework::PersonId;
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{SessionRecord, SessionStore, StoreError};
use sqlx::{Postgres, Sqlite};

use crate::column::Columns;
use crate::error::failed;
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SessionStore for SqlTx<Db> {
    async fn session_save(&mut self, session: &SessionRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (digest, person, data, expires_at, created_at, seen_at, address, \
             device) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (digest) DO UPDATE SET person = excluded.person, data = excluded.data, \
             expires_at = excluded.expires_at",
        )
        .bind(&session.key)
        .bind(session.person.map(|person| person.as_uuid()))
        .bind(&session.data)
        .bind(session.expires_at.as_microsecond())
        .bind(session.created_at.as_microsecond())
        .bind(session.seen_at.as_microsecond())
        .bind(session.address.as_deref())
        .bind(session.device.as_deref())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn session(
        &mut self,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let row = sqlx::query(
            "SELECT digest, person, data, expires_at, created_at, seen_at, address, device \
             FROM sessions WHERE digest = $1 AND expires_at > $2",
        )
        .bind(key)
        .bind(now.as_microsecond())
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(session).transpose()
    }

    async fn session_seen(
        &mut self,
        key: &str,
        at: Timestamp,
        address: Option<&str>,
        device: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sessions SET seen_at = $2, address = $3, device = $4 WHERE digest = $1",
        )
        .bind(key)
        .bind(at.as_microsecond())
        .bind(address)
        .bind(device)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn sessions_of(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT digest, person, data, expires_at, created_at, seen_at, address, device \
             FROM sessions WHERE person = $1 AND expires_at > $2 ORDER BY seen_at DESC, digest \
             LIMIT 100",
        )
        .bind(person.as_uuid())
        .bind(now.as_microsecond())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(session).collect()
    }

    async fn sessions_live(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT digest, person, data, expires_at, created_at, seen_at, address, device \
             FROM sessions WHERE person IS NOT NULL AND expires_at > $1 \
             ORDER BY seen_at DESC, digest LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(session).collect()
    }

    async fn session_delete(&mut self, key: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE digest = $1")
            .bind(key)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn sessions_delete_of(&mut self, person: PersonId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE person = $1")
            .bind(person.as_uuid())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn sessions_delete_others(
        &mut self,
        person: PersonId,
        key: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE person = $1 AND digest <> $2")
            .bind(person.as_uuid())
            .bind(key)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn sessions_expire(&mut self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now.as_microsecond())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

fn session(row: &impl Columns) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        key: row.text("digest")?,
        person: row.maybe_uuid("person")?.map(PersonId::from_uuid),
        data: row.text("data")?,
        expires_at: row.time("expires_at")?,
        created_at: row.time("created_at")?,
        seen_at: row.time("seen_at")?,
        address: row.maybe_text("address")?,
        device: row.maybe_text("device")?,
    })
}
