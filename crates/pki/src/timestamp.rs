//! Timestamp tokens (RFC 3161, GB/T 20520): whether they are right, and which time they vouch for.

use der::{
    Tag,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use jiff::Timestamp;
use spki::AlgorithmIdentifierRef;

use crate::{
    asn1::{Fields, Raw, algorithm_name, read_time},
    certificate::{Certificate, significant},
    chain::{ChainReport, ChainRequest, Purpose, RevocationPolicy, check_chain},
    cms::SignedData,
    error::{Error, What},
    report::{Finding, Outcome, beijing},
    trust::TrustStore,
};

/// The largest token that is read, in bytes.
pub const LIMIT: usize = 256 * 1024;

const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// A token as it stands in a file.
#[derive(Debug, Clone)]
pub struct Token {
    signed: SignedData,
    policy: String,
    imprint_algorithm: String,
    imprint: Vec<u8>,
    serial: Vec<u8>,
    time: Timestamp,
}

/// What was found about a token.
#[derive(Debug, Clone)]
pub struct TimestampReport {
    /// The worst of all findings.
    pub outcome: Outcome,
    /// What was found, the authority's chain included.
    pub findings: Vec<Finding>,
    /// The time that the token names, whatever became of it.
    pub claimed: Option<Timestamp>,
    /// The time, if everything is right: to be relied on.
    pub trusted: Option<Timestamp>,
    /// The authority's certificate.
    pub certificate: Option<Certificate>,
}

impl Token {
    /// Reads a TimeStampToken, or the TimeStampResp around one.
    ///
    /// # Errors
    /// When it is larger than [`LIMIT`], is no timestamp, or has bytes after it.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > LIMIT {
            return Err(Error::TooLarge {
                what: What::Timestamp,
                limit: LIMIT,
            });
        }
        let malformed = |source| Error::Malformed {
            what: What::Timestamp,
            source,
        };
        let token = unwrap_response(der).map_err(malformed)?;
        let signed = match SignedData::from_der(token) {
            Err(Error::Malformed { source, .. }) => return Err(malformed(source)),
            other => other?,
        };
        let nonsense = |part| Error::Nonsense {
            what: What::Timestamp,
            part,
        };
        if signed.content_type() != TST_INFO {
            return Err(nonsense("content type"));
        }
        let content = signed.content().ok_or(nonsense("no content"))?.to_vec();
        Self::read(signed, &content).map_err(malformed)
    }

    /// The time that the token names.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// The policy it was made under, as OID.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// Its serial number in lower-case hexadecimal.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex::encode(&self.serial)
    }

    /// ```text
    /// TSTInfo ::= SEQUENCE { version INTEGER, policy OBJECT IDENTIFIER, messageImprint MessageImprint,
    ///     serialNumber INTEGER, genTime GeneralizedTime, accuracy SEQUENCE OPTIONAL,
    ///     ordering BOOLEAN DEFAULT FALSE, nonce INTEGER OPTIONAL, tsa [0] GeneralName OPTIONAL,
    ///     extensions [1] IMPLICIT Extensions OPTIONAL }
    /// MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }
    /// ```
    fn read(signed: SignedData, content: &[u8]) -> der::Result<Self> {
        let mut fields = Fields::of(Raw(content))?;
        fields.decode::<u8>()?;
        let policy: ObjectIdentifier = fields.decode()?;
        let mut imprint = Fields::of(fields.required()?)?;
        let algorithm: AlgorithmIdentifierRef<'_> = imprint.decode()?;
        let hashed: &OctetStringRef = imprint.decode()?;
        imprint.finish()?;
        let serial = fields.required()?.content(Tag::Integer)?;
        let time = fields.required()?;
        time.content(Tag::GeneralizedTime)?;
        let time = read_time(time.any()?)?;
        for tag in [Tag::Sequence, Tag::Boolean, Tag::Integer] {
            fields.optional(tag);
        }
        fields.context(0);
        fields.context(1);
        fields.finish()?;
        Ok(Self {
            policy: policy.to_string(),
            imprint_algorithm: algorithm.oid.to_string(),
            imprint: hashed.as_bytes().to_vec(),
            serial: significant(serial).to_vec(),
            time,
            signed,
        })
    }
}

/// Reads a token and checks it: that it is over `message` (a signature value), the authority's
/// signature, and the authority's certificate at the time that the token names.
#[must_use]
pub fn check(
    der: &[u8],
    message: &[u8],
    trust: &TrustStore,
    revocation: RevocationPolicy,
) -> TimestampReport {
    let token = match Token::from_der(der) {
        Ok(token) => token,
        Err(error) => {
            let message = "时间戳数据无法识别，不能证明签名时间";
            let finding = Finding::invalid("timestamp_malformed", message)
                .with("长度", format!("{} 字节", der.len()))
                .with("原因", error.to_string());
            return TimestampReport::new(vec![finding], None, None);
        }
    };
    let mut findings = vec![imprint_finding(&token, message)];
    let report = token.signed.check_attached();
    findings.extend(report.findings);
    let mut certificate = None;
    for signer in report.signers {
        findings.extend(signer.findings);
        if let Some(own) = signer.certificate {
            findings.extend(chain(&own, &token, trust, revocation).steps);
            certificate = Some(own);
        }
    }
    if Outcome::of(&findings) == Outcome::Valid {
        let message = format!("时间戳有效，证明签名不晚于 {}", beijing(token.time));
        findings.insert(0, Finding::valid("timestamp_valid", message));
    }
    TimestampReport::new(findings, Some(token.time), certificate)
}

impl TimestampReport {
    fn new(
        findings: Vec<Finding>,
        claimed: Option<Timestamp>,
        certificate: Option<Certificate>,
    ) -> Self {
        let outcome = Outcome::of(&findings);
        let trusted = claimed.filter(|_| outcome == Outcome::Valid);
        Self {
            outcome,
            findings,
            claimed,
            trusted,
            certificate,
        }
    }
}

fn imprint_finding(token: &Token, message: &[u8]) -> Finding {
    if token.imprint_algorithm != gm::oid::SM3 {
        let finding = Finding::undetermined(
            "timestamp_digest_unsupported",
            "时间戳的摘要算法不是 SM3，本平台不验证",
        );
        return finding.with("算法", algorithm_name(&token.imprint_algorithm));
    }
    if token.imprint == gm::sm3(message) {
        Finding::valid("timestamp_imprint_matches", "时间戳与签名值一致")
    } else {
        let message = "时间戳不是为这个签名签发的";
        Finding::invalid("timestamp_imprint_mismatch", message)
    }
}

fn chain(
    certificate: &Certificate,
    token: &Token,
    trust: &TrustStore,
    revocation: RevocationPolicy,
) -> ChainReport {
    let extra = token.signed.certificates();
    let purpose = Purpose::Tsa;
    check_chain(
        &ChainRequest {
            certificate,
            extra,
            at: token.time,
            purpose,
            revocation,
        },
        trust,
    )
}

/// ```text
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// ```
fn unwrap_response(der: &[u8]) -> der::Result<&[u8]> {
    let mut fields = Fields::of(Raw(der))?;
    // A token starts with the OID of its type, a response with the status.
    match fields.optional(Tag::Sequence) {
        None => Ok(der),
        Some(_) => Ok(fields.required()?.0),
    }
}
