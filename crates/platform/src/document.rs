//! Documents on their way to a stamp: kept under their digest, looked at page by page.

use casework::FileDigest;
use ofd::{document::Ofd, package::Limits};

use crate::{
    Platform,
    error::{Error, Result},
    material::blocking,
};

/// A document that can be stamped.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Digest under which it is kept.
    pub digest: FileDigest,
    /// Width and height of each page in mm.
    pub pages: Vec<(f64, f64)>,
}

impl Platform {
    /// Keeps an uploaded document, if it is an OFD document with pages that can be stamped.
    ///
    /// # Errors
    /// Refusals `file_empty`, `file_too_large`, and of the document (`not_ofd`, `plain_zip`, `no_pages`, …).
    pub async fn keep_document(&self, name: &str, bytes: Vec<u8>) -> Result<Document> {
        if bytes.is_empty() {
            return Err(Error::refused(
                "file_empty",
                format!("文件「{name}」是空的（0 字节），请重新选择文件。"),
            ));
        }
        if bytes.len() > self.settings.max_file_bytes {
            return Err(self.too_large(name));
        }
        let (bytes, pages) = blocking(move || {
            let pages = sizes(&bytes);
            (bytes, pages)
        })
        .await?;
        let pages = pages?;
        Ok(Document {
            digest: self.files.put(bytes).await?,
            pages,
        })
    }

    /// A kept document. Whoever asks must have been given its digest by an act that they were allowed to do.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn kept_document(&self, digest: &FileDigest) -> Result<Vec<u8>> {
        Ok(self.files.get(digest).await?)
    }
}

fn sizes(bytes: &[u8]) -> Result<Vec<(f64, f64)>, ofd::Error> {
    let ofd = Ofd::open_strict(bytes, Limits::default())?;
    (0..ofd.page_count())
        .map(|index| {
            ofd.page_size(index)
                .map(|size| (size.width_mm, size.height_mm))
        })
        .collect()
}
