use async_trait::async_trait;
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{
    LedgerEntry, LedgerFilter, LedgerStore, NewLedgerEntry, Page, PageRequest, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, damaged, number};
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::page::{page_of, rows_to_read};
use crate::search::{beginning_with, containing};
use crate::transaction::SqlTx;

/// Rows per INSERT; both databases take at least 32,000 values in one statement.
const BATCH: usize = 1000;
/// Entries of one subject at most.
const OF_SUBJECT: i64 = 1000;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl LedgerStore for SqlTx<Db> {
    async fn ledger_frontier(&mut self) -> Result<(u64, Vec<[u8; 32]>), StoreError> {
        let mut query = QueryBuilder::<Db>::new("SELECT size, hashes FROM ledger_frontier");
        if self.writes {
            query.push(Db::FOR_UPDATE);
        }
        let row = query
            .build()
            .fetch_one(&mut *self.tx)
            .await
            .map_err(failed)?;
        let bytes = row.bytes("hashes")?;
        match bytes.as_chunks::<32>() {
            (hashes, []) => Ok((row.count("size")?, hashes.to_vec())),
            _ => Err(damaged("ledger_frontier")),
        }
    }

    async fn ledger_append(
        &mut self,
        first_index: u64,
        entries: &[NewLedgerEntry],
        nodes: &[(u8, u64, [u8; 32])],
        frontier: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let first = number(first_index)?;
        let size = number(first_index + entries.len() as u64)?;
        // The frontier goes first: it fails where somebody else has appended meanwhile.
        let done = sqlx::query("UPDATE ledger_frontier SET size = $1, hashes = $2 WHERE size = $3")
            .bind(size)
            .bind(frontier.concat())
            .bind(first)
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        expect_change(done.rows_affected(), "ledger at", first_index)?;
        let places = (first..).zip(entries).collect::<Vec<_>>();
        for batch in places.chunks(BATCH) {
            let mut query = QueryBuilder::<Db>::new(
                "INSERT INTO ledger_entries (place, at, kind, subject, actor, body, leaf_hash) ",
            );
            query.push_values(batch, |mut row, (place, entry)| {
                row.push_bind(*place)
                    .push_bind(entry.at.as_microsecond())
                    .push_bind(entry.kind.clone())
                    .push_bind(entry.subject.clone())
                    .push_bind(entry.actor.clone())
                    .push_bind(entry.body.clone())
                    .push_bind(entry.leaf_hash.to_vec());
            });
            query.build().execute(&mut *self.tx).await.map_err(failed)?;
        }
        for batch in nodes.chunks(BATCH) {
            let mut query =
                QueryBuilder::<Db>::new("INSERT INTO ledger_nodes (level, place, hash) ");
            let rows = batch
                .iter()
                .map(|(level, place, hash)| Ok((i64::from(*level), number(*place)?, hash.to_vec())))
                .collect::<Result<Vec<_>, StoreError>>()?;
            query.push_values(rows, |mut row, (level, place, hash)| {
                row.push_bind(level).push_bind(place).push_bind(hash);
            });
            query.build().execute(&mut *self.tx).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn ledger_nodes(&mut self, places: &[(u8, u64)]) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut hashes = Vec::with_capacity(places.len());
        for (level, place) in places {
            let row = sqlx::query("SELECT hash FROM ledger_nodes WHERE level = $1 AND place = $2")
                .bind(i64::from(*level))
                .bind(number(*place)?)
                .fetch_optional(&mut *self.tx)
                .await
                .map_err(failed)?
                .ok_or_else(|| damaged(&format!("ledger node {level}/{place}")))?;
            hashes.push(row.hash("hash")?);
        }
        Ok(hashes)
    }

    async fn ledger_entry(&mut self, index: u64) -> Result<Option<LedgerEntry>, StoreError> {
        let row = sqlx::query(
            "SELECT place, at, kind, subject, actor, body, leaf_hash FROM ledger_entries \
             WHERE place = $1",
        )
        .bind(number(index)?)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(entry).transpose()
    }

    async fn ledger_entries(
        &mut self,
        filter: &LedgerFilter,
        page: &PageRequest,
    ) -> Result<Page<LedgerEntry>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT place, at, kind, subject, actor, body, leaf_hash FROM ledger_entries WHERE 1 = 1",
        );
        if let Some(kind) = &filter.kind {
            let (from, until) = beginning_with(kind);
            query
                .push(" AND kind >= ")
                .push_bind(from)
                .push(" AND kind < ")
                .push_bind(until);
        }
        if let Some(subject) = &filter.subject {
            query.push(" AND subject = ").push_bind(subject.clone());
        }
        if let Some(actor) = &filter.actor {
            let (from, until) = beginning_with(actor);
            query.push(" AND actor").push(Db::BY_CODE_POINT);
            query.push(" >= ").push_bind(from);
            query.push(" AND actor").push(Db::BY_CODE_POINT);
            query.push(" < ").push_bind(until);
        }
        if let Some(text) = &filter.text {
            for (before, column) in [(" AND (", "subject"), (" OR ", "actor"), (" OR ", "body")] {
                query.push(before).push(column).push(" ").push(Db::LIKE);
                query
                    .push(" ")
                    .push_bind(containing(text))
                    .push(" ESCAPE '\\'");
            }
            query.push(")");
        }
        if let Some(from) = filter.from.map(Timestamp::as_microsecond) {
            query.push(" AND at >= ").push_bind(from);
        }
        if let Some(until) = filter.until.map(Timestamp::as_microsecond) {
            query.push(" AND at < ").push_bind(until);
        }
        if let Some(after) = &page.after {
            let after: i64 = after.parse().map_err(|_| damaged("cursor"))?;
            query.push(" AND place < ").push_bind(after);
        }
        query
            .push(" ORDER BY place DESC LIMIT ")
            .push_bind(rows_to_read(page));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(entries, page, |entry| entry.index.to_string()))
    }

    async fn ledger_of(&mut self, subject: &str) -> Result<Vec<LedgerEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT place, at, kind, subject, actor, body, leaf_hash FROM ledger_entries \
             WHERE subject = $1 ORDER BY place LIMIT $2",
        )
        .bind(subject)
        .bind(OF_SUBJECT)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(entry).collect()
    }
}

fn entry(row: &impl Columns) -> Result<LedgerEntry, StoreError> {
    Ok(LedgerEntry {
        index: row.count("place")?,
        entry: NewLedgerEntry {
            at: row.time("at")?,
            kind: row.text("kind")?,
            subject: row.text("subject")?,
            actor: row.text("actor")?,
            body: row.text("body")?,
            leaf_hash: row.hash("leaf_hash")?,
        },
    })
}
