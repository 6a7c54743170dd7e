use std::path::Path;

use zeroize::Zeroizing;

use crate::{VaultError, folder};

/// The key above all keys of a vault: 32 bytes, from which the vault derives what it needs. Wiped when dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Takes the master key from 64 hexadecimal digits (an environment variable or a secret's file).
    ///
    /// # Errors
    /// [`VaultError::MasterKeyMalformed`].
    pub fn from_hex(text: &str) -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut())
            .map_err(|_| VaultError::MasterKeyMalformed)?;
        Ok(Self(bytes))
    }

    /// Reads the master key's file, or makes it with a fresh key, readable by its owner alone.
    ///
    /// # Errors
    /// [`VaultError::MasterKeyExposed`] where others may read it, [`VaultError::MasterKeyMalformed`],
    /// [`VaultError::Io`].
    pub fn load_or_create(path: &Path) -> Result<Self, VaultError> {
        if let Some(key) = Self::load(path)? {
            return Ok(key);
        }
        if let Some(parent) = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            folder::create_folder(parent)?;
        }
        let fresh = Zeroizing::new(gm::random_bytes::<32>());
        let text = Zeroizing::new(hex::encode(fresh.as_slice()) + "\n");
        if folder::create(path, text.as_bytes())? {
            return Ok(Self(fresh));
        }
        // Another process made it in the same moment: that one holds.
        Self::load(path)?.ok_or(VaultError::MasterKeyMalformed)
    }

    /// The platform's own secret for one purpose, e.g. the encryption of personal data. Different purposes give
    /// unrelated secrets, and none leads back to the master key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(gm::hmac_sm3(
            self.0.as_slice(),
            format!("yinxin/v1/{purpose}").as_bytes(),
        ))
    }

    fn load(path: &Path) -> Result<Option<Self>, VaultError> {
        let Some(bytes) = folder::read(path)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        refuse_exposed(path)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| VaultError::MasterKeyMalformed)?;
        Self::from_hex(text).map(Some)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = std::fs::metadata(path)
        .map_err(VaultError::io(path))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(VaultError::MasterKeyExposed(path.to_owned()))
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), VaultError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret/master.key");
        let first = MasterKey::load_or_create(&path).unwrap();
        let second = MasterKey::load_or_create(&path).unwrap();
        assert_eq!(first.0, second.0);
        assert_ne!(first.derive("a"), first.derive("b"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused_and_a_fresh_one_is_private() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        MasterKey::load_or_create(&path).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            MasterKey::load_or_create(&path),
            Err(VaultError::MasterKeyExposed(_))
        ));
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_master_key() {
        assert!(MasterKey::from_hex(&"0f".repeat(32)).is_ok());
        for wrong in ["", "0f", &"0f".repeat(33), &"xy".repeat(32), "主密钥"] {
            assert!(MasterKey::from_hex(wrong).is_err(), "{wrong}");
        }
    }
}
