//! The report to look at: the worst cases in pictures.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use image::imageops::{self, FilterType};
use image::{DynamicImage, Rgb, RgbImage};

use crate::case::Specimen;
use crate::chain::Outcome;
use crate::press::HALF;
use crate::score::Row;

/// One case of the report.
pub struct Exhibit {
    /// Its figures.
    pub row: Row,
    /// The picture as it came, small.
    pub upload: RgbImage,
    /// The region of the imprint on the straightened sheet.
    pub region: RgbImage,
    /// Found ink beside true ink: black in both, red only found, blue only true.
    pub beside: RgbImage,
}

impl Exhibit {
    /// Gathers the pictures of a case.
    #[must_use]
    pub fn of(row: Row, specimen: &Specimen, outcome: &Outcome) -> Self {
        let upload = scan::open(specimen.bytes.clone(), &scan::Limits::default())
            .and_then(|upload| upload.page(0))
            .map(|page| small(&page.picture, 420))
            .unwrap_or_else(|_| empty());
        let sheet = outcome.sheet.as_ref();
        let region = match (&outcome.imprint, sheet) {
            (Some(found), Some(sheet)) => {
                let (width, height) = found.cut.ink_map.dimensions();
                let (x, y) = (
                    found.from.0 * sheet.px_per_mm,
                    found.from.1 * sheet.px_per_mm,
                );
                let cut = imageops::crop_imm(
                    &sheet.picture,
                    x.round() as u32,
                    y.round() as u32,
                    width,
                    height,
                );
                small(&cut.to_image(), 420)
            }
            (None, Some(sheet)) => small(&sheet.picture, 420),
            _ => empty(),
        };
        Self {
            beside: beside(specimen, outcome),
            row,
            upload,
            region,
        }
    }
}

/// Nothing to show.
fn empty() -> RgbImage {
    RgbImage::from_pixel(200, 280, Rgb([225; 3]))
}

fn small(picture: &RgbImage, side: u32) -> RgbImage {
    if picture.width().max(picture.height()) <= side {
        return picture.clone();
    }
    DynamicImage::from(picture.clone())
        .resize(side, side, FilterType::Triangle)
        .into_rgb8()
}

/// Found ink over true ink where they should lie, in the pixels of the cut.
fn beside(specimen: &Specimen, outcome: &Outcome) -> RgbImage {
    let (Some(found), Some(truth)) = (&outcome.imprint, &specimen.truth.imprint) else {
        return empty();
    };
    let cut = &found.cut;
    let (width, height) = cut.ink_map.dimensions();
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let mm = |from: f32, px: u32| from + (px as f32 + 0.5) / cut.px_per_mm;
        let u = (mm(found.from.0, x) * truth.px_per_mm) as i64 - truth.impression.left;
        let v = (mm(found.from.1, y) * truth.px_per_mm) as i64 - truth.impression.top;
        let inside = u >= 0
            && v >= 0
            && u < truth.impression.width as i64
            && v < truth.impression.height as i64;
        let ink = inside
            && truth.impression.ink[v as usize * truth.impression.width + u as usize] >= HALF;
        match (cut.ink_map.get_pixel(x, y)[0] >= 128, ink) {
            (true, true) => Rgb([40, 40, 40]),
            (true, false) => Rgb([230, 60, 50]),
            (false, true) => Rgb([60, 110, 240]),
            (false, false) => Rgb([255, 255, 255]),
        }
    });
    small(&picture, 420)
}

/// Writes the report into a folder: `index.html` with one picture per case, and `sheet-N.png` with ten cases each.
///
/// # Errors
/// The folder cannot be written to.
pub fn write(
    folder: &Path,
    title: &str,
    table: &str,
    failures: &str,
    exhibits: &[Exhibit],
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("figures.md"), table)?;
    fs::write(folder.join("failures.md"), failures)?;
    let mut html = format!(
        "<!doctype html><meta charset=utf-8><title>{title}</title>\
         <style>body{{font:14px/1.5 sans-serif;margin:2em}}img{{max-height:420px;border:1px solid #ccc}}\
         section{{margin:2em 0;border-top:1px solid #999}}</style><h1>{title}</h1><pre>{table}</pre>\
         <p>Upload; region of the imprint; found ink (black where true, red where not) and true ink that was not found (blue).</p>"
    );
    for (rank, exhibit) in exhibits.iter().enumerate() {
        let name = format!("{:02}-{}.png", rank + 1, exhibit.row.number);
        let picture = side_by_side(exhibit);
        save(&picture, &folder.join(&name))?;
        let what: Vec<&str> = exhibit
            .row
            .misses
            .iter()
            .map(|miss| miss.what.as_str())
            .collect();
        let _ = write!(
            html,
            "<section><h2>{}. case {}</h2><p><b>{}</b></p><p>{}</p><img src=\"{name}\"></section>",
            rank + 1,
            exhibit.row.number,
            what.join("; "),
            exhibit.row.labels.join(", ")
        );
    }
    fs::write(folder.join("index.html"), html)?;
    for (page, of) in exhibits.chunks(10).enumerate() {
        let tile = (640, 210);
        let mut sheet = RgbImage::from_pixel(tile.0 * 2, tile.1 * 5, Rgb([255; 3]));
        for (i, exhibit) in of.iter().enumerate() {
            let picture = DynamicImage::from(side_by_side(exhibit)).resize(
                tile.0 - 4,
                tile.1 - 4,
                FilterType::Triangle,
            );
            let (x, y) = ((i as u32 % 2) * tile.0, (i as u32 / 2) * tile.1);
            imageops::replace(&mut sheet, &picture.into_rgb8(), i64::from(x), i64::from(y));
        }
        save(&sheet, &folder.join(format!("sheet-{}.png", page + 1)))?;
    }
    Ok(())
}

fn side_by_side(exhibit: &Exhibit) -> RgbImage {
    let pictures = [&exhibit.upload, &exhibit.region, &exhibit.beside];
    let width: u32 = pictures.iter().map(|picture| picture.width() + 6).sum();
    let height = pictures
        .iter()
        .map(|picture| picture.height())
        .max()
        .unwrap_or(1);
    let mut out = RgbImage::from_pixel(width, height, Rgb([255; 3]));
    let mut x = 0;
    for picture in pictures {
        imageops::replace(&mut out, picture, i64::from(x), 0);
        x += picture.width() + 6;
    }
    out
}

fn save(picture: &RgbImage, path: &Path) -> io::Result<()> {
    let bytes = crate::encode::png(picture).map_err(io::Error::other)?;
    fs::write(path, bytes)
}
