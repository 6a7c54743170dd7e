//! The page seen by a scanner or a phone: geometry, light, optics, sensor.

use image::RgbImage;

use crate::chance::{Chance, Grain};
use crate::geometry::{PAGE, map, perspective};
use crate::light::{Fold, Light, Shadow, crease};
use crate::optics;
use crate::picture::Page;

/// How the picture was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// What took it.
    pub device: Device,
    /// Turn of the whole picture in quarters, clockwise.
    pub quarters: u8,
    /// Light and sensor.
    pub look: Look,
    /// What may be said about it in tables.
    pub labels: Vec<&'static str>,
    geometry: Geometry,
}

/// What took the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// A flatbed or a feeder, at so many dots per inch.
    Scanner(u32),
    /// A phone.
    Phone,
}

/// Light and sensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Light on each channel, 1 for true colours.
    pub cast: [f32; 3],
    /// Brightness of paper.
    pub exposure: f32,
    /// How far black is lifted.
    pub haze: f32,
    /// Noise, in levels of 255.
    pub noise: f32,
    /// Blur in pixels.
    pub blur: f32,
    /// Motion in pixels across.
    pub motion: usize,
    /// Without colours.
    pub grey: bool,
    /// As a copier sees it: hardly any tones between.
    pub copied: bool,
    /// Colours at half the resolution, as cameras keep them.
    pub half_colour: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Geometry {
    width: u32,
    height: u32,
    /// From the picture's pixels to mm on the page.
    to_page: [f64; 9],
    /// Bend of lines by the lens, at the corner.
    lens: f32,
    /// Sideways wave of a sheet that does not lie flat, in mm.
    curl: f32,
    ground: Ground,
    shadows: Vec<Shadow>,
    folds: Vec<Fold>,
    vignette: f32,
    slope: (f32, f32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Ground {
    colour: [f32; 3],
    /// Streaks of wood or cloth, in levels.
    streaks: f32,
    grain: u32,
}

impl Capture {
    /// Drawn by chance: rather more than half are scans.
    pub fn draw(chance: &mut Chance) -> Self {
        if chance.happens(0.55) {
            scanned(chance)
        } else {
            photographed(chance)
        }
    }

    /// An upright scan without any fault.
    #[must_use]
    pub fn plain(dpi: u32) -> Self {
        let mut capture = scanned(&mut Chance::of(&[1]));
        let px = f64::from(dpi) / 25.4;
        capture.device = Device::Scanner(dpi);
        capture.quarters = 0;
        capture.labels.clear();
        capture.look = Look {
            exposure: 1.0,
            haze: 0.02,
            noise: 1.5,
            blur: 0.4,
            ..Look::default()
        };
        capture.geometry = Geometry {
            width: (PAGE.0 * px).round() as u32,
            height: (PAGE.1 * px).round() as u32,
            to_page: [1.0 / px, 0.0, 0.0, 0.0, 1.0 / px, 0.0, 0.0, 0.0, 1.0],
            shadows: Vec::new(),
            folds: Vec::new(),
            ..capture.geometry
        };
        capture
    }

    /// Pixels per mm on the page, at its middle.
    #[must_use]
    pub fn px_per_mm(&self) -> f32 {
        let g = &self.geometry;
        let (x, y) = (f64::from(g.width) / 2.0, f64::from(g.height) / 2.0);
        let (a, b) = (map(&g.to_page, x, y), map(&g.to_page, x + 1.0, y + 1.0));
        (2.0_f64.sqrt() / (b.0 - a.0).hypot(b.1 - a.1)) as f32
    }

    /// Whether it is a scan.
    #[must_use]
    pub fn is_scan(&self) -> bool {
        matches!(self.device, Device::Scanner(_))
    }

    /// Takes the picture.
    #[must_use]
    pub fn take(&self, page: &Page, chance: &mut Chance) -> RgbImage {
        let mut picture = self.see(page);
        optics::blur(&mut picture, self.look.blur);
        optics::motion(&mut picture, self.look.motion);
        optics::sense(&mut picture, &self.look, Grain::draw(chance));
        if self.look.half_colour {
            optics::halve_colours(&mut picture);
        }
        match self.quarters {
            1 => image::imageops::rotate90(&picture),
            2 => image::imageops::rotate180(&picture),
            3 => image::imageops::rotate270(&picture),
            _ => picture,
        }
    }

    /// The page and what lies around it, in the light of the place.
    fn see(&self, page: &Page) -> RgbImage {
        let g = &self.geometry;
        let (width, height) = (g.width as usize, g.height as usize);
        let light = Light::of((g.width, g.height), g.slope, g.vignette, &g.shadows);
        let source = page.picture.as_raw();
        let (page_width, page_height) = (
            page.picture.width() as usize,
            page.picture.height() as usize,
        );
        let wood = Grain::draw(&mut Chance::of(&[u64::from(g.ground.grain)]));
        let mut out = vec![0_u8; width * height * 3];
        let half = (width as f32 / 2.0, height as f32 / 2.0);
        let reach = half.0.hypot(half.1);
        for (y, row) in out.chunks_exact_mut(width * 3).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let (mut px, mut py) = (x as f32 + 0.5, y as f32 + 0.5);
                let shade = light.at(px, py);
                if g.lens != 0.0 {
                    let (dx, dy) = ((px - half.0) / reach, (py - half.1) / reach);
                    let bend = 1.0 + g.lens * (dx * dx + dy * dy);
                    (px, py) = (half.0 + dx * bend * reach, half.1 + dy * bend * reach);
                }
                let (mut mm_x, mm_y) = map(&g.to_page, f64::from(px), f64::from(py));
                if g.curl != 0.0 {
                    mm_x += f64::from(g.curl) * (mm_y / PAGE.1 * std::f64::consts::PI).sin();
                }
                if (0.0..PAGE.0).contains(&mm_x) && (0.0..PAGE.1).contains(&mm_y) {
                    let shade = shade * crease(&g.folds, mm_x as f32, mm_y as f32);
                    // Between the four pixels around the point.
                    let u =
                        (mm_x as f32 * page.px_per_mm - 0.5).clamp(0.0, page_width as f32 - 1.01);
                    let v =
                        (mm_y as f32 * page.px_per_mm - 0.5).clamp(0.0, page_height as f32 - 1.01);
                    let (i, j) = (u as usize, v as usize);
                    let (u, v) = (u - i as f32, v - j as f32);
                    let (i2, j2) = ((i + 1).min(page_width - 1), (j + 1).min(page_height - 1));
                    let (a, b) = ((j * page_width + i) * 3, (j * page_width + i2) * 3);
                    let (c, d) = ((j2 * page_width + i) * 3, (j2 * page_width + i2) * 3);
                    for (k, value) in pixel.iter_mut().enumerate() {
                        let above =
                            f32::from(source[a + k]) * (1.0 - u) + f32::from(source[b + k]) * u;
                        let below =
                            f32::from(source[c + k]) * (1.0 - u) + f32::from(source[d + k]) * u;
                        *value = ((above * (1.0 - v) + below * v) * shade).min(255.0) as u8;
                    }
                } else {
                    let streak = if g.ground.streaks > 0.0 {
                        (wood.at(mm_x as f32 / 40.0, mm_y as f32 / 3.0)
                            + wood.at(mm_x as f32 / 9.0, mm_y as f32 / 0.9)
                            - 1.0)
                            * g.ground.streaks
                    } else {
                        0.0
                    };
                    for (value, colour) in pixel.iter_mut().zip(g.ground.colour) {
                        *value = ((colour * 255.0 + streak) * shade).clamp(0.0, 255.0) as u8;
                    }
                }
            }
        }
        RgbImage::from_raw(g.width, g.height, out).unwrap_or_default()
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            cast: [1.0; 3],
            exposure: 0.97,
            haze: 0.03,
            noise: 2.0,
            blur: 0.5,
            motion: 0,
            grey: false,
            copied: false,
            half_colour: false,
        }
    }
}

fn scanned(chance: &mut Chance) -> Capture {
    let dpi = chance.pick(&[
        150, 150, 200, 200, 200, 300, 300, 300, 300, 300, 300, 400, 600,
    ]);
    let px = f64::from(dpi) / 25.4;
    let mut labels = Vec::new();
    let lot = chance.unit();
    let turn = if lot < 0.7 {
        chance.normal() * 0.8
    } else {
        labels.push("page turned");
        chance.between(3.0, 15.0) * if chance.happens(0.5) { -1.0 } else { 1.0 }
    };
    let (sin, cos) = f64::from(turn).to_radians().sin_cos();
    // A page that lies askew on a larger glass, or nearly straight in a feeder of its own size.
    let (wide, high) = if turn.abs() < 3.0 {
        PAGE
    } else {
        (
            (PAGE.0 * cos + PAGE.1 * sin.abs()) + 6.0,
            (PAGE.1 * cos + PAGE.0 * sin.abs()) + 6.0,
        )
    };
    let shift = if turn.abs() < 3.0 {
        (f64::from(chance.normal()), f64::from(chance.normal()))
    } else {
        (0.0, 0.0)
    };
    // From the glass to the page: about the middle, turned back.
    let to_page = [
        cos / px,
        sin / px,
        PAGE.0 / 2.0 - cos * (wide / 2.0 + shift.0) - sin * (high / 2.0 + shift.1),
        -sin / px,
        cos / px,
        PAGE.1 / 2.0 + sin * (wide / 2.0 + shift.0) - cos * (high / 2.0 + shift.1),
        0.0,
        0.0,
        1.0,
    ];
    let lid = chance.pick(&[0.98, 0.98, 0.92, 0.08]);
    let quarters = quarters(chance, &mut labels);
    let grey = chance.happens(0.07);
    let copied = chance.happens(0.05);
    if copied {
        labels.push("black copy");
    } else if grey {
        labels.push("grey");
    }
    let folds = folds(chance, 0.12, 0.10, &mut labels);
    Capture {
        device: Device::Scanner(dpi),
        quarters,
        look: Look {
            cast: if chance.happens(0.3) {
                cast(chance, 0.06)
            } else {
                [1.0; 3]
            },
            exposure: chance.between(0.92, 1.04),
            haze: chance.between(0.0, 0.10),
            noise: chance.between(0.5, 4.0),
            blur: chance.between(0.2, 0.9),
            motion: 0,
            grey: grey && !copied,
            copied,
            half_colour: chance.happens(0.5),
        },
        geometry: Geometry {
            width: (wide * px).round() as u32,
            height: (high * px).round() as u32,
            to_page,
            lens: 0.0,
            curl: 0.0,
            ground: Ground {
                colour: [lid; 3],
                streaks: 0.0,
                grain: 0,
            },
            shadows: Vec::new(),
            folds,
            vignette: 0.0,
            slope: (chance.normal() * 0.02, chance.normal() * 0.02),
        },
        labels,
    }
}

fn photographed(chance: &mut Chance) -> Capture {
    let mut labels = Vec::new();
    let (width, height) = chance.pick(&[
        (1536, 2048),
        (1920, 2560),
        (2448, 3264),
        (2448, 3264),
        (2448, 3264),
        (3024, 4032),
    ]);
    let tilt = if chance.happens(0.3) {
        chance.between(12.0, 25.0)
    } else {
        chance.between(0.0, 12.0)
    };
    if tilt > 12.0 {
        labels.push("perspective over 12°");
    }
    let turn = if chance.happens(0.2) {
        labels.push("page turned");
        chance.between(5.0, 15.0) * if chance.happens(0.5) { -1.0 } else { 1.0 }
    } else {
        chance.normal() * 2.0
    };
    let to_page = perspective(
        (width, height),
        tilt,
        chance.between(0.0, 360.0),
        turn,
        chance,
    );
    let quarters = quarters(chance, &mut labels);
    let ground = chance.pick(&[
        ([0.55, 0.38, 0.24], 26.0),
        ([0.42, 0.27, 0.16], 22.0),
        ([0.70, 0.58, 0.42], 18.0),
        ([0.25, 0.26, 0.28], 6.0),
        ([0.62, 0.63, 0.64], 5.0),
        ([0.90, 0.90, 0.88], 4.0),
        ([0.16, 0.22, 0.35], 10.0),
        ([0.50, 0.14, 0.12], 12.0),
    ]);
    let mut shadows = Vec::new();
    if chance.happens(0.45) {
        labels.push("shadow");
        for _ in 0..chance.whole(1, 2) {
            let (sin, cos) = chance.between(0.0, std::f32::consts::TAU).sin_cos();
            shadows.push(Shadow {
                normal: (cos, sin),
                offset: chance.between(-0.35, 0.35),
                soft: chance.between(0.02, 0.25),
                depth: chance.between(0.12, 0.5),
                band: chance.happens(0.4).then(|| chance.between(0.1, 0.4)),
            });
        }
    }
    let folds = folds(chance, 0.25, 0.22, &mut labels);
    let curl = if chance.happens(0.2) {
        labels.push("curled page");
        chance.between(-0.8, 0.8)
    } else {
        0.0
    };
    let colour = if chance.happens(0.5) {
        cast(chance, 0.2)
    } else {
        cast(chance, 0.06)
    };
    let spread = colour
        .iter()
        .fold(0.0_f32, |most, c| most.max((c - 1.0).abs()));
    if spread > 0.1 {
        labels.push("colour cast");
    }
    let blur = if chance.happens(0.2) {
        chance.between(1.0, 1.7)
    } else {
        chance.between(0.4, 1.0)
    };
    if blur > 1.0 {
        labels.push("blurred");
    }
    Capture {
        device: Device::Phone,
        quarters,
        look: Look {
            cast: colour,
            exposure: chance.between(0.70, 1.0),
            haze: chance.between(0.02, 0.14),
            noise: chance.between(1.5, 8.0),
            blur,
            motion: if chance.happens(0.15) {
                chance.whole(1, 2) as usize
            } else {
                0
            },
            grey: false,
            copied: false,
            half_colour: true,
        },
        geometry: Geometry {
            width,
            height,
            to_page,
            lens: chance.between(-0.012, 0.012),
            curl,
            ground: Ground {
                colour: ground.0,
                streaks: ground.1,
                grain: chance.bits() as u32,
            },
            shadows,
            folds,
            vignette: chance.between(0.0, 0.22),
            slope: (chance.normal() * 0.06, chance.normal() * 0.06),
        },
        labels,
    }
}

fn quarters(chance: &mut Chance, labels: &mut Vec<&'static str>) -> u8 {
    let lot = chance.unit();
    if lot < 0.80 {
        0
    } else if lot < 0.91 {
        labels.push("upside down");
        2
    } else {
        labels.push("sideways");
        if lot < 0.955 { 1 } else { 3 }
    }
}

fn folds(
    chance: &mut Chance,
    share: f32,
    deepest: f32,
    labels: &mut Vec<&'static str>,
) -> Vec<Fold> {
    if !chance.happens(share) {
        return Vec::new();
    }
    labels.push("folded");
    let mut folds = Vec::new();
    for at in if chance.happens(0.5) {
        vec![148.5]
    } else {
        vec![99.0, 198.0]
    } {
        folds.push(Fold {
            across: true,
            at: at + chance.normal() * 4.0,
            depth: chance.between(0.05, deepest),
        });
    }
    if chance.happens(0.3) {
        folds.push(Fold {
            across: false,
            at: 105.0 + chance.normal() * 4.0,
            depth: chance.between(0.05, deepest),
        });
    }
    folds
}

fn cast(chance: &mut Chance, most: f32) -> [f32; 3] {
    // Warm or cold light, with a little green or magenta.
    let warm = chance.between(-most, most);
    let green = chance.between(-most, most) * 0.3;
    [1.0 + warm.max(-most * 0.6), 1.0 + green, 1.0 - warm * 1.2].map(|c: f32| c.min(1.12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_page_is_in_every_photo() {
        for seed in 0..200 {
            let mut chance = Chance::of(&[seed]);
            let capture = photographed(&mut chance);
            let g = &capture.geometry;
            // Every corner of the picture lies outside the page or on it; its middle lies on it.
            let (x, y) = map(
                &g.to_page,
                f64::from(g.width) / 2.0,
                f64::from(g.height) / 2.0,
            );
            assert!(
                (20.0..190.0).contains(&x) && (30.0..270.0).contains(&y),
                "{seed}: {x} {y}"
            );
            assert!(
                (4.0..14.0).contains(&capture.px_per_mm()),
                "{seed}: {}",
                capture.px_per_mm()
            );
        }
    }
}
