use async_trait::async_trait;
use casework::{CaseId, PersonId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{
    Channel, DeliveryRecord, DeliveryState, DeliveryStore, Page, PageRequest, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::column::{Columns, code};
use crate::dialect::Dialect;
use crate::error::failed;
use crate::page::{Cursor, page_of, push_newest_first};
use crate::transaction::SqlTx;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, notice, person, case_id, channel, template, subject, body, state, attempts, ",
            "last_error, due_at, created_at, settled_at FROM deliveries ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl DeliveryStore for SqlTx<Db> {
    async fn deliveries_insert(&mut self, deliveries: &[DeliveryRecord]) -> Result<(), StoreError> {
        for delivery in deliveries {
            sqlx::query(
                "INSERT INTO deliveries (id, notice, person, case_id, channel, template, subject, \
                 body, state, attempts, last_error, due_at, created_at, settled_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
                 ON CONFLICT (notice, channel) DO NOTHING",
            )
            .bind(delivery.id)
            .bind(delivery.notice)
            .bind(delivery.person.as_uuid())
            .bind(delivery.case.map(|case| case.as_uuid()))
            .bind(code(&delivery.channel)?)
            .bind(&delivery.template)
            .bind(&delivery.subject)
            .bind(&delivery.text)
            .bind(code(&delivery.state)?)
            .bind(i64::from(delivery.attempts))
            .bind(delivery.last_error.clone())
            .bind(delivery.due_at.as_microsecond())
            .bind(delivery.created_at.as_microsecond())
            .bind(delivery.settled_at.map(Timestamp::as_microsecond))
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        }
        Ok(())
    }

    async fn deliveries_take(
        &mut self,
        channel: Channel,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!("WHERE channel = "));
        query.push_bind(code(&channel)?);
        query
            .push(" AND state IN ('waiting', 'sending') AND due_at <= ")
            .push_bind(now.as_microsecond());
        query
            .push(" ORDER BY due_at, id LIMIT ")
            .push_bind(i64::from(limit))
            .push(Db::SKIP_LOCKED);
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let taken = rows
            .iter()
            .map(delivery)
            .collect::<Result<Vec<_>, StoreError>>()?;
        for delivery in &taken {
            sqlx::query(
                "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, due_at = $2 \
                 WHERE id = $1",
            )
            .bind(delivery.id)
            .bind(lease_until.as_microsecond())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        }
        Ok(taken)
    }

    async fn delivery_settle(
        &mut self,
        id: Uuid,
        attempt: u32,
        state: DeliveryState,
        error: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let open = matches!(state, DeliveryState::Waiting | DeliveryState::Sending);
        sqlx::query(
            "UPDATE deliveries SET state = $3, last_error = $4, due_at = $5, settled_at = $6 \
             WHERE id = $1 AND attempts = $2 AND state = 'sending'",
        )
        .bind(id)
        .bind(i64::from(attempt))
        .bind(code(&state)?)
        .bind(error)
        .bind(at.as_microsecond())
        .bind((!open).then(|| at.as_microsecond()))
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn delivery_again(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = $2, settled_at = NULL \
             WHERE id = $1 AND state IN ('failed', 'unknown')",
        )
        .bind(id)
        .bind(now.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(done.rows_affected() > 0)
    }

    async fn delivery(&mut self, id: Uuid) -> Result<Option<DeliveryRecord>, StoreError> {
        let row = sqlx::query(select!("WHERE id = $1"))
            .bind(id)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(delivery).transpose()
    }

    async fn deliveries_failed(
        &mut self,
        case: Option<CaseId>,
        page: &PageRequest,
    ) -> Result<Page<DeliveryRecord>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!("WHERE state IN ('failed', 'unknown')"));
        if let Some(case) = case {
            query.push(" AND case_id = ").push_bind(case.as_uuid());
        }
        push_newest_first(&mut query, page, "settled_at", "id")?;
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let found = rows
            .iter()
            .map(delivery)
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok(page_of(found, page, |delivery| {
            // Whatever failed was settled.
            let at = delivery.settled_at.unwrap_or(delivery.created_at);
            Cursor::new(at, delivery.id).to_string()
        }))
    }

    async fn deliveries_failed_count(&mut self) -> Result<u32, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS failed FROM (SELECT 1 FROM deliveries \
             WHERE state IN ('failed', 'unknown') LIMIT 100) AS capped",
        )
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.count("failed")
    }

    async fn deliveries_of(
        &mut self,
        person: PersonId,
        since: Timestamp,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        let rows = sqlx::query(select!(
            "WHERE person = $1 AND created_at >= $2 ORDER BY created_at DESC LIMIT 400"
        ))
        .bind(person.as_uuid())
        .bind(since.as_microsecond())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(delivery).collect()
    }

    async fn deliveries_release(&mut self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE deliveries SET due_at = $1 WHERE state = 'sending' AND due_at > $1")
            .bind(now.as_microsecond())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

fn delivery(row: &impl Columns) -> Result<DeliveryRecord, StoreError> {
    Ok(DeliveryRecord {
        id: row.uuid("id")?,
        notice: row.uuid("notice")?,
        person: PersonId::from_uuid(row.uuid("person")?),
        case: row.maybe_uuid("case_id")?.map(CaseId::from_uuid),
        channel: row.code("channel")?,
        template: row.text("template")?,
        subject: row.text("subject")?,
        text: row.text("body")?,
        state: row.code::<DeliveryState>("state")?,
        attempts: row.count("attempts")?,
        last_error: row.maybe_text("last_error")?,
        due_at: row.time("due_at")?,
        created_at: row.time("created_at")?,
        settled_at: row.maybe_time("settled_at")?,
    })
}
