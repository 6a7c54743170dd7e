//! The acceptance checklist: the guide's notes on each material, as questions the seal maker answers and as
//! sentences the agent understands.

use serde::{Deserialize, Serialize};

use crate::case::{Case, CorrectionPoint};
use crate::ids::ApplicationId;
use crate::policy::Policy;

/// One question of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChecklistItem {
    /// Stable code of the question, e.g. `letter_addressee`.
    pub code: &'static str,
    /// The application it is asked of; `None`: the case.
    pub application: Option<ApplicationId>,
    /// Heading it stands under, e.g. 单位的申请红头函.
    pub group: &'static str,
    /// What has to be so, in the guide's words.
    pub text: String,
    /// What the agent is told when it is not.
    pub correction: String,
    /// The clause of the guide.
    pub clause: &'static str,
}

/// The maker's answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistAnswer {
    /// The question.
    pub code: String,
    /// The application it was asked of.
    pub application: Option<ApplicationId>,
    /// Met or not.
    pub met: bool,
    /// A remark, added to the correction sentence.
    pub remark: Option<String>,
}

/// The questions for a case.
#[must_use]
pub fn acceptance_checklist(_case: &Case, _policy: &Policy) -> Vec<ChecklistItem> {
    Vec::new()
}

/// The unmet points as a correction notice (R4.1).
#[must_use]
pub fn correction_points(
    items: &[ChecklistItem],
    answers: &[ChecklistAnswer],
) -> Vec<CorrectionPoint> {
    answers
        .iter()
        .filter(|answer| !answer.met)
        .filter_map(|answer| {
            let item = items
                .iter()
                .find(|i| i.code == answer.code && i.application == answer.application)?;
            let message = match answer.remark.as_deref().map(str::trim) {
                Some(remark) if !remark.is_empty() => format!("{}（{remark}）", item.correction),
                _ => item.correction.clone(),
            };
            Some(CorrectionPoint {
                application: item.application,
                field: None,
                item: Some(item.code.to_owned()),
                message,
            })
        })
        .collect()
}
