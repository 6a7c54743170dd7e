//! A page as it lies on the desk: print, ink and pen, at a resolution.

use image::RgbImage;
use tiny_skia::{FillRule, Mask, Path, Transform};

use crate::press::Impression;

/// A colour as shares of reflected light.
pub type Colour = [f32; 3];

/// A page and its resolution.
#[derive(Debug, Clone)]
pub struct Page {
    /// Upright; every edge of the sheet is an edge of the picture.
    pub picture: RgbImage,
    /// Pixels per mm.
    pub px_per_mm: f32,
}

impl Page {
    /// Lays transparent ink over what is there.
    pub fn stamp(&mut self, impression: &Impression, colour: Colour) {
        for y in 0..impression.height {
            let row = impression.top + y as i64;
            for x in 0..impression.width {
                let opacity = impression.opacity[y * impression.width + x];
                if opacity > 0.0 {
                    self.darken(impression.left + x as i64, row, opacity, colour);
                }
            }
        }
    }

    /// Draws with a pen: a path in mm.
    pub fn pen(&mut self, path: &Path, colour: Colour, opacity: f32) {
        let scale = self.px_per_mm;
        let bounds = path.bounds();
        let (left, top) = (
            (bounds.left() * scale).floor() - 2.0,
            (bounds.top() * scale).floor() - 2.0,
        );
        let size = (
            (bounds.width() * scale).ceil() as u32 + 5,
            (bounds.height() * scale).ceil() as u32 + 5,
        );
        let Some(mut mask) = Mask::new(size.0, size.1) else {
            return;
        };
        let at = Transform::from_scale(scale, scale).post_translate(-left, -top);
        mask.fill_path(path, FillRule::Winding, true, at);
        for (i, cover) in mask
            .data()
            .iter()
            .enumerate()
            .filter(|(_, cover)| **cover > 0)
        {
            let (x, y) = (i as u32 % size.0, i as u32 / size.0);
            let opacity = f32::from(*cover) / 255.0 * opacity;
            self.darken(
                left as i64 + i64::from(x),
                top as i64 + i64::from(y),
                opacity,
                colour,
            );
        }
    }

    fn darken(&mut self, x: i64, y: i64, opacity: f32, colour: Colour) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        let Some(pixel) = self.picture.get_pixel_mut_checked(x, y) else {
            return;
        };
        for (value, light) in pixel.0.iter_mut().zip(colour) {
            *value = (f32::from(*value) * (1.0 - opacity * (1.0 - light))).round() as u8;
        }
    }
}
