//! The auditor's view of the ledger: search, and whether it is whole.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use casework::{BusinessType, Role, SealState, Stage};
use platform::ports::store::LedgerFilter;
use serde::Deserialize;

use super::Answer;
use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::problem::form_encode;
use crate::session::Desk;
use crate::views::ListPage;
use crate::views::parts::{
    Cell, Choice, Column, Empty, Field, FieldKind, Link, Notice, Pager, Row, Table, Tone,
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
        actor: None,
        text: None,
        subject: text(&wanted.subject),
        from: moment(&wanted.from),
        until: moment(&wanted.until),
    };
    let after = text(&wanted.after);
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
            Cell::mono(row.index.to_string()),
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
        "/desk/admin/ledger?kind={}&subject={}&from={}&until={}",
        part(&wanted.kind),
        part(&wanted.subject),
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
        field("kind", "事项", kind_choices()).value(filter.kind.unwrap_or_default()),
        field("subject", "对象", FieldKind::Input("text"))
            .value(filter.subject.unwrap_or_default())
            .placeholder("办件编号、印章编码")
            .growing(),
        field("from", "从", FieldKind::Input("datetime-local"))
            .value(wanted.from.unwrap_or_default()),
        field("until", "到", FieldKind::Input("datetime-local"))
            .value(wanted.until.unwrap_or_default()),
    ];
    listing.answer(page).await
}

/// What an entry's kind is called.
fn kind_name(kind: &str) -> &str {
    KINDS
        .iter()
        .find(|(code, _)| *code == kind)
        .map_or(kind, |(_, name)| name)
}

/// The kinds to filter by.
fn kind_choices() -> FieldKind {
    let any = Choice::new("", "全部事项");
    let kinds = KINDS.iter().map(|(code, name)| Choice::new(*code, *name));
    FieldKind::Select(std::iter::once(any).chain(kinds).collect())
}

/// Facts for people: 名称：值, names and known codes in words.
fn facts(body: &str) -> String {
    let facts: BTreeMap<String, String> = serde_json::from_str(body).unwrap_or_default();
    let words: Vec<String> = facts
        .iter()
        .map(|(name, value)| {
            let label = FACTS
                .iter()
                .find(|(code, _)| code == name)
                .map_or(name.as_str(), |(_, label)| label);
            format!("{label}：{}", value_name(name, value))
        })
        .collect();
    words.join("；")
}

fn value_name(name: &str, value: &str) -> String {
    let known = match name {
        "by_role" => Role::from_code(value).map(Role::name),
        "stage" => Stage::find(value).map(Stage::name),
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

const STATES: [SealState; 4] = [
    SealState::Active,
    SealState::Suspended,
    SealState::Cancelled,
    SealState::Void,
];

const KINDS: &[(&str, &str)] = &[
    ("account.created", "新建账号"),
    ("account.signed_in", "登录"),
    ("account.sign_in_failed", "登录失败"),
    ("account.password_changed", "修改密码"),
    ("case.opened", "新建办件"),
    ("case.application_added", "增加申请表"),
    ("case.applications_added", "导入汇总表"),
    ("case.application_removed", "删除申请表"),
    ("case.material_attached", "上传材料"),
    ("case.material_removed", "移除材料"),
    ("case.submitted", "提交申请"),
    ("case.decided", "作出决定"),
    ("case.sent_back", "退回补正"),
    ("case.handed_in", "递交"),
    ("case.handed_over", "汇总递交"),
    ("case.paper_recorded", "登记纸质材料"),
    ("case.set_aside", "单列补正"),
    ("case.opened_from", "由单列补正立件"),
    ("case.appointment_booked", "预约现场办理"),
    ("case.appointment_cancelled", "取消现场预约"),
    ("case.key_presented", "核验 USB KEY"),
    ("case.production_started", "开始制作"),
    ("case.produced", "制作完成"),
    ("case.collection_notified", "通知领取"),
    ("case.collected", "领取"),
    ("case.withdrawn", "撤回"),
    ("case.moved", "转到下一环节"),
    ("seal.made", "制作印章"),
    ("seal.active", "印章启用或恢复"),
    ("seal.suspended", "印章停用"),
    ("seal.cancelled", "印章注销"),
    ("seal.void", "宣布印章无效"),
    ("seal.pin_changed", "修改签章口令"),
    ("seal.pin_reset", "重置口令"),
    ("seal.activation_code_renewed", "重新发放激活码"),
    ("use.requested", "申请用印"),
    ("use.approved", "批准用印"),
    ("use.rejected", "不批准用印"),
    ("use.cancelled", "取消用印申请"),
    ("use.stamped", "用印完成"),
    ("key.received", "USB KEY 入库"),
    ("key.issue", "USB KEY 发出"),
    ("key.return", "USB KEY 退回"),
    ("key.mark_defective", "USB KEY 损坏"),
    ("key.report_lost", "USB KEY 遗失"),
    ("key.restock", "USB KEY 重新入库"),
    ("key.propose_destruction", "USB KEY 提请销毁"),
    ("key.destroy", "USB KEY 销毁"),
    ("key.keep", "撤回 USB KEY 销毁提请"),
    ("stamp.made", "盖章"),
    ("case.letter_saved", "保存红头函"),
];

const FACTS: [(&str, &str); 22] = [
    ("by_role", "岗位"),
    ("by_unit", "单位编号"),
    ("by_person", "人员编号"),
    ("business", "业务"),
    ("case", "办件"),
    ("certificate", "证书序列号"),
    ("decision_digest", "决定摘要"),
    ("demo", "演示数据"),
    ("document", "文件摘要"),
    ("effective_at", "生效时间"),
    ("file", "材料摘要"),
    ("reason", "原因"),
    ("result", "盖章后文件摘要"),
    ("revision", "版次"),
    ("revision_digest", "申请内容摘要"),
    ("seal", "印章编码"),
    ("seal_digest", "印章摘要"),
    ("signature", "签名值摘要"),
    ("stage", "环节"),
    ("stamped_at", "盖章时间"),
    ("status", "状态"),
    ("from", "来源"),
];
