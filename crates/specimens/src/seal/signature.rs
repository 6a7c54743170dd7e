//! Signatures: the characters of 楷体 written in one's own hand: slanted, bent, joined by strokes of the pen.

use tiny_skia::{LineCap, LineJoin, Path, PathBuilder, PathSegment, Point, Stroke};

use super::{Cutter, Form, Seal};
use crate::chance::{Chance, Grain};
use crate::glyph::{Face, outline};
use crate::names::person;

/// A signature so high that it would stand in the imprint frame.
pub(super) fn draw(chance: &mut Chance) -> Seal {
    let name = person(chance);
    let height = chance.between(11.0, 20.0);
    let paths = written(&name, height, chance);
    let mut bounds: Option<(f32, f32, f32, f32)> = None;
    for path in &paths {
        let b = path.bounds();
        let (l, t, r, d) = bounds.unwrap_or((b.left(), b.top(), b.right(), b.bottom()));
        bounds = Some((
            l.min(b.left()),
            t.min(b.top()),
            r.max(b.right()),
            d.max(b.bottom()),
        ));
    }
    let (left, top, right, bottom) = bounds.unwrap_or((-1.0, -1.0, 1.0, 1.0));
    let to_middle =
        tiny_skia::Transform::from_translate(-(left + right) / 2.0, -(top + bottom) / 2.0);
    let mut cutter = Cutter::default();
    for path in paths {
        cutter.ink(path.transform(to_middle));
    }
    cutter.seal(Form::Signature, right - left, bottom - top)
}

/// The outlines of a name written by hand, so high, its middle near the origin.
pub(crate) fn written(name: &str, height: f32, chance: &mut Chance) -> Vec<Path> {
    let slant = chance.between(-0.1, 0.35);
    let step = height * chance.between(0.72, 0.95);
    let climb = chance.between(-0.12, 0.04);
    let count = name.chars().count() as f32;
    let bend = (Grain::draw(chance), Grain::draw(chance));
    let wild = chance.between(0.10, 0.22);
    let mut paths = Vec::new();
    let mut ends: Vec<(f32, f32)> = Vec::new();
    for (i, c) in name.chars().enumerate() {
        let Some(glyph) = outline(Face::Kai, c) else {
            continue;
        };
        let along = (i as f32 - (count - 1.0) / 2.0) * step;
        let size = height * chance.between(0.8, 1.05);
        let by_hand = |p: Point| {
            let (x, y) = (p.x, p.y);
            let seed = i as f32 * 7.0;
            let dx = (bend.0.at(x * 2.2 + seed, y * 2.2) - 0.5) * wild * 2.0;
            let dy = (bend.1.at(x * 2.2 + seed, y * 2.2) - 0.5) * wild * 2.0;
            let (x, y) = (x + dx - slant * y, y + dy);
            Point::from_xy(along + x * size, climb * along + y * size)
        };
        paths.extend(bent(&glyph, by_hand));
        ends.push((along, climb * along));
    }
    // A stroke that joins two characters, and a last one that runs out.
    let mut joins = Vec::new();
    for pair in ends.windows(2) {
        if chance.happens(0.5) {
            let from = (pair[0].0 + height * 0.2, pair[0].1 + height * 0.3);
            joins.push((from, (pair[1].0 - height * 0.25, pair[1].1 - height * 0.2)));
        }
    }
    if let Some(last) = ends.last().filter(|_| chance.happens(0.5)) {
        let from = (last.0 + height * 0.1, last.1 + height * 0.35);
        joins.push((
            from,
            (
                last.0 + height * chance.between(0.5, 1.1),
                last.1 + height * chance.between(0.1, 0.6),
            ),
        ));
    }
    for (from, to) in joins {
        let bow = height * chance.between(-0.2, 0.3);
        let mut pen = PathBuilder::new();
        pen.move_to(from.0, from.1);
        pen.quad_to(
            (from.0 + to.0) / 2.0,
            (from.1 + to.1) / 2.0 + bow,
            to.0,
            to.1,
        );
        let stroke = Stroke {
            width: height * 0.035,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        paths.extend(pen.finish().and_then(|path| path.stroke(&stroke, 20.0)));
    }
    paths
}

fn bent(path: &Path, by: impl Fn(Point) -> Point) -> Option<Path> {
    let mut pen = PathBuilder::new();
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(p) => {
                let p = by(p);
                pen.move_to(p.x, p.y);
            }
            PathSegment::LineTo(p) => {
                let p = by(p);
                pen.line_to(p.x, p.y);
            }
            PathSegment::QuadTo(c, p) => {
                let (c, p) = (by(c), by(p));
                pen.quad_to(c.x, c.y, p.x, p.y);
            }
            PathSegment::CubicTo(c, d, p) => {
                let (c, d, p) = (by(c), by(d), by(p));
                pen.cubic_to(c.x, c.y, d.x, d.y, p.x, p.y);
            }
            PathSegment::Close => pen.close(),
        }
    }
    pen.finish()
}
