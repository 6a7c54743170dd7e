//! Writing: what is not changed keeps its bytes, what is changed is written anew.

use std::ops::Range;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::Package;
use super::directory::Entry;
use crate::error::{Error, StampRefusal};

/// XML parts from this size on are deflated.
const MIN_DEFLATED: usize = 4096;

/// An entry to be written, in place of an existing one of that name or as a new one.
pub(crate) struct NewEntry<'a> {
    pub(crate) name: &'a str,
    pub(crate) content: &'a [u8],
    /// Its date and time, as ZIP has them.
    pub(crate) dos_time: (u16, u16),
}

/// The package with `changes` made. Every other entry's local header, data and descriptor are
/// copied as they stand; replaced entries are dropped and written at the end, so no name occurs
/// twice and nothing is hidden.
pub(crate) fn rewrite(package: &Package<'_>, changes: &[NewEntry<'_>]) -> Result<Vec<u8>, Error> {
    let replaced: Vec<&Entry> = changes
        .iter()
        .filter_map(|change| package.entry(change.name))
        .collect();
    let is_replaced = |entry: &Entry| replaced.iter().any(|other| other.central == entry.central);
    if package.entries.iter().any(|entry| entry.zip64) {
        return Err(StampRefusal::Zip64.into());
    }
    let added: usize = changes
        .iter()
        .map(|c| c.content.len() + 2 * c.name.len() + 128)
        .sum();
    let mut output = Vec::with_capacity(package.bytes.len() + added);
    let mut central = Vec::with_capacity(package.central.len() + added);
    let mut count = 0_usize;

    let mut kept: Vec<&Entry> = package.entries.iter().filter(|e| !is_replaced(e)).collect();
    kept.sort_by_key(|entry| entry.local.start);
    let offsets = copy_entries(package.bytes, &kept, &mut output);
    for entry in package.entries.iter().filter(|entry| !is_replaced(entry)) {
        let mut record = package.bytes[entry.central.clone()].to_vec();
        let place = kept.partition_point(|other| other.local.start < entry.local.start);
        record[42..46].copy_from_slice(&short(offsets[place])?.to_le_bytes());
        central.extend_from_slice(&record);
        count += 1;
    }
    for change in changes {
        append_entry(change, &mut output, &mut central)?;
        count += 1;
    }
    finish(package, output, &central, count)
}

/// Copies runs of neighbouring entries at once; gives each entry's new offset.
fn copy_entries(bytes: &[u8], kept: &[&Entry], output: &mut Vec<u8>) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(kept.len());
    let mut run: Range<usize> = 0..0;
    for entry in kept {
        if entry.local.start != run.end {
            output.extend_from_slice(&bytes[run.clone()]);
            run = entry.local.start..entry.local.start;
        }
        offsets.push(output.len() + run.len());
        run.end = entry.local.end;
    }
    output.extend_from_slice(&bytes[run]);
    offsets
}

fn append_entry(
    change: &NewEntry<'_>,
    output: &mut Vec<u8>,
    central: &mut Vec<u8>,
) -> Result<(), Error> {
    // Small parts are not worth the work; seals and signed values hardly shrink.
    let worthwhile = change.content.len() >= MIN_DEFLATED && change.name.ends_with(".xml");
    let packed = if worthwhile {
        deflate(change.content)
    } else {
        Vec::new()
    };
    let (method, data): (u16, &[u8]) = if packed.is_empty() {
        (0, change.content)
    } else {
        (8, &packed)
    };
    let offset = short(output.len())?;
    let mut common = Vec::with_capacity(26);
    let flags: u16 = if change.name.is_ascii() { 0 } else { 1 << 11 };
    for value in [20, flags, method, change.dos_time.1, change.dos_time.0] {
        common.extend_from_slice(&value.to_le_bytes());
    }
    let sizes = [
        crc32fast::hash(change.content),
        short(data.len())?,
        short(change.content.len())?,
    ];
    for value in sizes {
        common.extend_from_slice(&value.to_le_bytes());
    }
    let name_length = u16::try_from(change.name.len()).map_err(|_| StampRefusal::Zip64)?;
    common.extend_from_slice(&name_length.to_le_bytes());
    common.extend_from_slice(&[0, 0]);

    output.extend_from_slice(b"PK\x03\x04");
    output.extend_from_slice(&common);
    output.extend_from_slice(change.name.as_bytes());
    output.extend_from_slice(data);

    central.extend_from_slice(b"PK\x01\x02");
    central.extend_from_slice(&20_u16.to_le_bytes());
    central.extend_from_slice(&common);
    // Comment length, disk, internal and external attributes are all zero.
    central.extend_from_slice(&[0; 10]);
    central.extend_from_slice(&offset.to_le_bytes());
    central.extend_from_slice(change.name.as_bytes());
    Ok(())
}

fn finish(
    package: &Package<'_>,
    mut output: Vec<u8>,
    central: &[u8],
    count: usize,
) -> Result<Vec<u8>, Error> {
    let offset = short(output.len())?;
    let count = u16::try_from(count)
        .ok()
        .filter(|n| *n < u16::MAX)
        .ok_or(StampRefusal::Zip64)?;
    let comment = &package.bytes[package.comment.clone()];
    output.extend_from_slice(central);
    output.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    output.extend_from_slice(&count.to_le_bytes());
    output.extend_from_slice(&count.to_le_bytes());
    output.extend_from_slice(&short(central.len())?.to_le_bytes());
    output.extend_from_slice(&offset.to_le_bytes());
    // The comment's length was a u16 when it was read.
    output.extend_from_slice(&u16::try_from(comment.len()).unwrap_or(0).to_le_bytes());
    output.extend_from_slice(comment);
    // What was written is what the strict reader accepts.
    debug_assert!(Package::open_strict(&output, package.limits).is_ok());
    Ok(output)
}

fn deflate(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;

    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    // Writing to a vector cannot fail; if it did, the content is stored as it is.
    encoder
        .write_all(content)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

fn short(value: usize) -> Result<u32, Error> {
    let value = u32::try_from(value).ok().filter(|value| *value != u32::MAX);
    value.ok_or_else(|| StampRefusal::Zip64.into())
}
