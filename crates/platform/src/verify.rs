//! Verification (验章) with what this platform knows: its own authority, the operator's trust, the register, the ledger.

use std::{collections::HashMap, sync::Mutex};

use jiff::Timestamp;
use pki::TrustStore;
use verification::{Options, Report, SealQuery, SealStatus, SealStatusSource};

use crate::{
    Platform, error::Result, material::blocking, register::RegisteredSeal, status::StatusQuery,
};

impl Platform {
    /// The trust of this installation: its own root, its newest CRL, and what the operator added.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] where the CRL cannot be had.
    pub async fn trust(&self) -> Result<TrustStore> {
        let mut trust = TrustStore::load(self.settings.trusted.iter().map(|(n, b)| (n, b)));
        for certificate in self.authority.chain() {
            // The authority's own certificates are proper by construction; a fault would show as missing trust.
            if let Err(finding) = trust.add_certificate(certificate.clone()) {
                tracing::warn!(
                    code = finding.code,
                    "the authority's certificate is not trusted"
                );
            }
        }
        trust.add_crl(self.crl().await?);
        trust.add_crl(self.root_crl().await?);
        Ok(trust)
    }

    /// Verifies a file at a moment (`None`: now).
    ///
    /// # Errors
    /// Refusals `file_empty`, `file_too_large`.
    pub async fn verify(
        &self,
        name: &str,
        bytes: Vec<u8>,
        at: Option<Timestamp>,
    ) -> Result<Report> {
        self.check_size(name, bytes.len())?;
        let trust = std::sync::Arc::new(self.trust().await?);
        let at = at.unwrap_or_else(|| self.clock.now());
        let bytes = std::sync::Arc::new(bytes);
        // First with a source that only notes what is asked, then with the answers.
        let name = name.to_owned();
        let (first, questions) = {
            let (trust, bytes, name) = (trust.clone(), bytes.clone(), name.clone());
            let pictures = self.pictures.clone();
            blocking(move || {
                let source = Questions::default();
                let options = Options::at(at).pictures(&pictures).status(&source);
                (
                    verification::verify(&bytes, &name, &trust, &options),
                    source,
                )
            })
            .await?
        };
        let known = self.answers(questions).await?;
        if known.seals.is_empty() && known.stamps.is_empty() {
            return Ok(first);
        }
        let pictures = self.pictures.clone();
        blocking(move || {
            let options = Options::at(at).pictures(&pictures).status(&known);
            verification::verify(&bytes, &name, &trust, &options)
        })
        .await
    }

    async fn answers(&self, questions: Questions) -> Result<Known> {
        let mut tx = self.store.read().await?;
        let mut known = Known {
            now: self.clock.now(),
            ..Known::default()
        };
        for code in questions.codes.into_inner().unwrap_or_default() {
            if let Some(seal) = self
                .find_seal(tx.as_mut(), &StatusQuery::Code(code.clone()))
                .await?
            {
                known.seals.insert(code, seal);
            }
        }
        for digest in questions.stamps.into_inner().unwrap_or_default() {
            let Some(row) = tx.use_by_signature(&hex::encode(digest)).await? else {
                continue;
            };
            if let Some(at) = row.stamped_at {
                known.stamps.insert(digest, at);
            }
        }
        Ok(known)
    }
}

/// Notes what a verification asks for.
#[derive(Default)]
struct Questions {
    codes: Mutex<Vec<String>>,
    stamps: Mutex<Vec<[u8; 32]>>,
}

impl SealStatusSource for Questions {
    fn seal_status(&self, seal: &SealQuery<'_>, _at: Timestamp) -> Option<SealStatus> {
        if let Ok(mut codes) = self.codes.lock()
            && !codes.iter().any(|code| code == seal.code)
        {
            codes.push(seal.code.to_owned());
        }
        None
    }

    fn recorded_stamp(&self, signature_digest: &[u8; 32]) -> Option<Timestamp> {
        if let Ok(mut stamps) = self.stamps.lock() {
            stamps.push(*signature_digest);
        }
        None
    }
}

/// What the register and the ledger answered.
#[derive(Default)]
struct Known {
    now: Timestamp,
    seals: HashMap<String, RegisteredSeal>,
    stamps: HashMap<[u8; 32], Timestamp>,
}

impl SealStatusSource for Known {
    fn seal_status(&self, seal: &SealQuery<'_>, at: Timestamp) -> Option<SealStatus> {
        let kept = self.seals.get(seal.code)?;
        // Another seal under a code of ours, or with a certificate that is none of its own, is not ours.
        let ours = kept.file.as_bytes() == &seal.seal_digest
            && seal
                .certificate_serial
                .is_none_or(|serial| kept.record.certificates.iter().any(|c| c.serial == serial));
        if !ours {
            return Some(SealStatus {
                state: verification::SealState::Unknown,
                since: None,
                reason: Some("与登记的同编码印章不一致".to_owned()),
            });
        }
        let entry = kept.record.entry_at(at, self.now);
        Some(SealStatus {
            state: match kept.record.status_at(at, self.now) {
                casework::SealState::NotYetActive => verification::SealState::NotYetActive,
                casework::SealState::Active => verification::SealState::Active,
                casework::SealState::Suspended => verification::SealState::Suspended,
                casework::SealState::Expired => verification::SealState::Expired,
                casework::SealState::Cancelled => verification::SealState::Cancelled,
                casework::SealState::Void => verification::SealState::Void,
            },
            since: entry.map(|entry| entry.effective_at),
            reason: entry.map(|entry| entry.reason.name().to_owned()),
        })
    }

    fn recorded_stamp(&self, signature_digest: &[u8; 32]) -> Option<Timestamp> {
        self.stamps.get(signature_digest).copied()
    }
}
