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

/// A little DER writer, apart from the one under test.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len() as u32;
    let bytes = length.to_be_bytes();
    let mut out = vec![tag];
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let significant = &bytes[length.leading_zeros() as usize / 8..];
        out.push(0x80 | significant.len() as u8);
        out.extend(significant);
    }
    out.extend(content);
    out
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let mut septets = vec![(arc & 0x7f) as u8];
        let mut rest = arc >> 7;
        while rest > 0 {
            septets.insert(0, (rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        content.extend(septets);
    }
    tlv(6, &[&content])
}

pub(crate) const GM_DATA: &str = "1.2.156.10197.6.1.4.2.1";
pub(crate) const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// What is to be varied in signed data.
pub(crate) struct Cms<'a> {
    pub(crate) signer: &'a Party,
    pub(crate) content_type: &'a str,
    pub(crate) content: Option<&'a [u8]>,
    /// The digest to put into signed attributes, if there are to be any.
    pub(crate) message_digest: Option<[u8; 32]>,
    /// What is signed when there are no attributes.
    pub(crate) message: &'a [u8],
    pub(crate) raw_signature: bool,
    pub(crate) with_certificate: bool,
    pub(crate) with_signer: bool,
    pub(crate) digest_algorithm: &'a str,
}

impl<'a> Cms<'a> {
    pub(crate) fn new(signer: &'a Party, content: &'a [u8]) -> Self {
        Self {
            signer,
            content_type: GM_DATA,
            content: Some(content),
            message_digest: None,
            message: content,
            raw_signature: false,
            with_certificate: true,
            with_signer: true,
            digest_algorithm: gm::oid::SM3,
        }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let digest = tlv(0x30, &[&oid(self.digest_algorithm)]);
        let content = self
            .content
            .map(|content| tlv(0xa0, &[&tlv(4, &[content])]));
        let content_info = tlv(
            0x30,
            &[&oid(self.content_type), &content.unwrap_or_default()],
        );
        let certificate = match self.with_certificate {
            true => tlv(0xa0, &[self.signer.certificate.der()]),
            false => Vec::new(),
        };
        let signer = if self.with_signer {
            self.signer_info(&digest)
        } else {
            Vec::new()
        };
        let data = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x31, &[&digest]),
                &content_info,
                &certificate,
                &tlv(0x31, &[&signer]),
            ],
        );
        tlv(
            0x30,
            &[&oid("1.2.156.10197.6.1.4.2.2"), &tlv(0xa0, &[&data])],
        )
    }

    fn signer_info(&self, digest: &[u8]) -> Vec<u8> {
        let certificate = &self.signer.certificate;
        let serial = tlv(2, &[certificate.serial()]);
        let who = tlv(0x30, &[certificate.issuer().der(), &serial]);
        let attributes = self.message_digest.map(|digest| {
            let attribute = |kind, value: &[u8]| tlv(0x30, &[&oid(kind), &tlv(0x31, &[value])]);
            [
                attribute("1.2.840.113549.1.9.3", &oid(self.content_type)),
                attribute("1.2.840.113549.1.9.5", &tlv(0x17, &[b"260615000000Z"])),
                attribute("1.2.840.113549.1.9.4", &tlv(4, &[&digest])),
            ]
            .concat()
        });
        let message = match &attributes {
            Some(attributes) => tlv(0x31, &[attributes]),
            None => self.message.to_vec(),
        };
        let signature = self.signer.key.sign(&message).unwrap();
        let signature = if self.raw_signature {
            signature.to_raw().to_vec()
        } else {
            signature.to_der()
        };
        tlv(
            0x30,
            &[
                &[2, 1, 1],
                &who,
                digest,
                &attributes.map(|it| tlv(0xa0, &[&it])).unwrap_or_default(),
                &tlv(0x30, &[&oid(gm::oid::SM2_SIGN)]),
                &tlv(4, &[&signature]),
            ],
        )
    }
}
