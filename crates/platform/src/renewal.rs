//! Renewal opens by itself (R2.3): once a day, each seal whose window has opened gets a prefilled draft for its unit.

use casework::{Actor, BusinessType, CaseId, Post, Role, SealState};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Account, Platform,
    error::{Error, Result},
    jobs,
    ports::store::SealRow,
};

/// Seals looked at in one reading.
const BATCH: u32 = 100;

impl Platform {
    /// Plans today's preparation, once a day.
    pub(crate) async fn plan_renewals(&self) -> Result<()> {
        let now = self.clock.now();
        let today = now.to_zoned(TimeZone::fixed(Offset::constant(8))).date();
        if !self.is_another_day(today) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let job = jobs::new_job(jobs::kind::PREPARE_RENEWALS, today.to_string(), now);
        tx.job_insert(&job).await?;
        Ok(tx.commit().await?)
    }

    /// Prepares the drafts that are due: for seals in use, in no open case, and never twice for one seal.
    pub(crate) async fn prepare_renewals(&self) -> Result<()> {
        if !self.policy().renewal_draft {
            return Ok(());
        }
        let now = self.clock.now();
        let window = i64::from(self.policy().renewal_window_days) * 24;
        let until = now + SignedDuration::from_hours(window);
        let mut after = None;
        loop {
            let rows = self
                .store
                .read()
                .await?
                .seals_ending(now, until, after, BATCH)
                .await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = Some((last.not_after, last.id));
            for row in rows {
                match self.prepare_renewal(&row, now).await {
                    // Somebody is at work on the seal: tomorrow is another day.
                    Ok(()) | Err(Error::Conflict) => {}
                    Err(error) => tracing::warn!(
                        seal = row.code,
                        error = jobs::describe(&error),
                        "no renewal draft could be prepared"
                    ),
                }
            }
        }
    }

    async fn prepare_renewal(&self, row: &SealRow, now: Timestamp) -> Result<()> {
        let agents = self.agents_of(row).await?;
        let Some(first) = agents.first() else {
            return Ok(());
        };
        let unit = self.unit(row.unit).await?;
        let mut tx = self.store.begin().await?;
        let (seal, _) = self.load_seal(tx.as_mut(), row.id).await?;
        let wanted = seal.renewal_draft.is_none()
            && seal.open_case.is_none()
            && seal.state(now) == SealState::Active;
        if !wanted {
            return Ok(());
        }
        let platform = Actor::system_for(&Actor {
            person: first.id,
            name: first.name.clone(),
            post: Post {
                role: Role::Agent,
                unit: row.unit,
            },
            on_behalf_of: None,
        });
        let business = BusinessType::Renewal;
        let case = self
            .open_in(tx.as_mut(), &platform, unit, first, business, &[row.id])
            .await?;
        let (mut seal, version) = self.load_seal(tx.as_mut(), row.id).await?;
        seal.renewal_draft = Some(case);
        tx.seal_update(&self.seal_row(&seal, version)?).await?;
        let people: Vec<_> = agents.iter().map(|agent| agent.id).collect();
        self.notify(tx.as_mut(), &people, &told(row), &link(case))
            .await?;
        Ok(tx.commit().await?)
    }

    /// The unit's agents, the longest serving first.
    async fn agents_of(&self, row: &SealRow) -> Result<Vec<Account>> {
        let mut tx = self.store.read().await?;
        let mut records = tx.accounts_with_post(Role::Agent, row.unit).await?;
        drop(tx);
        records.sort_by_key(|record| record.created_at);
        let mut accounts = Vec::with_capacity(records.len());
        for record in records {
            accounts.push(self.account(record.id).await?);
        }
        Ok(accounts)
    }

    fn is_another_day(&self, today: Date) -> bool {
        // A poisoned lock still holds a day.
        let mut planned = self
            .renewals_planned
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        planned.replace(today) != Some(today)
    }
}

fn told(row: &SealRow) -> String {
    format!(
        "电子印章「{}」（{}）即将到期，已为您备好印章延期申请，请核对后提交。",
        row.name, row.code
    )
}

fn link(case: CaseId) -> String {
    format!("/desk/cases/{case}")
}
