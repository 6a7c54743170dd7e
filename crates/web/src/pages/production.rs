//! Production (印章办理): one application after the other, the key at the desk, what comes after.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use casework::{
    ActKind, Application, ApplicationId, Case, CaseId, Medium, Progress as How, Role, SealKind,
};
use platform::{CaseView, FailingApplication};

use super::{Answer, act, again, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Chip, Column, Empty, Facts, Field, Form, Link, Progress, Row, Step, Table, Tone,
};
use crate::views::{FailingItem, ProductionItem, ProductionPage};

/// More seals than these are listed line by line.
const CARDS: usize = 12;

/// `GET /desk/cases/{case}/production`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    show(&app, &desk, &view, None).await
}

/// `POST /desk/cases/{case}/production/start`: everything that can be started, in one step.
pub(super) async fn start(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = app
        .platform
        .start_all(&desk.actor, id, fields.version())
        .await
        .map(drop);
    answer(&app, &desk, id, outcome).await
}

/// `POST /desk/cases/{case}/production/retry`: one that failed, again and now.
pub(super) async fn retry(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let application: ApplicationId = fields
        .parsed("application")
        .ok_or_else(Problem::not_found)?;
    let outcome = app
        .platform
        .retry_production(&desk.actor, id, application)
        .await;
    answer(&app, &desk, id, outcome).await
}

async fn answer(app: &App, desk: &Desk, id: CaseId, outcome: platform::Result<()>) -> Answer {
    match outcome.map_err(Problem::from) {
        Ok(()) => go(&format!("/desk/cases/{id}/production")),
        Err(problem) if problem.can_be_put_right() => {
            let view = app.platform.case(&desk.actor, id).await?;
            show(app, desk, &view, Some(problem)).await
        }
        Err(problem) => Err(problem),
    }
}

async fn show(app: &App, desk: &Desk, view: &CaseView, problem: Option<Problem>) -> Answer {
    let case = &view.case;
    let id = case.id;
    let how_far = app.platform.production_progress(&desk.actor, id).await?;
    let (made, all) = (how_far.produced, how_far.total);
    let working = how_far.started > how_far.failing.len();
    let at = match (made == all, case.is_closed()) {
        (_, true) => 3,
        (true, _) => 2,
        _ => 1,
    };
    let last = if case.business.needs_collection() {
        "领取、办结"
    } else {
        "办结"
    };
    let mut steps = Step::way(&["审核通过", "办理印章", "通知", last], at);
    if let Some(step) = steps.get_mut(1) {
        step.note = Some(format!("{made} / {all} 枚"));
    }
    let back = format!("/desk/cases/{id}/production");
    let shown = [
        ActKind::PresentKey,
        ActKind::NotifyCollection,
        ActKind::FinishOnSite,
        ActKind::Close,
    ];
    let acts = act::forms(view, desk.csrf())
        .into_iter()
        .filter(|act| shown.iter().any(|kind| kind.code() == act.id))
        .map(|mut act| {
            act.open = true;
            act.form.fields.push(Field::hidden(
                "back",
                if act.id == ActKind::PresentKey.code() {
                    &back
                } else {
                    ""
                },
            ));
            act
        });
    let may = view.allowed.contains(&ActKind::StartProduction);
    let waiting = all.saturating_sub(made + how_far.started);
    let mut frame = desk
        .frame(app, "印章办理", "/desk")
        .below("办件", &format!("/desk/cases/{id}"));
    let status = problem.as_ref().map(|problem| problem.status);
    frame
        .notices
        .extend(problem.map(|problem| problem.notice()));
    let page = ProductionPage {
        frame,
        made: (made, all),
        failing: how_far
            .failing
            .into_iter()
            .map(|failing| failed(desk, id, failing))
            .collect(),
        start_all: (may && waiting > 1).then(|| {
            let label = format!("全部开始办理（{waiting} 枚）");
            Form::new(
                format!("/desk/cases/{id}/production/start"),
                desk.csrf(),
                Button::primary(&label),
            )
            .field(Field::hidden("version", case.version.to_string()))
        }),
        table: (all > CARDS).then(|| table(case)),
        number: case.number.to_string(),
        chip: words::case_chip(case),
        meta: words::meta(case),
        case_href: format!("/desk/cases/{id}"),
        progress: Progress { steps },
        acts: acts.collect(),
        items: case
            .live_applications()
            .filter(|_| all <= CARDS)
            .map(|application| item(app, desk, view, application))
            .collect(),
        working,
    };
    let mut response = match status {
        Some(status) => again(status, &page)?,
        None => html(&page)?,
    };
    if working {
        // The seal is being made in the background: look again by itself.
        response
            .headers_mut()
            .insert("refresh", HeaderValue::from_static("2"));
    }
    Ok(response)
}

fn failed(desk: &Desk, case: CaseId, failing: FailingApplication) -> FailingItem {
    let next = match failing.again_at {
        Some(at) => format!("{} 自动重试", beijing::minute(at)),
        None => "不再自动重试，请排除原因后重试".to_owned(),
    };
    let form = (desk.actor.post.role == Role::SealMaker).then(|| {
        let button = Button {
            primary: false,
            ..Button::primary("立即重试")
        };
        let action = format!("/desk/cases/{case}/production/retry");
        Form::new(action, desk.csrf(), button)
            .field(Field::hidden(
                "application",
                failing.application.to_string(),
            ))
            .narrow()
    });
    FailingItem {
        name: failing.seal_name,
        words: format!("已试 {} 次：{}。{next}。", failing.attempts, failing.error),
        form,
    }
}

fn state(application: &Application) -> Chip {
    match application.progress {
        How::WithCase => Chip::new("待办理", Tone::Warn),
        How::InProduction => Chip::new("制作中", Tone::Info),
        How::Produced => Chip::new("已办理", Tone::Good),
        How::SetAside => Chip::new("已移出", Tone::Neutral),
    }
}

/// The seals of a large case.
fn table(case: &Case) -> Table {
    let rows = case.live_applications().map(|application| {
        let form = application.form.as_ref();
        let name = match &application.produced {
            Some(produced) => Cell::link(
                application.seal_name(),
                format!("/desk/seals/{}", produced.seal),
            )
            .with_sub(produced.code.to_string()),
            None => Cell::text(application.seal_name()),
        };
        Row::new(vec![
            name,
            form.map_or("", |form| form.kind.name()).into(),
            form.map_or("", |form| form.medium.name()).into(),
            state(application).into(),
        ])
    });
    Table::new(
        "本办件的印章",
        vec![
            Column::new("印章名称").split("印章名称", "印章编码"),
            Column::short("类型"),
            Column::short("介质"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new("seal", "没有印章", ""),
    )
}

fn item(app: &App, desk: &Desk, view: &CaseView, application: &Application) -> ProductionItem {
    let case = &view.case;
    let mut facts = Facts::new();
    if let Some(form) = &application.form {
        let policy = app.platform.policy();
        facts = facts
            .with(
                "所属单位",
                Cell::text(&form.unit.name).with_sub(form.unit.credit_code.to_string()),
            )
            .with(
                "印章类型",
                format!(
                    "{} · {}",
                    form.kind.name(),
                    policy.function_name(&form.function)
                ),
            )
            .with(
                "印模尺寸",
                format!("宽 {} × 长 {} 毫米", form.seal.width, form.seal.height),
            )
            .with("介质", form.medium.name())
            .with_some(
                "已有印章",
                form.existing
                    .as_ref()
                    .map(|seal| Cell::text(&seal.name).with_sub(seal.code.to_string())),
            );
        if form.medium == Medium::UsbKey
            && let Some(key) = &application.key_presented
        {
            facts = facts.with(
                "已核验 USB KEY",
                Cell::mono(&key.serial).with_sub(beijing::minute(key.at)),
            );
        }
    }
    let mut downloads = Vec::new();
    if let Some(produced) = &application.produced {
        facts = facts
            .with("印章编码", Cell::mono(produced.code.to_string()))
            .with(
                "证书序列号",
                Cell::mono(produced.certificate_serials.join("、")),
            )
            .with_some("有效期至", produced.valid_until.map(beijing::day))
            .with("办理时间", beijing::minute(produced.at));
        downloads.push(Link::new(
            "印章档案",
            format!("/desk/seals/{}", produced.seal),
        ));
        if application.kind() == Some(SealKind::Device) {
            downloads.extend(super::seal::deliveries(produced.seal));
        } else {
            downloads.push(Link::new(
                "印章文件（.esl）",
                format!("/desk/seals/{}/seal.esl", produced.seal),
            ));
        }
    }
    let may =
        view.allowed.contains(&ActKind::StartProduction) && application.progress == How::WithCase;
    let form = may.then(|| {
        let action = format!(
            "/desk/cases/{}/acts/{}",
            case.id,
            ActKind::StartProduction.code()
        );
        let label = if case.business.makes_a_seal() {
            "制作印章"
        } else {
            "开始办理"
        };
        Form::new(action, desk.csrf(), Button::primary(label))
            .field(Field::hidden("version", case.version.to_string()))
            .field(Field::hidden("application", application.id.to_string()))
            .field(Field::hidden(
                "back",
                format!("/desk/cases/{}/production", case.id),
            ))
    });
    ProductionItem {
        title: application.seal_name().to_owned(),
        chip: state(application),
        facts,
        imprint: words::imprint(case.id, application),
        form,
        downloads,
    }
}
