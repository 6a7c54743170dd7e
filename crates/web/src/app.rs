//! What the handlers share, and the router that joins them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use platform::Platform;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::problem::Problem;
use crate::session::PlatformSessions;
use crate::views::Site;
use crate::{api, form, pages, problem};

/// Largest form without files.
const FORM_LIMIT: usize = 1024 * 1024;

/// How the pages are served.
#[derive(Debug, Clone, Default)]
pub struct WebSettings {
    /// Who runs the platform; the policy's contact data go before what stands here.
    pub site: Site,
    /// Served over TLS: cookies are marked `Secure` and browsers told to come back by TLS only.
    pub secure: bool,
    /// Demonstration data: the sign-in page lists the accounts.
    pub demo: bool,
}

/// What every handler has.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) platform: Arc<Platform>,
    site: Arc<Site>,
    pub(crate) demo: bool,
    /// Served over TLS.
    pub(crate) secure: bool,
}

impl App {
    /// Who runs the platform, with the contact data of the policy in force.
    pub(crate) fn site(&self) -> Arc<Site> {
        let center = self.platform.policy().center.clone();
        Arc::new(Site {
            operator: center.name,
            address: center.address,
            phones: center.phones,
            email: center.mailbox,
            postcode: center.post_code,
            website: center.website,
            ..Site::clone(&self.site)
        })
    }
}

/// The whole of the platform over HTTP: pages, JSON interface, assets.
pub fn router(platform: Arc<Platform>, settings: WebSettings) -> Router {
    let WebSettings { site, secure, demo } = settings;
    // Room for a whole upload: several files in one form, and the form around them.
    let upload_limit = platform
        .settings()
        .max_file_bytes
        .saturating_mul(2)
        .saturating_add(FORM_LIMIT);
    let sessions = SessionManagerLayer::new(PlatformSessions::new(Arc::clone(&platform)))
        .with_name("yinxin")
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::hours(10)));
    let app = App {
        platform,
        site: Arc::new(site),
        demo,
        secure,
    };

    let pages = Router::new()
        .merge(pages::routes(upload_limit))
        .merge(api::routes(upload_limit))
        .fallback(|| async { problem::Problem::not_found() })
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn(move |request, next| {
            refuse_too_large(upload_limit, request, next)
        }))
        .layer(middleware::from_fn_with_state(app.clone(), problem::render))
        .layer(middleware::from_fn(move |request, next| {
            form::issue_token(secure, request, next)
        }))
        .layer(sessions)
        .with_state(app);
    Router::new()
        .route(
            "/assets/{version}/{*name}",
            axum::routing::get(crate::assets::serve),
        )
        .route("/favicon.ico", axum::routing::get(crate::assets::icon))
        .route("/healthz", axum::routing::get(|| async { "ok" }))
        .merge(pages)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(move |request, next| {
            security_headers(secure, request, next)
        }))
        .layer(CatchPanicLayer::new())
}

/// Refuses by its announced length what no form takes, before a byte of it is read.
async fn refuse_too_large(limit: usize, request: Request, next: Next) -> Response {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        let most = limit / (1024 * 1024);
        let sentence = format!("一次上传的内容不能超过 {most} MB，请减少文件或压缩后再上传。");
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "upload_too_large",
            "文件太大",
            &sentence,
        )
        .into_response();
    }
    next.run(request).await
}

/// No script, style, frame or picture from anywhere else; nothing inline.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                   connect-src 'self'; font-src 'self'; object-src 'self'; frame-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

async fn security_headers(secure: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    );
    set(header::CACHE_CONTROL, "no-store");
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
