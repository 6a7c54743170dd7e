//! Verification for programs. No session, no form: nothing is changed by it, so no token is asked for.

use axum::Json;
use axum::extract::{Multipart, State};
use axum::response::IntoResponse as _;

use crate::app::App;
use crate::form::{Upload, read_upload};
use crate::pages::Answer;
use crate::problem::Problem;

/// `POST /api/v1/verifications`: one report for each file of a multipart upload.
pub(super) async fn verify(State(app): State<App>, multipart: Multipart) -> Answer {
    let upload = read_upload(multipart, None).await?;
    if upload.files.is_empty() {
        return Err(Problem::bad_request(
            "file_missing",
            "请以 multipart/form-data 上传至少一个文件。",
        ));
    }
    let mut reports = Vec::with_capacity(upload.files.len());
    for Upload { name, bytes, .. } in upload.files {
        reports.push(app.platform.verify(&name, bytes, None).await?);
    }
    Ok(Json(reports).into_response())
}
