//! Making a stamp: what is to be signed, then the stamp around the signer's signature.

use jiff::Timestamp;

use crate::asn1::{
    CONTEXT_0, GENERALIZED_TIME, IA5_STRING, OCTET_STRING, SEQUENCE, write, write_bits,
    write_integer,
};
use crate::error::FormatError;
use crate::extension::{Extension, write_extensions};
use crate::header::Version;
use crate::make_seal::{algorithm, ascii};
use crate::seal::Seal;
use crate::stamp::Stamp;
use crate::time;

/// Everything that a new stamp says.
#[derive(Debug, Clone)]
pub struct StampInfo {
    /// The seal, DER as its maker left it; a v1 seal is refused.
    pub seal: Vec<u8>,
    /// When it is stamped.
    pub time: Timestamp,
    /// The digest of what is protected: in OFD of `Signature.xml`.
    pub data_hash: [u8; 32],
    /// What is protected: in OFD the path of `Signature.xml`.
    pub property_info: String,
    /// Extensions.
    pub extensions: Vec<Extension>,
}

impl StampInfo {
    /// The bytes that the signer signs: DER(`toSign`).
    ///
    /// # Errors
    /// [`FormatError`] where the seal cannot be read or is v1, or a value cannot be written.
    pub fn tbs(&self) -> Result<Vec<u8>, FormatError> {
        let seal = Seal::parse(&self.seal)?;
        if seal.version == Version::V1 {
            return Err(FormatError::BadValue {
                place: "印章版本"
            });
        }
        ascii_or_utf8(&self.property_info)?;
        let extensions = if self.extensions.is_empty() {
            Vec::new()
        } else {
            let list = write_extensions(&self.extensions).ok_or(FormatError::BadValue {
                place: "扩展标识",
            })?;
            write(CONTEXT_0, &[&list])
        };
        Ok(write(
            SEQUENCE,
            &[
                &write_integer(seal.version.number()),
                &self.seal,
                &write(GENERALIZED_TIME, &[time::generalized(self.time).as_bytes()]),
                &write_bits(&self.data_hash),
                &write(IA5_STRING, &[self.property_info.as_bytes()]),
                &extensions,
            ],
        ))
    }
}

/// Puts a stamp together from what was signed, the signer's certificate, the signature and an optional timestamp token
/// over the signature value.
///
/// # Errors
/// [`FormatError`] where the result does not read back as a stamp.
pub fn assemble_stamp(
    tbs: &[u8],
    signer_certificate: &[u8],
    signature: &gm::Signature,
    timestamp: Option<&[u8]>,
) -> Result<Vec<u8>, FormatError> {
    let timestamp =
        timestamp.map_or_else(Vec::new, |token| write(CONTEXT_0, &[&write_bits(token)]));
    let der = write(
        SEQUENCE,
        &[
            tbs,
            &write(OCTET_STRING, &[signer_certificate]),
            &algorithm(),
            &write_bits(&signature.to_der()),
            &timestamp,
        ],
    );
    let stamp = Stamp::parse(&der)?;
    if stamp.signed_bytes() == tbs {
        Ok(der)
    } else {
        Err(FormatError::BadValue {
            place: "待签名数据",
        })
    }
}

/// Entry names may hold Chinese characters; real products write them as UTF-8 into the IA5String.
fn ascii_or_utf8(path: &str) -> Result<(), FormatError> {
    if path.is_ascii() {
        return ascii(path, "原文属性");
    }
    if path.chars().any(char::is_control) {
        return Err(FormatError::BadValue {
            place: "原文属性"
        });
    }
    Ok(())
}
