//! The announcements for machines: JSON Feed 1.1 and Atom (RFC 4287), newest first, in pages (RFC 5005), with the
//! headers that let a reader ask again without fetching again. `docs/announcements.md` tells their users.

use std::fmt::Write as _;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::ports::store::{Announcement, AnnouncementFilter, Page, PageRequest};
use serde::Deserialize;

use super::{path, title, why};
use crate::app::App;
use crate::pages::Answer;
use crate::problem::Problem;

/// Entries of a page.
const ENTRIES: u32 = 50;
/// Names entries for good (RFC 4151), wherever the platform is served.
const TAG: &str = "tag:xxzx.fujian.gov.cn,2026:seal-announcement";

#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Wanted {
    before: Option<String>,
}

/// `GET /announcements/feed.json`
pub(in crate::pages) async fn json(
    State(app): State<App>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let feed = Feed::read(&app, &headers, wanted, "feed.json").await?;
    feed.answer(&headers, "application/feed+json", Feed::as_json)
}

/// `GET /announcements/feed.atom`
pub(in crate::pages) async fn atom(
    State(app): State<App>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let feed = Feed::read(&app, &headers, wanted, "feed.atom").await?;
    feed.answer(
        &headers,
        "application/atom+xml; charset=utf-8",
        Feed::as_atom,
    )
}

struct Feed {
    title: String,
    author: String,
    /// Scheme and host, as the reader addressed us.
    base: String,
    /// Name of the feed's file.
    name: &'static str,
    before: Option<u64>,
    found: Page<Announcement>,
}

impl Feed {
    async fn read(
        app: &App,
        headers: &HeaderMap,
        wanted: Wanted,
        name: &'static str,
    ) -> Result<Self, Problem> {
        let before = match wanted.before.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(text.parse::<u64>().map_err(|_| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    "feed_page_unreadable",
                    "分页参数无法识别",
                    "before 应为公示编号（正整数）。",
                )
            })?),
        };
        let page = PageRequest {
            // Beyond what a number of an announcement can be there is nothing to leave out.
            after: before
                .filter(|number| i64::try_from(*number).is_ok())
                .map(|number| number.to_string()),
            limit: ENTRIES,
        };
        let found = app
            .platform
            .announcements(&AnnouncementFilter::default(), &page)
            .await?;
        let site = app.site();
        Ok(Self {
            title: format!("{} 公示公告", site.platform),
            author: site.operator.clone(),
            base: base(app, headers),
            name,
            before,
            found,
        })
    }

    fn answer(&self, asked: &HeaderMap, kind: &'static str, body: fn(&Self) -> String) -> Answer {
        let tag = self.tag();
        let modified = self.found.rows.first().map(|newest| newest.at);
        let mut response = if unchanged(asked, &tag, modified) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(header::CONTENT_TYPE, kind)], body(self)).into_response()
        };
        set(&mut response, header::ETAG, &tag);
        if let Some(at) = modified {
            set(&mut response, header::LAST_MODIFIED, &http_date(at));
        }
        // To be asked about each time, and then mostly answered with 304.
        set(&mut response, header::CACHE_CONTROL, "no-cache");
        set(&mut response, header::VARY, "Host");
        Ok(response)
    }

    /// What is announced is never changed, so first and last number say which page this is.
    fn tag(&self) -> String {
        let number = |row: Option<&Announcement>| row.map_or(0, |row| row.number);
        format!(
            "\"{}-{}-{}-{}\"",
            env!("CARGO_PKG_VERSION"),
            self.name.trim_start_matches("feed."),
            number(self.found.rows.first()),
            number(self.found.rows.last())
        )
    }

    fn address(&self, before: Option<&str>) -> String {
        let page = before.map_or_else(String::new, |number| format!("?before={number}"));
        format!("{}/announcements/{}{page}", self.base, self.name)
    }

    fn own_address(&self) -> String {
        self.address(self.before.map(|number| number.to_string()).as_deref())
    }

    fn as_json(&self) -> String {
        let items: Vec<_> = self
            .found
            .rows
            .iter()
            .map(|announcement| {
                serde_json::json!({
                    "id": format!("{TAG}/{}", announcement.number),
                    "url": format!("{}{}", self.base, path(announcement)),
                    "title": title(announcement),
                    "content_text": sentence(announcement),
                    "date_published": announcement.at,
                    "_seal": {
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
                    },
                })
            })
            .collect();
        let mut feed = serde_json::json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": format!("{}/announcements", self.base),
            "feed_url": self.own_address(),
            "language": "zh-CN",
            "authors": [{ "name": self.author }],
            "items": items,
        });
        if let Some(next) = &self.found.next {
            feed["next_url"] = self.address(Some(next)).into();
        }
        feed.to_string()
    }

    fn as_atom(&self) -> String {
        let updated = self
            .found
            .rows
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |newest| newest.at);
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n");
        // Writing to a String does not fail.
        let _ = writeln!(out, "<id>{TAG}s</id>");
        let _ = writeln!(out, "<title>{}</title>", xml(&self.title));
        let _ = writeln!(out, "<updated>{}</updated>", rfc3339(updated));
        let _ = writeln!(out, "<author><name>{}</name></author>", xml(&self.author));
        let mut link = |rel: &str, href: &str| {
            let _ = writeln!(out, "<link rel=\"{rel}\" href=\"{}\"/>", xml(href));
        };
        link("self", &self.own_address());
        link("alternate", &format!("{}/announcements", self.base));
        link("first", &self.address(None));
        if let Some(next) = &self.found.next {
            link("next", &self.address(Some(next)));
        }
        for announcement in &self.found.rows {
            let at = rfc3339(announcement.at);
            let _ = write!(
                out,
                "<entry>\n<id>{TAG}/{number}</id>\n<title>{title}</title>\n\
                 <link rel=\"alternate\" href=\"{href}\"/>\n<published>{at}</published>\n\
                 <updated>{at}</updated>\n<category term=\"{term}\"/>\n\
                 <content type=\"text\">{content}</content>\n</entry>\n",
                number = announcement.number,
                title = xml(&title(announcement)),
                href = xml(&format!("{}{}", self.base, path(announcement))),
                term = xml(&announcement.status),
                content = xml(&sentence(announcement)),
            );
        }
        out.push_str("</feed>\n");
        out
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

/// Scheme and host as the reader wrote them; nothing that is no host is repeated.
fn base(app: &App, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
        });
    match host {
        Some(host) => format!("{}://{host}", if app.secure { "https" } else { "http" }),
        None => String::new(),
    }
}

/// Whether the reader has it already. `If-None-Match` goes before `If-Modified-Since` (RFC 9110).
fn unchanged(asked: &HeaderMap, tag: &str, modified: Option<Timestamp>) -> bool {
    let text = |name| {
        asked
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if let Some(known) = text(header::IF_NONE_MATCH) {
        return known
            .split(',')
            .map(|one| one.trim().trim_start_matches("W/"))
            .any(|one| one == "*" || one == tag);
    }
    let since = text(header::IF_MODIFIED_SINCE)
        .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
        .map(|date| date.timestamp());
    match (since, modified) {
        (Some(since), Some(modified)) => modified.as_second() <= since.as_second(),
        _ => false,
    }
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    // Made of ASCII above.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn http_date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

fn rfc3339(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// Text for XML; what XML 1.0 cannot hold is left out.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_xml_and_nothing_breaks_out() {
        assert_eq!(xml("a<b>&\"'\u{0}\n"), "a&lt;b&gt;&amp;&quot;&apos; ");
    }

    #[test]
    fn a_reader_that_has_it_is_told_so() {
        let at: Timestamp = "2026-11-22T02:30:00.5Z".parse().unwrap();
        assert_eq!(http_date(at), "Sun, 22 Nov 2026 02:30:00 GMT");
        let asked = |name, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
            unchanged(&headers, "\"1\"", Some(at))
        };
        assert!(asked(header::IF_NONE_MATCH, "\"0\", W/\"1\""));
        assert!(!asked(header::IF_NONE_MATCH, "\"2\""));
        assert!(asked(
            header::IF_MODIFIED_SINCE,
            "Sun, 22 Nov 2026 02:30:00 GMT"
        ));
        assert!(!asked(
            header::IF_MODIFIED_SINCE,
            "Sun, 22 Nov 2026 02:29:59 GMT"
        ));
        assert!(!asked(header::IF_MODIFIED_SINCE, "yesterday"));
    }
}
