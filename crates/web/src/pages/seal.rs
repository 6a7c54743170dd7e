//! The seal register of a unit (at the Center: of the province) and the page of a seal.

mod acts;

use axum::extract::{Path, Query, State};
use casework::seal_register::SealState;
use casework::{Medium, Role, SealId};
use platform::RegisteredSeal;
use platform::ports::store::PageRequest;
use serde::Deserialize;

use super::material::send;
use super::{Answer, again, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Cell, Chip, Choice, Column, Empty, Facts, Field, FieldKind, Link, Moment, Notice, Pager, Row,
    Table, Timeline, Tone,
};
use crate::views::{ImprintView, ListPage, SealPage};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    q: Option<String>,
    after: Option<String>,
}

/// `GET /desk/seals`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let text = wanted
        .q
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after, 20);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.seals(&desk.actor, text.clone(), &page).await?);
    }
    let found = pages.found();
    let now = app.platform.now();
    let rows = found.rows.iter().map(|seal| {
        let record = &seal.record;
        Row::new(vec![
            Cell::link(&record.name, format!("/desk/seals/{}", record.id))
                .with_sub(record.code.to_string()),
            Cell::text(&record.unit_name),
            Cell::text(record.kind.name()).with_sub(
                app.platform
                    .policy()
                    .function_name(&record.function)
                    .to_owned(),
            ),
            record.medium.name().into(),
            words::seal_chip(seal.state(now)).into(),
            beijing::day(record.valid_until).into(),
        ])
    });
    let own = matches!(desk.actor.post.role, Role::Agent | Role::UnitApprover);
    let empty = if text.is_some() {
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
    let mut table = Table::new(
        "印章登记",
        vec![
            Column::new("印章名称").split("印章名称", "印章编码"),
            Column::new("单位"),
            Column::short("类型").split("类型", "功能"),
            Column::short("介质"),
            Column::short("状态"),
            Column::short("有效期至"),
        ],
        rows.collect(),
        empty,
    );
    let base = format!(
        "/desk/seals?q={}",
        form_encode(text.as_deref().unwrap_or_default())
    );
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
            "本单位全部电子印章的状态、有效期、介质和历史。丢失、失控请立即进入印章页面报告，印章随即停用。",
        )
    } else {
        ("全省印章登记", "全省电子印章的状态、有效期、介质和历史。")
    };
    let mut page = ListPage::new(desk.frame(&app, title, "/desk/seals"), lead, table);
    let mut search = Field::new("q-filter", "关键字", FieldKind::Input("search"))
        .optional()
        .value(text.unwrap_or_default())
        .placeholder("印章编码、印章名称")
        .growing();
    search.name = "q".into();
    page.filters = vec![search];
    listing.answer(page).await
}

/// `GET /desk/seals/{seal}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<SealId>) -> Answer {
    let seal = app.platform.seal(&desk.actor, id).await?;
    html(&view(&app, &desk, &seal).await?)
}

/// `GET /desk/seals/{seal}/picture.png`
pub(super) async fn picture(State(app): State<App>, desk: Desk, Path(id): Path<SealId>) -> Answer {
    let (_, picture) = app.platform.seal_files(&desk.actor, id).await?;
    Ok(send("image/png", None, picture))
}

/// `GET /desk/seals/{seal}/seal.esl`
pub(super) async fn file(State(app): State<App>, desk: Desk, Path(id): Path<SealId>) -> Answer {
    let seal = app.platform.seal(&desk.actor, id).await?;
    let (file, _) = app.platform.seal_files(&desk.actor, id).await?;
    Ok(send(
        "application/octet-stream",
        Some(&format!("{}.esl", seal.record.code)),
        file,
    ))
}

/// `POST /desk/seals/{seal}/acts/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((id, act)): Path<(SealId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = match act.as_str() {
        "pin" => change_pin(&app, &desk, id, &fields).await,
        "activation" => return activation(&app, &desk, id).await,
        code => match acts::read(code, &fields, desk.actor.post.role) {
            Some(act) => app
                .platform
                .change_seal(&desk.actor, id, act)
                .await
                .map(drop)
                .map_err(Problem::from),
            None => return Err(Problem::not_found()),
        },
    };
    match outcome {
        Ok(()) => {
            let (said, line) = match act.as_str() {
                "loss" => (
                    "印章已立即停用并公示",
                    "请尽快办理印章失控、补办或印章撤销。",
                ),
                "suspend" => ("印章已停用并公示", ""),
                "resume" => ("印章已恢复使用", ""),
                "pin" => ("签章口令已设置", "请牢记口令，不要告诉他人。"),
                _ => ("已办理并公示", ""),
            };
            desk.say(said, line).await?;
            go(&format!("/desk/seals/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let seal = app.platform.seal(&desk.actor, id).await?;
            let mut page = view(&app, &desk, &seal).await?;
            page.notices.insert(0, problem.notice());
            for shown in &mut page.acts {
                if shown.id == act {
                    shown.open = true;
                    shown
                        .form
                        .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
                }
            }
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn change_pin(app: &App, desk: &Desk, id: SealId, fields: &Fields) -> Result<(), Problem> {
    let text = |name: &str| fields.raw(name).unwrap_or_default();
    if text("new") != text("again") {
        return Err(platform::Error::refused(
            "pin_differs",
            "两次输入的新口令不一致，请重新输入。",
        )
        .into());
    }
    Ok(app
        .platform
        .change_pin(&desk.actor, id, text("old"), text("new"))
        .await?)
}

/// The code is shown on this one answer and kept nowhere.
async fn activation(app: &App, desk: &Desk, id: SealId) -> Answer {
    let made = app
        .platform
        .renew_activation_code(&desk.actor, id)
        .await
        .map_err(Problem::from);
    let seal = app.platform.seal(&desk.actor, id).await?;
    let mut page = view(app, desk, &seal).await?;
    match made {
        Ok(code) => {
            let notice = Notice::new(Tone::Good, format!("激活码：{code}"))
                .line("请当面告知经办人，由其在印章页面「设置签章口令」时作为原口令输入。")
                .line("激活码只显示这一次，平台不保存；离开本页后如需要请重新生成。");
            page.notices.insert(0, notice);
            html(&page)
        }
        Err(problem) if problem.can_be_put_right() => {
            page.notices.insert(0, problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn view(app: &App, desk: &Desk, seal: &RegisteredSeal) -> Result<SealPage, Problem> {
    let record = &seal.record;
    let now = app.platform.now();
    let state = seal.state(now);
    let policy = app.platform.policy();
    let role = desk.actor.post.role;
    let mut notices = Vec::new();
    if state == SealState::Active && now >= policy.renewal_opens(record.valid_until) {
        notices.push(Notice::new(
            Tone::Warn,
            format!(
                "将于 {} 到期，可以申请延期",
                beijing::day(record.valid_until)
            ),
        ));
    }
    if let Some(report) = record
        .loss_report
        .as_ref()
        .filter(|_| state == SealState::Suspended)
    {
        notices.push(
            Notice::new(Tone::Warn, "已报告丢失、失控，印章停用").line(format!(
                "请在 {} 前办理印章失控、补办或印章撤销。",
                beijing::day(report.follow_up_due)
            )),
        );
    }
    if seal.initial_pin
        && record.medium == Medium::Hosted
        && state == SealState::Active
        && role == Role::Agent
    {
        notices.push(
            Notice::new(Tone::Info, "盖章前请先设置签章口令").line(
                "请用领取时交付的激活码设置您自己的签章口令；激活码遗失时，由本单位主管处室或分管领导在本页重新生成。",
            ),
        );
    }
    let mut actions = Vec::new();
    if state == SealState::Active && matches!(role, Role::Agent) {
        actions.push(Link::new(
            "用此章盖章",
            format!("/desk/stamping?seal={}", record.id),
        ));
        if now >= policy.renewal_opens(record.valid_until) {
            actions.push(Link::new("申请延期", "/desk/cases/new?business=renewal"));
        }
    }
    if state == SealState::Suspended && role == Role::Agent {
        actions.push(Link::new("办理补办", "/desk/cases/new?business=reissue"));
    }
    actions.push(Link::new(
        "公示状态",
        format!("/status?code={}", record.code),
    ));
    let certificates = app
        .platform
        .seal_certificates(&desk.actor, record.id)
        .await?;
    let uses = match role {
        Role::Agent | Role::UnitApprover => {
            let page = PageRequest {
                after: None,
                limit: 5,
            };
            app.platform
                .use_records(&desk.actor, Some(record.id), None, &page)
                .await?
                .rows
        }
        _ => Vec::new(),
    };
    let mut facts = Facts::new()
        .with("印章编码", Cell::mono(record.code.to_string()))
        .with(
            "所属单位",
            Cell::text(&record.unit_name).with_sub(record.credit_code.to_string()),
        )
        .with(
            "印章类型",
            format!(
                "{} · {}",
                record.kind.name(),
                policy.function_name(&record.function)
            ),
        )
        .with_some(
            "使用者",
            record.holder.as_ref().map(|holder| holder.name.clone()),
        )
        .with(
            "印模尺寸",
            format!("宽 {} × 长 {} 毫米", record.width, record.height),
        )
        .with(
            "有效期",
            format!(
                "{} 至 {}",
                beijing::day(record.valid_from),
                beijing::day(record.valid_until)
            ),
        )
        .with("介质", record.medium.name())
        .with_some("介质序列号", record.key_serial.as_ref().map(Cell::mono));
    if let Some((case, number)) = &seal.open_case {
        facts = facts.with(
            "办理中的业务",
            Cell::link(number, format!("/desk/cases/{case}")),
        );
    }
    let history = record.history.iter().rev().map(|entry| Moment {
        at: beijing::minute(entry.effective_at),
        iso: entry.effective_at.to_string(),
        who: words::who(&entry.by),
        what: format!("{}：{}", entry.status.name(), entry.reason.name()),
        note: words::some_text(entry.note.clone()),
        tone: match entry.status {
            casework::Status::Active => Tone::Good,
            casework::Status::Suspended => Tone::Warn,
            casework::Status::Cancelled | casework::Status::Void => Tone::Bad,
        },
    });
    let made = Moment {
        at: beijing::minute(record.made_at),
        iso: record.made_at.to_string(),
        who: app.site().operator.clone(),
        what: "制作完成".into(),
        note: None,
        tone: Tone::Info,
    };
    let mut lineage = Vec::new();
    for (id, word) in [
        (record.supersedes, "前一枚"),
        (record.superseded_by, "后一枚"),
    ] {
        let Some(id) = id else { continue };
        let other = app.platform.seal(&desk.actor, id).await?;
        lineage.push(Row::new(vec![
            Cell::link(other.record.code.to_string(), format!("/desk/seals/{id}"))
                .with_sub(other.record.name.clone()),
            word.into(),
            words::seal_chip(other.state(now)).into(),
        ]));
    }
    let nothing = |text: &str| Empty::new("list", text, "");
    Ok(SealPage {
        frame: desk
            .frame(app, &record.name, "/desk/seals")
            .below("印章登记", "/desk/seals"),
        chip: words::seal_chip(state),
        meta: vec![record.code.to_string(), record.unit_name.clone()],
        notices,
        actions,
        imprint: Some(ImprintView {
            src: format!("/desk/seals/{}/picture.png", record.id),
            width_mm: record.width.as_f64(),
            height_mm: record.height.as_f64(),
            alt: format!("{}的印章图样", record.name),
        }),
        facts,
        acts: acts::forms(seal, state, desk),
        certificates: Table::new(
            "数字证书",
            vec![
                Column::new("序列号"),
                Column::short("有效期至"),
                Column::short("状态"),
            ],
            certificates
                .iter()
                .map(|certificate| {
                    let chip = match certificate.revoked_at {
                        Some(at)
                            if certificate.revocation_reason.as_deref()
                                == Some("certificateHold") =>
                        {
                            Cell::chip(Chip::new("暂停", Tone::Warn)).with_sub(beijing::day(at))
                        }
                        Some(at) => {
                            Cell::chip(Chip::new("已撤销", Tone::Bad)).with_sub(beijing::day(at))
                        }
                        None if now >= certificate.not_after => {
                            Chip::new("过期", Tone::Warn).into()
                        }
                        None => Chip::new("有效", Tone::Good).into(),
                    };
                    Row::new(vec![
                        Cell::mono(&certificate.serial),
                        beijing::day(certificate.not_after).into(),
                        chip,
                    ])
                })
                .collect(),
            nothing("没有证书"),
        ),
        lineage: Table::new(
            "印章沿革",
            vec![
                Column::new("印章编码"),
                Column::short("关系"),
                Column::short("状态"),
            ],
            lineage,
            nothing("没有前后相继的印章"),
        ),
        uses: Table::new(
            "最近用印",
            vec![
                Column::new("文件"),
                Column::short("申请人"),
                Column::short("状态"),
            ],
            uses.iter()
                .map(|used| {
                    let request = &used.request;
                    Row::new(vec![
                        Cell::link(&request.document_name, format!("/desk/uses/{}", request.id))
                            .with_sub(request.purpose.clone()),
                        Cell::text(&request.requested_by.name)
                            .with_sub(beijing::minute(request.requested_at)),
                        words::use_chip(&request.state).into(),
                    ])
                })
                .collect(),
            nothing("还没有用印记录"),
        ),
        history: Timeline {
            moments: history.chain([made]).collect(),
        },
    })
}

/// The unit's seals that can stamp now, as choices.
pub(super) async fn usable(app: &App, desk: &Desk) -> Result<Vec<Choice>, Problem> {
    let found = app
        .platform
        .seals(
            &desk.actor,
            None,
            &PageRequest {
                after: None,
                limit: 200,
            },
        )
        .await?;
    let now = app.platform.now();
    Ok(found
        .rows
        .iter()
        .filter(|seal| seal.state(now) == SealState::Active)
        .map(|seal| {
            let record = &seal.record;
            let hosted = record.medium == Medium::Hosted;
            let hint = format!(
                "{} · {} × {} 毫米 · {}",
                record.code,
                record.width,
                record.height,
                record.medium.name()
            );
            Choice {
                disabled: !hosted,
                ..Choice::new(record.id.to_string(), &record.name).hint(hint)
            }
        })
        .collect())
}
