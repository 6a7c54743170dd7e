//! Before a workbook is read: that it is one, and how much there is in it once unpacked.

use std::io::{Cursor, Read as _};

use platform::ports::sheets::SheetsError;

/// Most bytes of all parts together, unpacked. 2,000 lines of 20 columns are about 3 MB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Most parts.
const MOST_PARTS: usize = 2000;
/// How old binary workbooks and encrypted new ones begin (a compound file).
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Refuses what is no XLSX workbook and what would unpack beyond bounds. The announced sizes are not believed: every
/// part is unpacked and counted.
pub(super) fn check(workbook: &[u8]) -> Result<(), SheetsError> {
    if workbook.starts_with(COMPOUND) {
        return Err(SheetsError::OldOrEncrypted);
    }
    let mut archive =
        zip::ZipArchive::new(Cursor::new(workbook)).map_err(|_| SheetsError::NotAWorkbook)?;
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(SheetsError::NotAWorkbook);
    }
    if archive.len() > MOST_PARTS {
        return Err(SheetsError::TooLarge);
    }
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let part = archive
            .by_index(index)
            .map_err(|error| SheetsError::Damaged(error.to_string()))?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|error| SheetsError::Damaged(error.to_string()))?;
        left = left.checked_sub(read).ok_or(SheetsError::TooLarge)?;
    }
    Ok(())
}
