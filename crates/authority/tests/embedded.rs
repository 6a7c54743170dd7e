//! The embedded authority as the platform and other products see it.

#![expect(clippy::unwrap_used, reason = "a test says so when something fails")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use authority::{Embedded, OpenError, Settings};
use gm::{PrivateKey, Signer};
use jiff::{SignedDuration, Timestamp};
use keys::{MasterKey, Vault};
use pki::crl::Reason;
use pki::{
    Certificate, ChainReport, ChainRequest, Outcome, Purpose, RevocationPolicy, TrustStore,
    check_chain,
};
use platform::ports::{Authority, AuthorityError, IssueRequest, Keys};

const CRL_URL: &str = "http://seals.example.gov.cn/crl/seals.crl";

fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn vault(folder: &Path) -> Arc<dyn Keys> {
    let master = MasterKey::from_hex(&"5a".repeat(32)).unwrap();
    Arc::new(Vault::open(folder.join("keys"), &master).unwrap())
}

fn settings() -> Settings {
    Settings {
        organization: "福建省经济信息中心".to_owned(),
        crl_url: CRL_URL.to_owned(),
        root_crl_url: None,
    }
}

async fn try_open(folder: &Path, at: Timestamp) -> Result<Embedded, OpenError> {
    Embedded::open(&folder.join("authority"), vault(folder), settings(), at).await
}

async fn open(folder: &Path) -> Embedded {
    try_open(folder, now()).await.unwrap()
}

fn request(key: &PrivateKey) -> IssueRequest {
    IssueRequest {
        credit_code: "11350000003591037R".to_owned(),
        unit_name: "福建省经济信息中心".to_owned(),
        seal_code: "35010200000042".to_owned(),
        public_key: key.public_key().clone(),
        serial: [0x42; 16],
        not_before: now(),
        not_after: now() + days(365),
    }
}

async fn issue(authority: &Embedded) -> Certificate {
    let tbs = authority
        .certificate_tbs(&request(&PrivateKey::generate()))
        .unwrap();
    authority.sign_certificate(&tbs).await.unwrap()
}

async fn check(
    authority: &Embedded,
    certificate: &Certificate,
    purpose: Purpose,
    revoked: &[(String, Timestamp, Reason)],
) -> ChainReport {
    let mut trust = TrustStore::new();
    for own in authority.chain() {
        trust.add_certificate(own.clone()).unwrap();
    }
    let list = authority
        .sign_crl(1, now(), now() + days(1), revoked)
        .await
        .unwrap();
    trust.add_crl(list);
    trust.add_crl(authority.root_crl(now()).await.unwrap());
    let request = ChainRequest {
        certificate,
        extra: &[],
        at: now() + SignedDuration::from_mins(1),
        purpose,
        revocation: RevocationPolicy::Required,
    };
    check_chain(&request, &trust)
}

#[tokio::test]
async fn the_authority_is_founded_once_and_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await;
    let again = try_open(folder.path(), now() + days(100)).await.unwrap();
    assert_eq!(first.maker().der(), again.maker().der());
    let ders = |authority: &Embedded| -> Vec<Vec<u8>> {
        authority
            .chain()
            .iter()
            .map(|certificate| certificate.der().to_vec())
            .collect()
    };
    assert_eq!(ders(&first), ders(&again));

    let [issuing, root] = first.chain() else {
        panic!("two authorities")
    };
    assert!(root.is_ca() && issuing.is_ca() && !first.maker().is_ca());
    assert_eq!(root.subject().display(), root.issuer().display());
    assert_eq!(issuing.path_len(), Some(0));
    assert_eq!(root.subject().common_name(), Some("福建省政务电子印章根CA"));
    assert_eq!(
        issuing.subject().common_name(),
        Some("福建省政务电子印章签发CA")
    );
    assert_eq!(
        first.maker().subject().common_name(),
        Some("福建省政务电子印章制章")
    );
    assert_eq!(
        first.maker().subject().organization(),
        Some("福建省经济信息中心")
    );
    for (certificate, end) in [
        (root, "2046-11-22T08:00:00Z"),
        (issuing, "2036-11-22T08:00:00Z"),
        (first.maker(), "2031-11-22T08:00:00Z"),
    ] {
        assert_eq!(certificate.not_before(), now());
        assert_eq!(certificate.not_after().to_string(), end);
    }
}

#[tokio::test]
async fn a_seal_certificate_and_the_maker_have_a_valid_chain() {
    let folder = tempfile::tempdir().unwrap();
    let authority = open(folder.path()).await;
    let seal = issue(&authority).await;
    assert_eq!(
        seal.subject().organization(),
        Some("11350000003591037R福建省经济信息中心")
    );
    assert_eq!(seal.subject().common_name(), Some("35010200000042"));
    assert_eq!(seal.crl_distribution_points(), [CRL_URL]);
    assert_eq!(seal.serial_hex(), "42".repeat(16));
    for (certificate, purpose) in [
        (&seal, Purpose::Stamper),
        (authority.maker(), Purpose::SealMaker),
    ] {
        let report = check(&authority, certificate, purpose, &[]).await;
        assert_eq!(report.outcome, Outcome::Valid, "{:?}", report.steps);
        assert_eq!(report.path.len(), 3);
    }
}

#[tokio::test]
async fn a_revoked_certificate_is_on_the_list_and_one_on_hold_is_not_valid() {
    let folder = tempfile::tempdir().unwrap();
    let authority = open(folder.path()).await;
    let seal = issue(&authority).await;
    let hold = [(seal.serial_hex(), now(), Reason::CertificateHold)];
    let report = check(&authority, &seal, Purpose::Stamper, &hold).await;
    assert_eq!(report.outcome, Outcome::Invalid);
    assert!(
        report
            .steps
            .iter()
            .any(|step| step.code == "certificate_on_hold")
    );

    let nonsense = [("xyz".to_owned(), now(), Reason::KeyCompromise)];
    let refused = authority
        .sign_crl(2, now(), now() + days(1), &nonsense)
        .await;
    assert!(matches!(refused, Err(AuthorityError::Refused(_))));
    let backwards = authority.sign_crl(2, now(), now(), &[]).await;
    assert!(matches!(backwards, Err(AuthorityError::Refused(_))));
}

#[tokio::test]
async fn the_roots_list_is_kept_and_made_anew_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let authority = open(folder.path()).await;
    let first = authority.root_crl(now()).await.unwrap();
    let reopened = open(folder.path()).await;
    assert_eq!(
        reopened.root_crl(now() + days(29)).await.unwrap().der(),
        first.der()
    );
    let next = reopened.root_crl(now() + days(31)).await.unwrap();
    assert_eq!(next.this_update(), now() + days(31));
    assert!(next.number_hex() > first.number_hex());
    std::fs::write(folder.path().join("authority/root.crl"), b"damaged").unwrap();
    reopened.root_crl(now() + days(32)).await.unwrap();
}

#[tokio::test]
async fn what_breaks_the_profile_is_refused_before_a_key_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let authority = open(folder.path()).await;
    let good = request(&PrivateKey::generate());
    let [issuing, _] = authority.chain() else {
        panic!("two authorities")
    };
    for (bad, expected) in [
        (
            IssueRequest {
                not_after: now() + days(6 * 366),
                ..good.clone()
            },
            "lint_validity_long",
        ),
        (
            IssueRequest {
                not_after: now(),
                ..good.clone()
            },
            "lint_validity_order",
        ),
        (
            IssueRequest {
                serial: [0; 16],
                ..good.clone()
            },
            "lint_serial_short",
        ),
        (
            IssueRequest {
                seal_code: " ".to_owned(),
                ..good.clone()
            },
            "lint_name",
        ),
        (
            IssueRequest {
                unit_name: "局".repeat(200),
                ..good.clone()
            },
            "lint_name",
        ),
        (
            IssueRequest {
                not_before: issuing.not_after() - days(100),
                not_after: issuing.not_after() + days(1),
                ..good.clone()
            },
            "超过签发机构证书的有效期",
        ),
        (
            IssueRequest {
                public_key: issuing.public_key().unwrap().clone(),
                ..good.clone()
            },
            "公钥属于签发机构自身",
        ),
    ] {
        match authority.certificate_tbs(&bad) {
            Err(AuthorityError::Refused(text)) => assert!(text.contains(expected), "{text}"),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn only_a_seals_certificate_of_this_authority_is_signed() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let authority = open(folder.path()).await;
    let other = open(elsewhere.path()).await;
    let foreign = other
        .certificate_tbs(&request(&PrivateKey::generate()))
        .unwrap();
    let good = authority
        .certificate_tbs(&request(&PrivateKey::generate()))
        .unwrap();
    for bytes in [
        &b""[..],
        b"SES_SealInfo",
        &good[..good.len() - 1],
        &foreign,
        authority.chain()[0].tbs(),
        authority.chain()[1].tbs(),
        authority.maker().tbs(),
    ] {
        let refused = authority.sign_certificate(bytes).await;
        assert!(matches!(refused, Err(AuthorityError::Refused(_))));
    }
}

#[tokio::test]
async fn signing_the_recorded_bytes_again_makes_the_same_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let tbs = open(folder.path())
        .await
        .certificate_tbs(&request(&PrivateKey::generate()))
        .unwrap();
    let first = open(folder.path())
        .await
        .sign_certificate(&tbs)
        .await
        .unwrap();
    let second = open(folder.path())
        .await
        .sign_certificate(&tbs)
        .await
        .unwrap();
    assert_eq!(first.tbs(), second.tbs());
    assert_eq!(first.serial_hex(), second.serial_hex());
}

#[tokio::test]
async fn the_maker_signs_seals() {
    let folder = tempfile::tempdir().unwrap();
    let authority = open(folder.path()).await;
    let signature = authority.sign_seal(b"SES_SealInfo").await.unwrap();
    authority
        .maker()
        .public_key()
        .unwrap()
        .verify(b"SES_SealInfo", &signature)
        .unwrap();
}

#[tokio::test]
async fn a_founding_cut_short_goes_on_with_the_recorded_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await;
    let root = first.chain()[1].clone();
    // As a kill leaves it: recorded, but not signed.
    for file in [
        "root.der",
        "ca-seal.der",
        "seal-maker.tbs",
        "seal-maker.der",
    ] {
        std::fs::remove_file(folder.path().join("authority").join(file)).unwrap();
    }
    let again = try_open(folder.path(), now() + days(1)).await.unwrap();
    assert_eq!(again.chain()[1].tbs(), root.tbs());
    assert_eq!(again.chain()[0].tbs(), first.chain()[0].tbs());
    assert_eq!(again.maker().not_before(), now() + days(1));
}

#[tokio::test]
async fn a_folder_that_does_not_fit_its_keys_or_is_damaged_is_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).await);
    std::fs::remove_dir_all(folder.path().join("keys")).unwrap();
    assert!(matches!(
        try_open(folder.path(), now()).await,
        Err(OpenError::OtherKey(_))
    ));

    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).await);
    let path = folder.path().join("authority/ca-seal.der");
    let mut der = std::fs::read(&path).unwrap();
    *der.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &der).unwrap();
    assert!(matches!(
        try_open(folder.path(), now()).await,
        Err(OpenError::Damaged { .. })
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_found_it_at_once_found_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let openings: Vec<_> = (0..6)
        .map(|turn| {
            let path = path.clone();
            tokio::spawn(async move { try_open(&path, now() + days(turn)).await })
        })
        .collect();
    let mut makers = Vec::new();
    for opening in openings {
        makers.push(opening.await.unwrap().unwrap().maker().der().to_vec());
    }
    assert!(makers.iter().all(|maker| maker == &makers[0]));
}

#[tokio::test]
async fn openssl_believes_every_link_and_shows_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let authority = open(folder.path()).await;
    let seal = issue(&authority).await;
    let held = [(seal.serial_hex(), now(), Reason::CertificateHold)];
    let list = authority
        .sign_crl(7, now(), now() + days(1), &held)
        .await
        .unwrap();
    let [issuing, root] = authority.chain() else {
        panic!("two authorities")
    };
    let write = |name: &str, pem: String| std::fs::write(folder.path().join(name), pem).unwrap();
    write("root", root.pem());
    write("issuing", issuing.pem());
    write("maker", authority.maker().pem());
    write("seal", seal.pem());
    write("list", list.pem());
    let openssl = |args: &[&str]| {
        let output = Command::new("openssl")
            .current_dir(folder.path())
            .args(args)
            .output()
            .ok()?;
        let text = [output.stdout, output.stderr].concat();
        Some((
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        ))
    };
    let at = (now().as_second() + 60).to_string();
    for (issuer, subject) in [
        ("root", "root"),
        ("root", "issuing"),
        ("issuing", "maker"),
        ("issuing", "seal"),
    ] {
        let Some((ok, text)) = openssl(&[
            "verify",
            "-partial_chain",
            "-vfyopt",
            "distid:1234567812345678",
            "-x509_strict",
            "-attime",
            &at,
            "-trusted",
            issuer,
            subject,
        ]) else {
            println!("skipped: no openssl");
            return;
        };
        assert!(ok, "{subject}: {text}");
    }
    let (_, text) = openssl(&["crl", "-in", "list", "-noout", "-text"]).unwrap();
    for part in [&"42".repeat(16), "Certificate Hold", "X509v3 CRL Number"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}
