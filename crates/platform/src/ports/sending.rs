//! Notices on their way out of the house: two narrow ports, e-mail and short messages.

use async_trait::async_trait;
use casework::{Email, Mobile};
use jiff::Timestamp;
use uuid::Uuid;

/// An e-mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The delivery: the same at every attempt.
    pub id: Uuid,
    /// When the notice was written.
    pub written_at: Timestamp,
    /// To whom.
    pub to: Email,
    /// The recipient's name.
    pub name: String,
    /// Subject, one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// A short message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortMessage {
    /// The delivery: the same at every attempt.
    pub id: Uuid,
    /// To whom.
    pub to: Mobile,
    /// What it says, one line.
    pub text: String,
}

/// Sends e-mail.
///
/// Contract: `Ok` means that the next server has taken the responsibility for the letter. The same id carries the
/// same `Message-ID`, so that a letter which had to be sent again after a lost answer is recognised as the same one.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Hands one letter over.
    ///
    /// # Errors
    /// [`SendError`], by what is known of the letter then.
    async fn send(&self, letter: &Letter) -> Result<(), SendError>;
}

/// Sends short messages.
///
/// Contract: `Ok` means that the gateway has accepted the message. The id goes along as the request's own, so that
/// the gateway can tell a repetition from a new message.
#[async_trait]
pub trait ShortMessages: Send + Sync {
    /// Hands one message over.
    ///
    /// # Errors
    /// [`SendError`], by what is known of the message then.
    async fn send(&self, message: &ShortMessage) -> Result<(), SendError>;

    /// Whether the gateway delivers a request once, however often it comes with the same id. Where it does not, a
    /// message with an unknown fate is not sent again by itself.
    fn deduplicates(&self) -> bool;
}

/// Why something was not sent, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Not sent, and worth another attempt: nobody answers, the server is busy, its account refuses us.
    #[error("{0}")]
    Transient(String),
    /// Not sent, and no attempt will change it: the recipient's address is refused.
    #[error("{0}")]
    Permanent(String),
    /// Handed over, but the answer was lost: it may have been sent or not.
    #[error("{0}")]
    Unknown(String),
}
