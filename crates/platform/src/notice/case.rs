//! What happens to a case, and who is told of it: the one place that knows.

use casework::{Actor, Case, Event, MaterialId, Outcome, PersonId, Role, Stage, Turn, What};

use super::{Audience, Message, Values, day, minute};
use crate::{Platform, error::Result, ports::store::Tx};

/// A template, and who is told with it.
type Told = (&'static str, Vec<Audience>);

impl Platform {
    /// Tells everybody concerned what these events have changed: whose turn it is now, the agent who waits, the
    /// other side of an appointment. `before` is the turn before them.
    pub(crate) async fn notify_case(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        actor: &Actor,
        events: &[Event],
        before: Option<&Turn>,
    ) -> Result<()> {
        let after = casework::turn(case);
        let place = |turn: &Turn| (turn.role, turn.unit);
        let mut told: Vec<Told> = Vec::new();
        if before.map(place) != after.as_ref().map(place) {
            match &after {
                Some(turn) => {
                    told.extend(next_one(case, turn));
                    told.extend(progress(case, turn, before));
                }
                None => told.extend(end(case, before)),
            }
        }
        for event in events {
            told.extend(beside(case, event));
        }
        // Who asked the platform to make a seal waits for it, too.
        let except = (actor.post.role != Role::System).then_some(actor.person);
        let values = values(case, events);
        // The first thing that somebody is told is the one that asks for something.
        let mut reached: Vec<PersonId> = Vec::new();
        for (template, audience) in told {
            let mut people = self.people(tx, &audience).await?;
            people.retain(|record| !reached.contains(&record.id));
            let people: Vec<_> = people.into_iter().map(|record| record.id).collect();
            let audience: Vec<_> = people.iter().copied().map(Audience::Person).collect();
            let message = Message {
                template,
                values: values.clone(),
                case: Some(case.id),
                link: format!("/desk/cases/{}", case.id),
            };
            self.tell(tx, &audience, except, &message).await?;
            reached.extend(people);
        }
        Ok(())
    }
}

/// Who has to act now.
fn next_one(case: &Case, turn: &Turn) -> Option<Told> {
    let template = match (case.stage, turn.role) {
        (Stage::UnitApproval, _) => "case_to_approve",
        (Stage::HandIn, _) => "case_hand_in",
        (Stage::Consolidation, _) => "case_to_consolidate",
        (Stage::Acceptance, _) => "case_to_accept",
        (Stage::FirstReview, _) => "case_to_first_review",
        (Stage::FinalReview, _) => "case_to_final_review",
        (Stage::Production, Role::SealMaker) if anything_made(case) => "case_made",
        (Stage::Production, Role::SealMaker) => "case_to_produce",
        (Stage::OnSite, Role::Agent) => "case_bring_key",
        (Stage::OnSite, Role::SealMaker) => "case_to_handle_on_site",
        (Stage::Collection, _) => "case_to_collect",
        (Stage::Correction, _) => "case_to_correct",
        // A draft waits for nobody; the platform needs no notice.
        (Stage::Draft | Stage::Closed(_) | Stage::Production | Stage::OnSite, _) => return None,
    };
    let audience = match turn.unit {
        Some(unit) => Audience::Post(turn.role, unit),
        None => Audience::Center(turn.role),
    };
    Some((template, vec![audience]))
}

/// What the agent who filed the case waits to hear, while others act.
fn progress(case: &Case, turn: &Turn, before: Option<&Turn>) -> Option<Told> {
    let came_from = before.map(|turn| turn.role);
    let template = match (case.stage, came_from) {
        (Stage::Acceptance, Some(Role::Consolidator)) => "case_handed_over",
        (Stage::FirstReview, Some(Role::SealMaker)) => "case_accepted",
        (Stage::FinalReview, _) => "case_first_approved",
        (Stage::Production | Stage::OnSite, Some(Role::DepartmentLeader))
            if turn.role != Role::Agent =>
        {
            "case_approved"
        }
        _ => return None,
    };
    Some((template, vec![Audience::Person(case.agent().person)]))
}

/// Who hears of the end.
fn end(case: &Case, before: Option<&Turn>) -> Vec<Told> {
    let filer = Audience::Person(case.agent().person);
    let approver = Audience::Post(Role::UnitApprover, case.unit.id);
    match case.stage {
        Stage::Closed(Outcome::Completed) => vec![("case_completed", vec![filer, approver])],
        Stage::Closed(Outcome::Refused) => vec![("case_refused", vec![filer, approver])],
        Stage::Closed(Outcome::Withdrawn) => {
            let waiting = before.map(|turn| match turn.unit {
                Some(unit) => Audience::Post(turn.role, unit),
                None => Audience::Center(turn.role),
            });
            let told = waiting.into_iter().chain([filer]).collect();
            vec![("case_withdrawn", told)]
        }
        _ => Vec::new(),
    }
}

/// What is told beside the way of the case.
fn beside(case: &Case, event: &Event) -> Option<Told> {
    let agents = Audience::Post(Role::Agent, case.unit.id);
    match &event.what {
        What::AppointmentBooked { .. } => Some((
            "case_appointment",
            vec![agents, Audience::Center(Role::SealMaker)],
        )),
        What::PaperRecorded { missing, .. } if !missing.is_empty() => {
            Some(("case_paper_missing", vec![agents]))
        }
        _ => None,
    }
}

/// Values for everything about a case.
pub(super) fn values(case: &Case, events: &[Event]) -> Values {
    let turn = casework::turn(case);
    let names: Vec<&str> = case
        .live_applications()
        .map(casework::Application::seal_name)
        .collect();
    let seals = match names.as_slice() {
        [] => "—".to_owned(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} 等 {} 枚", rest.len() + 1),
    };
    let mut values = Values::default()
        .with("办件编号", case.number.to_string())
        .with("业务", case.business.name())
        .with("单位", &case.unit.full_name)
        .with("印章", seals)
        .with("环节", stage_named(case))
        .with(
            "下一步",
            turn.map(|turn| turn.waiting_for).unwrap_or_default(),
        )
        .with("意见", remarks(case, events));
    if let Some(deadline) = case.deadline {
        values = values.with("期限", day(deadline.at));
    }
    if let Some(appointment) = case.appointment {
        values = values.with("时间", minute(appointment));
    }
    values
}

/// The stage that sent the case back, else where it is.
fn stage_named(case: &Case) -> &'static str {
    match (&case.stage, &case.correction) {
        (Stage::Correction, Some(correction)) => correction.from.name(),
        (stage, _) => stage.name(),
    }
}

/// What was said: which papers are missing, what is to be corrected, why it ended.
fn remarks(case: &Case, events: &[Event]) -> String {
    let missing: Vec<MaterialId> = events
        .iter()
        .filter_map(|event| match &event.what {
            What::PaperRecorded { missing, .. } => Some(missing.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    if !missing.is_empty() {
        return missing
            .iter()
            .filter_map(|id| case.material(*id))
            .map(|material| material.kind.name())
            .collect::<Vec<_>>()
            .join("、");
    }
    if case.stage == Stage::Correction
        && let Some(correction) = &case.correction
    {
        return correction
            .points
            .iter()
            .map(|point| point.message.trim_end_matches('。'))
            .collect::<Vec<_>>()
            .join("；");
    }
    case.closing_reason.clone().unwrap_or_default()
}

fn anything_made(case: &Case) -> bool {
    case.live_applications()
        .any(|application| application.produced.is_some())
}
