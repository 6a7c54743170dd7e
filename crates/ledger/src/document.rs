use serde::{Deserialize, Serialize};

use crate::LedgerError;
use crate::consistency::verify_consistency;
use crate::hash::Hash;
use crate::head::SignedTreeHead;
use crate::inclusion::verify_inclusion;
use crate::leaf::Leaf;
use crate::tree::TreeHead;

/// The proof that an entry is in the log, as one JSON document that needs nothing beside it: the entry, its path,
/// the signed head and the log's key; and, where an older head is known, that the log has only grown since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// `yinxin-ledger-proof-v1`.
    pub format: String,
    /// The entry.
    pub leaf: Leaf,
    /// Its place in the log, from 0.
    pub index: u64,
    /// The audit path, from the leaf upwards.
    pub path: Vec<Hash>,
    /// The head that the path leads to.
    pub head: SignedTreeHead,
    /// The log's public key: 04 ‖ X ‖ Y.
    #[serde(with = "hex::serde")]
    pub key: Vec<u8>,
    /// That the log goes on from an older head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<Extension>,
}

/// That a log goes on from an older head of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The older head.
    pub from: TreeHead,
    /// The consistency proof between the two.
    pub path: Vec<Hash>,
}

/// What a verified proof says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The entry that is in the log.
    pub leaf: &'a Leaf,
    /// The head under which it is.
    pub head: &'a SignedTreeHead,
}

impl Proof {
    /// The name of this format.
    pub const FORMAT: &'static str = "yinxin-ledger-proof-v1";

    /// Puts a proof together; it is not checked here.
    #[must_use]
    pub fn new(
        leaf: Leaf,
        index: u64,
        path: Vec<Hash>,
        head: SignedTreeHead,
        key: &gm::PublicKey,
    ) -> Self {
        let key = key.to_sec1().to_vec();
        Self {
            format: Self::FORMAT.into(),
            leaf,
            index,
            path,
            head,
            key,
            extends: None,
        }
    }

    /// Adds that the log goes on from an older head.
    #[must_use]
    pub fn extending(mut self, from: TreeHead, path: Vec<Hash>) -> Self {
        self.extends = Some(Extension { from, path });
        self
    }

    /// Checks everything in the document with the key that it brings itself. Whether that key is the log's is
    /// for the reader to know: see `verify_with`.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(&self) -> Result<Verified<'_>, LedgerError> {
        if self.format != Self::FORMAT {
            return Err(LedgerError::Format(self.format.clone()));
        }
        let key = gm::PublicKey::from_sec1(&self.key).map_err(|_| LedgerError::Key)?;
        self.head.verify(&key)?;
        let head = self.head.head();
        verify_inclusion(&self.leaf.hash(), self.index, &self.path, &head)?;
        if let Some(Extension { from, path }) = &self.extends {
            verify_consistency(from, &head, path)?;
        }
        Ok(Verified {
            leaf: &self.leaf,
            head: &self.head,
        })
    }

    /// The same, and that the key is the expected one.
    ///
    /// # Errors
    /// `Key` for another key, else as `verify`.
    pub fn verify_with(&self, key: &gm::PublicKey) -> Result<Verified<'_>, LedgerError> {
        if self.key != key.to_sec1() {
            return Err(LedgerError::Key);
        }
        self.verify()
    }
}

#[cfg(test)]
mod tests {
    use gm::Signer;

    use super::*;
    use crate::{Frontier, Nodes, consistency_proof, inclusion_proof};

    fn entry(i: u32) -> Leaf {
        Leaf {
            kind: "seal_effective".into(),
            subject: format!("350200{i:08}"),
            at: "2026-11-22T02:30:00Z".parse().unwrap(),
            facts: [("status".to_owned(), "有效".to_owned())].into(),
        }
    }

    fn proof(key: &gm::PrivateKey) -> Proof {
        let (mut frontier, mut nodes) = (Frontier::default(), Nodes::new());
        let mut heads = vec![frontier.head()];
        for i in 0..11 {
            let completed = frontier.append(entry(i).hash());
            nodes.extend(completed.iter().map(|node| (node.position, node.hash)));
            heads.push(frontier.head());
        }
        let at = "2026-11-22T03:00:00Z".parse().unwrap();
        let head = SignedTreeHead::sign(frontier.head(), at, key).unwrap();
        let path = inclusion_proof(6, 11, &nodes).unwrap();
        let older = consistency_proof(5, 11, &nodes).unwrap();
        Proof::new(entry(6), 6, path, head, key.public_key()).extending(heads[5], older)
    }

    #[test]
    fn the_json_document_verifies_by_itself() {
        let key = gm::PrivateKey::generate();
        let json = serde_json::to_string_pretty(&proof(&key)).unwrap();
        let read: Proof = serde_json::from_str(&json).unwrap();
        assert_eq!(read.verify().unwrap().leaf.subject, "35020000000006");
        assert!(read.verify_with(key.public_key()).is_ok());
        let other = gm::PrivateKey::generate();
        assert_eq!(read.verify_with(other.public_key()), Err(LedgerError::Key));
    }

    #[test]
    fn every_hex_digit_and_number_of_the_document_matters() {
        let json = serde_json::to_string(&proof(&gm::PrivateKey::generate())).unwrap();
        let mut tried = 0;
        for (at, byte) in json
            .bytes()
            .enumerate()
            .filter(|(_, byte)| byte.is_ascii_digit())
        {
            let mut changed = json.clone().into_bytes();
            changed[at] = if byte == b'1' { b'2' } else { b'1' };
            if let Ok(read) = serde_json::from_slice::<Proof>(&changed) {
                assert!(
                    read.verify().is_err(),
                    "{}",
                    String::from_utf8_lossy(&changed)
                );
                tried += 1;
            }
        }
        assert!(tried > 300, "{tried}");
    }

    #[test]
    fn another_entry_does_not_fit_the_proof() {
        let mut proof = proof(&gm::PrivateKey::generate());
        proof.leaf.facts.insert("status".into(), "停用".into());
        assert_eq!(proof.verify(), Err(LedgerError::RootMismatch));
    }

    #[test]
    fn unknown_formats_and_members_are_refused() {
        let mut proof = proof(&gm::PrivateKey::generate());
        let json = serde_json::to_string(&proof).unwrap();
        let more = json.replacen('{', "{\"more\":1,", 1);
        assert!(serde_json::from_str::<Proof>(&more).is_err());
        proof.format = "other".into();
        assert_eq!(proof.verify(), Err(LedgerError::Format("other".into())));
    }
}
