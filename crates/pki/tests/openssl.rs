//! The `openssl` command reads and believes what is made here, and the other way round.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests stop at surprises and say what they skip"
)]

mod common;

use std::fs;

use common::{House, below, crl, house, openssl, workbench};
use gm::PrivateKey;
use pki::{Certificate, CertificateRequest, Crl, Name, crl::Reason, profile::Kind, request};

const DISTID: &str = "distid:1234567812345678";

#[test]
fn openssl_verifies_our_chain_link_by_link() {
    let Some(dir) = workbench() else { return };
    let dir = dir.path();
    let House { root, ca, seal, .. } = house();
    let tsa = below(&ca, Kind::Tsa, "福建省经济信息中心", "时间戳", 5);
    let maker = below(&ca, Kind::SealMaker, "福建省经济信息中心", "印章制作", 6);
    let links = [
        ("root", &root, "root", &root),
        ("root", &root, "ca", &ca),
        ("ca", &ca, "seal", &seal),
        ("ca", &ca, "tsa", &tsa),
        ("ca", &ca, "maker", &maker),
    ];
    for (issuer_file, issuer, file, party) in links {
        fs::write(dir.join(issuer_file), issuer.certificate.pem()).unwrap();
        fs::write(dir.join(file), party.certificate.pem()).unwrap();
        let mut args = vec![
            "verify",
            "-partial_chain",
            "-vfyopt",
            DISTID,
            "-x509_strict",
        ];
        args.extend(["-attime", "1780000000", "-trusted", issuer_file, file]);
        let (ok, text) = openssl(dir, &args);
        assert!(ok, "{file}: {text}");
    }
}

#[test]
fn openssl_shows_a_seal_certificate_as_it_is_meant() {
    let Some(dir) = workbench() else { return };
    let House { seal, .. } = house();
    fs::write(dir.path().join("seal"), seal.certificate.der()).unwrap();
    let args = [
        "x509",
        "-inform",
        "DER",
        "-in",
        "seal",
        "-noout",
        "-text",
        "-nameopt",
        "RFC2253,-dn_rev,utf8,-esc_msb",
    ];
    let (ok, text) = openssl(dir.path(), &args);
    assert!(ok, "{text}");
    let expected = [
        "Version: 3",
        "Serial Number:\n            51:00:00:00:00:00:00:00:02",
        "Signature Algorithm: SM2-with-SM3",
        "Subject: C=CN,O=11350000003591037R福建省经济信息中心,CN=35000000000001",
        "Not Before: Jan  1 00:00:00 2026 GMT",
        "Not After : Jan  1 00:00:00 2027 GMT",
        "ASN1 OID: SM2",
        "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation",
        "URI:http://crl.example.gov.cn/seal.crl",
        "X509v3 Subject Key Identifier",
        "X509v3 Authority Key Identifier",
    ];
    for part in expected {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    for part in [
        "Alternative Name",
        "Extended Key Usage",
        "Basic Constraints",
    ] {
        assert!(!text.contains(part), "{part} is in\n{text}");
    }
}

#[test]
fn openssl_shows_a_revocation_list_as_it_is_meant() {
    let Some(dir) = workbench() else { return };
    let House { root, ca, seal, .. } = house();
    let revoked = [
        (
            &seal.certificate,
            "2026-06-10T00:00:00Z",
            Reason::CertificateHold,
        ),
        (
            &root.certificate,
            "2026-06-09T00:00:00Z",
            Reason::Unspecified,
        ),
    ];
    let list = crl(
        &ca,
        "2026-06-11T00:00:00Z",
        "2026-07-11T00:00:00Z",
        &revoked,
    );
    fs::write(dir.path().join("crl"), list.pem()).unwrap();
    let (ok, text) = openssl(dir.path(), &["crl", "-in", "crl", "-noout", "-text"]);
    assert!(ok, "{text}");
    let expected = [
        "Version 2",
        "Last Update: Jun 11 00:00:00 2026 GMT",
        "Next Update: Jul 11 00:00:00 2026 GMT",
        "X509v3 CRL Number: \n                7",
        "Serial Number: 510000000000000002\n        Revocation Date: Jun 10 00:00:00 2026 GMT",
        "Certificate Hold",
    ];
    for part in expected {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let again = Crl::from_der_or_pem(list.pem().as_bytes()).unwrap();
    assert_eq!(again.verify(&ca.certificate), Ok(()));
    assert!(again.verify(&root.certificate).is_err());
    assert!(again.verify(&seal.certificate).is_err());
    let found = again.find(&[0, 0x51, 0, 0, 0, 0, 0, 0, 0, 2]).unwrap();
    assert_eq!(found.reason, Reason::CertificateHold);
    assert_eq!(again.find(&[2]), None);
    assert_eq!(
        (again.len(), again.number_hex().as_deref()),
        (2, Some("07"))
    );
}

#[test]
fn requests_go_both_ways() {
    let Some(dir) = workbench() else { return };
    let dir = dir.path();
    let subject = Name::china("某单位", "签章服务器").unwrap();
    fs::write(
        dir.join("ours"),
        request::build(&subject, &PrivateKey::generate()).unwrap(),
    )
    .unwrap();
    let args = [
        "req", "-inform", "DER", "-in", "ours", "-noout", "-verify", "-vfyopt", DISTID,
    ];
    let (ok, text) = openssl(dir, &args);
    assert!(ok && text.contains("OK"), "{text}");

    let args = [
        "req",
        "-new",
        "-key",
        "theirs.pem",
        "-sm3",
        "-sigopt",
        DISTID,
        "-utf8",
    ];
    let (ok, text) = openssl(
        dir,
        &[&args[..], &["-subj", "/C=CN/O=某单位/CN=server"]].concat(),
    );
    assert!(ok, "{text}");
    let request = CertificateRequest::accept(text.as_bytes()).unwrap();
    assert_eq!(request.subject().display(), "C=CN, O=某单位, CN=server");
}

#[test]
fn bad_requests_of_openssl_are_told_what_is_wrong() {
    let Some(dir) = workbench() else { return };
    let code = |args: &[&str]| {
        let common = ["req", "-new", "-nodes", "-keyout", "key", "-subj", "/CN=x"];
        let (ok, text) = openssl(dir.path(), &[&common[..], args].concat());
        assert!(ok, "{text}");
        let start = text.find("-----BEGIN").unwrap();
        CertificateRequest::accept(&text.as_bytes()[start..]).unwrap_err()[0].code
    };
    assert_eq!(code(&["-newkey", "rsa:2048"]), "p10_key_rsa");
    let p256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    assert_eq!(code(&p256), "p10_key_other_curve");
    assert_eq!(code(&["-newkey", "ed25519"]), "p10_key_not_sm2");
    // Signed with another identifier than the default one.
    assert_eq!(
        code(&["-newkey", "sm2", "-sm3", "-sigopt", "distid:other"]),
        "p10_signature_invalid"
    );
}

#[test]
fn certificates_of_openssl_are_read_and_an_rsa_one_is_called_so() {
    let Some(dir) = workbench() else { return };
    let dir = dir.path();
    let made = |args: &[&str]| {
        let common = [
            "req", "-x509", "-nodes", "-keyout", "key", "-out", "made", "-subj", "/CN=x",
        ];
        let (ok, text) = openssl(dir, &[&common[..], args].concat());
        assert!(ok, "{text}");
        Certificate::from_der_or_pem(&fs::read(dir.join("made")).unwrap()).unwrap()
    };
    let rsa = made(&["-newkey", "rsa:2048"]);
    assert_eq!(rsa.key_algorithm(), "RSA");
    assert_eq!(rsa.signature_algorithm(), "SHA256withRSA");
    let error = rsa.public_key().unwrap_err();
    assert_eq!(
        error.sentence(),
        "密钥算法为 RSA，不是 SM2，请使用 SM2 密钥"
    );
    assert!(rsa.verify_issued_by(&rsa).is_err());

    let sm2 = made(&["-newkey", "sm2", "-sm3", "-sigopt", DISTID]);
    assert!(sm2.is_ca() && sm2.is_self_issued());
    assert_eq!(sm2.verify_issued_by(&sm2), Ok(()));
}
