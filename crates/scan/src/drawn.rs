//! Pages drawn for tests: printed like the platform's, then laid on a table and photographed.

use image::{Rgb, RgbImage};
use qrcode::{Color, EcLevel, QrCode};

use crate::geometry::{Homography, Pair, Point, point};
use crate::layout::{FORM, Layout};
use crate::warp::warp;

/// The text of an application form's code, as long as the platform's.
pub(crate) const TEXT: &str = "YX1:2026-000042-7:AF:0193E8A27C5B7D3E9F1A2B3C4D5E6F70:1:1:5A0C92EE";

/// The text on a layout.
pub(crate) fn text_of(layout: &Layout) -> &'static str {
    if *layout == FORM {
        TEXT
    } else {
        "YX1:2026-000042-7:HT:0:12:1:5A0C92EE"
    }
}

const PAPER: Rgb<u8> = Rgb([246, 245, 242]);

/// A page with its code, text lines and, on the form, corner marks and scale bar.
pub(crate) fn page(layout: &Layout, text: &str, px_per_mm: f64) -> RgbImage {
    let px = |mm: f64| (mm * px_per_mm).round() as u32;
    let mut sheet = RgbImage::from_pixel(px(layout.width), px(layout.height), PAPER);
    let mut fill = |x: f64, y: f64, width: f64, height: f64| {
        for row in px(y)..px(y + height).min(px(layout.height)) {
            for column in px(x)..px(x + width).min(px(layout.width)) {
                sheet.put_pixel(column, row, Rgb([25, 25, 28]));
            }
        }
    };
    if *layout == FORM {
        for (x, y) in [(8.0, 8.0), (202.0, 8.0), (202.0, 289.0), (8.0, 289.0)] {
            let (left, top) = (x > 100.0, y > 100.0);
            let start = |at: f64, far: bool, size: f64| if far { at - size } else { at };
            fill(start(x, left, 8.0), start(y, top, 1.2), 8.0, 1.2);
            fill(start(x, left, 1.2), start(y, top, 8.0), 1.2, 8.0);
        }
        fill(22.0, 281.0, 50.0, 0.25);
        for i in 0..6 {
            fill(21.9 + f64::from(i) * 10.0, 281.0, 0.2, 2.0);
        }
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let modules = code.width();
    let size = layout.code_side / (modules as f64 + 8.0);
    for (at, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (x, y) = ((at % modules) as f64 + 4.0, (at / modules) as f64 + 4.0);
            fill(
                layout.code_x + x * size,
                layout.code_y + y * size,
                size,
                size,
            );
        }
    }
    // Lines of something like characters.
    let mut chance = Chance(7);
    for line in 0..((layout.height - 100.0) / 8.0) as u32 {
        let mut x = 24.0;
        while x < layout.width - 40.0 - 30.0 * chance.next() {
            for _ in 0..5 {
                let (dx, dy) = (chance.next() * 3.2, chance.next() * 3.2);
                let y = 50.0 + f64::from(line) * 8.0;
                if chance.next() > 0.5 {
                    fill(x + dx * 0.3, y + dy, 3.0, 0.35);
                } else {
                    fill(x + dx, y + dy * 0.3, 0.35, 3.0);
                }
            }
            x += 4.4;
        }
    }
    sheet
}

/// A photo of a sheet on a table: `corners` are where the sheet's corners come to lie.
pub(crate) fn photo(sheet: &RgbImage, width: u32, height: u32, corners: [Point; 4]) -> RgbImage {
    let (right, bottom) = (f64::from(sheet.width()), f64::from(sheet.height()));
    let own = [
        point(0.0, 0.0),
        point(right, 0.0),
        point(right, bottom),
        point(0.0, bottom),
    ];
    let pairs: Vec<Pair> = own.iter().zip(corners).map(|(a, b)| (*a, b, 1.0)).collect();
    let map = Homography::fit(&pairs).unwrap();
    let back = map.inverse().unwrap();
    let mut seen = warp(sheet, &back, (f64::from(width), f64::from(height)), 1.0);
    let mut chance = Chance(3);
    for (x, y, pixel) in seen.enumerate_pixels_mut() {
        let on = back.apply(point(f64::from(x) + 0.5, f64::from(y) + 0.5));
        let noise = (chance.next() - 0.5) * 14.0;
        let shade = 1.0 - 0.45 * f64::from(x) / f64::from(width);
        let base = if on.x < 0.0 || on.y < 0.0 || on.x > right || on.y > bottom {
            // A wooden table.
            [
                92.0 + 14.0 * (f64::from(y) / 17.0).sin(),
                66.0 + 10.0 * (f64::from(y) / 23.0).sin(),
                40.0,
            ]
        } else {
            pixel.0.map(f64::from)
        };
        pixel.0 = base.map(|value| (value * shade + noise).clamp(0.0, 255.0) as u8);
    }
    seen
}

/// Numbers from 0 to 1 without rhyme, the same every time.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1u64 << 24) as f64
    }
}
