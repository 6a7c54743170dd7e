//! The container: an OFD document is a ZIP file whose entries are looked at with distrust.
//!
//! Two readers of a ZIP file can see different documents: one goes by the central directory, another
//! by the local headers, a third takes the last of two entries of one name. Here both descriptions
//! are read and compared, and every byte of the file must belong to something.

mod directory;
mod field;
mod finding;
mod limits;
pub(crate) mod name;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use flate2::{Decompress, FlushDecompress, Status};

pub use self::directory::{Entry, Method};
pub use self::finding::{Anomaly, PackageFinding, Severity};
pub use self::limits::Limits;
pub(crate) use self::write::{NewEntry, rewrite};
use crate::error::{EntryProblem, Error};

/// A package opened over its bytes. Entries are unpacked when they are asked for and not kept.
#[derive(Debug)]
pub struct Package<'a> {
    bytes: &'a [u8],
    limits: Limits,
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
    by_folded: HashMap<String, usize>,
    central: Range<usize>,
    comment: Range<usize>,
}

impl<'a> Package<'a> {
    /// Opens a package that is going to be written to: whatever is ambiguous is an error.
    ///
    /// # Errors
    /// [`Error::NotZip`], or [`Error::Container`] with the first anomaly that blocks stamping.
    pub fn open_strict(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        let (package, findings) = Self::open_tolerant(bytes, limits)?;
        match findings
            .into_iter()
            .find(|finding| finding.anomaly.blocks_stamping())
        {
            Some(finding) => Err(Error::Container(finding)),
            None => Ok(package),
        }
    }

    /// Opens a package for reading: anomalies become findings, the rest stays readable. Of two
    /// entries of one name the first in the central directory is read.
    ///
    /// # Errors
    /// [`Error::NotZip`] where there is no central directory, [`Error::Container`] (`too_large`)
    /// where there are too many entries or bytes to look at.
    pub fn open_tolerant(
        bytes: &'a [u8],
        limits: Limits,
    ) -> Result<(Self, Vec<PackageFinding>), Error> {
        let parsed = directory::parse(bytes, &limits)?;
        let package = Self {
            bytes,
            limits,
            entries: parsed.entries,
            by_name: parsed.by_name,
            by_folded: parsed.by_folded,
            central: parsed.central,
            comment: parsed.comment,
        };
        Ok((package, parsed.findings))
    }

    /// The bounds it was opened with.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// All entries in the order of the central directory, folders included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All entries that have content.
    pub fn files(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_folder())
    }

    /// The entry of exactly this name (`/` as separator, no leading one).
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.by_name.get(name).map(|index| &self.entries[*index])
    }

    /// The unpacked size in bytes of the entry of this name; 0 when there is none.
    pub fn size_of(&self, name: &str) -> u64 {
        self.entry(name).map_or(0, Entry::size)
    }

    /// The entry whose name is the same but for upper and lower case; some writers mix them.
    pub fn entry_ignoring_case(&self, name: &str) -> Option<&Entry> {
        let index = self.by_folded.get(&name::fold(name))?;
        Some(&self.entries[*index]).filter(|entry| !entry.is_folder())
    }

    /// Unpacks one entry; what is stored uncompressed is not copied.
    ///
    /// # Errors
    /// [`Error::Entry`]: missing, corrupt (size or checksum wrong), too large, encrypted.
    pub fn read(&self, name: &str) -> Result<Cow<'a, [u8]>, Error> {
        let entry = self.find(name)?;
        if entry.method == Method::Stored {
            return self.stored(entry).map(Cow::Borrowed);
        }
        let mut content = Vec::with_capacity(self.capacity(entry));
        self.unpack(entry, &mut |chunk| content.extend_from_slice(chunk))?;
        Ok(Cow::Owned(content))
    }

    /// Unpacks one entry piece by piece, for digests: never more than 64 KiB is held.
    ///
    /// # Errors
    /// As [`Package::read`]; the pieces given out before the error are then worthless.
    pub fn read_pieces(&self, name: &str, sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let entry = self.find(name)?;
        if entry.method == Method::Stored {
            sink(self.stored(entry)?);
            return Ok(());
        }
        self.unpack(entry, sink)
    }

    /// An entry as it stands in the file: local header, packed data and data descriptor.
    pub fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.bytes.get(self.entry(name)?.local.clone())
    }

    /// Everything behind the entries: central directory and end record. It holds the checksum and
    /// size of every entry and so tells one package from another.
    pub(crate) fn tail(&self) -> &'a [u8] {
        &self.bytes[self.central.start..]
    }

    fn find(&self, name: &str) -> Result<&Entry, Error> {
        let entry = self
            .entry(name)
            .ok_or_else(|| Error::entry(name, EntryProblem::Missing))?;
        match entry.blocked {
            Some(problem) => Err(Error::entry(name, problem)),
            None => Ok(entry),
        }
    }

    fn stored(&self, entry: &Entry) -> Result<&'a [u8], Error> {
        let data = &self.bytes[entry.data.clone()];
        if entry.size != entry.compressed_size || crc32fast::hash(data) != entry.crc32 {
            return Err(Error::entry(&entry.name, EntryProblem::Corrupt));
        }
        Ok(data)
    }

    /// What a directory claims is not taken on trust: deflate cannot grow beyond 1032 times.
    fn capacity(&self, entry: &Entry) -> usize {
        let possible = entry.compressed_size.saturating_mul(1032);
        usize::try_from(entry.size.min(possible)).unwrap_or(0)
    }

    fn unpack(&self, entry: &Entry, sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let corrupt = || Error::entry(&entry.name, EntryProblem::Corrupt);
        let data = &self.bytes[entry.data.clone()];
        let mut inflater = Decompress::new(false);
        let mut crc = crc32fast::Hasher::new();
        let mut buffer = vec![0_u8; self.capacity(entry).clamp(512, 64 << 10)];
        loop {
            let consumed = usize::try_from(inflater.total_in()).map_err(|_| corrupt())?;
            let before = inflater.total_out();
            let status = inflater
                .decompress(&data[consumed..], &mut buffer, FlushDecompress::None)
                .map_err(|_| corrupt())?;
            let written = usize::try_from(inflater.total_out() - before).map_err(|_| corrupt())?;
            if inflater.total_out() > entry.size {
                return Err(corrupt());
            }
            crc.update(&buffer[..written]);
            sink(&buffer[..written]);
            let stuck = written == 0 && inflater.total_in() == consumed as u64;
            match status {
                Status::StreamEnd => break,
                _ if stuck => return Err(corrupt()),
                Status::Ok | Status::BufError => {}
            }
        }
        let complete = inflater.total_out() == entry.size
            && inflater.total_in() == data.len() as u64
            && crc.finalize() == entry.crc32;
        if complete { Ok(()) } else { Err(corrupt()) }
    }
}

#[cfg(test)]
mod tests;
