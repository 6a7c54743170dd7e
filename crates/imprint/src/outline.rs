use serde::{Deserialize, Serialize};

use crate::ellipse;
use crate::plane::{Plane, quantile};
use crate::rectangle;

/// What kind of outline an imprint has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A circle.
    Round,
    /// An ellipse.
    Oval,
    /// A rectangle, its corners sharp or rounded.
    Rectangle,
    /// A rectangle with equal sides.
    Square,
    /// No outline: a signature, or a seal without border.
    Free,
}

impl Shape {
    /// The Chinese word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Round => "圆形",
            Self::Oval => "椭圆形",
            Self::Rectangle => "长方形",
            Self::Square => "正方形",
            Self::Free => "自由形状",
        }
    }
}

/// The outer edge of an imprint, in pixels of the region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outline {
    pub(crate) shape: Shape,
    pub(crate) centre: (f32, f32),
    /// Half of the width and of the height along its own axes.
    pub(crate) half: (f32, f32),
    /// Turn of its own axes against the region's, clockwise, in radians.
    pub(crate) angle: f32,
    /// Share of the directions in which the ink ends on the outline.
    pub(crate) support: f32,
    /// Whether it is one of two that lie a little apart.
    pub(crate) doubled: bool,
}

impl Outline {
    /// A position along the own axes, from the centre.
    pub(crate) fn own(&self, x: f32, y: f32) -> (f32, f32) {
        let (sin, cos) = self.angle.sin_cos();
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        (dx * cos + dy * sin, dy * cos - dx * sin)
    }

    /// Where a position along the own axes is in the region.
    pub(crate) fn region(&self, u: f32, v: f32) -> (f32, f32) {
        let (sin, cos) = self.angle.sin_cos();
        (
            self.centre.0 + u * cos - v * sin,
            self.centre.1 + u * sin + v * cos,
        )
    }

    /// 0 in the centre, 1 on the outline, for a position along its own axes.
    pub(crate) fn reach_of(&self, u: f32, v: f32) -> f32 {
        let (u, v) = (u / self.half.0, v / self.half.1);
        match self.shape {
            Shape::Round | Shape::Oval => u.hypot(v),
            Shape::Rectangle | Shape::Square | Shape::Free => u.abs().max(v.abs()),
        }
    }

    /// How far a position is outside the outline, in pixels; negative inside. Good near the outline.
    pub(crate) fn distance(&self, x: f32, y: f32) -> f32 {
        let (u, v) = self.own(x, y);
        match self.shape {
            Shape::Round | Shape::Oval => {
                let reach = (u / self.half.0).hypot(v / self.half.1);
                if reach < 1e-6 {
                    return -self.half.0.min(self.half.1);
                }
                u.hypot(v) * (1.0 - 1.0 / reach)
            }
            Shape::Rectangle | Shape::Square | Shape::Free => {
                (u.abs() - self.half.0).max(v.abs() - self.half.1)
            }
        }
    }

    /// The point of the outline in a direction of its own axes (radians, clockwise from its right), pulled in by
    /// some pixels.
    pub(crate) fn point(&self, direction: f32, inward: f32) -> (f32, f32) {
        let (sin, cos) = direction.sin_cos();
        let (a, b) = (
            (self.half.0 - inward).max(0.5),
            (self.half.1 - inward).max(0.5),
        );
        let along = match self.shape {
            Shape::Round | Shape::Oval => 1.0 / (cos / a).hypot(sin / b),
            Shape::Rectangle | Shape::Square | Shape::Free => {
                (a / cos.abs().max(1e-6)).min(b / sin.abs().max(1e-6))
            }
        };
        self.region(along * cos, along * sin)
    }

    /// Half of the width and of the height of what it covers when it is turned by an angle more (radians).
    pub(crate) fn extent(&self, turn: f32) -> (f32, f32) {
        let (sin, cos) = (self.angle + turn).sin_cos();
        let (a, b) = self.half;
        match self.shape {
            Shape::Round | Shape::Oval => ((a * cos).hypot(b * sin), (a * sin).hypot(b * cos)),
            Shape::Rectangle | Shape::Square | Shape::Free => (
                (a * cos).abs() + (b * sin).abs(),
                (a * sin).abs() + (b * cos).abs(),
            ),
        }
    }
}

/// Directions in which the outer edge is looked for.
pub(crate) const DIRECTIONS: usize = 720;
/// Of two axes this close to each other the difference is the paper's, not the seal's.
const EQUAL: f32 = 1.05;
/// An outline that fewer directions agree with is none: a circle, and one with more freedom to fit anything.
const LEAST_SUPPORT: f32 = 0.34;
const LEAST_SUPPORT_FREER: f32 = 0.45;
/// Ovals and rectangles are no flatter than this.
const FLATTEST: f32 = 0.3;

/// Finds the outline of what a mask shows, robustly: what sticks out or is missing does not move it. `coverage`
/// gives the edge between the pixels, `bounds` are left, top, right and bottom of the ink.
pub(crate) fn find(
    coverage: &Plane,
    mask: &[bool],
    bounds: (f32, f32, f32, f32),
    px_per_mm: f32,
) -> Outline {
    let (left, top, right, bottom) = bounds;
    let centre = ((left + right) / 2.0, (top + bottom) / 2.0);
    let reach = ((right - left).hypot(bottom - top) / 2.0 + 4.0).max(4.0);
    let tolerance = (0.18 * px_per_mm).max(0.75);

    let mut points = edge_points(coverage, mask, centre, reach);
    let mut ellipse = ellipse::fit(&points, tolerance);
    // From the middle of a lopsided imprint the edge is seen at a slant: look again from the middle of what was found.
    if let Some(found) = &ellipse {
        let again = edge_points(coverage, mask, found.centre, reach * 1.5);
        if let Some(better) = ellipse::fit(&again, tolerance) {
            ellipse = Some(better);
            points = again;
        }
    }
    let rectangle = rectangle::fit(&points, tolerance);
    let real = |found: &Outline| {
        let (a, b) = found.half;
        let least = if (1.0 / EQUAL..=EQUAL).contains(&(a / b)) {
            LEAST_SUPPORT
        } else {
            LEAST_SUPPORT_FREER
        };
        found.support >= least && a.max(b) < reach * 1.3 && a.min(b) > FLATTEST * a.max(b)
    };
    let ellipse = ellipse
        .filter(real)
        .map(|found| one_of_two(coverage, &found, px_per_mm).unwrap_or(found));
    let rectangle = rectangle.filter(real);
    let best = match (ellipse, rectangle) {
        (Some(e), Some(r)) if r.support > e.support * 1.02 => Some(r),
        (Some(e), _) => Some(e),
        (None, r) => r,
    };
    let Some(mut best) = best else {
        return free(bounds);
    };
    let ratio = best.half.0 / best.half.1;
    let equal = (1.0 / EQUAL..=EQUAL).contains(&ratio);
    match best.shape {
        Shape::Round | Shape::Oval if equal => {
            let radius = (best.half.0 * best.half.1).sqrt();
            best.shape = Shape::Round;
            best.half = (radius, radius);
            best.angle = 0.0;
        }
        Shape::Rectangle if equal => best.shape = Shape::Square,
        _ => {}
    }
    best
}

/// Two circles a little apart are almost an oval: if the rest of either is there, inside, one of them is the
/// outline.
fn one_of_two(coverage: &Plane, oval: &Outline, px_per_mm: f32) -> Option<Outline> {
    let (long, short) = (oval.half.0.max(oval.half.1), oval.half.0.min(oval.half.1));
    if !(1.006..1.35).contains(&(long / short)) {
        return None;
    }
    let apart = long - short;
    // Near each other their borders touch: the border is thicker where they part.
    let near = border_thickness(coverage, oval, px_per_mm).is_some_and(|[one, two]| {
        let thicker = if oval.half.0 >= oval.half.1 {
            one - two
        } else {
            two - one
        };
        thicker > apart.max(0.12 * px_per_mm)
    });
    let along = |sign: f32| {
        if oval.half.0 >= oval.half.1 {
            oval.region(apart * sign, 0.0)
        } else {
            oval.region(0.0, apart * sign)
        }
    };
    let mut circles = [1.0, -1.0].map(|sign| {
        let circle = Outline {
            shape: Shape::Round,
            centre: along(sign),
            half: (short, short),
            angle: 0.0,
            support: oval.support / 2.0,
            doubled: apart * 2.0 > 0.3 * px_per_mm,
        };
        // The border may be thin: the distance inwards at which most of it is.
        let shown = (1..=6)
            .map(|step| {
                let inward = step as f32 * 0.2 * px_per_mm;
                let (mut inked, mut all) = (0.0, 0.0_f32);
                for i in 0..DIRECTIONS / 2 {
                    let direction = i as f32 / (DIRECTIONS / 2) as f32 * std::f32::consts::TAU;
                    let (x, y) = circle.point(direction, inward);
                    if near || oval.distance(x, y) < -inward - 0.5 * px_per_mm {
                        all += 1.0;
                        inked += coverage.linear(x, y);
                    }
                }
                inked / all.max(20.0)
            })
            .fold(0.0, f32::max);
        (shown, circle)
    });
    circles.sort_by(|a, b| b.0.total_cmp(&a.0));
    (near || circles[1].0 > 0.65).then_some(circles[0].1)
}

/// How thick the border is along the first axis and along the second, in pixels.
pub(crate) fn border_thickness(
    coverage: &Plane,
    outline: &Outline,
    px_per_mm: f32,
) -> Option<[f32; 2]> {
    let mut seen = [Vec::new(), Vec::new()];
    let (outside, deepest) = (0.5 * px_per_mm, 4.0 * px_per_mm);
    for i in 0..DIRECTIONS / 3 {
        let direction = i as f32 / (DIRECTIONS / 3) as f32 * std::f32::consts::TAU;
        let axis = match direction.cos().abs() {
            along if along > 0.87 => 0,
            along if along < 0.5 => 1,
            _ => continue,
        };
        let value = |inward: f32| {
            let (x, y) = outline.point(direction, inward);
            coverage.linear(x, y)
        };
        let mut inward = -outside;
        while inward < outside && value(inward) < 0.5 {
            inward += 0.25;
        }
        let begin = inward;
        while inward < deepest && value(inward) >= 0.5 {
            inward += 0.25;
        }
        if begin < outside && inward < deepest {
            seen[axis].push(inward - begin);
        }
    }
    let enough = seen.iter().all(|values| values.len() >= 8);
    enough.then(|| seen.map(|mut values| quantile(&mut values, 0.5)))
}

/// The outline of what has none: the rectangle around the ink.
pub(crate) fn free((left, top, right, bottom): (f32, f32, f32, f32)) -> Outline {
    Outline {
        shape: Shape::Free,
        centre: ((left + right) / 2.0, (top + bottom) / 2.0),
        half: (
            ((right - left) / 2.0).max(0.5),
            ((bottom - top) / 2.0).max(0.5),
        ),
        angle: 0.0,
        support: 1.0,
        doubled: false,
    }
}

/// Where the ink begins in each direction, seen from outside.
fn edge_points(coverage: &Plane, mask: &[bool], centre: (f32, f32), reach: f32) -> Vec<(f32, f32)> {
    let inked = |x: f32, y: f32| {
        let (x, y) = (x.round() as i64, y.round() as i64);
        x >= 0
            && y >= 0
            && x < coverage.width as i64
            && y < coverage.height as i64
            && mask[y as usize * coverage.width + x as usize]
    };
    let mut points = Vec::with_capacity(DIRECTIONS);
    for i in 0..DIRECTIONS {
        let (sin, cos) = (i as f32 / DIRECTIONS as f32 * std::f32::consts::TAU).sin_cos();
        let at = |r: f32| (centre.0 + r * cos, centre.1 + r * sin);
        let mut r = reach;
        while r > 0.0 && !inked(at(r).0, at(r).1) {
            r -= 0.8;
        }
        if r <= 0.0 {
            continue;
        }
        // The crossing of a half is between a step outside and a step inside.
        let value = |r: f32| coverage.linear(at(r).0, at(r).1) - 0.5;
        let (mut outside, mut inside) = (r + 1.6, r - 0.8);
        while value(outside) > 0.0 && outside < r + 3.0 {
            outside += 0.4;
        }
        while value(inside) < 0.0 && inside > r - 2.4 {
            inside -= 0.4;
        }
        if value(outside) > 0.0 || value(inside) < 0.0 {
            points.push(at(r));
            continue;
        }
        for _ in 0..8 {
            let middle = (outside + inside) / 2.0;
            if value(middle) > 0.0 {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        points.push(at((outside + inside) / 2.0));
    }
    points
}

/// A small stream of numbers that is the same every time: fits must be repeatable.
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}
