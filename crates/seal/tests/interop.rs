//! Seals and stamps of other products: what is read, what is written back, what the signatures say.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests fail loudly and skip visibly"
)]

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use gm::Signature;
use pki::{Certificate, Outcome};
use seal::{
    CertificateList, Seal, SealInfo, Stamp, StampInfo, Version, assemble_seal, assemble_stamp,
};

fn interop() -> Option<PathBuf> {
    let root = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/interop"
    ));
    if root.is_dir() {
        return Some(root.to_owned());
    }
    eprintln!("skipped: ../shared/interop is not there");
    None
}

fn seal_file(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(interop()?.join("seals").join(name)).unwrap())
}

/// All entries of a package whose name ends in `ending`, in the package's order.
fn entries(package: &str, ending: &str) -> Option<Vec<Vec<u8>>> {
    let file = File::open(interop()?.join(package)).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        if entry.name().is_ok_and(|name| name.ends_with(ending)) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            found.push(bytes);
        }
    }
    Some(found)
}

fn maker_signature_is_right(seal: &Seal) -> bool {
    let maker = Certificate::from_der(&seal.maker_certificate).unwrap();
    let (value, _) = Signature::parse(&seal.signature).unwrap();
    maker
        .public_key()
        .unwrap()
        .verify(&seal.signed_bytes(), &value)
        .is_ok()
}

fn stamp_signature_is_right(stamp: &Stamp) -> bool {
    let signer = Certificate::from_der(&stamp.signer_certificate).unwrap();
    let (value, _) = Signature::parse(&stamp.signature).unwrap();
    signer
        .public_key()
        .unwrap()
        .verify(stamp.signed_bytes(), &value)
        .is_ok()
}

#[test]
fn seals_of_all_three_versions_are_read_and_their_makers_signatures_verify() {
    for (name, version, code) in [
        (
            "UserV1.esl",
            Version::V1,
            "40C8CDD24DEF43388B86E62CCE1D6832",
        ),
        (
            "UserV4.esl",
            Version::V4,
            "51f044b76510434e9bc67a1185c2fba5",
        ),
        (
            "UserV5.esl",
            Version::V5,
            "09aaf39291e049e4b3d716414590937e",
        ),
        (
            "UserV5_ts.esl",
            Version::V5,
            "55a4a957189a48f596706fb431e962c5",
        ),
    ] {
        let Some(bytes) = seal_file(name) else { return };
        let seal = Seal::parse(&bytes).unwrap();
        assert_eq!(
            (seal.version, seal.code.as_str()),
            (version, code),
            "{name}"
        );
        assert_eq!(
            (seal.picture.width, seal.picture.height),
            (40, 40),
            "{name}"
        );
        assert!(seal.notes.is_empty(), "{name}: {:?}", seal.notes);
        assert!(maker_signature_is_right(&seal), "{name}");
    }
}

#[test]
fn the_other_vendors_seal_is_read_and_its_wrong_maker_signature_is_seen() {
    let Some(bytes) = seal_file("SESealData.DER") else {
        return;
    };
    let seal = Seal::parse(&bytes).unwrap();
    assert_eq!(seal.property.name, "测试单位名称 合同专用章");
    assert_eq!(seal.property.certificates.len(), 2);
    assert_eq!(seal.picture.kind, "GIF");
    assert_eq!(seal.extensions.len(), 3);
    assert!(seal.extensions[1].critical);
    let codes: Vec<&str> = seal.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["critical_false_written", "extension_critical"]);
    assert!(!maker_signature_is_right(&seal));
}

#[test]
fn what_is_signed_anew_from_a_seals_fields_is_byte_for_byte_what_its_maker_signed() {
    for name in ["UserV4.esl", "UserV5.esl", "UserV5_ts.esl"] {
        let Some(bytes) = seal_file(name) else { return };
        let seal = Seal::parse(&bytes).unwrap();
        let info = info_of(&seal);
        let tbs = info.tbs().unwrap();
        assert_eq!(tbs, seal.info_der(), "{name}");
        let (signature, _) = Signature::parse(&seal.signature).unwrap();
        let again = assemble_seal(
            &tbs,
            &seal.maker_certificate,
            &signature,
            seal.timestamp.as_deref(),
        )
        .unwrap();
        assert_eq!(again, bytes, "{name}");
    }
}

#[test]
fn a_broken_size_is_written_rounded_and_kept_exactly() {
    let Some(bytes) = seal_file("UserV4.esl") else {
        return;
    };
    let original = Seal::parse(&bytes).unwrap();
    let info = SealInfo {
        width: 423,
        height: 427,
        ..info_of(&original)
    };
    let (signature, _) = Signature::parse(&original.signature).unwrap();
    let der = assemble_seal(
        &info.tbs().unwrap(),
        &original.maker_certificate,
        &signature,
        None,
    )
    .unwrap();
    let seal = Seal::parse(&der).unwrap();
    assert_eq!((seal.picture.width, seal.picture.height), (42, 43));
    assert_eq!(seal.size_in_tenths(), (423, 427));
    let codes: Vec<&str> = seal.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["critical_false_written"]);
}

#[test]
fn stamps_of_other_products_are_read_and_their_signatures_verify() {
    for (package, versions) in [
        ("stamped/ses-v4.ofd", vec![Version::V4]),
        ("stamped/seam-v4.ofd", vec![Version::V4]),
        ("stamped/signed-file.ofd", vec![Version::V4]),
        ("stamped/tax-zhejiang.ofd", vec![Version::V4]),
        ("stamped/tax-chongqing-test.ofd", vec![Version::V4]),
        ("stamped/tax-zheliban.ofd", vec![Version::V4]),
        ("stamped/gen-v1_whole.ofd", vec![Version::V1]),
        ("stamped/h.ofd", vec![Version::V4, Version::V4]),
        (
            "stamped/gen-v4_v1_v5_multi_locked.ofd",
            vec![Version::V1, Version::V5, Version::V4],
        ),
        ("attacks/good-raw-signature.ofd", vec![Version::V4]),
        ("attacks/good-cert-digest-list.ofd", vec![Version::V4]),
    ] {
        let Some(values) = entries(package, "SignedValue.dat") else {
            return;
        };
        let stamps: Vec<Stamp> = values
            .iter()
            .map(|bytes| Stamp::parse(bytes).unwrap())
            .collect();
        assert_eq!(
            stamps.iter().map(|stamp| stamp.version).collect::<Vec<_>>(),
            versions,
            "{package}"
        );
        for stamp in &stamps {
            assert!(maker_signature_is_right(&stamp.seal), "{package}");
            assert!(stamp_signature_is_right(stamp), "{package}");
            assert_eq!(
                Outcome::of(&stamp.notes),
                Outcome::Valid,
                "{package}: {:?}",
                stamp.notes
            );
            assert!(stamp.claimed_time().is_some(), "{package}");
            let listed = stamp
                .seal
                .property
                .certificates
                .names(&stamp.signer_certificate);
            assert_eq!(listed, Some(true), "{package}");
        }
    }
}

#[test]
fn what_is_signed_anew_from_a_stamps_fields_is_byte_for_byte_what_its_signer_signed() {
    for package in ["stamped/ses-v4.ofd", "stamped/tax-zhejiang.ofd"] {
        let Some(values) = entries(package, "SignedValue.dat") else {
            return;
        };
        let stamp = Stamp::parse(&values[0]).unwrap();
        let tbs = StampInfo {
            seal: stamp.seal.der().to_vec(),
            time: stamp.claimed_time().unwrap(),
            data_hash: stamp.data_hash.clone().try_into().unwrap(),
            property_info: stamp.property_info.clone(),
            extensions: Vec::new(),
        }
        .tbs()
        .unwrap();
        assert_eq!(tbs, stamp.signed_bytes());
        let (signature, _) = Signature::parse(&stamp.signature).unwrap();
        assert_eq!(
            assemble_stamp(&tbs, &stamp.signer_certificate, &signature, None).unwrap(),
            values[0]
        );
    }
}

#[test]
fn an_element_that_the_standard_does_not_know_is_found_inside_what_is_signed() {
    let Some(values) = entries("attacks/unsigned-element-in-tbs.ofd", "SignedValue.dat") else {
        return;
    };
    let stamp = Stamp::parse(&values[0]).unwrap();
    // It was signed without the element: who encodes anew before checking does not see it.
    assert!(!stamp_signature_is_right(&stamp));
    assert_eq!(stamp.notes[0].code, "unknown_element");
    assert_eq!(Outcome::of(&stamp.notes), Outcome::Invalid);
}

#[test]
fn trailing_bytes_and_cut_data_are_never_clean() {
    let Some(bytes) = seal_file("UserV4.esl") else {
        return;
    };
    let longer = Seal::parse(&[&bytes[..], &[0]].concat()).unwrap();
    assert_eq!(longer.notes[0].code, "trailing_bytes");
    for length in (0..bytes.len()).step_by(97) {
        assert!(Seal::parse(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn no_changed_byte_of_a_seal_goes_unnoticed() {
    let Some(bytes) = seal_file("UserV4.esl") else {
        return;
    };
    let step = if cfg!(debug_assertions) { 401 } else { 37 };
    for at in (0..bytes.len())
        .step_by(step)
        .chain(0..70)
        .chain(16_920..16_945)
    {
        let mut changed = bytes.clone();
        changed[at] ^= 0x04;
        if let Ok(seal) = Seal::parse(&changed) {
            let maker = Certificate::from_der(&seal.maker_certificate);
            let value = Signature::parse(&seal.signature);
            let right = match (&maker, &value) {
                (Ok(maker), Ok((value, _))) => maker
                    .public_key()
                    .is_ok_and(|key| key.verify(&seal.signed_bytes(), value).is_ok()),
                _ => false,
            };
            let same_maker =
                seal.maker_certificate == Seal::parse(&bytes).unwrap().maker_certificate;
            let same_algorithm = seal.algorithm == gm::oid::SM2_SM3;
            let clean = Outcome::of(&seal.notes) == Outcome::Valid;
            assert!(
                !(right && same_maker && same_algorithm && clean),
                "byte {at}"
            );
        }
    }
}

fn info_of(seal: &Seal) -> SealInfo {
    let property = &seal.property;
    assert!(matches!(
        property.certificates,
        CertificateList::Certificates(_)
    ));
    SealInfo {
        version: seal.version,
        vendor: seal.header.vendor.clone(),
        code: seal.code.clone(),
        kind: property.kind,
        name: property.name.clone(),
        certificates: property.certificates.clone(),
        created: property.created,
        valid_from: property.valid_from,
        valid_to: property.valid_to,
        picture: seal.picture.data.clone(),
        width: seal.picture.width * 10,
        height: seal.picture.height * 10,
        extensions: seal.extensions.clone(),
    }
}
