//! What a resubmission changed (R4.1, 涂改): between the revision that somebody has seen and the newest.

use crate::case::{Case, Revision};
use crate::checklist::{ChecklistAnswer, ChecklistItem};
use crate::ids::{ApplicationId, MaterialId};
use crate::material::MaterialKind;
use crate::stage::Stage;

/// What changed since a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The revision that was seen.
    pub since: u32,
    /// Forms that differ, came new or were taken out.
    pub forms: Vec<ApplicationId>,
    /// The unit's own words in the letter differ.
    pub letter: bool,
    /// Materials that differ.
    pub materials: Vec<MaterialChange>,
}

/// A material that changed: what was there, and what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialChange {
    /// Its kind.
    pub kind: MaterialKind,
    /// The application it belongs to.
    pub application: Option<ApplicationId>,
    /// The one that was seen; `None`: it is new.
    pub before: Option<MaterialId>,
    /// The one that is there now; `None`: it was taken out.
    pub after: Option<MaterialId>,
}

impl Changes {
    /// Whether an answer given on the earlier revision still holds for a question.
    #[must_use]
    pub fn leaves(&self, item: &ChecklistItem) -> bool {
        let material = self.materials.iter().any(|change| {
            change.kind == item.material
                && (item.application.is_none() || change.application == item.application)
        });
        // What the letter and the sheet say is compared with every form.
        let forms = match item.application {
            Some(application) => self.forms.contains(&application),
            None => !self.forms.is_empty(),
        };
        let letter = self.letter && item.material == MaterialKind::RedHeaderLetter;
        !material && !forms && !letter
    }
}

/// What changed since this stage last decided on an earlier revision; `None` where it never did.
#[must_use]
pub fn changes_for(case: &Case, stage: Stage) -> Option<Changes> {
    let seen = last_seen(case, stage)?;
    let earlier = case
        .revisions
        .iter()
        .find(|revision| revision.number == seen)?;
    let decided_at = case
        .decisions
        .iter()
        .filter(|decision| decision.stage == stage && decision.revision == seen)
        .map(|decision| decision.at)
        .max()?;
    Some(Changes {
        since: seen,
        forms: changed_forms(case, earlier),
        letter: case
            .revisions
            .last()
            .is_some_and(|newest| newest.letter != earlier.letter),
        materials: changed_materials(case, decided_at),
    })
}

/// The answers to the checklist that were given on the earlier revision and that the changes leave as they are.
#[must_use]
pub fn standing_answers(
    case: &Case,
    stage: Stage,
    items: &[ChecklistItem],
    changes: &Changes,
) -> Vec<ChecklistAnswer> {
    let Some(decision) = case.decisions.iter().rev().find(|decision| {
        decision.stage == stage
            && decision.revision == changes.since
            && !decision.checklist.is_empty()
    }) else {
        return Vec::new();
    };
    items
        .iter()
        .filter(|item| changes.leaves(item))
        .filter_map(|item| {
            decision
                .checklist
                .iter()
                .find(|answer| {
                    answer.met && answer.code == item.code && answer.application == item.application
                })
                .cloned()
        })
        .collect()
}

fn last_seen(case: &Case, stage: Stage) -> Option<u32> {
    case.decisions
        .iter()
        .filter(|decision| decision.stage == stage && decision.revision < case.revision)
        .map(|decision| decision.revision)
        .max()
}

fn changed_forms(case: &Case, earlier: &Revision) -> Vec<ApplicationId> {
    let mut changed: Vec<ApplicationId> = case
        .live_applications()
        .filter(|application| {
            let before = earlier.forms.iter().find(|(id, _)| *id == application.id);
            before.map(|(_, form)| form) != application.form.as_ref()
        })
        .map(|application| application.id)
        .collect();
    let gone = earlier
        .forms
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| case.application(*id).is_none());
    changed.extend(gone);
    changed
}

/// Materials that came or went since a moment; one that took another's place is told as one change.
fn changed_materials(case: &Case, since: jiff::Timestamp) -> Vec<MaterialChange> {
    let mut gone: Vec<_> = case
        .materials
        .iter()
        .filter(|m| m.uploaded_at <= since && m.removed_at.is_some_and(|at| at > since))
        .collect();
    let mut changes: Vec<MaterialChange> = Vec::new();
    for material in case.live_materials().filter(|m| m.uploaded_at > since) {
        let before = gone
            .iter()
            .position(|m| m.kind == material.kind && m.application == material.application)
            .map(|place| gone.remove(place).id)
            // A newer scan beside an older one of the same kind is what counts now.
            .or_else(|| {
                case.live_materials()
                    .filter(|m| {
                        m.kind == material.kind
                            && m.application == material.application
                            && m.uploaded_at <= since
                    })
                    .last()
                    .map(|m| m.id)
            });
        changes.push(MaterialChange {
            kind: material.kind,
            application: material.application,
            before,
            after: Some(material.id),
        });
    }
    changes.extend(gone.into_iter().map(|material| MaterialChange {
        kind: material.kind,
        application: material.application,
        before: Some(material.id),
        after: None,
    }));
    changes
}
