use std::f32::consts::TAU;

use crate::outline::Outline;
use crate::plane::Plane;

/// An imprint seen from its centre: rows from the centre to the outline, columns clockwise from the top of the
/// region.
pub(crate) struct Polar {
    pub(crate) directions: usize,
    pub(crate) rings: usize,
    values: Vec<f32>,
}

impl Polar {
    /// Samples the coverage; ring `j` is at `(j + 0.5) / rings` of the way to the outline.
    pub(crate) fn of(
        coverage: &Plane,
        outline: &Outline,
        centre: (f32, f32),
        directions: usize,
        rings: usize,
    ) -> Self {
        let mut values = vec![0.0; directions * rings];
        let (sin_own, cos_own) = outline.angle.sin_cos();
        for i in 0..directions {
            let (sin, cos) = (i as f32 / directions as f32 * TAU).sin_cos();
            // The direction in the imprint's own axes, stretched to its outline.
            let (dx, dy) = (sin, -cos);
            let (du, dv) = (dx * cos_own + dy * sin_own, dy * cos_own - dx * sin_own);
            let length = 1.0 / outline.reach_of(du, dv).max(1e-6);
            for j in 0..rings {
                let r = (j as f32 + 0.5) / rings as f32 * length;
                values[j * directions + i] = coverage
                    .linear(centre.0 + dx * r, centre.1 + dy * r)
                    .clamp(0.0, 1.0);
            }
        }
        Self {
            directions,
            rings,
            values,
        }
    }

    /// The same along the outline's own axes: columns clockwise from its right, an oval stretched to a circle.
    pub(crate) fn own(
        coverage: &Plane,
        outline: &Outline,
        directions: usize,
        rings: usize,
    ) -> Self {
        let mut values = vec![0.0; directions * rings];
        for i in 0..directions {
            let (sin, cos) = (i as f32 / directions as f32 * TAU).sin_cos();
            let (u, v) = (cos * outline.half.0, sin * outline.half.1);
            let length = 1.0 / outline.reach_of(u, v).max(1e-6);
            for j in 0..rings {
                let share = (j as f32 + 0.5) / rings as f32 * length;
                let (x, y) = outline.region(u * share, v * share);
                values[j * directions + i] = coverage.linear(x, y).clamp(0.0, 1.0);
            }
        }
        Self {
            directions,
            rings,
            values,
        }
    }

    pub(crate) fn at(&self, ring: usize, direction: usize) -> f32 {
        self.values[ring * self.directions + direction % self.directions]
    }

    /// The share of a ring that is ink.
    pub(crate) fn ring_mean(&self, ring: usize) -> f32 {
        let row = &self.values[ring * self.directions..(ring + 1) * self.directions];
        row.iter().sum::<f32>() / self.directions as f32
    }
}
