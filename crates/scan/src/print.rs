use image::{RgbImage, imageops};

use crate::grey::Grey;
use crate::{Place, Sheet};

/// A page as the platform prints it.
#[derive(Debug, Clone)]
pub struct Print {
    /// The picture of the page, upright (from the PDF).
    pub picture: RgbImage,
    /// Its resolution in pixels per mm.
    pub px_per_mm: f32,
    /// Where things stand on it.
    pub places: Vec<Place>,
}

/// How like each candidate print a sheet is, from 0 (nothing in common) to 1 (the same page), in the candidates' order.
/// For pages whose code cannot be read; a sheet that stands on its head counts as one that stands upright
/// ([`is_upside_down`] tells). Above [`LIKELY`] it is worth offering; a person decides.
#[must_use]
pub fn likeness(sheet: &Sheet, prints: &[Print]) -> Vec<f32> {
    let own = Density::of(&sheet.picture, sheet.px_per_mm);
    let turned = own.turned();
    prints
        .iter()
        .map(|print| {
            let other = Density::of(&print.picture, print.px_per_mm);
            own.likeness(&other).max(turned.likeness(&other))
        })
        .collect()
}

/// A page this like a print ([`likeness`]) is probably a return of it.
pub const LIKELY: f32 = 0.55;

/// Whether a sheet fits a print better when it is turned by half a turn.
#[must_use]
pub fn is_upside_down(sheet: &Sheet, print: &Print) -> bool {
    let own = Density::of(&sheet.picture, sheet.px_per_mm);
    let other = Density::of(&print.picture, print.px_per_mm);
    own.turned().likeness(&other) > own.likeness(&other)
}

impl Sheet {
    /// The sheet turned by half a turn.
    #[must_use]
    pub fn turned(self) -> Self {
        let mut picture = self.picture;
        imageops::rotate180_in_place(&mut picture);
        Self { picture, ..self }
    }
}

/// How much ink there is in each cell of a page.
struct Density {
    width: usize,
    height: usize,
    cells: Vec<f32>,
}

/// Side of a cell in mm: a line of text is a row of cells, handwriting that was added changes few of them.
const CELL_MM: f32 = 2.0;
/// Cells that a sheet may be off by: a page straightened by its edges alone.
const SHIFT: i64 = 2;

impl Density {
    fn of(picture: &RgbImage, px_per_mm: f32) -> Self {
        // Coarse enough to be quick, fine enough that a stroke is still ink.
        let step = (px_per_mm / 4.0).floor().max(1.0);
        let grey = Grey::of(picture, step as usize);
        let per_mm = px_per_mm / step;
        let ink = grey.ink((per_mm * 12.0) as usize, 0.14);
        let cell = (CELL_MM * per_mm).max(1.0);
        let width = (grey.width as f32 / cell) as usize;
        let height = (grey.height as f32 / cell) as usize;
        let mut cells = vec![0.0; width * height];
        for (y, row) in ink.bits.chunks_exact(grey.width.max(1)).enumerate() {
            let down = (y as f32 / cell) as usize;
            if down >= height {
                break;
            }
            for (x, inked) in row.iter().enumerate() {
                let across = (x as f32 / cell) as usize;
                if *inked && across < width {
                    cells[down * width + across] += 1.0;
                }
            }
        }
        let whole = cell * cell;
        // Solid black (a table under the page, a punched hole) counts no more than dense text.
        for value in &mut cells {
            *value = (*value / whole).min(0.35);
        }
        Self {
            width,
            height,
            cells,
        }
        .smoothed()
    }

    fn at(&self, x: i64, y: i64) -> f32 {
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            return 0.0;
        }
        self.cells[y as usize * self.width + x as usize]
    }

    fn smoothed(self) -> Self {
        let mut cells = Vec::with_capacity(self.cells.len());
        for y in 0..self.height as i64 {
            for x in 0..self.width as i64 {
                let mut sum = 0.0;
                for (dy, weight_y) in [(-1, 1.0), (0, 2.0), (1, 1.0)] {
                    for (dx, weight_x) in [(-1, 1.0), (0, 2.0), (1, 1.0)] {
                        sum += weight_x * weight_y * self.at(x + dx, y + dy);
                    }
                }
                cells.push(sum / 16.0);
            }
        }
        Self { cells, ..self }
    }

    fn turned(&self) -> Self {
        Self {
            width: self.width,
            height: self.height,
            cells: self.cells.iter().rev().copied().collect(),
        }
    }

    /// Correlation of the cells at the best small shift.
    fn likeness(&self, other: &Self) -> f32 {
        if self.width.abs_diff(other.width) > 6 || self.height.abs_diff(other.height) > 6 {
            return 0.0;
        }
        let mut best = 0.0f32;
        for dy in -SHIFT..=SHIFT {
            for dx in -SHIFT..=SHIFT {
                best = best.max(self.correlation(other, dx, dy));
            }
        }
        best.clamp(0.0, 1.0)
    }

    fn correlation(&self, other: &Self, dx: i64, dy: i64) -> f32 {
        let (mut a_sum, mut b_sum, mut aa, mut bb, mut ab, mut n) =
            (0.0, 0.0, 0.0, 0.0, 0.0, 0.0f32);
        // The rim shows shadows and edges.
        for y in 3..self.height.min(other.height) as i64 - 3 {
            for x in 3..self.width.min(other.width) as i64 - 3 {
                let (a, b) = (self.at(x, y), other.at(x + dx, y + dy));
                a_sum += a;
                b_sum += b;
                aa += a * a;
                bb += b * b;
                ab += a * b;
                n += 1.0;
            }
        }
        if n < 1.0 {
            return 0.0;
        }
        let spread = ((aa - a_sum * a_sum / n) * (bb - b_sum * b_sum / n)).sqrt();
        if spread <= 1e-6 {
            return 0.0;
        }
        (ab - a_sum * b_sum / n) / spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn::{page, text_of};
    use crate::layout::{FORM, PAPER};

    fn print(layout: &crate::layout::Layout, lines_from: u32) -> Print {
        let mut picture = page(layout, text_of(layout), 4.0);
        // Papers differ in where there is text.
        for y in lines_from..lines_from + 160 {
            for x in 60..500 {
                picture.put_pixel(x, y, image::Rgb([246, 245, 242]));
            }
        }
        Print {
            picture,
            px_per_mm: 4.0,
            places: vec![],
        }
    }

    #[test]
    fn a_page_is_most_like_its_own_print_even_upside_down() {
        let prints = [print(&PAPER, 200), print(&PAPER, 500), print(&FORM, 300)];
        for (own, known) in prints.iter().enumerate() {
            let large =
                imageops::resize(&known.picture, 1240, 1754, imageops::FilterType::Triangle);
            let mut sheet = Sheet {
                picture: imageops::blur(&large, 1.2),
                px_per_mm: 1240.0 / 210.0,
                scale_known: false,
                source_px_per_mm: 6.0,
                print_scale: 1.0,
            };
            for upside_down in [false, true] {
                let like = likeness(&sheet, &prints);
                assert!(like[own] > 0.8, "{own}: {like:?}");
                for (other, value) in like.iter().enumerate() {
                    assert!(other == own || *value < like[own] - 0.03, "{own}: {like:?}");
                }
                assert_eq!(is_upside_down(&sheet, known), upside_down);
                sheet = sheet.turned();
            }
        }
    }

    #[test]
    fn an_empty_page_is_like_nothing() {
        let sheet = Sheet {
            picture: RgbImage::from_pixel(840, 1188, image::Rgb([250; 3])),
            px_per_mm: 4.0,
            scale_known: false,
            source_px_per_mm: 4.0,
            print_scale: 1.0,
        };
        assert_eq!(likeness(&sheet, &[print(&PAPER, 200)]), [0.0]);
    }
}
