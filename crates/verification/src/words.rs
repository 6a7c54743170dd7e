//! How moments and parts are named in sentences.

use jiff::Timestamp;
use ofd::document::PartKind;

/// A moment as the reader knows it: Beijing time.
pub(crate) fn beijing(time: Timestamp) -> String {
    beijing_as(time, "%Y-%m-%d %H:%M:%S")
}

/// A moment in a sentence.
pub(crate) fn beijing_sentence(time: Timestamp) -> String {
    beijing_as(time, "%Y年%-m月%-d日 %H:%M")
}

/// A file in a sentence: its page where it is one, else what it is for.
pub(crate) fn file_words(entry: &str, part: Option<PartKind>, page: Option<usize>) -> String {
    match (part, page) {
        (Some(PartKind::Page), Some(page)) => format!("第 {page} 页内容"),
        (Some(PartKind::Annotation), Some(page)) => format!("第 {page} 页的注释"),
        (Some(part), _) => format!("{}（{entry}）", part.label()),
        (None, _) => format!("文件“{entry}”"),
    }
}

fn beijing_as(time: Timestamp, format: &str) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8));
    time.to_zoned(zone).strftime(format).to_string()
}
