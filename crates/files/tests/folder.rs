//! What the platform sees of the folder of files.

#![expect(clippy::unwrap_used, reason = "a test says so when something fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use casework::FileDigest;
use files::Folder;
use platform::ports::{Files, FilesError};

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_in(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn what_is_put_is_read_again_after_a_restart_and_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/files");
    let files = Folder::open(&path).unwrap();
    let digest = files.put(b"abc".to_vec()).await.unwrap();
    assert_eq!(
        digest.to_string(),
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    );
    assert_eq!(files.put(b"abc".to_vec()).await.unwrap(), digest);
    let empty = files.put(Vec::new()).await.unwrap();
    let reopened = Folder::open(&path).unwrap();
    assert_eq!(reopened.get(&digest).await.unwrap(), b"abc");
    assert_eq!(reopened.get(&empty).await.unwrap(), b"");
    assert_eq!(files_in(&path).len(), 2);
    assert!(path.join("66/c7").join(digest.to_string()).is_file());
}

#[tokio::test]
async fn a_file_that_was_never_stored_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let files = Folder::open(folder.path()).unwrap();
    let unknown = FileDigest::from_bytes([7; 32]);
    assert!(
        matches!(files.get(&unknown).await, Err(FilesError::NotFound(digest)) if digest == unknown)
    );
}

#[tokio::test]
async fn damage_is_told_never_handed_out_and_mended_by_the_good_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let files = Folder::open(folder.path()).unwrap();
    let content = vec![5; 100_000];
    let digest = files.put(content.clone()).await.unwrap();
    let path = files_in(folder.path()).remove(0);
    for damaged in [vec![5; 99_999], vec![6; 100_000], Vec::new()] {
        std::fs::write(&path, &damaged).unwrap();
        assert!(matches!(files.get(&digest).await, Err(FilesError::Damaged(of)) if of == digest));
    }
    assert_eq!(files.put(content.clone()).await.unwrap(), digest);
    assert_eq!(files.get(&digest).await.unwrap(), content);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_file_put_by_many_at_once_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Folder::open(folder.path()).unwrap());
    let puts: Vec<_> = (0..12)
        .map(|_| {
            let files = Arc::clone(&files);
            tokio::spawn(async move { files.put(vec![9; 300_000]).await })
        })
        .collect();
    for put in puts {
        let digest = put.await.unwrap().unwrap();
        assert_eq!(files.get(&digest).await.unwrap().len(), 300_000);
    }
    assert_eq!(files_in(folder.path()).len(), 1);
}

#[tokio::test]
async fn what_a_kill_left_half_written_does_not_stand_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let files = Folder::open(folder.path()).unwrap();
    let digest = FileDigest::from_bytes(gm::sm3(b"abc"));
    let shelf = folder.path().join("66/c7");
    std::fs::create_dir_all(&shelf).unwrap();
    std::fs::write(shelf.join(format!("{digest}#1")), b"a").unwrap();
    assert!(matches!(
        files.get(&digest).await,
        Err(FilesError::NotFound(_))
    ));
    files.put(b"abc".to_vec()).await.unwrap();
    assert_eq!(files.get(&digest).await.unwrap(), b"abc");
}

#[test]
fn a_folder_that_cannot_be_made_is_told_at_opening() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    assert!(matches!(
        Folder::open(&file.join("below")),
        Err(FilesError::Unavailable(_))
    ));
}
