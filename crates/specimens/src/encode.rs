//! Files as scanners and phones write them.

use std::io::Write as _;

use image::codecs::jpeg::{JpegEncoder, PixelDensity};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, RgbImage};

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// JPEG of a quality from 1 to 100.
    Jpeg(u8),
    /// PNG.
    Png,
    /// TIFF, not compressed.
    Tiff,
    /// PDF with a JPEG of this quality on a page.
    Pdf(u8),
}

impl Container {
    /// Ending of file names.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg(_) => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Pdf(_) => "pdf",
        }
    }

    /// Writes a picture, with its resolution where it has one.
    ///
    /// # Errors
    /// The encoder's.
    pub fn write(self, picture: &RgbImage, dpi: Option<u32>) -> Result<Vec<u8>, String> {
        match self {
            Self::Jpeg(quality) => jpeg(picture, quality, dpi),
            Self::Png => png(picture),
            Self::Tiff => Ok(tiff(&[picture], dpi)),
            Self::Pdf(quality) => pdf(&[picture], quality, dpi),
        }
    }
}

/// A JPEG.
///
/// # Errors
/// The encoder's.
pub fn jpeg(picture: &RgbImage, quality: u8, dpi: Option<u32>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if let Some(dpi) = dpi.and_then(|dpi| u16::try_from(dpi).ok()) {
        encoder.set_pixel_density(PixelDensity::dpi(dpi));
    }
    encoder.encode_image(picture).map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// A PNG, written fast.
///
/// # Errors
/// The encoder's.
pub fn png(picture: &RgbImage) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Sub);
    encoder
        .write_image(
            picture,
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// A TIFF of several pages, not compressed.
#[must_use]
pub fn tiff(pages: &[&RgbImage], dpi: Option<u32>) -> Vec<u8> {
    let mut out = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let pixels = out.len() as u32;
        out.extend_from_slice(page.as_raw());
        if out.len() % 2 == 1 {
            out.push(0);
        }
        let bits = out.len() as u32;
        out.extend([8_u16; 3].iter().flat_map(|b| b.to_le_bytes()));
        let resolution = out.len() as u32;
        out.extend(dpi.unwrap_or(72).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        let directory = out.len() as u32;
        out[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        // Tag, type (3 short, 4 long, 5 ratio), count, value or where it stands.
        let entries: [(u16, u16, u32, u32); 12] = [
            (256, 4, 1, page.width()),
            (257, 4, 1, page.height()),
            (258, 3, 3, bits),
            (259, 3, 1, 1),
            (262, 3, 1, 2),
            (273, 4, 1, pixels),
            (277, 3, 1, 3),
            (278, 4, 1, page.height()),
            (279, 4, 1, page.as_raw().len() as u32),
            (282, 5, 1, resolution),
            (283, 5, 1, resolution),
            (296, 3, 1, 2),
        ];
        out.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            out.extend(tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend(count.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        link = out.len();
        out.extend(0_u32.to_le_bytes());
    }
    out
}

/// A PDF as scanners write it: each page one JPEG that fills it.
///
/// # Errors
/// The encoder's.
pub fn pdf(pages: &[&RgbImage], quality: u8, dpi: Option<u32>) -> Result<Vec<u8>, String> {
    let mut file = PdfFile::new();
    let first = 3;
    let kids: Vec<String> = (0..pages.len())
        .map(|i| format!("{} 0 R", first + 3 * i))
        .collect();
    file.object(1, b"<</Type/Catalog/Pages 2 0 R>>");
    file.object(
        2,
        format!(
            "<</Type/Pages/Count {}/Kids[{}]>>",
            pages.len(),
            kids.join(" ")
        )
        .as_bytes(),
    );
    for (i, page) in pages.iter().enumerate() {
        let number = first + 3 * i;
        let points = |px: u32| px as f32 * 72.0 / dpi.unwrap_or(150) as f32;
        let (width, height) = (points(page.width()), points(page.height()));
        file.object(
            number,
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.2} {height:.2}]/Resources<</XObject<</I {} 0 R>>>>/Contents {} 0 R>>",
                number + 1,
                number + 2
            )
            .as_bytes(),
        );
        let head = format!(
            "/Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
            page.width(),
            page.height()
        );
        file.stream(number + 1, &head, &jpeg(page, quality, None)?);
        file.stream(
            number + 2,
            "",
            format!("q {width:.2} 0 0 {height:.2} 0 0 cm /I Do Q").as_bytes(),
        );
    }
    Ok(file.end(""))
}

/// A PDF under the pen.
pub(crate) struct PdfFile {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl PdfFile {
    pub(crate) fn new() -> Self {
        Self {
            bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            starts: Vec::new(),
        }
    }

    /// The next object; numbers run from 1.
    pub(crate) fn object(&mut self, number: usize, body: &[u8]) {
        self.starts.push(self.bytes.len());
        self.bytes.extend(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend(body);
        self.bytes.extend(b"\nendobj\n");
    }

    pub(crate) fn stream(&mut self, number: usize, head: &str, data: &[u8]) {
        let mut body = format!("<<{head}/Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend(data);
        body.extend(b"\nendstream");
        self.object(number, &body);
    }

    pub(crate) fn end(mut self, trailer: &str) -> Vec<u8> {
        let table = self.bytes.len();
        let count = self.starts.len() + 1;
        // Writing to memory never fails.
        let _ = write!(self.bytes, "xref\n0 {count}\n0000000000 65535 f \n");
        for start in &self.starts {
            let _ = writeln!(self.bytes, "{start:010} 00000 n ");
        }
        let _ = write!(
            self.bytes,
            "trailer\n<</Size {count}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF\n"
        );
        self.bytes
    }
}
