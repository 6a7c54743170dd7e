//! The words of notices: for each occasion what is said inside the platform, by e-mail and by short message. The defaults
//! are data; an office replaces them through the settings.

use casework::Refusal;
use serde::{Deserialize, Serialize};

use super::defaults::DEFAULTS;
use super::fields::{self, NoticeField};
use crate::error::{Error, Result};

/// Before the name of a template in the settings.
const TEMPLATE_SETTING: &str = "notice_template.";
/// What stands around the text of every e-mail.
pub(crate) const MAIL_FRAME: &str = "mail_frame";

/// Longest text of a template, and of one that is a line: a subject, a short message.
const LONGEST: usize = 2000;
const LONGEST_LINE: usize = 200;
/// Where the words of the act itself stand.
const BODY: &str = "{正文}";
/// Longest value that is filled in.
const LONGEST_VALUE: usize = 300;

/// An occasion on which somebody is told something.
#[derive(Debug, Clone, Copy)]
pub struct NoticeTemplate {
    /// Stable name.
    pub name: &'static str,
    /// The occasion, in words.
    pub occasion: &'static str,
    /// Who is told.
    pub to: &'static str,
    /// What may be filled in, as `{办件编号}`.
    pub fields: &'static [&'static str],
    pub(crate) inside: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) mail: &'static str,
    pub(crate) sms: &'static str,
}

/// The words of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeText {
    /// Inside the platform.
    pub inside: String,
    /// Subject of the e-mail; empty: no e-mail on this occasion.
    pub subject: String,
    /// Text of the e-mail; [`MAIL_FRAME`] stands around it.
    pub mail: String,
    /// The short message; empty: none on this occasion.
    pub sms: String,
}

/// Values for the fields of a template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(Vec<(&'static str, String)>);

impl NoticeTemplate {
    /// Every template, in the order of the process.
    pub fn all() -> &'static [Self] {
        DEFAULTS
    }

    /// The template of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        DEFAULTS.iter().find(|template| template.name == name)
    }

    /// The setting that keeps an office's own words; also the subject of proposals about them.
    pub(crate) fn setting(&self) -> String {
        format!("{TEMPLATE_SETTING}{}", self.name)
    }

    /// The words that hold unless an office replaces them.
    pub fn default_text(&self) -> NoticeText {
        NoticeText {
            inside: self.inside.to_owned(),
            subject: self.subject.to_owned(),
            mail: self.mail.to_owned(),
            sms: self.sms.to_owned(),
        }
    }

    /// What may be filled in here, with its meaning and a sample.
    pub fn explained(&self) -> impl Iterator<Item = &'static NoticeField> {
        self.fields.iter().filter_map(|name| fields::find(name))
    }

    /// Whether this is what stands around the text of every e-mail, and not an occasion.
    pub fn is_mail_frame(&self) -> bool {
        self.name == MAIL_FRAME
    }

    /// Whether words can take the place of the default.
    ///
    /// # Errors
    /// Refusals `template_empty`, `template_too_long`, `template_not_one_line`, `template_control_character`,
    /// `template_brace_open`, `template_field_unknown`, `template_sms_private`, `template_body_missing`,
    /// `template_frame_only_mail`.
    pub fn check(&self, text: &NoticeText) -> Result<(), Refusal> {
        self.check_presence(text)?;
        for (label, words, own, most) in [
            ("站内通知", &text.inside, self.inside, LONGEST),
            ("邮件主题", &text.subject, self.subject, LONGEST_LINE),
            ("邮件正文", &text.mail, self.mail, LONGEST),
            ("短信", &text.sms, self.sms, LONGEST_LINE),
        ] {
            check_length(label, words, most)?;
            self.check_fields(label, words)?;
            let tells_it = words.contains(BODY) || words.trim().is_empty();
            if own.contains(BODY) && !tells_it {
                return Err(Refusal::new(
                    "template_body_missing",
                    format!("{label}中须保留 {BODY}，否则收件人看不到事项的内容。"),
                ));
            }
        }
        Ok(())
    }

    fn check_presence(&self, text: &NoticeText) -> Result<(), Refusal> {
        let is_empty = |words: &str| words.trim().is_empty();
        if self.is_mail_frame() {
            if !is_empty(&text.inside) || !is_empty(&text.subject) || !is_empty(&text.sms) {
                return Err(Refusal::new(
                    "template_frame_only_mail",
                    "此处只有邮件正文，站内通知、邮件主题和短信请在各事项中修改。",
                ));
            }
            if is_empty(&text.mail) {
                return Err(Refusal::new(
                    "template_empty",
                    "邮件的称呼和落款不能为空，请填写。",
                ));
            }
            return Ok(());
        }
        if is_empty(&text.inside) {
            return Err(Refusal::new(
                "template_empty",
                "站内通知的内容不能为空，请填写。",
            ));
        }
        if is_empty(&text.subject) != is_empty(&text.mail) {
            return Err(Refusal::new(
                "template_empty",
                "邮件的主题和正文须同时填写，或同时留空（不发邮件）。",
            ));
        }
        Ok(())
    }

    fn check_fields(&self, label: &str, words: &str) -> Result<(), Refusal> {
        if let Some(rest) = words.split('{').skip(1).find(|part| !part.contains('}')) {
            let after: String = rest.chars().take(10).collect();
            return Err(Refusal::new(
                "template_brace_open",
                format!("{label}中的「{{{after}」没有写完，请补上「}}」。"),
            ));
        }
        if let Some(unknown) = fields_of(words).find(|field| !self.fields.contains(field)) {
            let known: Vec<_> = self
                .fields
                .iter()
                .map(|field| format!("{{{field}}}"))
                .collect();
            return Err(Refusal::new(
                "template_field_unknown",
                format!(
                    "{label}中的 {{{unknown}}} 不能在此处使用，可用的有：{}。",
                    known.join("、")
                ),
            ));
        }
        let private = fields_of(words).find(|field| fields::find(field).is_some_and(|f| f.private));
        if let (Some(field), "短信") = (private, label) {
            return Err(Refusal::new(
                "template_sms_private",
                format!("短信不加密传送，不能写入 {{{field}}}，请改为提示收件人登录平台查看。"),
            ));
        }
        Ok(())
    }
}

/// Length, and nothing that breaks a line where there is one line.
fn check_length(label: &str, words: &str, most: usize) -> Result<(), Refusal> {
    let length = words.chars().count();
    if length > most {
        return Err(Refusal::new(
            "template_too_long",
            format!("{label}不能超过 {most} 字，现有 {length} 字，请精简。"),
        ));
    }
    let lines = label == "邮件正文";
    if !lines && words.contains(['\n', '\r']) {
        return Err(Refusal::new(
            "template_not_one_line",
            format!("{label}须为一行，请去掉换行。"),
        ));
    }
    if let Some(at) = words
        .chars()
        .position(|c| c.is_control() && !(lines && c == '\n'))
    {
        return Err(Refusal::new(
            "template_control_character",
            format!("{label}第 {} 个字是不可见的控制字符，请删去。", at + 1),
        ));
    }
    Ok(())
}

impl NoticeText {
    /// Words as they are kept in the settings.
    pub(crate) fn from_setting(value: &str) -> Result<Self> {
        serde_json::from_str(value).map_err(|e| Error::internal("reading a template", e))
    }

    /// Words as the settings keep them.
    pub(crate) fn to_setting(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::internal("keeping a template", e))
    }
}

impl Values {
    /// A sample for every field.
    pub(super) fn samples() -> Self {
        fields::FIELDS
            .iter()
            .fold(Self::default(), |values, field| {
                values.with(field.name, field.sample)
            })
    }

    /// With a value. Control characters become blanks: a value never breaks a line, or forges a header.
    pub(crate) fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        let value: String = value
            .into()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let value = match value.char_indices().nth(LONGEST_VALUE) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value,
        };
        self.0.retain(|(known, _)| *known != field);
        self.0.push((field, value));
        self
    }

    /// With text of several lines: the body of an e-mail in its frame.
    pub(crate) fn with_text(mut self, field: &'static str, value: String) -> Self {
        self.0.retain(|(known, _)| *known != field);
        self.0.push((field, value));
        self
    }

    /// The words with the values in their places, in one pass: what a value contains is never filled in again.
    pub(crate) fn fill(&self, words: &str) -> String {
        let mut filled = String::with_capacity(words.len() * 2);
        let mut rest = words;
        while let Some(start) = rest.find('{') {
            let (before, from) = rest.split_at(start);
            filled.push_str(before);
            let Some(end) = from.find('}') else {
                rest = from;
                break;
            };
            let field = &from[1..end];
            match self.0.iter().find(|(known, _)| *known == field) {
                Some((_, value)) => filled.push_str(value),
                // Nothing is known of it on this occasion.
                None if fields::find(field).is_some() => filled.push('—'),
                None => filled.push_str(&from[..=end]),
            }
            rest = &from[end + 1..];
        }
        filled.push_str(rest);
        filled
    }
}

/// The fields that words name.
fn fields_of(words: &str) -> impl Iterator<Item = &str> {
    words.split('{').skip(1).filter_map(|part| {
        let (field, _) = part.split_once('}')?;
        Some(field)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_6_every_default_passes_its_own_check() {
        for template in NoticeTemplate::all() {
            template
                .check(&template.default_text())
                .unwrap_or_else(|refusal| panic!("{}: {refusal}", template.name));
        }
        let mut names: Vec<_> = DEFAULTS.iter().map(|template| template.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), DEFAULTS.len());
    }

    #[test]
    fn r4_6_short_messages_have_at_most_70_characters_and_no_personal_data() {
        let values = Values::samples();
        for template in DEFAULTS {
            let message = values.fill(template.sms);
            assert!(
                message.chars().count() <= 70,
                "{}: {} {message}",
                template.name,
                message.chars().count()
            );
            assert!(!message.contains('—'), "{}: {message}", template.name);
        }
    }

    #[test]
    fn r4_6_every_field_of_a_template_is_explained() {
        for template in NoticeTemplate::all() {
            assert_eq!(
                template.explained().count(),
                template.fields.len(),
                "{}",
                template.name
            );
        }
    }

    #[test]
    fn a_value_is_never_filled_in_again_and_never_breaks_a_line() {
        let values = Values::default()
            .with("意见", "见{单位}\r\nBcc: x@y.cn")
            .with("单位", "省局");
        assert_eq!(
            values.fill("{单位}：{意见}{"),
            "省局：见{单位}  Bcc: x@y.cn{"
        );
        assert_eq!(values.fill("{期限}{不认识}"), "—{不认识}");
        // An e-mail about something with words of its own keeps what its template says around them.
        let told = Values::default().with("正文", "印章已停用。");
        let mail = told.fill("{正文}请核对。");
        assert_eq!(
            told.with_text("正文", mail).fill("您好：{正文}"),
            "您好：印章已停用。请核对。"
        );
    }

    #[test]
    fn words_with_unknown_fields_are_refused_by_name() {
        let template = NoticeTemplate::find("case_to_approve").unwrap();
        let with = |change: &dyn Fn(&mut NoticeText)| {
            let mut text = template.default_text();
            change(&mut text);
            template.check(&text).map_err(|refusal| refusal.code)
        };
        assert_eq!(
            with(&|text| text.sms.push_str("{身份证号}")),
            Err("template_field_unknown")
        );
        assert_eq!(
            with(&|text| text.sms.push_str("{单位}")),
            Err("template_sms_private")
        );
        assert_eq!(
            with(&|text| text.inside.push_str("{单位")),
            Err("template_brace_open")
        );
        assert_eq!(
            with(&|text| text.mail.push('\u{7}')),
            Err("template_control_character")
        );
        let frame = NoticeTemplate::find(MAIL_FRAME).unwrap();
        let without = NoticeText {
            mail: "您好".to_owned(),
            ..NoticeText::default()
        };
        assert_eq!(
            frame.check(&without).unwrap_err().code,
            "template_body_missing"
        );
        assert_eq!(
            with(&|text| text.subject.push_str("\r\nBcc: x")),
            Err("template_not_one_line")
        );
        assert_eq!(with(&|text| text.inside.clear()), Err("template_empty"));
        assert_eq!(with(&|text| text.subject.clear()), Err("template_empty"));
        assert_eq!(
            with(&|text| text.sms = "长".repeat(201)),
            Err("template_too_long")
        );
        assert_eq!(with(&|text| text.sms.clear()), Ok(()));
    }
}
