//! A small authority for tests: root, issuing authority, and whatever they sign.

#![allow(dead_code, reason = "each test uses its part")]

use gm::{PrivateKey, Signer};
use jiff::Timestamp;
use pki::{
    Certificate, Crl, Name, TrustStore,
    crl::{self, Reason, Revoked},
    profile::{self, Draft, Kind, lint},
};

pub(crate) const CRL_URL: &str = "http://crl.example.gov.cn/seal.crl";
pub(crate) const UNIT: &str = "11350000003591037R福建省经济信息中心";

pub(crate) struct Party {
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What the draft's authority makes of it after `change` was applied to the to-be-signed bytes.
pub(crate) fn issue(draft: &Draft<'_>, issuer: &PrivateKey) -> Certificate {
    let tbs = draft.tbs().unwrap();
    profile::assemble(&tbs, &issuer.sign(&tbs).unwrap()).unwrap()
}

pub(crate) fn draft<'a>(kind: Kind, subject: &'a Name, key: &'a PrivateKey) -> Draft<'a> {
    Draft {
        kind,
        serial: &[0x51, 2, 3, 4, 5, 6, 7, 8, 9],
        subject,
        public_key: key.public_key(),
        not_before: at("2026-01-01T00:00:00Z"),
        not_after: at("2027-01-01T00:00:00Z"),
        issuer: None,
        crl_url: Some(CRL_URL),
    }
}

pub(crate) fn root(name: &str) -> Party {
    let key = PrivateKey::generate();
    let subject = Name::china("福建省经济信息中心", name).unwrap();
    let mut draft = draft(Kind::Root, &subject, &key);
    draft.not_after = at("2046-01-01T00:00:00Z");
    draft.crl_url = None;
    let certificate = issue(&draft, &key);
    assert_eq!(lint(certificate.tbs()), []);
    Party { key, certificate }
}

pub(crate) fn below(
    issuer: &Party,
    kind: Kind,
    organization: &str,
    name: &str,
    serial: u8,
) -> Party {
    let key = PrivateKey::generate();
    let subject = Name::china(organization, name).unwrap();
    let serial = [0x51, 0, 0, 0, 0, 0, 0, 0, serial];
    let mut draft = draft(kind, &subject, &key);
    draft.serial = &serial;
    draft.issuer = Some(&issuer.certificate);
    let certificate = issue(&draft, &issuer.key);
    assert_eq!(lint(certificate.tbs()), []);
    Party { key, certificate }
}

pub(crate) fn crl(
    issuer: &Party,
    from: &str,
    until: &str,
    revoked: &[(&Certificate, &str, Reason)],
) -> Crl {
    let entry = |(certificate, when, reason): &(&Certificate, &str, Reason)| {
        (
            certificate.serial().to_vec(),
            Revoked {
                at: at(when),
                reason: *reason,
            },
        )
    };
    let revoked: Vec<_> = revoked.iter().map(entry).collect();
    let tbs = crl::Draft {
        issuer: &issuer.certificate,
        number: 7,
        this_update: at(from),
        next_update: at(until),
        keeps_expired_since: Some(at("2026-01-01T00:00:00Z")),
        revoked: &revoked,
    }
    .tbs()
    .unwrap();
    crl::assemble(&tbs, &issuer.key.sign(&tbs).unwrap()).unwrap()
}

/// Root, issuing authority, a seal's certificate, and a store that trusts the root.
pub(crate) struct House {
    pub(crate) root: Party,
    pub(crate) ca: Party,
    pub(crate) seal: Party,
    pub(crate) trust: TrustStore,
}

pub(crate) fn house() -> House {
    let root = root("测试根 CA");
    let ca = below(
        &root,
        Kind::IssuingCa,
        "福建省经济信息中心",
        "测试印章签发 CA",
        1,
    );
    let seal = below(&ca, Kind::Seal, UNIT, "35000000000001", 2);
    let mut trust = TrustStore::new();
    for certificate in [&root.certificate, &ca.certificate] {
        trust.add_certificate(certificate.clone()).unwrap();
    }
    House {
        root,
        ca,
        seal,
        trust,
    }
}

/// A folder to work in, or nothing (said aloud) where there is no `openssl` with SM2.
pub(crate) fn workbench() -> Option<tempfile::TempDir> {
    let dir = tempfile::tempdir().unwrap();
    let probe = std::process::Command::new("openssl")
        .args(["genpkey", "-algorithm", "SM2", "-out", "theirs.pem"])
        .current_dir(dir.path())
        .output();
    if probe.is_ok_and(|out| out.status.success()) {
        return Some(dir);
    }
    eprintln!("skipped: no openssl with SM2 on the path");
    None
}

/// Standard output and error of an `openssl` command, and whether it went well.
pub(crate) fn openssl(dir: &std::path::Path, args: &[&str]) -> (bool, String) {
    let out = std::process::Command::new("openssl")
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    let text = [out.stdout, out.stderr].concat();
    (
        out.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}
