use async_trait::async_trait;
use gm::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

/// Names one key: lower-case letters, digits and `-`, at most 64 bytes (e.g. `ca-root`, `seal-35012100000042`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyLabel(String);

impl KeyLabel {
    /// Takes a label, or `None` where a character or the length is not allowed.
    pub fn new(label: impl Into<String>) -> Option<Self> {
        let label = label.into();
        let fits = (1..=64).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then_some(Self(label))
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who may use a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// The platform itself: authority, seal maker, ledger.
    Platform,
    /// A seal's holder: signs only with a [`Grant`] that the holder's PIN (签章口令) has given.
    Holder,
}

/// The holder's authority to sign one message once, given against the PIN and good for that message alone.
/// It may be recorded: it lets an interrupted stamping be finished, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// SM3 of the message that may be signed (hex).
    pub message_digest: String,
    /// The vault's proof over label and digest (hex).
    pub proof: String,
}

/// Keeps private keys and signs with them (SM2 with SM3, default ID). No private key ever leaves it.
///
/// Contract: `generate` under an existing label answers the existing key; five wrong PINs in a row lock a holder's key
/// until [`Keys::reset_pin`]; `sign` with a holder's key without a matching grant is refused.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Makes a key pair under this label, or finds the one that is there.
    ///
    /// # Errors
    /// [`KeyError::Unavailable`].
    async fn generate(&self, label: &KeyLabel, custody: Custody) -> Result<PublicKey, KeyError>;

    /// Makes a key pair on a USB KEY, or finds the one that was made there under this label, and answers the serial
    /// number of the USB KEY. `serial` is the one that the maker named; `None` takes the one that is plugged in.
    ///
    /// A maker's machine does this with the vendor's middleware (SKF, GM/T 0016): the key pair is generated in the
    /// USB KEY and never leaves it, its serial number is read from it (another than the named one is refused), and the
    /// certificate and the seal are written into its container. Signing and the PIN are then its own business.
    ///
    /// # Errors
    /// [`KeyError::Unavailable`], also where another USB KEY is plugged in.
    async fn generate_on_token(
        &self,
        label: &KeyLabel,
        serial: Option<&str>,
    ) -> Result<(PublicKey, String), KeyError>;

    /// The public key under this label.
    ///
    /// # Errors
    /// [`KeyError::NotFound`], [`KeyError::Unavailable`].
    async fn public_key(&self, label: &KeyLabel) -> Result<PublicKey, KeyError>;

    /// Sets the PIN of a holder's key (at collection, or at 口令解锁) and unlocks it.
    ///
    /// # Errors
    /// [`KeyError::PinTooWeak`], [`KeyError::NotFound`], [`KeyError::Unavailable`].
    async fn reset_pin(&self, label: &KeyLabel, pin: &str) -> Result<(), KeyError>;

    /// Checks the holder's PIN and grants one signature over `message`.
    ///
    /// # Errors
    /// [`KeyError::WrongPin`] with the tries left, [`KeyError::Locked`], [`KeyError::PinNotSet`].
    async fn authorise(
        &self,
        label: &KeyLabel,
        pin: &str,
        message: &[u8],
    ) -> Result<Grant, KeyError>;

    /// Signs `message`. `grant` is needed for a holder's key and ignored for the platform's own.
    ///
    /// # Errors
    /// [`KeyError::NotGranted`], [`KeyError::NotFound`], [`KeyError::Unavailable`].
    async fn sign(
        &self,
        label: &KeyLabel,
        message: &[u8],
        grant: Option<&Grant>,
    ) -> Result<Signature, KeyError>;

    /// What kind of key store this is, in the user's words (shown at start-up and on the about page).
    fn describe(&self) -> &'static str;
}

/// Why a key could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no key under this label.
    #[error("no key {0}")]
    NotFound(String),
    /// The PIN is wrong; so many tries are left.
    #[error("wrong PIN, {left} tries left")]
    WrongPin {
        /// Tries left before the key is locked.
        left: u8,
    },
    /// Too many wrong PINs: only 口令解锁 opens it again.
    #[error("the key is locked")]
    Locked,
    /// The seal has not been collected: no PIN was ever set.
    #[error("no PIN was set")]
    PinNotSet,
    /// The PIN does not meet the rule (6 to 64 characters, not one repeated or ascending run).
    #[error("the PIN is too weak")]
    PinTooWeak,
    /// A holder's key without a grant for this very message.
    #[error("no grant for this message")]
    NotGranted,
    /// The key store failed.
    #[error("key store failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
