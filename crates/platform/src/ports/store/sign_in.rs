use async_trait::async_trait;
use casework::PersonId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Page, PageRequest, StoreError};

/// An attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRecord {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Whose account, where there is one of that name.
    pub person: Option<PersonId>,
    /// What was typed as the account.
    pub login: String,
    /// What came of it: `signed_in`, or the code of the refusal.
    pub outcome: String,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub device: Option<String>,
}

/// Attempts to sign in.
#[async_trait]
pub trait SignInStore {
    /// Keeps one.
    async fn sign_in_insert(&mut self, sign_in: &SignInRecord) -> Result<(), StoreError>;
    /// Those that failed, newest first.
    async fn sign_ins_failed(
        &mut self,
        page: &PageRequest,
    ) -> Result<Page<SignInRecord>, StoreError>;
    /// How many from this address failed since a moment, counted up to 1,000.
    async fn sign_ins_failed_from(
        &mut self,
        address: &str,
        since: Timestamp,
    ) -> Result<u32, StoreError>;
    /// A person's, newest first, at most `limit`.
    async fn sign_ins_of(
        &mut self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<SignInRecord>, StoreError>;
    /// Removes those before a moment.
    async fn sign_ins_forget(&mut self, before: Timestamp) -> Result<(), StoreError>;
}
