//! The stamp: a seal applied to content.

use std::ops::Range;

use jiff::Timestamp;
use pki::Finding;

use crate::asn1::{GENERALIZED_TIME, IA5_STRING, Notes, SEQUENCE, Walker};
use crate::error::FormatError;
use crate::extension::{Extension, read_extensions};
use crate::header::Version;
use crate::limits::Limits;
use crate::seal::{Seal, read_timestamp};
use crate::time;

/// A stamp (`SES_Signature`) as read.
///
/// GB/T 38540-2020, 7.1 (v4, v5):
/// ```text
/// SES_Signature ::= SEQUENCE { toSign TBS_Sign, cert OCTET STRING, signatureAlgID OBJECT IDENTIFIER,
///                              signature BIT STRING, timeStamp [0] EXPLICIT BIT STRING OPTIONAL }
/// TBS_Sign ::= SEQUENCE { version INTEGER, eseal SESeal, timeInfo GeneralizedTime, dataHash BIT STRING,
///                         propertyInfo IA5String, extDatas [0] EXPLICIT ExtensionDatas OPTIONAL }
/// ```
/// GM/T 0031-2014 (v1):
/// ```text
/// SES_Signature ::= SEQUENCE { toSign TBS_Sign, signature BIT STRING }
/// TBS_Sign ::= SEQUENCE { version INTEGER, eseal SESeal, timeInfo BIT STRING, dataHash BIT STRING,
///                         propertyInfo IA5String, cert OCTET STRING, signatureAlgorithm OBJECT IDENTIFIER }
/// ```
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Which standard its structure follows.
    pub version: Version,
    /// The seal in it.
    pub seal: Seal,
    /// When it was stamped, as it says itself.
    pub time: TimeInfo,
    /// The digest of what is protected.
    pub data_hash: Vec<u8>,
    /// What is protected: in OFD the path of `Signature.xml`.
    pub property_info: String,
    /// Extensions.
    pub extensions: Vec<Extension>,
    /// The signer's certificate, DER as it stands.
    pub signer_certificate: Vec<u8>,
    /// The signature algorithm's object identifier, dotted.
    pub algorithm: String,
    /// The signature value as it stands (DER or raw r‖s).
    pub signature: Vec<u8>,
    /// The timestamp token over the signature value, as it stands.
    pub timestamp: Option<Vec<u8>>,
    /// What was noticed while reading; the seal's own notes are in [`Seal::notes`].
    pub notes: Vec<Finding>,
    der: Vec<u8>,
    to_sign: Range<usize>,
}

/// What stands in `timeInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeInfo {
    /// A moment.
    Moment(Timestamp),
    /// A timestamp token (v1), to be checked like one.
    Token(Vec<u8>),
    /// Bytes that are neither.
    Unreadable(Vec<u8>),
}

impl Stamp {
    /// Reads a stamp with the default limits.
    ///
    /// # Errors
    /// [`FormatError`] where the bytes are no stamp; deviations that leave it readable are in [`Stamp::notes`].
    pub fn parse(bytes: &[u8]) -> Result<Stamp, FormatError> {
        Stamp::parse_within(bytes, &Limits::default())
    }

    /// Reads a stamp within the given limits.
    ///
    /// # Errors
    /// As [`Stamp::parse`].
    pub fn parse_within(bytes: &[u8], limits: &Limits) -> Result<Stamp, FormatError> {
        const PLACE: &str = "电子签章数据";
        if bytes.len() > limits.bytes {
            return Err(FormatError::TooLarge { place: PLACE });
        }
        let mut notes = Notes::default();
        let mut outer = Walker::new(bytes);
        let whole = outer.expect(SEQUENCE, PLACE, &mut notes)?;
        outer.finish_file(PLACE, &mut notes);

        let mut inner = Walker::new(whole.value);
        let to_sign = inner.expect(SEQUENCE, "待签名数据", &mut notes)?;
        let start = to_sign.raw.as_ptr() as usize - bytes.as_ptr() as usize;
        let range = start..start + to_sign.raw.len();

        let mut signed = Walker::new(to_sign.value);
        let number = signed.integer("签章版本", &mut notes)?;
        let seal =
            Seal::parse_within(signed.expect(SEQUENCE, "电子印章", &mut notes)?.raw, limits)?;
        let two_elements = inner.peek() == Some(crate::asn1::BIT_STRING)
            || inner.count(&mut Notes::default()) == 1;
        let version = if two_elements {
            Version::V1
        } else {
            after_v1(seal.version)
        };
        let time = TimeInfo::read(&mut signed, version, &mut notes)?;
        let data_hash = signed.bits("原文杂凑值", &mut notes)?.to_vec();
        let property_info = signed.text(IA5_STRING, "原文属性", &mut notes)?;

        let (signer_certificate, algorithm, extensions, signature, timestamp);
        if two_elements {
            signer_certificate = signed.octets("签章人证书", &mut notes)?.to_vec();
            algorithm = signed.oid("签名算法", &mut notes)?;
            extensions = Vec::new();
            signature = inner.bits("签名值", &mut notes)?.to_vec();
            timestamp = None;
        } else {
            extensions = read_extensions(&mut signed, true, limits, &mut notes)?;
            signer_certificate = inner.octets("签章人证书", &mut notes)?.to_vec();
            algorithm = inner.oid("签名算法", &mut notes)?;
            signature = inner.bits("签名值", &mut notes)?.to_vec();
            timestamp = read_timestamp(&mut inner, &mut notes)?;
        }
        signed.finish("待签名数据", &mut notes);
        inner.finish(PLACE, &mut notes);
        if number != version.number() {
            notes.remark(
                "version_differs",
                "签章版本",
                "版本号与结构不一致，按结构解读",
            );
        }
        Ok(Stamp {
            version,
            seal,
            time,
            data_hash,
            property_info,
            extensions,
            signer_certificate,
            algorithm,
            signature,
            timestamp,
            notes: notes.into_findings(),
            der: bytes.to_vec(),
            to_sign: range,
        })
    }

    /// The stamp's bytes as they were read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What the signer signed: `toSign` as it stands.
    pub fn signed_bytes(&self) -> &[u8] {
        &self.der[self.to_sign.clone()]
    }

    /// The claimed stamping time, where it is readable.
    pub fn claimed_time(&self) -> Option<Timestamp> {
        match &self.time {
            TimeInfo::Moment(time) => Some(*time),
            TimeInfo::Token(_) | TimeInfo::Unreadable(_) => None,
        }
    }
}

impl TimeInfo {
    fn read(
        walker: &mut Walker<'_>,
        version: Version,
        notes: &mut Notes,
    ) -> Result<TimeInfo, FormatError> {
        const PLACE: &str = "签章时间";
        if version != Version::V1 {
            return time::read(walker, GENERALIZED_TIME, PLACE, notes).map(TimeInfo::Moment);
        }
        if matches!(
            walker.peek(),
            Some(crate::asn1::GENERALIZED_TIME | crate::asn1::UTC_TIME)
        ) {
            return time::read(walker, GENERALIZED_TIME, PLACE, notes).map(TimeInfo::Moment);
        }
        let bytes = walker.bits(PLACE, notes)?;
        if bytes.first() == Some(&SEQUENCE) {
            return Ok(TimeInfo::Token(bytes.to_vec()));
        }
        // Some products put the GeneralizedTime element itself into the BIT STRING.
        if let Ok(time) = time::read(
            &mut Walker::new(bytes),
            GENERALIZED_TIME,
            PLACE,
            &mut Notes::default(),
        ) {
            return Ok(TimeInfo::Moment(time));
        }
        Ok(
            match std::str::from_utf8(bytes)
                .ok()
                .and_then(time::parse_time_text)
            {
                Some((time, assumed)) => {
                    if assumed {
                        notes.remark("time_without_zone", PLACE, "未注明时区，按北京时间理解");
                    }
                    TimeInfo::Moment(time)
                }
                None => TimeInfo::Unreadable(bytes.to_vec()),
            },
        )
    }
}

/// A stamp of four or five elements follows v4 or v5, whatever seal is in it.
fn after_v1(seal: Version) -> Version {
    match seal {
        Version::V5 => Version::V5,
        Version::V1 | Version::V4 => Version::V4,
    }
}
