//! Whether a page was printed at its actual size. The marks tell how large the print is in the picture; the page's edges
//! or the scanner's resolution tell how large the paper is.

use crate::How;
use crate::edges;
use crate::find::Found;
use crate::geometry::{Point, point};
use crate::grey::Grey;

/// Print that differs less from actual size is taken as printed at actual size.
const TOLERANCE: f64 = 0.012;

/// The size of the print as a share of actual size, when it was measured and is off.
pub(crate) fn measure(grey: &Grey, found: &Found, dpi: Option<f32>) -> Option<f32> {
    if found.how != How::CornerMarks || found.error_mm.is_none_or(|error| error > 1.5) {
        return None;
    }
    let scale = by_edges(grey, found).or_else(|| by_resolution(found, dpi))?;
    ((scale - 1.0).abs() > TOLERANCE && (0.7..1.3).contains(&scale)).then_some(scale as f32)
}

/// By the paper's edges: both pairs have to say the same.
fn by_edges(grey: &Grey, found: &Found) -> Option<f64> {
    let back = found.map.inverse()?;
    let corners = found
        .layout
        .corners()
        .map(|corner| grey.to_own(found.map.apply(corner)));
    let reach = 7.0 * found.map.scale_at(point(105.0, 148.5)) / grey.step as f64;
    let sides = edges::sides_near(grey, &corners, reach);
    let mm = |i: usize| -> Option<Point> {
        let side = sides[i]?;
        let middle = corners[i].plus(corners[(i + 1) % 4]).times(0.5);
        let way = middle.minus(side.at).dot(side.along);
        Some(back.apply(grey.to_full(side.at.plus(side.along.times(way)))))
    };
    let (top, right, bottom, left) = (mm(0)?, mm(1)?, mm(2)?, mm(3)?);
    let (across, down) = (
        found.layout.width / (right.x - left.x),
        found.layout.height / (bottom.y - top.y),
    );
    ((across / down - 1.0).abs() < 0.008).then_some((across + down) / 2.0)
}

/// By a scanner's resolution, if the page is flat and the resolution fits a scan of a page.
fn by_resolution(found: &Found, dpi: Option<f32>) -> Option<f64> {
    let real = f64::from(dpi?) / 25.4;
    let at = |x: f64, y: f64| found.map.scale_at(point(x, y));
    let scales = [
        at(20.0, 20.0),
        at(190.0, 20.0),
        at(20.0, 277.0),
        at(190.0, 277.0),
    ];
    let (least, most) = scales
        .iter()
        .fold((f64::MAX, 0.0f64), |(l, m), s| (l.min(*s), m.max(*s)));
    let scale = scales.iter().sum::<f64>() / 4.0 / real;
    (most < least * 1.01 && (0.85..1.15).contains(&scale)).then_some(scale)
}
