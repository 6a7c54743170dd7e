//! Even light: the paper's own brightness divided out, for reading and looking at. It changes colours.

use image::RgbImage;

use crate::Sheet;

/// Side of a patch in mm whose paper is measured.
const PATCH_MM: f32 = 6.0;

impl Sheet {
    /// The picture with shadows and the light's colour divided out: paper is white everywhere. For looking at and for
    /// reading print; whoever judges the colour of ink takes [`Sheet::picture`].
    #[must_use]
    pub fn flattened(&self) -> RgbImage {
        let (width, height) = self.picture.dimensions();
        let patch = ((PATCH_MM * self.px_per_mm) as u32).max(4);
        let (columns, rows) = (width.div_ceil(patch).max(1), height.div_ceil(patch).max(1));
        let paper = papers(&self.picture, patch, columns, rows);
        let mut flat = self.picture.clone();
        for (y, row) in flat.chunks_exact_mut(width.max(1) as usize * 3).enumerate() {
            let down = ((y as f32 + 0.5) / patch as f32 - 0.5).clamp(0.0, (rows - 1) as f32);
            let (upper, fy) = (down as u32, down.fract());
            let lower = (upper + 1).min(rows - 1);
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let across =
                    ((x as f32 + 0.5) / patch as f32 - 0.5).clamp(0.0, (columns - 1) as f32);
                let (left, fx) = (across as u32, across.fract());
                let right = (left + 1).min(columns - 1);
                let at = |x: u32, y: u32| &paper[(y * columns + x) as usize];
                for (channel, value) in pixel.iter_mut().enumerate() {
                    let top =
                        at(left, upper)[channel] * (1.0 - fx) + at(right, upper)[channel] * fx;
                    let bottom =
                        at(left, lower)[channel] * (1.0 - fx) + at(right, lower)[channel] * fx;
                    let white = top * (1.0 - fy) + bottom * fy;
                    *value = (f32::from(*value) / white * 250.0).min(255.0) as u8;
                }
            }
        }
        flat
    }
}

/// The paper's colour in each patch: of its brighter pixels, and where there is hardly any paper that of its neighbours.
fn papers(picture: &RgbImage, patch: u32, columns: u32, rows: u32) -> Vec<[f32; 3]> {
    let mut papers: Vec<[f32; 3]> = Vec::with_capacity((columns * rows) as usize);
    for row in 0..rows {
        for column in 0..columns {
            papers.push(paper(picture, column * patch, row * patch, patch));
        }
    }
    // A patch full of ink is not darker paper: no patch is much darker than the brightest around it.
    let mut evened = papers.clone();
    for row in 0..rows as i64 {
        for column in 0..columns as i64 {
            let own = &mut evened[(row * i64::from(columns) + column) as usize];
            for (dy, dx) in [
                (-2, 0),
                (2, 0),
                (0, -2),
                (0, 2),
                (-1, 0),
                (1, 0),
                (0, -1),
                (0, 1),
            ] {
                let (y, x) = (row + dy, column + dx);
                if y < 0 || x < 0 || y >= i64::from(rows) || x >= i64::from(columns) {
                    continue;
                }
                let near = papers[(y * i64::from(columns) + x) as usize];
                for channel in 0..3 {
                    own[channel] = own[channel].max(near[channel] * 0.82);
                }
            }
        }
    }
    evened
}

fn paper(picture: &RgbImage, left: u32, top: u32, patch: u32) -> [f32; 3] {
    let mut histograms = [[0u32; 256]; 3];
    let mut count = 0;
    for y in (top..(top + patch).min(picture.height())).step_by(2) {
        for x in (left..(left + patch).min(picture.width())).step_by(2) {
            let pixel = picture.get_pixel(x, y).0;
            for (histogram, value) in histograms.iter_mut().zip(pixel) {
                histogram[usize::from(value)] += 1;
            }
            count += 1;
        }
    }
    histograms.map(|histogram| {
        let mut left = count / 5;
        let bright = histogram
            .iter()
            .enumerate()
            .rev()
            .find_map(|(value, here)| {
                let found = left < *here;
                left = left.saturating_sub(*here);
                found.then_some(value)
            });
        bright.unwrap_or(255).max(24) as f32
    })
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn a_shadow_goes_and_ink_stays() {
        let picture = RgbImage::from_fn(420, 594, |x, y| {
            let light = 1.0 - 0.5 * x as f32 / 420.0;
            let value = if x % 30 < 4 && y % 20 < 10 {
                60.0
            } else {
                240.0
            };
            Rgb([
                (value * light) as u8,
                (value * light * 0.9) as u8,
                (value * light * 0.8) as u8,
            ])
        });
        let sheet = Sheet {
            picture,
            px_per_mm: 2.0,
            scale_known: false,
            source_px_per_mm: 2.0,
            print_scale: 1.0,
        };
        let flat = sheet.flattened();
        for x in [40, 220, 400] {
            assert!(flat.get_pixel(x, 15).0.iter().all(|v| *v > 235), "{x}");
        }
        for x in [32, 212, 392] {
            assert!(flat.get_pixel(x, 5).0.iter().all(|v| *v < 90), "{x}");
        }
    }
}
