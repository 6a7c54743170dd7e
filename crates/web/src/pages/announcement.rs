//! Announcements (公示): every public change of a seal's state, on a page and as a feed.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse as _;
use platform::ports::store::{Announcement, PageRequest};
use serde::Deserialize;

use super::Answer;
use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::problem::form_encode;
use crate::session::Visitor;
use crate::views::parts::{Cell, Chip, Column, Empty, Pager, Row, Table, Tone};
use crate::views::{AnnouncementLine, AnnouncementsPage};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
}

/// `GET /announcements`
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after, 30);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.announcements(&page).await?);
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|announcement| {
        Row::new(vec![
            Cell::link(&announcement.name, status_path(announcement))
                .with_sub(announcement.code.clone()),
            Cell::text(&announcement.unit_name),
            chip(&announcement.status).into(),
            beijing::minute(announcement.effective_at).into(),
            beijing::minute(announcement.at).into(),
        ])
    });
    let mut table = Table::new(
        "公示公告",
        vec![
            Column::new("印章").split("印章", "印章编码"),
            Column::new("单位"),
            Column::short("状态"),
            Column::short("生效时间"),
            Column::short("公示时间"),
        ],
        rows.collect(),
        Empty::new(
            "news",
            "暂无公示",
            "电子印章的制发、停用、恢复、注销会在此公示。",
        ),
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 条", found.rows.len()),
        first: later.then(|| "/announcements".to_owned()),
        next: found
            .next
            .map(|next| format!("/announcements?after={}", form_encode(&next))),
    });
    let page = AnnouncementsPage {
        frame: visitor.frame(&app, "公示公告"),
        table,
    };
    listing.answer(page).await
}

/// `GET /announcements/feed.json` (JSON Feed 1.1)
pub(super) async fn feed(State(app): State<App>) -> Answer {
    let found = app
        .platform
        .announcements(&PageRequest {
            after: None,
            limit: 50,
        })
        .await?;
    let items: Vec<_> = found
        .rows
        .iter()
        .map(|announcement| {
            serde_json::json!({
                "id": announcement.number.to_string(),
                "url": status_path(announcement),
                "title": title(announcement),
                "content_text": title(announcement),
                "date_published": announcement.at,
                "_seal": {
                    "code": announcement.code,
                    "status": announcement.status,
                    "effective_at": announcement.effective_at,
                    "ledger_index": announcement.ledger_index,
                },
            })
        })
        .collect();
    let body = serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": format!("{} 公示公告", app.site().platform),
        "language": "zh-CN",
        "items": items,
    });
    let mut response = Json(body).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/feed+json"),
    );
    Ok(response)
}

/// An announcement as a line on the home page.
pub(super) fn line(announcement: &Announcement) -> AnnouncementLine {
    AnnouncementLine {
        title: title(announcement),
        href: status_path(announcement),
        chip: chip(&announcement.status),
        date: beijing::day(announcement.at),
        iso: announcement.at.to_string(),
    }
}

fn title(announcement: &Announcement) -> String {
    let what = match announcement.status.as_str() {
        "active" => "启用",
        "suspended" => "停用",
        "cancelled" => "注销",
        "void" => "宣布无效",
        _ => "状态变更",
    };
    if announcement.name == announcement.unit_name {
        format!("{}电子印章{what}", announcement.unit_name)
    } else {
        format!(
            "{}「{}」电子印章{what}",
            announcement.unit_name, announcement.name
        )
    }
}

fn chip(status: &str) -> Chip {
    match status {
        "active" => Chip::new("有效", Tone::Good),
        "suspended" => Chip::new("停用", Tone::Warn),
        "cancelled" => Chip::new("注销", Tone::Bad),
        "void" => Chip::new("无效", Tone::Bad),
        other => Chip::new(other, Tone::Neutral),
    }
}

fn status_path(announcement: &Announcement) -> String {
    format!("/status?code={}", form_encode(&announcement.code))
}
