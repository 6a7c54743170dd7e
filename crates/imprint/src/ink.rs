use image::{Rgba, RgbaImage};

use crate::clean::Ink;

/// How ink is told from paper in one picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InkModel {
    by: Measure,
    /// Colour of the paper.
    paper: [f32; 3],
    /// The measure of full ink.
    full: f32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Measure {
    /// How much more red than anything else: sees neither print nor shadow.
    Redness,
    /// How much darker than the paper in its darkest channel.
    Darkness,
}

/// Weaker than this (of 255) is paper with its noise.
const WEAKEST: f32 = 25.0;

impl InkModel {
    /// Looks at an opaque picture; None if there is only paper.
    pub(crate) fn of(picture: &RgbaImage, ink: Ink) -> Option<Self> {
        let paper = paper_colour(picture);
        let by_redness = Self {
            by: Measure::Redness,
            paper,
            full: 0.0,
        };
        let by_darkness = Self {
            by: Measure::Darkness,
            paper,
            full: 0.0,
        };
        let count = |model: Self, least| {
            picture
                .pixels()
                .filter(|pixel| model.measure(pixel) > least)
                .count()
        };
        let red = count(by_redness, 40.0);
        let enough = match ink {
            Ink::Red => picture.len() / 4 / 2000,
            Ink::Any => count(by_darkness, 60.0) / 2,
        };
        let model = if red > enough.max(50) {
            by_redness
        } else {
            by_darkness
        };
        let full = model.full_ink(picture)?;
        Some(Self { full, ..model })
    }

    /// Opacity and colour of the ink on this pixel.
    pub(crate) fn lift(&self, pixel: &Rgba<u8>) -> Rgba<u8> {
        let share = (self.measure(pixel) / self.full).min(1.0);
        let alpha = ((share - 0.15) / 0.7).clamp(0.0, 1.0);
        if alpha == 0.0 {
            return Rgba([255, 255, 255, 0]);
        }
        // pixel = paper + share · (ink − paper), so the ink alone is:
        let mut colour = [0; 3];
        for (k, channel) in colour.iter_mut().enumerate() {
            let ink = self.paper[k] + (f32::from(pixel[k]) - self.paper[k]) / share;
            *channel = ink.round().clamp(0.0, 255.0) as u8;
        }
        let [r, g, b] = colour;
        Rgba([r, g, b, (alpha * 255.0).round() as u8])
    }

    fn measure(&self, pixel: &Rgba<u8>) -> f32 {
        let [r, g, b, _] = pixel.0.map(f32::from);
        let [paper_r, paper_g, paper_b] = self.paper;
        match self.by {
            Measure::Redness => r - g.max(b) - (paper_r - paper_g.max(paper_b)).max(0.0),
            Measure::Darkness => (paper_r - r).max(paper_g - g).max(paper_b - b),
        }
    }

    /// The measure that three quarters of the ink stay below.
    fn full_ink(&self, picture: &RgbaImage) -> Option<f32> {
        let mut histogram = [0_u32; 256];
        for pixel in picture.pixels() {
            histogram[self.measure(pixel).clamp(0.0, 255.0) as usize] += 1;
        }
        let divide = otsu(&histogram).max(WEAKEST as usize);
        let above: u32 = histogram[divide..].iter().sum();
        let mut below = 0;
        let full = (divide..256).find(|&level| {
            below += histogram[level];
            below * 4 >= above * 3
        })?;
        (above > 0).then_some(full as f32)
    }
}

/// The mean of the pixels around the commonest brightness of the brighter part.
fn paper_colour(picture: &RgbaImage) -> [f32; 3] {
    let darkest = |pixel: &Rgba<u8>| pixel[0].min(pixel[1]).min(pixel[2]);
    let mut histogram = [0_u32; 256];
    for pixel in picture.pixels() {
        histogram[usize::from(darkest(pixel))] += 1;
    }
    let around = |level: usize| -> u32 {
        histogram[level.saturating_sub(4)..(level + 5).min(256)]
            .iter()
            .sum()
    };
    let level = (96..256).max_by_key(|&level| around(level)).unwrap_or(255);
    let mut sums = [0_f64; 3];
    let mut count = 0.0;
    for pixel in picture
        .pixels()
        .filter(|p| usize::from(darkest(p)).abs_diff(level) <= 6)
    {
        for (sum, value) in sums.iter_mut().zip(pixel.0) {
            *sum += f64::from(value);
        }
        count += 1.0;
    }
    if count == 0.0 {
        [255.0; 3]
    } else {
        sums.map(|sum| (sum / count) as f32)
    }
}

/// The level that divides a histogram into the two most different parts (Otsu 1979).
fn otsu(histogram: &[u32; 256]) -> usize {
    let total: f64 = histogram.iter().copied().map(f64::from).sum();
    let weighted: f64 = histogram
        .iter()
        .enumerate()
        .map(|(i, &n)| i as f64 * f64::from(n))
        .sum();
    let (mut best, mut level) = (0.0, 0);
    let (mut below, mut below_weighted) = (0.0, 0.0);
    for (i, &n) in histogram.iter().enumerate() {
        below += f64::from(n);
        below_weighted += i as f64 * f64::from(n);
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = below_weighted / below - (weighted - below_weighted) / above;
        let spread = below * above * apart * apart;
        if spread > best {
            (best, level) = (spread, i + 1);
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paper with a disc of ink, a soft edge of one pixel.
    fn disc(paper: [u8; 3], ink: [u8; 3]) -> RgbaImage {
        RgbaImage::from_fn(100, 100, |x, y| {
            let r = (f64::from(x) - 50.0).hypot(f64::from(y) - 50.0);
            let share = (30.5 - r).clamp(0.0, 1.0);
            let mix = |p: u8, i: u8| (f64::from(p) * (1.0 - share) + f64::from(i) * share) as u8;
            Rgba([
                mix(paper[0], ink[0]),
                mix(paper[1], ink[1]),
                mix(paper[2], ink[2]),
                255,
            ])
        })
    }

    #[test]
    fn red_ink_keeps_its_colour_and_paper_vanishes() {
        for paper in [[255, 255, 255], [236, 230, 214], [190, 190, 192]] {
            for ink in [[220, 20, 30], [150, 25, 40], [214, 90, 80]] {
                let picture = disc(paper, ink);
                let model = InkModel::of(&picture, Ink::Red).unwrap();
                assert_eq!(
                    model.lift(picture.get_pixel(2, 2))[3],
                    0,
                    "{paper:?} {ink:?}"
                );
                assert_eq!(
                    model.lift(picture.get_pixel(50, 50)),
                    Rgba([ink[0], ink[1], ink[2], 255])
                );
            }
        }
    }

    #[test]
    fn the_edge_is_soft() {
        let picture = disc([255; 3], [220, 20, 30]);
        let model = InkModel::of(&picture, Ink::Red).unwrap();
        let soft = picture
            .pixels()
            .map(|p| model.lift(p)[3])
            .filter(|a| (30..225).contains(a));
        assert!(soft.count() > 80);
    }

    #[test]
    fn print_and_shadow_are_not_red_ink() {
        let mut picture = disc([255; 3], [220, 20, 30]);
        for i in 0..100 {
            picture.put_pixel(i, 5, Rgba([20, 20, 20, 255]));
            picture.put_pixel(i, 95, Rgba([180, 178, 176, 255]));
        }
        let model = InkModel::of(&picture, Ink::Red).unwrap();
        assert_eq!(model.lift(picture.get_pixel(40, 5))[3], 0);
        assert_eq!(model.lift(picture.get_pixel(40, 95))[3], 0);
    }

    #[test]
    fn a_signature_in_black_or_blue_is_ink_too() {
        for ink in [[15, 15, 15], [30, 40, 150]] {
            let picture = disc([250; 3], ink);
            let model = InkModel::of(&picture, Ink::Any).unwrap();
            assert_eq!(model.lift(picture.get_pixel(50, 50))[3], 255);
            assert_eq!(model.lift(picture.get_pixel(3, 3))[3], 0);
        }
    }

    #[test]
    fn noise_on_paper_is_no_ink() {
        let picture = RgbaImage::from_fn(200, 200, |x, y| {
            let noise = ((x * 31 + y * 17) % 13) as u8;
            Rgba([240 + noise, 240 + noise / 2, 238 + noise, 255])
        });
        assert!(InkModel::of(&picture, Ink::Red).is_none());
        assert!(InkModel::of(&picture, Ink::Any).is_none());
    }
}
