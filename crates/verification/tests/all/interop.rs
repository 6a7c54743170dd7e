//! The verdict table over all files from other products and all forged ones, as their README has it.

use crate::common::{LATER, THEN, interop, sample, told, trust, verdicts, verify_at};
use pki::{Outcome, TrustStore};
use verification::{Format, StampKind};

use Outcome::{Invalid, Undetermined, Valid};

/// File, verdict, verdicts of its stamps, codes that must be in the report.
type Line = (
    &'static str,
    Outcome,
    &'static [Outcome],
    &'static [&'static str],
);

const TABLE: &[Line] = &[
    (
        "seals/UserV1.esl",
        Valid,
        &[],
        &["maker_signature_ok", "seal_validity_ok"],
    ),
    (
        "seals/UserV4.esl",
        Valid,
        &[],
        &["maker_signature_ok", "seal_validity_ok"],
    ),
    (
        "seals/UserV5.esl",
        Invalid,
        &[],
        &["maker_signature_ok", "seal_not_yet_valid"],
    ),
    (
        "seals/UserV5_ts.esl",
        Invalid,
        &[],
        &[
            "maker_signature_ok",
            "seal_not_yet_valid",
            "timestamp_unreadable",
        ],
    ),
    (
        "seals/SESealData.DER",
        Invalid,
        &[],
        &[
            "maker_signature_wrong",
            "issuer_not_trusted",
            "extension_critical",
        ],
    ),
    (
        "stamped/tax-zhejiang.ofd",
        Undetermined,
        &[Undetermined],
        &[
            "issuer_not_trusted",
            "stamp_signature_ok",
            "maker_signature_ok",
            "references_ok",
        ],
    ),
    (
        "stamped/tax-chongqing-test.ofd",
        Undetermined,
        &[Undetermined],
        &[
            "issuer_not_trusted",
            "stamp_signature_ok",
            "references_ok",
            "entry_file_not_protected",
        ],
    ),
    (
        "stamped/tax-zheliban.ofd",
        Undetermined,
        &[Undetermined],
        &[
            "issuer_not_trusted",
            "stamp_signature_ok",
            "references_ok",
            "maker_is_owner",
        ],
    ),
    ("stamped/seam-v4.ofd", Valid, &[Valid], &["references_ok"]),
    // Stamped on 2026-08-04, after certificate and seal had expired.
    (
        "stamped/ses-v4.ofd",
        Invalid,
        &[Invalid],
        &[
            "stamp_signature_ok",
            "certificate_expired_at_stamping",
            "seal_expired_at_stamping",
        ],
    ),
    (
        "stamped/signed-file.ofd",
        Undetermined,
        &[Undetermined],
        &["stamp_signature_ok", "issuer_not_trusted"],
    ),
    (
        "stamped/h.ofd",
        Invalid,
        &[Invalid, Valid],
        &["content_changed", "changed_by_later_stamp"],
    ),
    (
        "stamped/keyword-multi.ofd",
        Invalid,
        &[Invalid, Invalid],
        &[
            "content_changed",
            "signature_raw",
            "issuer_not_trusted",
            "stamp_signature_ok",
        ],
    ),
    (
        "stamped/gen-v1_whole.ofd",
        Valid,
        &[Valid],
        &["time_without_zone", "closed_to_further_stamps"],
    ),
    (
        "stamped/gen-v4_then_v1_multi.ofd",
        Valid,
        &[Valid, Valid],
        &[],
    ),
    (
        "stamped/gen-v4_v1_v5_multi_locked.ofd",
        Invalid,
        &[Valid, Valid, Invalid],
        &["seal_not_yet_valid_at_stamping"],
    ),
    ("stamped/gen-v4_seam_right_7pages.ofd", Valid, &[Valid], &[]),
    // The README calls its signer the pinned one; it is another certificate of the same name (serial 017AF20E3374),
    // and it began only after the signature.
    (
        "stamped/gen-gbt35275.ofd",
        Undetermined,
        &[Undetermined],
        &[
            "stamp_signature_ok",
            "data_hash_ok",
            "references_ok",
            "issuer_not_trusted",
            "no_seal",
        ],
    ),
    (
        "stamped/cms-35275-two.ofd",
        Undetermined,
        &[Undetermined, Undetermined],
        &["stamp_signature_ok", "data_hash_ok", "issuer_not_trusted"],
    ),
    (
        "attacks/good-closed.ofd",
        Valid,
        &[Valid],
        &["closed_to_further_stamps", "coverage_ok"],
    ),
    (
        "attacks/good-open.ofd",
        Valid,
        &[Valid],
        &["open_to_further_stamps", "coverage_ok"],
    ),
    (
        "attacks/good-raw-signature.ofd",
        Valid,
        &[Valid],
        &["signature_raw"],
    ),
    ("attacks/good-rezipped.ofd", Valid, &[Valid], &[]),
    // Its maker is not in the trust; with the maker it is valid: see below.
    (
        "attacks/good-cert-digest-list.ofd",
        Undetermined,
        &[Undetermined],
        &["signer_in_cert_list", "issuer_not_trusted"],
    ),
    (
        "attacks/page-modified.ofd",
        Invalid,
        &[Invalid],
        &["content_changed"],
    ),
    (
        "attacks/extra-files.ofd",
        Valid,
        &[Valid],
        &["unreferenced_files"],
    ),
    (
        "attacks/duplicate-entry.ofd",
        Invalid,
        &[Invalid],
        &["duplicate_entry"],
    ),
    (
        "attacks/header-disagreement.ofd",
        Invalid,
        &[Invalid],
        &["header_disagreement"],
    ),
    (
        "attacks/path-traversal.ofd",
        Invalid,
        &[Invalid],
        &["path_traversal"],
    ),
    ("attacks/doctype.ofd", Invalid, &[Invalid], &["xml_doctype"]),
    (
        "attacks/signatures-pointer-removed.ofd",
        Invalid,
        &[Invalid],
        &["signature_not_referred"],
    ),
    (
        "attacks/signer-not-in-cert-list.ofd",
        Invalid,
        &[Invalid],
        &["signer_not_in_cert_list"],
    ),
    (
        "attacks/maker-signature-garbage.ofd",
        Invalid,
        &[Invalid],
        &["maker_signature_wrong"],
    ),
    (
        "attacks/self-made-authority.ofd",
        Undetermined,
        &[Undetermined],
        &["issuer_not_trusted"],
    ),
    (
        "attacks/expired-at-stamping.ofd",
        Invalid,
        &[Invalid],
        &[
            "certificate_expired_at_stamping",
            "seal_expired_at_stamping",
        ],
    ),
    (
        "attacks/one-file-protected.ofd",
        Invalid,
        &[Invalid],
        &["rendered_content_not_covered"],
    ),
    (
        "attacks/md5-references.ofd",
        Invalid,
        &[Invalid],
        &["weak_digest"],
    ),
    (
        "attacks/property-info-wrong.ofd",
        Invalid,
        &[Invalid],
        &["property_info_wrong"],
    ),
    (
        "attacks/unsigned-element-in-tbs.ofd",
        Invalid,
        &[Invalid],
        &["unknown_element"],
    ),
    (
        "attacks/docroot-switched.ofd",
        Invalid,
        &[Invalid],
        &["docroot_switched", "rendered_content_not_covered"],
    ),
    (
        "attacks/overlay-by-second-seal.ofd",
        Undetermined,
        &[Valid, Undetermined],
        &["content_overlaid", "issuer_not_trusted"],
    ),
];

/// Steps that every stamp with a seal has, whatever the others found.
const STEPS: [&str; 10] = ["V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10"];

#[test]
fn every_file_has_the_verdict_of_the_table() {
    if interop().is_none() {
        return;
    }
    let trust = trust();
    assert_eq!(
        (trust.pinned().len(), trust.anchors().len()),
        (2, 0),
        "the test root is no proper CA"
    );
    let mut wrong = Vec::new();
    for (name, verdict, stamps, codes) in TABLE {
        let Some(bytes) = sample(name) else { return };
        let report = verify_at(&bytes, name, &trust, THEN);
        let missing: Vec<_> = codes.iter().filter(|code| !report.has(code)).collect();
        if report.verdict != *verdict || verdicts(&report) != *stamps || !missing.is_empty() {
            wrong.push(format!("{name}: {} missing {missing:?}", told(&report)));
        }
        for stamp in &report.stamps {
            let steps: Vec<&str> = stamp.steps.iter().map(|step| step.id).collect();
            match stamp.kind {
                StampKind::Stamp => assert_eq!(steps, STEPS, "{name}"),
                _ => assert_eq!(steps, ["V1", "V2", "V5", "V6", "V7", "V8", "V9"], "{name}"),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_every_sample() {
    let Some(root) = interop() else { return };
    for folder in ["stamped", "attacks"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy());
            assert!(
                TABLE.iter().any(|line| line.0 == name),
                "{name} is not in the table"
            );
        }
    }
}

#[test]
fn without_trust_nothing_is_valid_and_right_files_are_undetermined_for_want_of_trust() {
    let nobody = TrustStore::new();
    for (name, verdict, ..) in TABLE {
        let Some(bytes) = sample(name) else { return };
        let report = verify_at(&bytes, name, &nobody, THEN);
        assert_ne!(report.verdict, Valid, "{name}");
        assert!(
            report.has("issuer_not_trusted"),
            "{name}: {}",
            told(&report)
        );
        if *verdict != Invalid {
            assert_eq!(report.verdict, Undetermined, "{name}: {}", told(&report));
        }
    }
}

#[test]
fn today_good_files_are_neither_valid_nor_called_forged() {
    let trust = trust();
    for (name, verdict, stamps, _) in TABLE {
        let Some(bytes) = sample(name) else { return };
        let report = verify_at(&bytes, name, &trust, LATER);
        assert_ne!(report.verdict, Valid, "{name}");
        if *verdict == Valid && !stamps.is_empty() {
            assert_eq!(report.verdict, Undetermined, "{name}: {}", told(&report));
            assert!(
                report.has("certificate_expired_without_timestamp"),
                "{name}"
            );
        }
    }
}

#[test]
fn a_certificate_list_by_digests_is_valid_once_its_maker_is_trusted() {
    let name = "attacks/good-cert-digest-list.ofd";
    let Some(bytes) = sample(name) else { return };
    let without = verify_at(&bytes, name, &trust(), THEN);
    assert_eq!(without.verdict, Undetermined);
    let package = ofd::Ofd::open(&bytes, ofd::package::Limits::default()).unwrap();
    let value = package
        .package()
        .read("Doc_0/Signs/Sign_0/SignedValue.dat")
        .unwrap();
    let stamp = seal::Stamp::parse(&value).unwrap();
    let mut trust = trust();
    let maker = pki::Certificate::from_der(&stamp.seal.maker_certificate).unwrap();
    trust.add_certificate(maker).unwrap();
    let report = verify_at(&bytes, name, &trust, THEN);
    assert_eq!(report.verdict, Valid, "{}", told(&report));
    assert!(report.has("maker_certificate_later_than_seal"));
    assert!(
        report.has("picture_broken"),
        "a picture of four bytes is told"
    );
}

#[test]
fn unstamped_documents_say_so() {
    let Some(root) = interop() else { return };
    for entry in std::fs::read_dir(root.join("ofd")).unwrap() {
        let path = entry.unwrap().path();
        let report = verify_at(&std::fs::read(&path).unwrap(), "x.ofd", &trust(), THEN);
        assert_eq!(
            (report.verdict, report.format),
            (Undetermined, Format::Ofd),
            "{}",
            path.display()
        );
        assert!(report.has("no_signature"), "{}", path.display());
        assert_eq!(
            report.sentence,
            "未盖章：文件中没有电子印章，也没有数字签名"
        );
    }
}

#[test]
fn files_of_other_kinds_are_never_valid() {
    let trust = trust();
    let said = |bytes: &[u8], name: &str| {
        let report = verify_at(bytes, name, &trust, THEN);
        (
            report.verdict,
            report.findings.first().map(|finding| finding.code),
        )
    };
    if let Some(pdf) = sample("pdf/ff.pdf") {
        assert_eq!(
            said(&pdf, "ff.pdf"),
            (Undetermined, Some("pdf_not_supported"))
        );
    }
    assert_eq!(said(b"", "empty"), (Undetermined, Some("format_unknown")));
    assert_eq!(
        said(b"hello", "hello.txt"),
        (Undetermined, Some("format_unknown"))
    );
    assert_eq!(
        said(b"PK\x03\x04hello", "x.ofd"),
        (Undetermined, Some("not_ofd"))
    );
    assert_eq!(said(&[0x30, 0x03, 1, 2, 3], "x.esl").0, Invalid);
    assert_eq!(said(b"hello", "x.esl").0, Invalid);
}

#[test]
fn changed_content_is_named_first() {
    let Some(bytes) = sample("attacks/page-modified.ofd") else {
        return;
    };
    let report = verify_at(&bytes, "page-modified.ofd", &trust(), THEN);
    assert_eq!(report.sentence, "无效：第 1 页内容在盖章后被改动");
    let changed = &report.stamps[0].changed[0];
    assert_eq!(
        (changed.entry.as_str(), changed.page),
        ("Doc_0/Pages/Page_0/Content.xml", Some(1))
    );
}

#[test]
fn the_land_offices_edited_document_names_the_three_changed_files() {
    let Some(bytes) = sample("stamped/keyword-multi.ofd") else {
        return;
    };
    let report = verify_at(&bytes, "keyword-multi.ofd", &trust(), THEN);
    for stamp in &report.stamps {
        let changed: Vec<&str> = stamp
            .changed
            .iter()
            .map(|file| file.entry.as_str())
            .collect();
        assert_eq!(
            changed,
            [
                "OFD.xml",
                "Doc_0/Document.xml",
                "Doc_0/Pages/Page_0/Content.xml"
            ]
        );
    }
}

#[test]
fn the_report_has_what_a_page_needs_to_draw_the_stamp() {
    let Some(bytes) = sample("stamped/seam-v4.ofd") else {
        return;
    };
    let report = verify_at(&bytes, "seam-v4.ofd", &trust(), THEN);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["verdict"], "valid");
    assert_eq!(json["file"], "seam-v4.ofd");
    let stamp = &json["stamps"][0];
    assert_eq!(stamp["seal"]["name"], "OFD R&W 测试用印章");
    assert_eq!(stamp["seal"]["version"], "v4");
    assert_eq!(stamp["seal"]["width_mm"], 40.0);
    assert_eq!(stamp["seal"]["picture"]["mime"], "image/png");
    assert_eq!(stamp["pages"].as_array().unwrap().len(), 5);
    assert_eq!(stamp["pages"][1]["page"], 2);
    assert_eq!(stamp["pages"][1]["clip"]["x"], 8.0);
    assert_eq!(stamp["time_source"], "claimed");
    assert_eq!(json["pages"].as_array().unwrap().len(), 5);
    assert!(
        json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|finding| finding["code"].is_string())
    );
}
