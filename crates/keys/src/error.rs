use std::path::PathBuf;

/// Why the vault cannot be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file or folder of the vault could not be read or written.
    #[error("cannot use {}", .path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The master key is not 64 hexadecimal digits.
    #[error("the master key must be 64 hexadecimal digits")]
    MasterKeyMalformed,
    /// Others than the owner may read the master key's file.
    #[error("{} is open to other users of this machine: restrict it to its owner (chmod 600)", .0.display())]
    MasterKeyExposed(PathBuf),
    /// The folder was made under another master key.
    #[error("the master key does not belong to this key folder")]
    MasterKeyWrong,
    /// A file of the vault is not what the vault wrote: changed, cut short, or put in another's place.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
    /// The key exists, but for the other custody.
    #[error("the key {0} exists with another custody")]
    CustodyDiffers(String),
    /// The signing engine failed.
    #[error("the signing engine failed")]
    Engine(#[from] gm::SignerError),
    /// The work was broken off.
    #[error("the vault's work was broken off")]
    Interrupted,
}

impl VaultError {
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
