//! Why something could not be read or made.

/// What went wrong, by kind. `code` is stable; `sentence` is for the person at the screen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The input is larger than such a thing can be.
    #[error("{what}: larger than {limit} bytes")]
    TooLarge {
        /// What was to be read.
        what: What,
        /// The limit in bytes.
        limit: usize,
    },
    /// The input is not the DER of such a thing.
    #[error("{what}: {source}")]
    Malformed {
        /// What was to be read.
        what: What,
        /// What the decoder said, with the position.
        source: der::Error,
    },
    /// The structure is DER, but a part of it makes no sense.
    #[error("{what}: {part} is not usable")]
    Nonsense {
        /// What was to be read.
        what: What,
        /// The part.
        part: &'static str,
    },
    /// The input has no PEM block of the kind looked for, or a damaged one.
    #[error("{what}: no usable PEM block")]
    Pem {
        /// What was to be read.
        what: What,
    },
    /// The key is not an SM2 key.
    #[error("not an SM2 key but {algorithm}")]
    NotSm2Key {
        /// The algorithm that it is for, as far as it can be told.
        algorithm: String,
    },
    /// The signature is not SM3withSM2.
    #[error("not signed with SM3withSM2 but {algorithm}")]
    NotSm2Signature {
        /// The algorithm named by the signature.
        algorithm: String,
    },
    /// The signature does not verify, or its value is not strict DER.
    #[error("the signature does not verify")]
    Signature,
    /// The issuer's name is not the one that the certificate or CRL names.
    #[error("issued under another name")]
    OtherIssuer,
}

/// The kinds of things that this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An X.509 certificate.
    Certificate,
    /// A PKCS#10 certificate request.
    Request,
    /// A certificate revocation list.
    Crl,
    /// CMS or GM signed data.
    SignedData,
    /// An RFC 3161 timestamp token.
    Timestamp,
}

impl What {
    fn chinese(self) -> &'static str {
        match self {
            Self::Certificate => "证书",
            Self::Request => "证书请求",
            Self::Crl => "证书撤销列表",
            Self::SignedData => "签名数据",
            Self::Timestamp => "时间戳",
        }
    }
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Certificate => "certificate",
            Self::Request => "certificate request",
            Self::Crl => "CRL",
            Self::SignedData => "signed data",
            Self::Timestamp => "timestamp",
        })
    }
}

impl Error {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::Malformed { .. } | Self::Nonsense { .. } => "malformed",
            Self::Pem { .. } => "pem_unreadable",
            Self::NotSm2Key { .. } => "key_not_sm2",
            Self::NotSm2Signature { .. } => "signature_not_sm2",
            Self::Signature => "signature_invalid",
            Self::OtherIssuer => "issuer_mismatch",
        }
    }

    /// A sentence for the reader, in Simplified Chinese.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::TooLarge { what, limit } => {
                format!(
                    "{}超过 {} KB，请核对文件是否选错",
                    what.chinese(),
                    limit / 1024
                )
            }
            Self::Malformed { what, .. } => {
                format!("不是可识别的{}，请核对文件是否选错或损坏", what.chinese())
            }
            Self::Nonsense { what, part } => format!("{}的内容有误（{part}）", what.chinese()),
            Self::Pem { what } => {
                format!(
                    "文件中没有完整的 PEM 格式{}，请核对文件是否完整",
                    what.chinese()
                )
            }
            Self::NotSm2Key { algorithm } => {
                format!("密钥算法为 {algorithm}，不是 SM2，请使用 SM2 密钥")
            }
            Self::NotSm2Signature { algorithm } => {
                format!("签名算法为 {algorithm}，不是 SM3withSM2")
            }
            Self::Signature => "签名值验证不通过".to_owned(),
            Self::OtherIssuer => "签发者名称不符".to_owned(),
        }
    }
}
