//! Making a seal: what is to be signed, then the seal around the maker's signature.

use jiff::Timestamp;

use crate::asn1::{CONTEXT_0, IA5_STRING, OCTET_STRING, SEQUENCE, write, write_bits, write_oid};
use crate::error::FormatError;
use crate::extension::{Extension, write_extensions};
use crate::header::{Header, Version};
use crate::picture::{Picture, PictureFormat};
use crate::property::{CertificateList, Property};

/// Everything that a new seal says.
#[derive(Debug, Clone)]
pub struct SealInfo {
    /// [`Version::V4`] or [`Version::V5`]; v1 seals are read but no longer made.
    pub version: Version,
    /// The maker's product (`vid`), ASCII.
    pub vendor: String,
    /// The seal's code (`esID`), ASCII.
    pub code: String,
    /// The kind of seal.
    pub kind: u32,
    /// The seal's name.
    pub name: String,
    /// Who may stamp with it.
    pub certificates: CertificateList,
    /// When it is made.
    pub created: Timestamp,
    /// From when it may be used.
    pub valid_from: Timestamp,
    /// Until when it may be used.
    pub valid_to: Timestamp,
    /// The picture file.
    pub picture: Vec<u8>,
    /// The picture's width in tenths of a millimetre.
    pub width: u32,
    /// The picture's height in tenths of a millimetre.
    pub height: u32,
    /// Further extensions; the exact size is added where it is not a whole number of millimetres.
    pub extensions: Vec<Extension>,
}

impl SealInfo {
    /// The bytes that the maker signs: DER(`eSealInfo`).
    ///
    /// The wire has whole millimetres (rounded, at least 1); the exact size goes into [`crate::EXACT_SIZE_OID`].
    ///
    /// # Errors
    /// [`FormatError::BadValue`] where a value cannot be written: v1, a code or vendor that is not ASCII, a picture
    /// of no known format, an extension's identifier that is none.
    pub fn tbs(&self) -> Result<Vec<u8>, FormatError> {
        if self.version == Version::V1 {
            return Err(FormatError::BadValue {
                place: "印章版本"
            });
        }
        ascii(&self.code, "印章编码")?;
        ascii(&self.vendor, "厂商标识")?;
        let header = Header {
            id: "ES".to_owned(),
            version: self.version.number(),
            vendor: self.vendor.clone(),
        };
        let picture = self.picture()?;
        let extensions = self.extensions();
        let extensions = if extensions.is_empty() {
            Vec::new()
        } else {
            write_extensions(&extensions).ok_or(FormatError::BadValue {
                place: "扩展标识"
            })?
        };
        Ok(write(
            SEQUENCE,
            &[
                &header.write(),
                &write(IA5_STRING, &[self.code.as_bytes()]),
                &self.property().write(self.version),
                &picture.write(),
                &extensions,
            ],
        ))
    }

    /// The property part, as it will be written.
    pub fn property(&self) -> Property {
        Property {
            kind: self.kind,
            name: self.name.clone(),
            certificates: self.certificates.clone(),
            created: self.created,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        }
    }

    /// The picture part, as it will be written.
    ///
    /// # Errors
    /// [`FormatError::BadValue`] where the picture is of no known format.
    pub fn picture(&self) -> Result<Picture, FormatError> {
        let format = PictureFormat::of(&self.picture).ok_or(FormatError::BadValue {
            place: "印章图像",
        })?;
        Ok(Picture {
            kind: format.kind().to_owned(),
            data: self.picture.clone(),
            width: whole_millimetres(self.width),
            height: whole_millimetres(self.height),
        })
    }

    fn extensions(&self) -> Vec<Extension> {
        let mut extensions = self.extensions.clone();
        if !self.width.is_multiple_of(10) || !self.height.is_multiple_of(10) {
            extensions.push(Extension::exact_size(self.width, self.height));
        }
        extensions
    }
}

/// Puts a seal together from what was signed, the maker's certificate and the DER of the maker's signature.
///
/// `timestamp` is written in v5 seals only; in v4 it has no place and is refused.
///
/// # Errors
/// [`FormatError`] where the result does not read back as a seal of that version.
pub fn assemble_seal(
    tbs: &[u8],
    maker_certificate: &[u8],
    signature: &gm::Signature,
    timestamp: Option<&[u8]>,
) -> Result<Vec<u8>, FormatError> {
    let timestamp =
        timestamp.map_or_else(Vec::new, |token| write(CONTEXT_0, &[&write_bits(token)]));
    let der = write(
        SEQUENCE,
        &[
            tbs,
            &write(OCTET_STRING, &[maker_certificate]),
            &algorithm(),
            &write_bits(&signature.to_der()),
            &timestamp,
        ],
    );
    let seal = crate::Seal::parse(&der)?;
    let clean = seal.info_der() == tbs && seal.version.number() == seal.header.version;
    if clean {
        Ok(der)
    } else {
        Err(FormatError::BadValue {
            place: "印章版本"
        })
    }
}

/// SM2 with SM3, as it is written into seals and stamps.
pub(crate) fn algorithm() -> Vec<u8> {
    // The identifier is a constant of `gm` in proper dotted form.
    write_oid(gm::oid::SM2_SM3).unwrap_or_default()
}

pub(crate) fn ascii(text: &str, place: &'static str) -> Result<(), FormatError> {
    let printable = !text.is_empty() && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    if printable {
        Ok(())
    } else {
        Err(FormatError::BadValue { place })
    }
}

fn whole_millimetres(tenths: u32) -> u32 {
    (tenths.saturating_add(5) / 10).max(1)
}
