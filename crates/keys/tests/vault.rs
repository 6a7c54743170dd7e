//! What the platform and a seal's holder see of the vault.

#![expect(clippy::unwrap_used, reason = "a test says so when something fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::{MasterKey, Vault, VaultError};
use platform::ports::{Custody, Grant, KeyError, KeyLabel, Keys};

const PIN: &str = "135790";

fn master() -> MasterKey {
    MasterKey::from_hex(&"5a".repeat(32)).unwrap()
}

fn vault(folder: &Path) -> Vault {
    Vault::open(folder, &master()).unwrap()
}

fn label(text: &str) -> KeyLabel {
    KeyLabel::new(text).unwrap()
}

/// The files of keys in the vault.
fn key_files(folder: &Path) -> Vec<PathBuf> {
    let shelves = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    shelves
        .filter(|path| path.is_dir())
        .flat_map(|shelf| {
            std::fs::read_dir(shelf)
                .unwrap()
                .map(|entry| entry.unwrap().path())
        })
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect()
}

#[tokio::test]
async fn the_platforms_key_signs_and_is_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = vault(folder.path());
    let key = first
        .generate(&label("ca-root"), Custody::Platform)
        .await
        .unwrap();
    for opened in [first, vault(folder.path())] {
        assert_eq!(
            opened
                .generate(&label("ca-root"), Custody::Platform)
                .await
                .unwrap(),
            key
        );
        assert_eq!(opened.public_key(&label("ca-root")).await.unwrap(), key);
        let signature = opened
            .sign(&label("ca-root"), b"message", None)
            .await
            .unwrap();
        key.verify(b"message", &signature).unwrap();
    }
    assert_eq!(key_files(folder.path()).len(), 1);
}

#[tokio::test]
async fn an_unknown_key_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let nobody = label("nobody");
    assert!(matches!(
        vault.public_key(&nobody).await,
        Err(KeyError::NotFound(_))
    ));
    assert!(matches!(
        vault.sign(&nobody, b"", None).await,
        Err(KeyError::NotFound(_))
    ));
    assert!(matches!(
        vault.reset_pin(&nobody, PIN).await,
        Err(KeyError::NotFound(_))
    ));
    assert!(matches!(
        vault.authorise(&nobody, PIN, b"").await,
        Err(KeyError::NotFound(_))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_make_the_same_key_at_once_get_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    // Two vaults on one folder stand for two processes.
    let vaults = [
        Arc::new(vault(folder.path())),
        Arc::new(vault(folder.path())),
    ];
    let tasks: Vec<_> = (0..12)
        .map(|turn| {
            let vault = Arc::clone(&vaults[turn % 2]);
            tokio::spawn(async move { vault.generate(&label("seal-1"), Custody::Holder).await })
        })
        .collect();
    let mut keys = Vec::new();
    for task in tasks {
        keys.push(task.await.unwrap().unwrap());
    }
    assert!(keys.iter().all(|key| key == &keys[0]));
    assert_eq!(key_files(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_holders_key_signs_only_the_message_that_the_pin_granted() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let (mine, other) = (label("seal-1"), label("seal-2"));
    let key = vault.generate(&mine, Custody::Holder).await.unwrap();
    vault.generate(&other, Custody::Holder).await.unwrap();

    assert!(matches!(
        vault.authorise(&mine, PIN, b"a").await,
        Err(KeyError::PinNotSet)
    ));
    vault.reset_pin(&mine, PIN).await.unwrap();
    vault.reset_pin(&other, PIN).await.unwrap();
    let grant = vault.authorise(&mine, PIN, b"a").await.unwrap();

    let signature = vault.sign(&mine, b"a", Some(&grant)).await.unwrap();
    key.verify(b"a", &signature).unwrap();

    let forged = Grant {
        proof: "00".repeat(32),
        ..grant.clone()
    };
    let moved = Grant {
        message_digest: hex::encode(gm::sm3(b"b")),
        ..grant.clone()
    };
    let empty = Grant {
        message_digest: String::new(),
        proof: String::new(),
    };
    for (message, grant) in [
        (&b"a"[..], None),
        (b"b", Some(&grant)),
        (b"a", Some(&forged)),
        (b"b", Some(&moved)),
        (b"a", Some(&empty)),
    ] {
        assert!(matches!(
            vault.sign(&mine, message, grant).await,
            Err(KeyError::NotGranted)
        ));
    }
    assert!(matches!(
        vault.sign(&other, b"a", Some(&grant)).await,
        Err(KeyError::NotGranted)
    ));
}

#[tokio::test]
async fn a_recorded_grant_still_works_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = vault(folder.path());
    first
        .generate(&label("seal-1"), Custody::Holder)
        .await
        .unwrap();
    first.reset_pin(&label("seal-1"), PIN).await.unwrap();
    let grant = first.authorise(&label("seal-1"), PIN, b"a").await.unwrap();
    drop(first);
    vault(folder.path())
        .sign(&label("seal-1"), b"a", Some(&grant))
        .await
        .unwrap();
}

#[tokio::test]
async fn five_wrong_pins_lock_across_restarts_until_the_pin_is_set_anew() {
    let folder = tempfile::tempdir().unwrap();
    let seal = label("seal-1");
    vault(folder.path())
        .generate(&seal, Custody::Holder)
        .await
        .unwrap();
    vault(folder.path()).reset_pin(&seal, PIN).await.unwrap();
    for expected in [4, 3, 2, 1] {
        let answer = vault(folder.path()).authorise(&seal, "000001", b"a").await;
        assert!(matches!(answer, Err(KeyError::WrongPin { left }) if left == expected));
    }
    let reopened = vault(folder.path());
    assert!(matches!(
        reopened.authorise(&seal, "000001", b"a").await,
        Err(KeyError::Locked)
    ));
    assert!(matches!(
        reopened.authorise(&seal, PIN, b"a").await,
        Err(KeyError::Locked)
    ));

    assert!(matches!(
        reopened.reset_pin(&seal, "123456").await,
        Err(KeyError::PinTooWeak)
    ));
    reopened.reset_pin(&seal, "246813").await.unwrap();
    assert!(matches!(
        reopened.authorise(&seal, PIN, b"a").await,
        Err(KeyError::WrongPin { left: 4 })
    ));
    reopened.authorise(&seal, "246813", b"a").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_the_same_moment_are_all_counted() {
    let folder = tempfile::tempdir().unwrap();
    let seal = label("seal-1");
    let vault = Arc::new(vault(folder.path()));
    vault.generate(&seal, Custody::Holder).await.unwrap();
    vault.reset_pin(&seal, PIN).await.unwrap();
    let guesses: Vec<_> = (0..10)
        .map(|guess| {
            let (vault, seal) = (Arc::clone(&vault), seal.clone());
            tokio::spawn(
                async move { vault.authorise(&seal, &format!("9{guess}9999"), b"a").await },
            )
        })
        .collect();
    let mut wrong = 0;
    for guess in guesses {
        match guess.await.unwrap() {
            Err(KeyError::WrongPin { .. }) => wrong += 1,
            Err(KeyError::Locked) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(wrong, 4);
}

#[tokio::test]
async fn a_key_keeps_its_custody() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault
        .generate(&label("seal-1"), Custody::Holder)
        .await
        .unwrap();
    vault
        .generate(&label("ca-root"), Custody::Platform)
        .await
        .unwrap();
    assert!(matches!(
        vault.generate(&label("seal-1"), Custody::Platform).await,
        Err(KeyError::Unavailable(_))
    ));
    assert!(matches!(
        vault.reset_pin(&label("ca-root"), PIN).await,
        Err(KeyError::NotFound(_))
    ));
}

#[tokio::test]
async fn another_master_key_is_told_at_opening() {
    let folder = tempfile::tempdir().unwrap();
    drop(vault(folder.path()));
    let other = MasterKey::from_hex(&"a5".repeat(32)).unwrap();
    assert!(matches!(
        Vault::open(folder.path(), &other),
        Err(VaultError::MasterKeyWrong)
    ));
}

#[tokio::test]
async fn a_changed_key_file_is_damaged_and_never_used() {
    let folder = tempfile::tempdir().unwrap();
    let holder = label("seal-1");
    vault(folder.path())
        .generate(&holder, Custody::Holder)
        .await
        .unwrap();
    let path = key_files(folder.path()).remove(0);
    let good = std::fs::read_to_string(&path).unwrap();
    assert!(!good.contains("BEGIN"));
    for bad in [
        // A holder's key turned into one that needs no grant.
        good.replace("\"holder\"", "\"platform\""),
        // Another's file put in its place.
        good.replace("seal-1", "seal-2"),
        good[..good.len() / 2].to_owned(),
        String::new(),
    ] {
        std::fs::write(&path, &bad).unwrap();
        let answer = vault(folder.path()).sign(&holder, b"a", None).await;
        assert!(matches!(answer, Err(KeyError::Unavailable(_))), "{bad}");
    }
    std::fs::write(&path, &good).unwrap();
    assert!(vault(folder.path()).public_key(&holder).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    vault(folder.path())
        .generate(&label("seal-1"), Custody::Holder)
        .await
        .unwrap();
    for path in key_files(folder.path()) {
        assert_eq!(
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
