use async_trait::async_trait;
use casework::{FilingId, UnitId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{
    FilingRow, Page, PageRequest, StoreError, UnitFilter, UnitRow, UnitStore,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::column::{Columns, damaged};
use crate::dialect::Dialect as _;
use crate::error::{expect_change, failed};
use crate::names::{Named, PartOfName, WALKED};
use crate::page::{fills, page_of, rows_to_read};
use crate::search::{is_like_credit_code, trimmed};
use crate::transaction::SqlTx;

/// Ids of one statement.
const BATCH: usize = 500;

macro_rules! columns {
    () => {
        "id, credit_code, full_name, city, county, level, body"
    };
}

macro_rules! select {
    () => {
        concat!("SELECT ", columns!(), " FROM units")
    };
}

/// A typed text, understood.
enum Search {
    /// Only this 统一社会信用代码.
    CreditCode(String),
    /// Names with this part.
    Text(PartOfName),
}

/// How the rows of a list are come by; see the cases' for what each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Listed,
    Walked,
    Indexed,
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl UnitStore for SqlTx<Db> {
    async fn unit_insert(&mut self, unit: &UnitRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO units (id, credit_code, full_name, body, city, county, level) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(unit.id.as_uuid())
        .bind(&unit.credit_code)
        .bind(&unit.full_name)
        .bind(&unit.body)
        .bind(&unit.city)
        .bind(&unit.county)
        .bind(&unit.level)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn unit_update(&mut self, unit: &UnitRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE units SET credit_code = $2, full_name = $3, body = $4, city = $5, county = $6, \
             level = $7 WHERE id = $1",
        )
        .bind(unit.id.as_uuid())
        .bind(&unit.credit_code)
        .bind(&unit.full_name)
        .bind(&unit.body)
        .bind(&unit.city)
        .bind(&unit.county)
        .bind(&unit.level)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "unit", unit.id)
    }

    async fn unit(&mut self, id: UnitId) -> Result<Option<UnitRow>, StoreError> {
        let row = sqlx::query(concat!(select!(), " WHERE id = $1"))
            .bind(id.as_uuid())
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(unit).transpose()
    }

    async fn unit_by_credit_code(&mut self, code: &str) -> Result<Option<UnitRow>, StoreError> {
        let row = sqlx::query(concat!(select!(), " WHERE credit_code = $1"))
            .bind(code)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(unit).transpose()
    }

    async fn units_by_id(&mut self, ids: &[UnitId]) -> Result<Vec<UnitRow>, StoreError> {
        let mut units = Vec::with_capacity(ids.len());
        for ids in ids.chunks(BATCH) {
            let mut query = QueryBuilder::<Db>::new(concat!(select!(), " WHERE id IN ("));
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(id.as_uuid());
            }
            query.push(")");
            let rows = query
                .build()
                .fetch_all(&mut *self.tx)
                .await
                .map_err(failed)?;
            for row in &rows {
                units.push(unit(row)?);
            }
        }
        Ok(units)
    }

    async fn units(&mut self, text: Option<&str>, limit: u32) -> Result<Vec<UnitRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!());
        if let Some(text) = text.map(trimmed).filter(|text| !text.is_empty()) {
            let part = self.part_of_name(Named::Units, &text).await?;
            query.push(" WHERE ");
            part.push_indexed(&mut query);
        }
        query
            .push(" ORDER BY full_name, id LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter().map(unit).collect()
    }

    async fn units_page(
        &mut self,
        filter: &UnitFilter,
        page: &PageRequest,
    ) -> Result<Page<UnitRow>, StoreError> {
        let search = match filter.text.as_deref().map(trimmed) {
            None => None,
            Some(text) if text.is_empty() => None,
            Some(text) if is_like_credit_code(&text) => {
                Some(Search::CreditCode(text.to_uppercase()))
            }
            Some(text) => Some(Search::Text(self.part_of_name(Named::Units, &text).await?)),
        };
        let ways: &[Way] = match search {
            Some(Search::Text(_)) => &[Way::Walked, Way::Indexed],
            Some(Search::CreditCode(_)) | None => &[Way::Listed],
        };
        let mut rows = Vec::new();
        for way in ways {
            let mut query = Self::units_query(filter, search.as_ref(), *way, page)?;
            rows = query
                .build()
                .fetch_all(&mut *self.tx)
                .await
                .map_err(failed)?;
            if fills(&rows, page) {
                break;
            }
        }
        let rows = rows.iter().map(unit).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(rows, page, |row| {
            format!("{}|{}", row.id, row.full_name)
        }))
    }

    async fn unit_version_insert(
        &mut self,
        unit: UnitId,
        from: Timestamp,
        body: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO unit_versions (unit, from_at, body) VALUES ($1, $2, $3) \
             ON CONFLICT (unit, from_at) DO UPDATE SET body = excluded.body",
        )
        .bind(unit.as_uuid())
        .bind(from.as_microsecond())
        .bind(body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn unit_versions(
        &mut self,
        unit: UnitId,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT from_at, body FROM unit_versions WHERE unit = $1 ORDER BY from_at DESC LIMIT 200",
        )
        .bind(unit.as_uuid())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| Ok((row.time("from_at")?, row.text("body")?)))
            .collect()
    }

    async fn filing_save(&mut self, filing: &FilingRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO unit_filings (id, unit, filed_at, answered_at, body) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET \
             answered_at = excluded.answered_at, body = excluded.body",
        )
        .bind(filing.id.as_uuid())
        .bind(filing.unit.as_uuid())
        .bind(filing.filed_at.as_microsecond())
        .bind(filing.answered_at.map(Timestamp::as_microsecond))
        .bind(&filing.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn filing(&mut self, id: FilingId) -> Result<Option<FilingRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT id, unit, filed_at, answered_at, body FROM unit_filings WHERE id = ",
        );
        query.push_bind(id.as_uuid());
        if self.writes {
            query.push(Db::FOR_UPDATE);
        }
        let row = query
            .build()
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(filing).transpose()
    }

    async fn filings_of(&mut self, unit: UnitId) -> Result<Vec<FilingRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, unit, filed_at, answered_at, body FROM unit_filings WHERE unit = $1 \
             ORDER BY filed_at DESC, id DESC LIMIT 50",
        )
        .bind(unit.as_uuid())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(filing).collect()
    }

    async fn filings_waiting(&mut self, limit: u32) -> Result<Vec<FilingRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, unit, filed_at, answered_at, body FROM unit_filings \
             WHERE answered_at IS NULL ORDER BY filed_at, id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(filing).collect()
    }
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
impl SqlTx<Db> {
    /// A page of units.
    fn units_query(
        filter: &UnitFilter,
        search: Option<&Search>,
        way: Way,
        page: &PageRequest,
    ) -> Result<QueryBuilder<Db>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(match way {
            Way::Walked => concat!("SELECT ", columns!(), " FROM (", select!(), " WHERE 1 = 1"),
            Way::Listed | Way::Indexed => concat!(select!(), " WHERE 1 = 1"),
        });
        for (column, value) in [
            ("city", &filter.city),
            ("county", &filter.county),
            ("level", &filter.level),
        ] {
            if let Some(value) = value {
                query.push(" AND ").push(column).push(" = ");
                query.push_bind(value.clone());
            }
        }
        let after = page.after.as_deref();
        if let Some((id, name)) = after.and_then(|after| after.split_once('|')) {
            let id = Uuid::parse_str(id).map_err(|_| damaged("cursor"))?;
            query
                .push(" AND (full_name, id) > (")
                .push_bind(name.to_owned());
            query.push(", ").push_bind(id).push(")");
        }
        match (way, search) {
            (Way::Walked, Some(Search::Text(part))) => {
                query
                    .push(" ORDER BY full_name, id LIMIT ")
                    .push_bind(WALKED);
                query.push(") AS units WHERE ");
                part.push(&mut query);
            }
            (_, Some(Search::Text(part))) => {
                query.push(" AND ");
                part.push_indexed(&mut query);
            }
            (_, Some(Search::CreditCode(code))) => {
                query.push(" AND credit_code = ").push_bind(code.clone());
            }
            (_, None) => {}
        }
        // What the index of names left is sorted: the concatenation tells the planner not to walk the list for it.
        query.push(match way {
            Way::Indexed => " ORDER BY full_name || '', id LIMIT ",
            Way::Listed | Way::Walked => " ORDER BY full_name, id LIMIT ",
        });
        query.push_bind(rows_to_read(page));
        Ok(query)
    }
}

fn filing(row: &impl Columns) -> Result<FilingRow, StoreError> {
    Ok(FilingRow {
        id: FilingId::from_uuid(row.uuid("id")?),
        unit: UnitId::from_uuid(row.uuid("unit")?),
        filed_at: row.time("filed_at")?,
        answered_at: row.maybe_time("answered_at")?,
        body: row.text("body")?,
    })
}

fn unit(row: &impl Columns) -> Result<UnitRow, StoreError> {
    Ok(UnitRow {
        id: UnitId::from_uuid(row.uuid("id")?),
        credit_code: row.text("credit_code")?,
        full_name: row.text("full_name")?,
        city: row.text("city")?,
        county: row.text("county")?,
        level: row.text("level")?,
        body: row.text("body")?,
    })
}
