use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::ImprintError;

/// What the header of an uploaded picture says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The format by its first bytes.
    pub format: PictureFormat,
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
}

/// The accepted picture formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF (the first frame counts).
    Gif,
    /// Windows bitmap.
    Bmp,
    /// WebP (only where [`PictureLimits::webp`] says so; the first frame counts).
    WebP,
}

impl PictureFormat {
    /// The media type, as for a `Content-Type` header.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::WebP => "image/webp",
        }
    }
}

/// Reads the header alone and checks it against the limits.
///
/// # Errors
/// Empty, too large, not a picture, too many pixels, or a broken header.
pub fn inspect(bytes: &[u8]) -> Result<Source, ImprintError> {
    open(bytes, &PictureLimits::default()).map(|(source, _, _)| source)
}

/// What a picture may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureLimits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Pixels.
    pub pixels: u64,
    /// Bytes of the decoded picture.
    pub decoded: u64,
    /// Whether WebP is accepted.
    pub webp: bool,
}

impl Default for PictureLimits {
    /// Of an imprint's picture: 20 MB of file, 40 megapixels, 160 MB decoded, no WebP.
    fn default() -> Self {
        Self {
            bytes: 20_000_000,
            pixels: 40_000_000,
            decoded: 160_000_000,
            webp: false,
        }
    }
}

/// Decodes a picture within limits that are checked before a pixel is decoded. It is as the file has it: how it has to be
/// turned to stand upright is told beside it; [`Source`] tells the size upright.
///
/// # Errors
/// Empty, too large, not a picture, too many pixels, or broken.
pub fn decode_picture(
    bytes: &[u8],
    limits: &PictureLimits,
) -> Result<(Source, DynamicImage, Orientation), ImprintError> {
    let (source, decoder, orientation) = open(bytes, limits)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| ImprintError::Damaged)?;
    Ok((source, picture, orientation))
}

/// The header of a picture within limits, without decoding a pixel: its size, and the bytes it takes when decoded.
///
/// # Errors
/// As [`decode_picture`], broken pixels aside.
pub fn measure_picture(
    bytes: &[u8],
    limits: &PictureLimits,
) -> Result<(Source, u64), ImprintError> {
    open(bytes, limits).map(|(source, decoder, _)| (source, decoder.total_bytes()))
}

/// Decodes an imprint's picture and turns it upright.
pub(crate) fn decode(bytes: &[u8]) -> Result<(Source, DynamicImage), ImprintError> {
    let (source, mut picture, orientation) = decode_picture(bytes, &PictureLimits::default())?;
    picture.apply_orientation(orientation);
    Ok((source, picture))
}

/// What a decoder may allocate beside the picture itself (colour profiles, text, interlacing).
const DECODER_OVERHEAD: u64 = 32_000_000;

type Opened<'a> = (Source, Box<dyn ImageDecoder + 'a>, Orientation);

fn open<'a>(bytes: &'a [u8], limits: &PictureLimits) -> Result<Opened<'a>, ImprintError> {
    if bytes.is_empty() {
        return Err(ImprintError::Empty);
    }
    if bytes.len() as u64 > limits.bytes {
        return Err(ImprintError::TooManyBytes {
            megabytes: (bytes.len() as u64).div_ceil(1_000_000),
            limit: limits.bytes / 1_000_000,
        });
    }
    let format = sniff(bytes, limits.webp)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), image_format(format));
    let mut allowed = Limits::no_limits();
    allowed.max_alloc = Some(limits.decoded + DECODER_OVERHEAD);
    reader.limits(allowed);
    // The image crate measures the header against its own limit first: ask for the size beforehand to say which
    // limit was hit.
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), image_format(format))
        .into_dimensions()
        .map_err(|_| ImprintError::Damaged)?;
    if width == 0 || height == 0 {
        return Err(ImprintError::Damaged);
    }
    if u64::from(width) * u64::from(height) > limits.pixels {
        let limit = limits.pixels / 1_000_000;
        return Err(ImprintError::TooManyPixels {
            width,
            height,
            limit,
        });
    }
    let mut decoder = reader.into_decoder().map_err(|_| ImprintError::Damaged)?;
    if decoder.total_bytes() > limits.decoded {
        let megabytes = decoder.total_bytes() / 1_000_000;
        return Err(ImprintError::TooMuchMemory { megabytes });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let turned = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let (width, height) = if turned {
        (height, width)
    } else {
        (width, height)
    };
    Ok((
        Source {
            format,
            width,
            height,
        },
        Box::new(decoder),
        orientation,
    ))
}

fn image_format(format: PictureFormat) -> ImageFormat {
    match format {
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Gif => ImageFormat::Gif,
        PictureFormat::Bmp => ImageFormat::Bmp,
        PictureFormat::WebP => ImageFormat::WebP,
    }
}

/// Tells the format by the first bytes, and names what else people upload by mistake.
fn sniff(bytes: &[u8], webp: bool) -> Result<PictureFormat, ImprintError> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let what = match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => return Ok(PictureFormat::Png),
        () if starts(b"\xff\xd8\xff") => return Ok(PictureFormat::Jpeg),
        () if starts(b"GIF87a") || starts(b"GIF89a") => return Ok(PictureFormat::Gif),
        () if starts(b"BM") && bytes.len() >= 26 => return Ok(PictureFormat::Bmp),
        () if starts(b"%PDF") => "这是 PDF 文件",
        () if starts(b"PK\x03\x04") => "这是 Office、OFD 或压缩文件",
        () if starts(b"\xd0\xcf\x11\xe0") => "这是旧版 Office 文件",
        () if starts(b"II*\0") || starts(b"MM\0*") => "这是 TIFF 图片",
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => {
            if webp {
                return Ok(PictureFormat::WebP);
            }
            "这是 WebP 图片"
        }
        () if bytes.get(4..8) == Some(b"ftyp") => "这是 HEIC 照片或视频",
        () if starts(b"<svg") || starts(b"<?xml") => "这是 SVG 或 XML 文件",
        () => "无法识别的内容",
    };
    Err(ImprintError::NotAPicture { what })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::RoundSeal;

    fn png_header(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
        let mut chunk = b"IHDR".to_vec();
        chunk.extend(width.to_be_bytes());
        chunk.extend(height.to_be_bytes());
        chunk.extend([depth, colour, 0, 0, 0]);
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
        png.extend(&chunk);
        png.extend(crc32fast::hash(&chunk).to_be_bytes());
        png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        png
    }

    #[test]
    fn what_is_no_picture_is_named() {
        for (bytes, code) in [
            (&b""[..], "picture_empty"),
            (b"hello", "picture_not_a_picture"),
            (b"%PDF-1.7", "picture_not_a_picture"),
            (b"PK\x03\x04", "picture_not_a_picture"),
            (b"\xff\xd8\xff\xe0\0\x10", "picture_damaged"),
            (b"GIF89a", "picture_damaged"),
            (b"\x89PNG\r\n\x1a\nabc", "picture_damaged"),
        ] {
            assert_eq!(decode(bytes).unwrap_err().code(), code, "{bytes:?}");
        }
        assert!(
            inspect(b"%PDF-1.7")
                .unwrap_err()
                .to_string()
                .contains("PDF")
        );
    }

    #[test]
    fn a_hundred_megapixels_are_refused_from_the_header() {
        let refused = inspect(&png_header(10_000, 10_000, 8, 6)).unwrap_err();
        assert_eq!(refused.code(), "picture_too_many_pixels");
        assert!(refused.to_string().contains("10000×10000"));
        let huge = inspect(&png_header(60_000, 60_000, 16, 6)).unwrap_err();
        assert_eq!(huge.code(), "picture_too_many_pixels");
    }

    #[test]
    fn sixteen_bits_per_channel_count_by_their_memory() {
        let refused = inspect(&png_header(6_000, 6_000, 16, 6)).unwrap_err();
        assert_eq!(refused.code(), "picture_too_much_memory");
    }

    #[test]
    fn more_than_twenty_megabytes_are_refused_unread() {
        let refused = inspect(&vec![0x89; 20_000_001]).unwrap_err();
        assert_eq!(
            refused,
            ImprintError::TooManyBytes {
                megabytes: 21,
                limit: 20
            }
        );
    }

    #[test]
    fn a_picture_cut_short_is_damaged_at_any_place() {
        let png = RoundSeal::new("福建", 10.0).on_paper(150).unwrap();
        assert!(decode(&png).is_ok());
        for end in (8..png.len() - 12).step_by(97) {
            assert_eq!(
                decode(&png[..end]).unwrap_err(),
                ImprintError::Damaged,
                "{end}"
            );
        }
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let (_, picture) = decode(&RoundSeal::new("福", 8.0).on_paper(100).unwrap()).unwrap();
        let mut bytes = Cursor::new(vec![]);
        DynamicImage::from(picture.to_rgb8())
            .write_to(&mut bytes, format)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn all_four_formats_are_read() {
        for (format, ours) in [
            (ImageFormat::Png, PictureFormat::Png),
            (ImageFormat::Jpeg, PictureFormat::Jpeg),
            (ImageFormat::Gif, PictureFormat::Gif),
            (ImageFormat::Bmp, PictureFormat::Bmp),
        ] {
            let (source, picture) = decode(&encoded(format)).unwrap();
            assert_eq!(source.format, ours);
            assert_eq!(
                (source.width, source.height),
                (picture.width(), picture.height())
            );
        }
    }

    #[test]
    fn a_photo_taken_sideways_is_turned_upright() {
        let jpeg = encoded(ImageFormat::Jpeg);
        let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let length = (exif.len() as u16 + 2).to_be_bytes();
        let wide = {
            let (_, picture) = decode(&jpeg).unwrap();
            let mut bytes = Cursor::new(vec![]);
            let wide = picture.crop_imm(0, 0, picture.width(), picture.height() / 2);
            wide.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
            bytes.into_inner()
        };
        let turned = [&wide[..2], b"\xff\xe1", &length, exif, &wide[2..]].concat();
        let (before, after) = (inspect(&wide).unwrap(), inspect(&turned).unwrap());
        assert_eq!((before.width, before.height), (after.height, after.width));
        let (_, picture) = decode(&turned).unwrap();
        assert_eq!(
            (picture.width(), picture.height()),
            (after.width, after.height)
        );
    }

    proptest! {
        #[test]
        fn damaged_pictures_never_panic(
            format in prop::sample::select(vec![ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            cut in any::<prop::sample::Index>(), do_cut in any::<bool>(),
        ) {
            let mut bytes = encoded(format);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if do_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Ok((source, picture)) = decode(&bytes) {
                prop_assert_eq!((source.width, source.height), (picture.width(), picture.height()));
            }
        }
    }
}
