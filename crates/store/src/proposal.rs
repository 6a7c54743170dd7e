use async_trait::async_trait;
use casework::ProposalId;
use duplicate::duplicate_item;
use platform::ports::store::{Page, PageRequest, ProposalRow, ProposalStore, StoreError};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::error::{expect_change, failed};
use crate::page::{Cursor, page_of, rows_to_read};
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl ProposalStore for SqlTx<Db> {
    async fn proposal_insert(&mut self, proposal: &ProposalRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO proposals (id, kind, subject, state, proposed_at, version, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(proposal.id.as_uuid())
        .bind(&proposal.kind)
        .bind(&proposal.subject)
        .bind(&proposal.state)
        .bind(proposal.proposed_at.as_microsecond())
        .bind(proposal.version)
        .bind(&proposal.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn proposal_update(&mut self, proposal: &ProposalRow) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE proposals SET state = $2, version = version + 1, body = $3 \
             WHERE id = $1 AND version = $4",
        )
        .bind(proposal.id.as_uuid())
        .bind(&proposal.state)
        .bind(&proposal.body)
        .bind(proposal.version)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "proposal", proposal.id)
    }

    async fn proposal(&mut self, id: ProposalId) -> Result<Option<ProposalRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, kind, subject, state, proposed_at, version, body FROM proposals \
             WHERE id = $1",
        )
        .bind(id.as_uuid())
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(proposal).transpose()
    }

    async fn proposals(
        &mut self,
        state: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<ProposalRow>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT id, kind, subject, state, proposed_at, version, body FROM proposals \
             WHERE 1 = 1",
        );
        if let Some(state) = state {
            query.push(" AND state = ").push_bind(state.to_owned());
        }
        if let Some(after) = &page.after {
            let (at, id) = Cursor::parse(after)?.parts();
            query.push(" AND (proposed_at, id) < (").push_bind(at);
            query.push(", ").push_bind(id).push(")");
        }
        query.push(" ORDER BY proposed_at DESC, id DESC LIMIT ");
        query.push_bind(rows_to_read(page));
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let rows = rows.iter().map(proposal).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(rows, page, |row| {
            Cursor::new(row.proposed_at, row.id.as_uuid()).to_string()
        }))
    }

    async fn proposals_about(&mut self, subject: &str) -> Result<Vec<ProposalRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, kind, subject, state, proposed_at, version, body FROM proposals \
             WHERE subject = $1 ORDER BY proposed_at DESC, id DESC LIMIT 100",
        )
        .bind(subject)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(proposal).collect()
    }
}

fn proposal(row: &impl Columns) -> Result<ProposalRow, StoreError> {
    Ok(ProposalRow {
        id: ProposalId::from_uuid(row.uuid("id")?),
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        state: row.text("state")?,
        proposed_at: row.time("proposed_at")?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}
