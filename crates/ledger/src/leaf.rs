use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::LedgerError;
use crate::hash::{Hash, leaf_hash};

/// One entry of the log: what happened to what, and when it was recorded. It holds nothing personal: entries
/// are handed out with their proofs.
///
/// Bytes (what is hashed), all integers big-endian, `text` = length in bytes (u32) ‖ UTF-8:
///
/// ```text
/// 01 ‖ microseconds since 1970 UTC (i64) ‖ text kind ‖ text subject
///    ‖ number of facts (u32) ‖ (text name ‖ text value)*        names strictly ascending by bytes
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// What happened: a stable word such as `seal_suspended`.
    pub kind: String,
    /// What it happened to: a seal code, a case number.
    pub subject: String,
    /// When it was recorded; digits beyond the microsecond are not kept.
    pub at: Timestamp,
    /// The rest, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

impl Leaf {
    /// The bytes that are hashed. Equal entries have equal bytes, and no other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.at.as_microsecond().to_be_bytes());
        write_text(&mut bytes, &self.kind);
        write_text(&mut bytes, &self.subject);
        bytes.extend((self.facts.len() as u32).to_be_bytes());
        for (name, value) in &self.facts {
            write_text(&mut bytes, name);
            write_text(&mut bytes, value);
        }
        bytes
    }

    /// Reads the bytes of an entry.
    ///
    /// # Errors
    /// `Leaf` for anything that `to_bytes` would not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LedgerError> {
        let mut reader = Reader(bytes);
        if reader.array::<1>()? != [VERSION] {
            return Err(LedgerError::Leaf("unknown version"));
        }
        let at = Timestamp::from_microsecond(i64::from_be_bytes(reader.array()?))
            .map_err(|_| LedgerError::Leaf("time out of range"))?;
        let kind = reader.text()?;
        let subject = reader.text()?;
        let mut facts = BTreeMap::new();
        for _ in 0..u32::from_be_bytes(reader.array()?) {
            let name = reader.text()?;
            if facts
                .last_key_value()
                .is_some_and(|(last, _)| *last >= name)
            {
                return Err(LedgerError::Leaf("names not in ascending order"));
            }
            facts.insert(name, reader.text()?);
        }
        if !reader.0.is_empty() {
            return Err(LedgerError::Leaf("bytes after the end"));
        }
        Ok(Self {
            kind,
            subject,
            at,
            facts,
        })
    }

    /// The hash under which this entry stands in the tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }
}

const VERSION: u8 = 1;

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u32).to_be_bytes());
    bytes.extend(text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], LedgerError> {
        let (head, rest) = self
            .0
            .split_first_chunk()
            .ok_or(LedgerError::Leaf("too short"))?;
        self.0 = rest;
        Ok(*head)
    }

    fn text(&mut self) -> Result<String, LedgerError> {
        let length = u32::from_be_bytes(self.array()?) as usize;
        let (head, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(LedgerError::Leaf("too short"))?;
        self.0 = rest;
        let text = str::from_utf8(head).map_err(|_| LedgerError::Leaf("not UTF-8"))?;
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn suspended() -> Leaf {
        Leaf {
            kind: "seal_suspended".into(),
            subject: "35020000000017".into(),
            at: "2026-11-22T02:30:00.000001Z".parse().unwrap(),
            facts: [("reason", "lost"), ("status", "停用")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }
    }

    #[test]
    fn the_bytes_are_as_described() {
        let bytes = suspended().to_bytes();
        let expected = [
            &[1][..],
            &1_795_314_600_000_001_i64.to_be_bytes(),
            b"\0\0\0\x0eseal_suspended",
            b"\0\0\0\x0e35020000000017",
            &[0, 0, 0, 2],
            b"\0\0\0\x06reason\0\0\0\x04lost",
            b"\0\0\0\x06status\0\0\0\x06",
            "停用".as_bytes(),
        ]
        .concat();
        assert_eq!(bytes, expected);
        assert_eq!(Leaf::from_bytes(&bytes), Ok(suspended()));
    }

    #[test]
    fn names_out_of_order_or_twice_are_refused() {
        let bytes = suspended().to_bytes();
        let swap = |from: &str, to: &str| {
            let text = String::from_utf8_lossy(&bytes[9..]).replace(from, to);
            Leaf::from_bytes(&[&bytes[..9], text.as_bytes()].concat())
        };
        assert!(swap("reason", "zeason").is_err());
        assert!(swap("reason", "status").is_err());
        assert!(swap("lost", "gone").is_ok());
    }

    #[test]
    fn cut_or_lengthened_bytes_are_refused() {
        let mut bytes = suspended().to_bytes();
        for end in 0..bytes.len() {
            assert!(Leaf::from_bytes(&bytes[..end]).is_err());
        }
        bytes.push(0);
        assert_eq!(
            Leaf::from_bytes(&bytes),
            Err(LedgerError::Leaf("bytes after the end"))
        );
    }

    proptest! {
        #[test]
        fn any_leaf_is_read_back(
            kind in ".{0,20}", subject in ".{0,20}", micros in 0..4_000_000_000_000_000_i64,
            facts in prop::collection::btree_map(".{0,8}", ".{0,20}", 0..6),
        ) {
            let at = Timestamp::from_microsecond(micros).unwrap();
            let leaf = Leaf { kind, subject, at, facts };
            prop_assert_eq!(Leaf::from_bytes(&leaf.to_bytes()), Ok(leaf));
        }

        #[test]
        fn bytes_that_are_read_are_written_again_the_same(
            at in any::<prop::sample::Index>(), byte in any::<u8>(), noise in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut bytes = suspended().to_bytes();
            let index = at.index(bytes.len());
            bytes[index] = byte;
            for bytes in [bytes, [&[1][..], &noise].concat(), noise] {
                if let Ok(leaf) = Leaf::from_bytes(&bytes) {
                    prop_assert_eq!(leaf.to_bytes(), bytes);
                }
            }
        }
    }
}
