use std::path::PathBuf;

/// Why the authority could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or folder of the authority could not be read or written.
    #[error("cannot use {}", .path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is not what the authority wrote.
    #[error("{} is damaged", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: pki::Error,
    },
    /// A certificate in the folder belongs to another key than the key store's: folder and key store do not match.
    #[error("{} does not belong to the key in the key store", .0.display())]
    OtherKey(PathBuf),
    /// What would be signed breaks the profile; the text names each fault.
    #[error("the certificate breaks the profile: {0}")]
    Profile(String),
    /// The key store failed.
    #[error("the key store failed")]
    Keys(#[from] platform::ports::KeyError),
    /// A certificate could not be made.
    #[error("a certificate could not be made")]
    Pki(#[from] pki::Error),
    /// The validity is beyond what a calendar holds.
    #[error("the validity is out of range")]
    Time(#[from] jiff::Error),
}
