//! Grey pictures for finding things, and their parting into ink and paper.

use image::RgbImage;

use crate::geometry::{Point, point};

/// A grey picture.
#[derive(Debug, Clone)]
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
    /// How many pixels of the original one pixel stands for, along a side.
    pub(crate) step: usize,
}

impl Grey {
    /// The picture made smaller by a whole factor, in grey.
    pub(crate) fn of(picture: &RgbImage, step: usize) -> Self {
        let step = step.max(1);
        let (full_width, full_height) = (picture.width() as usize, picture.height() as usize);
        let (width, height) = (full_width / step, full_height / step);
        let raw = picture.as_raw();
        let mut pixels = vec![0; width * height];
        let mut sums = vec![0u32; width];
        let share = (step * step) as u32 * 256;
        for (y, out) in pixels.chunks_exact_mut(width.max(1)).enumerate() {
            sums.fill(0);
            for row in y * step..(y + 1) * step {
                let line = &raw[row * full_width * 3..][..width * step * 3];
                for (sum, cell) in sums.iter_mut().zip(line.chunks_exact(step * 3)) {
                    for pixel in cell.chunks_exact(3) {
                        *sum += luma(pixel);
                    }
                }
            }
            for (pixel, sum) in out.iter_mut().zip(&sums) {
                *pixel = (sum / share) as u8;
            }
        }
        Self {
            width,
            height,
            pixels,
            step,
        }
    }

    /// The picture made smaller by a whole factor.
    pub(crate) fn smaller(&self, step: usize) -> Self {
        let step = step.max(1);
        let (width, height) = (self.width / step, self.height / step);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let sum: u32 = (0..step)
                    .flat_map(|dy| {
                        let start = (y * step + dy) * self.width + x * step;
                        self.pixels[start..start + step].iter()
                    })
                    .map(|value| u32::from(*value))
                    .sum();
                pixels.push((sum / (step * step) as u32) as u8);
            }
        }
        Self {
            width,
            height,
            pixels,
            step: self.step * step,
        }
    }

    /// The picture at twice its size, smooth between the pixels.
    pub(crate) fn doubled(&self) -> Self {
        let (width, height) = (self.width * 2, self.height * 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let at = point((x as f64 + 0.5) / 2.0, (y as f64 + 0.5) / 2.0);
                pixels.push(self.at(at) as u8);
            }
        }
        Self {
            width,
            height,
            pixels,
            step: self.step,
        }
    }

    /// A point of this picture in the original.
    pub(crate) fn to_full(&self, p: Point) -> Point {
        p.times(self.step as f64)
    }

    /// A point of the original in this picture.
    pub(crate) fn to_own(&self, p: Point) -> Point {
        p.times(1.0 / self.step as f64)
    }

    /// Ink is what is darker than its surroundings (a square window of so many pixels) by a share (0–1).
    pub(crate) fn ink(&self, window: usize, darker_by: f32) -> Bits {
        let (width, height) = (self.width, self.height);
        let stride = width + 1;
        let mut sums = vec![0u32; stride * (height + 1)];
        for y in 0..height {
            let mut row = 0u32;
            for x in 0..width {
                row += u32::from(self.pixels[y * width + x]);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1].wrapping_add(row);
            }
        }
        let half = (window / 2).max(1);
        let keep = ((1.0 - darker_by) * 1024.0) as u64;
        let mut bits = vec![false; width * height];
        for y in 0..height {
            let (top, bottom) = (y.saturating_sub(half), (y + half + 1).min(height));
            let (above, below) = (top * stride, bottom * stride);
            for x in 0..width {
                let (left, right) = (x.saturating_sub(half), (x + half + 1).min(width));
                let sum = sums[below + right]
                    .wrapping_sub(sums[below + left])
                    .wrapping_sub(sums[above + right])
                    .wrapping_add(sums[above + left]);
                let count = ((right - left) * (bottom - top)) as u64;
                bits[y * width + x] =
                    u64::from(self.pixels[y * width + x]) * count * 1024 < u64::from(sum) * keep;
            }
        }
        Bits {
            width,
            height,
            bits,
        }
    }

    /// The grey value at a point between pixels; the border goes on outside.
    pub(crate) fn at(&self, p: Point) -> f32 {
        let (x, y) = (p.x as f32 - 0.5, p.y as f32 - 0.5);
        if self.width == 0 || self.height == 0 || !x.is_finite() || !y.is_finite() {
            return 255.0;
        }
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let column = |at: f32| (at.max(0.0) as usize).min(self.width - 1);
        let row = |at: f32| (at.max(0.0) as usize).min(self.height - 1) * self.width;
        let (x0, x1) = (column(left), column(left + 1.0));
        let (y0, y1) = (row(top), row(top + 1.0));
        let value = |at: usize| f32::from(self.pixels[at]);
        let upper = value(y0 + x0) * (1.0 - fx) + value(y0 + x1) * fx;
        let lower = value(y1 + x0) * (1.0 - fx) + value(y1 + x1) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    /// Whether a point lies inside.
    pub(crate) fn holds(&self, p: Point) -> bool {
        p.x >= 0.0 && p.y >= 0.0 && p.x <= self.width as f64 && p.y <= self.height as f64
    }

    /// The corners: top left, top right, bottom right, bottom left.
    pub(crate) fn corners(&self) -> [Point; 4] {
        let (right, bottom) = (self.width as f64, self.height as f64);
        [
            point(0.0, 0.0),
            point(right, 0.0),
            point(right, bottom),
            point(0.0, bottom),
        ]
    }
}

/// Ink or not, pixel by pixel.
#[derive(Debug, Clone)]
pub(crate) struct Bits {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) bits: Vec<bool>,
}

/// How bright a pixel is, times 256.
pub(crate) fn luma(pixel: &[u8]) -> u32 {
    u32::from(pixel[0]) * 77 + u32::from(pixel[1]) * 150 + u32::from(pixel[2]) * 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_found_in_the_shadow_too() {
        let mut grey = Grey {
            width: 100,
            height: 40,
            pixels: vec![],
            step: 1,
        };
        for _ in 0..40 {
            grey.pixels.extend((0..100).map(|x| {
                let paper = 240 - x * 2;
                if x % 20 == 10 {
                    (paper / 2) as u8
                } else {
                    paper as u8
                }
            }));
        }
        let ink = grey.ink(20, 0.15);
        for x in 10..90 {
            assert_eq!(ink.bits[20 * 100 + x], x % 20 == 10, "{x}");
        }
    }

    #[test]
    fn a_tiny_picture_is_no_trouble() {
        let grey = Grey::of(&RgbImage::new(3, 2), 4);
        assert_eq!((grey.width, grey.height), (0, 0));
        assert!(grey.ink(10, 0.1).bits.is_empty());
        assert!((grey.at(point(1.0, 1.0)) - 255.0).abs() < 0.1);
    }
}
