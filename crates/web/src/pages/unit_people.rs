//! A unit's own page: its facts, its filing with the Center, its people and their deputies.

use axum::extract::{Path, State};
use casework::{DeputyId, Deputyship, FilingId, Post, Principal, Role, UnitFiling};
use platform::{DeputyWish, OfficeWish, PostChange};

use super::{Answer, account, again, go, html, unit};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Act, Button, Cell, Chip, Choice, Column, Empty, Field, FieldKind, Form, Row, Table, Tone,
};
use crate::views::{Block, SheetPage};

const HERE: &str = "/desk/unit";

/// `GET /desk/unit`
pub(super) async fn page(State(app): State<App>, desk: Desk) -> Answer {
    html(&view(&app, &desk).await?)
}

/// `POST /desk/unit/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path(act): Path<String>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    match perform(&app, &desk, &act, &fields)
        .await
        .map_err(Problem::from)
    {
        Ok(said) => {
            desk.say(said, "").await?;
            go(HERE)
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk).await?;
            for block in &mut page.blocks {
                if let Block::Acts(acts) = block {
                    for open in acts.iter_mut().filter(|open| open.id == act) {
                        open.open = true;
                        open.form
                            .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
                    }
                }
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn perform(
    app: &App,
    desk: &Desk,
    act: &str,
    fields: &Fields,
) -> Result<&'static str, platform::Error> {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let platform = &app.platform;
    let actor = &desk.actor;
    match act {
        "file" => {
            let people = platform.colleagues(actor).await?;
            let named = people
                .iter()
                .filter(|person| fields.raw(&format!("approvers-{}", person.id)).is_some());
            let wish = OfficeWish {
                competent_office: text("competent_office"),
                leader_in_charge: text("leader_in_charge"),
                approvers: named.map(|person| person.id).collect(),
                remark: fields.text("remark").map(ToOwned::to_owned),
            };
            platform.file_office(actor, wish).await?;
            Ok("已报备，待中心确认")
        }
        "deputy" => {
            let missing =
                || platform::Error::refused("deputy_incomplete", "请选择岗位、代理人和起止时间。");
            let post = text("post");
            let (principal, role) = post.split_once('.').ok_or_else(missing)?;
            let wish = DeputyWish {
                post: Post {
                    role: Role::from_code(role).ok_or_else(missing)?,
                    unit: actor.post.unit,
                },
                principal: principal.parse().map_err(|_| missing())?,
                deputy: fields.parsed("deputy").ok_or_else(missing)?,
                from: beijing::parse(&text("from")).ok_or_else(missing)?,
                until: beijing::parse(&text("until")).ok_or_else(missing)?,
                reason: text("reason"),
            };
            platform.set_deputy(actor, wish).await?;
            Ok("代理已设定，到期自动结束")
        }
        "end" => {
            let id: DeputyId = fields
                .parsed("deputyship")
                .ok_or(platform::Error::NotFound("deputy"))?;
            platform.end_deputy(actor, id).await?;
            Ok("代理已结束")
        }
        "agent" | "leave" => {
            let people = platform.colleagues(actor).await?;
            let chosen = |name: &str| people.iter().find(|p| p.id.to_string() == text(name));
            let person = chosen("person")
                .ok_or_else(|| platform::Error::refused("person_missing", "请选择人员。"))?;
            let post = Post {
                role: Role::Agent,
                unit: actor.post.unit,
            };
            let (add, remove) = if act == "agent" {
                (vec![post], Vec::new())
            } else {
                (Vec::new(), vec![post])
            };
            let change = PostChange {
                person: Principal {
                    person: person.id,
                    name: person.name.clone(),
                },
                add,
                remove,
                leaving: false,
                successor: chosen("successor").map(|person| Principal {
                    person: person.id,
                    name: person.name.clone(),
                }),
            };
            platform
                .propose_posts(actor, change, &text("reason"))
                .await?;
            Ok("已提请，待安全管理员审核")
        }
        _ => Err(platform::Error::NotFound("act")),
    }
}

async fn view(app: &App, desk: &Desk) -> Result<SheetPage, Problem> {
    let role = desk.actor.post.role;
    let own = app.platform.unit(desk.actor.post.unit).await?;
    let people = app.platform.colleagues(&desk.actor).await?;
    let deputies = app.platform.deputies(&desk.actor).await?;
    let filings = app.platform.filings(&desk.actor, own.id).await?;
    let rows = people.iter().map(|person| {
        let posts: Vec<_> = person
            .posts
            .iter()
            .filter(|view| view.post.unit == own.id)
            .map(|view| view.post.role.name())
            .collect();
        Row::new(vec![
            person.name.clone().into(),
            posts.join("、").into(),
            person
                .mobile
                .as_ref()
                .map(casework::Mobile::masked)
                .unwrap_or_default()
                .into(),
            if person.disabled {
                Chip::new("已停用", Tone::Neutral)
            } else {
                Chip::new("在岗", Tone::Good)
            }
            .into(),
        ])
    });
    let mut page = SheetPage::new(
        desk.frame(app, "本单位与人员", HERE),
        "单位信息、向中心的备案、人员与岗位、外出期间的代理。",
    )
    .with(Block::Facts(
        "单位信息".into(),
        unit::facts(app, &own).await,
    ))
    .with(Block::List(Table::new(
        "人员与岗位",
        vec![
            Column::new("姓名"),
            Column::new("岗位"),
            Column::short("手机号"),
            Column::short("状态"),
        ],
        rows.collect(),
        account::nobody(),
    )))
    .with(Block::List(deputies_table(&deputies, app.platform.now())))
    .with(Block::List(filings_table(&filings)));
    let person = |person: &platform::Account| Choice::new(person.id.to_string(), &person.name);
    let form = |act: &str, label: &str| {
        Form::new(format!("{HERE}/{act}"), desk.csrf(), Button::primary(label))
    };
    let act = |id: &str, title: &str, icon, form| Act {
        id: id.into(),
        title: title.into(),
        icon,
        danger: false,
        open: false,
        form,
    };
    let mut acts = Vec::new();
    let posts: Vec<_> = people
        .iter()
        .flat_map(|person| {
            person
                .posts
                .iter()
                .filter(|view| view.post.unit == own.id && !view.post.role.is_administrative())
                .map(move |view| {
                    Choice::new(
                        format!("{}.{}", person.id, view.post.role.code()),
                        format!("{}（{}）", person.name, view.post.role.name()),
                    )
                })
        })
        .collect();
    if !role.is_administrative() {
        let moment =
            |name: &str, label: &str| Field::new(name, label, FieldKind::Input("datetime-local"));
        acts.push(act(
            "set-deputy",
            "设定代理",
            "people",
            form("deputy", "设定代理")
                .explain(
                    "本人外出时由他人代行岗位；代理人办理的每一步都注明「代某某」，到期自动结束。",
                )
                .field(Field::new("post", "被代理的岗位", FieldKind::Select(posts)))
                .field(Field::new(
                    "deputy",
                    "代理人",
                    FieldKind::Select(people.iter().map(person).collect()),
                ))
                .field(moment("from", "从").value(beijing::field(app.platform.now())))
                .field(moment("until", "到"))
                .field(Field::text("reason", "事由")),
        ));
    }
    let running: Vec<_> = deputies
        .iter()
        .filter(|one| one.ended.is_none() && one.until > app.platform.now())
        .map(|one| {
            Choice::new(
                one.id.to_string(),
                format!("{}代{}", one.deputy.name, one.principal.name),
            )
        })
        .collect();
    if !running.is_empty() {
        acts.push(act(
            "end",
            "提前结束代理",
            "cross",
            form("end", "结束代理").field(Field::new(
                "deputyship",
                "代理",
                FieldKind::Select(running),
            )),
        ));
    }
    if matches!(role, Role::Agent | Role::UnitApprover) {
        let approvers: Vec<_> = people
            .iter()
            .filter(|person| {
                person
                    .posts
                    .iter()
                    .any(|view| view.post.role == Role::UnitApprover && view.post.unit == own.id)
            })
            .map(person)
            .collect();
        acts.push(act(
            "file",
            "报备主管处室和分管领导",
            "upload",
            form("file", "报备")
                .field(
                    Field::text("competent_office", "电子印章主管处（室）")
                        .value(&own.competent_office),
                )
                .field(Field::text("leader_in_charge", "分管领导").value(&own.leader_in_charge))
                .field(Field::new(
                    "approvers",
                    "单位审批人",
                    FieldKind::Ticks(approvers),
                ))
                .field(Field::text("remark", "备注").optional()),
        ));
    }
    if role == Role::UnitApprover {
        let everyone = || FieldKind::Select(people.iter().map(person).collect());
        let or_nobody = || {
            let nobody = std::iter::once(Choice::new("", "无"));
            FieldKind::Select(nobody.chain(people.iter().map(person)).collect())
        };
        acts.push(act(
            "agent",
            "提请增加经办人",
            "person",
            form("agent", "提请")
                .explain("没有账号的人员请联系系统管理员建立账号。")
                .field(Field::new("person", "人员", everyone()))
                .field(Field::text("reason", "事由")),
        ));
        acts.push(act(
            "leave",
            "提请撤销经办人岗位",
            "exit",
            form("leave", "提请")
                .field(Field::new("person", "人员", everyone()))
                .field(Field::new("successor", "接手办件的经办人", or_nobody()).optional())
                .field(Field::text("reason", "事由")),
        ));
    }
    page.blocks.insert(1, Block::Acts(acts));
    Ok(page)
}

fn deputies_table(deputies: &[Deputyship], now: jiff::Timestamp) -> Table {
    let rows = deputies.iter().map(|one| {
        let chip = if one.in_force(now) {
            Chip::new("代理中", Tone::Info)
        } else if one.ended.is_none() && now < one.from {
            Chip::new("未开始", Tone::Warn)
        } else {
            Chip::new("已结束", Tone::Neutral)
        };
        Row::new(vec![
            Cell::text(format!("{}代{}", one.deputy.name, one.principal.name))
                .with_sub(one.reason.clone()),
            one.post.role.name().into(),
            Cell::text(beijing::minute(one.from))
                .with_sub(format!("至 {}", beijing::minute(one.until))),
            one.set_by.name.clone().into(),
            chip.into(),
        ])
    });
    Table::new(
        "代理",
        vec![
            Column::new("代理与事由").split("代理", "事由"),
            Column::short("岗位"),
            Column::short("起止"),
            Column::short("设定人"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new("people", "没有代理", "外出时可指定本单位人员代行岗位。"),
    )
}

/// The filings of a unit.
pub(super) fn filings_table(filings: &[UnitFiling]) -> Table {
    let rows = filings.iter().map(|filing| {
        let names: Vec<_> = filing
            .approvers
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let tone = match &filing.answer {
            None => Tone::Warn,
            Some(answer) if answer.sent_back.is_some() => Tone::Bad,
            Some(_) => Tone::Good,
        };
        let note = filing
            .answer
            .as_ref()
            .and_then(|answer| answer.sent_back.clone())
            .or(filing.remark.clone())
            .unwrap_or_default();
        Row::new(vec![
            Cell::text(&filing.competent_office).with_sub(filing.leader_in_charge.clone()),
            Cell::text(names.join("、")).with_sub(note),
            Cell::text(&filing.filed_by.name).with_sub(beijing::minute(filing.filed_at)),
            Chip::new(filing.state_name(), tone).into(),
        ])
    });
    Table::new(
        "备案",
        vec![
            Column::new("主管处室与分管领导"),
            Column::new("单位审批人"),
            Column::short("报备人"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new(
            "upload",
            "尚未报备",
            "请向中心报备电子印章主管处（室）、分管领导和审批人。",
        ),
    )
}

/// `GET /desk/filings`
pub(super) async fn filings(State(app): State<App>, desk: Desk) -> Answer {
    html(&filings_page(&app, &desk).await?)
}

/// `POST /desk/filings/{filing}`
pub(super) async fn answer_filing(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<FilingId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let back = fields.raw("answer") == Some("back");
    let reason = back.then(|| fields.text("reason").unwrap_or_default());
    match app
        .platform
        .answer_filing(&desk.actor, id, reason)
        .await
        .map_err(Problem::from)
    {
        Ok(()) => {
            desk.say(if back { "已退回" } else { "已确认备案" }, "")
                .await?;
            go("/desk/filings")
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = filings_page(&app, &desk).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn filings_page(app: &App, desk: &Desk) -> Result<SheetPage, Problem> {
    let waiting = app.platform.waiting_filings(&desk.actor).await?;
    let mut page = SheetPage::new(
        desk.frame(app, "单位备案", "/desk/filings"),
        format!("{} 个单位的备案等待确认", waiting.len()),
    );
    let mut rows = Vec::new();
    let mut acts = Vec::new();
    for (filing, unit) in &waiting {
        let names: Vec<_> = filing
            .approvers
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        rows.push(Row::new(vec![
            Cell::link(&unit.full_name, format!("/desk/admin/units/{}", unit.id))
                .with_sub(unit.credit_code.to_string()),
            Cell::text(&filing.competent_office).with_sub(filing.leader_in_charge.clone()),
            names.join("、").into(),
            Cell::text(&filing.filed_by.name).with_sub(beijing::minute(filing.filed_at)),
        ]));
        if desk.actor.post.role == Role::SealMaker {
            acts.push(Act {
                id: format!("f-{}", filing.id),
                title: format!("办理：{}", unit.full_name),
                icon: "check",
                danger: false,
                open: waiting.len() == 1,
                form: Form::new(
                    format!("/desk/filings/{}", filing.id),
                    desk.csrf(),
                    Button::primary("确认备案").sending("answer", "ok"),
                )
                .field(Field::text("reason", "退回理由").optional())
                .button(Button::other("退回", "answer", "back").dangerous()),
            });
        }
    }
    page.blocks.push(Block::List(Table::new(
        "待确认的备案",
        vec![
            Column::new("单位"),
            Column::new("主管处室与分管领导"),
            Column::new("单位审批人"),
            Column::short("报备人"),
        ],
        rows,
        Empty::new("check", "没有待确认的备案", ""),
    )));
    if !acts.is_empty() {
        page.blocks.push(Block::Acts(acts));
    }
    Ok(page)
}
