//! Acceptance (受理): the checklist of the guide's notes beside the materials.

use axum::extract::{Path, State};
use casework::{Act, ActKind, Case, CaseId, ChecklistAnswer, ChecklistItem};
use platform::CaseView;

use super::{Answer, act, again, go, html, words};
use crate::app::App;
use crate::form::{Fields, ProtectedForm};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Notice, Tone};
use crate::views::{AcceptancePage, CheckPoint};

/// `GET /desk/cases/{case}/acceptance`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    if !view.allowed.contains(&ActKind::Accept) {
        return go(&format!("/desk/cases/{id}"));
    }
    html(&page_of(&app, &desk, &view, None))
}

/// `POST /desk/cases/{case}/acceptance`
pub(super) async fn decide(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let checklist = answers(&view.checklist, &fields);
    let accepting = fields.text("decision") == Some("accept");
    let act = if accepting {
        Act::Accept { checklist }
    } else {
        Act::RequestCorrection {
            points: casework::checklist::correction_points(&view.checklist, &checklist),
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
            desk.say(said, "").await?;
            go(&format!("/desk/cases/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = page_of(&app, &desk, &view, Some(&fields));
            page.notices.insert(0, problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn answers(items: &[ChecklistItem], fields: &Fields) -> Vec<ChecklistAnswer> {
    items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let met = match fields.text(&format!("p{index}"))? {
                "accept" => true,
                "query" => false,
                _ => return None,
            };
            Some(ChecklistAnswer {
                code: item.code.to_owned(),
                application: item.application,
                met,
                remark: fields
                    .text(&format!("p{index}-words"))
                    .map(ToOwned::to_owned)
                    .filter(|_| !met),
            })
        })
        .collect()
}

fn page_of(app: &App, desk: &Desk, view: &CaseView, sent: Option<&Fields>) -> AcceptancePage {
    let case = &view.case;
    let points = view.checklist.iter().enumerate().map(|(index, item)| {
        let id = format!("p{index}");
        let sent_text = |name: &str| {
            sent.and_then(|fields| fields.raw(name))
                .unwrap_or_default()
                .to_owned()
        };
        let of = item
            .application
            .and_then(|id| case.application(id))
            .filter(|_| case.applications.len() > 1);
        CheckPoint {
            about: of.map_or_else(
                || item.material.name().to_owned(),
                |application| format!("{} ·「{}」", item.material.name(), application.seal_name()),
            ),
            demand: item.text.clone(),
            clause: item.clause.to_owned(),
            exhibit: exhibit(case, item),
            answer: sent_text(&id),
            words: sent_text(&format!("{id}-words")),
            correction: item.correction.clone(),
            id,
        }
    });
    let acts = [ActKind::ReceivePaper, ActKind::Refuse]
        .into_iter()
        .filter(|kind| view.allowed.contains(kind))
        .filter_map(|kind| act::form(kind, case, desk.csrf()))
        .map(|mut act| {
            act.open = act.id == ActKind::ReceivePaper.code();
            act.form.fields.push(crate::views::parts::Field::hidden(
                "back",
                format!("/desk/cases/{}/acceptance", case.id),
            ));
            act
        })
        .collect();
    AcceptancePage {
        frame: desk
            .frame(app, "受理申请", "/desk")
            .below("办件", &format!("/desk/cases/{}", case.id))
            .script("js/review.js"),
        number: case.number.to_string(),
        chip: words::case_chip(case),
        meta: words::meta(case),
        case_href: format!("/desk/cases/{}", case.id),
        action: format!("/desk/cases/{}/acceptance", case.id),
        version: case.version,
        forms: forms(app, case),
        points: points.collect(),
        exhibits: words::exhibits(case),
        notices: special(case),
        acts,
    }
}

/// The submitted forms, to be compared with the papers.
fn forms(app: &App, case: &Case) -> Vec<crate::views::Section> {
    case.live_applications()
        .filter_map(|application| {
            let form = application.form.as_ref()?;
            Some(crate::views::Section {
                title: format!("申请表：{}", application.seal_name()),
                facts: words::form_facts(form, &app.platform.policy(), true),
                edit: None,
            })
        })
        .collect()
}

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

/// The material that proves a point.
fn exhibit(case: &Case, item: &ChecklistItem) -> Option<String> {
    case.live_materials()
        .filter(|material| material.kind == item.material)
        .filter(|material| {
            item.application.is_none()
                || material.application.is_none()
                || material.application == item.application
        })
        .last()
        .map(|material| format!("m-{}", material.id))
}
