//! The picture of a seal.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::{ImageFormat, ImageReader};

use crate::asn1::{IA5_STRING, Notes, OCTET_STRING, SEQUENCE, Walker, write, write_integer};
use crate::error::FormatError;
use crate::limits::Limits;

/// GB/T 38540-2020, 6.1:
/// ```text
/// SES_ESPictureInfo ::= SEQUENCE { type IA5String, data OCTET STRING, width INTEGER /* mm */, height INTEGER /* mm */ }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The kind as written: `PNG`, `GIF`, `ofd`, …
    pub kind: String,
    /// The picture file.
    pub data: Vec<u8>,
    /// Width in whole millimetres.
    pub width: u32,
    /// Height in whole millimetres.
    pub height: u32,
}

/// What a picture file really is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// SVG.
    Svg,
    /// A whole OFD package, as tax seals have it.
    Ofd,
}

/// What decoding a pixel picture showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixels {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Whether some pixel is transparent.
    pub transparent: bool,
}

/// Why a picture cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureProblem {
    /// None of the known formats.
    Unknown,
    /// Larger than the limits allow.
    TooLarge,
    /// Of a known format, but it cannot be decoded.
    Broken,
}

/// What decoding showed, by the picture's digest: a server meets the same seals again and again, and decoding is the
/// dearest part of checking one.
#[derive(Debug, Default)]
pub struct PictureCache(Mutex<HashMap<[u8; 32], Decoded>>);

type Decoded = Result<Option<Pixels>, PictureProblem>;

impl PictureCache {
    /// Pictures that are remembered; forgetting all of them is always safe.
    const MOST: usize = 10_000;

    /// As [`Picture::decode`], remembered. Use one cache with one set of limits.
    ///
    /// # Errors
    /// As [`Picture::decode`].
    pub fn decode(&self, picture: &Picture, limits: &Limits) -> Decoded {
        let key = gm::sm3(&picture.data);
        // A lock that a panicking thread left behind still guards whole entries.
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return *known;
        }
        let decoded = picture.decode(limits);
        let mut known = lock();
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(key, decoded);
        decoded
    }
}

impl Picture {
    /// What the data are by their first bytes, whatever [`Picture::kind`] says.
    pub fn format(&self) -> Option<PictureFormat> {
        PictureFormat::of(&self.data)
    }

    /// Decodes a pixel picture within limits; `None` for OFD and SVG, which are drawn elsewhere.
    ///
    /// # Errors
    /// [`PictureProblem`] where the data are no picture that can be shown.
    pub fn decode(&self, limits: &Limits) -> Result<Option<Pixels>, PictureProblem> {
        let format = match self.format().ok_or(PictureProblem::Unknown)? {
            PictureFormat::Png => ImageFormat::Png,
            PictureFormat::Jpeg => ImageFormat::Jpeg,
            PictureFormat::Gif => ImageFormat::Gif,
            PictureFormat::Bmp => ImageFormat::Bmp,
            PictureFormat::Svg | PictureFormat::Ofd => return Ok(None),
        };
        let (width, height) = ImageReader::with_format(Cursor::new(&self.data), format)
            .into_dimensions()
            .map_err(|_| PictureProblem::Broken)?;
        if width == 0 || height == 0 {
            return Err(PictureProblem::Broken);
        }
        if u64::from(width) * u64::from(height) > limits.picture_pixels {
            return Err(PictureProblem::TooLarge);
        }
        let mut reader = ImageReader::with_format(Cursor::new(&self.data), format);
        let mut allowed = image::Limits::default();
        allowed.max_alloc = Some(limits.picture_memory);
        reader.limits(allowed);
        let decoded = reader.decode().map_err(|error| match error {
            image::ImageError::Limits(_) => PictureProblem::TooLarge,
            _ => PictureProblem::Broken,
        })?;
        let transparent = decoded.color().has_alpha()
            && decoded
                .to_rgba8()
                .pixels()
                .any(|pixel| pixel.0[3] < u8::MAX);
        Ok(Some(Pixels {
            width,
            height,
            transparent,
        }))
    }

    pub(crate) fn read(walker: &mut Walker<'_>, notes: &mut Notes) -> Result<Picture, FormatError> {
        const PLACE: &str = "印章图像";
        let mut inner = walker.sequence(PLACE, notes)?;
        let picture = Picture {
            kind: inner.text(IA5_STRING, "图像类型", notes)?,
            data: inner.octets("图像数据", notes)?.to_vec(),
            width: inner.integer("图像宽度", notes)?,
            height: inner.integer("图像高度", notes)?,
        };
        inner.finish(PLACE, notes);
        Ok(picture)
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        write(
            SEQUENCE,
            &[
                &write(IA5_STRING, &[self.kind.as_bytes()]),
                &write(OCTET_STRING, &[&self.data]),
                &write_integer(self.width),
                &write_integer(self.height),
            ],
        )
    }
}

impl PictureFormat {
    /// Recognises a picture by its first bytes.
    pub fn of(data: &[u8]) -> Option<PictureFormat> {
        let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
        let head = &text[..text.len().min(512)];
        Some(match data {
            [0x89, b'P', b'N', b'G', ..] => PictureFormat::Png,
            [0xff, 0xd8, 0xff, ..] => PictureFormat::Jpeg,
            [b'G', b'I', b'F', b'8', ..] => PictureFormat::Gif,
            [b'B', b'M', ..] => PictureFormat::Bmp,
            [b'P', b'K', 3, 4, ..] => PictureFormat::Ofd,
            _ if head.windows(4).any(|w| w == b"<svg") => PictureFormat::Svg,
            _ => return None,
        })
    }

    /// The media type under which a browser shows it.
    pub fn media_type(self) -> &'static str {
        match self {
            PictureFormat::Png => "image/png",
            PictureFormat::Jpeg => "image/jpeg",
            PictureFormat::Gif => "image/gif",
            PictureFormat::Bmp => "image/bmp",
            PictureFormat::Svg => "image/svg+xml",
            PictureFormat::Ofd => "application/ofd",
        }
    }

    /// The type name that is written into a seal.
    pub fn kind(self) -> &'static str {
        match self {
            PictureFormat::Png => "PNG",
            PictureFormat::Jpeg => "JPG",
            PictureFormat::Gif => "GIF",
            PictureFormat::Bmp => "BMP",
            PictureFormat::Svg => "SVG",
            PictureFormat::Ofd => "OFD",
        }
    }

    /// Whether a type name as met in seals means this format.
    pub fn is_called(self, kind: &str) -> bool {
        let kind = kind.trim().trim_start_matches('.');
        kind.eq_ignore_ascii_case(self.kind())
            || (self == PictureFormat::Jpeg && kind.eq_ignore_ascii_case("JPEG"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture(data: Vec<u8>) -> Picture {
        Picture {
            kind: "PNG".to_owned(),
            data,
            width: 42,
            height: 42,
        }
    }

    fn png(width: u32, height: u32, alpha: u8) -> Vec<u8> {
        let mut data = Cursor::new(Vec::new());
        image::RgbaImage::from_pixel(width, height, image::Rgba([220, 30, 30, alpha]))
            .write_to(&mut data, ImageFormat::Png)
            .unwrap();
        data.into_inner()
    }

    #[test]
    fn transparency_is_seen() {
        let decoded = |alpha| {
            picture(png(3, 2, alpha))
                .decode(&Limits::default())
                .unwrap()
                .unwrap()
        };
        assert_eq!(
            decoded(0),
            Pixels {
                width: 3,
                height: 2,
                transparent: true
            }
        );
        assert!(!decoded(255).transparent);
    }

    #[test]
    fn what_is_no_picture_is_said_to_be_none() {
        let limits = Limits::default();
        assert_eq!(
            picture(b"hello".to_vec()).decode(&limits),
            Err(PictureProblem::Unknown)
        );
        assert_eq!(
            picture(b"\x89PNG".to_vec()).decode(&limits),
            Err(PictureProblem::Broken)
        );
        let tight = Limits {
            picture_pixels: 5,
            ..limits
        };
        assert_eq!(
            picture(png(3, 2, 0)).decode(&tight),
            Err(PictureProblem::TooLarge)
        );
    }

    #[test]
    fn a_cache_says_the_same() {
        let (cache, limits) = (PictureCache::default(), Limits::default());
        for data in [png(3, 2, 0), b"hello".to_vec()] {
            let picture = picture(data);
            let fresh = picture.decode(&limits);
            assert_eq!(cache.decode(&picture, &limits), fresh);
            assert_eq!(cache.decode(&picture, &limits), fresh);
        }
    }

    #[test]
    fn kinds_are_known_in_any_case() {
        assert!(PictureFormat::Ofd.is_called("ofd"));
        assert!(PictureFormat::Jpeg.is_called("jpeg"));
        assert!(!PictureFormat::Gif.is_called("PNG"));
    }

    proptest! {
        #[test]
        fn damaged_pictures_do_no_harm(at in 0usize..60, value: u8) {
            let mut data = png(4, 4, 9);
            let at = at % data.len();
            data[at] = value;
            let _ = picture(data).decode(&Limits::default());
        }
    }
}
