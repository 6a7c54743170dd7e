use async_trait::async_trait;
use casework::CaseId;
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// A summary sheet on its way into a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetImportRow {
    /// Id.
    pub id: Uuid,
    /// The case that it is for, or that it will open.
    pub case: CaseId,
    /// How far it is, as stored code.
    pub state: String,
    /// Lines in all.
    pub total: u32,
    /// Lines checked.
    pub done: u32,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
    /// The rest as protected JSON.
    pub body: String,
}

/// Summary sheets on their way.
#[async_trait]
pub trait SheetImportStore {
    /// Adds one.
    async fn sheet_import_insert(&mut self, row: &SheetImportRow) -> Result<(), StoreError>;
    /// Writes state, lines and body.
    async fn sheet_import_update(&mut self, row: &SheetImportRow) -> Result<(), StoreError>;
    /// One.
    async fn sheet_import(&mut self, id: Uuid) -> Result<Option<SheetImportRow>, StoreError>;
    /// All of a case, newest first.
    async fn sheet_imports_of(&mut self, case: CaseId) -> Result<Vec<SheetImportRow>, StoreError>;
}
