//! Appointments at the Center's desk: which half hours are free, who comes on a day.

use casework::{Actor, appointment};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::CaseRow,
};

/// A slot of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it begins.
    pub at: Timestamp,
    /// How many cases have it.
    pub taken: u32,
    /// It can be booked now.
    pub free: bool,
}

impl Platform {
    /// The slots of a day; none on a day that is not worked.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn slots(&self, day: Date) -> Result<Vec<Slot>> {
        let policy = self.policy();
        let now = self.clock.now();
        let (from, until) = bounds(day)?;
        let booked = self.store.read().await?.appointments(from, until).await?;
        let bookable = appointment::bookable_days(&policy, now).contains(&day);
        let capacity = u32::from(policy.desk.capacity);
        Ok(appointment::slots(&policy, day)
            .into_iter()
            .map(|at| {
                let taken = booked.iter().filter(|(slot, _)| *slot == at).count();
                let taken = u32::try_from(taken).unwrap_or(u32::MAX);
                Slot {
                    at,
                    taken,
                    free: bookable && at > now && taken < capacity,
                }
            })
            .collect())
    }

    /// Who comes to the desk on a day, in the order of their slots.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the Center.
    pub async fn visitors(&self, actor: &Actor, day: Date) -> Result<Vec<(Timestamp, CaseRow)>> {
        if !actor.post.role.is_center() {
            return Err(Error::Forbidden);
        }
        let (from, until) = bounds(day)?;
        Ok(self.store.read().await?.appointments(from, until).await?)
    }
}

/// The beginning and the end of a day in Beijing.
fn bounds(day: Date) -> Result<(Timestamp, Timestamp)> {
    let at = |day: Date| {
        day.to_zoned(TimeZone::fixed(Offset::constant(8)))
            .map(|zoned| zoned.timestamp())
            .map_err(|e| Error::internal("day", e))
    };
    let next = day
        .checked_add(1.day())
        .map_err(|e| Error::internal("day", e))?;
    Ok((at(day)?, at(next)?))
}
