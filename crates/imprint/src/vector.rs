//! The imprint as lines: marching squares around the ink, thinned out and rounded.

use std::collections::HashMap;
use std::fmt::Write;

use crate::outline::Outline;
use crate::plane::Plane;

type Point = (f32, f32);

/// Lines stray from the edge of the ink by no more than this, in mm.
const STRAY_MM: f32 = 0.02;
/// Islands and holes smaller than this (in mm²) are left out.
const LEAST_MM2: f32 = 0.012;

/// The upright imprint as an SVG whose unit is the mm.
pub(crate) fn svg(
    coverage: &Plane,
    outline: &Outline,
    turn: f32,
    px_per_mm: f32,
    ink: [u8; 3],
) -> String {
    let (half_u, half_v) = outline.extent(turn);
    let (width, height) = (half_u * 2.0 / px_per_mm, half_v * 2.0 / px_per_mm);
    let (sin, cos) = turn.sin_cos();
    let upright = |(x, y): Point| {
        let (dx, dy) = (x - outline.centre.0, y - outline.centre.1);
        (
            (dx * cos - dy * sin) / px_per_mm + width / 2.0,
            (dx * sin + dy * cos) / px_per_mm + height / 2.0,
        )
    };
    let mut path = String::new();
    for line in contours(coverage) {
        let line: Vec<Point> = line.into_iter().map(upright).collect();
        if area(&line).abs() < LEAST_MM2 {
            continue;
        }
        draw(&mut path, &thinned(&line, STRAY_MM));
    }
    let [r, g, b] = ink;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.2}mm\" height=\"{height:.2}mm\" \
         viewBox=\"0 0 {width:.2} {height:.2}\"><path fill=\"#{r:02x}{g:02x}{b:02x}\" \
         fill-rule=\"evenodd\" d=\"{path}\"/></svg>"
    )
}

/// The closed lines on which the coverage is a half.
fn contours(coverage: &Plane) -> Vec<Vec<Point>> {
    // Every cell between four pixels has at most two pieces of line; each end lies on a side that the neighbour
    // shares, so that pieces are joined by the number of the side.
    let (width, height) = (coverage.width as i64, coverage.height as i64);
    let across = |x: i64, y: i64| ((y + 1) * (width + 2) + x + 1) * 2;
    let down = |x: i64, y: i64| across(x, y) + 1;
    let mut next: HashMap<i64, (i64, Point)> = HashMap::new();
    for y in -1..height {
        for x in -1..width {
            let corner = [
                coverage.at(x, y),
                coverage.at(x + 1, y),
                coverage.at(x + 1, y + 1),
                coverage.at(x, y + 1),
            ];
            let inside = corner.map(|value| value >= 0.5);
            if inside == [true; 4] || inside == [false; 4] {
                continue;
            }
            let part =
                |a: usize, b: usize| ((0.5 - corner[a]) / (corner[b] - corner[a])).clamp(0.0, 1.0);
            let (fx, fy) = (x as f32, y as f32);
            let side = |k: usize| match k {
                0 => (across(x, y), (fx + part(0, 1), fy)),
                1 => (down(x + 1, y), (fx + 1.0, fy + part(1, 2))),
                2 => (across(x, y + 1), (fx + part(3, 2), fy + 1.0)),
                _ => (down(x, y), (fx, fy + part(0, 3))),
            };
            let mut piece = |from: usize, to: usize| {
                let (key, point) = side(from);
                next.insert(key, (side(to).0, point));
            };
            // Ink to the right of each piece. A side where ink ends (clockwise) begins a piece or ends one.
            let ends: Vec<usize> = (0..4)
                .filter(|&k| inside[k] && !inside[(k + 1) % 4])
                .collect();
            let begins: Vec<usize> = (0..4)
                .filter(|&k| !inside[k] && inside[(k + 1) % 4])
                .collect();
            match (ends.as_slice(), begins.as_slice()) {
                ([end], [begin]) => piece(*end, *begin),
                ([e1, e2], [_, _]) => {
                    // A saddle: the two inked corners hang together if the middle is inked.
                    let joined = corner.iter().sum::<f32>() / 4.0 >= 0.5;
                    for end in [*e1, *e2] {
                        piece(end, if joined { (end + 1) % 4 } else { (end + 3) % 4 });
                    }
                }
                _ => {}
            }
        }
    }
    let mut lines = Vec::new();
    let mut starts: Vec<i64> = next.keys().copied().collect();
    starts.sort_unstable();
    for start in starts {
        let mut line = Vec::new();
        let mut at = start;
        while let Some((to, point)) = next.remove(&at) {
            line.push(point);
            at = to;
        }
        if line.len() >= 3 {
            lines.push(line);
        }
    }
    lines
}

fn area(line: &[Point]) -> f32 {
    let mut twice = 0.0;
    for (i, a) in line.iter().enumerate() {
        let b = line[(i + 1) % line.len()];
        twice += a.0 * b.1 - b.0 * a.1;
    }
    twice / 2.0
}

/// Leaves out points that are no farther than `stray` from the line without them (Douglas and Peucker).
fn thinned(line: &[Point], stray: f32) -> Vec<Point> {
    let count = line.len();
    let first = line[0];
    let far = (0..count)
        .max_by(|&a, &b| gap(line[a], first).total_cmp(&gap(line[b], first)))
        .unwrap_or(0);
    let mut keep = vec![false; count + 1];
    keep[0] = true;
    keep[far] = true;
    keep[count] = true;
    let at = |i: usize| line[i % count];
    let mut open = vec![(0, far), (far, count)];
    while let Some((from, to)) = open.pop() {
        if to < from + 2 {
            continue;
        }
        let (a, b) = (at(from), at(to));
        let length = gap(a, b);
        let off = |p: Point| {
            if length < 1e-6 {
                gap(a, p)
            } else {
                ((b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0)).abs() / length
            }
        };
        let (worst, distance) = (from + 1..to)
            .map(|i| (i, off(at(i))))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or((from, 0.0));
        if distance > stray {
            keep[worst] = true;
            open.push((from, worst));
            open.push((worst, to));
        }
    }
    (0..count).filter(|&i| keep[i]).map(at).collect()
}

fn gap(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Writes a closed line in hundredths of a mm, each step relative to the last.
fn draw(path: &mut String, line: &[Point]) {
    let hundredth = |p: Point| ((p.0 * 100.0).round() as i32, (p.1 * 100.0).round() as i32);
    let Some(&first) = line.first() else {
        return;
    };
    let mut at = hundredth(first);
    let number = |path: &mut String, value: i32| {
        if value < 0 {
            path.push('-');
        }
        let value = value.unsigned_abs();
        let (whole, part) = (value / 100, value % 100);
        if whole > 0 || part == 0 {
            let _ = write!(path, "{whole}");
        }
        if part > 0 {
            let _ = if part % 10 == 0 {
                write!(path, ".{}", part / 10)
            } else {
                write!(path, ".{part:02}")
            };
        }
    };
    path.push('M');
    number(path, at.0);
    path.push(' ');
    number(path, at.1);
    path.push('l');
    let mut begun = false;
    for &point in &line[1..] {
        let to = hundredth(point);
        if to == at {
            continue;
        }
        if begun && to.0 >= at.0 {
            path.push(' ');
        }
        number(path, to.0 - at.0);
        if to.1 >= at.1 {
            path.push(' ');
        }
        number(path, to.1 - at.1);
        begun = true;
        at = to;
    }
    if !begun {
        path.push_str("0 0");
    }
    path.push('z');
}

#[cfg(test)]
mod tests {
    use crate::scene::Scene;
    use crate::{Cut, Dpi, Ink, RoundSeal, cut, raster};

    /// The closed lines of a path as it is written here.
    fn read(svg: &str) -> Vec<Vec<(f64, f64)>> {
        let path = svg
            .split(" d=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let numbers = |text: &str| -> Vec<f64> {
            text.replace('-', " -")
                .split_ascii_whitespace()
                .map(|number| number.parse().unwrap())
                .collect()
        };
        path.split_terminator('z')
            .map(|line| {
                let (first, rest) = line.strip_prefix('M').unwrap().split_once('l').unwrap();
                let mut at = (numbers(first)[0], numbers(first)[1]);
                let mut points = vec![at];
                for step in numbers(rest).chunks_exact(2) {
                    at = (at.0 + step[0], at.1 + step[1]);
                    points.push(at);
                }
                points
            })
            .collect()
    }

    #[test]
    fn the_lines_enclose_what_the_picture_shows() {
        let png = RoundSeal::new("厦门市数字经济发展中心", 42.0)
            .transparent(600)
            .unwrap();
        let seal = image::load_from_memory(&png).unwrap().to_rgba8();
        for (noise, blur, px_per_mm, least) in [(2.0, 0.05, 11.811, 0.98), (6.0, 0.1, 7.9, 0.95)] {
            let scene = Scene {
                turn: 9.0,
                noise,
                blur,
                px_per_mm,
                ..Scene::default()
            };
            let sheet = scene.stamp(&seal, 600.0).sheet;
            let cut = cut(&sheet, px_per_mm, &Cut::new(Ink::Red)).unwrap();
            let svg = cut.svg();
            assert!(svg.len() < 200_000, "{} bytes", svg.len());
            let picture = image::load_from_memory(&cut.png(Dpi::D300).unwrap()).unwrap();
            let picture = picture.to_rgba8();
            let side = picture.width().max(picture.height());
            let drawn = raster::fill(&[read(&svg)], side, 300.0 / 25.4, [0; 3]);
            let (mut both, mut either) = (0.0_f32, 0.0_f32);
            for (x, y, pixel) in picture.enumerate_pixels() {
                let (a, b) = (pixel[3] >= 128, drawn.get_pixel(x, y)[3] >= 128);
                both += f32::from(a && b);
                either += f32::from(a || b);
            }
            assert!(both / either > least, "{}", both / either);
        }
    }
}
