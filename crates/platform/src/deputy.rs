//! Deputies: who acts in a post while its holder is away.

use casework::{Actor, DeputyFacts, DeputyId, Deputyship, NewDeputy, PersonId, Post, Principal};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::{DeputyRow, Tx},
};

/// A deputy to be set.
#[derive(Debug, Clone)]
pub struct DeputyWish {
    /// The post.
    pub post: Post,
    /// Its holder.
    pub principal: PersonId,
    /// Who shall act.
    pub deputy: PersonId,
    /// From then.
    pub from: Timestamp,
    /// Until before then.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

impl Platform {
    /// Sets a deputy.
    ///
    /// # Errors
    /// The refusals of `casework::Deputyship::set`.
    pub async fn set_deputy(&self, actor: &Actor, wish: DeputyWish) -> Result<DeputyId> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let principal = tx.account(wish.principal).await?;
        let principal = principal.ok_or(Error::NotFound("account"))?;
        let deputy = tx.account(wish.deputy).await?;
        let deputy = deputy
            .filter(|deputy| !deputy.disabled)
            .ok_or(Error::NotFound("account"))?;
        let others = tx.deputies_for(wish.principal, now).await?;
        let facts = DeputyFacts {
            principal_posts: principal.posts,
            deputy_posts: deputy.posts,
            others: others
                .iter()
                .map(|row| self.protection.open(&row.body))
                .collect::<Result<_>>()?,
        };
        let new = NewDeputy {
            id: DeputyId::from_uuid(Uuid::now_v7()),
            post: wish.post,
            principal: Principal {
                person: principal.id,
                name: principal.name,
            },
            deputy: Principal {
                person: deputy.id,
                name: deputy.name,
            },
            from: wish.from,
            until: wish.until,
            reason: wish.reason,
        };
        let deputyship = Deputyship::set(new, &facts, actor, now, &self.policy())?;
        self.keep_deputyship(tx.as_mut(), &deputyship).await?;
        let text = format!(
            "您将代{}办理「{}」，到期自动结束。请在「个人与岗位」切换到代理岗位。",
            deputyship.principal.name,
            deputyship.post.role.name()
        );
        self.notify(
            tx.as_mut(),
            &[deputyship.deputy.person],
            &text,
            "/desk/profile",
        )
        .await?;
        let fact = fact(actor, "deputy.set", &deputyship)
            .with("from", deputyship.from.to_string())
            .with("until", deputyship.until.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        tx.commit().await?;
        Ok(deputyship.id)
    }

    /// Ends a deputy's time early.
    ///
    /// # Errors
    /// The refusals of `casework::Deputyship::end`; [`Error::NotFound`] for another unit's.
    pub async fn end_deputy(&self, actor: &Actor, id: DeputyId) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let row = tx.deputy(id).await?;
        let row = row
            .filter(|row| row.unit == actor.post.unit || row.principal == actor.person)
            .ok_or(Error::NotFound("deputy"))?;
        let mut deputyship: Deputyship = self.protection.open(&row.body)?;
        deputyship.end(actor, now)?;
        self.keep_deputyship(tx.as_mut(), &deputyship).await?;
        let fact = fact(actor, "deputy.ended", &deputyship);
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// The deputies of the actor's unit, the last to end first.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn deputies(&self, actor: &Actor) -> Result<Vec<Deputyship>> {
        let mut tx = self.store.read().await?;
        let rows = tx.deputies_of_unit(actor.post.unit, 100).await?;
        rows.iter()
            .map(|row| self.protection.open(&row.body))
            .collect()
    }

    /// Those who act in a post now for somebody away.
    pub(crate) async fn deputies_in(&self, tx: &mut dyn Tx, post: Post) -> Result<Vec<PersonId>> {
        let now = self.clock.now();
        let mut people = Vec::new();
        for row in tx.deputies_of_unit(post.unit, 100).await? {
            if row.until <= now {
                break;
            }
            let deputyship: Deputyship = self.protection.open(&row.body)?;
            if deputyship.post == post && deputyship.in_force(now) {
                people.push(deputyship.deputy.person);
            }
        }
        Ok(people)
    }

    pub(crate) async fn keep_deputyship(
        &self,
        tx: &mut dyn Tx,
        deputyship: &Deputyship,
    ) -> Result<()> {
        let over = deputyship.ended.as_ref().map(|ended| ended.at);
        let row = DeputyRow {
            id: deputyship.id,
            unit: deputyship.post.unit,
            principal: deputyship.principal.person,
            deputy: deputyship.deputy.person,
            until: over.unwrap_or(deputyship.until),
            body: self.protection.seal(deputyship)?,
        };
        Ok(tx.deputy_save(&row).await?)
    }
}

fn fact(actor: &Actor, kind: &str, deputyship: &Deputyship) -> Fact {
    Fact::by(actor, kind, deputyship.id.to_string())
        .with("role", deputyship.post.role.code())
        .with("principal", deputyship.principal.person.to_string())
        .with("person", deputyship.deputy.person.to_string())
}
