//! The header of a seal.

use serde::Serialize;

use crate::asn1::{IA5_STRING, Notes, Walker, write, write_integer};
use crate::error::FormatError;

/// Which standard a seal or stamp follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// GM/T 0031-2014.
    V1,
    /// GB/T 38540-2020.
    V4,
    /// GM/T 0031-2025.
    V5,
}

impl Version {
    /// The number that stands in header and to-be-signed stamp.
    pub fn number(self) -> u32 {
        match self {
            Version::V1 => 1,
            Version::V4 => 4,
            Version::V5 => 5,
        }
    }

    /// The standard's number.
    pub fn standard(self) -> &'static str {
        match self {
            Version::V1 => "GM/T 0031-2014",
            Version::V4 => "GB/T 38540-2020",
            Version::V5 => "GM/T 0031-2025",
        }
    }
}

/// GB/T 38540-2020, 6.1:
/// ```text
/// SES_Header ::= SEQUENCE { id IA5String /* "ES" */, version INTEGER, vid IA5String }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `ES` in every proper seal.
    pub id: String,
    /// The version as written; [`crate::Seal::version`] is what the structure shows.
    pub version: u32,
    /// The maker's product.
    pub vendor: String,
}

impl Header {
    pub(crate) fn read(walker: &mut Walker<'_>, notes: &mut Notes) -> Result<Header, FormatError> {
        const PLACE: &str = "印章头";
        let mut inner = walker.sequence(PLACE, notes)?;
        let header = Header {
            id: inner.text(IA5_STRING, "印章头标识", notes)?,
            version: inner.integer("印章版本", notes)?,
            vendor: inner.text(IA5_STRING, "厂商标识", notes)?,
        };
        inner.finish(PLACE, notes);
        if header.id != "ES" {
            notes.problem("header_id_wrong", "印章头标识", "不是“ES”");
        }
        Ok(header)
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        write(
            crate::asn1::SEQUENCE,
            &[
                &write(IA5_STRING, &[self.id.as_bytes()]),
                &write_integer(self.version),
                &write(IA5_STRING, &[self.vendor.as_bytes()]),
            ],
        )
    }
}
