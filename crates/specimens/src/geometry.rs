//! From pixels of a picture to mm on the page.

use crate::chance::Chance;

/// Width and height of the sheet in mm.
pub(crate) const PAGE: (f64, f64) = (210.0, 297.0);

/// From the picture of a pinhole camera to the page: tilted about an axis in the page's plane, turned in it, the whole
/// page in view.
pub(crate) fn perspective(
    (width, height): (u32, u32),
    tilt: f32,
    axis: f32,
    turn: f32,
    chance: &mut Chance,
) -> [f64; 9] {
    let (ts, tc) = f64::from(tilt).to_radians().sin_cos();
    let (az, ax) = f64::from(axis).to_radians().sin_cos();
    let (rs, rc) = f64::from(turn).to_radians().sin_cos();
    let far = f64::from(chance.between(380.0, 560.0));
    // Of a point on the page, mm from its middle, to the plane of the picture at unit focal length.
    let project = |x: f64, y: f64| {
        let (x, y) = (x * rc - y * rs, x * rs + y * rc);
        let along = x * ax + y * az;
        let off = -x * az + y * ax;
        let (off, depth) = (off * tc, off * ts + far);
        (
            (along * ax - off * az) / depth,
            (along * az + off * ax) / depth,
        )
    };
    let corners = [
        (-105.0, -148.5),
        (105.0, -148.5),
        (105.0, 148.5),
        (-105.0, 148.5),
    ];
    let seen = corners.map(|(x, y)| project(x, y));
    let bounds = |of: fn(&(f64, f64)) -> f64| {
        let values = seen.iter().map(of);
        values.fold((f64::MAX, f64::MIN), |(low, high), v| {
            (low.min(v), high.max(v))
        })
    };
    let (x, y) = (bounds(|p| p.0), bounds(|p| p.1));
    let fill = f64::from(chance.between(0.84, 0.97));
    let scale = fill * (f64::from(width) / (x.1 - x.0)).min(f64::from(height) / (y.1 - y.0));
    let room = (
        f64::from(width) - scale * (x.1 - x.0),
        f64::from(height) - scale * (y.1 - y.0),
    );
    let at = (
        room.0 * f64::from(chance.between(0.3, 0.7)),
        room.1 * f64::from(chance.between(0.3, 0.7)),
    );
    let picture = seen.map(|(px, py)| ((px - x.0) * scale + at.0, (py - y.0) * scale + at.1));
    let page = [(0.0, 0.0), (PAGE.0, 0.0), (PAGE.0, PAGE.1), (0.0, PAGE.1)];
    from_corners(&picture, &page)
}

/// The homography that takes four points to four others.
fn from_corners(from: &[(f64, f64); 4], to: &[(f64, f64); 4]) -> [f64; 9] {
    let mut rows = [[0.0_f64; 9]; 8];
    for (i, (&(x, y), &(u, v))) in from.iter().zip(to).enumerate() {
        rows[2 * i] = [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u];
        rows[2 * i + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v];
    }
    // Gauss with the largest pivot.
    for column in 0..8 {
        let best = (column..8)
            .max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))
            .unwrap_or(column);
        rows.swap(column, best);
        let pivot = rows[column];
        for (i, row) in rows.iter_mut().enumerate() {
            if i != column {
                let share = row[column] / pivot[column];
                for (value, of) in row.iter_mut().zip(pivot) {
                    *value -= share * of;
                }
            }
        }
    }
    let mut out = [1.0; 9];
    for (i, value) in out.iter_mut().take(8).enumerate() {
        *value = rows[i][8] / rows[i][i];
    }
    out
}

/// Where a homography takes a point.
pub(crate) fn map(m: &[f64; 9], x: f64, y: f64) -> (f64, f64) {
    let w = m[6] * x + m[7] * y + m[8];
    (
        (m[0] * x + m[1] * y + m[2]) / w,
        (m[3] * x + m[4] * y + m[5]) / w,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_corners_make_the_homography() {
        let from = [(10.0, 20.0), (210.0, 30.0), (190.0, 320.0), (5.0, 300.0)];
        let to = [(0.0, 0.0), (210.0, 0.0), (210.0, 297.0), (0.0, 297.0)];
        let m = from_corners(&from, &to);
        for (p, q) in from.iter().zip(to) {
            let (x, y) = map(&m, p.0, p.1);
            assert!((x - q.0).hypot(y - q.1) < 1e-6);
        }
    }
}
