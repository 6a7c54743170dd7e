//! Notices that did not get through: seen by who can do something about it, and sent again.

use casework::{Actor, CaseId, PersonId, Role, UnitId};
use uuid::Uuid;

use crate::{
    Platform,
    account::Personal,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::{Channel, DeliveryRecord, Page, PageRequest, Tx},
};

/// A delivery that was given up, or of which nobody knows whether it got through.
#[derive(Debug, Clone)]
pub struct FailedDelivery {
    /// It.
    pub delivery: DeliveryRecord,
    /// The recipient's name.
    pub name: String,
    /// Their posts' units.
    pub units: Vec<UnitId>,
    /// Where it should have gone, masked; `None` where the account has no such address.
    pub address: Option<String>,
}

impl Platform {
    /// All notices that did not get through, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the Center and the system administrator.
    pub async fn failed_deliveries(
        &self,
        actor: &Actor,
        page: &PageRequest,
    ) -> Result<Page<FailedDelivery>> {
        may_see(actor)?;
        let mut tx = self.store.read().await?;
        let page = tx.deliveries_failed(None, page).await?;
        Ok(Page {
            rows: self.with_names(tx.as_mut(), page.rows).await?,
            next: page.next,
        })
    }

    /// How many there are, counted up to 100; nothing for who does not see them.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn failed_deliveries_count(&self, actor: &Actor) -> Result<u32> {
        if may_see(actor).is_err() {
            return Ok(0);
        }
        Ok(self.store.read().await?.deliveries_failed_count().await?)
    }

    /// The notices about a case that did not get through: at the Center all, elsewhere those to one's own unit.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the person may not see the case.
    pub async fn case_failed_deliveries(
        &self,
        actor: &Actor,
        case: CaseId,
    ) -> Result<Vec<FailedDelivery>> {
        self.case(actor, case).await?;
        let mut tx = self.store.read().await?;
        let all = PageRequest {
            after: None,
            limit: 50,
        };
        let page = tx.deliveries_failed(Some(case), &all).await?;
        let mut failed = self.with_names(tx.as_mut(), page.rows).await?;
        if may_see(actor).is_err() {
            failed.retain(|failed| failed.units.contains(&actor.post.unit));
        }
        Ok(failed)
    }

    /// Sends one of them again, to the address that the account has now.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::NotFound`]; refusal `delivery_not_failed` where it is on its way or has arrived.
    pub async fn deliver_again(&self, actor: &Actor, id: Uuid) -> Result<()> {
        may_see(actor)?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let delivery = tx.delivery(id).await?;
        let delivery = delivery.ok_or(Error::NotFound("delivery"))?;
        if !tx.delivery_again(id, now).await? {
            return Err(Error::refused(
                "delivery_not_failed",
                "该通知正在发送或已经送达，无须重发。",
            ));
        }
        let fact = Fact::by(actor, "notice.sent_again", delivery.notice.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// One delivery, for who looks after those that failed.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::NotFound`].
    pub async fn failed_delivery_view(&self, actor: &Actor, id: Uuid) -> Result<FailedDelivery> {
        may_see(actor)?;
        let mut tx = self.store.read().await?;
        let delivery = tx.delivery(id).await?.ok_or(Error::NotFound("delivery"))?;
        let mut found = self.with_names(tx.as_mut(), vec![delivery]).await?;
        found.pop().ok_or(Error::NotFound("delivery"))
    }

    /// The person of a failed delivery, for who corrects their number.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::NotFound`].
    pub async fn failed_delivery(&self, actor: &Actor, id: Uuid) -> Result<(PersonId, Channel)> {
        may_see(actor)?;
        let delivery = self.store.read().await?.delivery(id).await?;
        let delivery = delivery.ok_or(Error::NotFound("delivery"))?;
        Ok((delivery.person, delivery.channel))
    }

    async fn with_names(
        &self,
        tx: &mut dyn Tx,
        rows: Vec<DeliveryRecord>,
    ) -> Result<Vec<FailedDelivery>> {
        let mut failed = Vec::with_capacity(rows.len());
        for delivery in rows {
            let record = tx.account(delivery.person).await?;
            let record = record.ok_or(Error::NotFound("account"))?;
            let personal: Personal = self.protection.open(&record.body)?;
            let address = match delivery.channel {
                Channel::Mail => personal.email.as_ref().map(casework::Email::masked),
                Channel::Sms => personal.mobile.as_ref().map(casework::Mobile::masked),
            };
            failed.push(FailedDelivery {
                delivery,
                name: record.name,
                units: record.posts.iter().map(|post| post.unit).collect(),
                address,
            });
        }
        Ok(failed)
    }
}

fn may_see(actor: &Actor) -> Result<()> {
    let role = actor.post.role;
    if role.is_center() || role == Role::SystemAdministrator {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}
