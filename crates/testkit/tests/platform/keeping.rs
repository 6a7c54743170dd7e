//! What is kept: personal data unreadable, the ledger beyond alteration, passwords not to be guessed.

use jiff::SignedDuration;
use platform::DemoAccount;
use sqlx::Connection as _;
use testkit::{TestApp, code};

on_both!(
    wrong_passwords_make_an_account_rest,
    sessions_end,
    the_auditor_sees_the_accounts
);

async fn wrong_passwords_make_an_account_rest(app: TestApp) {
    for _ in 0..5 {
        let error = app
            .platform
            .sign_in("xian-jingban", "wrong-password")
            .await
            .unwrap_err();
        assert_eq!(code(&error), "sign_in_wrong");
    }
    let right = app
        .platform
        .sign_in("xian-jingban", DemoAccount::PASSWORD)
        .await;
    assert_eq!(code(&right.unwrap_err()), "sign_in_resting");
    app.platform
        .sign_in("xian-shenpi", DemoAccount::PASSWORD)
        .await
        .unwrap();
    app.clock.advance(SignedDuration::from_mins(16));
    app.platform
        .sign_in(" Xian-Jingban ", DemoAccount::PASSWORD)
        .await
        .unwrap();
    let unknown = app
        .platform
        .sign_in("nobody", DemoAccount::PASSWORD)
        .await
        .unwrap_err();
    assert_eq!(
        code(&unknown),
        "sign_in_wrong",
        "it is not told which of both is wrong"
    );
}

async fn sessions_end(app: TestApp) {
    let person = app.actor("xian-jingban").person;
    let until = app.platform.now() + SignedDuration::from_hours(1);
    app.platform
        .session_save("token", Some(person), "{}".to_owned(), until)
        .await
        .unwrap();
    assert!(app.platform.session_load("token").await.unwrap().is_some());
    assert!(app.platform.session_load("other").await.unwrap().is_none());
    let new = "Ein-neues-Wort-2026";
    app.platform
        .change_password(person, DemoAccount::PASSWORD, new)
        .await
        .unwrap();
    let loaded = app.platform.session_load("token").await.unwrap();
    assert!(loaded.is_none(), "a changed password ends the sessions");
    app.platform
        .session_save("token", Some(person), "{}".to_owned(), until)
        .await
        .unwrap();
    app.clock.advance(SignedDuration::from_hours(2));
    assert!(app.platform.session_load("token").await.unwrap().is_none());
}

async fn the_auditor_sees_the_accounts(app: TestApp) {
    assert_eq!(
        app.platform
            .accounts(&app.actor("shenji"))
            .await
            .unwrap()
            .len(),
        16
    );
    let error = app
        .platform
        .accounts(&app.actor("zhizuo"))
        .await
        .unwrap_err();
    assert_eq!(code(&error), "wrong_role");
}

/// R7.3: an altered entry is noticed, though the database's own guard was taken away first.
#[tokio::test]
async fn an_altered_ledger_is_noticed() {
    let app = TestApp::sqlite().await;
    app.made_seal().await;
    app.platform.audit_ledger().await.unwrap();
    let url = format!("sqlite:{}", app.register_file().display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let alter = "UPDATE ledger_entries SET body = replace(body, 'collected', 'voided') \
                 WHERE kind = 'seal.active'";
    let guarded = sqlx::query(alter).execute(&mut database).await;
    assert!(guarded.is_err(), "the register refuses it by itself");
    let guards: Vec<(String,)> =
        sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            .fetch_all(&mut database)
            .await
            .unwrap();
    for (guard,) in guards {
        let sql = sqlx::AssertSqlSafe(format!("DROP TRIGGER {guard}"));
        sqlx::query(sql).execute(&mut database).await.unwrap();
    }
    let changed = sqlx::query(alter).execute(&mut database).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    let error = app.platform.audit_ledger().await.unwrap_err();
    assert_eq!(code(&error), "ledger_altered");
    // A deleted one as well.
    let app = TestApp::sqlite().await;
    let url = format!("sqlite:{}", app.register_file().display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for sql in ["DELETE FROM ledger_entries"] {
        assert!(sqlx::query(sql).execute(&mut database).await.is_err());
    }
}

/// R9 of the architecture: neither 身份证号 nor 手机号 can be read from the files of the register.
#[tokio::test]
async fn personal_data_cannot_be_read_from_the_register() {
    let app = TestApp::sqlite().await;
    app.made_seal().await;
    let account = app.account("xian-jingban");
    let secrets = [
        account.resident_id.as_ref().unwrap().to_string(),
        account.mobile.as_ref().unwrap().to_string(),
    ];
    let mut found_name = false;
    for file in ["yinxin.sqlite", "yinxin.sqlite-wal"] {
        let Ok(bytes) = std::fs::read(app.folder().join(file)) else {
            continue;
        };
        for secret in &secrets {
            assert!(
                !contains(&bytes, secret.as_bytes()),
                "{secret} is readable in {file}"
            );
        }
        found_name |= contains(&bytes, account.name.as_bytes());
    }
    assert!(found_name, "the right files were looked at");
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
