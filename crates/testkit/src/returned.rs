//! Papers that were printed, stamped and signed: a page of a PDF as a picture, with ink on it.

use casework::ApplicationId;
use image::{
    ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, codecs::png::PngEncoder, imageops,
};
use imprint::RoundSeal;
use platform::ports::papers::PaperKind;
use platform::{PaperWish, ports::papers::PaperFile};
use scan::{Area, Place};

use crate::app::TestApp;
use crate::journey::Filed;

/// A printed page on its way through the office.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// What it looks like.
    pub picture: RgbImage,
    /// Pixels per mm.
    pub px_per_mm: f32,
    places: Vec<Place>,
}

impl TestApp {
    /// A paper of a case as its agent prints it.
    pub async fn print(
        &self,
        login: &str,
        filed: Filed,
        kind: PaperKind,
        application: Option<ApplicationId>,
    ) -> PaperFile {
        let wish = PaperWish {
            application,
            ..PaperWish::of(kind)
        };
        self.platform
            .paper(&self.actor(login), filed.case, &wish)
            .await
            .unwrap()
    }

    /// The application form, printed, stamped and signed: the unit's seal in the imprint frame and as the unit's stamp.
    pub async fn stamped_form(&self, login: &str, filed: Filed, seal: &str) -> Sheet {
        let paper = self
            .print(
                login,
                filed,
                PaperKind::ApplicationForm,
                Some(filed.application),
            )
            .await;
        let mut sheet = Sheet::of(&paper, 1);
        sheet.stamp("imprint-frame", seal);
        sheet.stamp("unit-stamp", seal);
        sheet.sign("approver-signature");
        sheet.sign("agent-signature");
        sheet
    }
}

impl Sheet {
    /// A page of a paper, from 1.
    pub fn of(paper: &PaperFile, page: u32) -> Self {
        let pdf = scan::open(paper.bytes.clone(), &scan::Limits::default()).unwrap();
        let picture = pdf.page(page - 1).unwrap().picture;
        Self {
            px_per_mm: picture.width().min(picture.height()) as f32 / 210.0,
            picture,
            places: paper
                .places
                .iter()
                .filter(|place| place.page == page)
                .cloned()
                .collect(),
        }
    }

    /// Presses a round seal of 42 mm into the middle of a place.
    pub fn stamp(&mut self, place: &str, seal: &str) {
        let area = self.area(place);
        let dpi = (self.px_per_mm * 25.4).round() as u32;
        let ink = RoundSeal::new(seal, 42.0).transparent(dpi).unwrap();
        let ink = image::load_from_memory(&ink).unwrap().into_rgba8();
        let middle = |from: f32, length: f32| (from + length / 2.0) * self.px_per_mm;
        let left = middle(area.x, area.width) as u32 - ink.width() / 2;
        let top = middle(area.y, area.height) as u32 - ink.height() / 2;
        for (x, y, pixel) in ink.enumerate_pixels() {
            let Some(paper) = self.picture.get_pixel_mut_checked(left + x, top + y) else {
                continue;
            };
            let share = f32::from(pixel[3]) / 255.0;
            for channel in 0..3 {
                let through = f32::from(pixel[channel]) / 255.0;
                let ground = f32::from(paper[channel]);
                paper[channel] = (ground * (1.0 - share + share * through)) as u8;
            }
        }
    }

    /// Writes something by hand in a place.
    pub fn sign(&mut self, place: &str) {
        let area = self.area(place);
        let thick = (0.5 * self.px_per_mm) as i64;
        for step in 0..2000 {
            let t = f64::from(step) / 2000.0;
            let wave = (t * 40.0).sin() * 0.32 + (t * 13.0).cos() * 0.12;
            let x = f64::from(area.x) + f64::from(area.width) * (0.1 + 0.8 * t);
            let y = f64::from(area.y) + f64::from(area.height) * (0.5 + wave);
            let at = |mm: f64| (mm * f64::from(self.px_per_mm)) as i64;
            for dx in -thick..=thick {
                for dy in -thick..=thick {
                    let (x, y) = (at(x) + dx, at(y) + dy);
                    if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
                        && let Some(pixel) = self.picture.get_pixel_mut_checked(x, y)
                    {
                        *pixel = Rgb([30, 34, 60]);
                    }
                }
            }
        }
    }

    /// Covers an area (mm) with white, as a thumb or a glare does.
    pub fn cover(&mut self, area: Area) {
        let at = |mm: f32| (mm * self.px_per_mm) as u32;
        let white = RgbImage::from_pixel(at(area.width), at(area.height), Rgb([255; 3]));
        let (x, y) = (i64::from(at(area.x)), i64::from(at(area.y)));
        imageops::replace(&mut self.picture, &white, x, y);
    }

    /// A sheet with nothing on it, at so many dots per inch.
    pub fn blank(dpi: u32) -> Self {
        let px_per_mm = dpi as f32 / 25.4;
        let length = |mm: f32| (mm * px_per_mm).round() as u32;
        Self {
            picture: RgbImage::from_pixel(length(210.0), length(297.0), Rgb([252, 252, 250])),
            px_per_mm,
            places: Vec::new(),
        }
    }

    /// Several sheets as one TIFF file.
    pub fn tiff(sheets: &[Self]) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
        for sheet in sheets {
            let (width, height) = sheet.picture.dimensions();
            encoder
                .write_image::<tiff::encoder::colortype::RGB8>(
                    width,
                    height,
                    sheet.picture.as_raw(),
                )
                .unwrap();
        }
        bytes.into_inner()
    }

    /// As a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (width, height) = self.picture.dimensions();
        PngEncoder::new(&mut bytes)
            .write_image(
                self.picture.as_raw(),
                width,
                height,
                ExtendedColorType::Rgb8,
            )
            .unwrap();
        bytes
    }

    fn area(&self, place: &str) -> Area {
        self.places
            .iter()
            .find(|known| known.name == place)
            .unwrap_or_else(|| panic!("no place {place}"))
            .area
    }
}
