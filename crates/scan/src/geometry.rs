//! Points, and the maps between the plane of a sheet (mm) and the plane of a picture (pixels).

/// A point: pixels in a picture (the centre of the first pixel is at 0.5, 0.5) or mm on a sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Shorthand for a point.
pub(crate) fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

impl Point {
    pub(crate) fn minus(self, other: Self) -> Self {
        point(self.x - other.x, self.y - other.y)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        point(self.x + other.x, self.y + other.y)
    }

    pub(crate) fn times(self, factor: f64) -> Self {
        point(self.x * factor, self.y * factor)
    }

    pub(crate) fn length(self) -> f64 {
        self.x.hypot(self.y)
    }

    pub(crate) fn distance(self, other: Self) -> f64 {
        self.minus(other).length()
    }

    /// The vector at length 1; a vector of length 0 stays.
    pub(crate) fn unit(self) -> Self {
        let length = self.length();
        if length > 0.0 {
            self.times(1.0 / length)
        } else {
            self
        }
    }

    pub(crate) fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    /// Positive when `other` lies clockwise of this vector (y points down).
    pub(crate) fn cross(self, other: Self) -> f64 {
        self.x * other.y - self.y * other.x
    }
}

/// A straight line: a point on it and its direction (of length 1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) at: Point,
    pub(crate) along: Point,
}

impl Line {
    pub(crate) fn through(from: Point, to: Point) -> Self {
        Self {
            at: from,
            along: to.minus(from).unit(),
        }
    }

    /// Distance of a point, positive on the clockwise side.
    pub(crate) fn offset(&self, of: Point) -> f64 {
        self.along.cross(of.minus(self.at))
    }

    /// Where two lines cross; none when they are nearly parallel.
    pub(crate) fn crossing(&self, other: &Self) -> Option<Point> {
        let across = self.along.cross(other.along);
        if across.abs() < 1e-3 {
            return None;
        }
        let way = other.at.minus(self.at).cross(other.along) / across;
        Some(self.at.plus(self.along.times(way)))
    }

    /// The line that fits points best (total least squares), without those that lie far off.
    pub(crate) fn fit(points: &[Point]) -> Option<Self> {
        let mut kept: Vec<Point> = points.to_vec();
        let mut line = Self::least_squares(&kept)?;
        for _ in 0..3 {
            let mut off: Vec<f64> = kept.iter().map(|p| line.offset(*p).abs()).collect();
            off.sort_by(f64::total_cmp);
            let limit = (off[off.len() / 2] * 3.0).max(0.25);
            kept.retain(|p| line.offset(*p).abs() <= limit);
            if kept.len() < 3 {
                return None;
            }
            line = Self::least_squares(&kept)?;
        }
        Some(line)
    }

    fn least_squares(points: &[Point]) -> Option<Self> {
        if points.len() < 2 {
            return None;
        }
        let n = points.len() as f64;
        let middle = points
            .iter()
            .fold(point(0.0, 0.0), |sum, p| sum.plus(*p))
            .times(1.0 / n);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for p in points {
            let d = p.minus(middle);
            xx += d.x * d.x;
            xy += d.x * d.y;
            yy += d.y * d.y;
        }
        if xx + yy <= 0.0 {
            return None;
        }
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        Some(Self {
            at: middle,
            along: point(angle.cos(), angle.sin()),
        })
    }
}

/// A projective map of the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Homography(pub(crate) [f64; 9]);

/// A point of one plane, the same point of the other, and how much it counts.
pub(crate) type Pair = (Point, Point, f64);

impl Homography {
    /// The map that takes every first point nearest to its second (least squares); none when the points do not tell.
    pub(crate) fn fit(pairs: &[Pair]) -> Option<Self> {
        if pairs.len() < 4 {
            return None;
        }
        let (from, to) = (Normal::of(pairs, |p| p.0)?, Normal::of(pairs, |p| p.1)?);
        let mut system = [[0.0; 9]; 8];
        for (a, b, weight) in pairs {
            let (a, b) = (from.apply(*a), to.apply(*b));
            let rows = [
                [a.x, a.y, 1.0, 0.0, 0.0, 0.0, -b.x * a.x, -b.x * a.y, b.x],
                [0.0, 0.0, 0.0, a.x, a.y, 1.0, -b.y * a.x, -b.y * a.y, b.y],
            ];
            add_squares(&mut system, &rows, *weight);
        }
        let h = solve(&mut system)?;
        let normal = Self([h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0]);
        let whole = to.back().after(&normal).after(&from.forth());
        whole.is_sound().then_some(whole)
    }

    /// The affine map that fits best (three points or more).
    pub(crate) fn affine(pairs: &[Pair]) -> Option<Self> {
        if pairs.len() < 3 {
            return None;
        }
        let (from, to) = (Normal::of(pairs, |p| p.0)?, Normal::of(pairs, |p| p.1)?);
        let mut system = [[0.0; 7]; 6];
        for (a, b, weight) in pairs {
            let (a, b) = (from.apply(*a), to.apply(*b));
            let rows = [
                [a.x, a.y, 1.0, 0.0, 0.0, 0.0, b.x],
                [0.0, 0.0, 0.0, a.x, a.y, 1.0, b.y],
            ];
            add_squares(&mut system, &rows, *weight);
        }
        let h = solve(&mut system)?;
        let normal = Self([h[0], h[1], h[2], h[3], h[4], h[5], 0.0, 0.0, 1.0]);
        let whole = to.back().after(&normal).after(&from.forth());
        whole.is_sound().then_some(whole)
    }

    /// Where a point goes. A point on the horizon goes very far away.
    pub(crate) fn apply(&self, p: Point) -> Point {
        let h = &self.0;
        let w = h[6] * p.x + h[7] * p.y + h[8];
        let w = if w.abs() < 1e-12 { 1e-12 } else { w };
        point(
            (h[0] * p.x + h[1] * p.y + h[2]) / w,
            (h[3] * p.x + h[4] * p.y + h[5]) / w,
        )
    }

    /// This map after another.
    pub(crate) fn after(&self, first: &Self) -> Self {
        let (a, b) = (&self.0, &first.0);
        let mut product = [0.0; 9];
        for row in 0..3 {
            for column in 0..3 {
                product[row * 3 + column] =
                    (0..3).map(|k| a[row * 3 + k] * b[k * 3 + column]).sum();
            }
        }
        Self(product)
    }

    /// The map back; none when this one flattens the plane.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let m = &self.0;
        let minor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
        let adjoint = [
            minor(4, 5, 7, 8),
            -minor(1, 2, 7, 8),
            minor(1, 2, 4, 5),
            -minor(3, 5, 6, 8),
            minor(0, 2, 6, 8),
            -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7),
            -minor(0, 1, 6, 7),
            minor(0, 1, 3, 4),
        ];
        let determinant = m[0] * adjoint[0] + m[1] * adjoint[3] + m[2] * adjoint[6];
        let back = Self(adjoint.map(|value| value / determinant));
        back.is_sound().then_some(back)
    }

    /// How many times longer things become around a point (square root of how much larger areas become).
    pub(crate) fn scale_at(&self, p: Point) -> f64 {
        let middle = self.apply(p);
        let right = self.apply(point(p.x + 0.5, p.y)).minus(middle);
        let down = self.apply(point(p.x, p.y + 0.5)).minus(middle);
        (right.cross(down).abs() * 4.0).sqrt()
    }

    fn is_sound(&self) -> bool {
        self.0.iter().all(|value| value.is_finite())
    }
}

/// Moves and scales points to around 0, so that the equations are well conditioned.
struct Normal {
    middle: Point,
    scale: f64,
}

impl Normal {
    fn of(pairs: &[Pair], which: impl Fn(&Pair) -> Point) -> Option<Self> {
        let n = pairs.len() as f64;
        let middle = pairs
            .iter()
            .fold(point(0.0, 0.0), |sum, pair| sum.plus(which(pair)))
            .times(1.0 / n);
        let spread = pairs
            .iter()
            .map(|pair| which(pair).distance(middle))
            .sum::<f64>()
            / n;
        (spread.is_finite() && spread > 1e-9).then(|| Self {
            middle,
            scale: 1.0 / spread,
        })
    }

    fn apply(&self, p: Point) -> Point {
        p.minus(self.middle).times(self.scale)
    }

    fn forth(&self) -> Homography {
        let (s, m) = (self.scale, self.middle);
        Homography([s, 0.0, -s * m.x, 0.0, s, -s * m.y, 0.0, 0.0, 1.0])
    }

    fn back(&self) -> Homography {
        let (s, m) = (1.0 / self.scale, self.middle);
        Homography([s, 0.0, m.x, 0.0, s, m.y, 0.0, 0.0, 1.0])
    }
}

/// Adds equations (coefficients, then the right side) to the normal equations.
fn add_squares<const N: usize, const M: usize>(
    system: &mut [[f64; M]; N],
    rows: &[[f64; M]],
    weight: f64,
) {
    for row in rows {
        for (i, line) in system.iter_mut().enumerate() {
            for (sum, value) in line.iter_mut().zip(row) {
                *sum += weight * row[i] * value;
            }
        }
    }
}

/// Solves a linear system by elimination with pivots.
fn solve<const N: usize, const M: usize>(system: &mut [[f64; M]; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let pivot = (column..N).max_by(|a, b| {
            system[*a][column]
                .abs()
                .total_cmp(&system[*b][column].abs())
        })?;
        if !system[pivot][column].is_finite() || system[pivot][column].abs() < 1e-14 {
            return None;
        }
        system.swap(column, pivot);
        let line = system[column];
        for row in system.iter_mut().skip(column + 1) {
            let factor = row[column] / line[column];
            for (value, above) in row.iter_mut().zip(&line) {
                *value -= factor * above;
            }
        }
    }
    let mut solution = [0.0; N];
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|k| system[row][k] * solution[k]).sum();
        solution[row] = (system[row][M - 1] - known) / system[row][row];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TILTED: Homography = Homography([3.1, 0.4, 100.0, -0.3, 2.9, 80.0, 0.0004, -0.0007, 1.0]);

    #[test]
    fn four_points_tell_a_perspective() {
        let corners = [(8.6, 8.6), (201.4, 8.6), (201.4, 288.4), (8.6, 288.4)];
        let pairs: Vec<Pair> = corners
            .iter()
            .map(|(x, y)| (point(*x, *y), TILTED.apply(point(*x, *y)), 1.0))
            .collect();
        let found = Homography::fit(&pairs).unwrap();
        let p = point(120.0, 70.0);
        assert!(found.apply(p).distance(TILTED.apply(p)) < 1e-6);
        let back = found.inverse().unwrap();
        assert!(back.apply(found.apply(p)).distance(p) < 1e-6);
    }

    #[test]
    fn points_on_a_line_tell_nothing() {
        let pairs: Vec<Pair> = (0..5)
            .map(|i| (point(f64::from(i), 0.0), point(f64::from(i), 3.0), 1.0))
            .collect();
        assert!(Homography::fit(&pairs).is_none());
        assert!(Homography::affine(&pairs).is_none());
    }

    #[test]
    fn a_line_is_not_bent_by_a_stray_point() {
        let mut points: Vec<Point> = (0..20)
            .map(|i| point(f64::from(i), 2.0 + f64::from(i) * 0.5))
            .collect();
        points.push(point(10.0, 30.0));
        let line = Line::fit(&points).unwrap();
        assert!(line.offset(point(0.0, 2.0)).abs() < 0.01);
    }
}
