//! Many at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use platform::ports::store::{CaseRecord, Lane, NewJob, NewLedgerEntry, StoreError};

use crate::database::Database;
use crate::world::{at, case, id, people};

on_both! {
    eight_tasks_never_get_the_same_number
    eight_tasks_grow_the_ledger_without_gaps
    of_eight_that_change_the_same_case_one_succeeds
    eight_workers_share_the_jobs_without_overlap
}

const TASKS: u64 = 8;
const ROUNDS: u64 = 10;

async fn eight_tasks_never_get_the_same_number(database: Database) {
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let store = Arc::clone(&database.store);
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for round in 0..ROUNDS {
                    let mut tx = store.begin().await.unwrap();
                    let number = tx.next_number("case").await.unwrap();
                    // Every other one is given up: its number is given to the next.
                    if round % 2 == 0 {
                        tx.commit().await.unwrap();
                        numbers.push(number);
                    }
                }
                numbers
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all, (1..=TASKS * ROUNDS / 2).collect::<Vec<_>>());
}

async fn eight_tasks_grow_the_ledger_without_gaps(database: Database) {
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = Arc::clone(&database.store);
            tokio::spawn(async move {
                for _ in 0..ROUNDS {
                    let entry = NewLedgerEntry {
                        at: at(0),
                        kind: "test".to_owned(),
                        subject: format!("{task}"),
                        actor: "系统".to_owned(),
                        body: "{}".to_owned(),
                        leaf_hash: [0; 32],
                    };
                    let mut tx = store.begin().await.unwrap();
                    let (size, _) = tx.ledger_frontier().await.unwrap();
                    tx.ledger_append(size, &[entry.clone(), entry], &[(0, size, [1; 32])], &[])
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut tx = database.read().await;
    let size = TASKS * ROUNDS * 2;
    assert_eq!(tx.ledger_frontier().await.unwrap().0, size);
    for place in 0..size {
        assert!(tx.ledger_entry(place).await.unwrap().is_some(), "{place}");
    }
    assert_eq!(tx.ledger_of("0").await.unwrap().len(), 20);
}

async fn of_eight_that_change_the_same_case_one_succeeds(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    tx.case_insert(&case(1, 1)).await.unwrap();
    tx.commit().await.unwrap();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = Arc::clone(&database.store);
            tokio::spawn(async move {
                let changed = CaseRecord {
                    body: format!("{{\"by\":{task}}}"),
                    ..case(1, 1)
                };
                let mut tx = store.begin().await.unwrap();
                tx.case_update(&changed).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(changed.body)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(body) => winners.push(body),
            Err(StoreError::Conflict(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    let read = database
        .read()
        .await
        .case(case(1, 1).row.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(winners, [read.body]);
    assert_eq!(read.version, 2);
}

async fn eight_workers_share_the_jobs_without_overlap(database: Database) {
    let mut tx = database.begin().await;
    for number in 1..=40 {
        let job = NewJob {
            id: id(number),
            kind: "notify".to_owned(),
            subject: format!("{number}"),
            payload: "{}".to_owned(),
            due_at: at(0),
            lane: Lane::Quick,
        };
        tx.job_insert(&job).await.unwrap();
    }
    tx.commit().await.unwrap();
    let workers: Vec<_> = (0..TASKS)
        .map(|_| {
            let store = Arc::clone(&database.store);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let mut tx = store.begin().await.unwrap();
                    let jobs = tx.jobs_take(Lane::Quick, at(1), at(100), 3).await.unwrap();
                    tx.commit().await.unwrap();
                    if jobs.is_empty() {
                        return taken;
                    }
                    taken.extend(jobs.into_iter().map(|job| job.id));
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    assert_eq!(all.len(), 40);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 40);
}
