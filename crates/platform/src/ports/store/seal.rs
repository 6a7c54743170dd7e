use async_trait::async_trait;
use casework::{SealId, SealKind, UnitId};
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// A seal in the register: what lists need, and the aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct SealRow {
    /// The seal.
    pub id: SealId,
    /// 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// 电子印章类型.
    pub kind: SealKind,
    /// Owning unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// Status now as stored code (derived states excluded).
    pub status: String,
    /// End of validity.
    pub not_after: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts up with every write.
    pub version: i64,
    /// `casework::SealRecord` with the platform's additions as protected JSON.
    pub body: String,
}

/// What a list of seals shows.
#[derive(Debug, Clone, Default)]
pub struct SealFilter {
    /// Only this unit's.
    pub unit: Option<UnitId>,
    /// Only this status code.
    pub status: Option<String>,
    /// Code (prefix) or name (part).
    pub text: Option<String>,
}

/// A public change of a seal's status (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Running number from 1.
    pub number: u64,
    /// When it was announced.
    pub at: Timestamp,
    /// 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// Owning unit's name.
    pub unit_name: String,
    /// Status code after the change.
    pub status: String,
    /// Since when it holds.
    pub effective_at: Timestamp,
    /// Place of the matching ledger entry.
    pub ledger_index: u64,
}

/// The seal register.
#[async_trait]
pub trait SealStore {
    /// Adds a seal at version 1.
    async fn seal_insert(&mut self, row: &SealRow) -> Result<(), StoreError>;
    /// Writes a seal that was read at `row.version`; it is kept as `version + 1`.
    async fn seal_update(&mut self, row: &SealRow) -> Result<(), StoreError>;
    /// One seal.
    async fn seal(&mut self, id: SealId) -> Result<Option<SealRow>, StoreError>;
    /// By 印章编码.
    async fn seal_by_code(&mut self, code: &str) -> Result<Option<SealRow>, StoreError>;
    /// A list, last changed first.
    async fn seals(
        &mut self,
        filter: &SealFilter,
        page: &PageRequest,
    ) -> Result<Page<SealRow>, StoreError>;
    /// Seals recorded as 有效 whose validity ends from `from` and before `until`, soonest first; `after` is the last one
    /// of the page before.
    async fn seals_ending(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        after: Option<(Timestamp, SealId)>,
        limit: u32,
    ) -> Result<Vec<SealRow>, StoreError>;
    /// Adds an announcement and answers its number (`number` of the argument is ignored).
    async fn announcement_insert(&mut self, announcement: &Announcement)
    -> Result<u64, StoreError>;
    /// Announcements, newest first.
    async fn announcements(&mut self, page: &PageRequest)
    -> Result<Page<Announcement>, StoreError>;
}
