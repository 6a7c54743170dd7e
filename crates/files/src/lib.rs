#![doc = include_str!("../README.md")]

use std::path::Path;

use async_trait::async_trait;
use casework::FileDigest;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use platform::ports::{Files, FilesError};

/// Files in a folder.
#[derive(Debug)]
pub struct Folder {
    store: LocalFileSystem,
}

impl Folder {
    /// Opens the folder, or makes it (for its owner alone, where the system knows that).
    ///
    /// # Errors
    /// [`FilesError::Unavailable`] where it cannot be made or opened.
    pub fn open(path: &Path) -> Result<Self, FilesError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(unavailable)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(unavailable)?;
        Ok(Self {
            store: store.with_fsync(true),
        })
    }

    async fn write(
        &self,
        digest: &FileDigest,
        bytes: PutPayload,
        mode: PutMode,
    ) -> Result<(), object_store::Error> {
        let options = PutOptions {
            mode,
            ..PutOptions::default()
        };
        self.store
            .put_opts(&place(digest), bytes, options)
            .await
            .map(|_| ())
    }
}

#[async_trait]
impl Files for Folder {
    async fn put(&self, bytes: Vec<u8>) -> Result<FileDigest, FilesError> {
        let (bytes, digest) = digested(bytes).await?;
        let bytes = PutPayload::from(bytes);
        match self.write(&digest, bytes.clone(), PutMode::Create).await {
            Ok(()) => {}
            Err(object_store::Error::AlreadyExists { .. }) => match self.get(&digest).await {
                Ok(_) => {}
                Err(FilesError::Damaged(_)) => {
                    self.write(&digest, bytes, PutMode::Overwrite)
                        .await
                        .map_err(unavailable)?;
                }
                Err(other) => return Err(other),
            },
            Err(other) => return Err(unavailable(other)),
        }
        Ok(digest)
    }

    async fn get(&self, digest: &FileDigest) -> Result<Vec<u8>, FilesError> {
        let read = async { self.store.get(&place(digest)).await?.bytes().await };
        let bytes = read.await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => FilesError::NotFound(*digest),
            other => unavailable(other),
        })?;
        let (bytes, found) = digested(bytes.into()).await?;
        if found == *digest {
            Ok(bytes)
        } else {
            Err(FilesError::Damaged(*digest))
        }
    }
}

/// Two levels of folders before the file.
fn place(digest: &FileDigest) -> object_store::path::Path {
    let text = digest.to_string();
    object_store::path::Path::from(format!("{}/{}/{text}", &text[..2], &text[2..4]))
}

/// The bytes and their digest, worked out apart from the async threads.
async fn digested(bytes: Vec<u8>) -> Result<(Vec<u8>, FileDigest), FilesError> {
    tokio::task::spawn_blocking(|| {
        let digest = FileDigest::from_bytes(gm::sm3(&bytes));
        (bytes, digest)
    })
    .await
    .map_err(unavailable)
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> FilesError {
    FilesError::Unavailable(Box::new(error))
}
