//! First and final review (初审、终审): the forms beside the materials, changes marked, the decision below.

use axum::extract::{Path, State};
use casework::{ActKind, ApplicationForm, ApplicationId, Case, CaseId, Policy};

use super::{Answer, acceptance, act, case as case_page, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::session::Desk;
use crate::views::parts::{Cell, Chip, Column, Empty, Row, Table, Tone};
use crate::views::{ReviewField, ReviewGroup, ReviewPage};

/// `GET /desk/cases/{case}/review`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let first = view.allowed.contains(&ActKind::ApproveFirst);
    if !first && !view.allowed.contains(&ActKind::ApproveFinal) {
        return go(&format!("/desk/cases/{id}"));
    }
    let case = &view.case;
    let policy = app.platform.policy();
    let groups = case.live_applications().filter_map(|application| {
        let form = application.form.as_ref()?;
        Some(ReviewGroup {
            title: form.seal.name.clone(),
            fields: fields(form, before(case, application.id), &policy),
            imprint: words::imprint(id, application),
        })
    });
    html(&ReviewPage {
        frame: desk
            .frame(&app, if first { "初审" } else { "终审" }, "/desk")
            .below("办件", &format!("/desk/cases/{id}")),
        number: case.number.to_string(),
        chip: words::case_chip(case),
        meta: words::meta(case),
        case_href: format!("/desk/cases/{id}"),
        notices: acceptance::special(case),
        groups: groups.collect(),
        exhibits: words::exhibits(case),
        checks: checks(case),
        acts: act::forms(&view, desk.csrf()),
        timeline: words::timeline(case),
    })
}

/// The form in the revision before the newest.
fn before(case: &Case, application: ApplicationId) -> Option<&ApplicationForm> {
    let earlier = case.revisions.iter().rev().nth(1)?;
    earlier
        .forms
        .iter()
        .find(|(id, _)| *id == application)
        .map(|(_, form)| form)
}

fn fields(
    form: &ApplicationForm,
    before: Option<&ApplicationForm>,
    policy: &Policy,
) -> Vec<ReviewField> {
    let earlier = before.map(|form| words::form_facts(form, policy, true));
    words::form_facts(form, policy, true)
        .facts
        .into_iter()
        .map(|fact| {
            let then = earlier.as_ref().map(|facts| {
                facts
                    .facts
                    .iter()
                    .find(|earlier| earlier.label == fact.label)
            });
            let before = match then {
                Some(Some(earlier)) if earlier.value != fact.value => Some(plain(&earlier.value)),
                Some(None) => Some("（未填写）".to_owned()),
                _ => None,
            };
            ReviewField {
                label: fact.label,
                value: fact.value,
                before,
            }
        })
        .collect()
}

fn plain(cell: &Cell) -> String {
    match &cell.sub {
        Some(sub) => format!("{}　{sub}", cell.text),
        None => cell.text.clone(),
    }
}

/// What was decided and checked before, by whom.
fn checks(case: &Case) -> Table {
    let rows = case.decisions.iter().map(|decision| {
        let met = decision
            .checklist
            .iter()
            .filter(|answer| answer.met)
            .count();
        let what = if decision.checklist.is_empty() {
            decision.reason.clone().unwrap_or_default()
        } else {
            format!("核对 {} 项，{met} 项符合", decision.checklist.len())
        };
        let chip: Chip = case_page::verdict(decision.verdict);
        Row::new(vec![
            Cell::text(decision.stage.name()).with_sub(format!("第 {} 版", decision.revision)),
            chip.into(),
            what.into(),
            Cell::text(words::who(&decision.by)).with_sub(beijing::minute(decision.at)),
        ])
    });
    let paper: Vec<_> = case
        .live_materials()
        .filter(|m| words::paper_chip(&m.paper).is_some())
        .collect();
    let here = paper
        .iter()
        .filter(|m| matches!(m.paper, casework::PaperTracking::Received { .. }))
        .count();
    let mut rows: Vec<Row> = rows.collect();
    if !paper.is_empty() {
        let all = here == paper.len();
        rows.push(Row::new(vec![
            "纸质原件".into(),
            Chip::new(
                if all { "已收齐" } else { "未收齐" },
                if all { Tone::Good } else { Tone::Warn },
            )
            .into(),
            format!("应收 {} 份，已收 {here} 份", paper.len()).into(),
            "".into(),
        ]));
    }
    Table::new(
        "前序核验",
        vec![
            Column::short("环节"),
            Column::short("结果"),
            Column::new("说明"),
            Column::new("办理人"),
        ],
        rows,
        Empty::new("list", "尚无核验记录", ""),
    )
}
