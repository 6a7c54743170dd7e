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
    /// Sign-in, or first visit.
    pub created_at: Timestamp,
    /// Last request, to the minute.
    pub seen_at: Timestamp,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub device: Option<String>,
}

/// Sessions.
#[async_trait]
pub trait SessionStore {
    /// Writes a session anew or for the first time; beginning, address and device stay as they were first written.
    async fn session_save(&mut self, session: &SessionRecord) -> Result<(), StoreError>;
    /// Reads one that has not expired.
    async fn session(
        &mut self,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, StoreError>;
    /// Notes that somebody was there.
    async fn session_seen(
        &mut self,
        key: &str,
        at: Timestamp,
        address: Option<&str>,
        device: Option<&str>,
    ) -> Result<(), StoreError>;
    /// A person's sessions that have not expired, last seen first.
    async fn sessions_of(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<SessionRecord>, StoreError>;
    /// Everybody's, last seen first, at most `limit`.
    async fn sessions_live(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError>;
    /// Ends one.
    async fn session_delete(&mut self, key: &str) -> Result<(), StoreError>;
    /// Ends all of one person.
    async fn sessions_delete_of(&mut self, person: PersonId) -> Result<(), StoreError>;
    /// Ends all of one person but this one.
    async fn sessions_delete_others(
        &mut self,
        person: PersonId,
        key: &str,
    ) -> Result<(), StoreError>;
    /// Removes the expired.
    async fn sessions_expire(&mut self, now: Timestamp) -> Result<(), StoreError>;
}
