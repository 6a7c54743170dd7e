use async_trait::async_trait;
use casework::UnitId;
use duplicate::duplicate_item;
use platform::ports::store::{Page, PageRequest, StoreError, UsbKeyFilter, UsbKeyRow, UsbKeyStore};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::dialect::Dialect as _;
use crate::error::{expect_change, failed};
use crate::page::{Cursor, Order, page_of, push_last_changed_first};
use crate::search::{beginning_with, containing, trimmed};
use crate::transaction::SqlTx;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, serial, state, batch, unit, unit_name, updated_at, version, body FROM usb_keys ",
            $rest
        )
    };
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl UsbKeyStore for SqlTx<Db> {
    async fn usb_key_insert(&mut self, row: &UsbKeyRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO usb_keys (id, serial, state, batch, unit, unit_name, updated_at, version, \
             body) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)",
        )
        .bind(row.id)
        .bind(&row.serial)
        .bind(&row.state)
        .bind(&row.batch)
        .bind(row.unit.map(|unit| unit.as_uuid()))
        .bind(&row.unit_name)
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn usb_key_update(&mut self, row: &UsbKeyRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE usb_keys SET state = $3, batch = $4, unit = $5, unit_name = $6, \
             updated_at = $7, body = $8, version = version + 1 WHERE id = $1 AND version = $2",
        )
        .bind(row.id)
        .bind(row.version)
        .bind(&row.state)
        .bind(&row.batch)
        .bind(row.unit.map(|unit| unit.as_uuid()))
        .bind(&row.unit_name)
        .bind(row.updated_at.as_microsecond())
        .bind(&row.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "key", &row.serial)
    }

    async fn usb_key(&mut self, serial: &str) -> Result<Option<UsbKeyRow>, StoreError> {
        let row = sqlx::query(select!("WHERE serial = $1"))
            .bind(serial)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.as_ref().map(usb_key).transpose()
    }

    async fn usb_keys_free(&mut self, limit: u32) -> Result<Vec<UsbKeyRow>, StoreError> {
        let rows = sqlx::query(select!(
            "WHERE state = 'in_stock' ORDER BY updated_at, id LIMIT $1"
        ))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(usb_key).collect()
    }

    async fn usb_keys(
        &mut self,
        filter: &UsbKeyFilter,
        page: &PageRequest,
    ) -> Result<Page<UsbKeyRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select!("WHERE 1 = 1"));
        if let Some(state) = &filter.state {
            query.push(" AND state = ").push_bind(state.clone());
        }
        let text = filter.text.as_deref().map(trimmed).unwrap_or_default();
        if !text.is_empty() {
            // A serial number is kept without hyphens and in capitals.
            let plain: String = text.chars().filter(|c| *c != '-' && *c != ' ').collect();
            let (from, until) = beginning_with(&plain.to_ascii_uppercase());
            query.push(" AND ((serial >= ").push_bind(from);
            query.push(" AND serial < ").push_bind(until);
            for column in ["batch", "unit_name"] {
                query
                    .push(") OR (")
                    .push(column)
                    .push(" ")
                    .push(Db::LIKE)
                    .push(" ")
                    .push_bind(containing(&text))
                    .push(" ESCAPE '\\'");
            }
            query.push("))");
        }
        push_last_changed_first(&mut query, page, Order::Index)?;
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let keys = rows.iter().map(usb_key).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(keys, page, |row| {
            Cursor::new(row.updated_at, row.id).to_string()
        }))
    }

    async fn usb_key_counts(&mut self) -> Result<Vec<(String, u32)>, StoreError> {
        let rows = sqlx::query("SELECT state, count(*) AS amount FROM usb_keys GROUP BY state")
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| Ok((row.text("state")?, row.count("amount")?)))
            .collect()
    }
}

fn usb_key(row: &impl Columns) -> Result<UsbKeyRow, StoreError> {
    Ok(UsbKeyRow {
        id: row.uuid("id")?,
        serial: row.text("serial")?,
        state: row.text("state")?,
        batch: row.text("batch")?,
        unit: row.maybe_uuid("unit")?.map(UnitId::from_uuid),
        unit_name: row.text("unit_name")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}
