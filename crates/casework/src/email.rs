//! E-mail addresses that notices can be sent to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// The longest address that mail servers must take (RFC 5321, 4.5.3.1.3, without the brackets).
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// An e-mail address in ASCII, its domain in lower case. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The whole address. Personal data: show it only to whom it is needed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `l***@fujian.gov.cn`: for everybody else.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl FromStr for Email {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Refusal::new("email_empty", "请填写电子邮箱"));
        }
        let malformed = || {
            Refusal::new(
                "email_malformed",
                "电子邮箱格式不对，应形如 name@example.gov.cn，请核对",
            )
        };
        let (local, domain) = typed.rsplit_once('@').ok_or_else(malformed)?;
        if typed.len() > LONGEST || !is_local(local) || !is_domain(domain) {
            return Err(malformed());
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

/// Letters, digits and what stands in real addresses, in parts divided by single dots.
fn is_local(local: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.len() <= LONGEST_LOCAL && local.split('.').all(part)
}

/// Two labels or more.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

impl TryFrom<String> for Email {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_typed_and_shown_masked() {
        let email: Email = " Lin.jing_ban+2@FUJIAN.gov.cn ".parse().unwrap();
        assert_eq!(email.as_str(), "Lin.jing_ban+2@fujian.gov.cn");
        assert_eq!(email.masked(), "L***@fujian.gov.cn");
        assert_eq!(format!("{email:?}"), email.masked());
    }

    #[test]
    fn what_no_mail_server_would_take_is_refused() {
        for wrong in [
            "lin",
            "lin@",
            "@fujian.gov.cn",
            "lin@fujian",
            "li n@fujian.gov.cn",
            "lin@fujian..cn",
            "lin@-a.cn",
            ".lin@a.cn",
            "lin@a.cn\r\nBcc: x@b.cn",
            "林@fujian.gov.cn",
            "lin@a.cn,b@c.cn",
        ] {
            let error = wrong.parse::<Email>().unwrap_err();
            assert_eq!(error.code, "email_malformed", "{wrong}");
        }
        let long = format!("{}@a.cn", "a".repeat(65));
        assert!(long.parse::<Email>().is_err());
    }
}
