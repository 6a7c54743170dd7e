//! Finding rows by part of a name, at any size of the register.
//!
//! What many rows have in their names is soon found among the first rows of a list; what few have is found by the index
//! of names. So a list is read twice at most: its first [`WALKED`] rows, and where they do not fill the page, the rows
//! that the index names, sorted.

use platform::ports::store::StoreError;
use sqlx::{Encode, Postgres, QueryBuilder, Sqlite, Type};

use crate::column::Columns;
use crate::dialect::Dialect;
use crate::error::failed;
use crate::search::{beginning_with, containing, trimmed};
use crate::transaction::SqlTx;

/// Rows of a list that are read in its order, in the hope that they fill the page.
pub(crate) const WALKED: i64 = 2000;
/// Pairs of characters of a text of which the rarest is looked for, and how far rows of a pair are counted for it.
const COMPARED: usize = 16;
const COUNTED: i64 = 2000;
/// A pair with so few rows is rare enough.
const RARE: i64 = 100;

/// A table whose rows are found by part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Cases,
    Seals,
    Units,
    Accounts,
    Announcements,
}

impl Named {
    /// The columns that hold names, with the condition that one of them contains a pattern: before, between, after.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Cases => &["unit_name", "title"],
            Self::Seals | Self::Announcements => &["unit_name", "name"],
            Self::Units => &["full_name"],
            Self::Accounts => &["login", "name"],
        }
    }

    /// What the index of PostgreSQL holds: the expression stands in the migration letter by letter.
    fn grams(self) -> &'static str {
        match self {
            Self::Cases => "name_grams(unit_name || chr(10) || title)",
            Self::Seals | Self::Announcements => "name_grams(unit_name || chr(10) || name)",
            Self::Units => "name_grams(full_name)",
            Self::Accounts => "name_grams(login || chr(10) || name)",
        }
    }

    /// The rows of a pair of characters in SQLite.
    fn pairs(self) -> (&'static str, &'static str) {
        match self {
            Self::Cases => ("id", "case_grams"),
            Self::Seals => ("id", "seal_grams"),
            Self::Units => ("id", "unit_grams"),
            Self::Accounts => ("id", "account_grams"),
            Self::Announcements => ("number", "announcement_grams"),
        }
    }
}

/// Part of a name, ready to be looked for in one table.
#[derive(Debug, Clone)]
pub(crate) struct PartOfName {
    named: Named,
    /// The whole text, as a pattern.
    pattern: String,
    /// What the index is asked for: in PostgreSQL the whole text, in SQLite its rarest pair of characters.
    asked: String,
}

impl PartOfName {
    /// Pushes the condition that a name contains the text, in brackets.
    pub(crate) fn push<Db: Dialect>(&self, query: &mut QueryBuilder<Db>)
    where
        for<'t> String: Encode<'t, Db> + Type<Db>,
    {
        for (n, column) in self.named.columns().iter().enumerate() {
            query.push(if n == 0 { "(" } else { " OR " }).push(column);
            query.push(" ").push(Db::LIKE).push(" ");
            query.push_bind(self.pattern.clone()).push(" ESCAPE '\\'");
        }
        query.push(")");
    }

    /// The same for the rows that the index names.
    pub(crate) fn push_indexed<Db: Indexed>(&self, query: &mut QueryBuilder<Db>)
    where
        for<'t> String: Encode<'t, Db> + Type<Db>,
    {
        query.push("(");
        Db::push_candidates(query, self);
        query.push(" AND ");
        self.push(query);
        query.push(")");
    }
}

/// How a database's index of names is asked.
pub(crate) trait Indexed: Dialect {
    /// Pushes the condition that the index may know the text of this row.
    fn push_candidates(query: &mut QueryBuilder<Self>, part: &PartOfName);
}

impl Indexed for Postgres {
    fn push_candidates(query: &mut QueryBuilder<Self>, part: &PartOfName) {
        query.push(part.named.grams()).push(" @> name_grams(");
        query.push_bind(part.asked.clone()).push(")");
    }
}

impl Indexed for Sqlite {
    fn push_candidates(query: &mut QueryBuilder<Self>, part: &PartOfName) {
        let (key, table) = part.named.pairs();
        let (from, until) = beginning_with(&part.asked);
        query.push(format!("{key} IN (SELECT id FROM {table} WHERE gram >= "));
        query.push_bind(from).push(" AND gram < ");
        query.push_bind(until).push(")");
    }
}

impl SqlTx<Postgres> {
    /// What a typed text is in a name. The text is not empty.
    #[expect(clippy::unused_async, reason = "SQLite has to ask")]
    pub(crate) async fn part_of_name(
        &mut self,
        named: Named,
        text: &str,
    ) -> Result<PartOfName, StoreError> {
        Ok(PartOfName {
            named,
            pattern: containing(text),
            asked: trimmed(text),
        })
    }
}

impl SqlTx<Sqlite> {
    /// What a typed text is in a name. The text is not empty.
    pub(crate) async fn part_of_name(
        &mut self,
        named: Named,
        text: &str,
    ) -> Result<PartOfName, StoreError> {
        let (_, table) = named.pairs();
        let mut rarest = (i64::MAX, String::new());
        for pair in pairs(text) {
            let sql = format!(
                "SELECT count(*) AS found FROM (SELECT 1 FROM {table} WHERE gram = $1 LIMIT {COUNTED})"
            );
            let row = sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(&pair)
                .fetch_one(&mut *self.tx)
                .await
                .map_err(failed)?;
            let found = row.int("found")?;
            if found < rarest.0 {
                rarest = (found, pair);
            }
            if rarest.0 < RARE {
                break;
            }
        }
        let asked = if rarest.1.is_empty() {
            // A single character begins the pairs that are asked for.
            trimmed(text).to_ascii_lowercase()
        } else {
            rarest.1
        };
        Ok(PartOfName {
            named,
            pattern: containing(text),
            asked,
        })
    }
}

/// The pairs of neighbouring characters of a text, the last first: names differ more at their ends.
fn pairs(text: &str) -> Vec<String> {
    let characters: Vec<char> = trimmed(text).to_ascii_lowercase().chars().collect();
    let mut pairs = Vec::new();
    for pair in characters.windows(2).rev() {
        let pair: String = pair.iter().collect();
        if pairs.len() < COMPARED && !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_its_pairs_of_characters_once() {
        assert_eq!(
            pairs(" 福建𬭸福建AB "),
            ["ab", "建a", "福建", "𬭸福", "建𬭸"]
        );
        assert!(pairs("龙").is_empty());
        assert_eq!(pairs(&"甲乙".repeat(500)).len(), 2);
    }
}
