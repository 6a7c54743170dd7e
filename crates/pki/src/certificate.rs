//! X.509 certificates (GB/T 20518, 5.2), read with tolerance and kept byte for byte.

use std::sync::Arc;

use der::{
    Sequence, Tag,
    asn1::{BitStringRef, ObjectIdentifier},
};
use gm::PublicKey;
use jiff::Timestamp;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use crate::{
    asn1::{Raw, Signed, Time, algorithm_name, encode, read_whole, verify_sm2},
    error::{Error, What},
    extension::{
        BasicConstraints, Extension, ExtensionRef, KeyUsage, id, read_authority_key_id,
        read_distribution_points, read_extended_key_usage,
    },
    name::Name,
    pem,
};

/// The largest certificate that is read, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// A certificate: its original bytes and what they say. Cheap to clone.
#[derive(Clone)]
pub struct Certificate(Arc<Parts>);

struct Parts {
    der: Vec<u8>,
    tbs: Vec<u8>,
    serial: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: Timestamp,
    not_after: Timestamp,
    spki: Vec<u8>,
    key_algorithm: String,
    public_key: Option<PublicKey>,
    signature_algorithm: String,
    signature: Vec<u8>,
    extensions: Vec<Extension>,
    key_usage: Option<KeyUsage>,
    basic_constraints: BasicConstraints,
    extended_key_usage: Option<Vec<String>>,
    subject_key_id: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    crl_distribution_points: Vec<String>,
    /// Extensions that should be readable and are not, or that stand twice.
    broken_extensions: Vec<String>,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// When it is larger than [`LIMIT`], is no certificate, or has bytes after it.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let signed: Signed<'_> = read_whole(What::Certificate, LIMIT, der)?;
        let tbs: TbsCertificate<'_> = read_whole(What::Certificate, LIMIT, signed.tbs.0)?;
        let malformed = |source| Error::Malformed {
            what: What::Certificate,
            source,
        };

        if tbs.signature.oid != signed.algorithm.oid {
            let part = "signature algorithms inside and outside differ";
            return Err(Error::Nonsense {
                what: What::Certificate,
                part,
            });
        }
        let signature = signed.signature.as_bytes().ok_or(Error::Nonsense {
            what: What::Certificate,
            part: "signature with half octets",
        })?;
        let mut parts = Parts {
            der: der.to_vec(),
            tbs: signed.tbs.0.to_vec(),
            serial: tbs
                .serial
                .content(Tag::Integer)
                .map_err(malformed)?
                .to_vec(),
            issuer: Name::from_der(tbs.issuer.0).map_err(malformed)?,
            subject: Name::from_der(tbs.subject.0).map_err(malformed)?,
            not_before: tbs.validity.not_before.0,
            not_after: tbs.validity.not_after.0,
            spki: encode(&tbs.subject_public_key_info),
            key_algorithm: key_algorithm(&tbs.subject_public_key_info),
            public_key: sm2_key(&tbs.subject_public_key_info),
            signature_algorithm: signed.algorithm.oid.to_string(),
            signature: signature.to_vec(),
            extensions: tbs
                .extensions
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
            key_usage: None,
            basic_constraints: BasicConstraints::default(),
            extended_key_usage: None,
            subject_key_id: None,
            authority_key_id: None,
            crl_distribution_points: Vec::new(),
            broken_extensions: Vec::new(),
        };
        parts.read_extensions();
        Ok(Self(Arc::new(parts)))
    }

    /// Reads the first PEM block `CERTIFICATE` of a text.
    ///
    /// # Errors
    /// When there is none, or it holds no certificate.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, Error> {
        let labels = ["CERTIFICATE", "X509 CERTIFICATE"];
        let der = pem::first(pem.as_ref(), &labels);
        Self::from_der(&der.ok_or(Error::Pem {
            what: What::Certificate,
        })?)
    }

    /// Reads DER or PEM.
    ///
    /// # Errors
    /// As [`Certificate::from_der`] and [`Certificate::from_pem`].
    pub fn from_der_or_pem(bytes: &[u8]) -> Result<Self, Error> {
        if pem::looks_like(bytes) {
            Self::from_pem(bytes)
        } else {
            Self::from_der(bytes)
        }
    }

    /// The original bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// As a PEM block.
    #[must_use]
    pub fn pem(&self) -> String {
        pem::encode("CERTIFICATE", self.der())
    }

    /// The to-be-signed part, as it stands in the original.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.0.tbs
    }

    /// The subject's SM2 key.
    ///
    /// # Errors
    /// [`Error::NotSm2Key`] with the algorithm's name, for RSA, other curves and unusable points.
    pub fn public_key(&self) -> Result<&PublicKey, Error> {
        let algorithm = || self.0.key_algorithm.clone();
        self.0.public_key.as_ref().ok_or_else(|| Error::NotSm2Key {
            algorithm: algorithm(),
        })
    }

    /// The SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// A readable name of the key's algorithm: `SM2`, `RSA`, `EC P-256`, else an OID.
    #[must_use]
    pub fn key_algorithm(&self) -> &str {
        &self.0.key_algorithm
    }

    /// A readable name of the signature's algorithm: `SM3withSM2`, `SHA256withRSA`, else an OID.
    #[must_use]
    pub fn signature_algorithm(&self) -> String {
        algorithm_name(&self.0.signature_algorithm)
    }

    /// Whom it was made out to.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// Who made it.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// The serial number's octets, without a leading zero.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        significant(&self.0.serial)
    }

    /// The serial number in lower-case hexadecimal.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex::encode(self.serial())
    }

    /// Start of validity.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// End of validity; the second itself still counts.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// Key usage, where the certificate limits it.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.key_usage
    }

    /// Extended key usages as OIDs, where the certificate limits them.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<&[String]> {
        self.0.extended_key_usage.as_deref()
    }

    /// Whether basic constraints call it a certification authority.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.0.basic_constraints.ca
    }

    /// How many authorities may follow below it, where that is limited.
    #[must_use]
    pub fn path_len(&self) -> Option<u32> {
        self.0.basic_constraints.path_len
    }

    /// Subject key identifier.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.subject_key_id.as_deref()
    }

    /// Key identifier of the issuer.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.authority_key_id.as_deref()
    }

    /// Where CRLs of the issuer can be had.
    #[must_use]
    pub fn crl_distribution_points(&self) -> &[String] {
        &self.0.crl_distribution_points
    }

    /// All extensions.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extensions
    }

    /// OIDs of extensions that stand twice or whose content is not readable.
    #[must_use]
    pub fn broken_extensions(&self) -> &[String] {
        &self.0.broken_extensions
    }

    /// OIDs of critical extensions that are not understood or not readable: who meets one must not
    /// rely on the certificate (RFC 5280, 4.2).
    #[must_use]
    pub fn unknown_critical_extensions(&self) -> Vec<&str> {
        let critical = self
            .0
            .extensions
            .iter()
            .filter(|extension| extension.critical);
        let unknown = critical.filter(|extension| {
            !UNDERSTOOD.contains(&extension.oid.as_str())
                || self.0.broken_extensions.contains(&extension.oid)
        });
        unknown.map(|extension| extension.oid.as_str()).collect()
    }

    /// SM3 over the original bytes.
    #[must_use]
    pub fn sm3_fingerprint(&self) -> [u8; 32] {
        gm::sm3(self.der())
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// Checks that `issuer` is the named issuer and that its key made the signature. Whether it had
    /// the right to is a question for [`crate::chain`].
    ///
    /// # Errors
    /// [`Error::OtherIssuer`], [`Error::NotSm2Key`], [`Error::NotSm2Signature`] or
    /// [`Error::Signature`].
    pub fn verify_issued_by(&self, issuer: &Certificate) -> Result<(), Error> {
        if self.issuer() != issuer.subject() {
            return Err(Error::OtherIssuer);
        }
        self.verify_with_key(issuer.public_key()?)
    }

    /// Checks the signature under `key`.
    ///
    /// # Errors
    /// [`Error::NotSm2Signature`] or [`Error::Signature`].
    pub fn verify_with_key(&self, key: &PublicKey) -> Result<(), Error> {
        verify_sm2(
            key,
            &self.0.tbs,
            &self.0.signature_algorithm,
            &self.0.signature,
        )
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl std::hash::Hash for Certificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.der.hash(state);
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Certificate({} of {})",
            self.serial_hex(),
            self.subject()
        )
    }
}

/// Extensions whose meaning is taken into account by the checks of this crate.
const UNDERSTOOD: [&str; 4] = [
    id::KEY_USAGE,
    id::BASIC_CONSTRAINTS,
    id::EXTENDED_KEY_USAGE,
    id::CRL_DISTRIBUTION_POINTS,
];

impl Parts {
    fn read_extensions(&mut self) {
        let mut broken = Vec::new();
        let mut seen = Vec::new();
        for extension in &self.extensions {
            if seen.contains(&&extension.oid) {
                broken.push(extension.oid.clone());
                continue;
            }
            seen.push(&extension.oid);
            let value = &extension.value;
            let read =
                match extension.oid.as_str() {
                    id::KEY_USAGE => KeyUsage::read(extension).map(|it| self.key_usage = Some(it)),
                    id::BASIC_CONSTRAINTS => {
                        der::Decode::from_der(value).map(|it| self.basic_constraints = it)
                    }
                    id::EXTENDED_KEY_USAGE => read_extended_key_usage(extension)
                        .map(|it| self.extended_key_usage = Some(it)),
                    id::SUBJECT_KEY_ID => Raw(value)
                        .content(Tag::OctetString)
                        .map(|it| self.subject_key_id = Some(it.to_vec())),
                    id::AUTHORITY_KEY_ID => {
                        read_authority_key_id(extension).map(|it| self.authority_key_id = it)
                    }
                    id::CRL_DISTRIBUTION_POINTS => read_distribution_points(extension)
                        .map(|it| self.crl_distribution_points = it),
                    _ => Ok(()),
                };
            if read.is_err() {
                broken.push(extension.oid.clone());
            }
        }
        self.broken_extensions = broken;
    }
}

/// ```text
/// -- GB/T 20518-2018, 5.2.3
/// TBSCertificate ::= SEQUENCE { version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER,
///     signature AlgorithmIdentifier, issuer Name, validity Validity, subject Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo, issuerUniqueID [1] IMPLICIT BIT STRING OPTIONAL,
///     subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL, extensions [3] EXPLICIT SEQUENCE OF Extension OPTIONAL }
/// ```
#[derive(Debug, Clone, Sequence)]
pub(crate) struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(crate) version: u8,
    pub(crate) serial: Raw<'a>,
    pub(crate) signature: AlgorithmIdentifierRef<'a>,
    pub(crate) issuer: Raw<'a>,
    pub(crate) validity: Validity,
    pub(crate) subject: Raw<'a>,
    pub(crate) subject_public_key_info: SubjectPublicKeyInfoRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<ExtensionRef<'a>>>,
}

/// ```text
/// Validity ::= SEQUENCE { notBefore Time, notAfter Time }
/// ```
#[derive(Debug, Clone, Copy, Sequence)]
pub(crate) struct Validity {
    pub(crate) not_before: Time,
    pub(crate) not_after: Time,
}

/// The SM2 key of a SubjectPublicKeyInfo: `id-ecPublicKey` with the SM2 curve as parameter.
pub(crate) fn sm2_key(spki: &SubjectPublicKeyInfoRef<'_>) -> Option<PublicKey> {
    if key_algorithm(spki) != "SM2" {
        return None;
    }
    PublicKey::from_sec1(spki.subject_public_key.as_bytes()?).ok()
}

/// A readable name of what the key is for.
pub(crate) fn key_algorithm(spki: &SubjectPublicKeyInfoRef<'_>) -> String {
    let algorithm = spki.algorithm.oid.to_string();
    if algorithm != gm::oid::EC_PUBLIC_KEY {
        return algorithm_name(&algorithm);
    }
    let curve = spki
        .algorithm
        .parameters
        .and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    curve.map_or_else(
        || algorithm_name(&algorithm),
        |curve| algorithm_name(&curve.to_string()),
    )
}

/// The octets of an INTEGER without a leading zero.
pub(crate) fn significant(integer: &[u8]) -> &[u8] {
    match integer {
        [0, rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    }
}
