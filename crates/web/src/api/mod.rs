//! The JSON interface: one file per noun, problem+json for everything that cannot be done.

mod seal;
mod verification;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;

/// Every address below `/api/v1`.
pub(crate) fn routes(upload_limit: usize) -> Router<App> {
    Router::new()
        .route("/api/v1/seals/{code}/status", get(seal::status))
        .route("/api/v1/seals/{code}/proof", get(seal::proof))
        .route("/api/v1/crl", get(seal::crl))
        .route(
            "/api/v1/verifications",
            post(verification::verify).layer(DefaultBodyLimit::max(upload_limit)),
        )
}
