//! A seal and a stamp of our own, from the key to the verdict, and what becomes of the verdict afterwards.

use std::process::Command;

use gm::{PrivateKey, Signer};
use jiff::Timestamp;
use ofd::package::Limits;
use ofd::stamp::{Placement, StampPlan, complete, prepare};
use pki::crl::{self, Crl, Reason, Revoked};
use pki::profile::{self, Draft, Kind};
use pki::{Certificate, Name, Outcome, RevocationPolicy, TrustStore};
use seal::{CertificateList, SealInfo, StampInfo, Version, assemble_seal, assemble_stamp};
use verification::{
    Format, Options, Report, SealQuery, SealState, SealStatus, SealStatusSource, verify,
};

use crate::common::{sample, told};

const CODE: &str = "35000000000001";
const UNIT: &str = "福建省测试单位";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When everything is made and stamped in these tests.
pub(crate) fn stamped_at() -> Timestamp {
    time("2026-03-02T02:00:00Z")
}

/// An authority with a maker and a holder.
pub(crate) struct Office {
    root_key: PrivateKey,
    root: Certificate,
    issuing_key: PrivateKey,
    issuing: Certificate,
    maker_key: PrivateKey,
    maker: Certificate,
    pub(crate) holder_key: PrivateKey,
    pub(crate) holder: Certificate,
}

impl Office {
    pub(crate) fn new() -> Office {
        let keys: [PrivateKey; 4] = std::array::from_fn(|_| PrivateKey::generate());
        let [root_key, issuing_key, maker_key, holder_key] = keys;
        let name = |text: &str| Name::china("福建省经济信息中心", text).unwrap();
        let issue = |kind,
                     serial: u8,
                     subject: &Name,
                     key: &PrivateKey,
                     issuer: Option<&Certificate>,
                     signer: &PrivateKey,
                     end: &str| {
            let draft = Draft {
                kind,
                serial: &[0x31, 0, 0, 0, 0, 0, 0, serial],
                subject,
                public_key: key.public_key(),
                not_before: time("2026-01-01T00:00:00Z"),
                not_after: time(end),
                issuer,
                crl_url: None,
            };
            let tbs = draft.tbs().unwrap();
            profile::assemble(&tbs, &signer.sign(&tbs).unwrap()).unwrap()
        };
        let long = "2046-01-01T00:00:00Z";
        let root = issue(
            Kind::Root,
            1,
            &name("测试根"),
            &root_key,
            None,
            &root_key,
            long,
        );
        let issuing = issue(
            Kind::IssuingCa,
            2,
            &name("测试签发"),
            &issuing_key,
            Some(&root),
            &root_key,
            "2036-01-01T00:00:00Z",
        );
        let maker = issue(
            Kind::SealMaker,
            3,
            &name("测试制章"),
            &maker_key,
            Some(&issuing),
            &issuing_key,
            "2031-01-01T00:00:00Z",
        );
        let subject = profile::seal_subject("11350000003591037R", UNIT, CODE).unwrap();
        let holder = issue(
            Kind::Seal,
            4,
            &subject,
            &holder_key,
            Some(&issuing),
            &issuing_key,
            "2027-01-01T00:00:00Z",
        );
        Office {
            root_key,
            root,
            issuing_key,
            issuing,
            maker_key,
            maker,
            holder_key,
            holder,
        }
    }

    /// What this office's verifiers trust: the authorities, the root's CRL and the issuing authority's with these entries.
    pub(crate) fn trust(&self, revoked: &[(Vec<u8>, Revoked)]) -> TrustStore {
        let mut trust = TrustStore::new();
        trust.add_certificate(self.root.clone()).unwrap();
        trust.add_certificate(self.issuing.clone()).unwrap();
        for (issuer, key, revoked) in [
            (&self.root, &self.root_key, &[][..]),
            (&self.issuing, &self.issuing_key, revoked),
        ] {
            let draft = crl::Draft {
                issuer,
                number: 1,
                this_update: time("2026-03-02T20:00:00Z"),
                next_update: time("2026-12-31T00:00:00Z"),
                keeps_expired_since: None,
                revoked,
            };
            let tbs = draft.tbs().unwrap();
            trust.add_crl(crl::assemble(&tbs, &key.sign(&tbs).unwrap()).unwrap());
        }
        trust
    }

    fn seal_info(&self, version: Version) -> SealInfo {
        SealInfo {
            version,
            vendor: "Yinxin".to_owned(),
            code: CODE.to_owned(),
            kind: 1,
            name: UNIT.to_owned(),
            certificates: CertificateList::Certificates(vec![self.holder.der().to_vec()]),
            created: time("2026-03-01T00:00:00Z"),
            valid_from: time("2026-03-01T00:00:00Z"),
            valid_to: time("2027-01-01T00:00:00Z"),
            picture: picture(),
            width: 420,
            height: 425,
            extensions: Vec::new(),
        }
    }

    pub(crate) fn seal(&self, version: Version) -> Vec<u8> {
        let info = self.seal_info(version);
        let lint = info.lint(
            std::slice::from_ref(&self.holder),
            &self.maker,
            &seal::Limits::default(),
        );
        assert_eq!(Outcome::of(&lint), Outcome::Valid, "{lint:?}");
        let tbs = info.tbs().unwrap();
        let signature = self.maker_key.sign(&tbs).unwrap();
        assemble_seal(&tbs, self.maker.der(), &signature, None).unwrap()
    }

    /// Stamps a document; the second value is the signature value as it stands in the stamp.
    pub(crate) fn stamp(&self, document: &[u8], seal: Vec<u8>, close: bool) -> (Vec<u8>, Vec<u8>) {
        let place = Placement {
            page_index: 0,
            x_mm: 120.0,
            y_mm: 180.0,
            w_mm: 42.0,
            h_mm: 42.5,
            clip: None,
        };
        let plan = StampPlan {
            placements: vec![place],
            close_document: close,
            provider: ofd::signatures::Provider {
                name: "Yinxin".to_owned(),
                version: "1".to_owned(),
                company: "Yinxin".to_owned(),
            },
            method: StampPlan::SM2_SM3.to_owned(),
            seal: seal.clone(),
            time: stamped_at(),
        };
        let prepared = prepare(document, &plan, Limits::default()).unwrap();
        let info = StampInfo {
            seal,
            time: stamped_at(),
            data_hash: prepared.data_hash,
            property_info: prepared.property_info.clone(),
            extensions: Vec::new(),
        };
        let tbs = info.tbs().unwrap();
        let signature = self.holder_key.sign(&tbs).unwrap();
        let value = assemble_stamp(&tbs, self.holder.der(), &signature, None).unwrap();
        let stamped = complete(document, &prepared, &value, Limits::default()).unwrap();
        (stamped, signature.to_der())
    }
}

/// A round red ring on nothing.
fn picture() -> Vec<u8> {
    let mut data = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_fn(84, 85, |x, y| {
        let (dx, dy) = (f64::from(x) - 42.0, f64::from(y) - 42.0);
        let ring = (36.0..41.0).contains(&dx.hypot(dy));
        image::Rgba([200, 20, 20, if ring { 255 } else { 0 }])
    })
    .write_to(&mut data, image::ImageFormat::Png)
    .unwrap();
    data.into_inner()
}

pub(crate) fn check(bytes: &[u8], name: &str, trust: &TrustStore, at: &str) -> Report {
    verify(
        bytes,
        name,
        trust,
        &Options::at(time(at)).revocation(RevocationPolicy::Required),
    )
}

pub(crate) const SOON: &str = "2026-03-03T00:00:00Z";

#[test]
fn a_seal_made_here_is_valid() {
    let office = Office::new();
    for (version, name) in [(Version::V4, "v4"), (Version::V5, "v5")] {
        let report = check(&office.seal(version), "a.esl", &office.trust(&[]), SOON);
        assert_eq!(
            (report.verdict, report.format),
            (Outcome::Valid, Format::Seal),
            "{}",
            told(&report)
        );
        let seal = report.seal.unwrap();
        assert_eq!(serde_json::to_value(seal.version).unwrap(), name);
        assert_eq!((seal.width_mm, seal.height_mm), (42.0, 42.5));
        assert_eq!(
            seal.owner.as_deref(),
            Some("11350000003591037R福建省测试单位")
        );
        assert!(
            seal.steps.iter().any(|step| step.has("seal_lint_ok")),
            "{:?}",
            seal.steps
        );
    }
}

#[test]
fn a_document_stamped_here_is_valid_and_twice_stamped_too() {
    let office = Office::new();
    let trust = office.trust(&[]);
    for name in [
        "ofd/helloworld.ofd",
        "ofd/seven-pages.ofd",
        "ofd/ano.ofd",
        "ofd/chinese-folder.ofd",
    ] {
        let Some(document) = sample(name) else { return };
        let (once, _) = office.stamp(&document, office.seal(Version::V4), false);
        let report = check(&once, name, &trust, SOON);
        assert_eq!(report.verdict, Outcome::Valid, "{name}: {}", told(&report));
        assert!(
            report
                .sentence
                .starts_with("有效：印章“福建省测试单位”真实，于 2026年3月2日 10:00 盖章"),
            "{}",
            report.sentence
        );
        assert!(report.has("revocation_valid") && !report.has("revocation_not_checked"));

        let (twice, _) = office.stamp(&once, office.seal(Version::V5), true);
        let report = check(&twice, name, &trust, SOON);
        assert_eq!(report.verdict, Outcome::Valid, "{name}: {}", told(&report));
        assert_eq!(report.stamps.len(), 2);
        assert!(report.stamps[1].coverage.as_ref().unwrap().closed);
    }
}

#[test]
fn without_the_root_it_is_undetermined() {
    let office = Office::new();
    let Some(document) = sample("ofd/helloworld.ofd") else {
        return;
    };
    let (stamped, _) = office.stamp(&document, office.seal(Version::V4), true);
    let report = check(&stamped, "a.ofd", &TrustStore::new(), SOON);
    assert_eq!(report.verdict, Outcome::Undetermined);
    assert!(
        report.sentence.contains("未信任的签发机构"),
        "{}",
        report.sentence
    );
}

#[test]
fn a_revocation_spoils_what_is_stamped_after_it_and_not_before() {
    let office = Office::new();
    let Some(document) = sample("ofd/helloworld.ofd") else {
        return;
    };
    let (stamped, _) = office.stamp(&document, office.seal(Version::V4), true);
    let revoked = |at: &str| {
        let entry = Revoked {
            at: time(at),
            reason: Reason::CessationOfOperation,
        };
        office.trust(&[(office.holder.serial().to_vec(), entry)])
    };
    let before = check(&stamped, "a.ofd", &revoked("2026-03-01T12:00:00Z"), SOON);
    assert_eq!(before.verdict, Outcome::Invalid, "{}", told(&before));
    assert!(before.has("certificate_revoked"));
    let after = check(&stamped, "a.ofd", &revoked("2026-03-02T12:00:00Z"), SOON);
    assert_eq!(after.verdict, Outcome::Valid, "{}", told(&after));
    assert!(after.has("certificate_revoked_later"));
}

/// A register with one seal, which was suspended, and one recorded stamp.
struct Register {
    suspended: Timestamp,
    recorded: Option<([u8; 32], Timestamp)>,
}

impl SealStatusSource for Register {
    fn seal_status(&self, seal: &SealQuery<'_>, at: Timestamp) -> Option<SealStatus> {
        let state = if at < self.suspended {
            SealState::Active
        } else {
            SealState::Suspended
        };
        (seal.code == CODE).then_some(SealStatus {
            state,
            since: Some(self.suspended),
            reason: None,
        })
    }

    fn recorded_stamp(&self, signature_digest: &[u8; 32]) -> Option<Timestamp> {
        self.recorded
            .filter(|(digest, _)| digest == signature_digest)
            .map(|(_, at)| at)
    }
}

#[test]
fn a_suspension_spoils_what_is_stamped_after_it_and_not_before() {
    let office = Office::new();
    let Some(document) = sample("ofd/helloworld.ofd") else {
        return;
    };
    let (stamped, _) = office.stamp(&document, office.seal(Version::V4), true);
    let ask = |suspended: &str| {
        let register = Register {
            suspended: time(suspended),
            recorded: None,
        };
        let options = Options::at(time(SOON)).status(&register);
        verify(&stamped, "a.ofd", &office.trust(&[]), &options)
    };
    let before = ask("2026-03-01T12:00:00Z");
    assert_eq!(before.verdict, Outcome::Invalid, "{}", told(&before));
    assert!(before.has("seal_suspended_at_stamping"));
    assert_eq!(before.sentence, "无效：盖章时印章已停用");
    let after = ask("2026-03-02T12:00:00Z");
    assert_eq!(after.verdict, Outcome::Valid, "{}", told(&after));
    assert!(after.has("seal_status_now"));
    let status = after.stamps[0].status.as_ref().unwrap();
    assert_eq!(status.then.as_ref().unwrap().state, SealState::Active);
    assert_eq!(status.now.as_ref().unwrap().state, SealState::Suspended);
}

#[test]
fn after_the_certificate_has_expired_only_a_record_keeps_the_stamp_valid() {
    const AFTER: &str = "2027-06-01T00:00:00Z";
    let office = Office::new();
    let Some(document) = sample("ofd/helloworld.ofd") else {
        return;
    };
    let (stamped, signature) = office.stamp(&document, office.seal(Version::V4), true);
    let trust = office.trust(&[]);
    let options = Options::at(time(AFTER)).revocation(RevocationPolicy::AllowUnchecked);
    let alone = verify(&stamped, "a.ofd", &trust, &options);
    assert_eq!(alone.verdict, Outcome::Undetermined, "{}", told(&alone));
    assert!(alone.has("certificate_expired_without_timestamp"));

    let recorded = Some((gm::sm3(&signature), stamped_at()));
    let register = Register {
        suspended: time("2030-01-01T00:00:00Z"),
        recorded,
    };
    let proven = verify(&stamped, "a.ofd", &trust, &options.status(&register));
    assert_eq!(proven.verdict, Outcome::Valid, "{}", told(&proven));
    assert_eq!(
        serde_json::to_value(&proven).unwrap()["stamps"][0]["time_source"],
        "recorded"
    );
}

#[test]
fn a_seal_that_its_holder_made_himself_is_not_valid() {
    let office = Office::new();
    let Some(document) = sample("ofd/helloworld.ofd") else {
        return;
    };
    let info = SealInfo {
        name: "福建省人民政府".to_owned(),
        ..office.seal_info(Version::V4)
    };
    let tbs = info.tbs().unwrap();
    let signature = office.holder_key.sign(&tbs).unwrap();
    let own = assemble_seal(&tbs, office.holder.der(), &signature, None).unwrap();
    let (stamped, _) = office.stamp(&document, own, true);
    let report = check(&stamped, "a.ofd", &office.trust(&[]), SOON);
    assert_eq!(report.verdict, Outcome::Undetermined, "{}", told(&report));
    assert!(report.has("maker_not_entitled") && report.has("maker_is_owner"));
}

#[test]
fn lint_forbids_what_would_make_a_bad_seal() {
    let office = Office::new();
    let codes = |info: SealInfo| -> Vec<&'static str> {
        info.lint(
            std::slice::from_ref(&office.holder),
            &office.maker,
            &seal::Limits::default(),
        )
        .into_iter()
        .filter(|finding| finding.outcome != Outcome::Valid)
        .map(|finding| finding.code)
        .collect()
    };
    let good = office.seal_info(Version::V4);
    assert!(codes(good.clone()).is_empty());
    let with = |change: &dyn Fn(&mut SealInfo)| {
        let mut info = good.clone();
        change(&mut info);
        codes(info)
    };
    assert!(with(&|i| i.name = String::new()).contains(&"seal_name_wrong"));
    assert!(with(&|i| i.code = "编码".to_owned()).contains(&"seal_code_wrong"));
    assert!(with(&|i| i.picture = b"no picture".to_vec()).contains(&"picture_unknown"));
    assert!(with(&|i| i.picture.truncate(60)).contains(&"picture_broken"));
    assert!(with(&|i| i.width = 5000).contains(&"size_out_of_range"));
    assert!(with(&|i| i.width = 0).contains(&"size_out_of_range"));
    assert!(
        with(&|i| i.valid_to = time("2028-01-01T00:00:00Z"))
            .contains(&"validity_outside_certificate")
    );
    assert!(with(&|i| i.valid_to = i.valid_from).contains(&"validity_reversed"));
    assert!(
        with(&|i| i.created = time("2025-01-01T00:00:00Z"))
            .contains(&"maker_certificate_not_valid")
    );
    let empty = CertificateList::Certificates(Vec::new());
    assert!(with(&|i| i.certificates = empty.clone()).contains(&"signer_not_in_cert_list"));
    assert!(with(&|i| i.version = Version::V1).contains(&"value_wrong"));
}

#[test]
fn openssl_agrees_about_seal_and_stamp() {
    let works = Command::new("openssl").arg("version").output();
    if !works.is_ok_and(|out| out.status.success()) {
        eprintln!("skipped: openssl is not there");
        return;
    }
    let Some(document) = sample("ofd/helloworld.ofd") else {
        return;
    };
    let office = Office::new();
    let (stamped, _) = office.stamp(&document, office.seal(Version::V4), true);
    let ofd = ofd::Ofd::open(&stamped, Limits::default()).unwrap();
    let signatures = ofd::signatures::read(&ofd);
    let value = signatures.files[0]
        .info
        .as_ref()
        .unwrap()
        .signed_value
        .as_ref()
        .unwrap();
    let stamp = seal::Stamp::parse(value).unwrap();

    let openssl = |certificate: &Certificate, signature: &[u8], message: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let key = certificate.public_key().unwrap().to_spki_der();
        std::fs::write(path("key"), key).unwrap();
        std::fs::write(path("signature"), signature).unwrap();
        std::fs::write(path("message"), message).unwrap();
        let out = Command::new("openssl")
            .args([
                "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-keyform", "DER",
            ])
            .args(["-pkeyopt", "distid:1234567812345678", "-inkey"])
            .arg(path("key"))
            .arg("-sigfile")
            .arg(path("signature"))
            .arg("-in")
            .arg(path("message"))
            .output()
            .unwrap();
        out.status.success()
    };
    assert!(openssl(
        &office.maker,
        &stamp.seal.signature,
        &stamp.seal.signed_bytes()
    ));
    assert!(openssl(
        &office.holder,
        &stamp.signature,
        stamp.signed_bytes()
    ));
    assert!(!openssl(
        &office.holder,
        &stamp.signature,
        &stamp.seal.signed_bytes()
    ));
}

#[test]
fn a_crl_of_somebody_else_proves_nothing() {
    let (office, other) = (Office::new(), Office::new());
    let Some(document) = sample("ofd/helloworld.ofd") else {
        return;
    };
    let (stamped, _) = office.stamp(&document, office.seal(Version::V4), true);
    let mut trust = TrustStore::new();
    trust.add_certificate(office.root.clone()).unwrap();
    trust.add_certificate(office.issuing.clone()).unwrap();
    let foreign: Vec<Crl> = other.trust(&[]).crls().to_vec();
    foreign.into_iter().for_each(|crl| trust.add_crl(crl));
    let report = check(&stamped, "a.ofd", &trust, SOON);
    assert_eq!(report.verdict, Outcome::Undetermined, "{}", told(&report));
    assert!(report.has("revocation_not_checked"));
}
