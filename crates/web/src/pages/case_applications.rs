//! The forms of a case as a list: what each still needs, for cases of many seals.

use axum::extract::{Path, Query, State};
use casework::{Application, Case, CaseId, ChangeKind, Field, FieldUse, Medium, SealKind, Stage};
use serde::Deserialize;

use super::correction::step_path;
use super::{Answer, words};
use crate::app::App;
use crate::listing::Listing;
use crate::session::Desk;
use crate::views::ListPage;
use crate::views::parts::{
    Cell, Chip, Column, Empty, Field as FormField, FieldKind, Link, Pager, Row, Tab, Table, Tabs,
    Tone,
};

/// Forms on a page.
const PAGE: usize = 50;

#[derive(Deserialize)]
pub(super) struct Wanted {
    tab: Option<String>,
    q: Option<String>,
    after: Option<usize>,
    format: Option<String>,
}

/// `GET /desk/cases/{case}/applications`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Path(id): Path<CaseId>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let case = &view.case;
    let only_open = wanted.tab.as_deref() == Some("open");
    let text = wanted.q.unwrap_or_default().trim().to_owned();
    let open = case
        .live_applications()
        .filter(|application| !needs(case, application).is_empty())
        .count();
    let found: Vec<(usize, &Application)> = case
        .live_applications()
        .enumerate()
        .filter(|(_, application)| !only_open || !needs(case, application).is_empty())
        .filter(|(_, application)| application.seal_name().contains(&text))
        .collect();
    let whole = wanted.format.is_some();
    let from = if whole { 0 } else { wanted.after.unwrap_or(0) };
    let most = if whole { found.len() } else { PAGE };
    let rows: Vec<Row> = found
        .iter()
        .skip(from)
        .take(most)
        .map(|(at, application)| row(case, *at, application))
        .collect();
    let base = format!(
        "/desk/cases/{id}/applications?tab={}&q={}",
        if only_open { "open" } else { "all-forms" },
        crate::problem::form_encode(&text)
    );
    let mut table = Table::new(
        "申请表",
        vec![
            Column::number("序号"),
            Column::new("印章名称"),
            Column::short("类型"),
            Column::short("印模尺寸"),
            Column::short("介质"),
            Column::new("还需补充"),
        ],
        rows,
        Empty::new("ok", "没有需要补充的申请表", "可以返回办件，继续办理。"),
    );
    let end = from + table.rows.len();
    table.pager = Some(Pager {
        summary: format!("共 {} 份，本页 {} 份", found.len(), table.rows.len()),
        first: (from > 0).then(|| base.clone()),
        next: (end < found.len()).then(|| format!("{base}&after={end}")),
    });
    let here = format!("/desk/cases/{id}");
    let frame = desk
        .frame(&app, "各份申请表", "/desk")
        .below(&format!("办件 {}", case.number), &here);
    let mut page = ListPage::new(frame, case.business.name(), table);
    page.actions = vec![Link::new("返回办件", here)];
    let tab = |label: &str, code: &str, count: usize, current: bool| Tab {
        label: label.into(),
        href: format!("/desk/cases/{id}/applications?tab={code}"),
        count: Some(count.to_string()),
        current,
        hot: code == "open" && count > 0,
    };
    page.tabs = Some(Tabs {
        label: "申请表".into(),
        tabs: vec![
            tab(
                "全部",
                "all-forms",
                case.live_applications().count(),
                !only_open,
            ),
            tab("待补充", "open", open, only_open),
        ],
    });
    let mut search = FormField::new("q-filter", "印章名称", FieldKind::Input("search"))
        .optional()
        .value(text)
        .growing();
    search.name = "q".into();
    let tab = if only_open { "open" } else { "all-forms" };
    page.filters = vec![FormField::hidden("tab", tab), search];
    listing.answer(page).await
}

fn row(case: &Case, at: usize, application: &Application) -> Row {
    let draft = &application.draft;
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
    let needs = needs(case, application);
    let step = needs.first().map_or("check", |(_, step)| *step);
    let chip = if needs.is_empty() {
        Cell::from(Chip::new("已齐", Tone::Good))
    } else {
        let names: Vec<&str> = needs.iter().map(|(name, _)| *name).collect();
        Cell::from(Chip::new(names.join("、"), Tone::Warn))
    };
    Row::new(vec![
        Cell::text((at + 1).to_string()),
        Cell::link(
            application.seal_name(),
            step_path(case.id, application.id, step),
        ),
        application.kind().map_or("—", SealKind::name).into(),
        format!("{} × {} 毫米", text(&draft.width), text(&draft.height)).into(),
        draft
            .medium
            .as_deref()
            .and_then(Medium::find)
            .map_or("—", Medium::name)
            .into(),
        chip,
    ])
}

/// What a form still needs that no sheet can hold, and the step of the wizard where it is given.
pub(super) fn needs(case: &Case, application: &Application) -> Vec<(&'static str, &'static str)> {
    let Some(kind) = application.kind() else {
        return vec![("申请电子印章类型", "matter")];
    };
    if !matches!(case.stage, Stage::Draft | Stage::Correction) {
        return Vec::new();
    }
    let draft = &application.draft;
    let changes: Vec<ChangeKind> = draft
        .changes
        .iter()
        .filter_map(|change| ChangeKind::find(change))
        .collect();
    let asked = |field: Field| field.usage(case.business, kind, &changes) == FieldUse::Asked;
    let mut needs = Vec::new();
    if asked(Field::Imprint) && draft.imprint.is_none() {
        needs.push(("印模", "imprint"));
    }
    if asked(Field::Request) && draft.request.is_none() {
        needs.push(("P10 设备证书请求", "papers"));
    }
    needs
}

/// The state of a form on the page of its case.
pub(super) fn state_chip(case: &Case, application: &Application) -> Chip {
    match needs(case, application).first() {
        Some((name, _)) => Chip::new(format!("待补充{name}"), Tone::Warn),
        None => words::case_chip(case),
    }
}
