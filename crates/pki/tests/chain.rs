//! What is said of certificates that are right, and of each way to be wrong.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests stop at surprises and say what they skip"
)]

mod common;

use common::{House, Party, UNIT, at, below, crl, draft, house, issue, root};
use gm::PrivateKey;
use pki::{
    Anchor, Certificate, ChainReport, ChainRequest, Name, Outcome, Purpose, RevocationPolicy,
    Severity, TrustStore, check_chain, crl::Reason, profile::Kind,
};

fn check(certificate: &Certificate, trust: &TrustStore, when: &str) -> ChainReport {
    check_with(certificate, &[], trust, when, RevocationPolicy::Required)
}

fn check_with(
    certificate: &Certificate,
    extra: &[Certificate],
    trust: &TrustStore,
    when: &str,
    revocation: RevocationPolicy,
) -> ChainReport {
    let purpose = Purpose::Stamper;
    check_chain(
        &ChainRequest {
            certificate,
            extra,
            at: at(when),
            purpose,
            revocation,
        },
        trust,
    )
}

fn codes(report: &ChainReport) -> Vec<&str> {
    report.steps.iter().map(|step| step.code).collect()
}

/// A house with CRLs of both authorities, none of which revokes anything.
fn house_with_crls() -> House {
    let mut house = house();
    for authority in [&house.root, &house.ca] {
        house.trust.add_crl(crl(
            authority,
            "2026-06-01T00:00:00Z",
            "2026-07-01T00:00:00Z",
            &[],
        ));
    }
    house
}

const NOW: &str = "2026-06-15T00:00:00Z";

#[test]
fn a_good_certificate_is_valid_in_all_four_steps() {
    let house = house_with_crls();
    let report = check(&house.seal.certificate, &house.trust, NOW);
    assert_eq!(report.outcome, Outcome::Valid, "{:#?}", report.steps);
    assert_eq!(
        codes(&report),
        [
            "chain_valid",
            "certificate_in_validity",
            "revocation_valid",
            "key_usage_valid"
        ]
    );
    assert_eq!(report.anchor, Some(Anchor::Root));
    assert_eq!(report.path.len(), 3);
}

#[test]
fn an_intermediate_that_came_with_the_document_helps() {
    let House { root, ca, seal, .. } = house();
    let mut trust = TrustStore::new();
    trust.add_certificate(root.certificate.clone()).unwrap();
    let allow = RevocationPolicy::AllowUnchecked;
    let alone = check_with(&seal.certificate, &[], &trust, NOW, allow);
    assert_eq!(alone.outcome, Outcome::Undetermined);
    let extra = [ca.certificate];
    let helped = check_with(&seal.certificate, &extra, &trust, NOW, allow);
    assert_eq!(helped.outcome, Outcome::Valid, "{:#?}", helped.steps);
}

#[test]
fn an_unknown_issuer_is_undetermined_and_never_forged() {
    let house = house();
    let stranger = common::house();
    let extra = [
        stranger.ca.certificate.clone(),
        stranger.root.certificate.clone(),
    ];
    let allow = RevocationPolicy::AllowUnchecked;
    // The stranger's authorities bear the very names of the trusted ones.
    let report = check_with(&stranger.seal.certificate, &extra, &house.trust, NOW, allow);
    assert_eq!(report.outcome, Outcome::Undetermined, "{:#?}", report.steps);
    let step = &report.steps[0];
    assert_eq!(
        (step.code, step.message.as_str()),
        ("issuer_not_trusted", "未信任的签发机构")
    );
    assert_eq!(report.anchor, None);
}

#[test]
fn a_wrong_signature_is_invalid() {
    let house = house();
    let mut der = house.seal.certificate.der().to_vec();
    // A byte of the subject, which stands before the key.
    let at = der.windows(4).position(|window| window == b"3500").unwrap();
    der[at] = b'4';
    let forged = Certificate::from_der(&der).unwrap();
    let report = check(&forged, &house.trust, NOW);
    assert_eq!(report.outcome, Outcome::Invalid);
    assert_eq!(codes(&report)[0], "certificate_signature_invalid");
}

#[test]
fn an_end_entity_cannot_issue() {
    let house = house();
    let key = PrivateKey::generate();
    let subject = Name::china(UNIT, "35000000000009").unwrap();
    let mut draft = draft(Kind::Seal, &subject, &key);
    draft.issuer = Some(&house.seal.certificate);
    let certificate = issue(&draft, &house.seal.key);
    let extra = [house.seal.certificate.clone()];
    let allow = RevocationPolicy::AllowUnchecked;
    let report = check_with(&certificate, &extra, &house.trust, NOW, allow);
    assert_eq!(report.outcome, Outcome::Invalid);
    assert_eq!(codes(&report)[0], "issuer_not_authority");
}

#[test]
fn the_path_length_is_kept() {
    let house = house();
    let sub = below(
        &house.ca,
        Kind::IssuingCa,
        "福建省经济信息中心",
        "下级 CA",
        9,
    );
    let seal = below(&sub, Kind::Seal, UNIT, "35000000000003", 10);
    let allow = RevocationPolicy::AllowUnchecked;
    let extra = [sub.certificate.clone()];
    let report = check_with(&seal.certificate, &extra, &house.trust, NOW, allow);
    assert_eq!(report.outcome, Outcome::Invalid);
    assert_eq!(codes(&report)[0], "path_too_long");
}

#[test]
fn authorities_that_certify_each_other_do_not_loop() {
    let (one, two) = (root("甲"), root("乙"));
    let cross = |issuer: &Party, subject: &Party| {
        let name = subject.certificate.subject().clone();
        let mut draft = draft(Kind::Root, &name, &subject.key);
        draft.issuer = Some(&issuer.certificate);
        issue(&draft, &issuer.key)
    };
    let mut extra = vec![cross(&one, &two), cross(&two, &one)];
    for n in 0..40 {
        let mut der = extra[n % 2].der().to_vec();
        let last = der.len() - 1;
        der[last] ^= n as u8;
        extra.extend(Certificate::from_der(&der));
    }
    let leaf = below(&one, Kind::Seal, UNIT, "35000000000004", 3);
    let report = check_with(
        &leaf.certificate,
        &extra,
        &TrustStore::new(),
        NOW,
        RevocationPolicy::AllowUnchecked,
    );
    assert_eq!(report.outcome, Outcome::Undetermined);
    assert_eq!(codes(&report)[0], "issuer_not_trusted");
}

#[test]
fn validity_is_judged_at_the_moment_asked_for() {
    let house = house();
    let allow = RevocationPolicy::AllowUnchecked;
    let check = |when| check_with(&house.seal.certificate, &[], &house.trust, when, allow);
    assert_eq!(check("2026-01-01T00:00:00Z").outcome, Outcome::Valid);
    assert_eq!(check("2027-01-01T00:00:00Z").outcome, Outcome::Valid);
    let late = check("2027-01-01T00:00:01Z");
    assert_eq!(late.outcome, Outcome::Invalid);
    assert!(codes(&late).contains(&"certificate_expired"));
    assert!(
        late.steps
            .iter()
            .any(|step| step.message.contains("2027年1月1日 08:00:01"))
    );
    let early = check("2025-12-31T23:59:59Z");
    assert!(codes(&early).contains(&"certificate_not_yet_valid"));
    // The other steps are still there.
    assert_eq!(codes(&late)[0], "chain_valid");
    assert!(codes(&late).contains(&"key_usage_valid"));
}

#[test]
fn revocation_counts_from_its_date_on() {
    let mut house = house_with_crls();
    let seal = house.seal.certificate.clone();
    let revoked = [(&seal, "2026-06-10T00:00:00Z", Reason::KeyCompromise)];
    let list = crl(
        &house.ca,
        "2026-06-11T00:00:00Z",
        "2026-07-01T00:00:00Z",
        &revoked,
    );
    house.trust.add_crl(list);

    let after = check(&seal, &house.trust, "2026-06-10T00:00:00Z");
    assert_eq!(after.outcome, Outcome::Invalid);
    let step = after
        .steps
        .iter()
        .find(|step| step.code == "certificate_revoked")
        .unwrap();
    assert_eq!(
        step.message,
        "证书已于 2026年6月10日 08:00:00 被撤销（密钥失控）"
    );

    let before = check(&seal, &house.trust, "2026-06-09T23:59:59Z");
    assert_eq!(before.outcome, Outcome::Valid, "{:#?}", before.steps);
    let step = before
        .steps
        .iter()
        .find(|step| step.code == "certificate_revoked_later")
        .unwrap();
    assert_eq!(step.severity, Severity::Remark);
}

#[test]
fn a_hold_counts_while_it_lasted() {
    let mut house = house_with_crls();
    let seal = house.seal.certificate.clone();
    let held = [(&seal, "2026-06-10T00:00:00Z", Reason::CertificateHold)];
    let hold = crl(
        &house.ca,
        "2026-06-10T01:00:00Z",
        "2026-07-01T00:00:00Z",
        &held,
    );
    let lifted = crl(
        &house.ca,
        "2026-06-20T00:00:00Z",
        "2026-07-20T00:00:00Z",
        &[],
    );
    house.trust.add_crl(hold);
    let during = check(&seal, &house.trust, "2026-06-15T00:00:00Z");
    assert!(codes(&during).contains(&"certificate_on_hold"));
    house.trust.add_crl(lifted);
    let outcome = |when| check(&seal, &house.trust, when).outcome;
    assert_eq!(outcome("2026-06-09T00:00:00Z"), Outcome::Valid);
    assert_eq!(outcome("2026-06-15T00:00:00Z"), Outcome::Invalid);
    assert_eq!(outcome("2026-06-21T00:00:00Z"), Outcome::Valid);
}

#[test]
fn a_revoked_authority_spoils_what_is_below() {
    let mut house = house_with_crls();
    let revoked = [(
        &house.ca.certificate,
        "2026-06-10T00:00:00Z",
        Reason::CaCompromise,
    )];
    let list = crl(
        &house.root,
        "2026-06-11T00:00:00Z",
        "2026-07-01T00:00:00Z",
        &revoked,
    );
    house.trust.add_crl(list);
    let report = check(&house.seal.certificate, &house.trust, NOW);
    assert_eq!(report.outcome, Outcome::Invalid);
}

#[test]
fn without_a_usable_crl_revocation_is_not_checked() {
    let undetermined = |trust: &TrustStore, seal: &Certificate, when| {
        let strict = check(seal, trust, when);
        assert_eq!(strict.outcome, Outcome::Undetermined, "{:#?}", strict.steps);
        assert!(codes(&strict).contains(&"revocation_not_checked"));
        let lenient = check_with(seal, &[], trust, when, RevocationPolicy::AllowUnchecked);
        assert_eq!(lenient.outcome, Outcome::Valid, "{:#?}", lenient.steps);
        assert!(codes(&lenient).contains(&"revocation_not_checked"));
    };
    let bare = house();
    undetermined(&bare.trust, &bare.seal.certificate, NOW);

    let stale = house_with_crls();
    undetermined(
        &stale.trust,
        &stale.seal.certificate,
        "2026-07-01T00:00:01Z",
    );

    // A list with the authority's name by another key.
    let mut forged = house_with_crls();
    let (seal, other) = (forged.seal.certificate.clone(), common::house());
    let revoked = [(&seal, "2026-06-10T00:00:00Z", Reason::KeyCompromise)];
    let list = crl(
        &other.ca,
        "2026-06-11T00:00:00Z",
        "2026-07-01T00:00:00Z",
        &revoked,
    );
    forged.trust.add_crl(list);
    assert_eq!(check(&seal, &forged.trust, NOW).outcome, Outcome::Valid);
}

#[test]
fn a_pinned_certificate_is_trusted_without_its_issuer() {
    let House { seal, ca, .. } = house();
    let mut trust = TrustStore::new();
    trust.add_certificate(seal.certificate.clone()).unwrap();
    let report = check(&seal.certificate, &trust, NOW);
    assert_eq!(report.outcome, Outcome::Valid, "{:#?}", report.steps);
    assert_eq!(report.anchor, Some(Anchor::Pinned));
    assert!(codes(&report).contains(&"revocation_not_checked"));

    // A list by its issuer is applied all the same, once the issuer is known.
    let revoked = [(
        &seal.certificate,
        "2026-06-10T00:00:00Z",
        Reason::Superseded,
    )];
    trust.add_crl(crl(
        &ca,
        "2026-06-11T00:00:00Z",
        "2026-07-01T00:00:00Z",
        &revoked,
    ));
    assert_eq!(
        check(&seal.certificate, &trust, NOW).outcome,
        Outcome::Valid
    );
    trust.add_certificate(ca.certificate.clone()).unwrap();
    assert_eq!(
        check(&seal.certificate, &trust, NOW).outcome,
        Outcome::Invalid
    );
}

#[test]
fn a_key_is_used_for_what_it_may_be_used() {
    let house = house();
    let allow = RevocationPolicy::AllowUnchecked;
    let outcome = |party: &Party, purpose| {
        let request = ChainRequest {
            certificate: &party.certificate,
            extra: &[],
            at: at(NOW),
            purpose,
            revocation: allow,
        };
        let report = check_chain(&request, &house.trust);
        (
            report.outcome,
            codes(&report)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        )
    };
    let tsa = below(&house.ca, Kind::Tsa, "福建省经济信息中心", "时间戳", 5);
    assert_eq!(outcome(&tsa, Purpose::Tsa).0, Outcome::Valid);
    assert_eq!(outcome(&tsa, Purpose::Stamper).0, Outcome::Invalid);
    assert_eq!(outcome(&house.seal, Purpose::SealMaker).0, Outcome::Valid);
    let (verdict, codes) = outcome(&house.seal, Purpose::Tsa);
    assert_eq!(verdict, Outcome::Invalid);
    assert!(codes.contains(&"extended_key_usage_unfit".to_owned()));
    let (verdict, codes) = outcome(&house.ca, Purpose::SealMaker);
    assert_eq!(verdict, Outcome::Invalid);
    assert!(codes.contains(&"key_usage_unfit".to_owned()));
}

#[test]
fn trust_takes_in_files_of_any_kind_and_says_what_it_left_out() {
    let House { root, ca, seal, .. } = house();
    let bundle = format!(
        "# 根和签发\n{}{}",
        root.certificate.pem(),
        ca.certificate.pem()
    );
    let list = crl(&ca, "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z", &[]);
    let mut broken = root.certificate.der().to_vec();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("bundle.pem", bundle.clone().into_bytes()),
        ("again.pem", bundle.into_bytes()),
        ("seal.cer", seal.certificate.der().to_vec()),
        ("list.crl", list.der().to_vec()),
        ("list.pem", list.pem().into_bytes()),
        ("broken.cer", broken),
        ("readme.txt", b"nothing".to_vec()),
        ("empty", Vec::new()),
    ];
    let trust = TrustStore::load(files);
    assert_eq!(trust.anchors(), [root.certificate]);
    assert_eq!(trust.intermediates(), [ca.certificate]);
    assert_eq!(trust.pinned(), [seal.certificate]);
    assert_eq!(trust.crls().len(), 1);
    let notes: Vec<_> = trust.notes().iter().map(|note| note.code).collect();
    assert_eq!(
        notes,
        [
            "trust_anchor_signature",
            "trust_file_ignored",
            "trust_file_ignored"
        ]
    );
}

#[test]
fn the_improper_root_of_ofdrw_is_not_taken_in() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/interop/trust");
    let Ok(root) = std::fs::read(format!("{dir}/ofdrw-test-root.pem")) else {
        return eprintln!("skipped: no files of other products beside the repository");
    };
    let signer = std::fs::read(format!("{dir}/ofdrw-signer.pem")).unwrap();
    let certificate = Certificate::from_der_or_pem(&signer).unwrap();
    let when = "2021-06-01T00:00:00Z";
    let trust = TrustStore::load([("root", &root)]);
    assert_eq!(trust.notes()[0].code, "trust_anchor_improper");
    assert!(trust.anchors().is_empty());
    let report = check(&certificate, &trust, when);
    assert_eq!(report.outcome, Outcome::Undetermined);
    assert_eq!(codes(&report)[0], "issuer_not_trusted");

    // Neither when it comes with the document.
    let extra = [Certificate::from_der_or_pem(&root).unwrap()];
    let report = check_with(
        &certificate,
        &extra,
        &trust,
        when,
        RevocationPolicy::AllowUnchecked,
    );
    assert_eq!(report.outcome, Outcome::Undetermined);

    let trust = TrustStore::load([("root", &root), ("signer", &signer)]);
    let report = check(&certificate, &trust, when);
    assert_eq!(report.outcome, Outcome::Valid, "{:#?}", report.steps);
    assert_eq!(
        check(&certificate, &trust, "2026-11-22T00:00:00Z").outcome,
        Outcome::Invalid
    );
}
