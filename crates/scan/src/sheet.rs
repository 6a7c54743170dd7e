use image::{RgbImage, imageops};

use crate::Area;

/// A page upright: A4, all four edges at the edges of the picture.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The picture; its colours are those of the upload.
    pub picture: RgbImage,
    /// Resolution of the picture in pixels per mm.
    pub px_per_mm: f32,
    /// Whether the scale was measured from what is printed on the page (marks, code), not guessed from the page's edge.
    pub scale_known: bool,
    /// Resolution of the upload itself on the page in pixels per mm.
    pub source_px_per_mm: f32,
    /// The size of the print as a share of actual size: 0.96 when the page was printed at 96 %. What stands where is told
    /// in mm of the print; what was stamped on it later is `mm of the print × print_scale` large. 1 when it was not
    /// measured or is not off.
    pub print_scale: f32,
}

impl Sheet {
    /// Pixels for a true mm on the paper, whatever size it was printed at: for measuring what was stamped on it.
    #[must_use]
    pub fn true_px_per_mm(&self) -> f32 {
        self.px_per_mm / self.print_scale
    }

    /// The part of the picture that shows an area; what lies outside the sheet is left out, and an area wholly outside
    /// gives a single white pixel.
    #[must_use]
    pub fn crop(&self, area: &Area) -> RgbImage {
        let (width, height) = self.picture.dimensions();
        let px = |mm: f32, limit: u32| ((mm * self.px_per_mm).round().max(0.0) as u32).min(limit);
        let (left, right) = (px(area.x, width), px(area.x + area.width, width));
        let (top, bottom) = (px(area.y, height), px(area.y + area.height, height));
        if right <= left || bottom <= top {
            return RgbImage::from_pixel(1, 1, image::Rgb([255; 3]));
        }
        imageops::crop_imm(&self.picture, left, top, right - left, bottom - top).to_image()
    }
}
