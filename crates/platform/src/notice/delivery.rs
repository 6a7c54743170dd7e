//! The way out of the house. An attempt is recorded before it is made, and settled after it; one that was broken off in
//! between is made again under the same id, which the other side recognises, or is left to a person where it would not.
//!
//! E-mail: the same `Message-ID`, as every mail server does after a lost answer. Short messages: the same request id,
//! where the gateway is known to deliver a request once; else the fate is unknown, shown, and sent again by hand only.

use std::time::Duration;

use casework::PersonId;
use jiff::SignedDuration;

use crate::{
    Platform,
    account::Personal,
    error::Result,
    ports::{
        Letter, SendError, ShortMessage,
        store::{Channel, DeliveryRecord, DeliveryState},
    },
};

/// An attempt that has not reported for so long was broken off. Adapters give up long before.
const LEASE: SignedDuration = SignedDuration::from_mins(10);
const BATCH: u32 = 8;
/// With the pauses between them, about an hour.
const MOST_ATTEMPTS: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);
/// Characters of an error that are kept.
const LONGEST_ERROR: usize = 300;

/// Where a delivery goes.
enum Address {
    Mail(casework::Email, String),
    Sms(casework::Mobile),
}

impl Platform {
    /// Sends what is due through all channels, and answers how many attempts were made.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] where the store fails; a delivery's own failure is recorded with it.
    pub async fn deliver_due(&self) -> Result<usize> {
        let mut made = 0;
        for channel in Channel::ALL {
            made += self.deliver_through(channel).await?;
        }
        Ok(made)
    }

    /// Sends through one channel until the future is dropped. A slow mail server holds up nothing else.
    pub(crate) async fn deliver(&self, channel: Channel) {
        loop {
            if let Err(error) = self.deliver_through(channel).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "notices cannot be sent"
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn deliver_through(&self, channel: Channel) -> Result<usize> {
        let on = self.notice_channels();
        let on = match channel {
            Channel::Mail => on.mail,
            Channel::Sms => on.sms,
        };
        let mut made = 0;
        if !on {
            return Ok(made);
        }
        loop {
            let now = self.clock.now();
            let mut tx = self.store.begin().await?;
            let taken = tx.deliveries_take(channel, now, now + LEASE, BATCH).await?;
            tx.commit().await?;
            if taken.is_empty() {
                return Ok(made);
            }
            made += taken.len();
            for delivery in taken {
                self.attempt(&delivery).await?;
            }
        }
    }

    async fn attempt(&self, before: &DeliveryRecord) -> Result<()> {
        let attempt = before.attempts + 1;
        let outcome = self.send(before).await?;
        let now = self.clock.now();
        let (state, error, at) = match outcome {
            Ok(()) => (DeliveryState::Sent, None, now),
            Err(SendError::Permanent(error)) => (DeliveryState::Failed, Some(error), now),
            Err(SendError::Unknown(error)) => (DeliveryState::Unknown, Some(error), now),
            Err(SendError::Transient(error)) if attempt >= MOST_ATTEMPTS => {
                (DeliveryState::Failed, Some(error), now)
            }
            Err(SendError::Transient(error)) => {
                (DeliveryState::Waiting, Some(error), now + backoff(attempt))
            }
        };
        if let Some(error) = &error {
            tracing::warn!(
                delivery = %before.id,
                channel = before.channel.name(),
                attempt,
                error,
                "a notice was not sent"
            );
        }
        let mut tx = self.store.begin().await?;
        tx.delivery_settle(before.id, attempt, state, error.as_deref(), at)
            .await?;
        Ok(tx.commit().await?)
    }

    /// One attempt. What is known afterwards, in words without the recipient's address.
    async fn send(&self, before: &DeliveryRecord) -> Result<Result<(), SendError>> {
        let again = match (before.channel, &self.sms) {
            (Channel::Mail, _) => true,
            (Channel::Sms, sms) => sms.as_ref().is_some_and(|sms| sms.deduplicates()),
        };
        if before.state == DeliveryState::Sending && !again {
            let text = "上次发送被中断，不能确定是否已经发出";
            return Ok(Err(SendError::Unknown(text.to_owned())));
        }
        let address = match self.address(before.person, before.channel).await? {
            Ok(address) => address,
            Err(text) => return Ok(Err(SendError::Permanent(text.to_owned()))),
        };
        let (sent, secret) = match (address, &self.mail, &self.sms) {
            (Address::Mail(to, name), Some(mail), _) => {
                let secret = to.to_string();
                let letter = Letter {
                    id: before.id,
                    written_at: before.created_at,
                    to,
                    name,
                    subject: before.subject.clone(),
                    text: before.text.clone(),
                };
                (mail.send(&letter).await, secret)
            }
            (Address::Sms(to), _, Some(sms)) => {
                let message = ShortMessage {
                    id: before.id,
                    to,
                    text: before.text.clone(),
                };
                (sms.send(&message).await, to.to_string())
            }
            _ => {
                let text = format!("{}通道未开通", before.channel.name());
                return Ok(Err(SendError::Transient(text)));
            }
        };
        let clean = |text: String| -> String {
            text.replace(&secret, "…")
                .chars()
                .filter(|c| !c.is_control())
                .take(LONGEST_ERROR)
                .collect()
        };
        Ok(sent.map_err(|error| match error {
            SendError::Transient(text) => SendError::Transient(clean(text)),
            SendError::Permanent(text) => SendError::Permanent(clean(text)),
            SendError::Unknown(text) if again => SendError::Transient(clean(text)),
            SendError::Unknown(text) => SendError::Unknown(clean(text)),
        }))
    }

    /// Where to, as it is known now: a number that was corrected meanwhile is used.
    async fn address(
        &self,
        person: PersonId,
        channel: Channel,
    ) -> Result<Result<Address, &'static str>> {
        let Some(record) = self.store.read().await?.account(person).await? else {
            return Ok(Err("账号已不存在"));
        };
        if record.disabled {
            return Ok(Err("账号已停用"));
        }
        let personal: Personal = self.protection.open(&record.body)?;
        Ok(match channel {
            Channel::Mail => personal
                .email
                .map(|email| Address::Mail(email, record.name))
                .ok_or("账号未填写电子邮箱"),
            Channel::Sms => personal.mobile.map(Address::Sms).ok_or("账号未填写手机号"),
        })
    }
}

/// Half a minute, doubled with every attempt, at most an hour.
fn backoff(attempt: u32) -> SignedDuration {
    SignedDuration::from_secs((15_i64 << attempt.min(8)).min(3600))
}
