use async_trait::async_trait;
use casework::{BundleId, CaseId, UnitId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{
    BundleRow, CaseRow, DeskStore, Page, PageRequest, PaperCounts, PaperFilter, PaperRow,
    StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::case::{case_row, row_columns};
use crate::column::Columns;
use crate::error::failed;
use crate::page::{Cursor, page_of, push_newest_first};
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl DeskStore for SqlTx<Db> {
    async fn bundle_insert(&mut self, bundle: &BundleRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO bundles (id, number, consolidator, consolidator_name, made_by, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(bundle.id.as_uuid())
        .bind(&bundle.number)
        .bind(bundle.consolidator.as_uuid())
        .bind(&bundle.consolidator_name)
        .bind(&bundle.made_by)
        .bind(bundle.made_at.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn bundle_add(&mut self, bundle: BundleId, case: CaseId) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO bundle_cases (bundle, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(bundle.as_uuid())
        .bind(case.as_uuid())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn bundle(&mut self, id: BundleId) -> Result<Option<BundleRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, number, consolidator, consolidator_name, made_by, made_at FROM bundles \
             WHERE id = $1",
        )
        .bind(id.as_uuid())
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(bundle).transpose()
    }

    async fn bundle_cases(&mut self, id: BundleId) -> Result<Vec<CaseRow>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            row_columns!(),
            " FROM cases WHERE id IN (SELECT case_id FROM bundle_cases WHERE bundle = $1) ",
            "ORDER BY number"
        ))
        .bind(id.as_uuid())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(case_row).collect()
    }

    async fn bundles(
        &mut self,
        consolidator: Option<UnitId>,
        page: &PageRequest,
    ) -> Result<Page<(BundleRow, u32)>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT id, number, consolidator, consolidator_name, made_by, made_at, \
             (SELECT count(*) FROM bundle_cases WHERE bundle = bundles.id) AS cases \
             FROM bundles WHERE 1 = 1",
        );
        if let Some(unit) = consolidator {
            query.push(" AND consolidator = ").push_bind(unit.as_uuid());
        }
        push_newest_first(&mut query, page, "made_at", "id")?;
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let bundles = rows
            .iter()
            .map(|row| Ok((bundle(row)?, row.count("cases")?)))
            .collect::<Result<Vec<(BundleRow, u32)>, StoreError>>()?;
        Ok(page_of(bundles, page, |(row, _)| {
            Cursor::new(row.made_at, row.id.as_uuid()).to_string()
        }))
    }

    async fn appointment_put(&mut self, case: CaseId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO appointments (case_id, slot_at) VALUES ($1, $2) \
             ON CONFLICT (case_id) DO UPDATE SET slot_at = excluded.slot_at",
        )
        .bind(case.as_uuid())
        .bind(at.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn appointment_remove(&mut self, case: CaseId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM appointments WHERE case_id = $1")
            .bind(case.as_uuid())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn appointments_at(&mut self, at: Timestamp, except: CaseId) -> Result<u32, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS taken FROM appointments WHERE slot_at = $1 AND case_id <> $2",
        )
        .bind(at.as_microsecond())
        .bind(except.as_uuid())
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.count("taken")
    }

    async fn appointments(
        &mut self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, CaseRow)>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT slot_at, ",
            row_columns!(),
            " FROM appointments JOIN cases ON cases.id = case_id ",
            "WHERE slot_at >= $1 AND slot_at < $2 ORDER BY slot_at, number"
        ))
        .bind(from.as_microsecond())
        .bind(until.as_microsecond())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| Ok((row.time("slot_at")?, case_row(row)?)))
            .collect()
    }

    async fn papers_note(
        &mut self,
        case: CaseId,
        counts: &PaperCounts,
        outstanding: u32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO paper_cases (case_id, outstanding, expected, with_consolidator, forwarded, \
             received, missing, noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (case_id) DO UPDATE SET outstanding = excluded.outstanding, \
             expected = excluded.expected, with_consolidator = excluded.with_consolidator, \
             forwarded = excluded.forwarded, received = excluded.received, \
             missing = excluded.missing, noted_at = excluded.noted_at",
        )
        .bind(case.as_uuid())
        .bind(i64::from(outstanding))
        .bind(i64::from(counts.expected))
        .bind(i64::from(counts.with_consolidator))
        .bind(i64::from(counts.forwarded))
        .bind(i64::from(counts.received))
        .bind(i64::from(counts.missing))
        .bind(at.as_microsecond())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn papers(
        &mut self,
        filter: &PaperFilter,
        page: &PageRequest,
    ) -> Result<Page<PaperRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(concat!(
            "SELECT ",
            row_columns!(),
            ", expected, with_consolidator, forwarded, received, missing, noted_at ",
            "FROM paper_cases JOIN cases ON cases.id = case_id WHERE outstanding > 0"
        ));
        match filter.consolidator {
            Some(unit) => {
                query.push(" AND consolidator = ").push_bind(unit.as_uuid());
            }
            None => {
                query.push(" AND at_center");
            }
        }
        if filter.missing {
            query.push(" AND missing > 0");
        }
        push_newest_first(&mut query, page, "noted_at", "case_id")?;
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let papers = rows.iter().map(paper).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(papers, page, |row| {
            Cursor::new(row.noted_at, row.case.id.as_uuid()).to_string()
        }))
    }
}

fn bundle(row: &impl Columns) -> Result<BundleRow, StoreError> {
    Ok(BundleRow {
        id: BundleId::from_uuid(row.uuid("id")?),
        number: row.text("number")?,
        consolidator: UnitId::from_uuid(row.uuid("consolidator")?),
        consolidator_name: row.text("consolidator_name")?,
        made_by: row.text("made_by")?,
        made_at: row.time("made_at")?,
    })
}

fn paper(row: &impl Columns) -> Result<PaperRow, StoreError> {
    Ok(PaperRow {
        case: case_row(row)?,
        counts: PaperCounts {
            expected: row.count("expected")?,
            with_consolidator: row.count("with_consolidator")?,
            forwarded: row.count("forwarded")?,
            received: row.count("received")?,
            missing: row.count("missing")?,
        },
        noted_at: row.time("noted_at")?,
    })
}
