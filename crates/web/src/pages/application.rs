//! The wizard of an application: steps, what each asks (as `casework` says), drafts saved as they are typed.

mod asking;
mod begin;
mod draft;
mod steps;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use casework::{
    Act, ActKind, Application, ApplicationId, CaseId, FieldError, MaterialKind, SealKind,
};
use platform::{CaseView, NewMaterial};
use uuid::Uuid;

use super::correction::{step_of, step_path};
use super::{Answer, again, go, html, material};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm, ProtectedUpload};
use crate::problem::Problem;
use crate::session::Desk;

pub(super) use begin::{agents_only, choose, open};
pub(super) use steps::{begins_at, head};

/// `POST /desk/cases/{case}/applications`: one seal more in the same case.
pub(super) async fn add(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedForm(_): ProtectedForm,
) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let kind = view
        .case
        .live_applications()
        .find_map(Application::kind)
        .unwrap_or(SealKind::Unit);
    let application = ApplicationId::from_uuid(Uuid::now_v7());
    let draft = draft::begin(&desk, view.case.business, kind);
    app.platform
        .act(
            &desk.actor,
            id,
            None,
            Act::AddApplication { application, draft },
        )
        .await?;
    let step = if view.case.business.needs_existing_seal() {
        "matter"
    } else {
        "seal"
    };
    go(&step_path(id, application, step))
}

/// `GET /desk/cases/{case}/applications/{application}/{step}`
pub(super) async fn step(
    State(app): State<App>,
    desk: Desk,
    Path((case, application, step)): Path<(CaseId, ApplicationId, String)>,
) -> Answer {
    let view = app.platform.case(&desk.actor, case).await?;
    let found = view
        .case
        .application(application)
        .ok_or_else(Problem::not_found)?;
    if !view.allowed.contains(&ActKind::SaveDraft) && step != "check" {
        return go(&step_path(case, application, "check"));
    }
    let errors = check(&app, &desk, &view, found).await?;
    match step.as_str() {
        "imprint" => {
            html(&steps::imprint(&app, &desk, &view, found, &typed(found, &errors)).await?)
        }
        "request" => html(&steps::request(&app, &desk, &view, found).await?),
        "papers" => html(&material::papers(&app, &desk, &view, Some(found))),
        "check" => html(&steps::check_page(&app, &desk, &view, found, &errors).await?),
        "matter" | "seal" | "agent" => {
            html(&steps::form_page(&app, &desk, &view, found, &step, &typed(found, &errors)).await?)
        }
        _ => Err(Problem::not_found()),
    }
}

/// `GET /desk/cases/{case}/applications/{application}/imprint`
pub(super) async fn imprint(
    state: State<App>,
    desk: Desk,
    Path((case, application)): Path<(CaseId, ApplicationId)>,
) -> Answer {
    step(state, desk, Path((case, application, "imprint".to_owned()))).await
}

/// `POST /desk/cases/{case}/applications/{application}/{step}`: saves what was typed, whatever it is, and goes on
/// when this step has no fault.
pub(super) async fn save(
    State(app): State<App>,
    desk: Desk,
    Path((case, application, step)): Path<(CaseId, ApplicationId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let then = fields.text("then").unwrap_or_default();
    let view = app.platform.case(&desk.actor, case).await?;
    if step == "letter" {
        return save_letter(&app, &desk, &view, application, &fields).await;
    }
    let found = view
        .case
        .application(application)
        .ok_or_else(Problem::not_found)?;
    let seals = draft::seals(&app, &desk, view.case.business).await?;
    let mut draft = found.draft.clone();
    draft::enter(&mut draft, &fields, &step, &seals);
    let view = if draft == found.draft {
        view
    } else {
        app.platform
            .act(
                &desk.actor,
                case,
                None,
                Act::SaveDraft { application, draft },
            )
            .await?
    };
    if then == "autosave" {
        let saved = format!("已于 {} 自动保存", beijing::clock(app.platform.now()));
        return Ok(Json(serde_json::json!({ "saved": saved })).into_response());
    }
    if then == "stay" {
        desk.say("草稿已保存", "可以随时回来继续填写。").await?;
        return go(&format!("/desk/cases/{case}"));
    }
    let found = view
        .case
        .application(application)
        .ok_or_else(Problem::not_found)?;
    let errors = check(&app, &desk, &view, found).await?;
    let here: Vec<FieldError> = errors
        .into_iter()
        .filter(|error| step_of(error.field) == step)
        .collect();
    if here.is_empty() {
        return go(&step_path(
            case,
            application,
            steps::after(&view, found, &step),
        ));
    }
    let mut page = steps::form_page(&app, &desk, &view, found, &step, &here).await?;
    page.head.saved = "草稿已保存，请更正标出的内容".into();
    again(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST /desk/cases/{case}/applications/{application}/imprint`: the picture and its measured size together.
pub(super) async fn collect_imprint(
    State(app): State<App>,
    desk: Desk,
    Path((case, application)): Path<(CaseId, ApplicationId)>,
    ProtectedUpload { fields, files }: ProtectedUpload,
) -> Answer {
    let view = app.platform.case(&desk.actor, case).await?;
    let found = view
        .case
        .application(application)
        .ok_or_else(Problem::not_found)?;
    let mut draft = found.draft.clone();
    draft::enter(&mut draft, &fields, "imprint", &[]);
    let mut view = if draft == found.draft {
        view
    } else {
        app.platform
            .act(
                &desk.actor,
                case,
                None,
                Act::SaveDraft { application, draft },
            )
            .await?
    };
    let mut refused = None;
    if let Some(file) = files.into_iter().find(|file| file.field == "imprint") {
        let new = NewMaterial {
            kind: MaterialKind::Imprint,
            application: Some(application),
            name: file.name,
            bytes: file.bytes,
        };
        match app
            .platform
            .attach(&desk.actor, case, None, new)
            .await
            .map_err(Problem::from)
        {
            Ok((newer, _, _)) => view = newer,
            Err(problem) if problem.can_be_put_right() => refused = Some(problem),
            Err(problem) => return Err(problem),
        }
    }
    let found = view
        .case
        .application(application)
        .ok_or_else(Problem::not_found)?;
    let errors = check(&app, &desk, &view, found).await?;
    let here: Vec<FieldError> = errors
        .into_iter()
        .filter(|error| step_of(error.field) == "imprint")
        .collect();
    if refused.is_none() && here.is_empty() && fields.text("then") == Some("next") {
        return go(&step_path(
            case,
            application,
            steps::after(&view, found, "imprint"),
        ));
    }
    if refused.is_none() && here.is_empty() {
        return go(&step_path(case, application, "imprint"));
    }
    let mut page = steps::imprint(&app, &desk, &view, found, &here).await?;
    if let Some(problem) = refused {
        page.frame.notices.push(problem.notice());
    }
    again(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn save_letter(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: ApplicationId,
    fields: &Fields,
) -> Answer {
    let letter = casework::LetterDraft {
        reasons: fields.raw("reasons").unwrap_or_default().trim().to_owned(),
        letter_number: fields.text("letter_number").map(ToOwned::to_owned),
    };
    let case = view.case.id;
    match app
        .platform
        .act(&desk.actor, case, None, Act::SaveLetter { letter })
        .await
        .map_err(Problem::from)
    {
        Ok(view) => {
            let (title, detail) = match &view.letter_fault {
                Some(fault) => ("办理理由已保存，提交前还须修改", fault.message.as_str()),
                None => (
                    "红头函的办理理由已保存",
                    "可以打印代拟稿，按实际情况套红、盖章后上传扫描件。",
                ),
            };
            desk.say(title, detail).await?;
            go(&step_path(case, application, "papers"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = material::papers(app, desk, view, view.case.application(application));
            page.frame.notices.push(problem.notice());
            for slot in &mut page.slots {
                if let Some(form) = &mut slot.form {
                    form.refill(&|name| fields.raw(name).map(ToOwned::to_owned));
                }
            }
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The step of the certificate request again, because the file cannot be taken.
pub(super) async fn request_again(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: ApplicationId,
    problem: Problem,
) -> Answer {
    let found = view
        .case
        .application(application)
        .ok_or_else(Problem::not_found)?;
    let mut page = steps::request(app, desk, view, found).await?;
    page.frame.notices.push(problem.notice());
    again(problem.status, &page)
}

/// What is wrong or missing in the draft as it is.
pub(super) async fn check(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: &Application,
) -> Result<Vec<FieldError>, Problem> {
    Ok(app
        .platform
        .check_application(&desk.actor, view.case.id, application.id)
        .await?)
}

/// The errors in what has been typed; what is still empty is not held against anybody before they go on.
fn typed(application: &Application, errors: &[FieldError]) -> Vec<FieldError> {
    errors
        .iter()
        .filter(|error| draft::value(&application.draft, error.field).is_some())
        .cloned()
        .collect()
}
