use async_trait::async_trait;
use casework::{ApplicationId, CaseId, SealId, UnitId};
use duplicate::duplicate_item;
use platform::ports::store::{ImprintRow, ImprintStore, StoreError};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::error::failed;
use crate::transaction::SqlTx;

const COLUMNS: &str = "i.id, i.application_id, i.seal_id, i.case_id, i.unit, i.picture, \
                       i.likeness, i.created_at, i.body";

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl ImprintStore for SqlTx<Db> {
    async fn imprint_save(&mut self, row: &ImprintRow, buckets: &[i64]) -> Result<(), StoreError> {
        for of in [
            "DELETE FROM imprint_buckets WHERE imprint_id IN \
             (SELECT id FROM imprints WHERE application_id = $1 OR seal_id = $2)",
            "DELETE FROM imprints WHERE application_id = $1 OR seal_id = $2",
        ] {
            sqlx::query(of)
                .bind(row.application.map(|id| id.as_uuid()))
                .bind(row.seal.map(|id| id.as_uuid()))
                .execute(&mut *self.tx)
                .await
                .map_err(failed)?;
        }
        sqlx::query(
            "INSERT INTO imprints (id, application_id, seal_id, case_id, unit, picture, likeness, \
             created_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(row.id)
        .bind(row.application.map(|id| id.as_uuid()))
        .bind(row.seal.map(|id| id.as_uuid()))
        .bind(row.case.map(|id| id.as_uuid()))
        .bind(row.unit.as_uuid())
        .bind(&row.picture)
        .bind(&row.likeness)
        .bind(row.created_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        for bucket in buckets {
            sqlx::query(
                "INSERT INTO imprint_buckets (bucket, imprint_id) VALUES ($1, $2) \
                 ON CONFLICT (bucket, imprint_id) DO NOTHING",
            )
            .bind(*bucket)
            .bind(row.id)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        }
        Ok(())
    }

    async fn imprint_of(
        &mut self,
        application: ApplicationId,
    ) -> Result<Option<ImprintRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM imprints i WHERE i.application_id = ")
            .push_bind(application.as_uuid());
        let row = query
            .build()
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(imprint).transpose()
    }

    async fn imprints_near(
        &mut self,
        buckets: &[i64],
        shared: u32,
        limit: u32,
    ) -> Result<Vec<ImprintRow>, StoreError> {
        if buckets.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Db>::new("SELECT ");
        query.push(COLUMNS).push(
            " FROM (SELECT imprint_id, COUNT(*) AS shared FROM imprint_buckets WHERE bucket IN (",
        );
        let mut list = query.separated(", ");
        for bucket in buckets {
            list.push_bind(*bucket);
        }
        query
            .push(") GROUP BY imprint_id HAVING COUNT(*) >= ")
            .push_bind(i64::from(shared))
            .push(" ORDER BY shared DESC, imprint_id LIMIT ")
            .push_bind(i64::from(limit))
            .push(
                ") near JOIN imprints i ON i.id = near.imprint_id ORDER BY near.shared DESC, i.id",
            );
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter().map(imprint).collect()
    }

    async fn seals_after(
        &mut self,
        after: Option<SealId>,
        limit: u32,
    ) -> Result<Vec<SealId>, StoreError> {
        let mut query = QueryBuilder::<Db>::new("SELECT id FROM seals");
        if let Some(after) = after {
            query.push(" WHERE id > ").push_bind(after.as_uuid());
        }
        query
            .push(" ORDER BY id LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| Ok(SealId::from_uuid(row.uuid("id")?)))
            .collect()
    }
}

fn imprint(row: &impl Columns) -> Result<ImprintRow, StoreError> {
    Ok(ImprintRow {
        id: row.uuid("id")?,
        application: row
            .maybe_uuid("application_id")?
            .map(ApplicationId::from_uuid),
        seal: row.maybe_uuid("seal_id")?.map(SealId::from_uuid),
        case: row.maybe_uuid("case_id")?.map(CaseId::from_uuid),
        unit: UnitId::from_uuid(row.uuid("unit")?),
        picture: row.text("picture")?,
        likeness: row.bytes("likeness")?,
        created_at: row.time("created_at")?,
        body: row.text("body")?,
    })
}
