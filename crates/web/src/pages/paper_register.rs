//! The paper register (纸质材料登记): a case by its number, its originals ticked, and what is still waited for.

use axum::extract::{Query, State};
use casework::{ActKind, PaperTracking};
use platform::CaseView;
use platform::ports::store::{Page, PaperRow};
use serde::Deserialize;

use super::{Answer, act, again, html, words};
use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Cell, Chip, Column, Empty, Facts, Field, FieldKind, Link, Pager, Row, Tab, Table, Tabs,
    Timeline, Tone,
};
use crate::views::{DeskPage, ListPage};

const PAGE: u32 = 20;
const HERE: &str = "/desk/paper-register";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    number: Option<String>,
    show: Option<String>,
    after: Option<String>,
}

/// `GET /desk/paper-register`: the list, or with a number the case's originals.
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let number = wanted.number.clone().unwrap_or_default();
    if number.trim().is_empty() {
        let list = list(&app, &listing, &desk, wanted).await?;
        return listing.answer(list).await;
    }
    match app
        .platform
        .case_by_number(&desk.actor, &number)
        .await
        .map_err(Problem::from)
    {
        Ok(view) => html(&originals(&app, &desk, &view)),
        Err(problem) if problem.can_be_put_right() => {
            let mut list = list(&app, &listing, &desk, Wanted::default()).await?;
            if let Some(field) = list.filters.first_mut() {
                field.value = number;
            }
            list.frame.notices.push(problem.notice());
            again(problem.status, &list)
        }
        Err(problem) => Err(problem),
    }
}

async fn list(
    app: &App,
    listing: &Listing,
    desk: &Desk,
    wanted: Wanted,
) -> Result<ListPage, Problem> {
    let missing = wanted.show.as_deref() == Some("missing");
    let later = wanted.after.is_some();
    let mut pages = listing.pages(wanted.after, PAGE);
    while let Some(page) = pages.wanted() {
        pages.put(
            app.platform
                .papers_waited_for(&desk.actor, missing, &page)
                .await?,
        );
    }
    let found: Page<PaperRow> = pages.found();
    let rows = found.rows.iter().map(|row| {
        let counts = row.counts;
        let number = form_encode(&row.case.number);
        Row::new(vec![
            Cell::link(&row.case.number, format!("{HERE}?number={number}")),
            Cell::text(&row.case.unit_name).with_sub(row.case.title.clone()),
            counts.all().to_string().into(),
            counts.received.to_string().into(),
            (counts.with_consolidator + counts.forwarded)
                .to_string()
                .into(),
            counts.expected.to_string().into(),
            if counts.missing > 0 {
                Chip::new(format!("缺 {} 件", counts.missing), Tone::Bad).into()
            } else {
                "—".into()
            },
            beijing::minute(row.noted_at).into(),
        ])
    });
    let mut table = Table::new(
        "待收的纸质原件",
        vec![
            Column::short("办件编号"),
            Column::new("单位与印章").split("单位", "印章"),
            Column::number("应收"),
            Column::number("中心已收"),
            Column::number("在汇总单位或途中"),
            Column::number("未登记"),
            Column::short("缺少"),
            Column::short("最近登记"),
        ],
        rows.collect(),
        Empty::new(
            "inbox",
            "没有待收的纸质原件",
            "已递交而原件尚未收齐的办件在此列出。",
        ),
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 件，最近登记的在前", found.rows.len()),
        first: later.then(|| HERE.to_owned()),
        next: found.next.map(|next| {
            let show = if missing { "show=missing&" } else { "" };
            format!("{HERE}?{show}after={}", form_encode(&next))
        }),
    });
    let mut page = ListPage::new(
        desk.frame(app, "纸质材料登记", HERE),
        "输入或扫描办件编号，逐份登记原件；也可以从未收齐的办件进入。",
        table,
    );
    let tab = |label: &str, href: &str, current| Tab {
        label: label.into(),
        href: href.into(),
        count: None,
        current,
        hot: false,
    };
    page.tabs = Some(Tabs {
        label: "原件状态".into(),
        tabs: vec![
            tab("未收齐", HERE, !missing),
            tab("有缺少的", &format!("{HERE}?show=missing"), missing),
        ],
    });
    page.filters = vec![
        Field::new("number", "办件编号", FieldKind::Input("search"))
            .optional()
            .placeholder("输入或用扫码枪扫描，如 闽印2026-000042-7")
            .with("autocomplete", "off")
            .with("autofocus", "")
            .growing(),
    ];
    Ok(page)
}

/// The originals of one case, to be ticked.
fn originals(app: &App, desk: &Desk, view: &CaseView) -> DeskPage {
    let case = &view.case;
    let number = form_encode(&case.number.to_string());
    let mut acts = Vec::new();
    if view.allowed.contains(&ActKind::ReceivePaper)
        && let Some(mut receive) = act::form(ActKind::ReceivePaper, case, desk.csrf())
    {
        receive.open = true;
        receive
            .form
            .fields
            .push(Field::hidden("back", format!("{HERE}?number={number}")));
        acts.push(receive);
    }
    let paper: Vec<_> = case
        .live_materials()
        .filter(|m| m.paper != PaperTracking::None)
        .collect();
    let here = paper
        .iter()
        .filter(|m| matches!(m.paper, PaperTracking::Received { .. }))
        .count();
    let rows = paper.iter().map(|material| {
        let of = material
            .application
            .and_then(|id| case.application(id))
            .map_or_else(String::new, |a| a.seal_name().to_owned());
        let (holder, noted) = words::paper_holder(case, &material.paper);
        let chip = words::paper_chip(&material.paper);
        Row::new(vec![
            Cell::text(material.kind.name()).with_sub(of),
            chip.map_or_else(|| "".into(), Cell::chip),
            holder.into(),
            noted.into(),
        ])
    });
    let chip = if here == paper.len() {
        Chip::new("已收齐", Tone::Good)
    } else {
        Chip::new("未收齐", Tone::Warn)
    };
    DeskPage {
        frame: desk
            .frame(app, "登记纸质原件", HERE)
            .below("纸质材料登记", HERE),
        chip: Some(chip),
        lead: format!("{}　{}", case.number, case.unit.full_name),
        actions: vec![
            Link::new("登记下一件", HERE),
            Link::new("办件页面", format!("/desk/cases/{}", case.id)),
        ],
        acts,
        facts: Facts::new(),
        table: Table::new(
            "纸质原件",
            vec![
                Column::new("材料"),
                Column::short("状态"),
                Column::new("原件在谁手里"),
                Column::short("登记"),
            ],
            rows.collect(),
            Empty::new(
                "file",
                "本办件还没有需要登记的原件",
                "经办人递交后，应收的原件在此列出。",
            ),
        ),
        timeline: Timeline::default(),
    }
}
