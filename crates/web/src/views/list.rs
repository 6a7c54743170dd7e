//! Lists on the desks: queues, registers, notices, accounts, the ledger; profile and policy.

use askama::Template;

use super::frame::Frame;
use super::parts::{
    Act, Chip, Empty, Facts, Field, FieldKind, Form, Link, Notice, Rule, Table, Tabs,
};

/// A form around a list whose rows are ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickForm {
    /// Where it is sent.
    pub action: String,
    /// What it does.
    pub title: String,
    /// Fields besides the ticked rows.
    pub fields: Vec<Field>,
    /// What holds the button back.
    pub rules: Vec<Rule>,
    /// The button's words.
    pub button: String,
}

/// A list with tabs, filters and paging.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/list.html")]
pub struct ListPage {
    /// The frame.
    pub frame: Frame,
    /// What the list is for.
    pub lead: String,
    /// What can be begun here; the first is the main one.
    pub actions: Vec<Link>,
    /// What is done in danger, beside the other actions.
    pub alarm: Option<Link>,
    /// Something to know before reading.
    pub notice: Option<Notice>,
    /// What can be done besides, each a form that opens.
    pub acts: Vec<Act>,
    /// The tabs.
    pub tabs: Option<Tabs>,
    /// The filters, sent by GET to this page.
    pub filters: Vec<Field>,
    /// Where the filters are sent.
    pub filter_action: String,
    /// The list.
    pub table: Table,
    /// What can be done with ticked rows.
    pub pick: Option<PickForm>,
}

/// A person's notices.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/notices.html")]
pub struct NoticesPage {
    /// The frame.
    pub frame: Frame,
    /// The notices.
    pub table: Table,
    /// Mark all as read; absent when all are.
    pub form: Option<Form>,
}

/// A notice that did not get through.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/delivery.html")]
pub struct DeliveryPage {
    /// The frame.
    pub frame: Frame,
    /// How far it is.
    pub chip: Chip,
    /// To whom, how, why not.
    pub facts: Facts,
    /// What it says, for those who handle cases.
    pub text: Option<String>,
    /// What can be done.
    pub acts: Vec<Act>,
}

/// The reader's own account.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/profile.html")]
pub struct ProfilePage {
    /// The frame.
    pub frame: Frame,
    /// Who they are.
    pub facts: Facts,
    /// Choose the post to act in; absent with one post.
    pub posts: Option<Form>,
    /// Where they can be reached, and how they want to be.
    pub contact: Form,
    /// Change the password.
    pub password: Form,
    /// Where one is signed in.
    pub sessions: Table,
    /// Whether there are others that can be ended.
    pub can_end: bool,
}

impl ListPage {
    /// A list without tabs, filters and ticks.
    pub fn new(frame: Frame, lead: &str, table: Table) -> Self {
        let filter_action = frame.here.split('?').next().unwrap_or_default().to_owned();
        Self {
            frame,
            lead: lead.into(),
            actions: Vec::new(),
            alarm: None,
            notice: None,
            acts: Vec::new(),
            tabs: None,
            filters: Vec::new(),
            filter_action,
            table,
            pick: None,
        }
    }

    /// The empty state for a list whose filters found nothing.
    pub fn nothing_found() -> Empty {
        Empty::new(
            "search",
            "没有符合条件的记录",
            "请放宽筛选条件，或清除后重新查询。",
        )
    }
}

/// A filter in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filtered {
    /// By what.
    pub label: String,
    /// The value, as its reader chose or typed it.
    pub value: String,
    /// Typed, and not one of few values: it may name a person.
    pub typed: bool,
}

impl Filtered {
    /// A filter whose value is one of few.
    pub fn chosen(label: &str, value: &str) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            typed: false,
        }
    }
}

/// A page with one list on it: it can be exported, printed, and its filters kept.
pub trait Listed: Template {
    /// The frame.
    fn frame(&self) -> &Frame;
    /// The frame, to be filled in.
    fn frame_mut(&mut self) -> &mut Frame;
    /// The list.
    fn table(&self) -> &Table;
    /// The filters in force.
    fn filtered_by(&self) -> Vec<Filtered> {
        Vec::new()
    }
    /// Whether there is anything to filter by.
    fn can_be_filtered(&self) -> bool {
        false
    }
}

/// Declares pages as lists whose list is called `table`.
macro_rules! listed {
    ($($page:ty),+) => { $(impl Listed for $page {
        fn frame(&self) -> &Frame {
            &self.frame
        }
        fn frame_mut(&mut self) -> &mut Frame {
            &mut self.frame
        }
        fn table(&self) -> &Table {
            &self.table
        }
    })+ };
}

listed!(NoticesPage);

impl Listed for super::AnnouncementsPage {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn table(&self) -> &Table {
        &self.table
    }

    fn filtered_by(&self) -> Vec<Filtered> {
        words_of(&self.filters)
    }
}

impl Listed for ListPage {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn table(&self) -> &Table {
        &self.table
    }

    fn filtered_by(&self) -> Vec<Filtered> {
        let tab = self.tabs.iter().filter_map(|tabs| {
            let tab = tabs.tabs.iter().find(|tab| tab.current)?;
            Some(Filtered::chosen(&tabs.label, &tab.label))
        });
        tab.chain(words_of(&self.filters)).collect()
    }

    fn can_be_filtered(&self) -> bool {
        !self.filters.is_empty() || self.tabs.is_some()
    }
}

/// The filters that say something.
fn words_of(filters: &[Field]) -> Vec<Filtered> {
    filters
        .iter()
        .filter(|field| !field.kind.is_hidden() && !field.value.is_empty())
        .map(|field| Filtered {
            label: field.label.clone(),
            value: in_words(field),
            typed: matches!(
                field.kind,
                FieldKind::Input("text" | "search") | FieldKind::Area
            ),
        })
        .collect()
}

/// What stands in a filter, as its reader chose it.
fn in_words(field: &Field) -> String {
    let choices = match &field.kind {
        FieldKind::Choice(choices) | FieldKind::Select(choices) => choices.as_slice(),
        _ => &[],
    };
    choices
        .iter()
        .find(|choice| choice.value == field.value)
        .map_or_else(|| field.value.clone(), |choice| choice.label.clone())
}
