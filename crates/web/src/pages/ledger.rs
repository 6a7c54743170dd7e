//! The auditor's view of the ledger: search, and whether it is whole.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use casework::{BusinessType, Reason, Role, SealState, Stage};
use platform::ports::store::LedgerFilter;
use serde::Deserialize;

use super::{Answer, again, html};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Chip, Choice, Column, Empty, Facts, Field, FieldKind, Form, Link, Notice, Pager,
    Row, Table, Tone,
};
use crate::views::{Block, ListPage, SheetPage};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    kind: Option<String>,
    subject: Option<String>,
    actor: Option<String>,
    text: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
}

/// `GET /desk/admin/ledger`
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let text = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    let moment = |value: &Option<String>| value.as_deref().and_then(beijing::parse);
    let filter = LedgerFilter {
        kind: text(&wanted.kind),
        actor: text(&wanted.actor),
        text: text(&wanted.text),
        subject: text(&wanted.subject),
        from: moment(&wanted.from),
        until: moment(&wanted.until),
    };
    let after = text(&wanted.after);
    let searched = [&wanted.kind, &wanted.subject, &wanted.actor, &wanted.text];
    let words: Vec<_> = searched.iter().filter_map(|part| text(part)).collect();
    if !words.is_empty() && wanted.after.is_none() {
        app.platform
            .note_search(&desk.actor, &words.join(" "))
            .await?;
    }
    let mut pages = listing.pages(after.clone(), 50);
    while let Some(page) = pages.wanted() {
        pages.put(
            app.platform
                .ledger_entries(&desk.actor, &filter, &page)
                .await?,
        );
    }
    let found = pages.found();
    let head = app.platform.ledger_head().await?.head();
    let rows = found.rows.iter().map(|row| {
        let entry = &row.entry;
        Row::new(vec![
            Cell::link(
                row.index.to_string(),
                format!("/desk/admin/ledger/{}", row.index),
            ),
            Cell::text(kind_name(&entry.kind)).with_sub(entry.subject.clone()),
            Cell::text(facts(&entry.body)).with_sub(entry.actor.clone()),
            beijing::second(entry.at).into(),
        ])
    });
    let mut table = Table::new(
        "审计账本",
        vec![
            Column::short("序号"),
            Column::new("事项与对象").split("事项", "对象"),
            Column::new("事实与办理人").split("事实", "办理人"),
            Column::short("时间"),
        ],
        rows.collect(),
        ListPage::nothing_found(),
    );
    let part = |value: &Option<String>| form_encode(value.as_deref().unwrap_or_default());
    let base = format!(
        "/desk/admin/ledger?kind={}&subject={}&actor={}&text={}&from={}&until={}",
        part(&wanted.kind),
        part(&wanted.subject),
        part(&wanted.actor),
        part(&wanted.text),
        part(&wanted.from),
        part(&wanted.until)
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 条，最新的在前", found.rows.len()),
        first: after.is_some().then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    if found.rows.is_empty() && filter.kind.is_none() && filter.subject.is_none() {
        table.empty = Empty::new(
            "ledger",
            "账本还是空的",
            "每一次办理、状态变更和用印都会写入。",
        );
    }
    let lead = format!("账本共 {} 条，只增不改；树根 {}", head.size, head.root);
    let mut page = ListPage::new(
        desk.frame(&app, "审计账本", "/desk/admin/ledger"),
        &lead,
        table,
    );
    let field = |name: &str, label: &str, kind| Field::new(name, label, kind).optional();
    page.actions = vec![Link::new("核对与导出", "/desk/admin/ledger/tools")];
    page.filters = vec![
        field("kind", "事项", kind_choices()).value(filter.kind.unwrap_or_default()),
        field("subject", "对象", FieldKind::Input("text"))
            .value(filter.subject.unwrap_or_default())
            .placeholder("办件编号、印章编码")
            .growing(),
        field("actor", "办理人", FieldKind::Input("text"))
            .value(wanted.actor.clone().unwrap_or_default())
            .placeholder("姓名"),
        field("text", "全文", FieldKind::Input("text"))
            .value(wanted.text.clone().unwrap_or_default()),
        field("from", "从", FieldKind::Input("datetime-local"))
            .value(wanted.from.unwrap_or_default()),
        field("until", "到", FieldKind::Input("datetime-local"))
            .value(wanted.until.unwrap_or_default()),
    ];
    listing.answer(page).await
}

/// `GET /desk/admin/ledger/{index}`: one entry and its proof; `tools` for checking and exporting.
pub(super) async fn entry(State(app): State<App>, desk: Desk, Path(index): Path<String>) -> Answer {
    if index == "tools" {
        return html(&tools(&app, &desk)?);
    }
    let index: u64 = index.parse().map_err(|_| Problem::not_found())?;
    let (found, proof) = app.platform.ledger_entry(&desk.actor, index).await?;
    let entry = &found.entry;
    let sound = proof.verify().is_ok();
    let mut told = Facts::new()
        .with("事项", kind_name(&entry.kind).to_owned())
        .with("对象", Cell::mono(&entry.subject))
        .with("办理人", entry.actor.clone())
        .with("时间", beijing::second(entry.at));
    let body: BTreeMap<String, String> = serde_json::from_str(&entry.body).unwrap_or_default();
    for (name, value) in &body {
        told = told.with(fact_name(name).to_owned(), value_name(name, value));
    }
    let head = app.platform.ledger_head().await?.head();
    let json = serde_json::to_string_pretty(&proof).map_err(|_| Problem::internal())?;
    let proved = Facts::new()
        .with(
            "核对结果",
            if sound {
                Chip::new("此条确在账本中，未被改动", Tone::Good)
            } else {
                Chip::new("证明不成立", Tone::Bad)
            },
        )
        .with("账本规模", format!("{} 条", head.size))
        .with("树根", Cell::mono(head.root.to_string()))
        .with("证明（JSON）", Cell::mono(json));
    let page = SheetPage::new(
        desk.frame(&app, &format!("账本第 {index} 条"), "/desk/admin/ledger")
            .below("审计账本", "/desk/admin/ledger"),
        "",
    )
    .with(Block::Facts("记录".into(), told))
    .with(Block::Facts("存在证明".into(), proved));
    html(&page)
}

/// `POST /desk/admin/ledger/check`
pub(super) async fn check(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(_): ProtectedForm,
) -> Answer {
    let mut page = tools(&app, &desk)?;
    let notice = match app.platform.audit(&desk.actor).await {
        Ok(size) => Notice::new(
            Tone::Good,
            format!("账本完整：{size} 条记录逐条核对无误，未被改动"),
        ),
        Err(platform::Error::Refused(refusal)) if refusal.code == "ledger_altered" => {
            tracing::error!(refusal.message, "the ledger does not check");
            Notice::new(Tone::Bad, "账本核对不符，记录可能被改动")
                .line(refusal.message)
                .line("请立即保全数据库和日志，并报告安全管理员。")
                .code("ledger_broken")
        }
        Err(error) => return Err(error.into()),
    };
    page.blocks.insert(0, Block::Notice(notice));
    html(&page)
}

/// `POST /desk/admin/ledger/export`: JSON Lines with proofs.
pub(super) async fn export(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let filter = LedgerFilter {
        kind: fields.text("kind").map(ToOwned::to_owned),
        subject: fields.text("subject").map(ToOwned::to_owned),
        actor: fields.text("actor").map(ToOwned::to_owned),
        text: None,
        from: fields.text("from").and_then(beijing::parse),
        until: fields.text("until").and_then(beijing::parse),
    };
    match app.platform.export_ledger(&desk.actor, &filter).await {
        Ok(lines) => {
            let name = format!("账本-{}.jsonl", beijing::compact_day(app.platform.now()));
            Ok(super::send(
                "application/jsonl",
                Some(&name),
                lines.into_bytes(),
            ))
        }
        Err(error) => {
            let problem = Problem::from(error);
            if !problem.can_be_put_right() {
                return Err(problem);
            }
            let mut page = tools(&app, &desk)?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
    }
}

fn tools(app: &App, desk: &Desk) -> Result<SheetPage, Problem> {
    if desk.actor.post.role != Role::Auditor {
        return Err(Problem::forbidden());
    }
    let check = Form::new(
        "/desk/admin/ledger/check",
        desk.csrf(),
        Button::primary("核对账本是否完整"),
    )
    .explain("从第一条起逐条重算，与保存的树根比较。核对本身也写入账本。");
    let text = |name: &str, label: &str| Field::text(name, label).optional();
    let moment = |name: &str, label: &str| {
        Field::new(name, label, FieldKind::Input("datetime-local")).optional()
    };
    let export = Form::new(
        "/desk/admin/ledger/export",
        desk.csrf(),
        Button::primary("导出（JSON Lines）"),
    )
    .explain("每行一条记录及其证明，可用 yinxin ledger verify 离线核对。导出本身也写入账本。")
    .field(Field::new("kind", "事项", kind_choices()).optional())
    .field(text("subject", "对象"))
    .field(text("actor", "办理人"))
    .field(moment("from", "从"))
    .field(moment("until", "到"));
    Ok(SheetPage::new(
        desk.frame(app, "核对与导出", "/desk/admin/ledger")
            .below("审计账本", "/desk/admin/ledger"),
        "",
    )
    .with(Block::Form("核对".into(), check))
    .with(Block::Form("带证明导出".into(), export)))
}

/// What an entry's kind is called; a kind of a later version of the platform by its code.
fn kind_name(kind: &str) -> &str {
    platform::ledger_kind(kind).unwrap_or(kind)
}

/// The kinds to filter by.
fn kind_choices() -> FieldKind {
    let any = Choice::new("", "全部事项");
    let kinds = platform::LEDGER_KINDS
        .iter()
        .map(|(code, name)| Choice::new(*code, *name));
    FieldKind::Select(std::iter::once(any).chain(kinds).collect())
}

/// Facts for people: 名称：值, names and known codes in words.
fn facts(body: &str) -> String {
    let facts: BTreeMap<String, String> = serde_json::from_str(body).unwrap_or_default();
    let words: Vec<String> = facts
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "by_unit" | "by_person"))
        .map(|(name, value)| format!("{}：{}", fact_name(name), value_name(name, value)))
        .collect();
    words.join("；")
}

fn fact_name(name: &str) -> &str {
    platform::ledger_fact(name).unwrap_or(name)
}

fn value_name(name: &str, value: &str) -> String {
    let known = match name {
        "by_role" | "role" => Role::from_code(value).map(Role::name),
        "stage" => Stage::find(value).map(Stage::name),
        "reason" => Reason::find(value).map(Reason::name),
        "outcome" => OUTCOMES
            .into_iter()
            .find(|(code, _)| *code == value)
            .map(|(_, name)| name),
        "channel" => CHANNELS
            .into_iter()
            .find(|(code, _)| *code == value)
            .map(|(_, name)| name),
        "form" => FORMS
            .into_iter()
            .find(|(code, _)| *code == value)
            .map(|(_, name)| name),
        "business" => BusinessType::find(value).map(BusinessType::name),
        "status" => STATES
            .into_iter()
            .find(|state| state.code() == value)
            .map(SealState::name),
        _ => None,
    };
    match (known, value.parse::<jiff::Timestamp>()) {
        (Some(known), _) => known.to_owned(),
        (None, Ok(at)) => beijing::second(at),
        (None, Err(_)) => value.to_owned(),
    }
}

/// How a check of the ledger came out.
const OUTCOMES: [(&str, &str); 3] = [
    ("sound", "完整"),
    ("ledger_altered", "与摘要不符"),
    ("failed", "未能核对"),
];
/// How a loss was reported.
const CHANNELS: [(&str, &str); 3] = [
    ("platform", "平台"),
    ("telephone", "电话（已回拨核实）"),
    ("telephone_unverified", "电话（未回拨核实）"),
];
/// As what a list left the house.
const FORMS: [(&str, &str); 2] = [("xlsx", "Excel 文件"), ("print", "打印")];

const STATES: [SealState; 4] = [
    SealState::Active,
    SealState::Suspended,
    SealState::Cancelled,
    SealState::Void,
];
