//! 统一社会信用代码, GB 32100-2015: 18 characters, the last one a check character.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A unified social credit code whose check character is right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode([u8; 18]);

impl CreditCode {
    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only characters of ALPHABET are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Completes 17 characters with their check character; for test data and for hints.
    ///
    /// # Errors
    /// As for reading.
    pub fn complete(first_17: &str) -> Result<Self, Refusal> {
        let check = check_character(first_17.as_bytes())
            .ok_or_else(|| refuse("credit_code_malformed", "统一社会信用代码前 17 位有误"))?;
        format!("{first_17}{}", char::from(check)).parse()
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CreditCode {
    type Err = Refusal;

    /// Reads the code as typed: blanks and lower case are forgiven, nothing else is.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let typed: Vec<char> = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(40)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if typed.is_empty() {
            return Err(refuse("credit_code_empty", "请填写统一社会信用代码"));
        }
        for (at, c) in typed.iter().enumerate() {
            let position = at + 1;
            let hint = match c {
                'I' => "字母「I」不用于统一社会信用代码，是否应为数字「1」？",
                'O' => "字母「O」不用于统一社会信用代码，是否应为数字「0」？",
                'Z' => "字母「Z」不用于统一社会信用代码，是否应为数字「2」？",
                'S' => "字母「S」不用于统一社会信用代码，是否应为数字「5」？",
                'V' => "字母「V」不用于统一社会信用代码，是否应为字母「U」或「Y」？",
                _ if value(*c).is_some() => continue,
                _ => "只能是数字或大写字母",
            };
            return Err(refuse(
                "credit_code_character",
                format!("统一社会信用代码第 {position} 位「{c}」有误：{hint}"),
            ));
        }
        if typed.len() != 18 {
            return Err(refuse(
                "credit_code_length",
                format!(
                    "统一社会信用代码应为 18 位，现为 {} 位，请核对",
                    typed.len()
                ),
            ));
        }
        if let Some(at) = (2..8).find(|at| !typed[*at].is_ascii_digit()) {
            return Err(refuse(
                "credit_code_division",
                format!(
                    "统一社会信用代码第 {} 位应为数字（第 3 至 8 位为登记机关行政区划码），请核对",
                    at + 1
                ),
            ));
        }
        let mut code = [0; 18];
        for (byte, c) in code.iter_mut().zip(&typed) {
            // Every character was found in ALPHABET, so it is ASCII.
            *byte = *c as u8;
        }
        if check_character(&code[..17]) != Some(code[17]) {
            return Err(refuse(
                "credit_code_check_character",
                "统一社会信用代码第 18 位校验不符，请核对是否有误",
            ));
        }
        Ok(Self(code))
    }
}

impl TryFrom<String> for CreditCode {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.to_string()
    }
}

/// GB 32100 table 2: without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];

fn value(c: char) -> Option<usize> {
    ALPHABET.iter().position(|a| char::from(*a) == c)
}

fn check_character(first_17: &[u8]) -> Option<u8> {
    if first_17.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (byte, weight) in first_17.iter().zip(WEIGHTS) {
        sum += value(char::from(*byte))? * weight;
    }
    Some(ALPHABET[(31 - sum % 31) % 31])
}

fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(code, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_typed() {
        // The example commonly given with GB 32100-2015.
        let code: CreditCode = " 9135 0100 m000 100y 43 ".parse().unwrap();
        assert_eq!(code.as_str(), "91350100M000100Y43");
        assert_eq!(CreditCode::complete("91350100M000100Y4").unwrap(), code);
    }

    #[test]
    fn a_wrong_code_is_told_where_it_is_wrong() {
        let read = |text: &str| text.parse::<CreditCode>().unwrap_err();
        let wrong = read("91350100M000100Y44");
        assert_eq!(wrong.code, "credit_code_check_character");
        assert_eq!(
            wrong.message,
            "统一社会信用代码第 18 位校验不符，请核对是否有误"
        );
        assert!(read("9135O100M000100Y43").message.contains("第 5 位「O」"));
        assert!(read("9135O100M000100Y43").message.contains("数字「0」"));
        assert!(read("91350100M000100Y4").message.contains("现为 17 位"));
        assert_eq!(read("9135A100M000100Y43").code, "credit_code_division");
        assert_eq!(read("").code, "credit_code_empty");
    }

    proptest! {
        #[test]
        fn any_one_wrong_character_is_noticed(at in 0usize..18, to in 0usize..31) {
            let right = CreditCode::complete("12350000488000790").unwrap();
            let mut bytes = right.0;
            prop_assume!(bytes[at] != ALPHABET[to]);
            bytes[at] = ALPHABET[to];
            prop_assert!(std::str::from_utf8(&bytes).unwrap().parse::<CreditCode>().is_err());
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<CreditCode>();
        }
    }
}
