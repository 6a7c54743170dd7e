#![doc = include_str!("../README.md")]

mod digest;
mod error;
mod key;
pub mod oid;
mod random;
mod signature;
mod signer;
pub mod sm4;

pub use digest::{Sm3, hmac_sm3, sm3};
pub use error::{KeyError, SignatureError, SignerError};
pub use key::{DEFAULT_ID, PrivateKey, PublicKey};
pub use random::random_bytes;
pub use signature::{Signature, SignatureEncoding};
pub use signer::Signer;
