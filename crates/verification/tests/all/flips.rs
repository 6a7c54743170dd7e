//! Damage: a changed byte in what is protected is never valid, and no bytes at all make the engine panic.

use ofd::Ofd;
use ofd::package::Limits;
use pki::Outcome;
use proptest::prelude::*;

use crate::common::{THEN, sample, told, trust, verify_at};

/// A package's files, written anew without compression, one file's byte changed.
pub(crate) fn rezipped(files: &[(String, Vec<u8>)], change: Option<(usize, usize, u8)>) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (index, (name, content)) in files.iter().enumerate() {
        let mut content = content.clone();
        if let Some((file, at, mask)) = change
            && file == index
        {
            content[at] ^= mask;
        }
        let offset = out.len() as u32;
        let mut common = Vec::new();
        common.extend_from_slice(&[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
        common.extend_from_slice(&crc32fast::hash(&content).to_le_bytes());
        common.extend_from_slice(&(content.len() as u32).to_le_bytes());
        common.extend_from_slice(&(content.len() as u32).to_le_bytes());
        common.extend_from_slice(&(name.len() as u16).to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&content);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (start, size, count) = (out.len() as u32, directory.len() as u32, files.len() as u16);
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

pub(crate) fn files_of(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let ofd = Ofd::open(bytes, Limits::default()).unwrap();
    let package = ofd.package();
    package
        .files()
        .map(|entry| {
            (
                entry.name().to_owned(),
                package.read(entry.name()).unwrap().into_owned(),
            )
        })
        .collect()
}

/// Everything in a closed document is protected: all of the small files, and a sample of the seal picture.
#[test]
fn no_changed_byte_of_a_closed_document_is_valid() {
    for name in ["attacks/good-closed.ofd", "stamped/gen-v1_whole.ofd"] {
        let Some(bytes) = sample(name) else { return };
        let trust = trust();
        let files = files_of(&bytes);
        let report = verify_at(&rezipped(&files, None), name, &trust, THEN);
        assert_eq!(
            report.verdict,
            Outcome::Valid,
            "packed anew: {}",
            told(&report)
        );
        for (index, (file, content)) in files.iter().enumerate() {
            // Beginnings and ends hold the structure; what lies between is the picture.
            let every = content.len() / (if cfg!(debug_assertions) { 12 } else { 700 }) + 1;
            let ends =
                (0..content.len().min(12)).chain(content.len().saturating_sub(40)..content.len());
            for at in (0..content.len()).step_by(every).chain(ends) {
                let mask = if at % 2 == 0 { 0x01 } else { 0x20 };
                let changed = rezipped(&files, Some((index, at, mask)));
                let report = verify_at(&changed, name, &trust, THEN);
                let what = format!("{name}: {file} byte {at} mask {mask:#x}");
                assert_ne!(report.verdict, Outcome::Valid, "{what}");
            }
        }
    }
}

/// Where the container itself is damaged the content may survive; then the verdict may, too, but never with other content.
#[test]
fn a_changed_byte_of_the_file_never_makes_other_content_valid() {
    let name = "attacks/good-closed.ofd";
    let Some(bytes) = sample(name) else { return };
    let trust = trust();
    let before = files_of(&bytes);
    let every = if cfg!(debug_assertions) { 211 } else { 13 };
    for at in (0..bytes.len())
        .step_by(every)
        .chain(bytes.len() - 700..bytes.len())
    {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        let report = verify_at(&changed, name, &trust, THEN);
        if report.verdict == Outcome::Valid {
            assert_eq!(files_of(&changed), before, "byte {at}");
        }
    }
}

#[test]
fn one_file_more_or_less_is_never_valid_where_it_matters() {
    let name = "attacks/good-closed.ofd";
    let Some(bytes) = sample(name) else { return };
    let trust = trust();
    let files = files_of(&bytes);
    for index in 0..files.len() {
        let mut fewer = files.clone();
        let (gone, _) = fewer.remove(index);
        let report = verify_at(&rezipped(&fewer, None), name, &trust, THEN);
        assert_ne!(report.verdict, Outcome::Valid, "without {gone}");
    }
    let mut reordered = files.clone();
    reordered.reverse();
    let report = verify_at(&rezipped(&reordered, None), name, &trust, THEN);
    assert_eq!(report.verdict, Outcome::Valid, "{}", told(&report));
}

#[test]
fn another_seal_beside_the_signature_is_seen() {
    let name = "attacks/good-closed.ofd";
    let (Some(bytes), Some(other)) = (sample(name), sample("seals/UserV5.esl")) else {
        return;
    };
    let mut files = files_of(&bytes);
    for (file, content) in &mut files {
        if file.ends_with("Seal.esl") {
            content.clone_from(&other);
        }
    }
    let report = verify_at(&rezipped(&files, None), name, &trust(), THEN);
    assert_eq!(report.verdict, Outcome::Invalid);
    assert!(report.has("seal_file_differs"), "{}", told(&report));
}

#[test]
fn bytes_after_the_signature_value_are_seen() {
    let name = "attacks/good-closed.ofd";
    let Some(bytes) = sample(name) else { return };
    let mut files = files_of(&bytes);
    for (file, content) in &mut files {
        if file.ends_with("SignedValue.dat") {
            content.push(0);
        }
    }
    let report = verify_at(&rezipped(&files, None), name, &trust(), THEN);
    assert_eq!(report.verdict, Outcome::Invalid);
    assert!(report.has("trailing_bytes"), "{}", told(&report));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300), kind in 0usize..4) {
        let head: &[u8] = [&b""[..], b"PK\x03\x04", b"\x30\x82\x01\x00", b"%PDF-1.7"][kind];
        let input = [head, &bytes].concat();
        let report = verify_at(&input, "x.esl", &pki::TrustStore::new(), THEN);
        prop_assert_ne!(report.verdict, Outcome::Valid);
    }

    #[test]
    fn damaged_documents_are_answered(cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), short: bool) {
        let Some(mut bytes) = sample("stamped/keyword-multi.ofd") else { return Ok(()) };
        for (index, value) in &cuts {
            let at = index.index(bytes.len());
            bytes[at] = *value;
        }
        if short {
            bytes.truncate(cuts[0].0.index(bytes.len()));
        }
        let report = verify_at(&bytes, "x.ofd", &pki::TrustStore::new(), THEN);
        prop_assert_ne!(report.verdict, Outcome::Valid);
    }

    #[test]
    fn damaged_signature_values_are_answered(at in any::<prop::sample::Index>(), value: u8, short: bool) {
        let Some(bytes) = sample("stamped/tax-zhejiang.ofd") else { return Ok(()) };
        let mut files = files_of(&bytes);
        for (file, content) in &mut files {
            if file.ends_with("SignedValue.dat") {
                let at = at.index(content.len());
                content[at] = value;
                if short {
                    content.truncate(at);
                }
            }
        }
        let report = verify_at(&rezipped(&files, None), "x.ofd", &pki::TrustStore::new(), THEN);
        prop_assert_ne!(report.verdict, Outcome::Valid);
    }
}
