//! Pictures: from an entry to a `data:` address that a viewer can show without danger.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hayro_jbig2::{DecodeSettings, Decoder, File, Page};

use super::note::Lack;

/// Pixels of the largest picture that is handed to a viewer.
const MAX_PIXELS: u64 = 100_000_000;

/// The address of a picture, or why it cannot be shown. The bytes decide on the format: names and
/// declared formats are often wrong.
pub(super) fn data_uri(bytes: &[u8]) -> Result<String, Lack> {
    let format = sniff(bytes).ok_or(Lack::ImageFormat)?;
    if format == Format::Jbig2 {
        let bitmap = decode_jbig2(bytes).ok_or(Lack::ImageFormat)?;
        return Ok(uri("image/bmp", &bitmap));
    }
    let (width, height) = size(format, bytes).ok_or(Lack::ImageFormat)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Lack::ImageTooLarge);
    }
    Ok(uri(format.media_type(), bytes))
}

/// Whether the picture is a whole OFD document, as in tax seals.
pub(super) fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Whether the format has no way to let the page shine through. Readers print such seals like ink,
/// so that their white does not cover the text.
pub(super) fn is_opaque(bytes: &[u8]) -> bool {
    matches!(
        sniff(bytes),
        Some(Format::Jpeg | Format::Gif | Format::Bmp | Format::Jbig2)
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Png,
    Jpeg,
    Gif,
    Bmp,
    Jbig2,
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Bmp | Self::Jbig2 => "image/bmp",
        }
    }
}

fn uri(media_type: &str, bytes: &[u8]) -> String {
    let mut uri = format!("data:{media_type};base64,");
    STANDARD.encode_string(bytes, &mut uri);
    uri
}

fn sniff(bytes: &[u8]) -> Option<Format> {
    const JBIG2: &[u8] = b"\x97JB2\r\n\x1a\n";
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => Format::Png,
        [0xff, 0xd8, 0xff, ..] => Format::Jpeg,
        [b'G', b'I', b'F', b'8', ..] => Format::Gif,
        [b'B', b'M', ..] => Format::Bmp,
        _ if bytes.starts_with(JBIG2) => Format::Jbig2,
        // A bare page: segment number 0, then a page information segment (48).
        [0, 0, 0, 0, 48, ..] => Format::Jbig2,
        _ => return None,
    })
}

/// Width and height in pixels, from the header alone.
fn size(format: Format, bytes: &[u8]) -> Option<(u32, u32)> {
    let be = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le16 = |at: usize| {
        Some(u32::from(u16::from_le_bytes(
            bytes.get(at..at + 2)?.try_into().ok()?,
        )))
    };
    match format {
        Format::Png => Some((be(16)?, be(20)?)),
        Format::Gif => Some((le16(6)?, le16(8)?)),
        Format::Bmp if le(14)? == 12 => Some((le16(18)?, le16(20)?)),
        Format::Bmp => Some((le(18)?, le(22)?.cast_signed().unsigned_abs())),
        Format::Jpeg => jpeg_size(bytes),
        Format::Jbig2 => None,
    }
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [0xff, marker] = *bytes.get(at..at + 2)? else {
            at += 1;
            continue;
        };
        let word = |at: usize| {
            Some(u32::from(u16::from_be_bytes(
                bytes.get(at..at + 2)?.try_into().ok()?,
            )))
        };
        match marker {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((word(at + 7)?, word(at + 5)?));
            }
            _ => at += 2 + word(at + 2)? as usize,
        }
    }
}

/// Black and white pictures (QR codes of invoices) are not known to browsers: they become BMP.
fn decode_jbig2(bytes: &[u8]) -> Option<Vec<u8>> {
    let settings = DecodeSettings::default();
    if bytes.starts_with(b"\x97JB2") {
        let file = File::new(bytes, &settings).ok()?;
        return to_bmp(&file.page(0)?);
    }
    to_bmp(&Page::new_embedded(bytes, None, &settings).ok()?)
}

fn to_bmp(page: &Page<'_>) -> Option<Vec<u8>> {
    let (width, height) = (page.width(), page.height());
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MAX_PIXELS / 4 {
        return None;
    }
    let mut bits = Bits {
        rows: vec![Vec::new()],
        column: 0,
        stride: width.div_ceil(32) as usize * 4,
    };
    page.decode(&mut bits).ok()?;
    let mut rows = bits.rows;
    rows.resize(height as usize, Vec::new());
    let mut bmp = Vec::with_capacity(62 + rows.len() * bits.stride);
    let data = u32::try_from(rows.len() * bits.stride).ok()?;
    bmp.extend_from_slice(b"BM");
    for value in [
        62 + data,
        0,
        62,
        40,
        width,
        height,
        1 | 1 << 16,
        0,
        data,
        2835,
        2835,
        2,
        2,
    ] {
        bmp.extend_from_slice(&value.to_le_bytes());
    }
    // Palette: 0 white, 1 black.
    bmp.extend_from_slice(&[255, 255, 255, 0, 0, 0, 0, 0]);
    // Rows go from the bottom to the top.
    for row in rows.iter_mut().rev() {
        row.resize(bits.stride, 0);
        bmp.extend_from_slice(row);
    }
    Some(bmp)
}

/// Rows of bits, the leftmost pixel in the highest bit.
struct Bits {
    rows: Vec<Vec<u8>>,
    column: usize,
    stride: usize,
}

impl Bits {
    fn put(&mut self, black: bool) {
        let (byte, bit) = (self.column / 8, self.column % 8);
        self.column += 1;
        if byte >= self.stride {
            return;
        }
        // There is always a row: one at the beginning, one more after each end of line.
        if let Some(row) = self.rows.last_mut() {
            if byte >= row.len() {
                row.resize(byte + 1, 0);
            }
            row[byte] |= u8::from(black) << (7 - bit);
        }
    }
}

impl Decoder for Bits {
    fn push_pixel(&mut self, black: bool) {
        self.put(black);
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        for _ in 0..u64::from(chunk_count) * 8 {
            self.put(black);
        }
    }

    fn next_line(&mut self) {
        self.rows.push(Vec::new());
        self.column = 0;
    }
}

/// `style` for a blend mode that CSS knows; readers of tax invoices write these names.
pub(super) fn blend_style(mode: Option<&str>) -> String {
    let css = match mode.unwrap_or("Normal") {
        "Multiply" => "multiply",
        "Screen" => "screen",
        "Overlay" => "overlay",
        "Darken" => "darken",
        "Lighten" => "lighten",
        "ColorDodge" => "color-dodge",
        "ColorBurn" => "color-burn",
        "HardLight" => "hard-light",
        "SoftLight" => "soft-light",
        "Difference" => "difference",
        "Exclusion" => "exclusion",
        _ => return String::new(),
    };
    format!(" style=\"mix-blend-mode:{css}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_a_viewer_can_show_are_passed_on() {
        assert_eq!(data_uri(b"<svg><script/></svg>"), Err(Lack::ImageFormat));
        assert_eq!(data_uri(b""), Err(Lack::ImageFormat));
        assert_eq!(data_uri(b"\x89PNG"), Err(Lack::ImageFormat));
        let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        huge.extend_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert_eq!(data_uri(&huge), Err(Lack::ImageTooLarge));
    }
}
