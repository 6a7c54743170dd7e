//! Certificate revocation lists (GB/T 20518, 6; RFC 5280, 5): read, check, make.

use std::{collections::HashMap, sync::Arc};

use der::{Decode, Encode, Enumerated, Sequence, Tag, asn1::Uint};
use gm::{PublicKey, Signature};
use jiff::Timestamp;
use spki::AlgorithmIdentifierRef;

use crate::{
    asn1::{Raw, Signed, Time, read_time, read_whole, sm2_sm3, verify_sm2},
    certificate::{Certificate, significant},
    error::{Error, What},
    extension::{Extension, ExtensionRef, authority_key_id, id, read_authority_key_id},
    name::Name,
    pem,
    profile::key_id,
};

/// The largest CRL that is read, in bytes: some hundred thousand entries.
pub const LIMIT: usize = 16 * 1024 * 1024;

/// Why a certificate was revoked.
///
/// ```text
/// CRLReason ::= ENUMERATED { unspecified (0), keyCompromise (1), cACompromise (2), affiliationChanged (3),
///     superseded (4), cessationOfOperation (5), certificateHold (6), removeFromCRL (8),
///     privilegeWithdrawn (9), aACompromise (10) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enumerated)]
#[asn1(type = "ENUMERATED")]
#[repr(u8)]
pub enum Reason {
    /// Not said.
    Unspecified = 0,
    /// The key is known to others, or lost.
    KeyCompromise = 1,
    /// The authority's key is known to others.
    CaCompromise = 2,
    /// The subject's data have changed.
    AffiliationChanged = 3,
    /// Replaced by a newer certificate.
    Superseded = 4,
    /// No longer used.
    CessationOfOperation = 5,
    /// 停用: suspended; may be resumed.
    CertificateHold = 6,
    /// Resumed; in delta lists only.
    RemoveFromCrl = 8,
    /// The right to it was withdrawn.
    PrivilegeWithdrawn = 9,
    /// The attribute authority's key is known to others.
    AaCompromise = 10,
}

impl Reason {
    /// For the reader.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Unspecified => "未说明原因",
            Self::KeyCompromise => "密钥失控",
            Self::CaCompromise => "签发机构密钥失控",
            Self::AffiliationChanged => "主体信息变更",
            Self::Superseded => "已由新证书替代",
            Self::CessationOfOperation => "停止使用",
            Self::CertificateHold => "停用",
            Self::RemoveFromCrl => "恢复使用",
            Self::PrivilegeWithdrawn => "权限收回",
            Self::AaCompromise => "属性机构密钥失控",
        }
    }
}

/// When and why a certificate was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// From when on.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// A CRL: its original bytes and what they say. Cheap to clone.
#[derive(Clone)]
pub struct Crl(Arc<Parts>);

struct Parts {
    der: Vec<u8>,
    tbs: Vec<u8>,
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    number: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    keeps_expired_since: Option<Timestamp>,
    is_partial: bool,
    entries: HashMap<Vec<u8>, Revoked>,
    signature_algorithm: String,
    signature: Vec<u8>,
}

impl Crl {
    /// Reads one CRL in DER.
    ///
    /// # Errors
    /// When it is larger than [`LIMIT`], is no CRL, or has bytes after it.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let malformed = |source| Error::Malformed {
            what: What::Crl,
            source,
        };
        let signed: Signed<'_> = read_whole(What::Crl, LIMIT, der)?;
        let tbs: TbsCertList<'_> = read_whole(What::Crl, LIMIT, signed.tbs.0)?;
        let nonsense = |part| Error::Nonsense {
            what: What::Crl,
            part,
        };
        if tbs.signature.oid != signed.algorithm.oid {
            return Err(nonsense("signature algorithms inside and outside differ"));
        }
        let signature = signed.signature.as_bytes().ok_or(nonsense("signature"))?;
        let mut parts = Parts {
            der: der.to_vec(),
            tbs: signed.tbs.0.to_vec(),
            issuer: Name::from_der(tbs.issuer.0).map_err(malformed)?,
            this_update: tbs.this_update.0,
            next_update: tbs.next_update.map(|time| time.0),
            number: None,
            authority_key_id: None,
            keeps_expired_since: None,
            is_partial: false,
            entries: HashMap::new(),
            signature_algorithm: signed.algorithm.oid.to_string(),
            signature: signature.to_vec(),
        };
        for extension in tbs.extensions.unwrap_or_default() {
            parts.read_extension(&extension.into()).map_err(malformed)?;
        }
        for entry in tbs.revoked.unwrap_or_default() {
            parts.read_entry(&entry).map_err(malformed)?;
        }
        Ok(Self(Arc::new(parts)))
    }

    /// Reads DER, or the first PEM block `X509 CRL`.
    ///
    /// # Errors
    /// As [`Crl::from_der`]; [`Error::Pem`] when there is no such block.
    pub fn from_der_or_pem(bytes: &[u8]) -> Result<Self, Error> {
        if !pem::looks_like(bytes) {
            return Self::from_der(bytes);
        }
        Self::from_der(
            &pem::first(bytes, &["X509 CRL", "CRL"]).ok_or(Error::Pem { what: What::Crl })?,
        )
    }

    /// The original bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// As a PEM block.
    #[must_use]
    pub fn pem(&self) -> String {
        pem::encode("X509 CRL", self.der())
    }

    /// Who made it.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// When it was made.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.0.this_update
    }

    /// When the next one comes at the latest.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.0.next_update
    }

    /// Its number in lower-case hexadecimal.
    #[must_use]
    pub fn number_hex(&self) -> Option<String> {
        self.0.number.as_deref().map(hex::encode)
    }

    /// Key identifier of the issuer.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.authority_key_id.as_deref()
    }

    /// Since when it has kept certificates after their expiry (`expiredCertsOnCRL`); other CRLs may
    /// drop them.
    #[must_use]
    pub fn keeps_expired_since(&self) -> Option<Timestamp> {
        self.0.keeps_expired_since
    }

    /// Whether it says itself, in a critical extension, that it does not speak of all certificates
    /// (delta, scope): then absence from it proves nothing.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.0.is_partial
    }

    /// How many certificates it revokes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether it revokes none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    /// The entry of a serial number (big-endian octets), if it is revoked.
    #[must_use]
    pub fn find(&self, serial: &[u8]) -> Option<Revoked> {
        self.0.entries.get(significant(serial)).copied()
    }

    /// Checks that `issuer` is the named issuer, may sign CRLs, and that its key made the signature.
    ///
    /// # Errors
    /// [`Error::OtherIssuer`], [`Error::Nonsense`] for a wrong key usage, [`Error::NotSm2Key`],
    /// [`Error::NotSm2Signature`] or [`Error::Signature`].
    pub fn verify(&self, issuer: &Certificate) -> Result<(), Error> {
        if self.issuer() != issuer.subject() {
            return Err(Error::OtherIssuer);
        }
        if issuer.key_usage().is_some_and(|usage| !usage.crl_sign) {
            return Err(Error::Nonsense {
                what: What::Crl,
                part: "issuer without cRLSign",
            });
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

impl std::fmt::Debug for Crl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crl({} entries of {})", self.len(), self.issuer())
    }
}

/// All that a CRL says.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// Whose certificates it is about.
    pub issuer: &'a Certificate,
    /// Larger with every CRL of this issuer.
    pub number: u64,
    /// When it is made, whole seconds are written.
    pub this_update: Timestamp,
    /// When the next one comes at the latest, whole seconds are written.
    pub next_update: Timestamp,
    /// Since when entries have been kept after the certificates' expiry.
    pub keeps_expired_since: Option<Timestamp>,
    /// Serial number (big-endian octets) and revocation of each certificate, in any order.
    pub revoked: &'a [(Vec<u8>, Revoked)],
}

impl Draft<'_> {
    /// The to-be-signed CRL (v2) in DER, entries by serial number.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what DER cannot hold; [`Error::Nonsense`] when a serial stands twice
    /// or the times are in the wrong order.
    pub fn tbs(&self) -> Result<Vec<u8>, Error> {
        let nonsense = |part| {
            Err(Error::Nonsense {
                what: What::Crl,
                part,
            })
        };
        if self.next_update <= self.this_update {
            return nonsense("next update not after this update");
        }
        let mut revoked: Vec<_> = self.revoked.iter().collect();
        revoked.sort_by_key(|(serial, _)| (significant(serial).len(), significant(serial)));
        if revoked
            .windows(2)
            .any(|two| significant(&two[0].0) == significant(&two[1].0))
        {
            return nonsense("a serial number twice");
        }
        self.encode(&revoked).map_err(|source| Error::Malformed {
            what: What::Crl,
            source,
        })
    }

    fn encode(&self, revoked: &[&(Vec<u8>, Revoked)]) -> der::Result<Vec<u8>> {
        let mut entries = Vec::new();
        for (serial, revoked) in revoked {
            // Unspecified is not written (RFC 5280, 5.3.1).
            let reason = (revoked.reason != Reason::Unspecified)
                .then(|| Extension::new(id::REASON_CODE, false, &revoked.reason));
            entries.push((
                Uint::new(significant(serial))?.to_der()?,
                revoked.at,
                reason,
            ));
        }
        let entries: Vec<_> = entries
            .iter()
            .map(|(serial, at, reason)| RevokedEntry {
                serial: Raw(serial),
                at: Time(*at),
                extensions: reason.as_ref().map(|reason| vec![reason.to_ref()]),
            })
            .collect();
        let extensions = self.extensions()?;
        let tbs = TbsCertList {
            version: Some(1),
            signature: sm2_sm3(),
            issuer: Raw(self.issuer.subject().der()),
            this_update: Time(self.this_update),
            next_update: Some(Time(self.next_update)),
            revoked: (!entries.is_empty()).then_some(entries),
            extensions: Some(extensions.iter().map(Extension::to_ref).collect()),
        };
        tbs.to_der()
    }

    fn extensions(&self) -> der::Result<Vec<Extension>> {
        let key = self.issuer.subject_key_id().map(<[u8]>::to_vec);
        let key = key.or_else(|| {
            self.issuer
                .public_key()
                .ok()
                .map(|key| key_id(key).to_vec())
        });
        let mut extensions: Vec<_> = key.map(|key| authority_key_id(&key)).into_iter().collect();
        extensions.push(Extension::new(id::CRL_NUMBER, false, &self.number));
        if let Some(since) = self.keeps_expired_since {
            let seconds = u64::try_from(since.as_second()).map_err(|_| der::ErrorKind::DateTime)?;
            let since = std::time::Duration::from_secs(seconds);
            let since = der::asn1::GeneralizedTime::from_unix_duration(since)?;
            extensions.push(Extension::new(id::EXPIRED_CERTS_ON_CRL, false, &since));
        }
        Ok(extensions)
    }
}

/// Puts the recorded to-be-signed bytes and their signature together.
///
/// # Errors
/// When the result is not a CRL that this crate reads.
pub fn assemble(tbs: &[u8], signature: &Signature) -> Result<Crl, Error> {
    Crl::from_der(&Signed::assemble(tbs, signature))
}

impl Parts {
    fn read_extension(&mut self, extension: &Extension) -> der::Result<()> {
        match extension.oid.as_str() {
            id::CRL_NUMBER => {
                let number = Raw(&extension.value).content(Tag::Integer)?;
                self.number = Some(significant(number).to_vec());
            }
            id::AUTHORITY_KEY_ID => self.authority_key_id = read_authority_key_id(extension)?,
            id::EXPIRED_CERTS_ON_CRL => {
                self.keeps_expired_since = Some(read_time(Raw(&extension.value).any()?)?);
            }
            _ => self.is_partial |= extension.critical,
        }
        Ok(())
    }

    fn read_entry(&mut self, entry: &RevokedEntry<'_>) -> der::Result<()> {
        let serial = significant(entry.serial.content(Tag::Integer)?).to_vec();
        let mut reason = Reason::Unspecified;
        for extension in entry.extensions.iter().flatten() {
            if extension.oid.to_string() == id::REASON_CODE {
                // A reason that the standard does not know still revokes.
                reason = Reason::from_der(extension.value.as_bytes()).unwrap_or(reason);
            } else {
                // Such as certificateIssuer: the entry may be about another issuer's certificate.
                self.is_partial |= extension.critical;
            }
        }
        let revoked = Revoked {
            at: entry.at.0,
            reason,
        };
        // Of two entries for one serial the earlier counts.
        let earlier = self
            .entries
            .get(&serial)
            .filter(|other| other.at <= revoked.at)
            .copied();
        self.entries.insert(serial, earlier.unwrap_or(revoked));
        Ok(())
    }
}

/// ```text
/// TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature AlgorithmIdentifier, issuer Name,
///     thisUpdate Time, nextUpdate Time OPTIONAL, revokedCertificates SEQUENCE OF RevokedEntry OPTIONAL,
///     crlExtensions [0] EXPLICIT SEQUENCE OF Extension OPTIONAL }
/// ```
#[derive(Debug, Clone, Sequence)]
struct TbsCertList<'a> {
    #[asn1(optional = "true")]
    version: Option<u8>,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: Raw<'a>,
    this_update: Time,
    #[asn1(optional = "true")]
    next_update: Option<Time>,
    #[asn1(optional = "true")]
    revoked: Option<Vec<RevokedEntry<'a>>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<ExtensionRef<'a>>>,
}

/// ```text
/// RevokedEntry ::= SEQUENCE { userCertificate INTEGER, revocationDate Time,
///     crlEntryExtensions SEQUENCE OF Extension OPTIONAL }
/// ```
#[derive(Debug, Clone, Sequence)]
struct RevokedEntry<'a> {
    serial: Raw<'a>,
    at: Time,
    #[asn1(optional = "true")]
    extensions: Option<Vec<ExtensionRef<'a>>>,
}
