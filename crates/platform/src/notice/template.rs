//! The words of notices: for each occasion what is said inside the platform, by e-mail and by short message. The defaults
//! are data; an office replaces them through the settings.

use casework::Refusal;
use serde::{Deserialize, Serialize};

use super::defaults::DEFAULTS;
use crate::error::{Error, Result};

/// Before the name of a template in the settings.
pub const TEMPLATE_SETTING: &str = "notice_template.";
/// What stands around the text of every e-mail.
pub(crate) const MAIL_FRAME: &str = "mail_frame";

/// Longest text of a template, and of one for short messages.
const LONGEST: usize = 2000;
const LONGEST_SMS: usize = 200;
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

    /// The words that hold unless an office replaces them.
    pub fn default_text(&self) -> NoticeText {
        NoticeText {
            inside: self.inside.to_owned(),
            subject: self.subject.to_owned(),
            mail: self.mail.to_owned(),
            sms: self.sms.to_owned(),
        }
    }

    /// Whether words can take the place of the default.
    ///
    /// # Errors
    /// Refusals `template_field_unknown`, `template_too_long`, `template_empty`, `template_not_one_line`.
    pub fn check(&self, text: &NoticeText) -> Result<(), Refusal> {
        if self.name != MAIL_FRAME && text.inside.trim().is_empty() {
            return Err(Refusal::new(
                "template_empty",
                "站内通知的内容不能为空，请填写。",
            ));
        }
        if text.subject.trim().is_empty() != text.mail.trim().is_empty() && self.name != MAIL_FRAME
        {
            return Err(Refusal::new(
                "template_empty",
                "邮件的主题和正文须同时填写，或同时留空（不发邮件）。",
            ));
        }
        for (label, words, most) in [
            ("站内通知", &text.inside, LONGEST),
            ("邮件主题", &text.subject, LONGEST_SMS),
            ("邮件正文", &text.mail, LONGEST),
            ("短信", &text.sms, LONGEST_SMS),
        ] {
            if words.chars().count() > most {
                return Err(Refusal::new(
                    "template_too_long",
                    format!("{label}不能超过 {most} 字，请精简。"),
                ));
            }
            if label != "邮件正文" && words.contains(['\n', '\r']) {
                return Err(Refusal::new(
                    "template_not_one_line",
                    format!("{label}须为一行，请去掉换行。"),
                ));
            }
            if let Some(unknown) = fields_of(words).find(|field| !self.fields.contains(field)) {
                return Err(Refusal::new(
                    "template_field_unknown",
                    format!(
                        "{label}中的 {{{unknown}}} 不能在此处使用，可用的有：{}。",
                        self.fields
                            .iter()
                            .map(|field| format!("{{{field}}}"))
                            .collect::<Vec<_>>()
                            .join("、")
                    ),
                ));
            }
        }
        Ok(())
    }
}

impl NoticeText {
    /// Words as they are kept in the settings.
    pub(crate) fn from_setting(value: &str) -> Result<Self> {
        serde_json::from_str(value).map_err(|e| Error::internal("reading a template", e))
    }
}

impl Values {
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
                None if is_field(field) => filled.push('—'),
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

fn is_field(field: &str) -> bool {
    DEFAULTS
        .iter()
        .any(|template| template.fields.contains(&field))
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
        // As long as each of them gets.
        let values = [
            ("办件编号", "闽印2026-000001-2"),
            ("业务", "印章失控、补办"),
            ("期限", "2026年12月31日"),
            ("时间", "2026年12月31日 10:30"),
            ("编码", "35012100000001"),
            ("到期日", "2026年12月31日"),
            ("天数", "60"),
            ("状态", "停用"),
            ("环节", "汇总办理"),
            ("电话", "0591-86303903"),
        ]
        .into_iter()
        .fold(Values::default(), |values, (field, value)| {
            values.with(field, value)
        });
        for template in DEFAULTS {
            let message = values.fill(template.sms);
            assert!(
                message.chars().count() <= 70,
                "{}: {} {message}",
                template.name,
                message.chars().count()
            );
            for personal in ["姓名", "单位", "印章", "申请人", "文件", "意见"] {
                let field = format!("{{{personal}}}");
                assert!(!template.sms.contains(&field), "{}", template.name);
            }
            assert!(!message.contains('—'), "{}: {message}", template.name);
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
