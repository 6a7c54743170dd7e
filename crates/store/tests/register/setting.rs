use crate::database::Database;

on_both! { a_setting_is_written_anew_and_running_numbers_run }

async fn a_setting_is_written_anew_and_running_numbers_run(database: Database) {
    let mut tx = database.begin().await;
    assert_eq!(tx.setting("policy").await.unwrap(), None);
    tx.setting_put("policy", "{\"days\":30}").await.unwrap();
    tx.setting_put("policy", "{\"days\":60}").await.unwrap();
    assert_eq!(
        tx.setting("policy").await.unwrap().as_deref(),
        Some("{\"days\":60}")
    );
    assert_eq!(tx.next_number("case-2026").await.unwrap(), 1);
    assert_eq!(tx.next_number("case-2026").await.unwrap(), 2);
    assert_eq!(tx.next_number("case-2027").await.unwrap(), 1);
}
