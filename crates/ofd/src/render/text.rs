//! Text objects: which glyph stands where.

use std::collections::HashMap;
use std::rc::Rc;

use roxmltree::Node;

use super::canvas::Canvas;
use super::color::{Paint, Style, alpha};
use super::font::{Font, Fonts};
use super::geometry::{Matrix, fine_number, number};
use super::note::Lack;
use crate::xml;

/// Glyphs of one object; more are not placed.
const MAX_GLYPHS: usize = 100_000;
/// Sine of the slant of a font that has no italic of its own.
const SLANT: f64 = 0.2;

/// One glyph at its place in object space.
struct Placed {
    shape: Shape,
    x: f64,
    y: f64,
}

enum Shape {
    /// A definition of an embedded font.
    Outline(String),
    /// Characters for the viewer's own fonts.
    Chars(String),
}

/// How a text object is set.
struct Setting {
    font: Rc<Font>,
    size: f64,
    h_scale: f64,
    /// Degrees by which each character is turned.
    turn: f64,
    bold: bool,
    italic: bool,
}

/// Draws a `TextObject`; the caller has opened a group with its transformation.
pub(super) fn draw(
    node: Node<'_, '_>,
    font: Rc<Font>,
    style: &Style,
    fonts: &mut Fonts,
    canvas: &mut Canvas<'_>,
) {
    let float = |name| {
        xml::attribute(node, name)?
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
    };
    let flag = |name| matches!(xml::attribute(node, name), Some("true" | "1"));
    let Some(size) = float("Size").filter(|size| *size > 0.0) else {
        return canvas.note(Lack::Object, node);
    };
    let setting = Setting {
        bold: float("Weight").unwrap_or(400.0) >= 600.0,
        italic: flag("Italic") || font.source.italic,
        h_scale: float("HScale").filter(|scale| *scale > 0.0).unwrap_or(1.0),
        turn: float("CharDirection").unwrap_or(0.0),
        font,
        size,
    };
    let placed = place_all(node, &setting, fonts, canvas);
    if placed.is_empty() {
        return;
    }
    let opacity = alpha(node);
    let fill = match xml::attribute(node, "Fill") {
        Some("false" | "0") => Paint::None,
        _ => style.fill.clone().unwrap_or_else(Paint::black),
    };
    let outlined = flag("Stroke");
    draw_outlines(&placed, &setting, (&fill, outlined, style, opacity), canvas);
    draw_chars(&placed, &setting, (&fill, outlined, style, opacity), canvas);
}

fn place_all(
    node: Node<'_, '_>,
    setting: &Setting,
    fonts: &mut Fonts,
    canvas: &mut Canvas<'_>,
) -> Vec<Placed> {
    let mut placed = Vec::new();
    let mut transforms: Vec<Transform> = Vec::new();
    let mut start = (0.0, 0.0);
    for child in xml::elements(node) {
        match child.tag_name().name() {
            "CGTransform" => transforms.extend(Transform::of(child)),
            "TextCode" => {
                let at = |name: &str, before: f64| {
                    let value = xml::attribute(child, name).and_then(|text| text.parse().ok());
                    value.filter(|n: &f64| n.is_finite()).unwrap_or(before)
                };
                start = (at("X", start.0), at("Y", start.1));
                let shapes = shapes(&text_of(child), &transforms, setting, fonts, canvas, node);
                place(child, shapes, start, setting, &mut placed);
                transforms.clear();
            }
            _ => {}
        }
        if placed.len() > MAX_GLYPHS {
            canvas.note(Lack::TooMuch, node);
            break;
        }
    }
    placed
}

/// A mapping of some characters to glyphs.
struct Transform {
    position: usize,
    codes: usize,
    glyphs: Vec<u32>,
}

impl Transform {
    fn of(node: Node<'_, '_>) -> Option<Self> {
        let count = |name| xml::attribute(node, name).and_then(|text| text.parse::<usize>().ok());
        let glyphs = xml::child_text(node, "Glyphs")?;
        let glyphs: Vec<u32> = glyphs
            .split_whitespace()
            .take(MAX_GLYPHS)
            .filter_map(|g| g.parse().ok())
            .collect();
        let wanted = count("GlyphCount").unwrap_or(1).min(glyphs.len());
        Some(Self {
            position: count("CodePosition").unwrap_or(0),
            codes: count("CodeCount").unwrap_or(1),
            glyphs: glyphs[..wanted].to_vec(),
        })
    }
}

/// What is to be drawn in turn, with the width of each where the font tells it.
fn shapes(
    text: &str,
    transforms: &[Transform],
    setting: &Setting,
    fonts: &mut Fonts,
    canvas: &mut Canvas<'_>,
    node: Node<'_, '_>,
) -> Vec<(Shape, f64)> {
    let chars: Vec<char> = text.chars().take(MAX_GLYPHS).collect();
    let mut by_position: HashMap<usize, &Transform> = HashMap::new();
    for transform in transforms.iter().filter(|transform| transform.codes > 0) {
        by_position.entry(transform.position).or_insert(transform);
    }
    let mut shapes = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        match by_position.get(&at) {
            Some(transform) => {
                let end = (at + transform.codes).min(chars.len());
                let cluster = &chars[at..end];
                mapped(
                    cluster,
                    &transform.glyphs,
                    setting,
                    fonts,
                    canvas,
                    node,
                    &mut shapes,
                );
                at = end;
            }
            None => {
                shapes.push(of_char(chars[at], setting, fonts, canvas, node));
                at += 1;
            }
        }
    }
    shapes
}

/// The glyphs of a transform; without the font, its characters stand in for them.
fn mapped(
    cluster: &[char],
    glyphs: &[u32],
    setting: &Setting,
    fonts: &mut Fonts,
    canvas: &mut Canvas<'_>,
    node: Node<'_, '_>,
    shapes: &mut Vec<(Shape, f64)>,
) {
    if !setting.font.is_embedded() {
        // As many places as there are glyphs: characters one by one, the last place takes the rest.
        canvas.note(Lack::GlyphWithoutFont, node);
        for nth in 0..glyphs.len() {
            let last = nth + 1 == glyphs.len();
            let chars: String = match cluster.get(nth) {
                Some(_) if last => cluster[nth..].iter().collect(),
                Some(c) => c.to_string(),
                None => String::new(),
            };
            let width = chars.chars().map(usual_width).sum();
            shapes.push((Shape::Chars(chars), width));
        }
        return;
    }
    for (nth, glyph) in glyphs.iter().enumerate() {
        let width = setting.font.advance(*glyph).unwrap_or(1.0);
        match fonts.define(&setting.font, *glyph, canvas) {
            Some(Some(id)) => shapes.push((Shape::Outline(id), width)),
            Some(None) => shapes.push((Shape::Chars(String::new()), width)),
            None => {
                canvas.note(Lack::GlyphMissing, node);
                let c = cluster.get(nth).map(char::to_string).unwrap_or_default();
                shapes.push((Shape::Chars(c), width));
            }
        }
    }
}

fn of_char(
    c: char,
    setting: &Setting,
    fonts: &mut Fonts,
    canvas: &mut Canvas<'_>,
    node: Node<'_, '_>,
) -> (Shape, f64) {
    if setting.font.is_embedded() {
        if let Some(glyph) = setting.font.glyph(c)
            && let Some(outline) = fonts.define(&setting.font, glyph, canvas)
        {
            let width = setting.font.advance(glyph).unwrap_or(usual_width(c));
            let shape = outline.map_or(Shape::Chars(String::new()), Shape::Outline);
            return (shape, width);
        }
        if !c.is_whitespace() {
            canvas.note(Lack::GlyphMissing, node);
        }
    }
    (Shape::Chars(c.to_string()), usual_width(c))
}

/// Puts shapes at their places: `DeltaX` and `DeltaY` go from glyph to glyph; where there are none,
/// the font's widths do.
fn place(
    code: Node<'_, '_>,
    shapes: Vec<(Shape, f64)>,
    start: (f64, f64),
    setting: &Setting,
    placed: &mut Vec<Placed>,
) {
    let most = shapes.len();
    let deltas = |name| {
        xml::attribute(code, name)
            .map(|text| deltas(text, most))
            .unwrap_or_default()
    };
    let (dx, dy) = (deltas("DeltaX"), deltas("DeltaY"));
    let (mut x, mut y) = start;
    for (nth, (shape, width)) in shapes.into_iter().enumerate() {
        placed.push(Placed { shape, x, y });
        x += match dx.get(nth) {
            Some(delta) => *delta,
            None if !dy.is_empty() => 0.0,
            None => width * setting.size * setting.h_scale,
        };
        y += dy.get(nth).copied().unwrap_or(0.0);
    }
}

/// Expands `1 2 g 3 4` to `1 2 4 4 4`, as far as there are glyphs for it.
fn deltas(text: &str, most: usize) -> Vec<f64> {
    let mut values = Vec::new();
    let mut tokens = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|t| !t.is_empty());
    let float = |token: &str| token.parse::<f64>().ok().filter(|n| n.is_finite());
    while let Some(token) = tokens.next() {
        if values.len() >= most {
            break;
        }
        if token.eq_ignore_ascii_case("g") {
            let count = tokens
                .next()
                .and_then(|n| n.parse::<usize>().ok())
                .unwrap_or(0);
            let value = tokens.next().and_then(float).unwrap_or(0.0);
            values.extend(std::iter::repeat_n(value, count.min(most)));
        } else {
            values.push(float(token).unwrap_or(0.0));
        }
    }
    values
}

/// The text as written, without the line breaks of indented XML.
fn text_of(node: Node<'_, '_>) -> String {
    let text: String = node
        .children()
        .filter(Node::is_text)
        .filter_map(|child| child.text())
        .collect();
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\t');
    let text = if text.starts_with(breaks) {
        text.trim_start()
    } else {
        &text
    };
    let end = text.trim_end();
    let text = if text[end.len()..].contains(breaks) {
        end
    } else {
        text
    };
    text.chars().filter(|c| !breaks(*c)).collect()
}

/// The width of a character in ems where no font tells it.
fn usual_width(c: char) -> f64 {
    if u32::from(c) < 0x2e80 { 0.5 } else { 1.0 }
}

/// Fill, whether outlined, style and opacity.
type Look<'a> = (&'a Paint, bool, &'a Style, f64);

fn draw_outlines(placed: &[Placed], setting: &Setting, look: Look<'_>, canvas: &mut Canvas<'_>) {
    let outlines: Vec<(&String, f64, f64)> = placed
        .iter()
        .filter_map(|glyph| match &glyph.shape {
            Shape::Outline(id) => Some((id, glyph.x, glyph.y)),
            Shape::Chars(_) => None,
        })
        .collect();
    if outlines.is_empty() {
        return;
    }
    let scale = setting.size / setting.font.units;
    let (h, v) = (scale * setting.h_scale, scale);
    let (fill, outlined, style, opacity) = look;
    let mut attributes = fill.attributes("fill", opacity);
    if outlined {
        let mut scaled = style.clone();
        scaled.line_width = Some(style.width() / scale);
        attributes.push_str(&scaled.stroke_attributes(opacity));
    } else if setting.bold && !setting.font.source.bold && *fill != Paint::None {
        // The font has no bold of its own: thicken its outlines.
        attributes.push_str(&fill.attributes("stroke", opacity));
        attributes.push_str(&format!(
            " stroke-width=\"{}\"",
            number(setting.font.units * 0.03)
        ));
    }
    attributes.push_str(&Matrix::scale(h, v).attribute());
    canvas.open(&attributes);
    let slanted = setting.italic && !setting.font.source.italic;
    for (id, x, y) in outlines {
        let (x, y) = (x / h, y / v);
        if slanted || setting.turn != 0.0 {
            let mut matrix = Matrix::translation(x, y);
            if setting.turn != 0.0 {
                matrix = rotation(setting.turn).then(matrix);
            }
            if slanted {
                matrix = Matrix([1.0, 0.0, -SLANT, 1.0, 0.0, 0.0]).then(matrix);
            }
            canvas.draw(&format!("<use href=\"#{id}\"{}/>", matrix.attribute()));
        } else {
            let (x, y) = (fine_number(x), fine_number(y));
            canvas.draw(&format!("<use href=\"#{id}\" x=\"{x}\" y=\"{y}\"/>"));
        }
    }
    canvas.close();
}

fn draw_chars(placed: &[Placed], setting: &Setting, look: Look<'_>, canvas: &mut Canvas<'_>) {
    let visible: Vec<(&String, f64, f64)> = placed
        .iter()
        .filter_map(|glyph| match &glyph.shape {
            Shape::Chars(text) if !text.trim().is_empty() => Some((text, glyph.x, glyph.y)),
            _ => None,
        })
        .collect();
    if visible.is_empty() {
        return;
    }
    let (fill, outlined, style, opacity) = look;
    let mut attributes = fill.attributes("fill", opacity);
    if outlined {
        attributes.push_str(&style.stroke_attributes(opacity));
    }
    let families = setting.font.families();
    attributes.push_str(&format!(
        " font-family=\"{families}\" font-size=\"{}\"",
        number(setting.size)
    ));
    if setting.bold || setting.font.source.bold {
        attributes.push_str(" font-weight=\"bold\"");
    }
    if setting.italic {
        attributes.push_str(" font-style=\"italic\"");
    }
    canvas.open(&attributes);
    let plain = setting.h_scale == 1.0
        && setting.turn == 0.0
        && visible
            .iter()
            .all(|(text, _, _)| text.chars().count() == 1 && text.len() <= 3);
    if plain {
        let latin = setting.font.latin_families();
        let (narrow, wide): (Vec<_>, Vec<_>) = visible
            .into_iter()
            .partition(|(text, _, _)| latin.is_some() && text.is_ascii());
        draw_line(&wide, "", canvas);
        let latin = latin
            .map(|list| format!(" font-family=\"{list}\""))
            .unwrap_or_default();
        draw_line(&narrow, &latin, canvas);
    } else {
        for (text, x, y) in visible {
            let matrix = Matrix::scale(setting.h_scale, 1.0)
                .then(rotation(setting.turn))
                .then(Matrix::translation(x, y));
            let text = xml::escape(text);
            canvas.draw(&format!("<text{}>{text}</text>", matrix.attribute()));
        }
    }
    canvas.close();
}

/// One element with a place for each character: short, and text that can be selected.
fn draw_line(chars: &[(&String, f64, f64)], attributes: &str, canvas: &mut Canvas<'_>) {
    if chars.is_empty() {
        return;
    }
    // A single place for several characters would leave the others to the viewer's font.
    let list = |place: fn(&(&String, f64, f64)) -> f64| -> String {
        chars
            .iter()
            .map(|c| number(place(c)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (xs, ys) = (list(|c| c.1), list(|c| c.2));
    let same_line = chars.iter().all(|c| c.2 == chars[0].2);
    // The y of the first character holds on for the rest of its line.
    let ys = if same_line { number(chars[0].2) } else { ys };
    let text: String = chars.iter().map(|(text, _, _)| xml::escape(text)).collect();
    canvas.draw(&format!(
        "<text x=\"{xs}\" y=\"{ys}\"{attributes}>{text}</text>"
    ));
}

fn rotation(degrees: f64) -> Matrix {
    let (sin, cos) = degrees.to_radians().sin_cos();
    Matrix([cos, sin, -sin, cos, 0.0, 0.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_deltas_are_expanded_within_bounds() {
        assert_eq!(deltas("1 2 g 3 4 5", 100), [1.0, 2.0, 4.0, 4.0, 4.0, 5.0]);
        assert_eq!(deltas("g 99999999999 1", 3), [1.0; 3]);
    }

    #[test]
    fn indentation_is_no_text_but_spaces_are() {
        let text = |xml: &str| text_of(roxmltree::Document::parse(xml).unwrap().root_element());
        assert_eq!(text("<t>\n   He affixed</t>"), "He affixed");
        assert_eq!(text("<t> </t>"), " ");
        assert_eq!(text("<t> a &amp; b </t>"), " a & b ");
        assert_eq!(text("<t>ab\n  </t>"), "ab");
    }
}
