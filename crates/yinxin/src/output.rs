//! What commands print: to standard output, wrapped for a terminal of 80 columns.

use std::io::{self, Write as _};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::failure::Failure;

/// Columns of a terminal.
const COLUMNS: usize = 80;
/// Longer words are broken.
const LONGEST_WORD: usize = 44;

/// Writes to standard output. A reader that went away (as `head` does) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| Failure::new("output_failed", format!("无法输出：{e}"))),
    }
}

/// Writes a value as readable JSON to standard output.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::new("output_failed", format!("无法写成 JSON：{e}")))?;
    text.push('\n');
    print(&text)
}

/// A moment for the reader: `2026年11月22日 10:30:05`, Beijing time.
pub(crate) fn beijing(at: Timestamp) -> String {
    at.to_zoned(beijing_zone())
        .strftime("%Y年%-m月%-d日 %H:%M:%S")
        .to_string()
}

/// China's time, without summer time.
pub(crate) fn beijing_zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// How many columns a text takes: Chinese characters and marks take two.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Pads a text on the right to so many columns.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// A line, wrapped so that it stays within the terminal; what follows the first line is indented by `indent`.
/// Codes, names and addresses stay whole where they fit. Control characters, which a file could use to paint over the
/// screen, are replaced.
pub(crate) fn wrapped(text: &str, indent: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 16);
    let mut column = 0;
    for piece in pieces(text) {
        let wide = width(&piece);
        // A full stop or comma may stand beyond the last column rather than begin a line.
        if column + wide > COLUMNS && !piece.starts_with(['，', '。', '、', '；', '：', '）', '”'])
        {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent;
            if piece == " " {
                continue;
            }
        }
        wrapped.push_str(&piece);
        column += wide;
    }
    wrapped.push('\n');
    wrapped
}

/// The text in pieces that a line may not break: words of ASCII, as far as they are short, else characters.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in text.chars() {
        let c = if is_harmless(c) { c } else { '\u{fffd}' };
        let word = c.is_ascii_graphic();
        match pieces.last_mut() {
            Some(last) if word && in_word && last.len() < LONGEST_WORD => last.push(c),
            _ => pieces.push(c.to_string()),
        }
        in_word = word;
    }
    pieces
}

/// Neither a control character nor one that turns the direction of writing.
fn is_harmless(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn columns(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{3fffd}'
        | '\u{201c}'
        | '\u{201d}'
        | '\u{2026}'
        | '\u{2014}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_columns() {
        assert_eq!(width("印章 A"), 6);
        assert_eq!(padded("印章", 6), "印章  ");
    }

    #[test]
    fn long_lines_stay_within_the_terminal() {
        let text = "印".repeat(100);
        for line in wrapped(&text, 4).lines() {
            assert!(width(line) <= COLUMNS, "{line}");
        }
    }

    #[test]
    fn codes_stay_whole() {
        let text = format!("{}（certificate_expired_at_stamping）", "印".repeat(34));
        assert!(wrapped(&text, 4).contains("certificate_expired_at_stamping"));
    }

    #[test]
    fn a_file_cannot_paint_over_the_screen() {
        assert!(!wrapped("a\u{1b}[2Jb\rc\u{202e}d", 0).contains(['\u{1b}', '\r', '\u{202e}']));
    }
}
