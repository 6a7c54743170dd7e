//! Signed data and timestamps: the real ones, and each way to be wrong.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests stop at surprises and say what they skip"
)]

mod common;

use std::{fs, io::Read};

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{Cms, House, Party, TST_INFO, at, below, house, oid, tlv};
use gm::sm3;
use pki::{
    Finding, Outcome, RevocationPolicy, TrustStore,
    cms::{SignedData, SignedDataReport},
    profile::Kind,
    timestamp,
};
use proptest::prelude::*;

const DOCUMENT: &[u8] = b"<ofd:Signature/>";

fn codes<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<&'static str> {
    findings.into_iter().map(|finding| finding.code).collect()
}

fn all_codes(report: &SignedDataReport) -> Vec<&'static str> {
    codes(
        report
            .findings
            .iter()
            .chain(report.signers.iter().flat_map(|it| &it.findings)),
    )
}

fn check(der: &[u8]) -> SignedDataReport {
    SignedData::from_der(der).unwrap().check_document(DOCUMENT)
}

/// One entry of a sample package, if the samples are there.
fn sample(package: &str, entry: &str) -> Option<Vec<u8>> {
    let dir = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/interop/stamped"
    );
    let Ok(file) = fs::File::open(format!("{dir}/{package}")) else {
        eprintln!("skipped: no files of other products beside the repository");
        return None;
    };
    let mut bytes = Vec::new();
    let mut package = zip::ZipArchive::new(file).unwrap();
    package
        .by_name(entry)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    Some(bytes)
}

#[test]
fn signed_data_of_other_products_is_right() {
    let samples = [
        (
            "gen-gbt35275.ofd",
            "Sign_0",
            vec!["content_matches", "signature_valid"],
        ),
        (
            "cms-35275-two.ofd",
            "Sign_0",
            vec!["content_type_differs", "signature_valid"],
        ),
        (
            "cms-35275-two.ofd",
            "Sign_1",
            vec!["content_type_differs", "signature_valid"],
        ),
        (
            "keyword-multi.ofd",
            "Sign_3",
            vec!["content_matches", "signature_valid", "signature_raw"],
        ),
    ];
    for (package, sign, expected) in samples {
        let folder = format!("Doc_0/Signs/{sign}");
        let Some(signed) = sample(package, &format!("{folder}/SignedValue.dat")) else {
            return;
        };
        let Some(mut xml) = sample(package, &format!("{folder}/Signature.xml")) else {
            return;
        };
        let signed = SignedData::from_der(&signed).unwrap();
        let report = signed.check_document(&xml);
        assert_eq!(
            report.outcome,
            Outcome::Valid,
            "{package} {sign}: {report:#?}"
        );
        assert_eq!(all_codes(&report), expected, "{package} {sign}");
        assert!(report.signers[0].certificate.is_some());

        xml[100] ^= 1;
        assert_eq!(signed.check_document(&xml).outcome, Outcome::Invalid);
    }
}

#[test]
fn every_form_of_content_binds_the_document() {
    let seal = house().seal;
    let digest = sm3(DOCUMENT);
    let base64 = STANDARD.encode(digest);
    for content in [DOCUMENT, &digest, base64.as_bytes()] {
        let plain = Cms::new(&seal, content);
        assert_eq!(
            all_codes(&check(&plain.der())),
            ["content_matches", "signature_valid"]
        );
        let detached = Cms {
            content: None,
            ..Cms::new(&seal, content)
        };
        assert_eq!(all_codes(&check(&detached.der())), ["signature_valid"]);
        let attributes = Cms {
            message_digest: Some(sm3(content)),
            ..Cms::new(&seal, content)
        };
        let report = check(&attributes.der());
        assert_eq!(report.outcome, Outcome::Valid);
        assert_eq!(
            report.signers[0].signing_time,
            Some(at("2026-06-15T00:00:00Z"))
        );
        let both = Cms {
            content: None,
            ..attributes
        };
        assert_eq!(all_codes(&check(&both.der())), ["signature_valid"]);
    }
    let raw = Cms {
        raw_signature: true,
        ..Cms::new(&seal, &digest)
    };
    assert_eq!(
        all_codes(&check(&raw.der())),
        ["content_matches", "signature_valid", "signature_raw"]
    );
}

#[test]
fn each_way_to_be_wrong_has_its_code() {
    let House { seal, ca, .. } = house();
    let digest = sm3(DOCUMENT);
    let other = sm3(b"other");
    let first = |cms: &Cms<'_>| {
        let report = check(&cms.der());
        assert_ne!(report.outcome, Outcome::Valid);
        let bad = report
            .findings
            .iter()
            .chain(report.signers.iter().flat_map(|it| &it.findings));
        bad.filter(|finding| finding.outcome != Outcome::Valid)
            .map(|it| it.code)
            .next()
            .unwrap()
    };
    let good = || Cms::new(&seal, &digest);
    assert_eq!(first(&Cms::new(&seal, &other)), "content_mismatch");
    assert_eq!(
        first(&Cms {
            message: &other,
            ..good()
        }),
        "signature_invalid"
    );
    assert_eq!(
        first(&Cms {
            message_digest: Some(other),
            ..good()
        }),
        "message_digest_mismatch"
    );
    assert_eq!(
        first(&Cms {
            with_signer: false,
            ..good()
        }),
        "signer_missing"
    );
    assert_eq!(
        first(&Cms {
            with_certificate: false,
            ..good()
        }),
        "signer_certificate_missing"
    );
    assert_eq!(
        first(&Cms {
            digest_algorithm: "1.3.14.3.2.26",
            ..good()
        }),
        "digest_algorithm_weak"
    );
    assert_eq!(
        first(&Cms {
            digest_algorithm: "2.16.840.1.101.3.4.2.1",
            ..good()
        }),
        "digest_algorithm_unsupported"
    );
    // Somebody else's certificate under the signer's name and number.
    let party = Party {
        key: ca.key,
        certificate: seal.certificate.clone(),
    };
    assert_eq!(first(&Cms::new(&party, &digest)), "signature_invalid");

    let mut trailing = good().der();
    trailing.push(0);
    assert!(SignedData::from_der(&trailing).is_err());
    assert!(SignedData::from_der(&[]).is_err());
}

fn tst_info(message: &[u8]) -> Vec<u8> {
    let imprint = tlv(
        0x30,
        &[&tlv(0x30, &[&oid(gm::oid::SM3)]), &tlv(4, &[&sm3(message)])],
    );
    let time = tlv(0x18, &[b"20260615000000.5Z"]);
    let accuracy = tlv(0x30, &[&[2, 1, 1]]);
    tlv(
        0x30,
        &[
            &[2, 1, 1],
            &oid("1.2.3.4"),
            &imprint,
            &[2, 1, 9],
            &time,
            &accuracy,
            &[2, 1, 5],
        ],
    )
}

fn token(tsa: &Party, info: &[u8]) -> Vec<u8> {
    Cms {
        content_type: TST_INFO,
        message_digest: Some(sm3(info)),
        ..Cms::new(tsa, info)
    }
    .der()
}

fn check_token(der: &[u8], trust: &TrustStore) -> timestamp::TimestampReport {
    timestamp::check(der, b"signature", trust, RevocationPolicy::AllowUnchecked)
}

#[test]
fn a_good_timestamp_gives_a_time_to_rely_on() {
    let House { ca, trust, .. } = house();
    let tsa = below(&ca, Kind::Tsa, "福建省经济信息中心", "时间戳", 5);
    let good = token(&tsa, &tst_info(b"signature"));
    let response = tlv(0x30, &[&tlv(0x30, &[&[2, 1, 0]]), &good]);
    for der in [&good, &response] {
        let report = check_token(der, &trust);
        assert_eq!(report.outcome, Outcome::Valid, "{:#?}", report.findings);
        assert_eq!(report.trusted, Some(at("2026-06-15T00:00:00.5Z")));
        assert_eq!(report.findings[0].code, "timestamp_valid");
    }
}

#[test]
fn a_bad_timestamp_is_told_what_is_wrong() {
    let House {
        ca, seal, trust, ..
    } = house();
    let tsa = below(&ca, Kind::Tsa, "福建省经济信息中心", "时间戳", 5);
    let wrong = |der: &[u8], trust: &TrustStore, outcome, code| {
        let report = check_token(der, trust);
        assert_eq!(report.outcome, outcome, "{:#?}", report.findings);
        assert_eq!(report.trusted, None);
        assert!(
            codes(&report.findings).contains(&code),
            "{:?}",
            codes(&report.findings)
        );
    };
    let good = token(&tsa, &tst_info(b"signature"));
    let other = token(&tsa, &tst_info(b"other"));
    let by_seal = token(&seal, &tst_info(b"signature"));
    // Three bytes stand in a real seal of another product.
    wrong(&[1, 2, 3], &trust, Outcome::Invalid, "timestamp_malformed");
    wrong(&[], &trust, Outcome::Invalid, "timestamp_malformed");
    wrong(
        &good[..good.len() - 1],
        &trust,
        Outcome::Invalid,
        "timestamp_malformed",
    );
    wrong(
        &other,
        &trust,
        Outcome::Invalid,
        "timestamp_imprint_mismatch",
    );
    wrong(
        &by_seal,
        &trust,
        Outcome::Invalid,
        "extended_key_usage_unfit",
    );
    wrong(
        &good,
        &TrustStore::new(),
        Outcome::Undetermined,
        "issuer_not_trusted",
    );
}

proptest! {
    #[test]
    fn a_changed_byte_never_panics_and_never_turns_into_another_document(at in 0usize..100_000, to: u8) {
        let seal = house().seal;
        let digest = sm3(DOCUMENT);
        let mut der = Cms { message_digest: Some(sm3(&digest)), ..Cms::new(&seal, &digest) }.der();
        let at = at % der.len();
        der[at] = to;
        if let Ok(signed) = SignedData::from_der(&der) {
            prop_assert_eq!(signed.check_document(b"other").outcome, Outcome::Invalid);
        }
        let _ = check_token(&der, &TrustStore::new());
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = SignedData::from_der(&bytes);
        let _ = timestamp::Token::from_der(&bytes);
    }
}
