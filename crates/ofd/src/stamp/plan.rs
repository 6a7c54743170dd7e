//! What a stamp shall be, and whether it can be.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::{Ofd, PageSize};
use crate::error::{Error, StampRefusal};
use crate::signatures::{Provider, Rect};

/// How far in mm a picture may stand over the page's edge, for rounding.
const TOLERANCE_MM: f64 = 0.5;
/// The largest side of a stamp's picture in mm.
const MAX_SIDE_MM: f64 = 2000.0;

/// A stamp to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StampPlan {
    /// Where the seal is shown; several places are one stamp (as in a seam seal).
    pub placements: Vec<Placement>,
    /// Whether `Signatures.xml` is protected too, so that no further stamp can follow.
    pub close_document: bool,
    /// The product that stamps.
    pub provider: Provider,
    /// The signature method's OID, usually [`StampPlan::SM2_SM3`].
    pub method: String,
    /// The seal (`SESeal`), written beside the signature.
    pub seal: Vec<u8>,
    /// The time of the stamp.
    pub time: Timestamp,
}

impl StampPlan {
    /// SM2 with SM3, as `SignatureMethod`.
    pub const SM2_SM3: &str = "1.2.156.10197.1.501";
}

/// One place where a seal is shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The page, from 0 over all documents of the file.
    pub page_index: usize,
    /// Left edge of the whole picture in mm from the page's left edge.
    pub x_mm: f64,
    /// Upper edge of the whole picture in mm from the page's upper edge.
    pub y_mm: f64,
    /// Width of the whole picture in mm.
    pub w_mm: f64,
    /// Height of the whole picture in mm.
    pub h_mm: f64,
    /// The part that is shown, in mm from the picture's corner; `None`: all of it.
    pub clip: Option<Rect>,
}

/// The edge of the pages along which a seam seal is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// The left edge.
    Left,
    /// The right edge, as usual.
    Right,
}

/// The placements of a seam seal (骑缝章) over `pages`: each page shows its slice of the picture,
/// `w_mm` × `h_mm` as a whole, with its upper edge at `y_mm`.
///
/// # Errors
/// [`Error::PageNotFound`], or why a page's size cannot be read.
pub fn seam(
    ofd: &Ofd<'_>,
    pages: &[usize],
    edge: Edge,
    (w_mm, h_mm): (f64, f64),
    y_mm: f64,
) -> Result<Vec<Placement>, Error> {
    let slice = w_mm / pages.len().max(1) as f64;
    let mut placements = Vec::with_capacity(pages.len());
    for (nth, page) in pages.iter().enumerate() {
        let PageSize { width_mm, .. } = ofd.page_size(*page)?;
        let (x_mm, hidden) = match edge {
            Edge::Right => (width_mm - slice * (nth + 1) as f64, slice * nth as f64),
            Edge::Left => {
                let hidden = slice * (pages.len() - 1 - nth) as f64;
                (-hidden, hidden)
            }
        };
        let clip = Some(Rect {
            x: hidden,
            y: 0.0,
            width: slice,
            height: h_mm,
        });
        placements.push(Placement {
            page_index: *page,
            x_mm,
            y_mm,
            w_mm,
            h_mm,
            clip,
        });
    }
    Ok(placements)
}

impl Placement {
    fn rects(&self) -> [Rect; 2] {
        let whole = Rect {
            x: self.x_mm,
            y: self.y_mm,
            width: self.w_mm,
            height: self.h_mm,
        };
        let shown = self.clip.map_or(whole, |clip| Rect {
            x: whole.x + clip.x,
            y: whole.y + clip.y,
            ..clip
        });
        [whole, shown]
    }
}

/// Checks the placements; gives the body they are all in.
pub(super) fn check(ofd: &Ofd<'_>, plan: &StampPlan) -> Result<usize, Error> {
    let mut chosen = None;
    for placement in &plan.placements {
        let (body, _, _) = ofd.page(placement.page_index)?;
        if *chosen.get_or_insert(body) != body {
            return Err(StampRefusal::SeveralDocuments.into());
        }
        let page = placement.page_index + 1;
        let [whole, shown] = placement.rects();
        if !is_usable(whole) || !is_usable(shown) || !is_inside(shown, whole) {
            return Err(StampRefusal::BadSize { page }.into());
        }
        let PageSize {
            width_mm,
            height_mm,
        } = ofd.page_size(placement.page_index)?;
        let sheet = Rect {
            x: 0.0,
            y: 0.0,
            width: width_mm,
            height: height_mm,
        };
        if !is_inside(shown, sheet) {
            return Err(StampRefusal::PositionOffPage { page }.into());
        }
    }
    chosen.ok_or_else(|| StampRefusal::NoPlacement.into())
}

fn is_usable(rect: Rect) -> bool {
    let side = 0.1..=MAX_SIDE_MM;
    let is_place = |at: f64| at.is_finite() && at.abs() <= 100.0 * MAX_SIDE_MM;
    side.contains(&rect.width)
        && side.contains(&rect.height)
        && is_place(rect.x)
        && is_place(rect.y)
}

fn is_inside(inner: Rect, outer: Rect) -> bool {
    inner.x >= outer.x - TOLERANCE_MM
        && inner.y >= outer.y - TOLERANCE_MM
        && inner.x + inner.width <= outer.x + outer.width + TOLERANCE_MM
        && inner.y + inner.height <= outer.y + outer.height + TOLERANCE_MM
}
