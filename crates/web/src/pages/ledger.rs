//! The auditor's view of the ledger: search, and whether it is whole.

use axum::extract::{Query, State};
use casework::Role;
use platform::ports::store::{LedgerFilter, PageRequest};
use serde::Deserialize;

use super::{Answer, html};
use crate::app::App;
use crate::beijing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::ListPage;
use crate::views::parts::{
    Cell, Column, Empty, Field, FieldKind, Link, Notice, Pager, Row, Table, Tone,
};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    kind: Option<String>,
    subject: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
    check: Option<String>,
}

/// `GET /desk/admin/ledger`
pub(super) async fn page(
    State(app): State<App>,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    if desk.actor.post.role != Role::Auditor {
        return Err(Problem::forbidden());
    }
    let text = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    let moment = |value: &Option<String>| value.as_deref().and_then(beijing::parse);
    let filter = LedgerFilter {
        kind: text(&wanted.kind),
        subject: text(&wanted.subject),
        from: moment(&wanted.from),
        until: moment(&wanted.until),
    };
    let request = PageRequest {
        after: text(&wanted.after),
        limit: 50,
    };
    let found = app.platform.ledger_entries(&filter, &request).await?;
    let head = app.platform.ledger_head().await?.head();
    let rows = found.rows.iter().map(|row| {
        let entry = &row.entry;
        Row::new(vec![
            Cell::mono(row.index.to_string()),
            Cell::text(&entry.kind),
            Cell::mono(&entry.subject),
            Cell::text(&entry.actor),
            Cell::mono(&entry.body),
            beijing::second(entry.at).into(),
        ])
    });
    let mut table = Table::new(
        "审计账本",
        vec![
            Column::short("序号"),
            Column::short("事项"),
            Column::short("对象"),
            Column::short("办理人"),
            Column::new("事实"),
            Column::short("时间"),
        ],
        rows.collect(),
        ListPage::nothing_found(),
    );
    let part = |value: &Option<String>| form_encode(value.as_deref().unwrap_or_default());
    let base = format!(
        "/desk/admin/ledger?kind={}&subject={}&from={}&until={}",
        part(&wanted.kind),
        part(&wanted.subject),
        part(&wanted.from),
        part(&wanted.until)
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 条，最新的在前", found.rows.len()),
        first: request.after.is_some().then(|| base.clone()),
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
    page.actions = vec![Link::new(
        "核对账本是否完整",
        "/desk/admin/ledger?check=yes",
    )];
    if wanted.check.is_some() {
        page.notice = Some(match app.platform.audit_ledger().await {
            Ok(size) => Notice::new(
                Tone::Good,
                format!("账本完整：{size} 条记录逐条核对无误，未被改动"),
            ),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the ledger does not check"
                );
                Notice::new(Tone::Bad, "账本核对不符，记录可能被改动")
                    .line("请立即保全数据库和日志，并报告安全管理员。")
                    .code("ledger_broken")
            }
        });
    }
    let field = |name: &str, label: &str, kind| Field::new(name, label, kind).optional();
    page.filters = vec![
        field("kind", "事项", FieldKind::Input("text"))
            .value(filter.kind.unwrap_or_default())
            .placeholder("如 case.、seal.、stamp."),
        field("subject", "对象", FieldKind::Input("text"))
            .value(filter.subject.unwrap_or_default())
            .placeholder("办件编号、印章编码")
            .growing(),
        field("from", "从", FieldKind::Input("datetime-local"))
            .value(wanted.from.unwrap_or_default()),
        field("until", "到", FieldKind::Input("datetime-local"))
            .value(wanted.until.unwrap_or_default()),
    ];
    html(&page)
}
