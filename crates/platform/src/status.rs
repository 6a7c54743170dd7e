//! The public status of every seal (公示): for now and for any earlier moment, with the ledger's proof.

use casework::{PublicSeal, SealId, Status};
use jiff::Timestamp;
use ledger::Proof;
use serde::Serialize;

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::{Announcement, AnnouncementFilter, Page, PageRequest, Tx},
    register::RegisteredSeal,
};

/// By what a seal is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusQuery {
    /// 印章编码.
    Code(String),
    /// Serial number of one of its certificates, hex.
    Serial(String),
}

impl StatusQuery {
    /// What was typed: 14 digits are a seal code, anything else of hex digits a serial number.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != ':')
            .collect::<String>();
        let text = text.trim_start_matches("0x").to_lowercase();
        if text.len() == 14 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Self::Code(text));
        }
        let hex = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
        hex.then_some(Self::Serial(text))
    }
}

/// One change in the public history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicStatusEntry {
    /// The state since then.
    pub status: Status,
    /// Its name.
    pub status_name: &'static str,
    /// Since when it holds.
    pub effective_at: Timestamp,
    /// Since when it is known.
    pub recorded_at: Timestamp,
    /// Why, in words.
    pub reason: &'static str,
    /// 依据 of an act of the Center by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// The public answer about one seal.
#[derive(Debug, Clone, Serialize)]
pub struct PublicAnswer {
    /// The seal at the moment asked for.
    #[serde(flatten)]
    pub seal: PublicSeal,
    /// Its state in words.
    pub state_name: &'static str,
    /// Its state now.
    pub state_now: casework::SealState,
    /// Its state now in words.
    pub state_now_name: &'static str,
    /// Every recorded change known at that moment.
    pub history: Vec<PublicStatusEntry>,
    /// The code of the seal that follows it.
    pub superseded_by: Option<String>,
}

impl Platform {
    /// The status of a seal at a moment (`None`: now), as known today.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn public_status(
        &self,
        query: &StatusQuery,
        at: Option<Timestamp>,
    ) -> Result<PublicAnswer> {
        let mut tx = self.store.read().await?;
        let seal = self
            .find_seal(tx.as_mut(), query)
            .await?
            .ok_or(Error::NotFound("seal"))?;
        let superseded_by = match seal.record.superseded_by {
            Some(id) => Some(
                self.load_seal(tx.as_mut(), id)
                    .await?
                    .0
                    .record
                    .code
                    .to_string(),
            ),
            None => None,
        };
        let now = self.clock.now();
        let at = at.unwrap_or(now);
        let public = seal.record.public_view(at, now);
        let state_now = seal.record.status_at(now, now);
        let history = seal
            .record
            .history
            .iter()
            .map(|entry| PublicStatusEntry {
                status: entry.status,
                status_name: entry.status.state().name(),
                effective_at: entry.effective_at,
                recorded_at: entry.recorded_at,
                reason: entry.reason.name(),
                basis: entry.basis.clone(),
            })
            .collect();
        Ok(PublicAnswer {
            state_name: public.state.name(),
            state_now,
            state_now_name: state_now.name(),
            history,
            superseded_by,
            seal: public,
        })
    }

    /// The ledger's proof for the newest recorded state of a seal.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the seal is unknown or was never active.
    pub async fn status_proof(&self, query: &StatusQuery) -> Result<Proof> {
        let mut tx = self.store.read().await?;
        let seal = self
            .find_seal(tx.as_mut(), query)
            .await?
            .ok_or(Error::NotFound("seal"))?;
        let entries = tx.ledger_of(&seal.record.code.to_string()).await?;
        drop(tx);
        let states = [
            Status::Active,
            Status::Suspended,
            Status::Cancelled,
            Status::Void,
        ];
        let newest = entries
            .iter()
            .rev()
            .find(|entry| {
                states
                    .iter()
                    .any(|status| entry.entry.kind == format!("seal.{}", status.state().code()))
            })
            .ok_or(Error::NotFound("status"))?;
        self.ledger_proof(newest.index).await
    }

    /// Public changes of seals' states, newest first.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn announcements(
        &self,
        filter: &AnnouncementFilter,
        page: &PageRequest,
    ) -> Result<Page<Announcement>> {
        Ok(self.store.read().await?.announcements(filter, page).await?)
    }

    /// One announcement.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn announcement(&self, number: u64) -> Result<Announcement> {
        self.store
            .read()
            .await?
            .announcement(number)
            .await?
            .ok_or(Error::NotFound("announcement"))
    }

    pub(crate) async fn find_seal(
        &self,
        tx: &mut dyn Tx,
        query: &StatusQuery,
    ) -> Result<Option<RegisteredSeal>> {
        let id: Option<SealId> = match query {
            StatusQuery::Code(code) => tx.seal_by_code(code).await?.map(|row| row.id),
            StatusQuery::Serial(serial) => tx.certificate(serial).await?.map(|c| c.seal),
        };
        match id {
            Some(id) => Ok(Some(self.load_seal(tx, id).await?.0)),
            None => Ok(None),
        }
    }
}
