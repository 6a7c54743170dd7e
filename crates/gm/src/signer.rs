//! The one way to sign, wherever the key is.

use crate::{PublicKey, Signature, SignerError};

/// Signs SM3withSM2 with the default identifier; the key may be in memory, in a vault or in a device.
pub trait Signer: Send + Sync {
    /// The public key of the signing key.
    fn public_key(&self) -> &PublicKey;

    /// Signs `message` (SM3 over `Z ‖ message`, GB/T 32918.2). Two signatures of one message differ.
    ///
    /// # Errors
    /// [`SignerError`] when the key cannot be used.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignerError>;
}

impl<S: Signer + ?Sized> Signer for &S {
    fn public_key(&self) -> &PublicKey {
        (**self).public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignerError> {
        (**self).sign(message)
    }
}

impl<S: Signer + ?Sized> Signer for std::sync::Arc<S> {
    fn public_key(&self) -> &PublicKey {
        (**self).public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignerError> {
        (**self).sign(message)
    }
}
