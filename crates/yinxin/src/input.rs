//! Files given on the command line, read within limits.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The largest file that is read, in bytes.
pub(crate) const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// How deep folders are walked.
const MOST_DEPTH: usize = 16;
/// The most files taken from folders in one call.
const MOST_FILES: usize = 100_000;

/// Reads a file whole, unless it is larger than allowed or is no file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_within(path, MOST_BYTES)
}

/// Reads a file whole, unless it is larger than `most` bytes.
pub(crate) fn read_within(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        Failure::new("file_unreadable", format!("读不了文件“{shown}”：{error}"))
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Failure::new(
            "not_a_file",
            format!("“{shown}”不是普通文件。"),
        ));
    }
    let too_large = || {
        let most = most / (1024 * 1024);
        Failure::new(
            "file_too_large",
            format!("文件“{shown}”超过 {most} MB，未读取。"),
        )
    };
    if metadata.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // It may have grown since it was measured.
    let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    if read.map_err(unreadable)? as u64 > most {
        return Err(too_large());
    }
    Ok(bytes)
}

/// The files in a folder and its subfolders whose names end as wanted, sorted. Links are not followed.
pub(crate) fn walk(folder: &Path, depth: usize, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    descend(folder, depth.min(MOST_DEPTH), endings, &mut found)?;
    found.sort();
    Ok(found)
}

/// As deep as folders are walked.
pub(crate) const DEEP: usize = MOST_DEPTH;

fn descend(
    folder: &Path,
    depth: usize,
    endings: &[&str],
    found: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    let shown = folder.display();
    let unreadable = |error: std::io::Error| {
        Failure::new(
            "folder_unreadable",
            format!("读不了文件夹“{shown}”：{error}"),
        )
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let kind = entry.file_type().map_err(unreadable)?;
        let path = entry.path();
        if kind.is_dir() && depth > 0 {
            descend(&path, depth - 1, endings, found)?;
        } else if kind.is_file() && has_ending(&path, endings) {
            if found.len() >= MOST_FILES {
                return Err(Failure::new(
                    "too_many_files",
                    format!("文件夹“{shown}”中的文件超过 {MOST_FILES} 个，请分批处理。"),
                ));
            }
            found.push(path);
        }
    }
    Ok(())
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| {
            endings
                .iter()
                .any(|wanted| ending.eq_ignore_ascii_case(wanted))
        })
}
