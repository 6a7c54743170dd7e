//! Uploads that are not what they should be, and what has to be said about each.

use image::codecs::gif::GifEncoder;
use image::{
    Delay, DynamicImage, ExtendedColorType, Frame, ImageBuffer, ImageEncoder as _, Rgb, RgbImage,
    imageops,
};
use platform::ports::papers::{PaperKind, PaperMark};
use qrcode::{Color, QrCode};

use crate::blank::Blank;
use crate::capture::Capture;
use crate::chance::Chance;
use crate::cmyk;
use crate::encode::{self, PdfFile};

/// An upload of this kind.
#[derive(Debug, Clone)]
pub struct Hostile {
    /// What it is.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// What has to come of it.
    pub expected: Expected,
}

/// What has to come of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Refused, when it is opened or when a page is read, with one of these codes.
    Refused(&'static [&'static str]),
    /// Every page is read and filed under this mark, and one of these remarks is made, where there are any.
    Filed(PaperMark, &'static [&'static str]),
    /// It is read, but filed under nothing.
    NotFiled,
    /// Read or refused as damaged; nothing else, and never filed wrongly.
    Either(PaperMark),
}

/// All of them. The page on them is an application form at 200 dpi.
///
/// # Errors
/// The form cannot be drawn, or an encoder fails.
pub fn all() -> Result<Vec<Hostile>, String> {
    let mut chance = Chance::of(&[0xBAD]);
    let mut blank = Blank::draw(PaperKind::ApplicationForm, &mut chance)?;
    let mark = blank.mark;
    let page = Capture::plain(200).take(blank.page(200)?, &mut chance);
    let jpeg = encode::jpeg(&page, 85, Some(200))?;
    let half = imageops::resize(
        &page,
        page.width() / 2,
        page.height() / 2,
        imageops::FilterType::Triangle,
    );
    let mut all = Vec::new();
    let mut add = |name, bytes, expected| {
        all.push(Hostile {
            name,
            bytes,
            expected,
        });
    };

    const NOT: Expected = Expected::Refused(&["scan_not_a_picture"]);
    add(
        "an empty file",
        Vec::new(),
        Expected::Refused(&["scan_empty"]),
    );
    add(
        "text that is called a picture",
        "印模.jpg 不是图片".as_bytes().to_vec(),
        NOT,
    );
    add(
        "a Word document",
        b"PK\x03\x04\x14\0\0\0\x08\0word/document.xml".to_vec(),
        NOT,
    );
    add(
        "a HEIC photo",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
        NOT,
    );
    add(
        "an SVG",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
        NOT,
    );

    add(
        "a JPEG cut off in the middle",
        jpeg[..jpeg.len() / 2].to_vec(),
        Expected::Either(mark),
    );
    add(
        "a JPEG cut off in its header",
        jpeg[..300].to_vec(),
        Expected::Refused(&["scan_damaged", "scan_not_a_picture"]),
    );
    let mut noise = jpeg.clone();
    for at in (2000..noise.len()).step_by(977) {
        noise[at] ^= 0x55;
    }
    add(
        "a JPEG with wrong bytes in it",
        noise,
        Expected::Either(mark),
    );

    const MANY: Expected = Expected::Refused(&[
        "scan_too_many_pixels",
        "scan_too_much_memory",
        "scan_damaged",
    ]);
    add("a PNG of 30,000 × 30,000 by its header", vast_png(), MANY);
    add(
        "a JPEG of 30,000 × 30,000 by its header",
        vast_jpeg(&jpeg),
        MANY,
    );
    add("a BMP of 30,000 × 30,000 by its header", vast_bmp(), MANY);
    add("a TIFF of 30,000 × 30,000 by its header", vast_tiff(), MANY);

    add("a moving GIF", moving_gif(&half)?, Expected::Either(mark));
    add(
        "a moving PNG",
        moving_png(&page)?,
        Expected::Filed(mark, &["scan_animated"]),
    );
    add("a CMYK JPEG", cmyk::jpeg(&page), Expected::Filed(mark, &[]));
    add(
        "a PNG of 16 bits",
        deep_png(&page)?,
        Expected::Filed(mark, &[]),
    );
    add(
        "a TIFF of 16 bits",
        deep_tiff(&page),
        Expected::Filed(mark, &[]),
    );
    for turned in [3, 6, 8] {
        add(
            "a JPEG that the camera says is turned",
            turned_jpeg(&page, turned)?,
            Expected::Filed(mark, &[]),
        );
    }
    add(
        "the same page twice in one TIFF",
        encode::tiff(&[&page, &page], Some(200)),
        Expected::Filed(mark, &[]),
    );
    add(
        "the same page twice in one PDF",
        encode::pdf(&[&page, &page], 80, Some(200))?,
        Expected::Filed(mark, &[]),
    );

    add(
        "a PDF with a password",
        locked_pdf(),
        Expected::Refused(&["scan_pdf_encrypted"]),
    );
    const BOMB: Expected = Expected::Refused(&[
        "scan_pdf_too_complex",
        "scan_too_many_pixels",
        "scan_too_much_memory",
        "scan_damaged",
        "scan_too_many_pages",
    ]);
    add("a PDF with a picture of 30,000 × 30,000", vast_pdf(), BOMB);
    add(
        "a PDF with a page of a kilometre",
        long_pdf(),
        Expected::NotFiled,
    );
    add(
        "a PDF with ten thousand pages",
        many_pages(),
        Expected::Refused(&["scan_too_many_pages"]),
    );
    add("a PDF whose drawing never ends", drawing_bomb(), BOMB);
    add(
        "a PDF whose parts call each other",
        nested_pdf(),
        Expected::NotFiled,
    );

    add(
        "a form of another system",
        encode::jpeg(&foreign(true)?, 85, Some(200))?,
        Expected::NotFiled,
    );
    add(
        "a page with no code at all",
        encode::jpeg(&foreign(false)?, 85, Some(200))?,
        Expected::NotFiled,
    );
    add(
        "a white page",
        encode::jpeg(
            &RgbImage::from_pixel(1654, 2339, Rgb([250; 3])),
            85,
            Some(200),
        )?,
        Expected::NotFiled,
    );
    add(
        "a single pixel",
        encode::png(&RgbImage::from_pixel(1, 1, Rgb([200, 0, 0])))?,
        Expected::NotFiled,
    );
    add(
        "a line of pixels",
        encode::png(&RgbImage::from_pixel(9000, 1, Rgb([200, 0, 0])))?,
        Expected::NotFiled,
    );
    Ok(all)
}

fn vast_png() -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend(30_000_u32.to_be_bytes());
    head.extend(30_000_u32.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &head);
    chunk(&mut out, b"IDAT", &deflated(&[0; 4096]));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    out.extend((body.len() as u32).to_be_bytes());
    let from = out.len();
    out.extend(name);
    out.extend(body);
    let check = crc32fast::hash(&out[from..]);
    out.extend(check.to_be_bytes());
}

/// The JPEG with another size in its frame header.
fn vast_jpeg(jpeg: &[u8]) -> Vec<u8> {
    let mut out = jpeg.to_vec();
    if let Some(at) = out.windows(2).position(|pair| pair == [0xFF, 0xC0]) {
        out[at + 5..at + 7].copy_from_slice(&30_000_u16.to_be_bytes());
        out[at + 7..at + 9].copy_from_slice(&30_000_u16.to_be_bytes());
    }
    out
}

fn vast_bmp() -> Vec<u8> {
    let mut out = b"BM".to_vec();
    out.extend(1078_u32.to_le_bytes());
    out.extend(0_u32.to_le_bytes());
    out.extend(54_u32.to_le_bytes());
    out.extend(40_u32.to_le_bytes());
    out.extend(30_000_i32.to_le_bytes());
    out.extend(30_000_i32.to_le_bytes());
    out.extend(1_u16.to_le_bytes());
    out.extend(24_u16.to_le_bytes());
    out.extend([0; 24]);
    out.extend([0; 1024]);
    out
}

fn vast_tiff() -> Vec<u8> {
    let mut out = encode::tiff(&[&RgbImage::new(8, 8)], Some(300));
    // The entries of width and height are the first two of the only directory.
    let directory = u32::from_le_bytes([out[4], out[5], out[6], out[7]]) as usize;
    for entry in [0, 1] {
        let at = directory + 2 + entry * 12 + 8;
        out[at..at + 4].copy_from_slice(&30_000_u32.to_le_bytes());
    }
    out
}

fn moving_gif(page: &RgbImage) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    for shade in [0_u8, 60] {
        let mut frame = DynamicImage::from(page.clone()).to_rgba8();
        frame
            .pixels_mut()
            .for_each(|pixel| pixel.0[2] = pixel.0[2].saturating_sub(shade));
        let frame = Frame::from_parts(frame, 0, 0, Delay::from_numer_denom_ms(100, 1));
        encoder.encode_frame(frame).map_err(|e| e.to_string())?;
    }
    drop(encoder);
    Ok(bytes)
}

/// The page as the first of two frames.
fn moving_png(page: &RgbImage) -> Result<Vec<u8>, String> {
    let still = encode::png(page)?;
    let mut out = still[..33].to_vec();
    let mut control = 2_u32.to_be_bytes().to_vec();
    control.extend([0; 4]);
    chunk(&mut out, b"acTL", &control);
    let frame = |number: u32| {
        let mut body = number.to_be_bytes().to_vec();
        body.extend(page.width().to_be_bytes());
        body.extend(page.height().to_be_bytes());
        body.extend([0; 8]);
        body.extend([0, 1, 0, 10, 0, 0]);
        body
    };
    chunk(&mut out, b"fcTL", &frame(0));
    let end = still.len() - 12;
    out.extend(&still[33..end]);
    chunk(&mut out, b"fcTL", &frame(1));
    let line = page.width() as usize * 3 + 1;
    let mut second = 2_u32.to_be_bytes().to_vec();
    second.extend(deflated(&vec![0; line * page.height() as usize]));
    chunk(&mut out, b"fdAT", &second);
    chunk(&mut out, b"IEND", &[]);
    Ok(out)
}

fn deep_png(page: &RgbImage) -> Result<Vec<u8>, String> {
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = DynamicImage::from(page.clone()).to_rgb16();
    let samples: Vec<u8> = deep
        .as_raw()
        .iter()
        .flat_map(|sample| sample.to_ne_bytes())
        .collect();
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new_with_quality(
        &mut bytes,
        image::codecs::png::CompressionType::Fast,
        image::codecs::png::FilterType::Up,
    )
    .write_image(
        &samples,
        page.width(),
        page.height(),
        ExtendedColorType::Rgb16,
    )
    .map_err(|e| e.to_string())?;
    Ok(bytes)
}

fn deep_tiff(page: &RgbImage) -> Vec<u8> {
    let grey = DynamicImage::from(page.clone()).to_luma16();
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    let entries: [(u16, u16, u32); 9] = [
        (256, 4, page.width()),
        (257, 4, page.height()),
        (258, 3, 16),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8 + 2 + 9 * 12 + 4),
        (277, 3, 1),
        (278, 4, page.height()),
        (279, 4, page.width() * page.height() * 2),
    ];
    out.extend(9_u16.to_le_bytes());
    for (tag, kind, value) in entries {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend(0_u32.to_le_bytes());
    out.extend(grey.as_raw().iter().flat_map(|sample| sample.to_le_bytes()));
    out
}

/// Stored turned, with the note of the camera how to turn it back (Exif orientation 3, 6 or 8).
fn turned_jpeg(page: &RgbImage, orientation: u8) -> Result<Vec<u8>, String> {
    let stored = match orientation {
        3 => imageops::rotate180(page),
        6 => imageops::rotate270(page),
        _ => imageops::rotate90(page),
    };
    let jpeg = encode::jpeg(&stored, 85, None)?;
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut out = vec![0xFF, 0xD8, 0xFF, 0xE1];
    out.extend((exif.len() as u16 + 2).to_be_bytes());
    out.extend(exif);
    out.extend(&jpeg[2..]);
    Ok(out)
}

/// RC4 of 128 bits, its keys made up: no password opens it, least of all an empty one.
fn locked_pdf() -> Vec<u8> {
    let mut file = PdfFile::new();
    file.object(1, b"<</Type/Catalog/Pages 2 0 R>>");
    file.object(2, b"<</Type/Pages/Count 1/Kids[3 0 R]>>");
    file.object(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
    let key = "5A".repeat(32);
    file.object(
        4,
        format!("<</Filter/Standard/V 2/R 3/Length 128/P -44/O<{key}>/U<{key}>>>").as_bytes(),
    );
    file.end(
        "/Encrypt 4 0 R/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]",
    )
}

fn vast_pdf() -> Vec<u8> {
    let mut file = one_page("0 0 595 842");
    let zeros = deflated(&vec![0; 30_000_000]);
    file.stream(4, "/Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode", &zeros);
    file.stream(5, "", b"q 595 0 0 842 0 0 cm /I Do Q");
    file.end("")
}

fn long_pdf() -> Vec<u8> {
    let mut file = one_page("0 0 2834645 2834645");
    file.object(4, b"<<>>");
    file.stream(5, "", b"0 0 100 100 re f");
    file.end("")
}

fn one_page(media: &str) -> PdfFile {
    let mut file = PdfFile::new();
    file.object(1, b"<</Type/Catalog/Pages 2 0 R>>");
    file.object(2, b"<</Type/Pages/Count 1/Kids[3 0 R]>>");
    file.object(3, format!("<</Type/Page/Parent 2 0 R/MediaBox[{media}]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>").as_bytes());
    file
}

fn many_pages() -> Vec<u8> {
    let mut file = PdfFile::new();
    file.object(1, b"<</Type/Catalog/Pages 2 0 R>>");
    let kids: String = (3..10_003).map(|number| format!("{number} 0 R ")).collect();
    file.object(
        2,
        format!("<</Type/Pages/Count 10000/Kids[{kids}]>>").as_bytes(),
    );
    for number in 3..10_003 {
        file.object(number, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
    }
    file.end("")
}

/// Some kilobytes that unpack into hundreds of megabytes of strokes.
fn drawing_bomb() -> Vec<u8> {
    let mut file = one_page("0 0 595 842");
    file.object(4, b"<<>>");
    let strokes = b"0 0 m 595 842 l 0 842 595 0 300 400 c S\n".repeat(3_000_000);
    file.stream(5, "/Filter/FlateDecode", &deflated(&strokes));
    file.end("")
}

/// Each form draws the next one ten times over.
fn nested_pdf() -> Vec<u8> {
    let mut file = one_page("0 0 595 842");
    for number in 4..24 {
        let next = if number == 4 { 6 } else { number + 1 };
        if number == 5 {
            file.stream(5, "", b"/I Do");
        } else {
            let head = format!(
                "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</I {next} 0 R>>>>"
            );
            file.stream(number, &head, &b"/I Do ".repeat(10));
        }
    }
    file.stream(
        24,
        "/Type/XObject/Subtype/Form/BBox[0 0 595 842]",
        b"0 0 10 10 re f",
    );
    file.end("")
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing to memory never fails.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// A form as others print them: lines of text as grey bars, a table, a code that says something else.
fn foreign(code: bool) -> Result<RgbImage, String> {
    let mut page = RgbImage::from_pixel(1654, 2339, Rgb([252; 3]));
    let mut block = |x: u32, y: u32, w: u32, h: u32, shade: u8| {
        for (x, y) in (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y))) {
            page.put_pixel(x, y, Rgb([shade; 3]));
        }
    };
    block(500, 130, 650, 50, 30);
    for line in 0..24 {
        block(160, 300 + line * 70, 900 + (line * 37 % 300), 18, 60);
        block(120, 270 + line * 70, 1400, 3, 20);
    }
    block(120, 270, 3, 1680, 20);
    block(1520, 270, 3, 1680, 20);
    if code {
        let code = QrCode::new("https://example.invalid/form?id=20261122000042")
            .map_err(|e| e.to_string())?;
        for (i, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                block(
                    1280 + (i % code.width()) as u32 * 7,
                    60 + (i / code.width()) as u32 * 7,
                    7,
                    7,
                    20,
                );
            }
        }
    }
    Ok(page)
}
