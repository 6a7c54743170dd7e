//! Why a command did not do it: printed once, at the end of `main`.

use std::process::ExitCode;

/// Exit code of a command that could not do its work. None of verification's verdicts (0, 1, 2).
pub(crate) const FAILED: u8 = 3;
/// Exit code of a command line that cannot be understood (`EX_USAGE`).
pub(crate) const USAGE: u8 = 64;

/// Why a command did not do it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    /// Stable code for the help desk.
    pub(crate) code: String,
    /// A sentence for the user.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }

    /// Something that should not fail, with all its causes.
    pub(crate) fn internal(what: &str, error: &dyn std::error::Error) -> Self {
        Self::new("internal", format!("{what}：{}", causes(error)))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(FAILED)
    }
}

/// An error and its causes in one line.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl From<platform::Error> for Failure {
    fn from(error: platform::Error) -> Self {
        match error {
            platform::Error::Refused(refusal) => {
                let points: String = refusal
                    .points
                    .iter()
                    .map(|point| format!("\n  - {}", point.message))
                    .collect();
                Self::new(refusal.code, format!("{}{points}", refusal.message))
            }
            other => Self::internal("平台未能完成这一步", &other),
        }
    }
}
