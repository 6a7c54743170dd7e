//! How a rule says no: a stable code for the help desk and a sentence for the person at the desk.

use std::fmt;

use serde::Serialize;

/// An act that the process does not allow, in words the person understands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Stable `snake_case` code.
    pub code: &'static str,
    /// What is wrong, where, and what to do (Simplified Chinese).
    pub message: String,
    /// The single faults, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Point>,
}

/// One fault among several: which field or item, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Stable `snake_case` code.
    pub code: &'static str,
    /// The field's or item's code, where there is one (`Field::code`, a material kind, an application id…).
    pub field: Option<String>,
    /// The sentence.
    pub message: String,
}

impl Refusal {
    /// A refusal with one sentence.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            points: Vec::new(),
        }
    }

    /// A refusal that lists its faults.
    #[must_use]
    pub fn with_points(code: &'static str, message: impl Into<String>, points: Vec<Point>) -> Self {
        Self {
            code,
            message: message.into(),
            points,
        }
    }
}

impl Point {
    /// A fault, with the place it concerns.
    #[must_use]
    pub fn new(
        code: &'static str,
        field: impl Into<Option<String>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            field: field.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
