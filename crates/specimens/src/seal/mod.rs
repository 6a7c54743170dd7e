//! Seals as engravers cut them and signatures as people write them, in mm.

mod emblem;
mod oval;
mod round;
mod signature;
mod square;

use tiny_skia::{FillRule, Mask, Path, Transform};

use crate::chance::Chance;
use crate::glyph::{Face, outline};
use crate::names::Unit;

pub(crate) use signature::written;

/// Outer form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// Round with a five-pointed star.
    RoundStar,
    /// Round with an emblem.
    RoundEmblem,
    /// Round with neither.
    RoundPlain,
    /// Oval.
    Oval,
    /// Square, as name seals are.
    Square,
    /// Rectangle.
    Rectangle,
    /// Written by hand.
    Signature,
}

impl Form {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RoundStar => "round, star",
            Self::RoundEmblem => "round, emblem",
            Self::RoundPlain => "round, plain",
            Self::Oval => "oval",
            Self::Square => "square",
            Self::Rectangle => "rectangle",
            Self::Signature => "signature",
        }
    }

    /// Whether upright can be seen from the figure in the middle.
    #[must_use]
    pub fn has_figure(self) -> bool {
        matches!(self, Self::RoundStar | Self::RoundEmblem)
    }
}

/// A seal as it was cut: its middle in the origin, upright, y downwards, in mm.
#[derive(Debug, Clone)]
pub struct Seal {
    /// Outer form.
    pub form: Form,
    /// From edge to edge across.
    pub width_mm: f32,
    /// From edge to edge from top to bottom.
    pub height_mm: f32,
    layers: Vec<Layer>,
}

/// What is laid on or taken away, in this order.
#[derive(Debug, Clone)]
enum Layer {
    Ink(Path),
    Clear(Path),
}

impl Seal {
    /// The unit's own seal, as its rank has it.
    pub fn of_unit(unit: &Unit, chance: &mut Chance) -> Self {
        round::statutory(unit, chance)
    }

    /// Any seal that may stand in the imprint frame of a form.
    pub fn draw(unit: &Unit, chance: &mut Chance) -> Self {
        let lot = chance.unit();
        if lot < 0.34 {
            round::statutory(unit, chance)
        } else if lot < 0.58 {
            round::purpose(unit, chance)
        } else if lot < 0.68 {
            oval::draw(unit, chance)
        } else if lot < 0.82 {
            square::name_seal(chance)
        } else if lot < 0.90 {
            square::rectangle(unit, chance)
        } else {
            signature::draw(chance)
        }
    }

    /// How much of each pixel is covered, turned clockwise by so many degrees about its middle, which stands at a point
    /// of the picture.
    #[must_use]
    pub fn mask(
        &self,
        size: (u32, u32),
        middle: (f32, f32),
        px_per_mm: f32,
        turn_degrees: f32,
    ) -> Option<Mask> {
        let at = Transform::from_scale(px_per_mm, px_per_mm)
            .post_concat(Transform::from_rotate(turn_degrees))
            .post_translate(middle.0, middle.1);
        let mut mask = Mask::new(size.0, size.1)?;
        for layer in &self.layers {
            match layer {
                Layer::Ink(path) => mask.fill_path(path, FillRule::Winding, true, at),
                Layer::Clear(path) => {
                    let mut cleared = Mask::new(size.0, size.1)?;
                    cleared.fill_path(path, FillRule::Winding, true, at);
                    for (ink, gone) in mask.data_mut().iter_mut().zip(cleared.data()) {
                        *ink = (u16::from(*ink) * u16::from(255 - gone) / 255) as u8;
                    }
                }
            }
        }
        Some(mask)
    }
}

/// Gathers what a seal is made of.
#[derive(Default)]
struct Cutter(Vec<Layer>);

impl Cutter {
    fn ink(&mut self, path: Option<Path>) {
        self.0.extend(path.map(Layer::Ink));
    }

    fn clear(&mut self, path: Option<Path>) {
        self.0.extend(path.map(Layer::Clear));
    }

    /// Between an outer and an inner ellipse.
    fn ring(&mut self, width: f32, height: f32, line: f32) {
        self.ink(ellipse(width, height));
        self.clear(ellipse(width - 2.0 * line, height - 2.0 * line));
    }

    /// A character so wide and high, its middle at a point, turned.
    fn character(
        &mut self,
        face: Face,
        character: char,
        at: (f32, f32),
        size: (f32, f32),
        turn_degrees: f32,
    ) {
        self.ink(placed(face, character, at, size, turn_degrees));
    }

    /// Characters side by side, the line's middle at a point.
    fn line(&mut self, face: Face, text: &str, at: (f32, f32), size: (f32, f32)) {
        let count = text.chars().count() as f32;
        for (i, c) in text.chars().enumerate() {
            let x = at.0 + (i as f32 - (count - 1.0) / 2.0) * size.0;
            self.character(face, c, (x, at.1), (size.0 * 0.94, size.1), 0.0);
        }
    }

    fn seal(self, form: Form, width_mm: f32, height_mm: f32) -> Seal {
        Seal {
            form,
            width_mm,
            height_mm,
            layers: self.0,
        }
    }
}

fn placed(
    face: Face,
    character: char,
    at: (f32, f32),
    size: (f32, f32),
    turn_degrees: f32,
) -> Option<Path> {
    let place = Transform::from_scale(size.0, size.1)
        .post_concat(Transform::from_rotate(turn_degrees))
        .post_translate(at.0, at.1);
    outline(face, character)?.transform(place)
}

fn ellipse(width: f32, height: f32) -> Option<Path> {
    let bounds = tiny_skia::Rect::from_xywh(-width / 2.0, -height / 2.0, width, height)?;
    tiny_skia::PathBuilder::from_oval(bounds)
}

fn rectangle(width: f32, height: f32) -> Option<Path> {
    tiny_skia::Rect::from_xywh(-width / 2.0, -height / 2.0, width, height)
        .map(tiny_skia::PathBuilder::from_rect)
}
