//! Feeds of what is announced, for machines: JSON Feed 1.1 and Atom (RFC 4287), newest first, in pages (RFC 5005), with
//! the headers that let a reader ask again without fetching again. `docs/announcements.md` tells their users.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::ports::store::PageRequest;
use serde::Deserialize;

use super::Answer;
use crate::app::App;
use crate::problem::Problem;

/// Entries of a page.
const ENTRIES: u32 = 50;

/// Which page of a feed is wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    before: Option<String>,
}

/// As what a feed is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Atom,
}

/// Something announced.
pub(super) struct Entry {
    /// Its number, which never changes.
    pub(super) number: u64,
    pub(super) title: String,
    /// Path of its page.
    pub(super) path: String,
    pub(super) at: Timestamp,
    /// In full.
    pub(super) text: String,
    /// Its category, for Atom.
    pub(super) term: Option<String>,
    /// What a program wants: a name of its own in JSON, and the value.
    pub(super) extra: Option<(&'static str, serde_json::Value)>,
}

/// A page of a feed.
pub(super) struct Feed {
    /// What is announced, after the platform's name.
    pub(super) title: &'static str,
    /// Path of the page for people; the feeds are `feed.json` and `feed.atom` below it.
    pub(super) folder: &'static str,
    /// Names entries for good (RFC 4151), wherever the platform is served.
    pub(super) tag: &'static str,
    /// Whether an entry can be withdrawn: then a date says nothing about what a reader has.
    pub(super) can_shrink: bool,
    pub(super) entries: Vec<Entry>,
    /// Where the list goes on.
    pub(super) next: Option<String>,
}

impl Wanted {
    /// The page that is wanted.
    pub(super) fn page(&self) -> Result<PageRequest, Problem> {
        Ok(PageRequest {
            // Beyond what a number can be there is nothing to leave out.
            after: self
                .number()?
                .filter(|number| i64::try_from(*number).is_ok())
                .map(|number| number.to_string()),
            limit: ENTRIES,
        })
    }

    fn number(&self) -> Result<Option<u64>, Problem> {
        match self.before.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    "feed_page_unreadable",
                    "分页参数无法识别",
                    "before 应为公示编号（正整数）。",
                )
            }),
        }
    }
}

impl Feed {
    /// The feed as it is wanted, or that nothing is new.
    pub(super) fn answer(
        self,
        app: &App,
        asked: &HeaderMap,
        wanted: &Wanted,
        form: Form,
    ) -> Answer {
        let site = app.site();
        let page = Page {
            title: format!("{} {}", site.platform, self.title),
            author: site.operator.clone(),
            base: base(app, asked),
            before: wanted.number()?,
            form,
            feed: self,
        };
        let tag = page.tag();
        let newest = page.feed.entries.first().map(|newest| newest.at);
        let modified = newest.filter(|_| !page.feed.can_shrink);
        let mut response = if unchanged(asked, &tag, modified) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let (kind, body) = match form {
                Form::Json => ("application/feed+json", page.as_json()),
                Form::Atom => ("application/atom+xml; charset=utf-8", page.as_atom()),
            };
            ([(header::CONTENT_TYPE, kind)], body).into_response()
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
}

/// A page of a feed as it is printed.
struct Page {
    title: String,
    author: String,
    /// Scheme and host, as the reader addressed us.
    base: String,
    before: Option<u64>,
    form: Form,
    feed: Feed,
}

impl Page {
    fn name(&self) -> &'static str {
        match self.form {
            Form::Json => "feed.json",
            Form::Atom => "feed.atom",
        }
    }

    /// What is announced is never changed: first and last number, and how many, say which page this is.
    fn tag(&self) -> String {
        let entries = &self.feed.entries;
        let number = |entry: Option<&Entry>| entry.map_or(0, |entry| entry.number);
        format!(
            "\"{}-{}-{}-{}-{}\"",
            env!("CARGO_PKG_VERSION"),
            self.name().trim_start_matches("feed."),
            number(entries.first()),
            number(entries.last()),
            entries.len()
        )
    }

    fn home(&self) -> String {
        format!("{}{}", self.base, self.feed.folder)
    }

    fn address(&self, before: Option<&str>) -> String {
        let page = before.map_or_else(String::new, |number| format!("?before={number}"));
        format!("{}/{}{page}", self.home(), self.name())
    }

    fn own_address(&self) -> String {
        self.address(self.before.map(|number| number.to_string()).as_deref())
    }

    fn as_json(&self) -> String {
        let tag = self.feed.tag;
        let item = |entry: &Entry| {
            let mut item = serde_json::json!({
                "id": format!("{tag}/{}", entry.number),
                "url": format!("{}{}", self.base, entry.path),
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.at,
            });
            if let Some((name, value)) = &entry.extra {
                item[*name] = value.clone();
            }
            item
        };
        let items: Vec<_> = self.feed.entries.iter().map(item).collect();
        let mut feed = serde_json::json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": self.home(),
            "feed_url": self.own_address(),
            "language": "zh-CN",
            "authors": [{ "name": self.author }],
            "items": items,
        });
        if let Some(next) = &self.feed.next {
            feed["next_url"] = self.address(Some(next)).into();
        }
        feed.to_string()
    }

    fn as_atom(&self) -> String {
        let tag = self.feed.tag;
        let newest = self.feed.entries.first();
        let updated = newest.map_or(Timestamp::UNIX_EPOCH, |newest| newest.at);
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n");
        // Writing to a String does not fail.
        let _ = writeln!(out, "<id>{tag}s</id>");
        let _ = writeln!(out, "<title>{}</title>", xml(&self.title));
        let _ = writeln!(out, "<updated>{}</updated>", rfc3339(updated));
        let _ = writeln!(out, "<author><name>{}</name></author>", xml(&self.author));
        let mut link = |rel: &str, href: &str| {
            let _ = writeln!(out, "<link rel=\"{rel}\" href=\"{}\"/>", xml(href));
        };
        link("self", &self.own_address());
        link("alternate", &self.home());
        link("first", &self.address(None));
        if let Some(next) = &self.feed.next {
            link("next", &self.address(Some(next)));
        }
        for entry in &self.feed.entries {
            let at = rfc3339(entry.at);
            let category = entry.term.as_deref().map_or_else(String::new, |term| {
                format!("<category term=\"{}\"/>\n", xml(term))
            });
            let _ = write!(
                out,
                "<entry>\n<id>{tag}/{number}</id>\n<title>{title}</title>\n\
                 <link rel=\"alternate\" href=\"{href}\"/>\n<published>{at}</published>\n\
                 <updated>{at}</updated>\n{category}\
                 <content type=\"text\">{content}</content>\n</entry>\n",
                number = entry.number,
                title = xml(&entry.title),
                href = xml(&format!("{}{}", self.base, entry.path)),
                content = xml(&entry.text),
            );
        }
        out.push_str("</feed>\n");
        out
    }
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
