//! What the platform needs from outside: each port is a narrow trait with its contract, met by one adapter crate.

mod authority;
mod clock;
mod files;
mod keys;
pub mod letters;
pub mod papers;
mod sending;
pub mod sheets;
pub mod store;

pub use authority::{Authority, AuthorityError, IssueRequest};
pub use clock::Clock;
pub use files::{Files, FilesError};
pub use keys::{Custody, Grant, KeyError, KeyLabel, Keys};
pub use letters::{Letters, LettersError};
pub use papers::{Papers, PapersError};
pub use sending::{Letter, Mail, SendError, ShortMessage, ShortMessages};
pub use sheets::{Sheets, SheetsError};
