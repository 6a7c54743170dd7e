use image::imageops::{self, FilterType};
use serde::{Deserialize, Serialize};

use crate::{PagePicture, Remark, SHEET_HEIGHT_MM, SHEET_WIDTH_MM, Sheet};

/// A page straightened.
#[derive(Debug, Clone)]
pub struct Straightened {
    /// The upright sheet.
    pub sheet: Sheet,
    /// The text of the QR code as read.
    pub code: Option<String>,
    /// What the sheet was found by.
    pub how: How,
    /// What to say about the page.
    pub remarks: Vec<Remark>,
    /// The sheet's corners in the page's picture, in pixels: top left, top right, bottom right, bottom left of the
    /// upright sheet.
    pub outline: [(f32, f32); 4],
    /// The largest distance in mm between where a printed mark is on the sheet and where it should be; none when nothing
    /// printed was found to measure by.
    pub error_mm: Option<f32>,
}

/// What a sheet was found by, the most exact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The four corner marks (and the code, where it can be read).
    CornerMarks,
    /// The QR code, with the page's edges where they can be seen.
    CodeOnly,
    /// The page's edges; which end is up is judged by what is printed.
    PageEdges,
    /// Nothing was found: the whole picture counts as the page.
    WholePicture,
}

/// Finds the sheet in a picture and straightens it. It never fails: it falls back to the page's edges and then to the
/// whole picture, and says how.
#[must_use]
pub fn straighten(page: &PagePicture) -> Straightened {
    let (width, height) = page.picture.dimensions();
    let px_per_mm = (width as f32 / SHEET_WIDTH_MM).clamp(1.0, 300.0 / 25.4);
    let picture = imageops::resize(
        &page.picture,
        (SHEET_WIDTH_MM * px_per_mm).round() as u32,
        (SHEET_HEIGHT_MM * px_per_mm).round() as u32,
        FilterType::Triangle,
    );
    let (right, bottom) = (width as f32, height as f32);
    Straightened {
        sheet: Sheet {
            picture,
            px_per_mm,
            scale_known: false,
            source_px_per_mm: width as f32 / SHEET_WIDTH_MM,
        },
        code: None,
        how: How::WholePicture,
        remarks: vec![Remark::NoCode],
        outline: [(0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)],
        error_mm: None,
    }
}
