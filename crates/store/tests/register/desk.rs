use casework::{BundleId, CaseId};
use platform::ports::store::{
    BundleRow, PageRequest, PaperCounts, PaperFilter, StoreError, Tally, TallyBy, TallyFilter,
    UsbKeyFilter, UsbKeyRow,
};

use crate::database::Database;
use crate::world::{at, case, id, page, people, unit_id};

on_both! {
    bundles_are_listed_by_office_with_the_number_of_their_cases
    a_case_has_one_slot_at_a_time
    papers_are_listed_while_they_are_waited_for
    a_key_is_kept_once_and_found_by_what_is_printed_on_it
    tallies_add_up_by_what_is_asked
}

async fn cases(database: &Database) -> Vec<CaseId> {
    people(database).await;
    let mut tx = database.begin().await;
    let mut ids = Vec::new();
    for number in 1..=3 {
        let mut record = case(number, 1);
        record.row.at_center = true;
        record.row.consolidator = Some(unit_id(2));
        tx.case_insert(&record).await.unwrap();
        ids.push(record.row.id);
    }
    tx.commit().await.unwrap();
    ids
}

async fn bundles_are_listed_by_office_with_the_number_of_their_cases(database: Database) {
    let ids = cases(&database).await;
    let bundle = |number: u128| BundleRow {
        id: BundleId::from_uuid(id(number)),
        number: format!("汇2026-{number:05}"),
        consolidator: unit_id(2),
        consolidator_name: "福州市数字办".to_owned(),
        made_by: "谢丽娟".to_owned(),
        made_at: at(i64::try_from(number).unwrap()),
    };
    let mut tx = database.begin().await;
    for number in [1, 2] {
        tx.bundle_insert(&bundle(number)).await.unwrap();
    }
    for case in &ids[..2] {
        tx.bundle_add(bundle(1).id, *case).await.unwrap();
        tx.bundle_add(bundle(1).id, *case).await.unwrap();
    }
    let first = tx.bundles(Some(unit_id(2)), &page(1)).await.unwrap();
    assert_eq!(first.rows, [(bundle(2), 0)], "newest first");
    let after = PageRequest {
        after: first.next,
        limit: 1,
    };
    let second = tx.bundles(None, &after).await.unwrap();
    assert_eq!(second.rows, [(bundle(1), 2)]);
    assert!(second.next.is_none());
    assert!(
        tx.bundles(Some(unit_id(1)), &page(9))
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let inside = tx.bundle_cases(bundle(1).id).await.unwrap();
    assert_eq!(
        inside.iter().map(|row| row.id).collect::<Vec<_>>(),
        ids[..2]
    );
    assert_eq!(tx.bundle(bundle(1).id).await.unwrap(), Some(bundle(1)));
    tx.commit().await.unwrap();
}

async fn a_case_has_one_slot_at_a_time(database: Database) {
    let ids = cases(&database).await;
    let mut tx = database.begin().await;
    tx.appointment_put(ids[0], at(10)).await.unwrap();
    tx.appointment_put(ids[1], at(10)).await.unwrap();
    assert_eq!(tx.appointments_at(at(10), ids[0]).await.unwrap(), 1);
    assert_eq!(tx.appointments_at(at(10), ids[2]).await.unwrap(), 2);
    tx.appointment_put(ids[0], at(20)).await.unwrap();
    let day = tx.appointments(at(0), at(20)).await.unwrap();
    assert_eq!(day.len(), 1, "the end is not of the day");
    assert_eq!((day[0].0, day[0].1.id), (at(10), ids[1]));
    tx.appointment_remove(ids[1]).await.unwrap();
    assert_eq!(tx.appointments(at(0), at(99)).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
}

async fn papers_are_listed_while_they_are_waited_for(database: Database) {
    let ids = cases(&database).await;
    let mut tx = database.begin().await;
    let expected = PaperCounts {
        expected: 2,
        received: 1,
        ..PaperCounts::default()
    };
    let lacking = PaperCounts {
        missing: 1,
        ..PaperCounts::default()
    };
    tx.papers_note(ids[0], &expected, 2, at(1)).await.unwrap();
    tx.papers_note(ids[1], &lacking, 1, at(2)).await.unwrap();
    tx.papers_note(ids[2], &expected, 2, at(3)).await.unwrap();
    tx.papers_note(
        ids[2],
        &PaperCounts {
            received: 3,
            ..PaperCounts::default()
        },
        0,
        at(4),
    )
    .await
    .unwrap();
    let all = tx.papers(&PaperFilter::default(), &page(9)).await.unwrap();
    let seen: Vec<_> = all
        .rows
        .iter()
        .map(|row| (row.case.id, row.counts))
        .collect();
    assert_eq!(seen, [(ids[1], lacking), (ids[0], expected)]);
    let filter = PaperFilter {
        consolidator: Some(unit_id(2)),
        missing: true,
    };
    assert_eq!(tx.papers(&filter, &page(9)).await.unwrap().rows.len(), 1);
    let other = PaperFilter {
        consolidator: Some(unit_id(1)),
        missing: false,
    };
    assert!(tx.papers(&other, &page(9)).await.unwrap().rows.is_empty());
    tx.commit().await.unwrap();
}

async fn a_key_is_kept_once_and_found_by_what_is_printed_on_it(database: Database) {
    people(&database).await;
    let key = |number: u128, state: &str| UsbKeyRow {
        id: id(number),
        serial: format!("FT{number:04}"),
        state: state.to_owned(),
        batch: "2026-11".to_owned(),
        unit: Some(unit_id(1)),
        unit_name: "闽侯县_示范局".to_owned(),
        updated_at: at(i64::try_from(number).unwrap()),
        version: 1,
        body: "{}".to_owned(),
    };
    let mut tx = database.begin().await;
    for number in 1..=3 {
        tx.usb_key_insert(&key(number, "in_stock")).await.unwrap();
    }
    let free = tx.usb_keys_free(2).await.unwrap();
    assert_eq!(
        free[0],
        key(1, "in_stock"),
        "the one that lies there longest"
    );
    tx.usb_key_update(&key(1, "issued")).await.unwrap();
    assert!(matches!(
        tx.usb_key_update(&key(1, "lost")).await,
        Err(StoreError::Conflict(_))
    ));
    let find = |text: &str| UsbKeyFilter {
        state: None,
        text: Some(text.to_owned()),
    };
    for (text, count) in [
        ("ft-00", 3),
        ("FT0002", 1),
        ("县_示", 3),
        ("县x示", 0),
        ("2026-11", 3),
    ] {
        let found = tx.usb_keys(&find(text), &page(9)).await.unwrap();
        assert_eq!(found.rows.len(), count, "{text}");
    }
    let issued = UsbKeyFilter {
        state: Some("issued".to_owned()),
        text: None,
    };
    assert_eq!(tx.usb_keys(&issued, &page(9)).await.unwrap().rows.len(), 1);
    let mut counts = tx.usb_key_counts().await.unwrap();
    counts.sort();
    assert_eq!(
        counts,
        [("in_stock".to_owned(), 2), ("issued".to_owned(), 1)]
    );
    tx.commit().await.unwrap();
    let mut tx = database.begin().await;
    assert!(matches!(
        tx.usb_key_insert(&UsbKeyRow { id: id(9), ..key(2, "in_stock") }).await,
        Err(StoreError::Duplicate(constraint)) if constraint == "usb_keys.serial"
    ));
}

async fn tallies_add_up_by_what_is_asked(database: Database) {
    people(&database).await;
    let tally = |day: i64, city: &str, item: &str| Tally {
        subject: "correction",
        day,
        city: city.to_owned(),
        business: "new".to_owned(),
        kind: "unit".to_owned(),
        item: item.to_owned(),
        place: "imprint".to_owned(),
        amount: 1,
        seconds: 7,
    };
    let mut tx = database.begin().await;
    for counted in [
        tally(1, "350100", "form_signed"),
        tally(1, "350100", "form_signed"),
        tally(2, "350200", "form_signed"),
        tally(2, "350200", "imprint_size"),
        tally(9, "350200", "imprint_size"),
    ] {
        tx.tally_add(&counted).await.unwrap();
    }
    let filter = TallyFilter {
        subject: "correction",
        from: 1,
        until: 2,
        ..TallyFilter::default()
    };
    let by_item = tx.tallies(&filter, TallyBy::Item).await.unwrap();
    let read: Vec<_> = by_item
        .iter()
        .map(|s| (s.of.as_str(), s.amount, s.seconds))
        .collect();
    assert_eq!(read, [("form_signed", 3, 21), ("imprint_size", 1, 7)]);
    let only = TallyFilter {
        city: Some("350200".to_owned()),
        ..filter.clone()
    };
    let by_day = tx.tallies(&only, TallyBy::Day).await.unwrap();
    assert_eq!(
        (by_day.len(), by_day[0].of.as_str(), by_day[0].amount),
        (1, "2", 2)
    );
    let nothing = TallyFilter {
        business: Some("unlock".to_owned()),
        ..filter
    };
    assert!(
        tx.tallies(&nothing, TallyBy::Place)
            .await
            .unwrap()
            .is_empty()
    );
    tx.commit().await.unwrap();
}
