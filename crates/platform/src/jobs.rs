//! Work that follows a committed act: taken under a lease, repeated until done, given up visibly.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::{Channel, JobRecord, Lane, NewJob},
};

/// Kinds of jobs.
pub(crate) mod kind {
    /// Make the certificate and seal of one application.
    pub(crate) const PRODUCE: &str = "produce";
    /// The same for several applications of a case.
    pub(crate) const PRODUCE_TOGETHER: &str = "produce_together";
    /// Finish a stamp that was recorded before signing.
    pub(crate) const FINISH_STAMP: &str = "finish_stamp";
    /// Remind of a lost seal without its follow-up case.
    pub(crate) const LOSS_REMINDER: &str = "loss_reminder";
    /// Remind of a special situation to be confirmed.
    pub(crate) const SPECIAL_REMINDER: &str = "special_reminder";
    /// Check the lines of a summary sheet and take them into their case.
    pub(crate) const IMPORT_SHEET: &str = "import_sheet";
    /// Prepare drafts for the seals whose renewal has opened; one job per day.
    pub(crate) const PREPARE_RENEWALS: &str = "prepare_renewals";
    /// Make the CRL anew.
    pub(crate) const PUBLISH_CRL: &str = "publish_crl";
    /// Remind of what expires and of deadlines; one job per day.
    pub(crate) const REMIND: &str = "remind";
    /// Look at the pages of an uploaded scan.
    pub(crate) const READ_SCAN: &str = "read_scan";
    /// Look at one page again, now that somebody said what it shows.
    pub(crate) const READ_PAGE: &str = "read_page";
    /// Enter the pictures of seals among the imprints that can be found by what they look like.
    pub(crate) const INDEX_SEALS: &str = "index_seals";

    /// Those that compute for seconds.
    pub(super) const HEAVY: [&str; 3] = [READ_SCAN, READ_PAGE, INDEX_SEALS];
}

const LEASE: SignedDuration = SignedDuration::from_secs(120);
const BATCH: u32 = 16;
/// Heavy jobs beside each other: each needs a processor and up to 300 MB.
const HEAVY_AT_ONCE: u32 = 2;
const MOST_ATTEMPTS: u32 = 12;
const PAUSE: Duration = Duration::from_millis(500);

/// A job to be added in the current transaction.
pub(crate) fn new_job(kind: &str, subject: impl Into<String>, due_at: Timestamp) -> NewJob {
    NewJob {
        id: Uuid::now_v7(),
        kind: kind.to_owned(),
        subject: subject.into(),
        payload: "{}".to_owned(),
        due_at,
        lane: if kind::HEAVY.contains(&kind) {
            Lane::Heavy
        } else {
            Lane::Quick
        },
    }
}

impl Platform {
    /// Frees the leases that a killed process left behind. For the only process on its database, at start-up.
    ///
    /// # Errors
    /// [`Error::Internal`] where the store fails.
    pub async fn recover(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        tx.jobs_release(now).await?;
        tx.deliveries_release(now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Does everything that is due, and answers how many jobs were tried.
    ///
    /// # Errors
    /// [`Error::Internal`] where the store fails; a job's own failure is recorded with the job.
    pub async fn run_due_jobs(&self) -> Result<usize> {
        let quick = self.run_quick_jobs().await?;
        Ok(quick + self.run_lane(Lane::Heavy).await?)
    }

    async fn run_quick_jobs(&self) -> Result<usize> {
        self.plan_renewals().await?;
        self.plan_reminders().await?;
        self.run_lane(Lane::Quick).await
    }

    /// Does what is due in one lane. Quick jobs go one after the other, heavy ones some beside each other.
    async fn run_lane(&self, lane: Lane) -> Result<usize> {
        let (batch, at_once) = match lane {
            Lane::Quick => (BATCH, 1),
            Lane::Heavy => (HEAVY_AT_ONCE, HEAVY_AT_ONCE as usize),
        };
        let mut tried = 0;
        loop {
            let now = self.clock.now();
            let mut tx = self.store.begin().await?;
            let jobs = tx.jobs_take(lane, now, now + LEASE, batch).await?;
            tx.commit().await?;
            if jobs.is_empty() {
                return Ok(tried);
            }
            tried += jobs.len();
            let done: Vec<Result<()>> = stream::iter(jobs)
                .map(|job| self.run_job(job))
                .buffered(at_once)
                .collect()
                .await;
            done.into_iter().collect::<Result<()>>()?;
        }
    }

    /// Works until the future is dropped: does what is due, and sends notices beside it.
    pub async fn work(&self) {
        tokio::join!(
            self.work_on_jobs(),
            self.work_on_heavy_jobs(),
            self.deliver(Channel::Mail),
            self.deliver(Channel::Sms)
        );
    }

    async fn work_on_jobs(&self) {
        loop {
            if let Err(error) = self.run_quick_jobs().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "jobs cannot be taken"
                );
            }
            // Another process may have released a policy.
            if let Err(error) = self.refresh_policy().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the policy cannot be read"
                );
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn work_on_heavy_jobs(&self) {
        loop {
            if let Err(error) = self.run_lane(Lane::Heavy).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "heavy jobs cannot be taken"
                );
            }
            tokio::select! {
                () = self.wake_heavy.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn run_job(&self, job: JobRecord) -> Result<()> {
        let outcome = match job.kind.as_str() {
            kind::PRODUCE => self.produce(&job.subject).await,
            kind::PRODUCE_TOGETHER => self.produce_together(&job.subject, &job.payload).await,
            kind::FINISH_STAMP => self.finish_stamp(&job.subject).await.map(drop),
            kind::LOSS_REMINDER => self.loss_reminder(&job.subject).await,
            kind::SPECIAL_REMINDER => self.special_reminder(&job.subject).await,
            kind::PREPARE_RENEWALS => self.prepare_renewals().await,
            kind::PUBLISH_CRL => self.publish_crl().await.map(drop),
            kind::IMPORT_SHEET => self.run_import(&job.subject).await,
            kind::REMIND => self.remind().await,
            kind::READ_SCAN => self.read_scan(&job.subject).await,
            kind::INDEX_SEALS => self.index_seals(&job.subject, &job.payload).await,
            kind::READ_PAGE => self.read_page_again(&job.subject).await,
            other => Err(Error::internal("jobs", format!("unknown kind {other}"))),
        };
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        match outcome {
            Ok(()) => tx.job_done(job.id, now).await?,
            Err(error) => {
                let text = describe(&error);
                let again = job.attempts < MOST_ATTEMPTS;
                tracing::error!(
                    kind = job.kind,
                    subject = job.subject,
                    attempts = job.attempts,
                    again,
                    error = text,
                    "a job failed"
                );
                let retry_at = again.then(|| now + backoff(job.attempts));
                tx.job_failed(job.id, &text, retry_at).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Two seconds, doubled with every try, at most an hour.
fn backoff(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs((1_i64 << attempts.min(11)).min(3600))
}

/// An error with all its causes in one line.
pub(crate) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
