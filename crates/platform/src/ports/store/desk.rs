use async_trait::async_trait;
use casework::{BundleId, CaseId, UnitId};
use jiff::Timestamp;

use super::{CaseRow, Page, PageRequest, StoreError};

/// A hand-over of several cases (汇总递交).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRow {
    /// The bundle.
    pub id: BundleId,
    /// Its number for people.
    pub number: String,
    /// Who handed over.
    pub consolidator: UnitId,
    /// The consolidator's name then.
    pub consolidator_name: String,
    /// The person.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}

/// Where the originals of a case are, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaperCounts {
    /// 待收.
    pub expected: u32,
    /// At the consolidator.
    pub with_consolidator: u32,
    /// On the way from the consolidator to the Center.
    pub forwarded: u32,
    /// At the Center.
    pub received: u32,
    /// Looked for and not found.
    pub missing: u32,
}

impl PaperCounts {
    /// Originals that the Center still waits for.
    pub fn outstanding(&self) -> u32 {
        self.expected + self.with_consolidator + self.forwarded + self.missing
    }

    /// All of them.
    pub fn all(&self) -> u32 {
        self.outstanding() + self.received
    }
}

/// A case in the paper register.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperRow {
    /// The case.
    pub case: CaseRow,
    /// Where its originals are.
    pub counts: PaperCounts,
    /// Last change of one of them.
    pub noted_at: Timestamp,
}

/// What the paper register shows: cases whose originals are not all at the Center.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaperFilter {
    /// Only what goes through this consolidator; without: what reached the Center.
    pub consolidator: Option<UnitId>,
    /// Only cases with an original that was looked for and not found.
    pub missing: bool,
}

/// Bundles, appointments, papers on their way.
#[async_trait]
pub trait DeskStore {
    /// Adds a bundle.
    async fn bundle_insert(&mut self, bundle: &BundleRow) -> Result<(), StoreError>;
    /// Puts a case into a bundle, once.
    async fn bundle_add(&mut self, bundle: BundleId, case: CaseId) -> Result<(), StoreError>;
    /// One bundle.
    async fn bundle(&mut self, id: BundleId) -> Result<Option<BundleRow>, StoreError>;
    /// The cases of a bundle, by number.
    async fn bundle_cases(&mut self, id: BundleId) -> Result<Vec<CaseRow>, StoreError>;
    /// Bundles of one consolidator, or all; newest first, each with the number of its cases.
    async fn bundles(
        &mut self,
        consolidator: Option<UnitId>,
        page: &PageRequest,
    ) -> Result<Page<(BundleRow, u32)>, StoreError>;

    /// Books a slot for a case, or moves it there.
    async fn appointment_put(&mut self, case: CaseId, at: Timestamp) -> Result<(), StoreError>;
    /// Gives a case's slot up.
    async fn appointment_remove(&mut self, case: CaseId) -> Result<(), StoreError>;
    /// How many cases other than this one have a slot.
    async fn appointments_at(&mut self, at: Timestamp, except: CaseId) -> Result<u32, StoreError>;
    /// The cases with a slot between two moments, in the order of their slots.
    async fn appointments(
        &mut self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, CaseRow)>, StoreError>;

    /// Notes where the originals of a case are; `outstanding` puts it into the register's list.
    async fn papers_note(
        &mut self,
        case: CaseId,
        counts: &PaperCounts,
        outstanding: u32,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Cases with originals that are waited for, last noted first.
    async fn papers(
        &mut self,
        filter: &PaperFilter,
        page: &PageRequest,
    ) -> Result<Page<PaperRow>, StoreError>;
}
