//! Units and accounts by page, what units were, filings, deputies, proposals, sign-ins, sessions to look at.

use casework::{DeputyId, FilingId, PersonId, ProposalId, Role};
use platform::ports::store::{
    AccountFilter, AccountRecord, DeputyRow, FilingRow, PageRequest, ProposalRow, SessionRecord,
    SignInRecord, StoreError, UnitFilter, UnitRow,
};

use crate::database::Database;
use crate::world::{account, at, id, page, people, person_id, unit, unit_id};

on_both! {
    units_come_by_page_city_and_level
    a_unit_keeps_what_it_was
    a_filing_waits_until_it_is_answered
    accounts_come_by_page_name_post_and_lock
    a_person_has_one_account
    a_deputy_is_found_from_all_sides_until_it_is_over
    a_proposal_is_decided_once
    failed_sign_ins_are_counted_and_forgotten
    sessions_can_be_looked_at_and_ended
}

async fn units_come_by_page_city_and_level(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    for number in 3..=7 {
        let row = UnitRow {
            city: "350100".to_owned(),
            county: "350121".to_owned(),
            level: "county".to_owned(),
            ..unit(number)
        };
        tx.unit_insert(&row).await.unwrap();
    }
    let filter = UnitFilter {
        city: Some("350100".to_owned()),
        ..UnitFilter::default()
    };
    let first = tx.units_page(&filter, &page(3)).await.unwrap();
    assert_eq!(first.rows.len(), 3);
    let rest = PageRequest {
        after: first.next,
        limit: 3,
    };
    let rest = tx.units_page(&filter, &rest).await.unwrap();
    assert_eq!((rest.rows.len(), rest.next), (2, None));
    assert_eq!(rest.rows[1].id, unit_id(7));
    let with = |text: Option<&str>, level: Option<&str>| UnitFilter {
        text: text.map(ToOwned::to_owned),
        level: level.map(ToOwned::to_owned),
        ..UnitFilter::default()
    };
    for (filter, found) in [
        (with(None, Some("province")), 2),
        (with(Some("第5"), None), 1),
        (with(Some(&unit(6).credit_code), None), 1),
        (with(Some("第5"), Some("province")), 0),
    ] {
        let page = tx.units_page(&filter, &page(9)).await.unwrap();
        assert_eq!(page.rows.len(), found, "{filter:?}");
    }
    let nonsense = PageRequest {
        after: Some("x|y".to_owned()),
        limit: 3,
    };
    assert!(tx.units_page(&filter, &nonsense).await.is_err());
}

async fn a_unit_keeps_what_it_was(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    for (moment, body) in [(1, "a"), (5, "b"), (5, "c")] {
        tx.unit_version_insert(unit_id(1), at(moment), body)
            .await
            .unwrap();
    }
    let versions = tx.unit_versions(unit_id(1)).await.unwrap();
    assert_eq!(versions, [(at(5), "c".to_owned()), (at(1), "a".to_owned())]);
}

async fn a_filing_waits_until_it_is_answered(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    let filing = |number: u128, moment| FilingRow {
        id: FilingId::from_uuid(id(number)),
        unit: unit_id(1),
        filed_at: at(moment),
        answered_at: None,
        body: "{}".to_owned(),
    };
    tx.filing_save(&filing(1, 1)).await.unwrap();
    tx.filing_save(&filing(2, 2)).await.unwrap();
    let answered = FilingRow {
        answered_at: Some(at(3)),
        ..filing(1, 1)
    };
    tx.filing_save(&answered).await.unwrap();
    assert_eq!(tx.filings_waiting(9).await.unwrap(), [filing(2, 2)]);
    assert_eq!(
        tx.filings_of(unit_id(1)).await.unwrap(),
        [filing(2, 2), answered.clone()]
    );
    assert_eq!(tx.filing(answered.id).await.unwrap(), Some(answered));
}

async fn accounts_come_by_page_name_post_and_lock(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    for number in 2..=6 {
        let row = AccountRecord {
            disabled: number == 5,
            locked_until: (number == 6).then(|| at(50)),
            ..account(number, if number < 4 { 1 } else { 2 })
        };
        tx.account_insert(&row).await.unwrap();
    }
    let all = AccountFilter::default();
    let first = tx.accounts_page(&all, &page(4)).await.unwrap();
    let rest = PageRequest {
        after: first.next.clone(),
        limit: 4,
    };
    let rest = tx.accounts_page(&all, &rest).await.unwrap();
    assert_eq!((first.rows.len(), rest.rows.len(), rest.next), (4, 2, None));
    assert!(first.rows.iter().all(|row| row.posts.len() == 1));
    let filters = [
        (
            AccountFilter {
                text: Some("林4".to_owned()),
                ..all.clone()
            },
            1,
        ),
        (
            AccountFilter {
                text: Some("USER00".to_owned()),
                ..all.clone()
            },
            6,
        ),
        (
            AccountFilter {
                unit: Some(unit_id(1)),
                role: Some(Role::Agent),
                ..all.clone()
            },
            3,
        ),
        (
            AccountFilter {
                role: Some(Role::Auditor),
                ..all.clone()
            },
            0,
        ),
        (
            AccountFilter {
                disabled: Some(true),
                ..all.clone()
            },
            1,
        ),
        (
            AccountFilter {
                locked_at: Some(at(49)),
                ..all.clone()
            },
            1,
        ),
        (
            AccountFilter {
                locked_at: Some(at(50)),
                ..all.clone()
            },
            0,
        ),
    ];
    for (filter, found) in filters {
        let rows = tx.accounts_page(&filter, &page(9)).await.unwrap().rows;
        assert_eq!(rows.len(), found, "{filter:?}");
    }
    assert_eq!(tx.role_count(Role::Agent).await.unwrap(), 5);
}

async fn a_person_has_one_account(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    let known = AccountRecord {
        resident_digest: Some("d".to_owned()),
        ..account(2, 1)
    };
    tx.account_insert(&known).await.unwrap();
    assert_eq!(
        tx.account_by_resident("d").await.unwrap(),
        Some(person_id(2))
    );
    assert_eq!(tx.account_by_resident("e").await.unwrap(), None);
    let twice = AccountRecord {
        resident_digest: Some("d".to_owned()),
        ..account(3, 1)
    };
    let refused = tx.account_insert(&twice).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))));
}

async fn a_deputy_is_found_from_all_sides_until_it_is_over(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    tx.account_insert(&account(2, 1)).await.unwrap();
    let row = DeputyRow {
        id: DeputyId::from_uuid(id(1)),
        unit: unit_id(1),
        principal: person_id(1),
        deputy: person_id(2),
        until: at(10),
        body: "{}".to_owned(),
    };
    tx.deputy_save(&row).await.unwrap();
    let found = vec![row.clone()];
    assert_eq!(tx.deputies_by(person_id(2), at(9)).await.unwrap(), found);
    assert_eq!(tx.deputies_for(person_id(1), at(9)).await.unwrap(), found);
    assert!(
        tx.deputies_by(person_id(2), at(10))
            .await
            .unwrap()
            .is_empty()
    );
    let ended = DeputyRow {
        until: at(5),
        ..row
    };
    tx.deputy_save(&ended).await.unwrap();
    assert!(
        tx.deputies_by(person_id(2), at(9))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        tx.deputies_of_unit(unit_id(1), 9).await.unwrap(),
        std::slice::from_ref(&ended)
    );
    assert_eq!(tx.deputy(ended.id).await.unwrap(), Some(ended));
}

async fn a_proposal_is_decided_once(database: Database) {
    let mut tx = database.begin().await;
    let proposal = |number: u128, moment| ProposalRow {
        id: ProposalId::from_uuid(id(number)),
        kind: "posts".to_owned(),
        subject: "p".to_owned(),
        state: "waiting".to_owned(),
        proposed_at: at(moment),
        version: 1,
        body: "{}".to_owned(),
    };
    tx.proposal_insert(&proposal(1, 1)).await.unwrap();
    tx.proposal_insert(&proposal(2, 2)).await.unwrap();
    let released = ProposalRow {
        state: "released".to_owned(),
        ..proposal(1, 1)
    };
    tx.proposal_update(&released).await.unwrap();
    let again = tx.proposal_update(&released).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    let kept = ProposalRow {
        version: 2,
        ..released
    };
    assert_eq!(tx.proposal(kept.id).await.unwrap(), Some(kept.clone()));
    let waiting = tx.proposals(Some("waiting"), &page(9)).await.unwrap();
    assert_eq!(waiting.rows, [proposal(2, 2)]);
    let first = tx.proposals(None, &page(1)).await.unwrap();
    let rest = PageRequest {
        after: first.next,
        limit: 9,
    };
    assert_eq!(
        tx.proposals(None, &rest).await.unwrap().rows,
        std::slice::from_ref(&kept)
    );
    assert_eq!(
        tx.proposals_about("p").await.unwrap(),
        [proposal(2, 2), kept]
    );
}

async fn failed_sign_ins_are_counted_and_forgotten(database: Database) {
    let mut tx = database.begin().await;
    for (number, outcome) in [
        (1, "sign_in_wrong"),
        (2, "signed_in"),
        (3, "sign_in_locked"),
    ] {
        tx.sign_in_insert(&SignInRecord {
            id: id(number),
            at: at(i64::try_from(number).unwrap()),
            person: Some(PersonId::from_uuid(id(7))),
            login: "somebody".to_owned(),
            outcome: outcome.to_owned(),
            address: Some("10.0.0.1".to_owned()),
            device: None,
        })
        .await
        .unwrap();
    }
    let failed = tx.sign_ins_failed(&page(1)).await.unwrap();
    assert_eq!(failed.rows[0].outcome, "sign_in_locked");
    let rest = PageRequest {
        after: failed.next,
        limit: 9,
    };
    assert_eq!(tx.sign_ins_failed(&rest).await.unwrap().rows[0].id, id(1));
    let from = |address: &'static str, since| (address, at(since));
    for ((address, since), count) in [
        (from("10.0.0.1", 1), 2),
        (from("10.0.0.1", 2), 1),
        (from("10.0.0.2", 0), 0),
    ] {
        let found = tx.sign_ins_failed_from(address, since).await.unwrap();
        assert_eq!(found, count);
    }
    tx.sign_ins_forget(at(3)).await.unwrap();
    assert_eq!(tx.sign_ins_of(person_id(7), 9).await.unwrap().len(), 1);
}

async fn sessions_can_be_looked_at_and_ended(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    for (key, person) in [
        ("a", Some(person_id(1))),
        ("b", Some(person_id(1))),
        ("c", None),
    ] {
        tx.session_save(&SessionRecord {
            key: key.to_owned(),
            person,
            data: "{}".to_owned(),
            expires_at: at(100),
            created_at: at(1),
            seen_at: at(1),
            address: None,
            device: None,
        })
        .await
        .unwrap();
    }
    tx.session_seen("b", at(9), Some("10.0.0.1"), Some("Firefox"))
        .await
        .unwrap();
    let own = tx.sessions_of(person_id(1), at(10)).await.unwrap();
    assert_eq!(own[0].key, "b");
    assert_eq!(own[0].device.as_deref(), Some("Firefox"));
    assert_eq!((own[0].created_at, own[0].seen_at), (at(1), at(9)));
    assert_eq!(tx.sessions_live(at(10), 9).await.unwrap().len(), 2);
    assert!(tx.sessions_live(at(100), 9).await.unwrap().is_empty());
    tx.sessions_delete_others(person_id(1), "b").await.unwrap();
    assert_eq!(tx.sessions_of(person_id(1), at(10)).await.unwrap().len(), 1);
}
