//! The ellipse that most of the edge lies on.

use crate::outline::{DIRECTIONS, Draws, Outline, Shape};

const CIRCLE_DRAWS: usize = 300;
const ELLIPSE_DRAWS: usize = 500;

/// The best ellipse through points of which many may lie elsewhere; `tolerance` in pixels.
pub(crate) fn fit(points: &[(f32, f32)], tolerance: f32) -> Option<Outline> {
    if points.len() < 24 {
        return None;
    }
    let mut draws = Draws(1999);
    let mut best: Option<(usize, Outline)> = None;
    let mut consider = |candidate: Outline, bonus: f32| {
        let count = inliers(points, &candidate, tolerance * 1.6).count();
        let score = (count as f32 * bonus) as usize;
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, candidate));
        }
    };
    for _ in 0..CIRCLE_DRAWS {
        let three = [(); 3].map(|()| points[draws.below(points.len())]);
        if let Some(circle) = circle(three) {
            consider(circle, 1.05);
        }
    }
    for _ in 0..ELLIPSE_DRAWS {
        let five = [(); 5].map(|()| points[draws.below(points.len())]);
        if let Some(ellipse) = conic(&five) {
            consider(ellipse, 1.0);
        }
    }
    let (_, mut outline) = best?;
    for round in 0..6 {
        let tolerance = if round < 2 {
            tolerance * 1.8
        } else {
            tolerance
        };
        let near: Vec<(f32, f32)> = inliers(points, &outline, tolerance).collect();
        if near.len() < 16 {
            return None;
        }
        outline = refined(&outline, &near)?;
    }
    let near = inliers(points, &outline, tolerance).count();
    outline.support = near as f32 / DIRECTIONS as f32;
    Some(outline)
}

fn inliers<'a>(
    points: &'a [(f32, f32)],
    outline: &'a Outline,
    tolerance: f32,
) -> impl Iterator<Item = (f32, f32)> + 'a {
    points
        .iter()
        .copied()
        .filter(move |&(x, y)| outline.distance(x, y).abs() <= tolerance)
}

fn of(centre: (f32, f32), half: (f32, f32), angle: f32) -> Outline {
    Outline {
        shape: Shape::Oval,
        centre,
        half,
        angle,
        support: 0.0,
        doubled: false,
    }
}

/// The circle through three points.
fn circle([a, b, c]: [(f32, f32); 3]) -> Option<Outline> {
    let (bx, by) = (b.0 - a.0, b.1 - a.1);
    let (cx, cy) = (c.0 - a.0, c.1 - a.1);
    let twice = 2.0 * (bx * cy - by * cx);
    if twice.abs() < 1e-3 {
        return None;
    }
    let (b2, c2) = (bx * bx + by * by, cx * cx + cy * cy);
    let (x, y) = ((cy * b2 - by * c2) / twice, (bx * c2 - cx * b2) / twice);
    let radius = x.hypot(y);
    (radius.is_finite() && radius > 3.0).then(|| of((a.0 + x, a.1 + y), (radius, radius), 0.0))
}

/// The ellipse through five points, if they lie on one.
fn conic(points: &[(f32, f32); 5]) -> Option<Outline> {
    let (mx, my) = points
        .iter()
        .fold((0.0, 0.0), |(x, y), p| (x + p.0 / 5.0, y + p.1 / 5.0));
    let scale = points
        .iter()
        .map(|p| (p.0 - mx).hypot(p.1 - my))
        .fold(0.0, f32::max);
    if scale < 3.0 {
        return None;
    }
    // A x² + B xy + C y² + D x + E y = 1 with the origin near the middle.
    let mut rows = [[0.0_f64; 6]; 5];
    for (row, point) in rows.iter_mut().zip(points) {
        let (x, y) = (
            f64::from((point.0 - mx) / scale),
            f64::from((point.1 - my) / scale),
        );
        *row = [x * x, x * y, y * y, x, y, 1.0];
    }
    let [a, b, c, d, e] = solve(rows)?;
    let det = 4.0 * a * c - b * b;
    if det <= 1e-9 {
        return None;
    }
    let (x, y) = ((b * e - 2.0 * c * d) / det, (b * d - 2.0 * a * e) / det);
    let rest = 1.0 - (a * x * x + b * x * y + c * y * y + d * x + e * y);
    let middle = (a + c) / 2.0;
    let spread = ((a - c) / 2.0).hypot(b / 2.0);
    let (low, high) = (middle - spread, middle + spread);
    if low <= 0.0 || rest <= 0.0 {
        return None;
    }
    let (long, short) = ((rest / low).sqrt(), (rest / high).sqrt());
    if !(long.is_finite() && short.is_finite()) || short < 0.15 * long || long > 4.0 {
        return None;
    }
    // The long axis belongs to the smaller of the two.
    let angle = 0.5 * (-b).atan2(c - a);
    Some(of(
        (mx + x as f32 * scale, my + y as f32 * scale),
        (long as f32 * scale, short as f32 * scale),
        angle as f32,
    ))
}

/// Gauss's elimination of five equations.
fn solve(mut rows: [[f64; 6]; 5]) -> Option<[f64; 5]> {
    for i in 0..5 {
        let pivot = (i..5).max_by(|&p, &q| rows[p][i].abs().total_cmp(&rows[q][i].abs()))?;
        rows.swap(i, pivot);
        if rows[i][i].abs() < 1e-10 {
            return None;
        }
        let line = rows[i];
        for (j, row) in rows.iter_mut().enumerate() {
            if j != i {
                let factor = row[i] / line[i];
                for (value, by) in row.iter_mut().zip(line) {
                    *value -= factor * by;
                }
            }
        }
    }
    Some(std::array::from_fn(|i| rows[i][5] / rows[i][i]))
}

/// One step of Gauss and Newton towards the ellipse with the least squared distances.
fn refined(outline: &Outline, points: &[(f32, f32)]) -> Option<Outline> {
    let steps = [0.25, 0.25, 0.25, 0.25, 0.01_f32];
    let moved = |k: usize, by: f32| {
        let mut other = *outline;
        match k {
            0 => other.centre.0 += by,
            1 => other.centre.1 += by,
            2 => other.half.0 += by,
            3 => other.half.1 += by,
            _ => other.angle += by,
        }
        other
    };
    let others: [(Outline, Outline); 5] =
        std::array::from_fn(|k| (moved(k, steps[k]), moved(k, -steps[k])));
    let mut normal = [[0.0_f64; 6]; 5];
    for &(x, y) in points {
        let off = f64::from(outline.distance(x, y));
        // Points farther off pull less (Cauchy).
        let weight = 1.0 / (1.0 + off * off);
        let slope: [f64; 5] = std::array::from_fn(|k| {
            let (plus, minus) = &others[k];
            f64::from(plus.distance(x, y) - minus.distance(x, y)) / f64::from(2.0 * steps[k])
        });
        for i in 0..5 {
            for j in 0..5 {
                normal[i][j] += weight * slope[i] * slope[j];
            }
            normal[i][5] -= weight * slope[i] * off;
        }
    }
    // A circle has no angle: keep the equations solvable.
    for (i, row) in normal.iter_mut().enumerate() {
        row[i] += if i == 4 { 1.0 } else { 1e-6 };
    }
    let by = solve(normal)?;
    let mut next = *outline;
    next.centre.0 += by[0] as f32;
    next.centre.1 += by[1] as f32;
    next.half.0 += by[2] as f32;
    next.half.1 += by[3] as f32;
    next.angle += (by[4] as f32).clamp(-0.3, 0.3);
    let sane = [
        next.centre.0,
        next.centre.1,
        next.half.0,
        next.half.1,
        next.angle,
    ]
    .iter()
    .all(|value| value.is_finite());
    (sane && next.half.0 > 2.0 && next.half.1 > 2.0).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(a: f32, b: f32, angle: f32, keep: impl Fn(usize) -> bool) -> Vec<(f32, f32)> {
        let truth = of((200.0, 180.0), (a, b), angle);
        (0..DIRECTIONS)
            .map(|i| {
                let direction = i as f32 / DIRECTIONS as f32 * std::f32::consts::TAU;
                let jitter = ((i * 7919) % 13) as f32 / 13.0 - 0.5;
                let inward = if keep(i) { 0.0 } else { 30.0 + (i % 17) as f32 };
                let (x, y) = truth.point(direction, inward);
                (x + jitter, y - jitter)
            })
            .collect()
    }

    #[test]
    fn half_a_ring_is_enough() {
        let fitted = fit(&points(150.0, 150.0, 0.0, |i| i % 40 < 22), 2.0).unwrap();
        assert!((fitted.half.0 - 150.0).abs() < 0.5, "{fitted:?}");
        assert!((fitted.half.1 - 150.0).abs() < 0.5, "{fitted:?}");
        assert!((fitted.centre.0 - 200.0).abs() < 0.5);
    }

    #[test]
    fn a_slanted_oval_keeps_its_axes() {
        let fitted = fit(&points(160.0, 105.0, 0.35, |i| i > 200), 2.0).unwrap();
        let (a, b) = fitted.half;
        assert!((a.max(b) - 160.0).abs() < 0.7, "{fitted:?}");
        assert!((a.min(b) - 105.0).abs() < 0.7, "{fitted:?}");
    }

    #[test]
    fn no_points_no_ellipse() {
        assert!(fit(&[], 2.0).is_none());
        assert!(fit(&[(1.0, 1.0); 60], 2.0).is_none());
    }
}
