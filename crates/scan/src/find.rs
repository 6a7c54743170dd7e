//! What a picture shows of a page, and the map from the sheet to the picture that follows from it.

use image::RgbImage;

use crate::How;
use crate::edges;
use crate::eyes::eyes;
use crate::geometry::{Homography, Pair, Point, point};
use crate::grey::Grey;
use crate::layout::{ACROSS, FORM, Layout, PAPER};
use crate::marks::{self, CROSSINGS, Four};
use crate::qr::{self, Code};
use crate::warp::warp;

/// A page found in a picture.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// From mm on the sheet to pixels of the picture.
    pub(crate) map: Homography,
    /// What the sheet is like.
    pub(crate) layout: Layout,
    pub(crate) how: How,
    pub(crate) code: Option<Code>,
    /// Whether the picture shows the page mirrored.
    pub(crate) mirrored: bool,
    /// The largest distance in mm between where a mark is and where it should be.
    pub(crate) error_mm: Option<f64>,
    /// Whether all that was looked for was in the picture.
    pub(crate) whole: bool,
}

/// How far (mm) what is printed may lie from where it should be, before something else is taken to be printed there.
const FAR_MM: f64 = 12.0;

/// Finds the page. `grey` is the picture made smaller.
pub(crate) fn find(picture: &RgbImage, grey: &Grey, dpi: Option<f32>) -> Found {
    let ink = grey.ink((grey.width.max(grey.height) / 40).max(12), 0.12);
    let pages = marks::pages(&marks::angles(&ink));
    let code = qr::read_from_eyes(grey, &eyes(&ink)).map(|code| in_full(code, grey));
    let by_marks = |four: &Four| by_marks(picture, grey, four, code.as_ref());
    if let Some(found) = pages.iter().find_map(by_marks) {
        return found;
    }
    let code = code.or_else(|| look_again(picture, grey));
    let page = page_edges(grey);
    if let Some(code) = code {
        return by_code(grey, code, page.as_ref(), dpi);
    }
    if let Some(page) = page {
        return by_edges(picture, grey, &page);
    }
    whole_picture(grey)
}

/// The place of a code told in pixels of the whole picture.
fn in_full(code: Code, grey: &Grey) -> Code {
    let step = grey.step as f64;
    Code {
        place: Homography([step, 0.0, 0.0, 0.0, step, 0.0, 0.0, 0.0, 1.0]).after(&code.place),
        ..code
    }
}

/// Reads the code with other thresholds, then on finer pixels.
fn look_again(picture: &RgbImage, grey: &Grey) -> Option<Code> {
    if let Some(code) = qr::read(grey) {
        return Some(in_full(code, grey));
    }
    if grey.step > 1 {
        let fine = Grey::of(picture, grey.step / 2);
        return qr::read(&fine).map(|code| in_full(code, &fine));
    }
    if grey.width * grey.height <= 3_500_000 {
        let large = grey.doubled();
        return qr::read(&large).map(|code| Code {
            place: Homography([0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0]).after(&code.place),
            ..code
        });
    }
    None
}

/// The sheet by its four corner marks (or three), turned the way the code says. Without the code at its place four marks
/// are believed unless a code was read elsewhere, three are not.
fn by_marks(picture: &RgbImage, grey: &Grey, four: &Four, code: Option<&Code>) -> Option<Found> {
    let mut best: Option<(f32, Homography, Four)> = None;
    for (corners, mirrored) in turns(&four.corners) {
        let four = four.in_order(corners);
        let Some(map) = fit_corners(&CROSSINGS, &corners) else {
            continue;
        };
        if !portrait(&corners) || !four.arms_fit(&map) {
            continue;
        }
        let step = grey.step as f64;
        let map = Homography([step, 0.0, 0.0, 0.0, step, 0.0, 0.0, 0.0, 1.0]).after(&map);
        let whole = four.arms.iter().all(Option::is_some);
        // With a corner guessed, the code may lie far off until the corner is measured.
        let near = if whole { FAR_MM } else { 3.0 * FAR_MM };
        let read = match code {
            Some(code) => (anchors_off(&map, &FORM, code) < near).then(|| code.clone()),
            None => read_on(picture, &map, &FORM),
        };
        if read.is_some() {
            let found = measured(grey, &map, &four, mirrored, read);
            if found.error_mm.is_some_and(|error| error < FAR_MM / 2.0) {
                return Some(found);
            }
            continue;
        }
        let likely = texture(picture, &map, &FORM);
        if whole && !mirrored && best.as_ref().is_none_or(|(most, ..)| likely > *most) {
            best = Some((likely, map, four));
        }
    }
    let (_, map, four) = best.filter(|_| code.is_none())?;
    Some(measured(grey, &map, &four, false, None))
}

/// The map measured on grey values.
fn measured(
    grey: &Grey,
    rough: &Homography,
    four: &Four,
    mirrored: bool,
    read: Option<Code>,
) -> Found {
    let px_per_mm = |i: usize| rough.scale_at(CROSSINGS[i]) / grey.step as f64;
    let mut pairs: Vec<Pair> = Vec::new();
    for (i, &crossing) in CROSSINGS.iter().enumerate() {
        let (next, previous) = ((i + 1) % 4, (i + 3) % 4);
        let (at, weight) = if four.arms[i].is_some() {
            let towards = [four.corners[next], four.corners[previous]];
            match marks::refine(grey, four.corners[i], towards, px_per_mm(i)) {
                Some(exact) => (exact, 1.0),
                None => (four.corners[i], 0.2),
            }
        } else {
            let aim = |from: usize| {
                marks::aim(grey, four.corners[from], four.corners[i], px_per_mm(from))
            };
            match aim(next)
                .zip(aim(previous))
                .and_then(|(a, b)| a.crossing(&b))
            {
                Some(aimed) => (aimed, 0.1),
                None => (four.corners[i], 0.002),
            }
        };
        pairs.push((crossing, grey.to_full(at), weight));
    }
    if let Some(code) = &read {
        pairs.extend(FORM.anchors(code, 0.1));
    }
    let map = Homography::fit(&pairs).unwrap_or(*rough);
    Found {
        map,
        layout: FORM,
        how: How::CornerMarks,
        code: read,
        mirrored,
        error_mm: largest_error(&map, &pairs),
        whole: four.arms.iter().all(Option::is_some),
    }
}

fn largest_error(map: &Homography, pairs: &[Pair]) -> Option<f64> {
    let back = map.inverse()?;
    pairs
        .iter()
        .filter(|(_, _, weight)| *weight > 0.01)
        .map(|(mm, pixel, _)| back.apply(*pixel).distance(*mm))
        .max_by(f64::total_cmp)
}

/// The sheet by its code, with the page's edges or the picture's.
fn by_code(grey: &Grey, code: Code, page: Option<&[Point; 4]>, dpi: Option<f32>) -> Found {
    let candidates = page
        .map(|corners| (corners.map(|p| grey.to_full(p)), true))
        .into_iter()
        .chain([(whole(grey).map(|p| grey.to_full(p)), false)]);
    for (corners, edges) in candidates {
        let mut best: Option<(f64, Layout, [Point; 4])> = None;
        for layout in [PAPER, FORM, ACROSS] {
            for (corners, mirrored) in turns(&corners) {
                if mirrored != code.mirrored {
                    continue;
                }
                let Some(map) = fit_corners(&layout.corners(), &corners) else {
                    continue;
                };
                let off = anchors_off(&map, &layout, &code);
                if off < FAR_MM && best.as_ref().is_none_or(|(least, ..)| off < *least) {
                    best = Some((off, layout, corners));
                }
            }
        }
        if let Some((off, layout, corners)) = best {
            let map = if edges {
                let mut pairs: Vec<Pair> = layout
                    .corners()
                    .iter()
                    .zip(corners)
                    .map(|(mm, pixel)| (*mm, pixel, 1.0))
                    .collect();
                pairs.extend(layout.anchors(&code, 0.3));
                Homography::fit(&pairs)
            } else {
                similar(&layout, &code, Some(known_scale(&layout, &corners, dpi)))
            };
            if let Some(map) = map {
                return Found {
                    map,
                    layout,
                    how: How::CodeOnly,
                    mirrored: code.mirrored,
                    code: Some(code),
                    error_mm: edges.then_some(off),
                    whole: true,
                };
            }
        }
    }
    by_code_alone(grey, code)
}

/// Pixels per mm of a flat scan that shows the whole page: by its own word if that fits, else by its size.
fn known_scale(layout: &Layout, corners: &[Point; 4], dpi: Option<f32>) -> f64 {
    let long = corners[0]
        .distance(corners[1])
        .max(corners[1].distance(corners[2]));
    let by_size = long / layout.width.max(layout.height);
    dpi.map(|dpi| f64::from(dpi) / 25.4)
        .filter(|scale| (0.9..1.1).contains(&(scale / by_size)))
        .unwrap_or(by_size)
}

/// A similar map that puts the code where it belongs; without a known scale, the code's own size tells.
fn similar(layout: &Layout, code: &Code, px_per_mm: Option<f64>) -> Option<Homography> {
    let far = code.side as f64;
    let corner = |x: f64, y: f64| code.place.apply(point(x, y));
    let right = corner(far, 0.0)
        .plus(corner(far, far))
        .minus(corner(0.0, 0.0).plus(corner(0.0, far)));
    let down = corner(0.0, far)
        .plus(corner(far, far))
        .minus(corner(0.0, 0.0).plus(corner(far, 0.0)));
    let hand = if right.cross(down) < 0.0 { -1.0 } else { 1.0 };
    // Both sides tell the direction: the way down turned back by a right angle points right.
    let along = right.plus(point(down.y, -down.x).times(hand)).unit();
    let side_mm = layout.code_side * far / (far + 8.0);
    let scale = px_per_mm.unwrap_or((right.length() + down.length()) / 4.0 / side_mm);
    let (x, y) = (
        along.times(scale),
        point(-along.y, along.x).times(scale * hand),
    );
    let middle = layout.code_middle();
    let at = corner(far / 2.0, far / 2.0)
        .minus(x.times(middle.x))
        .minus(y.times(middle.y));
    let map = Homography([x.x, y.x, at.x, x.y, y.y, at.y, 0.0, 0.0, 1.0]);
    map.inverse().map(|_| map)
}

/// Nothing but the code: the layout that puts most of the sheet into the picture.
fn by_code_alone(grey: &Grey, code: Code) -> Found {
    let inside = |layout: &Layout, map: &Homography| {
        let (mut inside, mut all) = (0, 0);
        for row in 0..=10 {
            for column in 0..=10 {
                let mm = point(
                    layout.width * f64::from(column) / 10.0,
                    layout.height * f64::from(row) / 10.0,
                );
                all += 1;
                inside += i32::from(grey.holds(grey.to_own(map.apply(mm))));
            }
        }
        f64::from(inside) / f64::from(all)
    };
    let best = [PAPER, FORM, ACROSS]
        .into_iter()
        .filter_map(|layout| {
            let map = similar(&layout, &code, None)?;
            Some((inside(&layout, &map), layout, map))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((share, layout, map)) => Found {
            map,
            layout,
            how: How::CodeOnly,
            mirrored: code.mirrored,
            code: Some(code),
            error_mm: None,
            whole: share > 0.95,
        },
        None => Found {
            code: Some(code),
            ..whole_picture(grey)
        },
    }
}

/// The sheet by a quadrilateral alone. Which end is up is told by where the paper is dense like a code.
fn by_edges(picture: &RgbImage, grey: &Grey, page: &[Point; 4]) -> Found {
    let full = page.map(|p| grey.to_full(p));
    let mut best: Option<(f32, Homography, Option<Code>)> = None;
    for (corners, mirrored) in turns(&full) {
        if mirrored || !portrait(&corners) {
            continue;
        }
        let Some(map) = fit_corners(&PAPER.corners(), &corners) else {
            continue;
        };
        let code = read_on(picture, &map, &PAPER).or_else(|| read_on(picture, &map, &FORM));
        let likely = if code.is_some() {
            1e6
        } else {
            texture(picture, &map, &PAPER).max(texture(picture, &map, &FORM))
        };
        if best.as_ref().is_none_or(|(most, ..)| likely > *most) {
            best = Some((likely, map, code));
        }
    }
    match best {
        Some((_, _, Some(code))) => by_code(grey, code, Some(page), None),
        Some((_, map, None)) => Found {
            map,
            layout: PAPER,
            how: How::PageEdges,
            code: None,
            mirrored: false,
            error_mm: None,
            whole: true,
        },
        None => whole_picture(grey),
    }
}

/// The whole picture as a page: at one scale, as large as it fits.
fn whole_picture(grey: &Grey) -> Found {
    let (width, height) = (
        (grey.width * grey.step) as f64,
        (grey.height * grey.step) as f64,
    );
    let layout = if width > height { ACROSS } else { PAPER };
    let scale = (width / layout.width).max(height / layout.height).max(0.1);
    Found {
        map: Homography([scale, 0.0, 0.0, 0.0, scale, 0.0, 0.0, 0.0, 1.0]),
        layout,
        how: How::WholePicture,
        code: None,
        mirrored: false,
        error_mm: None,
        whole: true,
    }
}

fn whole(grey: &Grey) -> [Point; 4] {
    grey.corners()
}

/// The page's edges in the pixels of `grey`.
fn page_edges(grey: &Grey) -> Option<[Point; 4]> {
    let shrink = (grey.width.max(grey.height) / 420).max(1);
    let small = grey.smaller(shrink);
    let rough = edges::page(&small)?.map(|p| p.times(shrink as f64));
    Some(edges::sharpen(grey, &rough, shrink as f64 * 3.0))
}

/// The four ways round to begin with a corner, then the four of the mirror image.
fn turns(corners: &[Point; 4]) -> Vec<([Point; 4], bool)> {
    let clockwise = corners[1]
        .minus(corners[0])
        .cross(corners[2].minus(corners[1]))
        > 0.0;
    let mut turns = Vec::with_capacity(8);
    for mirrored in [false, true] {
        let mut around = *corners;
        if clockwise == mirrored {
            around.reverse();
        }
        for first in 0..4 {
            let mut turned = around;
            turned.rotate_left(first);
            turns.push((turned, mirrored));
        }
    }
    turns
}

/// Whether the sides from the first corner to the second and opposite are the short ones.
fn portrait(corners: &[Point; 4]) -> bool {
    let side = |i: usize| corners[i].distance(corners[(i + 1) % 4]);
    side(0) + side(2) < side(1) + side(3)
}

fn fit_corners(from: &[Point; 4], to: &[Point; 4]) -> Option<Homography> {
    let pairs: Vec<Pair> = from.iter().zip(to).map(|(a, b)| (*a, *b, 1.0)).collect();
    Homography::fit(&pairs)
}

/// How far (mm) the code's eyes lie from where they belong.
fn anchors_off(map: &Homography, layout: &Layout, code: &Code) -> f64 {
    let Some(back) = map.inverse() else {
        return f64::MAX;
    };
    code.anchors()
        .iter()
        .map(|(module, pixel)| {
            back.apply(*pixel)
                .distance(layout.of_module(code.side, *module))
        })
        .fold(0.0, f64::max)
}

/// Margin around a code's square when it is cut out to be read, in mm.
const AROUND_MM: f64 = 5.0;

/// The square of the code cut out of the picture, large enough to be read.
fn cut_code(picture: &RgbImage, map: &Homography, layout: &Layout, px_per_mm: f64) -> Grey {
    let side = layout.code_side + 2.0 * AROUND_MM;
    let shift = Homography([
        1.0,
        0.0,
        layout.code_x - AROUND_MM,
        0.0,
        1.0,
        layout.code_y - AROUND_MM,
        0.0,
        0.0,
        1.0,
    ]);
    Grey::of(
        &warp(picture, &map.after(&shift), (side, side), px_per_mm),
        1,
    )
}

/// Reads the code where it should be. The place is told in pixels of the whole picture.
fn read_on(picture: &RgbImage, map: &Homography, layout: &Layout) -> Option<Code> {
    const FINE: f64 = 16.0;
    let read = |px_per_mm: f64, code: Option<Code>| {
        let code = code?;
        let scale = 1.0 / px_per_mm;
        let to_mm = Homography([
            scale,
            0.0,
            layout.code_x - AROUND_MM,
            0.0,
            scale,
            layout.code_y - AROUND_MM,
            0.0,
            0.0,
            1.0,
        ]);
        let place = map.after(&to_mm).after(&code.place);
        let code = Code { place, ..code };
        (anchors_off(map, layout, &code) < FAR_MM).then_some(code)
    };
    let cut = cut_code(picture, map, layout, FINE);
    if let Some(code) = read(FINE, qr::read_close(&cut)) {
        return Some(code);
    }
    let coarse = cut_code(picture, map, layout, 10.0);
    if let Some(code) = read(10.0, qr::read_close(&coarse)) {
        return Some(code);
    }
    // Where the paper tells where it is, what is too blurred to be found can still be read.
    let place_of = |side: usize| {
        let module = layout.code_side / (side as f64 + 8.0) * FINE;
        let start = AROUND_MM * FINE + 4.0 * module;
        Homography([module, 0.0, start, 0.0, module, start, 0.0, 0.0, 1.0])
    };
    read(FINE, qr::read_about(&cut, place_of, 5.0))
}

/// How much the picture changes from point to point where the code should be: high on a code, low on empty paper.
fn texture(picture: &RgbImage, map: &Homography, layout: &Layout) -> f32 {
    let inside = Layout {
        code_x: layout.code_x + 2.0,
        code_y: layout.code_y + 2.0,
        code_side: layout.code_side - 4.0,
        ..*layout
    };
    let corners = inside.code_corners();
    let shift = fit_corners(
        &[
            point(0.0, 0.0),
            point(inside.code_side, 0.0),
            point(inside.code_side, inside.code_side),
            point(0.0, inside.code_side),
        ],
        &corners,
    );
    let Some(shift) = shift else {
        return 0.0;
    };
    let side = inside.code_side;
    let grey = Grey::of(&warp(picture, &map.after(&shift), (side, side), 4.0), 1);
    let mut sum = 0.0;
    for row in grey.pixels.chunks_exact(grey.width.max(1)) {
        sum += row
            .windows(3)
            .map(|three| f32::from(three[0].abs_diff(three[2])))
            .sum::<f32>();
    }
    sum / grey.pixels.len().max(1) as f32
}
