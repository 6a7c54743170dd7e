use async_trait::async_trait;
use casework::{CaseId, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Page, PageRequest, StoreError};

/// A way out of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 电子邮件
    Mail,
    /// 短信
    Sms,
}

impl Channel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mail, Self::Sms];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "邮件",
            Self::Sms => "短信",
        }
    }
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    Waiting,
    /// An attempt began and has not reported yet.
    Sending,
    /// Handed over.
    Sent,
    /// Given up.
    Failed,
    /// May have been sent: the answer was lost, and the gateway would not notice a repetition.
    Unknown,
}

/// One notice on its way to one person through one channel. Where to is looked up when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// Id (UUID v7): the same at every attempt.
    pub id: Uuid,
    /// The notice.
    pub notice: Uuid,
    /// To whom.
    pub person: PersonId,
    /// About which case.
    pub case: Option<CaseId>,
    /// Through which channel.
    pub channel: Channel,
    /// From which template.
    pub template: String,
    /// Subject (e-mail).
    pub subject: String,
    /// What it says.
    pub text: String,
    /// How far it is.
    pub state: DeliveryState,
    /// Attempts that began.
    pub attempts: u32,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// Not before; while it is being sent: when the attempt counts as broken off.
    pub due_at: Timestamp,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub settled_at: Option<Timestamp>,
}

/// The outbox of notices: written with the act, taken under a lease, settled once.
#[async_trait]
pub trait DeliveryStore {
    /// Adds deliveries; a second one of the same notice through the same channel changes nothing.
    async fn deliveries_insert(&mut self, deliveries: &[DeliveryRecord]) -> Result<(), StoreError>;
    /// Takes up to `limit` due deliveries of a channel, oldest first, until `lease_until`: they are being sent from
    /// now on, and their attempt is counted. They are answered as they were before: one that was being sent already
    /// was broken off in the middle.
    async fn deliveries_take(
        &mut self,
        channel: Channel,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, StoreError>;
    /// Records what came of attempt number `attempt`: the new state, and when to try again. Nothing changes where
    /// that attempt was settled, or broken off and begun anew, meanwhile.
    async fn delivery_settle(
        &mut self,
        id: Uuid,
        attempt: u32,
        state: DeliveryState,
        error: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Sends one that was given up once more: due now, with all its attempts before it. `false` where it was not.
    async fn delivery_again(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError>;
    /// One delivery.
    async fn delivery(&mut self, id: Uuid) -> Result<Option<DeliveryRecord>, StoreError>;
    /// Those given up or unknown, last settled first; of one case, or all.
    async fn deliveries_failed(
        &mut self,
        case: Option<CaseId>,
        page: &PageRequest,
    ) -> Result<Page<DeliveryRecord>, StoreError>;
    /// How many were given up or are unknown, counted up to 100.
    async fn deliveries_failed_count(&mut self) -> Result<u32, StoreError>;
    /// Those of these notices of a person's.
    async fn deliveries_of(
        &mut self,
        person: PersonId,
        since: Timestamp,
    ) -> Result<Vec<DeliveryRecord>, StoreError>;
    /// Frees every lease (at start-up of the only process).
    async fn deliveries_release(&mut self, now: Timestamp) -> Result<(), StoreError>;
}
