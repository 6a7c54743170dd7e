//! The register of everything, behind transactions: what is read and written per aggregate.
//!
//! Contract: a [`Tx`] sees its own writes; what it wrote is there for everybody after [`Tx::commit`], and gone when it
//! is dropped. Write transactions are serial enough that the ledger grows without gaps. Aggregates carry a version:
//! an update against an older version is refused with [`StoreError::Conflict`].

mod account;
mod bulletin;
mod case;
mod certificate;
mod delivery;
mod deputy;
mod desk;
mod imprint;
mod job;
mod ledger;
mod notice;
mod proposal;
mod reminder;
mod saved_filter;
mod scan;
mod seal;
mod session;
mod setting;
mod sheet_import;
mod sign_in;
mod signing;
mod special;
mod tally;
mod unit;
mod usb_key;
mod use_request;

use async_trait::async_trait;

pub use account::{AccountFilter, AccountRecord, AccountStore};
pub use bulletin::{BulletinRow, BulletinStore};
pub use case::{CaseFilter, CaseRecord, CaseRow, CaseScope, CaseState, CaseStore};
pub use certificate::{CertificateRecord, CertificateStore};
pub use delivery::{Channel, DeliveryRecord, DeliveryState, DeliveryStore};
pub use deputy::{DeputyRow, DeputyStore};
pub use desk::{BundleRow, DeskStore, PaperCounts, PaperFilter, PaperRow};
pub use imprint::{ImprintRow, ImprintStore};
pub use job::{FailingJob, JobRecord, JobStore, Lane, NewJob};
pub use ledger::{LedgerEntry, LedgerFilter, LedgerStore, NewLedgerEntry};
pub use notice::{NoticeRecord, NoticeStore};
pub use proposal::{ProposalRow, ProposalStore};
pub use reminder::{DeadlineRecord, ReminderStore, Told};
pub use saved_filter::{SavedFilterRow, SavedFilterStore};
pub use scan::{ScanFileRow, ScanPageRow, ScanStore, ScanUploadRow};
pub use seal::{Announcement, AnnouncementFilter, FollowUp, SealFilter, SealRow, SealStore};
pub use session::{SessionRecord, SessionStore};
pub use setting::SettingStore;
pub use sheet_import::{SheetImportRow, SheetImportStore};
pub use sign_in::{SignInRecord, SignInStore};
pub use signing::{SigningKind, SigningRecord, SigningStore};
pub use special::{SpecialFilter, SpecialRow, SpecialStore};
pub use tally::{Tally, TallyBy, TallyFilter, TallyStore, TallySum};
pub use unit::{FilingRow, UnitFilter, UnitRow, UnitStore};
pub use usb_key::{UsbKeyFilter, UsbKeyRow, UsbKeyStore};
pub use use_request::{UseFilter, UseRow, UseStore};

/// A page of a list: at most `limit` rows after `after` (an opaque cursor from the page before).
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// Cursor of the page before; `None` for the first.
    pub after: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
}

/// Rows and where to go on.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Cursor for the next page, `None` at the end.
    pub next: Option<String>,
}

/// Opens transactions.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a write transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError>;

    /// Begins a transaction that only reads, and sees one moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn read(&self) -> Result<Box<dyn Tx>, StoreError>;

    /// What kind of database this is, for start-up and the about page (e.g. `SQLite 3.50`).
    fn describe(&self) -> String;
}

/// One transaction over all aggregates.
#[async_trait]
pub trait Tx:
    Send
    + AccountStore
    + BulletinStore
    + CaseStore
    + CertificateStore
    + DeputyStore
    + DeskStore
    + DeliveryStore
    + ImprintStore
    + JobStore
    + LedgerStore
    + NoticeStore
    + SavedFilterStore
    + ScanStore
    + ProposalStore
    + ReminderStore
    + SealStore
    + SessionStore
    + SettingStore
    + SignInStore
    + SheetImportStore
    + SigningStore
    + SpecialStore
    + TallyStore
    + UnitStore
    + UsbKeyStore
    + UseStore
{
    /// Makes everything written here true, durably.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] or [`StoreError::Unavailable`]; nothing was written then.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the same thing first.
    #[error("changed by somebody else meanwhile: {0}")]
    Conflict(String),
    /// A value that must be unique exists already (names the constraint).
    #[error("exists already: {0}")]
    Duplicate(String),
    /// What was read cannot be understood.
    #[error("stored data cannot be read: {0}")]
    Damaged(String),
    /// The database failed.
    #[error("the database failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
