use async_trait::async_trait;
use casework::{BulletinId, BulletinState};
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// An announcement of the Center's own: what lookups need, and the whole as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinRow {
    /// Its id.
    pub id: BulletinId,
    /// Its number, once published.
    pub number: Option<u64>,
    /// How it stands.
    pub state: BulletinState,
    /// Its headline.
    pub title: String,
    /// When something last happened to it.
    pub changed_at: Timestamp,
    /// For optimistic locking.
    pub version: i64,
    /// The whole, protected.
    pub body: String,
}

/// Announcements of the Center's own.
#[async_trait]
pub trait BulletinStore {
    /// Keeps a new one.
    async fn bulletin_insert(&mut self, bulletin: &BulletinRow) -> Result<(), StoreError>;
    /// Writes one anew; its version must still be `version`, and grows by one.
    async fn bulletin_update(&mut self, bulletin: &BulletinRow) -> Result<(), StoreError>;
    /// One.
    async fn bulletin(&mut self, id: BulletinId) -> Result<Option<BulletinRow>, StoreError>;
    /// The one of a number.
    async fn bulletin_numbered(&mut self, number: u64) -> Result<Option<BulletinRow>, StoreError>;
    /// Those in this state, or all; last changed first.
    async fn bulletins(
        &mut self,
        state: Option<BulletinState>,
        page: &PageRequest,
    ) -> Result<Page<BulletinRow>, StoreError>;
    /// Those that everybody can read, newest first; the cursor is a number.
    async fn bulletins_public(
        &mut self,
        page: &PageRequest,
    ) -> Result<Page<BulletinRow>, StoreError>;
}
