//! Numbers that people read: the case number, the seal code, the digest of a file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::division::DivisionCode;
use crate::refusal::Refusal;

/// Case number (办件编号): `闽印2026-000042-7`, year, running number and a check digit (ISO 7064 MOD 11,10),
/// so that a number read over the telephone cannot name another case by one wrong digit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber {
    year: u16,
    sequence: u32,
}

impl CaseNumber {
    /// The number of the `sequence`-th case of a year.
    ///
    /// # Errors
    /// `case_number_out_of_range` outside 2000–9999 or 1–999999.
    pub fn new(year: i16, sequence: u32) -> Result<Self, Refusal> {
        match u16::try_from(year) {
            Ok(year @ 2000..=9999) if (1..=999_999).contains(&sequence) => {
                Ok(Self { year, sequence })
            }
            _ => Err(Refusal::new(
                "case_number_out_of_range",
                "办件编号已超出可用范围",
            )),
        }
    }

    /// The year it was opened in.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The running number within the year.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    fn check_digit(self) -> u32 {
        mod_11_10(&format!("{:04}{:06}", self.year, self.sequence))
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "闽印{:04}-{:06}-{}",
            self.year,
            self.sequence,
            self.check_digit()
        )
    }
}

impl fmt::Debug for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CaseNumber {
    type Err = Refusal;

    /// Reads a number as typed: blanks and full-width hyphens are forgiven, the prefix may be missing.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let malformed = || {
            Refusal::new(
                "case_number_malformed",
                "办件编号格式不符，应形如「闽印2026-000042-7」，请核对",
            )
        };
        let mut plain = String::new();
        for c in text.chars().take(64).filter(|c| !c.is_whitespace()) {
            plain.push(match c {
                '—' | '–' | '－' => '-',
                '０'..='９' => char::from(b'0' + (u32::from(c) - 0xFF10) as u8),
                other => other,
            });
        }
        let body = plain.strip_prefix("闽印").unwrap_or(&plain);
        let parts: Vec<&str> = body.split('-').collect();
        let [year, sequence, check] = parts.as_slice() else {
            return Err(malformed());
        };
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !(digits(year, 4) && digits(sequence, 6) && digits(check, 1)) {
            return Err(malformed());
        }
        let number = Self::new(
            year.parse().map_err(|_| malformed())?,
            sequence.parse().map_err(|_| malformed())?,
        )?;
        if check.parse() != Ok(number.check_digit()) {
            return Err(Refusal::new(
                "case_number_check_digit",
                "办件编号末位校验不符，请核对是否有误",
            ));
        }
        Ok(number)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

/// Seal code (印章编码): 14 digits, the `esID` of the seal and the CN of its certificate. Never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealCode([u8; 14]);

impl SealCode {
    /// The 14 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for SealCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SealCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SealCode {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        match <[u8; 14]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
            _ => Err(Refusal::new(
                "seal_code_malformed",
                "印章编码应为 14 位数字，请核对",
            )),
        }
    }
}

impl TryFrom<String> for SealCode {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<SealCode> for String {
    fn from(code: SealCode) -> Self {
        code.to_string()
    }
}

/// 备案号 of a seal, e.g. 闽印备2026-000001: given once, in the order of entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilingNumber(String);

impl FilingNumber {
    /// The `sequence`-th of a year.
    #[must_use]
    pub fn new(year: i16, sequence: u64) -> Self {
        Self(format!("闽印备{year}-{sequence:06}"))
    }
}

impl fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How seal codes are composed. The national composition is not published, so it can be exchanged here.
pub trait SealCodeScheme {
    /// The code for the `sequence`-th seal of the division; the caller keeps sequences from being reused.
    ///
    /// # Errors
    /// `seal_code_exhausted` when the scheme has no code left.
    fn make(&self, division: DivisionCode, sequence: u64) -> Result<SealCode, Refusal>;
}

/// The default scheme: 6-digit division code and 8-digit sequence.
#[derive(Clone, Copy, Debug, Default)]
pub struct DivisionAndSequence;

impl SealCodeScheme for DivisionAndSequence {
    fn make(&self, division: DivisionCode, sequence: u64) -> Result<SealCode, Refusal> {
        if !(1..=99_999_999).contains(&sequence) {
            return Err(Refusal::new(
                "seal_code_exhausted",
                "该区划的印章编码已用尽，请联系系统管理员",
            ));
        }
        format!("{division}{sequence:08}").parse()
    }
}

/// SM3 digest of a file, as 64 lower-case hex characters in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// Wraps a computed digest.
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for FileDigest {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let malformed = || {
            Refusal::new(
                "file_digest_malformed",
                "文件摘要应为 64 位十六进制字符（SM3）",
            )
        };
        let text = text.as_bytes();
        if text.len() != 64 {
            return Err(malformed());
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(text.chunks_exact(2)) {
            let nibble = |c: u8| char::from(c).to_digit(16).ok_or_else(malformed);
            // Two nibbles fit a byte.
            *byte = (nibble(pair[0])? << 4 | nibble(pair[1])?) as u8;
        }
        Ok(Self(digest))
    }
}

impl TryFrom<String> for FileDigest {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<FileDigest> for String {
    fn from(digest: FileDigest) -> Self {
        digest.to_string()
    }
}

/// ISO 7064 MOD 11,10 over ASCII digits.
fn mod_11_10(digits: &str) -> u32 {
    let product = digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .fold(10, |product, digit| {
            let sum = (product + digit) % 10;
            (if sum == 0 { 10 } else { sum }) * 2 % 11
        });
    (11 - product) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_reads_back_and_a_wrong_digit_is_noticed() {
        let number = CaseNumber::new(2026, 42).unwrap();
        let text = number.to_string();
        assert!(text.starts_with("闽印2026-000042-"));
        assert_eq!(text.parse::<CaseNumber>().unwrap(), number);
        assert_eq!(
            text.replace('-', " － ").parse::<CaseNumber>().unwrap(),
            number
        );
        let digits: Vec<usize> = text
            .char_indices()
            .filter(|(_, c)| c.is_ascii_digit())
            .map(|(at, _)| at)
            .collect();
        for at in digits {
            for wrong in b'0'..=b'9' {
                let mut bytes = text.clone().into_bytes();
                if bytes[at] == wrong {
                    continue;
                }
                bytes[at] = wrong;
                assert!(
                    String::from_utf8(bytes)
                        .unwrap()
                        .parse::<CaseNumber>()
                        .is_err()
                );
            }
        }
    }

    #[test]
    fn a_seal_code_is_fourteen_digits() {
        let division: DivisionCode = "350128".parse().unwrap();
        let code = DivisionAndSequence.make(division, 7).unwrap();
        assert_eq!(code.as_str(), "35012800000007");
        assert!(DivisionAndSequence.make(division, 0).is_err());
        assert!(DivisionAndSequence.make(division, 100_000_000).is_err());
        assert_eq!(
            "3501280000000X".parse::<SealCode>().unwrap_err().code,
            "seal_code_malformed"
        );
    }

    #[test]
    fn a_digest_is_hex() {
        let text = "ab".repeat(32);
        assert_eq!(text.parse::<FileDigest>().unwrap().to_string(), text);
        assert!("zz".repeat(32).parse::<FileDigest>().is_err());
        assert!("ab".repeat(31).parse::<FileDigest>().is_err());
    }
}
