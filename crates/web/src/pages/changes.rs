//! What a resubmission changed (涂改): the newest revision beside the one before, in the words of the form.

use casework::{
    Application, ApplicationForm, Case, Correction, CorrectionPoint, Field, MaterialKind, Policy,
    Stage, Verdict,
};

use super::words;
use crate::views::ChangeLine;
use crate::views::parts::{Cell, Fact};

/// The changes of the newest revision; none while there is only one.
pub(super) fn newest(case: &Case, policy: &Policy, whole: bool) -> Vec<ChangeLine> {
    let mut lines = forms(case, policy, whole);
    let [.., before, now] = case.revisions.as_slice() else {
        return lines;
    };
    // Signed papers follow the submission; they count from the moment the case was sent back.
    let since = case
        .decisions
        .iter()
        .filter(|decision| {
            decision.verdict == Verdict::SentBack && decision.revision == before.number
        })
        .map(|decision| decision.at)
        .max()
        .unwrap_or(before.at);
    let newer = case.live_materials().filter(|material| {
        !before.materials.contains(&material.id)
            && material.uploaded_at > since
            && material.revision + 1 >= now.number
            && !material.kind.is_for_collection()
    });
    lines.extend(newer.map(|material| {
        ChangeLine::new(
            material.kind.name().to_owned(),
            None,
            Some(format!("新上传 {}", material.name)),
        )
    }));
    lines
}

/// Of these, what the forms and the letter say otherwise.
pub(super) fn forms(case: &Case, policy: &Policy, whole: bool) -> Vec<ChangeLine> {
    let [.., before, now] = case.revisions.as_slice() else {
        return Vec::new();
    };
    let several = now.forms.len() > 1 || before.forms.len() > 1;
    let mut lines = Vec::new();
    for (id, form) in &now.forms {
        let of = |about: &str| {
            if several {
                format!("「{}」{about}", form.seal.name)
            } else {
                about.to_owned()
            }
        };
        let earlier = before.forms.iter().find(|(earlier, _)| earlier == id);
        match earlier {
            None => lines.push(ChangeLine::new(of("申请表"), None, Some("新增".into()))),
            Some((_, earlier)) if earlier != form => lines.extend(
                differing(earlier, form, policy, whole)
                    .map(|(label, before, after)| ChangeLine::new(of(&label), before, after)),
            ),
            Some(_) => {}
        }
    }
    let gone = before
        .forms
        .iter()
        .filter(|(id, _)| !now.forms.iter().any(|(kept, _)| kept == id));
    lines.extend(gone.map(|(_, form)| {
        ChangeLine::new(
            format!("「{}」申请表", form.seal.name),
            None,
            Some("已删除".into()),
        )
    }));
    if before.letter != now.letter {
        lines.push(ChangeLine::new(
            "红头函的办理理由".into(),
            words::some_text(before.letter.reasons.clone()),
            words::some_text(now.letter.reasons.clone()),
        ));
    }
    lines
}

/// Whether a point of the correction notice was answered since the case was sent back.
pub(super) fn answers(case: &Case, point: &CorrectionPoint) -> bool {
    let Some(correction) = case
        .correction
        .as_ref()
        .filter(|_| case.stage == Stage::Correction)
    else {
        return false;
    };
    let Some(code) = point.field.as_deref() else {
        return false;
    };
    if let Some(kind) = MaterialKind::find(code) {
        return newer_material(case, correction, kind, point);
    }
    let application = point.application.and_then(|id| case.application(id));
    match (Field::find(code), application) {
        (Some(Field::Imprint), Some(application)) => {
            let form = application.form.as_ref();
            form.is_some_and(|form| form.imprint != application.draft.imprint)
        }
        (Some(Field::Request), Some(application)) => {
            let form = application.form.as_ref();
            form.is_some_and(|form| form.request != application.draft.request)
        }
        (Some(field), Some(application)) => retyped(application, field),
        _ => false,
    }
}

fn newer_material(
    case: &Case,
    correction: &Correction,
    kind: MaterialKind,
    point: &CorrectionPoint,
) -> bool {
    case.live_materials().any(|material| {
        material.kind == kind
            && (point.application.is_none() || material.application == point.application)
            && material.uploaded_at > correction.at
    })
}

/// Whether the draft says something else than the form that was submitted.
fn retyped(application: &Application, field: Field) -> bool {
    let Some(form) = &application.form else {
        return false;
    };
    let submitted = match field {
        Field::SealName => form.seal.name.clone(),
        Field::Width => form.seal.width.to_string(),
        Field::Height => form.seal.height.to_string(),
        Field::Function => form.function.0.clone(),
        Field::Medium => form.medium.code().to_owned(),
        Field::AgentName => form.agent.name.clone(),
        Field::AgentMobile => form.agent.mobile.to_string(),
        Field::AgentId => form.agent.id.to_string(),
        Field::PersonName => match &form.person {
            Some(person) => person.name.clone(),
            None => return false,
        },
        Field::PersonId => match &form.person {
            Some(person) => person.id.to_string(),
            None => return false,
        },
        _ => return false,
    };
    application
        .draft
        .text(field)
        .is_some_and(|typed| typed != submitted)
}

type Difference = (String, Option<String>, Option<String>);

fn differing(
    before: &ApplicationForm,
    now: &ApplicationForm,
    policy: &Policy,
    whole: bool,
) -> impl Iterator<Item = Difference> {
    let before = words::form_facts(before, policy, whole).facts;
    let now = words::form_facts(now, policy, whole).facts;
    let then = |facts: &[Fact], label: &str| {
        facts
            .iter()
            .find(|fact| fact.label == label)
            .map(|fact| plain(&fact.value))
    };
    let gone: Vec<Difference> = before
        .iter()
        .filter(|fact| then(&now, &fact.label).is_none())
        .map(|fact| (fact.label.clone(), Some(plain(&fact.value)), None))
        .collect();
    let changed: Vec<Difference> = now
        .iter()
        .map(|fact| {
            let after = Some(plain(&fact.value));
            (fact.label.clone(), then(&before, &fact.label), after)
        })
        .filter(|(_, before, after)| before != after)
        .collect();
    changed.into_iter().chain(gone)
}

fn plain(cell: &Cell) -> String {
    match &cell.sub {
        Some(sub) => format!("{}　{sub}", cell.text),
        None => cell.text.clone(),
    }
}
