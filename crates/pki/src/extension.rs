//! Certificate and CRL extensions (GB/T 20518, 5.2.4; RFC 5280, 4.2): the ones that we read and write.

use der::{
    AnyRef, Decode, Encode, Sequence, Tag, Tagged,
    asn1::{BitStringRef, ObjectIdentifier, OctetStringRef},
};
use serde::Serialize;

use crate::asn1::{Raw, elements, encode};

/// Object identifiers of the extensions that are understood.
pub(crate) mod id {
    pub(crate) const SUBJECT_KEY_ID: &str = "2.5.29.14";
    pub(crate) const KEY_USAGE: &str = "2.5.29.15";
    pub(crate) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    pub(crate) const CRL_NUMBER: &str = "2.5.29.20";
    pub(crate) const REASON_CODE: &str = "2.5.29.21";
    pub(crate) const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
    pub(crate) const AUTHORITY_KEY_ID: &str = "2.5.29.35";
    pub(crate) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
    pub(crate) const EXPIRED_CERTS_ON_CRL: &str = "2.5.29.60";
}

/// Extended key usage of a timestamping authority (RFC 3161, 2.3).
pub const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

/// ```text
/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Sequence)]
pub(crate) struct ExtensionRef<'a> {
    pub(crate) oid: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    pub(crate) critical: bool,
    pub(crate) value: &'a OctetStringRef,
}

/// An extension, whether understood or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its type, in dotted notation.
    pub oid: String,
    /// Whether who does not understand it must not go on.
    pub critical: bool,
    /// The DER inside.
    pub value: Vec<u8>,
}

impl Extension {
    pub(crate) fn new(oid: &str, critical: bool, value: &impl Encode) -> Self {
        Self {
            oid: oid.to_owned(),
            critical,
            value: encode(value),
        }
    }

    pub(crate) fn to_ref(&self) -> ExtensionRef<'_> {
        ExtensionRef {
            // Both come from an OID and from bytes that were in DER before.
            oid: ObjectIdentifier::new(&self.oid).expect("an OID read or known before"),
            critical: self.critical,
            value: OctetStringRef::new(&self.value).expect("a value of bounded size"),
        }
    }
}

impl From<ExtensionRef<'_>> for Extension {
    fn from(extension: ExtensionRef<'_>) -> Self {
        Self {
            oid: extension.oid.to_string(),
            critical: extension.critical,
            value: extension.value.as_bytes().to_vec(),
        }
    }
}

/// What a key may be used for.
///
/// ```text
/// KeyUsage ::= BIT STRING { digitalSignature (0), nonRepudiation (1), keyEncipherment (2),
///     dataEncipherment (3), keyAgreement (4), keyCertSign (5), cRLSign (6), encipherOnly (7), decipherOnly (8) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the standard has these bits")]
pub struct KeyUsage {
    /// Whether the extension is critical.
    pub critical: bool,
    /// Signatures other than on certificates and CRLs.
    pub digital_signature: bool,
    /// Signatures that bind the signer (contentCommitment).
    pub non_repudiation: bool,
    /// Encryption of keys.
    pub key_encipherment: bool,
    /// Encryption of data.
    pub data_encipherment: bool,
    /// Key agreement.
    pub key_agreement: bool,
    /// Signatures on certificates.
    pub key_cert_sign: bool,
    /// Signatures on CRLs.
    pub crl_sign: bool,
    /// With key agreement: for encryption only.
    pub encipher_only: bool,
    /// With key agreement: for decryption only.
    pub decipher_only: bool,
}

impl KeyUsage {
    /// The names of the bits set, as the standard writes them.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let names = [
            "digitalSignature",
            "nonRepudiation",
            "keyEncipherment",
            "dataEncipherment",
            "keyAgreement",
            "keyCertSign",
            "cRLSign",
            "encipherOnly",
            "decipherOnly",
        ];
        names
            .into_iter()
            .zip(self.bits())
            .filter(|(_, set)| *set)
            .map(|(name, _)| name)
            .collect()
    }

    pub(crate) fn read(extension: &Extension) -> der::Result<Self> {
        let bits = BitStringRef::from_der(&extension.value)?;
        let bit = |n| bits.get(n).unwrap_or(false);
        Ok(Self {
            critical: extension.critical,
            digital_signature: bit(0),
            non_repudiation: bit(1),
            key_encipherment: bit(2),
            data_encipherment: bit(3),
            key_agreement: bit(4),
            key_cert_sign: bit(5),
            crl_sign: bit(6),
            encipher_only: bit(7),
            decipher_only: bit(8),
        })
    }

    pub(crate) fn extension(&self) -> Extension {
        // DER: no trailing zero bits in a list of named bits.
        let count = self
            .bits()
            .iter()
            .rposition(|set| *set)
            .map_or(0, |last| last + 1);
        let mut bytes = vec![0u8; count.div_ceil(8)];
        for (n, _) in self.bits().iter().enumerate().filter(|(_, set)| **set) {
            bytes[n / 8] |= 0x80 >> (n % 8);
        }
        // At most seven unused bits, all zero.
        let bits = BitStringRef::new((bytes.len() * 8 - count) as u8, &bytes).expect("unused < 8");
        Extension::new(id::KEY_USAGE, self.critical, &bits)
    }

    fn bits(&self) -> [bool; 9] {
        [
            self.digital_signature,
            self.non_repudiation,
            self.key_encipherment,
            self.data_encipherment,
            self.key_agreement,
            self.key_cert_sign,
            self.crl_sign,
            self.encipher_only,
            self.decipher_only,
        ]
    }
}

/// ```text
/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Sequence)]
pub(crate) struct BasicConstraints {
    #[asn1(default = "Default::default")]
    pub(crate) ca: bool,
    #[asn1(optional = "true")]
    pub(crate) path_len: Option<u32>,
}

/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OCTET STRING OPTIONAL, ... }
/// ```
#[derive(Debug, Clone, Copy, Sequence)]
struct AuthorityKeyId<'a> {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    key_id: Option<&'a OctetStringRef>,
}

/// The key identifier of an AuthorityKeyIdentifier; names and serials in it are passed over.
pub(crate) fn read_authority_key_id(extension: &Extension) -> der::Result<Option<Vec<u8>>> {
    let fields = elements(Raw(&extension.value).content(Tag::Sequence)?)?;
    let mut fields = fields.into_iter().map(Raw::any);
    let id = fields.find_map(|field| field.ok().filter(|field| is_context(field.tag(), 0)));
    Ok(id.map(|field| field.value().to_vec()))
}

pub(crate) fn authority_key_id(key_id: &[u8]) -> Extension {
    let value = AuthorityKeyId {
        key_id: OctetStringRef::new(key_id).ok(),
    };
    Extension::new(id::AUTHORITY_KEY_ID, false, &value)
}

pub(crate) fn subject_key_id(key_id: &[u8]) -> Extension {
    let value = OctetStringRef::new(key_id).expect("a digest is a short octet string");
    Extension::new(id::SUBJECT_KEY_ID, false, &value)
}

/// The URLs in a CRLDistributionPoints extension.
///
/// ```text
/// CRLDistributionPoints ::= SEQUENCE OF DistributionPoint
/// DistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL, ... }
/// DistributionPointName ::= CHOICE { fullName [0] GeneralNames, ... }
/// GeneralName ::= CHOICE { ..., uniformResourceIdentifier [6] IA5String, ... }
/// ```
pub(crate) fn read_distribution_points(extension: &Extension) -> der::Result<Vec<String>> {
    let mut urls = Vec::new();
    for point in elements(Raw(&extension.value).content(Tag::Sequence)?)? {
        for field in children(point, |tag| tag == Tag::Sequence)? {
            for full_name in children(field, |tag| is_context(tag, 0))? {
                for name in children(full_name, |tag| is_context(tag, 0))? {
                    let name = name.any()?;
                    if is_context(name.tag(), 6) {
                        urls.push(String::from_utf8_lossy(name.value()).into_owned());
                    }
                }
            }
        }
    }
    Ok(urls)
}

pub(crate) fn distribution_point(url: &str) -> Extension {
    // Three wrappings around a URL: [6] in GeneralNames in [0] fullName in [0] distributionPoint.
    let uri = wrap(6, false, url.as_bytes());
    let name = wrap(0, true, &wrap(0, true, &uri));
    let point = AnyRef::new(Tag::Sequence, &name).expect("a URL of bounded size");
    Extension::new(id::CRL_DISTRIBUTION_POINTS, false, &vec![point])
}

pub(crate) fn read_extended_key_usage(extension: &Extension) -> der::Result<Vec<String>> {
    let usages = Vec::<ObjectIdentifier>::from_der(&extension.value)?;
    Ok(usages.iter().map(ToString::to_string).collect())
}

pub(crate) fn extended_key_usage(usage: &str, critical: bool) -> Extension {
    let usage = ObjectIdentifier::new(usage).expect("a constant OID");
    Extension::new(id::EXTENDED_KEY_USAGE, critical, &vec![usage])
}

/// What is inside `raw` when its tag is wanted, else nothing.
fn children<'a>(raw: Raw<'a>, wanted: impl Fn(Tag) -> bool) -> der::Result<Vec<Raw<'a>>> {
    let any = raw.any()?;
    if wanted(any.tag()) {
        elements(any.value())
    } else {
        Ok(Vec::new())
    }
}

fn is_context(tag: Tag, number: u32) -> bool {
    matches!(tag, Tag::ContextSpecific { number: own, .. } if own.value() == number)
}

fn wrap(number: u32, constructed: bool, content: &[u8]) -> Vec<u8> {
    let tag = Tag::ContextSpecific {
        constructed,
        number: der::TagNumber(number),
    };
    encode(&AnyRef::new(tag, content).expect("a URL of bounded size"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_seal_key_usage_is_written_as_openssl_does() {
        let usage = KeyUsage {
            critical: true,
            digital_signature: true,
            non_repudiation: true,
            ..KeyUsage::default()
        };
        assert_eq!(hex::encode(usage.extension().value), "030206c0");
        assert_eq!(usage.names(), ["digitalSignature", "nonRepudiation"]);
    }

    #[test]
    fn a_distribution_point_survives() {
        let url = "http://crl.example.gov.cn/seal.crl";
        assert_eq!(
            read_distribution_points(&distribution_point(url)).unwrap(),
            [url]
        );
    }

    #[test]
    fn key_identifiers_survive() {
        assert_eq!(
            read_authority_key_id(&authority_key_id(&[7; 20])).unwrap(),
            Some(vec![7; 20])
        );
    }

    proptest! {
        #[test]
        fn key_usages_survive(bits: [bool; 9]) {
            let usage = KeyUsage {
                critical: true,
                digital_signature: bits[0],
                non_repudiation: bits[1],
                key_encipherment: bits[2],
                data_encipherment: bits[3],
                key_agreement: bits[4],
                key_cert_sign: bits[5],
                crl_sign: bits[6],
                encipher_only: bits[7],
                decipher_only: bits[8],
            };
            prop_assert_eq!(KeyUsage::read(&usage.extension()).unwrap(), usage);
        }

        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..60)) {
            let extension = Extension { oid: "2.5.29.31".into(), critical: false, value };
            let _ = read_distribution_points(&extension);
            let _ = read_authority_key_id(&extension);
            let _ = read_extended_key_usage(&extension);
            let _ = KeyUsage::read(&extension);
        }
    }
}
