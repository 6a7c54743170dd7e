//! The four questions about a case: may this be done, what does it change, what may this person do, whose turn is it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::act::{Act, ActKind};
use crate::case::Case;
use crate::event::{Effect, Event};
use crate::form::{ExistingSeal, FieldError, RequestFacts};
use crate::ids::{ApplicationId, MaterialId, SealId, UnitId};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};

/// What the process has to be told about the world outside the case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The seals of the applying unit that its forms name.
    pub seals: Vec<ExistingSeal>,
    /// What was found in the P10s of the case.
    pub requests: Vec<(MaterialId, RequestFacts)>,
    /// Those of `seals` that are suspended because of a loss report.
    pub lost: Vec<SealId>,
    /// How many other cases have the slot that is being booked.
    pub slot_taken: u32,
}

/// Whose turn it is, since when, and what comes next (interface: on every case, to everybody who may see it).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The role that has to act.
    pub role: Role,
    /// In this unit; `None`: at the Center.
    pub unit: Option<UnitId>,
    /// Since when.
    pub since: Timestamp,
    /// What they have to do, e.g. 「等待单位审批人审批」.
    pub waiting_for: String,
    /// What comes after it, e.g. 「审批同意后由经办人递交」.
    pub next: String,
}

/// Decides on an act: the events it causes, or why it may not be done.
///
/// # Errors
/// A [`Refusal`] whose code and sentence say why.
pub fn decide(
    case: &Case,
    act: &Act,
    actor: &Actor,
    now: Timestamp,
    policy: &Policy,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    crate::rules::decide(case, act, actor, now, policy, facts)
}

/// Changes the case as the event says. Total: an event of another case changes nothing but the timeline.
pub fn apply(case: &mut Case, event: &Event) {
    crate::apply::apply(case, event);
}

/// The acts that this actor may do now, for buttons. A rule about what is still missing may yet refuse one.
#[must_use]
pub fn allowed_acts(case: &Case, actor: &Actor, policy: &Policy) -> Vec<ActKind> {
    crate::rules::allowed_acts(case, actor, policy)
}

/// Everything that is wrong or missing in one form as it stands now, in the order of the form: what a submission would
/// be refused for.
#[must_use]
pub fn check_application(
    case: &Case,
    application: ApplicationId,
    now: Timestamp,
    policy: &Policy,
    facts: &Facts,
) -> Vec<FieldError> {
    crate::rules::check_application(case, application, now, policy, facts)
}

/// [`check_application`] for every form of the case that is not withdrawn, in their order and in one pass.
#[must_use]
pub fn check_applications(
    case: &Case,
    now: Timestamp,
    policy: &Policy,
    facts: &Facts,
) -> Vec<(ApplicationId, Vec<FieldError>)> {
    crate::rules::check_applications(case, now, policy, facts)
}

/// Whose turn it is; `None` when the case is closed.
#[must_use]
pub fn turn(case: &Case) -> Option<Turn> {
    crate::turn::turn(case)
}

/// What an event asks of the seal register and the key desk. `case` is the case after the event.
#[must_use]
pub fn effects(case: &Case, event: &Event) -> Vec<Effect> {
    crate::apply::effects(case, event)
}

/// The case that a set-aside opens, in correction, with its one application, its materials and the letter.
/// `None` for other events. `case` is the case before or after the event.
#[must_use]
pub fn linked_case(case: &Case, event: &Event) -> Option<Case> {
    crate::apply::linked_case(case, event)
}
