//! The one error of this crate: bytes that cannot be read as a seal or a stamp, values that cannot be written.

use pki::Finding;
use thiserror::Error;

/// Why bytes cannot be read at all. What can be read but is not as it should be is a finding instead.
///
/// `place` names the field in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The data ends inside an element.
    #[error("{place}：数据不完整")]
    Truncated {
        /// Where.
        place: &'static str,
    },
    /// An element is missing.
    #[error("{place}：缺少此项")]
    Missing {
        /// Which one.
        place: &'static str,
    },
    /// An element of another kind stands there.
    #[error("{place}：数据类型不对（标签 0x{found:02x}）")]
    UnexpectedTag {
        /// Where.
        place: &'static str,
        /// The tag byte that was found.
        found: u8,
    },
    /// A tag or length that DER does not have (indefinite length, many-byte tags, lengths over four bytes).
    #[error("{place}：不是 DER 编码")]
    NotDer {
        /// Where.
        place: &'static str,
    },
    /// A value outside its range.
    #[error("{place}：内容不正确")]
    BadValue {
        /// Where.
        place: &'static str,
    },
    /// More than the limits allow.
    #[error("{place}：超出允许的大小或数量")]
    TooLarge {
        /// What is too large.
        place: &'static str,
    },
}

impl FormatError {
    /// The finding that says so.
    pub fn finding(&self) -> Finding {
        Finding::invalid(self.code(), self.to_string())
    }

    /// The stable code of the finding that this error becomes.
    pub fn code(&self) -> &'static str {
        match self {
            FormatError::Truncated { .. } => "data_truncated",
            FormatError::Missing { .. } => "element_missing",
            FormatError::UnexpectedTag { .. } => "element_unexpected",
            FormatError::NotDer { .. } => "not_der",
            FormatError::BadValue { .. } => "value_wrong",
            FormatError::TooLarge { .. } => "too_large",
        }
    }
}
