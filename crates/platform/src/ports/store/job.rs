use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// Work to be done after the transaction that asked for it has committed (the outbox).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Id (UUID v7).
    pub id: Uuid,
    /// What is to be done, e.g. `make_seal`.
    pub kind: String,
    /// What it is about; one job of a kind and subject exists once.
    pub subject: String,
    /// Everything needed, JSON.
    pub payload: String,
    /// Not before.
    pub due_at: Timestamp,
    /// Which lane it goes in.
    pub lane: Lane,
}

/// Jobs of one lane never wait for those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What somebody waits for: done in moments.
    Quick,
    /// Seconds of computing: pictures.
    Heavy,
}

/// A job taken under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Id.
    pub id: Uuid,
    /// Kind.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// Payload, JSON.
    pub payload: String,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// What went wrong last time.
    pub last_error: Option<String>,
}

/// A job that has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingJob {
    /// What it is about.
    pub subject: String,
    /// What went wrong last time.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again; `None`: given up.
    pub again_at: Option<Timestamp>,
}

/// The outbox: at-least-once, so every job is idempotent.
#[async_trait]
pub trait JobStore {
    /// Adds a job; the same kind and subject a second time changes nothing.
    async fn job_insert(&mut self, job: &NewJob) -> Result<(), StoreError>;
    /// Takes up to `limit` due jobs of a lane that nobody holds, until `lease_until`.
    async fn jobs_take(
        &mut self,
        lane: Lane,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<JobRecord>, StoreError>;
    /// Done: remembered as done.
    async fn job_done(&mut self, id: Uuid, at: Timestamp) -> Result<(), StoreError>;
    /// Failed: again at `retry_at`, or given up (dead letter) with `None`.
    async fn job_failed(
        &mut self,
        id: Uuid,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<(), StoreError>;
    /// Jobs of a kind whose subject begins so and that failed at least once and are not done.
    async fn jobs_failing(
        &mut self,
        kind: &str,
        subject_prefix: &str,
    ) -> Result<Vec<FailingJob>, StoreError>;
    /// Tries a failed or given-up job again from `at` on, with all its attempts. False where there is none.
    async fn job_again(
        &mut self,
        kind: &str,
        subject: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Whether a job of this kind waits that nobody has taken yet.
    async fn job_waits(&mut self, kind: &str) -> Result<bool, StoreError>;
    /// Frees every lease (at start-up of the only process).
    async fn jobs_release(&mut self, now: Timestamp) -> Result<(), StoreError>;
    /// How many wait, and how many were given up.
    async fn job_counts(&mut self) -> Result<(u64, u64), StoreError>;
}
