//! From a certificate to a trusted root: the first step of [`crate::chain`].

use crate::{
    certificate::Certificate,
    chain::{Anchor, about},
    error::Error,
    report::Finding,
    trust::{TrustStore, may_sign_certificates},
};

/// The longest chain, the certificate itself and the root included.
const LONGEST: usize = 8;

/// The most issuers that are tried in all, so that a hostile heap of certificates stays cheap.
const MOST_TRIALS: usize = 100;

/// What was found on the way up.
pub(crate) struct Found {
    /// The certificate and its issuers, as far as they were found.
    pub(crate) path: Vec<Certificate>,
    /// Where trust came from; also set when the way there has a flaw.
    pub(crate) anchor: Option<Anchor>,
    /// Why the path is not to be accepted, if so.
    pub(crate) flaw: Option<Finding>,
}

/// Looks for a path without flaw to a root, else for the one that says best what is wrong.
pub(crate) fn find_path(
    certificate: &Certificate,
    extra: &[Certificate],
    trust: &TrustStore,
) -> Found {
    if trust.pinned().contains(certificate) {
        return Found {
            path: vec![certificate.clone()],
            anchor: Some(Anchor::Pinned),
            flaw: None,
        };
    }
    let mut search = Search {
        trust,
        extra,
        trials: 0,
        best: None,
    };
    search.climb(&mut vec![certificate.clone()], None);
    search.best.unwrap_or_else(|| Found {
        path: vec![certificate.clone()],
        anchor: None,
        flaw: Some(not_trusted(certificate)),
    })
}

struct Search<'a> {
    trust: &'a TrustStore,
    extra: &'a [Certificate],
    trials: usize,
    best: Option<Found>,
}

impl Search<'_> {
    /// Goes on from the last certificate of `path`, which has `flaw` already. Ends the search with
    /// `true` when a path without flaw was found.
    fn climb(&mut self, path: &mut Vec<Certificate>, flaw: Option<&Finding>) -> bool {
        // A path is never empty.
        let current = path
            .last()
            .expect("a path starts with the certificate")
            .clone();
        if self.trust.anchors().contains(&current) {
            self.keep(path, Some(Anchor::Root), flaw.cloned());
            return flaw.is_none();
        }
        if path.len() < LONGEST {
            for (issuer, is_known) in self.issuers_of(&current) {
                if path.contains(&issuer) || self.trials >= MOST_TRIALS {
                    continue;
                }
                self.trials += 1;
                let step = match self.trust.verify_certificate(&current, &issuer) {
                    Ok(()) => issuing_flaw(&issuer, path),
                    Err(error) => match signature_flaw(&current, &issuer, &error, is_known) {
                        Some(flaw) => {
                            self.keep(path, None, Some(flaw));
                            continue;
                        }
                        None => continue,
                    },
                };
                path.push(issuer);
                let done = self.climb(path, flaw.or(step.as_ref()));
                path.pop();
                if done {
                    return true;
                }
            }
        }
        self.keep(path, None, Some(self.loose_end(&current)));
        false
    }

    /// Certificates with the name of the issuer, those with its key identifier first; and whether
    /// each is known to the trust store.
    fn issuers_of(&self, certificate: &Certificate) -> Vec<(Certificate, bool)> {
        let known = self
            .trust
            .anchors()
            .iter()
            .chain(self.trust.intermediates());
        let all = known
            .map(|it| (it, true))
            .chain(self.extra.iter().map(|it| (it, false)));
        let mut issuers: Vec<_> = all
            .filter(|(issuer, _)| issuer.subject() == certificate.issuer())
            .map(|(issuer, is_known)| (issuer.clone(), is_known))
            .collect();
        issuers.sort_by_key(|(issuer, _)| key_id_fits(certificate, issuer) == Some(false));
        issuers
    }

    /// Why a path ends without trust: a self-signed certificate whose own signature is wrong is
    /// wrong, everything else is unknown.
    fn loose_end(&self, current: &Certificate) -> Finding {
        let own = current
            .is_self_issued()
            .then(|| self.trust.verify_certificate(current, current));
        match own {
            Some(Err(Error::Signature)) => about(signature_wrong(), current),
            _ => not_trusted(current),
        }
    }

    /// Keeps the path that says most: no flaw, then a way to a root, then something wrong, then the
    /// longest.
    fn keep(&mut self, path: &[Certificate], anchor: Option<Anchor>, flaw: Option<Finding>) {
        let found = Found {
            path: path.to_vec(),
            anchor,
            flaw,
        };
        let rank = |found: &Found| {
            let is_wrong = found
                .flaw
                .as_ref()
                .is_some_and(|flaw| flaw.outcome == crate::report::Outcome::Invalid);
            (
                found.flaw.is_none(),
                found.anchor.is_some(),
                is_wrong,
                found.path.len(),
            )
        };
        if self
            .best
            .as_ref()
            .is_none_or(|best| rank(&found) > rank(best))
        {
            self.best = Some(found);
        }
    }
}

/// What forbids `issuer` to stand above `below` (the certificate first).
fn issuing_flaw(issuer: &Certificate, below: &[Certificate]) -> Option<Finding> {
    if let Err(why) = may_sign_certificates(issuer) {
        let finding = Finding::invalid("issuer_not_authority", "签发者无权签发证书");
        return Some(about(finding, issuer).with("原因", why));
    }
    // Self-issued certificates in between do not count (RFC 5280, 4.2.1.9).
    let between = below
        .iter()
        .skip(1)
        .filter(|certificate| !certificate.is_self_issued())
        .count();
    if issuer
        .path_len()
        .is_some_and(|most| between > most as usize)
    {
        let finding = Finding::invalid("path_too_long", "证书链超过签发机构允许的长度");
        return Some(about(finding, issuer));
    }
    None
}

/// What a failed signature check by a certificate of the issuer's name means. A stranger that only
/// bears the name means nothing.
fn signature_flaw(
    certificate: &Certificate,
    issuer: &Certificate,
    error: &Error,
    is_known: bool,
) -> Option<Finding> {
    if !is_known || key_id_fits(certificate, issuer) == Some(false) {
        return None;
    }
    match error {
        Error::Signature => Some(about(signature_wrong(), certificate)),
        Error::NotSm2Signature { algorithm } => {
            let message = format!("证书由 {algorithm} 签名，本平台只验证 SM3withSM2");
            let finding = Finding::undetermined("signature_algorithm_unsupported", message);
            Some(about(finding, certificate))
        }
        _ => None,
    }
}

fn key_id_fits(certificate: &Certificate, issuer: &Certificate) -> Option<bool> {
    Some(certificate.authority_key_id()? == issuer.subject_key_id()?)
}

fn signature_wrong() -> Finding {
    Finding::invalid(
        "certificate_signature_invalid",
        "证书的签名与其签发机构不符，证书不真实",
    )
}

fn not_trusted(certificate: &Certificate) -> Finding {
    let finding = Finding::undetermined("issuer_not_trusted", "未信任的签发机构");
    about(finding, certificate).with("签发机构", certificate.issuer().display())
}
