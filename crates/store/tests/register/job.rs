use jiff::Timestamp;
use platform::ports::store::{Lane, NewJob, StoreError};
use uuid::Uuid;

use crate::database::Database;
use crate::world::{at, id};

on_both! {
    a_job_of_a_kind_and_subject_exists_once
    due_jobs_are_taken_in_order_and_by_one_worker_alone
    a_lease_ends_by_time_or_by_release
    a_failed_job_is_tried_again_or_given_up
    heavy_jobs_go_in_a_lane_of_their_own
}

fn job(number: u128, due: i64) -> NewJob {
    NewJob {
        id: id(number),
        kind: "make_seal".to_owned(),
        subject: format!("{number}"),
        payload: "{}".to_owned(),
        due_at: at(due),
        lane: Lane::Quick,
    }
}

async fn insert(database: &Database, jobs: &[NewJob]) {
    let mut tx = database.begin().await;
    for job in jobs {
        tx.job_insert(job).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn take(database: &Database, now: i64, lease: i64, limit: u32) -> Vec<(Uuid, u32)> {
    let mut tx = database.begin().await;
    let jobs = tx
        .jobs_take(Lane::Quick, at(now), at(lease), limit)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    jobs.iter().map(|job| (job.id, job.attempts)).collect()
}

async fn done(database: &Database, number: u128, moment: Timestamp) {
    let mut tx = database.begin().await;
    tx.job_done(id(number), moment).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_job_of_a_kind_and_subject_exists_once(database: Database) {
    let same = NewJob {
        id: id(2),
        payload: "{\"other\":1}".to_owned(),
        ..job(1, 0)
    };
    insert(&database, &[job(1, 0), same.clone(), job(1, 0)]).await;
    assert_eq!(take(&database, 1, 10, 10).await, [(id(1), 1)]);
    done(&database, 1, at(2)).await;
    insert(&database, &[same]).await;
    assert!(take(&database, 100, 200, 10).await.is_empty());
    assert_eq!(database.read().await.job_counts().await.unwrap(), (0, 0));
}

async fn due_jobs_are_taken_in_order_and_by_one_worker_alone(database: Database) {
    insert(&database, &[job(1, 30), job(2, 10), job(3, 20), job(4, 99)]).await;
    assert_eq!(take(&database, 30, 60, 2).await, [(id(2), 1), (id(3), 1)]);
    assert_eq!(take(&database, 30, 60, 2).await, [(id(1), 1)]);
    assert!(take(&database, 30, 60, 2).await.is_empty());
    assert_eq!(database.read().await.job_counts().await.unwrap(), (4, 0));
}

async fn a_lease_ends_by_time_or_by_release(database: Database) {
    insert(&database, &[job(1, 0)]).await;
    assert_eq!(take(&database, 0, 10, 9).await, [(id(1), 1)]);
    assert!(take(&database, 9, 20, 9).await.is_empty());
    assert_eq!(take(&database, 10, 20, 9).await, [(id(1), 2)]);
    let mut tx = database.begin().await;
    tx.jobs_release(at(11)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(take(&database, 11, 20, 9).await, [(id(1), 3)]);
    done(&database, 1, at(12)).await;
    assert!(take(&database, 1000, 2000, 9).await.is_empty());
}

async fn a_failed_job_is_tried_again_or_given_up(database: Database) {
    insert(&database, &[job(1, 0)]).await;
    take(&database, 0, 10, 9).await;
    let mut tx = database.begin().await;
    tx.job_failed(id(1), "对方无应答", Some(at(50)))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(take(&database, 49, 60, 9).await.is_empty());
    let mut tx = database.begin().await;
    let again = tx.jobs_take(Lane::Quick, at(50), at(60), 9).await.unwrap();
    assert_eq!(
        (again[0].attempts, again[0].last_error.as_deref()),
        (2, Some("对方无应答"))
    );
    tx.job_failed(id(1), "仍无应答", None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(take(&database, 1000, 2000, 9).await.is_empty());
    assert_eq!(database.read().await.job_counts().await.unwrap(), (0, 1));
    let unknown = database.begin().await.job_failed(id(9), "", None).await;
    assert!(matches!(unknown, Err(StoreError::Conflict(_))));
}

async fn heavy_jobs_go_in_a_lane_of_their_own(database: Database) {
    let heavy = NewJob {
        lane: Lane::Heavy,
        ..job(1, 0)
    };
    insert(&database, &[heavy, job(2, 0)]).await;
    assert_eq!(take(&database, 1, 10, 10).await, [(id(2), 1)]);
    let mut tx = database.begin().await;
    let taken = tx.jobs_take(Lane::Heavy, at(1), at(10), 10).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(taken.iter().map(|job| job.id).collect::<Vec<_>>(), [id(1)]);
}
