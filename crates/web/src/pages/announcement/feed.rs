//! The announcements of seals as feeds.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use platform::ports::store::{Announcement, AnnouncementFilter};

use super::{path, title, why};
use crate::app::App;
use crate::pages::Answer;
use crate::pages::feed::{Entry, Feed, Form, Wanted};

/// `GET /announcements/feed.json`
pub(in crate::pages) async fn json(
    State(app): State<App>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Answer {
    feed(&app, &headers, &wanted, Form::Json).await
}

/// `GET /announcements/feed.atom`
pub(in crate::pages) async fn atom(
    State(app): State<App>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Answer {
    feed(&app, &headers, &wanted, Form::Atom).await
}

async fn feed(app: &App, headers: &HeaderMap, wanted: &Wanted, form: Form) -> Answer {
    let found = app
        .platform
        .announcements(&AnnouncementFilter::default(), &wanted.page()?)
        .await?;
    let feed = Feed {
        title: "公示公告",
        folder: "/announcements",
        tag: "tag:xxzx.fujian.gov.cn,2026:seal-announcement",
        can_shrink: false,
        entries: found.rows.iter().map(entry).collect(),
        next: found.next,
    };
    feed.answer(app, headers, wanted, form)
}

fn entry(announcement: &Announcement) -> Entry {
    Entry {
        number: announcement.number,
        title: title(announcement),
        path: path(announcement),
        at: announcement.at,
        text: sentence(announcement),
        term: Some(announcement.status.clone()),
        extra: Some((
            "_seal",
            serde_json::json!({
                "number": announcement.number,
                "code": announcement.code,
                "name": announcement.name,
                "unit": announcement.unit_name,
                "kind": announcement.kind,
                "status": announcement.status,
                "reason": announcement.reason,
                "basis": announcement.basis,
                "effective_at": announcement.effective_at,
                "ledger_index": announcement.ledger_index,
            }),
        )),
    }
}

/// What is announced, in full.
fn sentence(announcement: &Announcement) -> String {
    let mut text = format!(
        "{}。印章编码：{}。生效时间：{}。",
        title(announcement),
        announcement.code,
        crate::beijing::second(announcement.effective_at)
    );
    let why = why(announcement);
    if !why.is_empty() {
        text.push_str(&format!("原因：{why}。"));
    }
    if let Some(basis) = &announcement.basis {
        text.push_str(&format!("依据：{basis}。"));
    }
    text
}
