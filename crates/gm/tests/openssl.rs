//! Keys and signatures go both ways between this crate and the `openssl` command.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests stop at surprises and say what they skip"
)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use gm::{PrivateKey, PublicKey, Signature, Signer, sm3};

const DISTID: &str = "distid:1234567812345678";

fn openssl(args: &[&str], dir: &Path) -> Output {
    Command::new("openssl")
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap()
}

/// A folder to work in, or nothing (said aloud) where there is no `openssl` with SM2.
fn workbench() -> Option<tempfile::TempDir> {
    let dir = tempfile::tempdir().unwrap();
    let probe = Command::new("openssl")
        .args(["genpkey", "-algorithm", "SM2", "-out", "theirs.pem"])
        .current_dir(dir.path())
        .output();
    if probe.is_ok_and(|out| out.status.success()) {
        return Some(dir);
    }
    eprintln!("skipped: no openssl with SM2 on the path");
    None
}

#[test]
fn openssl_verifies_our_signature_under_our_key() {
    let Some(dir) = workbench() else { return };
    let key = PrivateKey::generate();
    fs::write(dir.path().join("key.pem"), key.to_pkcs8_pem().as_bytes()).unwrap();
    fs::write(dir.path().join("key.der"), key.public_key().to_spki_der()).unwrap();
    fs::write(dir.path().join("message"), "福建省经济信息中心").unwrap();
    let signature = key.sign("福建省经济信息中心".as_bytes()).unwrap();
    fs::write(dir.path().join("signature"), signature.to_der()).unwrap();

    for key in [
        &["-inkey", "key.pem"][..],
        &["-pubin", "-keyform", "DER", "-inkey", "key.der"],
    ] {
        let mut args = vec![
            "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-in", "message",
        ];
        args.extend(["-sigfile", "signature", "-pkeyopt", DISTID]);
        args.extend(key);
        let out = openssl(&args, dir.path());
        assert!(out.status.success(), "{out:?}");
    }
}

#[test]
fn we_verify_openssls_signature_under_its_key() {
    let Some(dir) = workbench() else { return };
    fs::write(dir.path().join("message"), "印章").unwrap();
    let key = openssl(&["pkey", "-in", "theirs.pem", "-pubout"], dir.path());
    let key = PublicKey::from_spki_pem(&String::from_utf8(key.stdout).unwrap()).unwrap();
    let private = fs::read_to_string(dir.path().join("theirs.pem")).unwrap();
    assert_eq!(
        PrivateKey::from_pkcs8_pem(&private).unwrap().public_key(),
        &key
    );

    let mut args = vec![
        "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-in", "message",
    ];
    args.extend([
        "-inkey",
        "theirs.pem",
        "-out",
        "signature",
        "-pkeyopt",
        DISTID,
    ]);
    let out = openssl(&args, dir.path());
    assert!(out.status.success(), "{out:?}");
    let signature = fs::read(dir.path().join("signature")).unwrap();
    let signature = Signature::from_der(&signature).unwrap();
    assert_eq!(key.verify("印章".as_bytes(), &signature), Ok(()));
    assert!(key.verify(b"other", &signature).is_err());
}

#[test]
fn openssl_computes_the_same_digest() {
    let Some(dir) = workbench() else { return };
    let data: Vec<u8> = (0..100_000u32).map(|n| n as u8).collect();
    fs::write(dir.path().join("data"), &data).unwrap();
    let out = openssl(&["dgst", "-sm3", "-binary", "data"], dir.path());
    assert_eq!(out.stdout, sm3(&data));
}
