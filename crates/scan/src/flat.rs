//! Uploads of one picture: JPEG, PNG, BMP, GIF, WebP.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{AnimationDecoder, DynamicImage};
use imprint::{ImprintError, PictureLimits, decode_picture, measure_picture};

use crate::warp::halved;
use crate::{Format, Limits, PagePicture, ScanError, resolution};

/// Above so many pixels a picture is taken at half its size: more than 600 dots per inch of A4 is in no sheet, and the
/// memory is needed.
const LARGE: u64 = 30_000_000;

/// Checks a picture by its header.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), ScanError> {
    let (source, decoded) = measure_picture(bytes, &of(limits)).map_err(|error| refusal(&error))?;
    let pixels = u64::from(source.width) * u64::from(source.height);
    // Beside the decoded picture: its copy in 8 bits and three channels, and the whole of a picture that comes in passes.
    let copy = if decoded == pixels * 3 { 0 } else { pixels * 3 };
    let passes = if resolution::is_progressive(bytes) {
        pixels * 6
    } else {
        0
    };
    let needed = decoded + copy + passes;
    if needed > limits.memory {
        return Err(ScanError::TooMuchMemory {
            megabytes: needed / 1_000_000,
        });
    }
    Ok(())
}

/// Decodes the picture.
pub(crate) fn page(bytes: &[u8], limits: &Limits) -> Result<PagePicture, ScanError> {
    let (_, picture, orientation) =
        decode_picture(bytes, &of(limits)).map_err(|error| refusal(&error))?;
    let grey = matches!(
        picture,
        DynamicImage::ImageLuma8(_)
            | DynamicImage::ImageLumaA8(_)
            | DynamicImage::ImageLuma16(_)
            | DynamicImage::ImageLumaA16(_)
    );
    let rgb = on_white(picture);
    let mut dpi = resolution::of(bytes);
    let rgb = if u64::from(rgb.width()) * u64::from(rgb.height()) > LARGE {
        dpi = dpi.map(|dpi| dpi / 2.0);
        halved(&rgb)
    } else {
        rgb
    };
    let mut picture = DynamicImage::ImageRgb8(rgb);
    picture.apply_orientation(orientation);
    let picture = picture.into_rgb8();
    let grey = grey || resolution::has_no_colour(&picture);
    Ok(PagePicture { picture, dpi, grey })
}

/// What is transparent shows white paper.
fn on_white(picture: DynamicImage) -> image::RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let with_alpha = picture.into_rgba8();
    image::RgbImage::from_fn(with_alpha.width(), with_alpha.height(), |x, y| {
        let [r, g, b, alpha] = with_alpha.get_pixel(x, y).0;
        let alpha = u16::from(alpha);
        image::Rgb(
            [r, g, b].map(|value| ((u16::from(value) * alpha + 255 * (255 - alpha)) / 255) as u8),
        )
    })
}

/// Whether there is more than one frame.
pub(crate) fn is_animated(bytes: &[u8], format: Format) -> bool {
    match format {
        Format::Gif => GifDecoder::new(Cursor::new(bytes))
            .is_ok_and(|decoder| decoder.into_frames().take(2).filter(Result::is_ok).count() > 1),
        Format::WebP => {
            WebPDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.has_animation())
        }
        Format::Png => PngDecoder::new(Cursor::new(bytes))
            .is_ok_and(|decoder| decoder.is_apng().unwrap_or(false)),
        _ => false,
    }
}

fn of(limits: &Limits) -> PictureLimits {
    PictureLimits {
        bytes: limits.bytes,
        pixels: limits.pixels,
        decoded: limits.memory,
        webp: true,
    }
}

fn refusal(error: &ImprintError) -> ScanError {
    match error {
        ImprintError::Empty => ScanError::Empty,
        ImprintError::TooManyBytes { megabytes, limit } => ScanError::TooManyBytes {
            megabytes: *megabytes,
            limit: *limit,
        },
        ImprintError::NotAPicture { what } => ScanError::NotAScan { what },
        ImprintError::TooManyPixels {
            width,
            height,
            limit,
        } => ScanError::TooManyPixels {
            width: (*width).into(),
            height: (*height).into(),
            limit: *limit,
        },
        ImprintError::TooMuchMemory { megabytes } => ScanError::TooMuchMemory {
            megabytes: *megabytes,
        },
        _ => ScanError::Damaged,
    }
}
