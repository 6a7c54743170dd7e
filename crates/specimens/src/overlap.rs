//! How well a cut-out covers the true ink.

use imprint::CutImprint;

use crate::case::ImprintTruth;

/// Cut-out beside truth, its edges found between the pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Ink in both over ink in either (IoU).
    pub strict: f32,
    /// The same where an edge may be off by a twentieth of a millimetre.
    pub loose: f32,
    /// Found ink over true ink, by area.
    pub area: f32,
    /// How far the cut-out had to be moved to lie on the truth, in mm.
    pub moved_mm: f32,
}

/// Room that a sheet which is a little off may need, in mm.
const REACH: f32 = 2.0;
/// Points per mm at which both are looked at: 600 dpi.
const FINE: f32 = 600.0 / 25.4;
/// How far an edge may be off to count loosely, in mm.
const SLACK: f32 = 0.05;

/// Lays a cut-out over the truth where it fits best, and compares. `from` is where the region of the cut began on the
/// page, in mm. Only moving is tried: a cut-out that is too large, too small or askew stays so.
#[must_use]
pub fn overlap(cut: &CutImprint, from: (f32, f32), truth: &ImprintTruth) -> Overlap {
    let found = Field {
        values: cut.ink_map.as_raw(),
        width: cut.ink_map.width() as usize,
        from,
        px_per_mm: cut.px_per_mm,
    };
    let impression = &truth.impression;
    let real = Field {
        values: &impression.ink,
        width: impression.width,
        from: (
            impression.left as f32 / truth.px_per_mm,
            impression.top as f32 / truth.px_per_mm,
        ),
        px_per_mm: truth.px_per_mm,
    };
    let ink = found.points();
    let hits = |step: usize, by: (f32, f32)| {
        ink.iter()
            .step_by(step)
            .filter(|(x, y)| real.has(x + by.0, y + by.1))
            .count()
    };
    let mut best = (0.0, 0.0);
    for (reach, pace, sample) in [(REACH, 0.4, 2_000), (0.4, 0.1, 6_000), (0.1, 0.025, 20_000)] {
        let step = (ink.len() / sample).max(1);
        let steps = (reach / pace) as i32;
        let middle = best;
        let mut most = (hits(step, best), best);
        for (i, j) in (-steps..=steps).flat_map(|j| (-steps..=steps).map(move |i| (i, j))) {
            let to = (middle.0 + i as f32 * pace, middle.1 + j as f32 * pace);
            let count = hits(step, to);
            if count > most.0 {
                most = (count, to);
            }
        }
        best = most.1;
    }
    let moved = Field {
        from: (from.0 + best.0, from.1 + best.1),
        ..found
    };
    compare(&moved, &real, best.0.hypot(best.1))
}

fn compare(found: &Field<'_>, real: &Field<'_>, moved_mm: f32) -> Overlap {
    let (a, b) = (found.extent(), real.extent());
    let (left, top) = (a.0.min(b.0), a.1.min(b.1));
    let (right, bottom) = (a.2.max(b.2), a.3.max(b.3));
    let (columns, rows) = (
        ((right - left) * FINE) as usize,
        ((bottom - top) * FINE) as usize,
    );
    let near = |field: &Field<'_>, x: f32, y: f32| {
        [(SLACK, 0.0), (-SLACK, 0.0), (0.0, SLACK), (0.0, -SLACK)]
            .iter()
            .any(|(i, j)| field.has(x + i, y + j))
    };
    let [
        mut both,
        mut only_found,
        mut only_real,
        mut far_found,
        mut far_real,
    ] = [0.0_f32; 5];
    for j in 0..rows {
        for i in 0..columns {
            let (x, y) = (
                left + (i as f32 + 0.5) / FINE,
                top + (j as f32 + 0.5) / FINE,
            );
            match (found.has(x, y), real.has(x, y)) {
                (true, true) => both += 1.0,
                (true, false) => {
                    only_found += 1.0;
                    far_found += f32::from(!near(real, x, y));
                }
                (false, true) => {
                    only_real += 1.0;
                    far_real += f32::from(!near(found, x, y));
                }
                (false, false) => {}
            }
        }
    }
    let either = (both + only_found + only_real).max(1.0);
    Overlap {
        strict: both / either,
        loose: 1.0 - (far_found + far_real) / either,
        area: (both + only_found) / (both + only_real).max(1.0),
        moved_mm,
    }
}

/// Ink on pixels, seen as a field that is smooth between them.
struct Field<'a> {
    values: &'a [u8],
    width: usize,
    from: (f32, f32),
    px_per_mm: f32,
}

impl Field<'_> {
    /// Whether there is ink at a point of the page, in mm.
    fn has(&self, x: f32, y: f32) -> bool {
        let (u, v) = (
            (x - self.from.0) * self.px_per_mm - 0.5,
            (y - self.from.1) * self.px_per_mm - 0.5,
        );
        if u < 0.0 || v < 0.0 {
            return false;
        }
        let (i, j) = (u as usize, v as usize);
        let at = j * self.width + i;
        if i + 1 >= self.width || at + self.width + 1 >= self.values.len() {
            return false;
        }
        let [a, b, c, d] =
            [at, at + 1, at + self.width, at + self.width + 1].map(|at| f32::from(self.values[at]));
        let (u, v) = (u - i as f32, v - j as f32);
        (a + (b - a) * u) * (1.0 - v) + (c + (d - c) * u) * v >= 127.5
    }

    /// The middles of the pixels with ink, in mm.
    fn points(&self) -> Vec<(f32, f32)> {
        let with_ink = self
            .values
            .iter()
            .enumerate()
            .filter(|(_, value)| **value >= 128);
        with_ink
            .map(|(at, _)| self.at(at % self.width, at / self.width))
            .collect()
    }

    fn at(&self, column: usize, row: usize) -> (f32, f32) {
        let mm = |from: f32, px: usize| from + (px as f32 + 0.5) / self.px_per_mm;
        (mm(self.from.0, column), mm(self.from.1, row))
    }

    /// Left, top, right and bottom of the ink, in mm.
    fn extent(&self) -> (f32, f32, f32, f32) {
        let mut extent = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for (x, y) in self.points() {
            extent = (
                extent.0.min(x),
                extent.1.min(y),
                extent.2.max(x),
                extent.3.max(y),
            );
        }
        if extent.0 > extent.2 {
            return (self.from.0, self.from.1, self.from.0, self.from.1);
        }
        let edge = 1.0 / self.px_per_mm;
        (
            extent.0 - edge,
            extent.1 - edge,
            extent.2 + edge,
            extent.3 + edge,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disc on 80 × 80 mm.
    fn disc(px_per_mm: f32, middle: (f32, f32), radius: f32) -> Vec<u8> {
        let side = (80.0 * px_per_mm) as usize;
        (0..side * side)
            .map(|at| {
                let (x, y) = ((at % side) as f32 + 0.5, (at / side) as f32 + 0.5);
                let off =
                    (x - middle.0 * px_per_mm).hypot(y - middle.1 * px_per_mm) - radius * px_per_mm;
                ((0.5 - off).clamp(0.0, 1.0) * 255.0) as u8
            })
            .collect()
    }

    fn field(values: &[u8], px_per_mm: f32) -> Field<'_> {
        Field {
            values,
            width: (80.0 * px_per_mm) as usize,
            from: (0.0, 0.0),
            px_per_mm,
        }
    }

    #[test]
    fn the_same_disc_on_two_grids_is_the_same_ink() {
        let (coarse, fine) = (
            disc(6.1, (40.0, 40.0), 20.0),
            disc(11.811, (40.0, 40.0), 20.0),
        );
        let over = compare(&field(&coarse, 6.1), &field(&fine, 11.811), 0.0);
        assert!(over.strict > 0.998 && over.loose > 0.999, "{over:?}");
        let larger = disc(11.811, (40.0, 40.0), 20.5);
        let over = compare(&field(&larger, 11.811), &field(&fine, 11.811), 0.0);
        assert!(
            (over.strict - (20.0_f32 / 20.5).powi(2)).abs() < 0.003,
            "{over:?}"
        );
    }
}
