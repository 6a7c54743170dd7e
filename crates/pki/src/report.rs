//! What a check says: three-valued outcomes and findings with a code, a sentence and evidence.

use jiff::{
    Timestamp,
    tz::{self, TimeZone},
};
use serde::Serialize;

/// The answer of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Checked, and right.
    Valid,
    /// Checked, and wrong.
    Invalid,
    /// Could not be checked, for want of something that the finding names.
    Undetermined,
}

impl Outcome {
    /// The worse of two: invalid before undetermined before valid.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        if other.rank() > self.rank() {
            other
        } else {
            self
        }
    }

    /// The worst outcome of all findings; [`Outcome::Valid`] of none.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        findings
            .into_iter()
            .fold(Self::Valid, |worst, finding| worst.worst(finding.outcome))
    }

    fn rank(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Undetermined => 1,
            Self::Invalid => 2,
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A step that went well.
    Info,
    /// Worth knowing; never spoils the outcome.
    Remark,
    /// What makes the outcome invalid or undetermined.
    Problem,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable snake_case code, for programs and the help desk.
    pub code: &'static str,
    /// What this finding alone makes of the outcome.
    pub outcome: Outcome,
    /// How much it matters.
    pub severity: Severity,
    /// A sentence for the reader, in Simplified Chinese.
    pub message: String,
    /// What the finding rests on: name and value, in the order found.
    pub evidence: Vec<(String, String)>,
}

impl Finding {
    /// A step that went well.
    pub fn valid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Outcome::Valid, Severity::Info, message.into())
    }

    /// Something worth knowing that does not spoil the outcome.
    pub fn remark(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Outcome::Valid, Severity::Remark, message.into())
    }

    /// Something wrong.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Outcome::Invalid, Severity::Problem, message.into())
    }

    /// Something that could not be checked.
    pub fn undetermined(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(
            code,
            Outcome::Undetermined,
            Severity::Problem,
            message.into(),
        )
    }

    /// Adds a piece of evidence.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.evidence.push((name.into(), value.into()));
        self
    }

    fn new(code: &'static str, outcome: Outcome, severity: Severity, message: String) -> Self {
        Self {
            code,
            outcome,
            severity,
            message,
            evidence: Vec::new(),
        }
    }
}

/// A moment for the reader: `2026年11月22日 10:30:05`, Beijing time.
#[must_use]
pub fn beijing(at: Timestamp) -> String {
    // China has had UTC+8 without summer time for all that is signed with SM2.
    let local = TimeZone::fixed(tz::offset(8)).to_datetime(at);
    format!(
        "{}年{}月{}日 {:02}:{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_outcome_wins() {
        use Outcome::{Invalid, Undetermined, Valid};
        assert_eq!(Valid.worst(Undetermined), Undetermined);
        assert_eq!(Invalid.worst(Undetermined), Invalid);
        assert_eq!(Undetermined.worst(Invalid), Invalid);
        assert_eq!(Outcome::of([]), Valid);
        let findings = [Finding::remark("a", "一"), Finding::undetermined("b", "二")];
        assert_eq!(Outcome::of(&findings), Undetermined);
    }

    #[test]
    fn moments_are_told_in_beijing_time() {
        assert_eq!(
            beijing("2026-12-31T16:05:09Z".parse().unwrap()),
            "2027年1月1日 00:05:09"
        );
    }

    #[test]
    fn a_finding_is_written_as_json() {
        let finding = Finding::invalid("x", "不符").with("serial", "01");
        assert_eq!(
            serde_json::to_string(&finding).unwrap(),
            r#"{"code":"x","outcome":"invalid","severity":"problem","message":"不符","evidence":[["serial","01"]]}"#
        );
    }
}
