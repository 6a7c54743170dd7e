use casework::{Post, Role};
use platform::ports::store::{AccountRecord, StoreError};

use crate::database::Database;
use crate::world::{account, at, people, person_id, unit_id};

on_both! {
    an_account_reads_back_with_its_posts_in_order
    an_account_changes_with_its_posts
    a_sign_in_name_belongs_to_one_account
    those_with_a_post_are_found_and_the_disabled_are_not
}

/// `AccountRecord` has no equality of its own: it holds a password's hash.
fn text(account: &AccountRecord) -> String {
    format!("{account:?}")
}

fn many_posts(number: u128) -> AccountRecord {
    let post = |role, unit| Post {
        role,
        unit: unit_id(unit),
    };
    AccountRecord {
        posts: vec![
            post(Role::UnitApprover, 2),
            post(Role::Agent, 1),
            post(Role::Agent, 2),
        ],
        ..account(number, 1)
    }
}

async fn an_account_reads_back_with_its_posts_in_order(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    let odd = AccountRecord {
        disabled: true,
        failures: 3,
        locked_until: Some(at(5)),
        body: "{\"身份证\":\"…\"}".to_owned(),
        ..many_posts(2)
    };
    let idle = AccountRecord {
        posts: Vec::new(),
        ..account(3, 1)
    };
    tx.account_insert(&odd).await.unwrap();
    tx.account_insert(&idle).await.unwrap();
    let by_id = tx.account(person_id(2)).await.unwrap().unwrap();
    assert_eq!(text(&by_id), text(&odd));
    let by_login = tx.account_by_login("user003").await.unwrap().unwrap();
    assert_eq!(text(&by_login), text(&idle));
    assert!(tx.account(person_id(9)).await.unwrap().is_none());
    assert!(tx.account_by_login("nobody").await.unwrap().is_none());
    let all = tx.accounts(10).await.unwrap();
    assert_eq!(
        all.iter().map(text).collect::<Vec<_>>(),
        [text(&account(1, 1)), text(&odd), text(&idle)]
    );
    assert_eq!(tx.accounts(2).await.unwrap().len(), 2);
}

async fn an_account_changes_with_its_posts(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    let changed = AccountRecord {
        name: "陈".to_owned(),
        failures: 1,
        ..many_posts(1)
    };
    tx.account_update(&changed).await.unwrap();
    tx.commit().await.unwrap();
    let read = database
        .read()
        .await
        .account(person_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(text(&read), text(&changed));
    let unknown = database.begin().await.account_update(&account(9, 1)).await;
    assert!(matches!(unknown, Err(StoreError::Conflict(_))));
}

async fn a_sign_in_name_belongs_to_one_account(database: Database) {
    people(&database).await;
    let same = AccountRecord {
        login: account(1, 1).login,
        ..account(2, 1)
    };
    let refused = database.begin().await.account_insert(&same).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(name)) if name == "accounts.login"));
}

async fn those_with_a_post_are_found_and_the_disabled_are_not(database: Database) {
    people(&database).await;
    let mut tx = database.begin().await;
    tx.account_insert(&many_posts(2)).await.unwrap();
    let gone = AccountRecord {
        disabled: true,
        ..account(3, 1)
    };
    tx.account_insert(&gone).await.unwrap();
    let agents = tx
        .accounts_with_post(Role::Agent, unit_id(1))
        .await
        .unwrap();
    assert_eq!(
        agents.iter().map(text).collect::<Vec<_>>(),
        [text(&account(1, 1)), text(&many_posts(2))]
    );
    assert!(
        tx.accounts_with_post(Role::SealMaker, unit_id(1))
            .await
            .unwrap()
            .is_empty()
    );
}
