//! Pages of one thing on a desk (a bundle, the papers of a case, a key), and statistics.

use askama::Template;

use super::frame::Frame;
use super::list::{Filtered, Listed};
use super::parts::{Act, Chip, Facts, Field, Link, Table, Timeline};

/// One thing with what is known of it and what can be done with it.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/page.html")]
pub struct DeskPage {
    /// The frame.
    pub frame: Frame,
    /// Its state.
    pub chip: Option<Chip>,
    /// What the page is for.
    pub lead: String,
    /// Where to go on; the first is the main one.
    pub actions: Vec<Link>,
    /// What can be done.
    pub acts: Vec<Act>,
    /// What is known.
    pub facts: Facts,
    /// A list that belongs to it.
    pub table: Table,
    /// What happened to it.
    pub timeline: Timeline,
}

/// One bar of a chart, with its number in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What is counted.
    pub label: String,
    /// How many, as a number between 0 and `Bars::most`.
    pub value: u64,
    /// The number as it is read.
    pub words: String,
}

/// A chart of bars: a number for everything, longest bar first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What the bars show.
    pub title: String,
    /// The longest.
    pub most: u64,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// The Center's statistics.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/statistics.html")]
pub struct StatisticsPage {
    /// The frame.
    pub frame: Frame,
    /// Period, city, business, kind.
    pub filters: Vec<Field>,
    /// The filters as they are read.
    pub filtered: Vec<Filtered>,
    /// Numbers that count first.
    pub facts: Facts,
    /// The charts.
    pub charts: Vec<Bars>,
    /// Everything as one list, for the export.
    pub table: Table,
}

impl Bars {
    /// A chart of bars with their values and words.
    pub fn new(title: &str, bars: Vec<Bar>) -> Self {
        Self {
            title: title.into(),
            most: bars.iter().map(|bar| bar.value).max().unwrap_or(1).max(1),
            bars,
        }
    }
}

impl Listed for StatisticsPage {
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
        self.filtered.clone()
    }

    fn can_be_filtered(&self) -> bool {
        true
    }
}
