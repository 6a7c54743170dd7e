use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};

use crate::ImprintError;
use crate::glyphs::{EM, MIDDLE, outline};
use crate::png;
use crate::raster::{Shape, fill};

/// A round seal as departments and institutions have it (国发〔1999〕25号): ring, five-pointed star, and the unit's
/// name around the star. For demonstration data and tests.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundSeal {
    name: String,
    diameter_mm: f64,
    below: Option<String>,
}

impl RoundSeal {
    /// A seal with this name in the ring.
    #[must_use]
    pub fn new(name: &str, diameter_mm: f64) -> Self {
        Self {
            name: name.to_owned(),
            diameter_mm,
            below: None,
        }
    }

    /// With a line below the star, such as 合同专用章.
    #[must_use]
    pub fn with_line_below(mut self, line: &str) -> Self {
        self.below = Some(line.to_owned());
        self
    }

    /// The seal picture itself: PNG with transparent ground and no margin.
    ///
    /// # Errors
    /// `NoOutline` for a character that is not among the built-in ones.
    pub fn transparent(&self, dpi: u32) -> Result<Vec<u8>, ImprintError> {
        png::write(&self.draw(dpi, 0.0)?, self.diameter_mm, self.diameter_mm)
    }

    /// As a scanner sees the stamped paper: on slightly yellowish white with a margin of 5 mm.
    ///
    /// # Errors
    /// `NoOutline` for a character that is not among the built-in ones.
    pub fn on_paper(&self, dpi: u32) -> Result<Vec<u8>, ImprintError> {
        let mut scan = self.draw(dpi, 5.0)?;
        for (x, y, pixel) in scan.enumerate_pixels_mut() {
            let grain = grain(x, y);
            let share = f64::from(pixel[3]) / 255.0;
            for (channel, paper) in pixel.0.iter_mut().zip([250_u8, 249, 245]) {
                let paper = f64::from(paper) - grain;
                *channel = (f64::from(*channel) * share + paper * (1.0 - share)).round() as u8;
            }
            pixel[3] = 255;
        }
        let mut bytes = Cursor::new(Vec::new());
        let opaque = image::DynamicImage::from(scan).to_rgb8();
        opaque
            .write_to(&mut bytes, ImageFormat::Png)
            .map_err(|_| ImprintError::Encode)?;
        Ok(bytes.into_inner())
    }

    fn draw(&self, dpi: u32, margin_mm: f64) -> Result<RgbaImage, ImprintError> {
        let radius = self.diameter_mm / 2.0;
        let middle = margin_mm + radius;
        let mut shapes = vec![ring(radius, radius * 0.055), star(radius * 0.30)];
        shapes.extend(ring_text(&self.name, radius)?);
        if let Some(line) = &self.below {
            shapes.extend(line_below(line, radius)?);
        }
        for (x, y) in shapes.iter_mut().flatten().flatten() {
            *x += middle;
            *y += middle;
        }
        let px_per_mm = f64::from(dpi) / 25.4;
        let side_px = (middle * 2.0 * px_per_mm).round() as u32;
        let mut picture = fill(&shapes, side_px, px_per_mm, RED);
        for pixel in picture.pixels_mut().filter(|pixel| pixel[3] == 0) {
            *pixel = Rgba([255, 255, 255, 0]);
        }
        Ok(picture)
    }
}

const RED: [u8; 3] = [214, 27, 33];

/// Two circles, the inner one drawn the other way round.
fn ring(radius: f64, width: f64) -> Shape {
    let circle = |radius: f64, turn: f64| {
        (0..720)
            .map(|i| polar(radius, turn * TAU * f64::from(i) / 720.0))
            .collect()
    };
    vec![circle(radius, 1.0), circle(radius - width, -1.0)]
}

/// A five-pointed star, one point up; the inner corners are where the lines between the points cross.
fn star(radius: f64) -> Shape {
    let inner = radius * (PI / 10.0).sin() / (3.0 * PI / 10.0).sin();
    let corner = |i: i32| {
        polar(
            if i % 2 == 0 { radius } else { inner },
            f64::from(i) * PI / 5.0 - FRAC_PI_2,
        )
    };
    vec![(0..10).map(corner).collect()]
}

/// The name from left to right over the star, the characters' feet towards the middle.
fn ring_text(name: &str, radius: f64) -> Result<Vec<Shape>, ImprintError> {
    let count = name.chars().count();
    // Long names go further round and get narrower characters, as engravers do it.
    let span = (30.0 + 20.0 * count as f64).min(280.0).to_radians();
    let step = if count > 1 {
        span / (count - 1) as f64
    } else {
        0.0
    };
    let height = radius * 0.30;
    let line = radius * 0.745;
    let width = if count > 1 {
        height.min(step * line * 0.98)
    } else {
        height
    };
    name.chars()
        .enumerate()
        .map(|(i, character)| {
            let turn = step * i as f64 - if count > 1 { span / 2.0 } else { 0.0 };
            let (sin, cos) = turn.sin_cos();
            let mut shape = outline(character)?;
            for (x, y) in shape.iter_mut().flatten() {
                let (across, up) = ((*x - MIDDLE.0) / EM * width, (*y - MIDDLE.1) / EM * height);
                let out = line + up;
                (*x, *y) = (out * sin + across * cos, across * sin - out * cos);
            }
            Ok(shape)
        })
        .collect()
}

/// A straight line of small characters below the star.
fn line_below(line: &str, radius: f64) -> Result<Vec<Shape>, ImprintError> {
    let count = line.chars().count() as f64;
    let height = radius * 0.20;
    let width = height.min(radius * 1.15 / count);
    line.chars()
        .enumerate()
        .map(|(i, character)| {
            let centre = (i as f64 - (count - 1.0) / 2.0) * width;
            let mut shape = outline(character)?;
            for (x, y) in shape.iter_mut().flatten() {
                *x = centre + (*x - MIDDLE.0) / EM * width;
                *y = radius * 0.56 - (*y - MIDDLE.1) / EM * height;
            }
            Ok(shape)
        })
        .collect()
}

fn polar(radius: f64, angle: f64) -> (f64, f64) {
    (radius * angle.cos(), radius * angle.sin())
}

/// Grain of the paper, 0 to 6 levels, the same for the same pixel.
fn grain(x: u32, y: u32) -> f64 {
    let mixed =
        (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0xc2b2_ae35);
    f64::from(mixed >> 24) / 255.0 * 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(seal: &RoundSeal) -> RgbaImage {
        image::load_from_memory(&seal.transparent(150).unwrap())
            .unwrap()
            .to_rgba8()
    }

    #[test]
    fn the_ring_touches_all_four_sides_and_the_star_is_in_the_middle() {
        let picture = draw(&RoundSeal::new("福建", 40.0));
        let side = picture.width();
        assert_eq!(side, 236);
        for (x, y) in [
            (side / 2, 1),
            (1, side / 2),
            (side - 2, side / 2),
            (side / 2, side - 2),
        ] {
            assert!(picture.get_pixel(x, y)[3] > 128);
        }
        assert_eq!(picture.get_pixel(side / 2, side / 2)[3], 255);
        assert_eq!(picture.get_pixel(2, 2)[3], 0);
    }

    #[test]
    fn a_longer_name_has_more_ink() {
        let ink = |seal: &RoundSeal| -> u64 { draw(seal).pixels().map(|p| u64::from(p[3])).sum() };
        let short = RoundSeal::new("福建", 40.0);
        let long = RoundSeal::new("福建省经济信息中心", 40.0);
        assert!(ink(&long) > ink(&short));
        assert!(ink(&long.clone().with_line_below("合同专用章")) > ink(&long));
    }

    #[test]
    fn a_character_without_outline_is_named() {
        let refused = RoundSeal::new("䶮县", 40.0).transparent(150);
        assert_eq!(refused, Err(ImprintError::NoOutline('䶮')));
    }
}
