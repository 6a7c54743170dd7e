//! Which way up an imprint belongs.

use crate::outline::{Outline, Shape};
use crate::plane::Plane;
use crate::polar::Polar;
use crate::star;

/// How far an imprint has to be turned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    /// Clockwise, to stand upright.
    pub(crate) radians: f32,
    /// Whether it is certain.
    pub(crate) sure: bool,
}

/// Directions that a ring is sampled in: half a degree each.
pub(crate) const DIRECTIONS: usize = 720;
const RINGS: usize = 48;

/// Proposes a turn from the outline, the star and the text along the ring.
pub(crate) fn propose(coverage: &Plane, outline: &Outline) -> Turn {
    match outline.shape {
        Shape::Round => round(coverage, outline),
        Shape::Oval => oval(coverage, outline),
        Shape::Rectangle | Shape::Square => {
            // The nearest side up; which of the two it is the lines of the outline do not say.
            let quarter = std::f32::consts::FRAC_PI_2;
            let angle = outline.angle - (outline.angle / quarter).round() * quarter;
            Turn {
                radians: -angle,
                sure: false,
            }
        }
        Shape::Free => Turn {
            radians: 0.0,
            sure: false,
        },
    }
}

fn round(coverage: &Plane, outline: &Outline) -> Turn {
    let polar = Polar::of(coverage, outline, outline.centre, DIRECTIONS, RINGS);
    let band = TextBand::of(&polar);
    if let Some(star) = star::find(coverage, outline) {
        // Five ways up agree with the star; the text along the ring tells which.
        let mut ways: Vec<(f32, f32)> = (0..5)
            .map(|k| {
                let top = star.top + k as f32 * 72.0;
                (
                    band.rightness(top) + line_below(&polar, top) + habit(top),
                    top,
                )
            })
            .collect();
        ways.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (best, top) = ways[0];
        return Turn {
            radians: -degrees(top),
            sure: best > 0.25 && best - ways[1].0 > 0.2 && star.clear,
        };
    }
    let mut best = (f32::NEG_INFINITY, 0.0);
    for i in 0..DIRECTIONS / 2 {
        let top = i as f32;
        let rightness = band.rightness(top) + habit(top);
        if rightness > best.0 {
            best = (rightness, top);
        }
    }
    let (rightness, rough) = best;
    let middle = band.middle(rough);
    let (likeness, top) = emblem_axis(&polar, middle.unwrap_or(rough));
    Turn {
        radians: -degrees(top),
        sure: rightness > 0.55 && middle.is_some() && (likeness > 0.5 || rightness > 0.9),
    }
}

/// Seals are stamped upright, seldom upside down, hardly ever on their side: this much is in favour of a direction
/// before anything is looked at.
fn habit(top: f32) -> f32 {
    let off = top.rem_euclid(360.0);
    let off = off.min(360.0 - off);
    match () {
        () if off <= 24.0 => 0.25,
        () if off >= 156.0 => 0.12,
        () => 0.0,
    }
}

/// A line of small characters below the star, such as 财务专用章: ink between star and ring text on one side only.
fn line_below(polar: &Polar, top: f32) -> f32 {
    let mean = |middle: f32| {
        let from = ((middle - 32.0) * 2.0) as i64;
        let mut sum = 0.0;
        let mut count = 0.0_f32;
        for ring in polar.rings * 44 / 100..polar.rings * 56 / 100 {
            for off in 0..128 {
                let direction = (from + off).rem_euclid(polar.directions as i64) as usize;
                sum += polar.at(ring, direction);
                count += 1.0;
            }
        }
        sum / count.max(1.0)
    };
    let others = [72.0, 144.0, 216.0, 288.0].map(|off| mean(top + 180.0 + off));
    let most = others.into_iter().fold(0.0, f32::max);
    ((mean(top + 180.0) - most) * 5.0).clamp(-0.4, 0.9)
}

fn oval(coverage: &Plane, outline: &Outline) -> Turn {
    let polar = Polar::of(coverage, outline, outline.centre, DIRECTIONS, RINGS);
    let band = TextBand::of(&polar);
    // The long axis lies level.
    let mut angle = outline.angle;
    if outline.half.1 > outline.half.0 {
        angle += std::f32::consts::FRAC_PI_2;
    }
    let half_turn = std::f32::consts::PI;
    let near = angle - (angle / half_turn).round() * half_turn;
    let score = |top: f32| band.rightness(top);
    let (upright, over) = (score(near.to_degrees()), score(near.to_degrees() + 180.0));
    let tops = if over > upright + 0.3 {
        near + half_turn
    } else {
        near
    };
    Turn {
        radians: -tops,
        sure: (over - upright).abs() > 0.3,
    }
}

fn degrees(degrees: f32) -> f32 {
    let turned = degrees.rem_euclid(360.0);
    (if turned > 180.0 {
        turned - 360.0
    } else {
        turned
    })
    .to_radians()
}

/// The characters along the ring: how much ink there is in each direction between the star and the ring.
struct TextBand {
    /// Per half degree, about 1 where characters are, 0 in the gap.
    ink: Vec<f32>,
    /// The same without the mean, smoothed over a character.
    broad: Vec<f32>,
}

impl TextBand {
    fn of(polar: &Polar) -> Self {
        let (from, to) = band(polar);
        let mut ink: Vec<f32> = (0..polar.directions)
            .map(|i| {
                (from..to).map(|ring| polar.at(ring, i)).sum::<f32>() / (to - from).max(1) as f32
            })
            .collect();
        let mut sorted = ink.clone();
        let usual = crate::plane::quantile(&mut sorted, 0.8).max(0.05);
        for value in &mut ink {
            *value = (*value / usual).min(1.5);
        }
        let broad = smoothed(&ink, 14);
        let mean = broad.iter().sum::<f32>() / broad.len() as f32;
        let broad = broad.into_iter().map(|value| value - mean).collect();
        Self { ink, broad }
    }

    /// How well the text stands if this direction (degrees clockwise) is up: even on both sides, a gap below.
    fn rightness(&self, top: f32) -> f32 {
        let count = self.broad.len() as i64;
        let at = |half_degrees: i64| self.broad[half_degrees.rem_euclid(count) as usize];
        let top = (top * 2.0).round() as i64;
        let (mut both, mut own) = (0.0, 0.0);
        for off in 0..count / 2 {
            let (left, right) = (at(top - off), at(top + off));
            both += left * right;
            own += (left * left + right * right) / 2.0;
        }
        let even = if own > 1e-6 { both / own } else { 0.0 };
        let mean = |from: i64, to: i64| {
            (from..to).map(|off| at(top + off)).sum::<f32>() / (to - from) as f32
        };
        let below = mean(count / 2 - 60, count / 2 + 60);
        let above = mean(-120, 120);
        0.6 * even + 0.7 * (above - below).clamp(-1.0, 1.0)
    }

    /// The middle between the first and the last character, near a rough top.
    fn middle(&self, top: f32) -> Option<f32> {
        let fine = smoothed(&self.ink, 3);
        let count = fine.len() as i64;
        let bottom = (top * 2.0).round() as i64 + count / 2;
        let edge = |step: i64| {
            (0..count / 2).find(|off| {
                let place = bottom + step * off;
                fine[place.rem_euclid(count) as usize] > 0.18
            })
        };
        let (right, left) = (edge(-1)?, edge(1)?);
        if right < 8 || left < 8 {
            return None;
        }
        let shifted = (left - right) as f32 / 2.0;
        (shifted.abs() < 40.0).then_some(top + shifted / 2.0)
    }
}

/// From which ring to which the text stands.
fn band(polar: &Polar) -> (usize, usize) {
    let rings = polar.rings;
    // Inwards through the outer ring, or rings, to the text.
    let mut outer = rings - 1;
    while outer > rings * 4 / 5 && polar.ring_mean(outer) < 0.5 {
        outer -= 1;
    }
    while outer > rings * 7 / 10 && polar.ring_mean(outer) > 0.42 {
        outer -= 1;
    }
    let to = outer.max(rings * 7 / 10);
    (rings * 56 / 100, to.max(rings * 56 / 100 + 2))
}

fn smoothed(values: &[f32], radius: usize) -> Vec<f32> {
    let count = values.len();
    (0..count)
        .map(|i| {
            let mut sum = 0.0;
            for off in 0..=2 * radius {
                sum += values[(i + count + off - radius) % count];
            }
            sum / (2 * radius + 1) as f32
        })
        .collect()
}

/// The axis that the middle of the imprint is even about, near a rough one.
fn emblem_axis(polar: &Polar, near: f32) -> (f32, f32) {
    let count = polar.directions as i64;
    let mut best = (0.0, near);
    for step in -16..=16 {
        let top = near + step as f32 * 0.5;
        let at_top = (top * 2.0).round() as i64;
        let (mut both, mut own) = (0.0, 0.0);
        for ring in polar.rings / 12..polar.rings * 52 / 100 {
            let mean = polar.ring_mean(ring);
            for off in (1..count / 2).step_by(2) {
                let left = polar.at(ring, (at_top - off).rem_euclid(count) as usize) - mean;
                let right = polar.at(ring, (at_top + off).rem_euclid(count) as usize) - mean;
                both += left * right * ring as f32;
                own += (left * left + right * right) / 2.0 * ring as f32;
            }
        }
        let likeness = if own > 1.0 { both / own } else { 0.0 };
        if likeness > best.0 + 0.01 {
            best = (likeness, top);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use crate::scene::Scene;
    use crate::{Cut, Ink, RoundSeal, cut};

    #[test]
    fn a_line_below_the_star_tells_the_way_up_when_ring_text_is_missing() {
        let png = RoundSeal::new("龙岩市长汀县水利局", 42.0)
            .with_line_below("合同专用章")
            .transparent(600)
            .unwrap();
        let seal = image::load_from_memory(&png).unwrap().to_rgba8();
        for (turn, bald) in [(12.0, 40.0), (-8.0, 300.0), (180.0, 100.0)] {
            let scene = Scene {
                turn,
                bald: Some(bald),
                px_per_mm: 7.9,
                ..Scene::default()
            };
            let sheet = scene.stamp(&seal, 600.0).sheet;
            let cut = cut(&sheet, scene.px_per_mm, &Cut::new(Ink::Red)).unwrap();
            let off = (cut.turn_degrees + turn + 540.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() < 2.0, "{turn}, without {bald}: {off}");
        }
    }
}
