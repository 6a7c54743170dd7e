use image::{Rgba, RgbaImage};

use crate::cut::{InkColour, InkName, Tone};
use crate::outline::Outline;
use crate::plane::Plane;

/// Opacity of a share of ink: soft over about one pixel. `fineness` is how many pixels one pixel of the coverage
/// becomes.
pub(crate) fn alpha(share: f32, fineness: f32) -> f32 {
    let slope = (1.6 * fineness).clamp(1.6, 4.0);
    ((share - 0.5) * slope + 0.5).clamp(0.0, 1.0)
}

/// The imprint turned upright (by `turn` radians clockwise), as large as its outline, `scale` pixels for each pixel
/// of the coverage.
pub(crate) fn upright(
    coverage: &Plane,
    outline: &Outline,
    turn: f32,
    scale: f32,
    ink: [u8; 3],
) -> RgbaImage {
    let (half_u, half_v) = outline.extent(turn);
    let width = ((half_u * 2.0 * scale).round() as u32).clamp(1, MAX_SIDE);
    let height = ((half_v * 2.0 * scale).round() as u32).clamp(1, MAX_SIDE);
    let (sin, cos) = turn.sin_cos();
    RgbaImage::from_fn(width, height, |x, y| {
        let u = (x as f32 + 0.5 - width as f32 / 2.0) / scale;
        let v = (y as f32 + 0.5 - height as f32 / 2.0) / scale;
        // Back by the turn.
        let share = coverage.smooth(
            outline.centre.0 + u * cos + v * sin,
            outline.centre.1 - u * sin + v * cos,
        );
        let level = (alpha(share, scale) * 17.0).round() as u8 * 15;
        if level == 0 {
            Rgba([255, 255, 255, 0])
        } else {
            Rgba([ink[0], ink[1], ink[2], level])
        }
    })
}

/// No clean picture is larger than this, in pixels.
const MAX_SIDE: u32 = 6000;

/// The colour that a clean picture is drawn in.
pub(crate) fn tone(tone: Tone, ink: InkColour) -> [u8; 3] {
    match (tone, ink.name) {
        (Tone::Own, _) | (Tone::Usual, InkName::Other) => ink.rgb,
        (Tone::Usual, InkName::Red | InkName::DarkRed | InkName::PurpleRed) => [214, 27, 33],
        (Tone::Usual, InkName::Blue) => [28, 52, 140],
        (Tone::Usual, InkName::Black) => [20, 20, 22],
    }
}
