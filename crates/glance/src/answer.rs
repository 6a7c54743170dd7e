use image::RgbImage;
use imprint::{Cut, Ink};
use scan::{Area, How, Limits, PagePicture, Sheet};
use serde::Serialize;

/// Something to tell the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saying {
    /// The stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What a video frame shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frame {
    /// Whether a page was found.
    pub page: bool,
    /// What it was found by.
    pub how: How,
    /// Its corners in pixels of the frame, beginning at its own top left.
    pub outline: [(f32, f32); 4],
    /// The text of its QR code.
    pub code: Option<String>,
    /// What to do better.
    pub remarks: Vec<Saying>,
}

/// What a photo shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Examined {
    /// Why the file cannot be read; then all else is empty.
    pub fault: Option<Saying>,
    /// Whether a page was found.
    pub page: bool,
    /// The text of its QR code.
    pub code: Option<String>,
    /// Dots per inch on the page.
    pub dpi: u32,
    /// What to do better.
    pub remarks: Vec<Saying>,
    /// The imprint in the frame of an application form.
    pub imprint: Option<Imprint>,
}

/// An imprint in its frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imprint {
    /// Whether there is one.
    pub found: bool,
    /// Width in mm, to a tenth.
    pub width_mm: f32,
    /// Height in mm, to a tenth.
    pub height_mm: f32,
    /// How good it is, 0 to 100.
    pub score: u8,
    /// What is wrong with it and what to do.
    pub remarks: Vec<Saying>,
}

/// Where the imprint frame of the application form is at least: its width goes with the declared size of the imprint.
const FRAME: Area = Area {
    x: 26.0,
    y: 196.0,
    width: 62.0,
    height: 62.0,
};

/// Looks at a video frame, four bytes a pixel.
#[must_use]
pub fn frame(rgba: &[u8], width: u32, height: u32) -> Frame {
    let picture = rgba
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let picture = RgbImage::from_raw(width, height, picture).unwrap_or_default();
    let seen = scan::glance(&PagePicture {
        picture,
        dpi: None,
        grey: false,
    });
    Frame {
        page: seen.how != How::WholePicture,
        how: seen.how,
        outline: seen.outline,
        code: seen.code,
        remarks: seen.remarks.iter().map(of_page).collect(),
    }
}

/// Looks at a photo or scan, as the file it is.
#[must_use]
pub fn examine(file: Vec<u8>) -> Examined {
    // In a browser tab there is less room than on the server.
    let limits = Limits {
        memory: 220_000_000,
        ..Limits::default()
    };
    let opened = scan::open(file, &limits).and_then(|upload| upload.page(0));
    let page = match opened {
        Ok(page) => page,
        Err(error) => {
            return Examined {
                fault: Some(Saying {
                    code: error.code().to_owned(),
                    message: format!("{error}。"),
                }),
                page: false,
                code: None,
                dpi: 0,
                remarks: vec![],
                imprint: None,
            };
        }
    };
    let seen = scan::straighten(&page);
    let imprint = (seen.how == How::CornerMarks).then(|| imprint_of(&seen.sheet, page.grey));
    Examined {
        fault: None,
        page: seen.how != How::WholePicture,
        code: seen.code,
        dpi: (seen.sheet.source_px_per_mm * 25.4).round() as u32,
        remarks: seen.remarks.iter().map(of_page).collect(),
        imprint,
    }
}

fn imprint_of(sheet: &Sheet, grey: bool) -> Imprint {
    let region = sheet.crop(&FRAME);
    let how = Cut {
        grey,
        source_px_per_mm: Some(sheet.source_px_per_mm),
        ..Cut::new(Ink::Red)
    };
    match imprint::cut(&region, sheet.true_px_per_mm(), &how) {
        Ok(cut) => Imprint {
            found: true,
            width_mm: cut.width_mm,
            height_mm: cut.height_mm,
            score: cut.quality.score,
            remarks: cut
                .quality
                .reasons
                .iter()
                .map(|remark| Saying {
                    code: remark.code().to_owned(),
                    message: format!("{}。", remark.message()),
                })
                .collect(),
        },
        Err(error) => Imprint {
            found: false,
            width_mm: 0.0,
            height_mm: 0.0,
            score: 0,
            remarks: vec![Saying {
                code: error.code().to_owned(),
                message: format!("{error}。"),
            }],
        },
    }
}

fn of_page(remark: &scan::Remark) -> Saying {
    Saying {
        code: remark.code().to_owned(),
        message: format!("{remark}。"),
    }
}

#[cfg(test)]
mod tests {
    use imprint::RoundSeal;

    use super::*;

    #[test]
    fn a_frame_without_a_page_says_so() {
        let seen = frame(&vec![128; 320 * 240 * 4], 320, 240);
        assert!(!seen.page);
        assert!(seen.code.is_none());
        assert!(
            serde_json::to_string(&seen)
                .unwrap()
                .contains("\"whole_picture\"")
        );
        // A frame that is not as long as its size says is no frame.
        assert!(!frame(&[1, 2, 3], 320, 240).page);
    }

    #[test]
    fn a_file_that_is_no_photo_is_refused_in_words() {
        let examined = examine(b"no photo".to_vec());
        assert_eq!(examined.fault.unwrap().code, "scan_not_a_picture");
        assert_eq!(examine(vec![]).fault.unwrap().code, "scan_empty");
    }

    #[test]
    fn a_picture_that_is_no_form_is_not_asked_for_an_imprint() {
        let seal = RoundSeal::new("福建", 42.0).on_paper(150).unwrap();
        let examined = examine(seal);
        assert!(examined.fault.is_none());
        assert!(examined.imprint.is_none());
    }
}
