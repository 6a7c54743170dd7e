//! The papers of a case as PDF: which there are, and each to look at, print or keep.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use casework::{ApplicationId, CaseId};
use platform::ports::papers::{PaperGroup, PaperKind, PaperPerson};
use platform::{CaseView, PaperOffer, PaperWish};
use serde::Deserialize;

use super::{Answer, html, words};
use crate::app::App;
use crate::beijing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{Chip, Field, FieldKind, Link, Tone};
use crate::views::{CollectorForm, PaperLine, PapersPage, PapersSection};

/// Where the papers of a case are.
pub(super) fn list_path(case: CaseId) -> String {
    format!("/desk/cases/{case}/print")
}

/// Where one paper of a case is.
pub(super) fn path(case: CaseId, kind: PaperKind, application: Option<ApplicationId>) -> String {
    let base = format!("{}/{}", list_path(case), kind.code());
    match application {
        Some(application) => format!("{base}?application={application}"),
        None => base,
    }
}

/// `GET /desk/cases/{case}/print`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let offers = app.platform.papers_of(&desk.actor, id).await?;
    let collecting = offers
        .iter()
        .any(|offer| offer.kind == PaperKind::IntroductionLetter);
    let case = &view.case;
    html(&PapersPage {
        frame: desk
            .frame(&app, "文书", "/desk")
            .below(case.business.name(), &format!("/desk/cases/{id}")),
        number: case.number.to_string(),
        chip: words::case_chip(case),
        meta: words::meta(case),
        sections: PaperGroup::ALL
            .into_iter()
            .map(|group| section(id, group, &offers))
            .filter(|section| !section.lines.is_empty())
            .collect(),
        collector: collecting.then(|| collector(&view)),
        back: format!("/desk/cases/{id}"),
    })
}

/// What a paper may be asked for with.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    application: Option<ApplicationId>,
    decision: Option<usize>,
    collector_name: Option<String>,
    collector_id: Option<String>,
    #[serde(default)]
    download: bool,
}

/// `GET /desk/cases/{case}/print/{paper}`
pub(super) async fn file(
    State(app): State<App>,
    desk: Desk,
    Path((case, paper)): Path<(CaseId, String)>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let kind = PaperKind::find(&paper).ok_or_else(Problem::not_found)?;
    let named = wanted.collector_name.filter(|name| !name.trim().is_empty());
    let wish = PaperWish {
        application: wanted.application,
        decision: wanted.decision,
        collector: named.map(|name| PaperPerson {
            name,
            id: wanted.collector_id.unwrap_or_default(),
            mobile: String::new(),
        }),
        ..PaperWish::of(kind)
    };
    let file = app.platform.paper(&desk.actor, case, &wish).await?;
    let disposition = format!(
        "{}; filename*=UTF-8''{}",
        if wanted.download {
            "attachment"
        } else {
            "inline"
        },
        form_encode(&file.name).replace('/', "%2F")
    );
    let mut response = super::material::send(file.media_type, None, file.bytes);
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn section(case: CaseId, group: PaperGroup, offers: &[PaperOffer]) -> PapersSection {
    let lines = offers
        .iter()
        .filter(|offer| offer.group() == group)
        .map(|offer| line(case, offer))
        .collect();
    PapersSection {
        title: group.name().to_owned(),
        lines,
    }
}

fn line(case: CaseId, offer: &PaperOffer) -> PaperLine {
    let mut open = path(case, offer.kind, offer.application);
    if let Some(decision) = offer.decision {
        open = format!("{open}?decision={decision}");
    }
    let joint = if open.contains('?') { '&' } else { '?' };
    PaperLine {
        name: offer.name.clone(),
        detail: match offer.at {
            Some(at) => format!("{}　{}", beijing::minute(at), offer.why),
            None => offer.why.clone(),
        },
        chip: offer.now.then(|| Chip::new("现在需要", Tone::Warn)),
        download: format!("{open}{joint}download=true"),
        open,
    }
}

/// Who collects: the agent, unless somebody else comes.
fn collector(view: &CaseView) -> CollectorForm {
    let case = &view.case;
    let agent = case
        .live_applications()
        .find_map(|application| application.form.as_ref())
        .map(|form| &form.agent);
    let action = |kind| Link::new(PaperKind::name(kind), path(case.id, kind, None));
    CollectorForm {
        fields: vec![
            Field::new("collector_name", "领取人姓名", FieldKind::Input("text"))
                .optional()
                .value(agent.map_or("", |agent| agent.name.as_str()))
                .with("maxlength", "30")
                .help("不填写的，打印后手工填写。"),
            Field::new("collector_id", "领取人身份证号", FieldKind::Input("text"))
                .optional()
                .value(agent.map_or_else(String::new, |agent| agent.id.to_string()))
                .with("maxlength", "18"),
        ],
        action: path(case.id, PaperKind::IntroductionLetter, None),
        buttons: vec![
            action(PaperKind::IntroductionLetter),
            action(PaperKind::IntroductionSlip),
            action(PaperKind::IdCopySheet),
        ],
    }
}
