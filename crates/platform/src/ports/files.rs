use async_trait::async_trait;
use casework::FileDigest;

/// Keeps every file under the SM3 digest of its bytes; written once, never changed.
///
/// Contract: `put` is idempotent and durable when it returns; `get` answers the very bytes that were put, or an
/// error where they no longer match their digest.
#[async_trait]
pub trait Files: Send + Sync {
    /// Stores the bytes and answers their digest.
    ///
    /// # Errors
    /// [`FilesError::Unavailable`] where the folder or service cannot take them.
    async fn put(&self, bytes: Vec<u8>) -> Result<FileDigest, FilesError>;

    /// Reads a file whole.
    ///
    /// # Errors
    /// [`FilesError::NotFound`], [`FilesError::Damaged`] or [`FilesError::Unavailable`].
    async fn get(&self, digest: &FileDigest) -> Result<Vec<u8>, FilesError>;
}

/// Why a file could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// No file of this digest was ever stored here.
    #[error("no file with digest {0}")]
    NotFound(FileDigest),
    /// The stored bytes no longer have their digest.
    #[error("the file with digest {0} is damaged")]
    Damaged(FileDigest),
    /// The storage itself failed.
    #[error("file storage failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
