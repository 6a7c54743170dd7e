//! The ZIP structure: end record, central directory, local headers, and whether they tell the same.

use std::collections::HashMap;
use std::ops::Range;

use super::field::{extra_field, u16_at, u32_at, u64_at, zip64_value};
use super::finding::{Anomaly, PackageFinding};
use super::limits::Limits;
use super::name;
use crate::error::{EntryProblem, Error};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const LOCATOR64: u32 = 0x0706_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DESCRIPTOR: u16 = 1 << 3;
const FLAG_UTF8: u16 = 1 << 11;
/// More findings than this are not listed: they would say nothing new.
const MAX_FINDINGS: usize = 200;

/// How an entry's bytes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// Raw deflate.
    Deflated,
}

/// One entry of a package.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) compressed_size: u64,
    pub(super) crc32: u32,
    pub(super) method: Method,
    pub(super) blocked: Option<EntryProblem>,
    /// Local header, data and data descriptor.
    pub(super) local: Range<usize>,
    pub(super) data: Range<usize>,
    /// The record in the central directory.
    pub(super) central: Range<usize>,
    pub(super) zip64: bool,
}

impl Entry {
    /// The name with `/` as separator and without a leading one; a folder's name ends with `/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Size in bytes, unpacked.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether it is a folder, which has no content.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// Everything learned from the container's structure.
pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
    pub(super) by_name: HashMap<String, usize>,
    pub(super) by_folded: HashMap<String, usize>,
    pub(super) central: Range<usize>,
    pub(super) comment: Range<usize>,
    pub(super) findings: Vec<PackageFinding>,
}

/// Reads the structure. Fails only where nothing can be read at all.
pub(super) fn parse(bytes: &[u8], limits: &Limits) -> Result<Directory, Error> {
    if bytes.len() as u64 > limits.package_size {
        return Err(Error::Container(PackageFinding::new(Anomaly::TooLarge, "")));
    }
    let end = find_end(bytes).ok_or(Error::NotZip)?;
    let mut parser = Parser {
        bytes,
        limits,
        findings: Vec::new(),
        entries: Vec::new(),
    };
    parser.read_central(&end)?;
    parser.check_spans(&end);
    let (by_name, by_folded) = parser.index_names();
    Ok(Directory {
        entries: parser.entries,
        by_name,
        by_folded,
        central: end.central,
        comment: end.comment,
        findings: parser.findings,
    })
}

/// Where the directory is, and what the end record says about it.
struct EndRecord {
    /// Bytes in front of the first byte that offsets count from.
    base: usize,
    central: Range<usize>,
    entries: u64,
    comment: Range<usize>,
    /// Where the first of the end records begins.
    start: usize,
    trailing: bool,
    /// Another end record stands behind this one.
    second: bool,
}

fn find_end(bytes: &[u8]) -> Option<EndRecord> {
    let mut at = bytes.len().checked_sub(22)?;
    loop {
        if u32_at(bytes, at) == Some(END)
            && let Some(end) = read_end(bytes, at)
        {
            return Some(end);
        }
        at = at.checked_sub(1)?;
    }
}

fn read_end(bytes: &[u8], at: usize) -> Option<EndRecord> {
    let mut entries = u64::from(u16_at(bytes, at + 10)?);
    let mut size = u64::from(u32_at(bytes, at + 12)?);
    let mut offset = u64::from(u32_at(bytes, at + 16)?);
    let comment_end = at + 22 + usize::from(u16_at(bytes, at + 20)?);
    let comment = at + 22..comment_end.min(bytes.len());
    let mut start = at;
    let needs_64 = entries == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff;
    if needs_64 && let Some(found) = find_end64(bytes, at) {
        start = found;
        entries = u64_at(bytes, found + 32)?;
        size = u64_at(bytes, found + 40)?;
        offset = u64_at(bytes, found + 48)?;
    }
    let size = usize::try_from(size).ok()?;
    let offset = usize::try_from(offset).ok()?;
    let is_directory = |from: usize| {
        if size == 0 {
            true
        } else {
            u32_at(bytes, from) == Some(CENTRAL)
        }
    };
    // Right before the end record is the usual place; where offset says is the other.
    let from = start
        .checked_sub(size)
        .filter(|from| *from >= offset && is_directory(*from));
    let (base, central) = match from {
        Some(from) => (from - offset, from..start),
        None => {
            let end = offset.checked_add(size)?;
            (end <= start && is_directory(offset)).then_some((0, offset..end))?
        }
    };
    let second = (at + 22..bytes.len().saturating_sub(21)).any(|i| u32_at(bytes, i) == Some(END));
    let trailing = comment_end != bytes.len();
    Some(EndRecord {
        base,
        central,
        entries,
        comment,
        start,
        trailing,
        second,
    })
}

fn find_end64(bytes: &[u8], end: usize) -> Option<usize> {
    let locator = end.checked_sub(20)?;
    if u32_at(bytes, locator)? != LOCATOR64 {
        return None;
    }
    let named = usize::try_from(u64_at(bytes, locator + 8)?).ok()?;
    // With bytes in front of the zip the named place is off; the fixed-size record ends right here.
    [named, locator.checked_sub(56)?]
        .into_iter()
        .find(|at| u32_at(bytes, *at) == Some(END64))
}

struct Parser<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    findings: Vec<PackageFinding>,
    entries: Vec<Entry>,
}

/// One record of the central directory as it stands.
struct Central<'a> {
    flags: u16,
    method: u16,
    crc32: u32,
    compressed_size: u64,
    size: u64,
    offset: u64,
    name: &'a [u8],
    extra: &'a [u8],
    zip64: bool,
    range: Range<usize>,
}

impl<'a> Parser<'a> {
    fn report(&mut self, anomaly: Anomaly, entry: &str) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(PackageFinding::new(anomaly, entry));
        }
    }

    fn read_central(&mut self, end: &EndRecord) -> Result<(), Error> {
        let mut at = end.central.start;
        let mut total = 0_u64;
        while at < end.central.end {
            let Some(record) = read_record(self.bytes, at, end.central.end) else {
                self.report(Anomaly::HeaderDisagreement, "");
                break;
            };
            if self.entries.len() >= self.limits.entries {
                return Err(Error::Container(PackageFinding::new(Anomaly::TooLarge, "")));
            }
            at = record.range.end;
            self.add_entry(&record, end, &mut total);
        }
        if self.entries.len() as u64 != end.entries {
            self.report(Anomaly::HeaderDisagreement, "");
        }
        Ok(())
    }

    fn add_entry(&mut self, record: &Central<'_>, end: &EndRecord, total: &mut u64) {
        let unicode = extra_field(record.extra, 0x7075).and_then(|field| field.get(5..));
        let decoded = name::decode(record.name, record.flags & FLAG_UTF8 != 0, unicode);
        let name = decoded.normal;
        for anomaly in decoded.anomalies {
            self.report(anomaly, if name.is_empty() { "?" } else { &name });
        }
        if record.name.len() > self.limits.name_length {
            self.report(Anomaly::EntryNameTooLong, &name);
        }
        let mut blocked = self.size_problem(record, &name, total);
        let method = match record.method {
            0 => Method::Stored,
            8 => Method::Deflated,
            _ => {
                self.report(Anomaly::UnsupportedMethod, &name);
                blocked = Some(EntryProblem::UnsupportedMethod);
                Method::Stored
            }
        };
        if record.flags & FLAG_ENCRYPTED != 0 {
            self.report(Anomaly::Encrypted, &name);
            blocked = Some(EntryProblem::Encrypted);
        }
        let (local, data) = match self.read_local(record, end, &name) {
            Some(ranges) => ranges,
            None => {
                self.report(Anomaly::HeaderDisagreement, &name);
                blocked = Some(EntryProblem::Corrupt);
                (0..0, 0..0)
            }
        };
        self.entries.push(Entry {
            name,
            size: record.size,
            compressed_size: record.compressed_size,
            crc32: record.crc32,
            method,
            blocked,
            local,
            data,
            central: record.range.clone(),
            zip64: record.zip64,
        });
    }

    fn size_problem(
        &mut self,
        record: &Central<'_>,
        name: &str,
        total: &mut u64,
    ) -> Option<EntryProblem> {
        *total = total.saturating_add(record.size);
        if record.size > self.limits.entry_size || *total > self.limits.total_size {
            self.report(Anomaly::TooLarge, name);
            return Some(EntryProblem::TooLarge);
        }
        let allowed = record.compressed_size.saturating_mul(self.limits.ratio);
        if record.size > self.limits.ratio_floor && record.size > allowed {
            self.report(Anomaly::Ratio, name);
            return Some(EntryProblem::TooLarge);
        }
        None
    }

    /// Finds the local header and compares it. `None`: there is none, or its data does not fit.
    fn read_local(
        &mut self,
        record: &Central<'_>,
        end: &EndRecord,
        name: &str,
    ) -> Option<(Range<usize>, Range<usize>)> {
        let bytes = self.bytes;
        let start = usize::try_from(record.offset).ok()?.checked_add(end.base)?;
        if u32_at(bytes, start)? != LOCAL {
            return None;
        }
        let flags = u16_at(bytes, start + 6)?;
        let name_start = start + 30;
        let name_end = name_start + usize::from(u16_at(bytes, start + 26)?);
        let data_start = name_end + usize::from(u16_at(bytes, start + 28)?);
        let data_end = data_start.checked_add(usize::try_from(record.compressed_size).ok()?)?;
        if data_end > end.central.start {
            return None;
        }
        let extra = bytes.get(name_end..data_start)?;
        let deferred = flags & FLAG_DESCRIPTOR != 0;
        let compared = FLAG_ENCRYPTED | if record.name.is_ascii() { 0 } else { FLAG_UTF8 };
        let same_size = |at: usize, known: u64, nth: usize| {
            let here = u64::from(u32_at(bytes, at).unwrap_or(0));
            here == known
                || (deferred && here == 0)
                || (here == 0xffff_ffff
                    && zip64_value(extra, nth).is_some_and(|v| v == known || deferred))
        };
        let crc = u32_at(bytes, start + 14)?;
        let unicode = extra_field(extra, 0x7075);
        let agrees = bytes.get(name_start..name_end)? == record.name
            && u16_at(bytes, start + 8)? == record.method
            && flags & compared == record.flags & compared
            && (crc == record.crc32 || (deferred && crc == 0))
            && same_size(start + 22, record.size, 0)
            && same_size(start + 18, record.compressed_size, 1)
            && (unicode.is_none() || unicode == extra_field(record.extra, 0x7075));
        if !agrees {
            self.report(Anomaly::HeaderDisagreement, name);
        }
        let after = if deferred {
            descriptor_end(bytes, data_end, record).unwrap_or_else(|| {
                self.report(Anomaly::HeaderDisagreement, name);
                data_end
            })
        } else {
            data_end
        };
        Some((start..after, data_start..data_end))
    }

    /// Looks at what lies between the entries, before the first and behind the last.
    fn check_spans(&mut self, end: &EndRecord) {
        let mut order: Vec<usize> = (0..self.entries.len())
            .filter(|i| !self.entries[*i].local.is_empty())
            .collect();
        order.sort_by_key(|i| self.entries[*i].local.start);
        let mut reached = 0;
        for (nth, index) in order.into_iter().enumerate() {
            let local = self.entries[index].local.clone();
            let name = self.entries[index].name.clone();
            if local.start < reached {
                self.report(Anomaly::OverlappingEntries, &name);
            } else if nth == 0 && local.start > 0 {
                self.report_gap(0..local.start, Anomaly::BytesBeforeZip, &name);
            } else if local.start > reached {
                self.report_gap(reached..local.start, Anomaly::HiddenBytes, &name);
            }
            reached = reached.max(local.end);
        }
        if reached < end.central.start {
            self.report_gap(reached..end.central.start, Anomaly::HiddenBytes, "");
        }
        if end.central.end < end.start {
            self.report(Anomaly::HiddenBytes, "");
        }
        if end.second {
            self.report(Anomaly::HeaderDisagreement, "");
        }
        if end.trailing {
            self.report(Anomaly::BytesAfterZip, "");
        }
        if !end.comment.is_empty() {
            self.report(Anomaly::ZipComment, "");
        }
    }

    /// Bytes of no entry: an unlisted local header among them is worse than mere bytes.
    fn report_gap(&mut self, gap: Range<usize>, otherwise: Anomaly, next: &str) {
        let bytes = self.bytes;
        let hidden = gap.clone().find(|at| u32_at(bytes, *at) == Some(LOCAL));
        match hidden {
            Some(at) => {
                let length = usize::from(u16_at(bytes, at + 26).unwrap_or(0));
                let raw = bytes.get(at + 30..at + 30 + length).unwrap_or_default();
                let name = String::from_utf8_lossy(raw).into_owned();
                self.report(Anomaly::HeaderDisagreement, &name);
            }
            None => self.report(otherwise, next),
        }
    }

    fn index_names(&mut self) -> (HashMap<String, usize>, HashMap<String, usize>) {
        let mut by_name = HashMap::with_capacity(self.entries.len());
        let mut by_folded: HashMap<String, usize> = HashMap::with_capacity(self.entries.len());
        for index in 0..self.entries.len() {
            let name = self.entries[index].name.clone();
            let raw = self.raw_name(index);
            match by_folded.get(&name::fold(&name)) {
                Some(first) if self.raw_name(*first) == raw => {
                    self.report(Anomaly::DuplicateEntry, &name);
                }
                Some(_) => self.report(Anomaly::EntryNameAmbiguous, &name),
                None => {
                    by_folded.insert(name::fold(&name), index);
                }
            }
            by_name.entry(name).or_insert(index);
        }
        (by_name, by_folded)
    }

    fn raw_name(&self, index: usize) -> &'a [u8] {
        let central = &self.entries[index].central;
        let length = usize::from(u16_at(self.bytes, central.start + 28).unwrap_or(0));
        self.bytes
            .get(central.start + 46..central.start + 46 + length)
            .unwrap_or_default()
    }
}

fn read_record(bytes: &[u8], at: usize, limit: usize) -> Option<Central<'_>> {
    if u32_at(bytes, at)? != CENTRAL {
        return None;
    }
    let name_end = at + 46 + usize::from(u16_at(bytes, at + 28)?);
    let extra_end = name_end + usize::from(u16_at(bytes, at + 30)?);
    let end = extra_end + usize::from(u16_at(bytes, at + 32)?);
    if end > limit {
        return None;
    }
    let extra = bytes.get(name_end..extra_end)?;
    // The zip64 field holds only those values that are 0xffffffff above, in this order.
    let (mut nth, mut zip64) = (0, false);
    let mut wide = |short: u32| -> Option<u64> {
        if short != 0xffff_ffff {
            return Some(u64::from(short));
        }
        zip64 = true;
        let value = zip64_value(extra, nth);
        nth += 1;
        value
    };
    let size = wide(u32_at(bytes, at + 24)?)?;
    let compressed_size = wide(u32_at(bytes, at + 20)?)?;
    let offset = wide(u32_at(bytes, at + 42)?)?;
    Some(Central {
        flags: u16_at(bytes, at + 8)?,
        method: u16_at(bytes, at + 10)?,
        crc32: u32_at(bytes, at + 16)?,
        compressed_size,
        size,
        offset,
        name: bytes.get(at + 46..name_end)?,
        extra,
        zip64,
        range: at..end,
    })
}

/// The data descriptor may come with or without its signature and with 4- or 8-byte sizes.
fn descriptor_end(bytes: &[u8], at: usize, record: &Central<'_>) -> Option<usize> {
    for with_signature in [true, false] {
        let mut from = at;
        if with_signature {
            if u32_at(bytes, at) != Some(DESCRIPTOR) {
                continue;
            }
            from += 4;
        }
        if u32_at(bytes, from) != Some(record.crc32) {
            continue;
        }
        let short = (
            u32_at(bytes, from + 4).map(u64::from),
            u32_at(bytes, from + 8).map(u64::from),
        );
        if short == (Some(record.compressed_size), Some(record.size)) {
            return Some(from + 12);
        }
        let long = (u64_at(bytes, from + 4), u64_at(bytes, from + 12));
        if long == (Some(record.compressed_size), Some(record.size)) {
            return Some(from + 20);
        }
    }
    None
}
