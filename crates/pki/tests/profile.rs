//! The lint stops what must not be signed, and parsers survive what is no certificate.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests stop at surprises and say what they skip"
)]

mod common;

use std::sync::LazyLock;

use common::{House, UNIT, at, crl, draft, house};
use gm::PrivateKey;
use pki::{
    Certificate, Crl, Name, TrustStore,
    crl::Reason,
    profile::{Draft, Kind, lint, seal_subject},
};
use proptest::prelude::*;

fn lint_codes(change: impl FnOnce(&mut Draft<'_>)) -> Vec<&'static str> {
    let house = house();
    let key = PrivateKey::generate();
    let subject =
        seal_subject("11350000003591037R", "福建省经济信息中心", "35000000000001").unwrap();
    let mut draft = draft(Kind::Seal, &subject, &key);
    draft.issuer = Some(&house.ca.certificate);
    change(&mut draft);
    lint(&draft.tbs().unwrap())
        .into_iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn a_draft_gives_the_same_bytes_every_time() {
    let house = house();
    let subject = Name::china(UNIT, "35000000000001").unwrap();
    let mut draft = draft(Kind::Seal, &subject, &house.seal.key);
    draft.issuer = Some(&house.ca.certificate);
    assert_eq!(draft.tbs().unwrap(), draft.tbs().unwrap());
}

#[test]
fn the_lint_stops_what_must_not_be_signed() {
    assert_eq!(lint_codes(|_| {}), [""; 0]);
    assert_eq!(
        lint_codes(|it| it.serial = &[1, 2, 3, 4, 5, 6, 7]),
        ["lint_serial_short"]
    );
    assert_eq!(
        lint_codes(|it| it.serial = &[0x71; 21]),
        ["lint_serial_long"]
    );
    assert_eq!(
        lint_codes(|it| it.not_after = at("2032-01-01T00:00:00Z")),
        ["lint_validity_long"]
    );
    assert_eq!(
        lint_codes(|it| it.not_after = it.not_before),
        ["lint_validity_order"]
    );
    assert_eq!(lint_codes(|it| it.crl_url = None), ["lint_crl_url"]);
    assert_eq!(
        lint_codes(|it| it.crl_url = Some("ldap://ca/cn=crl")),
        ["lint_crl_url"]
    );
    assert_eq!(lint_codes(|it| it.issuer = None), ["lint_self_issued"]);
    // A kind's own rules.
    assert_eq!(lint_codes(|it| it.kind = Kind::IssuingCa), [""; 0]);
    assert_eq!(lint_codes(|it| it.kind = Kind::Root), ["lint_path_len"]);
    assert_eq!(lint_codes(|it| it.kind = Kind::Tsa), [""; 0]);

    let with_subject = |attributes: &[(&str, &str)]| {
        let name = Name::build(attributes).unwrap();
        let house = house();
        let mut draft = draft(Kind::Seal, &name, &house.seal.key);
        draft.issuer = Some(&house.ca.certificate);
        lint(&draft.tbs().unwrap())
            .into_iter()
            .map(|finding| finding.message)
            .collect::<Vec<_>>()
    };
    let (c, o, cn) = ("2.5.4.6", "2.5.4.10", "2.5.4.3");
    let good = with_subject(&[(c, "CN"), (o, UNIT), (cn, "35000000000001")]);
    assert!(good.is_empty(), "{good:?}");
    let order = with_subject(&[(cn, "35000000000001"), (o, UNIT), (c, "CN")]);
    assert_eq!(order, ["使用者名称应依次为国家、单位、通用名"]);
    let country = with_subject(&[(c, "US"), (o, UNIT), (cn, "1")]);
    assert_eq!(country, ["使用者名称的国家应为 CN"]);
    let blank = with_subject(&[(c, "CN"), (o, " "), (cn, "1")]);
    assert_eq!(blank, ["使用者名称有空白的内容或首尾空格"]);
    let control = with_subject(&[(c, "CN"), (o, "单\u{202e}位"), (cn, "1")]);
    assert_eq!(control, ["使用者名称含有不可显示的字符"]);
    let long = with_subject(&[(c, "CN"), (o, &"长".repeat(129)), (cn, "1")]);
    assert_eq!(long, ["使用者名称有超过 128 个字的内容"]);
}

#[test]
fn the_lint_looks_at_the_bytes_and_not_at_the_draft() {
    let tbs = house().seal.certificate.tbs().to_vec();
    let patched = |from: &str, to: &str| {
        let (from, to) = (hex::decode(from).unwrap(), hex::decode(to).unwrap());
        let at = tbs
            .windows(from.len())
            .position(|window| window == from)
            .unwrap();
        let mut tbs = tbs.clone();
        tbs[at..at + to.len()].copy_from_slice(&to);
        lint(&tbs)
            .into_iter()
            .map(|finding| finding.code)
            .collect::<Vec<_>>()
    };
    // Key usage: digitalSignature alone; critical FALSE; another extension in its place.
    assert_eq!(patched("030206c0", "03020780"), ["lint_usage"]);
    assert_eq!(
        patched("0603551d0f0101ff", "0603551d0f010100"),
        ["lint_usage_not_critical"]
    );
    assert_eq!(
        patched("0603551d0f", "0603551d11"),
        ["lint_extension_unknown", "lint_usage_missing"]
    );
    // The curve: P-256 in place of SM2; the key no longer is what the key identifier says.
    let codes = patched("06082a811ccf5501822d", "06082a8648ce3d030107");
    assert_eq!(codes, ["lint_key_not_sm2", "lint_subject_key_id"]);
    assert_eq!(lint(&tbs[..tbs.len() - 1])[0].code, "lint_malformed");
    assert_eq!(
        lint(&[tbs.as_slice(), &[0]].concat())[0].code,
        "lint_malformed"
    );
}

static HOUSE: LazyLock<House> = LazyLock::new(house);

proptest! {
    #[test]
    fn a_changed_certificate_never_verifies_and_never_panics(at in 0usize..100_000, to: u8) {
        let original = &HOUSE.seal.certificate;
        let mut der = original.der().to_vec();
        let at = at % der.len();
        der[at] = to;
        if let Ok(changed) = Certificate::from_der(&der) {
            let verifies = changed.verify_issued_by(&HOUSE.ca.certificate).is_ok();
            prop_assert_eq!(verifies, &changed == original);
            let _ = changed.subject().display();
        }
        let _ = lint(&der);
        let _ = TrustStore::load([("x", &der)]);
    }

    #[test]
    fn a_changed_list_never_verifies_and_never_panics(at in 0usize..100_000, to: u8) {
        let revoked = [(&HOUSE.seal.certificate, "2026-06-10T00:00:00Z", Reason::Superseded)];
        let list = crl(&HOUSE.ca, "2026-06-11T00:00:00Z", "2026-07-11T00:00:00Z", &revoked);
        let mut der = list.der().to_vec();
        let at = at % der.len();
        der[at] = to;
        if let Ok(changed) = Crl::from_der(&der) {
            let verifies = changed.verify(&HOUSE.ca.certificate).is_ok();
            prop_assert_eq!(verifies, der == list.der());
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Certificate::from_der_or_pem(&bytes);
        let _ = Crl::from_der_or_pem(&bytes);
        let _ = lint(&bytes);
    }

    #[test]
    fn what_a_certificate_was_made_of_is_read_from_it(
        serial in proptest::collection::vec(any::<u8>(), 8..20),
        organization in "[\\PC&&[^\\s]]{1,40}",
        from in 0i64..4_000_000_000,
        length in 1i64..100_000_000,
    ) {
        prop_assume!(serial.iter().any(|byte| *byte != 0));
        let subject = Name::china(&organization, "35000000000001").unwrap();
        let mut draft = draft(Kind::Seal, &subject, &HOUSE.seal.key);
        draft.serial = &serial;
        draft.issuer = Some(&HOUSE.ca.certificate);
        draft.not_before = jiff::Timestamp::from_second(from).unwrap();
        draft.not_after = jiff::Timestamp::from_second(from + length).unwrap();
        let made = common::issue(&draft, &HOUSE.ca.key);
        let first = serial.iter().position(|byte| *byte != 0).unwrap();
        prop_assert_eq!(made.serial(), &serial[first..]);
        prop_assert_eq!(made.subject().organization(), Some(organization.as_str()));
        prop_assert_eq!(made.not_before(), draft.not_before);
        prop_assert_eq!(made.not_after(), draft.not_after);
        prop_assert_eq!(made.public_key().unwrap(), draft.public_key);
        prop_assert_eq!(made.verify_issued_by(&HOUSE.ca.certificate), Ok(()));
        prop_assert_eq!(Certificate::from_der_or_pem(made.pem().as_bytes()).unwrap(), made);
    }
}
