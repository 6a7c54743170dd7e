//! Checking a seal: GB/T 38540-2020, 6.3.

use jiff::Timestamp;
use pki::{
    Anchor, Certificate, ChainReport, ChainRequest, Finding, Outcome, Purpose, RevocationPolicy,
    TrustStore,
};

use crate::error::FormatError;
use crate::limits::Limits;
use crate::lint::{beijing, lint_picture, lint_property};
use crate::picture::{Picture, PictureCache};
use crate::seal::Seal;
use crate::step::{Step, worst};
use crate::value::{Naming, check_value};

const S1: (&str, &str) = ("S1", "印章格式");
const S2: (&str, &str) = ("S2", "制章人签名");
const S3: (&str, &str) = ("S3", "制章人证书");
const S4: (&str, &str) = ("S4", "印章有效期");
const S6: (&str, &str) = ("S6", "印章内容规范");

/// What a check rests on.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Whom the caller trusts.
    pub trust: &'a TrustStore,
    /// The moment at which the check is made.
    pub at: Timestamp,
    /// What is asked of revocation.
    pub revocation: RevocationPolicy,
    /// Limits for pictures.
    pub limits: Limits,
    /// Where pictures that were decoded before are remembered.
    pub pictures: Option<&'a PictureCache>,
}

/// What the check of a seal found.
#[derive(Debug, Clone)]
pub struct SealCheck {
    /// The worst of all steps.
    pub outcome: Outcome,
    /// S1, S2, S3, S4, S6.
    pub steps: Vec<Step>,
    /// The maker's certificate, if it can be read.
    pub maker: Option<Certificate>,
}

/// Checks a seal.
///
/// `reference` is the moment at which the seal must be valid (S4): the stamping time, or the moment of the check.
/// `proven` is a trusted moment at which the seal existed, if there is one.
pub fn check_seal(
    seal: &Seal,
    reference: Timestamp,
    proven: Option<Timestamp>,
    context: &Context<'_>,
) -> SealCheck {
    let maker = Certificate::from_der(&seal.maker_certificate);
    let steps = vec![
        format(seal),
        maker_signature(seal, &maker),
        maker_certificate(seal, &maker, proven, context),
        validity(seal, reference),
        lint(seal, context),
    ];
    SealCheck {
        outcome: worst(&steps),
        steps,
        maker: maker.ok(),
    }
}

impl SealCheck {
    /// What is said of bytes that cannot be read as a seal.
    pub fn unreadable(error: &FormatError) -> SealCheck {
        let mut steps = vec![Step::new(S1.0, S1.1, vec![error.finding()])];
        steps.extend(
            [S2, S3, S4, S6].map(|(id, title)| Step::skipped(id, title, "印章数据无法解读")),
        );
        SealCheck {
            outcome: worst(&steps),
            steps,
            maker: None,
        }
    }
}

fn format(seal: &Seal) -> Step {
    let mut findings = seal.notes.clone();
    if Outcome::of(&findings) == Outcome::Valid {
        findings.insert(
            0,
            Finding::valid(
                "seal_format_ok",
                format!("符合 {} 的印章格式", seal.version.standard()),
            ),
        );
    }
    Step::new(S1.0, S1.1, findings)
}

fn maker_signature(seal: &Seal, maker: &Result<Certificate, pki::Error>) -> Step {
    let Ok(maker) = maker else {
        return Step::skipped(S2.0, S2.1, "制章人证书无法解读");
    };
    let naming = Naming {
        who: "制章人",
        right: "maker_signature_ok",
        wrong: "maker_signature_wrong",
    };
    let findings = check_value(
        &naming,
        &seal.algorithm,
        &seal.signature,
        &seal.signed_bytes(),
        maker,
    );
    Step::new(S2.0, S2.1, findings)
}

fn maker_certificate(
    seal: &Seal,
    maker: &Result<Certificate, pki::Error>,
    proven: Option<Timestamp>,
    context: &Context<'_>,
) -> Step {
    let maker = match maker {
        Ok(maker) => maker,
        Err(error) => {
            let sentence = format!("制章人证书：{}", error.sentence());
            return Step::new(
                S3.0,
                S3.1,
                vec![Finding::invalid("maker_certificate_unreadable", sentence)],
            );
        }
    };
    let created = seal.property.created;
    // Chain, revocation and usage are judged at the making of the seal, moved into the certificate's own time; that
    // the making lies in it is judged below, once.
    let report = pki::check_chain(
        &ChainRequest {
            certificate: maker,
            extra: &[],
            at: created.clamp(maker.not_before(), maker.not_after()),
            purpose: Purpose::SealMaker,
            revocation: context.revocation,
        },
        context.trust,
    );
    let anchor = report.anchor;
    let trusted = anchor.is_some();
    let mut findings = vouched(report);
    if created > maker.not_after() {
        findings.push(period(
            trusted,
            "maker_certificate_expired",
            "制章时制章人证书已经过期",
            maker,
            created,
        ));
    } else if created < maker.not_before() {
        // Lawful tax seals carry a making date some days before their maker's certificate begins. The beginning of a
        // certificate adds no safety where its key is trusted, so this is told and does not spoil.
        findings.push(
            Finding::remark(
                "maker_certificate_later_than_seal",
                "印章标明的制作时间早于制章人证书的起始时间",
            )
            .with("制作时间", beijing(created))
            .with("证书起始", beijing(maker.not_before())),
        );
    }
    if let Some(finding) = expired_since(maker, "制章人证书", proven, context) {
        findings.push(finding);
    }
    if seal.timestamp.is_some() {
        findings.extend(seal_timestamp(seal, context));
    }
    findings.extend(entitlement(seal, maker, anchor));
    Step::new(S3.0, S3.1, findings)
}

fn validity(seal: &Seal, reference: Timestamp) -> Step {
    let property = &seal.property;
    let with_period = |finding: Finding| {
        finding
            .with("有效期起", beijing(property.valid_from))
            .with("有效期止", beijing(property.valid_to))
            .with("参考时间", beijing(reference))
    };
    let finding = if property.valid_to < property.valid_from {
        Finding::invalid("seal_validity_reversed", "印章有效期的终止时间早于起始时间")
    } else if reference < property.valid_from {
        Finding::invalid("seal_not_yet_valid", "印章尚未到启用时间")
    } else if reference > property.valid_to {
        Finding::invalid("seal_expired", "印章已经过期")
    } else {
        Finding::valid("seal_validity_ok", "在印章有效期内")
    };
    Step::new(S4.0, S4.1, vec![with_period(finding)])
}

/// S6 tells and never spoils: the standard does not ask for it.
fn lint(seal: &Seal, context: &Context<'_>) -> Step {
    let mut findings = lint_property(&seal.property, &seal.code);
    let decode = |picture: &Picture| match context.pictures {
        Some(cache) => cache.decode(picture, &context.limits),
        None => picture.decode(&context.limits),
    };
    findings.extend(lint_picture(&seal.picture, seal.size_in_tenths(), decode));
    let mut findings: Vec<Finding> = findings
        .into_iter()
        .map(|finding| Finding {
            evidence: finding.evidence,
            ..Finding::remark(finding.code, finding.message)
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::valid(
            "seal_lint_ok",
            "印章图像、名称和尺寸符合规范",
        ));
    }
    Step::new(S6.0, S6.1, findings)
}

/// A seal's own timestamp is over the maker's signature value. One that cannot be read proves nothing and spoils nothing
/// that the maker signed, so it leaves the step open.
fn seal_timestamp(seal: &Seal, context: &Context<'_>) -> Vec<Finding> {
    let token = seal.timestamp.as_deref().unwrap_or_default();
    check_token(token, &seal.signature, context).0
}

/// Checks a timestamp token over a signature value. The time is given only where everything is right.
pub(crate) fn check_token(
    token: &[u8],
    over: &[u8],
    context: &Context<'_>,
) -> (Vec<Finding>, Option<Timestamp>) {
    let report = pki::timestamp::check(token, over, context.trust, context.revocation);
    let of = |finding: Finding| match finding.code {
        "timestamp_malformed" => {
            let evidence = finding.evidence;
            Finding {
                evidence,
                ..Finding::undetermined("timestamp_unreadable", finding.message)
            }
        }
        _ => finding,
    };
    (
        report.findings.into_iter().map(of).collect(),
        report.trusted,
    )
}

/// The finding for a certificate that has expired by now while nothing proves that the signature is older.
pub(crate) fn expired_since(
    certificate: &Certificate,
    whose: &str,
    proven: Option<Timestamp>,
    context: &Context<'_>,
) -> Option<Finding> {
    let known = proven.map_or(context.at, |time| time.min(context.at));
    (known > certificate.not_after()).then(|| {
        Finding::undetermined(
            "certificate_expired_without_timestamp",
            format!("{whose}现已过期，又没有可信的时间戳证明签名在过期之前已经存在，不能确认，也不能说是伪造"),
        )
        .with("证书截止", beijing(certificate.not_after()))
    })
}

/// A period that does not fit: invalid where the certificate is trusted; where nobody vouches for it, its dates prove
/// nothing either way.
pub(crate) fn period(
    trusted: bool,
    code: &'static str,
    message: &str,
    certificate: &Certificate,
    time: Timestamp,
) -> Finding {
    let finding = if trusted {
        Finding::invalid(code, message)
    } else {
        Finding::undetermined(
            code,
            format!("{message}（证书来源未被信任，其有效期仅供参考）"),
        )
    };
    finding
        .with("证书起始", beijing(certificate.not_before()))
        .with("证书截止", beijing(certificate.not_after()))
        .with("时间", beijing(time))
}

/// The findings of a chain. What a certificate says of its use and its period makes nothing invalid where nobody vouches
/// for the certificate: it is undetermined then, like the chain itself.
pub(crate) fn vouched(report: ChainReport) -> Vec<Finding> {
    const SAYS_ITSELF: [&str; 4] = [
        "key_usage_unfit",
        "extended_key_usage_unfit",
        "certificate_expired",
        "certificate_not_yet_valid",
    ];
    let trusted = report.anchor.is_some();
    let of = |finding: Finding| {
        if trusted || !SAYS_ITSELF.contains(&finding.code) {
            return finding;
        }
        let evidence = finding.evidence;
        Finding {
            evidence,
            ..Finding::undetermined(finding.code, finding.message)
        }
    };
    report.steps.into_iter().map(of).collect()
}

/// Whether the maker may make seals at all. Nothing in a certificate says so, and a seal's holder has a certificate of the
/// same root and the same key usage: whoever could make seals with it could give himself any name. Who is pinned is
/// entitled by the caller; below a root a maker who is plainly a holder leaves the step open.
fn entitlement(seal: &Seal, maker: &Certificate, anchor: Option<Anchor>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_owner = seal
        .property
        .certificates
        .names(maker.der())
        .unwrap_or(false);
    if is_owner {
        findings.push(Finding::remark(
            "maker_is_owner",
            "制章人与签章人是同一张证书",
        ));
    }
    let name = maker.subject().common_name().unwrap_or_default();
    let is_holder = is_owner || (name.len() == 14 && name.bytes().all(|b| b.is_ascii_digit()));
    if anchor == Some(Anchor::Root) && is_holder {
        findings.push(
            Finding::undetermined(
                "maker_not_entitled",
                "制章人证书是印章持有人的证书，不能确认其有权制作印章",
            )
            .with("制章人", maker.subject().display()),
        );
    }
    findings
}
