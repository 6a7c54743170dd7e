use async_trait::async_trait;
use casework::PersonId;
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{Page, PageRequest, SignInRecord, SignInStore, StoreError};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::error::failed;
use crate::page::{Cursor, page_of, rows_to_read};
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl SignInStore for SqlTx<Db> {
    async fn sign_in_insert(&mut self, sign_in: &SignInRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sign_ins (id, at, person, login, outcome, address, device) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(sign_in.id)
        .bind(sign_in.at.as_microsecond())
        .bind(sign_in.person.map(|person| person.as_uuid()))
        .bind(&sign_in.login)
        .bind(&sign_in.outcome)
        .bind(sign_in.address.as_deref())
        .bind(sign_in.device.as_deref())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn sign_ins_failed(
        &mut self,
        page: &PageRequest,
    ) -> Result<Page<SignInRecord>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT id, at, person, login, outcome, address, device FROM sign_ins \
             WHERE outcome <> 'signed_in'",
        );
        if let Some(after) = &page.after {
            let (at, id) = Cursor::parse(after)?.parts();
            query.push(" AND (at, id) < (").push_bind(at);
            query.push(", ").push_bind(id).push(")");
        }
        query.push(" ORDER BY at DESC, id DESC LIMIT ");
        query.push_bind(rows_to_read(page));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let rows = rows.iter().map(sign_in).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(rows, page, |row| {
            Cursor::new(row.at, row.id).to_string()
        }))
    }

    async fn sign_ins_failed_from(
        &mut self,
        address: &str,
        since: Timestamp,
    ) -> Result<u32, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS failed FROM (SELECT 1 FROM sign_ins WHERE address = $1 AND at >= $2 \
             AND outcome <> 'signed_in' LIMIT 1000) AS capped",
        )
        .bind(address)
        .bind(since.as_microsecond())
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.count("failed")
    }

    async fn sign_ins_of(
        &mut self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<SignInRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, at, person, login, outcome, address, device FROM sign_ins \
             WHERE person = $1 ORDER BY at DESC, id DESC LIMIT $2",
        )
        .bind(person.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(sign_in).collect()
    }

    async fn sign_ins_forget(&mut self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sign_ins WHERE at < $1")
            .bind(before.as_microsecond())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

fn sign_in(row: &impl Columns) -> Result<SignInRecord, StoreError> {
    Ok(SignInRecord {
        id: row.uuid("id")?,
        at: row.time("at")?,
        person: row.maybe_uuid("person")?.map(PersonId::from_uuid),
        login: row.text("login")?,
        outcome: row.text("outcome")?,
        address: row.maybe_text("address")?,
        device: row.maybe_text("device")?,
    })
}
