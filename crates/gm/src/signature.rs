//! SM2 signature values (GB/T 32918.2) and their two encodings.

use crate::error::SignatureError;

/// An SM2 signature value: `r` and `s`, both in `1..n`.
///
/// ```text
/// -- GM/T 0009-2012, 7.3
/// SM2Signature ::= SEQUENCE { R INTEGER, S INTEGER }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub(crate) sm2::dsa::Signature);

/// How a signature value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureEncoding {
    /// DER `SEQUENCE { r, s }`, as the standards ask.
    Der,
    /// 64 bytes `r ‖ s`, met in real government seals.
    Raw,
}

impl Signature {
    /// Reads strict DER: shortest integers, no trailing bytes.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] for anything else, and for `r` or `s` outside `1..n`.
    pub fn from_der(der: &[u8]) -> Result<Self, SignatureError> {
        sm2::dsa::Signature::from_der(der)
            .map(Self)
            .map_err(|_| SignatureError::Malformed)
    }

    /// Reads `r ‖ s`, big-endian, 32 bytes each.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] for `r` or `s` outside `1..n`.
    pub fn from_raw(raw: &[u8; 64]) -> Result<Self, SignatureError> {
        sm2::dsa::Signature::from_slice(raw)
            .map(Self)
            .map_err(|_| SignatureError::Malformed)
    }

    /// Reads either encoding and says which it was.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] when it is neither.
    pub fn parse(bytes: &[u8]) -> Result<(Self, SignatureEncoding), SignatureError> {
        // No ambiguity: 64 bytes of DER that are also r ‖ s would need r or s shortened by several
        // bytes, and DER is tried first.
        if let Ok(signature) = Self::from_der(bytes) {
            return Ok((signature, SignatureEncoding::Der));
        }
        let raw = bytes.try_into().map_err(|_| SignatureError::Malformed)?;
        Ok((Self::from_raw(raw)?, SignatureEncoding::Raw))
    }

    /// DER `SEQUENCE { r, s }`.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.0.to_der().as_bytes().to_vec()
    }

    /// `r ‖ s`, big-endian, 32 bytes each.
    #[must_use]
    pub fn to_raw(&self) -> [u8; 64] {
        self.0.to_bytes().into()
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", hex::encode(self.to_raw()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{PrivateKey, Signer};

    const ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

    fn raw(r: &str, s: &str) -> [u8; 64] {
        hex::decode(format!("{r:0>64}{s:0>64}"))
            .unwrap()
            .try_into()
            .unwrap()
    }

    #[test]
    fn values_outside_the_range_are_refused() {
        assert!(Signature::from_raw(&raw("1", "1")).is_ok());
        assert!(Signature::from_raw(&raw("0", "1")).is_err());
        assert!(Signature::from_raw(&raw("1", "0")).is_err());
        assert!(Signature::from_raw(&raw(ORDER, "1")).is_err());
        assert!(Signature::from_raw(&raw("1", ORDER)).is_err());
    }

    #[test]
    fn sloppy_der_is_refused() {
        let refused = [
            "300602010102010100",         // trailing byte
            "3008020200010202000100",     // padded integers
            "30070202000102010100",       // padded and trailing
            "3006020181020101",           // negative
            "308106020101020101",         // long form length
            "3080020101020101",           // indefinite length
            "3003020101",                 // one integer
            "30090201010201010201013000", // three integers
            "",
        ];
        assert!(Signature::from_der(&hex::decode("3006020101020101").unwrap()).is_ok());
        for der in refused {
            assert!(
                Signature::from_der(&hex::decode(der).unwrap()).is_err(),
                "{der}"
            );
        }
    }

    #[test]
    fn parse_tells_the_encodings_apart() {
        let signature = PrivateKey::generate().sign(b"m").unwrap();
        assert_eq!(
            Signature::parse(&signature.to_der()),
            Ok((signature, SignatureEncoding::Der))
        );
        assert_eq!(
            Signature::parse(&signature.to_raw()),
            Ok((signature, SignatureEncoding::Raw))
        );
        assert_eq!(
            Signature::parse(&signature.to_raw()[1..]),
            Err(SignatureError::Malformed)
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok((signature, encoding)) = Signature::parse(&bytes) {
                let again = match encoding {
                    SignatureEncoding::Der => signature.to_der(),
                    SignatureEncoding::Raw => signature.to_raw().to_vec(),
                };
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
