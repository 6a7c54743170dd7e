//! Mobile numbers of the mainland: 11 digits beginning with 13 to 19.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A mobile number. `Debug` shows it masked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mobile([u8; 11]);

impl Mobile {
    /// The 11 digits. Personal data: show it only to whom it is needed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `139****0001`: for everybody else.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.as_str()[..3], &self.as_str()[7..])
    }
}

impl fmt::Display for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl FromStr for Mobile {
    type Err = Refusal;

    /// Reads the number as typed: blanks, hyphens and a leading +86 are forgiven.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let typed: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(40)
            .collect();
        if typed.is_empty() {
            return Err(Refusal::new("mobile_empty", "请填写手机号"));
        }
        let digits = typed.strip_prefix("+86").unwrap_or(&typed);
        match <[u8; 11]>::try_from(digits.as_bytes()) {
            Ok(number)
                if number.iter().all(u8::is_ascii_digit)
                    && number[0] == b'1'
                    && number[1] >= b'3' =>
            {
                Ok(Self(number))
            }
            _ => Err(Refusal::new(
                "mobile_malformed",
                "手机号应为 11 位数字，以 13 至 19 开头，请核对",
            )),
        }
    }
}

impl TryFrom<String> for Mobile {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<Mobile> for String {
    fn from(mobile: Mobile) -> Self {
        mobile.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles_are_read_as_typed() {
        assert_eq!(
            "+86 139-5900 0001".parse::<Mobile>().unwrap().as_str(),
            "13959000001"
        );
        assert_eq!(
            "13959000001".parse::<Mobile>().unwrap().masked(),
            "139****0001"
        );
        for wrong in [
            "1395900000",
            "139590000011",
            "12959000001",
            "0591-86303903",
            "1395900000一",
        ] {
            assert_eq!(
                wrong.parse::<Mobile>().unwrap_err().code,
                "mobile_malformed"
            );
        }
    }
}
