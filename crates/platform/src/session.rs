//! Browser sessions, kept under a digest of their token.

use casework::PersonId;
use jiff::Timestamp;

use crate::{Platform, error::Result, ports::store::SessionRecord};

impl Platform {
    /// Keeps a session: `token` is the secret of the cookie, `data` the session's content as JSON.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn session_save(
        &self,
        token: &str,
        person: Option<PersonId>,
        data: String,
        expires_at: Timestamp,
    ) -> Result<()> {
        let now = self.clock.now();
        let session = SessionRecord {
            key: key_of(token),
            person,
            data,
            expires_at,
            created_at: now,
            seen_at: now,
            address: None,
            device: None,
        };
        let mut tx = self.store.begin().await?;
        tx.session_save(&session).await?;
        Ok(tx.commit().await?)
    }

    /// A session's content and end, unless it has ended.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn session_load(&self, token: &str) -> Result<Option<(String, Timestamp)>> {
        let session = self
            .store
            .read()
            .await?
            .session(&key_of(token), self.clock.now())
            .await?;
        Ok(session.map(|session| (session.data, session.expires_at)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn session_end(&self, token: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.session_delete(&key_of(token)).await?;
        Ok(tx.commit().await?)
    }

    /// Removes ended sessions.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn sessions_expire(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.sessions_expire(self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

fn key_of(token: &str) -> String {
    hex::encode(gm::sm3(token.as_bytes()))
}
