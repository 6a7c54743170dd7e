//! What this platform's own authorities sign: to-be-signed certificates of five kinds (GB/T 20518).
//!
//! The order of work is: [`Draft::tbs`], [`lint`], record, sign, [`assemble`]. A draft gives the same
//! bytes for the same data, so that a record can be compared and taken up again.

use der::Encode;
use gm::{PublicKey, Signature};
use jiff::Timestamp;
use spki::SubjectPublicKeyInfoRef;

pub use crate::lint::lint;
use crate::{
    asn1::{Raw, Signed, Time, sm2_sm3},
    certificate::{Certificate, TbsCertificate, Validity},
    error::{Error, What},
    extension::{
        BasicConstraints, Extension, KeyUsage, TIME_STAMPING, authority_key_id, distribution_point,
        extended_key_usage, id, subject_key_id,
    },
    name::Name,
};

/// The kinds of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Root authority; signs itself and issuing authorities.
    Root,
    /// 印章签发 CA; signs end entities only (path length 0).
    IssuingCa,
    /// 制章者: signs seals.
    SealMaker,
    /// 印章: signs stamps.
    Seal,
    /// 时间戳机构: signs timestamps.
    Tsa,
}

/// All that a certificate says.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// What it is for; decides the extensions.
    pub kind: Kind,
    /// Serial number, big-endian, positive; 8 to 20 octets pass the lint.
    pub serial: &'a [u8],
    /// To whom.
    pub subject: &'a Name,
    /// The subject's key.
    pub public_key: &'a PublicKey,
    /// Start of validity, whole seconds are written.
    pub not_before: Timestamp,
    /// End of validity, whole seconds are written.
    pub not_after: Timestamp,
    /// By whom; `None` for a root, which is its own issuer.
    pub issuer: Option<&'a Certificate>,
    /// Where the issuer's CRL can be had.
    pub crl_url: Option<&'a str>,
}

impl Draft<'_> {
    /// The to-be-signed certificate in DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what DER cannot hold, such as a moment before 1970.
    pub fn tbs(&self) -> Result<Vec<u8>, Error> {
        self.encode().map_err(|source| Error::Malformed {
            what: What::Certificate,
            source,
        })
    }

    fn encode(&self) -> der::Result<Vec<u8>> {
        let serial = der::asn1::Uint::new(self.serial)?.to_der()?;
        let spki = self.public_key.to_spki_der();
        let extensions = self.extensions();
        let tbs = TbsCertificate {
            version: 2,
            serial: Raw(&serial),
            signature: sm2_sm3(),
            issuer: Raw(self.issuer.map_or(self.subject, Certificate::subject).der()),
            validity: Validity {
                not_before: Time(self.not_before),
                not_after: Time(self.not_after),
            },
            subject: Raw(self.subject.der()),
            subject_public_key_info: SubjectPublicKeyInfoRef::try_from(spki.as_slice())
                .map_err(|_| der::Tag::Sequence.value_error())?,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(extensions.iter().map(Extension::to_ref).collect()),
        };
        tbs.to_der()
    }

    fn extensions(&self) -> Vec<Extension> {
        let own_id = key_id(self.public_key);
        // A foreign issuer may have no key identifier: then ours by the same rule.
        let issuer_id = match self.issuer {
            Some(issuer) => issuer
                .subject_key_id()
                .map(<[u8]>::to_vec)
                .or_else(|| issuer.public_key().ok().map(|key| key_id(key).to_vec())),
            None => Some(own_id.to_vec()),
        };
        let mut extensions = vec![subject_key_id(&own_id)];
        extensions.extend(issuer_id.map(|id| authority_key_id(&id)));
        if let Some(path_len) = match self.kind {
            Kind::Root => Some(None),
            Kind::IssuingCa => Some(Some(0)),
            Kind::SealMaker | Kind::Seal | Kind::Tsa => None,
        } {
            let constraints = BasicConstraints { ca: true, path_len };
            extensions.push(Extension::new(id::BASIC_CONSTRAINTS, true, &constraints));
        }
        extensions.push(self.kind.key_usage().extension());
        if self.kind == Kind::Tsa {
            extensions.push(extended_key_usage(TIME_STAMPING, true));
        }
        extensions.extend(self.crl_url.map(distribution_point));
        extensions
    }
}

impl Kind {
    /// The critical key usage of this kind.
    #[must_use]
    pub fn key_usage(self) -> KeyUsage {
        let is_authority = matches!(self, Self::Root | Self::IssuingCa);
        KeyUsage {
            critical: true,
            digital_signature: !is_authority,
            non_repudiation: !is_authority,
            key_cert_sign: is_authority,
            crl_sign: is_authority,
            ..KeyUsage::default()
        }
    }
}

/// Subject of a seal's certificate: `C=CN, O=<统一社会信用代码><单位全称>, CN=<印章编码>`.
///
/// # Errors
/// [`Error::Malformed`] for texts that no name can hold.
pub fn seal_subject(credit_code: &str, unit: &str, seal_code: &str) -> Result<Name, Error> {
    Name::china(&format!("{credit_code}{unit}"), seal_code).map_err(|source| Error::Malformed {
        what: What::Certificate,
        source,
    })
}

/// Puts the recorded to-be-signed bytes and their signature together.
///
/// # Errors
/// When the result is not a certificate that this crate reads.
pub fn assemble(tbs: &[u8], signature: &Signature) -> Result<Certificate, Error> {
    Certificate::from_der(&Signed::assemble(tbs, signature))
}

/// Key identifier: the first 20 octets of SM3 over the public point (RFC 7093, 2, with SM3).
#[must_use]
pub fn key_id(key: &PublicKey) -> [u8; 20] {
    let digest = gm::sm3(&key.to_sec1());
    // Twenty of thirty-two.
    digest[..20].try_into().expect("a digest has 32 octets")
}
