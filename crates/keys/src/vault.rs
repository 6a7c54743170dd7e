use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use gm::{PrivateKey, PublicKey, Signature, Signer, sm4};
use platform::ports::{Custody, Grant, KeyError, KeyLabel, Keys};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::pin::{self, Attempt, PinState};
use crate::record::{self, Record};
use crate::{MasterKey, VaultError, folder};

/// Opened keys of the platform's own that are kept in memory; it has a handful.
const OPEN_KEYS: usize = 32;
/// PIN checks at once: each takes 19 MiB and a processor for some 20 ms.
const PIN_CHECKS: usize = 4;

/// The software key vault over one folder.
pub struct Vault {
    inner: Arc<Inner>,
    pin_checks: Semaphore,
}

struct Inner {
    root: PathBuf,
    wrap: sm4::Key,
    grants: Zeroizing<[u8; 32]>,
    pepper: Zeroizing<[u8; 32]>,
    open: Mutex<HashMap<KeyLabel, Arc<PrivateKey>>>,
}

/// The vault's own file: its format and whether the master key is the right one.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    check: String,
}

impl Vault {
    /// Opens the folder, or makes it.
    ///
    /// # Errors
    /// [`VaultError::MasterKeyWrong`] where the folder was made under another master key, [`VaultError::Damaged`],
    /// [`VaultError::Io`].
    pub fn open(folder: impl Into<PathBuf>, master: &MasterKey) -> Result<Self, VaultError> {
        let root = folder.into();
        folder::create_folder(&root)?;
        check_header(&root.join("vault.json"), master)?;
        let wrap = master.derive("vault/wrap");
        // The first half of a derived secret is the SM4 key; a slice of 32 bytes has 16.
        let wrap: [u8; 16] = wrap[..16].try_into().expect("16 of 32 bytes");
        Ok(Self {
            inner: Arc::new(Inner {
                root,
                wrap: sm4::Key::from_bytes(wrap),
                grants: master.derive("vault/grant"),
                pepper: master.derive("vault/pin"),
                open: Mutex::default(),
            }),
            pin_checks: Semaphore::new(PIN_CHECKS),
        })
    }

    /// Runs the vault's blocking work (files, hashing, signing) apart from the async threads.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, KeyError> + Send + 'static,
    ) -> Result<T, KeyError> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .unwrap_or_else(|_| Err(unavailable(VaultError::Interrupted)))
    }
}

#[async_trait]
impl Keys for Vault {
    async fn generate(&self, label: &KeyLabel, custody: Custody) -> Result<PublicKey, KeyError> {
        let label = label.clone();
        self.run(move |vault| vault.generate(&label, custody)).await
    }

    /// The stand-in for a USB KEY: the key lies in the vault, and the serial number is the named one or made up from the
    /// label, so that a repeated step answers the same.
    async fn generate_on_token(
        &self,
        label: &KeyLabel,
        serial: Option<&str>,
    ) -> Result<(PublicKey, String), KeyError> {
        let key = self.generate(label, Custody::Holder).await?;
        let serial = serial.map_or_else(
            || {
                let digest = gm::sm3(label.as_str().as_bytes());
                format!("SIM{}", hex::encode_upper(&digest[..6]))
            },
            ToOwned::to_owned,
        );
        Ok((key, serial))
    }

    async fn public_key(&self, label: &KeyLabel) -> Result<PublicKey, KeyError> {
        let label = label.clone();
        self.run(move |vault| {
            let (_, path) = record::place(&vault.root, &label);
            let record = vault.record(&path, &label)?;
            Ok(vault
                .private_key(&label, &path, &record)?
                .public_key()
                .clone())
        })
        .await
    }

    async fn reset_pin(&self, label: &KeyLabel, pin: &str) -> Result<(), KeyError> {
        if !pin::is_strong_enough(pin) {
            return Err(KeyError::PinTooWeak);
        }
        let (label, pin) = (label.clone(), Zeroizing::new(pin.to_owned()));
        let _turn = self.pin_checks.acquire().await.map_err(unavailable)?;
        self.run(move |vault| vault.reset_pin(&label, &pin)).await
    }

    async fn authorise(
        &self,
        label: &KeyLabel,
        pin: &str,
        message: &[u8],
    ) -> Result<Grant, KeyError> {
        let (label, pin) = (label.clone(), Zeroizing::new(pin.to_owned()));
        let digest = gm::sm3(message);
        let _turn = self.pin_checks.acquire().await.map_err(unavailable)?;
        self.run(move |vault| vault.authorise(&label, &pin, digest))
            .await
    }

    async fn sign(
        &self,
        label: &KeyLabel,
        message: &[u8],
        grant: Option<&Grant>,
    ) -> Result<Signature, KeyError> {
        let (label, message, grant) = (label.clone(), message.to_owned(), grant.cloned());
        self.run(move |vault| vault.sign(&label, &message, grant.as_ref()))
            .await
    }

    fn describe(&self) -> &'static str {
        "软件密钥库（私钥以主密钥加密存放，仅适用于演示与测试环境；正式环境请接入密码机）"
    }
}

impl Inner {
    fn generate(&self, label: &KeyLabel, custody: Custody) -> Result<PublicKey, KeyError> {
        let (shelf, path) = record::place(&self.root, label);
        folder::create_folder(&shelf).map_err(unavailable)?;
        let _lock = folder::lock(&shelf).map_err(unavailable)?;
        if Record::load(&path, label).map_err(unavailable)?.is_none() {
            let key = PrivateKey::generate();
            Record::new(label, custody, &key, &self.wrap)
                .create(&path)
                .map_err(unavailable)?;
        }
        // Read back what is there: also the proof that the key just written opens again.
        let record = self.record(&path, label)?;
        if record.custody != custody {
            return Err(unavailable(VaultError::CustodyDiffers(
                label.as_str().to_owned(),
            )));
        }
        Ok(self
            .private_key(label, &path, &record)?
            .public_key()
            .clone())
    }

    fn reset_pin(&self, label: &KeyLabel, pin: &str) -> Result<(), KeyError> {
        self.change_holder_key(label, |path, record| {
            record.set_pin(&PinState::new(pin, &self.pepper), &self.wrap);
            record.replace(path).map_err(unavailable)
        })
    }

    fn authorise(&self, label: &KeyLabel, pin: &str, digest: [u8; 32]) -> Result<Grant, KeyError> {
        self.change_holder_key(label, |path, record| {
            let mut state = record
                .pin(path, &self.wrap)
                .map_err(unavailable)?
                .ok_or(KeyError::PinNotSet)?;
            let had_failures = state.has_failures();
            let attempt = state.attempt(pin, &self.pepper);
            if had_failures || state.has_failures() {
                // The count is on disk before anybody learns whether the PIN was right.
                record.set_pin(&state, &self.wrap);
                record.replace(path).map_err(unavailable)?;
            }
            match attempt {
                Attempt::Wrong { left } => Err(KeyError::WrongPin { left }),
                Attempt::Locked => Err(KeyError::Locked),
                Attempt::Right => {
                    let message_digest = hex::encode(digest);
                    let proof = self.proof(record, &message_digest);
                    Ok(Grant {
                        message_digest,
                        proof: hex::encode(proof),
                    })
                }
            }
        })
    }

    fn sign(
        &self,
        label: &KeyLabel,
        message: &[u8],
        grant: Option<&Grant>,
    ) -> Result<Signature, KeyError> {
        let cached = self.cached(label);
        let key = if let Some(key) = cached {
            key
        } else {
            let (_, path) = record::place(&self.root, label);
            let record = self.record(&path, label)?;
            if record.custody == Custody::Holder && !self.is_granted(&record, message, grant) {
                return Err(KeyError::NotGranted);
            }
            self.private_key(label, &path, &record)?
        };
        key.sign(message)
            .map_err(|error| unavailable(VaultError::Engine(error)))
    }

    /// Works on a holder's key under its lock. The platform's own keys have no PIN and are not found here.
    fn change_holder_key<T>(
        &self,
        label: &KeyLabel,
        change: impl FnOnce(&Path, &mut Record) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let (shelf, path) = record::place(&self.root, label);
        if !path.exists() {
            return Err(not_found(label));
        }
        let _lock = folder::lock(&shelf).map_err(unavailable)?;
        let mut record = self.record(&path, label)?;
        match record.custody {
            Custody::Holder => change(&path, &mut record),
            Custody::Platform => Err(not_found(label)),
        }
    }

    fn record(&self, path: &Path, label: &KeyLabel) -> Result<Record, KeyError> {
        Record::load(path, label)
            .map_err(unavailable)?
            .ok_or_else(|| not_found(label))
    }

    /// Opens a key; the platform's own stay open, a holder's is opened for this one use.
    fn private_key(
        &self,
        label: &KeyLabel,
        path: &Path,
        record: &Record,
    ) -> Result<Arc<PrivateKey>, KeyError> {
        let key = Arc::new(record.private_key(path, &self.wrap).map_err(unavailable)?);
        if record.custody == Custody::Platform {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if open.len() >= OPEN_KEYS {
                open.clear();
            }
            open.insert(label.clone(), Arc::clone(&key));
        }
        Ok(key)
    }

    fn cached(&self, label: &KeyLabel) -> Option<Arc<PrivateKey>> {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(label)
            .map(Arc::clone)
    }

    fn is_granted(&self, record: &Record, message: &[u8], grant: Option<&Grant>) -> bool {
        let message_digest = hex::encode(gm::sm3(message));
        let expected = self.proof(record, &message_digest);
        grant.is_some_and(|grant| {
            let proof = hex::decode(&grant.proof).unwrap_or_default();
            grant.message_digest == message_digest && bool::from(expected.as_slice().ct_eq(&proof))
        })
    }

    fn proof(&self, record: &Record, message_digest: &str) -> [u8; 32] {
        gm::hmac_sm3(self.grants.as_slice(), &record.grant_input(message_digest))
    }
}

fn check_header(path: &Path, master: &MasterKey) -> Result<(), VaultError> {
    let check = hex::encode(master.derive("vault/check").as_slice());
    let fresh = Header { version: 1, check };
    let json = serde_json::to_vec_pretty(&fresh).expect("a number and a string");
    folder::create(path, &json)?;
    let stored = folder::read(path)?.unwrap_or_default();
    let stored: Header =
        serde_json::from_slice(&stored).map_err(|_| VaultError::Damaged(path.to_owned()))?;
    if stored.version != 1 {
        return Err(VaultError::Damaged(path.to_owned()));
    }
    let same = stored.check.as_bytes().ct_eq(fresh.check.as_bytes());
    if bool::from(same) {
        Ok(())
    } else {
        Err(VaultError::MasterKeyWrong)
    }
}

fn not_found(label: &KeyLabel) -> KeyError {
    KeyError::NotFound(label.as_str().to_owned())
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> KeyError {
    KeyError::Unavailable(Box::new(error))
}
