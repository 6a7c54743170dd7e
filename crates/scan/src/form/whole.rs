//! Whether the sheet is the page at all.

use super::register::Alignment;
use super::tone::{PX_PER_MM, Tones};
use super::{FormFault, FormFinding, Weight};
use crate::Area;

/// A page with less ink than this share of it is blank.
const BLANK: f32 = 0.002;
/// Fewer of the print's parts found: another page.
const OTHER: f32 = 0.3;

/// Says when the sheet is not the page: blank, its back, another page.
pub(super) fn other_page(
    seen: &Tones,
    printed: &Tones,
    alignment: &Alignment,
) -> Option<FormFinding> {
    if alignment.found >= OTHER {
        return None;
    }
    let (fault, weight) = if inked(seen) < BLANK {
        if shows_through(seen, printed) {
            (FormFault::WrongSide, Weight::Clear)
        } else {
            (FormFault::Blank, Weight::Clear)
        }
    } else if shows_through(seen, printed) {
        (FormFault::WrongSide, Weight::Doubtful)
    } else if alignment.found < OTHER / 2.0 {
        (FormFault::OtherPage, Weight::Clear)
    } else {
        (FormFault::NotCompared, Weight::Doubtful)
    };
    Some(FormFinding {
        fault,
        place: None,
        area: Area {
            x: 0.0,
            y: 0.0,
            width: seen.width as f32 / PX_PER_MM,
            height: seen.height as f32 / PX_PER_MM,
        },
        weight,
    })
}

/// Share of the page that is ink, without its edges (shadows, fingers, the table under it).
fn inked(seen: &Tones) -> f32 {
    let margin = (12.0 * PX_PER_MM) as usize;
    if seen.width <= 2 * margin || seen.height <= 2 * margin {
        return 0.0;
    }
    let mut ink = 0usize;
    for y in margin..seen.height - margin {
        let line = y * seen.width;
        for x in margin..seen.width - margin {
            let at = line + x;
            ink += usize::from(seen.dark[at] > 90 || seen.red[at] > 60);
        }
    }
    ink as f32 / ((seen.width - 2 * margin) * (seen.height - 2 * margin)) as f32
}

/// Whether the print shines through from the other side: faint and mirrored.
fn shows_through(seen: &Tones, printed: &Tones) -> bool {
    let (front, back) = (coarse(printed), coarse(seen));
    let mirrored: Vec<Vec<f32>> = back
        .iter()
        .map(|line| line.iter().rev().copied().collect())
        .collect();
    let behind = correlation(&front, &mirrored);
    behind > 0.3 && behind > correlation(&front, &back) + 0.15
}

/// Mean darkness in squares of 3 mm.
fn coarse(tones: &Tones) -> Vec<Vec<f32>> {
    let side = (3.0 * PX_PER_MM) as usize;
    (0..tones.height / side)
        .map(|row| {
            (0..tones.width / side)
                .map(|column| {
                    let mut sum = 0u32;
                    for y in row * side..(row + 1) * side {
                        let from = y * tones.width + column * side;
                        sum += tones.dark[from..from + side]
                            .iter()
                            .map(|d| u32::from(*d))
                            .sum::<u32>();
                    }
                    sum as f32 / (side * side) as f32
                })
                .collect()
        })
        .collect()
}

/// Pearson's coefficient of two coarse pages.
fn correlation(one: &[Vec<f32>], other: &[Vec<f32>]) -> f32 {
    let pairs: Vec<(f32, f32)> = one
        .iter()
        .zip(other)
        .flat_map(|(a, b)| a.iter().copied().zip(b.iter().copied()))
        .collect();
    let count = pairs.len().max(1) as f32;
    let mean = |pick: fn(&(f32, f32)) -> f32| pairs.iter().map(pick).sum::<f32>() / count;
    let (mean_a, mean_b) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let (mut both, mut a, mut b) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        both += (x - mean_a) * (y - mean_b);
        a += (x - mean_a).powi(2);
        b += (y - mean_b).powi(2);
    }
    both / (a * b).sqrt().max(1.0)
}
