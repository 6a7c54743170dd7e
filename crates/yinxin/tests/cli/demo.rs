//! `yinxin demo`: the whole journey, and that everything it leaves is what it says.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::run::{Ran, interop, yinxin};

fn demo(arguments: &[&str]) -> (tempfile::TempDir, PathBuf, Ran) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut all = vec!["demo", "--out", out.to_str().unwrap()];
    all.extend(arguments);
    let ran = yinxin(&all);
    (folder, out, ran)
}

fn verify(out: &Path, file: &str, trust: Option<&str>) -> Ran {
    let file = out.join(file);
    let mut arguments = vec![
        "verify".to_owned(),
        "--json".to_owned(),
        file.display().to_string(),
    ];
    if let Some(trust) = trust {
        arguments.extend(["--trust".to_owned(), out.join(trust).display().to_string()]);
    }
    yinxin(&arguments)
}

#[test]
fn the_whole_journey_leaves_everything_and_it_verifies() {
    let (_folder, out, ran) = demo(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("12. 验章：有效"), "{}", ran.out);
    for file in [
        "seal.esl",
        "seal.png",
        "seals.crl",
        "original.ofd",
        "stamped.ofd",
        "report.json",
        "status.json",
        "ledger-proof.json",
        "ledger-key.pem",
        "README.txt",
        "certificates/chain.pem",
        "certificates/maker.pem",
        "trust/root.pem",
        "trust/issuing.pem",
        "trust/seals.crl",
        "trust/root.crl",
    ] {
        assert!(fs::metadata(out.join(file)).unwrap().len() > 0, "{file}");
    }
    // The same engine, outside of the platform, with the trust beside it.
    for trust in ["trust", ""] {
        let ran = verify(&out, "stamped.ofd", Some(trust));
        assert_eq!(ran.code, 0, "{}", ran.json()["sentence"]);
    }
    assert_eq!(verify(&out, "seal.esl", Some("trust")).code, 0);
    // Whom nobody trusts, nobody can judge; what nobody stamped, too.
    assert_eq!(verify(&out, "stamped.ofd", None).code, 2);
    assert_eq!(verify(&out, "original.ofd", Some("trust")).code, 2);

    let report: serde_json::Value = read_json(&out.join("report.json"));
    assert_eq!(report["verdict"], "valid");
    let status: serde_json::Value = read_json(&out.join("status.json"));
    assert_eq!(status["state_now_name"], "有效");

    for file in [
        "seal.esl",
        "stamped.ofd",
        "seals.crl",
        "certificates/chain.pem",
    ] {
        let shown = yinxin(&["inspect", out.join(file).to_str().unwrap()]);
        assert_eq!(shown.code, 0, "{file}: {}", shown.err);
    }

    // A changed byte in a page.
    fs::write(
        out.join("changed.ofd"),
        altered(&fs::read(out.join("stamped.ofd")).unwrap()),
    )
    .unwrap();
    let changed = verify(&out, "changed.ofd", Some("trust"));
    assert_eq!(changed.code, 1);
    assert!(changed.out.contains("Content.xml"), "{}", changed.out);

    the_proof_holds(&out);
    let again = yinxin(&["demo", "--out", out.to_str().unwrap()]);
    assert_eq!(again.code, 3);
    assert!(again.err.contains("out_not_empty"), "{}", again.err);
}

fn the_proof_holds(out: &Path) {
    let proof = out.join("ledger-proof.json");
    let key = out.join("ledger-key.pem");
    let check = |proof: &Path| {
        yinxin(&[
            "ledger".as_ref(),
            "verify".as_ref(),
            proof.as_os_str(),
            "--key".as_ref(),
            key.as_os_str(),
        ])
    };
    let held = check(&proof);
    assert_eq!(held.code, 0, "{}", held.err);
    assert!(held.out.contains("seal.active"), "{}", held.out);
    let forged = fs::read_to_string(&proof)
        .unwrap()
        .replace("seal.active", "seal.cancelled");
    let path = out.join("forged.json");
    fs::write(&path, forged).unwrap();
    assert_eq!(check(&path).code, 1);
    fs::write(&path, "{}").unwrap();
    assert_eq!(check(&path).code, 3);
}

#[test]
fn a_document_of_another_product_is_stamped() {
    let Some(interop) = interop() else { return };
    for name in [
        "helloworld.ofd",
        "invoice-unsigned.ofd",
        "namespace-no-std.ofd",
    ] {
        let given = interop.join("ofd").join(name);
        let (_folder, out, ran) = demo(&["--ofd", given.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        assert_eq!(verify(&out, "stamped.ofd", Some("trust")).code, 0, "{name}");
    }
}

fn read_json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The document with one character of its page changed.
fn altered(package: &[u8]) -> Vec<u8> {
    let mut read = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut write = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..read.len() {
        let mut entry = read.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name.ends_with("Content.xml") {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("准予"));
            bytes = text.replace("准予", "不予").into_bytes();
        }
        write
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        write.write_all(&bytes).unwrap();
    }
    write.finish().unwrap().into_inner()
}
