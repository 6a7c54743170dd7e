//! Sizes of imprints in millimetres, measured to a tenth.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A length of an imprint: 5.0 to 100.0 mm, kept in tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Millimetres(u16);

impl Millimetres {
    /// From tenths of a millimetre.
    ///
    /// # Errors
    /// `size_out_of_range` outside 50–1000 tenths.
    pub fn from_tenths(tenths: u16) -> Result<Self, Refusal> {
        if (50..=1000).contains(&tenths) {
            Ok(Self(tenths))
        } else {
            Err(Refusal::new(
                "size_out_of_range",
                format!(
                    "印模尺寸 {}.{} 毫米不合理，应在 5 至 100 毫米之间，请量取实体印章盖出的印模",
                    tenths / 10,
                    tenths % 10
                ),
            ))
        }
    }

    /// In tenths of a millimetre.
    #[must_use]
    pub fn tenths(self) -> u16 {
        self.0
    }

    /// In millimetres.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// In whole millimetres, rounded (the seal's own field has no fractions).
    #[must_use]
    pub fn rounded(self) -> u16 {
        (self.0 + 5) / 10
    }
}

impl fmt::Display for Millimetres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}", self.0 / 10),
            tenth => write!(f, "{}.{tenth}", self.0 / 10),
        }
    }
}

impl FromStr for Millimetres {
    type Err = Refusal;

    /// Reads `42`, `42.5`, `42.5 mm`, `42毫米`.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let malformed = || {
            Refusal::new(
                "size_malformed",
                "请填写印模尺寸的毫米数，至多一位小数，例如 42 或 42.5",
            )
        };
        let plain = text.trim().to_ascii_lowercase();
        let plain = plain.trim_end_matches("mm").trim_end_matches("毫米").trim();
        let (whole, tenth) = plain.split_once('.').unwrap_or((plain, "0"));
        let digits = |s: &str, most: usize| {
            !s.is_empty() && s.len() <= most && s.bytes().all(|b| b.is_ascii_digit())
        };
        let tenth = tenth.trim_end_matches('0');
        let tenth = if tenth.is_empty() { "0" } else { tenth };
        if !digits(whole, 3) || !digits(tenth, 1) {
            return Err(malformed());
        }
        let number = |s: &str| s.parse::<u16>().map_err(|_| malformed());
        Self::from_tenths(number(whole)? * 10 + number(tenth)?)
    }
}

impl TryFrom<u16> for Millimetres {
    type Error = Refusal;

    fn try_from(tenths: u16) -> Result<Self, Refusal> {
        Self::from_tenths(tenths)
    }
}

impl From<Millimetres> for u16 {
    fn from(size: Millimetres) -> Self {
        size.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_to_a_tenth() {
        for (text, tenths) in [
            ("42", 420),
            ("42.5", 425),
            (" 42.50 MM", 425),
            ("38.0毫米", 380),
        ] {
            assert_eq!(text.parse::<Millimetres>().unwrap().tenths(), tenths);
        }
        for (text, code) in [
            ("4.9", "size_out_of_range"),
            ("100.1", "size_out_of_range"),
            ("42.55", "size_malformed"),
            ("-42", "size_malformed"),
            ("4e1", "size_malformed"),
            ("", "size_malformed"),
        ] {
            assert_eq!(
                text.parse::<Millimetres>().unwrap_err().code,
                code,
                "{text}"
            );
        }
        assert_eq!("42.5".parse::<Millimetres>().unwrap().to_string(), "42.5");
        assert_eq!("42.5".parse::<Millimetres>().unwrap().rounded(), 43);
    }
}
