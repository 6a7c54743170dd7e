//! Announcements of the Center's own (通知公告): written by one person, published by another, read by everybody.

use casework::{
    Actor, Bulletin, BulletinAct, BulletinId, BulletinState, BulletinStep, Role, decide_bulletin,
};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    notice::{Audience, Message, Values},
    ports::store::{BulletinRow, Page, PageRequest, Tx},
};

/// The running number of what was published.
const NUMBERS: &str = "bulletins";

impl Platform {
    /// Begins an announcement (anybody at the Center).
    ///
    /// # Errors
    /// `wrong_role`; faults of headline and text.
    pub async fn write_bulletin(
        &self,
        actor: &Actor,
        title: &str,
        text: &str,
    ) -> Result<BulletinId> {
        let id = BulletinId::from_uuid(Uuid::now_v7());
        let bulletin = Bulletin::write(id, title, text, actor, self.clock.now())?;
        let mut tx = self.store.begin().await?;
        tx.bulletin_insert(&self.bulletin_row(&bulletin, 1)?)
            .await?;
        self.record_bulletin(tx.as_mut(), actor, &bulletin, BulletinStep::Write)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Does something with an announcement. `version` is what its page showed: nobody publishes what they did not read.
    ///
    /// # Errors
    /// Refusals of [`decide_bulletin`]; [`Error::Conflict`] where it changed meanwhile; [`Error::NotFound`].
    pub async fn act_on_bulletin(
        &self,
        actor: &Actor,
        id: BulletinId,
        version: i64,
        act: &BulletinAct,
    ) -> Result<Bulletin> {
        sees(actor)?;
        let mut tx = self.store.begin().await?;
        let row = tx.bulletin(id).await?;
        let row = row.ok_or(Error::NotFound("bulletin"))?;
        let before: Bulletin = self.protection.open(&row.body)?;
        let mut bulletin = decide_bulletin(&before, act, actor, self.clock.now())?;
        if row.version != version {
            return Err(Error::Conflict);
        }
        if bulletin.state == BulletinState::Published {
            bulletin.number = Some(tx.next_number(NUMBERS).await?);
        }
        tx.bulletin_update(&self.bulletin_row(&bulletin, row.version)?)
            .await?;
        self.record_bulletin(tx.as_mut(), actor, &bulletin, act.step())
            .await?;
        self.tell_of_bulletin(tx.as_mut(), actor, &bulletin, act.step())
            .await?;
        tx.commit().await?;
        Ok(bulletin)
    }

    /// One announcement and its version, for the Center.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else; [`Error::NotFound`].
    pub async fn bulletin(&self, actor: &Actor, id: BulletinId) -> Result<(Bulletin, i64)> {
        sees(actor)?;
        let row = self.store.read().await?.bulletin(id).await?;
        let row = row.ok_or(Error::NotFound("bulletin"))?;
        Ok((self.protection.open(&row.body)?, row.version))
    }

    /// The announcements in a state, or all; last changed first; for the Center.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else.
    pub async fn bulletins(
        &self,
        actor: &Actor,
        state: Option<BulletinState>,
        page: &PageRequest,
    ) -> Result<Page<Bulletin>> {
        sees(actor)?;
        let found = self.store.read().await?.bulletins(state, page).await?;
        self.opened_bulletins(found)
    }

    /// What everybody can read now, newest first; the cursor is the number of the last one.
    ///
    /// # Errors
    /// `page_unreadable` for a cursor that is no number.
    pub async fn published_bulletins(&self, page: &PageRequest) -> Result<Page<Bulletin>> {
        let is_number = |after: &String| after.parse::<i64>().is_ok();
        if !page.after.as_ref().is_none_or(is_number) {
            return Err(Error::refused(
                "page_unreadable",
                "分页参数无法识别，请从第一页重新查看。",
            ));
        }
        let found = self.store.read().await?.bulletins_public(page).await?;
        self.opened_bulletins(found)
    }

    /// What was published under a number, even if it was withdrawn since.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn published_bulletin(&self, number: u64) -> Result<Bulletin> {
        let row = self.store.read().await?.bulletin_numbered(number).await?;
        self.protection
            .open(&row.ok_or(Error::NotFound("bulletin"))?.body)
    }

    fn opened_bulletins(&self, found: Page<BulletinRow>) -> Result<Page<Bulletin>> {
        let rows = found.rows.iter().map(|row| self.protection.open(&row.body));
        Ok(Page {
            rows: rows.collect::<Result<_>>()?,
            next: found.next,
        })
    }

    fn bulletin_row(&self, bulletin: &Bulletin, version: i64) -> Result<BulletinRow> {
        Ok(BulletinRow {
            id: bulletin.id,
            number: bulletin.number,
            state: bulletin.state,
            title: bulletin.title.clone(),
            changed_at: self.clock.now(),
            version,
            body: self.protection.seal(bulletin)?,
        })
    }

    async fn record_bulletin(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        bulletin: &Bulletin,
        step: BulletinStep,
    ) -> Result<()> {
        let words = format!("{}\n{}", bulletin.title, bulletin.text);
        let kind = format!("bulletin.{}", step.code());
        let mut fact = Fact::by(actor, kind, bulletin.id.to_string())
            .with("content", hex::encode(gm::sm3(words.as_bytes())));
        if let Some(number) = bulletin.number {
            fact = fact.with("number", number.to_string());
        }
        journal::record(tx, self.clock.now(), vec![fact]).await?;
        Ok(())
    }

    async fn tell_of_bulletin(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        bulletin: &Bulletin,
        step: BulletinStep,
    ) -> Result<()> {
        let author = bulletin.history.first().map(|entry| entry.by.person);
        let (template, audience) = match step {
            BulletinStep::HandIn => (
                "bulletin_waiting",
                vec![
                    Audience::Center(Role::SealReviewer),
                    Audience::Center(Role::DepartmentLeader),
                ],
            ),
            BulletinStep::SendBack | BulletinStep::Publish | BulletinStep::Withdraw => (
                "bulletin_decided",
                author.map(Audience::Person).into_iter().collect(),
            ),
            BulletinStep::Write | BulletinStep::Revise | BulletinStep::Discard => return Ok(()),
        };
        let reason = bulletin.last(step).and_then(|entry| entry.reason.clone());
        let outcome = match step {
            BulletinStep::SendBack => "退回修改",
            _ => bulletin.state.name(),
        };
        let message = Message {
            template,
            values: Values::default()
                .with("申请人", &actor.name)
                .with("事项", &bulletin.title)
                .with("状态", outcome)
                .with("意见", reason.unwrap_or_default()),
            case: None,
            link: format!("/desk/bulletins/{}", bulletin.id),
        };
        self.tell(tx, &audience, Some(actor.person), &message).await
    }
}

fn sees(actor: &Actor) -> Result<()> {
    if actor.post.role.is_center() {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}
