//! The same page photographed or scanned twice.

use super::tone::{PX_PER_MM, Tones};
use crate::Sheet;

/// Squares that are compared, in mm.
const SIDE_MM: f32 = 3.0;
/// Squares that may lie beside where they should, on every side.
const ASTRAY: usize = 1;
/// Mean tone by which squares differ.
const DIFFERENT: f32 = 22.0;
/// Squares that may differ, of a thousand: dirt, folds, another light.
const BORNE: usize = 6;

/// Whether two sheets show the same page in the same state: nothing was stamped, signed or written on one that is not on
/// the other. For pages of the same paper; the newer or sharper one is enough.
#[must_use]
pub fn same_page(one: &Sheet, other: &Sheet) -> bool {
    let (Some(one), Some(other)) = (
        Tones::of_scan(&one.picture, one.px_per_mm),
        Tones::of_scan(&other.picture, other.px_per_mm),
    ) else {
        return false;
    };
    let (one, other) = (Squares::of(&one), Squares::of(&other));
    one.across == other.across
        && one.down == other.down
        && one.lacking(&other) + other.lacking(&one) <= one.tones.len() * BORNE / 1000
}

/// Mean darkness and redness, square by square.
struct Squares {
    across: usize,
    down: usize,
    tones: Vec<(f32, f32)>,
}

impl Squares {
    fn of(tones: &Tones) -> Self {
        let side = (SIDE_MM * PX_PER_MM) as usize;
        let (across, down) = (tones.width / side, tones.height / side);
        let mean = |map: &[u8], row: usize, column: usize| {
            let sum: u32 = (row * side..(row + 1) * side)
                .flat_map(|y| {
                    let from = y * tones.width + column * side;
                    &map[from..from + side]
                })
                .map(|value| u32::from(*value))
                .sum();
            sum as f32 / (side * side) as f32
        };
        Self {
            across,
            down,
            tones: (0..across * down)
                .map(|n| {
                    let (row, column) = (n / across, n % across);
                    (
                        mean(&tones.dark, row, column),
                        mean(&tones.red, row, column),
                    )
                })
                .collect(),
        }
    }

    /// How many squares hold ink that the other page has nowhere near.
    fn lacking(&self, other: &Self) -> usize {
        (0..self.tones.len())
            .filter(|n| {
                let (row, column) = (n / self.across, n % self.across);
                let (mut dark, mut red) = (0f32, 0f32);
                for r in row.saturating_sub(ASTRAY)..(row + ASTRAY + 1).min(self.down) {
                    for c in column.saturating_sub(ASTRAY)..(column + ASTRAY + 1).min(self.across) {
                        let tone = other.tones[r * self.across + c];
                        dark = dark.max(tone.0);
                        red = red.max(tone.1);
                    }
                }
                self.tones[*n].0 > dark + DIFFERENT || self.tones[*n].1 > red + DIFFERENT
            })
            .count()
    }
}
