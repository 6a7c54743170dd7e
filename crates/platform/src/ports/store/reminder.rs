use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{SealRow, StoreError};

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineRecord {
    /// The case or seal.
    pub subject: Uuid,
    /// Which kind of deadline, e.g. `correction` or `loss`.
    pub kind: String,
    /// Until when.
    pub at: Timestamp,
}

/// What was said of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// That it comes near.
    Near = 1,
    /// That it has passed.
    Passed = 2,
}

/// What people are reminded of, and that they were.
#[async_trait]
pub trait ReminderStore {
    /// Sets the only deadline of a subject, or takes it away. Nothing was said of one that changed.
    async fn deadline_put(
        &mut self,
        subject: Uuid,
        deadline: Option<&DeadlineRecord>,
    ) -> Result<(), StoreError>;
    /// Deadlines before `until` of which less than `told` was said, soonest first.
    async fn deadlines_untold(
        &mut self,
        until: Timestamp,
        told: Told,
        limit: u32,
    ) -> Result<Vec<DeadlineRecord>, StoreError>;
    /// Remembers what was said of a deadline; `false` where it was said already, or the deadline is gone.
    async fn deadline_told(&mut self, subject: Uuid, told: Told) -> Result<bool, StoreError>;
    /// Seals 有效 that expire from `from` (inclusive) to `until` (exclusive) and were not announced under this name,
    /// soonest first.
    async fn seals_unreminded(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        name: &str,
        limit: u32,
    ) -> Result<Vec<SealRow>, StoreError>;
    /// Remembers a reminder; `false` where it was remembered already.
    async fn reminder_insert(
        &mut self,
        subject: Uuid,
        name: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
