use std::collections::BTreeMap;

use async_trait::async_trait;
use platform::ports::{SendError, ShortMessage, ShortMessages};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, StatusCode, Url};
use serde_json::Value;

use crate::{SettingError, timeout, unfit};

/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Characters of it that are shown.
const SHOWN: usize = 120;

/// How the gateway is reached. Not printed: address and headers may hold its key.
#[derive(Clone)]
pub struct SmsSettings {
    /// Where requests are sent to.
    pub url: String,
    /// Headers of every request.
    pub headers: BTreeMap<String, String>,
    /// The request's body: JSON in whose strings `{id}`, `{mobile}` and `{text}` are replaced.
    pub body: String,
    /// Header that carries the delivery's id, where the body does not.
    pub id_header: Option<String>,
    /// The gateway delivers a request once, however often it comes with the same id.
    pub deduplicates: bool,
    /// What an answer that accepts the message says; any 2xx where it is not set.
    pub accepted: Option<Accepted>,
    /// A certificate (PEM) that the gateway's may be signed by, beside those the system trusts.
    pub authority: Option<Vec<u8>>,
    /// How long a request may take, in seconds.
    pub timeout_seconds: u64,
}

/// What stands in the answer of a gateway that answers 200 whatever happened.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Where in the JSON answer: a pointer such as `/code`.
    pub field: String,
    /// What stands there when the message was accepted.
    pub value: String,
}

/// Short messages over an HTTP gateway.
pub struct Gateway {
    client: Client,
    url: Url,
    body: Value,
    id_header: Option<HeaderName>,
    deduplicates: bool,
    accepted: Option<Accepted>,
}

impl Gateway {
    /// From settings. Nothing is sent and nobody is called yet.
    ///
    /// # Errors
    /// [`SettingError`].
    pub fn new(settings: SmsSettings) -> Result<Self, SettingError> {
        // The process may have chosen its provider already; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url: Url = settings
            .url
            .parse()
            .map_err(|e| unfit("sms.url", format!("不是有效的网址（{e}）")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(unfit("sms.url", "应以 http:// 或 https:// 开头"));
        }
        let body: Value = serde_json::from_str(&settings.body)
            .map_err(|e| unfit("sms.body", format!("不是有效的 JSON（{e}）")))?;
        let id_header = settings
            .id_header
            .map(|name| name.parse::<HeaderName>())
            .transpose()
            .map_err(|e| unfit("sms.id_header", e))?;
        for (place, what) in [("{mobile}", "手机号"), ("{text}", "短信内容")] {
            if !names(&body, place) {
                return Err(unfit("sms.body", format!("缺少 {place}（{what}）")));
            }
        }
        if settings.deduplicates && id_header.is_none() && !names(&body, "{id}") {
            let why = "网关按编号去重时，须在 sms.body 中用 {id}，或设置 sms.id_header";
            return Err(unfit("sms.deduplicates", why));
        }
        let mut client = Client::builder()
            .timeout(timeout("sms.timeout_seconds", settings.timeout_seconds)?)
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers(&settings.headers)?);
        if let Some(pem) = &settings.authority {
            let authority = reqwest::Certificate::from_pem(pem)
                .map_err(|e| unfit("sms.authority", format!("不是 PEM 证书（{e}）")))?;
            client = client.tls_certs_merge([authority]);
        }
        Ok(Self {
            client: client.build().map_err(|e| unfit("sms", e))?,
            url,
            body,
            id_header,
            deduplicates: settings.deduplicates,
            accepted: settings.accepted,
        })
    }

    async fn answer_of(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(StatusCode, Vec<u8>), SendError> {
        let mut response = request.send().await.map_err(|error| {
            let error = error.without_url();
            if error.is_connect() || error.is_builder() {
                SendError::Transient(format!("未能连接短信网关（{}）", chain(&error)))
            } else {
                SendError::Unknown(format!("短信网关没有应答（{}）", chain(&error)))
            }
        })?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| {
            let error = error.without_url();
            SendError::Unknown(format!("短信网关的应答不完整（{}）", chain(&error)))
        })? {
            if answer.len() + part.len() > LONGEST_ANSWER {
                return Err(SendError::Unknown("短信网关的应答过长".to_owned()));
            }
            answer.extend_from_slice(&part);
        }
        Ok((status, answer))
    }

    /// What an answer means for the message.
    fn meaning(&self, status: StatusCode, answer: &[u8]) -> Result<(), SendError> {
        let said = shown(answer);
        if status.is_success() {
            let Some(accepted) = &self.accepted else {
                return Ok(());
            };
            let found = serde_json::from_slice::<Value>(answer)
                .ok()
                .and_then(|json| json.pointer(&accepted.field).map(text_of));
            return match found {
                Some(value) if value == accepted.value => Ok(()),
                Some(value) => Err(SendError::Permanent(format!(
                    "短信网关未接受（{value}：{said}）"
                ))),
                None => Err(SendError::Unknown(format!(
                    "短信网关的应答看不懂（{said}）"
                ))),
            };
        }
        let text = |words: &str| format!("{words}（HTTP {}：{said}）", status.as_u16());
        Err(match status.as_u16() {
            400 | 410 | 413 | 422 => SendError::Permanent(text("短信网关拒绝了该短信")),
            429 | 503 => SendError::Transient(text("短信网关繁忙")),
            // Nothing was done: the gateway does not know us, the address or the method.
            300..=499 => SendError::Transient(text("短信网关未接受平台的请求")),
            _ => SendError::Unknown(text("短信网关出错")),
        })
    }
}

#[async_trait]
impl ShortMessages for Gateway {
    async fn send(&self, message: &ShortMessage) -> Result<(), SendError> {
        let id = message.id.to_string();
        let body = filled(
            &self.body,
            &[
                ("{id}", &id),
                ("{mobile}", message.to.as_str()),
                ("{text}", &message.text),
            ],
        );
        let mut request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json; charset=utf-8")
            .body(body.to_string());
        if let Some(name) = &self.id_header {
            request = request.header(name, &id);
        }
        let (status, answer) = self.answer_of(request).await?;
        self.meaning(status, &answer)
    }

    fn deduplicates(&self) -> bool {
        self.deduplicates
    }
}

fn headers(given: &BTreeMap<String, String>) -> Result<HeaderMap, SettingError> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let name: HeaderName = name.parse().map_err(|e| unfit("sms.headers", e))?;
        let mut value: HeaderValue = value.parse().map_err(|e| unfit("sms.headers", e))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Whether any string in it has this in it.
fn names(body: &Value, place: &str) -> bool {
    match body {
        Value::String(text) => text.contains(place),
        Value::Array(items) => items.iter().any(|item| names(item, place)),
        Value::Object(members) => members.values().any(|member| names(member, place)),
        _ => false,
    }
}

/// The body with values in the places of its strings, each string filled in one pass.
fn filled(body: &Value, values: &[(&str, &str)]) -> Value {
    match body {
        Value::String(text) => Value::String(fill(text, values)),
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), filled(member, values)))
            .collect(),
        other => other.clone(),
    }
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        for (place, value) in values {
            if let Some(after) = rest.strip_prefix(place) {
                out.push_str(value);
                rest = after;
                continue 'text;
            }
        }
        out.push('{');
        rest = &rest[1..];
    }
    out.push_str(rest);
    out
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn shown(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let text: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(SHOWN)
        .collect();
    if text.is_empty() {
        "无内容".to_owned()
    } else {
        text
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push('：');
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(body: &str) -> SmsSettings {
        SmsSettings {
            url: "http://127.0.0.1:9/send".to_owned(),
            headers: BTreeMap::new(),
            body: body.to_owned(),
            id_header: None,
            deduplicates: true,
            accepted: None,
            authority: None,
            timeout_seconds: 5,
        }
    }

    #[test]
    fn no_text_changes_the_structure_of_the_request() {
        let body = serde_json::from_str(
            r#"{"to":["{mobile}"],"msg":{"content":"【印信】{text}"},"id":"{id}","n":1}"#,
        )
        .unwrap();
        let values = [
            ("{id}", "7"),
            ("{mobile}", "13800000000"),
            ("{text}", "\"},{\"x\":\"{mobile}{"),
        ];
        let sent = filled(&body, &values);
        assert_eq!(
            sent["msg"]["content"].as_str().unwrap(),
            "【印信】\"},{\"x\":\"{mobile}{"
        );
        assert_eq!(sent["to"][0], "13800000000");
        assert_eq!(sent["n"], 1);
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_name() {
        let name = |settings: SmsSettings| match Gateway::new(settings) {
            Ok(_) => "",
            Err(SettingError::Unfit(name, _)) => name,
        };
        let good = r#"{"a":"{mobile}","b":"{text}","c":"{id}"}"#;
        assert_eq!(name(settings(good)), "");
        assert_eq!(name(settings("{")), "sms.body");
        assert_eq!(name(settings(r#"{"a":"{mobile}"}"#)), "sms.body");
        assert_eq!(
            name(settings(r#"{"a":"{mobile}{text}"}"#)),
            "sms.deduplicates"
        );
        let with = |change: &dyn Fn(&mut SmsSettings)| {
            let mut settings = settings(good);
            change(&mut settings);
            name(settings)
        };
        assert_eq!(with(&|s| s.url = "ftp://x".to_owned()), "sms.url");
        assert_eq!(with(&|s| s.timeout_seconds = 0), "sms.timeout_seconds");
        assert_eq!(
            with(&|s| {
                s.headers.insert("x".to_owned(), "a\nb".to_owned());
            }),
            "sms.headers"
        );
    }

    #[test]
    fn an_answer_is_understood_as_the_operator_says() {
        let body = r#"{"a":"{mobile}","b":"{text}","c":"{id}"}"#;
        let gateway = Gateway::new(SmsSettings {
            accepted: Some(Accepted {
                field: "/code".to_owned(),
                value: "0".to_owned(),
            }),
            ..settings(body)
        })
        .unwrap();
        let ok = StatusCode::OK;
        assert_eq!(gateway.meaning(ok, br#"{"code":0}"#), Ok(()));
        assert_eq!(gateway.meaning(ok, br#"{"code":"0"}"#), Ok(()));
        let meaning = |status: u16, answer: &[u8]| {
            gateway
                .meaning(StatusCode::from_u16(status).unwrap(), answer)
                .unwrap_err()
        };
        assert!(matches!(
            meaning(200, br#"{"code":17,"msg":"black list"}"#),
            SendError::Permanent(_)
        ));
        assert!(matches!(meaning(200, b"<html>"), SendError::Unknown(_)));
        assert!(matches!(meaning(422, b""), SendError::Permanent(_)));
        assert!(matches!(meaning(401, b""), SendError::Transient(_)));
        assert!(matches!(meaning(503, b""), SendError::Transient(_)));
        assert!(matches!(meaning(500, b""), SendError::Unknown(_)));
    }
}
