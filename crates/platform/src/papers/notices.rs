//! What the Center (or the consolidator) says: acceptance, correction, refusal, cancellation, completion.

use casework::{
    Application, Case, CorrectionPoint, Decision, Field, MaterialKind, Outcome, Policy, Progress,
    Stage, Verdict,
};
use jiff::Timestamp;

use super::{filing, words};
use crate::ports::papers::{
    AcceptanceReceipt, CancellationNotice, CancelledSeal, CompletedSeal, CompletionCertificate,
    Corrected, CorrectionNotice, PaperBody, ReceivedMaterial, RefusalNotice,
};

pub(super) fn acceptance(case: &Case) -> Option<(PaperBody, Timestamp)> {
    let decision = last(case, Stage::Acceptance, Verdict::Approved)?;
    let mut materials: Vec<ReceivedMaterial> = Vec::new();
    let here = |at: Option<Timestamp>| at.is_none_or(|at| at > decision.at);
    for material in case
        .materials
        .iter()
        .filter(|m| m.uploaded_at <= decision.at && here(m.removed_at) && !is_part_of_form(m.kind))
    {
        let name = material.kind.name();
        let paper = match material.paper {
            casework::PaperTracking::Received { at, .. } if at <= decision.at => "已收原件",
            casework::PaperTracking::None => "电子件",
            _ => "待收原件",
        };
        match materials
            .iter_mut()
            .find(|known| known.name == name && known.paper == paper)
        {
            Some(known) => known.copies += 1,
            None => materials.push(ReceivedMaterial {
                name: name.to_owned(),
                copies: 1,
                paper: paper.to_owned(),
            }),
        }
    }
    let receipt = AcceptanceReceipt {
        agent: filing::agent_name(case),
        accepted_by: decision.by.name.clone(),
        seals: seal_names(case),
        materials,
        next: "由印章审核员初审、部门领导终审，通过后制作印章。办理进度可在平台查询。".to_owned(),
    };
    Some((PaperBody::Acceptance(receipt), decision.at))
}

/// Imprint and P10 come in the form: they are no papers of their own on a receipt.
fn is_part_of_form(kind: MaterialKind) -> bool {
    kind == MaterialKind::Imprint
}

/// Whether a decision is told in a correction notice: what the unit's own approver sends back is not.
pub(super) fn is_notice(decision: &Decision) -> bool {
    !decision.points.is_empty() && !matches!(decision.stage, Stage::UnitApproval | Stage::HandIn)
}

pub(super) fn correction(
    case: &Case,
    decision: Option<usize>,
    policy: &Policy,
) -> Option<(PaperBody, Timestamp)> {
    let decision = case.decisions.get(decision?)?;
    let office = match decision.stage {
        Stage::Consolidation => casework::consolidator_of(case.unit.city),
        _ => policy.center.name.clone(),
    };
    let notice = CorrectionNotice {
        agent: filing::agent_name(case),
        stage: decision.stage.name().to_owned(),
        office,
        points: decision
            .points
            .iter()
            .map(|point| Corrected {
                place: place(case, point),
                message: point.message.clone(),
            })
            .collect(),
        deadline: Some(words::until(
            policy.working_days_after(decision.at, policy.correction_days),
        )),
    };
    Some((PaperBody::Correction(notice), decision.at))
}

pub(super) fn refusal(case: &Case) -> Option<(PaperBody, Timestamp)> {
    let decision = case
        .decisions
        .iter()
        .rev()
        .find(|decision| decision.verdict == Verdict::Refused)?;
    let notice = RefusalNotice {
        agent: filing::agent_name(case),
        stage: decision.stage.name().to_owned(),
        filed_on: words::day(filing::filed_at(case)),
        seals: seal_names(case),
        reason: decision
            .reason
            .clone()
            .or_else(|| case.closing_reason.clone())
            .unwrap_or_default(),
    };
    Some((PaperBody::Refusal(notice), decision.at))
}

pub(super) fn cancellation(case: &Case) -> Option<(PaperBody, Timestamp)> {
    let at = completed_at(case)?;
    let seals = produced(case)
        .map(|(application, produced)| CancelledSeal {
            name: application.seal_name().to_owned(),
            code: produced.code.to_string(),
            certificates: produced.certificate_serials.join("、"),
            since: words::minute(produced.at),
        })
        .collect();
    let notice = CancellationNotice {
        agent: filing::agent_name(case),
        seals,
        reason: case.letter.reasons.trim().to_owned(),
    };
    Some((PaperBody::Cancellation(notice), at))
}

pub(super) fn completion(case: &Case) -> Option<(PaperBody, Timestamp)> {
    let at = completed_at(case)?;
    let medium = |application: &Application| {
        application
            .form
            .as_ref()
            .map_or_else(String::new, |form| form.medium.name().to_owned())
    };
    let seals = produced(case)
        .map(|(application, produced)| CompletedSeal {
            name: application.seal_name().to_owned(),
            code: produced.code.to_string(),
            result: result(case.business).to_owned(),
            valid_until: produced
                .valid_until
                .map_or_else(|| "—".to_owned(), words::day),
            medium: medium(application),
        })
        .collect();
    let accepted = last(case, Stage::Acceptance, Verdict::Approved);
    let certificate = CompletionCertificate {
        agent: filing::agent_name(case),
        filed_on: words::day(
            case.revisions
                .first()
                .map_or(case.opened_at, |revision| revision.at),
        ),
        accepted_on: accepted.map_or_else(|| "—".to_owned(), |decision| words::day(decision.at)),
        seals,
        collector: case
            .collection
            .as_ref()
            .map(|collection| collection.collector_name.clone()),
    };
    Some((PaperBody::Completion(certificate), at))
}

/// The seals asked for, by name.
pub(super) fn seal_names(case: &Case) -> Vec<String> {
    case.live_applications()
        .map(|application| application.seal_name().to_owned())
        .collect()
}

/// The applications with what came of them.
pub(super) fn produced(case: &Case) -> impl Iterator<Item = (&Application, &casework::Produced)> {
    case.applications
        .iter()
        .filter(|application| application.progress == Progress::Produced)
        .filter_map(|application| Some((application, application.produced.as_ref()?)))
}

fn completed_at(case: &Case) -> Option<Timestamp> {
    (case.stage == Stage::Closed(Outcome::Completed)).then_some(case.stage_since)
}

fn last(case: &Case, stage: Stage, verdict: Verdict) -> Option<&Decision> {
    case.decisions
        .iter()
        .rev()
        .find(|decision| decision.stage == stage && decision.verdict == verdict)
}

/// Where a point of a correction notice is: which form and which field, or which material.
fn place(case: &Case, point: &CorrectionPoint) -> String {
    let mut parts = Vec::new();
    if let Some(application) = point.application.and_then(|id| case.application(id)) {
        parts.push(format!("申请表“{}”", application.seal_name()));
    }
    if let Some(code) = &point.field {
        let field = Field::ALL.iter().find(|field| field.code() == code);
        let name = field
            .map(|field| field.label())
            .or_else(|| MaterialKind::find(code).map(MaterialKind::name));
        parts.extend(name.map(str::to_owned));
    }
    if parts.is_empty() {
        "整个办件".to_owned()
    } else {
        parts.join("　")
    }
}

fn result(business: casework::BusinessType) -> &'static str {
    match business {
        casework::BusinessType::New => "已制作并领取",
        casework::BusinessType::Renewal => "已延期",
        casework::BusinessType::Change => "已变更",
        casework::BusinessType::Revocation => "已撤销",
        casework::BusinessType::Reissue => "已补办并领取",
        casework::BusinessType::Unlock => "口令已重置",
    }
}
