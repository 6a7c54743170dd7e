use async_trait::async_trait;
use casework::{PersonId, SealId, UnitId, UseRequestId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{Page, PageRequest, StoreError, UseFilter, UseRow, UseStore};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::error::{expect_change, failed};
use crate::page::{Cursor, Order, page_of, push_last_changed_first};
use crate::transaction::SqlTx;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, seal, unit, requested_by, state, document, signature, stamped_at, ",
            "updated_at, version, body FROM use_requests ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl UseStore for SqlTx<Db> {
    async fn use_insert(&mut self, row: &UseRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO use_requests (id, seal, unit, requested_by, state, document, signature, \
             stamped_at, updated_at, version, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)",
        )
        .bind(row.id.as_uuid())
        .bind(row.seal.as_uuid())
        .bind(row.unit.as_uuid())
        .bind(row.requested_by.as_uuid())
        .bind(&row.state)
        .bind(&row.document)
        .bind(&row.signature)
        .bind(row.stamped_at.map(Timestamp::as_microsecond))
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn use_update(&mut self, row: &UseRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE use_requests SET seal = $3, unit = $4, requested_by = $5, state = $6, \
             document = $7, signature = $8, stamped_at = $9, updated_at = $10, body = $11, \
             version = version + 1 WHERE id = $1 AND version = $2",
        )
        .bind(row.id.as_uuid())
        .bind(row.version)
        .bind(row.seal.as_uuid())
        .bind(row.unit.as_uuid())
        .bind(row.requested_by.as_uuid())
        .bind(&row.state)
        .bind(&row.document)
        .bind(&row.signature)
        .bind(row.stamped_at.map(Timestamp::as_microsecond))
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "use request", row.id)
    }

    async fn use_request(&mut self, id: UseRequestId) -> Result<Option<UseRow>, StoreError> {
        let row = sqlx::query(select!("WHERE id = $1"))
            .bind(id.as_uuid())
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(use_request).transpose()
    }

    async fn uses(
        &mut self,
        filter: &UseFilter,
        page: &PageRequest,
    ) -> Result<Page<UseRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!("WHERE 1 = 1"));
        if let Some(unit) = filter.unit {
            query.push(" AND unit = ").push_bind(unit.as_uuid());
        }
        if let Some(seal) = filter.seal {
            query.push(" AND seal = ").push_bind(seal.as_uuid());
        }
        if let Some(state) = &filter.state {
            query.push(" AND state = ").push_bind(state.clone());
        }
        if let Some(from) = filter.stamped_from.map(Timestamp::as_microsecond) {
            query.push(" AND stamped_at >= ").push_bind(from);
        }
        if let Some(until) = filter.stamped_until.map(Timestamp::as_microsecond) {
            query.push(" AND stamped_at < ").push_bind(until);
        }
        push_last_changed_first(&mut query, page, Order::Index)?;
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let uses = rows
            .iter()
            .map(use_request)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(uses, page, |row| {
            Cursor::new(row.updated_at, row.id.as_uuid()).to_string()
        }))
    }

    async fn use_by_signature(&mut self, signature: &str) -> Result<Option<UseRow>, StoreError> {
        let row = sqlx::query(select!("WHERE signature = $1"))
            .bind(signature)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(use_request).transpose()
    }
}

fn use_request(row: &impl Columns) -> Result<UseRow, StoreError> {
    Ok(UseRow {
        id: UseRequestId::from_uuid(row.uuid("id")?),
        seal: SealId::from_uuid(row.uuid("seal")?),
        unit: UnitId::from_uuid(row.uuid("unit")?),
        requested_by: PersonId::from_uuid(row.uuid("requested_by")?),
        state: row.text("state")?,
        document: row.text("document")?,
        signature: row.maybe_text("signature")?,
        stamped_at: row.maybe_time("stamped_at")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}
