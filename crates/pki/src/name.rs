//! Distinguished names (X.501), as they stand in certificates and as GB/T 20518 wants them written.

use der::{
    Decode, Sequence, Tag, Tagged,
    asn1::{Any, ObjectIdentifier, SetOfVec, Utf8StringRef},
};

use crate::asn1::{Raw, elements, encode};

const COMMON_NAME: &str = "2.5.4.3";
const COUNTRY: &str = "2.5.4.6";
const ORGANIZATION: &str = "2.5.4.10";
const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";

/// A distinguished name. Two names are equal when their attributes are, letter case and repeated
/// blanks aside and however the strings are encoded (RFC 5280, 7.1).
///
/// ```text
/// Name ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET OF AttributeTypeAndValue
/// AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
/// ```
#[derive(Debug, Clone)]
pub struct Name {
    der: Vec<u8>,
    /// Per relative name: type and text of each attribute.
    parts: Vec<Vec<(String, String)>>,
}

impl Name {
    /// A name of relative names with one attribute each, all UTF8String but the country
    /// (PrintableString), in the order given. Types are OIDs in dotted notation.
    ///
    /// # Errors
    /// When a type is no OID, or the country is not two printable letters.
    pub fn build(attributes: &[(&str, &str)]) -> der::Result<Self> {
        let mut names = Vec::new();
        for (oid, text) in attributes {
            let value = if *oid == COUNTRY {
                Any::encode_from(&der::asn1::PrintableStringRef::new(text)?)?
            } else {
                Any::encode_from(&Utf8StringRef::new(text)?)?
            };
            let oid =
                ObjectIdentifier::new(oid).map_err(|_| Tag::ObjectIdentifier.value_error())?;
            let mut set = SetOfVec::new();
            set.insert(Attribute { oid, value })?;
            names.push(set);
        }
        Self::from_der(&encode(&names))
    }

    /// `C=CN, O=organization, CN=common_name` in this order, as GB/T 20518 writes it.
    ///
    /// # Errors
    /// Never for texts of sensible length.
    pub fn china(organization: &str, common_name: &str) -> der::Result<Self> {
        let attributes = [
            (COUNTRY, "CN"),
            (ORGANIZATION, organization),
            (COMMON_NAME, common_name),
        ];
        Self::build(&attributes)
    }

    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let mut parts = Vec::new();
        for relative in elements(Raw(der).content(Tag::Sequence)?)? {
            let mut part = Vec::new();
            for attribute in elements(relative.content(Tag::Set)?)? {
                let attribute = Attribute::from_der(attribute.0)?;
                part.push((attribute.oid.to_string(), text(&attribute.value)));
            }
            parts.push(part);
        }
        Ok(Self {
            der: der.to_vec(),
            parts,
        })
    }

    /// The encoding, as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether the name has no attributes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// All attributes as OID and text, in the order of the encoding.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts
            .iter()
            .flatten()
            .map(|(oid, text)| (oid.as_str(), text.as_str()))
    }

    /// The last attribute of a type, such as `2.5.4.3`.
    #[must_use]
    pub fn attribute(&self, oid: &str) -> Option<&str> {
        self.attributes()
            .filter(|(own, _)| *own == oid)
            .last()
            .map(|(_, text)| text)
    }

    /// CN.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.attribute(COMMON_NAME)
    }

    /// O.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        self.attribute(ORGANIZATION)
    }

    /// OU.
    #[must_use]
    pub fn organizational_unit(&self) -> Option<&str> {
        self.attribute(ORGANIZATIONAL_UNIT)
    }

    /// C.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.attribute(COUNTRY)
    }

    /// For people: `C=CN, O=…, CN=…` in the order of the encoding. Characters that could disturb
    /// the line around it (controls, changes of direction) are replaced.
    #[must_use]
    pub fn display(&self) -> String {
        let attributes = self.attributes().map(|(oid, text)| {
            format!(
                "{}={}",
                short_name(oid),
                text.replace(is_disturbing, "\u{fffd}")
            )
        });
        attributes.collect::<Vec<_>>().join(", ")
    }

    /// What people call it: `CN（O）`, or as [`Name::display`] where it has neither.
    #[must_use]
    pub fn title(&self) -> String {
        let title = match (self.common_name(), self.organization()) {
            (Some(name), Some(organisation)) if name != organisation => {
                format!("{name}（{organisation}）")
            }
            (Some(name), _) | (None, Some(name)) => name.to_owned(),
            (None, None) => return self.display(),
        };
        title.replace(is_disturbing, "\u{fffd}")
    }

    /// What identifies the name: attributes with case folded and blanks collapsed.
    pub(crate) fn key(&self) -> Vec<Vec<(&str, String)>> {
        let fold = |text: &str| {
            text.to_lowercase()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let key = self.parts.iter().map(|part| {
            let mut part: Vec<_> = part
                .iter()
                .map(|(oid, text)| (oid.as_str(), fold(text)))
                .collect();
            part.sort();
            part
        });
        key.collect()
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.display())
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der || self.key() == other.key()
    }
}

impl Eq for Name {}

#[derive(Debug, Clone, PartialEq, Eq, Sequence, der::ValueOrd)]
struct Attribute {
    oid: ObjectIdentifier,
    value: Any,
}

/// The text of a directory string of any type; bytes that are no text in it become U+FFFD.
fn text(value: &Any) -> String {
    let bytes = value.value();
    match value.tag() {
        Tag::BmpString => {
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |n, b| n << 8 | u16::from(*b)))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn is_disturbing(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn short_name(oid: &str) -> &str {
    match oid {
        COMMON_NAME => "CN",
        COUNTRY => "C",
        ORGANIZATION => "O",
        ORGANIZATIONAL_UNIT => "OU",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "SERIALNUMBER",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.12" => "T",
        "2.5.4.42" => "GN",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "E",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use der::asn1::PrintableStringRef;

    use super::*;

    #[test]
    fn a_seal_subject_is_written_and_read_in_order() {
        let name = Name::china("11350000003591037R福建省经济信息中心", "35000000000001").unwrap();
        assert_eq!(
            name.display(),
            "C=CN, O=11350000003591037R福建省经济信息中心, CN=35000000000001"
        );
        assert_eq!(name.country(), Some("CN"));
        assert_eq!(
            name.organization(),
            Some("11350000003591037R福建省经济信息中心")
        );
        assert_eq!(name.common_name(), Some("35000000000001"));
        assert_eq!(Name::from_der(name.der()).unwrap(), name);
    }

    #[test]
    fn names_are_equal_however_their_strings_are_encoded() {
        let utf8 = Name::build(&[(COMMON_NAME, "Test  ca")]).unwrap();
        let mut set = SetOfVec::new();
        let value = Any::encode_from(&PrintableStringRef::new("TEST CA").unwrap()).unwrap();
        set.insert(Attribute {
            oid: COMMON_NAME.parse().unwrap(),
            value,
        })
        .unwrap();
        let printable = Name::from_der(&encode(&vec![set])).unwrap();
        assert_eq!(utf8, printable);
        assert_ne!(utf8, Name::build(&[(COMMON_NAME, "Testca")]).unwrap());
        assert_ne!(utf8, Name::build(&[(ORGANIZATION, "Test ca")]).unwrap());
    }

    #[test]
    fn a_name_cannot_disturb_the_line_around_it() {
        let name = Name::build(&[(COMMON_NAME, "a\n\u{202e}b")]).unwrap();
        assert_eq!(name.display(), "CN=a\u{fffd}\u{fffd}b");
    }
}
