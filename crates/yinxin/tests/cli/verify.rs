//! `yinxin verify` on files of other products and forged ones.

use std::fs;

use crate::run::{interop, yinxin};

/// File, verdict, and a finding that must be told (from the README of the samples).
const EXPECTED: [(&str, &str, &str); 19] = [
    ("attacks/good-closed.ofd", "valid", ""),
    ("attacks/good-open.ofd", "valid", ""),
    ("attacks/good-raw-signature.ofd", "valid", ""),
    ("attacks/good-rezipped.ofd", "valid", ""),
    ("attacks/extra-files.ofd", "valid", ""),
    ("attacks/page-modified.ofd", "invalid", "content_changed"),
    ("attacks/duplicate-entry.ofd", "invalid", "duplicate_entry"),
    (
        "attacks/header-disagreement.ofd",
        "invalid",
        "header_disagreement",
    ),
    ("attacks/path-traversal.ofd", "invalid", "path_traversal"),
    ("attacks/doctype.ofd", "invalid", "xml_doctype"),
    (
        "attacks/maker-signature-garbage.ofd",
        "invalid",
        "maker_signature_wrong",
    ),
    (
        "attacks/self-made-authority.ofd",
        "undetermined",
        "issuer_not_trusted",
    ),
    ("attacks/md5-references.ofd", "invalid", "weak_digest"),
    (
        "attacks/property-info-wrong.ofd",
        "invalid",
        "property_info_wrong",
    ),
    (
        "attacks/expired-at-stamping.ofd",
        "invalid",
        "certificate_expired_at_stamping",
    ),
    ("stamped/gen-v1_whole.ofd", "valid", ""),
    ("stamped/gen-v4_seam_right_7pages.ofd", "valid", ""),
    (
        "stamped/tax-zhejiang.ofd",
        "undetermined",
        "issuer_not_trusted",
    ),
    ("stamped/h.ofd", "invalid", "content_changed"),
];

fn code_of(verdict: &str) -> i32 {
    match verdict {
        "valid" => 0,
        "invalid" => 1,
        _ => 2,
    }
}

#[test]
fn verdict_and_exit_code_agree_with_the_samples() {
    let Some(interop) = interop() else { return };
    let trust = interop.join("trust");
    for (file, verdict, finding) in EXPECTED {
        let path = interop.join(file);
        let (path, trust) = (path.to_str().unwrap(), trust.to_str().unwrap());
        let ran = yinxin(&[
            "verify",
            "--json",
            "--at",
            "2021-06-01",
            "--trust",
            trust,
            path,
        ]);
        let report = ran.json();
        assert_eq!(report["verdict"], verdict, "{file}: {}", report["sentence"]);
        assert_eq!(ran.code, code_of(verdict), "{file}");
        assert_eq!(report["file"], path);
        let findings = report["findings"].as_array().unwrap();
        assert!(
            findings
                .iter()
                .all(|f| f["code"].as_str().is_some_and(|c| !c.is_empty()))
        );
        assert!(
            finding.is_empty() || findings.iter().any(|f| f["code"] == finding),
            "{file}"
        );
    }
}

#[test]
fn several_files_are_an_array_and_the_worst_decides() {
    let Some(interop) = interop() else { return };
    let place = |file: &str| interop.join(file).to_str().unwrap().to_owned();
    let trust = place("trust");
    let base = [
        "verify",
        "--json",
        "--at",
        "2021-06-01",
        "--trust",
        trust.as_str(),
    ];
    let good = place("attacks/good-closed.ofd");
    let open = place("stamped/tax-zhejiang.ofd");
    let bad = place("attacks/page-modified.ofd");
    for (files, code) in [
        (vec![&good, &good], 0),
        (vec![&good, &open], 2),
        (vec![&open, &bad, &good], 1),
    ] {
        let arguments: Vec<&str> = base
            .into_iter()
            .chain(files.iter().map(|f| f.as_str()))
            .collect();
        let ran = yinxin(&arguments);
        assert_eq!(ran.code, code);
        assert_eq!(ran.json().as_array().unwrap().len(), files.len());
    }
    // A folder is several files, too, and what is no document in it is passed over.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::copy(&good, folder.path().join("sub/a.OFD")).unwrap();
    fs::write(folder.path().join("notes.txt"), "hello").unwrap();
    let mut arguments = base.to_vec();
    arguments.push(folder.path().to_str().unwrap());
    let ran = yinxin(&arguments);
    assert_eq!((ran.code, ran.json().as_array().unwrap().len()), (0, 1));
}

#[test]
fn people_read_the_sentence_first_in_eighty_columns() {
    let Some(interop) = interop() else { return };
    let place = |file: &str| interop.join(file).to_str().unwrap().to_owned();
    let (file, trust) = (place("attacks/page-modified.ofd"), place("trust"));
    let ran = yinxin(&[
        "verify",
        "--at",
        "2021-06-01 00:00",
        "--trust",
        &trust,
        &file,
    ]);
    let sentence = ran.out.lines().find(|line| line.starts_with('✗')).unwrap();
    assert!(
        sentence.contains("无效：第 1 页内容在盖章后被改动"),
        "{sentence}"
    );
    assert!(ran.out.contains("✗ V7") && ran.out.contains("✓ V2"));
    for line in ran.out.lines() {
        let wide = line.chars().filter(|c| *c >= '\u{2e80}').count();
        assert!(line.chars().count() + wide <= 82, "{line}");
    }
}

#[test]
fn what_cannot_be_read_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.ofd");
    let ran = yinxin(&["verify".as_ref(), missing.as_os_str()]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("file_unreadable"), "{}", ran.err);
    let ran = yinxin(&["verify".as_ref(), folder.path().as_os_str()]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("folder_empty"), "{}", ran.err);
    let file = folder.path().join("a.ofd");
    fs::write(&file, "hello").unwrap();
    let ran = yinxin(&[
        "verify",
        "--trust",
        "/nowhere/at/all",
        file.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 3);
    // One that can be read beside one that cannot: it is told, and the exit code is no verdict.
    let ran = yinxin(&[
        "verify",
        "--json",
        file.to_str().unwrap(),
        missing.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()[0]["verdict"], "undetermined");
}

#[test]
fn a_wrong_command_line_is_no_verdict() {
    for arguments in [
        &["verify"][..],
        &["verify", "--at", "gestern", "x"],
        &["verifizieren"],
        &[],
    ] {
        assert_eq!(yinxin(arguments).code, 64, "{arguments:?}");
    }
    assert_eq!(yinxin(&["--version"]).code, 0);
    assert_eq!(yinxin(&["verify", "--help"]).code, 0);
}

#[test]
fn a_file_that_is_none_of_ours_is_undetermined() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("a.txt", &b"hello"[..]),
        ("b.ofd", b""),
        ("c.pdf", b"%PDF-1.7"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let ran = yinxin(&["verify".as_ref(), "--json".as_ref(), file.as_os_str()]);
        assert_eq!(
            (ran.code, &ran.json()["verdict"]),
            (2, &"undetermined".into()),
            "{name}"
        );
    }
}
