//! Durable, atomic files: what is written is there whole after a power cut, or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::VaultError;

/// Makes the folder and those above it, readable by the owner alone where the system knows that.
pub(crate) fn create_folder(path: &Path) -> Result<(), VaultError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(VaultError::io(path))
}

/// Reads a file, or `None` where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, VaultError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(VaultError::io(path)(error)),
    }
}

/// Writes a file that must not exist yet (owner-only, durable). `false` where it exists.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<bool, VaultError> {
    let staged = stage(path, bytes)?;
    let published = fs::hard_link(&staged, path);
    let _ = fs::remove_file(&staged);
    match published {
        Ok(()) => sync_parent(path).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(VaultError::io(path)(error)),
    }
}

/// Writes a file anew (owner-only, durable): readers see the old bytes or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let staged = stage(path, bytes)?;
    fs::rename(&staged, path).map_err(VaultError::io(path))?;
    sync_parent(path)
}

/// Waits for the folder's lock; it is free again when the file is dropped.
pub(crate) fn lock(folder: &Path) -> Result<File, VaultError> {
    let path = folder.join(".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(VaultError::io(&path))?;
    file.lock().map_err(VaultError::io(&path))?;
    Ok(file)
}

fn stage(path: &Path, bytes: &[u8]) -> Result<std::path::PathBuf, VaultError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", hex::encode(gm::random_bytes::<8>())));
    let staged = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&staged);
        VaultError::io(&staged)(error)
    })?;
    Ok(staged)
}

#[cfg(unix)]
fn sync_parent(path: &Path) -> Result<(), VaultError> {
    match path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        Some(folder) => File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(VaultError::io(folder)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_parent(_path: &Path) -> Result<(), VaultError> {
    Ok(())
}
