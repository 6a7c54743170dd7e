//! PKCS#10 certificate requests (GM/T 0092, RFC 2986): read, judge, make.

use base64::{Engine, engine::general_purpose::STANDARD};
use der::{AnyRef, Decode, Sequence, Tag, TagNumber, asn1::ObjectIdentifier};
use gm::{PublicKey, Signature, Signer, SignerError};
use serde::Serialize;
use spki::SubjectPublicKeyInfoRef;

use crate::{
    asn1::{Fields, Raw, Signed, encode, verify_sm2},
    certificate::{key_algorithm, sm2_key},
    error::Error,
    name::Name,
    pem,
};

/// The largest request that is read, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// What speaks against a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestProblem {
    /// Stable snake_case code.
    pub code: &'static str,
    /// A sentence for the applicant, in Simplified Chinese.
    pub message: String,
}

/// A certificate request: its original bytes and what they say.
#[derive(Debug, Clone)]
pub struct CertificateRequest {
    der: Vec<u8>,
    tbs: Vec<u8>,
    subject: Name,
    key_algorithm: String,
    public_key: Option<PublicKey>,
    signature_algorithm: String,
    signature: Vec<u8>,
}

impl CertificateRequest {
    /// Reads DER, a PEM block, or Base64 without the lines around it.
    ///
    /// # Errors
    /// The one problem that stands before all others: too large, not a request, damaged, bytes after
    /// it, or a private key.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestProblem> {
        if bytes.len() > LIMIT {
            let message = "证书请求超过 64 KB，请核对文件是否选错";
            return Err(problem("p10_too_large", message));
        }
        Self::from_der(&unwrap_text(bytes)?)
    }

    /// Reads a request and checks it.
    ///
    /// # Errors
    /// Everything that [`CertificateRequest::parse`] and [`CertificateRequest::check`] find.
    pub fn accept(bytes: &[u8]) -> Result<Self, Vec<RequestProblem>> {
        let request = Self::parse(bytes).map_err(|problem| vec![problem])?;
        let problems = request.check();
        if problems.is_empty() {
            Ok(request)
        } else {
            Err(problems)
        }
    }

    /// Everything that speaks against issuing a certificate for this key; nothing when all is well.
    #[must_use]
    pub fn check(&self) -> Vec<RequestProblem> {
        let Some(key) = &self.public_key else {
            return vec![self.key_problem()];
        };
        match verify_sm2(key, &self.tbs, &self.signature_algorithm, &self.signature) {
            Ok(()) => Vec::new(),
            Err(Error::NotSm2Signature { algorithm }) => {
                let message = format!(
                    "证书请求的签名算法为 {algorithm}，应为 SM3withSM2，请用 SM2 密钥重新生成"
                );
                vec![problem("p10_signature_not_sm2", message)]
            }
            Err(_) => {
                let message = "证书请求的自签名验证不通过，请在设备上重新生成证书请求";
                vec![problem("p10_signature_invalid", message)]
            }
        }
    }

    /// The original bytes, as DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// As a PEM block.
    #[must_use]
    pub fn pem(&self) -> String {
        pem::encode("CERTIFICATE REQUEST", self.der())
    }

    /// Whom the applicant names; the certificate's subject is written by the platform.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The key, if it is an SM2 key.
    #[must_use]
    pub fn public_key(&self) -> Option<&PublicKey> {
        self.public_key.as_ref()
    }

    /// A readable name of the key's algorithm.
    #[must_use]
    pub fn key_algorithm(&self) -> &str {
        &self.key_algorithm
    }

    fn from_der(der: &[u8]) -> Result<Self, RequestProblem> {
        let unreadable = |_| {
            problem(
                "p10_unreadable",
                "证书请求已损坏或不是 PKCS#10 格式，请重新导出后上传",
            )
        };
        let whole = match Raw::from_der_partial(der) {
            Ok((whole, [])) => whole,
            Ok(_) => {
                let message = "证书请求之后有多余的内容，请重新导出后上传";
                return Err(problem("p10_trailing_bytes", message));
            }
            Err(error) => return Err(unreadable(error)),
        };
        let signed =
            Signed::from_der(whole.0).map_err(|error| wrong_kind(der, unreadable(error)))?;
        let info = CertificationRequestInfo::read(signed.tbs)
            .map_err(|error| wrong_kind(der, unreadable(error)))?;
        Ok(Self {
            der: der.to_vec(),
            tbs: signed.tbs.0.to_vec(),
            subject: Name::from_der(info.subject.0).map_err(unreadable)?,
            key_algorithm: key_algorithm(&info.key),
            public_key: sm2_key(&info.key),
            signature_algorithm: signed.algorithm.oid.to_string(),
            signature: signed.signature.as_bytes().unwrap_or_default().to_vec(),
        })
    }

    fn key_problem(&self) -> RequestProblem {
        match self.key_algorithm.as_str() {
            "SM2" => {
                let message = "证书请求中的公钥不在 SM2 曲线上，请在设备上重新生成密钥";
                problem("p10_key_invalid", message)
            }
            "RSA" => {
                let message = "证书请求的密钥是 RSA，应为 SM2，请在设备上生成 SM2 密钥后重新申请";
                problem("p10_key_rsa", message)
            }
            curve if curve.starts_with("EC") => {
                let message = format!("证书请求的密钥是 {curve} 曲线，应为 SM2，请重新生成密钥");
                problem("p10_key_other_curve", message)
            }
            other => {
                let message = format!("证书请求的密钥算法为 {other}，应为 SM2，请重新生成密钥");
                problem("p10_key_not_sm2", message)
            }
        }
    }
}

/// Makes a request for the signer's own key.
///
/// # Errors
/// When the signer cannot sign.
pub fn build(subject: &Name, signer: &dyn Signer) -> Result<Vec<u8>, SignerError> {
    let spki = signer.public_key().to_spki_der();
    let no_attributes = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(0),
    };
    let tbs = encode(&WrittenInfo {
        version: 0,
        subject: Raw(subject.der()),
        key: Raw(&spki),
        // Nothing in it: an empty value is of any length.
        attributes: AnyRef::new(no_attributes, &[]).expect("an empty value"),
    });
    let signature: Signature = signer.sign(&tbs)?;
    Ok(Signed::assemble(&tbs, &signature))
}

/// ```text
/// -- PKCS#10 (RFC 2986, 4.1); some devices leave the attributes out
/// CertificationRequestInfo ::= SEQUENCE { version INTEGER, subject Name,
///     subjectPKInfo SubjectPublicKeyInfo, attributes [0] IMPLICIT SET OF Attribute }
/// ```
struct CertificationRequestInfo<'a> {
    subject: Raw<'a>,
    key: SubjectPublicKeyInfoRef<'a>,
}

impl<'a> CertificationRequestInfo<'a> {
    fn read(tbs: Raw<'a>) -> der::Result<Self> {
        let mut fields = Fields::of(tbs)?;
        fields.decode::<u8>()?;
        let subject = fields.required()?;
        let key = fields.decode()?;
        fields.context(0);
        fields.finish()?;
        Ok(Self { subject, key })
    }
}

/// The same structure as it is written here.
#[derive(Sequence)]
struct WrittenInfo<'a> {
    version: u8,
    subject: Raw<'a>,
    key: Raw<'a>,
    attributes: AnyRef<'a>,
}

/// The DER in whatever text it came.
fn unwrap_text(bytes: &[u8]) -> Result<Vec<u8>, RequestProblem> {
    if bytes.first() == Some(&0x30) {
        return Ok(bytes.to_vec());
    }
    if pem::looks_like(bytes) {
        let blocks = pem::blocks(bytes);
        if blocks
            .iter()
            .any(|block| block.label.ends_with("PRIVATE KEY"))
        {
            let message = "文件中含有私钥，请勿上传私钥；请只上传证书请求，并在设备上更换该密钥";
            return Err(problem("p10_private_key", message));
        }
        let mut requests = blocks
            .into_iter()
            .filter(|block| block.label.ends_with("CERTIFICATE REQUEST"));
        return match (requests.next(), requests.next()) {
            (Some(request), None) => Ok(request.der),
            (Some(_), Some(_)) => {
                let message = "文件中有多个证书请求，请每个印章上传一个";
                Err(problem("p10_several", message))
            }
            _ => Err(problem(
                "p10_not_a_request",
                "文件中没有完整的证书请求，请核对文件是否选错",
            )),
        };
    }
    let text: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    match STANDARD.decode(&text) {
        Ok(der) if !der.is_empty() => Ok(der),
        _ => Err(problem(
            "p10_not_a_request",
            "不是 PKCS#10 证书请求，请核对文件是否选错",
        )),
    }
}

/// Other things that people upload in place of a request are called by their name.
fn wrong_kind(der: &[u8], otherwise: RequestProblem) -> RequestProblem {
    if crate::Certificate::from_der(der).is_ok() {
        let message = "上传的是证书，不是证书请求，请上传 PKCS#10 证书请求（P10）";
        return problem("p10_not_a_request", message);
    }
    let is_key = || -> der::Result<bool> {
        // PKCS#8: SEQUENCE { INTEGER 0, AlgorithmIdentifier, OCTET STRING ... }
        let mut fields = Fields::of(Raw(der))?;
        fields.decode::<u8>()?;
        let mut algorithm = Fields::of(fields.required()?)?;
        algorithm.decode::<ObjectIdentifier>()?;
        Ok(fields.optional(Tag::OctetString).is_some())
    };
    if is_key().unwrap_or(false) {
        let message = "上传的是私钥，请勿上传私钥；请只上传证书请求，并在设备上更换该密钥";
        return problem("p10_private_key", message);
    }
    otherwise
}

fn problem(code: &'static str, message: impl Into<String>) -> RequestProblem {
    RequestProblem {
        code,
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use gm::PrivateKey;
    use proptest::prelude::*;

    use super::*;

    fn request() -> Vec<u8> {
        let subject = Name::china("某单位", "签章服务器").unwrap();
        build(&subject, &PrivateKey::generate()).unwrap()
    }

    fn code(bytes: &[u8]) -> &'static str {
        CertificateRequest::accept(bytes).unwrap_err()[0].code
    }

    #[test]
    fn a_good_request_is_accepted_in_every_wrapping() {
        let der = request();
        let request = CertificateRequest::accept(&der).unwrap();
        assert_eq!(request.subject().common_name(), Some("签章服务器"));
        assert!(request.public_key().is_some());
        let base64 = STANDARD.encode(&der);
        let new = request
            .pem()
            .replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
        for text in [
            request.pem(),
            new,
            base64.clone(),
            format!(" {}\r\n{}\n", &base64[..64], &base64[64..]),
        ] {
            assert_eq!(
                CertificateRequest::accept(text.as_bytes()).unwrap().der(),
                der
            );
        }
    }

    #[test]
    fn each_bad_request_is_told_what_is_wrong() {
        let der = request();
        assert_eq!(code(&[der.as_slice(), &[0]].concat()), "p10_trailing_bytes");
        assert_eq!(code(&der[..der.len() - 1]), "p10_unreadable");
        assert_eq!(code(&vec![0x30; LIMIT + 1]), "p10_too_large");
        assert_eq!(code(b""), "p10_not_a_request");
        assert_eq!(code("印章申请".as_bytes()), "p10_not_a_request");
        let key = PrivateKey::generate();
        assert_eq!(code(key.to_pkcs8_pem().as_bytes()), "p10_private_key");
        assert_eq!(code(&key.to_pkcs8_der()), "p10_private_key");
        let pem = CertificateRequest::parse(&der).unwrap().pem();
        assert_eq!(code(format!("{pem}{pem}").as_bytes()), "p10_several");

        let mut broken = der.clone();
        let at = der
            .windows(9)
            .position(|window| window == "某单位".as_bytes())
            .unwrap();
        broken[at + 2] ^= 1;
        assert_eq!(code(&broken), "p10_signature_invalid");
        let mut off_curve = der.clone();
        let at = der
            .windows(4)
            .position(|window| window == [0x03, 0x42, 0x00, 0x04])
            .unwrap();
        off_curve[at + 40] ^= 1;
        assert_eq!(code(&off_curve), "p10_key_invalid");
        // The last place that names SM3withSM2 is the signature's algorithm.
        let mut ecdsa = der.clone();
        let sm3_with_sm2 = [0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75];
        let at = ecdsa
            .windows(8)
            .rposition(|window| window == sm3_with_sm2)
            .unwrap();
        ecdsa[at..at + 8].copy_from_slice(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
        assert_eq!(code(&ecdsa), "p10_signature_not_sm2");
        let mut p256 = der;
        let sm2 = [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];
        let at = p256.windows(10).position(|window| window == sm2).unwrap();
        p256[at..at + 10].copy_from_slice(&[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
        let problems = CertificateRequest::accept(&p256).unwrap_err();
        assert_eq!(problems[0].code, "p10_key_other_curve");
        assert_eq!(
            problems[0].message,
            "证书请求的密钥是 EC P-256 曲线，应为 SM2，请重新生成密钥"
        );
    }

    proptest! {
        #[test]
        fn a_changed_request_is_never_accepted(at in 0usize..10_000, to: u8) {
            let der = request();
            let mut changed = der.clone();
            let at = at % der.len();
            changed[at] = to;
            let same = changed == der;
            prop_assert_eq!(CertificateRequest::accept(&changed).is_ok(), same);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = CertificateRequest::accept(&bytes);
            let _ = CertificateRequest::accept(STANDARD.encode(&bytes).as_bytes());
        }
    }
}
