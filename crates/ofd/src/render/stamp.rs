//! Seal pictures on a page.

use super::canvas::Canvas;
use super::geometry::number;
use super::image;
use super::note::Lack;
use super::{PageStamp, RenderLimits, picture};
use crate::document::Ofd;
use crate::package::Limits;
use crate::signatures::Rect;

/// A seal picture that is an OFD document may be this large, packed.
const MAX_PICTURE: u64 = 16 << 20;

/// Draws one seal picture at its place; `nesting` counts documents within documents.
pub(super) fn draw(stamp: &PageStamp<'_>, canvas: &mut Canvas<'_>, nesting: u32) {
    let Some(boundary) = stamp.boundary.filter(|b| b.width > 0.0 && b.height > 0.0) else {
        return canvas.note_at(Lack::StampPicture, stamp.id);
    };
    let clip = stamp.clip.map(|clip| Rect {
        x: boundary.x + clip.x,
        y: boundary.y + clip.y,
        ..clip
    });
    let attributes = match clip {
        None => String::new(),
        Some(Rect {
            x,
            y,
            width,
            height,
        }) => {
            let id = canvas.new_id("c");
            canvas.define(&format!(
                "<clipPath id=\"{id}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>",
                number(x),
                number(y),
                number(width.max(0.0)),
                number(height.max(0.0))
            ));
            format!(" clip-path=\"url(#{id})\"")
        }
    };
    canvas.open(&attributes);
    if image::is_package(stamp.picture) {
        draw_document(stamp, boundary, canvas, nesting);
    } else {
        match image::data_uri(stamp.picture) {
            Ok(uri) => {
                let ink = image::is_opaque(stamp.picture).then_some("Multiply");
                let blend = image::blend_style(ink);
                let place = place(boundary);
                canvas.draw(&format!(
                    "<image{place} preserveAspectRatio=\"none\"{blend} href=\"{uri}\"/>"
                ));
            }
            Err(lack) => {
                canvas.note_at(Lack::StampPicture, stamp.id);
                canvas.note_at(lack, stamp.id);
            }
        }
    }
    canvas.close();
}

/// The first page of the picture's document, without paper.
fn draw_document(stamp: &PageStamp<'_>, boundary: Rect, canvas: &mut Canvas<'_>, nesting: u32) {
    if nesting > 0 {
        return canvas.note_at(Lack::TooDeep, stamp.id);
    }
    let limits = Limits {
        package_size: MAX_PICTURE,
        total_size: 4 * MAX_PICTURE,
        ..Limits::default()
    };
    let budget = RenderLimits {
        output: canvas.limits.output / 4,
        ..*canvas.limits
    };
    let prefix = canvas.inner_prefix();
    let drawn = Ofd::open(stamp.picture, limits).and_then(|ofd| {
        let size = ofd.page_size(0)?;
        let (content, notes) = picture(&ofd, 0, &[], &prefix, &budget, nesting + 1)?;
        Ok((size, content, notes))
    });
    match drawn {
        Ok((size, content, notes)) => {
            canvas.adopt(notes);
            canvas.draw(&format!(
                "<svg{} viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\">{content}</svg>",
                place(boundary),
                number(size.width_mm),
                number(size.height_mm)
            ));
        }
        Err(_) => canvas.note_at(Lack::StampPicture, stamp.id),
    }
}

fn place(
    Rect {
        x,
        y,
        width,
        height,
    }: Rect,
) -> String {
    format!(
        " x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        number(x),
        number(y),
        number(width),
        number(height)
    )
}
