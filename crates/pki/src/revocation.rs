//! Was a certificate revoked? The third step of [`crate::chain`].

use jiff::Timestamp;

use crate::{
    certificate::Certificate,
    chain::ChainRequest,
    crl::{Crl, Reason, Revoked},
    report::beijing,
    trust::TrustStore,
};

/// What the CRLs at hand say about a certificate at a moment.
pub(crate) enum Status {
    /// Not revoked.
    Good,
    /// Revoked, before or after the moment.
    Revoked(Revoked),
    /// Nothing, for this reason.
    Unknown(String),
}

/// Asks the CRLs of the certificate's issuer. The issuer is the one of the path, or for a pinned
/// certificate any known authority of that name.
pub(crate) fn status(
    certificate: &Certificate,
    issuer: Option<&Certificate>,
    request: &ChainRequest<'_>,
    trust: &TrustStore,
) -> Status {
    let authorities: Vec<&Certificate> = match issuer {
        Some(issuer) => vec![issuer],
        None => trust
            .anchors()
            .iter()
            .chain(trust.intermediates())
            .filter(|it| trust.verify_certificate(certificate, it).is_ok())
            .collect(),
    };
    let named = trust
        .crls()
        .iter()
        .filter(|crl| crl.issuer() == certificate.issuer());
    let mut crls: Vec<&Crl> = named
        .filter(|crl| {
            authorities
                .iter()
                .any(|issuer| trust.verify_crl(crl, issuer).is_ok())
        })
        .collect();
    crls.sort_by_key(|crl| crl.this_update());
    judge(certificate, &crls, request.at)
}

/// `crls` are the issuer's own, oldest first.
fn judge(certificate: &Certificate, crls: &[&Crl], at: Timestamp) -> Status {
    let Some(newest) = crls.last() else {
        return Status::Unknown("没有签发机构的撤销列表，未能查证证书是否被撤销".to_owned());
    };
    // The list in force at the moment knows of a hold that has been lifted since.
    let then = crls.iter().rfind(|crl| crl.this_update() <= at);
    let found = [then, Some(newest)]
        .into_iter()
        .flatten()
        .filter_map(|crl| {
            let revoked = crl.find(certificate.serial())?;
            (revoked.reason != Reason::RemoveFromCrl).then_some(revoked)
        });
    // Of two statements the earlier date counts.
    if let Some(revoked) = found.min_by_key(|revoked| revoked.at) {
        return Status::Revoked(revoked);
    }
    let whole: Vec<_> = crls
        .iter()
        .filter(|crl| speaks_for(crl, certificate))
        .collect();
    let Some(latest) = whole.last() else {
        let why = "撤销列表只涵盖部分证书，或不再收录已过期的证书，未能查证证书是否被撤销";
        return Status::Unknown(why.to_owned());
    };
    // A list speaks for the time before it was made, and after that until the next one is due.
    if latest.this_update() < at && latest.next_update().is_none_or(|next| next < at) {
        let end = beijing(latest.next_update().unwrap_or(latest.this_update()));
        return Status::Unknown(format!("撤销列表只到 {end}，未能查证此后的撤销状态"));
    }
    Status::Good
}

/// Whether absence from this list means not revoked.
fn speaks_for(crl: &Crl, certificate: &Certificate) -> bool {
    let keeps = crl
        .keeps_expired_since()
        .is_some_and(|since| since <= certificate.not_after());
    !crl.is_partial() && (crl.this_update() <= certificate.not_after() || keeps)
}
