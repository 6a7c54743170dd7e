use async_trait::async_trait;
use casework::{SealId, UnitId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{
    Announcement, Page, PageRequest, SealFilter, SealRow, SealStore, SettingStore, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, code, damaged, number};
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::page::{Cursor, Order, page_of, push_last_changed_first, rows_to_read};
use crate::search::{beginning_with, containing, may_be_number, trimmed};
use crate::transaction::SqlTx;

/// The running number of announcements.
const ANNOUNCEMENTS: &str = "announcements";

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, code, name, kind, unit, unit_name, status, not_after, updated_at, version, ",
            "body FROM seals ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SealStore for SqlTx<Db> {
    async fn seal_insert(&mut self, row: &SealRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO seals (id, code, name, kind, unit, unit_name, status, not_after, \
             updated_at, version, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)",
        )
        .bind(row.id.as_uuid())
        .bind(&row.code)
        .bind(&row.name)
        .bind(code(&row.kind)?)
        .bind(row.unit.as_uuid())
        .bind(&row.unit_name)
        .bind(&row.status)
        .bind(row.not_after.as_microsecond())
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn seal_update(&mut self, row: &SealRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE seals SET code = $3, name = $4, kind = $5, unit = $6, unit_name = $7, \
             status = $8, not_after = $9, updated_at = $10, body = $11, version = version + 1 \
             WHERE id = $1 AND version = $2",
        )
        .bind(row.id.as_uuid())
        .bind(row.version)
        .bind(&row.code)
        .bind(&row.name)
        .bind(code(&row.kind)?)
        .bind(row.unit.as_uuid())
        .bind(&row.unit_name)
        .bind(&row.status)
        .bind(row.not_after.as_microsecond())
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "seal", row.id)
    }

    async fn seal(&mut self, id: SealId) -> Result<Option<SealRow>, StoreError> {
        let row = sqlx::query(select!("WHERE id = $1"))
            .bind(id.as_uuid())
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(seal).transpose()
    }

    async fn seal_by_code(&mut self, code: &str) -> Result<Option<SealRow>, StoreError> {
        let row = sqlx::query(select!("WHERE code = $1"))
            .bind(code)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(seal).transpose()
    }

    async fn seals(
        &mut self,
        filter: &SealFilter,
        page: &PageRequest,
    ) -> Result<Page<SealRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!("WHERE 1 = 1"));
        if let Some(unit) = filter.unit {
            query.push(" AND unit = ").push_bind(unit.as_uuid());
        }
        if let Some(status) = &filter.status {
            query.push(" AND status = ").push_bind(status.clone());
        }
        let mut order = Order::Index;
        if let Some(text) = filter
            .text
            .as_deref()
            .map(trimmed)
            .filter(|text| !text.is_empty())
        {
            let (from, until) = beginning_with(&text);
            let is_code = may_be_number(&text) && self.has_code(&from, &until).await?;
            query
                .push(" AND (code >= ")
                .push_bind(from)
                .push(" AND code < ")
                .push_bind(until);
            if is_code {
                order = Order::Sort;
            } else {
                query
                    .push(" OR name ")
                    .push(Db::LIKE)
                    .push(" ")
                    .push_bind(containing(&text));
                query.push(" ESCAPE '\\'");
            }
            query.push(")");
        }
        push_last_changed_first(&mut query, page, order)?;
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let seals = rows.iter().map(seal).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(seals, page, |seal| {
            Cursor::new(seal.updated_at, seal.id.as_uuid()).to_string()
        }))
    }

    async fn seals_ending(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        after: Option<(Timestamp, SealId)>,
        limit: u32,
    ) -> Result<Vec<SealRow>, StoreError> {
        let (since, id) = after.unwrap_or((from, SealId::from_uuid(uuid::Uuid::nil())));
        let rows = sqlx::query(select!(
            "WHERE status = 'active' AND not_after < $1 AND not_after >= $2 \
             AND (not_after, id) > ($2, $3) ORDER BY not_after, id LIMIT $4"
        ))
        .bind(until.as_microsecond())
        .bind(since.as_microsecond())
        .bind(id.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(seal).collect()
    }

    async fn announcement_insert(
        &mut self,
        announcement: &Announcement,
    ) -> Result<u64, StoreError> {
        let running = self.next_number(ANNOUNCEMENTS).await?;
        sqlx::query(
            "INSERT INTO announcements (number, at, code, name, unit_name, status, effective_at, \
             ledger_index) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(number(running)?)
        .bind(announcement.at.as_microsecond())
        .bind(&announcement.code)
        .bind(&announcement.name)
        .bind(&announcement.unit_name)
        .bind(&announcement.status)
        .bind(announcement.effective_at.as_microsecond())
        .bind(number(announcement.ledger_index)?)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(running)
    }

    async fn announcements(
        &mut self,
        page: &PageRequest,
    ) -> Result<Page<Announcement>, StoreError> {
        let before: i64 = match &page.after {
            Some(after) => after.parse().map_err(|_| damaged("cursor"))?,
            None => i64::MAX,
        };
        let rows = sqlx::query(
            "SELECT number, at, code, name, unit_name, status, effective_at, ledger_index \
             FROM announcements WHERE number < $1 ORDER BY number DESC LIMIT $2",
        )
        .bind(before)
        .bind(rows_to_read(page))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        let announcements = rows
            .iter()
            .map(announcement)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(announcements, page, |announcement| {
            announcement.number.to_string()
        }))
    }
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
impl SqlTx<Db> {
    /// Whether any seal's code is in this range.
    async fn has_code(&mut self, from: &str, until: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM seals WHERE code >= $1 AND code < $2 LIMIT 1")
            .bind(from)
            .bind(until)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(row.is_some())
    }
}

fn seal(row: &impl Columns) -> Result<SealRow, StoreError> {
    Ok(SealRow {
        id: SealId::from_uuid(row.uuid("id")?),
        code: row.text("code")?,
        name: row.text("name")?,
        kind: row.code("kind")?,
        unit: UnitId::from_uuid(row.uuid("unit")?),
        unit_name: row.text("unit_name")?,
        status: row.text("status")?,
        not_after: row.time("not_after")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}

fn announcement(row: &impl Columns) -> Result<Announcement, StoreError> {
    Ok(Announcement {
        number: row.count("number")?,
        at: row.time("at")?,
        code: row.text("code")?,
        name: row.text("name")?,
        unit_name: row.text("unit_name")?,
        status: row.text("status")?,
        effective_at: row.time("effective_at")?,
        ledger_index: row.count("ledger_index")?,
    })
}
