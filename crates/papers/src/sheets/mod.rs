//! The port [`Sheets`]: XLSX workbooks written by `rust_xlsxwriter` and read by `calamine`, each kept within bounds.

mod bounds;
mod read;
mod write;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use platform::ports::sheets::{ReadSheet, Sheet, Sheets, SheetsError, WantedColumn};

/// XLSX workbooks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Workbooks;

impl Sheets for Workbooks {
    fn write(&self, sheet: &Sheet) -> Result<Vec<u8>, SheetsError> {
        write::workbook(sheet).map_err(|error| SheetsError::Write(error.to_string()))
    }

    fn read(
        &self,
        workbook: &[u8],
        wanted: &[WantedColumn],
        most: usize,
    ) -> Result<ReadSheet, SheetsError> {
        bounds::check(workbook)?;
        // The reader is not ours and the bytes are a stranger's: what makes it panic is a damaged file.
        catch_unwind(AssertUnwindSafe(|| read::table(workbook, wanted, most)))
            .unwrap_or_else(|_| Err(SheetsError::Damaged("the reader gave up".to_owned())))
    }
}
