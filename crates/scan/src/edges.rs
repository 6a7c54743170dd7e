//! The edges of the page: the best quadrilateral of straight edges in a picture, and edges near where they are expected.

use crate::geometry::{Line, Point, point};
use crate::grey::Grey;

/// How the grey changes at each pixel.
struct Slopes {
    width: usize,
    height: usize,
    x: Vec<i16>,
    y: Vec<i16>,
}

impl Slopes {
    fn of(grey: &Grey) -> Self {
        let (width, height) = (grey.width, grey.height);
        let (mut x_slopes, mut y_slopes) = (vec![0; width * height], vec![0; width * height]);
        let value = |x: usize, y: usize| i16::from(grey.pixels[y * width + x]);
        for y in 1..height.saturating_sub(1) {
            for x in 1..width.saturating_sub(1) {
                let column = |x: usize| value(x, y - 1) + 2 * value(x, y) + value(x, y + 1);
                let row = |y: usize| value(x - 1, y) + 2 * value(x, y) + value(x + 1, y);
                x_slopes[y * width + x] = column(x + 1) - column(x - 1);
                y_slopes[y * width + x] = row(y + 1) - row(y - 1);
            }
        }
        Self {
            width,
            height,
            x: x_slopes,
            y: y_slopes,
        }
    }

    /// The strongest slope across a direction within a pixel of a point, with its sign.
    fn across(&self, p: Point, normal: Point) -> f64 {
        let (x, y) = (p.x as i64, p.y as i64);
        let mut best = 0.0f64;
        for dy in -1..=1 {
            for dx in -1..=1 {
                let (x, y) = (x + dx, y + dy);
                if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
                    continue;
                }
                let at = y as usize * self.width + x as usize;
                let (sx, sy) = (f64::from(self.x[at]), f64::from(self.y[at]));
                let along = sx * normal.x + sy * normal.y;
                // Only slopes that point across the line.
                if along.abs() > 0.85 * sx.hypot(sy) && along.abs() > best.abs() {
                    best = along;
                }
            }
        }
        best
    }
}

/// Finds the page in a small grey picture (some hundred pixels): its corners in that picture, going round clockwise.
pub(crate) fn page(grey: &Grey) -> Option<[Point; 4]> {
    if grey.width < 40 || grey.height < 40 {
        return None;
    }
    let slopes = Slopes::of(grey);
    let threshold = threshold(&slopes);
    let lines = lines(&slopes, threshold);
    best_quadrilateral(grey, &slopes, threshold, &lines)
}

/// A slope that stands out.
fn threshold(slopes: &Slopes) -> f64 {
    let mut histogram = [0usize; 1024];
    for (x, y) in slopes.x.iter().zip(&slopes.y) {
        let size = (f64::from(*x).hypot(f64::from(*y)) as usize).min(1023);
        histogram[size] += 1;
    }
    let mut left = slopes.x.len() / 8;
    for (size, count) in histogram.iter().enumerate().rev() {
        if left <= *count {
            return (size as f64).clamp(24.0, 120.0);
        }
        left -= count;
    }
    24.0
}

const ANGLES: usize = 180;

/// The straightest edges of a picture by votes: angle of the normal and distance from the middle.
fn lines(slopes: &Slopes, threshold: f64) -> Vec<Line> {
    let reach = (slopes.width as f64).hypot(slopes.height as f64) / 2.0;
    let bins = (2.0 * reach).ceil() as usize + 3;
    let middle = point(slopes.width as f64 / 2.0, slopes.height as f64 / 2.0);
    let mut votes = vec![0u32; ANGLES * bins];
    let normals: Vec<Point> = (0..ANGLES)
        .map(|angle| {
            let turn = (angle as f64).to_radians();
            point(turn.cos(), turn.sin())
        })
        .collect();
    for y in 1..slopes.height - 1 {
        for x in 1..slopes.width - 1 {
            let at = y * slopes.width + x;
            let (sx, sy) = (f64::from(slopes.x[at]), f64::from(slopes.y[at]));
            let size = sx.hypot(sy);
            if size < threshold {
                continue;
            }
            let angle = sy.atan2(sx).to_degrees().rem_euclid(180.0) as i64;
            let from_middle = point(x as f64 + 0.5, y as f64 + 0.5).minus(middle);
            for turned in -2..=2 {
                let angle = (angle + turned).rem_euclid(180) as usize;
                let bin = (normals[angle].dot(from_middle) + reach + 1.0) as usize;
                votes[angle * bins + bin] += 1;
            }
        }
    }
    strongest(&votes, bins)
        .into_iter()
        .map(|(angle, bin)| {
            let normal = normals[angle];
            let distance = bin as f64 + 0.5 - reach - 1.0;
            Line {
                at: middle.plus(normal.times(distance)),
                along: point(-normal.y, normal.x),
            }
        })
        .collect()
}

/// The peaks of the votes, each only once.
fn strongest(votes: &[u32], bins: usize) -> Vec<(usize, usize)> {
    let mut order: Vec<(u32, usize)> = votes
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 18)
        .map(|(at, count)| (*count, at))
        .collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    let mut peaks: Vec<(usize, usize)> = Vec::new();
    for (_, at) in order {
        let (angle, bin) = (at / bins, at % bins);
        let known = peaks.iter().any(|(other, other_bin)| {
            let apart = angle.abs_diff(*other);
            // Past 180 degrees the normal turns around and with it the distance.
            if apart > ANGLES / 2 {
                ANGLES - apart <= 4 && bin.abs_diff(bins - other_bin.min(&bins)) <= 6
            } else {
                apart <= 4 && bin.abs_diff(*other_bin) <= 5
            }
        });
        if !known {
            peaks.push((angle, bin));
            if peaks.len() == 28 {
                break;
            }
        }
    }
    peaks
}

fn best_quadrilateral(
    grey: &Grey,
    slopes: &Slopes,
    threshold: f64,
    lines: &[Line],
) -> Option<[Point; 4]> {
    let mut opposite = Vec::new();
    let least = grey.width.min(grey.height) as f64 * 0.3;
    for (i, a) in lines.iter().enumerate() {
        for (j, b) in lines.iter().enumerate().skip(i + 1) {
            let apart = a.offset(b.at).abs();
            if a.along.dot(b.along).abs() > 0.8 && apart > least {
                opposite.push((i, j));
            }
        }
    }
    let whole = (grey.width * grey.height) as f64;
    let mut best: Option<(f64, [Point; 4])> = None;
    for (n, &(a, b)) in opposite.iter().enumerate() {
        for &(c, d) in &opposite[n + 1..] {
            if lines[a].along.dot(lines[c].along).abs() > 0.45 {
                continue;
            }
            let Some(corners) = corners(&[lines[a], lines[c], lines[b], lines[d]]) else {
                continue;
            };
            let Some(area) = plausible(grey, &corners) else {
                continue;
            };
            let Some(support) = support(slopes, threshold, &corners) else {
                continue;
            };
            let score = support + 0.5 * area / whole;
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, corners));
            }
        }
    }
    best.map(|(_, corners)| corners)
}

/// The corners of four lines taken around, clockwise in the picture.
fn corners(around: &[Line; 4]) -> Option<[Point; 4]> {
    let mut corners = [point(0.0, 0.0); 4];
    for i in 0..4 {
        corners[i] = around[i].crossing(&around[(i + 1) % 4])?;
    }
    let turn = corners[1]
        .minus(corners[0])
        .cross(corners[2].minus(corners[1]));
    if turn < 0.0 {
        corners.reverse();
    }
    Some(corners)
}

/// Whether a quadrilateral can be a page, and its area.
fn plausible(grey: &Grey, corners: &[Point; 4]) -> Option<f64> {
    let (width, height) = (grey.width as f64, grey.height as f64);
    let slack = 0.04;
    let inside = corners.iter().all(|p| {
        (-slack * width..=(1.0 + slack) * width).contains(&p.x)
            && (-slack * height..=(1.0 + slack) * height).contains(&p.y)
    });
    if !inside {
        return None;
    }
    let mut area = 0.0;
    for i in 0..4 {
        let (a, b, c) = (corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]);
        let (one, other) = (b.minus(a), c.minus(b));
        let sine = one.cross(other) / (one.length() * other.length()).max(1e-9);
        if sine < 0.7 {
            return None;
        }
        area += a.cross(b) / 2.0;
    }
    if area < 0.15 * width * height {
        return None;
    }
    let side = |i: usize| corners[i].distance(corners[(i + 1) % 4]);
    let (one, other) = (side(0) + side(2), side(1) + side(3));
    (1.12..1.9)
        .contains(&(one.max(other) / one.min(other)))
        .then_some(area)
}

/// Mean share of the sides that lie on an edge; none when one side hardly does.
fn support(slopes: &Slopes, threshold: f64, corners: &[Point; 4]) -> Option<f64> {
    let mut sum = 0.0;
    for i in 0..4 {
        let (from, to) = (corners[i], corners[(i + 1) % 4]);
        let along = to.minus(from);
        let normal = point(-along.unit().y, along.unit().x);
        let (mut rising, mut falling) = (0.0, 0.0);
        const SAMPLES: usize = 48;
        for k in 0..SAMPLES {
            let p = from.plus(along.times((k as f64 + 0.5) / SAMPLES as f64));
            let slope = slopes.across(p, normal);
            if slope > threshold * 0.5 {
                rising += 1.0;
            } else if slope < -threshold * 0.5 {
                falling += 1.0;
            }
        }
        // The page is brighter than its ground nearly always: clockwise, the normal points inwards.
        let share = f64::max(rising, 0.8 * falling) / SAMPLES as f64;
        if share < 0.4 {
            return None;
        }
        sum += share / 4.0;
    }
    (sum > 0.6).then_some(sum)
}

/// Fits the sides of a page that lie near the sides of a quadrilateral, each within so many pixels: the outermost
/// strong edge for `None` where nothing straight is found.
pub(crate) fn sides_near(grey: &Grey, corners: &[Point; 4], reach: f64) -> [Option<Line>; 4] {
    std::array::from_fn(|i| side_near(grey, corners[i], corners[(i + 1) % 4], reach))
}

fn side_near(grey: &Grey, from: Point, to: Point, reach: f64) -> Option<Line> {
    let along = to.minus(from);
    let normal = point(-along.unit().y, along.unit().x);
    let steps = (reach * 2.0).ceil() as i64;
    const SAMPLES: usize = 64;
    let mut points = Vec::new();
    for k in 0..SAMPLES {
        let share = 0.04 + 0.92 * (k as f64 + 0.5) / SAMPLES as f64;
        let middle = from.plus(along.times(share));
        let value = |step: i64| grey.at(middle.plus(normal.times(step as f64 / 2.0)));
        let slope = |step: i64| value(step + 2) - value(step - 2);
        let mut best: Option<(f32, i64)> = None;
        for step in -steps..=steps {
            let p = middle.plus(normal.times(step as f64 / 2.0));
            if !grey.holds(p) {
                continue;
            }
            let rise = slope(step).abs();
            if rise > 14.0 && best.is_none_or(|(most, _)| rise > most) {
                best = Some((rise, step));
            }
        }
        if let Some((_, step)) = best {
            let (before, here, after) = (
                slope(step - 1).abs(),
                slope(step).abs(),
                slope(step + 1).abs(),
            );
            let bend = before - 2.0 * here + after;
            let shift = if bend < -1e-3 {
                f64::from((before - after) / (2.0 * bend)).clamp(-1.0, 1.0)
            } else {
                0.0
            };
            points.push(middle.plus(normal.times((step as f64 + shift) / 2.0)));
        }
    }
    if points.len() < SAMPLES / 2 {
        return None;
    }
    let line = Line::fit(&points)?;
    let close = points
        .iter()
        .filter(|p| line.offset(**p).abs() < 1.5)
        .count();
    let turned = line.along.dot(along.unit()).abs();
    (close * 2 > SAMPLES && turned > 0.98).then_some(line)
}

/// A quadrilateral with its sides measured on a finer picture; a side that is not found stays.
pub(crate) fn sharpen(grey: &Grey, corners: &[Point; 4], reach: f64) -> [Point; 4] {
    let found = sides_near(grey, corners, reach);
    let lines: [Line; 4] = std::array::from_fn(|i| {
        found[i].unwrap_or_else(|| Line::through(corners[i], corners[(i + 1) % 4]))
    });
    std::array::from_fn(|i| {
        lines[(i + 3) % 4]
            .crossing(&lines[i])
            .filter(|p| p.distance(corners[i]) < reach * 4.0)
            .unwrap_or(corners[i])
    })
}
