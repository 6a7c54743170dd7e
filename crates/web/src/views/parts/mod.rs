//! Parts: the shared components of every page, each a value that renders itself.
//!
//! A part is safe HTML by construction (its template escapes what it is given), so a page
//! template prints it with `{{ part }}` and never looks inside.

mod flow;
mod form;
mod list_tools;
mod table;
mod text;

pub use flow::{Empty, Moment, Notice, Progress, Step, StepState, Tab, Tabs, Timeline};
pub use form::{Act, Button, Choice, Field, FieldError, FieldKind, Form, Rule};
pub use list_tools::{ListTools, SavedChip};
pub use table::{Column, Pager, Row, Table};
pub use text::{Cell, Chip, Fact, Facts, Link, Tone};

/// Declares parts as safe to print without escaping again.
macro_rules! safe_html {
    ($($part:ty),+) => { $(impl askama::filters::HtmlSafe for $part {})+ };
}

safe_html!(
    Chip, Cell, Facts, Notice, Progress, Timeline, Empty, Tabs, Table, Field, Form, Act, ListTools
);
