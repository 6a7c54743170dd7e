//! Ink that belongs together though it does not touch: the ring, the star and the letters of one stamp.

use super::patch::{Patch, patches};
use super::tone::{PX_PER_MM, Span, Tones};
use crate::Area;

/// Side of the cells in which ink is counted, in pixels of the maps: 1.5 mm.
const CELL: usize = 6;
/// A cell with fewer points of ink is empty.
const FEWEST: i32 = 3;

/// Ink that belongs together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cluster {
    area: Area,
    /// Its ink in mm².
    pub(super) ink_mm2: f32,
}

/// The clusters of a span: cells with ink that lie no more than a cell apart.
pub(super) fn clusters(span: Span, ink: impl Fn(usize, usize) -> bool) -> Vec<Cluster> {
    let (across, down) = (span.width().div_ceil(CELL), span.height().div_ceil(CELL));
    let mut counts = vec![0i32; across * down];
    for y in 0..span.height() {
        for x in 0..span.width() {
            if ink(span.left + x, span.top + y) {
                counts[y / CELL * across + x / CELL] += 1;
            }
        }
    }
    // Each cell with ink reaches into its neighbours, so that a gap of one cell is none.
    let mut reach = vec![0i32; across * down];
    for row in 0..down {
        for column in 0..across {
            if counts[row * across + column] < FEWEST {
                continue;
            }
            for r in row..(row + 2).min(down) {
                for c in column..(column + 2).min(across) {
                    reach[r * across + c] = 1;
                }
            }
        }
    }
    patches(&reach, across, down, 0)
        .iter()
        .filter_map(|patch| Cluster::of(span, across, &counts, patch))
        .collect()
}

impl Cluster {
    fn of(span: Span, across: usize, counts: &[i32], patch: &Patch) -> Option<Self> {
        let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
        let mut ink = 0;
        for row in patch.top..patch.bottom {
            for column in patch.left..patch.right {
                let count = counts[row * across + column];
                if count < FEWEST {
                    continue;
                }
                ink += count;
                left = left.min(column);
                right = right.max(column + 1);
                top = top.min(row);
                bottom = bottom.max(row + 1);
            }
        }
        let mm = |cells: usize| (cells * CELL) as f32 / PX_PER_MM;
        (ink > 0).then(|| Self {
            area: Area {
                x: span.left as f32 / PX_PER_MM + mm(left),
                y: span.top as f32 / PX_PER_MM + mm(top),
                width: mm(right - left),
                height: mm(bottom - top),
            },
            ink_mm2: ink as f32 / (PX_PER_MM * PX_PER_MM),
        })
    }

    pub(super) fn width_mm(&self) -> f32 {
        self.area.width
    }

    pub(super) fn height_mm(&self) -> f32 {
        self.area.height
    }

    pub(super) fn long_mm(&self) -> f32 {
        self.area.width.max(self.area.height)
    }

    pub(super) fn short_mm(&self) -> f32 {
        self.area.width.min(self.area.height)
    }

    pub(super) fn middle_mm(&self) -> (f32, f32) {
        (
            self.area.x + self.area.width / 2.0,
            self.area.y + self.area.height / 2.0,
        )
    }

    /// Whether it reaches to the edge of the sheet.
    pub(super) fn touches_edge(&self, tones: &Tones) -> bool {
        let (width, height) = (
            tones.width as f32 / PX_PER_MM,
            tones.height as f32 / PX_PER_MM,
        );
        self.area.x < 2.0
            || self.area.y < 2.0
            || self.area.x + self.area.width > width - 3.0
            || self.area.y + self.area.height > height - 3.0
    }

    /// Whether it goes on outside the span it was looked for in.
    pub(super) fn cut_off(&self, span: Span) -> bool {
        let area = span.area();
        self.area.x <= area.x
            || self.area.y <= area.y
            || self.area.x + self.area.width >= area.x + area.width
            || self.area.y + self.area.height >= area.y + area.height
    }

    /// Whether it comes within so many mm of an area.
    pub(super) fn near(&self, area: &Area, mm: f32) -> bool {
        let area = area.grown(mm);
        self.area.x < area.x + area.width
            && area.x < self.area.x + self.area.width
            && self.area.y < area.y + area.height
            && area.y < self.area.y + self.area.height
    }

    /// Width and height of the box around several, in mm.
    pub(super) fn around(clusters: &[&Self]) -> (f32, f32) {
        let lowest = |pick: fn(&Area) -> f32| {
            clusters
                .iter()
                .map(|cluster| pick(&cluster.area))
                .fold(f32::MAX, f32::min)
        };
        let highest = |pick: fn(&Area) -> f32| {
            clusters
                .iter()
                .map(|cluster| pick(&cluster.area))
                .fold(f32::MIN, f32::max)
        };
        if clusters.is_empty() {
            return (0.0, 0.0);
        }
        (
            highest(|area| area.x + area.width) - lowest(|area| area.x),
            highest(|area| area.y + area.height) - lowest(|area| area.y),
        )
    }
}
