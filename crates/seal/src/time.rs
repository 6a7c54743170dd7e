//! Times as seals and stamps write them: GeneralizedTime, UTCTime, and text.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::asn1::{GENERALIZED_TIME, Notes, UTC_TIME, Walker};
use crate::error::FormatError;

/// Beijing time, which is meant where a text gives no zone.
const BEIJING: Offset = Offset::constant(8);

/// Reads the time that stands as text in v1 stamps and in `SignatureDateTime`.
///
/// Known are `yyyy-MM-dd HH:mm:ss`, the same with `T`, a fraction or a zone, and `yyyyMMddHHmmss` with or without `Z`.
/// The flag is true where no zone is given and Beijing time was assumed.
pub fn parse_time_text(text: &str) -> Option<(Timestamp, bool)> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if !text.is_ascii() || text.len() > 40 {
        return None;
    }
    let digits: String = text.chars().take(19).filter(char::is_ascii_digit).collect();
    if text
        .as_bytes()
        .get(..14)
        .is_some_and(|b| b.iter().all(u8::is_ascii_digit))
    {
        let (civil, rest) = (civil_from_digits(&digits[..14])?, &text[14..]);
        return with_zone(civil, rest);
    }
    let bytes = text.as_bytes();
    let shape = bytes.len() >= 19
        && matches!(
            (bytes[4], bytes[7]),
            (b'-', b'-') | (b'/', b'/') | (b'.', b'.')
        )
        && matches!(bytes[10], b' ' | b'T')
        && (bytes[13], bytes[16]) == (b':', b':');
    if !shape || digits.len() != 14 {
        return None;
    }
    with_zone(civil_from_digits(&digits)?, &text[19..])
}

/// Writes GeneralizedTime as the standard wants it: UTC, whole seconds, `Z`.
pub(crate) fn generalized(time: Timestamp) -> String {
    time.strftime("%Y%m%d%H%M%SZ").to_string()
}

/// Writes UTCTime (v1 seals): two-digit year, UTC, whole seconds, `Z`.
pub(crate) fn utc(time: Timestamp) -> String {
    time.strftime("%y%m%d%H%M%SZ").to_string()
}

/// Reads a GeneralizedTime or UTCTime; `tag` is the one that this version of the standard writes.
pub(crate) fn read(
    walker: &mut Walker<'_>,
    tag: u8,
    place: &'static str,
    notes: &mut Notes,
) -> Result<Timestamp, FormatError> {
    let element = walker.element(place, notes)?;
    if !matches!(element.tag, GENERALIZED_TIME | UTC_TIME) {
        return Err(FormatError::UnexpectedTag {
            place,
            found: element.tag,
        });
    }
    if element.tag != tag {
        let message = if element.tag == UTC_TIME {
            "时间写成了 UTCTime"
        } else {
            "时间写成了 GeneralizedTime"
        };
        notes.remark("time_type_differs", place, message);
    }
    let bad = FormatError::BadValue { place };
    let text = std::str::from_utf8(element.value).map_err(|_| bad.clone())?;
    let (time, strict) = if element.tag == UTC_TIME {
        utc_time(text)
    } else {
        generalized_time(text)
    }
    .ok_or(bad)?;
    if !strict {
        notes.remark(
            "time_not_der",
            place,
            "时间未写成以 Z 结尾、精确到秒的形式；未注明时区的按北京时间理解",
        );
    }
    Ok(time)
}

fn generalized_time(text: &str) -> Option<(Timestamp, bool)> {
    let bytes = text.as_bytes();
    if bytes.len() < 12 || !bytes[..12].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let seconds = bytes
        .get(12..14)
        .is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    let (digits, rest) = if seconds {
        (text[..14].to_owned(), &text[14..])
    } else {
        (format!("{}00", &text[..12]), &text[12..])
    };
    let (time, assumed) = with_zone(civil_from_digits(&digits)?, rest)?;
    Some((time, seconds && rest == "Z" && !assumed))
}

fn utc_time(text: &str) -> Option<(Timestamp, bool)> {
    let century = match text.get(..2)?.parse::<u8>().ok()? {
        0..50 => "20",
        _ => "19",
    };
    generalized_time(&format!("{century}{text}"))
}

fn civil_from_digits(digits: &str) -> Option<DateTime> {
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    // A leap second is the same moment as the next minute's beginning for our purposes.
    let second = part(12, 14)?;
    let leap = second == 60;
    let byte = |n: i16| i8::try_from(n).ok();
    let civil = DateTime::new(
        part(0, 4)?,
        byte(part(4, 6)?)?,
        byte(part(6, 8)?)?,
        byte(part(8, 10)?)?,
        byte(part(10, 12)?)?,
        byte(if leap { 59 } else { second })?,
        0,
    )
    .ok()?;
    if leap {
        civil.checked_add(1.second()).ok()
    } else {
        Some(civil)
    }
}

/// Applies what follows the seconds: a fraction (dropped) and a zone.
fn with_zone(civil: DateTime, rest: &str) -> Option<(Timestamp, bool)> {
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let (offset, assumed) = match rest {
        "" => (BEIJING, true),
        "Z" => (Offset::UTC, false),
        zone => (zone_offset(zone)?, false),
    };
    let zoned = civil.to_zoned(TimeZone::fixed(offset)).ok()?;
    Some((zoned.timestamp(), assumed))
}

fn zone_offset(zone: &str) -> Option<Offset> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(|&c| c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 {
        digits[2..].parse().ok()?
    } else {
        0
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_times_are_beijing_time_unless_they_say_otherwise() {
        let noon = "2021-05-19T04:00:20Z".parse::<Timestamp>().unwrap();
        for (text, assumed) in [
            ("2021-05-19 12:00:20", true),
            ("2021/05/19 12:00:20", true),
            ("20210519120020", true),
            ("20210519040020Z", false),
            ("2021-05-19T04:00:20Z", false),
            ("2021-05-19T12:00:20.123+08:00", false),
            ("2021-05-19T12:00:20+0800", false),
        ] {
            assert_eq!(parse_time_text(text), Some((noon, assumed)), "{text}");
        }
        for text in [
            "",
            "2021-05-19",
            "2021-13-19 12:00:20",
            "昨天",
            "2021-05-19 12:00:20 PM",
        ] {
            assert_eq!(parse_time_text(text), None, "{text}");
        }
    }

    #[test]
    fn asn1_times() {
        let time = "2020-04-22T02:18:07Z".parse::<Timestamp>().unwrap();
        assert_eq!(utc_time("200422021807Z"), Some((time, true)));
        assert_eq!(generalized_time("20200422021807Z"), Some((time, true)));
        assert_eq!(generalized_time("20200422101807+0800"), Some((time, false)));
        assert_eq!(generalized_time("20200422101807"), Some((time, false)));
        assert_eq!(generalized(time), "20200422021807Z");
        assert_eq!(utc(time), "200422021807Z");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,40}") {
            let _ = parse_time_text(&text);
            let _ = generalized_time(&text);
            let _ = utc_time(&text);
        }

        #[test]
        fn digits_are_read_without_panic(text in "[0-9TZ:+. -]{0,30}") {
            let _ = parse_time_text(&text);
            let _ = generalized_time(&text);
            let _ = utc_time(&text);
        }
    }
}
