use async_trait::async_trait;
use casework::{DeputyId, PersonId, UnitId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{DeputyRow, DeputyStore, StoreError};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::dialect::Dialect;
use crate::error::failed;
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl DeputyStore for SqlTx<Db> {
    async fn deputy_save(&mut self, deputy: &DeputyRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO deputies (id, unit, principal, deputy, until_at, body) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO UPDATE SET until_at = excluded.until_at, body = excluded.body",
        )
        .bind(deputy.id.as_uuid())
        .bind(deputy.unit.as_uuid())
        .bind(deputy.principal.as_uuid())
        .bind(deputy.deputy.as_uuid())
        .bind(deputy.until.as_microsecond())
        .bind(&deputy.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn deputy(&mut self, id: DeputyId) -> Result<Option<DeputyRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT id, unit, principal, deputy, until_at, body FROM deputies WHERE id = ",
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
        row.as_ref().map(deputy).transpose()
    }

    async fn deputies_by(
        &mut self,
        by: PersonId,
        now: Timestamp,
    ) -> Result<Vec<DeputyRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, unit, principal, deputy, until_at, body FROM deputies \
             WHERE deputy = $1 AND until_at > $2 ORDER BY until_at, id",
        )
        .bind(by.as_uuid())
        .bind(now.as_microsecond())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(deputy).collect()
    }

    async fn deputies_for(
        &mut self,
        principal: PersonId,
        now: Timestamp,
    ) -> Result<Vec<DeputyRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, unit, principal, deputy, until_at, body FROM deputies \
             WHERE principal = $1 AND until_at > $2 ORDER BY until_at, id",
        )
        .bind(principal.as_uuid())
        .bind(now.as_microsecond())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(deputy).collect()
    }

    async fn deputies_of_unit(
        &mut self,
        unit: UnitId,
        limit: u32,
    ) -> Result<Vec<DeputyRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, unit, principal, deputy, until_at, body FROM deputies \
             WHERE unit = $1 ORDER BY until_at DESC, id DESC LIMIT $2",
        )
        .bind(unit.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(deputy).collect()
    }
}

fn deputy(row: &impl Columns) -> Result<DeputyRow, StoreError> {
    Ok(DeputyRow {
        id: DeputyId::from_uuid(row.uuid("id")?),
        unit: UnitId::from_uuid(row.uuid("unit")?),
        principal: PersonId::from_uuid(row.uuid("principal")?),
        deputy: PersonId::from_uuid(row.uuid("deputy")?),
        until: row.time("until_at")?,
        body: row.text("body")?,
    })
}
