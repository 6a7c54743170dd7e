use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::LedgerError;
use crate::hash::Hash;
use crate::tree::TreeHead;

/// A tree head that the log's key has signed, and with it every entry before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTreeHead {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over all of them.
    pub root: Hash,
    /// When it was signed, to the millisecond.
    pub timestamp: Timestamp,
    /// SM3withSM2 with the default ID over `message`, DER.
    #[serde(with = "hex::serde")]
    pub signature: Vec<u8>,
}

/// A tree head ready to be signed: recorded or handed to a key that is elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsignedTreeHead {
    head: TreeHead,
    timestamp: Timestamp,
}

impl UnsignedTreeHead {
    /// A head at a moment, cut to the millisecond.
    ///
    /// # Errors
    /// `Time` for a time before 1970.
    pub fn new(head: TreeHead, at: Timestamp) -> Result<Self, LedgerError> {
        let timestamp =
            Timestamp::from_millisecond(at.as_millisecond()).map_err(|_| LedgerError::Time)?;
        message(&head, timestamp)?;
        Ok(Self { head, timestamp })
    }

    /// What the log's key signs.
    ///
    /// # Errors
    /// `Time`, never for a head made by [`UnsignedTreeHead::new`].
    pub fn message(&self) -> Result<Vec<u8>, LedgerError> {
        message(&self.head, self.timestamp)
    }

    /// The head with its signature; it is not checked here.
    #[must_use]
    pub fn signed(self, signature: &gm::Signature) -> SignedTreeHead {
        SignedTreeHead {
            size: self.head.size,
            root: self.head.root,
            timestamp: self.timestamp,
            signature: signature.to_der(),
        }
    }
}

impl SignedTreeHead {
    /// Signs a head.
    ///
    /// # Errors
    /// `Time` for a time before 1970, `Signing` if the signer fails.
    pub fn sign(
        head: TreeHead,
        at: Timestamp,
        signer: &dyn gm::Signer,
    ) -> Result<Self, LedgerError> {
        let unsigned = UnsignedTreeHead::new(head, at)?;
        let signature = signer
            .sign(&unsigned.message()?)
            .map_err(|error| LedgerError::Signing(error.to_string()))?;
        Ok(unsigned.signed(&signature))
    }

    /// Checks the signature with the log's key.
    ///
    /// # Errors
    /// `Signature` if it does not verify, `Time` if the time cannot have been signed.
    pub fn verify(&self, key: &gm::PublicKey) -> Result<(), LedgerError> {
        if self.timestamp.subsec_nanosecond() % 1_000_000 != 0 {
            return Err(LedgerError::Time);
        }
        let message = message(&self.head(), self.timestamp)?;
        let signature =
            gm::Signature::from_der(&self.signature).map_err(|_| LedgerError::Signature)?;
        key.verify(&message, &signature)
            .map_err(|_| LedgerError::Signature)
    }

    /// The head without its signature.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead {
            size: self.size,
            root: self.root,
        }
    }
}

/// `yinxin tree head v1` ‖ 00 ‖ milliseconds since 1970 (u64) ‖ size (u64) ‖ root, integers big-endian.
fn message(head: &TreeHead, at: Timestamp) -> Result<Vec<u8>, LedgerError> {
    let millis = u64::try_from(at.as_millisecond()).map_err(|_| LedgerError::Time)?;
    Ok([
        b"yinxin tree head v1\0".as_slice(),
        &millis.to_be_bytes(),
        &head.size.to_be_bytes(),
        &head.root.0,
    ]
    .concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_signed_head_verifies_with_its_key_alone() {
        let key = gm::PrivateKey::generate();
        let head = naive::grow(9).0.head();
        let signed = SignedTreeHead::sign(head, at("2026-11-22T02:30:00.1234567Z"), &key).unwrap();
        assert_eq!(signed.timestamp, at("2026-11-22T02:30:00.123Z"));
        assert_eq!(signed.head(), head);
        signed.verify(gm::Signer::public_key(&key)).unwrap();
        let other = gm::PrivateKey::generate();
        assert_eq!(
            signed.verify(gm::Signer::public_key(&other)),
            Err(LedgerError::Signature)
        );
    }

    #[test]
    fn a_head_signed_elsewhere_is_the_same() {
        let key = gm::PrivateKey::generate();
        let unsigned =
            UnsignedTreeHead::new(naive::grow(3).0.head(), at("2026-11-22T02:30:00Z")).unwrap();
        let signature = gm::Signer::sign(&key, &unsigned.message().unwrap()).unwrap();
        assert_eq!(
            unsigned
                .signed(&signature)
                .verify(gm::Signer::public_key(&key)),
            Ok(())
        );
    }

    #[test]
    fn no_part_of_a_signed_head_can_be_changed() {
        let key = gm::PrivateKey::generate();
        let head = naive::grow(9).0.head();
        let signed = SignedTreeHead::sign(head, at("2026-11-22T02:30:00Z"), &key).unwrap();
        let changes: [fn(&mut SignedTreeHead); 5] = [
            |s| s.size += 1,
            |s| s.root.0[0] ^= 1,
            |s| s.timestamp += jiff::SignedDuration::from_millis(1),
            |s| s.timestamp += jiff::SignedDuration::from_nanos(1),
            |s| s.signature.push(0),
        ];
        for change in changes {
            let mut changed = signed.clone();
            change(&mut changed);
            assert!(changed.verify(gm::Signer::public_key(&key)).is_err());
        }
    }

    #[test]
    fn a_time_before_1970_is_refused() {
        let key = gm::PrivateKey::generate();
        let head = naive::grow(1).0.head();
        let refused = SignedTreeHead::sign(head, at("1969-12-31T23:59:59Z"), &key);
        assert_eq!(refused, Err(LedgerError::Time));
    }
}
