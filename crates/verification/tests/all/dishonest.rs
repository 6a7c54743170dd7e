//! Stamps whose holder cheats with a right key: everything is signed properly, and what is signed says too little.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gm::Signer;
use pki::Outcome;
use seal::{Stamp, StampInfo, Version, assemble_stamp};
use verification::Report;

use crate::common::{THEN, sample, told, verify_at};
use crate::flips::{files_of, rezipped};
use crate::made_here::{Office, SOON, check, stamped_at};

type Files = Vec<(String, Vec<u8>)>;

/// Stamps a document, then lets `edit` change the files and signs the stamp anew.
fn cheated(name: &str, edit: &dyn Fn(&mut Files)) -> Option<Report> {
    let office = Office::new();
    let (stamped, _) = office.stamp(&sample(name)?, office.seal(Version::V4), true);
    let mut files = files_of(&stamped);
    edit(&mut files);
    let description = text_of(&files, "Signature.xml").into_bytes();
    let value = files
        .iter_mut()
        .find(|(file, _)| file.ends_with("SignedValue.dat"))
        .unwrap();
    let stamp = Stamp::parse(&value.1).unwrap();
    let tbs = StampInfo {
        seal: stamp.seal.der().to_vec(),
        time: stamped_at(),
        data_hash: gm::sm3(&description),
        property_info: stamp.property_info.clone(),
        extensions: Vec::new(),
    }
    .tbs()
    .unwrap();
    let signature = office.holder_key.sign(&tbs).unwrap();
    value.1 = assemble_stamp(&tbs, office.holder.der(), &signature, None).unwrap();
    Some(check(
        &rezipped(&files, None),
        name,
        &office.trust(&[]),
        SOON,
    ))
}

fn text_of(files: &Files, ending: &str) -> String {
    let (_, bytes) = files
        .iter()
        .find(|(file, _)| file.ends_with(ending))
        .unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

fn replace(files: &mut Files, ending: &str, from: &str, to: &str) {
    let text = text_of(files, ending);
    assert!(text.contains(from), "{text}");
    let (_, bytes) = files
        .iter_mut()
        .find(|(file, _)| file.ends_with(ending))
        .unwrap();
    *bytes = text.replacen(from, to, 1).into_bytes();
}

/// Writes the present digest of a file into the description.
fn digest_anew(files: &mut Files, path: &str) {
    let (_, content) = files.iter().find(|(file, _)| file == path).unwrap();
    let sum = STANDARD.encode(gm::sm3(content));
    let text = text_of(files, "Signature.xml");
    let start = text.find(&format!("{path}\"")).unwrap();
    let from = start + text[start..].find("CheckValue>").unwrap() + "CheckValue>".len();
    let to = from + text[from..].find('<').unwrap();
    let old = text[from..to].to_owned();
    replace(files, "Signature.xml", &old, &sum);
}

#[test]
fn nothing_but_the_new_signature_is_still_valid() {
    let Some(report) = cheated("ofd/helloworld.ofd", &|_| {}) else {
        return;
    };
    assert_eq!(report.verdict, Outcome::Valid, "{}", told(&report));
}

#[test]
fn a_stamp_that_protects_nothing_is_invalid() {
    let Some(report) = cheated("ofd/helloworld.ofd", &|files| {
        let text = text_of(files, "Signature.xml");
        let start = text.find("References").unwrap();
        let from = start + text[start..].find('>').unwrap() + 1;
        let to = text.rfind("References>").unwrap();
        let to = text[..to].rfind('<').unwrap();
        let inner = text[from..to].to_owned();
        replace(files, "Signature.xml", &inner, "");
    }) else {
        return;
    };
    assert_eq!(report.verdict, Outcome::Invalid, "{}", told(&report));
    assert!(report.has("no_references") && report.has("rendered_content_not_covered"));
}

#[test]
fn a_page_left_out_of_the_protection_is_invalid() {
    let Some(report) = cheated("ofd/seven-pages.ofd", &|files| {
        let text = text_of(files, "Signature.xml");
        let path = text.find("Page_3/Content.xml").unwrap();
        let start = text[..path].rfind('<').unwrap();
        let end = path + text[path..].find("Reference>").unwrap() + "Reference>".len();
        let reference = text[start..end].to_owned();
        replace(files, "Signature.xml", &reference, "");
    }) else {
        return;
    };
    assert_eq!(report.verdict, Outcome::Invalid, "{}", told(&report));
    let uncovered = &report.stamps[0].coverage.as_ref().unwrap().uncovered;
    assert!(
        uncovered
            .iter()
            .any(|file| file.rendered && file.entry.ends_with("Page_3/Content.xml"))
    );
    assert!(
        report
            .sentence
            .contains("页内容会显示在页面上，却不受印章保护"),
        "{}",
        report.sentence
    );
}

#[test]
fn weak_and_unknown_digests_are_never_valid() {
    for (method, verdict, code) in [
        ("SHA1", Outcome::Invalid, "weak_digest"),
        ("MD5", Outcome::Invalid, "weak_digest"),
        ("", Outcome::Invalid, "weak_digest"),
        ("CRC32", Outcome::Undetermined, "digest_unknown"),
    ] {
        let Some(report) = cheated("ofd/helloworld.ofd", &|files| {
            let text = text_of(files, "Signature.xml");
            let from = text.find("CheckMethod=\"").unwrap();
            let to = from + text[from + 13..].find('"').unwrap() + 14;
            let old = text[from..to].to_owned();
            replace(
                files,
                "Signature.xml",
                &old,
                &format!("CheckMethod=\"{method}\""),
            );
        }) else {
            return;
        };
        assert_eq!(report.verdict, verdict, "{method}: {}", told(&report));
        assert!(report.has(code), "{method}: {}", told(&report));
    }
}

#[test]
fn a_second_document_in_the_file_must_be_protected_too() {
    let Some(report) = cheated("ofd/helloworld.ofd", &|files| {
        let body = text_of(files, "OFD.xml");
        let start = body.find("<ofd:DocBody>").unwrap();
        let end = body.find("</ofd:DocBody>").unwrap() + "</ofd:DocBody>".len();
        let second = body[start..end].replace("Doc_0/Document.xml", "Doc_7/Document.xml");
        let list = second.find("<ofd:Signatures>").unwrap();
        let list_end = second.find("</ofd:Signatures>").unwrap() + "</ofd:Signatures>".len();
        let second = format!("{}{}", &second[..list], &second[list_end..]);
        replace(
            files,
            "OFD.xml",
            "</ofd:DocBody>",
            &format!("</ofd:DocBody>{second}"),
        );
        digest_anew(files, "OFD.xml");
        let document = text_of(files, "Doc_0/Document.xml");
        files.push(("Doc_7/Document.xml".to_owned(), document.into_bytes()));
    }) else {
        return;
    };
    assert_eq!(report.verdict, Outcome::Invalid, "{}", told(&report));
    assert!(report.has("several_documents") && report.has("rendered_content_not_covered"));
}

#[test]
fn annotations_put_in_afterwards_leave_it_open() {
    let Some(report) = cheated("ofd/helloworld.ofd", &|files| {
        let annotations =
            "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations></ofd:Document>";
        replace(files, "Doc_0/Document.xml", "</ofd:Document>", annotations);
        digest_anew(files, "Doc_0/Document.xml");
        let list = r#"<?xml version="1.0" encoding="UTF-8"?><ofd:Annotations xmlns:ofd="http://www.ofdspec.org/2016"></ofd:Annotations>"#;
        files.push((
            "Doc_0/Annots/Annotations.xml".to_owned(),
            list.as_bytes().to_vec(),
        ));
    }) else {
        return;
    };
    assert_eq!(report.verdict, Outcome::Undetermined, "{}", told(&report));
    assert!(report.has("rendered_content_not_covered"));
}

#[test]
fn a_description_that_says_things_twice_is_invalid() {
    let Some(report) = cheated("ofd/helloworld.ofd", &|files| {
        let text = text_of(files, "Signature.xml");
        let (start, end) = (
            text.find("<ofd:References").unwrap(),
            text.rfind("</ofd:References>").unwrap(),
        );
        let references = text[start..end + "</ofd:References>".len()].to_owned();
        replace(
            files,
            "Signature.xml",
            &references,
            &format!("{references}{references}"),
        );
    }) else {
        return;
    };
    assert_eq!(report.verdict, Outcome::Invalid, "{}", told(&report));
    assert!(report.has("signature_element_repeated"));
}

#[test]
fn a_stamp_taken_from_another_document_is_invalid() {
    let office = Office::new();
    let (Some(first), Some(second)) = (sample("ofd/helloworld.ofd"), sample("ofd/keyword2.ofd"))
    else {
        return;
    };
    let (one, _) = office.stamp(&first, office.seal(Version::V4), true);
    let (two, _) = office.stamp(&second, office.seal(Version::V4), true);
    let value = |files: &Files| {
        files
            .iter()
            .find(|(file, _)| file.ends_with("SignedValue.dat"))
            .unwrap()
            .1
            .clone()
    };
    let (donor, mut files) = (files_of(&one), files_of(&two));
    let taken = value(&donor);
    files
        .iter_mut()
        .find(|(file, _)| file.ends_with("SignedValue.dat"))
        .unwrap()
        .1 = taken;
    let report = check(&rezipped(&files, None), "a.ofd", &office.trust(&[]), SOON);
    assert_eq!(report.verdict, Outcome::Invalid);
    assert!(
        report.has("data_hash_wrong") && report.has("stamp_signature_ok"),
        "{}",
        told(&report)
    );
}

#[test]
fn a_second_document_in_an_unprotected_entry_file_is_seen() {
    let Some(bytes) = sample("stamped/tax-chongqing-test.ofd") else {
        return;
    };
    let mut files = files_of(&bytes);
    let body = text_of(&files, "OFD.xml");
    let start = body.find("<ofd:DocBody>").unwrap();
    let second =
        "<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_7/Document.xml</ofd:DocRoot></ofd:DocBody>";
    let text = format!("{}{second}{}", &body[..start], &body[start..]);
    files
        .iter_mut()
        .find(|(file, _)| file == "OFD.xml")
        .unwrap()
        .1 = text.into_bytes();
    let document = text_of(&files, "Doc_0/Document.xml");
    files.push(("Doc_7/Document.xml".to_owned(), document.into_bytes()));
    let report = verify_at(
        &rezipped(&files, None),
        "a.ofd",
        &pki::TrustStore::new(),
        THEN,
    );
    assert_eq!(report.verdict, Outcome::Invalid, "{}", told(&report));
    assert!(report.has("several_documents") && report.has("rendered_content_not_covered"));
}
