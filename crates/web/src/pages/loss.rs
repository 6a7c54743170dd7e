//! Loss of control: reporting one seal or several at once, and what still has to follow.

use axum::extract::{Query, State};
use casework::{Role, SealId, UnitId};
use jiff::Timestamp;
use platform::ports::store::{FollowUp, PageRequest, SealFilter};
use platform::{RegisteredSeal, Reported};
use serde::Deserialize;

use super::seal::{acts, follow_up_case};
use super::{Answer, again, go, html};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Chip, Choice, Column, Empty, Field, FieldKind, Form, Link, Pager, Row, Table,
    Tone,
};
use crate::views::{ListPage, LossPage};

const HERE: &str = "/desk/loss";
const FOLLOW_UPS: &str = "/desk/losses";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    seal: Option<SealId>,
}

/// `GET /desk/loss`
pub(super) async fn page(
    State(app): State<App>,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let (unit, ticked) = match wanted.seal {
        Some(id) => {
            let seal = app.platform.seal(&desk.actor, id).await?;
            (Some(seal.record.unit), vec![id])
        }
        None => (None, Vec::new()),
    };
    html(&view(&app, &desk, unit, &ticked).await?)
}

/// `POST /desk/loss`
pub(super) async fn report(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let chosen: Vec<SealId> = fields
        .iter()
        .filter(|(_, value)| *value == "yes")
        .filter_map(|(name, _)| name.strip_prefix("seals-")?.parse().ok())
        .collect();
    let outcome = match acts::read("loss", &fields, &desk.actor) {
        Ok(Some(act)) => app
            .platform
            .report_losses(&desk.actor, &chosen, act)
            .await
            .map_err(Problem::from),
        Ok(None) => return Err(Problem::not_found()),
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(reported) => {
            let line = passed_over(&reported);
            let suspended: Vec<_> = reported
                .iter()
                .filter(|one| one.refused.is_none())
                .collect();
            let said = match suspended.as_slice() {
                [_] => "印章已立即停用并公示".to_owned(),
                all => format!("{} 枚印章已立即停用并公示", all.len()),
            };
            desk.say(&said, &line).await?;
            match suspended.as_slice() {
                [only] => go(&format!("/desk/seals/{}", only.seal)),
                _ => go(FOLLOW_UPS),
            }
        }
        Err(problem) if problem.can_be_put_right() => {
            let unit = fields.parsed::<UnitId>("unit");
            let mut page = view(&app, &desk, unit, &chosen).await?;
            page.frame.notices.push(problem.notice());
            if let Some(form) = &mut page.form {
                form.refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// What the next page says about seals that were left as they were.
fn passed_over(reported: &[Reported]) -> String {
    let left: Vec<_> = reported
        .iter()
        .filter_map(|one| one.refused.as_ref())
        .map(|refusal| refusal.message.clone())
        .collect();
    if left.is_empty() {
        "请尽快办理印章补办或印章撤销。".into()
    } else {
        format!(
            "请尽快办理印章补办或印章撤销。未变更：{}。",
            left.join("；")
        )
    }
}

/// `GET /desk/losses`
pub(super) async fn follow_ups(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<After>,
) -> Answer {
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after, 20);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.follow_ups(&desk.actor, &page).await?);
    }
    let found = pages.found();
    let mut table = table(&found.rows, &desk, app.platform.now());
    table.pager = Some(Pager {
        summary: format!("本页 {} 枚", found.rows.len()),
        first: later.then(|| FOLLOW_UPS.to_owned()),
        next: found
            .next
            .map(|next| format!("{FOLLOW_UPS}?after={}", form_encode(&next))),
    });
    let mut page = ListPage::new(
        desk.frame(&app, "停用印章跟进", FOLLOW_UPS),
        "已停用、还有事项待办的印章，最急的在前。逾期的请尽快办理。",
        table,
    );
    page.alarm = Some(Link::new(
        if of_unit(&desk) {
            "报告丢失、失控"
        } else {
            "登记电话报告"
        },
        HERE,
    ));
    listing.answer(page).await
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

async fn view(
    app: &App,
    desk: &Desk,
    unit: Option<UnitId>,
    ticked: &[SealId],
) -> Result<LossPage, Problem> {
    let now = app.platform.now();
    let own = of_unit(desk);
    let mut seals = Vec::new();
    let unit = if own {
        Some(desk.actor.post.unit)
    } else {
        unit
    };
    if let Some(unit) = unit {
        let filter = SealFilter {
            unit: Some(unit),
            ..SealFilter::default()
        };
        let most = PageRequest {
            after: None,
            limit: 200,
        };
        seals = app
            .platform
            .seal_register(&desk.actor, filter, &most)
            .await?
            .rows;
        seals.retain(|seal| platform::can_be_reported(seal, now));
    }
    let form = match unit {
        Some(unit) if !seals.is_empty() => Some(form(app, desk, unit, &seals, ticked, now).await?),
        _ => None,
    };
    let most = PageRequest {
        after: None,
        limit: 10,
    };
    let open = app.platform.follow_ups(&desk.actor, &most).await?;
    let (title, lead) = if own {
        (
            "报告丢失、失控",
            "印章丢失、被盗、口令泄露或失去控制时，不分昼夜立即在此报告：提交后印章当即停用并公示，补办或撤销的手续随后办理。",
        )
    } else {
        (
            "登记电话报告",
            "单位来电报告印章丢失、失控时，由您代为登记并立即停用；按单位备案的号码回拨核实，暂时无法回拨的先行停用、稍后补登。",
        )
    };
    let empty = if own {
        Empty::new(
            "seal",
            "没有可以停用的印章",
            "本单位没有正在使用的电子印章，无需报告。",
        )
        .next(Link::new("查看印章登记", "/desk/seals"))
    } else {
        Empty::new(
            "search",
            "请先找到来电单位的印章",
            "在全省印章登记中按单位、印章编码查找，打开印章后选「登记电话报告丢失、失控」，可同时停用该单位的其他印章。",
        )
        .next(Link::new("到全省印章登记查找", "/desk/seals"))
    };
    Ok(LossPage {
        frame: desk.frame(app, title, HERE),
        lead: lead.into(),
        form,
        empty,
        open: table(&open.rows, desk, now),
        all: Link::new("全部待跟进的印章", FOLLOW_UPS),
    })
}

async fn form(
    app: &App,
    desk: &Desk,
    unit: UnitId,
    seals: &[RegisteredSeal],
    ticked: &[SealId],
    now: Timestamp,
) -> Result<Form, Problem> {
    let choices = seals
        .iter()
        .map(|seal| {
            let record = &seal.record;
            let mut hint = format!("{} · {}", record.code, record.medium.name());
            if let Some(serial) = &record.key_serial {
                hint.push_str(&format!(" {serial}"));
            }
            Choice::new(record.id.to_string(), &record.name).hint(hint)
        })
        .collect();
    let ticked: Vec<_> = ticked.iter().map(ToString::to_string).collect();
    let mut form = Form::new(
        HERE,
        desk.csrf(),
        Button::primary("报告并立即停用").dangerous(),
    )
    .field(
        Field::new("seals", "丢失或失控的印章", FieldKind::Ticks(choices))
            .value(ticked.join(","))
            .help("可同时勾选多枚。"),
    );
    if !of_unit(desk) {
        let numbers = app.platform.numbers_on_file(&desk.actor, unit).await?;
        form = acts::call_fields(form, &numbers, now, true)
            .field(Field::hidden("unit", unit.to_string()));
    }
    let account = Field::new("loss-reason", "情况说明", FieldKind::Area)
        .with("maxlength", "500")
        .help("何时、何地、如何丢失或失控，是否可能已被他人使用。");
    Ok(form
        .field(account)
        .explain("停用后不能盖章，停用期间盖的章无效。印章找回的，可申请恢复使用，由中心审核。"))
}

fn table(seals: &[RegisteredSeal], desk: &Desk, now: Timestamp) -> Table {
    let own = of_unit(desk);
    let mut columns = vec![Column::new("印章").split("印章", "印章编码")];
    if !own {
        columns.push(Column::new("单位"));
    }
    columns.extend([
        Column::short("待办事项"),
        Column::short("期限").split("期限", "逾期"),
        Column::short("办理"),
    ]);
    let rows = seals
        .iter()
        .filter_map(|seal| {
            let (what, due) = seal.follow_up(now)?;
            Some(row(seal, what, due, desk, now))
        })
        .collect();
    Table::new(
        "停用印章跟进",
        columns,
        rows,
        Empty::new("ok", "没有待跟进的停用印章", ""),
    )
}

fn row(seal: &RegisteredSeal, what: FollowUp, due: Timestamp, desk: &Desk, now: Timestamp) -> Row {
    let record = &seal.record;
    let own = of_unit(desk);
    let page = format!("/desk/seals/{}", record.id);
    let mut cells = vec![Cell::link(&record.name, &page).with_sub(record.code.to_string())];
    if !own {
        cells.push(Cell::text(&record.unit_name));
    }
    let tone = match what {
        FollowUp::CallBack => Tone::Bad,
        FollowUp::Resumption => Tone::Info,
        FollowUp::Case => Tone::Warn,
    };
    cells.push(Chip::new(what.name(), tone).into());
    cells.push(match what {
        FollowUp::Case if now >= due => {
            let late = (now.as_second() - due.as_second()) / 86_400;
            let late = if late == 0 {
                "已逾期".to_owned()
            } else {
                format!("逾期 {late} 天")
            };
            Cell::chip(Chip::new(late, Tone::Bad)).with_sub(beijing::day(due))
        }
        FollowUp::Case => Cell::text(beijing::day(due)),
        FollowUp::CallBack | FollowUp::Resumption => {
            Cell::text(format!("已等 {}", beijing::waiting(due, now)))
        }
    });
    let agent = desk.actor.post.role == Role::Agent;
    cells.push(match what {
        FollowUp::Case if agent => {
            let link = follow_up_case(record.id, casework::BusinessType::Reissue);
            Cell::link(link.label, link.href)
        }
        _ if own => Cell::link("查看印章", page),
        FollowUp::CallBack => Cell::link("回拨核实", page),
        FollowUp::Resumption => Cell::link("审核恢复", page),
        FollowUp::Case => Cell::link("查看印章", page),
    });
    Row::new(cells)
}

fn of_unit(desk: &Desk) -> bool {
    matches!(desk.actor.post.role, Role::Agent | Role::UnitApprover)
}
