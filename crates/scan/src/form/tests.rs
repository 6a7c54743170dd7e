use image::{Rgb, RgbImage};

use super::{Expectation, ExpectedImprint, FormFault, examine, same_page};
use crate::{Area, Place, Print, Sheet};

const PX_PER_MM: f32 = 4.0;
const BLACK: [u8; 3] = [20, 20, 20];
const RED: [u8; 3] = [200, 30, 40];
const BLUE: [u8; 3] = [40, 60, 160];

#[test]
fn a_form_in_order_has_no_findings() {
    let sheet = stamped_and_signed();
    assert_eq!(faults(&sheet), []);
}

#[test]
fn a_form_without_anything_lacks_everything() {
    let faults = faults(&fresh());
    assert_eq!(
        faults,
        [
            FormFault::StampMissing,
            FormFault::SignatureMissing,
            FormFault::SignatureMissing,
            FormFault::ImprintMissing
        ]
    );
}

#[test]
fn a_black_copy_of_a_stamp_is_told() {
    let mut sheet = fresh();
    ring(&mut sheet, 150.0, 255.0, 20.0, BLACK);
    ring(&mut sheet, 57.0, 229.0, 20.0, RED);
    sign(&mut sheet);
    assert_eq!(faults(&sheet), [FormFault::StampNotRed]);
}

#[test]
fn an_imprint_over_the_frame_and_a_second_one_are_told() {
    let mut sheet = stamped_and_signed();
    ring(&mut sheet, 30.0, 229.0, 14.0, RED);
    assert_eq!(faults(&sheet), [FormFault::ImprintOverFrame]);
    let mut sheet = fresh();
    ring(&mut sheet, 150.0, 255.0, 20.0, RED);
    sign(&mut sheet);
    ring(&mut sheet, 42.0, 216.0, 11.0, RED);
    ring(&mut sheet, 72.0, 242.0, 11.0, RED);
    ring(&mut sheet, 72.0, 216.0, 11.0, RED);
    assert_eq!(faults(&sheet), [FormFault::ImprintSeveral]);
}

#[test]
fn a_line_through_a_field_and_a_whitened_field_are_told() {
    let mut sheet = stamped_and_signed();
    line(&mut sheet, (100.0, 70.0), (140.0, 70.0), BLACK);
    assert_eq!(faults(&sheet), [FormFault::FieldStruckOut]);
    let mut sheet = stamped_and_signed();
    fill(
        &mut sheet,
        Area {
            x: 99.0,
            y: 85.0,
            width: 40.0,
            height: 6.0,
        },
        [250; 3],
    );
    assert_eq!(faults(&sheet), [FormFault::FieldCovered]);
}

#[test]
fn a_blank_page_and_another_page_are_told_and_nothing_else() {
    let white = RgbImage::from_pixel(840, 1188, Rgb([248, 247, 244]));
    assert_eq!(faults(&white), [FormFault::Blank]);
    let mut other = white;
    for row in 0..24 {
        let y = 20.0 + 10.3 * row as f32;
        line(&mut other, (22.0, y), (185.0, y + 8.0), BLACK);
    }
    assert_eq!(faults(&other), [FormFault::OtherPage]);
}

#[test]
fn the_same_page_once_more_is_known_and_a_stamp_makes_it_another() {
    let once = sheet(&stamped_and_signed());
    let again = sheet(&image::imageops::blur(&stamped_and_signed(), 0.8));
    assert!(same_page(&once, &again));
    assert!(!same_page(&once, &sheet(&fresh())));
}

#[test]
fn nonsense_is_no_form_and_no_panic() {
    let expectation = Expectation::stamped(1);
    for (width, height, scale) in [
        (1, 1, 4.0),
        (30, 4000, 0.1),
        (840, 1188, 0.0),
        (5, 5, f32::NAN),
    ] {
        let odd = Sheet {
            px_per_mm: scale,
            ..sheet(&RgbImage::new(width, height))
        };
        let _ = examine(&odd, &print(), &expectation);
        let odd_print = Print {
            picture: RgbImage::new(width, height),
            px_per_mm: scale,
            places: print().places,
        };
        let _ = examine(&sheet(&fresh()), &odd_print, &expectation);
        let _ = same_page(&odd, &odd);
    }
}

fn faults(picture: &RgbImage) -> Vec<FormFault> {
    let expectation = Expectation::application_form(ExpectedImprint {
        place: String::new(),
        red: true,
        width_mm: 42.0,
        height_mm: 42.0,
    });
    examine(&sheet(picture), &print(), &expectation)
        .into_iter()
        .map(|finding| finding.fault)
        .collect()
}

fn sheet(picture: &RgbImage) -> Sheet {
    Sheet {
        picture: picture.clone(),
        px_per_mm: PX_PER_MM,
        scale_known: true,
        source_px_per_mm: PX_PER_MM,
        print_scale: 1.0,
    }
}

fn print() -> Print {
    let place = |name: &str, x: f32, y: f32, width: f32, height: f32| Place {
        page: 1,
        name: name.to_owned(),
        area: Area {
            x,
            y,
            width,
            height,
        },
    };
    let mut places = vec![
        place("imprint-frame", 26.0, 200.0, 62.0, 58.0),
        place("approver-signature", 98.0, 192.0, 88.0, 26.0),
        place("agent-signature", 119.0, 225.0, 67.0, 11.0),
        place("unit-stamp", 94.0, 236.0, 96.0, 42.0),
    ];
    for row in 0..6 {
        let name = format!("field:{row}");
        places.push(place(&name, 97.0, 50.0 + 15.0 * row as f32, 93.0, 15.0));
    }
    Print {
        picture: fresh(),
        px_per_mm: PX_PER_MM,
        places,
    }
}

/// A form: a table whose right column is filled with something like words, a frame for the imprint.
fn fresh() -> RgbImage {
    let mut page = RgbImage::from_pixel(840, 1188, Rgb([255; 3]));
    for row in 0..=6 {
        let y = 50.0 + 15.0 * row as f32;
        line(&mut page, (20.0, y), (190.0, y), BLACK);
    }
    for x in [20.0, 97.0, 190.0] {
        line(&mut page, (x, 50.0), (x, 140.0), BLACK);
    }
    for row in 0..6 {
        for letter in 0..12 {
            for stroke in 0..4 {
                let x = 100.0 + 4.5 * letter as f32 + 0.9 * stroke as f32;
                let y =
                    55.5 + 15.0 * row as f32 + ((letter * 5 + stroke * 3 + row) % 4) as f32 * 0.7;
                line(&mut page, (x, y), (x, y + 2.2), BLACK);
            }
        }
        for letter in 0..8 {
            let x = 30.0 + 5.0 * letter as f32;
            let y = 55.0 + 15.0 * row as f32;
            line(&mut page, (x, y), (x + 3.0, y + 3.0), BLACK);
        }
    }
    for (from, to) in [
        ((26.0, 200.0), (88.0, 200.0)),
        ((26.0, 258.0), (88.0, 258.0)),
        ((26.0, 200.0), (26.0, 258.0)),
        ((88.0, 200.0), (88.0, 258.0)),
    ] {
        line(&mut page, from, to, BLACK);
    }
    page
}

fn stamped_and_signed() -> RgbImage {
    let mut page = fresh();
    ring(&mut page, 57.0, 229.0, 20.0, RED);
    ring(&mut page, 150.0, 255.0, 20.0, RED);
    sign(&mut page);
    page
}

fn sign(page: &mut RgbImage) {
    for (x, y) in [(125.0, 205.0), (130.0, 227.0)] {
        line(page, (x, y), (x + 6.0, y + 5.0), BLUE);
        line(page, (x + 6.0, y), (x + 1.0, y + 6.0), BLUE);
        line(page, (x + 8.0, y + 1.0), (x + 14.0, y + 4.0), BLUE);
    }
}

fn ring(page: &mut RgbImage, x: f32, y: f32, radius: f32, ink: [u8; 3]) {
    for step in 0..720 {
        let turn = (step as f32).to_radians() / 2.0;
        for part in 0..5 {
            let out = radius - 0.25 * part as f32;
            dot(page, x + out * turn.cos(), y + out * turn.sin(), ink);
        }
        dot(
            page,
            x + radius / 3.0 * turn.cos(),
            y + radius / 3.0 * turn.sin(),
            ink,
        );
    }
}

fn line(page: &mut RgbImage, from: (f32, f32), to: (f32, f32), ink: [u8; 3]) {
    let steps = ((to.0 - from.0).hypot(to.1 - from.1) * PX_PER_MM) as usize + 1;
    for step in 0..=steps {
        let part = step as f32 / steps as f32;
        dot(
            page,
            from.0 + (to.0 - from.0) * part,
            from.1 + (to.1 - from.1) * part,
            ink,
        );
    }
}

/// Half a millimetre of ink.
fn dot(page: &mut RgbImage, x: f32, y: f32, ink: [u8; 3]) {
    for dy in 0..2 {
        for dx in 0..2 {
            let at = ((x * PX_PER_MM) as u32 + dx, (y * PX_PER_MM) as u32 + dy);
            if let Some(point) = page.get_pixel_mut_checked(at.0, at.1) {
                *point = Rgb(ink);
            }
        }
    }
}

fn fill(page: &mut RgbImage, area: Area, ink: [u8; 3]) {
    let px = |mm: f32| (mm * PX_PER_MM) as u32;
    for y in px(area.y)..px(area.y + area.height) {
        for x in px(area.x)..px(area.x + area.width) {
            page.put_pixel(x, y, Rgb(ink));
        }
    }
}
