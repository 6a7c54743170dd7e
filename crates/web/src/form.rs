//! Reading forms. A handler cannot read a form without the proof that one of our pages sent it:
//! the request comes from this site (`Sec-Fetch-Site`, `Origin`) and carries the visitor's form token.

use axum::RequestExt as _;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Form, FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;

use crate::problem::Problem;

/// Cookie with the form token.
const COOKIE: &str = "yinxin_form";
/// Most files in one upload.
const MOST_FILES: usize = 20;

/// The visitor's form token: 128 random bits, kept in a cookie and repeated in every form.
#[derive(Debug, Clone)]
pub(crate) struct FormToken(pub(crate) String);

/// Gives every visitor a form token.
pub(crate) async fn issue_token(secure: bool, mut request: Request, next: Next) -> Response {
    let known = CookieJar::from_headers(request.headers())
        .get(COOKIE)
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| {
            (16..=64).contains(&value.len())
                && value
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        });
    let fresh = known.is_none();
    let token = known.unwrap_or_else(|| tower_sessions::session::Id::default().to_string());
    request.extensions_mut().insert(FormToken(token.clone()));
    let mut response = next.run(request).await;
    if fresh {
        let secure = if secure { "; Secure" } else { "" };
        let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}");
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// What a form sent, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a field, trimmed; `None` where it is empty or absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.raw(name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// The value of a field that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Problem> {
        self.text(name)
            .ok_or_else(|| Problem::bad_request("field_missing", &format!("表单缺少「{name}」。")))
    }

    /// The value of a field as sent.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every field, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A value that reads as something.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// The version of the record that the page showed.
    pub(crate) fn version(&self) -> Option<u64> {
        self.parsed("version")
    }
}

/// A form that one of our pages sent.
#[derive(Debug)]
pub(crate) struct ProtectedForm(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for ProtectedForm {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        from_this_site(request.headers())?;
        let token = token_of(&request)?;
        let Form(fields) = request
            .extract::<Form<Vec<(String, String)>>, _>()
            .await
            .map_err(|_| Problem::bad_request("form_unreadable", "提交的表单不完整或格式不对。"))?;
        let fields = Fields(fields);
        check_token(&token, fields.raw("csrf"))?;
        Ok(Self(fields))
    }
}

/// A file that came with a form.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The field it came in.
    pub(crate) field: String,
    /// Its name, as the browser tells it.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// A form with files that one of our pages sent.
#[derive(Debug)]
pub(crate) struct ProtectedUpload {
    pub(crate) fields: Fields,
    pub(crate) files: Vec<Upload>,
}

impl<S: Send + Sync> FromRequest<S> for ProtectedUpload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        from_this_site(request.headers())?;
        let token = token_of(&request)?;
        let multipart = request
            .extract::<Multipart, _>()
            .await
            .map_err(|_| Problem::bad_request("form_unreadable", "提交的表单不完整或格式不对。"))?;
        let upload = read_upload(multipart, Some(&token)).await?;
        check_token(&token, upload.fields.raw("csrf"))?;
        Ok(upload)
    }
}

/// Reads the parts of an upload. With a token, the first part must prove it before any file is read.
pub(crate) async fn read_upload(
    mut multipart: Multipart,
    token: Option<&str>,
) -> Result<ProtectedUpload, Problem> {
    let mut fields = Vec::new();
    let mut files = Vec::new();
    while let Some(part) = multipart
        .next_field()
        .await
        .map_err(|e| upload_problem(&e))?
    {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(ToOwned::to_owned);
        match file_name {
            Some(file_name) => {
                if let Some(token) = token
                    && fields.is_empty()
                {
                    check_token(token, None)?;
                }
                let bytes = part.bytes().await.map_err(|e| upload_problem(&e))?.to_vec();
                // A file field that was left empty arrives as a nameless, empty part.
                if file_name.is_empty() && bytes.is_empty() {
                    continue;
                }
                if files.len() >= MOST_FILES {
                    return Err(Problem::bad_request(
                        "too_many_files",
                        &format!("一次最多上传 {MOST_FILES} 个文件。"),
                    ));
                }
                files.push(Upload {
                    field: name,
                    name: file_name,
                    bytes,
                });
            }
            None => {
                let value = part.text().await.map_err(|e| upload_problem(&e))?;
                fields.push((name, value));
                if let (Some(token), [(first, value)]) = (token, fields.as_slice()) {
                    check_token(token, (first == "csrf").then_some(value.as_str()))?;
                }
            }
        }
    }
    Ok(ProtectedUpload {
        fields: Fields(fields),
        files,
    })
}

fn upload_problem(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "upload_too_large",
            "文件过大",
            "上传的内容超过上限，没有保存。",
        )
        .advice("请压缩文件，或分成几个文件后再上传。")
        .advice("扫描件建议 300 DPI，存为 PDF 或 JPG。")
    } else {
        Problem::bad_request("upload_interrupted", "上传没有完成，可能是网络中断。")
    }
}

fn token_of(request: &Request) -> Result<String, Problem> {
    request
        .extensions()
        .get::<FormToken>()
        .map(|token| token.0.clone())
        .ok_or_else(Problem::stale_form)
}

fn check_token(expected: &str, sent: Option<&str>) -> Result<(), Problem> {
    let sent = sent.unwrap_or_default();
    // Every byte is compared, so that the time taken tells nothing.
    let differs = expected.len() ^ sent.len();
    let differs = expected
        .bytes()
        .zip(sent.bytes())
        .fold(differs, |differs, (a, b)| differs | usize::from(a ^ b));
    if differs == 0 {
        Ok(())
    } else {
        Err(Problem::stale_form())
    }
}

fn from_this_site(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok())
    {
        return if matches!(site, "same-origin" | "none") {
            Ok(())
        } else {
            Err(Problem::stale_form())
        };
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => Ok(()),
        (Some(origin), Some(host))
            if origin
                .split_once("://")
                .is_some_and(|(_, from)| from == host) =>
        {
            Ok(())
        }
        _ => Err(Problem::stale_form()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    header::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn a_form_from_another_site_is_refused() {
        let from = |pairs: &[(&'static str, &'static str)]| from_this_site(&headers(pairs)).is_ok();
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("sec-fetch-site", "same-site")]));
        assert!(from(&[
            ("origin", "https://seal.example"),
            ("host", "seal.example")
        ]));
        assert!(!from(&[
            ("origin", "https://evil.example"),
            ("host", "seal.example")
        ]));
        assert!(!from(&[("origin", "null"), ("host", "seal.example")]));
    }

    #[test]
    fn a_form_without_the_right_token_is_refused() {
        assert!(check_token("abcdef", Some("abcdef")).is_ok());
        for wrong in [
            None,
            Some(""),
            Some("abcdeg"),
            Some("abcde"),
            Some("abcdefg"),
        ] {
            assert_eq!(check_token("abcdef", wrong).unwrap_err().code, "form_token");
        }
    }
}
