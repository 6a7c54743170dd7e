use async_trait::async_trait;
use casework::{PersonId, Post, Role, UnitId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{
    AccountFilter, AccountRecord, AccountStore, Page, PageRequest, StoreError,
};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::{Columns, code};
use crate::dialect::Dialect;
use crate::error::{expect_change, failed};
use crate::names::{Named, PartOfName, WALKED};
use crate::page::{fills, page_of, rows_to_read};
use crate::search::trimmed;
use crate::transaction::SqlTx;

macro_rules! select_head {
    () => {
        "SELECT a.id, a.login, a.name, a.password_hash, a.disabled, a.body, a.failures, \
         a.locked_until, a.created_at, a.resident_digest, p.role, p.unit FROM "
    };
}

/// One row per post, or one with empty post columns; rows of one account follow each other.
macro_rules! select {
    ($from:literal) => {
        concat!(select_head!(), $from, " ORDER BY a.login, p.ordinal")
    };
}

/// How the rows of a list are come by; see the cases' for what each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Listed,
    Walked,
    Indexed,
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl AccountStore for SqlTx<Db> {
    async fn account_insert(&mut self, account: &AccountRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO accounts (id, login, name, password_hash, disabled, body, failures, \
             locked_until, created_at, resident_digest) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(account.id.as_uuid())
        .bind(&account.login)
        .bind(&account.name)
        .bind(&account.password_hash)
        .bind(account.disabled)
        .bind(&account.body)
        .bind(i64::from(account.failures))
        .bind(account.locked_until.map(Timestamp::as_microsecond))
        .bind(account.created_at.as_microsecond())
        .bind(account.resident_digest.as_deref())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        self.insert_posts(account).await
    }

    async fn account_update(&mut self, account: &AccountRecord) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE accounts SET login = $2, name = $3, password_hash = $4, disabled = $5, \
             body = $6, failures = $7, locked_until = $8, created_at = $9, resident_digest = $10 \
             WHERE id = $1",
        )
        .bind(account.id.as_uuid())
        .bind(&account.login)
        .bind(&account.name)
        .bind(&account.password_hash)
        .bind(account.disabled)
        .bind(&account.body)
        .bind(i64::from(account.failures))
        .bind(account.locked_until.map(Timestamp::as_microsecond))
        .bind(account.created_at.as_microsecond())
        .bind(account.resident_digest.as_deref())
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "account", account.id)?;
        sqlx::query("DELETE FROM posts WHERE person = $1")
            .bind(account.id.as_uuid())
            .execute(&mut *self.tx)
            .await
            .map_err(failed)?;
        self.insert_posts(account).await
    }

    async fn account(&mut self, id: PersonId) -> Result<Option<AccountRecord>, StoreError> {
        if self.writes {
            let mut query = QueryBuilder::<Db>::new("SELECT id FROM accounts WHERE id = ");
            query.push_bind(id.as_uuid()).push(Db::FOR_UPDATE);
            query
                .build()
                .fetch_optional(&mut *self.tx)
                .await
                .map_err(failed)?;
        }
        let rows = sqlx::query(select!(
            "accounts a LEFT JOIN posts p ON p.person = a.id WHERE a.id = $1"
        ))
        .bind(id.as_uuid())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(accounts(&rows)?.pop())
    }

    async fn account_by_login(&mut self, login: &str) -> Result<Option<AccountRecord>, StoreError> {
        let rows = sqlx::query(select!(
            "accounts a LEFT JOIN posts p ON p.person = a.id WHERE a.login = $1"
        ))
        .bind(login)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(accounts(&rows)?.pop())
    }

    async fn accounts_with_post(
        &mut self,
        role: Role,
        unit: UnitId,
    ) -> Result<Vec<AccountRecord>, StoreError> {
        let rows = sqlx::query(select!(
            "accounts a LEFT JOIN posts p ON p.person = a.id WHERE NOT a.disabled \
             AND a.id IN (SELECT person FROM posts WHERE unit = $1 AND role = $2)"
        ))
        .bind(unit.as_uuid())
        .bind(code(&role)?)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        accounts(&rows)
    }

    async fn accounts(&mut self, limit: u32) -> Result<Vec<AccountRecord>, StoreError> {
        let rows = sqlx::query(select!(
            "(SELECT * FROM accounts ORDER BY login LIMIT $1) a \
             LEFT JOIN posts p ON p.person = a.id"
        ))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        accounts(&rows)
    }

    async fn accounts_page(
        &mut self,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<AccountRecord>, StoreError> {
        let part = match filter.text.as_deref().map(trimmed) {
            Some(text) if !text.is_empty() => {
                Some(self.part_of_name(Named::Accounts, &text).await?)
            }
            _ => None,
        };
        let ways: &[Way] = match part {
            Some(_) => &[Way::Walked, Way::Indexed],
            None => &[Way::Listed],
        };
        let mut found = Vec::new();
        for way in ways {
            let mut query = Self::accounts_query(filter, part.as_ref(), *way, page)?;
            let rows = query
                .build()
                .fetch_all(&mut *self.tx)
                .await
                .map_err(failed)?;
            found = accounts(&rows)?;
            if fills(&found, page) {
                break;
            }
        }
        Ok(page_of(found, page, |row| row.login.clone()))
    }

    async fn account_by_resident(&mut self, digest: &str) -> Result<Option<PersonId>, StoreError> {
        let row = sqlx::query("SELECT id FROM accounts WHERE resident_digest = $1")
            .bind(digest)
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(failed)?;
        row.map(|row| Ok(PersonId::from_uuid(row.uuid("id")?)))
            .transpose()
    }

    async fn role_count(&mut self, role: Role) -> Result<u32, StoreError> {
        let row = sqlx::query(
            "SELECT count(DISTINCT p.person) AS holders FROM posts p \
             JOIN accounts a ON a.id = p.person WHERE p.role = $1 AND NOT a.disabled",
        )
        .bind(code(&role)?)
        .fetch_one(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.count("holders")
    }
}

#[duplicate_item(Db; [Sqlite]; [Postgres])]
impl SqlTx<Db> {
    /// A page of accounts with their posts.
    fn accounts_query(
        filter: &AccountFilter,
        part: Option<&PartOfName>,
        way: Way,
        page: &PageRequest,
    ) -> Result<QueryBuilder<Db>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(select_head!());
        query.push(match way {
            Way::Walked => "(SELECT * FROM (SELECT * FROM accounts WHERE 1 = 1",
            Way::Listed | Way::Indexed => "(SELECT * FROM accounts WHERE 1 = 1",
        });
        if filter.role.is_some() || filter.unit.is_some() {
            query.push(" AND id IN (SELECT person FROM posts WHERE 1 = 1");
            if let Some(unit) = filter.unit {
                query.push(" AND unit = ").push_bind(unit.as_uuid());
            }
            if let Some(role) = filter.role {
                query.push(" AND role = ").push_bind(code(&role)?);
            }
            query.push(")");
        }
        if let Some(disabled) = filter.disabled {
            query.push(" AND disabled = ").push_bind(disabled);
        }
        if let Some(at) = filter.locked_at {
            query
                .push(" AND locked_until > ")
                .push_bind(at.as_microsecond());
        }
        if let Some(after) = &page.after {
            query.push(" AND login > ").push_bind(after.clone());
        }
        if let Some(part) = part {
            if way == Way::Walked {
                query.push(" ORDER BY login LIMIT ").push_bind(WALKED);
                query.push(") AS accounts WHERE ");
                part.push(&mut query);
            } else {
                query.push(" AND ");
                part.push_indexed(&mut query);
            }
        }
        // What the index of names left is sorted: the concatenation tells the planner not to walk the list for it.
        query.push(match way {
            Way::Indexed => " ORDER BY login || '' LIMIT ",
            Way::Listed | Way::Walked => " ORDER BY login LIMIT ",
        });
        query
            .push_bind(rows_to_read(page))
            .push(") a LEFT JOIN posts p ON p.person = a.id ORDER BY a.login, p.ordinal");
        Ok(query)
    }

    async fn insert_posts(&mut self, account: &AccountRecord) -> Result<(), StoreError> {
        for (ordinal, post) in (0_i64..).zip(&account.posts) {
            sqlx::query("INSERT INTO posts (person, role, unit, ordinal) VALUES ($1, $2, $3, $4)")
                .bind(account.id.as_uuid())
                .bind(code(&post.role)?)
                .bind(post.unit.as_uuid())
                .bind(ordinal)
                .execute(&mut *self.tx)
                .await
                .map_err(failed)?;
        }
        Ok(())
    }
}

/// Gathers each account's posts.
fn accounts(rows: &[impl Columns]) -> Result<Vec<AccountRecord>, StoreError> {
    let mut accounts: Vec<AccountRecord> = Vec::new();
    for row in rows {
        let id = PersonId::from_uuid(row.uuid("id")?);
        if accounts.last().is_none_or(|account| account.id != id) {
            accounts.push(account(id, row)?);
        }
        if let (Some(account), Some(role), Some(unit)) = (
            accounts.last_mut(),
            row.maybe_code("role")?,
            row.maybe_uuid("unit")?,
        ) {
            account.posts.push(Post {
                role,
                unit: UnitId::from_uuid(unit),
            });
        }
    }
    Ok(accounts)
}

fn account(id: PersonId, row: &impl Columns) -> Result<AccountRecord, StoreError> {
    Ok(AccountRecord {
        id,
        login: row.text("login")?,
        name: row.text("name")?,
        password_hash: row.text("password_hash")?,
        posts: Vec::new(),
        disabled: row.flag("disabled")?,
        body: row.text("body")?,
        failures: row.count("failures")?,
        locked_until: row.maybe_time("locked_until")?,
        created_at: row.time("created_at")?,
        resident_digest: row.maybe_text("resident_digest")?,
    })
}
