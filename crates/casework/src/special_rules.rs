//! Who may confirm or end an exception, and when (R2.9).

use jiff::{SignedDuration, Timestamp};

use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};
use crate::special_register::{SpecialAct, SpecialEvent, SpecialRecord, SpecialState, SpecialWhat};

/// Enters an exception that the Center allowed: its first confirmation is due a year later. `record` is as it will
/// be; this gives it its date and its first entry.
pub fn open_special(record: &mut SpecialRecord, by: &Actor, now: Timestamp, policy: &Policy) {
    record.opened_at = now;
    record.due_at = next_due(now, policy);
    crate::special_register::apply_special(
        record,
        &SpecialEvent {
            at: now,
            by: by.clone(),
            what: SpecialWhat::Opened,
        },
    );
}

/// Decides on an act on an exception.
///
/// # Errors
/// A [`Refusal`] whose code and sentence say why.
pub fn decide_special(
    record: &SpecialRecord,
    act: &SpecialAct,
    actor: &Actor,
    now: Timestamp,
    policy: &Policy,
) -> Result<SpecialEvent, Refusal> {
    let state = record.state(now, policy.special_notice_days);
    if state == SpecialState::Ended {
        return Err(Refusal::new(
            "special_ended",
            "该特殊情况已终止，不能再办理；确需继续的，请随印章业务重新说明",
        ));
    }
    let what = match act {
        SpecialAct::Propose { statement } => {
            of_the_unit(record, actor, &[Role::Agent])?;
            let statement = crate::text::check_reason("情况说明", statement)?;
            if record.proposal.is_some() {
                return Err(Refusal::new(
                    "special_already_proposed",
                    "已提出继续，请等待单位审批人确认",
                ));
            }
            if state == SpecialState::Confirmed {
                return Err(Refusal::new(
                    "special_not_due",
                    format!(
                        "尚未到确认时间，到期前 {} 日内办理",
                        policy.special_notice_days
                    ),
                ));
            }
            SpecialWhat::Proposed { statement }
        }
        SpecialAct::Confirm { committed } => {
            of_the_unit(record, actor, &[Role::UnitApprover])?;
            not_the_proposer(record, actor)?;
            if !committed {
                return Err(Refusal::new(
                    "special_not_committed",
                    "请勾选承诺：情况属实，并自行承担后期使用的一切后果",
                ));
            }
            SpecialWhat::Confirmed {
                due_at: next_due(now, policy),
            }
        }
        SpecialAct::SendBack { reason } => {
            of_the_unit(record, actor, &[Role::UnitApprover])?;
            not_the_proposer(record, actor)?;
            SpecialWhat::SentBack {
                reason: crate::text::check_reason("退回的理由", reason)?,
            }
        }
        SpecialAct::End { reason } => {
            let center = [Role::SealReviewer, Role::DepartmentLeader];
            if actor.post.role != Role::System && !center.contains(&actor.post.role) {
                of_the_unit(record, actor, &[Role::UnitApprover])?;
            }
            SpecialWhat::Ended {
                reason: crate::text::check_reason("终止的理由", reason)?,
            }
        }
        SpecialAct::Move { seal, code } => {
            if !matches!(actor.post.role, Role::System | Role::SealMaker) {
                return Err(wrong_role(actor, &[Role::System]));
            }
            SpecialWhat::Moved {
                seal: *seal,
                code: *code,
            }
        }
    };
    Ok(SpecialEvent {
        at: now,
        by: actor.clone(),
        what,
    })
}

fn next_due(now: Timestamp, policy: &Policy) -> Timestamp {
    let days = i64::from(policy.special_confirmation_days);
    now.checked_add(SignedDuration::from_hours(days * 24))
        .unwrap_or(Timestamp::MAX)
}

/// The approver answers a proposal, and not their own.
fn not_the_proposer(record: &SpecialRecord, actor: &Actor) -> Result<(), Refusal> {
    match &record.proposal {
        None => Err(Refusal::new(
            "special_not_proposed",
            "经办人还没有提出继续，请先由经办人填写情况说明",
        )),
        Some(proposal) if proposal.by.person == actor.person => Err(Refusal::new(
            "filed_by_oneself",
            "由您提出的事项须由他人审批",
        )),
        Some(_) => Ok(()),
    }
}

fn of_the_unit(record: &SpecialRecord, actor: &Actor, roles: &[Role]) -> Result<(), Refusal> {
    if !roles.contains(&actor.post.role) {
        return Err(wrong_role(actor, roles));
    }
    if actor.post.unit != record.unit {
        return Err(Refusal::new(
            "wrong_unit",
            format!("「{}」不是您所在单位的印章", record.seal_name),
        ));
    }
    Ok(())
}

fn wrong_role(actor: &Actor, roles: &[Role]) -> Refusal {
    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
    Refusal::new(
        "wrong_role",
        format!(
            "此项由{}办理，您当前的岗位是{}",
            names.join("或"),
            actor.post.role.name()
        ),
    )
}
