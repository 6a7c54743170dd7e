//! SM2 keys (GB/T 32918.1, GM/T 0009).

use std::hash::{Hash, Hasher};

use getrandom::SysRng;
use sm2::{
    dsa::{
        SigningKey, VerifyingKey,
        signature::{RandomizedSigner, Verifier, hazmat::PrehashVerifier},
    },
    elliptic_curve::{Generate, sec1::ToSec1Point},
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding},
};
use zeroize::Zeroizing;

use crate::{KeyError, Signature, SignatureError, Signer, SignerError, digest::Sm3};

/// The SM2 identifier used where parties have agreed on no other (GM/T 0009, 10).
pub const DEFAULT_ID: &str = "1234567812345678";

/// An SM2 public key; a point of the curve, never the point at infinity.
#[derive(Clone)]
pub struct PublicKey {
    // Holds Z for the default identifier, so that verifying does not compute it again.
    verifying: VerifyingKey,
    sec1: [u8; 65],
}

impl PublicKey {
    /// Reads an uncompressed point `04 ‖ X ‖ Y`.
    ///
    /// # Errors
    /// [`KeyError::Public`] for other forms and for points off the curve.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != 65 || bytes[0] != 4 {
            return Err(KeyError::Public);
        }
        let key = sm2::PublicKey::from_sec1_bytes(bytes).map_err(|_| KeyError::Public)?;
        Self::from_point(key).ok_or(KeyError::Public)
    }

    /// The uncompressed point `04 ‖ X ‖ Y`.
    #[must_use]
    pub fn to_sec1(&self) -> [u8; 65] {
        self.sec1
    }

    /// Reads a SubjectPublicKeyInfo with algorithm `id-ecPublicKey` and the SM2 curve.
    ///
    /// # Errors
    /// [`KeyError::Spki`] for anything else.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = sm2::PublicKey::from_public_key_der(der).map_err(|_| KeyError::Spki)?;
        Self::from_point(key).ok_or(KeyError::Spki)
    }

    /// Reads a PEM block `PUBLIC KEY`.
    ///
    /// # Errors
    /// [`KeyError::Spki`] when it is no SM2 key.
    pub fn from_spki_pem(pem: &str) -> Result<Self, KeyError> {
        let key = sm2::PublicKey::from_public_key_pem(pem).map_err(|_| KeyError::Spki)?;
        Self::from_point(key).ok_or(KeyError::Spki)
    }

    /// The key as SubjectPublicKeyInfo.
    #[must_use]
    pub fn to_spki_der(&self) -> Vec<u8> {
        // A fixed structure around 65 bytes: nothing in it can exceed a limit of DER.
        self.verifying
            .to_public_key_der()
            .expect("an SM2 key is encodable")
            .into_vec()
    }

    /// Verifies an SM3withSM2 signature with the default identifier.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        self.verifying
            .verify(message, &signature.0)
            .map_err(|_| SignatureError::Mismatch)
    }

    /// Verifies an SM3withSM2 signature made with the identifier `id`.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`], or [`SignatureError::Identifier`] for an `id` over 8191 bytes.
    pub fn verify_with_id(
        &self,
        id: &str,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        let mut digest = Sm3::new();
        digest.update(&self.za(id.as_bytes())?);
        digest.update(message);
        self.verify_prehash(&digest.finalize(), signature)
    }

    /// Verifies a signature over `e = SM3(Z ‖ message)` computed elsewhere.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`].
    pub fn verify_prehash(
        &self,
        e: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        self.verifying
            .verify_prehash(e, &signature.0)
            .map_err(|_| SignatureError::Mismatch)
    }

    /// `Z` of this key and `id` (GB/T 32918.2, 5.5): SM3(ENTL ‖ ID ‖ a ‖ b ‖ G ‖ P).
    ///
    /// # Errors
    /// [`SignatureError::Identifier`] for an `id` over 8191 bytes.
    pub fn za(&self, id: &[u8]) -> Result<[u8; 32], SignatureError> {
        let bits = id
            .len()
            .checked_mul(8)
            .and_then(|bits| u16::try_from(bits).ok());
        let bits = bits.ok_or(SignatureError::Identifier)?;
        let mut digest = Sm3::new();
        digest.update(&bits.to_be_bytes());
        digest.update(id);
        digest.update(&CURVE);
        digest.update(&self.sec1[1..]);
        Ok(digest.finalize())
    }

    fn from_point(key: sm2::PublicKey) -> Option<Self> {
        let sec1 = key.to_sec1_point(false).as_bytes().try_into().ok()?;
        let verifying = VerifyingKey::new(DEFAULT_ID, key).ok()?;
        Some(Self { verifying, sec1 })
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.sec1 == other.sec1
    }
}

impl Eq for PublicKey {}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sec1.hash(state);
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.sec1))
    }
}

/// An SM2 private key in memory.
pub struct PrivateKey {
    signing: Box<SigningKey>,
    public: PublicKey,
}

impl PrivateKey {
    /// A fresh random key.
    ///
    /// # Panics
    /// When the operating system has no randomness.
    #[must_use]
    pub fn generate() -> Self {
        let key = sm2::SecretKey::generate();
        // A generated key is in range and has a public key.
        Self::from_secret(&key).expect("a generated key is an SM2 key")
    }

    /// Reads the private scalar, big-endian.
    ///
    /// # Errors
    /// [`KeyError::Private`] when it is not in `1..n-1` (`n-1` cannot sign).
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = sm2::SecretKey::from_slice(bytes).map_err(|_| KeyError::Private)?;
        Self::from_secret(&key)
    }

    /// The private scalar, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.signing.to_bytes().into())
    }

    /// Reads an unencrypted PKCS#8 structure.
    ///
    /// # Errors
    /// [`KeyError::Private`] when it holds no SM2 key.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = sm2::SecretKey::from_pkcs8_der(der).map_err(|_| KeyError::Private)?;
        Self::from_secret(&key)
    }

    /// Reads a PEM block `PRIVATE KEY` (PKCS#8, unencrypted).
    ///
    /// # Errors
    /// [`KeyError::Private`] when it holds no SM2 key.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        let key = sm2::SecretKey::from_pkcs8_pem(pem).map_err(|_| KeyError::Private)?;
        Self::from_secret(&key)
    }

    /// The key as PKCS#8.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        // A fixed structure around 32 and 65 bytes: nothing in it can exceed a limit of DER.
        self.secret()
            .to_pkcs8_der()
            .expect("an SM2 key is encodable")
            .to_bytes()
    }

    /// The key as a PEM block `PRIVATE KEY`.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        // As above; PEM of it is text of a fixed length.
        self.secret()
            .to_pkcs8_pem(LineEnding::LF)
            .expect("an SM2 key is encodable")
    }

    fn secret(&self) -> sm2::SecretKey {
        sm2::SecretKey::from(self.signing.as_nonzero_scalar())
    }

    fn from_secret(key: &sm2::SecretKey) -> Result<Self, KeyError> {
        // 1 + d is inverted when signing, so d = n - 1 is not a key (GB/T 32918.1, 6.1).
        if key.to_bytes().as_slice() == ORDER_MINUS_ONE {
            return Err(KeyError::Private);
        }
        let signing = SigningKey::new(DEFAULT_ID, key).map_err(|_| KeyError::Private)?;
        let public = PublicKey::from_point(key.public_key()).ok_or(KeyError::Private)?;
        Ok(Self {
            signing: Box::new(signing),
            public,
        })
    }
}

impl Signer for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignerError> {
        self.signing
            .try_sign_with_rng(&mut SysRng, message)
            .map(Signature)
            .map_err(|_| SignerError::Engine)
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey(of {:?})", self.public)
    }
}

const ORDER_MINUS_ONE: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x22,
];

/// a ‖ b ‖ xG ‖ yG of the recommended curve (GB/T 32918.5, 2).
const CURVE: [u8; 128] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
];

#[cfg(test)]
mod tests {
    use super::*;

    // GB/T 32918.5-2017, A.2: identifier, key, Z, signature of "message digest".
    const PRIVATE: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    const PUBLIC: &str = concat!(
        "04",
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020",
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    );
    const Z: &str = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3";
    const E: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
    const SIGNATURE: &str = concat!(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    );

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_example_of_gbt_32918_5_verifies() {
        let key = PrivateKey::from_bytes(&bytes(PRIVATE)).unwrap();
        let public = PublicKey::from_sec1(&hex::decode(PUBLIC).unwrap()).unwrap();
        assert_eq!(key.public_key(), &public);
        assert_eq!(hex::encode(public.za(DEFAULT_ID.as_bytes()).unwrap()), Z);
        let signature = Signature::from_raw(&bytes(SIGNATURE)).unwrap();
        assert_eq!(public.verify(b"message digest", &signature), Ok(()));
        assert_eq!(
            public.verify_with_id(DEFAULT_ID, b"message digest", &signature),
            Ok(())
        );
        assert_eq!(public.verify_prehash(&bytes(E), &signature), Ok(()));
        assert_eq!(
            public.verify(b"message digesT", &signature),
            Err(SignatureError::Mismatch)
        );
        assert_eq!(
            public.verify_with_id("ALICE123@YAHOO.COM", b"message digest", &signature),
            Err(SignatureError::Mismatch)
        );
    }

    #[test]
    fn signatures_of_one_message_differ_and_verify() {
        let key = PrivateKey::generate();
        let (one, two) = (key.sign(b"message").unwrap(), key.sign(b"message").unwrap());
        assert_ne!(one, two);
        for signature in [one, two] {
            assert_eq!(key.public_key().verify(b"message", &signature), Ok(()));
        }
        assert!(
            PrivateKey::generate()
                .public_key()
                .verify(b"message", &one)
                .is_err()
        );
    }

    #[test]
    fn keys_survive_their_encodings() {
        let key = PrivateKey::generate();
        let public = key.public_key();
        assert_eq!(&PublicKey::from_sec1(&public.to_sec1()).unwrap(), public);
        assert_eq!(
            &PublicKey::from_spki_der(&public.to_spki_der()).unwrap(),
            public
        );
        let same = [
            PrivateKey::from_bytes(&key.to_bytes()).unwrap(),
            PrivateKey::from_pkcs8_der(&key.to_pkcs8_der()).unwrap(),
            PrivateKey::from_pkcs8_pem(&key.to_pkcs8_pem()).unwrap(),
        ];
        for other in same {
            assert_eq!(other.to_bytes(), key.to_bytes());
        }
        assert!(!format!("{key:?}").contains(&hex::encode(*key.to_bytes())));
    }

    #[test]
    fn values_that_are_no_keys_are_refused() {
        assert!(PrivateKey::from_bytes(&[0; 32]).is_err());
        assert!(PrivateKey::from_bytes(&ORDER_MINUS_ONE).is_err());
        assert!(PrivateKey::from_bytes(&[0xff; 32]).is_err());
        let mut off_curve = hex::decode(PUBLIC).unwrap();
        off_curve[64] ^= 1;
        assert!(PublicKey::from_sec1(&off_curve).is_err());
        assert!(PublicKey::from_sec1(&[0]).is_err());
        assert!(PublicKey::from_sec1(&[]).is_err());
        // The P-256 base point under the P-256 curve identifier.
        let p256 = hex::decode(concat!(
            "3059301306072a8648ce3d020106082a8648ce3d03010703420004",
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        ))
        .unwrap();
        assert_eq!(PublicKey::from_spki_der(&p256), Err(KeyError::Spki));
        let mut trailing = PrivateKey::generate().public_key().to_spki_der();
        trailing.push(0);
        assert_eq!(PublicKey::from_spki_der(&trailing), Err(KeyError::Spki));
    }

    #[test]
    fn an_endless_identifier_is_refused() {
        let key = PrivateKey::generate();
        assert_eq!(
            key.public_key().za(&[0; 8192]),
            Err(SignatureError::Identifier)
        );
        assert!(key.public_key().za(&[0; 8191]).is_ok());
    }
}
