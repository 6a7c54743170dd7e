//! Units, for the system administrator to enter and change; the Center and the administrators see them.

use axum::extract::{Path, Query, State};
use casework::{City, CreditCode, DivisionCode, Level, Role, Unit, UnitId, cities};
use platform::ports::store::UnitFilter;
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, again, go, html};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Choice, Column, Empty, Facts, Field, FieldKind, Form, Link, Pager, Row, Table,
};
use crate::views::{Block, ListPage, SheetPage};

const LIST: &str = "/desk/admin/units";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    text: Option<String>,
    city: Option<String>,
    level: Option<String>,
    after: Option<String>,
}

/// `GET /desk/admin/units`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let some = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
    let filter = UnitFilter {
        text: some(&wanted.text),
        city: some(&wanted.city),
        county: None,
        level: some(&wanted.level),
    };
    let mut pages = listing.pages(wanted.after.clone(), 50);
    while let Some(page) = pages.wanted() {
        let found = app.platform.units_page(&desk.actor, &filter, &page).await?;
        pages.put(found);
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|unit| {
        Row::new(vec![
            Cell::link(&unit.full_name, format!("{LIST}/{}", unit.id))
                .with_sub(unit.credit_code.to_string()),
            unit.county.full_name().into(),
            unit.level.name().into(),
            Cell::text(&unit.competent_office).with_sub(unit.leader_in_charge.clone()),
        ])
    });
    let mut table = Table::new(
        "单位",
        vec![
            Column::new("单位名称与代码").split("单位名称", "统一社会信用代码"),
            Column::short("所属地区"),
            Column::short("级别"),
            Column::new("主管处室与分管领导").split("主管处室", "分管领导"),
        ],
        rows.collect(),
        ListPage::nothing_found(),
    );
    let part = |value: &Option<String>| form_encode(value.as_deref().unwrap_or_default());
    let base = format!(
        "{LIST}?text={}&city={}&level={}",
        part(&wanted.text),
        part(&wanted.city),
        part(&wanted.level)
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 个单位", found.rows.len()),
        first: wanted.after.is_some().then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let mut page = ListPage::new(
        desk.frame(&app, "单位", LIST),
        "使用政务电子印章的单位；更名后原名称仍可查。",
        table,
    );
    if desk.actor.post.role == Role::SystemAdministrator {
        page.actions = vec![Link::new("登记单位", format!("{LIST}/new"))];
    }
    let any = |label: &str| std::iter::once(Choice::new("", label));
    let city = |city: &City| Choice::new(city.code.to_string(), city.name);
    let level = |level: Level| Choice::new(level.code(), level.name());
    page.filters = vec![
        Field::text("text", "名称或信用代码")
            .optional()
            .value(wanted.text.unwrap_or_default())
            .growing(),
        Field::new(
            "city",
            "所属地市",
            FieldKind::Select(any("全部地市").chain(cities().iter().map(city)).collect()),
        )
        .optional()
        .value(wanted.city.unwrap_or_default()),
        Field::new(
            "level",
            "级别",
            FieldKind::Select(any("全部级别").chain(Level::ALL.map(level)).collect()),
        )
        .optional()
        .value(wanted.level.unwrap_or_default()),
    ];
    listing.answer(page).await
}

/// `GET /desk/admin/units/{unit}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<UnitId>) -> Answer {
    let role = desk.actor.post.role;
    if !role.is_administrative() && !role.is_center() {
        return Err(Problem::forbidden());
    }
    let unit = app.platform.unit(id).await?;
    let history = app.platform.unit_history(id).await?;
    let filings = app.platform.filings(&desk.actor, id).await?;
    let rows = history.iter().map(|(from, unit)| {
        Row::new(vec![
            beijing::minute(*from).into(),
            Cell::text(&unit.full_name).with_sub(unit.credit_code.to_string()),
            Cell::text(&unit.competent_office).with_sub(unit.leader_in_charge.clone()),
        ])
    });
    let mut page = SheetPage::new(
        desk.frame(&app, &unit.full_name, LIST).below("单位", LIST),
        "",
    )
    .with(Block::Facts("单位信息".into(), facts(&app, &unit).await))
    .with(Block::List(super::unit_people::filings_table(&filings)))
    .with(Block::List(Table::new(
        "变更历史",
        vec![
            Column::short("自何时起"),
            Column::new("单位名称与代码"),
            Column::new("主管处室与分管领导"),
        ],
        rows.collect(),
        Empty::new("clock", "没有变更", ""),
    )));
    if role == Role::SystemAdministrator {
        page.actions = vec![Link::new("变更单位信息", format!("{LIST}/{id}/edit"))];
    }
    html(&page)
}

/// The facts of a unit.
pub(super) async fn facts(app: &App, unit: &Unit) -> Facts {
    let name = async |id: Option<UnitId>| match id {
        Some(id) => app.platform.unit(id).await.ok().map(|unit| unit.full_name),
        None => None,
    };
    Facts::new()
        .with("单位名称", unit.full_name.clone())
        .with("统一社会信用代码", Cell::mono(unit.credit_code.to_string()))
        .with("所属地市", unit.city.city().name)
        .with("所属县/区", unit.county.county_name())
        .with("级别", unit.level.name())
        .with_some("上级单位", name(unit.parent).await)
        .with_some("汇总办理单位", name(unit.consolidator).await)
        .with("主管处（室）", unit.competent_office.clone())
        .with("分管领导", unit.leader_in_charge.clone())
}

/// `GET /desk/admin/units/new`
pub(super) async fn begin(State(app): State<App>, desk: Desk) -> Answer {
    administrators(&desk)?;
    html(&form_page(&app, &desk, None, None).await?)
}

/// `POST /desk/admin/units/new`
pub(super) async fn create(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = match read(&app, &fields, UnitId::from_uuid(Uuid::now_v7())).await {
        Ok(unit) => app.platform.create_unit(&desk.actor, unit).await,
        Err(error) => Err(error),
    };
    match outcome.map_err(Problem::from) {
        Ok(id) => {
            desk.say("单位已登记", "").await?;
            go(&format!("{LIST}/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = form_page(&app, &desk, None, Some(&fields)).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/admin/units/{unit}/edit`
pub(super) async fn edit(State(app): State<App>, desk: Desk, Path(id): Path<UnitId>) -> Answer {
    administrators(&desk)?;
    let unit = app.platform.unit(id).await?;
    html(&form_page(&app, &desk, Some(&unit), None).await?)
}

/// `POST /desk/admin/units/{unit}/edit`
pub(super) async fn change(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<UnitId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let former = app.platform.unit(id).await?;
    let outcome = match read(&app, &fields, id).await {
        Ok(unit) => app.platform.edit_unit(&desk.actor, &former, unit).await,
        Err(error) => Err(error),
    };
    match outcome.map_err(Problem::from) {
        Ok(()) => {
            desk.say("单位信息已变更", "原名称保留在变更历史中。")
                .await?;
            go(&format!("{LIST}/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = form_page(&app, &desk, Some(&former), Some(&fields)).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn administrators(desk: &Desk) -> Result<(), Problem> {
    if desk.actor.post.role == Role::SystemAdministrator {
        Ok(())
    } else {
        Err(Problem::forbidden())
    }
}

async fn form_page(
    app: &App,
    desk: &Desk,
    unit: Option<&Unit>,
    typed: Option<&Fields>,
) -> Result<SheetPage, Problem> {
    let action = match unit {
        Some(unit) => format!("{LIST}/{}/edit", unit.id),
        None => format!("{LIST}/new"),
    };
    let code_of = async |id: Option<UnitId>| match id {
        Some(id) => app
            .platform
            .unit(id)
            .await
            .map(|unit| unit.credit_code.to_string())
            .unwrap_or_default(),
        None => String::new(),
    };
    let value = |read: fn(&Unit) -> String| unit.map(read).unwrap_or_default();
    let places = cities().iter().flat_map(|city| {
        city.county_choices().map(move |county| {
            let label = if county.name == city.name || city.code == DivisionCode::PROVINCE {
                city.name.to_owned()
            } else {
                format!("{} · {}", city.name, county.name)
            };
            Choice::new(county.code.to_string(), label)
        })
    });
    let levels = Level::ALL.map(|level| Choice::new(level.code(), level.name()));
    let mut form = Form::new(action, desk.csrf(), Button::primary("保存"))
        .field(Field::text("full_name", "单位名称").value(value(|unit| unit.full_name.clone())))
        .field(
            Field::text("credit_code", "统一社会信用代码")
                .help("18 位，末位为校验码。")
                .value(value(|unit| unit.credit_code.to_string())),
        )
        .field(
            Field::new(
                "county",
                "所属地市、县/区",
                FieldKind::Select(places.collect()),
            )
            .value(value(|unit| unit.county.to_string())),
        )
        .field(
            Field::new("level", "级别", FieldKind::Choice(levels.into()))
                .value(value(|unit| unit.level.code().to_owned())),
        )
        .field(
            Field::text("parent", "上级单位的统一社会信用代码")
                .optional()
                .value(code_of(unit.and_then(|unit| unit.parent)).await),
        )
        .field(
            Field::text("consolidator", "汇总办理单位的统一社会信用代码")
                .optional()
                .help("设区市、县（区）单位必填：所在设区市数字办或平潭综合实验区行政审批局。")
                .value(code_of(unit.and_then(|unit| unit.consolidator)).await),
        )
        .field(
            Field::text("competent_office", "电子印章主管处（室）")
                .value(value(|unit| unit.competent_office.clone())),
        )
        .field(
            Field::text("leader_in_charge", "分管领导")
                .value(value(|unit| unit.leader_in_charge.clone())),
        );
    if let Some(fields) = typed {
        form.refill(&|name| fields.raw(name).map(ToOwned::to_owned));
    }
    let title = if unit.is_some() {
        "变更单位信息"
    } else {
        "登记单位"
    };
    Ok(SheetPage::new(
        desk.frame(app, title, LIST).below("单位", LIST),
        "办件和印章保留当时的单位名称。",
    )
    .with(Block::Form("单位信息".into(), form)))
}

async fn read(app: &App, fields: &Fields, id: UnitId) -> Result<Unit, platform::Error> {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let other = async |name: &str| -> Result<Option<UnitId>, platform::Error> {
        let Some(code) = fields.text(name) else {
            return Ok(None);
        };
        let code: CreditCode = code.parse()?;
        match app.platform.unit_by_credit_code(&code).await {
            Ok(unit) => Ok(Some(unit.id)),
            Err(platform::Error::NotFound(_)) => Err(platform::Error::refused(
                "unit_unknown",
                format!("没有登记统一社会信用代码为 {code} 的单位，请核对。"),
            )),
            Err(error) => Err(error),
        }
    };
    let county: DivisionCode = text("county").parse()?;
    let level = Level::ALL
        .into_iter()
        .find(|level| level.code() == text("level"));
    Ok(Unit {
        id,
        full_name: text("full_name"),
        credit_code: text("credit_code").parse()?,
        city: county.city().code,
        county,
        level: level
            .ok_or_else(|| platform::Error::refused("level_missing", "请选择单位级别。"))?,
        parent: other("parent").await?,
        competent_office: text("competent_office"),
        leader_in_charge: text("leader_in_charge"),
        consolidator: other("consolidator").await?,
    })
}
