use serde::{Deserialize, Serialize};

use crate::find::{Found, find};
use crate::geometry::{Homography, Point};
use crate::grey::Grey;
use crate::quality;
use crate::scale;
use crate::warp::{halved, warp};
use crate::{PagePicture, Remark, Sheet};

/// A page straightened.
#[derive(Debug, Clone)]
pub struct Straightened {
    /// The upright sheet.
    pub sheet: Sheet,
    /// The text of the QR code as read.
    pub code: Option<String>,
    /// What the sheet was found by.
    pub how: How,
    /// What to say about the page.
    pub remarks: Vec<Remark>,
    /// The sheet's corners in the page's picture, in pixels: top left, top right, bottom right, bottom left of the
    /// upright sheet. A corner may lie outside the picture.
    pub outline: [(f32, f32); 4],
    /// The largest distance in mm between where a printed mark is on the sheet and where it should be; none when nothing
    /// printed was found to measure by.
    pub error_mm: Option<f32>,
}

/// What a sheet was found by, the most exact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The four corner marks (and the code, where it can be read).
    CornerMarks,
    /// The QR code, with the page's edges where they can be seen.
    CodeOnly,
    /// The page's edges; which end is up is judged by what is printed.
    PageEdges,
    /// Nothing was found: the whole picture counts as the page.
    WholePicture,
}

/// Resolution of a sheet at most, in pixels per mm (300 dots per inch).
const MOST_PX_PER_MM: f64 = 300.0 / 25.4;
/// Resolution of a sheet at least, however small the page is in the picture.
const LEAST_PX_PER_MM: f64 = 2.0;

/// Finds the sheet in a picture and straightens it. It never fails: it falls back to the page's edges and then to the
/// whole picture, and says how. A page across (297 × 210 mm) whose code says so comes out across.
#[must_use]
pub fn straighten(page: &PagePicture) -> Straightened {
    let picture = &page.picture;
    let grey = working_picture(page);
    let found = find(picture, &grey, page.dpi);
    let middle = Point {
        x: found.layout.width / 2.0,
        y: found.layout.height / 2.0,
    };
    let source = found.map.scale_at(middle);
    let source = if source.is_finite() {
        source
    } else {
        LEAST_PX_PER_MM
    };
    let px_per_mm = source.clamp(LEAST_PX_PER_MM, MOST_PX_PER_MM);
    let size = (found.layout.width, found.layout.height);
    let sheet_picture = if source > 1.5 * px_per_mm && picture.width() > 3 && picture.height() > 3 {
        // Skipping pixels would make edges ragged.
        let half = Homography([0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0]);
        warp(&halved(picture), &half.after(&found.map), size, px_per_mm)
    } else {
        warp(picture, &found.map, size, px_per_mm)
    };
    let print_scale = scale::measure(&grey, &found, page.dpi);
    let sheet = Sheet {
        picture: sheet_picture,
        px_per_mm: px_per_mm as f32,
        scale_known: matches!(found.how, How::CornerMarks | How::CodeOnly),
        source_px_per_mm: source as f32,
        print_scale: print_scale.unwrap_or(1.0),
    };
    let mut remarks = quality::remarks(&sheet, page, &found, &grey);
    if let Some(scale) = print_scale {
        remarks.push(Remark::ScaleOff {
            percent: scale * 100.0,
        });
    }
    Straightened {
        outline: found
            .layout
            .corners()
            .map(|corner| found.map.apply(corner))
            .map(|p| (p.x as f32, p.y as f32)),
        error_mm: found.error_mm.map(|error| error as f32),
        how: found.how,
        code: found.code.map(|code| code.text),
        sheet,
        remarks,
    }
}

/// The sheet's corners in a picture and the text of its code, without straightening: for an answer several times a
/// second while a camera is held over a page.
#[must_use]
pub fn glance(page: &PagePicture) -> Glance {
    let grey = working_picture(page);
    let found = find(&page.picture, &grey, page.dpi);
    Glance {
        outline: found
            .layout
            .corners()
            .map(|corner| found.map.apply(corner))
            .map(|p| (p.x as f32, p.y as f32)),
        remarks: quality::at_a_glance(&grey, &found),
        how: found.how,
        code: found.code.map(|code| code.text),
    }
}

/// What [`glance`] sees.
#[derive(Debug, Clone)]
pub struct Glance {
    /// The sheet's corners in pixels of the picture, as in [`Straightened::outline`].
    pub outline: [(f32, f32); 4],
    /// The text of the QR code as read.
    pub code: Option<String>,
    /// What the sheet was found by.
    pub how: How,
    /// What to say about the picture: too dark, too blurred, cut off.
    pub remarks: Vec<Remark>,
}

/// The picture in grey, small enough to look for things quickly.
fn working_picture(page: &PagePicture) -> Grey {
    let long = page.picture.width().max(page.picture.height()) as usize;
    Grey::of(&page.picture, (long as f64 / 1900.0).round() as usize)
}

impl Found {
    /// Whether a point of the sheet (mm) is in the picture.
    pub(crate) fn shows(&self, grey: &Grey, mm: Point) -> bool {
        grey.holds(grey.to_own(self.map.apply(mm)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use image::{RgbImage, imageops};
    use proptest::prelude::*;

    use super::*;
    use crate::drawn::{Chance, TEXT, page, photo, text_of};
    use crate::geometry::point;
    use crate::layout::{ACROSS, FORM, Layout, PAPER};

    fn of(picture: RgbImage) -> PagePicture {
        PagePicture {
            picture,
            dpi: None,
            grey: false,
        }
    }

    /// How far (mm) the sheet's corners come to lie from where they are, at most.
    fn off(straightened: &Straightened, layout: &Layout, corners: &[Point; 4]) -> f64 {
        let pairs: Vec<_> = corners
            .iter()
            .zip(layout.corners())
            .map(|(pixel, mm)| (*pixel, mm, 1.0))
            .collect();
        let to_mm = Homography::fit(&pairs).unwrap();
        straightened
            .outline
            .iter()
            .zip(layout.corners())
            .map(|((x, y), mm)| {
                let seen = to_mm.apply(point(f64::from(*x), f64::from(*y)));
                println!("{mm:?} seen at {seen:?}");
                seen.distance(mm)
            })
            .fold(0.0, f64::max)
    }

    /// A photo of a page turned by so many degrees, tilted at random.
    fn tilted(layout: &Layout, degrees: f64, chance: &mut Chance) -> (RgbImage, [Point; 4]) {
        let lies = (degrees.to_radians().sin().abs() > 0.8) != (*layout == ACROSS);
        let (width, height) = if lies {
            (2400.0, 1800.0)
        } else {
            (1800.0, 2400.0)
        };
        let sheet = page(layout, text_of(layout), 8.0);
        let turn = degrees.to_radians();
        let (across, down) = (
            point(turn.cos(), turn.sin()),
            point(-turn.sin(), turn.cos()),
        );
        let size = 6.7;
        let corners = layout.corners().map(|p| {
            let (x, y) = (
                (p.x - layout.width / 2.0) * size,
                (p.y - layout.height / 2.0) * size,
            );
            let flat = across.times(x).plus(down.times(y));
            // What is further away is smaller.
            let depth = 1.0 + flat.y / 6750.0 + flat.x / 10_500.0;
            point(width / 2.0, height / 2.0)
                .plus(flat.times(0.86 / depth))
                .plus(point(chance.next() * 30.0, chance.next() * 30.0))
        });
        (photo(&sheet, width as u32, height as u32, corners), corners)
    }

    #[test]
    fn a_form_is_straightened_however_it_lies() {
        let mut chance = Chance(11);
        for degrees in [0.0, -12.0, 90.0, 178.0] {
            let (picture, corners) = tilted(&FORM, degrees, &mut chance);
            let found = straighten(&of(picture));
            assert_eq!(found.how, How::CornerMarks, "{degrees}");
            assert_eq!(found.code.as_deref(), Some(TEXT), "{degrees}");
            assert!(
                off(&found, &FORM, &corners) < 0.4,
                "{degrees}: {:?}",
                found.outline
            );
            assert!(
                found.error_mm.unwrap() < 0.3,
                "{degrees}: {:?}",
                found.error_mm
            );
            assert!(found.sheet.scale_known);
            assert_eq!(found.remarks, [], "{degrees}");
        }
    }

    #[test]
    fn another_paper_is_straightened_by_its_code_and_edges() {
        let mut chance = Chance(12);
        for (layout, degrees) in [
            (PAPER, 0.0),
            (PAPER, 7.0),
            (PAPER, 180.0),
            (PAPER, 92.0),
            (ACROSS, 88.0),
        ] {
            let (picture, corners) = tilted(&layout, degrees, &mut chance);
            let found = straighten(&of(picture));
            assert_eq!(found.code.as_deref(), Some(text_of(&layout)), "{degrees}");
            assert_eq!(found.how, How::CodeOnly, "{degrees}");
            assert!(
                off(&found, &layout, &corners) < 1.5,
                "{degrees}: {:?} {corners:?}",
                found.outline
            );
        }
    }

    #[test]
    fn flat_scans_of_all_papers_and_resolutions_are_read() {
        for layout in [FORM, PAPER, ACROSS] {
            for dpi in [150.0, 200.0] {
                let scan = page(&layout, text_of(&layout), dpi / 25.4);
                for turned in [0, 1, 2] {
                    let picture = match turned {
                        0 => scan.clone(),
                        1 => imageops::rotate90(&scan),
                        2 => imageops::rotate180(&scan),
                        _ => imageops::rotate270(&scan),
                    };
                    let found = straighten(&of(picture));
                    assert_eq!(
                        found.code.as_deref(),
                        Some(text_of(&layout)),
                        "{layout:?} {dpi} {turned}"
                    );
                    assert!((f64::from(found.sheet.px_per_mm) * 25.4 - dpi).abs() < 3.0);
                    let x = (layout.code_x + layout.code_side / 2.0) as f32;
                    let y = (layout.code_y + layout.code_side / 2.0) as f32;
                    let side = layout.code_side as f32 / 2.0;
                    let area = crate::Area {
                        x: x - side,
                        y: y - side,
                        width: side * 2.0,
                        height: side * 2.0,
                    };
                    let code = found.sheet.crop(&area);
                    let again = crate::qr::read_close(&Grey::of(&code, 1).doubled());
                    assert_eq!(
                        again.map(|code| code.text).as_deref(),
                        Some(text_of(&layout)),
                        "{layout:?} {dpi} {turned}"
                    );
                    assert_eq!(found.remarks, [], "{layout:?} {dpi} {turned}");
                }
            }
        }
    }

    #[test]
    fn a_code_too_blurred_to_be_found_is_read_where_it_has_to_be() {
        let sheet = imageops::blur(&page(&FORM, TEXT, 150.0 / 25.4), 1.5);
        let mut chance = Chance(5);
        let corners = FORM.corners().map(|p| {
            point(
                p.x * 5.9 + 60.0 + chance.next() * 25.0,
                p.y * 5.9 + 60.0 + chance.next() * 25.0,
            )
        });
        let found = straighten(&of(photo(&sheet, 1400, 1900, corners)));
        assert_eq!(found.how, How::CornerMarks);
        assert_eq!(found.code.as_deref(), Some(TEXT));
    }

    #[test]
    fn a_mirrored_page_comes_out_as_it_was_printed() {
        let mut chance = Chance(13);
        let (mut picture, _) = tilted(&FORM, 4.0, &mut chance);
        imageops::flip_horizontal_in_place(&mut picture);
        let found = straighten(&of(picture));
        assert_eq!(found.code.as_deref(), Some(TEXT));
        assert!(
            found.remarks.contains(&Remark::Mirrored),
            "{:?}",
            found.remarks
        );
        assert!(found.error_mm.unwrap() < 0.5);
    }

    #[test]
    fn a_form_with_one_corner_covered_is_still_found() {
        let mut chance = Chance(14);
        let (mut picture, corners) = tilted(&FORM, 2.0, &mut chance);
        let at = corners[3];
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            if at.distance(point(f64::from(x), f64::from(y))) < 195.0 {
                pixel.0 = [150, 110, 90];
            }
        }
        let found = straighten(&of(picture));
        assert_eq!(found.code.as_deref(), Some(TEXT));
        assert!(
            off(&found, &FORM, &corners) < 6.0,
            "{:?} {corners:?}",
            found.outline
        );
        assert!(found.remarks.contains(&Remark::CutOff));
    }

    #[test]
    fn print_at_another_size_is_told() {
        let sheet = page(&FORM, TEXT, 10.0);
        let small = imageops::resize(&sheet, 2016, 2851, imageops::FilterType::Triangle);
        let mut paper = RgbImage::from_pixel(2100, 2970, image::Rgb([246, 245, 242]));
        imageops::replace(&mut paper, &small, 42, 59);
        let scan = straighten(&PagePicture {
            picture: paper.clone(),
            dpi: Some(254.0),
            grey: false,
        });
        assert!(
            (scan.sheet.print_scale - 0.96).abs() < 0.004,
            "{}",
            scan.sheet.print_scale
        );
        assert!((scan.sheet.true_px_per_mm() - 10.0).abs() < 0.05);
        let corners = [
            (150.0, 210.0),
            (2200.0, 180.0),
            (2180.0, 3040.0),
            (170.0, 3010.0),
        ]
        .map(|(x, y)| point(x, y));
        let photo = straighten(&of(photo(&paper, 2400, 3200, corners)));
        assert!(photo.remarks.iter().any(|remark| matches!(remark, Remark::ScaleOff { percent } if (percent - 96.0).abs() < 0.6)), "{:?}", photo.remarks);
    }

    #[test]
    fn an_empty_or_dark_or_blurred_page_is_told() {
        let codes = |picture: RgbImage| -> Vec<&'static str> {
            straighten(&of(picture))
                .remarks
                .iter()
                .map(Remark::code)
                .collect()
        };
        let blank = RgbImage::from_pixel(1240, 1754, image::Rgb([248, 248, 246]));
        assert_eq!(codes(blank), ["scan_blank"]);
        let sheet = page(&FORM, TEXT, 8.0);
        let mut dark = sheet.clone();
        for pixel in dark.pixels_mut() {
            pixel.0 = pixel.0.map(|value| value / 4);
        }
        assert_eq!(codes(dark), ["scan_dark"]);
        assert!(codes(imageops::blur(&sheet, 4.5)).contains(&"scan_blurred"));
        let small = imageops::resize(&sheet, 840, 1188, imageops::FilterType::Triangle);
        assert!(codes(small).contains(&"scan_resolution_low"));
    }

    #[test]
    #[ignore = "a measurement"]
    fn how_long_a_page_takes() {
        for layout in [FORM, PAPER] {
            let scan = of(page(&layout, text_of(&layout), 300.0 / 25.4));
            for _ in 0..3 {
                let begun = Instant::now();
                let found = straighten(&scan);
                let took = begun.elapsed();
                let begun = Instant::now();
                assert_eq!(glance(&scan).how, found.how);
                println!(
                    "{:?}: {took:?}, at a glance {:?}",
                    found.how,
                    begun.elapsed()
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_picture_is_too_strange(
            width in 0u32..300, height in 0u32..300, seed in any::<u64>(), kind in 0..4,
        ) {
            let mut chance = Chance(seed);
            let picture = RgbImage::from_fn(width, height, |x, y| {
                let value = match kind {
                    0 => chance.next() * 255.0,
                    1 if (x / 3 + y / 3) % 2 == 0 => 255.0,
                    2 => f64::from(x * y % 256),
                    _ => 0.0,
                };
                image::Rgb([value as u8; 3])
            });
            let found = straighten(&of(picture));
            prop_assert!(found.sheet.picture.width() > 0);
        }
    }
}
