use async_trait::async_trait;
use casework::{CaseId, PersonId, UnitId};
use duplicate::duplicate_item;
use platform::ports::store::{
    CaseFilter, CaseRecord, CaseRow, CaseScope, CaseState, CaseStore, Page, PageRequest, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, code, damaged};
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::page::{Cursor, Order, page_of, push_last_changed_first};
use crate::search::{beginning_with, containing, is_like_credit_code, may_be_number, trimmed};
use crate::transaction::SqlTx;

/// What lists need.
macro_rules! row_columns {
    () => {
        "id, number, business, title, unit, unit_name, credit_code, consolidator, at_center, \
         filed_by, state, stage, status, turn_role, turn_unit, turn_since, updated_at"
    };
}

pub(crate) use row_columns;

/// A typed text, understood.
enum Search {
    /// Only this 统一社会信用代码.
    CreditCode(String),
    /// Only numbers in this range.
    Number(String, String),
    /// Numbers in this range, and names that match this pattern.
    Text((String, String), String),
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl CaseStore for SqlTx<Db> {
    async fn case_insert(&mut self, record: &CaseRecord) -> Result<(), StoreError> {
        let row = &record.row;
        sqlx::query(concat!(
            "INSERT INTO cases (",
            row_columns!(),
            ", version, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, ",
            "$14, $15, $16, $17, 1, $18)"
        ))
        .bind(row.id.as_uuid())
        .bind(&row.number)
        .bind(code(&row.business)?)
        .bind(&row.title)
        .bind(row.unit.as_uuid())
        .bind(&row.unit_name)
        .bind(&row.credit_code)
        .bind(row.consolidator.map(|unit| unit.as_uuid()))
        .bind(row.at_center)
        .bind(row.filed_by.as_uuid())
        .bind(row.state.as_str())
        .bind(&row.stage)
        .bind(&row.status)
        .bind(row.turn_role.as_ref().map(code).transpose()?)
        .bind(row.turn_unit.map(|unit| unit.as_uuid()))
        .bind(row.turn_since.as_microsecond())
        .bind(row.updated_at.as_microsecond())
        .bind(&record.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn case_update(&mut self, record: &CaseRecord) -> Result<(), StoreError> {
        let row = &record.row;
        let done = sqlx::query(
            "UPDATE cases SET number = $3, business = $4, title = $5, unit = $6, unit_name = $7, \
             credit_code = $8, consolidator = $9, at_center = $10, filed_by = $11, state = $12, \
             stage = $13, status = $14, turn_role = $15, turn_unit = $16, turn_since = $17, \
             updated_at = $18, body = $19, version = version + 1 WHERE id = $1 AND version = $2",
        )
        .bind(row.id.as_uuid())
        .bind(record.version)
        .bind(&row.number)
        .bind(code(&row.business)?)
        .bind(&row.title)
        .bind(row.unit.as_uuid())
        .bind(&row.unit_name)
        .bind(&row.credit_code)
        .bind(row.consolidator.map(|unit| unit.as_uuid()))
        .bind(row.at_center)
        .bind(row.filed_by.as_uuid())
        .bind(row.state.as_str())
        .bind(&row.stage)
        .bind(&row.status)
        .bind(row.turn_role.as_ref().map(code).transpose()?)
        .bind(row.turn_unit.map(|unit| unit.as_uuid()))
        .bind(row.turn_since.as_microsecond())
        .bind(row.updated_at.as_microsecond())
        .bind(&record.body)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "case", row.id)
    }

    async fn case_delete_draft(&mut self, id: CaseId, version: i64) -> Result<(), StoreError> {
        let done =
            sqlx::query("DELETE FROM cases WHERE id = $1 AND version = $2 AND state = 'draft'")
                .bind(id.as_uuid())
                .bind(version)
                .execute(&mut *self.tx)
                .await
                .map_err(failed)?;
        expect_change(done.rows_affected(), "case", id)
    }

    async fn case(&mut self, id: CaseId) -> Result<Option<CaseRecord>, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT ",
            row_columns!(),
            ", version, body FROM cases WHERE id = $1"
        ))
        .bind(id.as_uuid())
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(case).transpose()
    }

    async fn case_by_number(&mut self, number: &str) -> Result<Option<CaseRecord>, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT ",
            row_columns!(),
            ", version, body FROM cases WHERE number = $1"
        ))
        .bind(number)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(case).transpose()
    }

    async fn cases(
        &mut self,
        filter: &CaseFilter,
        page: &PageRequest,
    ) -> Result<Page<CaseRow>, StoreError> {
        let search = self.search(filter.text.as_deref()).await?;
        let mut query = Self::list_query("", filter, search.as_ref(), page)?;
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        let cases = rows.iter().map(case_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(cases, page, |row| {
            Cursor::new(row.updated_at, row.id.as_uuid()).to_string()
        }))
    }

    async fn case_count(&mut self, filter: &CaseFilter, cap: u32) -> Result<u32, StoreError> {
        let search = self.search(filter.text.as_deref()).await?;
        let mut query = Self::count_query("", filter, search.as_ref(), cap)?;
        let row = query
            .build()
            .fetch_one(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.count("found")
    }
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
impl SqlTx<Db> {
    /// What a typed text is meant as.
    async fn search(&mut self, text: Option<&str>) -> Result<Option<Search>, StoreError> {
        let Some(text) = text.map(trimmed).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        if is_like_credit_code(&text) {
            return Ok(Some(Search::CreditCode(text.to_ascii_uppercase())));
        }
        let (from, until) = beginning_with(&text);
        if may_be_number(&text) {
            let row = sqlx::query("SELECT 1 FROM cases WHERE number >= $1 AND number < $2 LIMIT 1")
                .bind(&from)
                .bind(&until)
                .fetch_optional(&mut *self.tx)
                .await
                .map_err(failed)?;
            if row.is_some() {
                return Ok(Some(Search::Number(from, until)));
            }
        }
        Ok(Some(Search::Text((from, until), containing(&text))))
    }

    /// A page of a list; `start` comes before the statement (nothing, or EXPLAIN).
    fn list_query(
        start: &str,
        filter: &CaseFilter,
        search: Option<&Search>,
        page: &PageRequest,
    ) -> Result<QueryBuilder<Db>, StoreError> {
        let mut query = QueryBuilder::new(start);
        query.push(concat!("SELECT ", row_columns!(), " FROM cases"));
        Self::push_filter(&mut query, filter, search)?;
        let order = match search {
            Some(Search::Number(..)) => Order::Sort,
            Some(Search::CreditCode(_) | Search::Text(..)) | None => Order::Index,
        };
        push_last_changed_first(&mut query, page, order)?;
        Ok(query)
    }

    /// How many a list has, up to `cap`.
    fn count_query(
        start: &str,
        filter: &CaseFilter,
        search: Option<&Search>,
        cap: u32,
    ) -> Result<QueryBuilder<Db>, StoreError> {
        let mut query = QueryBuilder::new(start);
        query.push("SELECT count(*) AS found FROM (SELECT 1 FROM cases");
        Self::push_filter(&mut query, filter, search)?;
        query
            .push(" LIMIT ")
            .push_bind(i64::from(cap))
            .push(") AS capped");
        Ok(query)
    }

    /// The WHERE of a list: the scope first, which no list is without.
    fn push_filter(
        query: &mut QueryBuilder<Db>,
        filter: &CaseFilter,
        search: Option<&Search>,
    ) -> Result<(), StoreError> {
        match filter.scope {
            CaseScope::Unit(unit) => query.push(" WHERE unit = ").push_bind(unit.as_uuid()),
            CaseScope::Consolidator(unit) => query
                .push(" WHERE consolidator = ")
                .push_bind(unit.as_uuid()),
            CaseScope::Center => query.push(" WHERE at_center"),
        };
        if let Some((role, unit)) = filter.turn {
            query.push(" AND turn_role = ").push_bind(code(&role)?);
            match unit {
                Some(unit) => query.push(" AND turn_unit = ").push_bind(unit.as_uuid()),
                None => query.push(" AND turn_unit IS NULL"),
            };
        }
        if let Some((role, unit)) = filter.not_turn {
            query
                .push(" AND (turn_role IS NULL OR turn_role <> ")
                .push_bind(code(&role)?);
            match unit {
                Some(unit) => query
                    .push(" OR turn_unit IS NULL OR turn_unit <> ")
                    .push_bind(unit.as_uuid())
                    .push(")"),
                None => query.push(" OR turn_unit IS NOT NULL)"),
            };
        }
        if let Some(state) = filter.state {
            query.push(" AND state = ").push_bind(state.as_str());
        }
        if let Some(business) = filter.business {
            query.push(" AND business = ").push_bind(code(&business)?);
        }
        match search {
            Some(Search::CreditCode(code)) => {
                query.push(" AND credit_code = ").push_bind(code.clone());
            }
            Some(Search::Number(from, until)) => {
                query.push(" AND number >= ").push_bind(from.clone());
                query.push(" AND number < ").push_bind(until.clone());
            }
            Some(Search::Text((from, until), names)) => {
                query.push(" AND (number >= ").push_bind(from.clone());
                query.push(" AND number < ").push_bind(until.clone());
                query
                    .push(" OR unit_name ")
                    .push(Db::LIKE)
                    .push(" ")
                    .push_bind(names.clone());
                query
                    .push(" ESCAPE '\\' OR title ")
                    .push(Db::LIKE)
                    .push(" ");
                query.push_bind(names.clone()).push(" ESCAPE '\\')");
            }
            None => {}
        }
        Ok(())
    }
}

fn case(row: &impl Columns) -> Result<CaseRecord, StoreError> {
    Ok(CaseRecord {
        row: case_row(row)?,
        version: row.int("version")?,
        body: row.text("body")?,
    })
}

pub(crate) fn case_row(row: &impl Columns) -> Result<CaseRow, StoreError> {
    let state = row.text("state")?;
    Ok(CaseRow {
        id: CaseId::from_uuid(row.uuid("id")?),
        number: row.text("number")?,
        business: row.code("business")?,
        title: row.text("title")?,
        unit: UnitId::from_uuid(row.uuid("unit")?),
        unit_name: row.text("unit_name")?,
        credit_code: row.text("credit_code")?,
        consolidator: row.maybe_uuid("consolidator")?.map(UnitId::from_uuid),
        at_center: row.flag("at_center")?,
        filed_by: PersonId::from_uuid(row.uuid("filed_by")?),
        state: CaseState::ALL
            .into_iter()
            .find(|known| known.as_str() == state)
            .ok_or_else(|| damaged("state"))?,
        stage: row.text("stage")?,
        status: row.text("status")?,
        turn_role: row.maybe_code("turn_role")?,
        turn_unit: row.maybe_uuid("turn_unit")?.map(UnitId::from_uuid),
        turn_since: row.time("turn_since")?,
        updated_at: row.time("updated_at")?,
    })
}

#[cfg(test)]
mod tests {
    use casework::Role;
    use sqlx::{Connection, PgConnection, Row, SqliteConnection};
    use uuid::Uuid;

    use super::*;

    /// Every list that a desk shows: scope × state × whose turn.
    fn filters() -> Vec<CaseFilter> {
        let unit = UnitId::from_uuid(Uuid::from_u128(1));
        let desks = [
            (CaseScope::Unit(unit), (Role::Agent, Some(unit))),
            (
                CaseScope::Consolidator(unit),
                (Role::Consolidator, Some(unit)),
            ),
            (CaseScope::Center, (Role::SealMaker, None)),
        ];
        let mut filters = Vec::new();
        for (scope, mine) in desks {
            for state in [None].into_iter().chain(CaseState::ALL.map(Some)) {
                let all = CaseFilter {
                    scope,
                    turn: None,
                    not_turn: None,
                    state,
                    business: None,
                    text: None,
                };
                filters.push(CaseFilter {
                    turn: Some(mine),
                    ..all.clone()
                });
                filters.push(CaseFilter {
                    not_turn: Some(mine),
                    ..all.clone()
                });
                filters.push(CaseFilter {
                    business: Some(casework::BusinessType::Renewal),
                    ..all.clone()
                });
                filters.push(all);
            }
        }
        filters
    }

    fn pages() -> [PageRequest; 2] {
        let cursor = format!("17.{}", Uuid::from_u128(5).simple());
        [None, Some(cursor)].map(|after| PageRequest { after, limit: 20 })
    }

    #[tokio::test]
    async fn on_sqlite_every_list_and_count_walks_an_index_in_the_lists_order() {
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        crate::migration::run_sqlite(&pool).await.unwrap();
        let mut database: sqlx::pool::PoolConnection<Sqlite> = pool.acquire().await.unwrap();
        let database: &mut SqliteConnection = &mut database;
        for filter in filters() {
            let mut queries = vec![
                SqlTx::<Sqlite>::count_query("EXPLAIN QUERY PLAN ", &filter, None, 100).unwrap(),
            ];
            for page in pages() {
                queries.push(
                    SqlTx::<Sqlite>::list_query("EXPLAIN QUERY PLAN ", &filter, None, &page)
                        .unwrap(),
                );
            }
            for mut query in queries {
                let rows = query.build().fetch_all(&mut *database).await.unwrap();
                let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
                let plan = plan.join("; ");
                assert!(plan.contains("SEARCH cases USING") || plan.contains("INDEX cases_center"));
                assert!(plan.contains(" INDEX cases_"), "{filter:?}: {plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
            }
        }
    }

    #[tokio::test]
    async fn on_postgres_every_list_and_count_can_walk_an_index_in_the_lists_order() {
        let Ok(server) = std::env::var("YINXIN_TEST_POSTGRES") else {
            println!("skipped: YINXIN_TEST_POSTGRES is not set");
            return;
        };
        // A schema of this test's own, gone with the transaction. With the ways that read a whole table or sort made
        // dear, they only appear where there is no other way.
        let mut database = PgConnection::connect(&server).await.unwrap();
        let mut database = database.begin().await.unwrap();
        sqlx::raw_sql(
            "CREATE SCHEMA plans; SET LOCAL search_path = plans; SET LOCAL enable_seqscan = off; \
             SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; \
             SET LOCAL enable_incremental_sort = off",
        )
        .execute(&mut *database)
        .await
        .unwrap();
        for sql in [
            include_str!("../migrations/postgres/0001_people.sql"),
            include_str!("../migrations/postgres/0002_cases.sql"),
        ] {
            sqlx::raw_sql(sql).execute(&mut *database).await.unwrap();
        }
        for filter in filters() {
            let mut queries =
                vec![SqlTx::<Postgres>::count_query("EXPLAIN ", &filter, None, 100).unwrap()];
            for page in pages() {
                queries
                    .push(SqlTx::<Postgres>::list_query("EXPLAIN ", &filter, None, &page).unwrap());
            }
            for mut query in queries {
                let rows = query.build().fetch_all(&mut *database).await.unwrap();
                let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                let plan = plan.join("\n");
                assert!(plan.contains("cases_"), "{filter:?}: {plan}");
                assert!(
                    !plan.contains("Sort") && !plan.contains("Seq Scan"),
                    "{filter:?}: {plan}"
                );
            }
        }
    }
}
