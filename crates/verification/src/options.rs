//! What a verification is asked with.

use jiff::Timestamp;
use pki::RevocationPolicy;
use seal::PictureCache;

use crate::status::SealStatusSource;

/// How to verify.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The moment at which the check is made.
    pub at: Timestamp,
    /// What is asked of revocation.
    pub revocation: RevocationPolicy,
    /// Who knows the status of seals and the times of recorded stamps; without one, step V10 says that nobody was asked.
    pub status: Option<&'a dyn SealStatusSource>,
    /// Limits for documents.
    pub document_limits: ofd::package::Limits,
    /// Limits for seals, stamps and their pictures.
    pub seal_limits: seal::Limits,
    /// Where decoded seal pictures are remembered, for whoever verifies many files.
    pub pictures: Option<&'a PictureCache>,
}

impl<'a> Options<'a> {
    /// Verification at a moment, with revocation required as far as it can be asked for.
    pub fn at(at: Timestamp) -> Options<'a> {
        Options {
            at,
            revocation: RevocationPolicy::Required,
            status: None,
            document_limits: ofd::package::Limits::default(),
            seal_limits: seal::Limits::default(),
            pictures: None,
        }
    }

    /// The same with another policy for revocation.
    #[must_use]
    pub fn revocation(self, revocation: RevocationPolicy) -> Options<'a> {
        Options { revocation, ..self }
    }

    /// The same with a memory for seal pictures.
    #[must_use]
    pub fn pictures(self, pictures: &'a PictureCache) -> Options<'a> {
        Options {
            pictures: Some(pictures),
            ..self
        }
    }

    /// The same with a source of statuses.
    #[must_use]
    pub fn status(self, status: &'a dyn SealStatusSource) -> Options<'a> {
        Options {
            status: Some(status),
            ..self
        }
    }
}
