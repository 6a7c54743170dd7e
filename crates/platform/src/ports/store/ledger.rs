use async_trait::async_trait;
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// What happened, before it has a place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLedgerEntry {
    /// When it was recorded.
    pub at: Timestamp,
    /// What kind, e.g. `case.first_review_approved`, `seal.suspended`, `stamp.made`.
    pub kind: String,
    /// What it is about (case number, seal code, use id).
    pub subject: String,
    /// Who did it, as text (name, role, unit), or 系统.
    pub actor: String,
    /// The facts, canonical JSON (no personal data in the clear).
    pub body: String,
    /// Leaf bytes' hash (SM3, leaf prefix).
    pub leaf_hash: [u8; 32],
}

/// An entry with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Place in the ledger, from 0.
    pub index: u64,
    /// The entry.
    pub entry: NewLedgerEntry,
}

/// What the auditor looks for.
#[derive(Debug, Clone, Default)]
pub struct LedgerFilter {
    /// Kind or its beginning.
    pub kind: Option<String>,
    /// Subject, whole.
    pub subject: Option<String>,
    /// The beginning of the actor: a person's name.
    pub actor: Option<String>,
    /// Part of the subject, the actor or the facts.
    pub text: Option<String>,
    /// Recorded at or after.
    pub from: Option<Timestamp>,
    /// Recorded before.
    pub until: Option<Timestamp>,
}

/// The append-only log and the nodes of its tree.
#[async_trait]
pub trait LedgerStore {
    /// Size and right edge of the tree; on a database with concurrent writers the row stays locked until the end of
    /// the transaction.
    async fn ledger_frontier(&mut self) -> Result<(u64, Vec<[u8; 32]>), StoreError>;
    /// Writes entries from `first_index` on, the tree's completed nodes (level, index, hash) and the new frontier.
    async fn ledger_append(
        &mut self,
        first_index: u64,
        entries: &[NewLedgerEntry],
        nodes: &[(u8, u64, [u8; 32])],
        frontier: &[[u8; 32]],
    ) -> Result<(), StoreError>;
    /// Nodes at these places, in the order asked; a missing one is an error.
    async fn ledger_nodes(&mut self, places: &[(u8, u64)]) -> Result<Vec<[u8; 32]>, StoreError>;
    /// One entry.
    async fn ledger_entry(&mut self, index: u64) -> Result<Option<LedgerEntry>, StoreError>;
    /// Entries, newest first.
    async fn ledger_entries(
        &mut self,
        filter: &LedgerFilter,
        page: &PageRequest,
    ) -> Result<Page<LedgerEntry>, StoreError>;
    /// Entries about one subject, oldest first, at most 1,000.
    async fn ledger_of(&mut self, subject: &str) -> Result<Vec<LedgerEntry>, StoreError>;
}
