use async_trait::async_trait;
use casework::{DeputyId, PersonId, UnitId};
use jiff::Timestamp;

use super::StoreError;

/// A deputy's time in a post: what lookups need, and the whole as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeputyRow {
    /// Its id.
    pub id: DeputyId,
    /// Where the post is held.
    pub unit: UnitId,
    /// Who is away.
    pub principal: PersonId,
    /// Who acts.
    pub deputy: PersonId,
    /// When it is over; for one that was ended early, then.
    pub until: Timestamp,
    /// `casework::Deputyship` as JSON.
    pub body: String,
}

/// Deputies.
#[async_trait]
pub trait DeputyStore {
    /// Sets one, or writes it anew.
    async fn deputy_save(&mut self, deputy: &DeputyRow) -> Result<(), StoreError>;
    /// One; in a write transaction it stays this transaction's.
    async fn deputy(&mut self, id: DeputyId) -> Result<Option<DeputyRow>, StoreError>;
    /// Where this person acts for others, not yet over at `now`.
    async fn deputies_by(
        &mut self,
        deputy: PersonId,
        now: Timestamp,
    ) -> Result<Vec<DeputyRow>, StoreError>;
    /// Who acts for this person, not yet over at `now`.
    async fn deputies_for(
        &mut self,
        principal: PersonId,
        now: Timestamp,
    ) -> Result<Vec<DeputyRow>, StoreError>;
    /// All of a unit, the last to end first, at most `limit`.
    async fn deputies_of_unit(
        &mut self,
        unit: UnitId,
        limit: u32,
    ) -> Result<Vec<DeputyRow>, StoreError>;
}
