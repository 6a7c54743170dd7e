//! The authority's own parties: root, issuing authority, seal maker.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use pki::profile::{Draft, Kind, assemble};
use pki::{Certificate, Name};
use platform::ports::{Custody, KeyLabel, Keys};

use crate::record::{keep, read};
use crate::{OpenError, Settings};

/// One party: what its key and files are called, and how long it is good for.
pub(crate) struct Party {
    pub(crate) kind: Kind,
    pub(crate) label: &'static str,
    file: &'static str,
    common_name: &'static str,
    years: i32,
}

pub(crate) const ROOT: Party = Party {
    kind: Kind::Root,
    label: "ca-root",
    file: "root",
    common_name: "福建省政务电子印章根CA",
    years: 20,
};
pub(crate) const ISSUING: Party = Party {
    kind: Kind::IssuingCa,
    label: "ca-seal",
    file: "ca-seal",
    common_name: "福建省政务电子印章签发CA",
    years: 10,
};
pub(crate) const MAKER: Party = Party {
    kind: Kind::SealMaker,
    label: "seal-maker",
    file: "seal-maker",
    common_name: "福建省政务电子印章制章",
    years: 5,
};

impl Party {
    /// The party's certificate: read back, or made as far as it was not yet.
    pub(crate) async fn found(
        &self,
        folder: &Path,
        keys: &dyn Keys,
        settings: &Settings,
        issuer: Option<(&Party, &Certificate)>,
        now: Timestamp,
    ) -> Result<Certificate, OpenError> {
        let public_key = keys.generate(&self.key(), Custody::Platform).await?;
        let (tbs_path, path) = (self.path(folder, "tbs"), self.path(folder, "der"));
        let der = match read(&path)? {
            Some(der) => der,
            None => {
                let tbs = match read(&tbs_path)? {
                    Some(tbs) => tbs,
                    None => {
                        let issuer = issuer.map(|(_, certificate)| certificate);
                        keep(&tbs_path, &self.tbs(&public_key, settings, issuer, now)?)?
                    }
                };
                refuse_faults(&tbs)?;
                let signer = issuer.map_or(self, |(party, _)| party);
                let signature = keys.sign(&signer.key(), &tbs, None).await?;
                keep(&path, assemble(&tbs, &signature)?.der())?
            }
        };
        let damaged = |source| OpenError::Damaged {
            path: path.clone(),
            source,
        };
        let certificate = Certificate::from_der(&der).map_err(damaged)?;
        if certificate.public_key().map_err(damaged)? != &public_key {
            return Err(OpenError::OtherKey(path));
        }
        let issuer = issuer.map_or(&certificate, |(_, certificate)| certificate);
        certificate.verify_issued_by(issuer).map_err(damaged)?;
        Ok(certificate)
    }

    /// The label of the party's key.
    pub(crate) fn key(&self) -> KeyLabel {
        // The three labels above are made of lower-case letters and hyphens.
        KeyLabel::new(self.label).expect("a proper label")
    }

    fn tbs(
        &self,
        public_key: &gm::PublicKey,
        settings: &Settings,
        issuer: Option<&Certificate>,
        now: Timestamp,
    ) -> Result<Vec<u8>, OpenError> {
        let subject = Name::china(&settings.organization, self.common_name)
            .map_err(|error| OpenError::Profile(error.to_string()))?;
        let end = now
            .to_zoned(TimeZone::UTC)
            .checked_add(self.years.years())?
            .timestamp();
        // A CA is never good for longer than the one above it, whenever it is founded.
        let end = issuer.map_or(end, |issuer| end.min(issuer.not_after()));
        let crl_url = match self.kind {
            Kind::Root => None,
            Kind::IssuingCa => settings.root_crl_url.as_deref(),
            Kind::SealMaker | Kind::Seal | Kind::Tsa => Some(settings.crl_url.as_str()),
        };
        let tbs = Draft {
            kind: self.kind,
            serial: &serial(),
            subject: &subject,
            public_key,
            not_before: now,
            not_after: end,
            issuer,
            crl_url,
        }
        .tbs()?;
        refuse_faults(&tbs)?;
        Ok(tbs)
    }

    fn path(&self, folder: &Path, extension: &str) -> PathBuf {
        folder.join(format!("{}.{extension}", self.file))
    }
}

/// What the lint finds, as one text; `None` where it finds nothing.
pub(crate) fn faults(tbs: &[u8]) -> Option<String> {
    let findings = pki::profile::lint(tbs);
    let faults: Vec<_> = findings
        .iter()
        .map(|fault| format!("{}（{}）", fault.message, fault.code))
        .collect();
    (!faults.is_empty()).then(|| faults.join("；"))
}

fn refuse_faults(tbs: &[u8]) -> Result<(), OpenError> {
    faults(tbs).map_or(Ok(()), |faults| Err(OpenError::Profile(faults)))
}

/// 16 random bytes that make a positive number of full length.
fn serial() -> [u8; 16] {
    let mut serial = gm::random_bytes::<16>();
    serial[0] = serial[0] & 0x7f | 0x40;
    serial
}
