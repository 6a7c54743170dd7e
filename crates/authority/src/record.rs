//! Files that are written once, whole and durably.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::OpenError;

/// Reads a file, or `None` where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, OpenError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(path)(error)),
    }
}

/// Writes a file unless it exists, and answers what stands there then: of two processes the first one's bytes hold.
pub(crate) fn keep(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, OpenError> {
    match stage(path, bytes)?.persist_noclobber(path) {
        Ok(_) => sync_folder(path)?,
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io(path)(error.error)),
    }
    std::fs::read(path).map_err(io(path))
}

/// Writes a file anew: readers see the old bytes or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), OpenError> {
    stage(path, bytes)?
        .persist(path)
        .map_err(|error| io(path)(error.error))?;
    sync_folder(path)
}

pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Io { path, source }
}

fn stage(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, OpenError> {
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder_of(path))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    write().map_err(io(path))
}

/// Only Unix can sync a folder.
fn sync_folder(path: &Path) -> Result<(), OpenError> {
    if cfg!(unix) {
        File::open(folder_of(path))
            .and_then(|folder| folder.sync_all())
            .map_err(io(path))?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
