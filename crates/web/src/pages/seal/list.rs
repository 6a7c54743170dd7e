//! The seal register as a list: a unit's own, at the Center the province's.

use axum::extract::{Query, State};
use casework::{DivisionCode, Level, Medium, Role, SealKind, SealState, cities};
use jiff::SignedDuration;
use platform::RegisteredSeal;
use platform::ports::store::SealFilter;
use serde::Deserialize;

use crate::app::App;
use crate::beijing;
use crate::listing::Listing;
use crate::pages::{Answer, words};
use crate::problem::form_encode;
use crate::session::Desk;
use crate::views::ListPage;
use crate::views::parts::{
    Cell, Choice, Column, Empty, Field, FieldKind, Link, Pager, Row, Tab, Table, Tabs,
};

/// Counts in the tabs stop here.
const MOST_COUNTED: u32 = 1000;
/// 「即将到期」: within so many days.
const SOON: i64 = 60;

#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Wanted {
    q: Option<String>,
    state: Option<String>,
    kind: Option<String>,
    medium: Option<String>,
    city: Option<String>,
    level: Option<String>,
    soon: Option<String>,
    after: Option<String>,
}

impl Wanted {
    /// The filters that say something, as a query, without the state.
    fn query(&self) -> String {
        let named = [
            ("q", &self.q),
            ("kind", &self.kind),
            ("medium", &self.medium),
            ("city", &self.city),
            ("level", &self.level),
            ("soon", &self.soon),
        ];
        let mut query = String::new();
        for (name, value) in named {
            if let Some(value) = value.as_deref().map(str::trim).filter(|v| !v.is_empty()) {
                query.push_str(&format!("&{name}={}", form_encode(value)));
            }
        }
        query
    }

    fn state(&self) -> Option<SealState> {
        self.state.as_deref().and_then(SealState::find)
    }
}

/// `GET /desk/seals`
pub(in crate::pages) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let now = app.platform.now();
    let own = matches!(desk.actor.post.role, Role::Agent | Role::UnitApprover);
    let filter = SealFilter {
        unit: None,
        state: wanted.state().map(|state| (state, now)),
        expiring: (wanted.soon.as_deref() == Some("yes"))
            .then(|| (now, now + SignedDuration::from_hours(24 * SOON))),
        kind: wanted.kind.as_deref().and_then(SealKind::find),
        medium: wanted.medium.as_deref().and_then(Medium::find),
        city: wanted
            .city
            .as_deref()
            .and_then(|code| code.parse::<DivisionCode>().ok()),
        level: wanted.level.as_deref().and_then(level_of),
        text: wanted.q.clone(),
    };
    let filtered = filter != SealFilter::default();
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after.clone(), 20);
    while let Some(page) = pages.wanted() {
        let found = app
            .platform
            .seal_register(&desk.actor, filter.clone(), &page)
            .await?;
        pages.put(found);
    }
    let found = pages.found();
    let empty = if filtered {
        ListPage::nothing_found()
    } else {
        let empty = Empty::new(
            "seal",
            "还没有电子印章",
            "办理印章申请并领取后，印章在此登记。",
        );
        if desk.actor.post.role == Role::Agent {
            empty.next(Link::new("发起申请", "/desk/cases/new"))
        } else {
            empty
        }
    };
    let mut columns = vec![Column::new("印章名称").split("印章名称", "印章编码")];
    if own {
        columns.push(Column::short("持有人"));
    } else {
        columns.push(Column::new("单位").split("单位", "统一社会信用代码"));
    }
    columns.extend([
        Column::short("类型").split("类型", "功能"),
        Column::short("介质").split("介质", "介质序列号"),
        Column::short("状态"),
        Column::short("有效期至").split("有效期至", "剩余"),
    ]);
    let rows = found
        .rows
        .iter()
        .map(|seal| row(&app, seal, own, now))
        .collect();
    let mut table = Table::new("印章登记", columns, rows, empty);
    let state = wanted.state().map_or("", SealState::code);
    let base = format!("/desk/seals?state={state}{}", wanted.query());
    table.pager = Some(Pager {
        summary: format!("本页 {} 枚", found.rows.len()),
        first: later.then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let (title, lead) = if own {
        (
            "印章登记",
            "本单位全部电子印章的状态、有效期、介质和历史。丢失、失控请立即报告，印章随即停用。",
        )
    } else {
        ("全省印章登记", "全省电子印章的状态、有效期、介质和历史。")
    };
    let mut page = ListPage::new(desk.frame(&app, title, "/desk/seals"), lead, table);
    if own {
        page.alarm = Some(Link::new("报告丢失、失控", "/desk/loss"));
    }
    if desk.actor.post.role == Role::Agent {
        page.actions = super::offers::doors();
    }
    let counts = app
        .platform
        .seal_counts(&desk.actor, filter, MOST_COUNTED)
        .await?;
    page.tabs = Some(Tabs {
        label: "印章状态".into(),
        tabs: counts
            .into_iter()
            .map(|(state, count)| Tab {
                label: state.map_or("全部", SealState::name).into(),
                href: format!(
                    "/desk/seals?state={}{}",
                    state.map_or("", SealState::code),
                    wanted.query()
                ),
                count: count.map(|count| {
                    if count >= MOST_COUNTED {
                        format!("{}+", MOST_COUNTED - 1)
                    } else {
                        count.to_string()
                    }
                }),
                current: state == wanted.state(),
                hot: state == Some(SealState::Suspended) && count.is_some_and(|count| count > 0),
            })
            .collect(),
    });
    page.filters = filters(&wanted, own, state);
    listing.answer(page).await
}

fn row(app: &App, seal: &RegisteredSeal, own: bool, now: jiff::Timestamp) -> Row {
    let record = &seal.record;
    let second = if own {
        let holder = record.holder.as_ref().map(|holder| holder.name.clone());
        Cell::text(holder.unwrap_or_else(|| "单位".into()))
    } else {
        Cell::text(&record.unit_name).with_sub(record.credit_code.to_string())
    };
    let policy = app.platform.policy();
    let mut medium = Cell::text(record.medium.name());
    if let Some(serial) = &record.key_serial {
        medium = medium.with_sub(serial.clone());
    }
    let mut until = Cell::text(beijing::day(record.valid_until));
    let left = (record.valid_until.as_second() - now.as_second()) / 86_400;
    if (0..=SOON).contains(&left) && record.valid_until > now {
        until = until.with_sub(format!("剩 {left} 天"));
    }
    Row::new(vec![
        Cell::link(&record.name, format!("/desk/seals/{}", record.id))
            .with_sub(record.code.to_string()),
        second,
        Cell::text(record.kind.name()).with_sub(policy.function_name(&record.function).to_owned()),
        medium,
        words::seal_chip(seal.state(now)).into(),
        until,
    ])
}

fn filters(wanted: &Wanted, own: bool, state: &str) -> Vec<Field> {
    let select = |name: &str, label: &str, choices: Vec<Choice>, value: &Option<String>| {
        Field::new(name, label, FieldKind::Select(choices))
            .optional()
            .value(value.clone().unwrap_or_default())
    };
    let all = |name: &str| vec![Choice::new("", format!("全部{name}"))];
    let mut search = Field::new("q-filter", "关键字", FieldKind::Input("search"))
        .optional()
        .value(wanted.q.clone().unwrap_or_default())
        .placeholder(if own {
            "印章编码、印章名称、证书或介质序列号"
        } else {
            "印章编码、名称、单位、信用代码、证书或介质序列号"
        })
        .growing();
    search.name = "q".into();
    let mut kinds = all("类型");
    kinds.extend(
        SealKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.code(), kind.name())),
    );
    let mut media = all("介质");
    media.extend(
        Medium::ALL
            .iter()
            .map(|medium| Choice::new(medium.code(), medium.name())),
    );
    let mut fields = vec![
        search,
        select("kind", "印章类型", kinds, &wanted.kind),
        select("medium", "介质", media, &wanted.medium),
    ];
    if !own {
        let mut places = all("地市");
        places.extend(
            cities()
                .iter()
                .map(|city| Choice::new(city.code.to_string(), city.name)),
        );
        let mut levels = all("层级");
        levels.extend(
            Level::ALL
                .iter()
                .map(|level| Choice::new(level_code(*level), level.name())),
        );
        fields.push(select("city", "所属地市", places, &wanted.city));
        fields.push(select("level", "层级", levels, &wanted.level));
    }
    let soon = vec![
        Choice::new("", "不限"),
        Choice::new("yes", format!("{SOON} 日内到期")),
    ];
    fields.push(select("soon", "到期", soon, &wanted.soon));
    fields.push(Field::hidden("state", state));
    fields
}

fn level_code(level: Level) -> &'static str {
    match level {
        Level::Province => "province",
        Level::City => "city",
        Level::County => "county",
    }
}

fn level_of(code: &str) -> Option<Level> {
    Level::ALL
        .into_iter()
        .find(|level| level_code(*level) == code)
}
