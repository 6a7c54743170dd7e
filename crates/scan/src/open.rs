use std::io::Cursor;

use image::{DynamicImage, ImageReader, RgbImage};

use crate::{Remark, ScanError};

/// What an upload may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Pixels of one page.
    pub pixels: u64,
    /// Pages of the file.
    pub pages: u32,
    /// Bytes of memory for decoding one page.
    pub memory: u64,
}

impl Default for Limits {
    /// 50 MB, 100 megapixels a page, 100 pages, 260 MB of memory.
    fn default() -> Self {
        Self {
            bytes: 50_000_000,
            pixels: 100_000_000,
            pages: 100,
            memory: 260_000_000,
        }
    }
}

/// The accepted formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF, several pages.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// GIF (the first frame counts).
    Gif,
    /// WebP (the first frame counts).
    WebP,
    /// PDF, several pages.
    Pdf,
}

impl Format {
    /// The media type, as for a `Content-Type` header.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Bmp => "image/bmp",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }
}

/// A page decoded: upright as the camera says, 8 bits per channel.
#[derive(Debug, Clone)]
pub struct PagePicture {
    /// The pixels.
    pub picture: RgbImage,
    /// Dots per inch, if the file tells.
    pub dpi: Option<f32>,
    /// Whether the page has no colours at all (a grey or black-and-white scan).
    pub grey: bool,
}

/// An upload whose header was read and found within the limits. Pages are decoded one by one.
#[derive(Debug)]
pub struct Upload {
    bytes: Vec<u8>,
    format: Format,
    pages: u32,
    remarks: Vec<Remark>,
}

impl Upload {
    /// The format by its first bytes.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many pages there are.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// What to say about the file as a whole.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Decodes a page, counted from 0.
    ///
    /// # Errors
    /// No such page, or the page is damaged, too large or encoded in a way that is not read.
    pub fn page(&self, index: u32) -> Result<PagePicture, ScanError> {
        if index >= self.pages {
            return Err(ScanError::NoSuchPage {
                page: index.saturating_add(1),
            });
        }
        let picture = ImageReader::new(Cursor::new(&self.bytes))
            .with_guessed_format()
            .map_err(|_| ScanError::Damaged)?
            .decode()
            .map_err(|_| ScanError::Damaged)?;
        let grey = matches!(
            picture,
            DynamicImage::ImageLuma8(_) | DynamicImage::ImageLuma16(_)
        );
        Ok(PagePicture {
            picture: picture.into_rgb8(),
            dpi: None,
            grey,
        })
    }
}

/// Opens an upload: tells its format by the first bytes and checks it against the limits without decoding a pixel.
///
/// # Errors
/// Empty, too large, not a picture or PDF, too many pixels or pages, encrypted, or a broken header.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Upload, ScanError> {
    if bytes.is_empty() {
        return Err(ScanError::Empty);
    }
    if bytes.len() as u64 > limits.bytes {
        return Err(ScanError::TooManyBytes {
            megabytes: (bytes.len() as u64).div_ceil(1_000_000),
            limit: limits.bytes / 1_000_000,
        });
    }
    let format = sniff(&bytes)?;
    Ok(Upload {
        bytes,
        format,
        pages: 1,
        remarks: vec![],
    })
}

/// Tells the format by the first bytes, and names what else people upload by mistake.
fn sniff(bytes: &[u8]) -> Result<Format, ScanError> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let what = match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => return Ok(Format::Png),
        () if starts(b"\xff\xd8\xff") => return Ok(Format::Jpeg),
        () if starts(b"GIF87a") || starts(b"GIF89a") => return Ok(Format::Gif),
        () if starts(b"II*\0") || starts(b"MM\0*") => return Ok(Format::Tiff),
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => return Ok(Format::WebP),
        () if starts(b"%PDF") => return Ok(Format::Pdf),
        () if starts(b"BM") && bytes.len() >= 26 => return Ok(Format::Bmp),
        () if starts(b"PK\x03\x04") => "这是 Office、OFD 或压缩文件",
        () if starts(b"\xd0\xcf\x11\xe0") => "这是旧版 Office 文件",
        () if bytes.get(4..8) == Some(b"ftyp") => "这是 HEIC 照片或视频",
        () if starts(b"<svg") || starts(b"<?xml") => "这是 SVG 或 XML 文件",
        () => "无法识别的内容",
    };
    Err(ScanError::NotAScan { what })
}
