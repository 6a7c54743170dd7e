//! Round seals: ring, the name around it, a figure in the middle, a line below, a code at the foot.

use std::f32::consts::{FRAC_PI_2, PI};

use tiny_skia::{Path, PathBuilder};

use super::{Cutter, Form, Seal, emblem};
use crate::chance::Chance;
use crate::glyph::Face;
use crate::names::{PURPOSES, Rank, Unit, digits};

/// The statutory seal of a unit (国发〔1999〕25号).
pub(super) fn statutory(unit: &Unit, chance: &mut Chance) -> Seal {
    match unit.rank {
        Rank::Government => cut(&unit.name, 45.0, Figure::Emblem, None, None, chance),
        Rank::Township => cut(&unit.name, 42.0, Figure::Star, None, None, chance),
        Rank::Department => {
            let diameter = if chance.happens(0.5) {
                chance.pick(&[40.0, 42.0, 45.0])
            } else {
                chance.tenth(38.0, 45.0)
            };
            let code = chance.happens(0.3).then(|| digits(chance, 13));
            cut(&unit.name, diameter, Figure::Star, None, code, chance)
        }
    }
}

/// 财务专用章 and its kin.
pub(super) fn purpose(unit: &Unit, chance: &mut Chance) -> Seal {
    let purpose = chance.pick(PURPOSES);
    let diameter = if chance.happens(0.5) {
        chance.pick(&[38.0, 40.0, 42.0])
    } else {
        chance.tenth(36.0, 44.0)
    };
    let figure = if chance.happens(0.8) {
        Figure::Star
    } else {
        Figure::None
    };
    let code = chance.happens(0.6).then(|| digits(chance, 13));
    cut(&unit.name, diameter, figure, Some(purpose), code, chance)
}

#[derive(Clone, Copy, PartialEq)]
enum Figure {
    Star,
    Emblem,
    None,
}

fn cut(
    name: &str,
    diameter: f32,
    figure: Figure,
    below: Option<&str>,
    code: Option<String>,
    chance: &mut Chance,
) -> Seal {
    let radius = diameter / 2.0;
    let mut cutter = Cutter::default();
    let line = chance.between(0.9, 1.4);
    cutter.ring(diameter, diameter, line);
    if chance.happens(0.12) {
        // Some have a fine second ring.
        let inner = radius - line - 0.6;
        cutter.ink(circle_line(inner, 0.3));
    }
    let face = chance.pick(&[Face::SongBold, Face::SongBold, Face::Song, Face::Hei]);
    around(
        &mut cutter,
        face,
        name,
        radius,
        below.is_some() || code.is_some(),
    );
    match figure {
        Figure::Star => cutter.ink(star((0.0, 0.0), radius * chance.between(0.29, 0.34), 0.0)),
        Figure::Emblem => emblem::draw(&mut cutter, radius * 0.40),
        Figure::None => {}
    }
    if let Some(text) = below {
        let count = text.chars().count() as f32;
        let (y, width) = if figure == Figure::None {
            (0.05 * radius, radius * 1.15)
        } else {
            (radius * 0.55, radius * 1.1)
        };
        let most = if figure == Figure::None {
            radius * 0.26
        } else {
            radius * 0.21
        };
        cutter.line(face, text, (0.0, y), ((width / count).min(most), most));
    }
    if let Some(code) = code {
        let count = code.len() as f32;
        let (line, height) = (radius - line - 1.5, 1.5);
        for (i, c) in code.chars().enumerate() {
            // From left to right along the foot, the digits' feet outwards.
            let angle = (count - 1.0) * 2.0 - i as f32 * 4.0;
            let (sin, cos) = angle.to_radians().sin_cos();
            cutter.character(
                Face::Hei,
                c,
                (-sin * line, cos * line),
                (height, height),
                angle,
            );
        }
    }
    let form = match figure {
        Figure::Star => Form::RoundStar,
        Figure::Emblem => Form::RoundEmblem,
        Figure::None => Form::RoundPlain,
    };
    cutter.seal(form, diameter, diameter)
}

/// The name from left to right over the middle, the characters' feet inwards.
fn around(cutter: &mut Cutter, face: Face, name: &str, radius: f32, shorter: bool) {
    let count = name.chars().count() as f32;
    let most = if shorter { 250.0 } else { 285.0 };
    let span = (30.0 + 19.0 * count).min(most).to_radians();
    let step = if count > 1.0 {
        span / (count - 1.0)
    } else {
        0.0
    };
    let height = radius * 0.28;
    let line = radius * 0.75;
    let width = height.min(step * line * 0.98);
    for (i, c) in name.chars().enumerate() {
        let turn = step * i as f32 - span / 2.0;
        let (sin, cos) = turn.sin_cos();
        cutter.character(
            face,
            c,
            (sin * line, -cos * line),
            (width, height),
            turn.to_degrees(),
        );
    }
}

/// A five-pointed star, one point up before it is turned.
pub(super) fn star(at: (f32, f32), radius: f32, turn: f32) -> Option<Path> {
    let inner = radius * (PI / 10.0).sin() / (3.0 * PI / 10.0).sin();
    let mut pen = PathBuilder::new();
    for i in 0..10 {
        let reach = if i % 2 == 0 { radius } else { inner };
        let (sin, cos) = (i as f32 * PI / 5.0 - FRAC_PI_2 + turn).sin_cos();
        let (x, y) = (at.0 + reach * cos, at.1 + reach * sin);
        if i == 0 {
            pen.move_to(x, y);
        } else {
            pen.line_to(x, y);
        }
    }
    pen.close();
    pen.finish()
}

/// A fine circle.
pub(super) fn circle_line(radius: f32, line: f32) -> Option<Path> {
    let circle = PathBuilder::from_circle(0.0, 0.0, radius)?;
    circle.stroke(
        &tiny_skia::Stroke {
            width: line,
            ..tiny_skia::Stroke::default()
        },
        20.0,
    )
}
