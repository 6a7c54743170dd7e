//! Is a certificate to be relied on at a moment, for a purpose? Each step is reported on its own:
//! chain, validity, revocation, key usage (GB/T 38540 S3 and V5; RFC 5280, 6).

use jiff::Timestamp;

use crate::{
    certificate::Certificate,
    path::{Found, find_path},
    report::{Finding, Outcome, beijing},
    revocation::{Status, status},
    trust::TrustStore,
    usage,
};

/// What a certificate is to be relied on for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Signing seals (制章).
    SealMaker,
    /// Signing documents (签章).
    Stamper,
    /// Signing timestamps.
    Tsa,
}

/// What to make of a certificate whose revocation cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevocationPolicy {
    /// Then it is undetermined.
    Required,
    /// Then there is a remark.
    AllowUnchecked,
}

/// A question.
#[derive(Debug, Clone, Copy)]
pub struct ChainRequest<'a> {
    /// Whose certificate.
    pub certificate: &'a Certificate,
    /// Certificates that came with it; they help to build the chain and are trusted for nothing.
    pub extra: &'a [Certificate],
    /// The moment that it is about.
    pub at: Timestamp,
    /// For what.
    pub purpose: Purpose,
    /// What to make of unknown revocation.
    pub revocation: RevocationPolicy,
}

/// Where trust came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// A root of the trust store.
    Root,
    /// The certificate itself is in the trust store.
    Pinned,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct ChainReport {
    /// The worst of all steps.
    pub outcome: Outcome,
    /// What was found, in the order chain, validity, revocation, key usage; each of the four has at
    /// least one finding.
    pub steps: Vec<Finding>,
    /// The certificate and its issuers up to the root, as far as they were found.
    pub path: Vec<Certificate>,
    /// Where trust came from, if it came.
    pub anchor: Option<Anchor>,
}

/// Checks a certificate by the trust store.
#[must_use]
pub fn check_chain(request: &ChainRequest<'_>, trust: &TrustStore) -> ChainReport {
    let found = find_path(request.certificate, request.extra, trust);
    let mut steps = vec![chain_step(&found)];
    steps.extend(found.path.iter().filter_map(unknown_extensions));
    steps.extend(validity_steps(&found, request.at));
    steps.extend(revocation_steps(request, &found, trust));
    steps.extend(usage::steps(request.certificate, request.purpose));
    ChainReport {
        outcome: Outcome::of(&steps),
        steps,
        path: found.path,
        anchor: found.anchor,
    }
}

fn chain_step(found: &Found) -> Finding {
    if let Some(flaw) = &found.flaw {
        return flaw.clone();
    }
    let names: Vec<_> = found
        .path
        .iter()
        .map(|certificate| certificate.subject().display())
        .collect();
    match found.anchor {
        Some(Anchor::Pinned) => Finding::valid("certificate_pinned", "证书本身在信任列表中"),
        _ => Finding::valid("chain_valid", "证书链完整，由受信任的机构签发"),
    }
    .with("证书链", names.join(" ← "))
}

fn unknown_extensions(certificate: &Certificate) -> Option<Finding> {
    let unknown = certificate.unknown_critical_extensions();
    if unknown.is_empty() {
        return None;
    }
    let message = "证书含有不能识别的关键扩展，无法判定其使用限制";
    let finding = Finding::undetermined("critical_extension_unknown", message);
    Some(about(finding, certificate).with("扩展", unknown.join(" ")))
}

fn validity_steps(found: &Found, at: Timestamp) -> Vec<Finding> {
    let mut steps = Vec::new();
    for (n, certificate) in found.path.iter().enumerate() {
        let (start, end) = (certificate.not_before(), certificate.not_after());
        let whose = if n == 0 {
            "证书"
        } else {
            "签发机构证书"
        };
        let (code, message) = if at < start {
            (
                "certificate_not_yet_valid",
                format!("{whose}在 {} 尚未生效", beijing(at)),
            )
        } else if at > end {
            (
                "certificate_expired",
                format!("{whose}在 {} 已过期", beijing(at)),
            )
        } else {
            continue;
        };
        let validity = format!("{} 至 {}", beijing(start), beijing(end));
        steps.push(about(Finding::invalid(code, message), certificate).with("有效期", validity));
    }
    if steps.is_empty() {
        let message = format!("在 {} 处于有效期内", beijing(at));
        steps.push(Finding::valid("certificate_in_validity", message));
    }
    steps
}

fn revocation_steps(request: &ChainRequest<'_>, found: &Found, trust: &TrustStore) -> Vec<Finding> {
    let is_pinned = found.anchor == Some(Anchor::Pinned);
    // A root answers for itself; a pinned certificate may still have been revoked by its issuer.
    let last = if found.anchor == Some(Anchor::Root) {
        found.path.len() - 1
    } else {
        found.path.len()
    };
    let asked = &found.path[..last];
    let tolerant = is_pinned || request.revocation == RevocationPolicy::AllowUnchecked;

    let mut steps = Vec::new();
    for (n, certificate) in asked.iter().enumerate() {
        let issuer = found.path.get(n + 1);
        let finding = match status(certificate, issuer, request, trust) {
            Status::Good => continue,
            Status::Revoked(revoked) => revoked_step(certificate, revoked, request.at),
            Status::Unknown(why) if tolerant => Finding::remark("revocation_not_checked", why),
            Status::Unknown(why) => Finding::undetermined("revocation_not_checked", why),
        };
        steps.push(about(finding, certificate));
    }
    if steps.is_empty() {
        let message = if asked.is_empty() {
            "信任根不查询撤销状态"
        } else {
            "证书未被撤销"
        };
        steps.push(Finding::valid("revocation_valid", message));
    }
    steps
}

fn revoked_step(certificate: &Certificate, revoked: crate::crl::Revoked, at: Timestamp) -> Finding {
    let (when, why) = (beijing(revoked.at), revoked.reason.chinese());
    let finding = if revoked.at > at {
        let message = format!("证书后来于 {when} 被撤销（{why}），不影响此前的签名");
        Finding::remark("certificate_revoked_later", message)
    } else if revoked.reason == crate::crl::Reason::CertificateHold {
        Finding::invalid("certificate_on_hold", format!("证书已于 {when} 停用"))
    } else {
        Finding::invalid(
            "certificate_revoked",
            format!("证书已于 {when} 被撤销（{why}）"),
        )
    };
    finding.with("证书序列号", certificate.serial_hex())
}

pub(crate) fn about(finding: Finding, certificate: &Certificate) -> Finding {
    finding.with("证书", certificate.subject().display())
}
