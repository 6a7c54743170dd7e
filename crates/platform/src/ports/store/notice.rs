use async_trait::async_trait;
use casework::{CaseId, PersonId};
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// A message to a person inside the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRecord {
    /// Id (UUID v7).
    pub id: Uuid,
    /// To whom.
    pub person: PersonId,
    /// About which case.
    pub case: Option<CaseId>,
    /// What it says.
    pub text: String,
    /// Where it leads (path on this platform).
    pub link: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Notices.
#[async_trait]
pub trait NoticeStore {
    /// Adds notices; the same id a second time changes nothing.
    async fn notices_insert(&mut self, notices: &[NoticeRecord]) -> Result<(), StoreError>;
    /// Newest first.
    async fn notices_of(
        &mut self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<NoticeRecord>, StoreError>;
    /// How many unread, counted up to 100.
    async fn notices_unread(&mut self, person: PersonId) -> Result<u32, StoreError>;
    /// Marks all of a person as read.
    async fn notices_mark_read(
        &mut self,
        person: PersonId,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}
