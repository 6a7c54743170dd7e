#![doc = include_str!("../README.md")]

mod mail;
mod sms;

use std::time::Duration;

pub use mail::{MailSecurity, MailSettings, Smtp};
pub use sms::{Accepted, Gateway, SmsSettings};

/// Why an adapter cannot be made of its settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// A setting does not fit: its name, and why.
    #[error("{0}：{1}")]
    Unfit(&'static str, String),
}

fn unfit(name: &'static str, why: impl std::fmt::Display) -> SettingError {
    SettingError::Unfit(name, why.to_string())
}

/// Attempts end within this time, whatever is set: the platform counts on it.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(120);

fn timeout(name: &'static str, seconds: u64) -> Result<Duration, SettingError> {
    let timeout = Duration::from_secs(seconds);
    if seconds == 0 || timeout > LONGEST_ATTEMPT {
        return Err(unfit(name, "应为 1 至 120 秒"));
    }
    Ok(timeout)
}
