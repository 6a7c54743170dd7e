use async_trait::async_trait;
use casework::{PersonId, SealId, UnitId, UseRequestId};
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// A stamping request (用章申请) and, once stamped, its use record (用章记录).
#[derive(Debug, Clone, PartialEq)]
pub struct UseRow {
    /// The request.
    pub id: UseRequestId,
    /// Which seal.
    pub seal: SealId,
    /// The seal's unit.
    pub unit: UnitId,
    /// Who asked.
    pub requested_by: PersonId,
    /// State as stored code, e.g. `requested`, `approved`, `stamped`.
    pub state: String,
    /// Digest of the document to be stamped (hex).
    pub document: String,
    /// SM3 of the signature value (hex), once stamped.
    pub signature: Option<String>,
    /// When it was stamped.
    pub stamped_at: Option<Timestamp>,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts up with every write.
    pub version: i64,
    /// `casework::UseRequest` with the platform's additions as JSON.
    pub body: String,
}

/// What a list shows.
#[derive(Debug, Clone, Default)]
pub struct UseFilter {
    /// Of one unit.
    pub unit: Option<UnitId>,
    /// Of one seal.
    pub seal: Option<SealId>,
    /// In one state.
    pub state: Option<String>,
    /// Stamped at or after.
    pub stamped_from: Option<Timestamp>,
    /// Stamped before.
    pub stamped_until: Option<Timestamp>,
}

/// Stamping requests and use records.
#[async_trait]
pub trait UseStore {
    /// Adds one at version 1.
    async fn use_insert(&mut self, row: &UseRow) -> Result<(), StoreError>;
    /// Writes one that was read at `row.version`; it is kept as `version + 1`.
    async fn use_update(&mut self, row: &UseRow) -> Result<(), StoreError>;
    /// One.
    async fn use_request(&mut self, id: UseRequestId) -> Result<Option<UseRow>, StoreError>;
    /// A list, last changed first.
    async fn uses(
        &mut self,
        filter: &UseFilter,
        page: &PageRequest,
    ) -> Result<Page<UseRow>, StoreError>;
    /// The use that made this signature (SM3 of its value, hex).
    async fn use_by_signature(&mut self, signature: &str) -> Result<Option<UseRow>, StoreError>;
}
