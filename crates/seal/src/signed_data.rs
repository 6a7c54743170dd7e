//! Signed data by GB/T 35275 (and the same shape by RFC 5652), as far as signatures in documents and timestamp tokens
//! need it.

use jiff::Timestamp;
use pki::Finding;

use crate::asn1::{
    CONTEXT_0, CONTEXT_1, GENERALIZED_TIME, INTEGER, NULL, Notes, OCTET_STRING, SEQUENCE, SET,
    UTC_TIME, Walker, write,
};
use crate::error::FormatError;
use crate::limits::Limits;
use crate::time;

/// GB/T 35275 signedData.
pub const GM_SIGNED_DATA: &str = "1.2.156.10197.6.1.4.2.2";
/// RFC 5652 signedData.
pub const CMS_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";

const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";

/// GB/T 35275-2017, 8.1:
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY OPTIONAL }
/// SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier, contentInfo ContentInfo,
///     certificates [0] IMPLICIT SET OF Certificate OPTIONAL, crls [1] IMPLICIT SET OF CertificateList OPTIONAL,
///     signerInfos SET OF SignerInfo }
/// ```
#[derive(Debug, Clone)]
pub struct SignedData {
    /// What kind of content it is.
    pub content_type: String,
    /// The content's bytes (inside the OCTET STRING), if they are in it.
    pub content: Option<Vec<u8>>,
    /// The certificates in it, in DER.
    pub certificates: Vec<Vec<u8>>,
    /// The signers.
    pub signers: Vec<SignerInfo>,
    /// What was noticed while reading.
    pub notes: Vec<Finding>,
}

/// GB/T 35275-2017, 8.3:
/// ```text
/// SignerInfo ::= SEQUENCE { version INTEGER, issuerAndSerialNumber SEQUENCE { issuer Name, serialNumber INTEGER },
///     digestAlgorithm AlgorithmIdentifier, authenticatedAttributes [0] IMPLICIT SET OF Attribute OPTIONAL,
///     digestEncryptionAlgorithm AlgorithmIdentifier, encryptedDigest OCTET STRING,
///     unauthenticatedAttributes [1] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
#[derive(Debug, Clone)]
pub struct SignerInfo {
    /// The issuer's name, DER as it stands.
    pub issuer: Vec<u8>,
    /// The certificate's serial number (content of the INTEGER).
    pub serial: Vec<u8>,
    /// The digest algorithm, dotted.
    pub digest_algorithm: String,
    /// The signed attributes as the SET that is signed.
    pub attributes: Option<Vec<u8>>,
    /// The digest in the signed attributes.
    pub message_digest: Option<Vec<u8>>,
    /// The signing time in the signed attributes.
    pub signing_time: Option<Timestamp>,
    /// The signature algorithm, dotted.
    pub algorithm: String,
    /// The signature value as it stands.
    pub signature: Vec<u8>,
}

impl SignedData {
    /// Whether the bytes begin like signed data, whatever follows.
    pub fn is_like(bytes: &[u8]) -> bool {
        let notes = &mut Notes::default();
        Walker::new(bytes)
            .sequence("", notes)
            .and_then(|mut inner| inner.oid("", notes))
            .is_ok_and(|oid| oid == GM_SIGNED_DATA || oid == CMS_SIGNED_DATA)
    }

    /// Reads signed data.
    ///
    /// # Errors
    /// [`FormatError`] where the bytes are no signed data.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<SignedData, FormatError> {
        const PLACE: &str = "签名数据";
        if bytes.len() > limits.bytes {
            return Err(FormatError::TooLarge { place: PLACE });
        }
        let mut notes = Notes::default();
        let notes_ = &mut notes;
        let mut outer = Walker::new(bytes);
        let mut info = outer.sequence(PLACE, notes_)?;
        outer.finish_file(PLACE, notes_);
        let kind = info.oid("签名数据类型", notes_)?;
        if kind != GM_SIGNED_DATA && kind != CMS_SIGNED_DATA {
            return Err(FormatError::BadValue {
                place: "签名数据类型",
            });
        }
        let mut wrapped = Walker::new(info.expect(CONTEXT_0, PLACE, notes_)?.value);
        info.finish(PLACE, notes_);
        let mut inner = wrapped.sequence(PLACE, notes_)?;
        wrapped.finish(PLACE, notes_);

        inner.integer("签名数据版本", notes_)?;
        inner.expect(SET, "杂凑算法", notes_)?;
        let (content_type, content) = content(&mut inner, notes_)?;
        let certificates = certificates(&mut inner, limits, notes_)?;
        if inner.peek() == Some(CONTEXT_1) {
            inner.element("撤销列表", notes_)?;
        }
        let mut set = Walker::new(inner.expect(SET, "签名者信息", notes_)?.value);
        let mut signers = Vec::new();
        while !set.is_empty() {
            if signers.len() >= 64 {
                return Err(FormatError::TooLarge {
                    place: "签名者信息",
                });
            }
            signers.push(SignerInfo::read(&mut set, notes_)?);
        }
        inner.finish(PLACE, notes_);
        if signers.is_empty() {
            notes_.problem("signer_missing", PLACE, "没有任何签名者");
        }
        Ok(SignedData {
            content_type,
            content,
            certificates,
            signers,
            notes: notes.into_findings(),
        })
    }

    /// The certificate of a signer, found by issuer and serial number among those that are in it.
    pub fn certificate_of(&self, signer: &SignerInfo) -> Option<&[u8]> {
        self.certificates
            .iter()
            .find(|der| {
                issuer_and_serial(der).is_some_and(|(issuer, serial)| {
                    issuer == signer.issuer && serial == signer.serial
                })
            })
            .map(Vec::as_slice)
    }
}

impl SignerInfo {
    fn read(set: &mut Walker<'_>, notes: &mut Notes) -> Result<SignerInfo, FormatError> {
        const PLACE: &str = "签名者信息";
        let mut inner = set.sequence(PLACE, notes)?;
        inner.integer(PLACE, notes)?;
        let mut id = inner.sequence("签名者标识", notes)?;
        let issuer = id.expect(SEQUENCE, "签名者证书颁发者", notes)?.raw.to_vec();
        let serial = id
            .expect(INTEGER, "签名者证书序列号", notes)?
            .value
            .to_vec();
        id.finish("签名者标识", notes);
        let digest_algorithm = algorithm(&mut inner, "杂凑算法", notes)?;
        let mut info = SignerInfo {
            issuer,
            serial,
            digest_algorithm,
            attributes: None,
            message_digest: None,
            signing_time: None,
            algorithm: String::new(),
            signature: Vec::new(),
        };
        if inner.peek() == Some(CONTEXT_0) {
            let attributes = inner.element("签名属性", notes)?.value;
            info.attributes = Some(write(SET, &[attributes]));
            info.read_attributes(attributes, notes)?;
        }
        info.algorithm = algorithm(&mut inner, "签名算法", notes)?;
        info.signature = inner.octets("签名值", notes)?.to_vec();
        if inner.peek() == Some(CONTEXT_1) {
            inner.element("未签名属性", notes)?;
        }
        inner.finish(PLACE, notes);
        Ok(info)
    }

    fn read_attributes(&mut self, attributes: &[u8], notes: &mut Notes) -> Result<(), FormatError> {
        const PLACE: &str = "签名属性";
        let mut walker = Walker::new(attributes);
        while !walker.is_empty() {
            let mut attribute = walker.sequence(PLACE, notes)?;
            let oid = attribute.oid(PLACE, notes)?;
            let mut values = Walker::new(attribute.expect(SET, PLACE, notes)?.value);
            match oid.as_str() {
                MESSAGE_DIGEST if self.message_digest.is_some() => {
                    notes.problem("attribute_twice", PLACE, "摘要属性出现两次");
                }
                MESSAGE_DIGEST => {
                    self.message_digest = Some(values.octets("摘要属性", notes)?.to_vec());
                }
                SIGNING_TIME if matches!(values.peek(), Some(UTC_TIME | GENERALIZED_TIME)) => {
                    let tag = values.peek().unwrap_or(UTC_TIME);
                    self.signing_time = Some(time::read(&mut values, tag, "签名时间属性", notes)?);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn content(
    inner: &mut Walker<'_>,
    notes: &mut Notes,
) -> Result<(String, Option<Vec<u8>>), FormatError> {
    const PLACE: &str = "签名内容";
    let mut info = inner.sequence(PLACE, notes)?;
    let kind = info.oid("签名内容类型", notes)?;
    if info.is_empty() {
        return Ok((kind, None));
    }
    let mut wrapped = Walker::new(info.expect(CONTEXT_0, PLACE, notes)?.value);
    info.finish(PLACE, notes);
    let element = wrapped.element(PLACE, notes)?;
    wrapped.finish(PLACE, notes);
    let bytes = if element.tag == OCTET_STRING {
        element.value
    } else {
        element.raw
    };
    Ok((kind, Some(bytes.to_vec())))
}

fn certificates(
    inner: &mut Walker<'_>,
    limits: &Limits,
    notes: &mut Notes,
) -> Result<Vec<Vec<u8>>, FormatError> {
    const PLACE: &str = "签名数据中的证书";
    let mut list = Vec::new();
    if inner.peek() != Some(CONTEXT_0) {
        return Ok(list);
    }
    let mut set = Walker::new(inner.element(PLACE, notes)?.value);
    while !set.is_empty() {
        if list.len() >= limits.certificates {
            return Err(FormatError::TooLarge { place: PLACE });
        }
        list.push(set.element(PLACE, notes)?.raw.to_vec());
    }
    Ok(list)
}

/// An AlgorithmIdentifier with no parameters or NULL.
pub(crate) fn algorithm(
    inner: &mut Walker<'_>,
    place: &'static str,
    notes: &mut Notes,
) -> Result<String, FormatError> {
    let mut id = inner.sequence(place, notes)?;
    let oid = id.oid(place, notes)?;
    if id.peek() == Some(NULL) {
        id.element(place, notes)?;
    }
    id.finish(place, notes);
    Ok(oid)
}

/// Issuer (whole encoding) and serial number (content) of a certificate, as they stand.
fn issuer_and_serial(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const PLACE: &str = "证书";
    let notes = &mut Notes::default();
    let mut tbs = Walker::new(der)
        .sequence(PLACE, notes)
        .ok()?
        .sequence(PLACE, notes)
        .ok()?;
    if tbs.peek() == Some(CONTEXT_0) {
        tbs.element(PLACE, notes).ok()?;
    }
    let serial = tbs.expect(INTEGER, PLACE, notes).ok()?.value;
    tbs.expect(SEQUENCE, PLACE, notes).ok()?;
    let issuer = tbs.expect(SEQUENCE, PLACE, notes).ok()?.raw;
    Some((issuer, serial))
}
