//! Digests of protected files.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::Reference;
use crate::error::Error;
use crate::package::Package;

/// How the digests of a signature's references are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestMethod {
    /// SM3 of the file.
    Sm3,
    /// SM3 of the signer's Z value followed by the file (`1.2.156.10197.1.401.2`).
    Sm3WithZ,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// MD5, also meant where `CheckMethod` is absent: broken, not computed.
    Md5,
    /// SHA-1: broken, not computed.
    Sha1,
    /// Something else: not computed.
    Unknown,
}

impl DigestMethod {
    /// Reads `CheckMethod`: a name or an OID, in any case.
    pub fn parse(text: &str) -> Self {
        match text
            .trim()
            .to_ascii_uppercase()
            .replace(['-', '_'], "")
            .as_str()
        {
            "SM3" | "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" => Self::Sm3,
            "1.2.156.10197.1.401.2" => Self::Sm3WithZ,
            "SHA256" | "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "SHA384" | "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "SHA512" | "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            "MD5" | "" | "1.2.840.113549.2.5" => Self::Md5,
            "SHA1" | "SHA" | "1.3.14.3.2.26" => Self::Sha1,
            _ => Self::Unknown,
        }
    }

    /// Whether a digest of this kind proves anything.
    pub fn is_trustworthy(self) -> bool {
        !matches!(self, Self::Md5 | Self::Sha1 | Self::Unknown)
    }

    /// Whether it is known to be broken.
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }
}

/// What came of one reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceOutcome {
    /// The file is as it was.
    Ok,
    /// The file has changed.
    DigestWrong,
    /// There is no such file, or the path leaves the package.
    FileMissing,
    /// The file cannot be unpacked.
    FileUnreadable(Error),
    /// `CheckValue` is no Base64, or of the wrong length.
    NotDecodable,
    /// The method is weak or unknown, or needs a Z value that was not given: nothing is proved.
    NotComputed,
}

impl ReferenceOutcome {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ok => "reference_ok",
            Self::DigestWrong => "digest_wrong",
            Self::FileMissing => "file_missing",
            Self::FileUnreadable(_) => "file_unreadable",
            Self::NotDecodable => "check_value_not_decodable",
            Self::NotComputed => "digest_not_computed",
        }
    }
}

/// One reference and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceCheck {
    /// `FileRef` as it stands.
    pub file_ref: String,
    /// The entry it leads to.
    pub entry: Option<String>,
    /// The result.
    pub outcome: ReferenceOutcome,
}

/// Method, Z value and entry.
type Key = (DigestMethod, Option<[u8; 32]>, String);

/// Makes digests of a package's entries, each one once however many signatures ask for it.
#[derive(Debug)]
pub struct Digests<'p, 'a> {
    package: &'p Package<'a>,
    known: HashMap<Key, Result<Vec<u8>, Error>>,
}

impl<'p, 'a> Digests<'p, 'a> {
    /// Nothing is computed yet.
    pub fn new(package: &'p Package<'a>) -> Self {
        Self {
            package,
            known: HashMap::new(),
        }
    }

    /// Checks one reference.
    pub fn check(
        &mut self,
        reference: &Reference,
        method: DigestMethod,
        z: Option<&[u8; 32]>,
    ) -> ReferenceCheck {
        ReferenceCheck {
            file_ref: reference.file_ref.clone(),
            entry: reference.entry.clone(),
            outcome: self.outcome(reference, method, z),
        }
    }

    fn outcome(
        &mut self,
        reference: &Reference,
        method: DigestMethod,
        z: Option<&[u8; 32]>,
    ) -> ReferenceOutcome {
        let Some(entry) = &reference.entry else {
            return ReferenceOutcome::FileMissing;
        };
        let z = if method == DigestMethod::Sm3WithZ {
            z
        } else {
            None
        };
        if !method.is_trustworthy() || (method == DigestMethod::Sm3WithZ && z.is_none()) {
            return ReferenceOutcome::NotComputed;
        }
        let compact: String = reference.check_value.split_ascii_whitespace().collect();
        let Ok(expected) = STANDARD.decode(compact) else {
            return ReferenceOutcome::NotDecodable;
        };
        match self.digest(entry, method, z) {
            Err(error) => ReferenceOutcome::FileUnreadable(error),
            Ok(actual) if actual.len() != expected.len() => ReferenceOutcome::NotDecodable,
            Ok(actual) if actual == expected => ReferenceOutcome::Ok,
            Ok(_) => ReferenceOutcome::DigestWrong,
        }
    }

    fn digest(
        &mut self,
        entry: &str,
        method: DigestMethod,
        z: Option<&[u8; 32]>,
    ) -> Result<Vec<u8>, Error> {
        let key = (method, z.copied(), entry.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let digest = compute(self.package, entry, method, z);
        self.known.insert(key, digest.clone());
        digest
    }
}

fn compute(
    package: &Package<'_>,
    entry: &str,
    method: DigestMethod,
    z: Option<&[u8; 32]>,
) -> Result<Vec<u8>, Error> {
    match method {
        DigestMethod::Sha256 => sha2_of::<sha2::Sha256>(package, entry),
        DigestMethod::Sha384 => sha2_of::<sha2::Sha384>(package, entry),
        DigestMethod::Sha512 => sha2_of::<sha2::Sha512>(package, entry),
        _ => sm3_of(package, entry, z).map(Vec::from),
    }
}

/// SM3 of an entry, with `prefix` before it, read piece by piece.
pub(crate) fn sm3_of(
    package: &Package<'_>,
    entry: &str,
    prefix: Option<&[u8; 32]>,
) -> Result<[u8; 32], Error> {
    let mut state = gm::Sm3::new();
    state.update(prefix.map_or(&[][..], |z| &z[..]));
    package.read_pieces(entry, &mut |piece| state.update(piece))?;
    Ok(state.finalize())
}

fn sha2_of<D: sha2::Digest>(package: &Package<'_>, entry: &str) -> Result<Vec<u8>, Error> {
    let mut state = D::new();
    package.read_pieces(entry, &mut |piece| state.update(piece))?;
    Ok(state.finalize().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_known_by_name_and_by_oid() {
        assert_eq!(DigestMethod::parse(" sm3 "), DigestMethod::Sm3);
        assert_eq!(
            DigestMethod::parse("1.2.156.10197.1.401.2"),
            DigestMethod::Sm3WithZ
        );
        assert_eq!(DigestMethod::parse("SHA-256"), DigestMethod::Sha256);
        assert!(DigestMethod::parse("MD5").is_weak());
        assert!(DigestMethod::parse("").is_weak());
        assert!(!DigestMethod::parse("CRC32").is_trustworthy());
    }
}
