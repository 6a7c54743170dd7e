mod search;

use async_trait::async_trait;
use casework::{SealId, SealState, UnitId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{
    Announcement, AnnouncementFilter, Page, PageRequest, SealFilter, SealRow, SealStore,
    SettingStore, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, code, damaged, number};
use crate::error::{expect_change, failed};
use crate::names::Named;
use crate::page::{Cursor, fills, page_of, rows_to_read};
use crate::search::trimmed;
use crate::transaction::SqlTx;
use search::{push_seal_filter, push_search, ways};

/// The running number of announcements.
const ANNOUNCEMENTS: &str = "announcements";

macro_rules! seal_columns {
    () => {
        "id, code, name, kind, unit, unit_name, status, not_after, updated_at, version, medium, \
         key_serial, credit_code, city, level, follow_up, follow_up_due, body"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", seal_columns!(), " FROM seals ", $rest)
    };
}
pub(crate) use {seal_columns, select as select_seals};

macro_rules! announcements {
    ($rest:literal) => {
        concat!(
            "SELECT number, at, code, name, unit_name, status, effective_at, ledger_index, kind, ",
            "reason, basis FROM announcements ",
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
             updated_at, version, body, medium, key_serial, credit_code, city, level, follow_up, \
             follow_up_due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $13, $14, \
             $15, $16, $17)",
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
        .bind(code(&row.medium)?)
        .bind(&row.key_serial)
        .bind(&row.credit_code)
        .bind(row.city.map(|city| city.to_string()))
        .bind(row.level.as_ref().map(code).transpose()?)
        .bind(row.follow_up.as_ref().map(code).transpose()?)
        .bind(row.follow_up_due.map(Timestamp::as_microsecond))
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn seal_update(&mut self, row: &SealRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE seals SET code = $3, name = $4, kind = $5, unit = $6, unit_name = $7, \
             status = $8, not_after = $9, updated_at = $10, body = $11, medium = $12, key_serial = $13, \
             credit_code = $14, city = coalesce($15, city), level = coalesce($16, level), \
             follow_up = $17, follow_up_due = $18, version = version + 1 \
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
        .bind(code(&row.medium)?)
        .bind(&row.key_serial)
        .bind(&row.credit_code)
        .bind(row.city.map(|city| city.to_string()))
        .bind(row.level.as_ref().map(code).transpose()?)
        .bind(row.follow_up.as_ref().map(code).transpose()?)
        .bind(row.follow_up_due.map(Timestamp::as_microsecond))
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
        let search = self.search_seals(filter.text.as_deref()).await?;
        let mut rows = Vec::new();
        for way in ways(filter, search.as_ref()) {
            let mut query = Self::seals_query(filter, search.as_ref(), *way, page)?;
            rows = query
                .build()
                .fetch_all(&mut *self.tx)
                .await
                .map_err(failed)?;
            if fills(&rows, page) {
                break;
            }
        }
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

    async fn seal_count(&mut self, filter: &SealFilter, cap: u32) -> Result<u32, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT count(*) AS counted FROM (SELECT 1 FROM seals WHERE 1 = 1",
        );
        let search = self.search_seals(filter.text.as_deref()).await?;
        push_seal_filter(&mut query, filter)?;
        push_search(&mut query, search.as_ref(), filter.unit.is_none());
        query
            .push(" LIMIT ")
            .push_bind(i64::from(cap))
            .push(") AS capped");
        let row = query
            .build()
            .fetch_one(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.count("counted")
    }

    async fn seal_states(
        &mut self,
        filter: &SealFilter,
        now: Timestamp,
        cap: u32,
    ) -> Result<Vec<(SealState, u32)>, StoreError> {
        let search = self.search_seals(filter.text.as_deref()).await?;
        let mut query = QueryBuilder::<Db>::new("SELECT status, not_after <= ");
        query.push_bind(now.as_microsecond());
        query.push(
            " AS is_over, count(*) AS counted FROM \
             (SELECT status, not_after FROM seals WHERE 1 = 1",
        );
        push_seal_filter(&mut query, filter)?;
        push_search(&mut query, search.as_ref(), filter.unit.is_none());
        query
            .push(" LIMIT ")
            .push_bind(i64::from(cap))
            .push(") AS capped GROUP BY 1, 2");
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let status = row.text("status")?;
                let recorded = SealState::ALL
                    .into_iter()
                    .find(|state| state.code() == status)
                    .ok_or_else(|| damaged("status"))?;
                let lasts = matches!(recorded, SealState::Cancelled | SealState::Void);
                let state = if row.flag("is_over")? && !lasts {
                    SealState::Expired
                } else {
                    recorded
                };
                Ok((state, row.count("counted")?))
            })
            .collect()
    }

    async fn seals_to_follow_up(
        &mut self,
        unit: Option<UnitId>,
        page: &PageRequest,
    ) -> Result<Page<SealRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!("WHERE follow_up_due IS NOT NULL"));
        if let Some(unit) = unit {
            query.push(" AND unit = ").push_bind(unit.as_uuid());
        }
        if let Some(after) = &page.after {
            let (due, id) = Cursor::parse(after)?.parts();
            query
                .push(" AND (follow_up_due, id) > (")
                .push_bind(due)
                .push(", ")
                .push_bind(id)
                .push(")");
        }
        query
            .push(" ORDER BY follow_up_due, id LIMIT ")
            .push_bind(rows_to_read(page));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let seals = rows.iter().map(seal).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(seals, page, |seal| {
            let due = seal.follow_up_due.unwrap_or(seal.updated_at);
            Cursor::new(due, seal.id.as_uuid()).to_string()
        }))
    }

    async fn announcement_insert(
        &mut self,
        announcement: &Announcement,
    ) -> Result<u64, StoreError> {
        let running = self.next_number(ANNOUNCEMENTS).await?;
        sqlx::query(
            "INSERT INTO announcements (number, at, code, name, unit_name, status, effective_at, \
             ledger_index, kind, reason, basis) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(number(running)?)
        .bind(announcement.at.as_microsecond())
        .bind(&announcement.code)
        .bind(&announcement.name)
        .bind(&announcement.unit_name)
        .bind(&announcement.status)
        .bind(announcement.effective_at.as_microsecond())
        .bind(number(announcement.ledger_index)?)
        .bind(announcement.kind.as_ref().map(code).transpose()?)
        .bind(announcement.reason.as_ref().map(code).transpose()?)
        .bind(&announcement.basis)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(running)
    }

    async fn announcement(&mut self, wanted: u64) -> Result<Option<Announcement>, StoreError> {
        let Ok(wanted) = i64::try_from(wanted) else {
            return Ok(None);
        };
        let row = sqlx::query(announcements!("WHERE number = $1"))
            .bind(wanted)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(announcement).transpose()
    }

    async fn announcements(
        &mut self,
        filter: &AnnouncementFilter,
        page: &PageRequest,
    ) -> Result<Page<Announcement>, StoreError> {
        let before: i64 = match &page.after {
            Some(after) => after.parse().map_err(|_| damaged("cursor"))?,
            None => i64::MAX,
        };
        let mut query = QueryBuilder::<Db>::new(announcements!("WHERE number < "));
        query.push_bind(before);
        if let Some(status) = filter.status {
            query.push(" AND status = ").push_bind(code(&status)?);
        }
        if let Some(kind) = filter.kind {
            query.push(" AND kind = ").push_bind(code(&kind)?);
        }
        if let Some(from) = filter.from {
            query.push(" AND at >= ").push_bind(from.as_microsecond());
        }
        if let Some(until) = filter.until {
            query.push(" AND at < ").push_bind(until.as_microsecond());
        }
        if let Some(text) = filter
            .text
            .as_deref()
            .map(trimmed)
            .filter(|text| !text.is_empty())
        {
            let part = self.part_of_name(Named::Announcements, &text).await?;
            query.push(" AND (code = ").push_bind(text).push(" OR ");
            part.push_indexed(&mut query);
            query.push(")");
        }
        query
            .push(" ORDER BY number DESC LIMIT ")
            .push_bind(rows_to_read(page));
        let rows = query
            .build()
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

pub(crate) fn seal(row: &impl Columns) -> Result<SealRow, StoreError> {
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
        medium: row.code("medium")?,
        key_serial: row.maybe_text("key_serial")?,
        credit_code: row.text("credit_code")?,
        city: row.maybe_code("city")?,
        level: row.maybe_code("level")?,
        follow_up: row.maybe_code("follow_up")?,
        follow_up_due: row.maybe_time("follow_up_due")?,
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
        kind: row.maybe_code("kind")?,
        reason: row.maybe_code("reason")?,
        basis: row.maybe_text("basis")?,
    })
}
