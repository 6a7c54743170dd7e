//! A platform that dies at a chosen moment: its ports fail from the n-th call on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use casework::FileDigest;
use gm::{PublicKey, Signature};
use jiff::Timestamp;
use pki::{Certificate, Crl};
use platform::Ports;
use platform::ports::store::{Store, StoreError, Tx};
use platform::ports::{
    Authority, AuthorityError, Custody, Files, FilesError, Grant, IssueRequest, KeyError, KeyLabel,
    Keys, Letter, Mail, SendError, ShortMessage, ShortMessages,
};

/// Counts the calls of all ports, and lets every call from a chosen one on fail, as if the process were gone.
#[derive(Debug, Default)]
pub struct Faults {
    calls: AtomicU64,
    dies_at: AtomicU64,
}

impl Faults {
    /// Dies at the n-th call from now (from 1).
    pub fn die_at(&self, call: u64) {
        self.calls.store(0, Ordering::SeqCst);
        self.dies_at.store(call, Ordering::SeqCst);
    }

    /// Lives on, and counts from zero.
    pub fn heal(&self) {
        self.die_at(0);
    }

    /// Calls since the last [`Faults::die_at`] or [`Faults::heal`].
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Stands between the platform and its ports.
    pub(crate) fn around(self: &Arc<Self>, ports: Ports) -> Ports {
        Ports {
            store: Arc::new(Faulty {
                faults: Arc::clone(self),
                inner: ports.store,
            }),
            files: Arc::new(Faulty {
                faults: Arc::clone(self),
                inner: ports.files,
            }),
            keys: Arc::new(Faulty {
                faults: Arc::clone(self),
                inner: ports.keys,
            }),
            authority: Arc::new(Faulty {
                faults: Arc::clone(self),
                inner: ports.authority,
            }),
            papers: ports.papers,
            clock: ports.clock,
            sheets: ports.sheets,
            mail: ports.mail.map(|inner| -> Arc<dyn Mail> {
                let faults = Arc::clone(self);
                Arc::new(Faulty { faults, inner })
            }),
            sms: ports.sms.map(|inner| -> Arc<dyn ShortMessages> {
                let faults = Arc::clone(self);
                Arc::new(Faulty { faults, inner })
            }),
            letters: ports.letters,
        }
    }

    fn call(&self) -> Result<(), Dead> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let dies_at = self.dies_at.load(Ordering::SeqCst);
        if dies_at != 0 && call >= dies_at {
            Err(Dead)
        } else {
            Ok(())
        }
    }
}

#[derive(Debug)]
struct Dead;

impl std::fmt::Display for Dead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the process is gone")
    }
}

impl std::error::Error for Dead {}

struct Faulty<T: ?Sized> {
    faults: Arc<Faults>,
    inner: Arc<T>,
}

#[async_trait]
impl Store for Faulty<dyn Store> {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.faults
            .call()
            .map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        self.inner.begin().await
    }

    async fn read(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.faults
            .call()
            .map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        self.inner.read().await
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }
}

#[async_trait]
impl Files for Faulty<dyn Files> {
    async fn put(&self, bytes: Vec<u8>) -> Result<FileDigest, FilesError> {
        self.faults
            .call()
            .map_err(|e| FilesError::Unavailable(Box::new(e)))?;
        self.inner.put(bytes).await
    }

    async fn get(&self, digest: &FileDigest) -> Result<Vec<u8>, FilesError> {
        self.faults
            .call()
            .map_err(|e| FilesError::Unavailable(Box::new(e)))?;
        self.inner.get(digest).await
    }
}

impl Faulty<dyn Keys> {
    fn call(&self) -> Result<(), KeyError> {
        self.faults
            .call()
            .map_err(|e| KeyError::Unavailable(Box::new(e)))
    }
}

#[async_trait]
impl Keys for Faulty<dyn Keys> {
    async fn generate(&self, label: &KeyLabel, custody: Custody) -> Result<PublicKey, KeyError> {
        self.call()?;
        self.inner.generate(label, custody).await
    }

    async fn generate_on_token(
        &self,
        label: &KeyLabel,
        serial: Option<&str>,
    ) -> Result<(PublicKey, String), KeyError> {
        self.call()?;
        self.inner.generate_on_token(label, serial).await
    }

    async fn public_key(&self, label: &KeyLabel) -> Result<PublicKey, KeyError> {
        self.call()?;
        self.inner.public_key(label).await
    }

    async fn reset_pin(&self, label: &KeyLabel, pin: &str) -> Result<(), KeyError> {
        self.call()?;
        self.inner.reset_pin(label, pin).await
    }

    async fn authorise(
        &self,
        label: &KeyLabel,
        pin: &str,
        message: &[u8],
    ) -> Result<Grant, KeyError> {
        self.call()?;
        self.inner.authorise(label, pin, message).await
    }

    async fn sign(
        &self,
        label: &KeyLabel,
        message: &[u8],
        grant: Option<&Grant>,
    ) -> Result<Signature, KeyError> {
        self.call()?;
        self.inner.sign(label, message, grant).await
    }

    fn describe(&self) -> &'static str {
        self.inner.describe()
    }
}

impl Faulty<dyn Authority> {
    fn call(&self) -> Result<(), AuthorityError> {
        self.faults
            .call()
            .map_err(|e| AuthorityError::Unavailable(Box::new(e)))
    }
}

#[async_trait]
impl Authority for Faulty<dyn Authority> {
    fn certificate_tbs(&self, request: &IssueRequest) -> Result<Vec<u8>, AuthorityError> {
        self.call()?;
        self.inner.certificate_tbs(request)
    }

    async fn sign_certificate(&self, tbs: &[u8]) -> Result<Certificate, AuthorityError> {
        self.call()?;
        self.inner.sign_certificate(tbs).await
    }

    async fn sign_crl(
        &self,
        number: u64,
        this_update: Timestamp,
        next_update: Timestamp,
        revoked: &[(String, Timestamp, pki::crl::Reason)],
    ) -> Result<Crl, AuthorityError> {
        self.call()?;
        self.inner
            .sign_crl(number, this_update, next_update, revoked)
            .await
    }

    async fn root_crl(&self, now: Timestamp) -> Result<Crl, AuthorityError> {
        self.call()?;
        self.inner.root_crl(now).await
    }

    async fn sign_seal(&self, tbs: &[u8]) -> Result<Signature, AuthorityError> {
        self.call()?;
        self.inner.sign_seal(tbs).await
    }

    fn maker(&self) -> &Certificate {
        self.inner.maker()
    }

    fn chain(&self) -> &[Certificate] {
        self.inner.chain()
    }
}

impl Dead {
    /// The platform is gone: what it would have learned does not matter.
    fn sending(self) -> SendError {
        SendError::Transient(self.to_string())
    }
}

#[async_trait]
impl Mail for Faulty<dyn Mail> {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        self.faults.call().map_err(Dead::sending)?;
        self.inner.send(letter).await
    }
}

#[async_trait]
impl ShortMessages for Faulty<dyn ShortMessages> {
    async fn send(&self, message: &ShortMessage) -> Result<(), SendError> {
        self.faults.call().map_err(Dead::sending)?;
        self.inner.send(message).await
    }

    fn deduplicates(&self) -> bool {
        self.inner.deduplicates()
    }
}
