//! Announcements of the Center's own (通知公告), as everybody reads them.

pub(super) mod desk;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use casework::{Bulletin, BulletinState, BulletinStep};
use serde::Deserialize;

use super::feed::{Entry, Feed, Form, Wanted as WantedPage};
use super::{Answer, announcement, html};
use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Visitor;
use crate::views::parts::{Cell, Column, Empty, Pager, Row, Table};
use crate::views::{AnnouncementsPage, BulletinLine, BulletinPage};

const LIST: &str = "/bulletins";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
}

/// `GET /bulletins`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after, 30);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.published_bulletins(&page).await?);
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|bulletin| {
        Row::new(vec![
            Cell::link(&bulletin.title, path(bulletin)),
            published(bulletin, beijing::day).into(),
        ])
    });
    let mut table = Table::new(
        "通知公告",
        vec![Column::new("标题"), Column::short("发布日期")],
        rows.collect(),
        none_yet(),
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 条，最新的在前", found.rows.len()),
        first: later.then(|| LIST.to_owned()),
        next: found
            .next
            .map(|next| format!("{LIST}?after={}", form_encode(&next))),
    });
    let page = AnnouncementsPage {
        frame: visitor.frame(&app, "通知公告"),
        lead: "中心关于电子印章业务办理和平台运行的通知、公告。".into(),
        tabs: announcement::tabs(LIST),
        folder: LIST,
        filters: Vec::new(),
        table,
    };
    listing.answer(page).await
}

/// `GET /bulletins/{number}`: also of one that was withdrawn, which then says so and why.
pub(super) async fn one(
    State(app): State<App>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Answer {
    let number: u64 = number.parse().map_err(|_| Problem::not_found())?;
    let bulletin = app.platform.published_bulletin(number).await?;
    let withdrawn = bulletin.last(BulletinStep::Withdraw).map(|entry| {
        format!(
            "该公告已于{}撤回。原因：{}",
            beijing::minute(entry.at),
            entry.reason.as_deref().unwrap_or("未说明")
        )
    });
    let is_public = bulletin.state == BulletinState::Published;
    html(&BulletinPage {
        frame: visitor.frame(&app, &bulletin.title).below("通知公告", LIST),
        from: app.site().operator.clone(),
        date: published(&bulletin, beijing::minute),
        paragraphs: bulletin
            .paragraphs()
            .filter(|_| is_public)
            .map(ToOwned::to_owned)
            .collect(),
        withdrawn,
    })
}

/// `GET /bulletins/feed.json`
pub(super) async fn json(
    State(app): State<App>,
    headers: HeaderMap,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    feed(&app, &headers, &wanted, Form::Json).await
}

/// `GET /bulletins/feed.atom`
pub(super) async fn atom(
    State(app): State<App>,
    headers: HeaderMap,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    feed(&app, &headers, &wanted, Form::Atom).await
}

async fn feed(app: &App, headers: &HeaderMap, wanted: &WantedPage, form: Form) -> Answer {
    let found = app.platform.published_bulletins(&wanted.page()?).await?;
    let entry = |bulletin: &Bulletin| {
        Some(Entry {
            number: bulletin.number?,
            title: bulletin.title.clone(),
            path: path(bulletin),
            at: bulletin.last(BulletinStep::Publish)?.at,
            text: bulletin.paragraphs().collect::<Vec<_>>().join("\n"),
            term: None,
            extra: None,
        })
    };
    let feed = Feed {
        title: "通知公告",
        folder: LIST,
        tag: "tag:xxzx.fujian.gov.cn,2026:bulletin",
        can_shrink: true,
        entries: found.rows.iter().filter_map(entry).collect(),
        next: found.next,
    };
    feed.answer(app, headers, wanted, form)
}

/// An announcement as a line on the home page.
pub(super) fn line(bulletin: &Bulletin) -> BulletinLine {
    BulletinLine {
        title: bulletin.title.clone(),
        href: path(bulletin),
        date: published(bulletin, beijing::day),
        iso: published(bulletin, |at| at.to_string()),
    }
}

/// Shown where nothing was published yet.
pub(super) fn none_yet() -> Empty {
    Empty::new(
        "news",
        "暂无通知公告",
        "中心的办理通知、停机维护等公告会在此发布。",
    )
}

fn published(bulletin: &Bulletin, shown: fn(jiff::Timestamp) -> String) -> String {
    bulletin
        .last(BulletinStep::Publish)
        .map(|entry| shown(entry.at))
        .unwrap_or_default()
}

fn path(bulletin: &Bulletin) -> String {
    format!("{LIST}/{}", bulletin.number.unwrap_or_default())
}
