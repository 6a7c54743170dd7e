//! Objects: text, paths, pictures, composite units and blocks, with their transformations and clips.

use std::collections::HashMap;

use roxmltree::Node;

use super::canvas::Canvas;
use super::color::{Paint, Style, alpha};
use super::font::Fonts;
use super::geometry::{Bounds, Matrix, number};
use super::note::Lack;
use super::resource::Resources;
use super::{image, path, text};
use crate::package::Package;
use crate::xml;

/// Draws the objects of one page.
pub(super) struct Painter<'p, 'a, 'l> {
    pub(super) package: &'p Package<'a>,
    pub(super) resources: Resources,
    pub(super) fonts: Fonts,
    pub(super) canvas: Canvas<'l>,
    /// Picture entries already defined, by entry; `None` for those that cannot be shown.
    pub(super) images: HashMap<String, Option<String>>,
}

impl Painter<'_, '_, '_> {
    /// Draws all objects in a layer, block, appearance or composite unit.
    pub(super) fn objects(&mut self, parent: Node<'_, '_>, style: &Style, depth: u32) {
        if depth > self.canvas.limits.depth {
            return self.canvas.note(Lack::TooDeep, parent);
        }
        for node in xml::elements(parent) {
            if !self.canvas.admit(node) {
                return;
            }
            if matches!(xml::attribute(node, "Visible"), Some("false" | "0")) {
                continue;
            }
            match node.tag_name().name() {
                "PageBlock" | "Content" => self.objects(node, style, depth + 1),
                "Layer" => self.layer(node, style, depth + 1),
                "TextObject" => self.placed(node, style, depth, Self::text),
                "PathObject" => self.placed(node, style, depth, Self::path),
                "ImageObject" => self.placed(node, style, depth, Self::image),
                "CompositeObject" => self.placed(node, style, depth, Self::composite),
                "Actions" | "Clips" | "Border" | "Thumbnail" | "Substitution" => {}
                _ => self.canvas.note(Lack::Object, node),
            }
        }
    }

    /// Draws a layer with its draw parameter.
    pub(super) fn layer(&mut self, node: Node<'_, '_>, style: &Style, depth: u32) {
        let style = Style::of(node, style, &self.resources, &mut self.canvas);
        self.objects(node, &style, depth);
    }

    /// Opens the groups that an object's boundary, matrix and clips ask for, and draws it in them.
    fn placed(
        &mut self,
        node: Node<'_, '_>,
        style: &Style,
        depth: u32,
        draw: fn(&mut Self, Node<'_, '_>, &Style, u32),
    ) {
        let bounds = Bounds::of(node);
        let origin = bounds.map_or(Matrix::IDENTITY, |b| Matrix::translation(b.x, b.y));
        let matrix = Matrix::of(node).unwrap_or(Matrix::IDENTITY);
        let style = Style::of(node, style, &self.resources, &mut self.canvas);
        let (with_matrix, without) = self.clips(node);
        let blend = image::blend_style(xml::attribute(node, "BlendMode"));
        let mut groups = 1;
        if without.is_empty() && with_matrix.is_empty() {
            let whole = matrix.then(origin).attribute();
            self.canvas.open(&format!("{whole}{blend}"));
        } else {
            self.canvas.open(&format!("{}{blend}", origin.attribute()));
            for clip in without {
                self.canvas.open(&format!(" clip-path=\"url(#{clip})\""));
                groups += 1;
            }
            self.canvas.open(&matrix.attribute());
            groups += 1;
            for clip in with_matrix {
                self.canvas.open(&format!(" clip-path=\"url(#{clip})\""));
                groups += 1;
            }
        }
        draw(self, node, &style, depth);
        for _ in 0..groups {
            self.canvas.close();
        }
    }

    /// Definitions of an object's clips: those in its own space, and those in its boundary's.
    fn clips(&mut self, node: Node<'_, '_>) -> (Vec<String>, Vec<String>) {
        let (mut with_matrix, mut without) = (Vec::new(), Vec::new());
        for clips in xml::children(node, "Clips") {
            let fixed = matches!(xml::attribute(clips, "TransFlag"), Some("false" | "0"));
            for clip in xml::children(clips, "Clip").take(64) {
                if let Some(id) = self.clip(clip) {
                    if fixed {
                        without.push(id);
                    } else {
                        with_matrix.push(id);
                    }
                }
            }
        }
        (with_matrix, without)
    }

    fn clip(&mut self, node: Node<'_, '_>) -> Option<String> {
        let mut shapes = String::new();
        for area in xml::children(node, "Area").take(1000) {
            let outer = Matrix::of(area).unwrap_or(Matrix::IDENTITY);
            for shape in xml::elements(area) {
                let data = xml::child_text(shape, "AbbreviatedData");
                let data = data.and_then(|data| path::translate(&data));
                let (true, Some(data)) = (xml::is(shape, "Path"), data) else {
                    self.canvas.note(Lack::Clip, shape);
                    return None;
                };
                let own = Matrix::of(shape).unwrap_or(Matrix::IDENTITY);
                let bounds = Bounds::of(shape);
                let origin = bounds.map_or(Matrix::IDENTITY, |b| Matrix::translation(b.x, b.y));
                let place = own.then(origin).then(outer).attribute();
                let rule = fill_rule(shape, "clip-rule");
                shapes.push_str(&format!("<path d=\"{}\"{rule}{place}/>", data.svg));
            }
        }
        if shapes.is_empty() {
            return None;
        }
        let id = self.canvas.new_id("c");
        let defined = self
            .canvas
            .define(&format!("<clipPath id=\"{id}\">{shapes}</clipPath>"));
        defined.then_some(id)
    }

    fn text(&mut self, node: Node<'_, '_>, style: &Style, _depth: u32) {
        let id = xml::attribute(node, "Font").unwrap_or_default();
        let font = self
            .fonts
            .load(id, self.package, &self.resources, &mut self.canvas);
        text::draw(node, font, style, &mut self.fonts, &mut self.canvas);
    }

    fn path(&mut self, node: Node<'_, '_>, style: &Style, _depth: u32) {
        let data = xml::child_text(node, "AbbreviatedData");
        let Some(data) = data.and_then(|data| path::translate(&data)) else {
            // Annotations have empty paths as places for clicks.
            if xml::child_text(node, "AbbreviatedData").is_some() {
                self.canvas.note(Lack::PathData, node);
            }
            return;
        };
        let opacity = alpha(node);
        let flag = |name, default: &str| {
            !matches!(xml::attribute(node, name).unwrap_or(default), "false" | "0")
        };
        let mut attributes = String::new();
        if flag("Fill", "false") {
            let fill = style.fill.clone().unwrap_or(Paint::None);
            attributes.push_str(&fill.attributes("fill", opacity));
            attributes.push_str(&fill_rule(node, "fill-rule"));
        } else {
            attributes.push_str(" fill=\"none\"");
        }
        if flag("Stroke", "true") {
            attributes.push_str(&style.stroke_attributes(opacity));
        }
        let clip = self.boundary_clip(node, &data.points, style.width());
        self.canvas
            .draw(&format!("<path d=\"{}\"{attributes}{clip}/>", data.svg));
    }

    /// A clip to the object's boundary, where what is drawn reaches out of it. Given in object
    /// space, so only where the matrix can be inverted; boxes of no size clip nothing.
    fn boundary_clip(&mut self, node: Node<'_, '_>, points: &[(f64, f64)], width: f64) -> String {
        let Some(bounds) = Bounds::of(node).filter(|b| b.width > 0.0 && b.height > 0.0) else {
            return String::new();
        };
        let matrix = Matrix::of(node).unwrap_or(Matrix::IDENTITY);
        let corners: Vec<(f64, f64)> = points.iter().map(|p| matrix.apply(*p)).collect();
        let slack = 0.5 + width;
        let Some(inverse) = invert(matrix) else {
            return String::new();
        };
        if bounds.holds(&corners, slack) {
            return String::new();
        }
        let id = self.canvas.new_id("b");
        let definition = format!(
            "<clipPath id=\"{id}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/></clipPath>",
            number(-slack),
            number(-slack),
            number(bounds.width + 2.0 * slack),
            number(bounds.height + 2.0 * slack),
            inverse.attribute(),
        );
        if !self.canvas.define(&definition) {
            return String::new();
        }
        format!(" clip-path=\"url(#{id})\"")
    }

    fn image(&mut self, node: Node<'_, '_>, _style: &Style, _depth: u32) {
        if xml::attribute(node, "ImageMask").is_some() {
            self.canvas.note(Lack::ImageMask, node);
        }
        let id = xml::attribute(node, "ResourceID").unwrap_or_default();
        let Some(definition) = self.image_definition(id, node) else {
            return;
        };
        let opacity = alpha(node);
        // Without a matrix the unit square is stretched over the boundary.
        let bounds = Bounds::of(node).filter(|_| Matrix::of(node).is_none());
        let stretch = bounds.map_or(Matrix::IDENTITY, |b| Matrix::scale(b.width, b.height));
        let mut attributes = stretch.attribute();
        if opacity < 0.9995 {
            attributes.push_str(&format!(" opacity=\"{}\"", number(opacity)));
        }
        let clip = if bounds.is_some() {
            String::new()
        } else {
            self.boundary_clip(node, &[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)], 0.0)
        };
        self.canvas
            .draw(&format!("<use href=\"#{definition}\"{attributes}{clip}/>"));
    }

    /// Each picture is in the output once, however often it is shown.
    fn image_definition(&mut self, id: &str, node: Node<'_, '_>) -> Option<String> {
        let Some(media) = self.resources.media.get(id) else {
            self.canvas.note(Lack::ResourceMissing, node);
            return None;
        };
        let Some(entry) = media.clone() else {
            self.canvas.note(Lack::ImageMissing, node);
            return None;
        };
        if let Some(known) = self.images.get(&entry) {
            return known.clone();
        }
        let definition = match self.read_image(&entry) {
            Ok(uri) => {
                let id = self.canvas.new_id("i");
                let element = format!(
                    "<image id=\"{id}\" width=\"1\" height=\"1\" preserveAspectRatio=\"none\" \
                     href=\"{uri}\"/>"
                );
                self.canvas.define(&element).then_some(id)
            }
            Err(lack) => {
                self.canvas.note(lack, node);
                None
            }
        };
        self.images.insert(entry, definition.clone());
        definition
    }

    fn read_image(&self, entry: &str) -> Result<String, Lack> {
        if self.package.size_of(entry) > self.canvas.limits.image_size {
            return Err(Lack::ImageTooLarge);
        }
        let bytes = self.package.read(entry).map_err(|_| Lack::ImageMissing)?;
        image::data_uri(&bytes)
    }

    fn composite(&mut self, node: Node<'_, '_>, style: &Style, depth: u32) {
        let id = xml::attribute(node, "ResourceID").unwrap_or_default();
        let Some(source) = self.resources.composites.get(id).cloned() else {
            return self.canvas.note(Lack::ResourceMissing, node);
        };
        let Ok(parsed) = xml::parse(&source.entry, &source.text, self.package.limits()) else {
            return self.canvas.note(Lack::PartUnreadable, node);
        };
        let unit = parsed
            .descendants()
            .find(|n| n.is_element() && n.range().start == source.start);
        let Some(content) = unit.and_then(|unit| xml::child(unit, "Content")) else {
            return self.canvas.note(Lack::ResourceMissing, node);
        };
        let opacity = alpha(node);
        let attributes = if opacity < 0.9995 {
            format!(" opacity=\"{}\"", number(opacity))
        } else {
            String::new()
        };
        self.canvas.open(&attributes);
        self.objects(content, style, depth + 1);
        self.canvas.close();
    }
}

fn fill_rule(node: Node<'_, '_>, name: &str) -> String {
    match xml::attribute(node, "Rule") {
        Some("Even-Odd") => format!(" {name}=\"evenodd\""),
        _ => String::new(),
    }
}

fn invert(matrix: Matrix) -> Option<Matrix> {
    let [a, b, c, d, e, f] = matrix.0;
    let determinant = a * d - b * c;
    if !determinant.is_finite() || determinant.abs() < 1e-9 {
        return None;
    }
    let [a, b, c, d, e, f] =
        [d, -b, -c, a, c * f - d * e, b * e - a * f].map(|value| value / determinant);
    Some(Matrix([a, b, c, d, e, f]))
}
