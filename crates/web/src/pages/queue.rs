//! The work queue: tabs with counts, filters, paging.

use axum::extract::{Query, State};
use casework::{BusinessType, Role};
use platform::CaseTab;
use platform::ports::store::{CaseRow, Page};
use serde::Deserialize;

use super::{Answer, go, words};
use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::problem::form_encode;
use crate::session::Desk;
use crate::views::ListPage;
use crate::views::parts::{
    Cell, Choice, Column, Empty, Field, FieldKind, Link, Pager, Row, Tab, Table, Tabs,
};

const PAGE: u32 = 20;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    tab: Option<String>,
    q: Option<String>,
    business: Option<String>,
    after: Option<String>,
}

/// `GET /desk`
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    match desk.actor.post.role {
        Role::SystemAdministrator | Role::SecurityAdministrator => {
            return go("/desk/admin/accounts");
        }
        Role::Auditor => return go("/desk/admin/ledger"),
        _ => {}
    }
    let tab = wanted
        .tab
        .as_deref()
        .and_then(CaseTab::find)
        .unwrap_or(CaseTab::Mine);
    let business = wanted.business.as_deref().and_then(BusinessType::find);
    let text = wanted
        .q
        .clone()
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let filtered = business.is_some() || text.is_some();
    let counts = app.platform.tab_counts(&desk.actor).await?;
    let mut pages = listing.pages(wanted.after.clone(), PAGE);
    while let Some(page) = pages.wanted() {
        pages.put(
            app.platform
                .cases(&desk.actor, tab, business, text.clone(), &page)
                .await?,
        );
    }
    let found = pages.found();
    let agent = desk.actor.post.role == Role::Agent;

    let title = match desk.actor.post.role {
        Role::Agent => "我的办件",
        Role::UnitApprover => "本单位办件",
        Role::Consolidator => "汇总办件",
        _ => "办件队列",
    };
    let mut list = ListPage::new(
        desk.frame(&app, title, "/desk"),
        "",
        table(&app, &found, tab, filtered, agent),
    );
    list.table.pager = Some(pager(&wanted, tab, &found, later));
    list.tabs = Some(Tabs {
        label: "办件状态".into(),
        tabs: counts
            .into_iter()
            .filter(|count| count.tab != CaseTab::Draft || agent)
            .map(|count| Tab {
                label: count.tab.name().into(),
                href: format!("/desk?tab={}", count.tab.code()),
                count: Some(if count.more {
                    format!("{}+", count.count - 1)
                } else {
                    count.count.to_string()
                }),
                current: count.tab == tab,
                hot: count.tab == CaseTab::Mine && count.count > 0,
            })
            .collect(),
    });
    let mut businesses = vec![Choice::new("", "全部业务")];
    businesses.extend(
        BusinessType::ALL
            .iter()
            .map(|business| Choice::new(business.code(), business.name())),
    );
    list.filters = vec![
        Field::hidden("tab", tab.code()),
        Field::new("q-filter", "关键字", FieldKind::Input("search"))
            .optional()
            .value(text.unwrap_or_default())
            .placeholder("办件编号、单位、信用代码、印章名称")
            .growing(),
        Field::new("business", "业务类型", FieldKind::Select(businesses))
            .optional()
            .value(business.map_or("", BusinessType::code)),
    ];
    if let Some(field) = list.filters.get_mut(1) {
        field.name = "q".into();
    }
    if agent {
        list.actions = vec![Link::new("发起申请", "/desk/cases/new")];
    }
    if matches!(desk.actor.post.role, Role::Agent | Role::UnitApprover) {
        list.alarm = Some(Link::new("报告丢失、失控", "/desk/loss"));
    }
    listing.answer(list).await
}

fn table(app: &App, found: &Page<CaseRow>, tab: CaseTab, filtered: bool, agent: bool) -> Table {
    let now = app.platform.now();
    let row = |row: &CaseRow| {
        let turn = row.turn_role.map_or_else(
            || Cell::text("—"),
            |role| {
                Cell::text(role.name())
                    .with_sub(format!("已等待 {}", beijing::waiting(row.turn_since, now)))
            },
        );
        Row::new(vec![
            Cell::link(&row.number, format!("/desk/cases/{}", row.id))
                .with_sub(format!("{} 更新", beijing::minute(row.updated_at))),
            Cell::text(&row.title).with_sub(row.unit_name.clone()),
            Cell::text(row.business.name()),
            words::status_word_chip(&row.status).into(),
            turn,
        ])
    };
    let empty = if filtered {
        ListPage::nothing_found()
    } else {
        let (title, hint) = match tab {
            CaseTab::Mine => (
                "没有待您办理的事项",
                "有事项到您这里时，会在此列出并通知您。",
            ),
            CaseTab::Handling => ("没有办理中的办件", "提交后正由他人办理的办件在此列出。"),
            CaseTab::Correction => ("没有待补正的办件", "收到整改通知的办件在此列出。"),
            CaseTab::Collection => ("没有待领取的印章", "制作完成、等待领取的办件在此列出。"),
            CaseTab::Closed => ("还没有办结的办件", "办结、不予办理和撤回的办件在此列出。"),
            CaseTab::Draft => ("没有草稿", "尚未提交的申请自动保存在此。"),
        };
        let empty = Empty::new("inbox", title, hint);
        if agent {
            empty.next(Link::new("发起申请", "/desk/cases/new"))
        } else {
            empty
        }
    };
    Table::new(
        "办件",
        vec![
            Column::short("办件编号").split("办件编号", "更新"),
            Column::new("印章与单位").split("印章", "单位"),
            Column::short("业务"),
            Column::short("状态"),
            Column::short("等待").split("轮到", "等待"),
        ],
        found.rows.iter().map(row).collect(),
        empty,
    )
}

fn pager(wanted: &Wanted, tab: CaseTab, found: &Page<CaseRow>, later: bool) -> Pager {
    let base = format!(
        "/desk?tab={}&business={}&q={}",
        tab.code(),
        form_encode(wanted.business.as_deref().unwrap_or_default()),
        form_encode(wanted.q.as_deref().unwrap_or_default())
    );
    Pager {
        summary: format!("本页 {} 件，最近更新的在前", found.rows.len()),
        first: later.then(|| base.clone()),
        next: found
            .next
            .as_ref()
            .map(|next| format!("{base}&after={}", form_encode(next))),
    }
}
