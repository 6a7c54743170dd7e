//! Hand-overs (汇总递交记录): each with its list, and where its cases stand.

use axum::extract::{Path, Query, State};
use casework::{BundleId, Role};
use platform::ports::store::{BundleRow, Page};
use serde::Deserialize;

use super::{Answer, html, words};
use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::problem::form_encode;
use crate::session::Desk;
use crate::views::parts::{Cell, Column, Empty, Facts, Link, Pager, Row, Table, Timeline};
use crate::views::{DeskPage, ListPage};

const PAGE: u32 = 20;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
}

/// `GET /desk/bundles`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let later = wanted.after.is_some();
    let mut pages = listing.pages(wanted.after, PAGE);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.bundles(&desk.actor, &page).await?);
    }
    let found: Page<(BundleRow, u32)> = pages.found();
    let rows = found.rows.iter().map(|(row, cases)| {
        Row::new(vec![
            Cell::link(&row.number, format!("/desk/bundles/{}", row.id)),
            Cell::text(&row.consolidator_name).with_sub(row.made_by.clone()),
            cases.to_string().into(),
            beijing::minute(row.made_at).into(),
        ])
    });
    let mut empty = Empty::new(
        "truck",
        "还没有汇总递交",
        "汇总递交后，每次递交在此列出，可以跟踪办理进度、重新打印清单。",
    );
    if desk.actor.post.role == Role::Consolidator {
        empty = empty.next(Link::new("汇总递交", "/desk/hand-over"));
    }
    let mut table = Table::new(
        "汇总递交记录",
        vec![
            Column::short("批次编号"),
            Column::new("汇总办理单位").split("汇总办理单位", "递交人"),
            Column::number("办件数"),
            Column::short("递交时间"),
        ],
        rows.collect(),
        empty,
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 批，最近递交的在前", found.rows.len()),
        first: later.then(|| "/desk/bundles".to_owned()),
        next: found
            .next
            .map(|next| format!("/desk/bundles?after={}", form_encode(&next))),
    });
    let page = ListPage::new(
        desk.frame(&app, "汇总递交记录", "/desk/bundles"),
        "每次汇总递交的编号、办件和办理进度。",
        table,
    );
    listing.answer(page).await
}

/// `GET /desk/bundles/{bundle}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<BundleId>) -> Answer {
    let bundle = app.platform.bundle(&desk.actor, id).await?;
    let row = &bundle.row;
    let now = app.platform.now();
    let rows = bundle.cases.iter().map(|case| {
        Row::new(vec![
            Cell::link(&case.number, format!("/desk/cases/{}", case.id)),
            Cell::text(&case.title).with_sub(case.unit_name.clone()),
            case.business.name().into(),
            words::status_word_chip(&case.status).into(),
            beijing::waiting(case.turn_since, now).into(),
        ])
    });
    let done = bundle
        .cases
        .iter()
        .filter(|case| case.state == platform::ports::store::CaseState::Closed)
        .count();
    let list = bundle.cases.first().map(|case| {
        Link::new(
            "打印递交清单",
            format!("/desk/cases/{}/print/hand-over-list", case.id),
        )
    });
    html(&DeskPage {
        frame: desk
            .frame(&app, &format!("汇总递交 {}", row.number), "/desk/bundles")
            .below("汇总递交记录", "/desk/bundles"),
        chip: None,
        lead: "本批办件现在各到哪一步；递交清单随纸质材料一并寄送。".into(),
        actions: list.into_iter().collect(),
        acts: Vec::new(),
        facts: Facts::new()
            .with("批次编号", Cell::mono(&row.number))
            .with("汇总办理单位", row.consolidator_name.clone())
            .with("递交人", row.made_by.clone())
            .with("递交时间", beijing::minute(row.made_at))
            .with(
                "办件",
                format!("共 {} 件，已结束 {done} 件", bundle.cases.len()),
            ),
        table: Table::new(
            "本批办件",
            vec![
                Column::short("办件编号"),
                Column::new("印章与单位"),
                Column::short("业务"),
                Column::short("状态"),
                Column::short("已等待"),
            ],
            rows.collect(),
            Empty::new("list", "本批没有办件", ""),
        ),
        timeline: Timeline::default(),
    })
}
