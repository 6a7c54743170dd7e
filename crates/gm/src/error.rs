//! What can go wrong with keys, signatures and signers.

/// A signature could not be read or does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The bytes are neither a strict DER `SEQUENCE { r, s }` nor raw `r ‖ s` with `r, s` in `1..n`.
    #[error("not an SM2 signature value")]
    Malformed,
    /// The signature does not belong to this message and key.
    #[error("the SM2 signature does not verify")]
    Mismatch,
    /// The identifier is too long for `Z` (at most 8191 bytes).
    #[error("the SM2 identifier is too long")]
    Identifier,
}

/// A key could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a point of the SM2 curve, or not in uncompressed form.
    #[error("not a public key on the SM2 curve")]
    Public,
    /// Not a SubjectPublicKeyInfo with an SM2 key.
    #[error("not a SubjectPublicKeyInfo with an SM2 key")]
    Spki,
    /// Not a PKCS#8 structure with an SM2 private key, or a private key out of range.
    #[error("not an SM2 private key")]
    Private,
}

/// A signer could not sign.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The signing engine refused or failed.
    #[error("the SM2 signing engine failed")]
    Engine,
    /// The key's device or store could not be reached or refused; the source says why.
    #[error("the signing key is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
