use image::RgbaImage;

use crate::cut::CutImprint;
use crate::outline::{self, Outline, Shape};
use crate::pieces;
use crate::plane::Plane;
use crate::polar::Polar;
use crate::upright;

/// What an imprint looks like, whichever way it is turned, however large and in whatever ink: for finding imprints
/// that are nearly the same.
///
/// It holds the ink in 10 rings of 180 directions between the middle and the border, clockwise from the right of the
/// upright imprint, in four steps; the border itself, which most seals share, is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    form: Form,
    /// Ring by ring, 0 to 3.
    cells: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Round,
    Angular,
    Free,
}

impl Likeness {
    /// Imprints less far apart than this are nearly the same and should be shown to a person. See the README for
    /// how far apart the same seal and other seals are.
    pub const NEAR: f32 = 0.28;

    /// Most [`keys`](Self::keys) that a likeness has.
    pub const KEYS: usize = 24;

    /// Imprints that share fewer [`keys`](Self::keys) need not be compared.
    pub const SHARED_KEYS: usize = 2;

    /// Length of [`to_bytes`](Self::to_bytes).
    pub const BYTES: usize = 2 + DIRECTIONS * RINGS / 4;

    /// Looks at an imprint that was cut out.
    #[must_use]
    pub fn of(cut: &CutImprint) -> Self {
        Self::seen(&cut.coverage, &cut.outline, cut.turn_degrees.to_radians())
    }

    /// Looks at a seal picture with a transparent ground, as [`clean`](crate::clean) and [`CutImprint::png`] make
    /// them. `None` if there is no ink.
    #[must_use]
    pub fn of_picture(picture: &RgbaImage) -> Option<Self> {
        let margin = 8;
        let (width, height) = (
            picture.width() as usize + 2 * margin,
            picture.height() as usize + 2 * margin,
        );
        let coverage = Plane::from_fn(width, height, |x, y| {
            let inside = |at: usize, length: u32| {
                at.checked_sub(margin)
                    .map(|at| at as u32)
                    .filter(|at| *at < length)
            };
            match (inside(x, picture.width()), inside(y, picture.height())) {
                (Some(x), Some(y)) => f32::from(picture.get_pixel(x, y)[3]) / 255.0,
                _ => 0.0,
            }
        });
        let mask: Vec<bool> = coverage.values.iter().map(|share| *share >= 0.5).collect();
        let ink = pieces::bounds(&mask, width)?;
        let bounds = (
            ink.left as f32 - 0.5,
            ink.top as f32 - 0.5,
            ink.right as f32 + 0.5,
            ink.bottom as f32 + 0.5,
        );
        // The tolerance of the fit follows a seal of the usual 40 mm.
        let longest = (bounds.2 - bounds.0).max(bounds.3 - bounds.1);
        let outline = outline::find(&coverage, &mask, bounds, longest / 40.0);
        let turn = upright::propose(&coverage, &outline);
        Some(Self::seen(&coverage, &outline, turn.radians))
    }

    fn seen(coverage: &Plane, outline: &Outline, turn: f32) -> Self {
        let form = match outline.shape {
            Shape::Round | Shape::Oval => Form::Round,
            Shape::Rectangle | Shape::Square => Form::Angular,
            Shape::Free => Form::Free,
        };
        let (outline, from, to) = match form {
            Form::Round => (standing(outline, turn), 0.40, 0.92),
            Form::Angular => (standing(outline, turn), 0.08, 0.90),
            Form::Free => (around(coverage, turn).unwrap_or(*outline), 0.04, 1.0),
        };
        let polar = Polar::own(coverage, &outline, DIRECTIONS * FINE, FINE_RINGS);
        let mut means = vec![0.0; DIRECTIONS * RINGS];
        for ring in 0..RINGS {
            let at = |k: usize| {
                let share = from + (to - from) * k as f32 / RINGS as f32;
                (share * FINE_RINGS as f32).round() as usize
            };
            let (first, last) = (at(ring), at(ring + 1).min(FINE_RINGS));
            for direction in 0..DIRECTIONS {
                let mut sum = 0.0;
                for fine_ring in first..last {
                    for off in 0..FINE {
                        sum += polar.at(fine_ring, direction * FINE + off);
                    }
                }
                means[ring * DIRECTIONS + direction] = sum / ((last - first) * FINE).max(1) as f32;
            }
        }
        // Thick and thin ink are made alike: four equal steps up to what full cells have.
        let full = crate::plane::quantile(&mut means.clone(), 0.95).max(0.1);
        let cells = means
            .into_iter()
            .map(|mean| ((mean / full * 3.2) as u8).min(3))
            .collect();
        Self { form, cells }
    }

    /// How far two imprints are apart: 0 for the same, about 1 for others. Symmetric.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f32 {
        if self.form != other.form {
            return 1.0;
        }
        let (a, b) = (self.strokes(), other.strokes());
        let mut shifts: Vec<(f32, usize)> = (0..DIRECTIONS)
            .map(|shift| (likeness(&a, &b, shift), shift))
            .collect();
        shifts.sort_by(|x, y| y.0.total_cmp(&x.0));
        let mut least = 1.0_f32;
        for &(all, shift) in shifts.iter().take(2) {
            if all > 0.1 {
                least = least.min(apart((self, &a), (other, &b), shift));
            }
        }
        least
    }

    /// Coarse keys for finding candidates among many: one for each place around the imprint that has ink, with the
    /// number of the place. Two imprints of the same seal share several, even if a part has no ink; keep all, look
    /// for likenesses that share at least [`SHARED_KEYS`](Self::SHARED_KEYS) pairs of place and key, those that share
    /// most first, and compare these by [`distance`](Self::distance).
    #[must_use]
    pub fn keys(&self) -> Vec<(u8, u16)> {
        let strokes = self.strokes();
        (0..Self::KEYS)
            .map(|place| (place, place * DIRECTIONS / Self::KEYS))
            .filter(|(_, start)| self.ink(*start, KEY_WINDOW) >= LEAST_INK)
            .map(|(place, start)| (place as u8, key(&strokes, start)))
            .collect()
    }

    /// The bytes to keep.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, self.form as u8];
        bytes.extend(
            self.cells
                .chunks(4)
                .map(|four| four.iter().fold(0, |byte, cell| byte << 2 | cell)),
        );
        bytes
    }

    /// Reads kept bytes; `None` if they are not such bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let [VERSION, form, rest @ ..] = bytes else {
            return None;
        };
        let form = match form {
            0 => Form::Round,
            1 => Form::Angular,
            2 => Form::Free,
            _ => return None,
        };
        if bytes.len() != Self::BYTES {
            return None;
        }
        let cells = rest
            .iter()
            .flat_map(|byte| [6, 4, 2, 0].map(|shift| byte >> shift & 3))
            .collect();
        Some(Self { form, cells })
    }

    /// Mean of the cells (0 to 3) of some directions.
    fn ink(&self, start: usize, count: usize) -> f32 {
        let mut sum = 0.0;
        for ring in 0..RINGS {
            for k in 0..count {
                sum += f32::from(self.cells[ring * DIRECTIONS + (start + k) % DIRECTIONS]);
            }
        }
        sum / (RINGS * count) as f32
    }

    /// The strokes: each cell, softened, less the mean around it. What all names share, that there is text in a ring
    /// and none inside it, falls away.
    fn strokes(&self) -> Vec<f32> {
        let values = Plane::from_fn(DIRECTIONS + 2 * MARGIN, RINGS, |x, ring| {
            let direction = (x + DIRECTIONS - MARGIN) % DIRECTIONS;
            f32::from(self.cells[ring * DIRECTIONS + direction])
        });
        let around = values.blurred(3);
        let mut out = Vec::with_capacity(self.cells.len());
        for ring in 0..RINGS as i64 {
            for x in MARGIN as i64..(DIRECTIONS + MARGIN) as i64 {
                let at = |across: i64, up: i64| values.at(x + across, ring + up);
                let soft =
                    (at(0, 0) * 4.0 + at(-1, 0) * 2.0 + at(1, 0) * 2.0 + at(0, -1) + at(0, 1))
                        / 10.0;
                out.push(soft - around.at(x, ring));
            }
        }
        out
    }
}

/// The signs of some fixed mixtures of the strokes of a part.
fn key(strokes: &[f32], start: usize) -> u16 {
    const POOL: usize = 3;
    let mut pooled = Vec::with_capacity(RINGS / 2 * KEY_WINDOW / POOL);
    for ring in 0..RINGS / 2 {
        for part in 0..KEY_WINDOW / POOL {
            pooled.push(
                (0..POOL)
                    .map(|k| {
                        let at = (start + part * POOL + k) % DIRECTIONS;
                        strokes[ring * 2 * DIRECTIONS + at]
                            + strokes[(ring * 2 + 1) * DIRECTIONS + at]
                    })
                    .sum::<f32>(),
            );
        }
    }
    let mut draws = outline::Draws(512);
    let mut key = 0;
    for bit in 0..KEY_BITS {
        let sum: f32 = pooled
            .iter()
            .map(|value| match draws.below(2) {
                0 => *value,
                _ => -*value,
            })
            .sum();
        key |= u16::from(sum > 0.0) << bit;
    }
    key
}

const VERSION: u8 = 1;
const DIRECTIONS: usize = 180;
const RINGS: usize = 10;
/// Samples along each direction and in each cell's width.
const FINE_RINGS: usize = 50;
const FINE: usize = 4;
/// Directions carried over on both sides, so that a ring has no ends.
const MARGIN: usize = 8;
/// Directions that a key looks at, and its bits.
const KEY_WINDOW: usize = 15;
const KEY_BITS: usize = 12;
/// A part with less than this (of 3) has no text.
const LEAST_INK: f32 = 0.35;

/// The outline with its own axes as they are on the upright imprint.
fn standing(outline: &Outline, turn: f32) -> Outline {
    let mut standing = *outline;
    if outline.shape == Shape::Round {
        standing.angle = -turn;
        return standing;
    }
    let quarter = std::f32::consts::FRAC_PI_2;
    let quarters = ((-turn - outline.angle) / quarter).round();
    standing.angle += quarters * quarter;
    if (quarters as i64).rem_euclid(2) == 1 {
        standing.half = (standing.half.1, standing.half.0);
    }
    standing
}

/// A circle around ink without outline, by where its mass is.
fn around(coverage: &Plane, turn: f32) -> Option<Outline> {
    let (mut sum, mut xs, mut ys, mut squares) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for (at, value) in coverage.values.iter().enumerate() {
        if *value > 0.3 {
            let ink = f64::from(*value);
            let (x, y) = ((at % coverage.width) as f64, (at / coverage.width) as f64);
            sum += ink;
            xs += ink * x;
            ys += ink * y;
            squares += ink * (x * x + y * y);
        }
    }
    if sum < 1.0 {
        return None;
    }
    let (x, y) = (xs / sum, ys / sum);
    let radius = (squares / sum - x * x - y * y).max(1.0).sqrt() * 2.0;
    Some(Outline {
        shape: Shape::Round,
        centre: (x as f32, y as f32),
        half: (radius as f32, radius as f32),
        angle: -turn,
        support: 1.0,
        doubled: false,
    })
}

/// Correlation of all cells with the second turned by some cells.
fn likeness(a: &[f32], b: &[f32], shift: usize) -> f32 {
    let mut sums = Sums::default();
    for ring in 0..RINGS {
        let row = ring * DIRECTIONS;
        let (head, tail) = b[row..row + DIRECTIONS].split_at(shift);
        for (x, y) in a[row..row + DIRECTIONS].iter().zip(tail.iter().chain(head)) {
            sums.add(*x, *y);
        }
        sums.end_row();
    }
    sums.correlation()
}

/// Cells of a window about as wide as a character.
const WINDOW: usize = 14;

/// How far the least like parts are apart, after the whole is laid upon each other. Two names may share most of
/// their characters: one that differs makes another seal. A part that has no ink in one of the two says nothing.
fn apart((one, a): (&Likeness, &[f32]), (two, b): (&Likeness, &[f32]), shift: usize) -> f32 {
    let mut parts = Vec::new();
    for start in (0..DIRECTIONS).step_by(WINDOW / 2) {
        let (ink_a, ink_b) = (one.ink(start, WINDOW), two.ink(start + shift, WINDOW));
        if ink_a.min(ink_b) < LEAST_INK.max(0.6 * ink_a.max(ink_b)) {
            continue;
        }
        let mut best = f32::NEG_INFINITY;
        for off in [DIRECTIONS - 1, 0, 1] {
            for up in [-1_i64, 0, 1] {
                let mut sums = Sums::default();
                for ring in 0..RINGS as i64 {
                    let other = ring + up;
                    if !(0..RINGS as i64).contains(&other) {
                        continue;
                    }
                    for k in 0..WINDOW {
                        let at = (start + k) % DIRECTIONS;
                        let there = (start + k + shift + off) % DIRECTIONS;
                        sums.add(
                            a[ring as usize * DIRECTIONS + at],
                            b[other as usize * DIRECTIONS + there],
                        );
                    }
                    sums.end_row();
                }
                best = best.max(sums.correlation());
            }
        }
        parts.push(1.0 - best);
    }
    if parts.len() < 4 {
        return 1.0;
    }
    parts.sort_by(|x, y| y.total_cmp(x));
    let worst = &parts[..(parts.len() / 5).max(2)];
    (worst.iter().sum::<f32>() / worst.len() as f32).clamp(0.0, 1.0)
}

/// Correlation of rows of numbers, each row about its own mean: what a whole row has more or less says nothing.
#[derive(Default)]
struct Sums {
    row: [f32; 6],
    xx: f32,
    yy: f32,
    xy: f32,
}

impl Sums {
    fn add(&mut self, x: f32, y: f32) {
        for (sum, value) in self.row.iter_mut().zip([1.0, x, y, x * x, y * y, x * y]) {
            *sum += value;
        }
    }

    fn end_row(&mut self) {
        let [n, x, y, xx, yy, xy] = std::mem::take(&mut self.row);
        let n = n.max(1.0);
        self.xx += xx - x * x / n;
        self.yy += yy - y * y / n;
        self.xy += xy - x * y / n;
    }

    fn correlation(&self) -> f32 {
        let own = self.xx * self.yy;
        if own > 1e-6 {
            self.xy / own.sqrt()
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::Draws;
    use crate::scene::Scene;
    use crate::{Cut, Ink, RoundSeal, cut};

    const PLACES: [&str; 12] = [
        "福州市",
        "厦门市",
        "莆田市",
        "三明市",
        "泉州市",
        "漳州市",
        "南平市",
        "龙岩市",
        "宁德市",
        "泰宁县",
        "永安市",
        "福清市",
    ];
    const OFFICES: [&str; 10] = [
        "教育局",
        "公安局",
        "财政局",
        "司法局",
        "民政局",
        "水利局",
        "审计局",
        "统计局",
        "农业农村局",
        "自然资源局",
    ];

    /// One pressing of a seal: another turn, ink, resolution and light each time.
    fn pressed(name: &str, pressing: u64, whole: bool) -> Likeness {
        let mut draws = Draws(pressing * 77 + name.len() as u64);
        let mut among =
            |low: f32, high: f32| low + (high - low) * draws.below(1000) as f32 / 1000.0;
        let dpi = [150.0, 200.0, 300.0][pressing as usize % 3];
        let png = RoundSeal::new(name, 40.0).transparent(600).unwrap();
        let seal = image::load_from_memory(&png).unwrap().to_rgba8();
        let scene = Scene {
            px_per_mm: dpi / 25.4,
            side_mm: 52.0,
            turn: among(-170.0, 170.0),
            ink: [
                among(150.0, 220.0) as u8,
                among(20.0, 80.0) as u8,
                among(20.0, 80.0) as u8,
            ],
            shadow: among(0.0, 0.3),
            blur: among(0.0, 0.12),
            noise: among(1.0, 5.0),
            bald: (!whole).then(|| among(0.0, 360.0)),
            ..Scene::default()
        };
        let stamped = scene.stamp(&seal, 600.0);
        Likeness::of(&cut(&stamped.sheet, scene.px_per_mm, &Cut::new(Ink::Red)).unwrap())
    }

    fn shared(a: &Likeness, b: &Likeness) -> usize {
        let theirs = b.keys();
        a.keys().iter().filter(|key| theirs.contains(key)).count()
    }

    #[test]
    #[ignore = "takes a minute: prints the figures in the README"]
    fn how_far_apart_seals_are() {
        let names: Vec<String> = PLACES
            .iter()
            .flat_map(|place| OFFICES.iter().map(move |office| format!("{place}{office}")))
            .step_by(5)
            .collect();
        let pairs: Vec<[Likeness; 3]> = names
            .iter()
            .zip(0..)
            .map(|(name, i)| [0, 1, 2].map(|k| pressed(name, i * 3 + k, k < 2)))
            .collect();
        let tell = |what: &str, pairs: &mut dyn Iterator<Item = (&Likeness, &Likeness)>| {
            let mut distances = Vec::new();
            let mut keys = [0; 6];
            for (a, b) in pairs {
                distances.push(a.distance(b));
                keys[shared(a, b).min(5)] += 1;
            }
            distances.sort_by(f32::total_cmp);
            let at = |share: f32| distances[((distances.len() - 1) as f32 * share) as usize];
            let quantiles = [0.0, 0.01, 0.05, 0.5, 0.95, 0.99, 1.0].map(at);
            println!(
                "{what}: least, 1, 5, 50, 95, 99 %, most {quantiles:.3?}; keys shared 0 to 5 and more {keys:?}"
            );
        };
        tell("same, whole", &mut pairs.iter().map(|[a, b, _]| (a, b)));
        tell(
            "same, a part missing",
            &mut pairs.iter().map(|[a, _, c]| (a, c)),
        );
        let others = || (0..pairs.len()).flat_map(|i| (0..i).map(move |k| (i, k)));
        tell(
            "other, whole",
            &mut others().map(|(i, k)| (&pairs[i][0], &pairs[k][1])),
        );
        tell(
            "other, a part missing",
            &mut others().map(|(i, k)| (&pairs[i][0], &pairs[k][2])),
        );
    }
}
