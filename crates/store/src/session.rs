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
            "INSERT INTO sessions (digest, person, data, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (digest) DO UPDATE SET person = excluded.person, data = excluded.data, \
             expires_at = excluded.expires_at",
        )
        .bind(&session.key)
        .bind(session.person.map(|person| person.as_uuid()))
        .bind(&session.data)
        .bind(session.expires_at.as_microsecond())
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
            "SELECT digest, person, data, expires_at FROM sessions \
             WHERE digest = $1 AND expires_at > $2",
        )
        .bind(key)
        .bind(now.as_microsecond())
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(session).transpose()
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
    })
}
