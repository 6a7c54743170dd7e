//! Checking a stamp: GB/T 38540-2020, 7.3.

use jiff::Timestamp;
use pki::timestamp::Token;
use pki::{Certificate, ChainReport, ChainRequest, Finding, Outcome, Purpose};
use serde::Serialize;

use crate::check_seal::{
    Context, SealCheck, check_seal, check_token, expired_since, period, vouched,
};
use crate::lint::{beijing, is_sm3};
use crate::property::CertificateList;
use crate::stamp::{Stamp, TimeInfo};
use crate::step::{Step, worst};
use crate::value::{Naming, check_value};

pub(crate) const V1: (&str, &str) = ("V1", "签章格式");
pub(crate) const V2: (&str, &str) = ("V2", "签章人签名");
const V3: (&str, &str) = ("V3", "签章人证书与印章的匹配");
const V4: (&str, &str) = ("V4", "印章");
pub(crate) const V5: (&str, &str) = ("V5", "签章人证书");
pub(crate) const V6: (&str, &str) = ("V6", "签章时间");
pub(crate) const V7: (&str, &str) = ("V7", "原文完整性");
pub(crate) const V8: (&str, &str) = ("V8", "时间戳");

/// What stands outside the stamp and is told to the check.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The digest of the protected content as it is now, by the stamp's own rule (in OFD: SM3 of `Signature.xml`).
    /// `None` where there is no content to compare with.
    pub digest: Option<[u8; 32]>,
    /// Whether what the digest covers is itself right: references, their digests, `propertyInfo`.
    pub content: Vec<Finding>,
    /// A moment at which this very stamp was proven to exist, from a record that the caller trusts.
    pub recorded: Option<Timestamp>,
}

/// The stamping time that the check used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StampTime {
    /// The moment.
    pub at: Timestamp,
    /// Who says so.
    pub source: TimeSource,
}

/// Who says when it was stamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// The stamp itself.
    Claimed,
    /// A trusted timestamp over the signature.
    TimestampToken,
    /// A record that the caller trusts.
    Recorded,
}

/// What the check of a stamp found.
#[derive(Debug, Clone)]
pub struct StampCheck {
    /// The worst of all steps, the seal's included.
    pub outcome: Outcome,
    /// V1–V8.
    pub steps: Vec<Step>,
    /// The check of the seal in it (V4); `None` for a signature without seal.
    pub seal: Option<SealCheck>,
    /// The signer's certificate, if it can be read.
    pub signer: Option<Certificate>,
    /// Whether the signer's certificate leads to somebody whom the caller trusts.
    pub trusted: bool,
    /// When it was stamped.
    pub time: Option<StampTime>,
}

/// Checks a stamp.
pub fn check_stamp(stamp: &Stamp, outside: &Outside, context: &Context<'_>) -> StampCheck {
    let (v8, token_time) = timestamp(stamp, context);
    let (claimed, time_findings) = claimed_time(stamp);
    let time = stamp_time(claimed, token_time, outside.recorded);
    let proven = proven(token_time, outside.recorded);
    let reference = time.map_or(context.at, |time| time.at);

    let seal = check_seal(&stamp.seal, reference, proven, context);
    let signer = Certificate::from_der(&stamp.signer_certificate);
    let chain = signer
        .as_ref()
        .ok()
        .map(|signer| signer_chain(signer, &[], reference, context));
    let trusted = chain.as_ref().is_some_and(|chain| chain.anchor.is_some());

    let mut v6 = time_findings;
    v6.extend(times(
        claimed,
        time,
        signer.as_ref().ok(),
        trusted,
        proven,
        context,
    ));
    v6.extend(seal_period(stamp, time));
    let steps = vec![
        format(stamp),
        signature(stamp, &signer),
        listed(stamp),
        seal_step(&seal),
        certificate(&signer, chain),
        Step::new(V6.0, V6.1, v6),
        content(&stamp.data_hash, outside),
        v8,
    ];
    StampCheck {
        outcome: worst(&steps),
        steps,
        seal: Some(seal),
        signer: signer.ok(),
        trusted,
        time,
    }
}

impl StampCheck {
    /// What is said of bytes that cannot be read: the finding that says why, and every other step skipped.
    pub fn unreadable(finding: Finding) -> StampCheck {
        let mut steps = vec![Step::new(V1.0, V1.1, vec![finding])];
        let rest = [V2, V3, V4, V5, V6, V7, V8];
        steps.extend(rest.map(|(id, title)| Step::skipped(id, title, "签章数据无法解读")));
        StampCheck {
            outcome: worst(&steps),
            steps,
            seal: None,
            signer: None,
            trusted: false,
            time: None,
        }
    }
}

fn format(stamp: &Stamp) -> Step {
    let mut findings = stamp.notes.clone();
    if Outcome::of(&findings) == Outcome::Valid {
        let sentence = format!("符合 {} 的签章格式", stamp.version.standard());
        findings.insert(0, Finding::valid("stamp_format_ok", sentence));
    }
    Step::new(V1.0, V1.1, findings)
}

fn signature(stamp: &Stamp, signer: &Result<Certificate, pki::Error>) -> Step {
    let Ok(signer) = signer else {
        return Step::skipped(V2.0, V2.1, "签章人证书无法解读");
    };
    let naming = Naming {
        who: "签章人",
        right: "stamp_signature_ok",
        wrong: "stamp_signature_wrong",
    };
    let findings = check_value(
        &naming,
        &stamp.algorithm,
        &stamp.signature,
        stamp.signed_bytes(),
        signer,
    );
    Step::new(V2.0, V2.1, findings)
}

/// V3, by certificate or by digest.
fn listed(stamp: &Stamp) -> Step {
    let list = &stamp.seal.property.certificates;
    let mut findings = Vec::new();
    if let CertificateList::Digests(digests) = list {
        for digest in digests.iter().filter(|digest| !is_sm3(&digest.algorithm)) {
            findings.push(
                Finding::undetermined(
                    "certificate_digest_unsupported",
                    "印章的证书列表使用了 SM3 以外的杂凑算法",
                )
                .with("算法", digest.algorithm.clone()),
            );
        }
    }
    match list.names(&stamp.signer_certificate) {
        Some(true) => {
            findings.clear();
            findings.push(Finding::valid(
                "signer_in_cert_list",
                "签章人证书在印章的证书列表中",
            ));
        }
        Some(false) => findings.push(
            Finding::invalid(
                "signer_not_in_cert_list",
                "签章人证书不在印章的证书列表中，无权使用该印章",
            )
            .with("列表中的证书数", list.len().to_string()),
        ),
        None => {}
    }
    Step::new(V3.0, V3.1, findings)
}

/// V4 repeats what spoils the seal; the seal's own steps have everything.
fn seal_step(seal: &SealCheck) -> Step {
    let mut findings: Vec<Finding> = seal
        .steps
        .iter()
        .flat_map(|step| &step.findings)
        .filter(|finding| finding.outcome != Outcome::Valid && finding.code != "step_skipped")
        .cloned()
        .collect();
    if findings.is_empty() && seal.outcome == Outcome::Valid {
        findings.push(Finding::valid("seal_ok", "印章真实，盖章时在有效期内"));
    }
    Step {
        outcome: seal.outcome,
        ..Step::new(V4.0, V4.1, findings)
    }
}

/// The chain is judged at the stamping time, moved into the certificate's own time; that the stamping lies in it is V6.
pub(crate) fn signer_chain(
    signer: &Certificate,
    extra: &[Certificate],
    reference: Timestamp,
    context: &Context<'_>,
) -> ChainReport {
    pki::check_chain(
        &ChainRequest {
            certificate: signer,
            extra,
            at: reference.clamp(signer.not_before(), signer.not_after()),
            purpose: Purpose::Stamper,
            revocation: context.revocation,
        },
        context.trust,
    )
}

pub(crate) fn certificate(
    signer: &Result<Certificate, pki::Error>,
    chain: Option<ChainReport>,
) -> Step {
    let findings = match (signer, chain) {
        (Ok(_), Some(chain)) => vouched(chain),
        (Err(error), _) => {
            let sentence = format!("签章人证书：{}", error.sentence());
            vec![Finding::invalid("signer_certificate_unreadable", sentence)]
        }
        (Ok(_), None) => Vec::new(),
    };
    Step::new(V5.0, V5.1, findings)
}

/// V6 without the seal: the stamping time against the certificate, against the check, against what proves it.
pub(crate) fn times(
    claimed: Option<Timestamp>,
    time: Option<StampTime>,
    signer: Option<&Certificate>,
    trusted: bool,
    proven: Option<Timestamp>,
    context: &Context<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(time) = time else {
        return vec![Finding::undetermined(
            "stamp_time_missing",
            "没有可以解读的签章时间",
        )];
    };
    if let (Some(claimed), Some(proven)) = (claimed, proven)
        && claimed > proven
    {
        findings.push(
            Finding::invalid("stamp_time_after_proof", "签章所称的时间晚于可信的时间证明")
                .with("所称时间", beijing(claimed))
                .with("证明时间", beijing(proven)),
        );
    }
    if time.at > context.at {
        findings.push(
            Finding::undetermined("stamp_time_in_future", "签章时间晚于验证所用的时间")
                .with("签章时间", beijing(time.at))
                .with("验证时间", beijing(context.at)),
        );
    }
    if let Some(signer) = signer {
        if time.at < signer.not_before() {
            let message = "签章时签章人证书尚未生效";
            findings.push(period(
                trusted,
                "certificate_not_yet_valid_at_stamping",
                message,
                signer,
                time.at,
            ));
        } else if time.at > signer.not_after() {
            let message = "签章时签章人证书已经过期";
            findings.push(period(
                trusted,
                "certificate_expired_at_stamping",
                message,
                signer,
                time.at,
            ));
        } else if let Some(finding) = expired_since(signer, "签章人证书", proven, context) {
            findings.push(finding);
        }
    }
    if Outcome::of(&findings) == Outcome::Valid {
        let sentence = match time.source {
            TimeSource::Claimed => "签章时间在证书有效期内（签章人自称的时间，没有可信时间戳）",
            TimeSource::TimestampToken => "签章时间在证书有效期内，由可信时间戳证明",
            TimeSource::Recorded => "签章时间在证书有效期内，由平台用印记录证明",
        };
        findings.push(Finding::valid("stamp_time_ok", sentence).with("签章时间", beijing(time.at)));
    }
    findings
}

/// V7: the digest, then what the caller found behind it.
pub(crate) fn content(data_hash: &[u8], outside: &Outside) -> Step {
    let mut findings = Vec::new();
    match outside.digest {
        None => findings.push(Finding::undetermined(
            "content_missing",
            "没有可供比对的原文",
        )),
        Some(digest) if digest == data_hash => {
            findings.push(Finding::valid(
                "data_hash_ok",
                "签章中的杂凑值与签名描述文件相符",
            ));
        }
        Some(_) if data_hash.len() != 32 => findings.push(
            Finding::invalid("weak_digest", "签章中的原文杂凑值不是 SM3 的长度")
                .with("字节数", data_hash.len().to_string()),
        ),
        Some(_) => findings.push(Finding::invalid(
            "data_hash_wrong",
            "签名描述文件在盖章后被改动，与签章中的杂凑值不符",
        )),
    }
    findings.extend(outside.content.iter().cloned());
    Step::new(V7.0, V7.1, findings)
}

/// The later of two proofs proves nothing more: the earliest counts.
pub(crate) fn proven(token: Option<Timestamp>, recorded: Option<Timestamp>) -> Option<Timestamp> {
    [token, recorded].into_iter().flatten().min()
}

/// A trusted time goes before the claimed one.
pub(crate) fn stamp_time(
    claimed: Option<Timestamp>,
    token: Option<Timestamp>,
    recorded: Option<Timestamp>,
) -> Option<StampTime> {
    let of = |source| move |at| StampTime { at, source };
    token
        .map(of(TimeSource::TimestampToken))
        .or(recorded.map(of(TimeSource::Recorded)))
        .or(claimed.map(of(TimeSource::Claimed)))
}

fn timestamp(stamp: &Stamp, context: &Context<'_>) -> (Step, Option<Timestamp>) {
    let (findings, time) = match &stamp.timestamp {
        None => (vec![Finding::valid("timestamp_none", "没有附时间戳")], None),
        Some(token) => check_token(token, &stamp.signature, context),
    };
    (Step::new(V8.0, V8.1, findings), time)
}

/// What `timeInfo` says. In v1 it may be a token: it was made before the signature, so it is no proof that the signature
/// existed, only a claim of the time.
fn claimed_time(stamp: &Stamp) -> (Option<Timestamp>, Vec<Finding>) {
    match &stamp.time {
        TimeInfo::Moment(time) => (Some(*time), Vec::new()),
        TimeInfo::Token(token) => match Token::from_der(token) {
            Ok(token) => {
                let message = "签章时间写成了时间戳，它在签名之前取得，只说明所称的签章时间";
                (
                    Some(token.time()),
                    vec![Finding::remark("stamp_time_is_token", message)],
                )
            }
            Err(error) => {
                let finding = Finding::undetermined("stamp_time_unreadable", "签章时间无法解读");
                (None, vec![finding.with("原因", error.sentence())])
            }
        },
        TimeInfo::Unreadable(bytes) => (
            None,
            vec![
                Finding::undetermined("stamp_time_unreadable", "签章时间无法解读")
                    .with("字节数", bytes.len().to_string()),
            ],
        ),
    }
}

/// The seal's period is S4, and belongs to V6 as well (7.3 f).
fn seal_period(stamp: &Stamp, time: Option<StampTime>) -> Option<Finding> {
    let property = &stamp.seal.property;
    let at = time?.at;
    let finding = if at < property.valid_from {
        Finding::invalid("seal_not_yet_valid_at_stamping", "签章时印章尚未到启用时间")
    } else if at > property.valid_to {
        Finding::invalid("seal_expired_at_stamping", "签章时印章已经过期")
    } else {
        return None;
    };
    Some(
        finding
            .with("签章时间", beijing(at))
            .with("印章有效期起", beijing(property.valid_from))
            .with("印章有效期止", beijing(property.valid_to)),
    )
}
