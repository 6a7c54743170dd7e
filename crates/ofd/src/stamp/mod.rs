//! Putting a stamp into a document, in two steps with the signature between them.
//!
//! [`prepare`] decides everything and gives `Signature.xml` with its digest, which the caller signs
//! as a `TBS_Sign` or has signed elsewhere; what it gives can be recorded, so that after a crash the
//! same stamp is completed and not a second one made. [`complete`] writes the file.

mod list;
mod plan;
mod write;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::plan::{Edge, Placement, StampPlan, seam};
use self::write::Draft;
use crate::document::Ofd;
use crate::error::{Error, StampRefusal};
use crate::package::{Limits, NewEntry, Package, rewrite};

/// Bytes of the largest seal or signed value that is written.
const MAX_PART: usize = 8 << 20;

/// A stamp that waits for its signature. Serialisable: binary fields are Base64 and hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The new signature's id in `Signatures.xml`.
    pub signature_id: String,
    /// What belongs into `propertyInfo`: the absolute path of `Signature.xml`.
    pub property_info: String,
    /// What belongs into `dataHash`: the SM3 digest of `signature_xml`.
    #[serde(with = "encoding::hex32")]
    pub data_hash: [u8; 32],
    /// The exact bytes of the new `Signature.xml`.
    #[serde(with = "encoding::base64")]
    pub signature_xml: Vec<u8>,
    /// The time of the stamp, as written to `SignatureDateTime`.
    pub time: Timestamp,
    /// Whether the stamp closes the document to further stamps.
    pub closes_document: bool,
    signed_value_entry: String,
    entries: Vec<PreparedEntry>,
    original_size: u64,
    #[serde(with = "encoding::hex32")]
    original_tail: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PreparedEntry {
    name: String,
    #[serde(with = "encoding::base64")]
    content: Vec<u8>,
}

/// Works out a stamp: where it stands, what it protects, what changes in the file. Nothing is
/// written; the result depends on the arguments alone.
///
/// # Errors
/// Every refusal has its code, see [`Error::code`]: the container is anomalous, the document cannot
/// be read or has no pages, a placement lies off its page, a former stamp closed the document, ….
pub fn prepare(original: &[u8], plan: &StampPlan, limits: Limits) -> Result<Prepared, Error> {
    if plan.seal.is_empty() || plan.seal.len() > MAX_PART {
        return Err(StampRefusal::BadPart("印章数据").into());
    }
    let ofd = Ofd::open_strict(original, limits)?;
    let body = plan::check(&ofd, plan)?;
    let draft = Draft::new(&ofd, plan, body)?;
    let signature_xml = draft.signature_xml(&ofd, plan)?;
    let mut entries: Vec<PreparedEntry> = draft
        .changes
        .into_iter()
        .map(|(name, content)| PreparedEntry { name, content })
        .collect();
    let name = draft.signature_entry.clone();
    entries.push(PreparedEntry {
        name,
        content: signature_xml.clone(),
    });
    Ok(Prepared {
        signature_id: draft.signature_id,
        property_info: format!("/{}", draft.signature_entry),
        data_hash: gm::sm3(&signature_xml),
        signature_xml,
        time: plan.time,
        closes_document: plan.close_document,
        signed_value_entry: draft.signed_value_entry,
        entries,
        original_size: original.len() as u64,
        original_tail: gm::sm3(ofd.package().tail()),
    })
}

/// Writes the stamped file: the original's entries byte for byte, the changed ones anew, and the
/// signature's value.
///
/// # Errors
/// `not_prepared` when `original` is not what was prepared; `bad_part` for an empty or huge value.
pub fn complete(
    original: &[u8],
    prepared: &Prepared,
    signed_value: &[u8],
    limits: Limits,
) -> Result<Vec<u8>, Error> {
    if signed_value.is_empty() || signed_value.len() > MAX_PART {
        return Err(StampRefusal::BadPart("签名值").into());
    }
    let package = Package::open_strict(original, limits)?;
    let same = original.len() as u64 == prepared.original_size
        && gm::sm3(package.tail()) == prepared.original_tail;
    if !same {
        return Err(StampRefusal::NotPrepared.into());
    }
    let dos_time = write::dos_time(prepared.time);
    let mut changes: Vec<NewEntry<'_>> = prepared
        .entries
        .iter()
        .map(|entry| NewEntry {
            name: &entry.name,
            content: &entry.content,
            dos_time,
        })
        .collect();
    let name = &prepared.signed_value_entry;
    changes.push(NewEntry {
        name,
        content: signed_value,
        dos_time,
    });
    rewrite(&package, &changes)
}

/// How binary fields look in JSON.
mod encoding {
    pub(super) mod base64 {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

        pub(in super::super) fn serialize<S: Serializer>(
            bytes: &[u8],
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&STANDARD.encode(bytes))
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Vec<u8>, D::Error> {
            STANDARD
                .decode(String::deserialize(deserializer)?)
                .map_err(D::Error::custom)
        }
    }

    pub(super) mod hex32 {
        use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

        pub(in super::super) fn serialize<S: Serializer>(
            bytes: &[u8; 32],
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            serializer.serialize_str(&text)
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<[u8; 32], D::Error> {
            let text = String::deserialize(deserializer)?;
            let digit = |at: usize| {
                text.as_bytes()
                    .get(at)
                    .and_then(|b| (*b as char).to_digit(16))
            };
            let mut bytes = [0; 32];
            for (at, byte) in bytes.iter_mut().enumerate() {
                let pair = digit(2 * at).zip(digit(2 * at + 1));
                let (high, low) = pair.ok_or_else(|| D::Error::custom("not 64 hex digits"))?;
                // Two hex digits make one byte.
                *byte = u8::try_from(high * 16 + low).map_err(D::Error::custom)?;
            }
            Ok(bytes)
        }
    }
}
