//! Object identifiers of the GM algorithms, in dotted notation (GM/T 0006).

/// SM2 elliptic curve (the curve parameter of an EC public key).
pub const SM2: &str = "1.2.156.10197.1.301";
/// SM2 signature algorithm without a digest, as GB/T 35275 writes it in `SignerInfo`.
pub const SM2_SIGN: &str = "1.2.156.10197.1.301.1";
/// SM3 digest.
pub const SM3: &str = "1.2.156.10197.1.401";
/// SM3 digest over `Z ‖ message`, met in references of real OFD files.
pub const SM3_WITH_Z: &str = "1.2.156.10197.1.401.2";
/// SM2 signature with SM3 digest.
pub const SM2_SM3: &str = "1.2.156.10197.1.501";
/// SM4 block cipher.
pub const SM4: &str = "1.2.156.10197.1.104";
/// Elliptic-curve public key (RFC 5480), under which SM2 keys are written.
pub const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
