//! Signatures and stamps in a document: their files, their digests, what they cover.
//!
//! Nothing here looks into `SignedValue.dat` or `Seal.esl`: whether the signature over
//! `Signature.xml` is right is for the crates above to say. What is here is the other half: whether
//! the files that `Signature.xml` names are still what they were, and which it does not name.

mod coverage;
mod digest;
mod read;

use serde::Serialize;

pub use self::coverage::{Change, Coverage, Overlay, Uncovered, change, coverage, overlays};
pub(crate) use self::digest::sm3_of;
pub use self::digest::{DigestMethod, Digests, ReferenceCheck, ReferenceOutcome};
pub use self::read::read;
use crate::error::Error;
use crate::package::Severity;

/// All signatures of a file.
#[derive(Debug, Clone, Default)]
pub struct Signatures {
    /// In the order of the lists; those that no list reached from `OFD.xml` names come last.
    pub files: Vec<SignatureFile>,
    /// What is wrong with the lists, or with signatures that are there but not referred to.
    pub findings: Vec<Finding>,
}

/// Something noticed about signature files, with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The stable code.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The entry it was found in.
    pub entry: String,
    /// A Chinese sentence for the reader of a report.
    pub message: String,
}

/// What a signature claims to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureKind {
    /// A stamp with an electronic seal (also where `Type` is absent).
    Seal,
    /// A digital signature without a seal (GB/T 35275).
    Sign,
    /// Something else, as it stands.
    Other(String),
}

/// One `Signature` of a `Signatures.xml`.
#[derive(Debug, Clone)]
pub struct SignatureFile {
    /// Which `DocBody` it belongs to; `None` when no list reached from `OFD.xml` names it.
    pub body: Option<usize>,
    /// The entry of the list it stands in; empty when it stands in none.
    pub list: String,
    /// Its id in the list; not to be trusted to be unique.
    pub id: String,
    /// What it claims to be.
    pub kind: SignatureKind,
    /// The entry of its `Signature.xml`; empty when the list's location leads nowhere.
    pub entry: String,
    /// The exact bytes of `Signature.xml`, over which `dataHash` is.
    pub xml: Vec<u8>,
    /// What `Signature.xml` says, when it can be read.
    pub info: Option<SignatureInfo>,
    /// Why it cannot be read.
    pub problem: Option<Error>,
    /// What is unusual about it.
    pub findings: Vec<Finding>,
}

/// What a `Signature.xml` says.
#[derive(Debug, Clone, Default)]
pub struct SignatureInfo {
    /// The product that made it.
    pub provider: Provider,
    /// `SignatureMethod`, an OID or a name, as it stands.
    pub method: String,
    /// `SignatureDateTime` as it stands: a claim in many formats, not to be relied on.
    pub date_time: String,
    /// `CheckMethod` as it stands.
    pub check_method: String,
    /// The files it protects.
    pub references: Vec<Reference>,
    /// Where its seal is shown.
    pub stamps: Vec<StampAnnot>,
    /// The entry of the seal beside it, if it names one that exists.
    pub seal_entry: Option<String>,
    /// The bytes of that entry.
    pub seal: Option<Vec<u8>>,
    /// The entry of its value, if it exists.
    pub signed_value_entry: Option<String>,
    /// The bytes of that entry.
    pub signed_value: Option<Vec<u8>>,
}

/// The product that made a signature, as it says itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Provider {
    /// `ProviderName`.
    pub name: String,
    /// `Version`.
    pub version: String,
    /// `Company`.
    pub company: String,
}

/// One protected file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// `FileRef` as it stands.
    pub file_ref: String,
    /// The entry it leads to.
    pub entry: Option<String>,
    /// `CheckValue` as it stands (Base64).
    pub check_value: String,
}

/// One place where a seal is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StampAnnot {
    /// Its id.
    pub id: String,
    /// The id of its page.
    pub page_ref: String,
    /// The index of that page over all documents, if there is such a page.
    pub page_index: Option<usize>,
    /// Where the whole picture lies, in mm from the page's upper left corner; may be off the page.
    pub boundary: Option<Rect>,
    /// The part of the picture that is shown, in mm from the boundary's corner.
    pub clip: Option<Rect>,
}

/// A rectangle in mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, serde::Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// The part both have, if there is any.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = (self.x + self.width).min(other.x + other.width) - x;
        let height = (self.y + self.height).min(other.y + other.height) - y;
        (width > 0.0 && height > 0.0).then_some(Self {
            x,
            y,
            width,
            height,
        })
    }

    /// Its area in mm².
    pub fn area(self) -> f64 {
        self.width * self.height
    }
}

impl StampAnnot {
    /// What of the picture is shown, in page coordinates.
    pub fn visible(&self) -> Option<Rect> {
        let boundary = self.boundary?;
        match self.clip {
            None => Some(boundary),
            Some(clip) => {
                let shown = Rect {
                    x: boundary.x + clip.x,
                    y: boundary.y + clip.y,
                    ..clip
                };
                boundary.intersection(shown)
            }
        }
    }
}

impl SignatureFile {
    /// Whether `propertyInfo` of the signed value names this very file.
    pub fn is_named_by(&self, property_info: &str) -> bool {
        !self.entry.is_empty()
            && crate::location::resolve("", property_info).as_deref() == Some(self.entry.as_str())
    }

    /// The digest method of its references.
    pub fn digest_method(&self) -> DigestMethod {
        let text = self.info.as_ref().map_or("", |info| &info.check_method);
        DigestMethod::parse(text)
    }

    /// Checks every reference. `z` is the SM2 Z value of the signer's key with the default ID; it is
    /// needed only where [`DigestMethod::Sm3WithZ`] is used.
    pub fn check_references(
        &self,
        digests: &mut Digests<'_, '_>,
        z: Option<&[u8; 32]>,
    ) -> Vec<ReferenceCheck> {
        let references = self.info.as_ref().map_or(&[][..], |info| &info.references);
        let method = self.digest_method();
        references
            .iter()
            .map(|reference| digests.check(reference, method, z))
            .collect()
    }
}
