use async_trait::async_trait;
use casework::{PersonId, Post, Role, UnitId};
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// A person who can sign in. Personal data in `body` is already protected.
#[derive(Debug, Clone)]
pub struct AccountRecord {
    /// The person.
    pub id: PersonId,
    /// Name for signing in, unique, lower case.
    pub login: String,
    /// Shown name.
    pub name: String,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
    /// Posts the person holds.
    pub posts: Vec<Post>,
    /// No longer allowed to sign in.
    pub disabled: bool,
    /// Further data of the person as JSON, protected (ID number, mobile).
    pub body: String,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// No sign-in before this moment.
    pub locked_until: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Keyed digest of the ID number, unique: one person has one account.
    pub resident_digest: Option<String>,
}

/// Which accounts a list shows.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Part of the name or of the sign-in name.
    pub text: Option<String>,
    /// Holding this role somewhere, or in `unit`.
    pub role: Option<Role>,
    /// Holding a post in this unit.
    pub unit: Option<UnitId>,
    /// Barred, or not.
    pub disabled: Option<bool>,
    /// Locked at this moment.
    pub locked_at: Option<Timestamp>,
}

/// Accounts and posts.
#[async_trait]
pub trait AccountStore {
    /// Adds an account with its posts.
    async fn account_insert(&mut self, account: &AccountRecord) -> Result<(), StoreError>;
    /// Writes an account and its posts anew.
    async fn account_update(&mut self, account: &AccountRecord) -> Result<(), StoreError>;
    /// By person; in a write transaction it stays this transaction's.
    async fn account(&mut self, id: PersonId) -> Result<Option<AccountRecord>, StoreError>;
    /// By sign-in name.
    async fn account_by_login(&mut self, login: &str) -> Result<Option<AccountRecord>, StoreError>;
    /// Everybody with this post who is not disabled.
    async fn accounts_with_post(
        &mut self,
        role: Role,
        unit: UnitId,
    ) -> Result<Vec<AccountRecord>, StoreError>;
    /// All accounts by sign-in name, at most `limit`.
    async fn accounts(&mut self, limit: u32) -> Result<Vec<AccountRecord>, StoreError>;
    /// A page of accounts, by sign-in name.
    async fn accounts_page(
        &mut self,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<AccountRecord>, StoreError>;
    /// The account of the person with this ID number, by its keyed digest.
    async fn account_by_resident(&mut self, digest: &str) -> Result<Option<PersonId>, StoreError>;
    /// How many accounts that are not barred hold this role, wherever.
    async fn role_count(&mut self, role: Role) -> Result<u32, StoreError>;
}
