//! What a seal says of itself: kind, name, certificates, times.

use jiff::Timestamp;

use crate::asn1::{
    GENERALIZED_TIME, Notes, OCTET_STRING, PRINTABLE_STRING, SEQUENCE, UTC_TIME, UTF8_STRING,
    Walker, write, write_integer,
};
use crate::error::FormatError;
use crate::header::Version;
use crate::limits::Limits;
use crate::time;

/// GB/T 38540-2020, 6.1:
/// ```text
/// SES_ESPropertyInfo ::= SEQUENCE {
///     type INTEGER, name UTF8String,
///     certListType INTEGER,   -- not in v1; 1 certificates, 2 digests of certificates
///     certList SEQUENCE OF (OCTET STRING | CertDigestObj),
///     createDate GeneralizedTime, validStart GeneralizedTime, validEnd GeneralizedTime }  -- UTCTime in v1
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The kind of seal; 3 is a unit seal in most products.
    pub kind: u32,
    /// The seal's name, usually the unit's.
    pub name: String,
    /// Who may stamp with it.
    pub certificates: CertificateList,
    /// When the seal was made, as its maker says.
    pub created: Timestamp,
    /// From when the seal may be used.
    pub valid_from: Timestamp,
    /// Until when the seal may be used.
    pub valid_to: Timestamp,
}

/// The signer certificates of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateList {
    /// The certificates themselves, in DER.
    Certificates(Vec<Vec<u8>>),
    /// Their digests (v4 and v5).
    Digests(Vec<CertificateDigest>),
}

/// GB/T 38540-2020, 6.1:
/// ```text
/// CertDigestObj ::= SEQUENCE { type PrintableString, value OCTET STRING }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateDigest {
    /// The digest's algorithm by name or object identifier.
    pub algorithm: String,
    /// The digest over the certificate's DER.
    pub value: Vec<u8>,
}

impl CertificateList {
    /// How many signer certificates the seal names.
    pub fn len(&self) -> usize {
        match self {
            CertificateList::Certificates(list) => list.len(),
            CertificateList::Digests(list) => list.len(),
        }
    }

    /// Whether the seal names no signer certificate at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Property {
    pub(crate) fn read(
        walker: &mut Walker<'_>,
        version: Version,
        limits: &Limits,
        notes: &mut Notes,
    ) -> Result<Property, FormatError> {
        const PLACE: &str = "印章属性";
        let mut inner = walker.sequence(PLACE, notes)?;
        let kind = inner.integer("印章类型", notes)?;
        let name = inner.text(UTF8_STRING, "印章名称", notes)?;
        let list_type = if version == Version::V1 {
            1
        } else {
            inner.integer("证书列表类型", notes)?
        };
        let certificates = CertificateList::read(&mut inner, list_type, limits, notes)?;
        let tag = if version == Version::V1 {
            UTC_TIME
        } else {
            GENERALIZED_TIME
        };
        let property = Property {
            kind,
            name,
            certificates,
            created: time::read(&mut inner, tag, "印章制作时间", notes)?,
            valid_from: time::read(&mut inner, tag, "印章有效起始时间", notes)?,
            valid_to: time::read(&mut inner, tag, "印章有效终止时间", notes)?,
        };
        inner.finish(PLACE, notes);
        Ok(property)
    }

    pub(crate) fn write(&self, version: Version) -> Vec<u8> {
        let time = |at: Timestamp| match version {
            Version::V1 => write(UTC_TIME, &[time::utc(at).as_bytes()]),
            _ => write(GENERALIZED_TIME, &[time::generalized(at).as_bytes()]),
        };
        let list_type = match (version, &self.certificates) {
            (Version::V1, _) => Vec::new(),
            (_, CertificateList::Certificates(_)) => write_integer(1),
            (_, CertificateList::Digests(_)) => write_integer(2),
        };
        write(
            SEQUENCE,
            &[
                &write_integer(self.kind),
                &write(UTF8_STRING, &[self.name.as_bytes()]),
                &list_type,
                &self.certificates.write(),
                &time(self.created),
                &time(self.valid_from),
                &time(self.valid_to),
            ],
        )
    }
}

impl CertificateList {
    fn read(
        walker: &mut Walker<'_>,
        list_type: u32,
        limits: &Limits,
        notes: &mut Notes,
    ) -> Result<CertificateList, FormatError> {
        const PLACE: &str = "签章人证书列表";
        let mut inner = walker.sequence(PLACE, notes)?;
        let mut certificates = Vec::new();
        let mut digests = Vec::new();
        while !inner.is_empty() {
            if certificates.len() + digests.len() >= limits.certificates {
                return Err(FormatError::TooLarge { place: PLACE });
            }
            match list_type {
                1 => certificates.push(inner.octets("签章人证书", notes)?.to_vec()),
                2 => {
                    let mut object = inner.sequence("签章人证书杂凑", notes)?;
                    digests.push(CertificateDigest {
                        algorithm: object.text(PRINTABLE_STRING, "证书杂凑算法", notes)?,
                        value: object.octets("证书杂凑值", notes)?.to_vec(),
                    });
                    object.finish("签章人证书杂凑", notes);
                }
                _ => {
                    return Err(FormatError::BadValue {
                        place: "证书列表类型",
                    });
                }
            }
        }
        if certificates.is_empty() && digests.is_empty() {
            notes.problem("certificate_list_empty", PLACE, "没有任何证书");
        }
        Ok(match list_type {
            2 => CertificateList::Digests(digests),
            _ => CertificateList::Certificates(certificates),
        })
    }

    fn write(&self) -> Vec<u8> {
        let items: Vec<Vec<u8>> = match self {
            CertificateList::Certificates(list) => {
                list.iter().map(|der| write(OCTET_STRING, &[der])).collect()
            }
            CertificateList::Digests(list) => list
                .iter()
                .map(|digest| {
                    let algorithm = write(PRINTABLE_STRING, &[digest.algorithm.as_bytes()]);
                    write(
                        SEQUENCE,
                        &[&algorithm, &write(OCTET_STRING, &[&digest.value])],
                    )
                })
                .collect(),
        };
        write(
            SEQUENCE,
            &items.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        )
    }
}
