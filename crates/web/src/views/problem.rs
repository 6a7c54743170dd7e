//! The page shown when something cannot be done.

use askama::Template;

use super::frame::Frame;
use super::parts::Link;

/// What is wrong, and what to do.
#[derive(Debug, Clone, Template)]
#[template(path = "problem/page.html")]
pub struct ProblemPage {
    /// The frame; its title says what is wrong.
    pub frame: Frame,
    /// Icon name.
    pub icon: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What is wrong, in a sentence.
    pub sentence: String,
    /// What to do.
    pub advice: Vec<String>,
    /// The likely next step.
    pub next: Link,
    /// Stable code for the help desk.
    pub code: String,
}
