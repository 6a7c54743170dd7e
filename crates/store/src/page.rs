//! Pages of a list, from a cursor on.

use jiff::Timestamp;
use platform::ports::store::{Page, PageRequest, StoreError};
use sqlx::{Encode, QueryBuilder, Type};
use uuid::Uuid;

use crate::column::damaged;
use crate::dialect::Dialect;

/// Rows of a page at most.
const MOST: u32 = 200;

/// A place in a list that is sorted by last change, newest first: microseconds and id of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor(i64, Uuid);

impl Cursor {
    pub(crate) fn new(at: Timestamp, id: Uuid) -> Self {
        Self(at.as_microsecond(), id)
    }

    /// The two parts, to compare rows with.
    pub(crate) fn parts(self) -> (i64, Uuid) {
        (self.0, self.1)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        let parts = text.split_once('.');
        parts
            .and_then(|(at, id)| Some(Self(at.parse().ok()?, Uuid::parse_str(id).ok()?)))
            .ok_or_else(|| damaged("cursor"))
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1.simple())
    }
}

/// How many rows to read: one more than wanted, to know whether the list goes on.
pub(crate) fn rows_to_read(page: &PageRequest) -> i64 {
    i64::from(page.limit.clamp(1, MOST)) + 1
}

/// How a list's rows come into their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// From an index that has it.
    Index,
    /// By sorting: the condition leaves few rows, and walking the order's index would pass over all the others. The
    /// sum in the SQL tells the planner so.
    Sort,
}

/// Ends a query whose WHERE is open: rows after the cursor, last changed first.
pub(crate) fn push_last_changed_first<Db: Dialect>(
    query: &mut QueryBuilder<Db>,
    page: &PageRequest,
    order: Order,
) -> Result<(), StoreError>
where
    for<'t> i64: Encode<'t, Db> + Type<Db>,
    for<'t> Uuid: Encode<'t, Db> + Type<Db>,
{
    let updated_at = match order {
        Order::Index => "updated_at",
        Order::Sort => "updated_at + 0",
    };
    push_newest_first(query, page, updated_at, "id")
}

/// The same by other columns: a moment and an id.
pub(crate) fn push_newest_first<Db: Dialect>(
    query: &mut QueryBuilder<Db>,
    page: &PageRequest,
    moment: &'static str,
    id: &'static str,
) -> Result<(), StoreError>
where
    for<'t> i64: Encode<'t, Db> + Type<Db>,
    for<'t> Uuid: Encode<'t, Db> + Type<Db>,
{
    push_after(query, page, moment, id)?;
    push_order(query, moment, id, rows_to_read(page));
    Ok(())
}

/// Goes on with a WHERE that is open: rows after the cursor.
pub(crate) fn push_after<Db: Dialect>(
    query: &mut QueryBuilder<Db>,
    page: &PageRequest,
    moment: &'static str,
    id: &'static str,
) -> Result<(), StoreError>
where
    for<'t> i64: Encode<'t, Db> + Type<Db>,
    for<'t> Uuid: Encode<'t, Db> + Type<Db>,
{
    if let Some(after) = &page.after {
        let Cursor(at, last) = Cursor::parse(after)?;
        query
            .push(" AND (")
            .push(moment)
            .push(", ")
            .push(id)
            .push(") < (")
            .push_bind(at);
        query.push(", ").push_bind(last).push(")");
    }
    Ok(())
}

/// Ends a query: newest first, so many rows at most.
pub(crate) fn push_order<Db: Dialect>(
    query: &mut QueryBuilder<Db>,
    moment: &'static str,
    id: &'static str,
    rows: i64,
) where
    for<'t> i64: Encode<'t, Db> + Type<Db>,
{
    query
        .push(" ORDER BY ")
        .push(moment)
        .push(" DESC, ")
        .push(id)
        .push(" DESC LIMIT ");
    query.push_bind(rows);
}

/// Whether rows that were read fill the page and tell that it goes on.
pub(crate) fn fills<T>(rows: &[T], page: &PageRequest) -> bool {
    // At most 201.
    rows.len() as i64 >= rows_to_read(page)
}

/// Makes a page of the rows that were read.
pub(crate) fn page_of<T>(
    mut rows: Vec<T>,
    page: &PageRequest,
    cursor: impl Fn(&T) -> String,
) -> Page<T> {
    // At most 200.
    let wanted = page.limit.clamp(1, MOST) as usize;
    let goes_on = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| goes_on).map(cursor);
    Page { rows, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_is_refused() {
        let cursor = Cursor::new(Timestamp::from_microsecond(-5).unwrap(), Uuid::from_u128(7));
        assert_eq!(Cursor::parse(&cursor.to_string()).unwrap(), cursor);
        for nonsense in [
            "",
            ".",
            "1",
            "1.",
            "x.00000000000000000000000000000007",
            "1.2;DROP",
        ] {
            assert!(Cursor::parse(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn a_page_names_the_next_only_where_the_list_goes_on() {
        let request = PageRequest {
            after: None,
            limit: 2,
        };
        assert_eq!(rows_to_read(&request), 3);
        let more = page_of(vec![3, 2, 1], &request, ToString::to_string);
        assert_eq!((more.rows, more.next.as_deref()), (vec![3, 2], Some("2")));
        let end = page_of(vec![3, 2], &request, ToString::to_string);
        assert_eq!((end.rows, end.next), (vec![3, 2], None));
    }

    #[test]
    fn a_page_has_1_to_200_rows() {
        assert_eq!(
            rows_to_read(&PageRequest {
                after: None,
                limit: 0
            }),
            2
        );
        assert_eq!(
            rows_to_read(&PageRequest {
                after: None,
                limit: u32::MAX
            }),
            201
        );
    }
}
