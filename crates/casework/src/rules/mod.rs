//! The rules behind the table: who, in which order, with what.

mod approving;
pub(crate) mod desk;
mod duty;
mod filing;
pub(crate) mod materials;

pub(crate) use filing::{check_application, check_applications};

use jiff::Timestamp;

use crate::act::{Act, ActKind};
use crate::case::{Case, CorrectionPoint, Deadline, DeadlineKind, Progress};
use crate::event::{Event, What};
use crate::policy::Policy;
use crate::process::Facts;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};
use crate::stage::Stage;
use crate::table::{Row, To, rows};

/// One act under decision: everything a rule may ask.
pub(crate) struct Request<'a> {
    pub(crate) case: &'a Case,
    pub(crate) actor: &'a Actor,
    pub(crate) now: Timestamp,
    pub(crate) policy: &'a Policy,
    pub(crate) facts: &'a Facts,
}

pub(crate) fn decide(
    case: &Case,
    act: &Act,
    actor: &Actor,
    now: Timestamp,
    policy: &Policy,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    let row = permitted(case, act.kind(), actor)?;
    let request = Request {
        case,
        actor,
        now,
        policy,
        facts,
    };
    let mut happened = request.happens(act)?;
    if let Some(to) = request.destination(row, &happened) {
        happened.push(What::Moved {
            to,
            deadline: request.deadline(to),
        });
    }
    Ok(happened
        .into_iter()
        .map(|what| Event {
            at: now,
            by: actor.clone(),
            what,
        })
        .collect())
}

pub(crate) fn allowed_acts(case: &Case, actor: &Actor, policy: &Policy) -> Vec<ActKind> {
    ActKind::ALL
        .iter()
        .copied()
        .filter(|act| permitted(case, *act, actor).is_ok() && possible(case, *act, policy))
        .collect()
}

/// The line of the table that lets this actor do this, after the checks of role, unit and duty.
fn permitted(case: &Case, act: ActKind, actor: &Actor) -> Result<&'static Row, Refusal> {
    if actor.post.role.is_administrative() {
        return Err(Refusal::new(
            "administrator_handles_no_cases",
            format!("三员分立：{}不办理业务", actor.post.role.name()),
        ));
    }
    let mut here = rows(case.business, case.stage, act).peekable();
    if here.peek().is_none() {
        return Err(not_now(case, act));
    }
    let Some(row) = rows(case.business, case.stage, act).find(|row| row.role == actor.post.role)
    else {
        let who: Vec<_> = here.map(|row| row.role.name()).collect();
        return Err(Refusal::new(
            "wrong_role",
            format!(
                "「{}」由{}办理，您当前的岗位是{}",
                act.name(),
                who.join("或"),
                actor.post.role.name()
            ),
        ));
    };
    in_the_right_unit(case, actor)?;
    duty::check(case, act, actor)?;
    Ok(row)
}

/// Why an act has no place at the case's stage.
fn not_now(case: &Case, act: ActKind) -> Refusal {
    if let Some(done) = duty::done_already(case, act) {
        return done;
    }
    match case.stage {
        Stage::Closed(outcome) => Refusal::new(
            "case_closed",
            format!(
                "办件 {} 已结束（{}），不能再「{}」",
                case.number,
                Stage::Closed(outcome).name(),
                act.name()
            ),
        ),
        stage => Refusal::new(
            "not_at_this_stage",
            format!(
                "办件 {} 现处于「{}」环节，不能「{}」",
                case.number,
                stage.name(),
                act.name()
            ),
        ),
    }
}

/// Agents and approvers act for their own unit, consolidators for the cases routed through theirs (R1.3).
fn in_the_right_unit(case: &Case, actor: &Actor) -> Result<(), Refusal> {
    let right = match actor.post.role {
        Role::Agent | Role::UnitApprover => actor.post.unit == case.unit.id,
        Role::Consolidator => case.route.consolidator() == Some(actor.post.unit),
        _ => true,
    };
    if right {
        return Ok(());
    }
    Err(Refusal::new(
        "wrong_unit",
        format!(
            "办件 {} 属于{}，您所在的单位不能办理",
            case.number, case.unit.full_name
        ),
    ))
}

/// Whether a button for the act makes sense now.
fn possible(case: &Case, act: ActKind, policy: &Policy) -> bool {
    let mut live = case.live_applications();
    match act {
        ActKind::StartProduction => {
            live.any(|a| a.progress == Progress::WithCase && !desk::waits_for_key(case, a, policy))
        }
        ActKind::PresentKey => live.any(|a| {
            a.progress == Progress::WithCase
                && (desk::waits_for_key(case, a, policy)
                    || (a.key_presented.is_none() && desk::gets_a_key(case, a)))
        }),
        ActKind::ApplicationProduced => live.any(|a| a.progress == Progress::InProduction),
        ActKind::NotifyCollection | ActKind::Close | ActKind::FinishOnSite => {
            live.all(|a| a.progress == Progress::Produced)
        }
        ActKind::Withdraw => live.all(|a| a.progress == Progress::WithCase),
        ActKind::SetAside => live.count() > 1,
        ActKind::CancelAppointment => case.appointment.is_some(),
        ActKind::ReceivePaper => case.papers_outstanding().next().is_some(),
        ActKind::RemoveApplication => live.count() > 0,
        _ => true,
    }
}

impl Request<'_> {
    fn happens(&self, act: &Act) -> Result<Vec<What>, Refusal> {
        match act {
            Act::SaveLetter { letter } => filing::save_letter(letter),
            Act::AddApplication { application, draft } => self.add_application(*application, draft),
            Act::AddApplications { applications } => self.add_applications(applications),
            Act::SaveDraft { application, draft } => self.save_draft(*application, draft),
            Act::RemoveApplication { application } => self.remove_application(*application),
            Act::AttachMaterial { material, text } => self.attach(material, text.as_deref()),
            Act::RemoveMaterial { material } => self.remove_material(*material),
            Act::Submit => self.submit(None),
            Act::Resubmit { remark } => self.submit(remark.as_deref()),
            Act::ApproveInUnit { remark } => self.approve(remark.as_deref()),
            Act::ApproveFirst { remark } | Act::ApproveFinal { remark } => {
                self.papers_are_here()?;
                self.approve(remark.as_deref())
            }
            Act::SendBackInUnit { points } | Act::ReturnByConsolidator { points } => {
                self.send_back(points, &[])
            }
            Act::HandIn => self.hand_in(),
            Act::HandOver { bundle } => self.hand_over(*bundle),
            Act::ReceivePaper { received, missing } => self.receive_paper(received, missing),
            Act::Accept { checklist } => self.accept(checklist),
            Act::RequestCorrection { points, checklist } => self.send_back(points, checklist),
            Act::Refuse { reason } => self.refuse(reason),
            Act::SetAside {
                application,
                linked,
                linked_number,
                points,
            } => self.set_aside(*application, *linked, *linked_number, points),
            Act::BookAppointment { at } => self.book(*at),
            Act::CancelAppointment => self.cancel_appointment(),
            Act::PresentKey {
                application,
                serial,
            } => self.present_key(*application, serial),
            Act::StartProduction { application } => self.start_production(*application),
            Act::ApplicationProduced {
                application,
                produced,
            } => self.produced(*application, produced),
            Act::FinishOnSite | Act::Close => self.all_produced().map(|()| Vec::new()),
            Act::NotifyCollection => self.all_produced().map(|()| vec![What::CollectionNotified]),
            Act::Collect { .. } => self.collect(act),
            Act::Withdraw { reason } => self.withdraw(reason.as_deref()),
        }
    }

    fn destination(&self, row: &Row, happened: &[What]) -> Option<Stage> {
        let case = self.case;
        match row.to {
            To::Same => None,
            To::Stage(stage) => Some(stage),
            To::Route => Some(match (&case.correction, case.route.consolidator()) {
                (Some(correction), _) if correction.returns_to != Stage::UnitApproval => {
                    correction.returns_to
                }
                (_, Some(_)) => Stage::Consolidation,
                (_, None) => Stage::Acceptance,
            }),
            To::Making => {
                let at_the_desk = case
                    .live_applications()
                    .any(|a| desk::needs_key(case, a, self.policy));
                Some(if at_the_desk {
                    Stage::OnSite
                } else {
                    Stage::Production
                })
            }
            To::Resubmitted => {
                let changed = happened
                    .iter()
                    .any(|what| matches!(what, What::Submitted { revision } if revision.changed));
                Some(filing::after_resubmission(case, changed))
            }
        }
    }

    fn deadline(&self, to: Stage) -> Option<Deadline> {
        let (kind, days) = match to {
            Stage::Correction => (DeadlineKind::Correction, self.policy.correction_days),
            Stage::OnSite => (DeadlineKind::OnSite, self.policy.desk_days),
            Stage::Collection => (DeadlineKind::Collection, self.policy.desk_days),
            _ => return None,
        };
        Some(Deadline {
            kind,
            at: self.policy.working_days_after(self.now, days),
        })
    }

    /// Withdrawal is possible until something is being made.
    fn withdraw(&self, reason: Option<&str>) -> Result<Vec<What>, Refusal> {
        if self
            .case
            .live_applications()
            .any(|a| a.progress != Progress::WithCase)
        {
            return Err(Refusal::new(
                "production_started",
                "印章已开始办理，不能撤回；如不再需要，请在办结后申请印章撤销",
            ));
        }
        let reason = reason
            .filter(|reason| !reason.trim().is_empty())
            .map(|reason| crate::text::check_reason("撤回理由", reason))
            .transpose()?;
        Ok(vec![What::Withdrawn { reason }])
    }

    fn check_points(&self, points: &[CorrectionPoint]) -> Result<Vec<CorrectionPoint>, Refusal> {
        if points.is_empty() {
            return Err(Refusal::new(
                "correction_without_points",
                "请逐条写明需要补正的内容，经办人才能据此整改",
            ));
        }
        points
            .iter()
            .map(|point| {
                if let Some(id) = point.application
                    && self.case.application(id).is_none()
                {
                    return Err(unknown_application());
                }
                let message = crate::text::check_reason("补正内容", &point.message)?;
                Ok(CorrectionPoint {
                    message,
                    ..point.clone()
                })
            })
            .collect()
    }
}

pub(crate) fn unknown_application() -> Refusal {
    Refusal::new(
        "application_unknown",
        "本办件中没有这份申请表，请刷新页面后重试",
    )
}

pub(crate) fn unknown_material() -> Refusal {
    Refusal::new("material_unknown", "本办件中没有这份材料，请刷新页面后重试")
}
