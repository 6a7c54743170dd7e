//! Files of other products, read from beside the repository where they are present.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip and may panic"
)]

use std::io::Write as _;
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

/// Packs entries anew, as the documents' own writers do.
#[allow(dead_code, reason = "not every test file uses every helper")]
pub(crate) fn pack(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut central = Vec::new();
    for (name, content) in entries {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).unwrap();
        let data = encoder.finish().unwrap();
        let mut fields = Vec::new();
        for value in [20_u16, 1 << 11, 8, 0, 0x21] {
            fields.extend_from_slice(&value.to_le_bytes());
        }
        for value in [
            crc32fast::hash(content),
            data.len() as u32,
            content.len() as u32,
        ] {
            fields.extend_from_slice(&value.to_le_bytes());
        }
        fields.extend_from_slice(&(name.len() as u32).to_le_bytes());
        central.extend_from_slice(b"PK\x01\x02\x14\0");
        central.extend_from_slice(&fields);
        central.extend_from_slice(&[0; 10]);
        central.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        central.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend_from_slice(&fields);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&data);
    }
    let offset = bytes.len() as u32;
    let count = entries.len() as u16;
    bytes.extend_from_slice(&central);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend_from_slice(&(central.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&offset.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}
