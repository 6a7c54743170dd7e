//! The five-pointed star in the middle of a round seal.

use std::f32::consts::{PI, TAU};

use crate::outline::Outline;
use crate::plane::Plane;

/// A star that was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Star {
    /// Direction of one of its points, degrees clockwise from the top of the region, 0 to 72.
    pub(crate) top: f32,
    /// Whether nothing else could be meant.
    pub(crate) clear: bool,
}

const DIRECTIONS: usize = 360;
const RINGS: usize = 40;
/// The star's points are within this share of the outline.
const FARTHEST: f32 = 0.5;
/// Below this the middle is something else.
const LEAST: f32 = 0.42;

/// Looks for a star around the middle.
pub(crate) fn find(coverage: &Plane, outline: &Outline) -> Option<Star> {
    let radius = outline.half.0.min(outline.half.1);
    let mut centre = outline.centre;
    let mut size = star_radius(coverage, centre, radius)?;
    for _ in 0..3 {
        centre = centroid(coverage, centre, size * radius * 1.1)?;
        size = star_radius(coverage, centre, radius)?;
    }
    let (dx, dy) = (centre.0 - outline.centre.0, centre.1 - outline.centre.1);
    if dx.hypot(dy) > radius * 0.12 {
        centre = outline.centre;
    }
    let samples = samples(coverage, centre, radius);
    let mut best = (f32::NEG_INFINITY, 0.0, size);
    for tenth in -4..=4 {
        let tried = size * (1.0 + tenth as f32 * 0.03);
        for degree in 0..72 {
            let score = score(&samples, tried, degree as f32);
            if score > best.0 {
                best = (score, degree as f32, tried);
            }
        }
    }
    let (_, rough, tried) = best;
    // A tenth of a degree, from the balance around the best.
    let scores: Vec<(f32, f32)> = (-20..=20)
        .map(|step| rough + step as f32 * 0.2)
        .map(|degree| (degree, score(&samples, tried, degree)))
        .collect();
    let highest = scores.iter().map(|s| s.1).fold(f32::NEG_INFINITY, f32::max);
    let floor = highest - 0.04;
    let (mut sum, mut weights) = (0.0, 0.0);
    for (degree, score) in &scores {
        let weight = (score - floor).max(0.0);
        sum += degree * weight;
        weights += weight;
    }
    let top = if weights > 0.0 { sum / weights } else { rough };
    // A disc or a flower is as good in every direction: a star is much worse half a point further.
    let between = score(&samples, tried, rough + 36.0);
    let apart = highest - between;
    (highest > LEAST && apart > 0.2).then_some(Star {
        top: top.rem_euclid(72.0),
        clear: highest > 0.55 && apart > 0.3,
    })
}

/// How far out the ink around the middle goes before there is none, as a share of the outline.
fn star_radius(coverage: &Plane, centre: (f32, f32), radius: f32) -> Option<f32> {
    let mean = |share: f32| {
        (0..180)
            .map(|i| {
                let (sin, cos) = (i as f32 / 180.0 * TAU).sin_cos();
                coverage.linear(
                    centre.0 + sin * share * radius,
                    centre.1 - cos * share * radius,
                )
            })
            .sum::<f32>()
            / 180.0
    };
    let inner = (0..6).map(|i| mean(0.03 + i as f32 * 0.012)).sum::<f32>() / 6.0;
    if inner < 0.25 {
        return None;
    }
    let profile: Vec<(f32, f32)> = (12..=(FARTHEST * 100.0) as i32 + 6)
        .map(|percent| (percent as f32 / 100.0, mean(percent as f32 / 100.0)))
        .collect();
    let end = profile
        .iter()
        .find(|(_, ink)| *ink < 0.025)
        .or_else(|| profile.iter().min_by(|a, b| a.1.total_cmp(&b.1)))?;
    (end.0 > 0.13).then_some(end.0)
}

fn centroid(coverage: &Plane, centre: (f32, f32), radius: f32) -> Option<(f32, f32)> {
    let reach = radius.ceil() as i64;
    let (cx, cy) = (centre.0.round() as i64, centre.1.round() as i64);
    let (mut sum, mut x_sum, mut y_sum) = (0.0_f64, 0.0_f64, 0.0_f64);
    for y in cy - reach..=cy + reach {
        for x in cx - reach..=cx + reach {
            let (dx, dy) = (x as f32 - centre.0, y as f32 - centre.1);
            if dx * dx + dy * dy <= radius * radius {
                let ink = f64::from(coverage.at(x, y));
                sum += ink;
                x_sum += ink * x as f64;
                y_sum += ink * y as f64;
            }
        }
    }
    (sum > 4.0).then(|| ((x_sum / sum) as f32, (y_sum / sum) as f32))
}

/// Ink by ring and degree around the star's centre, out to `FARTHEST` and a little more.
fn samples(coverage: &Plane, centre: (f32, f32), radius: f32) -> Vec<f32> {
    let mut samples = Vec::with_capacity(DIRECTIONS * RINGS);
    for ring in 0..RINGS {
        let r = (ring as f32 + 0.5) / RINGS as f32 * FARTHEST * 1.1 * radius;
        for i in 0..DIRECTIONS {
            let (sin, cos) = (i as f32 / DIRECTIONS as f32 * TAU).sin_cos();
            samples.push(
                coverage
                    .linear(centre.0 + sin * r, centre.1 - cos * r)
                    .min(1.0),
            );
        }
    }
    samples
}

/// Ink inside a star of this radius and turn, less the ink around it.
fn score(samples: &[f32], size: f32, degrees: f32) -> f32 {
    // The edge of the star in each direction of a tenth of its turn.
    let inner = (PI / 10.0).sin() / (3.0 * PI / 10.0).sin();
    let (mut inside, mut inside_count) = (0.0, 0.0_f32);
    let (mut outside, mut outside_count) = (0.0, 0.0_f32);
    for i in 0..DIRECTIONS {
        let off = (i as f32 - degrees).rem_euclid(72.0);
        let off = off.min(72.0 - off).to_radians();
        // The straight line from the point (1, 0) to the inner corner.
        let (px, py) = (inner * (PI / 5.0).cos(), inner * (PI / 5.0).sin());
        let (sin, cos) = off.sin_cos();
        let edge = py / (cos * py + sin * (1.0 - px)) * size;
        for ring in 0..RINGS {
            let r = (ring as f32 + 0.5) / RINGS as f32 * FARTHEST * 1.1;
            if r > size {
                break;
            }
            let ink = samples[ring * DIRECTIONS + i];
            if r < edge {
                inside += ink * r;
                inside_count += r;
            } else {
                outside += ink * r;
                outside_count += r;
            }
        }
    }
    inside / inside_count.max(1e-6) - outside / outside_count.max(1e-6)
}
