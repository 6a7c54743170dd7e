//! TIFF: several pages, without compression or with LZW, Deflate, PackBits, JPEG and fax (G4, not the older G3).

use std::io::Cursor;

use image::RgbImage;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use crate::warp::halved;
use crate::{Limits, PagePicture, ScanError, resolution};

/// Above so many pixels a page is taken at half its size.
const LARGE: u64 = 30_000_000;

/// Counts the pages and checks the size of each.
pub(crate) fn count(bytes: &[u8], limits: &Limits) -> Result<u32, ScanError> {
    let mut decoder = start(bytes, limits)?;
    let mut pages = 0;
    loop {
        pages += 1;
        if pages > limits.pages {
            return Err(ScanError::TooManyPages {
                pages,
                limit: limits.pages,
            });
        }
        check(&mut decoder, limits)?;
        if !decoder.more_images() {
            return Ok(pages);
        }
        decoder.next_image().map_err(|error| refusal(&error))?;
    }
}

/// Decodes a page, counted from 0.
pub(crate) fn page(bytes: &[u8], index: u32, limits: &Limits) -> Result<PagePicture, ScanError> {
    let mut decoder = start(bytes, limits)?;
    for _ in 0..index {
        decoder.next_image().map_err(|error| refusal(&error))?;
    }
    check(&mut decoder, limits)?;
    let (width, height) = decoder.dimensions().map_err(|error| refusal(&error))?;
    let colours = decoder.colortype().map_err(|error| refusal(&error))?;
    let mut dpi = dpi(&mut decoder);
    let turn = decoder
        .find_tag_unsigned::<u16>(Tag::Orientation)
        .unwrap_or_default()
        .and_then(|turn| image::metadata::Orientation::from_exif(turn.min(255) as u8));
    let samples = decoder.read_image().map_err(|error| refusal(&error))?;
    let rgb = match samples {
        DecodingResult::U8(samples) => eight_bits(&samples, width, height, colours),
        DecodingResult::U16(samples) => {
            let high: Vec<u8> = samples.iter().map(|value| (value >> 8) as u8).collect();
            drop(samples);
            eight_bits(&high, width, height, as_eight(colours))
        }
        _ => None,
    };
    let mut rgb = rgb.ok_or(ScanError::Unsupported {
        what: "TIFF 的颜色格式",
    })?;
    if u64::from(width) * u64::from(height) > LARGE {
        rgb = halved(&rgb);
        dpi = dpi.map(|dpi| dpi / 2.0);
    }
    let mut picture = image::DynamicImage::ImageRgb8(rgb);
    if let Some(turn) = turn {
        picture.apply_orientation(turn);
    }
    let picture = picture.into_rgb8();
    let grey = matches!(colours, ColorType::Gray(_) | ColorType::GrayA(_))
        || resolution::has_no_colour(&picture);
    Ok(PagePicture { picture, dpi, grey })
}

type Pages<'a> = Decoder<Cursor<&'a [u8]>>;

fn start<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Pages<'a>, ScanError> {
    let mut allowed = tiff::decoder::Limits::default();
    let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    allowed.decoding_buffer_size = memory;
    allowed.intermediate_buffer_size = memory;
    allowed.ifd_value_size = 4_000_000;
    Ok(Decoder::new(Cursor::new(bytes))
        .map_err(|error| refusal(&error))?
        .with_limits(allowed))
}

fn check(decoder: &mut Pages<'_>, limits: &Limits) -> Result<(), ScanError> {
    let (width, height) = decoder.dimensions().map_err(|error| refusal(&error))?;
    if width == 0 || height == 0 {
        return Err(ScanError::Damaged);
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels {
        return Err(ScanError::TooManyPixels {
            width: width.into(),
            height: height.into(),
            limit: limits.pixels / 1_000_000,
        });
    }
    let colours = decoder.colortype().map_err(|error| refusal(&error))?;
    let sample = u64::from(colours.bit_depth().max(1));
    let decoded = pixels * u64::from(colours.num_samples()) * sample / 8;
    // Beside the decoded page: its copy in 8 bits, and in three channels.
    let needed = decoded + decoded * u64::from(sample > 8) / 2 + pixels * 3;
    if needed > limits.memory {
        return Err(ScanError::TooMuchMemory {
            megabytes: needed / 1_000_000,
        });
    }
    Ok(())
}

fn dpi(decoder: &mut Pages<'_>) -> Option<f32> {
    let dots = match decoder.find_tag(Tag::XResolution).ok()?? {
        Value::Rational(dots, of) if of > 0 => dots as f32 / of as f32,
        Value::Float(dots) => dots,
        _ => return None,
    };
    let unit = decoder
        .find_tag_unsigned::<u16>(Tag::ResolutionUnit)
        .unwrap_or_default()
        .unwrap_or(2);
    let dpi = match unit {
        2 => dots,
        3 => dots * 2.54,
        _ => return None,
    };
    (50.0..2500.0).contains(&dpi).then_some(dpi)
}

fn as_eight(colours: ColorType) -> ColorType {
    match colours {
        ColorType::Gray(_) => ColorType::Gray(8),
        ColorType::GrayA(_) => ColorType::GrayA(8),
        ColorType::RGB(_) => ColorType::RGB(8),
        ColorType::RGBA(_) => ColorType::RGBA(8),
        ColorType::CMYK(_) => ColorType::CMYK(8),
        other => other,
    }
}

/// Samples of at most 8 bits as a picture in colours.
fn eight_bits(samples: &[u8], width: u32, height: u32, colours: ColorType) -> Option<RgbImage> {
    let (columns, rows) = (width as usize, height as usize);
    let mut rgb = Vec::with_capacity(columns * rows * 3);
    match colours {
        ColorType::Gray(bits @ (1 | 2 | 4 | 8)) => {
            let most = (1u16 << bits) - 1;
            for value in packed(samples, columns, rows, bits)? {
                let value = (u16::from(value) * 255 / most) as u8;
                rgb.extend([value; 3]);
            }
        }
        ColorType::GrayA(8)
        | ColorType::Multiband {
            bit_depth: 8,
            num_samples: 2,
        } => {
            for pixel in samples.get(..columns * rows * 2)?.chunks_exact(2) {
                rgb.extend([over_white(pixel[0], pixel[1]); 3]);
            }
        }
        ColorType::RGB(8) => rgb.extend(samples.get(..columns * rows * 3)?),
        ColorType::RGBA(8) => {
            for pixel in samples.get(..columns * rows * 4)?.chunks_exact(4) {
                rgb.extend([0, 1, 2].map(|channel| over_white(pixel[channel], pixel[3])));
            }
        }
        ColorType::CMYK(8) => {
            for pixel in samples.get(..columns * rows * 4)?.chunks_exact(4) {
                let light = 255 - u16::from(pixel[3]);
                rgb.extend(
                    [0, 1, 2]
                        .map(|channel| ((255 - u16::from(pixel[channel])) * light / 255) as u8),
                );
            }
        }
        ColorType::YCbCr(8) => {
            for pixel in samples.get(..columns * rows * 3)?.chunks_exact(3) {
                let (y, cb, cr) = (
                    f32::from(pixel[0]),
                    f32::from(pixel[1]) - 128.0,
                    f32::from(pixel[2]) - 128.0,
                );
                let value = |v: f32| v.round().clamp(0.0, 255.0) as u8;
                rgb.extend([
                    value(y + 1.402 * cr),
                    value(y - 0.344_14 * cb - 0.714_14 * cr),
                    value(y + 1.772 * cb),
                ]);
            }
        }
        _ => return None,
    }
    RgbImage::from_raw(width, height, rgb)
}

/// Values of some bits each, rows beginning at whole bytes.
fn packed(
    samples: &[u8],
    columns: usize,
    rows: usize,
    bits: u8,
) -> Option<impl Iterator<Item = u8> + '_> {
    let bits = usize::from(bits);
    let stride = (columns * bits).div_ceil(8);
    let samples = samples.get(..stride * rows)?;
    let mask = ((1u16 << bits) - 1) as u8;
    Some(samples.chunks_exact(stride.max(1)).flat_map(move |row| {
        (0..columns).map(move |x| {
            let at = x * bits;
            row[at / 8] >> (8 - bits - at % 8) & mask
        })
    }))
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let alpha = u16::from(alpha);
    ((u16::from(value) * alpha + 255 * (255 - alpha)) / 255) as u8
}

fn refusal(error: &TiffError) -> ScanError {
    match error {
        TiffError::UnsupportedError(_) => ScanError::Unsupported {
            what: "TIFF 的压缩或颜色格式",
        },
        TiffError::LimitsExceeded => ScanError::TooMuchMemory { megabytes: 300 },
        _ => ScanError::Damaged,
    }
}
