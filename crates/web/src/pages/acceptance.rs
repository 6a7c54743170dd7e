//! Acceptance (受理): the checklist of the guide's notes beside the materials.

use axum::extract::{Path, State};
use casework::{Act, ActKind, Case, CaseId, Stage};

use super::proof::Returned;
use super::review::{self, Place};
use super::{Answer, again, go, html, scan};
use crate::app::App;
use crate::form::ProtectedForm;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Notice, Tone};

/// `GET /desk/cases/{case}/acceptance`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    if !view.allowed.contains(&ActKind::Accept) {
        return go(&format!("/desk/cases/{id}"));
    }
    let returned = Returned::of(&app, &desk, &view.case).await?;
    let mut page = review::page_of(&app, &desk, &view, ACCEPTANCE, &returned, None);
    page.notices.extend(scan::radar(&app, &desk, id).await?);
    html(&page)
}

/// `POST /desk/cases/{case}/acceptance`
pub(super) async fn decide(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let returned = Returned::of(&app, &desk, &view.case).await?;
    let asked = review::asked(&app, &view, Stage::Acceptance, &returned);
    let checklist = review::answers(&asked, &fields);
    let accepting = fields.text("decision") == Some("accept");
    let act = if accepting {
        Act::Accept { checklist }
    } else {
        Act::RequestCorrection {
            points: review::points(&asked, &fields),
            checklist,
        }
    };
    match app
        .platform
        .act(&desk.actor, id, fields.version(), act)
        .await
        .map_err(Problem::from)
    {
        Ok(_) => {
            let said = if accepting {
                "已受理，提交印章审核员初审"
            } else {
                "整改通知已发给经办人"
            };
            review::next(
                &app,
                &desk,
                &view.case,
                Stage::Acceptance,
                "acceptance",
                said,
            )
            .await
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page =
                review::page_of(&app, &desk, &view, ACCEPTANCE, &returned, Some(&fields));
            page.notices.insert(0, problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

const ACCEPTANCE: Place = Place {
    title: "受理申请",
    stage: Stage::Acceptance,
    path: "acceptance",
    approve: "受理，提交初审",
    done: "全部通过，可以受理。",
    remark: false,
    acts: &[ActKind::ReceivePaper, ActKind::SetAside, ActKind::Refuse],
};

/// Special situations, so that nobody overlooks them.
pub(super) fn special(case: &Case) -> Vec<Notice> {
    case.special_situations()
        .into_iter()
        .map(|(id, situation)| {
            let name = case
                .application(id)
                .map_or("", casework::Application::seal_name);
            Notice::new(Tone::Warn, format!("特殊情况：{}", situation.name())).line(format!(
                "「{name}」：申请单位须提交情况说明并承诺自行承担后果，请审慎核对。"
            ))
        })
        .collect()
}
