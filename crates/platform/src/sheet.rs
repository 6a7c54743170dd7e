//! Tables as workbooks, for whoever may see them anyway.

use std::sync::Arc;

use crate::{
    Platform,
    error::{Error, Result},
    ports::sheets::Sheet,
};

impl Platform {
    /// A table as an XLSX workbook.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn workbook(&self, sheet: Sheet) -> Result<Vec<u8>> {
        let sheets = Arc::clone(&self.sheets);
        let sheet = Sheet {
            made_at: sheet.made_at.or_else(|| Some(self.clock.now())),
            ..sheet
        };
        tokio::task::spawn_blocking(move || sheets.write(&sheet))
            .await
            .map_err(|e| Error::internal("writing a workbook", e))?
            .map_err(|e| Error::internal("writing a workbook", e))
    }
}
