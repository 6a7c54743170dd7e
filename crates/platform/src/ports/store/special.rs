use async_trait::async_trait;
use casework::{SealId, SpecialId, SpecialSituation, UnitId};
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// An exception in the register of special situations: what lists need, and the aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecialRow {
    /// The exception.
    pub id: SpecialId,
    /// Its seal.
    pub seal: SealId,
    /// Whose it is.
    pub unit: UnitId,
    /// The unit's name.
    pub unit_name: String,
    /// 印章名称.
    pub seal_name: String,
    /// 印章编码.
    pub seal_code: String,
    /// Which situation.
    pub situation: SpecialSituation,
    /// It is over.
    pub ended: bool,
    /// The next confirmation is due then.
    pub due_at: Timestamp,
    /// Counts up with every write.
    pub version: i64,
    /// `casework::SpecialRecord` as protected JSON.
    pub body: String,
}

/// What a list of exceptions shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpecialFilter {
    /// Only this unit's.
    pub unit: Option<UnitId>,
    /// Only those that are over, or are not.
    pub ended: Option<bool>,
    /// Only those due until then.
    pub due_before: Option<Timestamp>,
    /// Only this situation.
    pub situation: Option<SpecialSituation>,
    /// Code (whole), name or unit (part).
    pub text: Option<String>,
}

/// The register of special situations.
#[async_trait]
pub trait SpecialStore {
    /// Adds one at version 1.
    async fn special_insert(&mut self, row: &SpecialRow) -> Result<(), StoreError>;
    /// Writes one that was read at `row.version`; it is kept as `version + 1`.
    async fn special_update(&mut self, row: &SpecialRow) -> Result<(), StoreError>;
    /// One.
    async fn special(&mut self, id: SpecialId) -> Result<Option<SpecialRow>, StoreError>;
    /// All of a seal.
    async fn specials_of(&mut self, seal: SealId) -> Result<Vec<SpecialRow>, StoreError>;
    /// A list, the first due first.
    async fn specials(
        &mut self,
        filter: &SpecialFilter,
        page: &PageRequest,
    ) -> Result<Page<SpecialRow>, StoreError>;
    /// How many, counted up to `cap`.
    async fn special_count(&mut self, filter: &SpecialFilter, cap: u32) -> Result<u32, StoreError>;
}
