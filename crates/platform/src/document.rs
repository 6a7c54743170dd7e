//! Documents on their way to a stamp: kept under their digest, looked at page by page.

use std::collections::HashMap;

use casework::FileDigest;
use ofd::{
    document::Ofd,
    package::Limits,
    render::{self, RenderLimits},
    signatures::{self, Signatures},
};

use crate::{Platform, error::Result, material::blocking};

/// A document that can be stamped.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Digest under which it is kept.
    pub digest: FileDigest,
    /// Width and height of each page in mm.
    pub pages: Vec<(f64, f64)>,
}

/// A page of a document as a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PageView {
    /// Pages of the document.
    pub pages: usize,
    /// Width in mm.
    pub width_mm: f64,
    /// Height in mm.
    pub height_mm: f64,
    /// The page with the stamps that are on it (SVG, standing for itself).
    pub svg: String,
    /// What could not be drawn, in words.
    pub notes: Vec<String>,
}

impl Platform {
    /// Keeps an uploaded document, if it is an OFD document with pages that can be stamped.
    ///
    /// # Errors
    /// Refusals `file_empty`, `file_too_large`, and of the document (`not_ofd`, `plain_zip`, `no_pages`, …).
    pub async fn keep_document(&self, name: &str, bytes: Vec<u8>) -> Result<Document> {
        self.check_size(name, bytes.len())?;
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

    /// A page (from 1) of an OFD document as a picture.
    ///
    /// # Errors
    /// Refusals of the document.
    pub async fn page(&self, document: Vec<u8>, number: usize) -> Result<PageView> {
        Ok(blocking(move || draw(&document, number)).await??)
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

fn draw(document: &[u8], number: usize) -> Result<PageView, ofd::Error> {
    let ofd = Ofd::open(document, Limits::default())?;
    let index = number.saturating_sub(1);
    let signatures = signatures::read(&ofd);
    let pictures = pictures(&signatures);
    let stamps = render::stamps_on_page(&signatures, &pictures, index);
    let drawn = render::page(&ofd, index, &stamps, &RenderLimits::default())?;
    Ok(PageView {
        pages: ofd.page_count(),
        width_mm: drawn.size.width_mm,
        height_mm: drawn.size.height_mm,
        svg: drawn.svg,
        notes: drawn.notes.into_iter().map(|note| note.message).collect(),
    })
}

/// The seal pictures of the stamps, by the signature's place.
fn pictures(signatures: &Signatures) -> HashMap<usize, Vec<u8>> {
    signatures
        .files
        .iter()
        .enumerate()
        .filter_map(|(index, file)| {
            let stamp = seal::Stamp::parse(file.info.as_ref()?.signed_value.as_deref()?).ok()?;
            Some((index, stamp.seal.picture.data))
        })
        .collect()
}
