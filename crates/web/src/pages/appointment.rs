//! The on-site desk (现场办理): who comes on a day, who comes without an appointment, and booking a half hour.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use casework::{Act, ActKind, Case, CaseId, Role, Stage, appointment};
use jiff::Timestamp;
use jiff::civil::Date;
use platform::ports::store::{CaseRow, Page};
use serde::Deserialize;

use super::{Answer, again, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Act as ActView, Button, Cell, Chip, Choice, Column, Empty, Facts, Field, FieldKind, Form, Row,
    Table, Timeline, Tone,
};
use crate::views::{DeskPage, ListPage};

const HERE: &str = "/desk/appointments";
/// Days that the booking page lists.
const DAYS_SHOWN: usize = 12;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    day: Option<String>,
}

impl Wanted {
    fn day(&self) -> Option<Date> {
        self.day.as_deref()?.trim().parse().ok()
    }
}

/// `GET /desk/appointments`: the day's list.
pub(super) async fn day(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = list(&app, &desk, wanted.day()).await?;
    listing.answer(page).await
}

/// `POST /desk/appointments`: somebody is here without an appointment.
pub(super) async fn walk_in(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let number = fields.text("number").unwrap_or_default().to_owned();
    let outcome = take_in(&app, &desk, &number).await;
    match outcome {
        Ok(case) => {
            desk.say("已登记到场", "请核对来人、材料和 USB KEY 后办理。")
                .await?;
            go(&place(&case))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = list(&app, &desk, None).await?;
            for act in &mut page.acts {
                act.open = true;
                act.form
                    .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn take_in(app: &App, desk: &Desk, number: &str) -> Result<Case, Problem> {
    let view = app.platform.case_by_number(&desk.actor, number).await?;
    let at = appointment::slot_now(&app.platform.policy(), app.platform.now());
    let act = Act::BookAppointment { at };
    let view = app
        .platform
        .act(&desk.actor, view.case.id, None, act)
        .await?;
    Ok(view.case)
}

/// Where a case is handled at the desk.
fn place(case: &Case) -> String {
    let page = match case.stage {
        Stage::Collection => "/collection",
        Stage::OnSite => "/production",
        _ => "",
    };
    format!("/desk/cases/{}{page}", case.id)
}

async fn list(app: &App, desk: &Desk, day: Option<Date>) -> Result<ListPage, Problem> {
    let today = appointment::day_of(app.platform.now());
    let day = day.unwrap_or(today);
    let visitors = app.platform.visitors(&desk.actor, day).await?;
    let slots = app.platform.slots(day).await?;
    let policy = app.platform.policy();
    let found = Page {
        rows: visitors,
        next: None,
    };
    let rows = found.rows.iter().map(row);
    let taken: u32 = slots.iter().map(|slot| slot.taken).sum();
    let places = slots.len() * usize::from(policy.desk.capacity);
    let lead = if slots.is_empty() {
        format!("{}不是工作日，没有可预约的时段。", words_of(day))
    } else {
        format!(
            "{}：{} 个时段，可办 {places} 件，已预约 {taken} 件。开放时间为工作日 {}。",
            words_of(day),
            slots.len(),
            policy.desk.in_words()
        )
    };
    let table = Table::new(
        "到场名单",
        vec![
            Column::short("时段"),
            Column::short("办件编号"),
            Column::new("单位与印章").split("单位", "印章"),
            Column::short("业务"),
            Column::new("请核对"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new(
            "clock",
            "这一天没有预约",
            "经办人在办件页面预约后在此列出；没有预约的，按办件编号登记到场。",
        ),
    );
    let mut page = ListPage::new(desk.frame(app, "现场办理", HERE), &lead, table);
    page.filters = vec![
        Field::new("day", "日期", FieldKind::Input("date"))
            .optional()
            .value(day.to_string()),
    ];
    if desk.actor.post.role == Role::SealMaker {
        let form = Form::new(HERE, desk.csrf(), Button::primary("登记到场"))
            .explain("没有预约也可以办理：输入或扫描办件编号，直接进入该办件的现场办理或领取登记。")
            .field(
                Field::text("number", "办件编号")
                    .placeholder("如 闽印2026-000042-7")
                    .with("autocomplete", "off"),
            );
        page.acts = vec![ActView {
            id: "walk_in".into(),
            title: "登记到场（没有预约）".into(),
            icon: "person",
            danger: false,
            open: day == today,
            form,
        }];
    }
    Ok(page)
}

fn row((at, case): &(Timestamp, CaseRow)) -> Row {
    let (to_check, page) = match case.stage.as_str() {
        "collection" => (
            "介绍函（信）、加盖公章的身份证复印件、领取人本人",
            "/collection",
        ),
        "on_site" => ("USB KEY、申请材料", "/production"),
        _ => ("—", ""),
    };
    Row::new(vec![
        Cell::text(beijing::clock(*at)),
        Cell::link(&case.number, format!("/desk/cases/{}{page}", case.id)),
        Cell::text(&case.unit_name).with_sub(case.title.clone()),
        case.business.name().into(),
        to_check.into(),
        words::status_word_chip(&case.status).into(),
    ])
}

/// `GET /desk/cases/{case}/appointment`
pub(super) async fn choose(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    match booking(&app, &desk, id, wanted.day()).await? {
        Some(page) => html(&page),
        None => go(&format!("/desk/cases/{id}")),
    }
}

/// `POST /desk/cases/{case}/appointment`
pub(super) async fn book(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let act = if fields.text("do") == Some("cancel") {
        Some(Act::CancelAppointment)
    } else {
        fields
            .text("at")
            .and_then(beijing::parse)
            .map(|at| Act::BookAppointment { at })
    };
    let outcome = match act.clone() {
        Some(act) => app
            .platform
            .act(&desk.actor, id, None, act)
            .await
            .map_err(Problem::from),
        None => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "slot_missing",
            "请选择时段",
            "请选择一个可预约的时段，再提交。",
        )),
    };
    match outcome {
        Ok(view) => {
            match view.case.appointment {
                Some(at) => {
                    let line = format!("请于 {} 到办理点，带齐材料。", beijing::minute(at));
                    desk.say("预约成功", &line).await?;
                }
                None => desk.say("预约已取消", "需要时可以重新预约。").await?,
            }
            go(&format!("/desk/cases/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let day = match act {
                Some(Act::BookAppointment { at }) => Some(appointment::day_of(at)),
                _ => None,
            };
            let Some(mut page) = booking(&app, &desk, id, day).await? else {
                return Err(problem);
            };
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn booking(
    app: &App,
    desk: &Desk,
    id: CaseId,
    day: Option<Date>,
) -> Result<Option<DeskPage>, Problem> {
    let view = app.platform.case(&desk.actor, id).await?;
    if !view.allowed.contains(&ActKind::BookAppointment) {
        return Ok(None);
    }
    let case = &view.case;
    let policy = app.platform.policy();
    let days = appointment::bookable_days(&policy, app.platform.now());
    let here = format!("/desk/cases/{id}/appointment");
    let day = match day.filter(|day| days.contains(day)) {
        Some(day) => day,
        None => first_free(app, &days).await?,
    };
    let slots = app.platform.slots(day).await?;
    let choices: Vec<Choice> = slots
        .iter()
        .map(|slot| {
            let left = u32::from(policy.desk.capacity).saturating_sub(slot.taken);
            Choice {
                disabled: !slot.free,
                ..Choice::new(slot.at.to_string(), beijing::clock(slot.at)).hint(if slot.free {
                    format!("余 {left} 位")
                } else {
                    "不可约".to_owned()
                })
            }
        })
        .collect();
    let mut form = Form::new(here.clone(), desk.csrf(), Button::primary("预约这个时段"))
        .explain(format!(
            "{}，{}。{}",
            words_of(day),
            app.site().address,
            bring(case)
        ))
        .field(Field::new("at", "时段", FieldKind::Choice(choices)));
    if case.appointment.is_some() {
        form = form.button(Button {
            skips_checks: true,
            ..Button::other("取消预约", "do", "cancel")
        });
    }
    let act = ActView {
        id: "book_appointment".into(),
        title: format!("{}的时段", words_of(day)),
        icon: "clock",
        danger: false,
        open: true,
        form,
    };
    let rows = days.iter().take(DAYS_SHOWN).map(|other| {
        let label = words_of(*other);
        Row::new(vec![
            Cell::link(label, format!("{here}?day={other}")),
            if *other == day {
                Chip::new("正在查看", Tone::Info).into()
            } else {
                "".into()
            },
        ])
    });
    let now = case
        .appointment
        .map_or_else(|| "尚未预约".to_owned(), beijing::minute);
    Ok(Some(DeskPage {
        frame: desk
            .frame(app, "预约现场办理", "/desk")
            .below(&case.number.to_string(), &format!("/desk/cases/{id}")),
        chip: None,
        lead: format!("{}　{}", case.number, case.business.name()),
        actions: Vec::new(),
        acts: vec![act],
        facts: Facts::new()
            .with("现在的预约", now)
            .with("开放时间", format!("工作日 {}", policy.desk.in_words()))
            .with("办理地点", app.site().address.clone())
            .with("联系电话", app.site().phones.join("、")),
        table: Table::new(
            "可预约的日期",
            vec![Column::new("日期"), Column::short("")],
            rows.collect(),
            Empty::new("clock", "近期没有可预约的日期", "请电话联系办理点。"),
        ),
        timeline: Timeline::default(),
    }))
}

/// The first day on which a slot is free.
async fn first_free(app: &App, days: &[Date]) -> Result<Date, Problem> {
    for day in days {
        if app.platform.slots(*day).await?.iter().any(|slot| slot.free) {
            return Ok(*day);
        }
    }
    Ok(days
        .first()
        .copied()
        .unwrap_or_else(|| appointment::day_of(app.platform.now())))
}

fn bring(case: &Case) -> &'static str {
    if case.stage == Stage::Collection {
        "请领取人本人携带介绍函（或介绍信）和加盖公章的身份证复印件。"
    } else {
        "请携带 USB KEY 和申请材料。"
    }
}

/// 2026年11月23日 星期一
fn words_of(day: Date) -> String {
    const WEEK: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
    format!(
        "{}年{}月{}日 星期{}",
        day.year(),
        day.month(),
        day.day(),
        WEEK.get(weekday).copied().unwrap_or_default()
    )
}
