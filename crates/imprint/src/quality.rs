use serde::{Deserialize, Serialize};

use crate::cut::Millimetres;
use crate::outline::{DIRECTIONS, Outline, Shape};
use crate::plane::{Plane, quantile};
use crate::remark::{Remark, Sector};
use crate::separation::{Measure, Separation};
use crate::upright::Turn;

/// How good an imprint is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// From 0 to 100: from 80 on it can be used as it is, below 60 it should be stamped again.
    pub score: u8,
    /// What keeps it from 100, the worst first, and what else a person should know.
    pub reasons: Vec<Remark>,
}

/// What the judgement looks at.
pub(crate) struct Judged<'a> {
    pub(crate) separation: &'a Separation,
    pub(crate) coverage: &'a Plane,
    pub(crate) outline: &'a Outline,
    pub(crate) turn: Turn,
    pub(crate) px_per_mm: f32,
    pub(crate) source_px_per_mm: Option<f32>,
    pub(crate) frame: Option<Millimetres>,
    /// Left, top, right and bottom of what was looked at.
    pub(crate) window: (usize, usize, usize, usize),
    pub(crate) red_wanted: bool,
    pub(crate) grey: bool,
    /// Ink outside the outline, as a share of the ink inside.
    pub(crate) beyond: f32,
}

/// Below this many pixels per mm (140 dpi) a seal picture is ragged.
const LOWEST_PX_PER_MM: f32 = 5.5;
/// Ink on white paper is at least this dark, or it is faint.
const FAINT: f32 = 0.24;
/// Edges wider than this (in mm) are blurred.
const BLURRED_MM: f32 = 0.42;

pub(crate) fn judge(judged: &Judged) -> Quality {
    let mut held: Vec<(f32, Remark)> = Vec::new();
    let outline = judged.outline;
    let px = judged.px_per_mm;
    let bordered = outline.shape != Shape::Free;

    colour(judged, &mut held);
    if touches(judged) {
        held.push((60.0, Remark::CutOff));
    } else if beyond_frame(judged) {
        held.push((45.0, Remark::OutsideFrame));
    }
    let ring = bordered.then(|| Ring::of(judged.coverage, outline, px));
    let doubled = ring
        .as_ref()
        .is_some_and(|ring| ring.doubled(&judged.separation.coverage, outline, px))
        || outline.doubled;
    if doubled {
        held.push((55.0, Remark::DoubleImage));
    } else if bordered && judged.beyond > 0.10 {
        held.push((55.0, Remark::TwoImprints));
    }
    if let Some(ring) = &ring {
        missing(ring, outline, judged.turn, &mut held);
    }

    let strength = judged.separation.strength;
    if strength < FAINT {
        held.push((15.0 + 120.0 * (FAINT - strength), Remark::Faint));
    }
    let source = judged.source_px_per_mm.unwrap_or(px).min(px);
    if source < LOWEST_PX_PER_MM {
        held.push((
            10.0 + 10.0 * (LOWEST_PX_PER_MM - source),
            Remark::LowResolution,
        ));
    } else if let Some(width) = edge_width(judged.coverage, outline, px)
        && width > BLURRED_MM
    {
        held.push((15.0 + 60.0 * (width - BLURRED_MM).min(0.5), Remark::Blurred));
    }
    if judged.separation.evenness < 0.55 {
        held.push((5.0, Remark::UnevenLight));
    }
    let longest = outline.half.0.max(outline.half.1) * 2.0 / px;
    let (least, most) = if judged.red_wanted {
        (10.0, 62.0)
    } else {
        (4.0, 90.0)
    };
    if longest < least {
        held.push((40.0, Remark::TooSmall));
    } else if longest > most {
        held.push((40.0, Remark::TooLarge));
    }
    let slanted = judged.turn.radians.to_degrees().abs() > 20.0;
    if !judged.turn.sure && (outline.shape == Shape::Round || (bordered && slanted)) {
        held.push((4.0, Remark::TurnUnsure));
    }

    held.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lost: f32 = held.iter().map(|(points, _)| points).sum();
    Quality {
        score: (100.0 - lost).clamp(0.0, 100.0).round() as u8,
        reasons: held.into_iter().map(|(_, remark)| remark).collect(),
    }
}

/// Grey scans, black copies and other colours where red is wanted.
fn colour(judged: &Judged, held: &mut Vec<(f32, Remark)>) {
    if !judged.red_wanted || judged.separation.by == Measure::Red {
        return;
    }
    let [r, g, b] = judged.separation.colour;
    let black = r.max(g).max(b) - r.min(g).min(b) < 0.12;
    let remark = match () {
        () if judged.grey || judged.separation.grey => Remark::GreyScan,
        () if black => Remark::BlackCopy,
        () => Remark::NotRed,
    };
    held.push((60.0, remark));
}

/// Whether the imprint's ink reaches the end of what was looked at.
fn touches(judged: &Judged) -> bool {
    let (left, top, right, bottom) = judged.window;
    let coverage = judged.coverage;
    let inked = |x: usize, y: usize| coverage.values[y * coverage.width + x] >= 0.5;
    let across = (left..right)
        .filter(|x| inked(*x, top) || inked(*x, bottom - 1))
        .count();
    let down = (top..bottom)
        .filter(|y| inked(left, *y) || inked(right - 1, *y))
        .count();
    (across + down) as f32 > 0.3 * judged.px_per_mm
}

fn beyond_frame(judged: &Judged) -> bool {
    let Some(frame) = judged.frame else {
        return false;
    };
    let px = judged.px_per_mm;
    let slack = 0.3 * px;
    let (left, top) = (frame.x * px - slack, frame.y * px - slack);
    let (right, bottom) = (
        (frame.x + frame.width) * px + slack,
        (frame.y + frame.height) * px + slack,
    );
    let coverage = judged.coverage;
    let mut out = 0;
    for y in 0..coverage.height {
        for x in 0..coverage.width {
            let (fx, fy) = (x as f32, y as f32);
            if (fx < left || fx > right || fy < top || fy > bottom)
                && coverage.values[y * coverage.width + x] >= 0.5
            {
                out += 1;
            }
        }
    }
    out as f32 > 0.4 * px * px
}

/// The printed border of an imprint, direction by direction.
struct Ring {
    /// Its usual thickness in pixels.
    thickness: f32,
    /// Whether there is ink, clockwise from the right of the outline's own axes.
    present: Vec<bool>,
}

impl Ring {
    fn of(coverage: &Plane, outline: &Outline, px_per_mm: f32) -> Self {
        let mut thick: Vec<f32> = Vec::new();
        let outside = (0.35 * px_per_mm).max(1.0);
        let deepest = 2.5 * px_per_mm;
        let value = |direction: f32, inward: f32| {
            let (x, y) = outline.point(direction, inward);
            coverage.linear(x, y)
        };
        let directions: Vec<f32> = (0..DIRECTIONS)
            .map(|i| i as f32 / DIRECTIONS as f32 * std::f32::consts::TAU)
            .collect();
        for &direction in directions.iter().step_by(4) {
            let mut inward = -outside;
            while inward < deepest && value(direction, inward) < 0.5 {
                inward += 0.5;
            }
            let begin = inward;
            while inward < deepest && value(direction, inward) >= 0.5 {
                inward += 0.5;
            }
            if begin < outside && inward < deepest {
                thick.push(inward - begin);
            }
        }
        let thickness = quantile(&mut thick, 0.5).max(1.0);
        let present = directions
            .iter()
            .map(|&direction| {
                let mut inward = -outside;
                let mut most = 0.0_f32;
                while inward <= thickness.min(outside * 3.0) {
                    most = most.max(value(direction, inward));
                    inward += 0.5;
                }
                most >= 0.5
            })
            .collect();
        Self { thickness, present }
    }

    /// Whether the same border is seen once more, shifted.
    fn doubled(&self, all_ink: &Plane, outline: &Outline, px_per_mm: f32) -> bool {
        const REACH: i32 = 24;
        let step = 0.3 * px_per_mm;
        let clear = (self.thickness * 0.4).max(0.35 * px_per_mm);
        let path: Vec<(f32, f32)> = (0..240)
            .map(|i| {
                let direction = i as f32 / 240.0 * std::f32::consts::TAU;
                outline.point(direction, self.thickness / 2.0)
            })
            .collect();
        for down in -REACH..=REACH {
            for across in -REACH..=REACH {
                let (dx, dy) = (across as f32 * step, down as f32 * step);
                if dx.hypot(dy) < clear + self.thickness / 2.0 {
                    continue;
                }
                let (mut outside, mut inked) = (0, 0);
                for &(x, y) in &path {
                    let (x, y) = (x + dx, y + dy);
                    if outline.distance(x, y) < clear {
                        continue;
                    }
                    outside += 1;
                    let value = all_ink.at(x.round() as i64, y.round() as i64);
                    inked += i32::from(value >= 0.5);
                    // Not worth going on when half is missing.
                    if outside > 30 && inked * 3 < outside {
                        break;
                    }
                }
                if outside >= 40 && inked * 100 > outside * 62 {
                    return true;
                }
            }
        }
        false
    }
}

/// Remarks on the parts of the border without ink.
fn missing(ring: &Ring, outline: &Outline, turn: Turn, held: &mut Vec<(f32, Remark)>) {
    let mut seen = [(0_u32, 0_u32); 8];
    for (i, present) in ring.present.iter().enumerate() {
        // Clockwise from the top of the upright imprint.
        let direction = i as f32 / DIRECTIONS as f32 * 360.0
            + (outline.angle + turn.radians).to_degrees()
            + 90.0;
        let sector = ((direction.rem_euclid(360.0) + 22.5) / 45.0) as usize % 8;
        seen[sector].0 += 1;
        seen[sector].1 += u32::from(*present);
    }
    let mut gaps: Vec<(f32, Sector)> = seen
        .iter()
        .zip(Sector::ALL)
        .map(|((all, present), sector)| (1.0 - *present as f32 / (*all).max(1) as f32, sector))
        .collect();
    let whole = gaps.iter().map(|(gap, _)| gap).sum::<f32>() / 8.0;
    gaps.retain(|(gap, _)| *gap > 0.18);
    gaps.sort_by(|a, b| b.0.total_cmp(&a.0));
    if gaps.len() >= 5 {
        held.push((20.0 + 70.0 * whole, Remark::MissingInkAllOver));
        return;
    }
    for (gap, sector) in gaps {
        held.push((6.0 + 16.0 * gap, Remark::MissingInk(sector)));
    }
}

/// How wide the soft outer edge is, in mm, in the middle of the directions.
fn edge_width(coverage: &Plane, outline: &Outline, px_per_mm: f32) -> Option<f32> {
    if outline.shape == Shape::Free {
        return None;
    }
    let mut widths = Vec::new();
    for i in (0..DIRECTIONS).step_by(6) {
        let direction = i as f32 / DIRECTIONS as f32 * std::f32::consts::TAU;
        let value = |inward: f32| {
            let (x, y) = outline.point(direction, inward);
            coverage.linear(x, y)
        };
        let reach = 1.2 * px_per_mm;
        let cross = |level: f32| {
            let mut inward = -reach;
            while inward < reach && value(inward) < level {
                inward += 0.25;
            }
            (inward < reach).then_some(inward)
        };
        if let (Some(begin), Some(end)) = (cross(0.2), cross(0.8)) {
            widths.push((end - begin) / px_per_mm);
        }
    }
    (widths.len() > 20).then(|| quantile(&mut widths, 0.5))
}
