//! Points of a map that hang together.

use super::tone::PX_PER_MM;

/// Points above a threshold that touch each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) left: usize,
    pub(super) top: usize,
    /// Past the last.
    pub(super) right: usize,
    pub(super) bottom: usize,
    /// How many.
    pub(super) points: usize,
    /// The highest value.
    pub(super) peak: i32,
}

impl Patch {
    pub(super) fn width_mm(&self) -> f32 {
        (self.right - self.left) as f32 / PX_PER_MM
    }

    pub(super) fn height_mm(&self) -> f32 {
        (self.bottom - self.top) as f32 / PX_PER_MM
    }

    pub(super) fn area_mm2(&self) -> f32 {
        self.points as f32 / (PX_PER_MM * PX_PER_MM)
    }

    /// The box around several, as one.
    pub(super) fn around(patches: &[Self]) -> Option<Self> {
        patches.iter().copied().reduce(|one, other| Self {
            left: one.left.min(other.left),
            top: one.top.min(other.top),
            right: one.right.max(other.right),
            bottom: one.bottom.max(other.bottom),
            points: one.points + other.points,
            peak: one.peak.max(other.peak),
        })
    }

    /// The longer side.
    pub(super) fn long_mm(&self) -> f32 {
        self.width_mm().max(self.height_mm())
    }

    /// The shorter side.
    pub(super) fn short_mm(&self) -> f32 {
        self.width_mm().min(self.height_mm())
    }
}

/// The patches of values above a threshold, corners touching too.
pub(super) fn patches(values: &[i32], width: usize, height: usize, above: i32) -> Vec<Patch> {
    let mut waiting: Vec<bool> = values.iter().map(|value| *value > above).collect();
    let mut patches = Vec::new();
    let mut next = Vec::new();
    for start in 0..waiting.len().min(width * height) {
        if !waiting[start] {
            continue;
        }
        waiting[start] = false;
        next.push(start);
        let mut patch = Patch {
            left: width,
            top: height,
            right: 0,
            bottom: 0,
            points: 0,
            peak: i32::MIN,
        };
        while let Some(at) = next.pop() {
            let (x, y) = (at % width, at / width);
            patch.left = patch.left.min(x);
            patch.right = patch.right.max(x + 1);
            patch.top = patch.top.min(y);
            patch.bottom = patch.bottom.max(y + 1);
            patch.points += 1;
            patch.peak = patch.peak.max(values[at]);
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let neighbour = ny * width + nx;
                    if waiting[neighbour] {
                        waiting[neighbour] = false;
                        next.push(neighbour);
                    }
                }
            }
        }
        patches.push(patch);
    }
    patches
}
