//! Notices inside the platform: to those whose turn it is, written with the act that made it so.

use casework::{Actor, Case, PersonId};
use uuid::Uuid;

use crate::{
    Platform,
    error::Result,
    ports::store::{NoticeRecord, Tx},
};

impl Platform {
    /// A person's notices, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn notices(&self, person: PersonId) -> Result<Vec<NoticeRecord>> {
        Ok(self.store.read().await?.notices_of(person, 100).await?)
    }

    /// How many of them are unread, counted up to 100.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn unread_notices(&self, person: PersonId) -> Result<u32> {
        Ok(self.store.read().await?.notices_unread(person).await?)
    }

    /// Marks all of a person's notices as read.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn mark_notices_read(&self, person: PersonId) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.notices_mark_read(person, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Tells everybody whose turn it is now, and the agent who filed the case.
    pub(crate) async fn notify_turn(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        actor: &Actor,
    ) -> Result<()> {
        let now = self.clock.now();
        let mut people: Vec<PersonId> = Vec::new();
        let text = match casework::turn(case) {
            Some(turn) => {
                let unit = match turn.unit {
                    Some(unit) => Some(unit),
                    None => self.center_unit().await?,
                };
                if let Some(unit) = unit {
                    let records = tx.accounts_with_post(turn.role, unit).await?;
                    people.extend(records.into_iter().map(|record| record.id));
                }
                format!(
                    "办件 {}（{}，{}）：{}。",
                    case.number,
                    case.business.name(),
                    case.unit.full_name,
                    turn.waiting_for
                )
            }
            None => format!(
                "办件 {}（{}）已结束：{}。",
                case.number,
                case.business.name(),
                case.stage.public_status().name()
            ),
        };
        people.push(case.opened_by.person);
        people.sort_unstable();
        people.dedup();
        people.retain(|person| *person != actor.person);
        let notices: Vec<NoticeRecord> = people
            .into_iter()
            .map(|person| NoticeRecord {
                id: Uuid::now_v7(),
                person,
                case: Some(case.id),
                text: text.clone(),
                link: format!("/desk/cases/{}", case.id),
                created_at: now,
                read_at: None,
            })
            .collect();
        tx.notices_insert(&notices).await?;
        Ok(())
    }

    /// Tells one person something.
    pub(crate) async fn notify(
        &self,
        tx: &mut dyn Tx,
        people: &[PersonId],
        text: &str,
        link: &str,
    ) -> Result<()> {
        let now = self.clock.now();
        let notices: Vec<NoticeRecord> = people
            .iter()
            .map(|person| NoticeRecord {
                id: Uuid::now_v7(),
                person: *person,
                case: None,
                text: text.to_owned(),
                link: link.to_owned(),
                created_at: now,
                read_at: None,
            })
            .collect();
        tx.notices_insert(&notices).await?;
        Ok(())
    }
}
