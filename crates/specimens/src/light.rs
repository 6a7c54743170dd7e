//! Light on the page: shadows, creases, lamps that stand to one side.

/// Something between lamp and page: a straight edge with a soft border, in shares of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shadow {
    pub(crate) normal: (f32, f32),
    pub(crate) offset: f32,
    pub(crate) soft: f32,
    pub(crate) depth: f32,
    /// A band of this width rather than half the plane.
    pub(crate) band: Option<f32>,
}

/// A crease across the page, in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fold {
    pub(crate) across: bool,
    pub(crate) at: f32,
    pub(crate) depth: f32,
}

/// Light and dark beside a crease.
pub(crate) fn crease(folds: &[Fold], x: f32, y: f32) -> f32 {
    let mut shade = 1.0;
    for fold in folds {
        let off = if fold.across { y } else { x } - fold.at;
        if off.abs() < 25.0 {
            shade *= 1.0 + fold.depth * off.signum() * (-off.abs() / 7.0).exp() * 0.6
                - fold.depth * (-off.abs() / 0.35).exp() * 0.8;
        }
    }
    shade
}

/// The light of the place, worked out on a coarse grid.
pub(crate) struct Light {
    columns: usize,
    values: Vec<f32>,
}

/// Pixels between the knots of the grid.
const KNOTS: usize = 16;

impl Light {
    /// Of a picture of this size: light that falls off to one side and towards the corners, and shadows.
    pub(crate) fn of(
        (width, height): (u32, u32),
        slope: (f32, f32),
        vignette: f32,
        shadows: &[Shadow],
    ) -> Self {
        let (columns, rows) = (width as usize / KNOTS + 2, height as usize / KNOTS + 2);
        let side = width.max(height) as f32;
        let mut values = Vec::with_capacity(columns * rows);
        for j in 0..rows {
            for i in 0..columns {
                let x = ((i * KNOTS) as f32 - width as f32 / 2.0) / side;
                let y = ((j * KNOTS) as f32 - height as f32 / 2.0) / side;
                let mut light = 1.0 + slope.0 * x * 2.0 + slope.1 * y * 2.0;
                light *= 1.0 - vignette * (x * x + y * y) * 2.0;
                for shadow in shadows {
                    let off = x * shadow.normal.0 + y * shadow.normal.1 - shadow.offset;
                    let inside = shadow.band.map_or(off, |band| band / 2.0 - off.abs());
                    let t = (inside / shadow.soft + 0.5).clamp(0.0, 1.0);
                    light *= 1.0 - shadow.depth * t * t * (3.0 - 2.0 * t);
                }
                values.push(light);
            }
        }
        Self { columns, values }
    }

    /// At a point of the picture.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (u, v) = (x / KNOTS as f32, y / KNOTS as f32);
        let (i, j) = (u as usize, v as usize);
        let (u, v) = (u - i as f32, v - j as f32);
        let at = j * self.columns + i;
        let (a, b) = (self.values[at], self.values[at + 1]);
        let (c, d) = (
            self.values[at + self.columns],
            self.values[at + self.columns + 1],
        );
        (a * (1.0 - u) + b * u) * (1.0 - v) + (c * (1.0 - u) + d * u) * v
    }
}
