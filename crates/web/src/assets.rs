//! The files a page needs besides itself, embedded in the binary.
//!
//! All are served below one folder whose name is a digest of every file in it, so that they can
//! be kept for a year and modules may still import each other by relative path.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// The address of the asset `name`, for example `app.css` or `img/mark.svg`.
pub fn url(name: &str) -> String {
    debug_assert!(ASSETS.files.contains_key(name), "no such asset: {name}");
    format!("/assets/{}/{name}", ASSETS.version)
}

/// `GET /assets/{version}/{*name}`
pub(crate) async fn serve(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(bytes) = ASSETS
        .files
        .get(&name)
        .filter(|_| version == ASSETS.version)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, media_type(&name)),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    let mut response = (headers, bytes.clone()).into_response();
    if name == GLANCE_WORKER {
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(GLANCE_POLICY),
        );
    }
    response
}

/// `GET /favicon.ico`: the mark, for what asks for it without having read a page.
pub(crate) async fn icon() -> Response {
    let Some(bytes) = ASSETS.files.get("img/favicon.svg") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, media_type("favicon.svg")),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, bytes.clone()).into_response()
}

/// Every asset as (name, bytes); for tools that write pages to a folder.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    ASSETS
        .files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_ref()))
}

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Embedded;

/// What looks at a camera's picture in the browser; empty when this build is without it.
static GLANCE_MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/glance.wasm"));
const GLANCE: &str = "glance.wasm";
const GLANCE_WORKER: &str = "js/glance-worker.js";

/// The addresses of the worker that looks at a camera's picture and of its module, if this build has them.
pub(crate) fn glance() -> Option<(String, String)> {
    (!GLANCE_MODULE.is_empty()).then(|| (url(GLANCE_WORKER), url(GLANCE)))
}

/// A worker obeys the policy of its own answer: this one alone may compile a module, and do nothing else.
const GLANCE_POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

struct Assets {
    version: String,
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut files = BTreeMap::new();
    let mut sheet = Vec::new();
    let mut names: Vec<_> = Embedded::iter().collect();
    names.sort();
    for name in names {
        let Some(file) = Embedded::get(&name) else {
            continue;
        };
        if name.starts_with("css/") {
            sheet.extend_from_slice(&file.data);
        } else {
            files.insert(name.into_owned(), file.data);
        }
    }
    files.insert("app.css".into(), Cow::Owned(sheet));
    if !GLANCE_MODULE.is_empty() {
        files.insert(GLANCE.into(), Cow::Borrowed(GLANCE_MODULE));
    }
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    Assets {
        version: format!("{:016x}", hasher.finish()),
        files,
    }
});

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_one_file_with_every_part_in_it() {
        let (_, css) = all()
            .find(|(name, _)| *name == "app.css")
            .expect("embedded");
        let css = String::from_utf8_lossy(css);
        assert!(css.contains("--blue-700") && css.contains("@media print"));
        assert!(all().all(|(name, _)| !name.starts_with("css/")));
    }
}
