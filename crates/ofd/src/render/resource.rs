//! Resources: fonts, pictures, draw parameters, colour spaces, composite units.

use std::collections::HashMap;
use std::rc::Rc;

use roxmltree::Node;

use super::canvas::Canvas;
use super::color::Style;
use super::note::Lack;
use crate::document::Document;
use crate::location::{Target, folder, locate, locate_in, resolve};
use crate::package::Package;
use crate::xml;

/// Everything objects refer to by id.
#[derive(Default)]
pub(super) struct Resources {
    pub(super) fonts: HashMap<String, FontSource>,
    pub(super) media: HashMap<String, Option<String>>,
    pub(super) draw_params: HashMap<String, Style>,
    pub(super) color_spaces: HashMap<String, ColorSpace>,
    pub(super) composites: HashMap<String, Composite>,
}

/// A font as the document names it.
#[derive(Debug, Clone, Default)]
pub(super) struct FontSource {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) bold: bool,
    pub(super) italic: bool,
    /// The entry of the embedded font.
    pub(super) entry: Option<String>,
}

/// How many components a colour has, and what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColorModel {
    Gray,
    Rgb,
    Cmyk,
}

impl ColorModel {
    pub(super) fn components(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// A colour space.
#[derive(Debug, Clone)]
pub(super) struct ColorSpace {
    pub(super) model: ColorModel,
    pub(super) bits: u32,
    pub(super) palette: Vec<String>,
}

/// A composite graphic unit: where it stands, to be parsed again when it is drawn.
#[derive(Clone)]
pub(super) struct Composite {
    pub(super) entry: String,
    pub(super) text: Rc<str>,
    /// Byte offset of its element.
    pub(super) start: usize,
}

impl Resources {
    /// Reads the document's resources; a page's own are added with [`Resources::add`].
    pub(super) fn of(package: &Package<'_>, document: &Document, canvas: &mut Canvas<'_>) -> Self {
        let mut resources = Self::default();
        for entry in &document.resources {
            resources.add(package, entry, canvas);
        }
        resources
    }

    /// Adds one resource file.
    pub(super) fn add(&mut self, package: &Package<'_>, entry: &str, canvas: &mut Canvas<'_>) {
        entry.clone_into(&mut canvas.entry);
        if !canvas.spend(package.size_of(entry)) {
            return;
        }
        let Ok(text) = xml::text(package, entry) else {
            return canvas.note_at(Lack::PartUnreadable, "");
        };
        let text: Rc<str> = text.into();
        let Ok(parsed) = xml::parse(entry, &text, package.limits()) else {
            return canvas.note_at(Lack::PartUnreadable, "");
        };
        let root = parsed.root_element();
        let base = match xml::attribute(root, "BaseLoc") {
            Some(base) => resolve(folder(entry), base).unwrap_or_default(),
            None => folder(entry).to_owned(),
        };
        let file = |node, name| {
            let location = xml::child_text(node, name)?;
            match locate_in(package, &base, &location) {
                Target::Found(entry) | Target::Guessed(entry) => Some(entry),
                Target::Missing(_) => locate(package, entry, &location).found(),
                Target::Outside => None,
            }
        };
        for (id, node) in units(root, "ColorSpaces", "ColorSpace") {
            self.color_spaces.insert(id, color_space(node));
        }
        for (id, node) in units(root, "Fonts", "Font") {
            self.fonts.insert(id, font(node, file(node, "FontFile")));
        }
        for (id, node) in units(root, "MultiMedias", "MultiMedia") {
            self.media.insert(id, file(node, "MediaFile"));
        }
        for (id, node) in units(root, "CompositeGraphicUnits", "CompositeGraphicUnit") {
            let (entry, start) = (entry.to_owned(), node.range().start);
            self.composites.insert(
                id,
                Composite {
                    entry,
                    text: Rc::clone(&text),
                    start,
                },
            );
        }
        self.add_draw_params(root, canvas);
    }

    /// A draw parameter may build on another that stands before or behind it.
    fn add_draw_params(&mut self, root: Node<'_, '_>, canvas: &mut Canvas<'_>) {
        let mut own: HashMap<String, (Option<String>, Style)> = HashMap::new();
        let mut order = Vec::new();
        for (id, node) in units(root, "DrawParams", "DrawParam") {
            let relative = xml::attribute(node, "Relative").map(ToOwned::to_owned);
            own.insert(id.clone(), (relative, Style::own(node, self, canvas)));
            order.push(id);
        }
        for id in order {
            let (mut chain, mut next) = (Vec::new(), Some(id.clone()));
            let mut style = Style::default();
            while let Some(current) = next.take() {
                match own.get(&current) {
                    // A chain that runs in a circle ends.
                    Some((relative, step)) if chain.len() < 16 => {
                        chain.push(step);
                        next.clone_from(relative);
                    }
                    Some(_) => {}
                    None => style = self.draw_params.get(&current).cloned().unwrap_or_default(),
                }
            }
            for step in chain.into_iter().rev() {
                style.overlay(step);
            }
            self.draw_params.insert(id, style);
        }
    }
}

fn units<'a, 'i: 'a>(
    root: Node<'a, 'i>,
    group: &'static str,
    unit: &'static str,
) -> impl Iterator<Item = (String, Node<'a, 'i>)> {
    xml::children(root, group)
        .flat_map(move |group| xml::children(group, unit))
        .filter_map(|node| Some((xml::attribute(node, "ID")?.to_owned(), node)))
}

fn font(node: Node<'_, '_>, entry: Option<String>) -> FontSource {
    let text = |name| xml::attribute(node, name).unwrap_or_default().to_owned();
    let flag = |name| matches!(xml::attribute(node, name), Some("true" | "1"));
    FontSource {
        name: text("FontName"),
        family: text("FamilyName"),
        bold: flag("Bold"),
        italic: flag("Italic"),
        entry,
    }
}

fn color_space(node: Node<'_, '_>) -> ColorSpace {
    let model = match xml::attribute(node, "Type")
        .unwrap_or("RGB")
        .to_ascii_uppercase()
        .as_str()
    {
        "GRAY" | "GREY" => ColorModel::Gray,
        "CMYK" => ColorModel::Cmyk,
        _ => ColorModel::Rgb,
    };
    let bits = xml::attribute(node, "BitsPerComponent").and_then(|bits| bits.parse().ok());
    let palette = xml::child(node, "Palette").map_or(Vec::new(), |palette| {
        xml::children(palette, "CV")
            .map(|cv| xml::content(cv).into_owned())
            .collect()
    });
    ColorSpace {
        model,
        bits: bits.unwrap_or(8),
        palette,
    }
}
