use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use gm::Signature;
use jiff::{SignedDuration, Timestamp};
use pki::crl::{Reason, Revoked};
use pki::profile::{Draft, Kind, assemble, seal_subject};
use pki::{Certificate, Crl, crl};
use platform::ports::{Authority, AuthorityError, IssueRequest, Keys};
use tokio::sync::Mutex;

use crate::founding::{ISSUING, MAKER, ROOT, faults};
use crate::{OpenError, record};

/// The root's list is made anew when it is older than this.
const ROOT_LIST_RENEWAL: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long the root's list is good for.
const ROOT_LIST_VALIDITY: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What the authority's certificates say of it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Subject O of the authority's own certificates: the Center's full name.
    pub organization: String,
    /// Where the seals' revocation list is published (`http://` or `https://`).
    pub crl_url: String,
    /// Where the root's revocation list is published, if anywhere.
    pub root_crl_url: Option<String>,
}

/// The authority within the platform.
pub struct Embedded {
    keys: Arc<dyn Keys>,
    settings: Settings,
    maker: Certificate,
    /// Issuing authority, root.
    chain: [Certificate; 2],
    root_list: PathBuf,
    root_list_turn: Mutex<()>,
}

impl Embedded {
    /// Opens the authority in its folder, and founds it where it is not yet.
    ///
    /// `now` is the beginning of validity of what is founded.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(
        folder: &Path,
        keys: Arc<dyn Keys>,
        settings: Settings,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder).map_err(record::io(folder))?;
        let root = ROOT.found(folder, &*keys, &settings, None, now).await?;
        let issuing = ISSUING
            .found(folder, &*keys, &settings, Some((&ROOT, &root)), now)
            .await?;
        let maker = MAKER
            .found(folder, &*keys, &settings, Some((&ISSUING, &issuing)), now)
            .await?;
        Ok(Self {
            keys,
            settings,
            maker,
            chain: [issuing, root],
            root_list: folder.join("root.crl"),
            root_list_turn: Mutex::default(),
        })
    }

    fn issuing(&self) -> &Certificate {
        &self.chain[0]
    }

    fn root(&self) -> &Certificate {
        &self.chain[1]
    }

    /// Whether these bytes are a seal's certificate of this authority, and nothing else that its key could sign.
    fn check_seal_tbs(&self, tbs: &[u8]) -> Result<(), AuthorityError> {
        if let Some(faults) = faults(tbs) {
            return Err(AuthorityError::Refused(faults));
        }
        // With a signature of ones, to be read as the certificate that it would be.
        let ones: [u8; 64] = std::array::from_fn(|n| u8::from(n % 32 == 31));
        let ones = Signature::from_raw(&ones).map_err(unavailable)?;
        let certificate = assemble(tbs, &ones).map_err(|error| refused(&error))?;
        let issuing = self.issuing();
        let is_ours = certificate.issuer() == issuing.subject()
            && certificate.authority_key_id() == issuing.subject_key_id();
        let is_seals = !certificate.is_ca() && certificate.extended_key_usage().is_none();
        let key = certificate.public_key().map_err(|error| refused(&error))?;
        let is_own_key = [issuing, self.root(), &self.maker]
            .into_iter()
            .any(|own| own.public_key().is_ok_and(|own| own == key));
        let outlives = certificate.not_after() > issuing.not_after();
        for (fault, text) in [
            (!is_ours, "不是由本机构签发"),
            (!is_seals, "不是印章证书"),
            (is_own_key, "公钥属于签发机构自身"),
            (outlives, "有效期超过签发机构证书的有效期"),
        ] {
            if fault {
                return Err(AuthorityError::Refused(text.to_owned()));
            }
        }
        Ok(())
    }

    async fn make_root_list(&self, now: Timestamp) -> Result<Crl, AuthorityError> {
        let tbs = crl::Draft {
            issuer: self.root(),
            // Seconds grow from list to list; no list of the root is made twice in one.
            number: u64::try_from(now.as_second()).map_err(unavailable)?,
            this_update: now,
            next_update: now + ROOT_LIST_VALIDITY,
            keeps_expired_since: Some(self.root().not_before()),
            revoked: &[],
        }
        .tbs()
        .map_err(|error| refused(&error))?;
        let signature = self
            .keys
            .sign(&ROOT.key(), &tbs, None)
            .await
            .map_err(unavailable)?;
        crl::assemble(&tbs, &signature).map_err(unavailable)
    }
}

#[async_trait]
impl Authority for Embedded {
    fn certificate_tbs(&self, request: &IssueRequest) -> Result<Vec<u8>, AuthorityError> {
        let subject = seal_subject(&request.credit_code, &request.unit_name, &request.seal_code)
            .map_err(|error| refused(&error))?;
        let tbs = Draft {
            kind: Kind::Seal,
            serial: &request.serial,
            subject: &subject,
            public_key: &request.public_key,
            not_before: request.not_before,
            not_after: request.not_after,
            issuer: Some(self.issuing()),
            crl_url: Some(&self.settings.crl_url),
        }
        .tbs()
        .map_err(|error| refused(&error))?;
        self.check_seal_tbs(&tbs)?;
        Ok(tbs)
    }

    async fn sign_certificate(&self, tbs: &[u8]) -> Result<Certificate, AuthorityError> {
        self.check_seal_tbs(tbs)?;
        let signature = self
            .keys
            .sign(&ISSUING.key(), tbs, None)
            .await
            .map_err(unavailable)?;
        let certificate = assemble(tbs, &signature).map_err(unavailable)?;
        certificate
            .verify_issued_by(self.issuing())
            .map_err(unavailable)?;
        Ok(certificate)
    }

    async fn sign_crl(
        &self,
        number: u64,
        this_update: Timestamp,
        next_update: Timestamp,
        revoked: &[(String, Timestamp, Reason)],
    ) -> Result<Crl, AuthorityError> {
        let revoked = revoked
            .iter()
            .map(|(serial, at, reason)| {
                let serial = hex::decode(serial)
                    .map_err(|_| AuthorityError::Refused(format!("证书序列号有误：{serial}")))?;
                Ok((
                    serial,
                    Revoked {
                        at: *at,
                        reason: *reason,
                    },
                ))
            })
            .collect::<Result<Vec<_>, AuthorityError>>()?;
        let tbs = crl::Draft {
            issuer: self.issuing(),
            number,
            this_update,
            next_update,
            // The register forgets no certificate.
            keeps_expired_since: Some(self.issuing().not_before()),
            revoked: &revoked,
        }
        .tbs()
        .map_err(|error| refused(&error))?;
        let signature = self
            .keys
            .sign(&ISSUING.key(), &tbs, None)
            .await
            .map_err(unavailable)?;
        let list = crl::assemble(&tbs, &signature).map_err(unavailable)?;
        list.verify(self.issuing()).map_err(unavailable)?;
        Ok(list)
    }

    async fn root_crl(&self, now: Timestamp) -> Result<Crl, AuthorityError> {
        let _turn = self.root_list_turn.lock().await;
        let kept = record::read(&self.root_list).map_err(unavailable)?;
        if let Some(list) = kept.and_then(|der| Crl::from_der(&der).ok())
            && list.verify(self.root()).is_ok()
            && list.this_update() + ROOT_LIST_RENEWAL > now
        {
            return Ok(list);
        }
        let list = self.make_root_list(now).await?;
        record::replace(&self.root_list, list.der()).map_err(unavailable)?;
        Ok(list)
    }

    async fn sign_seal(&self, tbs: &[u8]) -> Result<Signature, AuthorityError> {
        self.keys
            .sign(&MAKER.key(), tbs, None)
            .await
            .map_err(unavailable)
    }

    fn maker(&self) -> &Certificate {
        &self.maker
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }
}

fn refused(error: &pki::Error) -> AuthorityError {
    AuthorityError::Refused(error.to_string())
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> AuthorityError {
    AuthorityError::Unavailable(Box::new(error))
}
