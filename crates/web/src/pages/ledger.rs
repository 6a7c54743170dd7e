//! The auditor's view of the ledger: search, and whether it is whole.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use casework::{BusinessType, Role, SealState, Stage};
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

/// What an entry's kind is called.
fn kind_name(kind: &str) -> &str {
    KINDS
        .iter()
        .find(|(code, _)| *code == kind)
        .map_or("其他事项", |(_, name)| name)
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
        .filter(|(name, _)| !matches!(name.as_str(), "by_unit" | "by_person"))
        .map(|(name, value)| format!("{}：{}", fact_name(name), value_name(name, value)))
        .collect();
    words.join("；")
}

fn fact_name(name: &str) -> &str {
    FACTS
        .iter()
        .find(|(code, _)| *code == name)
        .map_or("其他", |(_, label)| label)
}

fn value_name(name: &str, value: &str) -> String {
    let known = match name {
        "by_role" | "role" => Role::from_code(value).map(Role::name),
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
    ("account.renamed", "变更姓名"),
    ("account.locked", "账号锁定"),
    ("account.unlocked", "解除锁定"),
    ("account.barred", "停用账号"),
    ("account.readmitted", "恢复账号"),
    ("account.password_reset", "重置密码"),
    ("posts.proposed", "提请岗位变更"),
    ("posts.released", "岗位变更通过"),
    ("posts.refused", "岗位变更未通过"),
    ("posts.withdrawn", "撤回岗位变更"),
    ("policy.proposed", "提请规则变更"),
    ("policy.released", "规则变更通过"),
    ("policy.refused", "规则变更未通过"),
    ("policy.withdrawn", "撤回规则变更"),
    ("text.proposed", "提请文本变更"),
    ("text.released", "文本变更通过"),
    ("text.refused", "文本变更未通过"),
    ("text.withdrawn", "撤回文本变更"),
    ("deputy.set", "设定代理"),
    ("deputy.ended", "结束代理"),
    ("unit.created", "登记单位"),
    ("unit.changed", "变更单位信息"),
    ("unit.renamed", "单位更名"),
    ("filing.filed", "单位报备"),
    ("filing.acknowledged", "确认备案"),
    ("filing.sent_back", "退回备案"),
    ("session.ended", "结束会话"),
    ("audit.searched", "检索账本"),
    ("audit.checked", "核对账本"),
    ("audit.exported", "导出账本"),
    ("case.handed_on", "办件移交"),
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

const FACTS: &[(&str, &str)] = &[
    ("by_role", "岗位"),
    ("content", "内容摘要"),
    ("entries", "条数"),
    ("filing", "备案编号"),
    ("former", "原名称"),
    ("name", "名称"),
    ("outcome", "结果"),
    ("person", "人员编号"),
    ("posts_added", "增加岗位"),
    ("posts_removed", "撤销岗位"),
    ("principal", "被代理人编号"),
    ("proposal", "提请编号"),
    ("role", "岗位名称"),
    ("search", "检索词摘要"),
    ("settings", "设置"),
    ("until", "到"),
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
