//! Seals and certificates as the report shows them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Certificate;
use seal::{CertificateList, Seal, SealCheck};

use crate::report::{CertificateReport, PictureReport, SealReport};

/// A seal and its check.
pub(crate) fn describe_seal(
    seal: &Seal,
    check: &SealCheck,
    signer: Option<&Certificate>,
) -> SealReport {
    let property = &seal.property;
    let (width, height) = seal.size_in_tenths();
    SealReport {
        name: property.name.clone(),
        code: seal.code.clone(),
        version: seal.version,
        kind: property.kind,
        vendor: seal.header.vendor.clone(),
        created: property.created,
        valid_from: property.valid_from,
        valid_to: property.valid_to,
        owner: owner(seal, signer),
        maker: check.maker.as_ref().map(describe_certificate),
        width_mm: f64::from(width) / 10.0,
        height_mm: f64::from(height) / 10.0,
        picture: seal.picture.format().map(|format| PictureReport {
            mime: format.media_type(),
            base64: STANDARD.encode(&seal.picture.data),
        }),
        digest: hex::encode(gm::sm3(seal.der())),
        outcome: check.outcome,
        steps: check.steps.clone(),
    }
}

/// A certificate.
pub(crate) fn describe_certificate(certificate: &Certificate) -> CertificateReport {
    CertificateReport {
        subject: certificate.subject().display(),
        organization: certificate.subject().organization().map(ToOwned::to_owned),
        issuer: certificate.issuer().title(),
        serial: certificate.serial_hex(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
    }
}

/// Whose seal it is: the signer's organisation, or that of the only certificate in the seal.
fn owner(seal: &Seal, signer: Option<&Certificate>) -> Option<String> {
    let of = |certificate: &Certificate| {
        let subject = certificate.subject();
        subject
            .organization()
            .or(subject.common_name())
            .map(ToOwned::to_owned)
    };
    if let Some(signer) = signer {
        return of(signer);
    }
    match &seal.property.certificates {
        CertificateList::Certificates(list) => list
            .first()
            .and_then(|der| Certificate::from_der(der).ok())
            .and_then(|c| of(&c)),
        CertificateList::Digests(_) => None,
    }
}
