use async_trait::async_trait;
use casework::{CaseId, MaterialId, SealId};
use jiff::Timestamp;

use super::StoreError;

/// A certificate that the authority issued for a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Serial number in lower-case hex.
    pub serial: String,
    /// The seal it was made for.
    pub seal: SealId,
    /// The certificate (DER).
    pub der: Vec<u8>,
    /// SM3 of the public key (hex), to tell a key seen before.
    pub key_digest: String,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// Since when it is revoked or on hold.
    pub revoked_at: Option<Timestamp>,
    /// Reason code of X.509 (`certificateHold`, `keyCompromise`, …).
    pub revocation_reason: Option<String>,
}

/// Certificates and their revocation.
#[async_trait]
pub trait CertificateStore {
    /// Adds one.
    async fn certificate_insert(&mut self, record: &CertificateRecord) -> Result<(), StoreError>;
    /// By serial.
    async fn certificate(&mut self, serial: &str) -> Result<Option<CertificateRecord>, StoreError>;
    /// Of one seal, oldest first.
    async fn certificates_of(&mut self, seal: SealId)
    -> Result<Vec<CertificateRecord>, StoreError>;
    /// The seals for which a key was certified, oldest first, at most 20.
    async fn seals_with_key(&mut self, key_digest: &str) -> Result<Vec<SealId>, StoreError>;
    /// Remembers the key of a certificate request; the same material a second time changes nothing.
    async fn request_key_insert(
        &mut self,
        key_digest: &str,
        case: CaseId,
        material: MaterialId,
    ) -> Result<(), StoreError>;
    /// The requests in which a key stands: case and material, at most 20.
    async fn requests_with_key(
        &mut self,
        key_digest: &str,
    ) -> Result<Vec<(CaseId, MaterialId)>, StoreError>;
    /// Revokes, puts on hold, or (with `None`) lifts the hold.
    async fn certificate_revoke(
        &mut self,
        serial: &str,
        revoked: Option<(Timestamp, &str)>,
    ) -> Result<(), StoreError>;
    /// All that are revoked or on hold, for the CRL (serial, since, reason).
    async fn revoked_certificates(
        &mut self,
    ) -> Result<Vec<(String, Timestamp, String)>, StoreError>;
}
