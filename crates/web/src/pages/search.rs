//! The search over everything that a person may see: a page, and the same as JSON for the box that answers while one
//! types.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use platform::Found;
use serde::{Deserialize, Serialize};

use super::{Answer, go, navigation, words};
use crate::app::App;
use crate::listing::Listing;
use crate::problem::form_encode;
use crate::session::Desk;
use crate::views::ListPage;
use crate::views::parts::{Cell, Chip, Column, Empty, Row, Table};

/// Hits of each kind on the page, and in the box.
const PAGE: u32 = 20;
const BOX: u32 = 6;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    q: Option<String>,
}

/// Something found.
#[derive(Debug, Serialize)]
struct Hit {
    title: String,
    detail: String,
    href: String,
    #[serde(skip)]
    kind: [String; 2],
    #[serde(skip)]
    unit: String,
    #[serde(skip)]
    chip: Option<Chip>,
}

/// Hits of one kind.
#[derive(Debug, Serialize)]
struct Group {
    name: &'static str,
    hits: Vec<Hit>,
}

/// `GET /desk/search.json`: the first hits of each kind, and the pages of this name.
pub(super) async fn hits(
    State(app): State<App>,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let text = wanted.q.unwrap_or_default().trim().to_owned();
    let found = app.platform.find(&desk.actor, &text, BOX).await?;
    let mut groups = groups(&app, &desk, found);
    groups.push(Group {
        name: "页面与动作",
        hits: pages(&desk, &text),
    });
    groups.retain(|group| !group.hits.is_empty());
    Ok(Json(groups).into_response())
}

/// `GET /desk/search`: everything that the text names, and straight to it when there is but one.
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let text = wanted.q.unwrap_or_default().trim().to_owned();
    if text.is_empty() {
        return go("/desk");
    }
    let found = app.platform.find(&desk.actor, &text, PAGE).await?;
    let hits: Vec<Hit> = groups(&app, &desk, found)
        .into_iter()
        .flat_map(|group| group.hits)
        .collect();
    if let [hit] = hits.as_slice() {
        return go(&hit.href);
    }
    let rows = hits.into_iter().map(|hit| {
        let [kind, detail] = hit.kind;
        Row::new(vec![
            Cell::link(hit.title, hit.href).with_sub(hit.detail),
            Cell::text(kind).with_sub(detail),
            hit.unit.into(),
            hit.chip.map_or_else(Cell::default, Cell::from),
        ])
    });
    let mut frame = desk.frame(&app, "搜索结果", "/desk");
    frame.query.clone_from(&text);
    let table = Table::new(
        "搜索结果",
        vec![
            Column::new("名称").split("编号或印章名称", "印章名称或编码"),
            Column::short("类别").split("类别", "业务或类型"),
            Column::new("单位"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new(
            "search",
            "没有找到",
            "请核对办件编号、印章编码或信用代码；单位和印章名称可只输入其中几个字。",
        ),
    );
    listing
        .answer(ListPage::new(frame, &format!("“{text}”"), table))
        .await
}

fn groups(app: &App, desk: &Desk, found: Found) -> Vec<Group> {
    let administers = desk.actor.post.role.is_administrative();
    let now = app.platform.now();
    let cases = found.cases.into_iter().map(|row| Hit {
        title: row.number,
        detail: row.title,
        href: format!("/desk/cases/{}", row.id),
        kind: ["办件".to_owned(), row.business.name().to_owned()],
        unit: row.unit_name,
        chip: Some(words::status_word_chip(&row.status)),
    });
    let seals = found.seals.into_iter().map(|seal| Hit {
        chip: Some(words::seal_chip(seal.state(now))),
        detail: seal.record.code.to_string(),
        href: format!("/desk/seals/{}", seal.record.id),
        kind: ["印章".to_owned(), seal.record.kind.name().to_owned()],
        title: seal.record.name,
        unit: seal.record.unit_name,
    });
    let units = found.units.into_iter().map(|unit| Hit {
        href: if administers {
            format!("/desk/admin/units/{}", unit.id)
        } else {
            format!("/desk/seals?q={}", form_encode(&unit.name))
        },
        title: unit.name.clone(),
        detail: unit.credit_code,
        kind: [
            "单位".to_owned(),
            if administers {
                "单位信息"
            } else {
                "单位的印章"
            }
            .to_owned(),
        ],
        unit: unit.name,
        chip: None,
    });
    let people = found.people.into_iter().map(|person| Hit {
        href: format!("/desk/admin/accounts/{}", person.id),
        title: person.name,
        detail: person.login,
        kind: ["人员".to_owned(), "账号与岗位".to_owned()],
        unit: String::new(),
        chip: None,
    });
    vec![
        Group {
            name: "办件",
            hits: cases.collect(),
        },
        Group {
            name: "印章",
            hits: seals.collect(),
        },
        Group {
            name: "单位",
            hits: units.collect(),
        },
        Group {
            name: "人员",
            hits: people.collect(),
        },
    ]
}

/// The pages of one's navigation whose name holds the text; all of them for none.
fn pages(desk: &Desk, text: &str) -> Vec<Hit> {
    navigation(desk.actor.post.role, "")
        .into_iter()
        .flat_map(|group| {
            let title = group.title;
            group.items.into_iter().map(move |item| Hit {
                title: item.link.label,
                detail: title.clone(),
                href: item.link.href,
                kind: Default::default(),
                unit: String::new(),
                chip: None,
            })
        })
        .filter(|hit| hit.title.contains(text))
        .collect()
}
