//! Looking at one page: the heavy part, on threads of its own kind, a few at a time, each with an end.

use std::sync::Arc;
use std::time::Duration;

use casework::FileDigest;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ExtendedColorType, RgbImage};
use scan::{Limits, Print, Sheet, Straightened, Upload};

use super::ScanSheet;
use crate::{
    Platform, Remark,
    error::{Error, Result},
};

/// Pages worked on at once: each takes a processor and up to 300 MB.
pub(crate) const PICTURES_AT_ONCE: usize = 2;
/// Longest time for one page.
const LONGEST: Duration = Duration::from_secs(60);
/// Quality of the straightened picture.
const QUALITY: u8 = 88;
/// Width of the small picture in pixels.
const SMALL: u32 = 240;
/// Resolution of prints that pages are compared with, in pixels per mm.
const PRINT_PX_PER_MM: f32 = 6.0;

/// A page straightened, with its pictures.
pub(super) struct Read {
    pub(super) sheet: Arc<Sheet>,
    pub(super) code: Option<String>,
    pub(super) remarks: Vec<Remark>,
    pub(super) blank: bool,
    pub(super) grey: bool,
    how: scan::How,
    error_mm: Option<f32>,
    picture: Vec<u8>,
    small: Vec<u8>,
}

impl Platform {
    /// Heavy work with its end: what takes longer is given up, what panics is a fault of the picture.
    pub(super) async fn picture_work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Result<T, Remark>> {
        let _room = self
            .picture_work
            .acquire()
            .await
            .map_err(|e| Error::internal("pictures", e))?;
        let fault = |code: &str, message: &str| Remark {
            code: code.to_owned(),
            message: message.to_owned(),
        };
        match tokio::time::timeout(LONGEST, tokio::task::spawn_blocking(work)).await {
            Ok(Ok(done)) => Ok(Ok(done)),
            Ok(Err(error)) if error.is_panic() => {
                tracing::error!(error = %error, "looking at a page panicked");
                Ok(Err(fault(
                    "scan_not_readable",
                    "这一页无法识别，请重新扫描或拍摄后上传；仍不能识别的，请联系中心。",
                )))
            }
            Ok(Err(error)) => Err(Error::internal("pictures", error)),
            Err(_) => Ok(Err(fault(
                "scan_too_slow",
                "识别这一页用时过长，已停止；请以每英寸 300 点重新扫描，或拍摄后上传。",
            ))),
        }
    }

    /// Opens a kept original.
    pub(super) async fn open_scan(&self, file: &FileDigest) -> Result<Result<Arc<Upload>, Remark>> {
        let sealed = self.files.get(file).await?;
        let protection = Arc::clone(&self.protection);
        let opened = self
            .picture_work(move || {
                let bytes = protection.open_file(&sealed)?;
                Ok::<_, Error>(scan::open(bytes, &Limits::default()))
            })
            .await?;
        Ok(match opened {
            Ok(Ok(Ok(upload))) => Ok(Arc::new(upload)),
            Ok(Ok(Err(fault))) => Err(told(&fault)),
            Ok(Err(error)) => return Err(error),
            Err(remark) => Err(remark),
        })
    }

    /// Straightens a page, from 1, and draws its pictures.
    pub(super) async fn straighten(
        &self,
        upload: &Arc<Upload>,
        number: u32,
    ) -> Result<Result<Read, Remark>> {
        let upload = Arc::clone(upload);
        let read = self
            .picture_work(move || {
                let page = upload.page(number - 1)?;
                Ok::<_, scan::ScanError>(read(scan::straighten(&page), page.grey))
            })
            .await?;
        Ok(match read {
            Ok(Ok(Ok(read))) => Ok(read),
            Ok(Ok(Err(error))) => return Err(error),
            Ok(Err(fault)) => Err(told(&fault)),
            Err(remark) => Err(remark),
        })
    }

    /// Keeps the pictures of a page.
    pub(super) async fn keep_sheet(&self, read: &Read) -> Result<ScanSheet> {
        Ok(ScanSheet {
            picture: self.keep(&read.picture).await?,
            small: self.keep(&read.small).await?,
            width_mm: read.sheet.picture.width() as f32 / read.sheet.px_per_mm,
            height_mm: read.sheet.picture.height() as f32 / read.sheet.px_per_mm,
            px_per_mm: read.sheet.px_per_mm,
            scale_known: read.sheet.scale_known,
            source_dpi: read.sheet.source_px_per_mm * 25.4,
            how: read.how,
            error_mm: read.error_mm,
        })
    }

    /// One page of a paper as it was printed.
    pub(super) async fn print(
        &self,
        pdf: &Arc<Vec<u8>>,
        places: &[scan::Place],
        page: u32,
    ) -> Result<Option<Arc<Print>>> {
        let pdf = Arc::clone(pdf);
        let places: Vec<scan::Place> = places
            .iter()
            .filter(|place| place.page == page)
            .cloned()
            .collect();
        let drawn = self
            .picture_work(move || {
                let print = scan::open(pdf.to_vec(), &Limits::default())?;
                let page = print.page(page.saturating_sub(1))?.picture;
                let (full_width, full_height) = page.dimensions();
                let width_mm = if full_width > full_height {
                    scan::SHEET_HEIGHT_MM
                } else {
                    scan::SHEET_WIDTH_MM
                };
                let width = ((width_mm * PRINT_PX_PER_MM) as u32).min(full_width);
                let height = (u64::from(full_height) * u64::from(width)
                    / u64::from(full_width.max(1))) as u32;
                let picture = imageops::resize(&page, width, height, FilterType::Triangle);
                Ok::<_, scan::ScanError>(Print {
                    px_per_mm: width as f32 / width_mm,
                    picture,
                    places,
                })
            })
            .await?;
        match drawn {
            Ok(Ok(print)) => Ok(Some(Arc::new(print))),
            Ok(Err(error)) => {
                tracing::warn!(error = %error, "a print cannot be drawn");
                Ok(None)
            }
            Err(remark) => {
                tracing::warn!(remark = remark.message, "a print cannot be drawn");
                Ok(None)
            }
        }
    }
}

/// A fault of a file in the user's words.
pub(super) fn told(fault: &scan::ScanError) -> Remark {
    Remark {
        code: fault.code().to_owned(),
        message: format!("{fault}。"),
    }
}

fn read(page: Straightened, grey: bool) -> Result<Read> {
    let sheet = page.sheet;
    let (width, height) = sheet.picture.dimensions();
    let small_height = (u64::from(height) * u64::from(SMALL) / u64::from(width.max(1))) as u32;
    let small = imageops::thumbnail(&sheet.picture, SMALL, small_height.clamp(1, 4 * SMALL));
    let blank = page
        .remarks
        .iter()
        .any(|remark| matches!(remark, scan::Remark::Blank));
    Ok(Read {
        picture: jpeg(&sheet.picture)?,
        small: jpeg(&small)?,
        code: page.code,
        // That no code was read is the page's state already.
        remarks: page
            .remarks
            .iter()
            .filter(|remark| !matches!(remark, scan::Remark::NoCode | scan::Remark::Blank))
            .map(|remark| Remark {
                code: remark.code().to_owned(),
                message: format!("{remark}。"),
            })
            .collect(),
        blank,
        grey,
        how: page.how,
        error_mm: page.error_mm,
        sheet: Arc::new(sheet),
    })
}

/// A picture as JPEG.
pub(super) fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .map_err(|e| Error::internal("pictures", e))?;
    Ok(bytes)
}
