//! SM3 (GB/T 32905) and HMAC with SM3 (GB/T 15852.2).

use hmac::{Hmac, KeyInit, Mac};
use sm3::Digest;

/// The SM3 digest of `data`.
#[must_use]
pub fn sm3(data: &[u8]) -> [u8; 32] {
    sm3::Sm3::digest(data).into()
}

/// SM3 over data that comes in pieces.
#[derive(Clone, Default)]
pub struct Sm3(sm3::Sm3);

impl Sm3 {
    /// A digest over nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `data` to what is digested.
    pub fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    /// The digest of everything added.
    #[must_use]
    pub fn finalize(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

impl std::fmt::Debug for Sm3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sm3(..)")
    }
}

impl std::io::Write for Sm3 {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.update(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// HMAC-SM3 of `data` under `key` (any length; 32 bytes or more are advised).
#[must_use]
pub fn hmac_sm3(key: &[u8], data: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length, so this cannot fail.
    let mut mac = Hmac::<sm3::Sm3>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(data);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sm3_gives_the_digests_of_gbt_32905_annex_a() {
        assert_eq!(
            hex::encode(sm3(b"abc")),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        assert_eq!(
            hex::encode(sm3(&b"abcd".repeat(16))),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
    }

    #[test]
    fn pieces_digest_like_the_whole() {
        let mut pieces = Sm3::new();
        pieces.update(b"a");
        pieces.update(b"");
        pieces.update(b"bc");
        assert_eq!(pieces.finalize(), sm3(b"abc"));
    }

    #[test]
    fn hmac_depends_on_key_and_data() {
        // HMAC by its definition in GB/T 15852.2, from the digest alone.
        let by_hand = |key: &[u8], data: &[u8]| {
            let mut block = [0; 64];
            block[..key.len()].copy_from_slice(key);
            let inner = sm3(&[&block.map(|b| b ^ 0x36)[..], data].concat());
            sm3(&[&block.map(|b| b ^ 0x5c)[..], &inner].concat())
        };
        assert_eq!(hmac_sm3(b"key", b"data"), by_hand(b"key", b"data"));
        assert_ne!(hmac_sm3(b"key", b"data"), hmac_sm3(b"other", b"data"));
    }
}
