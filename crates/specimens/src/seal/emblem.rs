//! A figure like an emblem: five stars over a gate, ears of grain around them, a wheel at the foot. It is no copy of any
//! emblem; it only has as much detail and the same symmetry.

use std::f32::consts::PI;

use tiny_skia::{Path, PathBuilder, Rect, Stroke};

use super::Cutter;
use super::round::star;

pub(super) fn draw(cutter: &mut Cutter, radius: f32) {
    cutter.ink(star((0.0, -radius * 0.48), radius * 0.22, 0.0));
    for (x, y) in [(-0.42, -0.30), (-0.20, -0.14), (0.20, -0.14), (0.42, -0.30)] {
        cutter.ink(star((radius * x, radius * y), radius * 0.09, 0.2));
    }
    gate(cutter, radius);
    for side in [-1.0_f32, 1.0] {
        for i in 0..13 {
            // Ears of grain: short thick strokes along both sides.
            let angle = PI * (0.62 - 0.098 * i as f32);
            let (sin, cos) = angle.sin_cos();
            let (x, y) = (side * cos_out(cos) * radius * 0.9, sin * radius * 0.9);
            let lean = if i % 2 == 0 { 0.10 } else { -0.05 };
            cutter.ink(stroke(
                (x, y),
                (x + side * radius * lean, y - radius * 0.16),
                radius * 0.075,
            ));
        }
    }
    // The wheel.
    if let Some(circle) = PathBuilder::from_circle(0.0, radius * 0.80, radius * 0.20) {
        cutter.ink(circle.stroke(
            &Stroke {
                width: radius * 0.09,
                ..Stroke::default()
            },
            20.0,
        ));
    }
    for i in 0..10 {
        let (sin, cos) = (i as f32 * PI / 5.0).sin_cos();
        let at = |reach: f32| (cos * reach * radius, radius * 0.80 + sin * reach * radius);
        cutter.ink(stroke(at(0.22), at(0.31), radius * 0.07));
    }
    // Ribbons from the wheel to both sides.
    for side in [-1.0_f32, 1.0] {
        cutter.ink(stroke(
            (side * radius * 0.3, radius * 0.86),
            (side * radius * 0.74, radius * 0.66),
            radius * 0.10,
        ));
    }
}

fn cos_out(cos: f32) -> f32 {
    cos.abs().max(0.12)
}

fn gate(cutter: &mut Cutter, radius: f32) {
    let block = |x: f32, y: f32, w: f32, h: f32| {
        Rect::from_xywh(x * radius, y * radius, w * radius, h * radius).map(PathBuilder::from_rect)
    };
    cutter.ink(block(-0.52, 0.30, 1.04, 0.22));
    for x in [-0.36, -0.19, -0.05, 0.12, 0.28] {
        cutter.clear(block(x, 0.38, 0.09, 0.14));
    }
    cutter.ink(block(-0.40, 0.16, 0.80, 0.09));
    cutter.ink(block(-0.30, 0.07, 0.60, 0.05));
    for x in [-0.28, -0.14, 0.0, 0.14, 0.26] {
        cutter.ink(block(x - 0.01, 0.25, 0.03, 0.06));
    }
}

fn stroke(from: (f32, f32), to: (f32, f32), width: f32) -> Option<Path> {
    let mut pen = PathBuilder::new();
    pen.move_to(from.0, from.1);
    pen.line_to(to.0, to.1);
    pen.finish()?.stroke(
        &Stroke {
            width,
            ..Stroke::default()
        },
        20.0,
    )
}
