use async_trait::async_trait;

use super::StoreError;

/// One thing counted on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What is counted, e.g. `filed`, `stage`, `correction`.
    pub subject: &'static str,
    /// Days since 1 January 1970, in Beijing.
    pub day: i64,
    /// Code of the city.
    pub city: String,
    /// Code of the business.
    pub business: String,
    /// Code of the seal kind.
    pub kind: String,
    /// What it was: a stage, a reason, an outcome.
    pub item: String,
    /// Where it was: a field or material; empty for none.
    pub place: String,
    /// How many.
    pub amount: i64,
    /// How long it took together, where it took time.
    pub seconds: i64,
}

/// Which tallies are added up.
#[derive(Debug, Clone, Default)]
pub struct TallyFilter {
    /// What is counted.
    pub subject: &'static str,
    /// From this day…
    pub from: i64,
    /// …until this, both included.
    pub until: i64,
    /// Only this city.
    pub city: Option<String>,
    /// Only this business.
    pub business: Option<String>,
    /// Only this kind.
    pub kind: Option<String>,
}

/// By what tallies are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TallyBy {
    /// Stage, reason, outcome.
    Item,
    /// Field or material.
    Place,
    /// City.
    City,
    /// Business.
    Business,
    /// Seal kind.
    Kind,
    /// Day.
    Day,
}

/// A sum of tallies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallySum {
    /// The code (or day) that they have in common.
    pub of: String,
    /// How many.
    pub amount: u64,
    /// How long together.
    pub seconds: u64,
}

/// Daily counts, kept as things happen, so that statistics cost the same at any number of cases.
#[async_trait]
pub trait TallyStore {
    /// Counts something.
    async fn tally_add(&mut self, tally: &Tally) -> Result<(), StoreError>;
    /// Adds up, most frequent first.
    async fn tallies(
        &mut self,
        filter: &TallyFilter,
        by: TallyBy,
    ) -> Result<Vec<TallySum>, StoreError>;
}
