//! How a seal comes onto paper: pressure, missing ink, a second touch, smear, bleeding, and what of it is ink in truth.

use crate::chance::{Chance, Grain};
use crate::seal::Seal;

/// What went wrong while stamping.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wear {
    /// How strong the ink is, from 0 to 1.
    pub strength: f32,
    /// How much weaker the weakly pressed parts are, from 0 to 1.
    pub uneven: f32,
    /// How dry the pad was: share of fine specks without ink, from 0 to 1.
    pub dry: f32,
    /// Ink missing in a sector: its middle and half its width in degrees, clockwise from the right.
    pub missing: Option<(f32, f32)>,
    /// A second touch: offset in mm and strength.
    pub double: Option<(f32, f32, f32)>,
    /// Wiped while wet: direction and length in mm, and strength.
    pub smear: Option<(f32, f32, f32)>,
    /// How far the ink bled, in mm on each side.
    pub bleed_mm: f32,
}

impl Wear {
    /// As good as it gets.
    #[must_use]
    pub fn none() -> Self {
        Self {
            strength: 0.92,
            ..Self::default()
        }
    }

    /// Drawn by chance: half of all imprints are good, every seventh is bad.
    pub fn draw(chance: &mut Chance) -> Self {
        let lot = chance.unit();
        let bad = if lot < 0.5 {
            0.25
        } else if lot < 0.85 {
            0.6
        } else {
            1.0
        };
        let mut wear = Self {
            strength: chance.between(0.80, 0.97),
            uneven: chance.between(0.0, 0.55) * bad,
            dry: chance.between(0.0, 0.5) * bad,
            bleed_mm: chance.between(0.0, 0.07) * bad,
            ..Self::default()
        };
        if chance.happens(0.12) {
            wear.strength = chance.between(0.35, 0.6);
        }
        if chance.happens(0.28 * bad) {
            wear.missing = Some((
                chance.between(0.0, 360.0),
                chance.between(10.0, 20.0 + 25.0 * bad),
            ));
        }
        if chance.happens(0.14 * bad) {
            let far = chance.between(0.3, 1.3);
            let (sin, cos) = chance.between(0.0, std::f32::consts::TAU).sin_cos();
            wear.double = Some((far * cos, far * sin, chance.between(0.25, 0.75)));
        }
        if chance.happens(0.14 * bad) {
            let far = chance.between(1.0, 5.0);
            let (sin, cos) = chance.between(0.0, std::f32::consts::TAU).sin_cos();
            wear.smear = Some((far * cos, far * sin, chance.between(0.12, 0.4)));
        }
        wear
    }

    /// Its names in tables.
    #[must_use]
    pub fn labels(&self) -> Vec<&'static str> {
        let mut labels = Vec::new();
        let mut say = |when: bool, what: &'static str| {
            if when {
                labels.push(what);
            }
        };
        say(self.strength < 0.62, "faded");
        say(self.uneven > 0.3, "uneven pressure");
        say(self.dry > 0.25, "dry pad");
        say(self.missing.is_some(), "missing ink");
        say(self.double.is_some(), "stamped twice");
        say(self.smear.is_some(), "smeared");
        say(self.bleed_mm > 0.035, "bled");
        labels
    }
}

/// Ink on a part of the page.
#[derive(Debug, Clone)]
pub struct Impression {
    /// Left end of the part in pixels of the page.
    pub left: i64,
    /// Its top.
    pub top: i64,
    /// Its width in pixels.
    pub width: usize,
    /// Its height in pixels.
    pub height: usize,
    /// How opaque the ink is, 0 to 1, line by line.
    pub opacity: Vec<f32>,
    /// Where there is ink in truth: how much of each pixel it covers, however strong it is, 0 to 255.
    pub ink: Vec<u8>,
}

/// From this cover on a pixel counts as ink.
pub const HALF: u8 = 128;

/// Ink weaker than this is no part of what a seal shows.
const WEAKEST: f32 = 0.25;
/// Room around the seal for what bleeds, moves and smears, in mm.
const MARGIN: f32 = 6.0;

/// Presses a seal onto paper, its middle at a point (mm), turned clockwise.
#[must_use]
pub fn press(
    seal: &Seal,
    middle: (f32, f32),
    turn_degrees: f32,
    wear: &Wear,
    px_per_mm: f32,
    chance: &mut Chance,
) -> Option<Impression> {
    let reach = seal.width_mm.hypot(seal.height_mm) / 2.0 + MARGIN;
    let left = ((middle.0 - reach) * px_per_mm).floor();
    let top = ((middle.1 - reach) * px_per_mm).floor();
    let side = (2.0 * reach * px_per_mm).ceil() as usize;
    let at = (middle.0 * px_per_mm - left, middle.1 * px_per_mm - top);
    let mask = seal.mask((side as u32, side as u32), at, px_per_mm, turn_degrees)?;
    let mut cover: Vec<f32> = mask.data().iter().map(|c| f32::from(*c) / 255.0).collect();
    if let Some((dx, dy, strength)) = wear.double {
        again(&mut cover, side, (dx * px_per_mm, dy * px_per_mm), strength);
    }
    bleed(&mut cover, side, wear.bleed_mm * px_per_mm);
    let smear = wear
        .smear
        .map(|(dx, dy, strength)| wiped(&cover, side, (dx * px_per_mm, dy * px_per_mm), strength));
    let [pressure, specks, edge] = std::array::from_fn(|_| Grain::draw(chance));
    let lean = chance.between(0.0, std::f32::consts::TAU).sin_cos();
    let half = seal.width_mm.max(seal.height_mm) / 2.0;
    let mut opacity = vec![0.0; side * side];
    let mut ink = vec![0; side * side];
    for y in 0..side {
        for x in 0..side {
            let here = y * side + x;
            let mut c = cover[here];
            let wet = smear.as_ref().map_or(0.0, |s| s[here]);
            if c == 0.0 && wet == 0.0 {
                continue;
            }
            let (mm_x, mm_y) = ((x as f32 - at.0) / px_per_mm, (y as f32 - at.1) / px_per_mm);
            // The side that was pressed less, and clouds of it.
            let tilt = 0.5 + 0.5 * (mm_x * lean.0 + mm_y * lean.1) / half;
            let weak = wear.uneven
                * (0.55 * tilt + 0.45 * pressure.cloud(mm_x / 9.0, mm_y / 9.0)).clamp(0.0, 1.0);
            let mut strength = 1.0 - weak;
            let dry =
                wear.dry * (0.35 + 0.65 * weak.max(pressure.at(mm_x / 6.0 + 50.0, mm_y / 6.0)));
            if dry > 0.02 {
                let speck = specks.cloud(mm_x / 0.22, mm_y / 0.22);
                c *= smooth((speck - 0.30 - (dry - 0.5) * 0.5) / 0.12);
            }
            if let Some((centre, spread)) = wear.missing {
                let off =
                    (mm_y.atan2(mm_x).to_degrees() - centre + 540.0).rem_euclid(360.0) - 180.0;
                let ragged = spread + (edge.cloud(mm_x / 2.5, mm_y / 2.5) - 0.5) * 30.0;
                // The middle of the seal is hollowed less than its rim.
                let out = smooth((mm_x.hypot(mm_y) / half - 0.25) / 0.25);
                strength *= 1.0 - out * smooth((ragged - off.abs()) / 8.0);
            }
            if strength >= WEAKEST {
                ink[here] = (c * 255.0) as u8;
            }
            opacity[here] = ((c * strength).max(wet) * wear.strength).clamp(0.0, 1.0);
        }
    }
    Some(Impression {
        left: left as i64,
        top: top as i64,
        width: side,
        height: side,
        opacity,
        ink,
    })
}

fn smooth(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A weaker second touch beside the first.
fn again(cover: &mut [f32], side: usize, (dx, dy): (f32, f32), strength: f32) {
    let first = cover.to_vec();
    for y in 0..side {
        for x in 0..side {
            let second = between(&first, side, x as f32 - dx, y as f32 - dy) * strength;
            let here = &mut cover[y * side + x];
            *here = here.max(second);
        }
    }
}

/// The value between the pixels.
fn between(field: &[f32], side: usize, x: f32, y: f32) -> f32 {
    if x < 0.0 || y < 0.0 || x >= (side - 1) as f32 || y >= (side - 1) as f32 {
        return 0.0;
    }
    let (i, j) = (x as usize, y as usize);
    let (u, v) = (x - i as f32, y - j as f32);
    let at = j * side + i;
    (field[at] * (1.0 - u) + field[at + 1] * u) * (1.0 - v)
        + (field[at + side] * (1.0 - u) + field[at + side + 1] * u) * v
}

/// Ink creeps along the fibres: a soft edge, further out than it was.
fn bleed(cover: &mut [f32], side: usize, px: f32) {
    // Two box passes each way, a fifth of a millimetre at most; then the edge is drawn further out.
    let radius = px.round() as usize;
    if radius == 0 {
        return;
    }
    let width = (2 * radius + 1) as f32;
    let mut next = vec![0.0; cover.len()];
    for across in [true, false] {
        let (step, line) = if across { (1, side) } else { (side, 1) };
        for row in 0..side {
            for i in radius..side - radius {
                let middle = row * line + i * step;
                let sum: f32 = (0..=2 * radius)
                    .map(|k| cover[middle + k * step - radius * step])
                    .sum();
                next[middle] = sum / width;
            }
        }
        cover.copy_from_slice(&next);
    }
    for value in cover.iter_mut() {
        *value = smooth(*value * 1.6);
    }
}

/// What is left along the way of a wiping hand.
fn wiped(cover: &[f32], side: usize, (dx, dy): (f32, f32), strength: f32) -> Vec<f32> {
    let steps = (dx.hypot(dy) / 2.0).ceil().max(2.0) as usize;
    let mut out = vec![0.0; cover.len()];
    for k in 1..=steps {
        let share = k as f32 / steps as f32;
        let (x, y) = ((dx * share) as i64, (dy * share) as i64);
        let weight = (1.0 - share * 0.8) / steps as f32 * 2.0;
        for row in 0..side as i64 {
            let from = row - y;
            if !(0..side as i64).contains(&from) {
                continue;
            }
            let (first, last) = (x.max(0), (side as i64).min(side as i64 + x));
            for column in first..last {
                out[row as usize * side + column as usize] +=
                    cover[from as usize * side + (column - x) as usize] * weight;
            }
        }
    }
    for value in &mut out {
        *value = (*value * strength).min(strength);
    }
    out
}
