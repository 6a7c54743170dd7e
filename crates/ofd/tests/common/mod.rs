//! Files of other products, read from beside the repository where they are present.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::path::PathBuf;

/// The bytes of `name` under `../shared/interop`, or `None` (said on stderr) where it is absent.
pub(crate) fn interop(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/interop"
    ))
    .join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: {name} is not here");
    }
    bytes
}

/// All `.ofd` files of one folder under `../shared/interop`, by name.
#[allow(dead_code, reason = "not every test file uses every helper")]
pub(crate) fn interop_folder(folder: &str) -> Vec<(String, Vec<u8>)> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/interop"
    ))
    .join(folder);
    let Ok(entries) = std::fs::read_dir(&path) else {
        eprintln!("skipped: {folder} is not here");
        return Vec::new();
    };
    let mut files: Vec<(String, Vec<u8>)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            name.ends_with(".ofd")
                .then(|| Some((name, std::fs::read(&path).ok()?)))?
        })
        .collect();
    files.sort();
    files
}
