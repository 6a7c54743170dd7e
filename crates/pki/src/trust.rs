//! Whom to trust: roots, pinned certificates, intermediates and CRLs, loaded from named files.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use crate::{
    certificate::Certificate,
    crl::{self, Crl},
    error::Error,
    pem,
    report::Finding,
};

/// Trusted certificates and what is needed beside them. Cheap to clone; clones share what has been
/// verified already.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    anchors: Vec<Certificate>,
    pinned: Vec<Certificate>,
    intermediates: Vec<Certificate>,
    crls: Vec<Crl>,
    notes: Vec<Finding>,
    verified: Arc<SignatureCache>,
}

/// The largest file that is looked at, in bytes.
const LIMIT: usize = crl::LIMIT;

impl TrustStore {
    /// Trusts nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in files of any kind, each with its name: certificates and CRLs, DER or PEM, one or
    /// many in a file. What is none of these, or may not be trusted, is left out with a note.
    pub fn load(files: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<[u8]>)>) -> Self {
        let mut store = Self::new();
        for (name, bytes) in files {
            store.add_file(name.as_ref(), bytes.as_ref());
        }
        store
    }

    /// Takes in one file, as [`TrustStore::load`] does.
    pub fn add_file(&mut self, name: &str, bytes: &[u8]) {
        if bytes.len() > LIMIT {
            let finding = Finding::remark("trust_file_too_large", "文件过大，未载入信任列表");
            return self.notes.push(finding.with("文件", name));
        }
        let blocks = if pem::looks_like(bytes) {
            pem::blocks(bytes)
                .into_iter()
                .map(|block| block.der)
                .collect()
        } else {
            vec![bytes.to_vec()]
        };
        let mut taken = false;
        for der in blocks {
            if let Ok(certificate) = Certificate::from_der(&der) {
                taken = true;
                if let Err(note) = self.add_certificate(certificate) {
                    self.notes.push(note.with("文件", name));
                }
            } else if let Ok(crl) = Crl::from_der(&der) {
                taken = true;
                self.add_crl(crl);
            }
        }
        if !taken {
            let message = "不是证书或撤销列表，未载入信任列表";
            self.notes
                .push(Finding::remark("trust_file_ignored", message).with("文件", name));
        }
    }

    /// Takes in one certificate by what it is: a self-signed authority as anchor, another authority
    /// as intermediate (trusted only below an anchor), an end entity as pinned.
    ///
    /// # Errors
    /// A note why it may not be trusted: a self-signed authority without the right to sign
    /// certificates or with a wrong signature, or a key that is not SM2.
    pub fn add_certificate(&mut self, certificate: Certificate) -> Result<(), Finding> {
        let refuse = |code, message: &str| {
            let finding = Finding::remark(code, message);
            Err(finding.with("证书", certificate.subject().display()))
        };
        if certificate.public_key().is_err() {
            return refuse("trust_key_not_sm2", "证书公钥不是 SM2 公钥，未载入信任列表");
        }
        let list = match (certificate.is_ca(), certificate.is_self_issued()) {
            (true, true) if may_sign_certificates(&certificate).is_err() => {
                let message = "自签名 CA 证书没有签发证书的密钥用法，不能作为信任根";
                return refuse("trust_anchor_improper", message);
            }
            (true, true) if certificate.verify_issued_by(&certificate).is_err() => {
                let message = "自签名 CA 证书的签名验证不通过，不能作为信任根";
                return refuse("trust_anchor_signature", message);
            }
            (true, true) => &mut self.anchors,
            (true, false) => &mut self.intermediates,
            (false, _) => &mut self.pinned,
        };
        if !list.contains(&certificate) {
            list.push(certificate);
        }
        Ok(())
    }

    /// Takes in one CRL; its signature is checked when it is used.
    pub fn add_crl(&mut self, crl: Crl) {
        if !self.crls.iter().any(|own| own.der() == crl.der()) {
            self.crls.push(crl);
        }
    }

    /// Roots: self-signed authorities.
    #[must_use]
    pub fn anchors(&self) -> &[Certificate] {
        &self.anchors
    }

    /// End entities trusted as such, whoever issued them.
    #[must_use]
    pub fn pinned(&self) -> &[Certificate] {
        &self.pinned
    }

    /// Authorities that help to build chains, and are not trusted by themselves.
    #[must_use]
    pub fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    /// Revocation lists.
    #[must_use]
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }

    /// What was left out when loading, and why.
    #[must_use]
    pub fn notes(&self) -> &[Finding] {
        &self.notes
    }

    /// As [`Certificate::verify_issued_by`], remembered.
    pub(crate) fn verify_certificate(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), Error> {
        let verify = || certificate.verify_issued_by(issuer);
        self.verified.remember(issuer, certificate.der(), verify)
    }

    /// As [`Crl::verify`], remembered.
    pub(crate) fn verify_crl(&self, crl: &Crl, issuer: &Certificate) -> Result<(), Error> {
        self.verified
            .remember(issuer, crl.der(), || crl.verify(issuer))
    }
}

/// Whether an authority may sign certificates by basic constraints and key usage.
pub(crate) fn may_sign_certificates(certificate: &Certificate) -> Result<(), &'static str> {
    if !certificate.is_ca() {
        return Err("不是 CA 证书");
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.key_cert_sign)
    {
        return Err("密钥用法不含证书签发");
    }
    Ok(())
}

/// Results of signature checks by issuer and signed bytes: a few authorities come back again and
/// again. Holds results only, so that forgetting is always safe.
#[derive(Debug, Default)]
struct SignatureCache(Mutex<HashMap<[u8; 32], Result<(), Error>>>);

const CACHED: usize = 10_000;

impl SignatureCache {
    fn remember(
        &self,
        issuer: &Certificate,
        signed: &[u8],
        verify: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut key = gm::Sm3::new();
        // Two digests of fixed length: no two pairs run together.
        key.update(&gm::sm3(issuer.der()));
        key.update(&gm::sm3(signed));
        let key = key.finalize();
        // A lock that a panicking thread left behind still guards whole entries.
        let lock = || {
            self.0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        };
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let result = verify();
        let mut known = lock();
        if known.len() >= CACHED {
            known.clear();
        }
        known.insert(key, result.clone());
        result
    }
}
