//! How the databases come by the rows of a list.

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
        let mut queries =
            vec![SqlTx::<Sqlite>::count_query("EXPLAIN QUERY PLAN ", &filter, None, 100).unwrap()];
        for page in pages() {
            queries.push(
                SqlTx::<Sqlite>::list_query(
                    "EXPLAIN QUERY PLAN ",
                    &filter,
                    None,
                    Way::Listed,
                    &page,
                )
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
async fn on_sqlite_a_rare_name_is_looked_up_and_not_read_for() {
    let only = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    let pool = only.connect("sqlite::memory:").await.unwrap();
    crate::migration::run_sqlite(&pool).await.unwrap();
    let tx = pool.begin().await.unwrap();
    let mut tx = SqlTx::<Sqlite> { tx, writes: false };
    for scope in [
        CaseScope::Center,
        CaseScope::Consolidator(UnitId::from_uuid(Uuid::from_u128(1))),
    ] {
        let filter = CaseFilter {
            scope,
            state: None,
            text: Some("龙岩".to_owned()),
            ..filters().pop().unwrap()
        };
        let search = tx.search(filter.text.as_deref()).await.unwrap();
        assert_eq!(ways(scope, search.as_ref()), [Way::Walked, Way::Indexed]);
        let mut query = SqlTx::<Sqlite>::list_query(
            "EXPLAIN QUERY PLAN ",
            &filter,
            search.as_ref(),
            Way::Indexed,
            &pages()[0],
        )
        .unwrap();
        let rows = query.build().fetch_all(&mut *tx.tx).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let plan = plan.join("; ");
        assert!(
            plan.contains("SEARCH cases USING INDEX sqlite_autoindex_cases_1")
                && plan.contains("case_grams"),
            "{plan}"
        );
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
        include_str!("../../migrations/postgres/0001_people.sql"),
        include_str!("../../migrations/postgres/0002_cases.sql"),
    ] {
        sqlx::raw_sql(sql).execute(&mut *database).await.unwrap();
    }
    for filter in filters() {
        let mut queries =
            vec![SqlTx::<Postgres>::count_query("EXPLAIN ", &filter, None, 100).unwrap()];
        for page in pages() {
            queries.push(
                SqlTx::<Postgres>::list_query("EXPLAIN ", &filter, None, Way::Listed, &page)
                    .unwrap(),
            );
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
