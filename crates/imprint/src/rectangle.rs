//! The rectangle that most of the edge lies on.

use crate::outline::{DIRECTIONS, Outline, Shape};

/// The best rectangle through points of which some may lie elsewhere; `tolerance` in pixels.
pub(crate) fn fit(points: &[(f32, f32)], tolerance: f32) -> Option<Outline> {
    if points.len() < 24 {
        return None;
    }
    // The turn whose four sides hold the most points, first in whole degrees, then finer.
    let coarse = (-45..45)
        .map(|degrees| degrees as f32)
        .filter_map(|degrees| Some((degrees, sides(points, degrees.to_radians(), tolerance)?)))
        .max_by_key(|(_, sides)| sides.held)?;
    let fine = (-10..=10)
        .map(|tenth| coarse.0 + tenth as f32 * 0.1)
        .filter_map(|degrees| {
            Some((
                degrees.to_radians(),
                sides(points, degrees.to_radians(), tolerance)?,
            ))
        })
        .max_by_key(|(_, sides)| sides.held)?;
    let (mut angle, mut found) = fine;
    for _ in 0..4 {
        angle += slope(points, angle, &found, tolerance);
        found = settle(points, angle, found, tolerance);
    }
    let (half_u, half_v) = (
        (found.right - found.left) / 2.0,
        (found.bottom - found.top) / 2.0,
    );
    if !(half_u > 2.0 && half_v > 2.0 && angle.is_finite()) {
        return None;
    }
    let (sin, cos) = angle.sin_cos();
    let (u, v) = (
        (found.right + found.left) / 2.0,
        (found.bottom + found.top) / 2.0,
    );
    let outline = Outline {
        shape: Shape::Rectangle,
        centre: (u * cos - v * sin, u * sin + v * cos),
        half: (half_u, half_v),
        angle,
        support: 0.0,
        doubled: false,
    };
    let held = points
        .iter()
        .filter(|(x, y)| outline.distance(*x, *y).abs() <= tolerance)
        .count();
    Some(Outline {
        support: held as f32 / DIRECTIONS as f32,
        ..outline
    })
}

#[derive(Debug, Clone, Copy)]
struct Sides {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    held: usize,
}

/// The two fullest lines along each axis of a turn.
fn sides(points: &[(f32, f32)], angle: f32, tolerance: f32) -> Option<Sides> {
    let (sin, cos) = angle.sin_cos();
    let along = |f: fn((f32, f32), f32, f32) -> f32| {
        let mut values: Vec<f32> = points.iter().map(|p| f(*p, sin, cos)).collect();
        values.sort_by(f32::total_cmp);
        two_lines(&values, tolerance)
    };
    let (left, right, across) = along(|(x, y), sin, cos| x * cos + y * sin)?;
    let (top, bottom, down) = along(|(x, y), sin, cos| y * cos - x * sin)?;
    Some(Sides {
        left,
        right,
        top,
        bottom,
        held: across + down,
    })
}

/// The fullest window in the lower and in the upper half of sorted values, and how many both hold.
fn two_lines(values: &[f32], tolerance: f32) -> Option<(f32, f32, usize)> {
    let (first, last) = (*values.first()?, *values.last()?);
    let middle = (first + last) / 2.0;
    let mut best = [(0_usize, first), (0, last)];
    let mut end = 0;
    for (begin, value) in values.iter().enumerate() {
        while end < values.len() && values[end] <= value + 2.0 * tolerance {
            end += 1;
        }
        let side = usize::from(*value > middle);
        if end - begin > best[side].0 {
            best[side] = (end - begin, values[begin + (end - begin) / 2]);
        }
    }
    let [(low, left), (high, right)] = best;
    (low > 0 && high > 0 && right > left).then_some((left, right, low + high))
}

/// How much the points of the sides are slanted against the turn.
fn slope(points: &[(f32, f32)], angle: f32, sides: &Sides, tolerance: f32) -> f32 {
    let (sin, cos) = angle.sin_cos();
    let mut sums = [[0.0_f64; 5]; 4];
    for (x, y) in points {
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        for (k, (along, off)) in [
            (v, u - sides.left),
            (v, u - sides.right),
            (u, v - sides.top),
            (u, v - sides.bottom),
        ]
        .into_iter()
        .enumerate()
        {
            if off.abs() <= tolerance * 1.5 && within(u, v, sides, k < 2) {
                let (a, o) = (f64::from(along), f64::from(off));
                for (sum, value) in sums[k].iter_mut().zip([1.0, a, a * a, o, a * o]) {
                    *sum += value;
                }
            }
        }
    }
    let (mut turn, mut weights) = (0.0, 0.0);
    for (k, [n, a, aa, o, ao]) in sums.into_iter().enumerate() {
        let spread = aa - a * a / n.max(1.0);
        if n >= 8.0 && spread > 1.0 {
            let slope = (ao - a * o / n) / spread;
            // Upright sides lean to the left when the turn is too small.
            turn += spread * if k < 2 { -slope } else { slope };
            weights += spread;
        }
    }
    if weights > 0.0 {
        ((turn / weights) as f32).clamp(-0.05, 0.05)
    } else {
        0.0
    }
}

/// Whether a point is away from the corners, which may be rounded.
fn within(u: f32, v: f32, sides: &Sides, upright: bool) -> bool {
    let (at, low, high) = if upright {
        (v, sides.top, sides.bottom)
    } else {
        (u, sides.left, sides.right)
    };
    let margin = (high - low) * 0.12;
    at > low + margin && at < high - margin
}

/// The mean of the points of each side.
fn settle(points: &[(f32, f32)], angle: f32, sides: Sides, tolerance: f32) -> Sides {
    let (sin, cos) = angle.sin_cos();
    let mut sums = [(0.0_f64, 0.0_f64); 4];
    for (x, y) in points {
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        let offs = [
            (u, sides.left),
            (u, sides.right),
            (v, sides.top),
            (v, sides.bottom),
        ];
        for (k, (at, side)) in offs.into_iter().enumerate() {
            let off = at - side;
            if off.abs() <= tolerance * 1.8 && within(u, v, &sides, k < 2) {
                let weight = 1.0 / (1.0 + f64::from(off * off));
                sums[k].0 += weight * f64::from(at);
                sums[k].1 += weight;
            }
        }
    }
    let mean = |k: usize, side: f32| {
        let (sum, weight): (f64, f64) = sums[k];
        if weight > 0.0 {
            (sum / weight) as f32
        } else {
            side
        }
    };
    Sides {
        left: mean(0, sides.left),
        right: mean(1, sides.right),
        top: mean(2, sides.top),
        bottom: mean(3, sides.bottom),
        held: sides.held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slanted_rectangle_with_a_torn_side_keeps_its_size() {
        let truth = Outline {
            shape: Shape::Rectangle,
            centre: (220.0, 190.0),
            half: (180.0, 70.0),
            angle: 0.17,
            support: 0.0,
            doubled: false,
        };
        let points: Vec<(f32, f32)> = (0..DIRECTIONS)
            .map(|i| {
                let direction = i as f32 / DIRECTIONS as f32 * std::f32::consts::TAU;
                let jitter = ((i * 7919) % 13) as f32 / 13.0 - 0.5;
                let torn = if (100..220).contains(&i) { 15.0 } else { 0.0 };
                let (x, y) = truth.point(direction, torn);
                (x + jitter, y - jitter)
            })
            .collect();
        let fitted = fit(&points, 2.0).unwrap();
        assert!((fitted.half.0 - 180.0).abs() < 0.7, "{fitted:?}");
        assert!((fitted.half.1 - 70.0).abs() < 0.7, "{fitted:?}");
        assert!((fitted.angle - 0.17).abs() < 0.005, "{fitted:?}");
    }

    #[test]
    fn no_points_no_rectangle() {
        assert!(fit(&[], 2.0).is_none());
        assert!(fit(&[(1.0, 1.0); 60], 2.0).is_none());
    }
}
