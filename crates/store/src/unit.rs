use async_trait::async_trait;
use casework::UnitId;
use duplicate::duplicate_item;
use platform::ports::store::{StoreError, UnitRow, UnitStore};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::search::containing;
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl UnitStore for SqlTx<Db> {
    async fn unit_insert(&mut self, unit: &UnitRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO units (id, credit_code, full_name, body) VALUES ($1, $2, $3, $4)")
            .bind(unit.id.as_uuid())
            .bind(&unit.credit_code)
            .bind(&unit.full_name)
            .bind(&unit.body)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn unit_update(&mut self, unit: &UnitRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE units SET credit_code = $2, full_name = $3, body = $4 WHERE id = $1",
        )
        .bind(unit.id.as_uuid())
        .bind(&unit.credit_code)
        .bind(&unit.full_name)
        .bind(&unit.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "unit", unit.id)
    }

    async fn unit(&mut self, id: UnitId) -> Result<Option<UnitRow>, StoreError> {
        let row = sqlx::query("SELECT id, credit_code, full_name, body FROM units WHERE id = $1")
            .bind(id.as_uuid())
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(unit).transpose()
    }

    async fn unit_by_credit_code(&mut self, code: &str) -> Result<Option<UnitRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, credit_code, full_name, body FROM units WHERE credit_code = $1",
        )
        .bind(code)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(unit).transpose()
    }

    async fn units(&mut self, text: Option<&str>, limit: u32) -> Result<Vec<UnitRow>, StoreError> {
        let mut query =
            QueryBuilder::<Db>::new("SELECT id, credit_code, full_name, body FROM units");
        if let Some(text) = text {
            query.push(" WHERE full_name ").push(Db::LIKE).push(" ");
            query.push_bind(containing(text)).push(" ESCAPE '\\'");
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
}

fn unit(row: &impl Columns) -> Result<UnitRow, StoreError> {
    Ok(UnitRow {
        id: UnitId::from_uuid(row.uuid("id")?),
        credit_code: row.text("credit_code")?,
        full_name: row.text("full_name")?,
        body: row.text("body")?,
    })
}
