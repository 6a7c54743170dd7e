//! Moments as people here read them: Beijing time, which has no daylight saving.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// 2026年11月22日 10:30
pub(crate) fn minute(at: Timestamp) -> String {
    zoned(at).strftime("%Y年%-m月%-d日 %H:%M").to_string()
}

/// 2026年11月22日 10:30:05
pub(crate) fn second(at: Timestamp) -> String {
    zoned(at).strftime("%Y年%-m月%-d日 %H:%M:%S").to_string()
}

/// 2026年11月22日
pub(crate) fn day(at: Timestamp) -> String {
    zoned(at).strftime("%Y年%-m月%-d日").to_string()
}

/// 10:30
pub(crate) fn clock(at: Timestamp) -> String {
    zoned(at).strftime("%H:%M").to_string()
}

/// 20261122, for the names of files.
pub(crate) fn compact_day(at: Timestamp) -> String {
    zoned(at).strftime("%Y%m%d").to_string()
}

/// Reads what [`day`] writes.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    Date::strptime("%Y年%m月%d日", text).ok()
}

/// Reads what [`minute`] and [`second`] write.
pub(crate) fn read_moment(text: &str) -> Option<DateTime> {
    DateTime::strptime("%Y年%m月%d日 %H:%M:%S", text)
        .or_else(|_| DateTime::strptime("%Y年%m月%d日 %H:%M", text))
        .ok()
}

/// As a browser's date-and-time field writes it.
pub(crate) fn field(at: Timestamp) -> String {
    zoned(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// How long ago, in the largest unit that says something.
pub(crate) fn waiting(since: Timestamp, now: Timestamp) -> String {
    let minutes = (now.as_second() - since.as_second()).max(0) / 60;
    match minutes {
        0 => "不到 1 分钟".into(),
        1..60 => format!("{minutes} 分钟"),
        60..1440 => format!("{} 小时", minutes / 60),
        _ => format!("{} 天", minutes / 1440),
    }
}

/// Reads what a browser's date-and-time field sends (no zone: Beijing) or an RFC 3339 moment.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(zone()).ok().map(|zoned| zoned.timestamp())
}

fn zoned(at: Timestamp) -> Zoned {
    at.to_zoned(zone())
}

fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_and_written_in_beijing_time() {
        let at = parse("2026-11-22T10:30").expect("a browser's field");
        assert_eq!(at.to_string(), "2026-11-22T02:30:00Z");
        assert_eq!(minute(at), "2026年11月22日 10:30");
        assert_eq!(parse("2026-11-22T02:30:00Z"), Some(at));
        assert_eq!(parse("昨天"), None);
        assert_eq!(
            read_moment(&second(at)),
            read_moment("2026年11月22日 10:30")
        );
        assert_eq!(read_day(&day(at)), Some(jiff::civil::date(2026, 11, 22)));
        assert_eq!(read_day("2026年11月22日 10:30"), None);
    }
}
