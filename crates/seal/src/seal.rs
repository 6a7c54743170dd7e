//! The seal itself.

use std::borrow::Cow;
use std::ops::Range;

use pki::Finding;

use crate::asn1::{CONTEXT_0, IA5_STRING, Notes, SEQUENCE, Walker, write};
use crate::error::FormatError;
use crate::extension::{Extension, read_extensions};
use crate::header::{Header, Version};
use crate::limits::Limits;
use crate::picture::Picture;
use crate::property::Property;

/// An electronic seal as read.
///
/// GB/T 38540-2020, 6.1 (v4); GM/T 0031-2025 (v5) adds the timestamp:
/// ```text
/// SESeal ::= SEQUENCE { eSealInfo SES_SealInfo, cert OCTET STRING, signAlgID OBJECT IDENTIFIER,
///                       signedValue BIT STRING, timeStamp [0] EXPLICIT BIT STRING OPTIONAL }
/// SES_SealInfo ::= SEQUENCE { header SES_Header, esID IA5String, property SES_ESPropertyInfo,
///                             picture SES_ESPictureInfo, extDatas ExtensionDatas OPTIONAL }
/// ```
/// GM/T 0031-2014 (v1):
/// ```text
/// SESeal ::= SEQUENCE { eSealInfo SES_SealInfo, signInfo SES_SignInfo }
/// SES_SignInfo ::= SEQUENCE { cert OCTET STRING, signatureAlgorithm OBJECT IDENTIFIER, signData BIT STRING }
/// ```
#[derive(Debug, Clone)]
pub struct Seal {
    /// Which standard its structure follows.
    pub version: Version,
    /// The header.
    pub header: Header,
    /// The seal's code (`esID`).
    pub code: String,
    /// Kind, name, certificates, times.
    pub property: Property,
    /// The picture.
    pub picture: Picture,
    /// Extensions.
    pub extensions: Vec<Extension>,
    /// The maker's certificate, DER as it stands.
    pub maker_certificate: Vec<u8>,
    /// The signature algorithm's object identifier, dotted.
    pub algorithm: String,
    /// The maker's signature value as it stands (DER or raw r‖s).
    pub signature: Vec<u8>,
    /// The timestamp over the maker's signature (v5), as it stands.
    pub timestamp: Option<Vec<u8>>,
    /// What was noticed while reading.
    pub notes: Vec<Finding>,
    der: Vec<u8>,
    info: Range<usize>,
    /// v1: `cert` and `signatureAlgorithm` as they stand, which the maker signs together with `eSealInfo`.
    sign_info: Range<usize>,
}

impl Seal {
    /// Reads a seal with the default limits.
    ///
    /// # Errors
    /// [`FormatError`] where the bytes are no seal; deviations that leave it readable are in [`Seal::notes`].
    pub fn parse(bytes: &[u8]) -> Result<Seal, FormatError> {
        Seal::parse_within(bytes, &Limits::default())
    }

    /// Reads a seal within the given limits.
    ///
    /// # Errors
    /// As [`Seal::parse`].
    pub fn parse_within(bytes: &[u8], limits: &Limits) -> Result<Seal, FormatError> {
        const PLACE: &str = "电子印章";
        if bytes.len() > limits.bytes {
            return Err(FormatError::TooLarge { place: PLACE });
        }
        let mut notes = Notes::default();
        let mut outer = Walker::new(bytes);
        let whole = outer.expect(SEQUENCE, PLACE, &mut notes)?;
        outer.finish_file(PLACE, &mut notes);
        let offset = |part: &[u8]| part.as_ptr() as usize - bytes.as_ptr() as usize;

        let mut inner = Walker::new(whole.value);
        let info = inner.expect(SEQUENCE, "印章信息", &mut notes)?;
        let shape = Shape::read(inner, &mut notes)?;
        let version = shape.version(info.value, &mut notes)?;
        let body = Body::read(info.value, version, limits, &mut notes)?;
        let info_start = offset(info.raw);
        let sign_start = shape.signed.first().map_or(0, |part| offset(part));
        let sign_end = shape
            .signed
            .last()
            .map_or(0, |part| offset(part) + part.len());
        Ok(Seal {
            version,
            header: body.header,
            code: body.code,
            property: body.property,
            picture: body.picture,
            extensions: body.extensions,
            maker_certificate: shape.certificate,
            algorithm: shape.algorithm,
            signature: shape.signature,
            timestamp: shape.timestamp,
            notes: notes.into_findings(),
            der: bytes.to_vec(),
            info: info_start..info_start + info.raw.len(),
            sign_info: sign_start..sign_end,
        })
    }

    /// The seal's bytes as they were read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// `eSealInfo` as it stands.
    pub fn info_der(&self) -> &[u8] {
        &self.der[self.info.clone()]
    }

    /// What the maker signed: `eSealInfo` as it stands (v4, v5); in v1 the SEQUENCE of `eSealInfo`, `cert` and
    /// `signatureAlgorithm`, each as it stands.
    pub fn signed_bytes(&self) -> Cow<'_, [u8]> {
        match self.version {
            Version::V1 => Cow::Owned(write(
                SEQUENCE,
                &[self.info_der(), &self.der[self.sign_info.clone()]],
            )),
            _ => Cow::Borrowed(self.info_der()),
        }
    }

    /// Width and height of the picture in tenths of a millimetre: exact where the seal has this platform's extension,
    /// else from the whole millimetres.
    pub fn size_in_tenths(&self) -> (u32, u32) {
        self.extensions
            .iter()
            .find_map(Extension::as_exact_size)
            .unwrap_or((
                self.picture.width.saturating_mul(10),
                self.picture.height.saturating_mul(10),
            ))
    }
}

/// `SES_SealInfo`.
struct Body {
    header: Header,
    code: String,
    property: Property,
    picture: Picture,
    extensions: Vec<Extension>,
}

impl Body {
    fn read(
        info: &[u8],
        version: Version,
        limits: &Limits,
        notes: &mut Notes,
    ) -> Result<Body, FormatError> {
        let mut inner = Walker::new(info);
        let header = Header::read(&mut inner, notes)?;
        let code = inner.text(IA5_STRING, "印章编码", notes)?;
        let property = Property::read(&mut inner, version, limits, notes)?;
        let picture = Picture::read(&mut inner, notes)?;
        let extensions = read_extensions(&mut inner, false, limits, notes)?;
        inner.finish("印章信息", notes);
        Ok(Body {
            header,
            code,
            property,
            picture,
            extensions,
        })
    }
}

/// What follows `eSealInfo`, in either shape.
struct Shape<'a> {
    elements: usize,
    certificate: Vec<u8>,
    algorithm: String,
    signature: Vec<u8>,
    timestamp: Option<Vec<u8>>,
    /// v1: the signed parts of `signInfo`.
    signed: Vec<&'a [u8]>,
}

impl<'a> Shape<'a> {
    fn read(mut inner: Walker<'a>, notes: &mut Notes) -> Result<Shape<'a>, FormatError> {
        if inner.peek() == Some(SEQUENCE) {
            let mut sign_info = inner.sequence("制章人签名信息", notes)?;
            let mut probe = sign_info.clone();
            let silent = &mut Notes::default();
            let signed = vec![
                probe.element("制章人证书", silent)?.raw,
                probe.element("签名算法", silent)?.raw,
            ];
            let shape = Shape {
                elements: 2,
                certificate: sign_info.octets("制章人证书", notes)?.to_vec(),
                algorithm: sign_info.oid("签名算法", notes)?,
                signature: sign_info.bits("制章人签名值", notes)?.to_vec(),
                timestamp: None,
                signed,
            };
            sign_info.finish("制章人签名信息", notes);
            inner.finish("电子印章", notes);
            return Ok(shape);
        }
        let certificate = inner.octets("制章人证书", notes)?.to_vec();
        let algorithm = inner.oid("签名算法", notes)?;
        let signature = inner.bits("制章人签名值", notes)?.to_vec();
        let timestamp = read_timestamp(&mut inner, notes)?;
        inner.finish("电子印章", notes);
        let elements = 4 + usize::from(timestamp.is_some());
        Ok(Shape {
            elements,
            certificate,
            algorithm,
            signature,
            timestamp,
            signed: Vec::new(),
        })
    }

    /// Tells the version by the number of elements, then by the header.
    fn version(&self, info: &[u8], notes: &mut Notes) -> Result<Version, FormatError> {
        let written = Header::read(&mut Walker::new(info), &mut Notes::default())?.version;
        let version = match (self.elements, written) {
            (2, _) => Version::V1,
            (5, _) | (4, 5) => Version::V5,
            _ => Version::V4,
        };
        if version != Version::V1 && version.number() != written {
            notes.remark(
                "version_differs",
                "印章版本",
                "版本号与结构不一致，按结构解读",
            );
        }
        Ok(version)
    }
}

/// `timeStamp [0] EXPLICIT BIT STRING OPTIONAL`, at the end of a seal (v5) or a stamp.
pub(crate) fn read_timestamp(
    walker: &mut Walker<'_>,
    notes: &mut Notes,
) -> Result<Option<Vec<u8>>, FormatError> {
    const PLACE: &str = "时间戳";
    match walker.peek() {
        Some(CONTEXT_0) => {
            let mut inner = Walker::new(walker.expect(CONTEXT_0, PLACE, notes)?.value);
            let token = inner.bits(PLACE, notes)?.to_vec();
            inner.finish(PLACE, notes);
            Ok(Some(token))
        }
        Some(crate::asn1::BIT_STRING) => {
            notes.remark("timestamp_untagged", PLACE, "没有 [0] 标签");
            Ok(Some(walker.bits(PLACE, notes)?.to_vec()))
        }
        _ => Ok(None),
    }
}
