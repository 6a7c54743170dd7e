use async_trait::async_trait;
use casework::{BulletinId, BulletinState};
use duplicate::duplicate_item;
use platform::ports::store::{BulletinRow, BulletinStore, Page, PageRequest, StoreError};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, damaged, number};
use crate::error::{expect_change, failed};
use crate::page::{Cursor, page_of, rows_to_read};
use crate::transaction::SqlTx;

/// The columns of a row.
macro_rules! bulletins {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, state, title, changed_at, version, body FROM bulletins ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl BulletinStore for SqlTx<Db> {
    async fn bulletin_insert(&mut self, bulletin: &BulletinRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO bulletins (id, number, state, title, changed_at, version, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(bulletin.id.as_uuid())
        .bind(bulletin.number.map(number).transpose()?)
        .bind(bulletin.state.code())
        .bind(&bulletin.title)
        .bind(bulletin.changed_at.as_microsecond())
        .bind(bulletin.version)
        .bind(&bulletin.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn bulletin_update(&mut self, bulletin: &BulletinRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE bulletins SET number = $2, state = $3, title = $4, changed_at = $5, \
             version = version + 1, body = $6 WHERE id = $1 AND version = $7",
        )
        .bind(bulletin.id.as_uuid())
        .bind(bulletin.number.map(number).transpose()?)
        .bind(bulletin.state.code())
        .bind(&bulletin.title)
        .bind(bulletin.changed_at.as_microsecond())
        .bind(&bulletin.body)
        .bind(bulletin.version)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "bulletin", bulletin.id)
    }

    async fn bulletin(&mut self, id: BulletinId) -> Result<Option<BulletinRow>, StoreError> {
        let row = sqlx::query(bulletins!("WHERE id = $1"))
            .bind(id.as_uuid())
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(bulletin).transpose()
    }

    async fn bulletin_numbered(&mut self, wanted: u64) -> Result<Option<BulletinRow>, StoreError> {
        let Ok(wanted) = i64::try_from(wanted) else {
            return Ok(None);
        };
        let row = sqlx::query(bulletins!("WHERE number = $1"))
            .bind(wanted)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(bulletin).transpose()
    }

    async fn bulletins(
        &mut self,
        state: Option<BulletinState>,
        page: &PageRequest,
    ) -> Result<Page<BulletinRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(bulletins!("WHERE 1 = 1"));
        if let Some(state) = state {
            query.push(" AND state = ").push_bind(state.code());
        }
        if let Some(after) = &page.after {
            let (at, id) = Cursor::parse(after)?.parts();
            query.push(" AND (changed_at, id) < (").push_bind(at);
            query.push(", ").push_bind(id).push(")");
        }
        query.push(" ORDER BY changed_at DESC, id DESC LIMIT ");
        query.push_bind(rows_to_read(page));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let rows = rows.iter().map(bulletin).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(rows, page, |row| {
            Cursor::new(row.changed_at, row.id.as_uuid()).to_string()
        }))
    }

    async fn bulletins_public(
        &mut self,
        page: &PageRequest,
    ) -> Result<Page<BulletinRow>, StoreError> {
        let before: i64 = match &page.after {
            Some(after) => after.parse().map_err(|_| damaged("cursor"))?,
            None => i64::MAX,
        };
        let rows = sqlx::query(bulletins!(
            "WHERE state = 'published' AND number < $1 ORDER BY number DESC LIMIT $2"
        ))
        .bind(before)
        .bind(rows_to_read(page))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        let rows = rows.iter().map(bulletin).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(rows, page, |row| {
            row.number.unwrap_or_default().to_string()
        }))
    }
}

fn bulletin(row: &impl Columns) -> Result<BulletinRow, StoreError> {
    let number = row.maybe_int("number")?.map(u64::try_from).transpose();
    Ok(BulletinRow {
        id: BulletinId::from_uuid(row.uuid("id")?),
        number: number.map_err(|_| damaged("number"))?,
        state: row.code("state")?,
        title: row.text("title")?,
        changed_at: row.time("changed_at")?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}
