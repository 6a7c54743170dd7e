//! What people have to put on the page: the unit's stamp, signatures, the imprint.

use super::cluster::{Cluster, clusters};
use super::patch::patches;
use super::register::{Alignment, INK};
use super::tone::{PX_PER_MM, Span, Tones};
use super::{Expectation, ExpectedImprint, FormFault, FormFinding, Weight};
use crate::{Area, Place};

/// A stamp may stand so far from its place, in mm.
const ASTRAY_MM: f32 = 12.0;
/// Ink of a stamp is redder than this.
const RED: u8 = 38;
/// Ink of a pen is darker than this at its faintest, and somewhere as dark as the second.
const PEN: (u8, u8) = (34, 60);
/// Print is not told from a pen this close to it, in pixels of the maps.
const BESIDE_PRINT: isize = 3;
/// A signature has at least so much ink (mm²) and is as long (mm).
const SIGNATURE: (f32, f32) = (2.5, 3.5);
/// Imprints nearer to the frame's line than this do not count as over it, in mm.
const LINE_MM: f32 = 0.8;

/// What stands where it must, and what does not.
pub(super) fn marks(
    seen: &Tones,
    printed: &Tones,
    alignment: &Alignment,
    places: &[&Place],
    expectation: &Expectation,
) -> Vec<FormFinding> {
    let page = Marked {
        seen,
        printed,
        alignment,
        grey: expectation.grey,
        red: red_ink(seen, printed, alignment),
    };
    let place = |name: &str| places.iter().copied().find(|place| place.name == name);
    let frame = expectation
        .imprint
        .as_ref()
        .and_then(|imprint| Some((imprint, place(&imprint.place)?)));
    let mut findings = Vec::new();
    for stamp in expectation.stamps.iter().filter_map(|name| place(name)) {
        findings.extend(page.stamp(stamp, frame.map(|(_, frame)| frame)));
    }
    for signature in expectation.signatures.iter().filter_map(|name| place(name)) {
        findings.extend(page.signature(signature));
    }
    if let Some((imprint, frame)) = frame {
        findings.extend(page.imprint(imprint, frame));
    }
    findings
}

struct Marked<'a> {
    seen: &'a Tones,
    printed: &'a Tones,
    alignment: &'a Alignment,
    grey: bool,
    /// Red ink on the sheet that is not printed.
    red: Vec<bool>,
}

impl Marked<'_> {
    /// A place of the print as it lies on the sheet.
    fn on_sheet(&self, area: &Area) -> Area {
        let shift = self.alignment.shift(area);
        Area {
            x: area.x + shift.x as f32 / PX_PER_MM,
            y: area.y + shift.y as f32 / PX_PER_MM,
            ..*area
        }
    }

    fn finding(&self, fault: FormFault, place: &Place, weight: Weight) -> FormFinding {
        FormFinding {
            fault,
            place: Some(place.name.clone()),
            area: self.on_sheet(&place.area),
            weight,
        }
    }

    fn stamp(&self, place: &Place, frame: Option<&Place>) -> Option<FormFinding> {
        let area = self.on_sheet(&place.area).grown(ASTRAY_MM);
        let span = self.seen.span(&area)?;
        // What stands in the frame is the imprint.
        let frame = frame.map(|frame| self.on_sheet(&frame.area).grown(3.0));
        let outside = |x: usize, y: usize| {
            frame.is_none_or(|frame| !frame.contains(x as f32 / PX_PER_MM, y as f32 / PX_PER_MM))
        };
        let red = clusters(span, |x, y| {
            self.red[y * self.seen.width + x] && outside(x, y)
        });
        if red.iter().any(|cluster| self.is_stamp(cluster)) {
            return None;
        }
        let dark = self.unprinted(span, PEN.1);
        let copied = clusters(span, |x, y| {
            dark[(y - span.top) * span.width() + x - span.left] && outside(x, y)
        });
        if copied
            .iter()
            .any(|cluster| cluster.short_mm() > 20.0 && cluster.ink_mm2 > 90.0)
        {
            let weight = if self.grey {
                Weight::Doubtful
            } else {
                Weight::Clear
            };
            return Some(self.finding(FormFault::StampNotRed, place, weight));
        }
        let faint = red.iter().any(|cluster| cluster.ink_mm2 > 8.0);
        let weight = if self.grey || faint {
            Weight::Doubtful
        } else {
            Weight::Clear
        };
        Some(self.finding(FormFault::StampMissing, place, weight))
    }

    /// Large enough for a unit's stamp, and no finger.
    fn is_stamp(&self, cluster: &Cluster) -> bool {
        let box_mm2 = cluster.width_mm() * cluster.height_mm();
        cluster.long_mm() > 15.0
            && cluster.short_mm() > 7.0
            && cluster.ink_mm2 > 25.0
            && !(cluster.ink_mm2 > 0.75 * box_mm2 && cluster.touches_edge(self.seen))
    }

    fn signature(&self, place: &Place) -> Option<FormFinding> {
        let area = self.on_sheet(&place.area);
        let span = self.seen.span(&area.grown(1.5))?;
        if self.pen_strokes(span) || self.name_chop(&area) {
            return None;
        }
        Some(self.finding(FormFault::SignatureMissing, place, Weight::Clear))
    }

    /// Strokes that are not printed and hang together like writing.
    fn pen_strokes(&self, span: Span) -> bool {
        let ink = self.unprinted(span, PEN.0);
        let values: Vec<i32> = ink
            .iter()
            .enumerate()
            .map(|(n, pen)| {
                if *pen {
                    let (x, y) = (n % span.width() + span.left, n / span.width() + span.top);
                    i32::from(self.seen.dark[y * self.seen.width + x])
                } else {
                    0
                }
            })
            .collect();
        let strokes: Vec<_> = patches(&values, span.width(), span.height(), 0)
            .into_iter()
            .filter(|stroke| stroke.peak > i32::from(PEN.1) && stroke.long_mm() > 1.2)
            // Folds and the edges of shadows are long and thin.
            .filter(|stroke| !(stroke.long_mm() > 20.0 && stroke.short_mm() < 1.5))
            .collect();
        let ink: f32 = strokes.iter().map(super::patch::Patch::area_mm2).sum();
        let left = strokes.iter().map(|stroke| stroke.left).min();
        let right = strokes.iter().map(|stroke| stroke.right).max();
        let top = strokes.iter().map(|stroke| stroke.top).min();
        let bottom = strokes.iter().map(|stroke| stroke.bottom).max();
        let long = |from: Option<usize>, to: Option<usize>| {
            to.unwrap_or(0).saturating_sub(from.unwrap_or(0)) as f32 / PX_PER_MM
        };
        ink > SIGNATURE.0 && long(left, right).max(long(top, bottom)) > SIGNATURE.1
    }

    /// A chop with a name, in place of a signature: red and small, not a part of the unit's stamp.
    fn name_chop(&self, area: &Area) -> bool {
        let Some(span) = self.seen.span(&area.grown(8.0)) else {
            return false;
        };
        clusters(span, |x, y| self.red[y * self.seen.width + x])
            .iter()
            .any(|cluster| {
                let (x, y) = cluster.middle_mm();
                area.contains(x, y)
                    && (5.0..30.0).contains(&cluster.long_mm())
                    && cluster.short_mm() > 4.0
                    && cluster.ink_mm2 > 10.0
                    && !cluster.cut_off(span)
            })
    }

    fn imprint(&self, imprint: &ExpectedImprint, place: &Place) -> Option<FormFinding> {
        let frame = self.on_sheet(&place.area);
        let span = self.seen.span(&frame.grown(6.0))?;
        let dark = (!imprint.red || self.grey).then(|| self.unprinted(span, PEN.1));
        let ink = |x: usize, y: usize| match &dark {
            Some(dark) => dark[(y - span.top) * span.width() + x - span.left],
            None => self.red[y * self.seen.width + x],
        };
        let inner = frame.grown(LINE_MM);
        let in_frame =
            |x: usize, y: usize| inner.contains(x as f32 / PX_PER_MM, y as f32 / PX_PER_MM);
        let inside = clusters(span, |x, y| ink(x, y) && in_frame(x, y));
        let largest = inside
            .iter()
            .map(|cluster| cluster.ink_mm2)
            .fold(0.0, f32::max);
        if largest < 6.0 {
            return Some(self.finding(FormFault::ImprintMissing, place, Weight::Clear));
        }
        if dark.is_some() {
            return None;
        }
        let outside: f32 = clusters(span, |x, y| ink(x, y) && !in_frame(x, y))
            .iter()
            .filter(|cluster| cluster.near(&inner, 1.5))
            .map(|cluster| cluster.ink_mm2)
            .sum();
        if outside > 1.5 {
            return Some(self.finding(FormFault::ImprintOverFrame, place, Weight::Clear));
        }
        let parts: Vec<&Cluster> = inside
            .iter()
            .filter(|cluster| cluster.ink_mm2 > 0.2 * largest && cluster.long_mm() > 6.0)
            .collect();
        let (width, height) = Cluster::around(&parts);
        let larger = |found: f32, declared: f32| found > declared * 1.2 + 3.0;
        (larger(width, imprint.width_mm) || larger(height, imprint.height_mm)).then(|| {
            let weight = if parts.len() > 1 {
                Weight::Clear
            } else {
                Weight::Doubtful
            };
            self.finding(FormFault::ImprintSeveral, place, weight)
        })
    }

    /// Dark points of a span that are neither printed nor red, line by line.
    fn unprinted(&self, span: Span, above: u8) -> Vec<bool> {
        let mut ink = Vec::with_capacity(span.width() * span.height());
        for y in span.top..span.bottom {
            for x in span.left..span.right {
                let at = y * self.seen.width + x;
                ink.push(
                    self.seen.dark[at] > above && self.seen.red[at] < RED && !self.near_print(x, y),
                );
            }
        }
        ink
    }

    fn near_print(&self, x: usize, y: usize) -> bool {
        let shift = self.alignment.shift(&Area {
            x: x as f32 / PX_PER_MM,
            y: y as f32 / PX_PER_MM,
            width: 0.0,
            height: 0.0,
        });
        let (x, y) = (x as isize - shift.x, y as isize - shift.y);
        (-BESIDE_PRINT..=BESIDE_PRINT).any(|dy| {
            (-BESIDE_PRINT..=BESIDE_PRINT).any(|dx| self.printed.dark_at(x + dx, y + dy) >= INK / 2)
        })
    }
}

/// Red points of the sheet, without what is printed in red.
fn red_ink(seen: &Tones, printed: &Tones, alignment: &Alignment) -> Vec<bool> {
    let mut red: Vec<bool> = seen.red.iter().map(|red| *red > RED).collect();
    if !printed.red.iter().any(|red| *red > RED) {
        return red;
    }
    for (at, red) in red.iter_mut().enumerate().filter(|(_, red)| **red) {
        let (x, y) = (at % seen.width, at / seen.width);
        let shift = alignment.shift(&Area {
            x: x as f32 / PX_PER_MM,
            y: y as f32 / PX_PER_MM,
            width: 0.0,
            height: 0.0,
        });
        let (x, y) = (x as isize - shift.x, y as isize - shift.y);
        *red = !(-4..=4).any(|dy| (-4..=4).any(|dx| printed.red_at(x + dx, y + dy) > RED / 2));
    }
    red
}
