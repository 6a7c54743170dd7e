//! One key's file.

use std::path::{Path, PathBuf};

use gm::{PrivateKey, Signer, sm4};
use platform::ports::{Custody, KeyLabel};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::pin::PinState;
use crate::{VaultError, folder};

/// What stands in a key's file. Private key and PIN state are encrypted, and bound to label, custody and public key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    label: KeyLabel,
    pub(crate) custody: Custody,
    /// 04 ‖ X ‖ Y, hex.
    public_key: String,
    /// SM4-GCM, hex.
    private_key: String,
    /// SM4-GCM, hex; `None` before a PIN was ever set.
    pin: Option<String>,
}

impl Record {
    /// Seals a fresh key.
    pub(crate) fn new(
        label: &KeyLabel,
        custody: Custody,
        key: &PrivateKey,
        wrap: &sm4::Key,
    ) -> Self {
        let mut record = Self {
            label: label.clone(),
            custody,
            public_key: hex::encode(key.public_key().to_sec1()),
            private_key: String::new(),
            pin: None,
        };
        record.private_key = hex::encode(sm4::encrypt(
            wrap,
            &record.context("key"),
            key.to_bytes().as_slice(),
        ));
        record
    }

    /// Reads the file of a label, or `None` where there is none.
    pub(crate) fn load(path: &Path, label: &KeyLabel) -> Result<Option<Self>, VaultError> {
        let Some(bytes) = folder::read(path)? else {
            return Ok(None);
        };
        let record: Self = serde_json::from_slice(&bytes).map_err(|_| damaged(path))?;
        if record.label == *label {
            Ok(Some(record))
        } else {
            Err(damaged(path))
        }
    }

    /// Writes the file for the first time; `false` where it exists.
    pub(crate) fn create(&self, path: &Path) -> Result<bool, VaultError> {
        folder::create(path, &self.to_json())
    }

    /// Writes the file anew.
    pub(crate) fn replace(&self, path: &Path) -> Result<(), VaultError> {
        folder::replace(path, &self.to_json())
    }

    /// Opens the private key, and checks that it is the public key's.
    pub(crate) fn private_key(
        &self,
        path: &Path,
        wrap: &sm4::Key,
    ) -> Result<PrivateKey, VaultError> {
        let plain = self.open(path, "key", &self.private_key, wrap)?;
        let bytes = plain.as_slice().try_into().map(Zeroizing::<[u8; 32]>::new);
        let key = bytes
            .ok()
            .and_then(|bytes| PrivateKey::from_bytes(&bytes).ok())
            .ok_or_else(|| damaged(path))?;
        if hex::encode(key.public_key().to_sec1()) == self.public_key {
            Ok(key)
        } else {
            Err(damaged(path))
        }
    }

    /// Opens the PIN state, or `None` before a PIN was ever set.
    pub(crate) fn pin(&self, path: &Path, wrap: &sm4::Key) -> Result<Option<PinState>, VaultError> {
        let Some(sealed) = &self.pin else {
            return Ok(None);
        };
        let plain = self.open(path, "pin", sealed, wrap)?;
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|_| damaged(path))
    }

    /// Puts the PIN state in.
    pub(crate) fn set_pin(&mut self, state: &PinState, wrap: &sm4::Key) {
        let plain = Zeroizing::new(serde_json::to_vec(state).expect("two strings and a number"));
        self.pin = Some(hex::encode(sm4::encrypt(
            wrap,
            &self.context("pin"),
            &plain,
        )));
    }

    /// What a grant for one message is over.
    pub(crate) fn grant_input(&self, message_digest: &str) -> Vec<u8> {
        format!(
            "{}\0{}\0{message_digest}",
            self.label.as_str(),
            self.public_key
        )
        .into_bytes()
    }

    fn open(
        &self,
        path: &Path,
        part: &str,
        sealed: &str,
        wrap: &sm4::Key,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let sealed = hex::decode(sealed).map_err(|_| damaged(path))?;
        sm4::decrypt(wrap, &self.context(part), &sealed).map_err(|_| damaged(path))
    }

    fn context(&self, part: &str) -> Vec<u8> {
        let custody = match self.custody {
            Custody::Platform => "platform",
            Custody::Holder => "holder",
        };
        format!(
            "{part}\0{}\0{custody}\0{}",
            self.label.as_str(),
            self.public_key
        )
        .into_bytes()
    }

    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("strings alone")
    }
}

/// Where a label's file is: the folder that is locked for a change, and the file.
pub(crate) fn place(root: &Path, label: &KeyLabel) -> (PathBuf, PathBuf) {
    let shelf = root.join(hex::encode(&gm::sm3(label.as_str().as_bytes())[..1]));
    let file = shelf.join(format!("{}.json", label.as_str()));
    (shelf, file)
}

fn damaged(path: &Path) -> VaultError {
    VaultError::Damaged(path.to_owned())
}
