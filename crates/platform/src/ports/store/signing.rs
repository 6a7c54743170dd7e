use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningKind {
    /// A certificate.
    Certificate,
    /// A seal (SES_SealInfo).
    Seal,
    /// A stamp (TBS_Sign).
    Stamp,
}

impl SigningKind {
    /// Stable stored form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Seal => "seal",
            Self::Stamp => "stamp",
        }
    }
}

/// What is about to be signed, recorded before the key is used; and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningRecord {
    /// Kind; with `subject` it names the record.
    pub kind: SigningKind,
    /// Application or use that it is for.
    pub subject: Uuid,
    /// The bytes to be signed (DER).
    pub tbs: Vec<u8>,
    /// What is needed to go on after a kill, JSON.
    pub context: String,
    /// The finished object (DER), once signed.
    pub result: Option<Vec<u8>>,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// Records of signings.
#[async_trait]
pub trait SigningStore {
    /// Records before signing. A second record of the same kind and subject is a [`StoreError::Duplicate`].
    async fn signing_insert(&mut self, record: &SigningRecord) -> Result<(), StoreError>;
    /// Finds one.
    async fn signing(
        &mut self,
        kind: SigningKind,
        subject: Uuid,
    ) -> Result<Option<SigningRecord>, StoreError>;
    /// Keeps the result; the first one wins, and the kept one is answered.
    async fn signing_finish(
        &mut self,
        kind: SigningKind,
        subject: Uuid,
        result: &[u8],
    ) -> Result<Vec<u8>, StoreError>;
}
