use async_trait::async_trait;
use casework::PersonId;
use duplicate::duplicate_item;
use platform::ports::store::{SavedFilterRow, SavedFilterStore, StoreError};
use sqlx::{Postgres, Sqlite};
use uuid::Uuid;

use crate::column::Columns;
use crate::error::failed;
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SavedFilterStore for SqlTx<Db> {
    async fn saved_filters(
        &mut self,
        person: PersonId,
        list: &str,
    ) -> Result<Vec<SavedFilterRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, person, list, name, query, is_default FROM saved_filters \
             WHERE person = $1 AND list = $2 ORDER BY name",
        )
        .bind(person.as_uuid())
        .bind(list)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(filter).collect()
    }

    async fn saved_filter(&mut self, id: Uuid) -> Result<Option<SavedFilterRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, person, list, name, query, is_default FROM saved_filters WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(filter).transpose()
    }

    async fn saved_filter_put(&mut self, row: &SavedFilterRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO saved_filters (id, person, list, name, query, is_default) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
             name = excluded.name, query = excluded.query, is_default = excluded.is_default",
        )
        .bind(row.id)
        .bind(row.person.as_uuid())
        .bind(&row.list)
        .bind(&row.name)
        .bind(&row.query)
        .bind(row.is_default)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn saved_filter_delete(&mut self, id: Uuid) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM saved_filters WHERE id = $1")
            .bind(id)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

fn filter(row: &impl Columns) -> Result<SavedFilterRow, StoreError> {
    Ok(SavedFilterRow {
        id: row.uuid("id")?,
        person: PersonId::from_uuid(row.uuid("person")?),
        list: row.text("list")?,
        name: row.text("name")?,
        query: row.text("query")?,
        is_default: row.flag("is_default")?,
    })
}
