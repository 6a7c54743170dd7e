use async_trait::async_trait;
use casework::{ApplicationId, CaseId, SealId, UnitId};
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// An imprint that can be found by what it looks like: confirmed from paper for an application, or a made seal's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImprintRow {
    /// Id.
    pub id: Uuid,
    /// The application it was confirmed for.
    pub application: Option<ApplicationId>,
    /// The seal that was made with it.
    pub seal: Option<SealId>,
    /// The application's case.
    pub case: Option<CaseId>,
    /// The unit.
    pub unit: UnitId,
    /// SM3 digest of its picture.
    pub picture: String,
    /// What it looks like, as bytes of `imprint::Likeness`.
    pub likeness: Vec<u8>,
    /// When it was entered.
    pub created_at: Timestamp,
    /// The rest as protected JSON.
    pub body: String,
}

/// Imprints by what they look like.
#[async_trait]
pub trait ImprintStore {
    /// Enters an imprint under its coarse keys; that of the same application or seal is replaced.
    async fn imprint_save(&mut self, row: &ImprintRow, buckets: &[i64]) -> Result<(), StoreError>;
    /// The imprint confirmed for an application.
    async fn imprint_of(
        &mut self,
        application: ApplicationId,
    ) -> Result<Option<ImprintRow>, StoreError>;
    /// Imprints that share at least so many of these keys, those that share most first.
    async fn imprints_near(
        &mut self,
        buckets: &[i64],
        shared: u32,
        limit: u32,
    ) -> Result<Vec<ImprintRow>, StoreError>;
    /// Seals after this one, in a fixed order, for going through all of them.
    async fn seals_after(
        &mut self,
        after: Option<SealId>,
        limit: u32,
    ) -> Result<Vec<SealId>, StoreError>;
}
