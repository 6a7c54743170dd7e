//! Stamped sheets for tests: what is on them is known.

use image::{Rgb, RgbImage, RgbaImage};

use crate::outline::Draws;
use crate::plane::Plane;

/// A sheet with an imprint in its middle.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) px_per_mm: f32,
    pub(crate) side_mm: f32,
    /// Clockwise, in degrees.
    pub(crate) turn: f32,
    pub(crate) ink: [u8; 3],
    pub(crate) paper: [u8; 3],
    /// Share of the light that is lost at the right edge.
    pub(crate) shadow: f32,
    /// Radius of the blur in mm.
    pub(crate) blur: f32,
    /// Scatter in levels of 255.
    pub(crate) noise: f32,
    /// Ink is missing on the side of this direction (degrees clockwise from the top of the sheet).
    pub(crate) bald: Option<f32>,
    /// A black frame of these mm around the middle.
    pub(crate) frame: Option<(f32, f32)>,
    /// Black strokes across the imprint.
    pub(crate) strokes: bool,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            px_per_mm: 11.811,
            side_mm: 60.0,
            turn: 0.0,
            ink: [206, 32, 40],
            paper: [247, 246, 240],
            shadow: 0.0,
            blur: 0.05,
            noise: 2.0,
            bald: None,
            frame: None,
            strokes: false,
        }
    }
}

/// A sheet and the truth about it.
pub(crate) struct Stamped {
    pub(crate) sheet: RgbImage,
    /// How much ink lies on each pixel.
    pub(crate) truth: Plane,
}

impl Scene {
    /// Stamps a transparent picture of `dpi` in the middle of the sheet.
    pub(crate) fn stamp(&self, seal: &RgbaImage, dpi: f32) -> Stamped {
        let alpha = Plane::from_fn(seal.width() as usize, seal.height() as usize, |x, y| {
            f32::from(seal.get_pixel(x as u32, y as u32)[3]) / 255.0
        });
        let side = (self.side_mm * self.px_per_mm) as usize;
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let middle = side as f32 / 2.0;
        let scale = dpi / 25.4 / self.px_per_mm;
        let fine = 3;
        let ink_at = |x: f32, y: f32| {
            let (dx, dy) = (x - middle, y - middle);
            let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let mut share = alpha.linear(
                u * scale + seal.width() as f32 / 2.0 - 0.5,
                v * scale + seal.height() as f32 / 2.0 - 0.5,
            );
            if let Some(direction) = self.bald {
                let away =
                    (dx.atan2(-dy).to_degrees() - direction + 540.0).rem_euclid(360.0) - 180.0;
                let mm = dx.hypot(dy) / self.px_per_mm;
                if away.abs() < 30.0 && mm > 12.0 {
                    share = 0.0;
                }
            }
            share
        };
        let truth = Plane::from_fn(side, side, |x, y| {
            let mut sum = 0.0;
            for j in 0..fine {
                for i in 0..fine {
                    let off = |k: i32| (k as f32 + 0.5) / fine as f32;
                    sum += ink_at(x as f32 + off(i), y as f32 + off(j));
                }
            }
            sum / (fine * fine) as f32
        });
        let radius = (self.blur * self.px_per_mm).round() as usize;
        let seen = truth.blurred(radius).blurred(radius);
        let black = self.black(side).blurred(radius);
        let mut draws = Draws(7);
        let mut noise = || {
            (0..4)
                .map(|_| draws.below(1000) as f32 / 1000.0 - 0.5)
                .sum::<f32>()
        };
        let sheet = RgbImage::from_fn(side as u32, side as u32, |x, y| {
            let (x, y) = (x as usize, y as usize);
            let light = 1.0 - self.shadow * x as f32 / side as f32;
            let share = seen.values[y * side + x];
            let over = black.values[y * side + x];
            Rgb(std::array::from_fn(|k| {
                let paper = f32::from(self.paper[k]);
                let stamped = paper + (paper * f32::from(self.ink[k]) / 255.0 - paper) * share;
                let level = (stamped * (1.0 - over) + 25.0 * over) * light;
                (level + noise() * self.noise * 1.7)
                    .round()
                    .clamp(0.0, 255.0) as u8
            }))
        });
        Stamped { sheet, truth }
    }

    fn black(&self, side: usize) -> Plane {
        let px = self.px_per_mm;
        let middle = side as f32 / 2.0;
        Plane::from_fn(side, side, |x, y| {
            let (dx, dy) = ((x as f32 - middle) / px, (y as f32 - middle) / px);
            let mut on = false;
            if let Some((width, height)) = self.frame {
                let (u, v) = (dx.abs() - width / 2.0, dy.abs() - height / 2.0);
                on |= (0.0..0.28).contains(&u) && v < 0.28 || (0.0..0.28).contains(&v) && u < 0.28;
            }
            if self.strokes {
                on |= (dy - dx * 0.4 - 3.0).abs() < 0.25 && dx.abs() < 24.0;
                on |= (dx + 8.0).abs() < 0.2 && dy.abs() < 20.0;
            }
            if on { 1.0 } else { 0.0 }
        })
    }
}

/// Overlap of what was found (0 to 255) with the truth: the area of both by the area of either.
pub(crate) fn overlap(found: &image::GrayImage, truth: &Plane) -> f32 {
    let (mut both, mut either) = (0_u32, 0_u32);
    for (value, share) in found.as_raw().iter().zip(&truth.values) {
        let (a, b) = (*value >= 128, *share >= 0.5);
        both += u32::from(a && b);
        either += u32::from(a || b);
    }
    both as f32 / either.max(1) as f32
}
