//! What is printed, signed and stamped: the application form and the drafted letter, as pages laid out for A4.

use axum::extract::{Path, State};
use casework::{ApplicationId, CaseId};

use super::{Answer, html, words};
use crate::app::App;
use crate::beijing;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::{PrintedForm, PrintedLetter, PrintedRow};

/// `GET /desk/cases/{case}/applications/{application}/form`
pub(super) async fn form(
    State(app): State<App>,
    desk: Desk,
    Path((case, application)): Path<(CaseId, ApplicationId)>,
) -> Answer {
    let view = app.platform.case(&desk.actor, case).await?;
    let found = view
        .case
        .application(application)
        .ok_or_else(Problem::not_found)?;
    let form = found.form.as_ref().ok_or_else(|| {
        Problem::from(platform::Error::refused(
            "form_not_submitted",
            "申请表尚未提交，提交单位审批后才能打印。",
        ))
    })?;
    let row = |label: &str, value: String| PrintedRow {
        label: label.into(),
        value,
    };
    let ticked = |all: &[(&'static str, bool)]| {
        let marks: Vec<_> = all
            .iter()
            .map(|(name, on)| format!("{}\u{a0}{name}", if *on { "☑" } else { "☐" }))
            .collect();
        marks.join("　")
    };
    let policy = app.platform.policy();
    let kinds: Vec<_> = casework::SealKind::ALL
        .iter()
        .map(|kind| (kind.name(), *kind == form.kind))
        .collect();
    let businesses: Vec<_> = casework::BusinessType::ALL
        .iter()
        .map(|b| (b.name(), *b == form.business))
        .collect();
    let certificates: Vec<_> = casework::CertificateType::ALL
        .iter()
        .map(|c| (c.name(), *c == form.certificate))
        .collect();
    let functions: Vec<String> = policy
        .functions
        .iter()
        .map(|entry| {
            format!(
                "{}\u{a0}{}",
                if entry.code == form.function {
                    "☑"
                } else {
                    "☐"
                },
                entry.name
            )
        })
        .collect();
    let mut rows = vec![
        row("申请电子印章类型", ticked(&kinds)),
        row("电子印章业务类型", ticked(&businesses)),
        row("单位名称", form.unit.name.clone()),
        row("统一社会信用代码号", form.unit.credit_code.to_string()),
        row("所属地市、县（区）", form.unit.county.full_name()),
    ];
    if let Some(person) = &form.person {
        rows.push(row("申请个人姓名", person.name.clone()));
        rows.push(row("申请个人身份证号", person.id.to_string()));
    }
    rows.extend([
        row("经办人姓名", form.agent.name.clone()),
        row("经办人手机号", form.agent.mobile.to_string()),
        row("经办人身份证号", form.agent.id.to_string()),
        row("印章名称", form.seal.name.clone()),
        row(
            "印章宽度、长度",
            format!("宽 {} 毫米，长 {} 毫米", form.seal.width, form.seal.height),
        ),
        row("印章功能类型", functions.join("　")),
        row("绑定的数字证书类型", ticked(&certificates)),
        row("介质", form.medium.name().into()),
    ]);
    html(&PrintedForm {
        elder: false,
        number: view.case.number.to_string(),
        revision: view.case.revision,
        rows,
        imprint: words::imprint(case, found),
        printed_at: beijing::minute(app.platform.now()),
        back: format!("/desk/cases/{case}/papers"),
    })
}

/// `GET /desk/cases/{case}/letter`
pub(super) async fn letter(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let case = &view.case;
    let facts = casework::letter::facts_from_forms(case, &app.platform.policy());
    let quantities: Vec<_> = facts
        .quantities
        .iter()
        .map(|(kind, n)| format!("{} {n} 枚", kind.name()))
        .collect();
    let total: usize = facts.quantities.iter().map(|(_, n)| n).sum();
    let names: Vec<_> = case
        .live_applications()
        .map(casework::Application::seal_name)
        .collect();
    let reasons = case
        .letter
        .reasons
        .trim_end_matches(['。', '，'])
        .to_owned();
    html(&PrintedLetter {
        elder: false,
        unit: case.unit.full_name.clone(),
        letter_number: case.letter.letter_number.clone(),
        title: format!("关于办理{}的函", case.business.name()),
        addressee: facts.addressee,
        paragraphs: vec![
            format!("{reasons}。"),
            format!(
                "现申请办理“{}”业务，电子印章类型及数量为：{}，共计 {total} 枚，印章名称为：{}。申请表随函附上。",
                facts.business.name(),
                quantities.join("、"),
                names.join("、")
            ),
            "我单位将严格按照福建省政务电子印章管理的有关规定使用和管理电子印章。请予以办理。"
                .into(),
        ],
        contact: format!(
            "联系人：{}　联系电话：{}",
            case.opened_by.name,
            desk.account
                .mobile
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
        ),
        date: beijing::day(app.platform.now()),
        number: case.number.to_string(),
        back: format!("/desk/cases/{id}/papers"),
    })
}
