use async_trait::async_trait;
use casework::{CaseId, PersonId, Role, UnitId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{ScanFileRow, ScanPageRow, ScanStore, ScanUploadRow, StoreError};
use sqlx::{Postgres, QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::column::{Columns, code};
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::transaction::SqlTx;

const UPLOADS: &str =
    "SELECT id, person, role, unit, case_id, created_at, told_at, body FROM scan_uploads ";

macro_rules! pages {
    ($rest:literal) => {
        concat!(
            "SELECT id, upload_id, file, number, case_id, mark, state, updated_at, version, body ",
            "FROM scan_pages ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl ScanStore for SqlTx<Db> {
    async fn scan_upload_insert(
        &mut self,
        upload: &ScanUploadRow,
        files: &[ScanFileRow],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO scan_uploads (id, person, role, unit, case_id, created_at, told_at, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(upload.id)
        .bind(upload.person.as_uuid())
        .bind(code(&upload.role)?)
        .bind(upload.unit.as_uuid())
        .bind(upload.case.map(|id| id.as_uuid()))
        .bind(upload.created_at.as_microsecond())
        .bind(upload.told_at.map(Timestamp::as_microsecond))
        .bind(&upload.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        for file in files {
            sqlx::query(
                "INSERT INTO scan_files (upload_id, number, pages, body) VALUES ($1, $2, $3, $4)",
            )
            .bind(file.upload)
            .bind(i64::from(file.number))
            .bind(file.pages.map(i64::from))
            .bind(&file.body)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        }
        Ok(())
    }

    async fn scan_upload(&mut self, id: Uuid) -> Result<Option<ScanUploadRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(UPLOADS);
        query.push("WHERE id = ").push_bind(id);
        if self.writes {
            query.push(Db::FOR_UPDATE);
        }
        let row = query
            .build()
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(upload).transpose()
    }

    async fn scan_upload_told(&mut self, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE scan_uploads SET told_at = $2 WHERE id = $1 AND told_at IS NULL")
                .bind(id)
                .bind(at.as_microsecond())
                .execute(&mut *self.tx)
                .await
                .map_err(failed)?;
        Ok(done.rows_affected() > 0)
    }

    async fn scan_uploads_of(
        &mut self,
        role: Role,
        unit: UnitId,
        limit: u32,
    ) -> Result<Vec<ScanUploadRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(UPLOADS);
        query.push("WHERE unit = ").push_bind(unit.as_uuid());
        query.push(" AND role = ").push_bind(code(&role)?);
        query
            .push(" ORDER BY created_at DESC, id DESC LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter().map(upload).collect()
    }

    async fn scan_files(&mut self, id: Uuid) -> Result<Vec<ScanFileRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT upload_id, number, pages, body FROM scan_files WHERE upload_id = $1 \
             ORDER BY number",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let pages = row.maybe_int("pages")?;
                Ok(ScanFileRow {
                    upload: row.uuid("upload_id")?,
                    number: row.count("number")?,
                    pages: pages.map(|_| row.count("pages")).transpose()?,
                    body: row.text("body")?,
                })
            })
            .collect()
    }

    async fn scan_file_update(&mut self, row: &ScanFileRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE scan_files SET pages = $3, body = $4 WHERE upload_id = $1 AND number = $2",
        )
        .bind(row.upload)
        .bind(i64::from(row.number))
        .bind(row.pages.map(i64::from))
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "scan file", row.upload)
    }

    async fn scan_page_insert(&mut self, row: &ScanPageRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO scan_pages (id, upload_id, file, number, case_id, mark, state, updated_at, \
             version, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9) \
             ON CONFLICT (upload_id, file, number) DO NOTHING",
        )
        .bind(row.id)
        .bind(row.upload)
        .bind(i64::from(row.file))
        .bind(i64::from(row.number))
        .bind(row.case.map(|id| id.as_uuid()))
        .bind(&row.mark)
        .bind(&row.state)
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn scan_page_update(&mut self, row: &ScanPageRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE scan_pages SET case_id = $3, mark = $4, state = $5, updated_at = $6, body = $7, \
             version = version + 1 WHERE id = $1 AND version = $2",
        )
        .bind(row.id)
        .bind(row.version)
        .bind(row.case.map(|id| id.as_uuid()))
        .bind(&row.mark)
        .bind(&row.state)
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "scan page", row.id)
    }

    async fn scan_page(&mut self, id: Uuid) -> Result<Option<ScanPageRow>, StoreError> {
        let row = sqlx::query(pages!("WHERE id = $1"))
            .bind(id)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(page).transpose()
    }

    async fn scan_pages_of_upload(&mut self, id: Uuid) -> Result<Vec<ScanPageRow>, StoreError> {
        let rows = sqlx::query(pages!("WHERE upload_id = $1 ORDER BY file, number"))
            .bind(id)
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter().map(page).collect()
    }

    async fn scan_pages_of_case(&mut self, case: CaseId) -> Result<Vec<ScanPageRow>, StoreError> {
        let rows = sqlx::query(pages!(
            "WHERE case_id = $1 ORDER BY updated_at DESC, id DESC"
        ))
        .bind(case.as_uuid())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(page).collect()
    }
}

fn upload(row: &impl Columns) -> Result<ScanUploadRow, StoreError> {
    Ok(ScanUploadRow {
        id: row.uuid("id")?,
        person: PersonId::from_uuid(row.uuid("person")?),
        role: row.code("role")?,
        unit: UnitId::from_uuid(row.uuid("unit")?),
        case: row.maybe_uuid("case_id")?.map(CaseId::from_uuid),
        created_at: row.time("created_at")?,
        told_at: row.maybe_time("told_at")?,
        body: row.text("body")?,
    })
}

fn page(row: &impl Columns) -> Result<ScanPageRow, StoreError> {
    Ok(ScanPageRow {
        id: row.uuid("id")?,
        upload: row.uuid("upload_id")?,
        file: row.count("file")?,
        number: row.count("number")?,
        case: row.maybe_uuid("case_id")?.map(CaseId::from_uuid),
        mark: row.maybe_text("mark")?,
        state: row.text("state")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}
