//! What there is to say about a page's picture.

use crate::find::Found;
use crate::geometry::point;
use crate::grey::Grey;
use crate::{How, PagePicture, Remark, Sheet};

/// Below so many dots per inch the imprint cannot be judged.
const LEAST_DPI: f32 = 140.0;
/// Edges of print that are wider than this (standard deviation in mm) cannot be read surely.
const MOST_BLUR_MM: f32 = 0.24;
/// Paper darker than this (0–255) is too dark.
const DARK: u8 = 95;

/// The remarks about a straightened page.
pub(crate) fn remarks(
    sheet: &Sheet,
    page: &PagePicture,
    found: &Found,
    grey: &Grey,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let step = if sheet.px_per_mm > 8.0 { 2 } else { 1 };
    let small = Grey::of(&sheet.picture, step);
    let light = Light::of(&small);
    if light.is_blank() && found.code.is_none() && found.how != How::CornerMarks {
        remarks.push(Remark::Blank);
    } else if found.code.is_none() {
        remarks.push(Remark::NoCode);
    }
    if found.mirrored {
        remarks.push(Remark::Mirrored);
    }
    if page.grey {
        remarks.push(Remark::Grey);
    }
    if light.paper < DARK {
        remarks.push(Remark::Dark);
    } else if !light.is_blank() && light.paper.saturating_sub(light.print) < 45 {
        remarks.push(Remark::Bright);
    }
    let dpi = sheet.source_px_per_mm * 25.4;
    if dpi < LEAST_DPI {
        remarks.push(Remark::LowResolution { dpi });
    }
    if !light.is_blank()
        && blur(&small, &light).is_some_and(|px| {
            // Pixels of a coarse picture are no fault of the lens.
            let mm = px * step as f32 / sheet.px_per_mm;
            mm > MOST_BLUR_MM.max(0.9 / sheet.px_per_mm)
        })
    {
        remarks.push(Remark::Blurred);
    }
    if is_cut_off(grey, found) {
        remarks.push(Remark::CutOff);
    }
    if let Some(error_mm) = found.error_mm
        && found.how == How::CornerMarks
        && error_mm > 1.0
    {
        remarks.push(Remark::NotFlat {
            error_mm: error_mm as f32,
        });
    }
    remarks
}

/// The remarks that can be had without straightening.
pub(crate) fn at_a_glance(grey: &Grey, found: &Found) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let light = Light::of(grey);
    if light.paper < DARK {
        remarks.push(Remark::Dark);
    }
    if found.how == How::WholePicture {
        return remarks;
    }
    let px_per_mm = found.map.scale_at(point(105.0, 148.5)) as f32 / grey.step as f32;
    if blur(grey, &light).is_some_and(|px| px / px_per_mm > MOST_BLUR_MM.max(0.9 / px_per_mm)) {
        remarks.push(Remark::Blurred);
    }
    if is_cut_off(grey, found) {
        remarks.push(Remark::CutOff);
    }
    if found.mirrored {
        remarks.push(Remark::Mirrored);
    }
    remarks
}

/// Whether what is printed (all but a margin of 6 mm) reaches out of the picture.
fn is_cut_off(grey: &Grey, found: &Found) -> bool {
    if found.how == How::WholePicture {
        return false;
    }
    let (right, bottom) = (found.layout.width - 6.0, found.layout.height - 6.0);
    let inside = [(6.0, 6.0), (right, 6.0), (right, bottom), (6.0, bottom)]
        .iter()
        .all(|(x, y)| found.shows(grey, point(*x, *y)));
    !inside || !found.whole
}

/// How bright paper and print are.
struct Light {
    paper: u8,
    print: u8,
    /// Share of the pixels that are much darker than the paper.
    ink: f32,
}

impl Light {
    fn of(grey: &Grey) -> Self {
        let mut histogram = [0u32; 256];
        for value in grey.pixels.iter().step_by(3) {
            histogram[usize::from(*value)] += 1;
        }
        let all: u32 = histogram.iter().sum();
        let percentile = |share: f32| {
            let mut left = (all as f32 * share) as u32;
            histogram
                .iter()
                .position(|count| {
                    let here = left < *count;
                    left = left.saturating_sub(*count);
                    here
                })
                .unwrap_or(255) as u8
        };
        let (paper, print) = (percentile(0.7), percentile(0.01));
        let limit = usize::from(paper) * 3 / 4;
        let ink = histogram[..limit].iter().sum::<u32>() as f32 / all.max(1) as f32;
        Self { paper, print, ink }
    }

    /// Nothing is printed: next to no ink, or no contrast.
    fn is_blank(&self) -> bool {
        self.ink < 0.002 || self.paper.saturating_sub(self.print) < 20
    }
}

/// The width of the sharpest edges in pixels (standard deviation of the blur), from the steepest slopes.
fn blur(grey: &Grey, light: &Light) -> Option<f32> {
    let mut histogram = [0u32; 256];
    for row in grey.pixels.chunks_exact(grey.width.max(1)).step_by(2) {
        for three in row.windows(3) {
            histogram[usize::from(three[0].abs_diff(three[2]))] += 1;
        }
    }
    let all: u32 = histogram.iter().sum();
    let mut left = (all as f32 * 0.004) as u32;
    let steepest = histogram
        .iter()
        .enumerate()
        .rev()
        .find_map(|(slope, count)| {
            let here = left < *count;
            left = left.saturating_sub(*count);
            here.then_some(slope)
        })?;
    let contrast = f32::from(light.paper.saturating_sub(light.print));
    if steepest == 0 || contrast < 20.0 {
        return None;
    }
    // An edge of contrast c blurred by s has the slope c / (s √2π); over two pixels twice that.
    Some(2.0 * contrast / (steepest as f32 * 2.507))
}
