use async_trait::async_trait;
use casework::UnitId;

use super::StoreError;

/// A unit: what lookups need, and the aggregate as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    /// The unit.
    pub id: UnitId,
    /// 统一社会信用代码, unique.
    pub credit_code: String,
    /// Full name.
    pub full_name: String,
    /// `casework::Unit` as JSON.
    pub body: String,
}

/// Units.
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
    /// Units by name (part), at most `limit`.
    async fn units(&mut self, text: Option<&str>, limit: u32) -> Result<Vec<UnitRow>, StoreError>;
}
