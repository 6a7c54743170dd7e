//! Appointments at the Center's desk (R4.4): opening hours, half hours and how many may come in each.

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::role::Role;

/// When the desk is open, and how many come at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeskHours {
    /// Opening hours on working days, in Beijing time.
    pub open: Vec<Window>,
    /// Length of a slot in minutes.
    pub slot_minutes: u16,
    /// Cases per slot.
    pub capacity: u16,
    /// Slots can be booked so many days ahead.
    pub days_ahead: u16,
}

/// From when until when the desk is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Opens.
    pub from: Time,
    /// Closes.
    pub until: Time,
}

impl Default for DeskHours {
    fn default() -> Self {
        Self {
            open: vec![
                Window {
                    from: Time::constant(8, 30, 0, 0),
                    until: Time::constant(12, 0, 0, 0),
                },
                Window {
                    from: Time::constant(15, 0, 0, 0),
                    until: Time::constant(17, 30, 0, 0),
                },
            ],
            slot_minutes: 30,
            capacity: 4,
            days_ahead: 30,
        }
    }
}

impl DeskHours {
    /// In words, e.g. 「8:30–12:00，15:00–17:30」.
    #[must_use]
    pub fn in_words(&self) -> String {
        let clock = |time: Time| format!("{}:{:02}", time.hour(), time.minute());
        self.open
            .iter()
            .map(|window| format!("{}–{}", clock(window.from), clock(window.until)))
            .collect::<Vec<_>>()
            .join("，")
    }

    fn length(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.slot_minutes.max(5)))
    }
}

/// The beginnings of the slots of a day; none on a day that is not worked.
#[must_use]
pub fn slots(policy: &Policy, day: Date) -> Vec<Timestamp> {
    if !policy.is_working_day(day) {
        return Vec::new();
    }
    let length = policy.desk.length();
    let mut slots = Vec::new();
    for window in &policy.desk.open {
        let moment = |time: Time| {
            day.to_datetime(time)
                .to_zoned(beijing())
                .map(|zoned| zoned.timestamp())
        };
        let (Ok(mut at), Ok(until)) = (moment(window.from), moment(window.until)) else {
            continue;
        };
        while at + length <= until {
            slots.push(at);
            at += length;
        }
    }
    slots
}

/// The days on which slots can be booked now, today first.
#[must_use]
pub fn bookable_days(policy: &Policy, now: Timestamp) -> Vec<Date> {
    let today = day_of(now);
    (0..=i64::from(policy.desk.days_ahead))
        .filter_map(|ahead| today.checked_add(ahead.days()).ok())
        .filter(|day| policy.is_working_day(*day))
        .collect()
}

/// The day of a moment in Beijing.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(beijing()).date()
}

/// Checks a slot that somebody wants: `taken` cases have it already. The desk itself takes in whoever is there now
/// (`Role::SealMaker`, a moment within the last slot), however full it is.
///
/// # Errors
/// `appointment_in_the_past`, `appointment_closed_day`, `appointment_outside_hours`, `appointment_too_far`,
/// `appointment_slot_full`.
pub fn check_slot(
    policy: &Policy,
    role: Role,
    at: Timestamp,
    now: Timestamp,
    taken: u32,
) -> Result<(), Refusal> {
    let desk = &policy.desk;
    let is_here = role == Role::SealMaker && at <= now && now < at + desk.length();
    if is_here {
        return Ok(());
    }
    if at <= now {
        return Err(Refusal::new(
            "appointment_in_the_past",
            "预约时间已过，请重新选择",
        ));
    }
    let day = day_of(at);
    if !policy.is_working_day(day) {
        return Err(Refusal::new(
            "appointment_closed_day",
            "所选日期不是工作日，办理点不开放，请改选工作日",
        ));
    }
    if !slots(policy, day).contains(&at) {
        return Err(Refusal::new(
            "appointment_outside_hours",
            format!(
                "所选时间不是可预约的时段，办理点开放时间为工作日 {}，每 {} 分钟一个时段，请重新选择",
                desk.in_words(),
                desk.slot_minutes
            ),
        ));
    }
    if !bookable_days(policy, now).contains(&day) {
        return Err(Refusal::new(
            "appointment_too_far",
            format!(
                "只能预约 {} 天以内的时段，请改选较近的日期",
                desk.days_ahead
            ),
        ));
    }
    if taken >= u32::from(desk.capacity) {
        return Err(Refusal::new(
            "appointment_slot_full",
            "该时段已约满，请改选其他时段",
        ));
    }
    Ok(())
}

/// The slot that a moment is in, for who comes without an appointment: the last beginning of a slot before it, or the
/// moment itself outside the opening hours.
#[must_use]
pub fn slot_now(policy: &Policy, now: Timestamp) -> Timestamp {
    let length = policy.desk.length();
    slots(policy, day_of(now))
        .into_iter()
        .rfind(|at| *at <= now && now < *at + length)
        .unwrap_or(now)
}

fn beijing() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday 20 November 2026, 10:40 in Beijing.
    fn friday() -> Timestamp {
        "2026-11-20T02:40:00Z".parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn r4_4_the_desk_has_half_hours_on_working_days() {
        let policy = Policy::default();
        let day = day_of(friday());
        let slots = slots(&policy, day);
        assert_eq!(slots.len(), 12);
        assert_eq!(slots[0].to_string(), "2026-11-20T00:30:00Z");
        assert_eq!(slots[11].to_string(), "2026-11-20T09:00:00Z");
        let saturday = day.tomorrow().unwrap();
        assert!(super::slots(&policy, saturday).is_empty());
        assert_eq!(policy.desk.in_words(), "8:30–12:00，15:00–17:30");
    }

    #[test]
    fn r4_4_a_slot_is_refused_in_words() {
        let policy = Policy::default();
        let now = friday();
        let code = |role, moment: &str, taken| {
            check_slot(&policy, role, at(moment), now, taken)
                .err()
                .map(|refusal| refusal.code)
        };
        let agent = Role::Agent;
        assert_eq!(code(agent, "2026-11-20T03:00:00Z", 3), None);
        assert_eq!(
            code(agent, "2026-11-20T03:00:00Z", 4),
            Some("appointment_slot_full")
        );
        assert_eq!(
            code(agent, "2026-11-20T02:30:00Z", 0),
            Some("appointment_in_the_past")
        );
        assert_eq!(
            code(agent, "2026-11-21T02:30:00Z", 0),
            Some("appointment_closed_day")
        );
        assert_eq!(
            code(agent, "2026-11-23T02:45:00Z", 0),
            Some("appointment_outside_hours")
        );
        assert_eq!(
            code(agent, "2026-11-23T05:00:00Z", 0),
            Some("appointment_outside_hours")
        );
        assert_eq!(
            code(agent, "2027-02-01T01:00:00Z", 0),
            Some("appointment_too_far")
        );
    }

    #[test]
    fn r4_4_who_is_at_the_desk_now_is_taken_in() {
        let policy = Policy::default();
        let now = friday();
        let here = slot_now(&policy, now);
        assert_eq!(here.to_string(), "2026-11-20T02:30:00Z");
        assert!(check_slot(&policy, Role::SealMaker, here, now, 9).is_ok());
        assert!(check_slot(&policy, Role::Agent, here, now, 0).is_err());
        let evening = at("2026-11-20T12:00:00Z");
        assert_eq!(slot_now(&policy, evening), evening);
    }
}
