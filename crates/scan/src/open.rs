use image::RgbImage;

use crate::{Remark, ScanError, flat, tiffs};

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
    /// 50 MB, 90 megapixels a page, 100 pages, 260 MB of memory.
    fn default() -> Self {
        Self {
            bytes: 50_000_000,
            pixels: 90_000_000,
            pages: 100,
            memory: 260_000_000,
        }
    }
}

/// The accepted formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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
    content: Content,
    format: Format,
    pages: u32,
    remarks: Vec<Remark>,
    limits: Limits,
}

#[derive(Debug)]
enum Content {
    Picture(Vec<u8>),
    Tiff(Vec<u8>),
    #[cfg(feature = "pdf")]
    Pdf(crate::pdf::Document),
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
        match &self.content {
            Content::Picture(bytes) => flat::page(bytes, &self.limits),
            Content::Tiff(bytes) => tiffs::page(bytes, index, &self.limits),
            #[cfg(feature = "pdf")]
            Content::Pdf(document) => document.page(index, &self.limits),
        }
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
    let mut remarks = Vec::new();
    let (content, pages) = match format {
        Format::Tiff => {
            let pages = tiffs::count(&bytes, limits)?;
            (Content::Tiff(bytes), pages)
        }
        #[cfg(feature = "pdf")]
        Format::Pdf => {
            let document = crate::pdf::Document::open(bytes, limits)?;
            let pages = document.pages();
            (Content::Pdf(document), pages)
        }
        #[cfg(not(feature = "pdf"))]
        Format::Pdf => return Err(ScanError::PdfNotHere),
        _ => {
            flat::check(&bytes, limits)?;
            if flat::is_animated(&bytes, format) {
                remarks.push(Remark::Animated);
            }
            (Content::Picture(bytes), 1)
        }
    };
    Ok(Upload {
        content,
        format,
        pages,
        remarks,
        limits: *limits,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(name: &str) -> Vec<u8> {
        let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    fn opened(name: &str) -> Upload {
        open(file(name), &Limits::default()).unwrap()
    }

    /// The file's picture: a red box at (10,10)–(60,40), a black one at (70,45)–(110,70) on 120 × 80 pixels of paper.
    fn shows_the_boxes(page: &PagePicture, coloured: bool) {
        assert_eq!(page.picture.dimensions(), (120, 80));
        let near = |x, y, wanted: [u8; 3], slack| {
            let seen = page.picture.get_pixel(x, y).0;
            let off = seen.iter().zip(wanted).map(|(a, b)| a.abs_diff(b)).max();
            assert!(off.unwrap() <= slack, "{seen:?} at {x},{y}");
        };
        near(115, 75, [250, 250, 248], 12);
        near(90, 57, [20, 20, 20], 40);
        if coloured {
            near(35, 25, [200, 30, 40], 45);
        }
        assert_eq!(page.grey, !coloured);
    }

    #[test]
    fn every_format_is_read_in_colour_and_grey() {
        for (name, coloured, dpi) in [
            ("cmyk.jpg", true, Some(200.0)),
            ("cmyk.tif", true, Some(200.0)),
            ("g4.tif", false, Some(300.0)),
            ("jpeg.tif", true, Some(150.0)),
            ("three-pages.tif", false, Some(100.0)),
            ("progressive.jpg", true, None),
            ("animated.webp", true, None),
            ("still.webp", true, None),
            ("animated.gif", true, None),
            ("animated.png", true, None),
            ("dpi.png", true, Some(300.0)),
            ("sixteen.png", true, None),
        ] {
            let page = opened(name)
                .page(0)
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
            shows_the_boxes(&page, coloured);
            match dpi {
                Some(dpi) => assert!((page.dpi.unwrap() - dpi).abs() < 1.0, "{name}"),
                None => assert!(page.dpi.is_none(), "{name} {:?}", page.dpi),
            }
        }
    }

    #[test]
    fn what_is_not_decoded_is_said_to_be_so() {
        for name in ["g3.tif", "palette.tif"] {
            let refused = open(file(name), &Limits::default())
                .and_then(|upload| upload.page(0))
                .unwrap_err();
            assert_eq!(refused.code(), "scan_encoding_not_supported", "{name}");
        }
    }

    #[test]
    fn all_pages_of_a_tiff_are_read() {
        let upload = opened("three-pages.tif");
        assert_eq!(upload.pages(), 3);
        shows_the_boxes(&upload.page(1).unwrap(), true);
        shows_the_boxes(&upload.page(2).unwrap(), false);
        assert_eq!(upload.page(3).unwrap_err().code(), "scan_no_such_page");
        let few = Limits {
            pages: 2,
            ..Limits::default()
        };
        let refused = open(file("three-pages.tif"), &few).unwrap_err();
        assert_eq!(refused.code(), "scan_too_many_pages");
    }

    #[test]
    fn a_photo_is_turned_as_the_camera_says() {
        let page = opened("exif-turned.jpg").page(0).unwrap();
        assert_eq!(page.picture.dimensions(), (80, 120));
        assert!(page.picture.get_pixel(54, 35).0[0] > 150);
        assert!(page.picture.get_pixel(54, 35).0[1] < 90);
        assert!((page.dpi.unwrap() - 300.0).abs() < 1.0);
    }

    #[test]
    fn moving_pictures_are_told() {
        for name in ["animated.gif", "animated.webp", "animated.png"] {
            assert_eq!(opened(name).remarks(), [Remark::Animated], "{name}");
        }
        for name in ["still.webp", "dpi.png", "cmyk.jpg"] {
            assert_eq!(opened(name).remarks(), [], "{name}");
        }
    }

    #[test]
    fn what_is_no_scan_is_named() {
        for (bytes, code) in [
            (&b""[..], "scan_empty"),
            (b"hello", "scan_not_a_picture"),
            (b"PK\x03\x04", "scan_not_a_picture"),
            (b"\xff\xd8\xff\xe0\0\x10", "scan_damaged"),
            (b"II*\0\x08\0\0\0", "scan_damaged"),
            (b"RIFF\0\0\0\0WEBP", "scan_damaged"),
        ] {
            let refused = open(bytes.to_vec(), &Limits::default()).unwrap_err();
            assert_eq!(refused.code(), code, "{bytes:?}");
        }
        let large = open(vec![0xff; 50_000_001], &Limits::default()).unwrap_err();
        assert_eq!(large.code(), "scan_too_many_bytes");
        assert!(large.to_string().contains("51 MB"));
    }

    #[test]
    fn nine_hundred_megapixels_are_refused_from_the_header() {
        let mut png = file("dpi.png");
        png[16..20].copy_from_slice(&30_000u32.to_be_bytes());
        png[20..24].copy_from_slice(&30_000u32.to_be_bytes());
        let checksum = crc(&png[12..29]);
        png[29..33].copy_from_slice(&checksum.to_be_bytes());
        let refused = open(png, &Limits::default()).unwrap_err();
        assert_eq!(refused.code(), "scan_too_many_pixels");
        assert!(refused.to_string().contains("30000×30000"));
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 {
                    sum >> 1 ^ 0xedb8_8320
                } else {
                    sum >> 1
                }
            })
        })
    }

    #[test]
    fn a_file_cut_short_is_damaged_or_what_is_there_is_shown() {
        for name in [
            "dpi.png",
            "cmyk.jpg",
            "g4.tif",
            "jpeg.tif",
            "cmyk.tif",
            "still.webp",
        ] {
            let whole = file(name);
            for end in (16..whole.len()).step_by(whole.len() / 40 + 1) {
                match open(whole[..end].to_vec(), &Limits::default()) {
                    Ok(upload) => {
                        let _ = upload.page(0);
                    }
                    Err(error) => assert_eq!(error.code(), "scan_damaged", "{name} {end}"),
                }
            }
        }
    }

    #[cfg(feature = "pdf")]
    mod pdf {
        use super::*;

        #[test]
        fn a_page_that_is_one_picture_comes_at_its_own_resolution() {
            let upload = opened("image.pdf");
            assert_eq!((upload.format(), upload.pages()), (Format::Pdf, 1));
            let page = upload.page(0).unwrap();
            shows_the_boxes(&page, true);
            assert!((page.dpi.unwrap() - 200.0).abs() < 1.0);
            let two = opened("two-pages.pdf");
            assert_eq!(two.pages(), 2);
            shows_the_boxes(&two.page(1).unwrap(), false);
        }

        /// A PDF of one page with the given content, 72 × 36 points.
        fn pdf(content: &str, more: &str) -> Vec<u8> {
            let mut file = String::from("%PDF-1.4\n");
            let objects = [
                "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
                "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>"
                    .to_owned(),
                format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
                format!(
                    "<</Type/XObject/Subtype/Form/BBox[0 0 72 36]/Resources<</XObject<</A 5 0 R>>>>/Length {}>>stream\n{more}\nendstream",
                    more.len()
                ),
            ];
            let mut places = vec![];
            for (number, object) in objects.iter().enumerate() {
                places.push(file.len());
                file += &format!("{} 0 obj\n{object}\nendobj\n", number + 1);
            }
            let table = file.len();
            file += "xref\n0 6\n0000000000 65535 f \n";
            for place in places {
                file += &format!("{place:010} 00000 n \n");
            }
            file += &format!("trailer<</Size 6/Root 1 0 R>>\nstartxref\n{table}\n%%EOF");
            file.into_bytes()
        }

        fn refusal(bytes: Vec<u8>) -> &'static str {
            open(bytes, &Limits::default())
                .and_then(|upload| upload.page(0))
                .unwrap_err()
                .code()
        }

        #[test]
        fn a_drawn_page_comes_at_300_dots_per_inch() {
            let upload = open(pdf("1 0 0 rg 36 0 36 36 re f", ""), &Limits::default()).unwrap();
            let page = upload.page(0).unwrap();
            assert_eq!(page.picture.dimensions(), (300, 150));
            assert_eq!(page.picture.get_pixel(200, 75).0, [255, 0, 0]);
            assert_eq!(page.picture.get_pixel(100, 75).0, [255, 255, 255]);
            assert_eq!(page.dpi, Some(300.0));
        }

        #[test]
        fn a_page_that_never_ends_is_refused() {
            let laughs = "/A Do ".repeat(40);
            assert_eq!(refusal(pdf(&laughs, &laughs)), "scan_pdf_too_complex");
            let lines = "0 0 m 9 9 l S ".repeat(400_000);
            assert_eq!(refusal(pdf(&lines, "")), "scan_pdf_too_complex");
        }

        #[test]
        fn a_locked_or_broken_file_is_told() {
            let mut locked = pdf("", "");
            let at = locked.windows(7).position(|w| w == b"trailer").unwrap();
            let encrypt = b"<</Encrypt<</Filter/Standard/V 1/R 2/P -4/Length 40/O(01234567890123456789012345678901)/U(01234567890123456789012345678901)>>/ID[(0123456789012345)(0123456789012345)]";
            locked.splice(at + 7..at + 9, encrypt.iter().copied());
            assert_eq!(refusal(locked), "scan_pdf_encrypted");
            assert_eq!(
                refusal(b"%PDF-1.7 and nothing more".to_vec()),
                "scan_damaged"
            );
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(64))]

            #[test]
            fn damaged_files_never_panic(
                name in prop::sample::select(vec!["image.pdf", "two-pages.pdf"]),
                changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            ) {
                let mut bytes = file(name);
                for (at, byte) in changes {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                if let Ok(upload) = open(bytes, &Limits::default()) {
                    let _ = upload.page(0);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn damaged_uploads_never_panic(
            name in prop::sample::select(vec![
                "cmyk.jpg", "progressive.jpg", "exif-turned.jpg", "cmyk.tif", "g4.tif", "jpeg.tif",
                "palette.tif", "three-pages.tif", "animated.webp", "still.webp", "animated.gif", "animated.png",
                "sixteen.png",
            ]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let mut bytes = file(name);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(upload) = open(bytes, &Limits::default()) {
                for page in 0..upload.pages().min(4) {
                    let _ = upload.page(page);
                }
            }
        }
    }
}
