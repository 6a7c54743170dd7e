//! Public status of seals for programs.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use platform::StatusQuery;
use serde::Deserialize;

use crate::app::App;
use crate::beijing;
use crate::pages::Answer;
use crate::problem::Problem;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    at: Option<String>,
}

/// `GET /api/v1/seals/{code}/status?at=`: by seal code or certificate serial number; now, or at a moment (RFC 3339).
pub(super) async fn status(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let at = match wanted
        .at
        .as_deref()
        .map(str::trim)
        .filter(|at| !at.is_empty())
    {
        None => None,
        Some(at) => Some(beijing::parse(at).ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "moment_unreadable",
                "查询时刻无法识别",
                "at 应为 RFC 3339 时刻，例如 2026-11-22T02:30:00Z。",
            )
        })?),
    };
    let answer = app.platform.public_status(&query(&code)?, at).await?;
    Ok(Json(answer).into_response())
}

/// `GET /api/v1/seals/{code}/proof`: the ledger's proof for the newest recorded state.
pub(super) async fn proof(State(app): State<App>, Path(code): Path<String>) -> Answer {
    let proof = app.platform.status_proof(&query(&code)?).await?;
    Ok(Json(proof).into_response())
}

/// `GET /api/v1/crl`: the newest revocation list (DER).
pub(super) async fn crl(State(app): State<App>) -> Answer {
    let crl = app.platform.crl().await?;
    Ok((
        [(header::CONTENT_TYPE, "application/pkix-crl")],
        crl.der().to_vec(),
    )
        .into_response())
}

fn query(code: &str) -> Result<StatusQuery, Problem> {
    StatusQuery::parse(code).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "code_unreadable",
            "编码无法识别",
            "应为 14 位数字的印章编码，或十六进制的证书序列号。",
        )
    })
}
