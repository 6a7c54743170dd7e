//! Timestamp tokens: what is in them, and whether they prove a time.

use jiff::Timestamp;
use pki::{Certificate, ChainRequest, Finding, Purpose};

use crate::asn1::{GENERALIZED_TIME, INTEGER, Notes, Walker};
use crate::check_seal::Context;
use crate::check_signed_data::check_signer;
use crate::error::FormatError;
use crate::limits::Limits;
use crate::lint::{beijing, is_sm3};
use crate::signed_data::{SignedData, algorithm};
use crate::time;
use crate::value::Naming;

/// The content type of a timestamp (RFC 3161).
pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// A timestamp token as GM/T 0033 and RFC 3161 have it: signed data whose content is
/// ```text
/// TSTInfo ::= SEQUENCE { version INTEGER, policy OBJECT IDENTIFIER,
///     messageImprint SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING },
///     serialNumber INTEGER, genTime GeneralizedTime, … }
/// ```
#[derive(Debug, Clone)]
pub struct TimestampToken {
    /// The signed data around it.
    pub signed: SignedData,
    /// The digest algorithm of the imprint, dotted.
    pub imprint_algorithm: String,
    /// The digest of what was stamped with the time.
    pub imprint: Vec<u8>,
    /// The time.
    pub time: Timestamp,
}

impl TimestampToken {
    /// Reads a token.
    ///
    /// # Errors
    /// [`FormatError`] where the bytes are no timestamp token.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<TimestampToken, FormatError> {
        const PLACE: &str = "时间戳";
        let signed = SignedData::parse(bytes, limits)?;
        if signed.content_type != TST_INFO {
            return Err(FormatError::BadValue {
                place: "时间戳内容类型",
            });
        }
        let content = signed.content.clone().ok_or(FormatError::Missing {
            place: "时间戳内容",
        })?;
        let mut notes = Notes::default();
        let mut inner = Walker::new(&content).sequence(PLACE, &mut notes)?;
        inner.integer("时间戳版本", &mut notes)?;
        inner.oid("时间戳策略", &mut notes)?;
        let mut imprint = inner.sequence("时间戳杂凑", &mut notes)?;
        let imprint_algorithm = algorithm(&mut imprint, "时间戳杂凑算法", &mut notes)?;
        let hashed = imprint.octets("时间戳杂凑值", &mut notes)?.to_vec();
        inner.expect(INTEGER, "时间戳序列号", &mut notes)?;
        let time = time::read(&mut inner, GENERALIZED_TIME, "时间戳时间", &mut notes)?;
        Ok(TimestampToken {
            signed,
            imprint_algorithm,
            imprint: hashed,
            time,
        })
    }
}

const CODES: Naming = Naming {
    who: "时间戳服务",
    right: "timestamp_signature_ok",
    wrong: "timestamp_signature_wrong",
};

/// Checks a timestamp token over `over` (a signature value). The time is given only where everything is right: it is then
/// a proof that the signature existed at that moment.
pub(crate) fn check_token(
    token: &[u8],
    over: Option<&[u8]>,
    context: &Context<'_>,
) -> (Vec<Finding>, Option<Timestamp>) {
    let parsed = match TimestampToken::parse(token, &context.limits) {
        Ok(parsed) => parsed,
        Err(error) => {
            let finding = Finding::undetermined(
                "timestamp_unreadable",
                "时间戳数据无法解读，不能作为时间证明",
            )
            .with("原因", error.to_string())
            .with("字节数", token.len().to_string());
            return (vec![finding], None);
        }
    };
    let mut findings = parsed.signed.notes.clone();
    findings.push(imprint(&parsed, over));
    findings.extend(token_signer(&parsed, context));
    let trusted = pki::Outcome::of(&findings) == pki::Outcome::Valid && over.is_some();
    if trusted {
        findings
            .push(Finding::valid("timestamp_ok", "时间戳可信").with("时间", beijing(parsed.time)));
    }
    (findings, trusted.then_some(parsed.time))
}

fn imprint(token: &TimestampToken, over: Option<&[u8]>) -> Finding {
    let Some(over) = over else {
        return Finding::remark(
            "timestamp_imprint_unchecked",
            "时间戳在签名之前取得，只说明所称的签章时间",
        );
    };
    if !is_sm3(&token.imprint_algorithm) {
        return Finding::undetermined(
            "timestamp_digest_unsupported",
            "时间戳所用的杂凑算法不是 SM3，本平台不能验证",
        )
        .with("算法", token.imprint_algorithm.clone());
    }
    if token.imprint == gm::sm3(over) {
        Finding::valid("timestamp_imprint_ok", "时间戳与签名值相符")
    } else {
        Finding::invalid("timestamp_imprint_wrong", "时间戳不是为这个签名值加盖的")
    }
}

fn token_signer(token: &TimestampToken, context: &Context<'_>) -> Vec<Finding> {
    let signed = &token.signed;
    let [signer] = signed.signers.as_slice() else {
        return vec![Finding::invalid(
            "timestamp_signer_count",
            "时间戳应当只有一个签名者",
        )];
    };
    let Some(certificate) = signed
        .certificate_of(signer)
        .and_then(|der| Certificate::from_der(der).ok())
    else {
        return vec![Finding::undetermined(
            "timestamp_certificate_missing",
            "时间戳中没有时间戳服务的证书",
        )];
    };
    let content = signed.content.as_deref().unwrap_or_default();
    let mut findings = check_signer(signer, &certificate, &[content], &CODES).0;
    let extra: Vec<Certificate> = signed
        .certificates
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect();
    let report = pki::check_chain(
        &ChainRequest {
            certificate: &certificate,
            extra: &extra,
            at: token.time,
            purpose: Purpose::Tsa,
            revocation: context.revocation,
        },
        context.trust,
    );
    findings.extend(report.steps);
    findings
}
