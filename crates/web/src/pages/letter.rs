//! The red-header letter as a Word file: downloaded to be edited; when it comes back it is checked
//! against the forms and kept with the case.

use axum::extract::{Path, State};
use casework::CaseId;

use super::{Answer, again, go, material, send};
use crate::app::App;
use crate::form::ProtectedUpload;
use crate::problem::Problem;
use crate::session::Desk;

/// What a Word file is called among media types.
pub(super) const DOCX: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// `GET /desk/cases/{case}/letter.docx`
pub(super) async fn file(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let (name, bytes) = app.platform.letter_docx(&desk.actor, id).await?;
    Ok(send(DOCX, Some(&name), bytes))
}

/// `POST /desk/cases/{case}/letter-check`
pub(super) async fn check(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedUpload { fields, files }: ProtectedUpload,
) -> Answer {
    let outcome = match files.into_iter().next() {
        Some(file) => {
            app.platform
                .keep_letter(&desk.actor, id, &file.name, file.bytes)
                .await
        }
        None => Err(platform::Error::refused(
            "file_missing",
            "请先选择修改后的红头函（DOCX）。",
        )),
    };
    match outcome.map_err(Problem::from) {
        Ok(_) => {
            desk.say(
                "红头函与申请表一致，已随办件保存",
                "可以打印、加盖单位公章；扫描后上传到申请材料。",
            )
            .await?;
            let back = fields
                .text("back")
                .filter(|back| back.starts_with("/desk/cases/"));
            go(back.unwrap_or(&format!("/desk/cases/{id}/papers")))
        }
        Err(problem) if problem.can_be_put_right() => {
            let view = app.platform.case(&desk.actor, id).await?;
            let mut page = material::papers(&app, &desk, &view, None);
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}
