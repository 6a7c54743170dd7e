//! A page as SVG, in real millimetres.
//!
//! The picture stands for itself: no script, no address outside of it, all text escaped, and only
//! picture formats that a browser shows without danger. What cannot be drawn is told in
//! [`RenderedPage::notes`]; nothing is left out silently.

mod canvas;
mod color;
mod font;
mod geometry;
mod image;
mod note;
mod object;
mod path;
mod resource;
mod stamp;
mod text;

use std::collections::HashMap;

use roxmltree::Node;

use self::canvas::Canvas;
use self::color::Style;
use self::font::Fonts;
use self::geometry::{Bounds, number};
use self::note::Lack;
pub use self::note::RenderNote;
use self::object::Painter;
use self::resource::Resources;
use crate::document::{Document, Ofd, PageSize};
use crate::error::Error;
use crate::location::locate;
use crate::signatures::{Rect, Signatures};
use crate::xml;

/// Bounds for one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenderLimits {
    /// Objects that are drawn.
    pub objects: usize,
    /// Bytes of SVG.
    pub output: usize,
    /// Bytes of parts that are read for it, each time that they are.
    pub reading: usize,
    /// Bytes of one picture in it.
    pub image_size: u64,
    /// How deep blocks and composite units may nest.
    pub depth: u32,
}

impl Default for RenderLimits {
    fn default() -> Self {
        Self {
            objects: 200_000,
            output: 64 << 20,
            reading: 256 << 20,
            image_size: 24 << 20,
            depth: 24,
        }
    }
}

/// A drawn page.
#[derive(Debug, Clone)]
pub struct RenderedPage {
    /// The picture: an `svg` element with `width` and `height` in mm and a `viewBox` in mm.
    pub svg: String,
    /// The page's size.
    pub size: PageSize,
    /// What the picture does not show, or not rightly.
    pub notes: Vec<RenderNote>,
}

/// A seal picture to be shown on a page.
#[derive(Debug, Clone, Copy)]
pub struct PageStamp<'a> {
    /// The stamp annotation's id, for notes.
    pub id: &'a str,
    /// Where the whole picture lies, in mm.
    pub boundary: Option<Rect>,
    /// The part that is shown, from the boundary's corner, in mm.
    pub clip: Option<Rect>,
    /// PNG, JPEG, GIF, BMP, or a whole OFD document, as it stands in the seal.
    pub picture: &'a [u8],
}

/// The stamps of one page: `pictures` gives each signature's seal picture by its index in
/// [`Signatures::files`].
pub fn stamps_on_page<'a>(
    signatures: &'a Signatures,
    pictures: &'a HashMap<usize, Vec<u8>>,
    page_index: usize,
) -> Vec<PageStamp<'a>> {
    let mut stamps = Vec::new();
    for (index, file) in signatures.files.iter().enumerate() {
        let Some(picture) = pictures.get(&index) else {
            continue;
        };
        for stamp in file.info.iter().flat_map(|info| &info.stamps) {
            if stamp.page_index == Some(page_index) {
                let (boundary, clip) = (stamp.boundary, stamp.clip);
                stamps.push(PageStamp {
                    id: &stamp.id,
                    boundary,
                    clip,
                    picture,
                });
            }
        }
    }
    stamps
}

/// Draws a page: templates, content, annotations, and the given seal pictures on top.
///
/// # Errors
/// [`Error::NoPages`], [`Error::PageNotFound`], or why the page's content cannot be read.
pub fn page(
    ofd: &Ofd<'_>,
    page_index: usize,
    stamps: &[PageStamp<'_>],
    limits: &RenderLimits,
) -> Result<RenderedPage, Error> {
    let size = ofd.page_size(page_index)?;
    let prefix = format!("p{page_index}-");
    let (content, notes) = picture(ofd, page_index, stamps, &prefix, limits, 0)?;
    let (width, height) = (number(size.width_mm), number(size.height_mm));
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\"><rect width=\"{width}\" height=\"{height}\" \
         fill=\"#fff\"/>{content}</svg>"
    );
    Ok(RenderedPage { svg, size, notes })
}

/// A page's content without paper and without the outer element.
fn picture(
    ofd: &Ofd<'_>,
    page_index: usize,
    stamps: &[PageStamp<'_>],
    prefix: &str,
    limits: &RenderLimits,
    nesting: u32,
) -> Result<(String, Vec<RenderNote>), Error> {
    let package = ofd.package();
    let (_, document, page) = ofd.page(page_index)?;
    let mut canvas = Canvas::new(prefix, limits);
    let resources = Resources::of(package, document, &mut canvas);
    let mut painter = Painter {
        package,
        resources,
        fonts: Fonts::default(),
        canvas,
        images: HashMap::new(),
    };
    if let Some(entry) = &page.entry {
        let text = xml::text(package, entry)?;
        let parsed = xml::parse(entry, &text, package.limits())?;
        let root = parsed.root_element();
        painter.page_resources(entry, root);
        painter.templates(document, root, |order| order != "Foreground");
        entry.clone_into(&mut painter.canvas.entry);
        painter.content(root);
        painter.templates(document, root, |order| order == "Foreground");
    }
    for (_, entry) in document.annotations.iter().filter(|(id, _)| *id == page.id) {
        painter.annotations(entry);
    }
    for stamp in stamps {
        stamp::draw(stamp, &mut painter.canvas, nesting);
    }
    Ok(painter.canvas.finish())
}

impl Painter<'_, '_, '_> {
    fn page_resources(&mut self, entry: &str, root: Node<'_, '_>) {
        for node in xml::children(root, "PageRes").take(100) {
            match locate(self.package, entry, &xml::content(node)).found() {
                Some(resource) => self
                    .resources
                    .add(self.package, &resource, &mut self.canvas),
                None => self.canvas.note_at(Lack::PartUnreadable, ""),
            }
        }
    }

    /// Layers in the order in which they lie upon each other.
    fn content(&mut self, root: Node<'_, '_>) {
        let mut layers: Vec<Node<'_, '_>> = xml::children(root, "Content")
            .flat_map(|c| xml::children(c, "Layer"))
            .collect();
        layers.sort_by_key(|layer| match xml::attribute(*layer, "Type") {
            Some("Background") => 0,
            Some("Foreground") => 2,
            _ => 1,
        });
        for layer in layers {
            self.layer(layer, &Style::default(), 0);
        }
    }

    fn templates(&mut self, document: &Document, page: Node<'_, '_>, wanted: fn(&str) -> bool) {
        for used in xml::children(page, "Template").take(1000) {
            let id = xml::attribute(used, "TemplateID").unwrap_or_default();
            let template = document.templates.iter().find(|template| template.id == id);
            let named = template.and_then(|template| template.z_order.as_deref());
            let order = xml::attribute(used, "ZOrder")
                .or(named)
                .unwrap_or("Background");
            if !wanted(order) {
                continue;
            }
            match template.and_then(|template| template.entry.as_ref()) {
                Some(entry) => self.template(entry),
                None => self.canvas.note(Lack::TemplateMissing, used),
            }
        }
    }

    fn template(&mut self, entry: &str) {
        entry.clone_into(&mut self.canvas.entry);
        if !self.canvas.spend(self.package.size_of(entry)) {
            return;
        }
        let Ok(text) = xml::text(self.package, entry) else {
            return self.canvas.note_at(Lack::PartUnreadable, "");
        };
        let Ok(parsed) = xml::parse(entry, &text, self.package.limits()) else {
            return self.canvas.note_at(Lack::PartUnreadable, "");
        };
        self.page_resources(entry, parsed.root_element());
        entry.clone_into(&mut self.canvas.entry);
        self.content(parsed.root_element());
    }

    fn annotations(&mut self, entry: &str) {
        entry.clone_into(&mut self.canvas.entry);
        if !self.canvas.spend(self.package.size_of(entry)) {
            return;
        }
        let Ok(text) = xml::text(self.package, entry) else {
            return self.canvas.note_at(Lack::PartUnreadable, "");
        };
        let Ok(parsed) = xml::parse(entry, &text, self.package.limits()) else {
            return self.canvas.note_at(Lack::PartUnreadable, "");
        };
        for annotation in xml::children(parsed.root_element(), "Annot") {
            if matches!(xml::attribute(annotation, "Visible"), Some("false" | "0")) {
                continue;
            }
            for appearance in xml::children(annotation, "Appearance") {
                let place = Bounds::of(appearance).map_or(geometry::Matrix::IDENTITY, |bounds| {
                    geometry::Matrix::translation(bounds.x, bounds.y)
                });
                self.canvas.open(&place.attribute());
                self.objects(appearance, &Style::default(), 0);
                self.canvas.close();
            }
        }
    }
}
