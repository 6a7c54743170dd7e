use async_trait::async_trait;
use casework::{CaseId, PersonId, UnitId};
use duplicate::duplicate_item;
use platform::ports::store::{
    CaseFilter, CaseRecord, CaseRow, CaseScope, CaseState, CaseStore, Page, PageRequest, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, code, damaged};
use crate::error::{expect_change, failed};
use crate::names::{Named, PartOfName, WALKED};
use crate::page::{Cursor, Order, fills, page_of, push_after, push_last_changed_first, push_order};
use crate::search::{beginning_with, is_like_credit_code, may_be_number, trimmed};
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
    /// Only numbers in this range, and whether it has many of them.
    Number((String, String), bool),
    /// Names with this part, and numbers in this range where there are any.
    Text(Option<(String, String)>, PartOfName),
}

/// How the rows of a list are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All that answer the filter, from an index in the list's order.
    Listed,
    /// All that answer the filter, sorted: an index leaves few.
    Sorted,
    /// What answers the search among the first rows of the list.
    Walked,
    /// What the index of names has, sorted.
    Indexed,
    /// The highest numbers of a range that has many, sorted.
    Numbered,
}

/// The ways to a list, each for what the one before did not find.
fn ways(scope: CaseScope, search: Option<&Search>) -> &'static [Way] {
    // One unit's cases are few enough to read their names.
    let few = matches!(scope, CaseScope::Unit(_));
    match search {
        None | Some(Search::CreditCode(_)) => &[Way::Listed],
        Some(Search::Number(_, false)) => &[Way::Sorted],
        Some(Search::Number(_, true)) => &[Way::Walked, Way::Numbered],
        Some(Search::Text(..)) if few => &[Way::Listed],
        Some(Search::Text(..)) => &[Way::Walked, Way::Indexed],
    }
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
        let mut rows = Vec::new();
        for way in ways(filter.scope, search.as_ref()) {
            let mut query = Self::list_query("", filter, search.as_ref(), *way, page)?;
            rows = query
                .build()
                .fetch_all(&mut *self.tx)
                .await
                .map_err(failed)?;
            if fills(&rows, page) {
                break;
            }
        }
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
        let row = sqlx::query(
            "SELECT count(*) AS found FROM \
             (SELECT 1 FROM cases WHERE number >= $1 AND number < $2 LIMIT $3) AS capped",
        )
        .bind(&from)
        .bind(&until)
        .bind(WALKED + 1)
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        let numbers = row.int("found")?;
        if numbers > 0 && may_be_number(&text) {
            return Ok(Some(Search::Number((from, until), numbers > WALKED)));
        }
        Ok(Some(Search::Text(
            (numbers > 0).then_some((from, until)),
            self.part_of_name(Named::Cases, &text).await?,
        )))
    }

    /// A page of a list; `start` comes before the statement (nothing, or EXPLAIN).
    fn list_query(
        start: &str,
        filter: &CaseFilter,
        search: Option<&Search>,
        way: Way,
        page: &PageRequest,
    ) -> Result<QueryBuilder<Db>, StoreError> {
        let mut query = QueryBuilder::new(start);
        query.push(concat!("SELECT ", row_columns!(), " FROM "));
        let inner = matches!(way, Way::Walked | Way::Numbered);
        if inner {
            query.push(concat!("(SELECT ", row_columns!(), " FROM "));
        }
        query.push("cases");
        Self::push_filter(&mut query, filter, way)?;
        match way {
            Way::Listed | Way::Sorted => Self::push_search(&mut query, search, false),
            Way::Indexed => Self::push_search(&mut query, search, true),
            Way::Walked => {
                push_after(&mut query, page, "updated_at", "id")?;
                push_order(&mut query, "updated_at", "id", WALKED);
                query.push(") AS cases WHERE 1 = 1");
                Self::push_search(&mut query, search, false);
            }
            Way::Numbered => {
                Self::push_search(&mut query, search, false);
                query.push(" ORDER BY number DESC LIMIT ").push_bind(WALKED);
                query.push(") AS cases WHERE 1 = 1");
            }
        }
        let order = match way {
            Way::Listed | Way::Walked | Way::Numbered => Order::Index,
            Way::Sorted | Way::Indexed => Order::Sort,
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
        let few = matches!(filter.scope, CaseScope::Unit(_));
        let way = match search {
            Some(Search::Text(..)) if !few => Way::Indexed,
            _ => Way::Listed,
        };
        Self::push_filter(&mut query, filter, way)?;
        Self::push_search(&mut query, search, way == Way::Indexed);
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
        way: Way,
    ) -> Result<(), StoreError> {
        match filter.scope {
            CaseScope::Unit(unit) => query.push(" WHERE unit = ").push_bind(unit.as_uuid()),
            // Said in a way that no index answers: the one of names is to be taken.
            CaseScope::Consolidator(unit) if way == Way::Indexed => query
                .push(" WHERE NOT consolidator <> ")
                .push_bind(unit.as_uuid()),
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
        Ok(())
    }

    /// Goes on with the WHERE: what was searched for; names by their index, or read.
    fn push_search(query: &mut QueryBuilder<Db>, search: Option<&Search>, indexed: bool) {
        match search {
            Some(Search::CreditCode(code)) => {
                query.push(" AND credit_code = ").push_bind(code.clone());
            }
            Some(Search::Number((from, until), _)) => {
                query.push(" AND number >= ").push_bind(from.clone());
                query.push(" AND number < ").push_bind(until.clone());
            }
            Some(Search::Text(numbers, part)) => {
                query.push(" AND (");
                if let Some((from, until)) = numbers {
                    query.push("(number >= ").push_bind(from.clone());
                    query.push(" AND number < ").push_bind(until.clone());
                    query.push(") OR ");
                }
                if indexed {
                    part.push_indexed(query);
                } else {
                    part.push(query);
                }
                query.push(")");
            }
            None => {}
        }
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
mod plans;
