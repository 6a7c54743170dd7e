//! The seal register of a unit (at the Center: of the province) and the page of a seal.

pub(super) mod acts;
mod life;
mod list;
mod offers;

use axum::extract::{Path, State};
use casework::{BusinessType, Medium, Role, SealId, SealState};
use jiff::Timestamp;
use platform::RegisteredSeal;
use platform::ports::store::PageRequest;

use super::material::send;
use super::{Answer, again, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Cell, Chip, Choice, Column, Empty, Facts, Link, Notice, Row, Table, Timeline, Tone,
};
use crate::views::{ImprintView, SealPage};

pub(super) use list::list;

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

/// `GET /desk/seals/{seal}/device/{file}`: what is imported into a signing device.
pub(super) async fn delivery(
    State(app): State<App>,
    desk: Desk,
    Path((id, file)): Path<(SealId, String)>,
) -> Answer {
    let made = app.platform.device_delivery(&desk.actor, id).await?;
    let (kind, ending, bytes) = match file.as_str() {
        "certificate.cer" => ("application/pkix-cert", "cer", made.certificate),
        "certificate.pem" => (
            "application/x-pem-file",
            "pem",
            made.certificate_pem.into_bytes(),
        ),
        "chain.pem" => (
            "application/x-pem-file",
            "chain.pem",
            made.chain_pem.into_bytes(),
        ),
        "chain.p7b" => ("application/x-pkcs7-certificates", "p7b", made.chain_p7b),
        "seal.esl" => ("application/octet-stream", "esl", made.seal),
        _ => return Err(Problem::not_found()),
    };
    let name = format!("{}.{ending}", made.code);
    Ok(send(kind, Some(&name), bytes))
}

/// The files for a signing device.
pub(super) fn deliveries(seal: SealId) -> Vec<Link> {
    [
        ("设备证书（.cer）", "certificate.cer"),
        ("设备证书（.pem）", "certificate.pem"),
        ("证书链（.pem）", "chain.pem"),
        ("证书链（.p7b）", "chain.p7b"),
        ("印章文件（.esl）", "seal.esl"),
    ]
    .into_iter()
    .map(|(label, file)| Link::new(label, format!("/desk/seals/{seal}/device/{file}")))
    .collect()
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
        code => match acts::read(code, &fields, &desk.actor)? {
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
                "loss" if desk.actor.post.role.is_center() => (
                    "印章已立即停用并公示",
                    "已通知持有单位办理补办或撤销，进度见「停用印章跟进」。",
                ),
                "loss" => (
                    "印章已立即停用并公示",
                    "请尽快办理印章失控、补办或印章撤销。",
                ),
                "suspend" => ("印章已停用并公示", ""),
                "resume" => ("印章已恢复使用", ""),
                "ask_resumption" => ("已申请恢复使用", "中心审核后通知您；审核期间印章仍为停用。"),
                "decline_resumption" => ("已答复不予恢复", ""),
                "confirm_call" => ("已登记回拨核实", ""),
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
    notices.extend(suspension(seal, now));
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
    let used = app.platform.times_used(&desk.actor, record.id).await?;
    let numbers = if role.is_center() {
        app.platform
            .numbers_on_file(&desk.actor, record.unit)
            .await?
    } else {
        Vec::new()
    };
    let specials = app.platform.specials_of(&desk.actor, record.id).await?;
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
        .with_some("介质序列号", record.key_serial.as_ref().map(Cell::mono))
        .with(
            "备案",
            match &record.filing {
                Some(filing) => Cell::mono(filing.number.to_string())
                    .with_sub(format!("{} 备案", beijing::day(filing.filed_at))),
                None => Cell::text("启用时自动备案"),
            },
        )
        .with("用印次数", times(used));
    for special in &specials {
        facts = facts.with(
            "特殊情况",
            Cell::link(
                special.situation.name(),
                format!("/desk/specials/{}", special.id),
            )
            .with_sub(app.platform.special_state(special).name()),
        );
    }
    if let Some((case, number)) = &seal.open_case {
        facts = facts.with(
            "办理中的业务",
            Cell::link(number, format!("/desk/cases/{case}")),
        );
    }
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
        offers: if role == Role::Agent {
            let offers = app.platform.offers(&desk.actor, record.id).await?;
            offers::views(offers, seal, desk)
        } else {
            Vec::new()
        },
        downloads: if record.kind == casework::SealKind::Device
            && matches!(role, Role::Agent | Role::SealMaker)
        {
            deliveries(record.id)
        } else {
            Vec::new()
        },
        acts: acts::forms(seal, now, desk, &numbers),
        certificates: Table::new(
            "数字证书",
            vec![
                Column::new("序列号"),
                Column::new("签发机构"),
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
                        Cell::text(issuer(&certificate.der)),
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
            nothing(if role.is_center() {
                "用印明细由持有单位查阅"
            } else {
                "还没有用印记录"
            }),
        ),
        history: Timeline {
            moments: life::moments(record, &app.site().operator),
        },
    })
}

/// Why it is suspended, and what has to follow.
fn suspension(seal: &RegisteredSeal, now: Timestamp) -> Vec<Notice> {
    let record = &seal.record;
    let mut notices = Vec::new();
    if let Some(report) = record.open_loss(now) {
        let due = beijing::day(report.follow_up_due);
        let notice = Notice::new(Tone::Warn, "已报告丢失、失控，印章停用");
        notices.push(match &seal.open_case {
            Some((_, number)) => notice.line(format!("后续业务办理中：办件 {number}。")),
            None if now >= report.follow_up_due => {
                notice.line(format!("补办或撤销应在 {due} 前办理，已逾期，请尽快办理。"))
            }
            None => notice.line(format!(
                "请在 {due} 前办理印章补办或印章撤销；找回且未被他人使用的，可申请恢复使用。"
            )),
        });
    }
    if record.unverified_call(now).is_some() {
        notices.push(Notice::new(Tone::Warn, "电话报告，尚未回拨核实").line(
            "印章已先行停用。中心将按单位备案的号码回拨核实；如非本单位报告，请申请恢复使用。",
        ));
    }
    if let Some(request) = &record.resumption {
        notices.push(
            Notice::new(Tone::Info, "单位已申请恢复使用，待中心审核").line(format!(
                "{}，{}：{}",
                beijing::minute(request.at),
                words::who(&request.by),
                request.reason
            )),
        );
    }
    notices
}

/// Where the case that follows a loss begins.
pub(super) fn follow_up_case(seal: SealId, business: BusinessType) -> Link {
    let label = match business {
        BusinessType::Revocation => "办理撤销",
        _ => "办理补办",
    };
    let code = business.code();
    Link::new(
        label,
        format!("/desk/cases/new?business={code}&seal={seal}"),
    )
}

fn times((counted, more): (u32, bool)) -> String {
    match (counted, more) {
        (0, _) => "尚未用印".into(),
        (counted, false) => format!("{counted} 次"),
        (counted, true) => format!("{counted} 次以上"),
    }
}

/// The name of who issued a certificate.
fn issuer(der: &[u8]) -> String {
    pki::Certificate::from_der(der)
        .ok()
        .and_then(|certificate| {
            let issuer = certificate.issuer();
            issuer
                .common_name()
                .or(issuer.organization())
                .map(ToOwned::to_owned)
        })
        .unwrap_or_else(|| "无法识别".into())
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
