//! Hand-over (汇总递交): a consolidator sends several cases to the Center together.

use axum::extract::State;
use axum::http::StatusCode;
use casework::{Act, BundleId, CaseId};
use platform::CaseTab;
use platform::ports::store::PageRequest;
use uuid::Uuid;

use super::{Answer, again, go, words};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Cell, Column, Empty, Notice, Row, Rule, Table, Tone};
use crate::views::{ListPage, PickForm};

/// `GET /desk/hand-over`
pub(super) async fn page(State(app): State<App>, listing: Listing, desk: Desk) -> Answer {
    listing.answer(view(&app, &desk).await?).await
}

/// `POST /desk/hand-over`: each case by itself; those that cannot go are named, the others go.
pub(super) async fn hand_over(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let chosen: Vec<CaseId> = fields
        .all("case")
        .filter_map(|id| id.parse().ok())
        .collect();
    let bundle = BundleId::from_uuid(Uuid::now_v7());
    let mut sent = 0;
    let mut refused = Vec::new();
    for id in &chosen {
        match app
            .platform
            .act(&desk.actor, *id, None, Act::HandOver { bundle })
            .await
            .map_err(Problem::from)
        {
            Ok(_) => sent += 1,
            Err(problem) if problem.can_be_put_right() => refused.push(problem),
            Err(problem) => return Err(problem),
        }
    }
    if refused.is_empty() && sent > 0 {
        desk.say(
            &format!("已递交 {sent} 个办件"),
            "请将对应的纸质原件一并寄送或送达福建省经济信息中心。",
        )
        .await?;
        return go("/desk/hand-over");
    }
    let mut page = view(&app, &desk).await?;
    let notice = if chosen.is_empty() {
        Notice::new(Tone::Bad, "请先勾选要递交的办件").code("nothing_chosen")
    } else {
        let title = format!("已递交 {sent} 个，{} 个没有递交", refused.len());
        refused
            .iter()
            .fold(Notice::new(Tone::Bad, title), |notice, problem| {
                notice.line(format!("{}（{}）", problem.sentence, problem.code))
            })
    };
    page.frame.notices.push(notice);
    again(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn view(app: &App, desk: &Desk) -> Result<ListPage, Problem> {
    let request = PageRequest {
        after: None,
        limit: 100,
    };
    let found = app
        .platform
        .cases(&desk.actor, CaseTab::Mine, None, None, &request)
        .await?;
    let now = app.platform.now();
    let rows = found.rows.iter().map(|row| {
        Row::picked_as(
            vec![
                Cell::link(&row.number, format!("/desk/cases/{}", row.id)),
                Cell::text(&row.title).with_sub(row.unit_name.clone()),
                row.business.name().into(),
                words::status_word_chip(&row.status).into(),
                format!(
                    "{}，已 {}",
                    beijing::day(row.turn_since),
                    beijing::waiting(row.turn_since, now)
                )
                .into(),
            ],
            row.id.to_string(),
        )
    });
    let mut table = Table::new(
        "待递交的办件",
        vec![
            Column::short("办件编号"),
            Column::new("印章与单位").split("印章", "单位"),
            Column::short("业务"),
            Column::short("状态"),
            Column::short("收到"),
        ],
        rows.collect(),
        Empty::new(
            "truck",
            "没有待递交的办件",
            "所属单位递交后，在此核对、汇总。",
        ),
    );
    table.pick = Some("case".into());
    let lead = "核对材料后勾选，几个办件一次递交中心；有问题的在办件页面退回经办人。";
    let mut page = ListPage::new(desk.frame(app, "汇总递交", "/desk/hand-over"), lead, table);
    page.pick = Some(PickForm {
        action: "/desk/hand-over".into(),
        title: format!("递交{}", app.site().operator),
        fields: Vec::new(),
        rules: vec![Rule {
            text: "递交前请核对每个办件的纸质材料齐全，并随本次递交一并寄送".into(),
            met: true,
        }],
        button: "递交勾选的办件".into(),
    });
    Ok(page)
}
