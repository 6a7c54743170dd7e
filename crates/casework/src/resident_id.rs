//! 公民身份号码, GB 11643-1999: division, date of birth, sequence and a check character.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A resident identity number whose parts and check character are right. `Debug` shows it masked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResidentId([u8; 18]);

impl ResidentId {
    /// The 18 characters. Personal data: show it only to whom it is needed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits and X are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `350102********001X`: for everybody else.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}********{}", &self.as_str()[..6], &self.as_str()[14..])
    }

    /// The date of birth.
    #[must_use]
    pub fn born(&self) -> Date {
        // Checked on reading.
        date(&self.0).unwrap_or(Date::ZERO)
    }

    /// Completes 17 digits with their check character; for test data.
    ///
    /// # Errors
    /// As for reading.
    pub fn complete(first_17: &str) -> Result<Self, Refusal> {
        if first_17.len() != 17 || !first_17.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::new(
                "resident_id_length",
                "身份证号前 17 位应为数字",
            ));
        }
        format!(
            "{first_17}{}",
            char::from(check_character(first_17.as_bytes()))
        )
        .parse()
    }
}

impl fmt::Display for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl FromStr for ResidentId {
    type Err = Refusal;

    /// Reads the number as typed: blanks, a lower-case x and `×` are forgiven.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let typed: Vec<char> = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(40)
            .map(|c| {
                if matches!(c, 'x' | '×' | 'Ｘ' | 'ｘ') {
                    'X'
                } else {
                    c
                }
            })
            .collect();
        let refuse = |code, message: String| Err(Refusal::new(code, message));
        if typed.is_empty() {
            return refuse("resident_id_empty", "请填写身份证号".to_owned());
        }
        let good = |at: usize, c: char| c.is_ascii_digit() || (at == 17 && c == 'X');
        if let Some((at, c)) = typed.iter().enumerate().find(|(at, c)| !good(*at, **c)) {
            let position = at + 1;
            return refuse(
                "resident_id_character",
                format!("身份证号第 {position} 位「{c}」有误：前 17 位为数字，末位为数字或「X」"),
            );
        }
        if typed.len() != 18 {
            let length = typed.len();
            return refuse(
                "resident_id_length",
                format!("身份证号应为 18 位，现为 {length} 位，请核对"),
            );
        }
        let mut id = [0; 18];
        for (byte, c) in id.iter_mut().zip(&typed) {
            // Digits and X are ASCII.
            *byte = *c as u8;
        }
        if !PROVINCES.contains(&[id[0], id[1]]) {
            return refuse(
                "resident_id_division",
                "身份证号第 1 至 2 位不是省级行政区划代码，请核对".to_owned(),
            );
        }
        if date(&id).is_none_or(|born| !(1900..=2100).contains(&born.year())) {
            return refuse(
                "resident_id_date",
                "身份证号第 7 至 14 位不是有效的出生日期，请核对".to_owned(),
            );
        }
        if check_character(&id[..17]) != id[17] {
            return refuse(
                "resident_id_check_character",
                "身份证号第 18 位校验不符，请核对是否有误".to_owned(),
            );
        }
        Ok(Self(id))
    }
}

impl TryFrom<String> for ResidentId {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<ResidentId> for String {
    fn from(id: ResidentId) -> Self {
        id.as_str().to_owned()
    }
}

/// First two digits of every province-level division; 81–83 are residence permits of Hong Kong, Macao, Taiwan.
const PROVINCES: &[[u8; 2]] = &[
    *b"11", *b"12", *b"13", *b"14", *b"15", *b"21", *b"22", *b"23", *b"31", *b"32", *b"33", *b"34",
    *b"35", *b"36", *b"37", *b"41", *b"42", *b"43", *b"44", *b"45", *b"46", *b"50", *b"51", *b"52",
    *b"53", *b"54", *b"61", *b"62", *b"63", *b"64", *b"65", *b"71", *b"81", *b"82", *b"83",
];
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

fn date(id: &[u8; 18]) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| {
        id[range]
            .iter()
            .fold(0_i16, |n, digit| n * 10 + i16::from(*digit - b'0'))
    };
    Date::new(number(6..10), number(10..12) as i8, number(12..14) as i8).ok()
}

/// ISO 7064 MOD 11-2.
fn check_character(first_17: &[u8]) -> u8 {
    let sum: u32 = first_17
        .iter()
        .zip(WEIGHTS)
        .map(|(d, w)| u32::from(d - b'0') * w)
        .sum();
    b"10X98765432"[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_typed_and_masked_when_shown() {
        // The example of GB 11643-1999.
        let id: ResidentId = "11010519491231002x".parse().unwrap();
        assert_eq!(id.as_str(), "11010519491231002X");
        assert_eq!(id.masked(), "110105********002X");
        assert_eq!(format!("{id:?}"), id.masked());
        assert_eq!(id.born().to_string(), "1949-12-31");
    }

    #[test]
    fn a_wrong_number_is_told_where_it_is_wrong() {
        let code = |text: &str| text.parse::<ResidentId>().unwrap_err().code;
        assert_eq!(code("110105194912310021"), "resident_id_check_character");
        assert_eq!(code("11010519491331002X"), "resident_id_date");
        assert_eq!(code("11010518991231002X"), "resident_id_date");
        assert_eq!(code("99010519491231002X"), "resident_id_division");
        assert_eq!(code("1101051949123100"), "resident_id_length");
        assert_eq!(code("1101O519491231002X"), "resident_id_character");
        assert_eq!(code(" "), "resident_id_empty");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<ResidentId>();
        }

        #[test]
        fn eighteen_digits_never_panic(text in "[0-9]{17}[0-9X]") {
            if let Ok(id) = text.parse::<ResidentId>() {
                let _ = id.born();
            }
        }
    }
}
