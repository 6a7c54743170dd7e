//! Text typed by people: names of units, persons and seals, reasons.

use crate::refusal::Refusal;

/// Longest name of a unit or a seal, in characters (a certificate's O must also carry the credit code).
pub const MAX_NAME: usize = 64;
/// Longest reason, statement or remark, in characters.
pub const MAX_REASON: usize = 2000;

/// Checks a name and gives it without surrounding blanks. `what` is how the sentence calls it, e.g. 单位名称.
///
/// # Errors
/// `text_empty`, `text_too_long`, `text_control_character`, `text_odd_character`.
pub fn check_name(what: &str, text: &str) -> Result<String, Refusal> {
    let name = check_text(what, text, MAX_NAME)?;
    if let Some((at, c)) = name.chars().enumerate().find(|(_, c)| is_odd(*c)) {
        return Err(Refusal::new(
            "text_odd_character",
            format!("{what}第 {} 个字「{c}」不能用于名称，请核对", at + 1),
        ));
    }
    Ok(name)
}

/// Checks a person's name: 2–30 characters, ideographs, Latin letters and the middle dot `·`.
///
/// # Errors
/// As [`check_name`], and `person_name_malformed`.
pub fn check_person_name(what: &str, text: &str) -> Result<String, Refusal> {
    let name = check_name(what, text)?.replace(['•', '．', '・'], "·");
    let letters = name.chars().count();
    let allowed = |c: char| c.is_alphabetic() || matches!(c, '·' | ' ' | '-' | '\'');
    if !(2..=30).contains(&letters) || !name.chars().all(allowed) {
        return Err(Refusal::new(
            "person_name_malformed",
            format!("{what}应为 2 至 30 个字，只含文字和间隔号「·」，请按身份证填写"),
        ));
    }
    Ok(name)
}

/// Checks free text (a reason, a remark): not empty, line breaks allowed.
///
/// # Errors
/// `text_empty`, `text_too_long`, `text_control_character`.
pub fn check_reason(what: &str, text: &str) -> Result<String, Refusal> {
    check_text(what, text, MAX_REASON)
}

/// Longest text for the public, in characters.
pub const MAX_PUBLIC: usize = 200;

/// Longest headline, and longest article, of an announcement, in characters.
pub const MAX_HEADLINE: usize = 80;
/// See [`MAX_HEADLINE`].
pub const MAX_ARTICLE: usize = 5000;

/// Checks a headline that everybody will read: one line, and without numbers of persons.
///
/// # Errors
/// As [`check_reason`], `text_odd_character`, `text_personal`.
pub fn check_headline(what: &str, text: &str) -> Result<String, Refusal> {
    let text = check_text(what, text, MAX_HEADLINE)?;
    check_seen(what, &text)?;
    check_impersonal(what, &text)?;
    Ok(text)
}

/// Checks an article that everybody will read: plain text, a line is a paragraph, and without numbers of persons.
///
/// # Errors
/// As [`check_headline`].
pub fn check_article(what: &str, text: &str) -> Result<String, Refusal> {
    let text = check_text(what, &text.replace("\r\n", "\n"), MAX_ARTICLE)?;
    check_seen(what, &text)?;
    check_impersonal(what, &text)?;
    Ok(text)
}

/// Nothing that cannot be seen or turns the text around it.
fn check_seen(what: &str, text: &str) -> Result<(), Refusal> {
    let odd = |c: char| is_odd(c) && !matches!(c, '<' | '>');
    match text.chars().position(odd) {
        None => Ok(()),
        Some(at) => Err(Refusal::new(
            "text_odd_character",
            format!("{what}第 {} 个字不可见或不能显示，请删去后重新填写", at + 1),
        )),
    }
}

/// Checks a text that everybody will read (公示): short, and without numbers of persons.
///
/// # Errors
/// As [`check_reason`], and `text_personal`.
pub fn check_public(what: &str, text: &str) -> Result<String, Refusal> {
    let text = check_text(what, text, MAX_PUBLIC)?;
    check_impersonal(what, &text)?;
    Ok(text)
}

fn check_impersonal(what: &str, text: &str) -> Result<(), Refusal> {
    let longest = text
        .split(|c: char| !c.is_numeric())
        .map(|run| run.chars().count())
        .max();
    // A mobile number has 11 digits, an ID number 17 and a check character; no citation has so many in a row.
    if longest.is_some_and(|digits| digits >= 11) {
        return Err(Refusal::new(
            "text_personal",
            format!("{what}将向社会公示，不能含有身份证号、手机号等个人信息，请删去"),
        ));
    }
    Ok(())
}

fn check_text(what: &str, text: &str, longest: usize) -> Result<String, Refusal> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(Refusal::new("text_empty", format!("请填写{what}")));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(Refusal::new(
            "text_too_long",
            format!("{what}最多 {longest} 个字，现有 {length} 个字，请精简"),
        ));
    }
    let line_break = |c: char| longest >= MAX_REASON && matches!(c, '\n' | '\r' | '\t');
    if let Some(at) = text.chars().position(|c| c.is_control() && !line_break(c)) {
        return Err(Refusal::new(
            "text_control_character",
            format!(
                "{what}第 {} 个字是不可见的控制字符，请删去后重新填写",
                at + 1
            ),
        ));
    }
    Ok(text.to_owned())
}

/// Characters that look like nothing or turn text around: never part of a name.
fn is_odd(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '<' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_leading_blanks_and_refuse_what_cannot_be_seen() {
        assert_eq!(
            check_name("单位名称", " \u{3000}福建省经济信息中心 ").unwrap(),
            "福建省经济信息中心"
        );
        assert_eq!(check_name("单位名称", "　").unwrap_err().code, "text_empty");
        assert_eq!(
            check_name("单位名称", &"长".repeat(65)).unwrap_err().code,
            "text_too_long"
        );
        assert_eq!(
            check_name("单位名称", "福建\u{7}省").unwrap_err().code,
            "text_control_character"
        );
        assert_eq!(
            check_name("单位名称", "福建\u{202e}省").unwrap_err().code,
            "text_odd_character"
        );
        assert_eq!(
            check_person_name("姓名", "阿依古丽•买买提").unwrap(),
            "阿依古丽·买买提"
        );
        assert_eq!(
            check_person_name("姓名", "张3").unwrap_err().code,
            "person_name_malformed"
        );
        assert_eq!(
            check_reason("理由", "第一行\n第二行").unwrap(),
            "第一行\n第二行"
        );
    }
}
