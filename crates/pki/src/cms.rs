//! Signed data: GM/T 0010 and GB/T 35275 with their own OIDs, and CMS (RFC 5652) with SM2 in it.
//!
//! In OFD and PDF the signed content is the SM3 digest of the document, or the Base64 text of the
//! digest, or left out; then a signed attribute holds the digest, or the signature is right over the
//! document. All of these occur in real files and bind the document alike.

use base64::{Engine, engine::general_purpose::STANDARD};
use der::{
    Tag,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use gm::{Signature, SignatureEncoding};
use jiff::Timestamp;
use spki::AlgorithmIdentifierRef;

use crate::{
    asn1::{Fields, Raw, algorithm_name, elements, encode, read_time},
    certificate::{Certificate, significant},
    error::{Error, What},
    name::Name,
    report::{Finding, Outcome},
};

/// The largest signed data that is read, in bytes.
pub const LIMIT: usize = 16 * 1024 * 1024;

/// Content types that mean signed data: GM/T 0010, and PKCS#7.
const SIGNED_DATA: [&str; 2] = ["1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"];
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const TIMESTAMP_TOKEN: &str = "1.2.840.113549.1.9.16.2.14";

/// Signed data as it stands in a file.
#[derive(Debug, Clone)]
pub struct SignedData {
    content_type: String,
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    signers: Vec<SignerInfo>,
}

/// One signature.
#[derive(Debug, Clone)]
pub struct SignerInfo {
    who: SignerId,
    digest_algorithm: String,
    signature_algorithm: String,
    signature: Vec<u8>,
    attributes: Option<SignedAttributes>,
    timestamp: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
enum SignerId {
    IssuerAndSerial(Name, Vec<u8>),
    KeyId(Vec<u8>),
}

#[derive(Debug, Clone)]
struct SignedAttributes {
    /// As a SET OF, which is what was signed (RFC 5652, 5.4).
    signed: Vec<u8>,
    content_type: Option<String>,
    message_digest: Option<Vec<u8>>,
    signing_time: Option<Timestamp>,
}

/// What was found about signed data and the document that it is for.
#[derive(Debug, Clone)]
pub struct SignedDataReport {
    /// The worst of all findings.
    pub outcome: Outcome,
    /// About the whole: signers there, content right.
    pub findings: Vec<Finding>,
    /// About each signature.
    pub signers: Vec<SignerReport>,
}

/// What was found about one signature. Whether its certificate is to be trusted is for
/// [`crate::check_chain`] to say.
#[derive(Debug, Clone)]
pub struct SignerReport {
    /// The worst of all findings.
    pub outcome: Outcome,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The signer's certificate, when it is in the data.
    pub certificate: Option<Certificate>,
    /// When the signer says that it signed; nobody vouches for it.
    pub signing_time: Option<Timestamp>,
    /// An RFC 3161 token over the signature value, for [`crate::timestamp`].
    pub timestamp: Option<Vec<u8>>,
    /// The signature value as it stands, which the token is about.
    pub signature: Vec<u8>,
}

/// Certificates alone as PKCS#7 (`.p7b`): signed data without a signature, as devices and browsers import a chain.
#[must_use]
pub fn certificates_only(certificates: &[Certificate]) -> Vec<u8> {
    // 1.2.840.113549.1.7.2 (signed data) and .1 (data).
    const SIGNED: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    const DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    const VERSION_1: &[u8] = &[2, 1, 1];
    const EMPTY_SET: &[u8] = &[0x31, 0];
    let chain: Vec<u8> = certificates
        .iter()
        .flat_map(|certificate| certificate.der().iter().copied())
        .collect();
    let signed = [
        VERSION_1,
        EMPTY_SET,
        &wrapped(0x30, DATA),
        &wrapped(0xa0, &chain),
        EMPTY_SET,
    ]
    .concat();
    let body = wrapped(0xa0, &wrapped(0x30, &signed));
    wrapped(0x30, &[SIGNED, &body].concat())
}

/// A DER value of this tag.
fn wrapped(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut der = vec![tag];
    if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
        der.push(short);
    } else {
        let bytes = length.to_be_bytes();
        let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        // At most eight bytes of length.
        der.push(0x80 | bytes.len() as u8);
        der.extend_from_slice(bytes);
    }
    der.extend_from_slice(contents);
    der
}

impl SignedData {
    /// Reads signed data in DER.
    ///
    /// # Errors
    /// When it is larger than [`LIMIT`], is no signed data, or has bytes after it.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > LIMIT {
            return Err(Error::TooLarge {
                what: What::SignedData,
                limit: LIMIT,
            });
        }
        read(der).map_err(|source| Error::Malformed {
            what: What::SignedData,
            source,
        })
    }

    /// The type of the content, as OID.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The content, where it is inside.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The certificates inside that can be read.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The signatures.
    #[must_use]
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// Checks that `document` (or its SM3 digest, or the digest's Base64 text) is what was signed,
    /// and every signature.
    #[must_use]
    pub fn check_document(&self, document: &[u8]) -> SignedDataReport {
        let digest = gm::sm3(document);
        let base64 = STANDARD.encode(digest);
        let forms = [document, &digest, base64.as_bytes()];
        let mut findings = Vec::new();
        let contents = match self.content() {
            None => forms.to_vec(),
            Some(content) => {
                findings.push(match forms.contains(&content) {
                    true => Finding::valid("content_matches", "签名数据中的摘要与文件一致"),
                    false => {
                        let message = "签名数据中的摘要与文件不符，文件内容已被改动";
                        Finding::invalid("content_mismatch", message)
                    }
                });
                vec![content]
            }
        };
        self.report(findings, &contents)
    }

    /// Checks every signature over the content inside.
    #[must_use]
    pub fn check_attached(&self) -> SignedDataReport {
        match self.content() {
            Some(content) => self.report(Vec::new(), &[content]),
            None => {
                let message = "签名数据中没有被签名的内容";
                self.report(vec![Finding::invalid("content_missing", message)], &[])
            }
        }
    }

    /// `contents` are the forms that the signed content may have.
    fn report(&self, mut findings: Vec<Finding>, contents: &[&[u8]]) -> SignedDataReport {
        if self.signers.is_empty() {
            let message = "签名数据中没有任何签名";
            findings.push(Finding::invalid("signer_missing", message));
        }
        let signers: Vec<_> = self
            .signers
            .iter()
            .map(|signer| self.signer_report(signer, contents))
            .collect();
        let outcome = signers.iter().map(|signer| signer.outcome);
        let outcome = outcome.fold(Outcome::of(&findings), Outcome::worst);
        SignedDataReport {
            outcome,
            findings,
            signers,
        }
    }

    fn signer_report(&self, signer: &SignerInfo, contents: &[&[u8]]) -> SignerReport {
        let certificate = self.certificates.iter().find(|it| signer.who.is(it));
        let mut findings = signer.algorithm_findings();
        // With an algorithm that cannot be checked, the rest cannot be either.
        if Outcome::of(&findings) == Outcome::Valid {
            match certificate {
                Some(certificate) => {
                    findings.extend(self.content_type_remark(signer));
                    findings.extend(signer.signature_findings(certificate, contents));
                }
                None => {
                    let message = "签名数据中没有签名者的证书，无法验证签名";
                    findings.push(Finding::undetermined("signer_certificate_missing", message));
                }
            }
        }
        SignerReport {
            outcome: Outcome::of(&findings),
            findings,
            certificate: certificate.cloned(),
            signing_time: signer.signing_time(),
            timestamp: signer.timestamp.clone(),
            signature: signer.signature.clone(),
        }
    }

    fn content_type_remark(&self, signer: &SignerInfo) -> Option<Finding> {
        let signed = signer.attributes.as_ref()?.content_type.as_ref()?;
        (*signed != self.content_type).then(|| {
            let message = "签名属性中的内容类型与外层不同";
            Finding::remark("content_type_differs", message).with("签名属性", signed.as_str())
        })
    }
}

impl SignerInfo {
    /// When the signer says that it signed.
    #[must_use]
    pub fn signing_time(&self) -> Option<Timestamp> {
        self.attributes.as_ref()?.signing_time
    }

    fn algorithm_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let digest = self.digest_algorithm.as_str();
        if ["1.2.840.113549.2.5", "1.3.14.3.2.26"].contains(&digest) {
            let message = "使用了不安全的摘要算法（MD5 或 SHA-1）";
            findings.push(Finding::invalid("digest_algorithm_weak", message).with("算法", digest));
        } else if ![gm::oid::SM3, gm::oid::SM3_WITH_Z].contains(&digest) {
            let message = "摘要算法不是 SM3，本平台不验证";
            let finding = Finding::undetermined("digest_algorithm_unsupported", message);
            findings.push(finding.with("算法", digest));
        }
        let signature = self.signature_algorithm.as_str();
        if ![gm::oid::SM2_SM3, gm::oid::SM2_SIGN, gm::oid::SM2].contains(&signature) {
            let message = "签名算法不是 SM2，本平台不验证";
            let finding = Finding::undetermined("signature_algorithm_unsupported", message);
            findings.push(finding.with("算法", algorithm_name(signature)));
        }
        findings
    }

    fn signature_findings(&self, certificate: &Certificate, contents: &[&[u8]]) -> Vec<Finding> {
        let wrong = || vec![Finding::invalid("signature_invalid", "签名值验证不通过")];
        let Ok(key) = certificate.public_key() else {
            let message = "签名者证书的公钥不是 SM2 公钥";
            return vec![Finding::undetermined("signer_key_not_sm2", message)];
        };
        let Ok((signature, encoding)) = Signature::parse(&self.signature) else {
            return wrong();
        };
        let verifies = |message: &[u8]| key.verify(message, &signature).is_ok();
        let is_right = match &self.attributes {
            None => contents.iter().any(|content| verifies(content)),
            Some(attributes) => {
                let digests = contents.iter().map(|content| gm::sm3(content));
                let digest = attributes.message_digest.as_deref();
                if !digests.into_iter().any(|own| digest == Some(&own)) {
                    let message = "签名属性中的摘要与内容不符，内容已被改动";
                    return vec![Finding::invalid("message_digest_mismatch", message)];
                }
                verifies(&attributes.signed)
            }
        };
        if !is_right {
            return wrong();
        }
        let mut findings = vec![Finding::valid("signature_valid", "签名值验证通过")];
        if encoding == SignatureEncoding::Raw {
            findings.push(Finding::remark(
                "signature_raw",
                "签名值为 r‖s 形式，未按标准编码",
            ));
        }
        findings
    }
}

impl SignerId {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial(issuer, serial) => {
                certificate.issuer() == issuer && certificate.serial() == significant(serial)
            }
            Self::KeyId(id) => certificate.subject_key_id() == Some(id),
        }
    }
}

/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY OPTIONAL }
/// SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier,
///     contentInfo ContentInfo, certificates [0] IMPLICIT SET OF Certificate OPTIONAL,
///     crls [1] IMPLICIT SET OF CertificateList OPTIONAL, signerInfos SET OF SignerInfo }
/// ```
fn read(der: &[u8]) -> der::Result<SignedData> {
    let (kind, signed_data) = read_content_info(Raw(der))?;
    if !SIGNED_DATA.contains(&kind.as_str()) {
        return Err(Tag::ObjectIdentifier.value_error().into());
    }
    let signed_data = signed_data.ok_or_else(|| der::Error::from(Tag::Sequence.length_error()))?;
    let mut fields = Fields::of(signed_data)?;
    fields.decode::<u8>()?;
    fields.required()?.content(Tag::Set)?;
    let (content_type, content) = read_content_info(fields.required()?)?;
    // The content's own octets, whatever type it has: that is what is digested.
    let content = content
        .map(Raw::any)
        .transpose()?
        .map(|any| any.value().to_vec());
    let certificates = elements(fields.context(0).unwrap_or_default())?;
    fields.context(1);
    let signers = elements(fields.required()?.content(Tag::Set)?)?;
    fields.finish()?;
    Ok(SignedData {
        content_type,
        content,
        certificates: certificates
            .iter()
            .filter_map(|it| Certificate::from_der(it.0).ok())
            .collect(),
        signers: signers
            .into_iter()
            .map(read_signer)
            .collect::<der::Result<_>>()?,
    })
}

fn read_content_info(raw: Raw<'_>) -> der::Result<(String, Option<Raw<'_>>)> {
    let mut fields = Fields::of(raw)?;
    let kind: ObjectIdentifier = fields.decode()?;
    let content = fields.context(0).map(|content| -> der::Result<_> {
        match elements(content)?[..] {
            [content] => Ok(content),
            _ => Err(Tag::Sequence.length_error().into()),
        }
    });
    fields.finish()?;
    Ok((kind.to_string(), content.transpose()?))
}

/// ```text
/// SignerInfo ::= SEQUENCE { version INTEGER, sid SignerIdentifier, digestAlgorithm AlgorithmIdentifier,
///     signedAttrs [0] IMPLICIT SET OF Attribute OPTIONAL, signatureAlgorithm AlgorithmIdentifier,
///     signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }
/// SignerIdentifier ::= CHOICE { SEQUENCE { issuer Name, serialNumber INTEGER }, keyId [0] OCTET STRING }
/// ```
fn read_signer(raw: Raw<'_>) -> der::Result<SignerInfo> {
    let mut fields = Fields::of(raw)?;
    fields.decode::<u8>()?;
    let who = if let Some(id) = fields.context(0) {
        SignerId::KeyId(id.to_vec())
    } else {
        let mut issuer_and_serial = Fields::of(fields.required()?)?;
        let issuer = Name::from_der(issuer_and_serial.required()?.0)?;
        let serial = issuer_and_serial.required()?.content(Tag::Integer)?;
        SignerId::IssuerAndSerial(issuer, serial.to_vec())
    };
    let digest: AlgorithmIdentifierRef<'_> = fields.decode()?;
    let attributes = fields.context(0).map(read_signed_attributes).transpose()?;
    let algorithm: AlgorithmIdentifierRef<'_> = fields.decode()?;
    let signature: &OctetStringRef = fields.decode()?;
    let unsigned = fields
        .context(1)
        .map(attributes_in)
        .transpose()?
        .unwrap_or_default();
    fields.finish()?;
    Ok(SignerInfo {
        who,
        digest_algorithm: digest.oid.to_string(),
        signature_algorithm: algorithm.oid.to_string(),
        signature: signature.as_bytes().to_vec(),
        attributes,
        timestamp: one(&unsigned, TIMESTAMP_TOKEN)?.map(|token| token.0.to_vec()),
    })
}

fn read_signed_attributes(content: &[u8]) -> der::Result<SignedAttributes> {
    let attributes = attributes_in(content)?;
    let content_type = one(&attributes, CONTENT_TYPE)?;
    let digest = one(&attributes, MESSAGE_DIGEST)?;
    let time = one(&attributes, SIGNING_TIME)?;
    let decode_oid = |raw: Raw<'_>| raw.any()?.decode_as::<ObjectIdentifier>();
    Ok(SignedAttributes {
        signed: encode(&der::AnyRef::new(Tag::Set, content)?),
        content_type: content_type
            .map(decode_oid)
            .transpose()?
            .map(|oid| oid.to_string()),
        message_digest: digest
            .map(|raw| raw.content(Tag::OctetString))
            .transpose()?
            .map(<[u8]>::to_vec),
        // A time that cannot be read is as good as none: nobody vouches for it.
        signing_time: time.and_then(|raw| raw.any().and_then(read_time).ok()),
    })
}

/// ```text
/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY }
/// ```
fn attributes_in(content: &[u8]) -> der::Result<Vec<(String, Vec<Raw<'_>>)>> {
    let read = |raw| {
        let mut fields = Fields::of(raw)?;
        let kind: ObjectIdentifier = fields.decode()?;
        let values = elements(fields.required()?.content(Tag::Set)?)?;
        fields.finish()?;
        Ok((kind.to_string(), values))
    };
    elements(content)?.into_iter().map(read).collect()
}

/// The single value of an attribute that stands at most once.
fn one<'a>(attributes: &[(String, Vec<Raw<'a>>)], kind: &str) -> der::Result<Option<Raw<'a>>> {
    let mut own = attributes.iter().filter(|(own, _)| own == kind);
    match (own.next(), own.next()) {
        (None, _) => Ok(None),
        (Some((_, values)), None) if values.len() == 1 => Ok(Some(values[0])),
        _ => Err(Tag::Set.length_error().into()),
    }
}
