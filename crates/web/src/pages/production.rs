//! Production (印章办理): one application after the other, the key at the desk, what comes after.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use casework::{ActKind, Application, CaseId, Medium, Progress as How};
use platform::CaseView;

use super::{Answer, act, html, words};
use crate::app::App;
use crate::beijing;
use crate::session::Desk;
use crate::views::parts::{Button, Cell, Chip, Facts, Field, Form, Link, Progress, Step, Tone};
use crate::views::{ProductionItem, ProductionPage};

/// `GET /desk/cases/{case}/production`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let case = &view.case;
    let made = case
        .live_applications()
        .filter(|application| application.progress == How::Produced)
        .count();
    let all = case.live_applications().count();
    let working = case
        .live_applications()
        .any(|application| application.progress == How::InProduction);
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
    let acts = act::forms(&view, desk.csrf())
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
    let page = ProductionPage {
        frame: desk
            .frame(&app, "印章办理", "/desk")
            .below("办件", &format!("/desk/cases/{id}")),
        number: case.number.to_string(),
        chip: words::case_chip(case),
        meta: words::meta(case),
        case_href: format!("/desk/cases/{id}"),
        progress: Progress { steps },
        acts: acts.collect(),
        items: case
            .live_applications()
            .map(|application| item(&app, &desk, &view, application))
            .collect(),
        working,
    };
    let mut response = html(&page)?;
    if working {
        // The seal is being made in the background: look again by itself.
        response
            .headers_mut()
            .insert("refresh", HeaderValue::from_static("2"));
    }
    Ok(response)
}

fn item(app: &App, desk: &Desk, view: &CaseView, application: &Application) -> ProductionItem {
    let case = &view.case;
    let (text, tone) = match application.progress {
        How::WithCase => ("待办理", Tone::Warn),
        How::InProduction => ("制作中", Tone::Info),
        How::Produced => ("已办理", Tone::Good),
        How::SetAside => ("已移出", Tone::Neutral),
    };
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
        downloads.push(Link::new(
            "印章文件（.esl）",
            format!("/desk/seals/{}/seal.esl", produced.seal),
        ));
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
        chip: Chip::new(text, tone),
        facts,
        imprint: words::imprint(case.id, application),
        form,
        downloads,
    }
}
