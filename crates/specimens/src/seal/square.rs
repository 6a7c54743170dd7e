//! Name seals (名章) and rectangular seals.

use super::{Cutter, Form, Seal, rectangle as block};
use crate::chance::Chance;
use crate::glyph::Face;
use crate::names::{PURPOSES, Unit, person};

/// A square name seal, its characters standing in columns from right to left; red on white (阳文) or white on red (阴文).
pub(super) fn name_seal(chance: &mut Chance) -> Seal {
    let side = if chance.happens(0.6) {
        chance.pick(&[18.0, 20.0, 22.0, 25.0])
    } else {
        chance.tenth(16.0, 30.0)
    };
    let mut text = person(chance);
    text.push_str(if text.chars().count() == 2 {
        "之印"
    } else {
        "印"
    });
    let face = chance.pick(&[Face::Kai, Face::SongBold, Face::Hei]);
    let white = chance.happens(0.35);
    let mut cutter = Cutter::default();
    let line = chance.between(0.7, 1.2);
    cutter.ink(block(side, side));
    if !white {
        cutter.clear(block(side - 2.0 * line, side - 2.0 * line));
    }
    let inner = side - 2.0 * line - 0.8;
    let columns = 2.0;
    let per_column = (text.chars().count() as f32 / columns).ceil();
    let cell = (inner / columns, inner / per_column);
    for (i, c) in text.chars().enumerate() {
        let (column, row) = ((i as f32 / per_column).floor(), i as f32 % per_column);
        let at = (
            inner / 2.0 - (column + 0.5) * cell.0,
            (row + 0.5) * cell.1 - inner / 2.0,
        );
        let glyph = super::placed(face, c, at, (cell.0 * 0.98, cell.1 * 0.98), 0.0);
        if white {
            cutter.clear(glyph);
        } else {
            cutter.ink(glyph);
        }
    }
    cutter.seal(Form::Square, side, side)
}

/// A framed rectangle with one or two lines.
pub(super) fn rectangle(unit: &Unit, chance: &mut Chance) -> Seal {
    let width = chance.tenth(42.0, 60.0);
    let height = chance.tenth(14.0, 24.0);
    let line = chance.between(0.6, 1.0);
    let face = chance.pick(&[Face::SongBold, Face::Hei, Face::Kai]);
    let mut cutter = Cutter::default();
    cutter.ink(block(width, height));
    cutter.clear(block(width - 2.0 * line, height - 2.0 * line));
    let (room, high) = (width - 2.0 * line - 2.0, height - 2.0 * line - 1.6);
    let row = |cutter: &mut Cutter, text: &str, y: f32, high: f32| {
        let count = text.chars().count() as f32;
        cutter.line(face, text, (0.0, y), ((room / count).min(high * 1.1), high));
    };
    if chance.happens(0.7) {
        row(&mut cutter, &unit.name, -high * 0.26, high * 0.44);
        row(&mut cutter, chance.pick(PURPOSES), high * 0.26, high * 0.46);
    } else {
        row(&mut cutter, &unit.name, 0.0, high * 0.8);
    }
    cutter.seal(Form::Rectangle, width, height)
}
