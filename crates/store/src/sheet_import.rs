use async_trait::async_trait;
use casework::CaseId;
use duplicate::duplicate_item;
use platform::ports::store::{SheetImportRow, SheetImportStore, StoreError};
use sqlx::{Postgres, Sqlite};
use uuid::Uuid;

use crate::column::Columns;
use crate::error::{expect_change, failed};
use crate::transaction::SqlTx;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, case_id, state, total, done, created_at, updated_at, body ",
            "FROM sheet_imports ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SheetImportStore for SqlTx<Db> {
    async fn sheet_import_insert(&mut self, row: &SheetImportRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sheet_imports (id, case_id, state, total, done, created_at, updated_at, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(row.id)
        .bind(row.case.as_uuid())
        .bind(&row.state)
        .bind(i64::from(row.total))
        .bind(i64::from(row.done))
        .bind(row.created_at.as_microsecond())
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn sheet_import_update(&mut self, row: &SheetImportRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE sheet_imports SET state = $2, total = $3, done = $4, updated_at = $5, \
             body = $6 WHERE id = $1",
        )
        .bind(row.id)
        .bind(&row.state)
        .bind(i64::from(row.total))
        .bind(i64::from(row.done))
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "sheet import", row.id)
    }

    async fn sheet_import(&mut self, id: Uuid) -> Result<Option<SheetImportRow>, StoreError> {
        let row = sqlx::query(select!("WHERE id = $1"))
            .bind(id)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(import).transpose()
    }

    async fn sheet_imports_of(&mut self, case: CaseId) -> Result<Vec<SheetImportRow>, StoreError> {
        let rows = sqlx::query(select!(
            "WHERE case_id = $1 ORDER BY created_at DESC, id DESC"
        ))
        .bind(case.as_uuid())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(import).collect()
    }
}

fn import(row: &impl Columns) -> Result<SheetImportRow, StoreError> {
    Ok(SheetImportRow {
        id: row.uuid("id")?,
        case: CaseId::from_uuid(row.uuid("case_id")?),
        state: row.text("state")?,
        total: row.count("total")?,
        done: row.count("done")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        body: row.text("body")?,
    })
}
