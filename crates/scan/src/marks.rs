//! The corner marks of the application form: black angles with arms of 8 × 1.2 mm.

use crate::blobs::{Blob, blobs};
use crate::geometry::{Homography, Line, Point, point};
use crate::grey::{Bits, Grey};

/// Where the middle lines of a mark's arms cross on the sheet (mm), for the corners top left, top right, bottom right,
/// bottom left. Ink that spreads or fades moves an arm's edges, not its middle.
pub(crate) const CROSSINGS: [Point; 4] = [
    point_of(8.6, 8.6),
    point_of(201.4, 8.6),
    point_of(201.4, 288.4),
    point_of(8.6, 288.4),
];

const fn point_of(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// Length of an arm in mm.
const ARM_MM: f64 = 8.0;

/// A black angle in a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Angle {
    /// Where the arms' middle lines cross.
    pub(crate) corner: Point,
    /// The ends of the arms.
    pub(crate) tips: [Point; 2],
}

impl Angle {
    fn arm(&self) -> f64 {
        (self.tips[0].distance(self.corner) + self.tips[1].distance(self.corner)) / 2.0
    }
}

/// All angles in a picture, in its own pixels.
pub(crate) fn angles(ink: &Bits) -> Vec<Angle> {
    let long = ink.width.max(ink.height) as u32;
    // Between a page that fills a third of the picture and one that is cut at its edges.
    blobs(ink, (long / 130).max(7), long / 14)
        .iter()
        .filter_map(angle_of)
        .collect()
}

/// Whether a patch is an angle: two arms of like length, thin, and nothing else.
fn angle_of(blob: &Blob) -> Option<Angle> {
    let filled = blob.area as f64 / f64::from(blob.width() * blob.height());
    if !(0.10..0.75).contains(&filled) {
        return None;
    }
    let rim: Vec<Point> = blob.rim().collect();
    let furthest = |from: Point| {
        rim.iter()
            .copied()
            .max_by(|a, b| a.distance(from).total_cmp(&b.distance(from)))
    };
    // The two points furthest apart are the outer ends of the arms.
    let middle = point(
        f64::from(blob.left + blob.right) / 2.0,
        f64::from(blob.top + blob.bottom) / 2.0,
    );
    let mut a = furthest(middle)?;
    let mut b = furthest(a)?;
    a = furthest(b)?;
    b = furthest(a)?;
    let base = Line::through(a, b);
    let corner = rim
        .iter()
        .copied()
        .max_by(|p, q| base.offset(*p).abs().total_cmp(&base.offset(*q).abs()))?;
    // The furthest points may be the corner and a tip when one arm is much foreshortened: take the widest angle's corner.
    let (arm_a, arm_b) = (a.minus(corner), b.minus(corner));
    let (long, short) = (
        arm_a.length().max(arm_b.length()),
        arm_a.length().min(arm_b.length()),
    );
    if short < 5.0 || long > short * 1.9 {
        return None;
    }
    let cosine = arm_a.dot(arm_b) / (arm_a.length() * arm_b.length());
    if cosine.abs() > 0.6 {
        return None;
    }
    let thickness = blob.area as f64 / (long + short);
    if !(0.06..0.30).contains(&(thickness / (long + short) * 2.0)) {
        return None;
    }
    // All ink lies along the arms.
    let arms = [Line::through(corner, a), Line::through(corner, b)];
    let limit = thickness * 1.8 + 1.5;
    let stray = rim
        .iter()
        .filter(|p| arms.iter().all(|arm| arm.offset(**p).abs() > limit))
        .count();
    if stray * 12 > rim.len() {
        return None;
    }
    let inward = arm_a
        .unit()
        .plus(arm_b.unit())
        .times(thickness * 0.5 / (1.0 - cosine * cosine).sqrt());
    Some(Angle {
        corner: corner.plus(inward),
        tips: [a, b],
    })
}

/// The four marks of a page in a picture, going round; and, for a page with one mark missing, where it would be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Four {
    /// Crossings of the arms, one after the other around the page.
    pub(crate) corners: [Point; 4],
    /// How long the arms of each are in pixels; none for a mark that was not seen but worked out from the others.
    pub(crate) arms: [Option<f64>; 4],
}

impl Four {
    /// Whether the arms are as long as the sides tell, for a map from mm on the sheet to the picture's pixels and the
    /// corners in the order of [`CROSSINGS`].
    pub(crate) fn arms_fit(&self, map: &Homography) -> bool {
        self.arms.iter().zip(CROSSINGS).all(|(arm, at)| {
            arm.is_none_or(|arm| (0.68..1.4).contains(&(arm / (ARM_MM * map.scale_at(at)))))
        })
    }

    /// The same marks with the corners in another order.
    pub(crate) fn in_order(&self, corners: [Point; 4]) -> Self {
        let arms = corners.map(|corner| {
            let at = self.corners.iter().position(|own| *own == corner)?;
            self.arms[at]
        });
        Self { corners, arms }
    }
}

/// Groups angles to pages: the arms of each point to its two neighbours.
///
/// First those with four marks, the largest first, then those with three.
pub(crate) fn pages(angles: &[Angle]) -> Vec<Four> {
    let mut angles: Vec<Angle> = angles.to_vec();
    if angles.len() > 60 {
        // A busy ground: the marks are among the larger angles.
        angles.sort_by(|a, b| b.arm().total_cmp(&a.arm()));
        angles.truncate(60);
    }
    let mut links: Vec<(usize, usize, usize, usize)> = Vec::new();
    for i in 0..angles.len() {
        for j in i + 1..angles.len() {
            for a in 0..2 {
                for b in 0..2 {
                    if face(&angles[i], a, &angles[j], b) {
                        links.push((i, a, j, b));
                    }
                }
            }
        }
    }
    let next = |of: usize, arm: usize| {
        links
            .iter()
            .filter_map(move |&(i, a, j, b)| match () {
                () if (i, a) == (of, arm) => Some((j, b)),
                () if (j, b) == (of, arm) => Some((i, a)),
                () => None,
            })
            .collect::<Vec<_>>()
    };
    let (mut whole, mut three) = (Vec::new(), Vec::new());
    for first in 0..angles.len() {
        for (second, entered) in next(first, 0) {
            for (third, entered) in next(second, 1 - entered) {
                if third == first {
                    continue;
                }
                let chain = [first, second, third].map(|index| angles[index]);
                three.extend(fourth_of(&chain, 1 - entered));
                for (last, entered) in next(third, 1 - entered) {
                    let closes = last != first
                        && last != second
                        && next(last, 1 - entered).contains(&(first, 1));
                    if closes {
                        let around = [first, second, third, last].map(|at| angles[at]);
                        let arms = around.map(|angle| Some(angle.arm()));
                        whole.extend(weighed(around.map(|angle| angle.corner), arms));
                    }
                }
            }
        }
    }
    for found in [&mut whole, &mut three] {
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        // Each page is met from each of its corners.
        found.dedup_by(|a, b| (a.0 - b.0).abs() < 1e-6 * b.0);
        found.truncate(3);
    }
    whole
        .into_iter()
        .chain(three)
        .map(|(_, four)| four)
        .collect()
}

/// Whether two arms point at each other, far apart.
fn face(one: &Angle, a: usize, other: &Angle, b: usize) -> bool {
    let between = other.corner.minus(one.corner);
    let distance = between.length();
    let (arm_one, arm_other) = (
        one.tips[a].minus(one.corner),
        other.tips[b].minus(other.corner),
    );
    let (long, short) = (
        arm_one.length().max(arm_other.length()),
        arm_one.length().min(arm_other.length()),
    );
    // 193 or 280 mm apart with arms of 8 mm, seen in perspective.
    if distance < short * 12.0 || distance > long * 60.0 || long > short * 2.2 {
        return false;
    }
    let straight = |arm: Point, to: Point| arm.unit().dot(to.unit()) > 0.985;
    straight(arm_one, between) && straight(arm_other, between.times(-1.0))
}

/// Where the fourth mark would be, from the free arms of the first and the third.
fn fourth_of(chain: &[Angle; 3], free_arm_of_third: usize) -> Option<(f64, Four)> {
    let [first, second, third] = chain;
    // The arms are too short to aim with over the whole page: the parallelogram, corrected half way by the arms.
    let parallel = first.corner.plus(third.corner).minus(second.corner);
    let aimed = Line::through(first.corner, first.tips[1])
        .crossing(&Line::through(third.corner, third.tips[free_arm_of_third]))?;
    let side = first.corner.distance(third.corner);
    let fourth = if aimed.distance(parallel) < side * 0.2 {
        aimed.plus(parallel).times(0.5)
    } else {
        parallel
    };
    weighed(
        [first.corner, second.corner, third.corner, fourth],
        [
            Some(first.arm()),
            Some(second.arm()),
            Some(third.arm()),
            None,
        ],
    )
}

/// The area of a page's quadrilateral, if it can be a page.
fn weighed(corners: [Point; 4], arms: [Option<f64>; 4]) -> Option<(f64, Four)> {
    let turns: Vec<f64> = (0..4)
        .map(|i| {
            let (a, b, c) = (corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]);
            b.minus(a).cross(c.minus(b))
        })
        .collect();
    if !(turns.iter().all(|t| *t > 0.0) || turns.iter().all(|t| *t < 0.0)) {
        return None;
    }
    let side = |i: usize| corners[i].distance(corners[(i + 1) % 4]);
    let (one, other) = (side(0) + side(2), side(1) + side(3));
    // 193 : 280 seen in perspective up to 35 degrees.
    if !(1.08..2.0).contains(&(one.max(other) / one.min(other))) {
        return None;
    }
    let area = turns.iter().sum::<f64>().abs();
    Some((area, Four { corners, arms }))
}

/// The middle line of the arm of a mark that points to another corner, measured on grey values.
pub(crate) fn aim(grey: &Grey, corner: Point, to: Point, px_per_mm: f64) -> Option<Line> {
    middle_line(grey, corner, to.minus(corner).unit(), px_per_mm)
}

/// A mark measured on grey values: the middle lines of its arms, by the ink's centre of gravity across them.
/// `towards` are points on the sides of the page that start at this corner.
pub(crate) fn refine(
    grey: &Grey,
    corner: Point,
    towards: [Point; 2],
    px_per_mm: f64,
) -> Option<Point> {
    let mut corner = corner;
    for _ in 0..2 {
        let lines: Vec<Line> = towards
            .iter()
            .filter_map(|to| {
                let along = to.minus(corner).unit();
                middle_line(grey, corner, along, px_per_mm)
            })
            .collect();
        let [one, other] = lines.as_slice() else {
            return None;
        };
        let found = one.crossing(other)?;
        if found.distance(corner) > 3.0 * px_per_mm {
            return None;
        }
        corner = found;
    }
    Some(corner)
}

fn middle_line(grey: &Grey, corner: Point, along: Point, px_per_mm: f64) -> Option<Line> {
    let across = point(-along.y, along.x);
    let reach = 2.4 * px_per_mm;
    let steps = (2.0 * reach / 0.5).ceil() as usize;
    let mut points = Vec::new();
    for i in 0..24 {
        let way = (2.0 + (ARM_MM - 3.0) * f64::from(i) / 23.0) * px_per_mm;
        let middle = corner.plus(along.times(way));
        let profile: Vec<f32> = (0..=steps)
            .map(|k| grey.at(middle.plus(across.times(k as f64 * 0.5 - reach))))
            .collect();
        let (low, high) = profile
            .iter()
            .fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        if high - low < 30.0 {
            continue;
        }
        let half = low + (high - low) * 0.6;
        let (mut sum, mut moment) = (0.0, 0.0);
        for (k, value) in profile.iter().enumerate() {
            let dark = f64::from((half - value).max(0.0));
            sum += dark;
            moment += dark * (k as f64 * 0.5 - reach);
        }
        // An arm is 1.2 mm wide; a wide dark patch is something else.
        let width = profile.iter().filter(|v| **v < half).count() as f64 * 0.5 / px_per_mm;
        if sum > 0.0 && (0.4..2.6).contains(&width) {
            points.push(middle.plus(across.times(moment / sum)));
        }
    }
    if points.len() < 8 {
        return None;
    }
    Line::fit(&points)
}
