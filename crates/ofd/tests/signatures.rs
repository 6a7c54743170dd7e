//! What is said about the signatures of real and forged files.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip and may panic"
)]

mod common;

use common::{interop, interop_folder};
use ofd::Ofd;
use ofd::document::PartKind;
use ofd::package::Limits;
use ofd::signatures::{
    Change, Digests, ReferenceOutcome, SignatureKind, Signatures, change, coverage, overlays, read,
};

fn changes(ofd: &Ofd<'_>, signatures: &Signatures) -> Vec<Change> {
    let mut digests = Digests::new(ofd.package());
    let mut changes = Vec::new();
    for (index, file) in signatures.files.iter().enumerate() {
        let checks = file.check_references(&mut digests, None);
        changes.push(change(signatures, index, &checks));
    }
    changes
}

fn codes(signatures: &Signatures) -> Vec<&'static str> {
    let of_files = signatures.files.iter().flat_map(|file| &file.findings);
    signatures
        .findings
        .iter()
        .chain(of_files)
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn stamped_files_of_other_products_are_unchanged() {
    for (name, bytes) in interop_folder("stamped") {
        if ["h.ofd", "keyword-multi.ofd"].contains(&name.as_str()) {
            continue;
        }
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        let signatures = read(&ofd);
        assert!(!signatures.files.is_empty(), "{name}");
        assert_eq!(codes(&signatures), [""; 0], "{name}");
        for (file, change) in signatures.files.iter().zip(changes(&ofd, &signatures)) {
            assert_eq!(change, Change::Unchanged, "{name}");
            assert!(file.problem.is_none() && file.body == Some(0), "{name}");
            let info = file.info.as_ref().unwrap();
            assert!(
                info.signed_value
                    .as_ref()
                    .is_some_and(|value| value.len() > 500),
                "{name}"
            );
            assert!(
                !info.provider.name.is_empty() && !info.date_time.is_empty(),
                "{name}"
            );
            if file.kind == SignatureKind::Seal {
                assert!(
                    info.stamps.iter().all(|stamp| stamp.visible().is_some()),
                    "{name}"
                );
            }
            let coverage = coverage(&ofd, file);
            let root_only = name == "tax-chongqing-test.ofd";
            let first_of_two = name == "cms-35275-two.ofd" && file.id == "1";
            if !first_of_two {
                assert_eq!(coverage.unprotected.len(), usize::from(root_only), "{name}");
            }
        }
    }
}

#[test]
fn a_later_stamp_on_a_closed_document_is_told_from_changed_content() {
    let Some(bytes) = interop("stamped/h.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let signatures = read(&ofd);
    assert!(coverage(&ofd, &signatures.files[0]).closed);
    assert!(!coverage(&ofd, &signatures.files[1]).closed);
    let expected = [Change::LaterStampOnly { later: vec![1] }, Change::Unchanged];
    assert_eq!(changes(&ofd, &signatures), expected);
}

#[test]
fn text_edited_after_signing_is_named_by_file() {
    let Some(bytes) = interop("stamped/keyword-multi.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let signatures = read(&ofd);
    let expected = [
        "OFD.xml",
        "Doc_0/Document.xml",
        "Doc_0/Pages/Page_0/Content.xml",
    ];
    for change in changes(&ofd, &signatures) {
        let Change::Content(mut entries) = change else {
            panic!("{change:?}")
        };
        entries.sort();
        let mut expected = expected.map(str::to_owned);
        expected.sort();
        assert_eq!(entries, expected);
    }
    assert_eq!(signatures.files[1].kind, SignatureKind::Sign);
}

#[test]
fn a_changed_page_is_named() {
    let Some(bytes) = interop("attacks/page-modified.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let expected = Change::Content(vec!["Doc_0/Pages/Page_0/Content.xml".into()]);
    assert_eq!(changes(&ofd, &read(&ofd)), [expected]);
}

#[test]
fn good_files_are_unchanged_and_wholly_covered() {
    for (name, bytes) in interop_folder("attacks") {
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        let signatures = read(&ofd);
        if !name.starts_with("good-") {
            continue;
        }
        assert_eq!(changes(&ofd, &signatures), [Change::Unchanged], "{name}");
        let coverage = coverage(&ofd, &signatures.files[0]);
        assert!(
            coverage.unprotected.is_empty() && coverage.unreferenced.is_empty(),
            "{name}"
        );
        assert_eq!(coverage.closed, name != "good-open.ofd", "{name}");
        assert_eq!(codes(&signatures), [""; 0], "{name}");
    }
}

#[test]
fn what_no_signature_protects_is_listed() {
    if let Some(bytes) = interop("attacks/one-file-protected.ofd") {
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        let coverage = coverage(&ofd, &read(&ofd).files[0]);
        let kinds: Vec<PartKind> = coverage.unprotected.iter().map(|u| u.part).collect();
        assert_eq!(kinds, [PartKind::Document, PartKind::Page, PartKind::Root]);
    }
    if let Some(bytes) = interop("attacks/docroot-switched.ofd") {
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        let coverage = coverage(&ofd, &read(&ofd).files[0]);
        let has = |kind| coverage.unprotected.iter().any(|u| u.part == kind);
        assert!(has(PartKind::Document) && has(PartKind::Page) && has(PartKind::Template));
    }
    if let Some(bytes) = interop("attacks/extra-files.ofd") {
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        let coverage = coverage(&ofd, &read(&ofd).files[0]);
        assert_eq!(coverage.unprotected, []);
        assert_eq!(
            coverage.unreferenced,
            ["Doc_0/Pages/Page_1/Content.xml", "Doc_1/Document.xml"]
        );
    }
}

#[test]
fn a_removed_pointer_does_not_hide_the_signature() {
    let Some(bytes) = interop("attacks/signatures-pointer-removed.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let signatures = read(&ofd);
    assert_eq!(codes(&signatures), ["signature_not_referred"]);
    assert_eq!(signatures.files.len(), 1);
    assert_eq!(signatures.files[0].body, None);
    let changed = Change::Content(vec!["OFD.xml".into()]);
    assert_eq!(changes(&ofd, &signatures), [changed]);
}

#[test]
fn signatures_are_found_where_the_root_is_refused() {
    let Some(bytes) = interop("attacks/doctype.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    assert_eq!(read(&ofd).files.len(), 1);
}

#[test]
fn weak_digests_prove_nothing() {
    let Some(bytes) = interop("attacks/md5-references.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let signatures = read(&ofd);
    assert_eq!(codes(&signatures), ["digest_weak"]);
    assert_eq!(changes(&ofd, &signatures), [Change::Unproved]);
    let mut digests = Digests::new(ofd.package());
    let checks = signatures.files[0].check_references(&mut digests, None);
    assert!(
        checks
            .iter()
            .all(|check| check.outcome == ReferenceOutcome::NotComputed)
    );
}

#[test]
fn a_picture_over_the_whole_page_is_seen() {
    let Some(bytes) = interop("attacks/overlay-by-second-seal.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let overlays = overlays(&ofd, &read(&ofd));
    assert!(overlays[0].page_share < 0.05);
    assert!(overlays[1].page_share > 0.5, "{overlays:?}");
    assert_eq!(overlays[1].covers, [(0, 1.0)]);
}

#[test]
fn property_info_is_compared_as_a_path() {
    let Some(bytes) = interop("attacks/good-open.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let file = &read(&ofd).files[0];
    assert!(file.is_named_by("/Doc_0/Signs/Sign_0/Signature.xml"));
    assert!(file.is_named_by("Doc_0//Signs/Sign_0/Signature.xml"));
    assert!(!file.is_named_by("/Doc_0/Signs/Sign_1/Signature.xml"));
    assert!(!file.is_named_by(""));
}
