//! Trust from folders: every certificate and revocation list in them.

use std::path::{Path, PathBuf};

use pki::TrustStore;
use pki::cms::SignedData;

use crate::failure::Failure;
use crate::input;

/// Files that are looked at; others are passed over.
const ENDINGS: [&str; 6] = ["pem", "crt", "cer", "der", "crl", "p7b"];
/// How deep folders are looked through.
const DEPTH: usize = 3;
/// The largest file that is looked at, in bytes.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Everything that the folders (or single files) hold, as name and bytes.
pub(crate) fn read(places: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files = Vec::new();
    for place in places {
        if place.is_dir() {
            for path in input::walk(place, DEPTH, &ENDINGS)? {
                files.push(named(&path)?);
            }
        } else {
            files.push(named(place)?);
        }
    }
    Ok(files)
}

/// The trust store of the folders (or single files).
pub(crate) fn load(places: &[PathBuf]) -> Result<TrustStore, Failure> {
    let mut store = TrustStore::new();
    for (name, bytes) in read(places)? {
        match SignedData::from_der(&bytes) {
            Ok(bag) => {
                for certificate in bag.certificates() {
                    store.add_file(&name, certificate.der());
                }
            }
            Err(_) => store.add_file(&name, &bytes),
        }
    }
    Ok(store)
}

fn named(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    Ok((
        path.display().to_string(),
        input::read_within(path, MOST_BYTES)?,
    ))
}
