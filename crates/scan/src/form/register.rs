//! Where each part of the print lies on the sheet: paper bends and lenses are not true, so every part has its own shift.

use super::tone::{PX_PER_MM, Span, Tones};
use crate::Area;

/// Parts of the page that are laid over each other, in mm.
const PART_MM: (f32, f32) = (30.0, 20.0);
/// Print is at least so dark.
pub(super) const INK: u8 = 100;
/// Points of a part that are compared at most, of ink and of paper each.
const POINTS: usize = 500;
/// Fewer points of ink do not place a part.
const FEWEST: usize = 40;
/// How far a part may lie from where it should, in pixels of the maps.
const REACH: isize = 8;
/// How far the whole page may.
const FAR: isize = 26;
/// A part is found where its ink stands out from the paper around it by this share of the print's own contrast.
const FOUND: f32 = 0.3;

/// How far the sheet's content lies from the print's, in pixels of the maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shift {
    pub(super) x: isize,
    pub(super) y: isize,
}

/// The print laid over the sheet, part by part.
#[derive(Debug, Clone)]
pub(super) struct Alignment {
    across: usize,
    shifts: Vec<Shift>,
    /// Share of the print's parts that were found.
    pub(super) found: f32,
    /// Contrast of the sheet's ink beside the print's, in the middle of the parts.
    pub(super) contrast: f32,
}

/// Points of ink and of the paper just beside it.
struct Points {
    ink: Vec<(isize, isize)>,
    paper: Vec<(isize, isize)>,
    contrast: f32,
}

/// Lays the print over the sheet.
pub(super) fn align(seen: &Tones, printed: &Tones) -> Alignment {
    let part = |mm: f32| (mm * PX_PER_MM) as usize;
    let (wide, high) = (part(PART_MM.0), part(PART_MM.1));
    let across = printed.width.div_ceil(wide).max(1);
    let down = printed.height.div_ceil(high).max(1);
    let parts: Vec<Option<Points>> = (0..down * across)
        .map(|n| {
            let (left, top) = (n % across * wide, n / across * high);
            points(
                printed,
                Span {
                    left,
                    top,
                    right: (left + wide).min(printed.width),
                    bottom: (top + high).min(printed.height),
                },
            )
        })
        .collect();
    let near = overlay(seen, &parts, across, Shift::default());
    if near.found > 0.5 {
        return near;
    }
    let far = overlay(seen, &parts, across, far_shift(seen, &parts));
    if far.found > near.found { far } else { near }
}

impl Alignment {
    /// The shift of the part in which the middle of an area lies.
    pub(super) fn shift(&self, area: &Area) -> Shift {
        let part = |mm: f32, size: f32| (mm / size).max(0.0) as usize;
        let column = part(area.x + area.width / 2.0, PART_MM.0).min(self.across - 1);
        let row = part(area.y + area.height / 2.0, PART_MM.1);
        let last = self.shifts.len() / self.across - 1;
        self.shifts[row.min(last) * self.across + column]
    }
}

/// The shift of one span beside what is known of its surroundings; as before where it has too little ink.
pub(super) fn refine(
    seen: &Tones,
    printed: &Tones,
    span: Span,
    from: Shift,
) -> (Shift, Option<f32>) {
    match points(printed, span) {
        Some(points) => {
            let (shift, contrast) = best(seen, &points, from, 3, 1);
            (shift, Some(contrast / points.contrast))
        }
        None => (from, None),
    }
}

fn overlay(seen: &Tones, parts: &[Option<Points>], across: usize, from: Shift) -> Alignment {
    let mut contrasts = Vec::new();
    let own: Vec<Option<Shift>> = parts
        .iter()
        .map(|points| {
            let points = points.as_ref()?;
            let (coarse, _) = best(seen, points, from, REACH, 2);
            let (shift, contrast) = best(seen, points, coarse, 1, 1);
            contrasts.push(contrast / points.contrast);
            (contrast / points.contrast > FOUND).then_some(shift)
        })
        .collect();
    let good: Vec<Shift> = own.iter().flatten().copied().collect();
    let usual = Shift {
        x: middle(good.iter().map(|shift| shift.x)).unwrap_or(from.x),
        y: middle(good.iter().map(|shift| shift.y)).unwrap_or(from.y),
    };
    let found = good.len() as f32 / contrasts.len().max(1) as f32;
    contrasts.sort_unstable_by(f32::total_cmp);
    Alignment {
        across,
        shifts: settle(&own, across, usual),
        found,
        contrast: contrasts.get(contrasts.len() / 2).copied().unwrap_or(0.0),
    }
}

/// Parts that found no place, or one of their own, take that of the parts around them.
fn settle(own: &[Option<Shift>], across: usize, usual: Shift) -> Vec<Shift> {
    let down = own.len() / across;
    (0..own.len())
        .map(|n| {
            let (row, column) = (n / across, n % across);
            let mut around = Vec::new();
            for r in row.saturating_sub(1)..(row + 2).min(down) {
                for c in column.saturating_sub(1)..(column + 2).min(across) {
                    around.extend(own[r * across + c]);
                }
            }
            let shift = Shift {
                x: middle(around.iter().map(|shift| shift.x)).unwrap_or(usual.x),
                y: middle(around.iter().map(|shift| shift.y)).unwrap_or(usual.y),
            };
            match own[n] {
                Some(mine) if (mine.x - shift.x).abs() <= 3 && (mine.y - shift.y).abs() <= 3 => {
                    mine
                }
                _ => shift,
            }
        })
        .collect()
}

fn middle(values: impl Iterator<Item = isize>) -> Option<isize> {
    let mut values: Vec<isize> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// Where the page as a whole lies, where it is far off.
fn far_shift(seen: &Tones, parts: &[Option<Points>]) -> Shift {
    let mut all = Points {
        ink: Vec::new(),
        paper: Vec::new(),
        contrast: 1.0,
    };
    for points in parts.iter().flatten() {
        all.ink.extend(points.ink.iter().step_by(5));
        all.paper.extend(points.paper.iter().step_by(5));
    }
    if all.ink.is_empty() || all.paper.is_empty() {
        return Shift::default();
    }
    best(seen, &all, Shift::default(), FAR, 2).0
}

/// The shift at which the ink stands out most, and by how much.
fn best(seen: &Tones, points: &Points, from: Shift, reach: isize, step: usize) -> (Shift, f32) {
    let mut best = (from, f32::MIN);
    for y in (-reach..=reach).step_by(step) {
        for x in (-reach..=reach).step_by(step) {
            let shift = Shift {
                x: from.x + x,
                y: from.y + y,
            };
            let mean = |points: &[(isize, isize)]| {
                let sum: u32 = points
                    .iter()
                    .map(|(x, y)| u32::from(seen.dark_at(x + shift.x, y + shift.y)))
                    .sum();
                sum as f32 / points.len() as f32
            };
            // Among equals the nearest.
            let contrast = mean(&points.ink) - mean(&points.paper);
            let worth = contrast - 0.05 * (x.abs() + y.abs()) as f32;
            if worth > best.1 {
                best = (shift, worth);
            }
        }
    }
    best
}

/// The points of a span by which it is placed; `None`: too little ink.
fn points(printed: &Tones, span: Span) -> Option<Points> {
    let mut ink = Vec::new();
    let mut paper = Vec::new();
    for y in span.top..span.bottom {
        for x in span.left..span.right {
            let (px, py) = (x as isize, y as isize);
            if printed.dark[y * printed.width + x] >= INK {
                ink.push((px, py));
            } else if beside_ink(printed, px, py) {
                paper.push((px, py));
            }
        }
    }
    if ink.len() < FEWEST || paper.len() < FEWEST {
        return None;
    }
    let thin = |points: Vec<(isize, isize)>| {
        let step = points.len().div_ceil(POINTS).max(1);
        points.into_iter().step_by(step).collect::<Vec<_>>()
    };
    let (ink, paper) = (thin(ink), thin(paper));
    let mean = |points: &[(isize, isize)]| {
        let sum: u32 = points
            .iter()
            .map(|(x, y)| u32::from(printed.dark_at(*x, *y)))
            .sum();
        sum as f32 / points.len() as f32
    };
    let contrast = mean(&ink) - mean(&paper);
    (contrast > 20.0).then_some(Points {
        ink,
        paper,
        contrast,
    })
}

/// Paper two pixels from ink.
fn beside_ink(printed: &Tones, x: isize, y: isize) -> bool {
    printed.dark_at(x, y) < 40
        && [
            (-2, 0),
            (2, 0),
            (0, -2),
            (0, 2),
            (-2, -2),
            (2, 2),
            (-2, 2),
            (2, -2),
        ]
        .iter()
        .any(|(dx, dy)| printed.dark_at(x + dx, y + dy) >= INK)
}
