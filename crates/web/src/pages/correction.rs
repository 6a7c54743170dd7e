//! Points of a correction notice: asking for them, reading them, leading the agent to where each is put right.

use casework::{
    ApplicationId, Case, CaseId, CorrectionPoint, Field as FormField, MaterialKind,
    correction_reason,
};

use super::changes;
use crate::form::Fields;
use crate::views::CorrectionPoint as PointView;
use crate::views::parts::{Choice, Field, FieldKind, Form, Link};

/// Points that fit on the form without script.
const ROWS: usize = 3;

/// Asks for points: what each is about, and what is to be done. `prefix` tells the fields of two such forms on one page
/// apart.
pub(super) fn ask(mut form: Form, case: &Case, prefix: &str) -> Form {
    let choices = about(case);
    for row in 1..=ROWS {
        let mut subject = Field::new(
            &format!("{prefix}about-{row}"),
            &format!("第 {row} 项：关于"),
            FieldKind::Select(choices.clone()),
        );
        let mut words = Field::new(
            &format!("{prefix}words-{row}"),
            "问题和改法",
            FieldKind::Area,
        )
        .placeholder("写明问题在哪里、怎样改")
        .with("maxlength", "500");
        if row > 1 {
            subject = subject.optional();
            words = words.optional();
        }
        let reason = Field::new(
            &format!("{prefix}reason-{row}"),
            "退回原因",
            FieldKind::Select(reasons()),
        )
        .optional()
        .help("用于统计，并提示以后的经办人。");
        form = form.field(subject).field(reason).field(words);
    }
    form
}

/// The reasons that can be chosen by hand.
fn reasons() -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "请选择")];
    choices.extend(
        correction_reason::REASONS
            .iter()
            .filter(|reason| reason.by_hand)
            .map(|reason| Choice::new(reason.code, reason.name)),
    );
    choices
}

/// Reads the points that were filled in.
pub(super) fn read(fields: &Fields, prefix: &str) -> Vec<CorrectionPoint> {
    (1..=ROWS)
        .filter_map(|row| {
            let message = fields.text(&format!("{prefix}words-{row}"))?.to_owned();
            let about = fields
                .text(&format!("{prefix}about-{row}"))
                .unwrap_or_default();
            let (application, field) = about.split_once('|').unwrap_or(("", about));
            Some(CorrectionPoint {
                application: application.parse().ok(),
                field: (!field.is_empty()).then(|| field.to_owned()),
                item: fields
                    .text(&format!("{prefix}reason-{row}"))
                    .filter(|code| correction_reason::find(code).is_some())
                    .map(ToOwned::to_owned),
                message,
            })
        })
        .collect()
}

/// The points as the reader sees them; who corrects is led to each place.
pub(super) fn views(case: &Case, points: &[CorrectionPoint], corrects: bool) -> Vec<PointView> {
    points
        .iter()
        .map(|point| PointView {
            about: name_of(case, point),
            words: point.message.clone(),
            fix: corrects.then(|| Link::new("去修改", place(case, point))),
            done: changes::answers(case, point),
        })
        .collect()
}

fn about(case: &Case) -> Vec<Choice> {
    let mut choices = vec![
        Choice::new("|", "整个办件"),
        Choice::new(
            format!("|{}", MaterialKind::RedHeaderLetter.code()),
            MaterialKind::RedHeaderLetter.name(),
        ),
    ];
    if case.applications.len() > 1 {
        choices.push(Choice::new(
            format!("|{}", MaterialKind::SummarySheet.code()),
            MaterialKind::SummarySheet.name(),
        ));
    }
    for application in case.live_applications() {
        let name = application.seal_name();
        let fields = [
            FormField::SealName,
            FormField::Width,
            FormField::Function,
            FormField::Medium,
            FormField::Imprint,
            FormField::AgentName,
        ];
        for field in fields {
            let value = format!("{}|{}", application.id, field.code());
            choices.push(Choice::new(value, format!("「{name}」{}", field.label())));
        }
        let scan = MaterialKind::ApplicationFormScan;
        choices.push(Choice::new(
            format!("{}|{}", application.id, scan.code()),
            format!("「{name}」{}", scan.name()),
        ));
    }
    choices
}

fn name_of(case: &Case, point: &CorrectionPoint) -> String {
    let field = point.field.as_deref().map(|code| {
        FormField::find(code)
            .map(FormField::label)
            .or_else(|| MaterialKind::find(code).map(MaterialKind::name))
            .unwrap_or("申请内容")
    });
    let application = point
        .application
        .and_then(|id| case.application(id))
        .map(casework::Application::seal_name);
    match (application, field) {
        (Some(name), Some(field)) => format!("「{name}」{field}"),
        (Some(name), None) => format!("「{name}」"),
        (None, Some(field)) => field.to_owned(),
        (None, None) => "申请材料".to_owned(),
    }
}

/// Where a point is put right.
pub(super) fn place(case: &Case, point: &CorrectionPoint) -> String {
    let field = point.field.as_deref().and_then(FormField::find);
    match (point.application, field) {
        (Some(application), Some(field)) => step_path(case.id, application, step_of(field)),
        _ => format!("/desk/cases/{}/papers", case.id),
    }
}

/// The wizard's page for a step.
pub(super) fn step_path(case: CaseId, application: ApplicationId, step: &str) -> String {
    format!("/desk/cases/{case}/applications/{application}/{step}")
}

/// The step of the wizard on which a field is asked.
pub(super) fn step_of(field: FormField) -> &'static str {
    match field {
        FormField::Kind
        | FormField::Business
        | FormField::ExistingSeal
        | FormField::Changes
        | FormField::Special => "matter",
        FormField::Imprint | FormField::Width | FormField::Height => "imprint",
        FormField::AgentName | FormField::AgentMobile | FormField::AgentId => "agent",
        FormField::Request => "request",
        _ => "seal",
    }
}
