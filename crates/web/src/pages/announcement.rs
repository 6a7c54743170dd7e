//! Announcements (公示): every public change of a seal's state, as a list, each on its own page, and as feeds.

mod feed;

use axum::extract::{Path, Query, State};
use casework::{SealKind, SealState, Status};
use jiff::{SignedDuration, Timestamp};
use platform::ports::store::{Announcement, AnnouncementFilter};
use serde::Deserialize;

use super::{Answer, html};
use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Visitor;
use crate::views::parts::{
    Cell, Chip, Choice, Column, Empty, Facts, Field, FieldKind, Link, Pager, Row, Tab, Table, Tabs,
    Tone,
};
use crate::views::{AnnouncementLine, AnnouncementPage, AnnouncementsPage, ListPage};

pub(super) use feed::{atom, json};

const LIST: &str = "/announcements";

/// Both kinds of announcements, as tabs above their lists.
pub(super) fn tabs(here: &str) -> Tabs {
    let tab = |label: &str, href: &str| Tab {
        label: label.into(),
        href: href.into(),
        count: None,
        current: href == here,
        hot: false,
    };
    Tabs {
        label: "公示公告".into(),
        tabs: vec![tab("印章公示", LIST), tab("通知公告", "/bulletins")],
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    q: Option<String>,
    status: Option<String>,
    kind: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
}

impl Wanted {
    fn filter(&self) -> AnnouncementFilter {
        let day = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|t| !t.is_empty())?;
            beijing::parse(&format!("{text}T00:00"))
        };
        AnnouncementFilter {
            status: self.status.as_deref().and_then(status_of),
            kind: self.kind.as_deref().and_then(SealKind::find),
            from: day(&self.from),
            until: day(&self.until)
                .and_then(|at: Timestamp| at.checked_add(SignedDuration::from_hours(24)).ok()),
            text: self
                .q
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(ToOwned::to_owned),
        }
    }

    fn query(&self) -> String {
        [
            ("q", &self.q),
            ("status", &self.status),
            ("kind", &self.kind),
            ("from", &self.from),
            ("until", &self.until),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref().filter(|v| !v.is_empty())?)))
        .map(|(name, value)| format!("{name}={}", form_encode(value)))
        .collect::<Vec<_>>()
        .join("&")
    }
}

/// `GET /announcements`
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let filter = wanted.filter();
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after.clone(), 30);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.announcements(&filter, &page).await?);
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|announcement| {
        Row::new(vec![
            Cell::link(&announcement.name, path(announcement)).with_sub(announcement.code.clone()),
            Cell::text(&announcement.unit_name),
            Cell::chip(chip(&announcement.status)).with_sub(why(announcement)),
            beijing::minute(announcement.effective_at).into(),
            beijing::minute(announcement.at).into(),
        ])
    });
    let empty = if filter == AnnouncementFilter::default() {
        Empty::new(
            "news",
            "暂无公示",
            "电子印章的制发、停用、恢复、注销会在此公示。",
        )
    } else {
        ListPage::nothing_found()
    };
    let mut table = Table::new(
        "公示公告",
        vec![
            Column::new("印章").split("印章", "印章编码"),
            Column::new("单位"),
            Column::short("状态").split("状态", "原因"),
            Column::short("生效时间"),
            Column::short("公示时间"),
        ],
        rows.collect(),
        empty,
    );
    let base = format!("/announcements?{}", wanted.query());
    table.pager = Some(Pager {
        summary: format!("本页 {} 条", found.rows.len()),
        first: later.then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let page = AnnouncementsPage {
        frame: visitor.frame(&app, "公示公告"),
        lead: "电子印章的制发、停用、恢复、注销等状态变更在此公示。".into(),
        tabs: tabs(LIST),
        folder: LIST,
        filters: filters(&wanted),
        table,
    };
    listing.answer(page).await
}

/// `GET /announcements/{number}`
pub(super) async fn one(
    State(app): State<App>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Answer {
    let number: u64 = number.parse().map_err(|_| Problem::not_found())?;
    let announcement = app.platform.announcement(number).await?;
    let site = app.site();
    let facts = Facts::new()
        .with("公示编号", Cell::mono(announcement.number.to_string()))
        .with("印章名称", announcement.name.clone())
        .with("印章编码", Cell::mono(&announcement.code))
        .with("所属单位", announcement.unit_name.clone())
        .with_some(
            "印章类型",
            announcement.kind.map(|kind| kind.name().to_owned()),
        )
        .with("变更后的状态", Cell::chip(chip(&announcement.status)))
        .with_some(
            "变更原因",
            announcement.reason.map(|reason| reason.name().to_owned()),
        )
        .with_some("依据", announcement.basis.clone())
        .with("生效时间", beijing::second(announcement.effective_at))
        .with("公示时间", beijing::second(announcement.at))
        .with("公示单位", site.operator.clone());
    html(&AnnouncementPage {
        frame: visitor
            .frame(&app, &title(&announcement))
            .below("公示公告", "/announcements"),
        facts,
        links: vec![
            Link::new("查询这枚印章现在的状态", status_path(&announcement)),
            Link::new(
                "账本存证（JSON）",
                format!("/api/v1/seals/{}/proof", announcement.code),
            ),
        ],
    })
}

fn filters(wanted: &Wanted) -> Vec<Field> {
    let mut statuses = vec![Choice::new("", "全部状态")];
    statuses.extend(
        STATUSES
            .iter()
            .map(|status| Choice::new(status.state().code(), status.name())),
    );
    let mut kinds = vec![Choice::new("", "全部类型")];
    kinds.extend(
        SealKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.code(), kind.name())),
    );
    let field = |name: &str, label: &str, kind: FieldKind, value: &Option<String>| {
        Field::new(name, label, kind)
            .optional()
            .value(value.clone().unwrap_or_default())
    };
    let date = || FieldKind::Input("date");
    vec![
        field("q", "关键字", FieldKind::Input("search"), &wanted.q)
            .placeholder("印章编码、印章名称、单位")
            .growing(),
        field(
            "status",
            "状态",
            FieldKind::Select(statuses),
            &wanted.status,
        ),
        field("kind", "印章类型", FieldKind::Select(kinds), &wanted.kind),
        field("from", "公示自", date(), &wanted.from),
        field("until", "公示至", date(), &wanted.until),
    ]
}

/// An announcement as a line on the home page.
pub(super) fn line(announcement: &Announcement) -> AnnouncementLine {
    AnnouncementLine {
        title: title(announcement),
        href: path(announcement),
        chip: chip(&announcement.status),
        date: beijing::day(announcement.at),
        iso: announcement.at.to_string(),
    }
}

/// The states that are announced.
const STATUSES: [Status; 4] = [
    Status::Active,
    Status::Suspended,
    Status::Cancelled,
    Status::Void,
];

fn status_of(code: &str) -> Option<Status> {
    STATUSES
        .into_iter()
        .find(|status| status.state().code() == code)
}

fn title(announcement: &Announcement) -> String {
    let what = match announcement.status.as_str() {
        "active" if announcement.reason == Some(casework::Reason::Resumed) => "恢复使用",
        "active" => "启用",
        "suspended" => "停用",
        "cancelled" => "注销",
        "void" => "宣布无效",
        _ => "状态变更",
    };
    if announcement.name == announcement.unit_name {
        format!("{}电子印章{what}", announcement.unit_name)
    } else if announcement.name.starts_with(&announcement.unit_name) {
        format!("「{}」电子印章{what}", announcement.name)
    } else {
        format!(
            "{}「{}」电子印章{what}",
            announcement.unit_name, announcement.name
        )
    }
}

fn why(announcement: &Announcement) -> String {
    announcement
        .reason
        .map(|reason| reason.name().to_owned())
        .unwrap_or_default()
}

fn chip(status: &str) -> Chip {
    match SealState::find(status) {
        Some(state) => super::words::seal_chip(state),
        None => Chip::new(status, Tone::Neutral),
    }
}

fn path(announcement: &Announcement) -> String {
    format!("/announcements/{}", announcement.number)
}

fn status_path(announcement: &Announcement) -> String {
    format!("/status?code={}", form_encode(&announcement.code))
}
