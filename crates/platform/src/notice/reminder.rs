//! Reminders: seals that expire, deadlines that come near or have passed. Once a day, in the morning; a day that was
//! missed is made up for without saying everything that should have been said meanwhile.

use std::sync::{MutexGuard, PoisonError};

use casework::{CaseId, Role};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::case::values as case_values;
use super::seal::{about, values as seal_values};
use super::{Audience, Message, day, unit_people};
use crate::{
    Platform,
    error::Result,
    jobs,
    ports::store::{DeadlineRecord, SealRow, Told, Tx},
};

/// Reminders go out from this hour in Beijing: nobody's phone rings at night.
const HOUR: i8 = 8;
/// A deadline comes near so long before it.
const NEAR: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Reminders in one transaction.
const BATCH: u32 = 50;
const DAY: i64 = 24 * 3600;

impl Platform {
    /// Plans today's reminders, once.
    pub(crate) async fn plan_reminders(&self) -> Result<()> {
        let today = self.clock.now().to_zoned(zone()).date();
        if *self.reminders_day() == Some(today) {
            return Ok(());
        }
        let due = today
            .at(HOUR, 0, 0, 0)
            .to_zoned(zone())
            .map_or(self.clock.now(), |zoned| zoned.timestamp());
        let mut tx = self.store.begin().await?;
        tx.job_insert(&jobs::new_job(jobs::kind::REMIND, today.to_string(), due))
            .await?;
        tx.commit().await?;
        *self.reminders_day() = Some(today);
        Ok(())
    }

    fn reminders_day(&self) -> MutexGuard<'_, Option<Date>> {
        // A poisoned lock still holds a day.
        self.reminders_planned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Reminds of everything that is to be reminded of now. Doing it twice reminds nobody twice.
    pub(crate) async fn remind(&self) -> Result<()> {
        self.remind_of_expiry().await?;
        self.remind_of_deadlines(Told::Passed).await?;
        self.remind_of_deadlines(Told::Near).await
    }

    /// Keeps a case's deadline for the reminders.
    pub(crate) async fn keep_deadline(&self, tx: &mut dyn Tx, case: &casework::Case) -> Result<()> {
        let deadline = case.deadline.filter(|_| !case.is_closed());
        let record = deadline.map(|deadline| DeadlineRecord {
            subject: case.id.as_uuid(),
            kind: "case".to_owned(),
            at: deadline.at,
        });
        Ok(tx.deadline_put(case.id.as_uuid(), record.as_ref()).await?)
    }

    /// Of each seal the nearest threshold only: after a pause, one notice and not three.
    async fn remind_of_expiry(&self) -> Result<()> {
        let mut thresholds = self.policy().expiry_notice_days.clone();
        thresholds.sort_unstable();
        thresholds.dedup();
        let mut nearer = 0;
        for days in thresholds {
            let name = format!("expiry-{days}");
            loop {
                let now = self.clock.now();
                let mut tx = self.store.begin().await?;
                let (from, until) = (later(now, nearer), later(now, days));
                let rows = tx.seals_unreminded(from, until, &name, BATCH).await?;
                if rows.is_empty() {
                    break;
                }
                for row in rows {
                    self.tell_of_expiry(tx.as_mut(), &row, &name, now).await?;
                }
                tx.commit().await?;
            }
            nearer = days;
        }
        Ok(())
    }

    async fn tell_of_expiry(
        &self,
        tx: &mut dyn Tx,
        row: &SealRow,
        name: &str,
        now: Timestamp,
    ) -> Result<()> {
        if !tx.reminder_insert(row.id.as_uuid(), name, now).await? {
            return Ok(());
        }
        let (seal, _) = self.load_seal(tx, row.id).await?;
        let seconds = (row.not_after - now).get_seconds();
        // What is left of a day counts as one.
        let days = (seconds + DAY - 1).div_euclid(DAY);
        let values = seal_values(&seal).with("天数", days.to_string());
        let message = about(&seal, "seal_expiring", values);
        self.tell(tx, &unit_people(row.unit), None, &message).await
    }

    async fn remind_of_deadlines(&self, told: Told) -> Result<()> {
        loop {
            let now = self.clock.now();
            let until = match told {
                Told::Near => now + NEAR,
                Told::Passed => now,
            };
            let mut tx = self.store.begin().await?;
            let due = tx.deadlines_untold(until, told, BATCH).await?;
            if due.is_empty() {
                return Ok(());
            }
            for deadline in due {
                if tx.deadline_told(deadline.subject, told).await? {
                    self.tell_of_deadline(tx.as_mut(), &deadline, told).await?;
                }
            }
            tx.commit().await?;
        }
    }

    async fn tell_of_deadline(
        &self,
        tx: &mut dyn Tx,
        deadline: &DeadlineRecord,
        told: Told,
    ) -> Result<()> {
        let id = CaseId::from_uuid(deadline.subject);
        let (case, _) = self.load(tx, id).await?;
        let unit = case.unit.id;
        let (template, audience) = match told {
            Told::Near => (
                "case_deadline_near",
                vec![Audience::Post(Role::Agent, unit)],
            ),
            Told::Passed => ("case_deadline_passed", unit_people(unit).to_vec()),
        };
        let message = Message {
            template,
            values: case_values(&case, &[]).with("期限", day(deadline.at)),
            case: Some(id),
            link: format!("/desk/cases/{id}"),
        };
        self.tell(tx, &audience, None, &message).await
    }
}

fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

fn later(now: Timestamp, days: u16) -> Timestamp {
    now + SignedDuration::from_hours(i64::from(days) * 24)
}
