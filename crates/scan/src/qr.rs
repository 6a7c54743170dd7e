//! Finding and reading the QR code: eyes by their 1:1:3:1:1 pattern, the grid sampled on grey values, the text by `rqrr`.

use rqrr::{Grid, SimpleGrid};

use crate::eyes::{Eye, eyes};
use crate::geometry::{Homography, Pair, Point, point};
use crate::grey::Grey;

/// A code that was read.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    /// Its text.
    pub(crate) text: String,
    /// Modules along a side.
    pub(crate) side: usize,
    /// Whether the picture shows it mirrored.
    pub(crate) mirrored: bool,
    /// From modules (0,0 at the top left corner of the code without its quiet zone) to pixels of the picture.
    pub(crate) place: Homography,
}

impl Code {
    /// Centres of the eyes: top left, top right, bottom left; as (module, pixel).
    pub(crate) fn anchors(&self) -> [(Point, Point); 3] {
        let far = self.side as f64 - 3.5;
        [point(3.5, 3.5), point(far, 3.5), point(3.5, far)].map(|p| (p, self.place.apply(p)))
    }
}

/// Reads a code anywhere in a picture of a page. The place is told in the pixels of that picture.
pub(crate) fn read(grey: &Grey) -> Option<Code> {
    let side = grey.width.max(grey.height);
    read_with(
        grey,
        &[(side / 40, 0.12), (side / 90, 0.06), (side / 16, 0.25)],
    )
}

/// Reads a code in a picture that shows little else.
pub(crate) fn read_close(grey: &Grey) -> Option<Code> {
    let side = grey.width.max(grey.height);
    read_with(grey, &[(side / 2, 0.1), (side / 4, 0.04), (side, 0.25)])
}

/// Reads a code with several partings into ink and paper: the window in pixels, and how much darker ink has to be.
fn read_with(grey: &Grey, partings: &[(usize, f32)]) -> Option<Code> {
    partings.iter().find_map(|(window, darker_by)| {
        let ink = grey.ink((*window).max(12), *darker_by);
        read_from_eyes(grey, &eyes(&ink))
    })
}

/// Reads a code from eyes that were found.
pub(crate) fn read_from_eyes(grey: &Grey, eyes: &[Eye]) -> Option<Code> {
    triples(eyes)
        .into_iter()
        .take(12)
        .find_map(|triple| read_triple(grey, &triple))
}

/// Three eyes that may belong to one code.
#[derive(Debug, Clone, Copy)]
struct Triple {
    corner: Eye,
    right: Eye,
    below: Eye,
    doubt: f64,
}

fn triples(eyes: &[Eye]) -> Vec<Triple> {
    let mut found = Vec::new();
    for (i, corner) in eyes.iter().enumerate() {
        for (j, one) in eyes.iter().enumerate() {
            if j == i || !alike(corner, one) {
                continue;
            }
            for (k, other) in eyes.iter().enumerate().skip(j + 1) {
                if k == i || !alike(corner, other) || !alike(one, other) {
                    continue;
                }
                if let Some(triple) = triple(corner, one, other) {
                    found.push(triple);
                }
            }
        }
    }
    found.sort_by(|a, b| a.doubt.total_cmp(&b.doubt));
    found
}

fn alike(a: &Eye, b: &Eye) -> bool {
    a.module.max(b.module) < a.module.min(b.module) * 1.7
}

fn triple(corner: &Eye, one: &Eye, other: &Eye) -> Option<Triple> {
    let (a, b) = (one.at.minus(corner.at), other.at.minus(corner.at));
    let (long, short) = (a.length().max(b.length()), a.length().min(b.length()));
    let module = (corner.module + one.module + other.module) / 3.0;
    let modules = (long + short) / 2.0 / module;
    if long > short * 1.6 || !(9.0..60.0).contains(&modules) {
        return None;
    }
    let cosine = a.dot(b) / (a.length() * b.length());
    if cosine.abs() > 0.55 {
        return None;
    }
    let (right, below) = if a.cross(b) > 0.0 {
        (one, other)
    } else {
        (other, one)
    };
    let sizes = [corner.module, one.module, other.module];
    let unlike = sizes.iter().fold(0.0f64, |most, size| most.max(*size))
        / sizes.iter().fold(f64::MAX, |least, size| least.min(*size))
        - 1.0;
    Some(Triple {
        corner: *corner,
        right: *right,
        below: *below,
        doubt: cosine.abs() + (long / short - 1.0) + unlike,
    })
}

fn read_triple(grey: &Grey, triple: &Triple) -> Option<Code> {
    let across = triple.corner.at.distance(triple.right.at);
    let down = triple.corner.at.distance(triple.below.at);
    let module = (triple.corner.module + triple.right.module + triple.below.module) / 3.0;
    let guess = ((across + down) / 2.0 / module + 7.0 - 17.0) / 4.0;
    let guess = guess.round().clamp(1.0, 12.0) as i64;
    for version in [guess, guess - 1, guess + 1, guess + 2, guess - 2] {
        if !(1..=12).contains(&version) {
            continue;
        }
        let side = version as usize * 4 + 17;
        let far = side as f64 - 3.5;
        let pairs: Vec<Pair> = vec![
            (point(3.5, 3.5), triple.corner.at, 1.0),
            (point(far, 3.5), triple.right.at, 1.0),
            (point(3.5, far), triple.below.at, 1.0),
        ];
        let Some(flat) = Homography::affine(&pairs) else {
            continue;
        };
        if let Some(code) = read_with_fourth(grey, side, &pairs, &flat) {
            return Some(code);
        }
    }
    None
}

/// Finds the small eye near the fourth corner, which tells the perspective, and reads the code.
fn read_with_fourth(grey: &Grey, side: usize, eyes: &[Pair], flat: &Homography) -> Option<Code> {
    let near = side as f64 - 6.5;
    if side >= 25 {
        let places = small_eyes(grey, flat, point(near, near));
        for found in places {
            let mut pairs = eyes.to_vec();
            pairs.push((point(near, near), found, 1.0));
            if let Some(place) = Homography::fit(&pairs)
                && rhythm(grey, side, &place) >= 0.7
                && let Some(code) = sample_and_decode(grey, side, &place)
            {
                return Some(code);
            }
        }
    }
    if rhythm(grey, side, flat) >= 0.7 {
        return sample_and_decode(grey, side, flat);
    }
    None
}

/// Places around `at` (modules) that look like the small eye: dark, a light ring, a dark ring. Best first.
fn small_eyes(grey: &Grey, flat: &Homography, at: Point) -> Vec<Point> {
    let mut scored: Vec<(f32, Point)> = Vec::new();
    for dy in -14..=14 {
        for dx in -14..=14 {
            let middle = point(at.x + f64::from(dx) * 0.25, at.y + f64::from(dy) * 0.25);
            scored.push((small_eye(grey, flat, middle), middle));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Vec<(f32, Point)> = Vec::new();
    for (score, middle) in scored {
        if best.len() == 4 || score < 12.0 {
            break;
        }
        if best.iter().all(|(_, other)| other.distance(middle) > 1.2) {
            best.push((score, middle));
        }
    }
    best.into_iter()
        .map(|(_, middle)| flat.apply(middle))
        .collect()
}

/// How much brighter the light ring is than the dark parts.
fn small_eye(grey: &Grey, flat: &Homography, middle: Point) -> f32 {
    let (mut light, mut dark, mut dark_most, mut light_least) = (0.0, 0.0, 0.0f32, 255.0f32);
    for y in -2i32..=2 {
        for x in -2i32..=2 {
            let value =
                grey.at(flat.apply(point(middle.x + f64::from(x), middle.y + f64::from(y))));
            if x.abs().max(y.abs()) == 1 {
                light += value / 8.0;
                light_least = light_least.min(value);
            } else {
                dark += value / 17.0;
                dark_most = dark_most.max(value);
            }
        }
    }
    (light - dark) + (light_least - dark_most).min(0.0) * 0.25
}

/// Share of the modules between the eyes that alternate as they should.
fn rhythm(grey: &Grey, side: usize, place: &Homography) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for along in 8..side - 9 {
        for turned in [false, true] {
            let value = |at: usize| {
                let (a, b) = (at as f64 + 0.5, 6.5);
                grey.at(place.apply(if turned { point(b, a) } else { point(a, b) }))
            };
            all += 1.0;
            if (value(along) < value(along + 1)) == along.is_multiple_of(2) {
                right += 1.0;
            }
        }
    }
    if all > 0.0 { right / all } else { 1.0 }
}

fn sample_and_decode(grey: &Grey, side: usize, place: &Homography) -> Option<Code> {
    let values = sample(grey, side, place);
    // A blurred picture mixes each module with its neighbours: part of that is taken back.
    for sharper in [0.0, 0.2, 0.4, 0.7] {
        let values = sharpened(&values, side, sharper);
        for bias in [0.0, -0.12, 0.12, -0.25, 0.25] {
            if let Some(code) = decode(&darkness(&values, side, bias), side, place) {
                return Some(code);
            }
        }
    }
    None
}

fn decode(dark: &[bool], side: usize, place: &Homography) -> Option<Code> {
    let grid = Grid::new(SimpleGrid::from_func(side, |x, y| dark[y * side + x]));
    let (meta, text) = grid.decode().ok()?;
    let mirrored = grid.get_raw_data().map_or(true, |(own, _)| {
        (own.ecc_level, own.mask) != (meta.ecc_level, meta.mask)
    });
    let place = if mirrored {
        // The code's own axes: what was taken for x is y.
        place.after(&Homography([0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]))
    } else {
        *place
    };
    Some(Code {
        text,
        side,
        mirrored,
        place,
    })
}

/// Reads a code that is known to be about where `place_of` puts a code of so many modules (modules to pixels of `grey`),
/// within so many modules: its eyes are found by what they have to look like, however blurred.
pub(crate) fn read_about(
    grey: &Grey,
    place_of: impl Fn(usize) -> Homography,
    within: f64,
) -> Option<Code> {
    let mut fits: Vec<(f32, usize, Homography)> = [25, 29, 33, 37, 41]
        .into_iter()
        .filter_map(|side| {
            let (fit, place) = registered(grey, side, &place_of(side), within)?;
            Some((fit, side, place))
        })
        .collect();
    fits.sort_by(|a, b| b.0.total_cmp(&a.0));
    fits.into_iter()
        .take(2)
        .find_map(|(_, side, place)| sample_and_decode(grey, side, &place))
}

/// Moves a code's place to where its eyes and its rhythm are, and tells how well they fit.
fn registered(
    grey: &Grey,
    side: usize,
    place: &Homography,
    within: f64,
) -> Option<(f32, Homography)> {
    let far = side as f64 - 7.0;
    let eyes = [(0.0, 0.0), (far, 0.0), (0.0, far)].map(|(x, y)| eye_at(x, y));
    let all: Vec<(Point, bool)> = eyes
        .iter()
        .flatten()
        .copied()
        .chain((8..side - 8).flat_map(|at| {
            let (along, dark) = (at as f64 + 0.5, at.is_multiple_of(2));
            [(point(along, 6.5), dark), (point(6.5, along), dark)]
        }))
        .collect();
    let (mut shift, _) = best_shift(grey, place, &all, point(0.0, 0.0), within, 0.5);
    (shift, _) = best_shift(grey, place, &all, shift, 0.5, 0.125);
    // Paper that is bent moves each eye by itself.
    let mut pairs: Vec<Pair> = Vec::new();
    for (eye, (x, y)) in eyes.iter().zip([(0.0, 0.0), (far, 0.0), (0.0, far)]) {
        let (own, _) = best_shift(grey, place, eye, shift, 0.75, 0.125);
        let middle = point(x + 3.5, y + 3.5);
        pairs.push((middle, place.apply(middle.plus(own)), 1.0));
    }
    // The fourth corner goes with the others.
    let fourth = point(far + 3.5, far + 3.5);
    let moved = |i: usize| pairs[i].1.minus(place.apply(pairs[i].0));
    let fourth_moved = moved(1).plus(moved(2)).minus(moved(0));
    pairs.push((fourth, place.apply(fourth).plus(fourth_moved), 1.0));
    let exact = Homography::fit(&pairs)?;
    Some((contrast(grey, &exact, &all, point(0.0, 0.0)), exact))
}

/// Middles of the modules of an eye and of the light ring around it, and whether they are dark.
fn eye_at(left: f64, top: f64) -> Vec<(Point, bool)> {
    (0..7)
        .flat_map(|y| {
            (0..7).map(move |x| {
                let ring = i32::min(x.min(6 - x), i32::min(y, 6 - y));
                (
                    point(left + f64::from(x) + 0.5, top + f64::from(y) + 0.5),
                    ring != 1,
                )
            })
        })
        .collect()
}

/// The shift (modules) around one at which a pattern stands out most.
fn best_shift(
    grey: &Grey,
    place: &Homography,
    pattern: &[(Point, bool)],
    around: Point,
    within: f64,
    step: f64,
) -> (Point, f32) {
    let steps = (within / step).round() as i32;
    let mut best = (around, f32::MIN);
    for dy in -steps..=steps {
        for dx in -steps..=steps {
            let shift = around.plus(point(f64::from(dx) * step, f64::from(dy) * step));
            let fit = contrast(grey, place, pattern, shift);
            if fit > best.1 {
                best = (shift, fit);
            }
        }
    }
    best
}

/// How much brighter the light modules of a pattern are than the dark ones.
fn contrast(grey: &Grey, place: &Homography, pattern: &[(Point, bool)], shift: Point) -> f32 {
    let (mut sums, mut counts) = ([0.0f32; 2], [0.0f32; 2]);
    for (at, dark) in pattern {
        let which = usize::from(*dark);
        sums[which] += grey.at(place.apply(at.plus(shift)));
        counts[which] += 1.0;
    }
    sums[0] / counts[0].max(1.0) - sums[1] / counts[1].max(1.0)
}

/// The values with part of their neighbours taken out.
fn sharpened(values: &[f32], side: usize, by: f32) -> Vec<f32> {
    if by == 0.0 {
        return values.to_vec();
    }
    let at = |x: i64, y: i64| {
        let most = side as i64 - 1;
        values[y.clamp(0, most) as usize * side + x.clamp(0, most) as usize]
    };
    let mut sharp = Vec::with_capacity(values.len());
    for y in 0..side as i64 {
        for x in 0..side as i64 {
            let beside = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1);
            let corners = at(x - 1, y - 1) + at(x + 1, y - 1) + at(x - 1, y + 1) + at(x + 1, y + 1);
            let around = (beside + corners * 0.4) / 5.6;
            sharp.push(at(x, y) + by * 2.0 * (at(x, y) - around));
        }
    }
    sharp
}

/// Mean grey of each module's middle.
fn sample(grey: &Grey, side: usize, place: &Homography) -> Vec<f32> {
    let mut values = Vec::with_capacity(side * side);
    for y in 0..side {
        for x in 0..side {
            let sum: f32 = [(0.5, 0.5), (0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7)]
                .iter()
                .map(|(dx, dy)| grey.at(place.apply(point(x as f64 + dx, y as f64 + dy))))
                .sum();
            values.push(sum / 5.0);
        }
    }
    values
}

/// Dark or light by the middle between the darkest and the lightest modules around.
fn darkness(values: &[f32], side: usize, bias: f32) -> Vec<bool> {
    const AROUND: usize = 4;
    let mut dark = Vec::with_capacity(values.len());
    for y in 0..side {
        for x in 0..side {
            let (top, bottom) = (y.saturating_sub(AROUND), (y + AROUND + 1).min(side));
            let (left, right) = (x.saturating_sub(AROUND), (x + AROUND + 1).min(side));
            let (mut low, mut high) = (f32::MAX, f32::MIN);
            for row in top..bottom {
                for value in &values[row * side + left..row * side + right] {
                    low = low.min(*value);
                    high = high.max(*value);
                }
            }
            dark.push(values[y * side + x] < (low + high) / 2.0 + bias * (high - low));
        }
    }
    dark
}
