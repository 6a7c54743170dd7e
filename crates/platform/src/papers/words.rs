//! Moments in words, by the clock of Beijing.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// `2026年11月22日`
pub(crate) fn day(at: Timestamp) -> String {
    let day = at.to_zoned(beijing());
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// `2026年11月22日10:30`
pub(super) fn minute(at: Timestamp) -> String {
    let moment = at.to_zoned(beijing());
    format!("{}{}:{:02}", day(at), moment.hour(), moment.minute())
}

/// The last day before a moment that ends a period at midnight.
pub(super) fn until(at: Timestamp) -> String {
    let last = at
        .checked_sub(jiff::SignedDuration::from_secs(1))
        .unwrap_or(at);
    day(last)
}

fn beijing() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}
