//! `yinxin stamp` with a seal and key of our own making, and what it refuses.

use std::fs;
use std::path::{Path, PathBuf};

use gm::{PrivateKey, Signer as _};
use jiff::{SignedDuration, Timestamp};
use p12_keystore::{
    Certificate as P12Certificate, KeyStore, KeyStoreEntry, PrivateKey as P12Key, PrivateKeyChain,
};
use pki::profile::{Draft, Kind, assemble};
use pki::{Certificate, Name};
use seal::{CertificateList, SealInfo, Version};

use crate::run::{Ran, interop, yinxin};

/// A holder with a seal, made by an authority of the test's own.
struct Holder {
    folder: tempfile::TempDir,
    key: PrivateKey,
    certificate: Certificate,
}

fn issue(
    kind: Kind,
    subject: &Name,
    key: &PrivateKey,
    issuer: Option<(&Certificate, &PrivateKey)>,
    (from, to): (Timestamp, Timestamp),
) -> Certificate {
    let tbs = Draft {
        kind,
        serial: &[0x42; 16],
        subject,
        public_key: key.public_key(),
        not_before: from,
        not_after: to,
        issuer: issuer.map(|(certificate, _)| certificate),
        crl_url: None,
    }
    .tbs()
    .unwrap();
    let signer = issuer.map_or(key, |(_, key)| key);
    assemble(&tbs, &signer.sign(&tbs).unwrap()).unwrap()
}

fn holder(version: Version, until: SignedDuration) -> Holder {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program reads the clock, so the test must"
    )]
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let from = now - SignedDuration::from_hours(48);
    let valid = (from, now + until);
    let long = (from, now + SignedDuration::from_hours(1000));
    let (root_key, maker_key, key) = (
        PrivateKey::generate(),
        PrivateKey::generate(),
        PrivateKey::generate(),
    );
    let name = |text: &str| Name::china("测试单位", text).unwrap();
    let root = issue(Kind::Root, &name("测试根"), &root_key, None, long);
    let under = Some((&root, &root_key));
    let maker = issue(Kind::SealMaker, &name("测试制章"), &maker_key, under, long);
    let certificate = issue(Kind::Seal, &name("35012100000099"), &key, under, valid);
    let info = SealInfo {
        version,
        vendor: "TEST".to_owned(),
        code: "35012100000099".to_owned(),
        kind: 1,
        name: "测试单位".to_owned(),
        certificates: CertificateList::Certificates(vec![certificate.der().to_vec()]),
        created: from,
        valid_from: from,
        valid_to: valid.1,
        picture: imprint::RoundSeal::new("测试单位", 40.0)
            .transparent(150)
            .unwrap(),
        width: 400,
        height: 400,
        extensions: Vec::new(),
    };
    let tbs = info.tbs().unwrap();
    let signature = maker_key.sign(&tbs).unwrap();
    let seal = seal::assemble_seal(&tbs, maker.der(), &signature, None).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let holder = Holder {
        folder,
        key,
        certificate,
    };
    fs::create_dir(holder.place("trust")).unwrap();
    holder.write("trust/root.pem", root.pem().as_bytes());
    holder.write("seal.esl", &seal);
    holder.write("key.pem", holder.key.to_pkcs8_pem().as_bytes());
    holder.write("key.der", &holder.key.to_pkcs8_der());
    holder.write("key.p12", &holder.pkcs12("Geheim-42"));
    holder.write("in.ofd", &testkit::ofd(3));
    holder
}

impl Holder {
    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.place(name), bytes).unwrap();
    }

    fn pkcs12(&self, password: &str) -> Vec<u8> {
        let key = P12Key::from_der(&self.key.to_pkcs8_der()).unwrap();
        let certificate = P12Certificate::from_der(self.certificate.der()).unwrap();
        let chain = PrivateKeyChain::new(vec![1_u8, 2, 3], key, [certificate]);
        let mut store = KeyStore::new();
        store.add_entry("holder", KeyStoreEntry::PrivateKeyChain(chain));
        store.writer(password).write().unwrap()
    }

    /// Stamps `in.ofd` to `out`, at (60, 60) on the first page unless told otherwise.
    fn stamp(&self, key: &str, out: &str, more: &[&str]) -> Ran {
        let place = |name: &str| self.place(name).display().to_string();
        let mut arguments = vec![
            "stamp".to_owned(),
            place("in.ofd"),
            "--seal".to_owned(),
            place("seal.esl"),
            "--key".to_owned(),
            place(key),
            "-o".to_owned(),
            place(out),
        ];
        if !more.contains(&"--seam") {
            arguments.extend(["--page", "1", "--x", "60"].map(str::to_owned));
        }
        if !more.contains(&"--y") {
            arguments.extend(["--y", "60"].map(str::to_owned));
        }
        arguments.extend(more.iter().map(|text| (*text).to_owned()));
        yinxin(&arguments)
    }

    fn verify(&self, file: &str) -> Ran {
        let (file, trust) = (self.place(file), self.place("trust"));
        let base = [
            "verify",
            "--json",
            "--allow-unchecked-revocation",
            "--trust",
        ];
        let mut arguments: Vec<&std::ffi::OsStr> = base.iter().map(AsRef::as_ref).collect();
        arguments.extend([trust.as_os_str(), file.as_os_str()]);
        yinxin(&arguments)
    }
}

const LONG: SignedDuration = SignedDuration::from_hours(400);

#[test]
fn stamps_of_every_kind_of_key_file_verify() {
    for version in [Version::V4, Version::V5] {
        let holder = holder(version, LONG);
        holder.write("password.txt", b"Geheim-42\n");
        let password = holder.place("password.txt").display().to_string();
        for (key, more) in [
            ("key.pem", vec![]),
            ("key.der", vec!["--close"]),
            ("key.p12", vec!["--password-file", password.as_str()]),
        ] {
            let out = format!("{key}.ofd");
            let ran = holder.stamp(key, &out, &more);
            assert_eq!(ran.code, 0, "{key}: {}", ran.err);
            // Without trust it stamps, and says what it could not check.
            assert!(ran.out.contains("issuer_not_trusted"), "{}", ran.out);
            let verified = holder.verify(&out);
            assert_eq!(verified.code, 0, "{key}: {}", verified.json()["sentence"]);
        }
    }
}

#[test]
fn a_seam_seal_covers_all_pages_and_a_closed_document_takes_no_more() {
    let holder = holder(Version::V4, LONG);
    let ran = holder.stamp(
        "key.pem",
        "seam.ofd",
        &["--seam", "right", "--y", "100", "--close"],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = holder.verify("seam.ofd").json();
    assert_eq!(report["verdict"], "valid", "{}", report["sentence"]);
    assert_eq!(report["stamps"][0]["pages"].as_array().unwrap().len(), 3);
    fs::copy(holder.place("seam.ofd"), holder.place("in.ofd")).unwrap();
    let ran = holder.stamp("key.pem", "again.ofd", &[]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("document_closed"), "{}", ran.err);
    assert!(!holder.place("again.ofd").exists(), "nothing is half-done");
}

#[test]
fn what_must_not_be_stamped_is_not() {
    let good = holder(Version::V4, LONG);
    let refused = |holder: &Holder, key: &str, more: &[&str], code: &str| {
        let ran = holder.stamp(key, "out.ofd", more);
        assert_eq!(ran.code, 3, "{code}");
        assert!(ran.err.contains(code), "{code}: {}", ran.err);
        assert!(!holder.place("out.ofd").exists(), "{code}");
    };
    let other = PrivateKey::generate();
    good.write("other.pem", other.to_pkcs8_pem().as_bytes());
    refused(&good, "other.pem", &[], "key_mismatch");
    refused(&good, "in.ofd", &[], "key_unreadable");
    refused(&good, "key.p12", &[], "password_missing");
    refused(
        &good,
        "key.p12",
        &["--password", "falsch"],
        "key_unreadable",
    );
    refused(&good, "key.pem", &["--y", "280"], "position_off_page");

    // A certificate of the holder's own key that is not the one in the seal.
    let name = Name::china("测试单位", "另一张").unwrap();
    let dates = (good.certificate.not_before(), good.certificate.not_after());
    let renewed = issue(
        Kind::Seal,
        &name,
        &good.key,
        Some((&good.certificate, &good.key)),
        dates,
    );
    good.write("renewed.pem", renewed.pem().as_bytes());
    let renewed = good.place("renewed.pem").display().to_string();
    refused(
        &good,
        "key.pem",
        &["--cert", &renewed],
        "signer_not_in_cert_list",
    );

    let expired = holder(Version::V4, SignedDuration::from_hours(-1));
    let ran = expired.stamp("key.pem", "out.ofd", &[]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("expired"), "{}", ran.err);

    // What is there already is not written over.
    good.write("taken.ofd", b"precious");
    assert_eq!(good.stamp("key.pem", "taken.ofd", &[]).code, 3);
    assert_eq!(fs::read(good.place("taken.ofd")).unwrap(), b"precious");
}

#[test]
fn seals_and_keys_of_another_product_are_answered_clearly() {
    let Some(interop) = interop() else { return };
    let holder = holder(Version::V4, LONG);
    let with = |seal: &str, key: &Path| {
        let seal = interop.join("seals").join(seal);
        let input = holder.place("in.ofd");
        let out = holder.place("out.ofd");
        yinxin(&[
            "stamp",
            input.to_str().unwrap(),
            "--seal",
            seal.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
            "--page",
            "1",
            "--x",
            "9",
            "--y",
            "9",
            "--password",
            "777777",
            "-o",
            out.to_str().unwrap(),
        ])
    };
    let ran = with("UserV4.esl", &interop.join("seals/USER.p12"));
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("pkcs12_ber") && ran.err.contains("openssl pkcs12"),
        "{}",
        ran.err
    );
    let ran = with("UserV1.esl", &holder.place("key.pem"));
    assert!(ran.err.contains("seal_v1"), "{}", ran.err);
}
