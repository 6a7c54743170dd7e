//! Certificates and signed data from other products' files are read as they are.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests stop at surprises and say what they skip"
)]

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use pki::Certificate;

fn interop() -> Option<PathBuf> {
    let dir = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/interop"
    ));
    if dir.is_dir() {
        return Some(dir.to_owned());
    }
    eprintln!("skipped: no files of other products beside the repository");
    None
}

/// Every entry of every package in a folder that holds signature or seal data.
fn signature_files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let Ok(mut package) = zip::ZipArchive::new(fs::File::open(&path).unwrap()) else {
            continue;
        };
        for n in 0..package.len() {
            let Ok(mut entry) = package.by_index(n) else {
                continue;
            };
            let name = entry
                .name()
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default();
            if name.ends_with(".dat") || name.ends_with(".esl") {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                files.push((
                    format!("{}:{name}", path.file_name().unwrap().display()),
                    bytes,
                ));
            }
        }
    }
    files
}

/// Places that look like a certificate: SEQUENCE { SEQUENCE { [0] { INTEGER 2 } ...
fn certificates_in(bytes: &[u8]) -> Vec<&[u8]> {
    let is_start = |at: &usize| {
        let at = &bytes[*at..];
        at.len() > 13
            && at[..2] == [0x30, 0x82]
            && at[4..6] == [0x30, 0x82]
            && at[8..13] == [0xa0, 3, 2, 1, 2]
    };
    let starts = (0..bytes.len()).filter(is_start);
    starts
        .filter_map(|at| {
            let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]])) + 4;
            bytes.get(at..at + length)
        })
        .collect()
}

#[test]
fn every_certificate_in_real_signatures_is_read() {
    let Some(dir) = interop() else { return };
    let mut files = signature_files(&dir.join("stamped"));
    files.extend(signature_files(&dir.join("attacks")));
    for entry in fs::read_dir(dir.join("seals")).unwrap() {
        let path = entry.unwrap().path();
        files.push((path.display().to_string(), fs::read(&path).unwrap()));
    }
    let mut count = 0;
    for (name, bytes) in &files {
        for der in certificates_in(bytes) {
            let certificate = Certificate::from_der(der);
            let certificate = certificate.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(certificate.der(), der);
            assert!(certificate.public_key().is_ok(), "{name}: {certificate:?}");
            assert!(
                certificate.broken_extensions().is_empty(),
                "{name}: {certificate:?}"
            );
            assert!(
                certificate.unknown_critical_extensions().is_empty(),
                "{name}: {certificate:?}"
            );
            count += 1;
        }
    }
    assert!(
        count > 40,
        "only {count} certificates found in {} files",
        files.len()
    );
}
