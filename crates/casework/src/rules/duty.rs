//! Separation of duties (R1.3): nobody decides on what they filed, nobody decides at two places of one case;
//! maker, first reviewer and final reviewer are three people. A deputy counts as both people: who acts, and for whom.

use std::collections::BTreeSet;

use crate::act::ActKind;
use crate::case::{Case, Verdict};
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::stage::Stage;

/// A place in a case at which a person has a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Duty {
    Unit,
    Consolidation,
    /// Acceptance and production: who produces may be the accepting maker.
    Maker,
    FirstReview,
    FinalReview,
}

pub(crate) fn check(case: &Case, act: ActKind, actor: &Actor) -> Result<(), Refusal> {
    let Some(duty) = duty_of(act, case.stage) else {
        return Ok(());
    };
    if case.filed_by.contains(&actor.person) {
        return Err(Refusal::new(
            "filed_by_oneself",
            format!(
                "办件 {} 由您填写或提交，须由他人办理「{}」",
                case.number,
                act.name()
            ),
        ));
    }
    if let Some(principal) = &actor.on_behalf_of
        && case.filed_by.contains(&principal.person)
    {
        return Err(Refusal::new(
            "filed_by_principal",
            format!(
                "办件 {} 由您所代理的{}填写或提交，代理人同样不能办理「{}」，须由他人办理",
                case.number,
                principal.name,
                act.name()
            ),
        ));
    }
    if let Some(other) = duties_of(case, actor)
        .into_iter()
        .find(|other| *other != duty)
    {
        return Err(Refusal::new(
            "second_duty",
            format!(
                "您{}已在本办件承担「{}」，同一办件的{}须由不同的人承担",
                if actor.on_behalf_of.is_some() {
                    "或您所代理的人"
                } else {
                    ""
                },
                other.name(),
                if other >= Duty::Maker && duty >= Duty::Maker {
                    "制作、初审、终审"
                } else {
                    "各个环节"
                }
            ),
        ));
    }
    Ok(())
}

/// The act was done before, by whom and when: said clearly when somebody clicks twice or too late.
pub(crate) fn done_already(case: &Case, act: ActKind) -> Option<Refusal> {
    let (stages, verdict): (&[Stage], Verdict) = match act {
        ActKind::ApproveInUnit => (&[Stage::UnitApproval], Verdict::Approved),
        ActKind::SendBackInUnit => (&[Stage::UnitApproval, Stage::HandIn], Verdict::SentBack),
        ActKind::HandOver => (&[Stage::Consolidation], Verdict::Approved),
        ActKind::ReturnByConsolidator => (&[Stage::Consolidation], Verdict::SentBack),
        ActKind::Accept => (&[Stage::Acceptance], Verdict::Approved),
        ActKind::ApproveFirst => (&[Stage::FirstReview], Verdict::Approved),
        ActKind::ApproveFinal => (&[Stage::FinalReview], Verdict::Approved),
        ActKind::RequestCorrection => (
            &[Stage::Acceptance, Stage::FirstReview, Stage::FinalReview],
            Verdict::SentBack,
        ),
        ActKind::Refuse => (&[Stage::FirstReview, Stage::FinalReview], Verdict::Refused),
        ActKind::Submit if case.revision > 0 => return Some(already("本办件已提交，请勿重复提交")),
        ActKind::Collect if case.collection.is_some() => {
            return Some(already("本办件的印章已被领取，请勿重复登记"));
        }
        ActKind::NotifyCollection if case.collection_notified_at.is_some() => {
            return Some(already("本办件已通知领取，请勿重复通知"));
        }
        _ => return None,
    };
    let decision = case.decisions.iter().rev().find(|decision| {
        decision.revision == case.revision
            && decision.verdict == verdict
            && stages.contains(&decision.stage)
    })?;
    Some(already(format!(
        "「{}」已由{}办理（{}），无需重复办理",
        decision.stage.name(),
        decision.by.name,
        decision.verdict.name()
    )))
}

fn already(message: impl Into<String>) -> Refusal {
    Refusal::new("already_decided", message)
}

fn duty_of(act: ActKind, stage: Stage) -> Option<Duty> {
    use ActKind as A;

    match act {
        A::ApproveInUnit | A::SendBackInUnit => Some(Duty::Unit),
        A::HandOver | A::ReturnByConsolidator => Some(Duty::Consolidation),
        A::Accept
        | A::PresentKey
        | A::StartProduction
        | A::FinishOnSite
        | A::NotifyCollection
        | A::Collect
        | A::Close => Some(Duty::Maker),
        A::ApproveFirst => Some(Duty::FirstReview),
        A::ApproveFinal => Some(Duty::FinalReview),
        A::RequestCorrection | A::SetAside | A::Refuse => duty_at(stage),
        _ => None,
    }
}

fn duty_at(stage: Stage) -> Option<Duty> {
    match stage {
        Stage::UnitApproval | Stage::HandIn => Some(Duty::Unit),
        Stage::Consolidation => Some(Duty::Consolidation),
        Stage::Acceptance | Stage::Production | Stage::OnSite | Stage::Collection => {
            Some(Duty::Maker)
        }
        Stage::FirstReview => Some(Duty::FirstReview),
        Stage::FinalReview => Some(Duty::FinalReview),
        Stage::Draft | Stage::Correction | Stage::Closed(_) => None,
    }
}

/// The duties that the actor, or whom they act for, has taken up in this case, themselves or through a deputy.
fn duties_of(case: &Case, actor: &Actor) -> BTreeSet<Duty> {
    let decided = case
        .decisions
        .iter()
        .filter(|decision| decision.by.shares_duty_with(actor))
        .filter_map(|decision| duty_at(decision.stage));
    let made = case
        .applications
        .iter()
        .flat_map(|application| {
            let started = application.production.as_ref().map(|started| &started.by);
            let shown = application.key_presented.as_ref().map(|shown| &shown.by);
            [started, shown]
        })
        .filter(|maker| maker.is_some_and(|maker| maker.shares_duty_with(actor)))
        .map(|_| Duty::Maker);
    decided.chain(made).collect()
}

impl Duty {
    fn name(self) -> &'static str {
        match self {
            Self::Unit => "单位审批",
            Self::Consolidation => "汇总办理",
            Self::Maker => "受理、制作",
            Self::FirstReview => "初审",
            Self::FinalReview => "终审",
        }
    }
}
