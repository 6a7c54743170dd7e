//! `yinxin inspect` on everything that it knows.

use std::fs;

use crate::run::{interop, yinxin};

#[test]
fn every_kind_of_file_is_recognised() {
    let Some(interop) = interop() else { return };
    for (file, kind, standard) in [
        ("seals/UserV1.esl", "seal", "GM/T 0031-2014"),
        ("seals/UserV4.esl", "seal", "GB/T 38540-2020"),
        ("seals/UserV5.esl", "seal", "GM/T 0031-2025"),
        ("seals/SESealData.DER", "seal", "GB/T 38540-2020"),
        ("seals/USER.p12", "pkcs12", ""),
        ("trust/ofdrw-maker.pem", "certificate", ""),
        ("stamped/h.ofd", "ofd", ""),
        ("stamped/cms-35275-two.ofd", "ofd", ""),
        ("attacks/doctype.ofd", "ofd", ""),
    ] {
        let path = interop.join(file);
        let ran = yinxin(&["inspect".as_ref(), "--json".as_ref(), path.as_os_str()]);
        assert_eq!(ran.code, 0, "{file}: {}", ran.err);
        let sheet = ran.json();
        assert_eq!(sheet["kind"], kind, "{file}");
        if !standard.is_empty() {
            assert_eq!(sheet["version"], standard, "{file}");
        }
        let ran = yinxin(&["inspect".as_ref(), path.as_os_str()]);
        assert!(ran.out.starts_with('【'), "{file}: {}", ran.out);
    }
}

#[test]
fn a_stamped_document_tells_what_each_signature_protects() {
    let Some(interop) = interop() else { return };
    let path = interop.join("stamped/h.ofd");
    let sheet = yinxin(&["inspect".as_ref(), "--json".as_ref(), path.as_os_str()]).json();
    assert_eq!(sheet["signature_count"], 2);
    let parts = sheet["parts"].as_array().unwrap();
    assert!(
        parts
            .iter()
            .all(|part| !part["protected"].as_array().unwrap().is_empty())
    );
    assert_eq!(parts[0]["parts"][0]["kind"], "stamp");
}

#[test]
fn requests_and_keys_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let key = gm::PrivateKey::generate();
    let subject = pki::Name::china("某单位", "签章服务器").unwrap();
    let request = pki::request::build(&subject, &key).unwrap();
    let crooked = {
        let mut bytes = request.clone();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        bytes
    };
    for (name, bytes, kind, text) in [
        ("a.p10", request, "request", "无"),
        ("b.p10", crooked, "request", "p10_signature_invalid"),
        (
            "c.pem",
            key.to_pkcs8_pem().as_bytes().to_vec(),
            "private_key",
            "私钥",
        ),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let ran = yinxin(&["inspect".as_ref(), "--json".as_ref(), file.as_os_str()]);
        assert_eq!(ran.json()["kind"], kind, "{name}");
        let ran = yinxin(&["inspect".as_ref(), file.as_os_str()]);
        assert!(ran.out.contains(text), "{name}: {}", ran.out);
    }
    let file = folder.path().join("d.bin");
    fs::write(&file, [0x30, 0x03, 1, 2, 3]).unwrap();
    let ran = yinxin(&["inspect".as_ref(), file.as_os_str()]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("format_unknown"), "{}", ran.err);
}
