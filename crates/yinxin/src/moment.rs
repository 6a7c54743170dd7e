//! Moments as typed on the command line, and the system's clock.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use platform::ports::Clock;

use crate::output::beijing_zone;

/// The system's clock: the only place that reads it.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge that reads the clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Reads a moment: RFC 3339 (`2021-06-01T08:00:00+08:00`), or a date or date and time of Beijing (`2021-06-01`,
/// `2021-06-01 08:00`). A date alone is its first moment.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let local = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)))
        .map_err(|_| {
            "请写成 2021-06-01、“2021-06-01 08:00”（北京时间）或 2021-06-01T00:00:00Z".to_owned()
        })?;
    local
        .to_zoned(beijing_zone())
        .map(|zoned| zoned.timestamp())
        .map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_date_is_its_first_moment_in_beijing() {
        let expected = "2021-05-31T16:00:00Z".parse().unwrap();
        assert_eq!(parse("2021-06-01"), Ok(expected));
        assert_eq!(parse("2021-06-01 00:00"), Ok(expected));
        assert_eq!(parse("2021-06-01T00:00:00+08:00"), Ok(expected));
        assert_eq!(parse("2021-05-31T16:00:00Z"), Ok(expected));
        assert!(parse("yesterday").is_err());
    }
}
