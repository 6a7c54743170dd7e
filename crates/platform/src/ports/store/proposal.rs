use async_trait::async_trait;
use casework::ProposalId;
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// Something proposed by one person for another to release: what lookups need, and the whole as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its id.
    pub id: ProposalId,
    /// What kind.
    pub kind: String,
    /// What it is about: a person, `policy`, a text's name.
    pub subject: String,
    /// `waiting`, `released`, `refused` or `withdrawn`.
    pub state: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// For optimistic locking.
    pub version: i64,
    /// The whole, protected.
    pub body: String,
}

/// Proposals.
#[async_trait]
pub trait ProposalStore {
    /// Keeps a new one.
    async fn proposal_insert(&mut self, proposal: &ProposalRow) -> Result<(), StoreError>;
    /// Writes one anew; its version must still be `version`, and grows by one.
    async fn proposal_update(&mut self, proposal: &ProposalRow) -> Result<(), StoreError>;
    /// One.
    async fn proposal(&mut self, id: ProposalId) -> Result<Option<ProposalRow>, StoreError>;
    /// Proposals in this state, or all; newest first.
    async fn proposals(
        &mut self,
        state: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<ProposalRow>, StoreError>;
    /// All about one subject, newest first, at most 100.
    async fn proposals_about(&mut self, subject: &str) -> Result<Vec<ProposalRow>, StoreError>;
}
