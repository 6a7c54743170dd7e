use async_trait::async_trait;
use casework::{CaseId, PersonId, Role, UnitId};
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// Several files of scans and photographs that came in together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanUploadRow {
    /// Id.
    pub id: Uuid,
    /// Who brought them.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// In which unit.
    pub unit: UnitId,
    /// The case from whose page they were brought, if any.
    pub case: Option<CaseId>,
    /// When.
    pub created_at: Timestamp,
    /// When the person was told that all pages were looked at.
    pub told_at: Option<Timestamp>,
    /// The rest as protected JSON.
    pub body: String,
}

/// One file of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFileRow {
    /// The upload.
    pub upload: Uuid,
    /// Its place in the upload, from 1.
    pub number: u32,
    /// Its pages; `None`: not opened yet; 0: it cannot be opened.
    pub pages: Option<u32>,
    /// The rest as protected JSON.
    pub body: String,
}

/// One page of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanPageRow {
    /// Id.
    pub id: Uuid,
    /// The upload.
    pub upload: Uuid,
    /// The file, from 1.
    pub file: u32,
    /// The page of the file, from 1.
    pub number: u32,
    /// The case that it is filed under.
    pub case: Option<CaseId>,
    /// The mark of the paper that it shows.
    pub mark: Option<String>,
    /// Its state as stored code.
    pub state: String,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts up with every write.
    pub version: i64,
    /// The rest as protected JSON.
    pub body: String,
}

/// Scans and photographs on their way into cases.
#[async_trait]
pub trait ScanStore {
    /// Adds an upload and its files.
    async fn scan_upload_insert(
        &mut self,
        upload: &ScanUploadRow,
        files: &[ScanFileRow],
    ) -> Result<(), StoreError>;
    /// One upload. In a transaction that writes, it is this transaction's until its end: what is decided about the
    /// pages of one upload is decided one after the other.
    async fn scan_upload(&mut self, id: Uuid) -> Result<Option<ScanUploadRow>, StoreError>;
    /// Remembers that the person was told. False where they were told before.
    async fn scan_upload_told(&mut self, id: Uuid, at: Timestamp) -> Result<bool, StoreError>;
    /// The uploads of a post, newest first.
    async fn scan_uploads_of(
        &mut self,
        role: Role,
        unit: UnitId,
        limit: u32,
    ) -> Result<Vec<ScanUploadRow>, StoreError>;
    /// The files of an upload, in their order.
    async fn scan_files(&mut self, upload: Uuid) -> Result<Vec<ScanFileRow>, StoreError>;
    /// Writes what was found about a file.
    async fn scan_file_update(&mut self, row: &ScanFileRow) -> Result<(), StoreError>;
    /// Adds a page at version 1; a page that is there already stays as it is.
    async fn scan_page_insert(&mut self, row: &ScanPageRow) -> Result<(), StoreError>;
    /// Writes a page that was read at `row.version`; it is kept as `version + 1`.
    async fn scan_page_update(&mut self, row: &ScanPageRow) -> Result<(), StoreError>;
    /// One page.
    async fn scan_page(&mut self, id: Uuid) -> Result<Option<ScanPageRow>, StoreError>;
    /// The pages of an upload, in the order of files and pages.
    async fn scan_pages_of_upload(&mut self, upload: Uuid) -> Result<Vec<ScanPageRow>, StoreError>;
    /// The pages filed under a case, last changed first.
    async fn scan_pages_of_case(&mut self, case: CaseId) -> Result<Vec<ScanPageRow>, StoreError>;
}
