//! A small DER walker over slices.
//!
//! It keeps every element's bytes as they stand, refuses what no reader could be sure of (indefinite lengths, data that
//! ends early) and notes everything else that is not DER or not what the standard writes.

use pki::Finding;

use crate::error::FormatError;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const CONTEXT_0: u8 = 0xa0;

/// One element: its tag, its whole encoding, its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) raw: &'a [u8],
    pub(crate) value: &'a [u8],
}

/// What was noticed while reading: remarks that do no harm, and problems that make the format step fail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes(Vec<Finding>);

impl Notes {
    /// Notes a harmless dialect.
    pub(crate) fn remark(&mut self, code: &'static str, place: &str, message: &str) {
        self.add(Finding::remark(code, format!("{place}：{message}")));
    }

    /// Notes what is so usual that it is no more than information.
    pub(crate) fn info(&mut self, code: &'static str, place: &str, message: &str) {
        self.add(Finding::valid(code, format!("{place}：{message}")));
    }

    /// Notes a violation that makes the structure invalid.
    pub(crate) fn problem(&mut self, code: &'static str, place: &str, message: &str) {
        self.add(Finding::invalid(code, format!("{place}：{message}")));
    }

    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.0
    }

    fn add(&mut self, finding: Finding) {
        const MOST: usize = 64;
        if self.0.len() < MOST && !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }
}

/// Walks through the elements of one level.
#[derive(Debug, Clone)]
pub(crate) struct Walker<'a> {
    rest: &'a [u8],
}

impl<'a> Walker<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Walker<'a> {
        Walker { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element, if there is one.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// How many elements are left on this level, as far as they can be read.
    pub(crate) fn count(&self, notes: &mut Notes) -> usize {
        let mut walker = self.clone();
        std::iter::from_fn(|| walker.element("", notes).ok()).count()
    }

    /// The next element, whatever it is.
    pub(crate) fn element(
        &mut self,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<Element<'a>, FormatError> {
        let Some(&tag) = self.rest.first() else {
            return Err(FormatError::Missing { place });
        };
        if tag & 0x1f == 0x1f || tag == 0 {
            return Err(FormatError::NotDer { place });
        }
        let (header, length, minimal) = length(self.rest, place)?;
        if !minimal {
            notes.problem("not_der", place, "长度未按 DER 最短形式编码");
        }
        let end = header
            .checked_add(length)
            .ok_or(FormatError::Truncated { place })?;
        let raw = self
            .rest
            .get(..end)
            .ok_or(FormatError::Truncated { place })?;
        self.rest = &self.rest[end..];
        Ok(Element {
            tag,
            raw,
            value: &raw[header..],
        })
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(
        &mut self,
        tag: u8,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<Element<'a>, FormatError> {
        let element = self.element(place, notes)?;
        if element.tag == tag {
            Ok(element)
        } else {
            Err(FormatError::UnexpectedTag {
                place,
                found: element.tag,
            })
        }
    }

    /// A walker over the content of the next SEQUENCE.
    pub(crate) fn sequence(
        &mut self,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<Walker<'a>, FormatError> {
        Ok(Walker::new(self.expect(SEQUENCE, place, notes)?.value))
    }

    /// A non-negative INTEGER of at most four bytes.
    pub(crate) fn integer(
        &mut self,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<u32, FormatError> {
        let value = self.expect(INTEGER, place, notes)?.value;
        let negative = value.first().is_none_or(|b| b & 0x80 != 0);
        if negative || value.len() > 5 || (value.len() == 5 && value[0] != 0) {
            return Err(FormatError::BadValue { place });
        }
        if value.len() > 1 && value[0] == 0 && value[1] & 0x80 == 0 {
            notes.problem("not_der", place, "整数前有多余的零");
        }
        Ok(value.iter().fold(0u32, |n, &b| (n << 8) | u32::from(b)))
    }

    /// An OBJECT IDENTIFIER in dotted form.
    pub(crate) fn oid(
        &mut self,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<String, FormatError> {
        let value = self.expect(OBJECT_IDENTIFIER, place, notes)?.value;
        dotted(value).ok_or(FormatError::BadValue { place })
    }

    /// An OCTET STRING.
    pub(crate) fn octets(
        &mut self,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<&'a [u8], FormatError> {
        Ok(self.expect(OCTET_STRING, place, notes)?.value)
    }

    /// A BIT STRING of whole bytes; an OCTET STRING in its place is a remark.
    pub(crate) fn bits(
        &mut self,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<&'a [u8], FormatError> {
        let element = self.element(place, notes)?;
        match (element.tag, element.value) {
            (BIT_STRING, [0, bits @ ..]) => Ok(bits),
            (BIT_STRING, _) => Err(FormatError::BadValue { place }),
            (OCTET_STRING, bytes) => {
                notes.remark(
                    "octet_string_for_bit_string",
                    place,
                    "用 OCTET STRING 代替了 BIT STRING",
                );
                Ok(bytes)
            }
            (found, _) => Err(FormatError::UnexpectedTag { place, found }),
        }
    }

    /// A character string that the standard writes with `tag`; other string types and characters outside the type are
    /// remarks.
    pub(crate) fn text(
        &mut self,
        tag: u8,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<String, FormatError> {
        let element = self.element(place, notes)?;
        if !matches!(
            element.tag,
            UTF8_STRING | PRINTABLE_STRING | IA5_STRING | 0x14 | 0x1a
        ) {
            return Err(FormatError::UnexpectedTag {
                place,
                found: element.tag,
            });
        }
        if element.tag != tag {
            notes.remark("string_type_differs", place, "字符串类型与标准不同");
        }
        let text = String::from_utf8_lossy(element.value);
        if text.contains('\u{fffd}') {
            notes.remark("text_not_utf8", place, "含有无法按 UTF-8 解读的字符");
        } else if element.tag != UTF8_STRING && !text.is_ascii() {
            notes.remark("ia5_with_utf8", place, "ASCII 字符串中写入了 UTF-8 汉字");
        }
        Ok(text.into_owned())
    }

    /// A BOOLEAN.
    pub(crate) fn boolean(
        &mut self,
        place: &'static str,
        notes: &mut Notes,
    ) -> Result<bool, FormatError> {
        match self.expect(BOOLEAN, place, notes)?.value {
            [0] => Ok(false),
            [0xff] => Ok(true),
            [_] => {
                notes.remark("boolean_not_der", place, "布尔值未按 DER 编码");
                Ok(true)
            }
            _ => Err(FormatError::BadValue { place }),
        }
    }

    /// Notes whatever is left on this level: the standard knows no further element here.
    pub(crate) fn finish(mut self, place: &'static str, notes: &mut Notes) {
        while !self.is_empty() {
            match self.element(place, notes) {
                Ok(element) => notes.problem(
                    "unknown_element",
                    place,
                    &format!(
                        "含有标准没有规定的内容（标签 0x{:02x}，{} 字节）",
                        element.tag,
                        element.raw.len()
                    ),
                ),
                Err(_) => {
                    notes.problem(
                        "trailing_bytes",
                        place,
                        &format!("末尾有 {} 个多余字节", self.rest.len()),
                    );
                    return;
                }
            }
        }
    }

    /// Notes bytes after the outermost element.
    pub(crate) fn finish_file(self, place: &'static str, notes: &mut Notes) {
        if !self.is_empty() {
            notes.problem(
                "trailing_bytes",
                place,
                &format!("末尾有 {} 个多余字节", self.rest.len()),
            );
        }
    }
}

/// Writes one element.
pub(crate) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let from = bytes
            .iter()
            .position(|&b| b != 0)
            .unwrap_or(bytes.len() - 1);
        out.push(0x80 | (bytes.len() - from) as u8);
        out.extend_from_slice(&bytes[from..]);
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// Writes a non-negative INTEGER.
pub(crate) fn write_integer(value: u32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let from = bytes.iter().position(|&b| b != 0).unwrap_or(3);
    let sign: &[u8] = if bytes[from] & 0x80 != 0 { &[0] } else { &[] };
    write(INTEGER, &[sign, &bytes[from..]])
}

/// Writes an OBJECT IDENTIFIER given in dotted form.
///
/// `None` where the text is no object identifier.
pub(crate) fn write_oid(dotted: &str) -> Option<Vec<u8>> {
    let arcs = dotted
        .split('.')
        .map(|arc| arc.parse().ok())
        .collect::<Option<Vec<u128>>>()?;
    let [first @ 0..=2, second, rest @ ..] = arcs.as_slice() else {
        return None;
    };
    if *first < 2 && *second >= 40 {
        return None;
    }
    let mut content = Vec::new();
    for arc in [&[first * 40 + second], rest].concat() {
        let groups = (0..19u32)
            .rev()
            .map(|group| ((arc >> (7 * group)) & 0x7f) as u8);
        let digits: Vec<u8> = groups.skip_while(|&digit| digit == 0).collect();
        let (last, leading) = digits.split_last().unwrap_or((&0, &[]));
        content.extend(leading.iter().map(|digit| digit | 0x80));
        content.push(*last);
    }
    Some(write(OBJECT_IDENTIFIER, &[&content]))
}

/// Writes a BIT STRING of whole bytes.
pub(crate) fn write_bits(bytes: &[u8]) -> Vec<u8> {
    write(BIT_STRING, &[&[0], bytes])
}

/// An object identifier's content in dotted form. Arcs may be as long as a UUID (2.25), which general libraries refuse.
fn dotted(content: &[u8]) -> Option<String> {
    let mut arcs: Vec<u128> = Vec::new();
    let mut arc = 0u128;
    let mut at_start = true;
    for &byte in content {
        if (at_start && byte == 0x80) || arc >> 121 != 0 {
            return None;
        }
        arc = (arc << 7) | u128::from(byte & 0x7f);
        at_start = byte & 0x80 == 0;
        if at_start {
            arcs.push(arc);
            arc = 0;
        }
    }
    let (&joined, rest) = arcs.split_first()?;
    if !at_start {
        return None;
    }
    let first = (joined / 40).min(2);
    let head = format!("{first}.{}", joined - first * 40);
    Some(rest.iter().fold(head, |text, arc| format!("{text}.{arc}")))
}

/// The header's length, the content's length and whether the length is in its shortest form.
fn length(bytes: &[u8], place: &'static str) -> Result<(usize, usize, bool), FormatError> {
    let Some(&first) = bytes.get(1) else {
        return Err(FormatError::Truncated { place });
    };
    if first < 0x80 {
        return Ok((2, usize::from(first), true));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 {
        return Err(FormatError::NotDer { place });
    }
    let digits = bytes
        .get(2..2 + count)
        .ok_or(FormatError::Truncated { place })?;
    let length = digits
        .iter()
        .fold(0usize, |n, &b| (n << 8) | usize::from(b));
    let minimal = digits[0] != 0 && (count > 1 || length >= 0x80);
    Ok((2 + count, length, minimal))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn written_elements_read_back() {
        for length in [0usize, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7u8; length];
            let der = write(OCTET_STRING, &[&content]);
            let mut notes = Notes::default();
            let mut walker = Walker::new(&der);
            assert_eq!(walker.octets("数据", &mut notes).unwrap(), content);
            assert!(walker.is_empty());
            assert!(notes.into_findings().is_empty());
        }
        for value in [0u32, 1, 127, 128, 255, 256, 0x7fff_ffff, u32::MAX] {
            let der = write_integer(value);
            let mut notes = Notes::default();
            assert_eq!(Walker::new(&der).integer("数", &mut notes).unwrap(), value);
            assert!(notes.into_findings().is_empty());
        }
    }

    #[test]
    fn object_identifiers_read_back() {
        for oid in [
            "1.2.156.10197.1.501",
            "2.5.29.15",
            "2.25.64167878346772278716327686265875132797.1",
            "0.0",
        ] {
            let der = write_oid(oid).unwrap();
            assert_eq!(
                Walker::new(&der)
                    .oid("标识", &mut Notes::default())
                    .unwrap(),
                oid
            );
        }
        assert_eq!(
            write_oid("1.2.156.10197.1.501").unwrap(),
            hex::decode("06082a811ccf55018375").unwrap()
        );
        for wrong in ["", "1", "3.1", "1.40", "1.2.x", "1..2"] {
            assert!(write_oid(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn long_form_of_a_short_length_is_noted() {
        let mut notes = Notes::default();
        assert_eq!(
            Walker::new(&[0x04, 0x81, 0x01, 9])
                .octets("数据", &mut notes)
                .unwrap(),
            [9]
        );
        assert_eq!(notes.into_findings()[0].code, "not_der");
    }

    #[test]
    fn indefinite_length_is_refused() {
        let mut notes = Notes::default();
        let error = Walker::new(&[0x30, 0x80, 0, 0])
            .sequence("数据", &mut notes)
            .unwrap_err();
        assert_eq!(error.code(), "not_der");
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut notes = Notes::default();
            let mut walker = Walker::new(&bytes);
            while walker.element("数据", &mut notes).is_ok() {}
            Walker::new(&bytes).finish("数据", &mut notes);
            let _ = Walker::new(&bytes).integer("数据", &mut notes);
            let _ = Walker::new(&bytes).oid("数据", &mut notes);
            let _ = Walker::new(&bytes).bits("数据", &mut notes);
        }
    }
}
