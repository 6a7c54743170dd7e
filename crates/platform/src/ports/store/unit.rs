use async_trait::async_trait;
use casework::{FilingId, UnitId};
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// A unit: what lookups need, and the aggregate as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    /// The unit.
    pub id: UnitId,
    /// 统一社会信用代码, unique.
    pub credit_code: String,
    /// Full name.
    pub full_name: String,
    /// 所属地市, code.
    pub city: String,
    /// 所属县/区, code.
    pub county: String,
    /// Level, code.
    pub level: String,
    /// `casework::Unit` as JSON.
    pub body: String,
}

/// Which units a list shows.
#[derive(Debug, Clone, Default)]
pub struct UnitFilter {
    /// Part of the name, or the whole 统一社会信用代码.
    pub text: Option<String>,
    /// 所属地市, code.
    pub city: Option<String>,
    /// 所属县/区, code.
    pub county: Option<String>,
    /// Level, code.
    pub level: Option<String>,
}

/// A unit's filing of its office and leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingRow {
    /// Its id.
    pub id: FilingId,
    /// The unit.
    pub unit: UnitId,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// When the Center answered.
    pub answered_at: Option<Timestamp>,
    /// `casework::UnitFiling` as JSON.
    pub body: String,
}

/// Units, what they were, and their filings.
#[async_trait]
pub trait UnitStore {
    /// Adds a unit.
    async fn unit_insert(&mut self, unit: &UnitRow) -> Result<(), StoreError>;
    /// Writes a unit anew.
    async fn unit_update(&mut self, unit: &UnitRow) -> Result<(), StoreError>;
    /// One unit.
    async fn unit(&mut self, id: UnitId) -> Result<Option<UnitRow>, StoreError>;
    /// By 统一社会信用代码.
    async fn unit_by_credit_code(&mut self, code: &str) -> Result<Option<UnitRow>, StoreError>;
    /// Those of these ids that there are, in no certain order.
    async fn units_by_id(&mut self, ids: &[UnitId]) -> Result<Vec<UnitRow>, StoreError>;
    /// Units by name (part), at most `limit`.
    async fn units(&mut self, text: Option<&str>, limit: u32) -> Result<Vec<UnitRow>, StoreError>;
    /// A page of units, by name.
    async fn units_page(
        &mut self,
        filter: &UnitFilter,
        page: &PageRequest,
    ) -> Result<Page<UnitRow>, StoreError>;
    /// Keeps what a unit is from a moment on.
    async fn unit_version_insert(
        &mut self,
        unit: UnitId,
        from: Timestamp,
        body: &str,
    ) -> Result<(), StoreError>;
    /// What a unit was, newest first, at most 200.
    async fn unit_versions(&mut self, unit: UnitId)
    -> Result<Vec<(Timestamp, String)>, StoreError>;
    /// Files, or keeps the Center's answer.
    async fn filing_save(&mut self, filing: &FilingRow) -> Result<(), StoreError>;
    /// One filing; in a write transaction it stays this transaction's.
    async fn filing(&mut self, id: FilingId) -> Result<Option<FilingRow>, StoreError>;
    /// A unit's filings, newest first, at most 50.
    async fn filings_of(&mut self, unit: UnitId) -> Result<Vec<FilingRow>, StoreError>;
    /// Filings without an answer, oldest first, at most `limit`.
    async fn filings_waiting(&mut self, limit: u32) -> Result<Vec<FilingRow>, StoreError>;
}
