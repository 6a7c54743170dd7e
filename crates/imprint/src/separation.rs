use image::RgbImage;

use crate::clean::Ink;
use crate::paper::Paper;
use crate::plane::{Plane, quantile};

/// How much ink there is on each pixel of a picture.
pub(crate) struct Separation {
    /// 0 for paper, 1 for full ink; the edge of the ink is where it is a half.
    pub(crate) coverage: Plane,
    /// Colour of the full ink as it would be on white paper, 0 to 1.
    pub(crate) colour: [f32; 3],
    /// Which of the ways to tell ink from paper was taken.
    pub(crate) by: Measure,
    /// How dark the full ink is on white paper, 0 to 1.
    pub(crate) strength: f32,
    /// Whether the picture has no colours at all.
    pub(crate) grey: bool,
    /// Least of the paper's brightness over its most.
    pub(crate) evenness: f32,
}

/// What tells ink from everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Dark and red: sees neither print nor pens nor shadow.
    Red,
    /// Dark: sees everything that is not paper.
    Dark,
}

/// The picture with white paper: how dark and how red each pixel is.
struct Whitened {
    darkness: Plane,
    redness: Plane,
    paper: Paper,
}

/// Tells the ink from the paper. `edge` is the share of the full ink at which the ink ends (a half if nobody wants
/// another), `within` says which pixels are looked at, `clear_of_lines` which of them are
/// away from the printed frame, whose black dark ink cannot be told from. None if there is only paper.
pub(crate) fn separate(
    picture: &RgbImage,
    px_per_mm: f32,
    wanted: Ink,
    edge: f32,
    within: &dyn Fn(usize, usize) -> bool,
    clear_of_lines: &dyn Fn(usize, usize) -> bool,
) -> Option<Separation> {
    let whitened = whiten(picture, px_per_mm);
    let (width, height) = (whitened.darkness.width, whitened.darkness.height);
    let grey = is_grey(picture);
    let least_area = (px_per_mm * px_per_mm * 1.5).max(12.0) as usize;

    let red = red_seeds(&whitened, within).filter(|seeds| seeds.count >= least_area);
    let dark = || dark_seeds(&whitened, clear_of_lines).filter(|seeds| seeds.count >= least_area);
    let (by, seeds) = match (red, wanted) {
        (Some(red), Ink::Red) => (Measure::Red, red),
        (Some(red), Ink::Any) => match dark() {
            // A pen stroke or a printed line beside a red seal does not make it a black one.
            Some(dark) if dark.count > red.count * 4 => (Measure::Dark, dark),
            _ => (Measure::Red, red),
        },
        (None, _) => (Measure::Dark, dark()?),
    };

    let darkness = sharpened(&whitened.darkness, &seeds.is_ink);
    let full = FullInk::of(&darkness, &seeds.is_ink, px_per_mm);
    let gate = (by == Measure::Red).then(|| Gate::of(&whitened, &seeds.is_ink, px_per_mm));
    let mut coverage = Plane::new(width, height);
    let mut foreign = Vec::new();
    let mut line = vec![0.0; width];
    let usable = match by {
        Measure::Red => within,
        Measure::Dark => clear_of_lines,
    };
    for y in 0..height {
        full.row(y, &mut line);
        for (x, full) in line.iter().enumerate() {
            let at = y * width + x;
            let share = if usable(x, y) {
                (darkness.values[at] / full).clamp(0.0, 1.25)
            } else {
                0.0
            };
            let share = match &gate {
                Some(gate) => {
                    let open = gate.open(at, whitened.darkness.values[at]);
                    if share > 0.5 && open < 0.5 {
                        foreign.push(at);
                    }
                    share * open
                }
                None => share,
            };
            coverage.values[at] = share;
        }
    }
    if by == Measure::Red {
        bridge(&mut coverage, &foreign, px_per_mm);
    }
    let (colour, strength) = colour_of(picture, &whitened, &coverage);
    // The edge that is wanted is brought to a half.
    let edge = edge.clamp(0.05, 0.95);
    for share in &mut coverage.values {
        *share = if *share < edge {
            *share / edge * 0.5
        } else {
            (0.5 + (*share - edge) / (1.0 - edge) * 0.5).min(1.0)
        };
    }
    Some(Separation {
        coverage,
        colour,
        by,
        strength,
        grey,
        evenness: whitened.paper.evenness(),
    })
}

/// Darkness of full ink is at least this, or it is paper with its stains.
const FAINTEST: f32 = 0.10;

fn whiten(picture: &RgbImage, px_per_mm: f32) -> Whitened {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let paper = Paper::of(picture, px_per_mm);
    let mut darkness = Plane::new(width, height);
    let mut redness = Plane::new(width, height);
    let mut line = vec![[255.0; 3]; width];
    for (y, row) in picture
        .as_raw()
        .chunks_exact((width * 3).max(1))
        .enumerate()
    {
        paper.row(y, &mut line);
        let start = y * width;
        for (x, (pixel, paper)) in row.chunks_exact(3).zip(&line).enumerate() {
            let [r, g, b]: [f32; 3] =
                std::array::from_fn(|k| (f32::from(pixel[k]) / paper[k]).min(1.1));
            darkness.values[start + x] = 1.0 - (0.3 * r + 0.59 * g + 0.11 * b);
            redness.values[start + x] = r - 0.7 * g - 0.3 * b;
        }
    }
    Whitened {
        darkness,
        redness,
        paper,
    }
}

/// Whether nothing has a colour, not even what is dark.
fn is_grey(picture: &RgbImage) -> bool {
    let coloured = picture
        .pixels()
        .filter(|p| p[0].abs_diff(p[1]) > 3 || p[1].abs_diff(p[2]) > 3)
        .count();
    coloured * 5000 < picture.as_raw().len() / 3
}

struct Seeds {
    is_ink: Vec<bool>,
    count: usize,
}

/// The pixels that are surely red ink.
fn red_seeds(whitened: &Whitened, within: &dyn Fn(usize, usize) -> bool) -> Option<Seeds> {
    let width = whitened.redness.width;
    let scatter = scatter(&whitened.redness);
    let mut histogram = [0_u32; 256];
    for &value in whitened.redness.values.iter().filter(|v| **v > 0.02) {
        histogram[((value * 256.0) as usize).min(255)] += 1;
    }
    let divide = otsu(&histogram) as f32 / 256.0;
    let least = (0.06 + 2.0 * scatter).max(divide * 0.8);
    let is_ink: Vec<bool> = whitened
        .redness
        .values
        .iter()
        .zip(&whitened.darkness.values)
        .enumerate()
        .map(|(at, (red, dark))| *red > least && *dark > 0.05 && within(at % width, at / width))
        .collect();
    let count = is_ink.iter().filter(|ink| **ink).count();
    (count > 0).then_some(Seeds { is_ink, count })
}

/// The pixels that are surely darker than paper.
fn dark_seeds(whitened: &Whitened, usable: &dyn Fn(usize, usize) -> bool) -> Option<Seeds> {
    let width = whitened.darkness.width;
    let scatter = scatter(&whitened.darkness);
    let mut histogram = [0_u32; 256];
    for (at, value) in whitened.darkness.values.iter().enumerate() {
        if usable(at % width, at / width) {
            histogram[((value.max(0.0) * 256.0) as usize).min(255)] += 1;
        }
    }
    let divide = otsu(&histogram) as f32 / 256.0;
    let least = (FAINTEST + 3.0 * scatter).max(divide);
    let is_ink: Vec<bool> = whitened
        .darkness
        .values
        .iter()
        .enumerate()
        .map(|(at, dark)| *dark > least && usable(at % width, at / width))
        .collect();
    let count = is_ink.iter().filter(|ink| **ink).count();
    (count > 0).then_some(Seeds { is_ink, count })
}

/// The usual distance of bare paper from its own middle.
fn scatter(plane: &Plane) -> f32 {
    let step = (plane.values.len() / 20_000).max(1);
    let mut near: Vec<f32> = plane.values.iter().step_by(step).map(|v| v.abs()).collect();
    quantile(&mut near, 0.5) * 1.48
}

/// Takes back some of the blur, as far as the edges of the ink show it: what is thin gets its full darkness and its
/// gaps again, straight edges stay where they are (Van Cittert).
fn sharpened(darkness: &Plane, is_ink: &[bool]) -> Plane {
    let step = (is_ink.len() / 100_000).max(1);
    let mut inks: Vec<f32> = (0..is_ink.len())
        .step_by(step)
        .filter(|at| is_ink[*at])
        .map(|at| darkness.values[at])
        .collect();
    let full = quantile(&mut inks, 0.85).max(FAINTEST);
    let width = darkness.width as i64;
    let mut slopes: Vec<f32> = (0..is_ink.len())
        .step_by(step)
        .filter(|at| (0.35..0.65).contains(&(darkness.values[*at] / full)))
        .map(|at| {
            let (x, y) = (at as i64 % width, at as i64 / width);
            let across = darkness.at(x + 1, y) - darkness.at(x - 1, y);
            let down = darkness.at(x, y + 1) - darkness.at(x, y - 1);
            across.hypot(down) / 2.0 / full
        })
        .collect();
    // Of an edge blurred by a Gaussian the steepest slope is 0.4 of its spread.
    let spread = 0.4 / quantile(&mut slopes, 0.7).max(0.05);
    if slopes.len() < 20 || spread < 0.65 {
        return darkness.clone();
    }
    let radius = ((1.5 * spread * spread + 0.25).sqrt() - 0.5).round() as usize;
    let radius = radius.clamp(1, 5);
    let times = if spread > 1.1 { 2 } else { 1 };
    let mut sharp = darkness.clone();
    for _ in 0..times {
        let again = sharp.blurred(radius).blurred(radius);
        for ((value, seen), again) in sharp
            .values
            .iter_mut()
            .zip(&darkness.values)
            .zip(&again.values)
        {
            *value = (*value + seen - again).clamp(0.0, full * 1.25);
        }
    }
    sharp
}

/// How dark full ink is in each part of the picture: ink is thinner where the pressure was less.
struct FullInk {
    cell: usize,
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

impl FullInk {
    fn of(darkness: &Plane, is_ink: &[bool], px_per_mm: f32) -> Self {
        let (width, height) = (darkness.width, darkness.height);
        let cell = ((px_per_mm * 2.5) as usize)
            .max(4)
            .max(width.max(height) / 96 + 1);
        let (columns, rows) = (width.div_ceil(cell).max(1), height.div_ceil(cell).max(1));
        let mut inside: Vec<Vec<f32>> = vec![Vec::new(); columns * rows];
        let mut all = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let at = y * width + x;
                if is_ink[at] {
                    inside[y / cell * columns + x / cell].push(darkness.values[at]);
                    all.push(darkness.values[at]);
                }
            }
        }
        let overall = quantile(&mut all, 0.75).max(FAINTEST);
        let enough = (cell * cell / 40).max(4) as f32;
        let known: Vec<(f32, f32)> = inside
            .iter_mut()
            .map(|values| {
                let weight = (values.len() as f32 / enough).min(4.0);
                (quantile(values, 0.8), weight)
            })
            .collect();
        let values = (0..columns * rows)
            .map(|i| {
                let (column, row) = (i % columns, i / columns);
                // What is seen nearby counts, what is usual fills in.
                let (mut sum, mut weights) = (overall * 0.5, 0.5);
                for y in row.saturating_sub(1)..(row + 2).min(rows) {
                    for x in column.saturating_sub(1)..(column + 2).min(columns) {
                        let (value, weight) = known[y * columns + x];
                        let weight = if (x, y) == (column, row) {
                            weight * 2.0
                        } else {
                            weight
                        };
                        sum += value * weight;
                        weights += weight;
                    }
                }
                (sum / weights).clamp(overall * 0.35, overall * 1.3)
            })
            .collect();
        Self {
            cell,
            columns,
            rows,
            values,
        }
    }

    fn row(&self, y: usize, line: &mut [f32]) {
        let place = |at: usize, count: usize| {
            let position = ((at as f32 + 0.5) / self.cell as f32 - 0.5).max(0.0);
            let first = (position as usize).min(count - 1);
            (
                first,
                (first + 1).min(count - 1),
                (position - first as f32).clamp(0.0, 1.0),
            )
        };
        let (above, below, down) = place(y, self.rows);
        for (x, value) in line.iter_mut().enumerate() {
            let (left, right, across) = place(x, self.columns);
            let at = |row: usize, column: usize| self.values[row * self.columns + column];
            let upper = at(above, left) * (1.0 - across) + at(above, right) * across;
            let lower = at(below, left) * (1.0 - across) + at(below, right) * across;
            *value = upper * (1.0 - down) + lower * down;
        }
    }
}

/// Lets through what is as red for its darkness as the ink is, not what is only dark.
struct Gate {
    redness: Plane,
    darkness: Plane,
    /// Redness by darkness of the ink itself.
    usual: f32,
}

impl Gate {
    fn of(whitened: &Whitened, is_ink: &[bool], px_per_mm: f32) -> Self {
        // Scanners and JPEG carry colour more coarsely than brightness: look at both with the coarser eye.
        let radius = ((px_per_mm * 0.08).round() as usize).clamp(1, 4);
        let redness = whitened.redness.blurred(radius);
        let darkness = whitened.darkness.blurred(radius);
        let step = (is_ink.len() / 200_000).max(1);
        let mut ratios: Vec<f32> = (0..is_ink.len())
            .step_by(step)
            .filter(|at| is_ink[*at])
            .map(|at| redness.values[at] / darkness.values[at].max(0.05))
            .collect();
        let usual = quantile(&mut ratios, 0.5).max(0.1);
        Self {
            redness,
            darkness,
            usual,
        }
    }

    fn open(&self, at: usize, darkness: f32) -> f32 {
        let ratio = self.redness.values[at] / self.darkness.values[at].max(darkness).max(0.04);
        ((ratio / self.usual - 0.3) / 0.3).clamp(0.0, 1.0)
    }
}

/// Carries the ink under a pen stroke or a printed line that crosses it.
fn bridge(coverage: &mut Plane, foreign: &[usize], px_per_mm: f32) {
    if foreign.is_empty() {
        return;
    }
    let (width, height) = (coverage.width, coverage.height);
    let mut open = Plane::from_fn(width, height, |_, _| 1.0);
    for &at in foreign {
        open.values[at] = 0.0;
    }
    let mut ink = coverage.clone();
    for &at in foreign {
        ink.values[at] = 0.0;
    }
    let radius = ((px_per_mm * 0.45).round() as usize).max(2);
    let (ink, open) = (ink.blurred(radius), open.blurred(radius));
    for &at in foreign {
        if open.values[at] > 0.12 {
            let share = ink.values[at] / open.values[at];
            let bridged = ((share - 0.35) / 0.3).clamp(0.0, 1.0);
            coverage.values[at] = coverage.values[at].max(bridged);
        }
    }
}

/// The colour of the full ink on white paper and how dark it is.
fn colour_of(picture: &RgbImage, whitened: &Whitened, coverage: &Plane) -> ([f32; 3], f32) {
    let width = coverage.width;
    let mut line = vec![[255.0; 3]; width];
    let mut inks: Vec<(f32, [f32; 3])> = Vec::new();
    let step = (coverage.height / 400).max(1);
    for y in (0..coverage.height).step_by(step) {
        whitened.paper.row(y, &mut line);
        for (x, paper) in line.iter().enumerate() {
            let at = y * width + x;
            if coverage.values[at] > 0.85 {
                let pixel = &picture.as_raw()[at * 3..at * 3 + 3];
                let colour = std::array::from_fn(|k| (f32::from(pixel[k]) / paper[k]).min(1.0));
                inks.push((whitened.darkness.values[at], colour));
            }
        }
    }
    if inks.is_empty() {
        return ([0.0; 3], 0.0);
    }
    let colour = std::array::from_fn(|k| {
        let mut values: Vec<f32> = inks.iter().map(|(_, colour)| colour[k]).collect();
        quantile(&mut values, 0.5)
    });
    let mut darknesses: Vec<f32> = inks.iter().map(|(dark, _)| *dark).collect();
    (colour, quantile(&mut darknesses, 0.5))
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
    use image::Rgb;

    use super::*;

    /// Paper with a disc of ink of 6 mm, a soft edge of one pixel.
    fn disc(paper: [u8; 3], ink: [u8; 3]) -> RgbImage {
        RgbImage::from_fn(200, 200, |x, y| {
            let r = (f64::from(x) - 100.0).hypot(f64::from(y) - 100.0);
            let share = (30.5 - r).clamp(0.0, 1.0);
            let mix = |p: u8, i: u8| (f64::from(p) * (1.0 - share) + f64::from(i) * share) as u8;
            Rgb(std::array::from_fn(|k| mix(paper[k], ink[k])))
        })
    }

    fn separated(picture: &RgbImage, ink: Ink) -> Option<Separation> {
        separate(picture, 10.0, ink, 0.5, &|_, _| true, &|_, _| true)
    }

    fn at(separation: &Separation, x: usize, y: usize) -> f32 {
        separation.coverage.values[y * 200 + x]
    }

    #[test]
    fn red_ink_keeps_its_colour_and_paper_vanishes() {
        for paper in [[255_u8, 255, 255], [236, 230, 214], [190, 190, 192]] {
            for ink in [
                [220_u8, 20, 30],
                [150, 25, 40],
                [190, 90, 80],
                [160, 30, 110],
            ] {
                let separation = separated(&disc(paper, ink), Ink::Red).unwrap();
                assert_eq!(separation.by, Measure::Red, "{paper:?} {ink:?}");
                assert!(at(&separation, 2, 2) < 0.1, "{paper:?} {ink:?}");
                assert!(at(&separation, 100, 100) > 0.95, "{paper:?} {ink:?}");
                for k in 0..3 {
                    let expected = (f32::from(ink[k]) / f32::from(paper[k])).min(1.0);
                    assert!((separation.colour[k] - expected).abs() < 0.03);
                }
            }
        }
    }

    #[test]
    fn print_pens_and_shadow_are_not_red_ink() {
        let mut picture = disc([255; 3], [220, 20, 30]);
        for i in 0..200 {
            for (y, colour) in [
                (8, [20, 20, 20]),
                (190, [180, 178, 176]),
                (20, [30, 40, 150]),
            ] {
                picture.put_pixel(i, y, Rgb(colour));
                picture.put_pixel(i, y + 1, Rgb(colour));
            }
        }
        let separation = separated(&picture, Ink::Red).unwrap();
        for y in [8, 20, 190] {
            assert!(
                at(&separation, 90, y) < 0.3,
                "{y}: {}",
                at(&separation, 90, y)
            );
        }
    }

    #[test]
    fn a_signature_in_black_or_blue_is_ink_too() {
        for ink in [[15, 15, 15], [30, 40, 150]] {
            let separation = separated(&disc([250; 3], ink), Ink::Any).unwrap();
            assert_eq!(separation.by, Measure::Dark);
            assert!(at(&separation, 100, 100) > 0.95);
            assert!(at(&separation, 3, 3) < 0.05);
        }
    }

    #[test]
    fn noise_on_paper_is_no_ink() {
        let picture = RgbImage::from_fn(200, 200, |x, y| {
            let noise = ((x * 31 + y * 17) % 13) as u8;
            Rgb([240 + noise, 240 + noise / 2, 238 + noise])
        });
        assert!(separated(&picture, Ink::Red).is_none());
        assert!(separated(&picture, Ink::Any).is_none());
    }
}
