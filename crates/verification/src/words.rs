//! How moments are told.

use jiff::Timestamp;

/// A moment as the reader knows it: Beijing time.
pub(crate) fn beijing(time: Timestamp) -> String {
    beijing_as(time, "%Y-%m-%d %H:%M:%S")
}

/// A moment in a sentence.
pub(crate) fn beijing_sentence(time: Timestamp) -> String {
    beijing_as(time, "%Y年%-m月%-d日 %H:%M")
}

fn beijing_as(time: Timestamp, format: &str) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8));
    time.to_zoned(zone).strftime(format).to_string()
}
