//! What every list can do besides being read: export as XLSX, print view, saved filters.
//!
//! A handler takes a [`Listing`] (before its `Desk`), reads its rows through [`Listing::pages`] and ends with
//! [`Listing::answer`].

use axum::extract::{FromRef, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use platform::ListExport;
use platform::ports::sheets::{Sheet, SheetCell, SheetColumn, SheetKind};
use platform::ports::store::{Page, PageRequest};

use crate::app::App;
use crate::beijing;
use crate::pages::{Answer, html, send};
use crate::problem::{Problem, form_encode};
use crate::session::Visitor;
use crate::views::parts::{Cell, ListTools, SavedChip, Table};
use crate::views::{Listed, PrintedList};

/// Most rows of an export or a print view.
pub(crate) const MOST_ROWS: usize = 10_000;
/// Rows read at a time for them.
const CHUNK: u32 = 200;
/// What a workbook is called among media types.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Names in the query that say how to show the list, not what.
const MANNER: [&str; 4] = ["format", "after", "all", "check"];

/// How the list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Page,
    Xlsx,
    Print,
}

/// A list as it was asked for.
pub(crate) struct Listing {
    app: App,
    visitor: Visitor,
    format: Format,
    /// Path of the list.
    path: String,
    /// Its filter, as a query; empty for none.
    query: String,
}

impl Listing {
    /// The rows wanted: a page of `limit` from `after` on, or for an export and a print view all of them up to
    /// [`MOST_ROWS`].
    pub(crate) fn pages<T>(&self, after: Option<String>, limit: u32) -> Pages<T> {
        let whole = self.format != Format::Page;
        let after = after.filter(|after| !after.is_empty() && !whole);
        Pages {
            whole,
            wanted: Some(PageRequest {
                after,
                limit: if whole { CHUNK } else { limit },
            }),
            found: Page {
                rows: Vec::new(),
                next: None,
            },
        }
    }

    /// The list in the wanted form.
    pub(crate) async fn answer(&self, mut page: impl Listed) -> Answer {
        match self.format {
            Format::Page => {
                page.frame_mut().tools = Some(self.tools(&page).await?);
                html(&page)
            }
            Format::Xlsx => {
                let table = page.table();
                let mut above = vec![self.said(&page)];
                above.extend(cut(table));
                let sheet = Sheet {
                    name: page.frame().title.clone(),
                    title: Some(page.frame().title.clone()),
                    above,
                    ..sheet_of(table)
                };
                let bytes = self.app.platform.workbook(sheet).await?;
                self.note(&page, "xlsx").await?;
                let day = beijing::compact_day(self.app.platform.now());
                let name = format!("{}-{day}.xlsx", page.frame().title);
                Ok(send(XLSX, Some(&name), bytes))
            }
            Format::Print => {
                self.note(&page, "print").await?;
                let back = self.address("all=yes");
                let cut = cut(page.table());
                let mut table = page.table().clone();
                table.pager = None;
                table.pick = None;
                html(&PrintedList {
                    elder: false,
                    platform: page.frame().site.platform.clone(),
                    title: page.frame().title.clone(),
                    said: self.said(&page),
                    wide: table.columns.len() > 4,
                    cut,
                    table,
                    back,
                })
            }
        }
    }

    /// Has it written down that somebody took the list out. A visitor without an account gets public lists only, and
    /// nothing is written down.
    async fn note(&self, page: &impl Listed, form: &'static str) -> Result<(), Problem> {
        let Some(actor) = self
            .visitor
            .signed_in
            .as_ref()
            .and_then(|who| who.account.actor(who.post))
        else {
            return Ok(());
        };
        let filters = page.filtered_by().into_iter().map(|by| {
            let value = if by.typed {
                ListExport::typed(&by.value)
            } else {
                by.value
            };
            format!("{}：{value}", by.label)
        });
        let export = ListExport {
            list: self.path.clone(),
            title: page.frame().title.clone(),
            filters: filters.collect(),
            rows: page.table().rows.len(),
            form,
        };
        Ok(self.app.platform.note_export(&actor, &export).await?)
    }

    /// What the list shows, how much, when and for whom.
    fn said(&self, page: &impl Listed) -> String {
        let mut parts: Vec<String> = page
            .filtered_by()
            .into_iter()
            .map(|by| format!("{}：{}", by.label, by.value))
            .collect();
        parts.push(format!("共 {} 条", page.table().rows.len()));
        let at = beijing::minute(self.app.platform.now());
        let who = self.visitor.signed_in.as_ref();
        parts.push(match who {
            Some(who) => format!("{at}，{}（{}）", who.account.name, who.post_name()),
            None => at,
        });
        parts.join("　")
    }

    async fn tools(&self, page: &impl Listed) -> Result<ListTools, Problem> {
        let mut tools = ListTools {
            csrf: self.visitor.csrf.clone(),
            list: self.path.clone(),
            query: self.query.clone(),
            export: self.address("format=xlsx"),
            print: self.address("format=print"),
            unfiltered: format!("{}?all=yes", self.path),
            saved: Vec::new(),
            can_save: false,
        };
        if let Some(who) = &self.visitor.signed_in
            && page.can_be_filtered()
        {
            let saved = self
                .app
                .platform
                .saved_filters(who.account.id, &self.path)
                .await?;
            tools.saved = saved
                .into_iter()
                .map(|filter| SavedChip {
                    id: filter.id.to_string(),
                    href: format!("{}?{}", self.path, filter.query),
                    current: filter.query == self.query,
                    name: filter.name,
                    is_default: filter.is_default,
                })
                .collect();
            let known = tools.saved.iter().any(|chip| chip.current);
            tools.can_save = !self.query.is_empty() && !known;
        }
        Ok(tools)
    }

    /// This list with the same filter and one thing more.
    fn address(&self, more: &str) -> String {
        if self.query.is_empty() {
            format!("{}?{more}", self.path)
        } else {
            format!("{}?{}&{more}", self.path, self.query)
        }
    }
}

/// Rows being read, page by page.
pub(crate) struct Pages<T> {
    whole: bool,
    wanted: Option<PageRequest>,
    found: Page<T>,
}

impl<T> Pages<T> {
    /// The page to be read next; `None` when there is enough.
    pub(crate) fn wanted(&mut self) -> Option<PageRequest> {
        self.wanted.take()
    }

    /// Takes the page that was wanted.
    pub(crate) fn put(&mut self, page: Page<T>) {
        self.found.rows.extend(page.rows);
        self.found.next.clone_from(&page.next);
        if self.whole && self.found.rows.len() < MOST_ROWS {
            self.wanted = page.next.map(|after| PageRequest {
                after: Some(after),
                limit: CHUNK,
            });
        }
    }

    /// Everything that was read, and where the list goes on.
    pub(crate) fn found(self) -> Page<T> {
        self.found
    }
}

impl<S> FromRequestParts<S> for Listing
where
    S: Send + Sync,
    App: FromRef<S>,
{
    /// A problem, or the way to the filter that the list opens with.
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, state)
            .await
            .map_err(Problem::into_response)?;
        let app = App::from_ref(state);
        let uri = match OriginalUri::from_request_parts(parts, state).await {
            Ok(OriginalUri(uri)) => uri,
            Err(never) => match never {},
        };
        let asked = uri.query().unwrap_or_default();
        let format = asked
            .split('&')
            .find_map(|part| part.strip_prefix("format="))
            .map_or(Format::Page, |format| match format {
                "xlsx" => Format::Xlsx,
                "print" => Format::Print,
                _ => Format::Page,
            });
        let path = uri.path().to_owned();
        if asked.is_empty()
            && let Some(who) = &visitor.signed_in
        {
            let saved = app
                .platform
                .saved_filters(who.account.id, &path)
                .await
                .map_err(|error| Problem::from(error).into_response())?;
            if let Some(filter) = saved.into_iter().find(|filter| filter.is_default) {
                return Err(Redirect::to(&format!("{path}?{}", filter.query)).into_response());
            }
        }
        Ok(Self {
            query: filter_of(asked),
            app,
            visitor,
            format,
            path,
        })
    }
}

/// The filter in a query: in its order, without what is empty and what only says how to show the list.
pub(crate) fn filter_of(query: &str) -> String {
    let parts = query.split('&').filter(|part| {
        part.split_once('=')
            .is_some_and(|(name, value)| !value.is_empty() && !MANNER.contains(&name))
    });
    parts.collect::<Vec<_>>().join("&")
}

/// Says that a list goes on beyond its export.
fn cut(table: &Table) -> Option<String> {
    let goes_on = table
        .pager
        .as_ref()
        .is_some_and(|pager| pager.next.is_some());
    goes_on.then(|| format!("只列出前 {MOST_ROWS} 条，后面还有；请缩小筛选范围后分几次导出。"))
}

/// A table as a sheet: one column for each, and one more for the second lines where they have a name.
fn sheet_of(table: &Table) -> Sheet {
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let cells = || table.rows.iter().map(move |row| row.cells.get(index));
        match &column.split {
            Some((first, second)) => {
                columns.push((first.clone(), cells().map(words).collect()));
                let subs = cells().map(|cell| cell.and_then(|c| c.sub.clone()));
                columns.push((
                    second.clone(),
                    subs.map(Option::unwrap_or_default).collect(),
                ));
            }
            None => {
                let whole = cells().map(|cell| {
                    let sub = cell.and_then(|cell| cell.sub.as_deref());
                    match (words(cell), sub) {
                        (words, None) => words,
                        (words, Some(sub)) if words.is_empty() => sub.to_owned(),
                        (words, Some(sub)) => format!("{words}　{sub}"),
                    }
                });
                columns.push((column.label.clone(), whole.collect()));
            }
        }
    }
    let kinds: Vec<SheetKind> = columns.iter().map(|(_, cells)| kind_of(cells)).collect();
    Sheet {
        columns: columns
            .iter()
            .zip(&kinds)
            .map(|((title, _), kind)| SheetColumn {
                title: title.clone(),
                kind: *kind,
                ..SheetColumn::default()
            })
            .collect(),
        rows: (0..table.rows.len())
            .map(|row| {
                columns
                    .iter()
                    .zip(&kinds)
                    .map(|((_, cells), kind)| cell(&cells[row], *kind))
                    .collect()
            })
            .collect(),
        ..Sheet::default()
    }
}

/// A cell in words: its status, then its text.
fn words(cell: Option<&Cell>) -> String {
    let Some(cell) = cell else {
        return String::new();
    };
    let text = if cell.text == "—" { "" } else { &cell.text };
    match &cell.chip {
        Some(chip) if text.is_empty() => chip.text.clone(),
        Some(chip) => format!("{} {text}", chip.text),
        None => text.to_owned(),
    }
}

/// What a column holds, as far as every one of its cells says so.
fn kind_of(cells: &[String]) -> SheetKind {
    let all = |is: &dyn Fn(&str) -> bool| {
        let mut filled = cells.iter().filter(|cell| !cell.is_empty()).peekable();
        filled.peek().is_some() && filled.all(|cell| is(cell))
    };
    if all(&|cell| number(cell).is_some()) {
        SheetKind::Number
    } else if all(&|cell| beijing::read_day(cell).is_some()) {
        SheetKind::Date
    } else if all(&|cell| beijing::read_moment(cell).is_some()) {
        SheetKind::Moment
    } else {
        SheetKind::Text
    }
}

fn cell(text: &str, kind: SheetKind) -> SheetCell {
    let typed = match kind {
        SheetKind::Number => number(text).map(SheetCell::Number),
        SheetKind::Date => beijing::read_day(text).map(SheetCell::Date),
        SheetKind::Moment => beijing::read_moment(text).map(SheetCell::Moment),
        SheetKind::Text | SheetKind::Millimetres => None,
    };
    typed.unwrap_or_else(|| match text {
        "" => SheetCell::Empty,
        text => SheetCell::Text(text.to_owned()),
    })
}

/// A quantity; a code with leading zeros or many digits is none.
fn number(text: &str) -> Option<f64> {
    let plain = text.len() <= 9
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && (text == "0" || !text.starts_with('0') || text.starts_with("0."));
    plain.then(|| text.parse().ok()).flatten()
}

/// Where a saved filter leads: its list, and the filter if it is one.
pub(crate) fn list_address(list: &str, query: &str) -> String {
    if query.is_empty() {
        format!("{list}?all=yes")
    } else {
        format!("{list}?{query}")
    }
}

/// Takes a query as a form sent it back to us: nothing but what stands in an address.
pub(crate) fn sent_query(query: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~/%=&+:".contains(&b);
    if query.bytes().all(plain) {
        filter_of(query)
    } else {
        form_encode(query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::parts::{Chip, Column, Empty, Row, Tone};

    #[test]
    fn a_filter_is_kept_without_the_page_and_the_format() {
        assert_eq!(
            filter_of("tab=mine&q=&business=new&after=1.2&format=xlsx"),
            "tab=mine&business=new"
        );
        assert_eq!(filter_of("all=yes"), "");
    }

    #[test]
    fn second_lines_get_a_column_of_their_own_and_kinds_are_told_by_all_cells() {
        let table = Table::new(
            "办件",
            vec![
                Column::new("印章与单位").split("印章", "单位"),
                Column::short("状态"),
                Column::short("份数"),
                Column::short("时间"),
            ],
            vec![
                Row::new(vec![
                    Cell::text("甲").with_sub("局"),
                    Chip::new("有效", Tone::Good).into(),
                    "3".into(),
                    "2026年11月22日 10:30".into(),
                ]),
                Row::new(vec![Cell::text("乙"), "—".into(), "0012".into(), "".into()]),
            ],
            Empty::new("x", "", ""),
        );
        let sheet = sheet_of(&table);
        let titles: Vec<_> = sheet.columns.iter().map(|c| c.title.as_str()).collect();
        assert_eq!(titles, ["印章", "单位", "状态", "份数", "时间"]);
        let kinds: Vec<_> = sheet.columns.iter().map(|c| c.kind).collect();
        use SheetKind::{Moment, Text};
        assert_eq!(kinds, [Text, Text, Text, Text, Moment]);
        assert_eq!(sheet.rows[0][2], SheetCell::Text("有效".into()));
        assert_eq!(sheet.rows[1][2], SheetCell::Empty);
    }
}
