use async_trait::async_trait;
use casework::{CaseId, PersonId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{NoticeRecord, NoticeStore, StoreError};
use sqlx::{Postgres, Sqlite};

use crate::column::Columns;
use crate::error::failed;
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl NoticeStore for SqlTx<Db> {
    async fn notices_insert(&mut self, notices: &[NoticeRecord]) -> Result<(), StoreError> {
        for notice in notices {
            sqlx::query(
                "INSERT INTO notices (id, person, case_id, message, link, created_at, read_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
            )
            .bind(notice.id)
            .bind(notice.person.as_uuid())
            .bind(notice.case.map(|case| case.as_uuid()))
            .bind(&notice.text)
            .bind(&notice.link)
            .bind(notice.created_at.as_microsecond())
            .bind(notice.read_at.map(Timestamp::as_microsecond))
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        }
        Ok(())
    }

    async fn notices_of(
        &mut self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<NoticeRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, person, case_id, message, link, created_at, read_at FROM notices \
             WHERE person = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
        )
        .bind(person.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(notice).collect()
    }

    async fn notices_unread(&mut self, person: PersonId) -> Result<u32, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS unread FROM (SELECT 1 FROM notices \
             WHERE person = $1 AND read_at IS NULL LIMIT 100) AS capped",
        )
        .bind(person.as_uuid())
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.count("unread")
    }

    async fn notices_mark_read(
        &mut self,
        person: PersonId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE notices SET read_at = $2 WHERE person = $1 AND read_at IS NULL")
            .bind(person.as_uuid())
            .bind(at.as_microsecond())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

fn notice(row: &impl Columns) -> Result<NoticeRecord, StoreError> {
    Ok(NoticeRecord {
        id: row.uuid("id")?,
        person: PersonId::from_uuid(row.uuid("person")?),
        case: row.maybe_uuid("case_id")?.map(CaseId::from_uuid),
        text: row.text("message")?,
        link: row.text("link")?,
        created_at: row.time("created_at")?,
        read_at: row.maybe_time("read_at")?,
    })
}
