//! Which seals a list shows, and how its rows are come by.

use casework::SealState;
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{PageRequest, SealFilter, StoreError};
use sqlx::{Encode, Postgres, QueryBuilder, Sqlite, Type};

use super::seal_columns;
use crate::column::{Columns as _, code};
use crate::dialect::Dialect;
use crate::error::failed;
use crate::names::{Indexed, Named, PartOfName, WALKED};
use crate::page::{Order, push_after, push_last_changed_first, push_order};
use crate::search::{beginning_with, may_be_number, trimmed};
use crate::transaction::SqlTx;

/// A typed text, understood.
pub(super) enum Search {
    /// Only this credit code, serial number of a key, or serial number of a certificate.
    Whole(String),
    /// Only codes in this range, and whether it has many of them.
    Code((String, String), bool),
    /// Names with this part, and codes in this range where there are any.
    Text(Option<(String, String)>, PartOfName),
}

/// How the rows of a list are come by; see the cases' for what each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Listed,
    Sorted,
    Walked,
    Indexed,
    Coded,
}

/// The ways to a list, each for what the one before did not find.
pub(super) fn ways(filter: &SealFilter, search: Option<&Search>) -> &'static [Way] {
    match search {
        None => &[Way::Listed],
        Some(Search::Whole(_) | Search::Code(_, false)) => &[Way::Sorted],
        Some(Search::Code(_, true)) => &[Way::Walked, Way::Coded],
        // One unit's seals are few enough to read their names.
        Some(Search::Text(..)) if filter.unit.is_some() => &[Way::Listed],
        Some(Search::Text(..)) => &[Way::Walked, Way::Indexed],
    }
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
impl SqlTx<Db> {
    /// What a typed text is meant as.
    pub(super) async fn search_seals(
        &mut self,
        text: Option<&str>,
    ) -> Result<Option<Search>, StoreError> {
        let Some(text) = text.map(trimmed).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        if self.names_seals(&text).await? {
            return Ok(Some(Search::Whole(text)));
        }
        let (from, until) = beginning_with(&text);
        let row = sqlx::query(
            "SELECT count(*) AS found FROM \
             (SELECT 1 FROM seals WHERE code >= $1 AND code < $2 LIMIT $3) AS capped",
        )
        .bind(&from)
        .bind(&until)
        .bind(WALKED + 1)
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        let codes = row.int("found")?;
        if codes > 0 && may_be_number(&text) {
            return Ok(Some(Search::Code((from, until), codes > WALKED)));
        }
        Ok(Some(Search::Text(
            (codes > 0).then_some((from, until)),
            self.part_of_name(Named::Seals, &text).await?,
        )))
    }

    /// A page of a list.
    pub(super) fn seals_query(
        filter: &SealFilter,
        search: Option<&Search>,
        way: Way,
        page: &PageRequest,
    ) -> Result<QueryBuilder<Db>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(concat!("SELECT ", seal_columns!(), " FROM "));
        if matches!(way, Way::Walked | Way::Coded) {
            query.push(concat!("(SELECT ", seal_columns!(), " FROM "));
        }
        query.push("seals WHERE 1 = 1");
        push_seal_filter(&mut query, filter)?;
        match way {
            Way::Listed | Way::Sorted => push_search(&mut query, search, false),
            Way::Indexed => push_search(&mut query, search, true),
            Way::Walked => {
                push_after(&mut query, page, "updated_at", "id")?;
                push_order(&mut query, "updated_at", "id", WALKED);
                query.push(") AS seals WHERE 1 = 1");
                push_search(&mut query, search, false);
            }
            Way::Coded => {
                push_search(&mut query, search, false);
                query.push(" ORDER BY code DESC LIMIT ").push_bind(WALKED);
                query.push(") AS seals WHERE 1 = 1");
            }
        }
        let order = match way {
            Way::Listed | Way::Walked | Way::Coded => Order::Index,
            Way::Sorted | Way::Indexed => Order::Sort,
        };
        push_last_changed_first(&mut query, page, order)?;
        Ok(query)
    }

    /// Whether the text is a whole 统一社会信用代码, serial number of a key, or serial number of a certificate.
    async fn names_seals(&mut self, text: &str) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT 1 FROM seals WHERE credit_code = $1 \
             UNION ALL SELECT 1 FROM seals WHERE key_serial = $2 \
             UNION ALL SELECT 1 FROM certificates WHERE serial = $3 LIMIT 1",
        )
        .bind(text.to_uppercase())
        .bind(text)
        .bind(text.to_lowercase())
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(row.is_some())
    }
}

/// The conditions of a filter, but for the text.
pub(super) fn push_seal_filter<Db: Dialect>(
    query: &mut QueryBuilder<Db>,
    filter: &SealFilter,
) -> Result<(), StoreError>
where
    for<'t> i64: Encode<'t, Db> + Type<Db>,
    for<'t> &'t str: Encode<'t, Db> + Type<Db>,
    for<'t> String: Encode<'t, Db> + Type<Db>,
    for<'t> uuid::Uuid: Encode<'t, Db> + Type<Db>,
{
    if let Some(unit) = filter.unit {
        query.push(" AND unit = ").push_bind(unit.as_uuid());
    }
    if let Some((state, now)) = filter.state {
        push_state(query, state, now);
    }
    if let Some((from, until)) = filter.expiring {
        query
            .push(" AND not_after >= ")
            .push_bind(from.as_microsecond())
            .push(" AND not_after < ")
            .push_bind(until.as_microsecond());
    }
    if let Some(kind) = filter.kind {
        query.push(" AND kind = ").push_bind(code(&kind)?);
    }
    if let Some(medium) = filter.medium {
        query.push(" AND medium = ").push_bind(code(&medium)?);
    }
    if let Some(city) = filter.city {
        query.push(" AND city = ").push_bind(city.to_string());
    }
    if let Some(level) = filter.level {
        query.push(" AND level = ").push_bind(code(&level)?);
    }
    Ok(())
}

/// Goes on with the conditions: what was searched for; names by their index, or read.
pub(super) fn push_search<Db: Indexed>(
    query: &mut QueryBuilder<Db>,
    search: Option<&Search>,
    indexed: bool,
) where
    for<'t> String: Encode<'t, Db> + Type<Db>,
{
    match search {
        Some(Search::Whole(text)) => {
            query
                .push(" AND (credit_code = ")
                .push_bind(text.to_uppercase())
                .push(" OR key_serial = ")
                .push_bind(text.clone())
                .push(" OR id IN (SELECT seal FROM certificates WHERE serial = ")
                .push_bind(text.to_lowercase())
                .push("))");
        }
        Some(Search::Code((from, until), _)) => {
            query.push(" AND code >= ").push_bind(from.clone());
            query.push(" AND code < ").push_bind(until.clone());
        }
        Some(Search::Text(codes, part)) => {
            query.push(" AND (");
            if let Some((from, until)) = codes {
                query.push("(code >= ").push_bind(from.clone());
                query.push(" AND code < ").push_bind(until.clone());
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

/// A state as it is now, from the recorded one and the end of validity.
fn push_state<Db: Dialect>(query: &mut QueryBuilder<Db>, state: SealState, now: Timestamp)
where
    for<'t> i64: Encode<'t, Db> + Type<Db>,
    for<'t> &'t str: Encode<'t, Db> + Type<Db>,
{
    let (over, status) = match state {
        SealState::Cancelled | SealState::Void => {
            query.push(" AND status = ").push_bind(state.code());
            return;
        }
        SealState::Expired => (true, None),
        SealState::Active | SealState::Suspended | SealState::NotYetActive => {
            (false, Some(state.code()))
        }
    };
    match status {
        Some(status) => query.push(" AND status = ").push_bind(status),
        None => query.push(" AND status IN ('active', 'suspended', 'not_yet_active')"),
    };
    query
        .push(if over {
            " AND not_after <= "
        } else {
            " AND not_after > "
        })
        .push_bind(now.as_microsecond());
}
