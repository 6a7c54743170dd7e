//! Notices: who is told what at which occasion, inside the platform always, outside it by e-mail and short message.
//!
//! A notice and its deliveries are written with the act that made them so; `delivery` sends them afterwards.

mod case;
mod contact;
mod defaults;
mod delivery;
mod failure;
mod fields;
mod reminder;
mod seal;
mod stamping;
mod template;
mod words;

use casework::{CaseId, PersonId, Role, UnitId};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use uuid::Uuid;

use crate::{
    Platform,
    account::Personal,
    error::Result,
    ports::store::{AccountRecord, Channel, DeliveryRecord, DeliveryState, NoticeRecord, Tx},
    unit::center_in,
};

pub use contact::{Contact, NoticeChannels};
pub use failure::FailedDelivery;
pub use fields::NoticeField;
use template::MAIL_FRAME;
pub(crate) use template::Values;
pub use template::{NoticeTemplate, NoticeText};
pub use words::{NoticePreview, NoticeWords, TextProposal};

/// Notices on one page, and how far back their deliveries are looked up.
const NOTICES: u32 = 100;

/// A notice as its recipient sees it.
#[derive(Debug, Clone)]
pub struct NoticeView {
    /// The notice.
    pub notice: NoticeRecord,
    /// Its ways out of the house.
    pub deliveries: Vec<DeliveryRecord>,
}

/// Who is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Audience {
    /// Everybody with this role in this unit.
    Post(Role, UnitId),
    /// Everybody with this role at the Center.
    Center(Role),
    /// One person.
    Person(PersonId),
}

/// What they are told.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// From which template.
    pub(crate) template: &'static str,
    /// With which values.
    pub(crate) values: Values,
    /// About which case.
    pub(crate) case: Option<CaseId>,
    /// Where it leads (path on this platform).
    pub(crate) link: String,
}

impl Platform {
    /// A person's notices, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn notices(&self, person: PersonId) -> Result<Vec<NoticeView>> {
        let mut tx = self.store.read().await?;
        let notices = tx.notices_of(person, NOTICES).await?;
        let deliveries = match notices.last() {
            Some(oldest) => tx.deliveries_of(person, oldest.created_at).await?,
            None => Vec::new(),
        };
        let view = |notice: NoticeRecord| NoticeView {
            deliveries: deliveries
                .iter()
                .filter(|delivery| delivery.notice == notice.id)
                .cloned()
                .collect(),
            notice,
        };
        Ok(notices.into_iter().map(view).collect())
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

    /// Which ways out of the house this installation has.
    pub fn notice_channels(&self) -> NoticeChannels {
        NoticeChannels {
            mail: self.mail.is_some(),
            sms: self.sms.is_some(),
        }
    }

    /// Tells people something for which there is no template.
    pub(crate) async fn notify(
        &self,
        tx: &mut dyn Tx,
        people: &[PersonId],
        text: &str,
        link: &str,
    ) -> Result<()> {
        let audience: Vec<_> = people.iter().copied().map(Audience::Person).collect();
        let message = Message {
            template: "general",
            values: Values::default().with("正文", text),
            case: None,
            link: link.to_owned(),
        };
        self.tell(tx, &audience, None, &message).await
    }

    /// Writes a notice for everybody in the audience but one, and its deliveries.
    pub(crate) async fn tell(
        &self,
        tx: &mut dyn Tx,
        audience: &[Audience],
        except: Option<PersonId>,
        message: &Message,
    ) -> Result<()> {
        let mut people = self.people(tx, audience).await?;
        people.retain(|record| Some(record.id) != except);
        if people.is_empty() {
            return Ok(());
        }
        let words = self.words(tx, message.template).await?;
        let frame = self.words(tx, MAIL_FRAME).await?;
        let values = self.common(&message.values, &message.link);
        let now = self.clock.now();
        let mut notices = Vec::with_capacity(people.len());
        let mut deliveries = Vec::new();
        for record in &people {
            let notice = NoticeRecord {
                id: Uuid::now_v7(),
                person: record.id,
                case: message.case,
                text: values.fill(&words.inside),
                link: message.link.clone(),
                created_at: now,
                read_at: None,
            };
            for channel in Channel::ALL {
                let Some((subject, text)) =
                    self.outgoing(channel, record, &words, &frame, &values)?
                else {
                    continue;
                };
                deliveries.push(DeliveryRecord {
                    id: Uuid::now_v7(),
                    notice: notice.id,
                    person: record.id,
                    case: message.case,
                    channel,
                    template: message.template.to_owned(),
                    subject,
                    text,
                    state: DeliveryState::Waiting,
                    attempts: 0,
                    last_error: None,
                    due_at: now,
                    created_at: now,
                    settled_at: None,
                });
            }
            notices.push(notice);
        }
        tx.notices_insert(&notices).await?;
        tx.deliveries_insert(&deliveries).await?;
        Ok(())
    }

    /// What goes out to a person through a channel: subject and text. `None` where this installation does not have
    /// the channel, the template has no words for it, or the person has no address or does not want it.
    fn outgoing(
        &self,
        channel: Channel,
        record: &AccountRecord,
        words: &NoticeText,
        frame: &NoticeText,
        values: &Values,
    ) -> Result<Option<(String, String)>> {
        let personal: Personal = self.protection.open(&record.body)?;
        let wants = personal.notify.unwrap_or_default();
        Ok(match channel {
            Channel::Mail => {
                let goes = self.mail.is_some()
                    && wants.mail
                    && personal.email.is_some()
                    && !words.mail.is_empty();
                goes.then(|| {
                    let framed = values
                        .clone()
                        .with("姓名", &record.name)
                        .with_text("正文", values.fill(&words.mail));
                    (values.fill(&words.subject), framed.fill(&frame.mail))
                })
            }
            Channel::Sms => {
                let goes = self.sms.is_some()
                    && wants.sms
                    && personal.mobile.is_some()
                    && !words.sms.is_empty();
                goes.then(|| (String::new(), values.fill(&words.sms)))
            }
        })
    }

    /// The accounts of an audience, each once.
    async fn people(&self, tx: &mut dyn Tx, audience: &[Audience]) -> Result<Vec<AccountRecord>> {
        let mut people: Vec<AccountRecord> = Vec::new();
        for part in audience {
            let found = match part {
                Audience::Post(role, unit) => self.holders(tx, *role, *unit).await?,
                Audience::Center(role) => match center_in(tx).await? {
                    Some(unit) => self.holders(tx, *role, unit).await?,
                    None => Vec::new(),
                },
                Audience::Person(person) => tx.account(*person).await?.into_iter().collect(),
            };
            for record in found {
                if !people.iter().any(|known| known.id == record.id) {
                    people.push(record);
                }
            }
        }
        Ok(people)
    }

    /// Who holds a post, and who acts in it now for somebody away.
    async fn holders(
        &self,
        tx: &mut dyn Tx,
        role: Role,
        unit: UnitId,
    ) -> Result<Vec<AccountRecord>> {
        let mut holders = tx.accounts_with_post(role, unit).await?;
        for deputy in self.deputies_in(tx, casework::Post { role, unit }).await? {
            holders.extend(tx.account(deputy).await?);
        }
        Ok(holders)
    }

    /// What every template may name.
    fn common(&self, values: &Values, link: &str) -> Values {
        let center = &self.policy().center;
        let base = self.settings.public_url.trim_end_matches('/');
        values
            .clone()
            .with("链接", format!("{base}{link}"))
            .with("中心", &center.name)
            .with("地址", &center.address)
            .with("电话", center.phones.first().cloned().unwrap_or_default())
    }
}

/// Everybody of a unit who answers for its seals.
pub(crate) fn unit_people(unit: UnitId) -> [Audience; 2] {
    [
        Audience::Post(Role::Agent, unit),
        Audience::Post(Role::UnitApprover, unit),
    ]
}

/// 2026年11月22日
fn day(at: Timestamp) -> String {
    beijing(at, "%Y年%-m月%-d日")
}

/// 2026年11月22日 10:30
fn minute(at: Timestamp) -> String {
    beijing(at, "%Y年%-m月%-d日 %H:%M")
}

fn beijing(at: Timestamp, format: &str) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8)))
        .strftime(format)
        .to_string()
}
