//! Hand-over (汇总递交): a consolidator sends several cases to the Center together.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::{Act, ApplicationId, BundleId, CaseId, Due, PaperTracking};
use platform::ports::store::{CaseRow, Page, PageRequest};
use platform::{CaseTab, CaseView};
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, again, go};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{Cell, Chip, Column, Empty, Notice, Pager, Row, Rule, Table, Tone};
use crate::views::{ListPage, PickForm};

/// Cases of one page: each is read in full, to name what it lacks.
const PAGE: u32 = 20;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
}

/// `GET /desk/hand-over`
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let after = wanted.after.filter(|after| !after.is_empty());
    let later = after.is_some();
    let mut pages = listing.pages(after, PAGE);
    while let Some(page) = pages.wanted() {
        pages.put(mine(&app, &desk, &page).await?);
    }
    let found = pages.found();
    listing.answer(view(&app, &desk, found, later).await?).await
}

/// `POST /desk/hand-over`: each case by itself; those that cannot go are named, the others go.
pub(super) async fn hand_over(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let chosen: Vec<CaseId> = fields
        .all("case")
        .filter_map(|id| id.parse().ok())
        .collect();
    let bundle = BundleId::from_uuid(Uuid::now_v7());
    let mut sent = 0;
    let mut refused = Vec::new();
    for id in &chosen {
        match app
            .platform
            .act(&desk.actor, *id, None, Act::HandOver { bundle })
            .await
            .map_err(Problem::from)
        {
            Ok(_) => sent += 1,
            Err(problem) if problem.can_be_put_right() => refused.push(problem),
            Err(problem) => return Err(problem),
        }
    }
    if refused.is_empty() && sent > 0 {
        desk.say(
            &format!("已递交 {sent} 个办件"),
            "请打印递交清单，连同对应的纸质原件一并寄送或送达福建省经济信息中心。",
        )
        .await?;
        return go(&format!("/desk/bundles/{bundle}"));
    }
    let first = PageRequest {
        after: None,
        limit: PAGE,
    };
    let found = mine(&app, &desk, &first).await?;
    let mut page = view(&app, &desk, found, false).await?;
    let notice = if chosen.is_empty() {
        Notice::new(Tone::Bad, "请先勾选要递交的办件").code("nothing_chosen")
    } else {
        let title = format!("已递交 {sent} 个，{} 个没有递交", refused.len());
        refused
            .iter()
            .fold(Notice::new(Tone::Bad, title), |notice, problem| {
                notice.line(format!("{}（{}）", problem.sentence, problem.code))
            })
    };
    page.frame.notices.push(notice);
    again(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What a case lacks before it can be handed over: scans and originals, by name.
fn completeness(view: &CaseView) -> Cell {
    let case = &view.case;
    let name = |kind: casework::MaterialKind, application: Option<ApplicationId>| {
        let of = application
            .and_then(|id| case.application(id))
            .filter(|_| case.applications.len() > 1);
        match of {
            Some(of) => format!("{}（{}）", kind.name(), of.seal_name()),
            None => kind.name().to_owned(),
        }
    };
    let mut lacking: Vec<String> = view
        .materials
        .iter()
        .filter(|required| required.due <= Due::HandIn && required.present.is_none())
        .map(|required| format!("缺扫描件：{}", name(required.kind, required.application)))
        .collect();
    let mut open = Vec::new();
    for material in case.live_materials() {
        match material.paper {
            PaperTracking::Missing { .. } => lacking.push(format!(
                "缺原件：{}",
                name(material.kind, material.application)
            )),
            PaperTracking::Expected => {
                open.push(format!(
                    "原件未登记：{}",
                    name(material.kind, material.application)
                ));
            }
            _ => {}
        }
    }
    let (chip, lines) = if !lacking.is_empty() {
        (
            Chip::new(format!("缺 {} 件", lacking.len()), Tone::Bad),
            lacking,
        )
    } else if !open.is_empty() {
        (
            Chip::new(format!("{} 件原件未登记", open.len()), Tone::Warn),
            open,
        )
    } else {
        (Chip::new("材料齐全", Tone::Good), Vec::new())
    };
    let mut cell = Cell::chip(chip);
    if !lines.is_empty() {
        cell.sub = Some(lines.join("；"));
    }
    cell
}

async fn mine(app: &App, desk: &Desk, page: &PageRequest) -> Result<Page<CaseRow>, Problem> {
    let tab = CaseTab::Mine;
    Ok(app
        .platform
        .cases(&desk.actor, tab, None, None, page)
        .await?)
}

async fn view(
    app: &App,
    desk: &Desk,
    found: Page<CaseRow>,
    later: bool,
) -> Result<ListPage, Problem> {
    let now = app.platform.now();
    let ids: Vec<CaseId> = found.rows.iter().map(|row| row.id).collect();
    let views = app.platform.cases_in_full(&desk.actor, &ids).await?;
    let rows = found.rows.iter().map(|row| {
        let view = views.iter().find(|view| view.case.id == row.id);
        let complete = view.map_or_else(Cell::default, completeness);
        Row::picked_as(
            vec![
                Cell::link(&row.number, format!("/desk/cases/{}", row.id)),
                Cell::text(&row.title).with_sub(row.unit_name.clone()),
                row.business.name().into(),
                complete,
                format!(
                    "{}，已等待 {}",
                    beijing::day(row.turn_since),
                    beijing::waiting(row.turn_since, now)
                )
                .into(),
            ],
            row.id.to_string(),
        )
    });
    let mut table = Table::new(
        "待递交的办件",
        vec![
            Column::short("办件编号"),
            Column::new("印章与单位").split("印章", "单位"),
            Column::short("业务"),
            Column::new("材料核对"),
            Column::short("收到"),
        ],
        rows.collect(),
        Empty::new(
            "truck",
            "没有待递交的办件",
            "所属单位递交后，在此核对、汇总。",
        ),
    );
    table.pick = Some("case".into());
    table.pager = Some(Pager {
        summary: format!("本页 {} 件，最近收到的在前", found.rows.len()),
        first: later.then(|| "/desk/hand-over".to_owned()),
        next: found
            .next
            .map(|next| format!("/desk/hand-over?after={}", form_encode(&next))),
    });
    let lead = "每个办件缺什么已逐项列出；核对后勾选，几个办件一次递交中心。有问题的在办件页面退回经办人，原件到了在「纸质材料登记」逐份登记。";
    let mut page = ListPage::new(desk.frame(app, "汇总递交", "/desk/hand-over"), lead, table);
    page.pick = Some(PickForm {
        action: "/desk/hand-over".into(),
        title: format!("递交{}", app.site().operator),
        fields: Vec::new(),
        rules: vec![Rule {
            text: "递交前请核对每个办件的纸质材料齐全，并随本次递交一并寄送".into(),
            met: true,
        }],
        button: "递交勾选的办件".into(),
    });
    Ok(page)
}
