use image::{DynamicImage, GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};
use serde::{Deserialize, Serialize};

use crate::ImprintError;
use crate::decode::{Source, decode};
use crate::finding::{Finding, Measured, findings};
use crate::resample::shrink;
use crate::separation::separate;
use crate::{picture, pieces, png};

/// What the applicant declared about the imprint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Declared {
    width_mm: f64,
    height_mm: f64,
    ink: Ink,
}

impl Declared {
    /// Width and height of the imprint in millimetres, measured on paper from edge to edge of the ink.
    ///
    /// # Errors
    /// `Size` outside 3 to 200 mm.
    pub fn new(width_mm: f64, height_mm: f64, ink: Ink) -> Result<Self, ImprintError> {
        let sane = 3.0..=200.0;
        if sane.contains(&width_mm) && sane.contains(&height_mm) {
            Ok(Self {
                width_mm,
                height_mm,
                ink,
            })
        } else {
            Err(ImprintError::Size {
                width_mm,
                height_mm,
            })
        }
    }
}

/// Which ink the imprint is expected in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ink {
    /// A unit's seal: red. Other ink is remarked on.
    Red,
    /// A personal seal or signature: any colour.
    Any,
}

/// A clean seal picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Imprint {
    /// PNG with alpha and its true size.
    pub png: Vec<u8>,
    /// Width of the PNG in pixels.
    pub width_px: u32,
    /// Height of the PNG in pixels.
    pub height_px: u32,
    /// Mean colour of the ink: red, green, blue.
    pub ink: [u8; 3],
    /// The picture that came in.
    pub source: Source,
    /// The part of it that was kept.
    pub crop: Crop,
    /// What a person should look at; empty if nothing.
    pub findings: Vec<Finding>,
}

/// A rectangle in a picture, in pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Makes a clean seal picture of an uploaded one.
///
/// # Errors
/// Everything that keeps the bytes from being a picture of an imprint, see `ImprintError`.
pub fn clean(bytes: &[u8], declared: &Declared) -> Result<Imprint, ImprintError> {
    let (source, picture) = decode(bytes)?;
    let (lifted, area) = lift(&picture, declared)?;

    let trim = bounds(&lifted).ok_or(ImprintError::Blank)?;
    let scale = f64::from(area.width) / f64::from(lifted.width());
    let crop = scaled_up(trim, scale, area);
    let mut seal =
        image::imageops::crop_imm(&lifted, trim.x, trim.y, trim.width, trim.height).to_image();
    settle(&mut seal);

    let (ink, coverage) = mean_ink(&seal);
    let findings = findings(&Measured {
        declared_mm: (declared.width_mm, declared.height_mm),
        bounds_px: (
            f64::from(trim.width) * scale,
            f64::from(trim.height) * scale,
        ),
        transparent: is_transparent(&picture),
        at_edge: crop.x == 0
            || crop.y == 0
            || crop.x + crop.width == picture.width()
            || crop.y + crop.height == picture.height(),
        red_expected: declared.ink == Ink::Red,
        ink,
        coverage,
    });
    let png = png::write(&seal, declared.width_mm, declared.height_mm)?;
    let (width_px, height_px) = seal.dimensions();
    Ok(Imprint {
        png,
        width_px,
        height_px,
        ink,
        source,
        crop,
        findings,
    })
}

/// Longest side on which the ink is looked for first.
const OVERVIEW_PX: u32 = 1000;
const MAX_PX: f64 = 1200.0;
const MAX_DPI: f64 = 600.0;

/// The ink with transparent ground, at its final scale, and the part of the picture that it was taken from.
fn lift(picture: &DynamicImage, declared: &Declared) -> Result<(RgbaImage, Crop), ImprintError> {
    let whole = Crop {
        x: 0,
        y: 0,
        width: picture.width(),
        height: picture.height(),
    };
    let own_ground = is_transparent(picture);
    let longest_mm = declared.width_mm.max(declared.height_mm);
    let lifted = |part: RgbaImage, mm: f64| -> Result<RgbaImage, ImprintError> {
        if own_ground {
            return Ok(part);
        }
        let px_per_mm = f64::from(part.width().max(part.height())) / mm;
        lift_ink(&part, px_per_mm as f32, declared.ink).ok_or(ImprintError::Blank)
    };
    let ratio = (f64::from(OVERVIEW_PX) / f64::from(whole.width.max(whole.height))).min(1.0);
    // How much paper there is around the imprint is not known yet.
    let overview = lifted(shrink_by(picture, whole, ratio), longest_mm * 1.5)?;
    let found = bounds(&overview).ok_or(ImprintError::Blank)?;
    let area = scaled_up(grown(found, 2), 1.0 / ratio, whole);

    let (width, height) = (f64::from(area.width), f64::from(area.height));
    let finest = |mm: f64| mm / 25.4 * MAX_DPI;
    let ratio = (MAX_PX / width.max(height))
        .min(finest(declared.width_mm) / width)
        .min(finest(declared.height_mm) / height);
    let fine = lifted(shrink_by(picture, area, ratio.min(1.0)), longest_mm)?;
    Ok((fine, area))
}

fn shrink_by(picture: &DynamicImage, area: Crop, ratio: f64) -> RgbaImage {
    let to = |length: u32| (f64::from(length) * ratio).round() as u32;
    shrink(picture, area, to(area.width), to(area.height))
}

/// The ink of an opaque picture in its own colour; what shows through a little is taken for white.
fn lift_ink(picture: &RgbaImage, px_per_mm: f32, ink: Ink) -> Option<RgbaImage> {
    let opaque = RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let Rgba([r, g, b, a]) = *picture.get_pixel(x, y);
        let over_white =
            |c: u8| ((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a))) / 255) as u8;
        Rgb([r, g, b].map(over_white))
    });
    let everywhere = |_, _| true;
    let separation = separate(&opaque, px_per_mm, ink, 0.5, &everywhere, &everywhere)?;
    let [r, g, b] = separation.colour.map(|share| (share * 255.0).round() as u8);
    let coverage = &separation.coverage;
    Some(RgbaImage::from_fn(
        picture.width(),
        picture.height(),
        |x, y| {
            let share = coverage.values[y as usize * coverage.width + x as usize];
            Rgba([r, g, b, (picture::alpha(share, 1.0) * 255.0).round() as u8])
        },
    ))
}

/// Whether the picture brings its own transparent ground: at least a twentieth of it shows through.
fn is_transparent(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && {
        let clear = picture
            .pixels()
            .filter(|(_, _, pixel)| pixel[3] < 128)
            .count() as u64;
        clear * 20 >= u64::from(picture.width()) * u64::from(picture.height())
    }
}

/// The bounds of the ink, where it is more there than not.
fn bounds(picture: &RgbaImage) -> Option<Crop> {
    let mask: Vec<bool> = picture.pixels().map(|pixel| pixel[3] >= 96).collect();
    let ink = pieces::bounds(&mask, picture.width() as usize)?;
    Some(Crop {
        x: ink.left as u32,
        y: ink.top as u32,
        width: (ink.right - ink.left + 1) as u32,
        height: (ink.bottom - ink.top + 1) as u32,
    })
}

fn grown(crop: Crop, by: u32) -> Crop {
    let (x, y) = (crop.x.saturating_sub(by), crop.y.saturating_sub(by));
    Crop {
        x,
        y,
        width: crop.x + crop.width + by - x,
        height: crop.y + crop.height + by - y,
    }
}

/// A part of a scaled-down picture in the pixels of the original, whose upper left corner is that of `area`.
fn scaled_up(part: Crop, scale: f64, area: Crop) -> Crop {
    let from = |begin: u32| (f64::from(begin) * scale).floor() as u32;
    let to = |end: u32, limit: u32| ((f64::from(end) * scale).ceil() as u32).min(limit);
    let (x, y) = (
        from(part.x).min(area.width - 1),
        from(part.y).min(area.height - 1),
    );
    Crop {
        x: area.x + x,
        y: area.y + y,
        width: (to(part.x + part.width, area.width) - x).max(1),
        height: (to(part.y + part.height, area.height) - y).max(1),
    }
}

/// Rounds colours to 32 and opacity to 18 levels: nobody sees it, and the seal becomes a third of the size in every
/// document that it is stamped on.
fn settle(seal: &mut RgbaImage) {
    for pixel in seal.pixels_mut() {
        let [r, g, b, a] = pixel.0;
        let alpha = ((u16::from(a) + 7) / 15 * 15).min(255) as u8;
        let coarse = |c: u8| (c & 0xf8) | (c >> 5);
        pixel.0 = if alpha == 0 {
            [255, 255, 255, 0]
        } else {
            [coarse(r), coarse(g), coarse(b), alpha]
        };
    }
}

/// Mean colour of the full ink, and the share of the picture that ink covers.
fn mean_ink(seal: &RgbaImage) -> ([u8; 3], f64) {
    let mut sums = [0_u64; 3];
    let (mut count, mut covered) = (0_u64, 0_u64);
    for pixel in seal.pixels() {
        covered += u64::from(pixel[3]);
        if pixel[3] >= 200 {
            count += 1;
            for (sum, value) in sums.iter_mut().zip(pixel.0) {
                *sum += u64::from(value);
            }
        }
    }
    let area = f64::from(seal.width()) * f64::from(seal.height());
    (
        sums.map(|sum| (sum / count.max(1)) as u8),
        covered as f64 / 255.0 / area,
    )
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::ImageFormat;

    use super::*;
    use crate::RoundSeal;

    const UNIT: &str = "厦门市数字经济发展中心";

    fn red(mm: f64) -> Declared {
        Declared::new(mm, mm, Ink::Red).unwrap()
    }

    fn read(png: &[u8]) -> RgbaImage {
        decode(png).unwrap().1.to_rgba8()
    }

    fn codes(imprint: &Imprint) -> Vec<&'static str> {
        imprint
            .findings
            .iter()
            .map(|finding| finding.code)
            .collect()
    }

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        DynamicImage::from(picture.to_rgb8())
            .write_to(&mut bytes, format)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_scan_becomes_a_seal_picture_of_its_true_size() {
        let scan = RoundSeal::new(UNIT, 42.0).on_paper(300).unwrap();
        let imprint = clean(&scan, &red(42.0)).unwrap();
        assert!(imprint.findings.is_empty(), "{:?}", imprint.findings);
        let seal = read(&imprint.png);
        assert_eq!(seal.dimensions(), (imprint.width_px, imprint.height_px));
        let true_px = 42.0 / 25.4 * 300.0;
        assert!(
            (f64::from(imprint.width_px) - true_px).abs() <= 3.0,
            "{}",
            imprint.width_px
        );
        assert_eq!(
            seal.get_pixel(0, 0)[3],
            0,
            "the corner outside the ring is clear"
        );
        assert_eq!(
            seal.get_pixel(seal.width() / 2, seal.height() / 2)[3],
            255,
            "the star is not"
        );
        assert!(crate::finding::is_red(imprint.ink));
        assert!(imprint.png.len() < 120_000, "{} bytes", imprint.png.len());
    }

    #[test]
    fn the_picture_says_its_millimetres() {
        let scan = RoundSeal::new(UNIT, 40.0).on_paper(300).unwrap();
        let imprint = clean(&scan, &red(40.0)).unwrap();
        let at = imprint
            .png
            .windows(4)
            .position(|name| name == b"pHYs")
            .unwrap()
            + 4;
        let per_metre = u32::from_be_bytes(imprint.png[at..at + 4].try_into().unwrap());
        assert!((f64::from(imprint.width_px) / f64::from(per_metre) - 0.040).abs() < 1e-5);
    }

    #[test]
    fn jpeg_gif_and_bmp_give_the_same_seal() {
        let (_, scan) = decode(&RoundSeal::new(UNIT, 40.0).on_paper(200).unwrap()).unwrap();
        for format in [ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp] {
            let imprint = clean(&encoded(&scan, format), &red(40.0)).unwrap();
            assert!(
                (f64::from(imprint.width_px) - 315.0).abs() <= 4.0,
                "{format:?}"
            );
        }
    }

    #[test]
    fn a_fine_scan_is_brought_down_to_a_sane_resolution() {
        let scan = RoundSeal::new("福建", 40.0).on_paper(900).unwrap();
        let imprint = clean(&scan, &red(40.0)).unwrap();
        assert!(
            (930..=945).contains(&imprint.width_px),
            "600 dpi of 40 mm: {}",
            imprint.width_px
        );
        let large = clean(&scan, &red(120.0)).unwrap();
        assert!(
            (1185..=1200).contains(&large.width_px),
            "{}",
            large.width_px
        );
    }

    #[test]
    fn a_transparent_picture_keeps_its_own_edge() {
        let clear = RoundSeal::new(UNIT, 40.0).transparent(300).unwrap();
        let imprint = clean(&clear, &red(40.0)).unwrap();
        assert!(imprint.findings.is_empty(), "{:?}", imprint.findings);
        let (before, after) = (read(&clear), read(&imprint.png));
        assert!(before.width().abs_diff(after.width()) <= 2);
        let alpha = |picture: &RgbaImage| -> f64 {
            picture
                .pixels()
                .map(|pixel| f64::from(pixel[3]))
                .sum::<f64>()
                / 255.0
        };
        assert!((alpha(&before) / alpha(&after) - 1.0).abs() < 0.02);
    }

    #[test]
    fn blank_paper_is_refused() {
        let paper = DynamicImage::from(RgbaImage::from_pixel(400, 400, Rgba([250, 249, 247, 255])));
        for ink in [Ink::Red, Ink::Any] {
            let declared = Declared::new(40.0, 40.0, ink).unwrap();
            let refused = clean(&encoded(&paper, ImageFormat::Png), &declared).unwrap_err();
            assert_eq!(refused, ImprintError::Blank);
        }
    }

    #[test]
    fn a_small_picture_is_remarked_on() {
        let scan = RoundSeal::new("福建", 40.0).on_paper(96).unwrap();
        assert_eq!(
            codes(&clean(&scan, &red(40.0)).unwrap()),
            ["imprint_resolution_low"]
        );
    }

    #[test]
    fn a_size_that_does_not_fit_the_picture_is_remarked_on() {
        let scan = RoundSeal::new("福建", 40.0).on_paper(300).unwrap();
        let declared = Declared::new(40.0, 30.0, Ink::Red).unwrap();
        assert_eq!(
            codes(&clean(&scan, &declared).unwrap()),
            ["imprint_aspect_differs"]
        );
    }

    #[test]
    fn an_imprint_cut_off_by_the_edge_is_remarked_on() {
        let (_, scan) = decode(&RoundSeal::new("福建", 40.0).on_paper(300).unwrap()).unwrap();
        let cut = scan.crop_imm(30, 30, scan.width() - 60, scan.height() - 60);
        let inner = cut.crop_imm(60, 0, cut.width() - 60, cut.height());
        let imprint = clean(&encoded(&inner, ImageFormat::Png), &red(40.0)).unwrap();
        assert!(codes(&imprint).contains(&"imprint_touches_border"));
    }

    #[test]
    fn a_black_copy_is_remarked_on_for_a_unit_but_not_for_a_signature() {
        let (_, scan) = decode(&RoundSeal::new("福建", 40.0).on_paper(300).unwrap()).unwrap();
        let copy = encoded(&scan.grayscale(), ImageFormat::Png);
        assert_eq!(
            codes(&clean(&copy, &red(40.0)).unwrap()),
            ["imprint_not_red"]
        );
        let any = Declared::new(40.0, 40.0, Ink::Any).unwrap();
        assert!(clean(&copy, &any).unwrap().findings.is_empty());
    }

    #[test]
    fn sizes_that_no_seal_has_are_refused() {
        for size in [0.0, -1.0, 2.9, 201.0, f64::NAN, f64::INFINITY] {
            assert!(Declared::new(size, 40.0, Ink::Red).is_err());
            assert!(Declared::new(40.0, size, Ink::Red).is_err());
        }
    }

    #[test]
    fn tiny_pictures_do_not_panic() {
        for (width, height) in [(1, 1), (1, 300), (300, 1), (3, 3), (7, 2)] {
            for colour in [[255, 0, 0, 255], [0, 0, 0, 255], [255, 255, 255, 0]] {
                let picture = RgbaImage::from_pixel(width, height, Rgba(colour));
                let mut bytes = Cursor::new(vec![]);
                picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
                let _ = clean(&bytes.into_inner(), &red(40.0));
            }
        }
    }
}
