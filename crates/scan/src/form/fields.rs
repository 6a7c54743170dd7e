//! Fields beside their print: what was written into them, drawn through them, or taken away.

use super::patch::{Patch, patches};
use super::register::{Alignment, Shift, refine};
use super::tone::{PX_PER_MM, Span, Tones};
use super::{FormFault, FormFinding, Weight};
use crate::Place;

/// Fields are laid over each other in pieces of at most this width, in mm.
const PIECE_MM: f32 = 30.0;
/// Left out at a field's edges, in mm: its lines.
const EDGE_MM: f32 = 0.8;
/// Paper is never quite white: darkness up to this is none.
const PAPER: i32 = 18;
/// Redder than this is the ink of a stamp, which may lie over a field.
const STAMP: u8 = 35;
/// Half the window over which ink is summed, in pixels of the maps.
const HALF: usize = 2;
/// Ink that is more than the print's by this much (mean over a window) was added.
const ADDED: i32 = 32;
/// A patch that is no line was added only where its ink is more by this much: boxes to tick may print bold.
const SURELY: i32 = 50;
/// Ink of the print that is less by this share was taken away, where there is enough of it.
const TAKEN: (i32, i32) = (1, 2);
const ENOUGH: i32 = 28;
/// Fields with boxes to tick: their fine lines come out of printers very differently.
const BOXES: [&str; 6] = [
    "field:kind",
    "field:business",
    "field:change",
    "field:function",
    "field:certificate",
    "field:medium",
];
/// Smaller patches are dirt, in mm².
const DIRT_MM2: f32 = 3.0;
/// The sheet's print is too faint or blurred to compare below this share of the print's own contrast.
const CLEAR_ENOUGH: f32 = 0.33;

/// A field of the sheet, laid over that of the print.
struct Pair<'a> {
    place: &'a Place,
    span: Span,
    /// The middle piece's shift.
    shift: Shift,
    seen: Vec<i32>,
    printed: Vec<i32>,
}

/// What a field shows.
#[derive(Default)]
struct Differences {
    added: Vec<Patch>,
    taken: Vec<Patch>,
}

pub(super) fn fields(
    seen: &Tones,
    printed: &Tones,
    alignment: &Alignment,
    places: &[&Place],
) -> Vec<FormFinding> {
    let pairs: Vec<Pair<'_>> = places
        .iter()
        .filter(|place| place.name.starts_with("field:") || place.name.starts_with("row:"))
        .filter_map(|place| Pair::of(seen, printed, alignment, place))
        .collect();
    let Some(first) = pairs.first() else {
        return Vec::new();
    };
    if alignment.contrast < CLEAR_ENOUGH {
        let area = first.span.area();
        return vec![FormFinding {
            fault: FormFault::NotCompared,
            place: None,
            area,
            weight: Weight::Doubtful,
        }];
    }
    let gain = usual_gain(&pairs);
    let found: Vec<(&Pair<'_>, Differences)> = pairs
        .iter()
        .map(|pair| (pair, pair.differences(gain)))
        .filter(|(_, differences)| !(differences.added.is_empty() && differences.taken.is_empty()))
        .collect();
    let replaced = found
        .iter()
        .filter(|(_, differences)| !differences.added.is_empty() && !differences.taken.is_empty())
        .count();
    if replaced >= 3 || (found.len() >= 5 && found.len() * 3 > pairs.len()) {
        let area = found[0].0.span.area();
        return vec![FormFinding {
            fault: FormFault::OldPrint,
            place: None,
            area,
            weight: if replaced >= 3 {
                Weight::Clear
            } else {
                Weight::Doubtful
            },
        }];
    }
    found
        .iter()
        .map(|(pair, differences)| pair.finding(differences))
        .collect()
}

impl<'a> Pair<'a> {
    fn of(seen: &Tones, printed: &Tones, alignment: &Alignment, place: &'a Place) -> Option<Self> {
        let span = printed.span(&place.area.grown(-EDGE_MM))?;
        if span.width() < 4 * HALF || span.height() < 4 * HALF {
            return None;
        }
        let pieces = (place.area.width / PIECE_MM).ceil().max(1.0) as usize;
        let shifts: Vec<Shift> = (0..pieces)
            .map(|n| {
                let mut piece = place.area;
                piece.width /= pieces as f32;
                piece.x += piece.width * n as f32;
                let from = alignment.shift(&piece);
                printed
                    .span(&piece.grown(1.5))
                    .map_or(from, |span| refine(seen, printed, span, from).0)
            })
            .collect();
        let (width, height) = (span.width(), span.height());
        let mut here = Vec::with_capacity(width * height);
        let mut there = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let shift = shifts[(x * pieces / width).min(pieces - 1)];
                let (px, py) = ((span.left + x) as isize, (span.top + y) as isize);
                let ink = i32::from(printed.dark_at(px, py));
                let (sx, sy) = (px + shift.x, py + shift.y);
                let dark = (i32::from(seen.dark_at(sx, sy)) - PAPER).max(0);
                let stamped = seen.red_at(sx, sy) > STAMP;
                here.push(if stamped { dark.min(ink) } else { dark });
                there.push(ink);
            }
        }
        Some(Self {
            place,
            span,
            shift: shifts[pieces / 2],
            seen: here,
            printed: there,
        })
    }

    /// Ink on the sheet beside ink in the print; `None`: hardly any is printed.
    fn gain(&self) -> Option<f32> {
        let printed: i64 = self.printed.iter().map(|ink| i64::from(*ink)).sum();
        let seen: i64 = self
            .seen
            .iter()
            .zip(&self.printed)
            // Far from print, it is no print.
            .filter(|(_, ink)| **ink > 0)
            .map(|(dark, _)| i64::from(*dark))
            .sum();
        (printed > 255 * 20).then(|| seen as f32 / printed as f32)
    }

    fn differences(&self, usual: f32) -> Differences {
        let (width, height) = (self.span.width(), self.span.height());
        let seen = blurred(&self.seen, width, height);
        let printed = blurred(&self.printed, width, height);
        // A field may be bolder (fine lines print bold) or fainter than the others without anything being wrong with it.
        let own = middle_ratio(&seen, &printed).unwrap_or(usual);
        let bold = own.clamp(usual, usual * 1.5);
        let boxes = BOXES.contains(&self.place.name.as_str());
        let allowed = if boxes { 1.6 } else { 1.15 };
        let faint = own.clamp(usual * 0.7, usual);
        // Where all print is faint, so is what was added or taken.
        let share = |ink: i32| (ink as f32 * usual.clamp(0.5, 1.0)) as i32;
        let expected = |gain: f32, at: usize| (gain * printed[at] as f32) as i32;
        let added: Vec<i32> = (0..seen.len())
            .map(|at| seen[at] - expected(bold * allowed, at))
            .collect();
        let taken: Vec<i32> = (0..seen.len())
            .map(|at| {
                let ink = expected(faint, at);
                let less = ink - seen[at];
                if !boxes && ink >= share(ENOUGH) && less * TAKEN.1 > ink * TAKEN.0 {
                    less
                } else {
                    0
                }
            })
            .collect();
        let keep = |patch: &Patch| patch.area_mm2() >= DIRT_MM2;
        Differences {
            added: patches(&added, width, height, share(ADDED))
                .into_iter()
                .filter(|patch| {
                    keep(patch)
                        && (patch.peak > share(SURELY) || (!boxes && patch.width_mm() > 6.0))
                        && !is_fold(patch, width, height)
                })
                .collect(),
            taken: patches(&taken, width, height, share(ENOUGH) / 2)
                .into_iter()
                .filter(keep)
                .collect(),
        }
    }

    fn finding(&self, differences: &Differences) -> FormFinding {
        let size = |patches: &[Patch]| patches.iter().map(Patch::area_mm2).sum::<f32>();
        let (added, taken) = (size(&differences.added), size(&differences.taken));
        // Letters cut a line into pieces: together they are long and low.
        let line = Patch::around(&differences.added)
            .is_some_and(|all| all.width_mm() > 8.0 && all.height_mm() < 4.0);
        let fault = if taken > added {
            FormFault::FieldCovered
        } else if line {
            FormFault::FieldStruckOut
        } else {
            FormFault::FieldAltered
        };
        let mut area = self.place.area;
        area.x += self.shift.x as f32 / PX_PER_MM;
        area.y += self.shift.y as f32 / PX_PER_MM;
        FormFinding {
            fault,
            place: Some(self.place.name.clone()),
            area,
            weight: if added.max(taken) > 3.0 * DIRT_MM2 {
                Weight::Clear
            } else {
                Weight::Doubtful
            },
        }
    }
}

/// A faint line from edge to edge is a fold or a shadow, not a pen's.
fn is_fold(patch: &Patch, width: usize, height: usize) -> bool {
    let near = (1.5 * PX_PER_MM) as usize;
    let across = patch.left <= near && patch.right + near >= width && patch.height_mm() < 5.0;
    let down = patch.top <= near && patch.bottom + near >= height && patch.width_mm() < 4.0;
    (across || down) && patch.peak < 85
}

/// Ink on the sheet beside ink in the print, in the middle of the points that are printed.
fn middle_ratio(seen: &[i32], printed: &[i32]) -> Option<f32> {
    let mut ratios: Vec<f32> = seen
        .iter()
        .zip(printed)
        .filter(|(_, ink)| **ink > ENOUGH)
        .map(|(dark, ink)| *dark as f32 / *ink as f32)
        .collect();
    ratios.sort_unstable_by(f32::total_cmp);
    ratios.get(ratios.len() / 2).copied()
}

fn usual_gain(pairs: &[Pair<'_>]) -> f32 {
    let mut gains: Vec<f32> = pairs.iter().filter_map(Pair::gain).collect();
    gains.sort_unstable_by(f32::total_cmp);
    gains
        .get(gains.len() / 2)
        .copied()
        .unwrap_or(1.0)
        .clamp(0.3, 2.0)
}

/// Means over windows, by running sums: along the lines, then down.
fn blurred(values: &[i32], width: usize, height: usize) -> Vec<i32> {
    let side = (2 * HALF + 1) as i32;
    let mut across = vec![0; values.len()];
    for y in 0..height {
        let line = &values[y * width..(y + 1) * width];
        let mut sum: i32 = line.iter().take(HALF).sum();
        for x in 0..width {
            sum += line.get(x + HALF).copied().unwrap_or(0);
            if x > HALF {
                sum -= line[x - HALF - 1];
            }
            across[y * width + x] = sum;
        }
    }
    let mut means = vec![0; values.len()];
    let mut sums: Vec<i32> = (0..width)
        .map(|x| (0..HALF.min(height)).map(|y| across[y * width + x]).sum())
        .collect();
    for y in 0..height {
        for x in 0..width {
            if y + HALF < height {
                sums[x] += across[(y + HALF) * width + x];
            }
            if y > HALF {
                sums[x] -= across[(y - HALF - 1) * width + x];
            }
            means[y * width + x] = sums[x] / (side * side);
        }
    }
    means
}
