use casework::Refusal;

use crate::ports::{AuthorityError, FilesError, KeyError, store::StoreError};

/// Why an act was not done. Nothing is half-done when it is returned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The process, the form or the format does not allow it: a sentence for the user with a stable code.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Fields of a form are wrong.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<casework::FieldError>),
    /// There is no such thing, or this person may not know of it.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// This person's post does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// Somebody else changed it first.
    #[error("changed meanwhile")]
    Conflict,
    /// A port failed; the details are for the log.
    #[error("{what} failed")]
    Internal {
        /// What was being done.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What the platform's acts answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A refusal from its code and sentence.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(code, message))
    }

    pub(crate) fn internal(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Internal {
            what,
            source: source.into(),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict,
            other => Self::internal("store", other),
        }
    }
}

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::NotFound(_) => Self::NotFound("file"),
            other => Self::internal("files", other),
        }
    }
}

impl From<imprint::ImprintError> for Error {
    fn from(error: imprint::ImprintError) -> Self {
        Self::refused(error.code(), error.to_string())
    }
}

impl From<ofd::Error> for Error {
    fn from(error: ofd::Error) -> Self {
        Self::refused(error.code(), error.to_string())
    }
}

impl From<AuthorityError> for Error {
    fn from(error: AuthorityError) -> Self {
        Self::internal("authority", error)
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::WrongPin { left } => Self::refused(
                "pin_wrong",
                format!(
                    "签章口令不正确，还可以再试 {left} 次。连续输错 5 次后口令将被锁定，须由本单位主管处室或分管领导重置。"
                ),
            ),
            KeyError::Locked => Self::refused(
                "pin_locked",
                "签章口令已被锁定。请本单位主管处室或分管领导在印章页面办理“重置签章口令”。",
            ),
            KeyError::PinNotSet => Self::refused(
                "pin_not_set",
                "该印章尚未领取，没有签章口令。请先完成领取并设置签章口令。",
            ),
            KeyError::PinTooWeak => Self::refused(
                "pin_too_weak",
                "签章口令应为 6 至 64 位，且不能是同一个字符的重复或连续的字符（如 123456）。请另设一个口令。",
            ),
            other => Self::internal("keys", other),
        }
    }
}
