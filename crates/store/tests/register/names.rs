//! Searches by part of a name find exactly the rows whose names contain it, within what the reader sees.

use casework::SealState;
use platform::ports::store::{
    AccountFilter, AccountRecord, AnnouncementFilter, CaseFilter, CaseRecord, CaseScope, Page,
    PageRequest, SealFilter, SealRow, UnitFilter, UnitRow,
};

use crate::database::Database;
use crate::world::{account, at, case, page, people, seal, unit, unit_id};

on_both! {
    a_part_of_a_name_finds_exactly_the_rows_that_contain_it
    a_renamed_row_is_found_by_its_new_name_only
    whatever_is_typed_gets_an_answer
    a_beginning_that_many_numbers_share_is_answered_too
    seals_found_by_name_are_counted_by_state
}

/// Names with what searches stumble over: characters beyond 16 bits, wildcards, quotes, Latin letters.
const NAMES: [&str; 14] = [
    "福建省医疗保障局",
    "福建省龙岩市医疗保障局",
    "龙岩市新罗区龙门镇人民政府",
    "福州𬭸业研究院",
    "𬭸",
    "䶮㛃工作站",
    "100%达标办公室",
    "A_B实验室",
    "O'Neil \"引号\" 中心",
    "反斜\\杠中心",
    "abc创新Abc中心",
    "福福福建",
    "龙",
    "局 省",
];
const TEXTS: [&str; 34] = [
    "福建",
    "龙岩",
    "医疗保障局",
    "龙岩市医疗",
    "岩龙",
    "龙",
    "局",
    "𬭸",
    "𬭸业",
    "州𬭸",
    "䶮㛃",
    "㛃",
    "䶮",
    "%",
    "_",
    "0%",
    "A_B",
    "a_b",
    "O'N",
    "'",
    "\"引",
    "\\",
    "斜\\杠",
    "ABC",
    "abc创",
    "bcA",
    "福福",
    "福福福",
    "福建福",
    "  局 省 ",
    "局省",
    "没有这个",
    "福建省医疗保障局",
    "1",
];

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn in_scope(scope: CaseScope, wanted: &str) -> CaseFilter {
    CaseFilter {
        scope,
        turn: None,
        not_turn: None,
        state: None,
        business: None,
        text: text(wanted),
    }
}

/// Whether a name contains what was typed; Latin letters in either case.
fn contains(name: &str, typed: &str) -> bool {
    let plain = typed.trim().to_ascii_lowercase();
    name.to_ascii_lowercase().contains(&plain)
}

/// Cases 1 to 84: six with each pair of names, in three scopes.
fn cases() -> Vec<CaseRecord> {
    (1..=84_u128)
        .map(|number| {
            let place = usize::try_from(number).unwrap();
            let mut record = case(number, number % 2 + 1);
            record.row.unit_name = NAMES[place % 14].to_owned();
            record.row.title = NAMES[(place * 5 + place / 14) % 14].to_owned();
            record.row.at_center = number % 3 != 0;
            record.row.consolidator = (number % 4 == 0).then(|| unit_id(2));
            record
        })
        .collect()
}

/// Every page of a list of three, one after the other.
async fn all_pages(database: &Database, filter: &CaseFilter) -> Vec<u128> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = PageRequest { after, limit: 3 };
        let Page { rows, next } = database.read().await.cases(filter, &page).await.unwrap();
        found.extend(rows.iter().map(|row| row.id.as_uuid().as_u128()));
        let Some(next) = next else {
            return found;
        };
        after = Some(next);
    }
}

async fn a_part_of_a_name_finds_exactly_the_rows_that_contain_it(database: Database) {
    people(&database).await;
    let cases = cases();
    let mut tx = database.begin().await;
    for case in &cases {
        tx.case_insert(case).await.unwrap();
    }
    for (number, name) in (3..).zip(NAMES) {
        tx.unit_insert(&UnitRow {
            full_name: name.to_owned(),
            ..unit(number)
        })
        .await
        .unwrap();
        tx.account_insert(&AccountRecord {
            name: name.to_owned(),
            ..account(number, 1)
        })
        .await
        .unwrap();
        tx.seal_insert(&SealRow {
            name: name.to_owned(),
            ..seal(number, number % 2 + 1)
        })
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    for typed in TEXTS {
        for scope in [
            CaseScope::Center,
            CaseScope::Consolidator(unit_id(2)),
            CaseScope::Unit(unit_id(1)),
        ] {
            let mut expected: Vec<u128> = cases
                .iter()
                .map(|record| &record.row)
                .filter(|row| match scope {
                    CaseScope::Center => row.at_center,
                    CaseScope::Consolidator(unit) => row.consolidator == Some(unit),
                    CaseScope::Unit(unit) => row.unit == unit,
                })
                .filter(|row| contains(&row.unit_name, typed) || contains(&row.title, typed))
                .map(|row| row.id.as_uuid().as_u128())
                .collect();
            expected.reverse();
            let filter = in_scope(scope, typed);
            assert_eq!(
                all_pages(&database, &filter).await,
                expected,
                "{typed} {scope:?}"
            );
            let count = database
                .read()
                .await
                .case_count(&filter, 1000)
                .await
                .unwrap();
            assert_eq!(count as usize, expected.len(), "{typed} {scope:?}");
        }
        let mut tx = database.read().await;
        let mut expected: Vec<String> = NAMES
            .into_iter()
            .filter(|name| contains(name, typed))
            .map(ToOwned::to_owned)
            .collect();
        let people = AccountFilter {
            text: text(typed),
            ..AccountFilter::default()
        };
        let mut found: Vec<String> = tx
            .accounts_page(&people, &page(50))
            .await
            .unwrap()
            .rows
            .into_iter()
            .filter(|row| !row.name.starts_with('林') && !contains(&row.login, typed))
            .map(|row| row.name)
            .collect();
        found.sort();
        expected.sort();
        if !contains("user00", typed) && typed != "1" {
            assert_eq!(found, expected, "{typed}");
        }
        let units = UnitFilter {
            text: text(typed),
            ..UnitFilter::default()
        };
        let found = tx.units_page(&units, &page(50)).await.unwrap().rows;
        let mut found: Vec<String> = found.into_iter().map(|row| row.full_name).collect();
        for own in ["福建省第1局", "福建省第2局"] {
            if contains(own, typed) {
                expected.push(own.to_owned());
            }
        }
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{typed}");
        for unit in [None, Some(unit_id(2))] {
            let seals = SealFilter {
                unit,
                text: text(typed),
                ..SealFilter::default()
            };
            let found = tx.seals(&seals, &page(50)).await.unwrap().rows;
            let matches = (3..)
                .zip(NAMES)
                .filter(|(number, name)| {
                    let owner = format!("福建省第{}局", number % 2 + 1);
                    (unit.is_none() || number % 2 == 1)
                        && (contains(name, typed) || contains(&owner, typed))
                })
                .count();
            assert_eq!(found.len(), matches, "{typed} {unit:?}");
            assert_eq!(tx.seal_count(&seals, 100).await.unwrap() as usize, matches);
        }
    }
}

async fn a_renamed_row_is_found_by_its_new_name_only(database: Database) {
    people(&database).await;
    let mut record = case(1, 1);
    record.row.at_center = true;
    record.row.title = "旧名称专用章".to_owned();
    let mut tx = database.begin().await;
    tx.case_insert(&record).await.unwrap();
    record.row.title = "新名称专用章".to_owned();
    tx.case_update(&record).await.unwrap();
    tx.unit_update(&UnitRow {
        full_name: "泉州市鲤城区教育局".to_owned(),
        ..unit(1)
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let found = async |typed: &str| {
        let filter = in_scope(CaseScope::Center, typed);
        all_pages(&database, &filter).await
    };
    assert_eq!(found("新名").await, [1]);
    assert_eq!(found("专用章").await, [1]);
    assert!(found("旧名").await.is_empty());
    let mut tx = database.read().await;
    assert_eq!(tx.units(Some("鲤城"), 9).await.unwrap().len(), 1);
    assert!(tx.units(Some("第1局"), 9).await.unwrap().is_empty());
    // A draft that was deleted leaves nothing behind for another with its name.
    let mut tx = database.begin().await;
    let mut draft = case(2, 1);
    draft.row.state = platform::ports::store::CaseState::Draft;
    draft.row.at_center = true;
    draft.row.title = "草稿章".to_owned();
    tx.case_insert(&draft).await.unwrap();
    tx.case_delete_draft(draft.row.id, 1).await.unwrap();
    tx.case_insert(&draft).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found("草稿").await, [2]);
}

async fn whatever_is_typed_gets_an_answer(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    for case in cases() {
        tx.case_insert(&case).await.unwrap();
    }
    tx.commit().await.unwrap();
    let long = "福建省".repeat(100_000);
    let wild = "%_\\".repeat(30_000);
    let beyond = "𬭸".repeat(5_000);
    for typed in [
        "",
        " ",
        "\0",
        "\0龙",
        "\n",
        "\u{FEFF}",
        "\u{10FFFF}",
        "\u{D7FF}",
        "İ",
        "ß",
        "ﷺ",
        "'; DROP TABLE cases; --",
        "\" OR gram > '",
        "{}",
        "{福建}",
        "ARRAY['龙']",
        "*",
        "龙*",
        "NEAR(龙 岩)",
        "\u{202E}龙",
        long.as_str(),
        wild.as_str(),
        beyond.as_str(),
    ] {
        let mut tx = database.read().await;
        for scope in [
            CaseScope::Center,
            CaseScope::Consolidator(unit_id(2)),
            CaseScope::Unit(unit_id(1)),
        ] {
            let filter = in_scope(scope, typed);
            tx.cases(&filter, &page(9)).await.unwrap();
            tx.case_count(&filter, 9).await.unwrap();
        }
        let seals = SealFilter {
            text: text(typed),
            ..SealFilter::default()
        };
        tx.seals(&seals, &page(9)).await.unwrap();
        tx.seal_states(&seals, at(0), 9).await.unwrap();
        let units = UnitFilter {
            text: text(typed),
            ..UnitFilter::default()
        };
        tx.units_page(&units, &page(9)).await.unwrap();
        let people = AccountFilter {
            text: text(typed),
            ..AccountFilter::default()
        };
        tx.accounts_page(&people, &page(9)).await.unwrap();
        let announcements = AnnouncementFilter {
            text: text(typed),
            ..AnnouncementFilter::default()
        };
        tx.announcements(&announcements, &page(9)).await.unwrap();
    }
    let filter = in_scope(CaseScope::Center, "\0龙");
    let found = database
        .read()
        .await
        .cases(&filter, &page(50))
        .await
        .unwrap();
    assert!(!found.rows.is_empty());
}

async fn a_beginning_that_many_numbers_share_is_answered_too(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    // The oldest and the newest were changed last of all.
    for number in 1..=2_300_u128 {
        let mut record = case(number, 1);
        record.row.at_center = true;
        if number == 1 {
            record.row.updated_at = at(9_000);
            record.row.number = "闽印2025-000001-1".to_owned();
        }
        tx.case_insert(&record).await.unwrap();
    }
    tx.commit().await.unwrap();
    let found = async |typed: &str, scope: CaseScope| {
        let filter = in_scope(scope, typed);
        let rows = database
            .read()
            .await
            .cases(&filter, &page(3))
            .await
            .unwrap()
            .rows;
        rows.iter()
            .map(|row| row.id.as_uuid().as_u128())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("闽印2026", CaseScope::Center).await,
        [2300, 2299, 2298]
    );
    assert_eq!(found("闽印2025", CaseScope::Center).await, [1]);
    assert_eq!(found("闽印2026-001234", CaseScope::Center).await, [1234]);
    assert_eq!(found("闽", CaseScope::Center).await, [1, 2300, 2299]);
    assert_eq!(
        found("闽印2026", CaseScope::Unit(unit_id(1))).await,
        [2300, 2299, 2298]
    );
    assert!(
        found("闽印2026", CaseScope::Unit(unit_id(2)))
            .await
            .is_empty()
    );
    assert!(
        found("闽印2026", CaseScope::Consolidator(unit_id(2)))
            .await
            .is_empty()
    );
}

async fn seals_found_by_name_are_counted_by_state(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    for (number, status, name) in [
        (1, "active", "龙岩公章"),
        (2, "active", "龙岩财务章"),
        (3, "suspended", "龙岩合同章"),
        (4, "cancelled", "龙岩旧章"),
        (5, "active", "福州公章"),
    ] {
        tx.seal_insert(&SealRow {
            status: status.to_owned(),
            name: name.to_owned(),
            not_after: at(if number == 2 { 10 } else { 1000 }),
            ..seal(number, 1)
        })
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let filter = SealFilter {
        text: text("龙岩"),
        ..SealFilter::default()
    };
    let mut tx = database.read().await;
    let mut states = tx.seal_states(&filter, at(10), 100).await.unwrap();
    states.sort();
    assert_eq!(
        states,
        [
            (SealState::Active, 1),
            (SealState::Suspended, 1),
            (SealState::Expired, 1),
            (SealState::Cancelled, 1)
        ]
    );
    let few = tx.seal_states(&filter, at(10), 2).await.unwrap();
    assert_eq!(few.iter().map(|(_, count)| count).sum::<u32>(), 2);
}
