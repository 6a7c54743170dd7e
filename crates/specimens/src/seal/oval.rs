//! Oval seals: 发票专用章 of 40 × 30 and their kin.

use super::{Cutter, Form, Seal};
use crate::chance::Chance;
use crate::glyph::Face;
use crate::names::{Unit, digits};

pub(super) fn draw(unit: &Unit, chance: &mut Chance) -> Seal {
    let (width, height) = match chance.whole(0, 3) {
        0 => (40.0, 30.0),
        1 => (45.0, 30.0),
        2 => (58.0, 40.0),
        _ => {
            let width = chance.tenth(38.0, 58.0);
            (width, (width * 7.0).round() / 10.0)
        }
    };
    let mut cutter = Cutter::default();
    cutter.ring(width, height, chance.between(0.8, 1.2));
    let face = chance.pick(&[Face::SongBold, Face::Song, Face::Hei]);
    let size = height * 0.16;
    let (a, b) = (
        width / 2.0 - 1.6 - size / 2.0,
        height / 2.0 - 1.6 - size / 2.0,
    );
    along(&mut cutter, face, &unit.name, (a, b), size);
    cutter.line(
        Face::Hei,
        &digits(chance, 18),
        (0.0, 0.0),
        (width * 0.042, height * 0.09),
    );
    let purpose = chance.pick(&["发票专用章", "合同专用章", "收费专用章"]);
    cutter.line(
        face,
        purpose,
        (0.0, height * 0.27),
        (height * 0.125, height * 0.14),
    );
    cutter.seal(Form::Oval, width, height)
}

/// Characters at equal steps along the upper part of an ellipse.
fn along(cutter: &mut Cutter, face: Face, text: &str, (a, b): (f32, f32), size: f32) {
    let point = |t: f32| (a * t.sin(), -b * t.cos());
    // Length along the curve from the top, in fine steps to each side.
    let fine = 400;
    let most = 115_f32.to_radians();
    let mut lengths = vec![0.0_f32];
    for i in 0..fine {
        let (x1, y1) = point(most * i as f32 / fine as f32);
        let (x2, y2) = point(most * (i + 1) as f32 / fine as f32);
        lengths.push(lengths[i] + (x2 - x1).hypot(y2 - y1));
    }
    let count = text.chars().count() as f32;
    let step = (2.0 * lengths[fine] / (count - 1.0).max(1.0)).min(size * 1.6);
    for (i, c) in text.chars().enumerate() {
        let along = (i as f32 - (count - 1.0) / 2.0) * step;
        let knot = lengths.partition_point(|l| *l < along.abs()).min(fine);
        let t = most * knot as f32 / fine as f32 * along.signum();
        let turn = (b * t.sin() / a).atan2(t.cos()).to_degrees();
        cutter.character(face, c, point(t), (size.min(step * 0.97), size), turn);
    }
}
