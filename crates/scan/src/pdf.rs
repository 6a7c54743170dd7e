//! PDF: a page that is one picture comes as that picture, at its own resolution; any other page is drawn at 300 dots per
//! inch. The pages are a stranger's: what would take memory or time out of all proportion is refused beforehand.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hayro::hayro_interpret::font::Glyph;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, ImageData, InterpreterCache,
    InterpreterSettings, LumaData, Paint, PathDrawMode, RasterImage, SoftMask, interpret_page,
    pattern::Pattern,
};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::kurbo::{Affine, BezPath, Point, Rect};
use hayro::{RenderCache, RenderSettings, render};
use image::{DynamicImage, RgbImage};

use crate::inflate;
use crate::warp::halved;
use crate::{Limits, PagePicture, ScanError, resolution};

/// A PDF file that was found sound.
pub(crate) struct Document {
    pdf: Pdf,
    pages: u32,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}

/// Resolution of a page that is drawn.
const DPI: f32 = 300.0;
/// Pixels of a drawn page at most: a page larger than A3 is drawn coarser.
const DRAWN_PIXELS: f32 = 18_000_000.0;
/// What a page may be made of: lines, curves, characters and pictures.
const MOST_STEPS: u64 = 3_000_000;

impl Document {
    /// Reads the structure of the file.
    pub(crate) fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Self, ScanError> {
        inflate::check(&bytes, limits)?;
        let read = guarded(|| Pdf::new(bytes))?;
        let pdf = read.map_err(|error| match error {
            LoadPdfError::Decryption(
                DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
            ) => ScanError::Encrypted,
            _ => ScanError::Damaged,
        })?;
        let pages = guarded(|| pdf.pages().len())?;
        let pages = u32::try_from(pages).unwrap_or(u32::MAX);
        match pages {
            0 => Err(ScanError::Damaged),
            pages if pages > limits.pages => Err(ScanError::TooManyPages {
                pages,
                limit: limits.pages,
            }),
            pages => Ok(Self { pdf, pages }),
        }
    }

    pub(crate) fn pages(&self) -> u32 {
        self.pages
    }

    /// The picture of a page, counted from 0.
    pub(crate) fn page(&self, index: u32, limits: &Limits) -> Result<PagePicture, ScanError> {
        guarded(|| {
            let page = self
                .pdf
                .pages()
                .get(index as usize)
                .ok_or(ScanError::Damaged)?;
            let mut look = Look::new(page, limits);
            look.over();
            if let Some(refusal) = look.refusal {
                return Err(refusal);
            }
            match look.only.filter(|_| look.others == 0) {
                Some(only) => Ok(only.finish()),
                None => Ok(drawn(page)),
            }
        })?
    }
}

/// Runs the reader; where it gives up by unwinding, the file is damaged (or what was thrown says).
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, ScanError> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|thrown: Box<dyn Any + Send>| {
        match thrown.downcast::<ScanError>() {
            Ok(refusal) => *refusal,
            Err(_) => ScanError::Damaged,
        }
    })
}

fn drawn(page: &Page<'_>) -> PagePicture {
    let (width, height) = page.render_dimensions();
    let full = DPI / 72.0;
    let scale = full.min((DRAWN_PIXELS / (width * height)).sqrt());
    let settings = RenderSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
        ..RenderSettings::default()
    };
    let pixels = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &settings,
    );
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    let rgb: Vec<u8> = pixels
        .data_as_u8_slice()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let picture = RgbImage::from_raw(width, height, rgb).unwrap_or_default();
    PagePicture {
        grey: resolution::has_no_colour(&picture),
        picture,
        dpi: Some(scale * 72.0),
    }
}

/// Looks over a page before it is drawn: what it is made of, and whether it is one picture.
struct Look<'a, 'b> {
    page: &'a Page<'a>,
    limits: &'b Limits,
    steps: u64,
    only: Option<Only>,
    /// What is seen beside the one picture.
    others: u32,
    refusal: Option<ScanError>,
}

/// The one picture of a page.
struct Only {
    picture: RgbImage,
    grey: bool,
    /// From its pixels to points on the page.
    place: Affine,
}

impl<'a, 'b> Look<'a, 'b> {
    fn new(page: &'a Page<'a>, limits: &'b Limits) -> Self {
        Self {
            page,
            limits,
            steps: 0,
            only: None,
            others: 0,
            refusal: None,
        }
    }

    fn over(&mut self) {
        let page = self.page;
        let (width, height) = page.render_dimensions();
        let cache = InterpreterCache::new();
        let mut context = Context::new(
            to_affine(page),
            Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
            &cache,
            page.xref(),
            InterpreterSettings::default(),
        );
        interpret_page(page, &mut context, self);
    }

    /// Counts steps. The reader cannot be stopped from here but by unwinding.
    fn spend(&mut self, steps: u64) {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MOST_STEPS {
            resume_unwind(Box::new(ScanError::PdfTooComplex));
        }
    }

    fn paint(&mut self, paint: &Paint<'_>) {
        if let Paint::Pattern(pattern) = paint {
            match &**pattern {
                Pattern::Shading(_) => self.spend(20_000),
                // A pattern's tiles are drawn one by one: nobody knows how many beforehand.
                Pattern::Tiling(_) => self.spend(MOST_STEPS / 20),
            }
        }
    }

    fn picture(&mut self, image: &RasterImage<'_>, place: Affine) {
        let (width, height) = (u64::from(image.width()), u64::from(image.height()));
        if width * height > self.limits.pixels {
            self.refusal = Some(ScanError::TooManyPixels {
                width,
                height,
                limit: self.limits.pixels / 1_000_000,
            });
            resume_unwind(Box::new(ScanError::TooManyPixels {
                width,
                height,
                limit: self.limits.pixels / 1_000_000,
            }));
        }
        if width * height * 5 > self.limits.memory {
            resume_unwind(Box::new(ScanError::TooMuchMemory {
                megabytes: width * height * 5 / 1_000_000,
            }));
        }
        if self.only.is_some() || self.others > 0 || !self.fills_page(place, width, height) {
            self.only = None;
            self.others += 1;
            return;
        }
        let mut only = None;
        image.with_rgba(|data, alpha| only = decoded(data, alpha.as_ref()), None);
        match only {
            Some((picture, grey)) => {
                // The decoded picture may be smaller than the page was told.
                let rescaled = place
                    * Affine::scale_non_uniform(
                        width as f64 / f64::from(picture.width().max(1)),
                        height as f64 / f64::from(picture.height().max(1)),
                    );
                self.only = Some(Only {
                    picture,
                    grey,
                    place: rescaled,
                });
            }
            None => self.others += 1,
        }
    }

    /// Whether a picture stands straight and covers a good part of the page.
    fn fills_page(&self, place: Affine, width: u64, height: u64) -> bool {
        let [a, b, c, d, ..] = place.as_coeffs();
        let straight = (b.abs() + c.abs()) * 200.0 < a.abs() + d.abs()
            || (a.abs() + d.abs()) * 200.0 < b.abs() + c.abs();
        let even = {
            let (x, y) = (a.hypot(b), c.hypot(d));
            x > 0.0 && y > 0.0 && (0.97..1.03).contains(&(x / y))
        };
        let area = place.determinant().abs() * width as f64 * height as f64;
        let (page_width, page_height) = self.page.render_dimensions();
        straight && even && area > 0.3 * f64::from(page_width * page_height)
    }
}

fn to_affine(page: &Page<'_>) -> Affine {
    use hayro::hayro_interpret::TransformExt;

    page.initial_transform(true).to_kurbo()
}

fn decoded(data: ImageData, alpha: Option<&LumaData>) -> Option<(RgbImage, bool)> {
    if alpha.is_some() {
        return None;
    }
    match data {
        ImageData::Rgb(rgb) => {
            let picture = RgbImage::from_raw(rgb.width, rgb.height, rgb.data)?;
            let grey = resolution::has_no_colour(&picture);
            Some((picture, grey))
        }
        ImageData::Luma(luma) => {
            let pixels = luma.data.iter().flat_map(|value| [*value; 3]).collect();
            RgbImage::from_raw(luma.width, luma.height, pixels).map(|picture| (picture, true))
        }
    }
}

impl Only {
    /// The picture turned as it stands on the page, and its resolution there.
    fn finish(self) -> PagePicture {
        let [a, b, c, d, ..] = self.place.as_coeffs();
        let points_per_px = (a.hypot(b) + c.hypot(d)) / 2.0;
        let mut dpi = (72.0 / points_per_px) as f32;
        let picture =
            if u64::from(self.picture.width()) * u64::from(self.picture.height()) > 30_000_000 {
                dpi /= 2.0;
                halved(&self.picture)
            } else {
                self.picture
            };
        let picture = DynamicImage::ImageRgb8(picture);
        let turned = if a.abs() > b.abs() {
            match (a > 0.0, d > 0.0) {
                (true, true) => picture,
                (true, false) => picture.flipv(),
                (false, true) => picture.fliph(),
                (false, false) => picture.rotate180(),
            }
        } else {
            match (b > 0.0, c > 0.0) {
                (true, false) => picture.rotate90(),
                (false, true) => picture.rotate270(),
                (true, true) => picture.rotate90().fliph(),
                (false, false) => picture.rotate270().fliph(),
            }
        };
        PagePicture {
            picture: turned.into_rgb8(),
            dpi: (50.0..2500.0).contains(&dpi).then_some(dpi),
            grey: self.grey,
        }
    }
}

impl<'a> Device<'a> for Look<'_, '_> {
    fn set_soft_mask(&mut self, mask: Option<SoftMask<'a>>) {
        if mask.is_some() {
            self.spend(MOST_STEPS / 50);
        }
    }

    fn set_blend_mode(&mut self, _: BlendMode) {}

    fn draw_path(&mut self, path: &BezPath, _: Affine, paint: &Paint<'a>, _: &PathDrawMode) {
        self.spend(path.elements().len() as u64 + 20);
        self.paint(paint);
        if !is_white(paint) {
            self.others += 1;
        }
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        // Every form has its clip, and forms in forms cost what is not seen from here.
        self.spend(clip_path.path.elements().len() as u64 + 1_000);
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(20);
        self.set_soft_mask(mask);
    }

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        _: Affine,
        _: Affine,
        paint: &Paint<'a>,
        draw_mode: &GlyphDrawMode,
    ) {
        if matches!(draw_mode, GlyphDrawMode::Invisible) {
            // The text that a scanner's recognition laid under the picture.
            self.spend(20);
            return;
        }
        self.spend(match glyph {
            Glyph::Outline(_) => 100,
            Glyph::Type3(_) => 3_000,
        });
        self.paint(paint);
        self.others += 1;
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.spend(1_000);
        match &image {
            Image::Raster(raster) => self.picture(raster, transform),
            Image::Stencil(_) => {
                let pixels = u64::from(image.width()) * u64::from(image.height());
                if pixels > self.limits.pixels {
                    resume_unwind(Box::new(ScanError::PdfTooComplex));
                }
                self.only = None;
                self.others += 1;
            }
        }
        // Every picture is decoded again when the page is drawn.
        let corner = transform * Point::new(f64::from(image.width()), f64::from(image.height()));
        if !corner.x.is_finite() || !corner.y.is_finite() {
            resume_unwind(Box::new(ScanError::Damaged));
        }
        self.spend(u64::from(image.width()) * u64::from(image.height()) / 100);
    }

    fn pop_clip_path(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Paper is often painted white before the picture.
fn is_white(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => color.to_rgba().to_rgba8()[..3] == [255, 255, 255],
        Paint::Pattern(_) => false,
    }
}
