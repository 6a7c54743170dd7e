use async_trait::async_trait;
use gm::{PublicKey, Signature};
use jiff::Timestamp;
use pki::{Certificate, Crl};

/// What a seal certificate shall say.
#[derive(Debug, Clone)]
pub struct IssueRequest {
    /// 统一社会信用代码: the first part of the subject's O.
    pub credit_code: String,
    /// The unit's full name: the second part of the subject's O.
    pub unit_name: String,
    /// 印章编码: the subject's CN.
    pub seal_code: String,
    /// The key to be certified.
    pub public_key: PublicKey,
    /// Serial number, 16 bytes from the platform's randomness.
    pub serial: [u8; 16],
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
}

/// The certificate authority and seal maker behind the platform.
///
/// Contract: the platform asks for the to-be-signed bytes first, records them, and then has those very bytes signed;
/// signing the same bytes twice makes the same certificate (same serial), so that a step cut short can be repeated.
#[async_trait]
pub trait Authority: Send + Sync {
    /// The to-be-signed part of a seal certificate (DER), linted.
    ///
    /// # Errors
    /// [`AuthorityError::Refused`] where the lint finds fault.
    fn certificate_tbs(&self, request: &IssueRequest) -> Result<Vec<u8>, AuthorityError>;

    /// Signs a recorded to-be-signed certificate.
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn sign_certificate(&self, tbs: &[u8]) -> Result<Certificate, AuthorityError>;

    /// Makes a CRL of the seals' issuing authority: (serial in hex, since when, reason).
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn sign_crl(
        &self,
        number: u64,
        this_update: Timestamp,
        next_update: Timestamp,
        revoked: &[(String, Timestamp, pki::crl::Reason)],
    ) -> Result<Crl, AuthorityError>;

    /// The root's own list, about the issuing authority: without it a verifier that asks for revocation cannot check
    /// the chain above a seal. It is good for a year and made anew when it is older than 30 days.
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn root_crl(&self, now: Timestamp) -> Result<Crl, AuthorityError>;

    /// Signs a recorded to-be-signed seal (DER of SES_SealInfo) as the seal maker (制章人).
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn sign_seal(&self, tbs: &[u8]) -> Result<Signature, AuthorityError>;

    /// The seal maker's certificate.
    fn maker(&self) -> &Certificate;

    /// The authorities from the issuing one up to the root.
    fn chain(&self) -> &[Certificate];
}

/// Why the authority did not do it.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The request breaks the authority's profile.
    #[error("the authority refused: {0}")]
    Refused(String),
    /// The authority cannot be used now.
    #[error("the authority failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
