//! The certificate revocation list of the seals' issuing authority.

use jiff::SignedDuration;
use pki::{Crl, crl::Reason};
use serde::{Deserialize, Serialize};

use crate::{
    Platform,
    error::{Error, Result},
};

/// Setting that holds the newest list.
const NEWEST: &str = "crl";
/// How long a list is good for.
const VALIDITY: SignedDuration = SignedDuration::from_hours(24);
/// It is made anew when it is older than this.
const RENEWAL: SignedDuration = SignedDuration::from_hours(12);

#[derive(Serialize, Deserialize)]
struct Kept {
    der: String,
}

impl Platform {
    /// The newest list; made anew where it is older than twelve hours.
    ///
    /// # Errors
    /// [`Error::Internal`] where the authority fails.
    pub async fn crl(&self) -> Result<Crl> {
        let kept = self.store.read().await?.setting(NEWEST).await?;
        if let Some(kept) = kept {
            let kept: Kept = serde_json::from_str(&kept).map_err(|e| Error::internal("crl", e))?;
            let der = hex::decode(kept.der).map_err(|e| Error::internal("crl", e))?;
            let crl = Crl::from_der(&der).map_err(|e| Error::internal("crl", e))?;
            if crl.this_update() + RENEWAL > self.clock.now() {
                return Ok(crl);
            }
        }
        self.publish_crl().await
    }

    /// The root's own list, over the issuing authorities.
    ///
    /// # Errors
    /// [`Error::Internal`] where the authority fails.
    pub async fn root_crl(&self) -> Result<Crl> {
        Ok(self.authority.root_crl(self.clock.now()).await?)
    }

    /// Makes the list anew from the register.
    pub(crate) async fn publish_crl(&self) -> Result<Crl> {
        let mut tx = self.store.begin().await?;
        let number = tx.next_number("crl").await?;
        let revoked = tx
            .revoked_certificates()
            .await?
            .into_iter()
            .map(|(serial, since, reason)| (serial, since, reason_of(&reason)))
            .collect::<Vec<_>>();
        let now = self.clock.now();
        let crl = self
            .authority
            .sign_crl(number, now, now + VALIDITY, &revoked)
            .await?;
        let kept = Kept {
            der: hex::encode(crl.der()),
        };
        let kept = serde_json::to_string(&kept).map_err(|e| Error::internal("crl", e))?;
        tx.setting_put(NEWEST, &kept).await?;
        tx.commit().await?;
        Ok(crl)
    }
}

fn reason_of(code: &str) -> Reason {
    match code {
        "certificateHold" => Reason::CertificateHold,
        "superseded" => Reason::Superseded,
        "cessationOfOperation" => Reason::CessationOfOperation,
        "privilegeWithdrawn" => Reason::PrivilegeWithdrawn,
        "keyCompromise" => Reason::KeyCompromise,
        _ => Reason::Unspecified,
    }
}
