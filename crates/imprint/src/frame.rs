use image::RgbImage;

use crate::cut::Millimetres;

/// The printed frame around an imprint: where black ink cannot be told from it.
pub(crate) struct Lines {
    width: usize,
    covered: Vec<bool>,
}

impl Lines {
    /// Whether a pixel belongs to a printed line or lies beyond it.
    pub(crate) fn covers(&self, x: usize, y: usize) -> bool {
        self.covered
            .get(y * self.width + x)
            .copied()
            .unwrap_or(false)
    }
}

/// Straight printed lines are at least this long, in mm.
const SHORTEST_MM: f32 = 24.0;
/// How far the frame may be from where it should be, in mm.
const SLACK_MM: f32 = 2.5;

/// Finds the lines of the frame; `inner` is where its inner edge should be, in mm.
pub(crate) fn find(region: &RgbImage, px_per_mm: f32, inner: Option<Millimetres>) -> Lines {
    let (width, height) = (region.width() as usize, region.height() as usize);
    let darkness = darkness(region);
    let mut covered = vec![false; width * height];
    let thick = ((0.35 * px_per_mm).ceil() as usize).max(1);
    // Long dark runs, first along the rows, then along the columns of the picture.
    for upright in [false, true] {
        let (length, lines) = if upright {
            (height, width)
        } else {
            (width, height)
        };
        let at = |along: usize, across: usize| {
            if upright {
                along * width + across
            } else {
                across * width + along
            }
        };
        let least = ((SHORTEST_MM * px_per_mm) as usize)
            .min(length * 3 / 5)
            .max(8);
        let band = ((0.5 * px_per_mm).ceil() as usize).max(2);
        for from in (0..lines).step_by((band / 2).max(1)) {
            let to = (from + band).min(lines);
            // The darkest of the band, so that a line may be a little slanted.
            let mut run = 0;
            let mut gap = 0;
            for along in 0..=length {
                let dark =
                    along < length && (from..to).any(|across| darkness[at(along, across)] > 90);
                if dark {
                    run += 1 + gap;
                    gap = 0;
                    continue;
                }
                if run > 0 && along < length && gap < band {
                    gap += 1;
                    continue;
                }
                if run >= least {
                    let end = along - gap;
                    for along in end.saturating_sub(run)..end {
                        cover(&mut covered, &darkness, &at, along, from, to, lines, thick);
                    }
                }
                (run, gap) = (0, 0);
            }
        }
    }
    if let Some(inner) = inner {
        beyond(&mut covered, width, height, px_per_mm, inner);
    }
    Lines { width, covered }
}

/// Covers a line's pixels at one place, but not where a stroke crosses it: there the dark goes on to both sides.
#[expect(clippy::too_many_arguments, reason = "one place of one line")]
fn cover(
    covered: &mut [bool],
    darkness: &[u8],
    at: &impl Fn(usize, usize) -> usize,
    along: usize,
    from: usize,
    to: usize,
    lines: usize,
    thick: usize,
) {
    let before = from.saturating_sub(thick + 1);
    let after = (to + thick).min(lines - 1);
    if darkness[at(along, before)] > 90 && darkness[at(along, after)] > 90 {
        return;
    }
    for across in from.saturating_sub(thick)..(to + thick).min(lines) {
        covered[at(along, across)] = true;
    }
}

fn darkness(region: &RgbImage) -> Vec<u8> {
    let mut brightest = [0_u32; 256];
    let luma: Vec<u8> = region
        .pixels()
        .map(|p| {
            let value = (u32::from(p[0]) * 77 + u32::from(p[1]) * 151 + u32::from(p[2]) * 28) >> 8;
            brightest[value as usize] += 1;
            value as u8
        })
        .collect();
    let total: u32 = brightest.iter().sum();
    let mut above = 0;
    let paper = (0..256)
        .rev()
        .find(|&level| {
            above += brightest[level];
            above * 4 >= total
        })
        .unwrap_or(255) as u32;
    luma.into_iter()
        .map(|value| 255 - (u32::from(value) * 255 / paper.max(1)).min(255) as u8)
        .collect()
}

/// Everything farther out than the frame can be.
fn beyond(covered: &mut [bool], width: usize, height: usize, px_per_mm: f32, inner: Millimetres) {
    let low = |mm: f32| (mm - SLACK_MM * 0.4) * px_per_mm;
    let high = |mm: f32| (mm + SLACK_MM * 0.4) * px_per_mm;
    let (left, top) = (low(inner.x), low(inner.y));
    let (right, bottom) = (high(inner.x + inner.width), high(inner.y + inner.height));
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (x as f32, y as f32);
            if fx < left || fx > right || fy < top || fy > bottom {
                covered[y * width + x] = true;
            }
        }
    }
}
