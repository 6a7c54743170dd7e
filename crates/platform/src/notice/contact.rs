//! Where a person can be reached, and how they want to be.

use casework::{Actor, Email, Mobile, PersonId, Role};
use serde::{Deserialize, Serialize};

use crate::{
    Platform,
    account::Personal,
    error::{Error, Result},
    journal::{self, Fact},
};

/// Ways out of the house: that an installation has, or that a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeChannels {
    /// E-mail.
    pub mail: bool,
    /// Short messages.
    pub sms: bool,
}

impl Default for NoticeChannels {
    /// A person who said nothing wants both.
    fn default() -> Self {
        Self {
            mail: true,
            sms: true,
        }
    }
}

/// Where a person can be reached outside the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// 手机号.
    pub mobile: Option<Mobile>,
    /// 电子邮箱.
    pub email: Option<Email>,
    /// What they want.
    pub wants: NoticeChannels,
}

impl Platform {
    /// Changes one's own contact data and wishes.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn change_contact(&self, person: PersonId, contact: Contact) -> Result<()> {
        let fact = Fact::by_platform("account.contact_changed", person.to_string());
        self.keep_contact(person, fact, |personal| {
            personal.mobile = contact.mobile;
            personal.email = contact.email;
            personal.notify = Some(contact.wants);
        })
        .await
    }

    /// Corrects somebody's number or address, because a notice could not be delivered (system administrator). What
    /// is not given stays.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::NotFound`].
    pub async fn correct_contact(
        &self,
        actor: &Actor,
        person: PersonId,
        mobile: Option<Mobile>,
        email: Option<Email>,
    ) -> Result<()> {
        if actor.post.role != Role::SystemAdministrator {
            return Err(Error::Forbidden);
        }
        let fact = Fact::by(actor, "account.contact_corrected", person.to_string());
        self.keep_contact(person, fact, |personal| {
            personal.mobile = mobile.or(personal.mobile);
            personal.email = email.or(personal.email.take());
        })
        .await
    }

    async fn keep_contact(
        &self,
        person: PersonId,
        fact: Fact,
        change: impl FnOnce(&mut Personal) + Send,
    ) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let record = tx.account(person).await?;
        let mut record = record.ok_or(Error::NotFound("account"))?;
        let mut personal: Personal = self.protection.open(&record.body)?;
        change(&mut personal);
        record.body = self.protection.seal(&personal)?;
        tx.account_update(&record).await?;
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }
}
