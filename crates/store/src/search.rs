//! Text as a person types it into a search field, made safe for SQL patterns.

/// Characters of a search that count.
const LONGEST: usize = 100;

/// Whether a text may be (the beginning of) a case number or seal code: one with four digits or more. Whether it is,
/// the register says; then nothing else is meant, and the search need not read every name.
pub(crate) fn may_be_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// Whether a text is meant as a 统一社会信用代码: 18 Latin letters and digits.
pub(crate) fn is_like_credit_code(text: &str) -> bool {
    text.len() == 18 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A LIKE pattern (with `ESCAPE '\'`) for values that contain `text`.
pub(crate) fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in trimmed(text).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// The range of values that begin with `text`: from the first, to before the second (in code point order).
pub(crate) fn beginning_with(text: &str) -> (String, String) {
    let from = trimmed(text);
    let mut until = from.clone();
    while let Some(last) = until.pop() {
        // The code points from D800 to DFFF are no characters.
        let next = if last == '\u{D7FF}' {
            Some('\u{E000}')
        } else {
            char::from_u32(last as u32 + 1)
        };
        if let Some(next) = next {
            until.push(next);
            break;
        }
    }
    if until.is_empty() {
        until.push(char::MAX);
    }
    (from, until)
}

/// What was typed, without spaces around it and without NUL, which PostgreSQL does not take.
pub(crate) fn trimmed(text: &str) -> String {
    text.trim()
        .chars()
        .filter(|character| *character != '\0')
        .take(LONGEST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_letters_like_any_other() {
        assert_eq!(containing(" 100%_\\ "), "%100\\%\\_\\\\%");
    }

    #[test]
    fn the_range_holds_what_begins_so_and_nothing_else() {
        for (text, inside, outside) in [
            ("闽印2026", "闽印2026-000042-7", "闽印2027-000001-1"),
            ("9", "99", ":"),
            ("a\u{D7FF}", "a\u{D7FF}b", "a\u{E000}"),
            ("x\u{10FFFF}", "x\u{10FFFF}1", "y"),
        ] {
            let (from, until) = beginning_with(text);
            assert!(from.as_str() <= inside && inside < until.as_str(), "{text}");
            assert!(outside >= until.as_str(), "{text}");
        }
    }
}
