use async_trait::async_trait;
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{FailingJob, JobRecord, JobStore, Lane, NewJob, StoreError};
use sqlx::{Postgres, QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::column::Columns;
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl JobStore for SqlTx<Db> {
    async fn job_insert(&mut self, job: &NewJob) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO jobs (id, kind, subject, payload, due_at, attempts, given_up, heavy) \
             VALUES ($1, $2, $3, $4, $5, 0, FALSE, $6) ON CONFLICT (kind, subject) DO NOTHING",
        )
        .bind(job.id)
        .bind(&job.kind)
        .bind(&job.subject)
        .bind(&job.payload)
        .bind(job.due_at.as_microsecond())
        .bind(job.lane == Lane::Heavy)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn jobs_take(
        &mut self,
        lane: Lane,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<JobRecord>, StoreError> {
        let now = now.as_microsecond();
        let mut query = QueryBuilder::<Db>::new(
            "WITH due AS MATERIALIZED (SELECT id FROM jobs \
             WHERE done_at IS NULL AND NOT given_up AND due_at <= ",
        );
        query
            .push_bind(now)
            .push(" AND heavy = ")
            .push_bind(lane == Lane::Heavy)
            .push(" AND (lease_until IS NULL OR lease_until <= ")
            .push_bind(now);
        query
            .push(") ORDER BY due_at, id LIMIT ")
            .push_bind(i64::from(limit));
        query
            .push(Db::SKIP_LOCKED)
            .push(") UPDATE jobs SET attempts = attempts + 1, lease_until = ");
        query.push_bind(lease_until.as_microsecond());
        query.push(
            " WHERE id IN (SELECT id FROM due) \
             RETURNING id, kind, subject, payload, attempts, last_error, due_at",
        );
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let mut jobs = rows
            .iter()
            .map(|row| Ok((row.int("due_at")?, job(row)?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        // RETURNING promises no order.
        jobs.sort_by_key(|(due_at, job)| (*due_at, job.id));
        Ok(jobs.into_iter().map(|(_, job)| job).collect())
    }

    async fn job_done(&mut self, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE jobs SET done_at = coalesce(done_at, $2), lease_until = NULL WHERE id = $1",
        )
        .bind(id)
        .bind(at.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "job", id)
    }

    async fn job_failed(
        &mut self,
        id: Uuid,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE jobs SET last_error = $2, due_at = coalesce($3, due_at), \
             given_up = $4, lease_until = NULL WHERE id = $1",
        )
        .bind(id)
        .bind(error)
        .bind(retry_at.map(Timestamp::as_microsecond))
        .bind(retry_at.is_none())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "job", id)
    }

    async fn jobs_failing(
        &mut self,
        kind: &str,
        subject_prefix: &str,
    ) -> Result<Vec<FailingJob>, StoreError> {
        let rows = sqlx::query(
            "SELECT subject, last_error, attempts, due_at, given_up FROM jobs \
             WHERE kind = $1 AND substr(subject, 1, $3) = $2 \
             AND done_at IS NULL AND last_error IS NOT NULL ORDER BY subject",
        )
        .bind(kind)
        .bind(subject_prefix)
        .bind(i32::try_from(subject_prefix.chars().count()).unwrap_or(i32::MAX))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let again_at = row.time("due_at")?;
                Ok(FailingJob {
                    subject: row.text("subject")?,
                    error: row.text("last_error")?,
                    attempts: row.count("attempts")?,
                    again_at: (!row.flag("given_up")?).then_some(again_at),
                })
            })
            .collect()
    }

    async fn job_again(
        &mut self,
        kind: &str,
        subject: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE jobs SET due_at = $3, attempts = 0, given_up = FALSE \
             WHERE kind = $1 AND subject = $2 AND done_at IS NULL",
        )
        .bind(kind)
        .bind(subject)
        .bind(at.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(done.rows_affected() > 0)
    }

    async fn job_waits(&mut self, kind: &str) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT 1 FROM jobs WHERE kind = $1 AND done_at IS NULL AND NOT given_up \
             AND lease_until IS NULL LIMIT 1",
        )
        .bind(kind)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(row.is_some())
    }

    async fn jobs_release(&mut self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE jobs SET lease_until = NULL \
             WHERE done_at IS NULL AND NOT given_up AND lease_until > $1",
        )
        .bind(now.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn job_counts(&mut self) -> Result<(u64, u64), StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM jobs WHERE done_at IS NULL AND NOT given_up) AS waiting, \
             (SELECT count(*) FROM jobs WHERE given_up) AS given_up",
        )
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok((row.count("waiting")?, row.count("given_up")?))
    }
}

fn job(row: &impl Columns) -> Result<JobRecord, StoreError> {
    Ok(JobRecord {
        id: row.uuid("id")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        payload: row.text("payload")?,
        attempts: row.count("attempts")?,
        last_error: row.maybe_text("last_error")?,
    })
}
