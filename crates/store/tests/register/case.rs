use casework::{BusinessType, CaseId, Role};
use platform::ports::store::{
    CaseFilter, CaseRecord, CaseRow, CaseScope, CaseState, PageRequest, StoreError,
};

use crate::database::Database;
use crate::world::{at, case, id, page, people, unit_id};

on_both! {
    a_case_reads_back
    an_update_against_an_older_version_is_refused
    only_a_draft_is_deleted_and_only_as_it_was_read
    each_desk_sees_its_cases_and_no_others
    whose_turn_it_is_divides_the_list
    a_list_is_paged_without_gaps_or_repeats
    counts_stop_at_their_cap
    a_search_takes_number_code_and_names_as_they_are_typed
}

fn filter(scope: CaseScope) -> CaseFilter {
    CaseFilter {
        scope,
        turn: None,
        not_turn: None,
        state: None,
        business: None,
        text: None,
    }
}

fn with_row(number: u128, unit: u128, change: impl FnOnce(&mut CaseRow)) -> CaseRecord {
    let mut record = case(number, unit);
    change(&mut record.row);
    record
}

async fn insert(database: &Database, cases: &[CaseRecord]) {
    let mut tx = database.begin().await;
    for case in cases {
        tx.case_insert(case).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The numbers of the cases in a list, in its order.
async fn listed(database: &Database, filter: &CaseFilter) -> Vec<u128> {
    let rows = database
        .read()
        .await
        .cases(filter, &page(50))
        .await
        .unwrap()
        .rows;
    let numbers: Vec<u128> = rows.iter().map(|row| row.id.as_uuid().as_u128()).collect();
    let count = database.read().await.case_count(filter, 100).await.unwrap();
    assert_eq!(numbers.len(), count as usize);
    numbers
}

async fn a_case_reads_back(database: Database) {
    people(&database).await;
    let plain = case(1, 1);
    let full = with_row(2, 1, |row| {
        row.business = BusinessType::Reissue;
        row.consolidator = Some(unit_id(2));
        row.at_center = true;
        row.state = CaseState::Correction;
        row.turn_role = None;
        row.turn_unit = None;
    });
    insert(&database, &[plain.clone(), full.clone()]).await;
    for expected in [plain, full] {
        let mut tx = database.read().await;
        let by_id = tx.case(expected.row.id).await.unwrap().unwrap();
        let by_number = tx
            .case_by_number(&expected.row.number)
            .await
            .unwrap()
            .unwrap();
        for read in [by_id, by_number] {
            assert_eq!(read.row, expected.row);
            assert_eq!((read.version, read.body), (1, expected.body.clone()));
        }
    }
    assert!(
        database
            .read()
            .await
            .case(CaseId::from_uuid(id(9)))
            .await
            .unwrap()
            .is_none()
    );
    let same_number = with_row(3, 1, |row| row.number = case(1, 1).row.number);
    let refused = database.begin().await.case_insert(&same_number).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(name)) if name == "cases.number"));
}

async fn an_update_against_an_older_version_is_refused(database: Database) {
    people(&database).await;
    insert(&database, &[case(1, 1)]).await;
    let changed = CaseRecord {
        body: "{\"new\":1}".to_owned(),
        ..case(1, 1)
    };
    let mut tx = database.begin().await;
    tx.case_update(&changed).await.unwrap();
    tx.commit().await.unwrap();
    let read = database
        .read()
        .await
        .case(changed.row.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((read.version, read.body), (2, changed.body.clone()));
    let again = database.begin().await.case_update(&changed).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    let unknown = database.begin().await.case_update(&case(9, 1)).await;
    assert!(matches!(unknown, Err(StoreError::Conflict(_))));
}

async fn only_a_draft_is_deleted_and_only_as_it_was_read(database: Database) {
    people(&database).await;
    let draft = with_row(1, 1, |row| row.state = CaseState::Draft);
    insert(&database, &[draft.clone(), case(2, 1)]).await;
    let mut tx = database.begin().await;
    let stale = tx.case_delete_draft(draft.row.id, 2).await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))));
    let filed = tx.case_delete_draft(case(2, 1).row.id, 1).await;
    assert!(matches!(filed, Err(StoreError::Conflict(_))));
    tx.case_delete_draft(draft.row.id, 1).await.unwrap();
    assert!(tx.case(draft.row.id).await.unwrap().is_none());
}

async fn each_desk_sees_its_cases_and_no_others(database: Database) {
    people(&database).await;
    insert(
        &database,
        &[
            with_row(1, 1, |row| row.state = CaseState::Draft),
            with_row(2, 1, |row| row.consolidator = Some(unit_id(2))),
            with_row(3, 2, |row| {
                row.at_center = true;
                row.state = CaseState::Collection;
                row.business = BusinessType::Renewal;
            }),
            with_row(4, 1, |row| {
                row.at_center = true;
                row.consolidator = Some(unit_id(2));
            }),
        ],
    )
    .await;
    let unit = filter(CaseScope::Unit(unit_id(1)));
    let consolidator = filter(CaseScope::Consolidator(unit_id(2)));
    let center = filter(CaseScope::Center);
    assert_eq!(listed(&database, &unit).await, [4, 2, 1]);
    assert_eq!(
        listed(&database, &filter(CaseScope::Unit(unit_id(2)))).await,
        [3]
    );
    assert_eq!(listed(&database, &consolidator).await, [4, 2]);
    assert!(
        listed(&database, &filter(CaseScope::Consolidator(unit_id(1))))
            .await
            .is_empty()
    );
    assert_eq!(listed(&database, &center).await, [4, 3]);
    let state = |filter: &CaseFilter, state| CaseFilter {
        state: Some(state),
        ..filter.clone()
    };
    assert_eq!(
        listed(&database, &state(&unit, CaseState::Draft)).await,
        [1]
    );
    assert_eq!(
        listed(&database, &state(&unit, CaseState::Handling)).await,
        [4, 2]
    );
    assert_eq!(
        listed(&database, &state(&center, CaseState::Collection)).await,
        [3]
    );
    assert_eq!(
        listed(&database, &state(&consolidator, CaseState::Closed)).await,
        []
    );
    let renewals = CaseFilter {
        business: Some(BusinessType::Renewal),
        ..center
    };
    assert_eq!(listed(&database, &renewals).await, [3]);
}

async fn whose_turn_it_is_divides_the_list(database: Database) {
    people(&database).await;
    let turn = |number, role, unit| {
        with_row(number, 1, |row| {
            row.at_center = true;
            row.consolidator = Some(unit_id(2));
            row.turn_role = role;
            row.turn_unit = unit;
        })
    };
    insert(
        &database,
        &[
            turn(1, Some(Role::Agent), Some(unit_id(1))),
            turn(2, Some(Role::Consolidator), Some(unit_id(2))),
            turn(3, Some(Role::SealMaker), None),
            turn(4, Some(Role::SealReviewer), None),
            turn(5, None, None),
            turn(6, Some(Role::Agent), Some(unit_id(2))),
        ],
    )
    .await;
    for (scope, mine, own, others) in [
        (
            CaseScope::Unit(unit_id(1)),
            (Role::Agent, Some(unit_id(1))),
            vec![1],
            vec![6, 5, 4, 3, 2],
        ),
        (
            CaseScope::Center,
            (Role::SealMaker, None),
            vec![3],
            vec![6, 5, 4, 2, 1],
        ),
        (
            CaseScope::Consolidator(unit_id(2)),
            (Role::Consolidator, Some(unit_id(2))),
            vec![2],
            vec![6, 5, 4, 3, 1],
        ),
        (
            CaseScope::Center,
            (Role::SealMaker, Some(unit_id(1))),
            vec![],
            vec![6, 5, 4, 3, 2, 1],
        ),
    ] {
        let turn = CaseFilter {
            turn: Some(mine),
            ..filter(scope)
        };
        let not_turn = CaseFilter {
            not_turn: Some(mine),
            ..filter(scope)
        };
        assert_eq!(listed(&database, &turn).await, own, "{turn:?}");
        assert_eq!(listed(&database, &not_turn).await, others, "{not_turn:?}");
    }
}

async fn a_list_is_paged_without_gaps_or_repeats(database: Database) {
    people(&database).await;
    // Three at a time changed in the same microsecond.
    let cases: Vec<_> = (1..=20)
        .map(|number| {
            with_row(number, 1, |row| {
                row.updated_at = at(i64::try_from(number / 3).unwrap());
            })
        })
        .collect();
    insert(&database, &cases).await;
    let unit = filter(CaseScope::Unit(unit_id(1)));
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest { after, limit: 7 };
        let page = database.read().await.cases(&unit, &request).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.id.as_uuid().as_u128()));
        after = page.next;
        if after.is_none() {
            break;
        }
        assert_eq!(page.rows.len(), 7);
    }
    assert_eq!(seen, (1..=20).rev().collect::<Vec<_>>());
    let nonsense = PageRequest {
        after: Some("x".to_owned()),
        limit: 7,
    };
    let refused = database.read().await.cases(&unit, &nonsense).await;
    assert!(matches!(refused, Err(StoreError::Damaged(_))));
}

async fn counts_stop_at_their_cap(database: Database) {
    people(&database).await;
    insert(
        &database,
        &(1..=12).map(|number| case(number, 1)).collect::<Vec<_>>(),
    )
    .await;
    let unit = filter(CaseScope::Unit(unit_id(1)));
    let mut tx = database.read().await;
    assert_eq!(tx.case_count(&unit, 10).await.unwrap(), 10);
    assert_eq!(tx.case_count(&unit, 100).await.unwrap(), 12);
    assert_eq!(
        tx.case_count(&filter(CaseScope::Center), 100)
            .await
            .unwrap(),
        0
    );
}

async fn a_search_takes_number_code_and_names_as_they_are_typed(database: Database) {
    people(&database).await;
    insert(
        &database,
        &[
            with_row(1, 1, |row| {
                row.title = "财务专用章 等3枚".to_owned();
                row.credit_code = "91350100M000100Y43".to_owned();
            }),
            with_row(2, 1, |row| row.title = "50%_折扣\\章".to_owned()),
            with_row(3, 1, |row| row.unit_name = "福州市ABC中心".to_owned()),
            with_row(4, 1, |row| row.title = "2026年换发公章".to_owned()),
            with_row(5, 2, |row| row.title = "财务专用章".to_owned()),
        ],
    )
    .await;
    for (text, found) in [
        ("财务", vec![1]),
        ("  财务专用章 ", vec![1]),
        ("%", vec![2]),
        ("_", vec![2]),
        ("\\", vec![2]),
        ("abc", vec![3]),
        ("闽印2026-000002", vec![2]),
        ("闽印2026", vec![4, 3, 2, 1]),
        ("000002", vec![]),
        ("50%_", vec![2]),
        ("2026", vec![4]),
        ("91350100m000100y43", vec![1]),
        ("91350100M000100Y4", vec![]),
        ("没有", vec![]),
        ("", vec![4, 3, 2, 1]),
        ("' OR 1=1 --", vec![]),
    ] {
        let search = CaseFilter {
            text: Some(text.to_owned()),
            ..filter(CaseScope::Unit(unit_id(1)))
        };
        assert_eq!(listed(&database, &search).await, found, "{text}");
    }
}
