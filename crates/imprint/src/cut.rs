use image::{GrayImage, RgbImage, RgbaImage};
use serde::{Deserialize, Serialize};

use crate::clean::Ink;
use crate::frame;
use crate::outline::{self, Outline, Shape};
use crate::picture;
use crate::pieces::{Piece, pieces};
use crate::plane::Plane;
use crate::quality::{self, Quality};
use crate::separation::{Measure, Separation, separate};
use crate::upright::{self, Turn};
use crate::{ImprintError, png, vector};

/// A rectangle in mm from the upper left corner of what it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Millimetres {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// How an imprint is to be cut out. [`CutImprint::used`] gives back what was used, so that a cut can be repeated
/// exactly; what is `None` is found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// Red for a unit's seal, any for a personal seal or signature.
    pub ink: Ink,
    /// Share of the full ink at which the ink ends, 0.05 to 0.95; less takes in fainter ink.
    pub threshold: Option<f32>,
    /// The part of the region to look at, in mm.
    pub crop: Option<Millimetres>,
    /// Degrees by which the imprint is turned clockwise to stand upright.
    pub turn_degrees: Option<f32>,
    /// Inner edge of the printed frame in the region, in mm, if there is one.
    pub frame: Option<Millimetres>,
    /// Resolution of the upload itself, in pixels per mm, where the region was made larger or smaller.
    pub source_px_per_mm: Option<f32>,
    /// Whether the whole upload has no colours (a grey scan).
    pub grey: bool,
    /// The colour of the clean picture.
    pub tone: Tone,
}

/// The colour of a clean picture. How much ink there is comes from the imprint either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// The imprint's own colour as it would be on white paper.
    Own,
    /// The usual vermilion for red ink, a deep blue for blue and black for black ink.
    Usual,
}

impl Cut {
    /// Everything found out, nothing given by hand.
    #[must_use]
    pub fn new(ink: Ink) -> Self {
        Self {
            ink,
            threshold: None,
            crop: None,
            turn_degrees: None,
            frame: None,
            source_px_per_mm: None,
            grey: false,
            tone: Tone::Own,
        }
    }
}

/// The colour of an imprint's ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InkColour {
    /// Its name.
    pub name: InkName,
    /// Red, green and blue of the full ink on white paper.
    pub rgb: [u8; 3],
}

/// A name for the colour of ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InkName {
    /// Vermilion to scarlet.
    Red,
    /// Crimson to maroon.
    DarkRed,
    /// Red with blue in it.
    PurpleRed,
    /// Blue, as of pens.
    Blue,
    /// Black or grey.
    Black,
    /// Something else.
    Other,
}

impl InkName {
    /// The Chinese word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "红色",
            Self::DarkRed => "暗红色",
            Self::PurpleRed => "紫红色",
            Self::Blue => "蓝色",
            Self::Black => "黑色",
            Self::Other => "其他颜色",
        }
    }
}

/// Why nothing could be cut out. `Display` is the sentence for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CutError {
    /// No ink in the region.
    #[error("印模框内没有找到印模，请在框内加盖印章后重新扫描或拍照")]
    Blank,
    /// The region is empty, its resolution is no number, or the crop leaves nothing of it.
    #[error("选取的范围内没有图像，请重新选取印模所在的范围")]
    NoRegion,
}

impl CutError {
    /// The stable code for the help desk.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blank => "imprint_blank",
            Self::NoRegion => "imprint_no_region",
        }
    }
}

/// An imprint that was cut out of a sheet.
#[derive(Debug, Clone)]
pub struct CutImprint {
    /// What kind of outline it has.
    pub shape: Shape,
    /// Width of the upright imprint in mm, to a tenth.
    pub width_mm: f32,
    /// Height of the upright imprint in mm, to a tenth.
    pub height_mm: f32,
    /// The ink.
    pub ink: InkColour,
    /// Degrees by which it was turned clockwise to stand upright, -180 to 180.
    pub turn_degrees: f32,
    /// Whether this turn is certain; where not, a person should look.
    pub turn_sure: bool,
    /// How good it is.
    pub quality: Quality,
    /// The upright imprint with transparent ground, as large as its outline, at `px_per_mm`.
    pub picture: RgbaImage,
    /// Resolution of `picture` and `ink_map`.
    pub px_per_mm: f32,
    /// The rectangle around it as it stood in the region, in mm.
    pub stood: Millimetres,
    /// How much ink is on each pixel of the region as it came, 0 to 255, only the imprint's own.
    pub ink_map: GrayImage,
    /// What was used, with everything that was found out filled in but the crop.
    pub used: Cut,
    pub(crate) coverage: Plane,
    pub(crate) outline: Outline,
}

impl CutImprint {
    /// The clean picture as PNG with alpha and its true size.
    ///
    /// # Errors
    /// `Encode` if the encoder fails.
    pub fn png(&self, dpi: Dpi) -> Result<Vec<u8>, ImprintError> {
        let px_per_mm = dpi.value() / 25.4;
        let picture = picture::upright(
            &self.coverage,
            &self.outline,
            self.turn_degrees.to_radians(),
            px_per_mm / self.px_per_mm,
            self.ink_on_paper(),
        );
        let (width, height) = picture.dimensions();
        png::write(
            &picture,
            f64::from(width) / f64::from(px_per_mm),
            f64::from(height) / f64::from(px_per_mm),
        )
    }

    /// The clean picture as SVG, in mm.
    #[must_use]
    pub fn svg(&self) -> String {
        vector::svg(
            &self.coverage,
            &self.outline,
            self.turn_degrees.to_radians(),
            self.px_per_mm,
            self.ink_on_paper(),
        )
    }

    fn ink_on_paper(&self) -> [u8; 3] {
        picture::tone(self.used.tone, self.ink)
    }
}

/// Resolutions of clean pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dpi {
    /// 300 dots per inch.
    D300,
    /// 600 dots per inch.
    D600,
}

impl Dpi {
    fn value(self) -> f32 {
        match self {
            Self::D300 => 300.0,
            Self::D600 => 600.0,
        }
    }
}

/// Longest side of a region in pixels; larger ones are looked at in less detail by the caller.
const MAX_SIDE: u32 = 8000;

/// Cuts the imprint out of a part of a straightened sheet.
///
/// # Errors
/// There is no ink, or nothing to look at.
pub fn cut(region: &RgbImage, px_per_mm: f32, how: &Cut) -> Result<CutImprint, CutError> {
    if !(px_per_mm.is_finite() && (0.5..=200.0).contains(&px_per_mm)) {
        return Err(CutError::NoRegion);
    }
    let (width, height) = region.dimensions();
    if width.min(height) < 8 || width.max(height) > MAX_SIDE {
        return Err(CutError::NoRegion);
    }
    let inside = window(how.crop, width, height, px_per_mm)?;
    let edge = how
        .threshold
        .filter(|share| share.is_finite())
        .map_or(0.5, |share| share.clamp(0.05, 0.95));

    let lines = frame::find(region, px_per_mm, how.frame);
    let within = |x: usize, y: usize| inside.holds(x, y);
    let clear = |x: usize, y: usize| inside.holds(x, y) && !lines.covers(x, y);
    let separation =
        separate(region, px_per_mm, how.ink, edge, &within, &clear).ok_or(CutError::Blank)?;

    let Found {
        coverage,
        outline,
        beyond,
    } = imprint_of(&separation, px_per_mm).ok_or(CutError::Blank)?;
    let by_hand = how.turn_degrees.filter(|turn| turn.is_finite());
    let turn = match by_hand {
        Some(degrees) => Turn {
            radians: wrapped(degrees).to_radians(),
            sure: true,
        },
        None => upright::propose(&coverage, &outline),
    };
    let turn_degrees = wrapped((turn.radians.to_degrees() * 10.0).round() / 10.0);

    let quality = quality::judge(&quality::Judged {
        separation: &separation,
        coverage: &coverage,
        outline: &outline,
        turn,
        px_per_mm,
        source_px_per_mm: how.source_px_per_mm.filter(|v| v.is_finite() && *v > 0.0),
        frame: how.frame,
        window: (inside.left, inside.top, inside.right, inside.bottom),
        red_wanted: how.ink == Ink::Red,
        grey: how.grey,
        beyond,
    });
    let (half_u, half_v) = outline.extent(turn.radians);
    let tenth = |px: f32| (px / px_per_mm * 10.0).round() / 10.0;
    let (stood_u, stood_v) = outline.extent(0.0);
    let ink = ink_colour(separation.colour, separation.by);
    let picture = picture::upright(
        &coverage,
        &outline,
        turn_degrees.to_radians(),
        1.0,
        picture::tone(how.tone, ink),
    );
    let ink_map = GrayImage::from_fn(width, height, |x, y| {
        let share = coverage.values[y as usize * width as usize + x as usize];
        image::Luma([(picture::alpha(share, 1.0) * 255.0).round() as u8])
    });
    Ok(CutImprint {
        shape: outline.shape,
        width_mm: tenth(half_u * 2.0),
        height_mm: tenth(half_v * 2.0),
        ink,
        turn_degrees,
        turn_sure: turn.sure,
        quality,
        picture,
        px_per_mm,
        stood: Millimetres {
            x: (outline.centre.0 + 0.5 - stood_u) / px_per_mm,
            y: (outline.centre.1 + 0.5 - stood_v) / px_per_mm,
            width: stood_u * 2.0 / px_per_mm,
            height: stood_v * 2.0 / px_per_mm,
        },
        ink_map,
        used: Cut {
            threshold: Some(edge),
            turn_degrees: Some(turn_degrees),
            ..how.clone()
        },
        coverage,
        outline,
    })
}

/// The pixels that are looked at.
struct Window {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Window {
    fn holds(&self, x: usize, y: usize) -> bool {
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }
}

fn window(
    crop: Option<Millimetres>,
    width: u32,
    height: u32,
    px_per_mm: f32,
) -> Result<Window, CutError> {
    let whole = Window {
        left: 0,
        top: 0,
        right: width as usize,
        bottom: height as usize,
    };
    let Some(crop) = crop else {
        return Ok(whole);
    };
    let px = |mm: f32, most: usize| ((mm * px_per_mm).round().max(0.0) as usize).min(most);
    let part = Window {
        left: px(crop.x, whole.right),
        top: px(crop.y, whole.bottom),
        right: px(crop.x + crop.width, whole.right),
        bottom: px(crop.y + crop.height, whole.bottom),
    };
    if part.right < part.left + 4 || part.bottom < part.top + 4 {
        return Err(CutError::NoRegion);
    }
    Ok(part)
}

struct Found {
    /// The imprint's own ink.
    coverage: Plane,
    outline: Outline,
    /// Ink outside the outline, as a share of the ink inside.
    beyond: f32,
}

/// Tells the imprint from specks and from other ink beside it.
fn imprint_of(separation: &Separation, px_per_mm: f32) -> Option<Found> {
    let coverage = &separation.coverage;
    let mask: Vec<bool> = coverage.values.iter().map(|share| *share >= 0.5).collect();
    let (labels, list) = pieces(&mask, coverage.width);
    let total: usize = list.iter().map(|piece| piece.area).sum();
    if total < 12 {
        return None;
    }
    let speck = ((px_per_mm * px_per_mm * 0.05) as usize).clamp(2, total / 200 + 2);
    let counted: Vec<bool> = list.iter().map(|piece| piece.area > speck).collect();
    let solid: Vec<bool> = labels
        .iter()
        .map(|label| *label > 0 && counted[*label as usize - 1])
        .collect();
    let bounds = main_bounds(&list, &counted, separation.by, px_per_mm)?;
    let outline = outline::find(coverage, &solid, bounds, px_per_mm);

    // What belongs to the imprint: all within the outline and a little more.
    // The second of two pressings is ink of the same seal.
    let margin = if outline.doubled { 2.0 } else { 0.6 } * px_per_mm;
    let mut own = coverage.clone();
    let (mut inside, mut outside) = (0_usize, 0_usize);
    for y in 0..own.height {
        for x in 0..own.width {
            let at = y * own.width + x;
            if own.values[at] <= 0.02 {
                continue;
            }
            let distance = outline.distance(x as f32, y as f32);
            let limit = if outline.shape == Shape::Free {
                margin * 3.0
            } else {
                margin
            };
            if distance > limit {
                own.values[at] = 0.0;
                outside += usize::from(solid[at]);
            } else {
                inside += usize::from(solid[at]);
                // Specks by themselves are dust or noise of the paper.
                if labels[at] > 0 && !counted[labels[at] as usize - 1] {
                    own.values[at] = 0.0;
                }
            }
        }
    }
    if inside < 12 {
        return None;
    }
    Some(Found {
        coverage: own,
        outline,
        beyond: outside as f32 / inside as f32,
    })
}

/// Left, top, right and bottom of the ink that stands together with the most ink.
fn main_bounds(
    list: &[Piece],
    counted: &[bool],
    by: Measure,
    px_per_mm: f32,
) -> Option<(f32, f32, f32, f32)> {
    // The characters of a signature stand wide apart.
    let gap_mm = match by {
        Measure::Red => 4.0,
        Measure::Dark => 16.0,
    };
    let gap = (gap_mm * px_per_mm) as usize;
    let mut groups: Vec<Piece> = Vec::new();
    let mut large: Vec<Piece> = list
        .iter()
        .zip(counted)
        .filter(|(_, counted)| **counted)
        .map(|(piece, _)| *piece)
        .collect();
    large.sort_by_key(|piece| std::cmp::Reverse(piece.area));
    for mut piece in large {
        let near = |a: &Piece, b: &Piece| {
            a.left <= b.right + gap
                && b.left <= a.right + gap
                && a.top <= b.bottom + gap
                && b.top <= a.bottom + gap
        };
        while let Some(at) = groups.iter().position(|group| near(group, &piece)) {
            piece = piece.join(groups.swap_remove(at));
        }
        groups.push(piece);
    }
    let main = groups.into_iter().max_by_key(|group| group.area)?;
    Some((
        main.left as f32 - 0.5,
        main.top as f32 - 0.5,
        main.right as f32 + 0.5,
        main.bottom as f32 + 0.5,
    ))
}

/// Names a colour.
fn ink_colour(colour: [f32; 3], by: Measure) -> InkColour {
    let [r, g, b] = colour;
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let name = match by {
        _ if most - least < 0.12 => InkName::Black,
        Measure::Red if b - g > 0.16 && b > 0.45 * r => InkName::PurpleRed,
        Measure::Red if r < 0.62 => InkName::DarkRed,
        Measure::Red => InkName::Red,
        Measure::Dark if b >= most - 0.02 => InkName::Blue,
        Measure::Dark => InkName::Other,
    };
    InkColour {
        name,
        rgb: colour.map(|share| (share * 255.0).round().clamp(0.0, 255.0) as u8),
    }
}

/// An angle in degrees between -180 (left out) and 180.
fn wrapped(degrees: f32) -> f32 {
    let turned = degrees.rem_euclid(360.0);
    if turned > 180.0 {
        turned - 360.0
    } else {
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RoundSeal;
    use crate::scene::{Scene, overlap};

    const UNIT: &str = "厦门市数字经济发展中心";

    fn seal(mm: f64) -> RgbaImage {
        let png = RoundSeal::new(UNIT, mm).transparent(600).unwrap();
        image::load_from_memory(&png).unwrap().to_rgba8()
    }

    fn near(cut: &CutImprint, mm: f32, within: f32) {
        assert!((cut.width_mm - mm).abs() <= within, "{}", cut.width_mm);
        assert!((cut.height_mm - mm).abs() <= within, "{}", cut.height_mm);
    }

    #[test]
    fn a_stamped_seal_is_cut_out_measured_and_turned_upright() {
        for (mm, turn) in [(42.0, 0.0), (40.0, 12.0), (38.0, -9.0), (45.0, 175.0)] {
            let scene = Scene {
                turn,
                ..Scene::default()
            };
            let stamped = scene.stamp(&seal(mm), 600.0);
            let cut = cut(&stamped.sheet, scene.px_per_mm, &Cut::new(Ink::Red)).unwrap();
            assert_eq!(cut.shape, Shape::Round);
            near(&cut, mm as f32, 0.15);
            assert!(cut.turn_sure, "{turn}");
            let off = wrapped(cut.turn_degrees + turn);
            assert!(off.abs() < 1.0, "{turn}: {off}");
            let overlap = overlap(&cut.ink_map, &stamped.truth);
            assert!(overlap > 0.95, "{overlap}");
            assert!(cut.quality.score >= 90, "{:?}", cut.quality);
            assert_eq!(cut.ink.name, InkName::Red);
        }
    }

    fn codes(cut: &CutImprint) -> Vec<&'static str> {
        cut.quality
            .reasons
            .iter()
            .map(|remark| remark.code())
            .collect()
    }

    #[test]
    fn every_ink_light_and_pen_stroke_is_coped_with() {
        let base = Scene {
            frame: Some((58.0, 56.0)),
            ..Scene::default()
        };
        let scenes = [
            ([240, 165, 160], 0.0, [247, 246, 240], InkName::Red),
            ([130, 20, 30], 0.0, [247, 246, 240], InkName::DarkRed),
            ([165, 30, 110], 0.0, [247, 246, 240], InkName::PurpleRed),
            ([200, 40, 40], 0.5, [240, 222, 185], InkName::Red),
        ];
        for (ink, shadow, paper, name) in scenes {
            let scene = Scene {
                ink,
                shadow,
                paper,
                strokes: true,
                turn: 7.0,
                ..base.clone()
            };
            let stamped = scene.stamp(&seal(42.0), 600.0);
            let cut = cut(&stamped.sheet, scene.px_per_mm, &Cut::new(Ink::Red)).unwrap();
            near(&cut, 42.0, 0.2);
            assert_eq!(cut.ink.name, name);
            assert!((cut.turn_degrees + 7.0).abs() < 1.5, "{name:?}");
            let overlap = overlap(&cut.ink_map, &stamped.truth);
            assert!(overlap > 0.92, "{name:?}: {overlap}");
        }
    }

    #[test]
    fn what_is_missing_is_named_where_it_is_on_the_upright_imprint() {
        for (turn, bald, code) in [
            (0.0, 135.0, "imprint_missing_bottom_right"),
            (10.0, 280.0, "imprint_missing_left"),
            (180.0, 315.0, "imprint_missing_bottom_right"),
        ] {
            let scene = Scene {
                turn,
                bald: Some(bald),
                ..Scene::default()
            };
            let stamped = scene.stamp(&seal(42.0), 600.0);
            let cut = cut(&stamped.sheet, scene.px_per_mm, &Cut::new(Ink::Red)).unwrap();
            near(&cut, 42.0, 0.2);
            assert!(
                codes(&cut).contains(&code),
                "{turn} {bald}: {:?}",
                codes(&cut)
            );
            assert!(cut.quality.score < 90);
        }
    }

    #[test]
    fn grey_scans_and_black_copies_are_told_apart() {
        let scene = Scene {
            ink: [70, 66, 68],
            ..Scene::default()
        };
        let copy = scene.stamp(&seal(42.0), 600.0).sheet;
        let how = Cut::new(Ink::Red);
        let result = cut(&copy, scene.px_per_mm, &how).unwrap();
        assert_eq!(codes(&result), ["imprint_black_copy"]);
        near(&result, 42.0, 0.2);
        let grey = image::DynamicImage::from(copy).to_luma8();
        let grey = image::DynamicImage::from(grey).to_rgb8();
        assert_eq!(
            codes(&cut(&grey, scene.px_per_mm, &how).unwrap()),
            ["imprint_grey_scan"]
        );
    }

    #[test]
    fn two_imprints_and_double_images_are_remarked_on() {
        let scene = Scene {
            side_mm: 70.0,
            ..Scene::default()
        };
        let stamped = scene.stamp(&seal(30.0), 600.0).sheet;
        let shifted = |dx: i64, dy: i64| {
            RgbImage::from_fn(stamped.width(), stamped.height(), |x, y| {
                let at = |x: i64, y: i64| {
                    let inside = |v: i64| v.clamp(0, i64::from(stamped.width()) - 1) as u32;
                    stamped.get_pixel(inside(x), inside(y)).0
                };
                let (x, y) = (i64::from(x), i64::from(y));
                let (one, two) = (at(x + dx, y + dy), at(x - dx, y - dy));
                image::Rgb(std::array::from_fn(|k| one[k].min(two[k])))
            })
        };
        let how = Cut::new(Ink::Red);
        let codes_of = |dx, dy| codes(&cut(&shifted(dx, dy), scene.px_per_mm, &how).unwrap());
        assert!(codes_of(0, 0).is_empty(), "{:?}", codes_of(0, 0));
        assert!(codes_of(14, 8).contains(&"imprint_double_image"));
        assert!(codes_of(100, 20).contains(&"imprint_two"));
        assert!(codes_of(195, 0).contains(&"imprint_two"));
    }

    #[test]
    fn what_leaves_the_frame_or_the_picture_is_remarked_on() {
        let scene = Scene::default();
        let sheet = scene.stamp(&seal(42.0), 600.0).sheet;
        let mut how = Cut::new(Ink::Red);
        how.frame = Some(Millimetres {
            x: 14.0,
            y: 5.0,
            width: 44.0,
            height: 50.0,
        });
        assert_eq!(
            codes(&cut(&sheet, scene.px_per_mm, &how).unwrap()),
            ["imprint_outside_frame"]
        );
        how.frame = None;
        how.crop = Some(Millimetres {
            x: 0.0,
            y: 0.0,
            width: 45.0,
            height: 60.0,
        });
        let result = cut(&sheet, scene.px_per_mm, &how).unwrap();
        assert!(codes(&result).contains(&"imprint_cut_off"));
    }

    #[test]
    fn a_cut_can_be_repeated_exactly_from_what_was_used() {
        let scene = Scene {
            turn: -11.0,
            noise: 4.0,
            ..Scene::default()
        };
        let sheet = scene.stamp(&seal(40.0), 600.0).sheet;
        let first = cut(&sheet, scene.px_per_mm, &Cut::new(Ink::Red)).unwrap();
        let again = cut(&sheet, scene.px_per_mm, &first.used).unwrap();
        assert_eq!(first.picture, again.picture);
        assert_eq!(first.used, again.used);
        let mut by_hand = first.used.clone();
        by_hand.turn_degrees = Some(90.0);
        by_hand.threshold = Some(0.3);
        let turned = cut(&sheet, scene.px_per_mm, &by_hand).unwrap();
        assert_eq!(turned.used, by_hand);
        assert_ne!(turned.picture, first.picture);
    }

    #[test]
    fn the_clean_pictures_have_the_true_size() {
        let scene = Scene::default();
        let sheet = scene.stamp(&seal(42.0), 600.0).sheet;
        let cut = cut(&sheet, scene.px_per_mm, &Cut::new(Ink::Red)).unwrap();
        for (dpi, px) in [(Dpi::D300, 496), (Dpi::D600, 992)] {
            let png = image::load_from_memory(&cut.png(dpi).unwrap()).unwrap();
            assert!(png.width().abs_diff(px) <= 3, "{}", png.width());
        }
    }

    #[test]
    fn a_signature_in_a_frame_is_cut_out_without_the_frame() {
        let mut sheet = Scene {
            frame: Some((50.0, 30.0)),
            ..Scene::default()
        }
        .stamp(&RgbaImage::new(10, 10), 600.0)
        .sheet;
        let px = 11.811;
        // Two characters, wide apart.
        for i in (0..1400).chain(2600..4000) {
            let t = i as f32 / 4000.0;
            let (x, y) = (
                (18.0 + 24.0 * t) * px,
                (30.0 + 6.0 * (t * 19.0).sin() * (1.0 - t)) * px,
            );
            for (dx, dy) in (0..36).map(|k| (k % 6, k / 6)) {
                sheet.put_pixel(x as u32 + dx, y as u32 + dy, image::Rgb([32, 44, 120]));
            }
        }
        let how = Cut {
            frame: Some(Millimetres {
                x: 5.0,
                y: 15.0,
                width: 50.0,
                height: 30.0,
            }),
            ..Cut::new(Ink::Any)
        };
        let cut = cut(&sheet, px, &how).unwrap();
        assert_eq!((cut.shape, cut.ink.name), (Shape::Free, InkName::Blue));
        assert!((cut.width_mm - 24.5).abs() < 0.6, "{}", cut.width_mm);
        assert!((cut.stood.x - 18.0).abs() < 0.5, "{:?}", cut.stood);
    }

    #[test]
    fn paper_and_nonsense_are_refused() {
        let how = Cut::new(Ink::Red);
        let paper = Scene::default().stamp(&RgbaImage::new(10, 10), 600.0).sheet;
        let refused = |picture: &RgbImage, px: f32, how: &Cut| {
            cut(picture, px, how).map(|_| ()).unwrap_err().code()
        };
        assert_eq!(refused(&paper, 11.8, &how), "imprint_blank");
        assert_eq!(refused(&paper, f32::NAN, &how), "imprint_no_region");
        assert_eq!(
            refused(&RgbImage::new(0, 0), 11.8, &how),
            "imprint_no_region"
        );
        let outside = Cut {
            crop: Some(Millimetres {
                x: 500.0,
                y: f32::NAN,
                width: f32::INFINITY,
                height: -3.0,
            }),
            ..how
        };
        assert_eq!(refused(&paper, 11.8, &outside), "imprint_no_region");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
        #[test]
        fn no_pixels_of_any_size_make_it_panic(
            width in 1_u32..90, height in 1_u32..90, px_per_mm in 0.6_f32..30.0,
            seed in 0_u64..1_000_000, coarse in 1_u32..20, any in proptest::bool::ANY,
            turn in proptest::option::of(-720.0_f32..720.0),
        ) {
            let picture = RgbImage::from_fn(width, height, |x, y| {
                let cell = u64::from(x / coarse * 131 + y / coarse * 7919) + seed;
                let mixed = cell.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                match mixed >> 62 {
                    0 | 1 => image::Rgb([250, 248, 240]),
                    2 => image::Rgb([(mixed >> 8) as u8, (mixed >> 16) as u8, (mixed >> 24) as u8]),
                    _ => image::Rgb([210, 20, 30]),
                }
            });
            let how = Cut {
                turn_degrees: turn,
                ..Cut::new(if any { Ink::Any } else { Ink::Red })
            };
            if let Ok(cut) = cut(&picture, px_per_mm, &how) {
                proptest::prop_assert!(cut.svg().starts_with("<svg"));
                proptest::prop_assert!(cut.png(Dpi::D300).is_ok());
                let likeness = crate::Likeness::of(&cut);
                let read = crate::Likeness::from_bytes(&likeness.to_bytes());
                proptest::prop_assert_eq!(read.as_ref(), Some(&likeness));
                proptest::prop_assert!(likeness.distance(&likeness) <= 1.0);
            }
        }
    }
}
