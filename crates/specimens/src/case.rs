//! One case: a paper that came back, and everything that is true about it.

use image::RgbImage;
use platform::ports::papers::{PaperKind, PaperMark};
use scan::Area;
use tiny_skia::{LineCap, Path, PathBuilder, Stroke, Transform};

use crate::blank::Blank;
use crate::capture::{Capture, Device};
use crate::chance::Chance;
use crate::encode::Container;
use crate::names::person;
use crate::picture::{Colour, Page};
use crate::press::{HALF, Impression, Wear, press};
use crate::seal::{Form, Seal, written};

/// Cases are drawn from two seeds that share nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// For finding out what goes wrong.
    Tune,
    /// For the figures only.
    Hold,
}

impl Split {
    fn seed(self) -> u64 {
        match self {
            Self::Tune => 0x7E57,
            Self::Hold => 0x401D,
        }
    }
}

/// Cases that share a printed paper, so that it is set only once.
pub const PER_PAPER: u64 = 20;

/// A returned paper.
#[derive(Debug, Clone)]
pub struct Specimen {
    /// Its number in the split.
    pub number: u64,
    /// The upload.
    pub bytes: Vec<u8>,
    /// What kind of file it is.
    pub container: Container,
    /// What is true about it.
    pub truth: Truth,
    /// What was done to it, for tables.
    pub labels: Vec<&'static str>,
}

/// What is true about a returned paper.
#[derive(Debug, Clone)]
pub struct Truth {
    /// What it is.
    pub kind: PaperKind,
    /// What its code says.
    pub mark: PaperMark,
    /// A scan rather than a photo.
    pub scan: bool,
    /// Without colours: grey, or a black copy.
    pub grey: bool,
    /// A black copy.
    pub copied: bool,
    /// Pixels per mm of the upload, on the page.
    pub px_per_mm: f32,
    /// The imprint in its frame (the first, where there are two).
    pub imprint: Option<ImprintTruth>,
    /// How many imprints stand in the frame.
    pub imprints: u8,
    /// The imprint crosses the line of its frame.
    pub over_line: bool,
    /// Whether the unit's stamp is there.
    pub unit_stamp: bool,
    /// Whether the person who approves has signed; None where nobody has to.
    pub approver: Option<bool>,
    /// Whether the agent has signed; None where nobody has to.
    pub agent: Option<bool>,
    /// The field that was struck out.
    pub struck: Option<String>,
}

/// What is true about an imprint.
#[derive(Debug, Clone)]
pub struct ImprintTruth {
    /// Outer form.
    pub form: Form,
    /// Across, upright.
    pub width_mm: f32,
    /// From top to bottom, upright.
    pub height_mm: f32,
    /// Its middle on the page.
    pub middle: (f32, f32),
    /// How far it was turned, clockwise.
    pub turn_degrees: f32,
    /// Red ink rather than a pen's.
    pub red: bool,
    /// Where the ink is.
    pub impression: Impression,
    /// Pixels per mm of the impression.
    pub px_per_mm: f32,
    /// How it was stamped.
    pub wear: Wear,
}

/// The paper that a case is printed on.
///
/// # Errors
/// The typesetter's.
pub fn blank_of(split: Split, number: u64) -> Result<Blank, String> {
    let mut chance = Chance::of(&[split.seed(), 0xB1A, number / PER_PAPER]);
    let lot = chance.unit();
    let kind = if lot < 0.82 {
        PaperKind::ApplicationForm
    } else {
        chance.pick(&[
            PaperKind::IntroductionLetter,
            PaperKind::IntroductionSlip,
            PaperKind::IdCopySheet,
            PaperKind::RedHeaderLetter,
        ])
    };
    Blank::draw(kind, &mut chance)
}

/// Draws a case onto its paper.
///
/// # Errors
/// The paper cannot be drawn, or the file not be written.
pub fn draw(split: Split, number: u64, blank: &mut Blank) -> Result<Specimen, String> {
    let mut chance = Chance::of(&[split.seed(), 0xCA5E, number]);
    let capture = Capture::draw(&mut chance);
    let dpi = match capture.device {
        Device::Scanner(dpi) => dpi,
        Device::Phone => {
            let seen = capture.px_per_mm() * 25.4;
            [150, 200, 300, 400]
                .into_iter()
                .find(|dpi| *dpi as f32 >= seen * 0.92)
                .unwrap_or(400)
        }
    };
    let mut labels = capture.labels.clone();
    let mut page = blank.page(dpi)?.clone();
    let truth = fill(blank, &mut page, &capture, &mut labels, &mut chance);
    let picture = capture.take(&page, &mut chance);
    drop(page);
    let (container, told) = container(&capture, &mut chance);
    let bytes = container.write(&picture, told)?;
    Ok(Specimen {
        number,
        bytes,
        container,
        truth,
        labels,
    })
}

/// The page before it is seen by a camera, to look at.
///
/// # Errors
/// The paper cannot be drawn.
pub fn flat(
    split: Split,
    number: u64,
    blank: &mut Blank,
    dpi: u32,
) -> Result<(RgbImage, Truth), String> {
    let mut chance = Chance::of(&[split.seed(), 0xCA5E, number]);
    let capture = Capture::draw(&mut chance);
    let mut page = blank.page(dpi)?.clone();
    let truth = fill(blank, &mut page, &capture, &mut Vec::new(), &mut chance);
    Ok((page.picture, truth))
}

fn container(capture: &Capture, chance: &mut Chance) -> (Container, Option<u32>) {
    let quality = chance.whole(40, 95) as u8;
    let Device::Scanner(dpi) = capture.device else {
        // Phones write 72 or nothing.
        return (Container::Jpeg(quality), chance.happens(0.5).then_some(72));
    };
    let told = chance.happens(0.85).then_some(dpi);
    let lot = chance.unit();
    if lot < 0.55 {
        (Container::Jpeg(quality), told)
    } else if lot < 0.85 || dpi > 300 {
        (Container::Pdf(quality), Some(dpi))
    } else if lot < 0.95 {
        (Container::Png, None)
    } else {
        (Container::Tiff, told)
    }
}

/// Stamps, signs and spoils the page.
fn fill(
    blank: &Blank,
    page: &mut Page,
    capture: &Capture,
    labels: &mut Vec<&'static str>,
    chance: &mut Chance,
) -> Truth {
    let form = blank.mark.kind == PaperKind::ApplicationForm;
    let untouched = chance.happens(0.025);
    let mut truth = Truth {
        kind: blank.mark.kind,
        mark: blank.mark,
        scan: capture.is_scan(),
        grey: capture.look.grey || capture.look.copied,
        copied: capture.look.copied,
        px_per_mm: capture.px_per_mm(),
        imprint: None,
        imprints: 0,
        over_line: false,
        unit_stamp: !untouched && chance.happens(0.88),
        approver: form.then_some(false),
        agent: form.then_some(false),
        struck: None,
    };
    let unit_seal = Seal::of_unit(&blank.unit, chance);
    let red = red(chance, labels);
    if form && !untouched {
        if chance.happens(0.96) {
            imprint(blank, page, red, &mut truth, labels, chance);
        }
        truth.approver = Some(chance.happens(0.88));
        truth.agent = Some(chance.happens(0.88));
        for (there, name) in [
            (truth.approver, "approver-signature"),
            (truth.agent, "agent-signature"),
        ] {
            if there == Some(true)
                && let Some(place) = blank.place(name)
            {
                sign(page, place, chance);
            }
        }
        if chance.happens(0.03) {
            truth.struck = strike(blank, page, chance);
            labels.push("struck out");
        }
    }
    if truth.unit_stamp
        && let Some(Area {
            x,
            y,
            width,
            height,
        }) = blank.place("unit-stamp")
    {
        let middle = (
            x + width * chance.between(0.40, 0.60),
            y + height * chance.between(0.40, 0.60),
        );
        let wear = Wear {
            missing: None,
            double: None,
            smear: None,
            ..Wear::draw(chance)
        };
        let turn = chance.normal() * 4.0;
        if let Some(impression) = press(&unit_seal, middle, turn, &wear, page.px_per_mm, chance) {
            page.stamp(&impression, red);
        }
    }
    if untouched {
        labels.push("blank paper");
    }
    truth
}

/// The imprint in its frame.
fn imprint(
    blank: &Blank,
    page: &mut Page,
    red: Colour,
    truth: &mut Truth,
    labels: &mut Vec<&'static str>,
    chance: &mut Chance,
) {
    let Some(Area {
        x: left,
        y: top,
        width,
        height,
    }) = blank.place("imprint-frame")
    else {
        return;
    };
    let fits = |seal: &Seal| seal.width_mm <= width - 4.0 && seal.height_mm <= height - 4.0;
    let seal = std::iter::repeat_with(|| Seal::draw(&blank.unit, chance)).find(fits);
    let Some(seal) = seal else { return };
    let pen = seal.form == Form::Signature;
    let turn = turn(pen, labels, chance);
    // Room that is left for the turned seal on each side of the frame's middle.
    let (sin, cos) = turn.to_radians().sin_cos();
    let half = if matches!(seal.form, Form::Square | Form::Rectangle | Form::Signature) {
        (
            (seal.width_mm * cos.abs() + seal.height_mm * sin.abs()) / 2.0,
            (seal.width_mm * sin.abs() + seal.height_mm * cos.abs()) / 2.0,
        )
    } else {
        (
            (seal.width_mm * cos).hypot(seal.height_mm * sin) / 2.0,
            (seal.width_mm * sin).hypot(seal.height_mm * cos) / 2.0,
        )
    };
    let room = (
        (width / 2.0 - half.0 - 0.8).max(0.0),
        (height / 2.0 - half.1 - 0.8).max(0.0),
    );
    let mut middle = (
        left + width / 2.0 + room.0 * chance.between(-0.7, 0.7),
        top + height / 2.0 + room.1 * chance.between(-0.7, 0.7),
    );
    if chance.happens(0.06) {
        labels.push("over the line");
        truth.over_line = true;
        let out = chance.between(1.5, 5.0);
        match chance.whole(0, 2) {
            0 => middle.0 = left + half.0 - out,
            1 => middle.1 = top + half.1 - out,
            _ => middle.0 = left + width - half.0 + out,
        }
    }
    let colour = if pen { pen_colour(chance) } else { red };
    let wear = if pen {
        Wear {
            strength: chance.between(0.75, 0.97),
            uneven: chance.between(0.0, 0.2),
            ..Wear::default()
        }
    } else {
        Wear::draw(chance)
    };
    labels.extend(wear.labels());
    let Some(impression) = press(&seal, middle, turn, &wear, page.px_per_mm, chance) else {
        return;
    };
    page.stamp(&impression, colour);
    truth.imprints = 1;
    // A second imprint of the same seal, where there is room for most of it.
    if !pen && chance.happens(0.03) {
        labels.push("two imprints");
        truth.imprints = 2;
        let side = if middle.0 > left + width / 2.0 {
            -1.0
        } else {
            1.0
        };
        let beside = (
            // Its middle stays within the frame: what stands beside it is not the imprint's.
            (middle.0 + side * seal.width_mm * chance.between(0.55, 1.05))
                .clamp(left + 4.0, left + width - seal.width_mm * 0.35),
            middle.1 + chance.between(-3.0, 3.0),
        );
        if let Some(second) = press(
            &seal,
            beside,
            turn + chance.normal() * 6.0,
            &Wear::none(),
            page.px_per_mm,
            chance,
        ) {
            page.stamp(&second, red);
        }
    }
    if chance.happens(0.05) {
        labels.push("pen across");
        let (sin, cos) = chance.between(-1.2, 1.2).sin_cos();
        let reach = seal.width_mm * 0.7;
        let at = (
            middle.0 + chance.normal() * 4.0,
            middle.1 + chance.normal() * 4.0,
        );
        let ends = (
            (at.0 - cos * reach, at.1 - sin * reach),
            (at.0 + cos * reach, at.1 + sin * reach),
        );
        let colour = pen_colour(chance);
        if let Some(path) = line(
            ends.0,
            ends.1,
            chance.normal() * 3.0,
            chance.between(0.3, 0.6),
        ) {
            page.pen(&path, colour, 0.92);
        }
    }
    let (mut width_mm, mut height_mm) = (seal.width_mm, seal.height_mm);
    if pen {
        (width_mm, height_mm) = bounds(&impression, page.px_per_mm);
    }
    truth.imprint = Some(ImprintTruth {
        form: seal.form,
        width_mm,
        height_mm,
        middle,
        turn_degrees: turn,
        red: !pen,
        impression,
        px_per_mm: page.px_per_mm,
        wear,
    });
}

fn turn(pen: bool, labels: &mut Vec<&'static str>, chance: &mut Chance) -> f32 {
    if pen {
        return 0.0;
    }
    let lot = chance.unit();
    if lot < 0.6 {
        chance.normal() * 2.5
    } else if lot < 0.9 {
        labels.push("imprint turned");
        chance.between(-15.0, 15.0)
    } else {
        labels.push("imprint upside down");
        180.0 + chance.between(-12.0, 12.0)
    }
}

fn bounds(impression: &Impression, px_per_mm: f32) -> (f32, f32) {
    let (mut low, mut high) = ((usize::MAX, usize::MAX), (0, 0));
    for (i, _) in impression
        .ink
        .iter()
        .enumerate()
        .filter(|(_, ink)| **ink >= HALF)
    {
        let (x, y) = (i % impression.width, i / impression.width);
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x + 1), high.1.max(y + 1));
    }
    let mm = |low: usize, high: usize| high.saturating_sub(low) as f32 / px_per_mm;
    (mm(low.0, high.0), mm(low.1, high.1))
}

/// Ink pads: mostly vermilion, some dark, some towards purple or orange.
fn red(chance: &mut Chance, labels: &mut Vec<&'static str>) -> Colour {
    let lot = chance.unit();
    let base: Colour = if lot < 0.72 {
        chance.pick(&[[0.84, 0.10, 0.12], [0.80, 0.07, 0.10], [0.88, 0.16, 0.10]])
    } else if lot < 0.82 {
        labels.push("dark red");
        [0.55, 0.06, 0.09]
    } else if lot < 0.91 {
        labels.push("purple-red");
        [0.62, 0.08, 0.34]
    } else {
        labels.push("orange-red");
        [0.92, 0.30, 0.14]
    };
    base.map(|c| (c + chance.normal() * 0.015).clamp(0.02, 0.98))
}

fn pen_colour(chance: &mut Chance) -> Colour {
    chance.pick(&[
        [0.10, 0.10, 0.11],
        [0.13, 0.13, 0.15],
        [0.12, 0.18, 0.55],
        [0.10, 0.13, 0.34],
    ])
}

/// A pen signature within a place.
fn sign(
    page: &mut Page,
    Area {
        x,
        y,
        width,
        height,
    }: Area,
    chance: &mut Chance,
) {
    let name = person(chance);
    let high = chance.between(6.0, 9.5).min(height * 0.9);
    let paths = written(&name, high, chance);
    let at = Transform::from_translate(
        x + width * chance.between(0.3, 0.5),
        y + height * chance.between(0.45, 0.6),
    );
    let colour = pen_colour(chance);
    for path in paths {
        if let Some(path) = path.transform(at) {
            page.pen(&path, colour, 0.93);
        }
    }
}

/// Strikes a field out with the pen.
fn strike(blank: &Blank, page: &mut Page, chance: &mut Chance) -> Option<String> {
    let fields = blank.places_like("field:");
    let field = fields.get(chance.whole(0, 99) as usize % fields.len().max(1))?;
    let Area {
        x,
        y,
        width,
        height,
    } = field.area;
    let colour = pen_colour(chance);
    let long = width.min(chance.between(18.0, 40.0));
    for _ in 0..chance.whole(1, 2) {
        let from = (x + 1.0, y + height * chance.between(0.35, 0.65));
        let to = (x + long, y + height * chance.between(0.35, 0.65));
        if let Some(path) = line(from, to, chance.normal() * 0.5, chance.between(0.35, 0.6)) {
            page.pen(&path, colour, 0.93);
        }
    }
    Some(field.name.clone())
}

/// A stroke of the pen, bent by so many mm.
fn line(from: (f32, f32), to: (f32, f32), bow: f32, width: f32) -> Option<Path> {
    let mut pen = PathBuilder::new();
    pen.move_to(from.0, from.1);
    pen.quad_to(
        (from.0 + to.0) / 2.0,
        (from.1 + to.1) / 2.0 + bow,
        to.0,
        to.1,
    );
    pen.finish()?.stroke(
        &Stroke {
            width,
            line_cap: LineCap::Round,
            ..Stroke::default()
        },
        20.0,
    )
}
