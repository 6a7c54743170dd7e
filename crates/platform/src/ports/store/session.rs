use async_trait::async_trait;
use casework::PersonId;
use jiff::Timestamp;

use super::StoreError;

/// A browser session. The key is a digest of the cookie's token, so that the table opens no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// SM3 of the token, hex.
    pub key: String,
    /// Who signed in, if anybody.
    pub person: Option<PersonId>,
    /// Session data, JSON.
    pub data: String,
    /// End.
    pub expires_at: Timestamp,
}

/// Sessions.
#[async_trait]
pub trait SessionStore {
    /// Writes a session anew or for the first time.
    async fn session_save(&mut self, session: &SessionRecord) -> Result<(), StoreError>;
    /// Reads one that has not expired.
    async fn session(
        &mut self,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, StoreError>;
    /// Ends one.
    async fn session_delete(&mut self, key: &str) -> Result<(), StoreError>;
    /// Ends all of one person.
    async fn sessions_delete_of(&mut self, person: PersonId) -> Result<(), StoreError>;
    /// Removes the expired.
    async fn sessions_expire(&mut self, now: Timestamp) -> Result<(), StoreError>;
}
