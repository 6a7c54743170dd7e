use async_trait::async_trait;
use casework::{SealId, SpecialId, UnitId};
use duplicate::duplicate_item;
use platform::ports::store::{
    Page, PageRequest, SpecialFilter, SpecialRow, SpecialStore, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, code};
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::page::{Cursor, page_of, rows_to_read};
use crate::search::{containing, trimmed};
use crate::transaction::SqlTx;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, seal, unit, unit_name, seal_name, seal_code, situation, ended, due_at, ",
            "version, body FROM special_situations ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SpecialStore for SqlTx<Db> {
    async fn special_insert(&mut self, row: &SpecialRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO special_situations (id, seal, unit, unit_name, seal_name, seal_code, \
             situation, ended, due_at, version, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)",
        )
        .bind(row.id.as_uuid())
        .bind(row.seal.as_uuid())
        .bind(row.unit.as_uuid())
        .bind(&row.unit_name)
        .bind(&row.seal_name)
        .bind(&row.seal_code)
        .bind(code(&row.situation)?)
        .bind(row.ended)
        .bind(row.due_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn special_update(&mut self, row: &SpecialRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE special_situations SET seal = $3, seal_code = $4, ended = $5, due_at = $6, \
             body = $7, version = version + 1 WHERE id = $1 AND version = $2",
        )
        .bind(row.id.as_uuid())
        .bind(row.version)
        .bind(row.seal.as_uuid())
        .bind(&row.seal_code)
        .bind(row.ended)
        .bind(row.due_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "special situation", row.id)
    }

    async fn special(&mut self, id: SpecialId) -> Result<Option<SpecialRow>, StoreError> {
        let row = sqlx::query(select!("WHERE id = $1"))
            .bind(id.as_uuid())
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(special).transpose()
    }

    async fn specials_of(&mut self, seal: SealId) -> Result<Vec<SpecialRow>, StoreError> {
        let rows = sqlx::query(select!("WHERE seal = $1 ORDER BY due_at, id"))
            .bind(seal.as_uuid())
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter().map(special).collect()
    }

    async fn specials(
        &mut self,
        filter: &SpecialFilter,
        page: &PageRequest,
    ) -> Result<Page<SpecialRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!("WHERE 1 = 1"));
        Self::push_special_filter(&mut query, filter)?;
        if let Some(after) = &page.after {
            let (due, id) = Cursor::parse(after)?.parts();
            query
                .push(" AND (due_at, id) > (")
                .push_bind(due)
                .push(", ")
                .push_bind(id)
                .push(")");
        }
        query
            .push(" ORDER BY due_at, id LIMIT ")
            .push_bind(rows_to_read(page));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let specials = rows.iter().map(special).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(specials, page, |row| {
            Cursor::new(row.due_at, row.id.as_uuid()).to_string()
        }))
    }

    async fn special_count(&mut self, filter: &SpecialFilter, cap: u32) -> Result<u32, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT count(*) AS counted FROM (SELECT 1 FROM special_situations WHERE 1 = 1",
        );
        Self::push_special_filter(&mut query, filter)?;
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
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
impl SqlTx<Db> {
    fn push_special_filter(
        query: &mut QueryBuilder<Db>,
        filter: &SpecialFilter,
    ) -> Result<(), StoreError> {
        if let Some(unit) = filter.unit {
            query.push(" AND unit = ").push_bind(unit.as_uuid());
        }
        if let Some(ended) = filter.ended {
            query.push(" AND ended = ").push_bind(ended);
        }
        if let Some(before) = filter.due_before {
            query
                .push(" AND due_at <= ")
                .push_bind(before.as_microsecond());
        }
        if let Some(situation) = filter.situation {
            query.push(" AND situation = ").push_bind(code(&situation)?);
        }
        if let Some(text) = filter
            .text
            .as_deref()
            .map(trimmed)
            .filter(|text| !text.is_empty())
        {
            query.push(" AND (seal_code = ").push_bind(text.clone());
            for column in ["seal_name", "unit_name"] {
                query.push(format!(" OR {column} {} ", Db::LIKE));
                query.push_bind(containing(&text)).push(" ESCAPE '\\'");
            }
            query.push(")");
        }
        Ok(())
    }
}

fn special(row: &impl Columns) -> Result<SpecialRow, StoreError> {
    Ok(SpecialRow {
        id: SpecialId::from_uuid(row.uuid("id")?),
        seal: SealId::from_uuid(row.uuid("seal")?),
        unit: UnitId::from_uuid(row.uuid("unit")?),
        unit_name: row.text("unit_name")?,
        seal_name: row.text("seal_name")?,
        seal_code: row.text("seal_code")?,
        situation: row.code("situation")?,
        ended: row.flag("ended")?,
        due_at: row.time("due_at")?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}
