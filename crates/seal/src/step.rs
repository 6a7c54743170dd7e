//! One step of a check.

use pki::{Finding, Outcome};
use serde::Serialize;

/// One step of GB/T 38540, with its own outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// `S1`…`S6` for a seal, `V1`…`V10` for a stamp.
    pub id: &'static str,
    /// What is checked, in Simplified Chinese.
    pub title: &'static str,
    /// The worst of its findings.
    pub outcome: Outcome,
    /// What was found, in the order found.
    pub findings: Vec<Finding>,
}

impl Step {
    /// A step with these findings.
    pub fn new(id: &'static str, title: &'static str, findings: Vec<Finding>) -> Step {
        let outcome = Outcome::of(&findings);
        Step {
            id,
            title,
            outcome,
            findings,
        }
    }

    /// A step that could not be done because of what an earlier one found.
    pub fn skipped(id: &'static str, title: &'static str, because: &str) -> Step {
        Step::new(
            id,
            title,
            vec![Finding::undetermined(
                "step_skipped",
                format!("未检查：{because}"),
            )],
        )
    }

    /// Whether a finding with this code is in it.
    pub fn has(&self, code: &str) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }
}

/// The worst outcome of several steps.
pub(crate) fn worst<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Outcome {
    steps
        .into_iter()
        .fold(Outcome::Valid, |worst, step| worst.worst(step.outcome))
}
