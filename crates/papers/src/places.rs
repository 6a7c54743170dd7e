//! Where things stand on a paper: the marks that its template left, as rectangles in mm.

use std::collections::HashMap;

use scan::{Area, Place};
use typst::foundations::{Label, Selector, Value};
use typst::introspection::{Introspector as _, MetadataElem};
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

/// What the templates mark places with: metadata of this label, in pairs of the two corners.
const LABEL: &str = "place";

/// The places of a document, page by page.
pub(crate) fn places(document: &PagedDocument) -> Vec<Place> {
    let introspector = document.introspector();
    let Some(label) = Label::new(PicoStr::intern(LABEL)) else {
        return Vec::new();
    };
    let mut open: HashMap<(u32, String), (f32, f32)> = HashMap::new();
    let mut places = Vec::new();
    for element in introspector.query(&Selector::Label(label)) {
        let Some(Value::Dict(mark)) = element
            .to_packed::<MetadataElem>()
            .map(|metadata| metadata.value.clone())
        else {
            continue;
        };
        let (Ok(Value::Str(name)), Ok(Value::Str(end))) = (mark.get("name"), mark.get("end"))
        else {
            continue;
        };
        let Some(position) = element
            .location()
            .and_then(|location| introspector.position(location))
        else {
            continue;
        };
        let page = u32::try_from(position.page.get()).unwrap_or(u32::MAX);
        let (x, y) = (mm(position.point.x), mm(position.point.y));
        let key = (page, name.to_string());
        if end.as_str() == "from" {
            open.insert(key, (x, y));
        } else if let Some((from_x, from_y)) = open.remove(&key) {
            places.push(Place {
                page,
                name: key.1,
                area: Area {
                    x: from_x,
                    y: from_y,
                    width: x - from_x,
                    height: y - from_y,
                },
            });
        }
    }
    places.sort_by_key(|place| place.page);
    places
}

/// Hundredths of a millimetre are more than a printer can do.
fn mm(length: typst::layout::Abs) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "rounded to hundredths")]
    let mm = ((length.to_mm() * 100.0).round() / 100.0) as f32;
    mm
}
