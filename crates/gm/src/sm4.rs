//! SM4-GCM (GB/T 32907, GB/T 36624) for data at rest.

use aes_gcm::{
    AesGcm, KeyInit,
    aead::{Aead, Payload, consts::U12},
};
use sm4::Sm4;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::random::random_bytes;

const NONCE: usize = 12;
const TAG: usize = 16;

/// A 128-bit SM4 key, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 16]);

impl Key {
    /// A key from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A fresh random key.
    #[must_use]
    pub fn generate() -> Self {
        Self(random_bytes())
    }

    /// The key's bytes, to be wrapped by another key.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 16]> {
        Zeroizing::new(self.0)
    }

    fn cipher(&self) -> AesGcm<Sm4, U12> {
        AesGcm::new(&self.0.into())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The data was changed, cut short, or belongs to another key or another context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the encrypted data is damaged or belongs to another key")]
pub struct DecryptError;

/// Encrypts `plaintext` and binds it to `aad` (its context, not stored): `nonce(12) ‖ ciphertext ‖ tag(16)`.
///
/// The nonce is random: one key is good for about 2³² encryptions.
///
/// # Panics
/// For plaintexts beyond GCM's limit of 64 GiB.
#[must_use]
pub fn encrypt(key: &Key, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let nonce = random_bytes::<NONCE>();
    let sealed = key
        .cipher()
        .encrypt(
            &nonce.into(),
            Payload {
                msg: plaintext,
                aad,
            },
        )
        .expect("a plaintext under 64 GiB is within GCM's limit");
    [&nonce[..], &sealed].concat()
}

/// Opens what [`encrypt`] made under the same key and `aad`.
///
/// # Errors
/// [`DecryptError`]; it does not say which of the reasons it was.
pub fn decrypt(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    if sealed.len() < NONCE + TAG {
        return Err(DecryptError);
    }
    let (nonce, msg) = sealed.split_first_chunk::<NONCE>().ok_or(DecryptError)?;
    key.cipher()
        .decrypt(&(*nonce).into(), Payload { msg, aad })
        .map(Zeroizing::new)
        .map_err(|_| DecryptError)
}

#[cfg(test)]
mod tests {
    use aes_gcm::aead::array::Array;
    use proptest::prelude::*;
    use sm4::cipher::{BlockCipherDecrypt, BlockCipherEncrypt};

    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn sm4_encrypts_the_block_of_gbt_32907_annex_a() {
        let text = "0123456789abcdeffedcba9876543210";
        let cipher = Sm4::new(&bytes::<16>(text).into());
        let mut block = Array::from(bytes::<16>(text));
        cipher.encrypt_block(&mut block);
        assert_eq!(hex::encode(block), "681edf34d206965e86b3e94f536e4246");
        cipher.decrypt_block(&mut block);
        assert_eq!(hex::encode(block), text);
    }

    #[test]
    fn sm4_gcm_agrees_with_rfc_8998_annex_a() {
        let key = Key::from_bytes(bytes("0123456789abcdeffedcba9876543210"));
        let nonce = bytes::<12>("00001234567800000000abcd");
        let aad = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
        let plain = hex::decode(concat!(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd",
            "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
        ))
        .unwrap();
        let sealed = hex::decode(concat!(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735",
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
            "83de3541e4c2b58177e065a9bf7b62ec"
        ))
        .unwrap();
        let opened = decrypt(&key, &aad, &[&nonce[..], &sealed].concat()).unwrap();
        assert_eq!(*opened, plain);
    }

    #[test]
    fn another_context_another_key_and_any_changed_byte_are_refused() {
        let key = Key::generate();
        let sealed = encrypt(&key, b"person/7/id", "350102199001011234".as_bytes());
        assert!(decrypt(&key, b"person/8/id", &sealed).is_err());
        assert!(decrypt(&Key::generate(), b"person/7/id", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(decrypt(&key, b"person/7/id", &changed).is_err());
        }
        for short in 0..NONCE + TAG {
            assert!(decrypt(&key, b"", &sealed[..short]).is_err());
        }
    }

    proptest! {
        #[test]
        fn what_was_encrypted_opens(aad: Vec<u8>, plain: Vec<u8>) {
            let key = Key::generate();
            prop_assert_eq!(&*decrypt(&key, &aad, &encrypt(&key, &aad, &plain)).unwrap(), &plain);
        }
    }
}
