//! Colours, gradients and draw parameters.

use std::fmt::Write as _;

use roxmltree::Node;

use super::canvas::Canvas;
use super::geometry::number;
use super::note::Lack;
use super::resource::{ColorModel, Resources};
use crate::xml;

/// How something is painted.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Paint {
    /// Not at all.
    None,
    /// In one colour: `rgb(…)` or `url(#…)`, and its opacity, 0 to 1.
    Plain { color: String, opacity: f64 },
}

impl Paint {
    pub(super) fn black() -> Self {
        Self::Plain {
            color: "#000".into(),
            opacity: 1.0,
        }
    }

    /// ` fill="…"` or ` stroke="…"` with its opacity.
    pub(super) fn attributes(&self, name: &str, alpha: f64) -> String {
        match self {
            Self::None => format!(" {name}=\"none\""),
            Self::Plain { color, opacity } => {
                let opacity = opacity * alpha;
                let mut text = format!(" {name}=\"{color}\"");
                if opacity < 0.9995 {
                    let _ = write!(text, " {name}-opacity=\"{}\"", number(opacity));
                }
                text
            }
        }
    }
}

/// Line style and colours, from an object, its draw parameter and its layer's.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    pub(super) line_width: Option<f64>,
    pub(super) cap: Option<String>,
    pub(super) join: Option<String>,
    pub(super) miter_limit: Option<f64>,
    pub(super) dash: Option<Vec<f64>>,
    pub(super) dash_offset: Option<f64>,
    pub(super) fill: Option<Paint>,
    pub(super) stroke: Option<Paint>,
}

impl Style {
    /// The style of a node over `inherited`.
    pub(super) fn of(
        node: Node<'_, '_>,
        inherited: &Self,
        resources: &Resources,
        canvas: &mut Canvas<'_>,
    ) -> Self {
        let mut style = inherited.clone();
        if let Some(id) = xml::attribute(node, "DrawParam") {
            match resources.draw_params.get(id) {
                Some(param) => style.overlay(param),
                None => canvas.note(Lack::StyleMissing, node),
            }
        }
        let own = Self::own(node, resources, canvas);
        style.overlay(&own);
        style
    }

    /// What stands at the node itself.
    pub(super) fn own(node: Node<'_, '_>, resources: &Resources, canvas: &mut Canvas<'_>) -> Self {
        let value = |name| xml::attribute(node, name);
        let float = |name| value(name)?.parse::<f64>().ok().filter(|n| n.is_finite());
        let cap = match value("Cap") {
            Some("Butt") => Some("butt"),
            Some("Round") => Some("round"),
            Some("Square") => Some("square"),
            _ => None,
        };
        let join = match value("Join") {
            Some("Miter") => Some("miter"),
            Some("Round") => Some("round"),
            Some("Bevel") => Some("bevel"),
            _ => None,
        };
        let mut paint = |name| xml::child(node, name).map(|c| paint(c, resources, canvas));
        Self {
            line_width: float("LineWidth").filter(|width| *width >= 0.0),
            cap: cap.map(Into::into),
            join: join.map(Into::into),
            miter_limit: float("MiterLimit").filter(|limit| *limit >= 1.0),
            dash: value("DashPattern").and_then(dash_pattern),
            dash_offset: float("DashOffset"),
            fill: paint("FillColor"),
            stroke: paint("StrokeColor"),
        }
    }

    /// What `over` sets goes before what is set here.
    pub(super) fn overlay(&mut self, over: &Self) {
        fn set<T: Clone>(under: &mut Option<T>, over: Option<&T>) {
            if let Some(value) = over {
                *under = Some(value.clone());
            }
        }
        set(&mut self.line_width, over.line_width.as_ref());
        set(&mut self.cap, over.cap.as_ref());
        set(&mut self.join, over.join.as_ref());
        set(&mut self.miter_limit, over.miter_limit.as_ref());
        set(&mut self.dash, over.dash.as_ref());
        set(&mut self.dash_offset, over.dash_offset.as_ref());
        set(&mut self.fill, over.fill.as_ref());
        set(&mut self.stroke, over.stroke.as_ref());
    }

    /// Width of lines in the object's own units; 0.353 mm where nothing is said.
    pub(super) fn width(&self) -> f64 {
        self.line_width.unwrap_or(0.353)
    }

    /// Attributes for the outline, colour included.
    pub(super) fn stroke_attributes(&self, alpha: f64) -> String {
        let paint = self.stroke.clone().unwrap_or_else(Paint::black);
        let mut text = paint.attributes("stroke", alpha);
        if paint == Paint::None {
            return text;
        }
        let _ = write!(text, " stroke-width=\"{}\"", number(self.width()));
        if let Some(cap) = &self.cap {
            let _ = write!(text, " stroke-linecap=\"{cap}\"");
        }
        if let Some(join) = &self.join {
            let _ = write!(text, " stroke-linejoin=\"{join}\"");
        }
        // The standard's default is 4.234, SVG's is 4.
        let _ = write!(
            text,
            " stroke-miterlimit=\"{}\"",
            number(self.miter_limit.unwrap_or(4.234))
        );
        if let Some(dash) = &self.dash {
            let lengths: Vec<String> = dash.iter().map(|n| number(*n)).collect();
            let _ = write!(text, " stroke-dasharray=\"{}\"", lengths.join(" "));
            if let Some(offset) = self.dash_offset {
                let _ = write!(text, " stroke-dashoffset=\"{}\"", number(offset));
            }
        }
        text
    }
}

/// The opacity of an `Alpha` attribute (0 to 255).
pub(super) fn alpha(node: Node<'_, '_>) -> f64 {
    let value = xml::attribute(node, "Alpha").and_then(|text| text.parse::<f64>().ok());
    value
        .filter(|n| n.is_finite())
        .map_or(1.0, |n| (n / 255.0).clamp(0.0, 1.0))
}

/// Reads a `FillColor` or `StrokeColor`; gradients become definitions.
pub(super) fn paint(node: Node<'_, '_>, resources: &Resources, canvas: &mut Canvas<'_>) -> Paint {
    let opacity = alpha(node);
    let shading = xml::elements(node).next();
    if let Some(shading) = shading {
        return match gradient(shading, resources, canvas) {
            Some(color) => Paint::Plain { color, opacity },
            None => {
                canvas.note(Lack::Fill, node);
                Paint::None
            }
        };
    }
    match plain(node, resources) {
        Some(color) => Paint::Plain { color, opacity },
        None if xml::attribute(node, "Value").is_none() => Paint::black(),
        None => {
            canvas.note(Lack::Fill, node);
            Paint::None
        }
    }
}

fn plain(node: Node<'_, '_>, resources: &Resources) -> Option<String> {
    let space = xml::attribute(node, "ColorSpace").and_then(|id| resources.color_spaces.get(id));
    let parts = match xml::attribute(node, "Value") {
        Some(value) => components(value)?,
        None => {
            let index: usize = xml::attribute(node, "Index")?.parse().ok()?;
            components(space?.palette.get(index)?)?
        }
    };
    let largest = f64::from((1_u32 << space.map_or(8, |s| s.bits.clamp(1, 16))) - 1);
    let parts: Vec<f64> = parts
        .iter()
        .map(|n| (n / largest).clamp(0.0, 1.0))
        .collect();
    let model = space
        .map(|space| space.model)
        .filter(|model| model.components() == parts.len());
    let model = model.or(match parts.len() {
        1 => Some(ColorModel::Gray),
        3 => Some(ColorModel::Rgb),
        4 => Some(ColorModel::Cmyk),
        _ => None,
    });
    let [r, g, b] = match model? {
        ColorModel::Gray => [parts[0]; 3],
        ColorModel::Rgb => [parts[0], parts[1], parts[2]],
        ColorModel::Cmyk => [0, 1, 2].map(|i: usize| (1.0 - parts[i]) * (1.0 - parts[3])),
    };
    let [r, g, b] = [r, g, b].map(|part| (part * 255.0).round());
    Some(format!("rgb({r},{g},{b})"))
}

/// Components are decimal, or hexadecimal behind `#`.
fn components(value: &str) -> Option<Vec<f64>> {
    let parts = value
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|p| !p.is_empty());
    let number = |part: &str| match part.strip_prefix('#') {
        Some(hex) => u32::from_str_radix(hex, 16).ok().map(f64::from),
        None => part.parse::<f64>().ok().filter(|n| n.is_finite()),
    };
    parts.take(8).map(number).collect()
}

fn gradient(node: Node<'_, '_>, resources: &Resources, canvas: &mut Canvas<'_>) -> Option<String> {
    let pair = |name| match xml::numbers(xml::attribute(node, name)?)?[..] {
        [x, y] => Some((x, y)),
        _ => None,
    };
    let float = |name| {
        xml::attribute(node, name)?
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
    };
    let map_type = xml::attribute(node, "MapType").unwrap_or("Direct");
    let spread = match map_type {
        "Direct" => "pad",
        "Repeat" => "repeat",
        "Reflect" => "reflect",
        _ => return None,
    };
    let segments: Vec<Node<'_, '_>> = xml::children(node, "Segment").take(64).collect();
    let mut stops = String::new();
    let extend: u32 = xml::attribute(node, "Extend")
        .and_then(|e| e.parse().ok())
        .unwrap_or(0);
    // Outside of what is not extended nothing is painted; SVG always extends the outermost stop.
    if spread == "pad" && extend & 1 == 0 {
        stops.push_str("<stop offset=\"0\" stop-opacity=\"0\"/>");
    }
    for (nth, segment) in segments.iter().enumerate() {
        let even = nth as f64 / (segments.len().max(2) - 1) as f64;
        let position = xml::attribute(*segment, "Position").and_then(|p| p.parse().ok());
        let position: f64 = position.unwrap_or(even);
        let color = xml::child(*segment, "Color")?;
        let text = plain(color, resources)?;
        let _ = write!(
            stops,
            "<stop offset=\"{}\" stop-color=\"{text}\"",
            number(position)
        );
        let _ = write!(stops, " stop-opacity=\"{}\"/>", number(alpha(color)));
    }
    if spread == "pad" && extend & 2 == 0 {
        stops.push_str("<stop offset=\"1\" stop-opacity=\"0\"/>");
    }
    let (start, end) = (pair("StartPoint")?, pair("EndPoint")?);
    let id = canvas.new_id("s");
    let common = format!("id=\"{id}\" gradientUnits=\"userSpaceOnUse\" spreadMethod=\"{spread}\"");
    let definition = match node.tag_name().name() {
        "AxialShd" => format!(
            "<linearGradient {common} x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\">{stops}\
             </linearGradient>",
            number(start.0),
            number(start.1),
            number(end.0),
            number(end.1)
        ),
        // Only circles; an ellipse would be drawn wrongly.
        "RadialShd" if float("Eccentricity").unwrap_or(0.0) == 0.0 => format!(
            "<radialGradient {common} fx=\"{}\" fy=\"{}\" fr=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\">\
             {stops}</radialGradient>",
            number(start.0),
            number(start.1),
            number(float("StartRadius").unwrap_or(0.0)),
            number(end.0),
            number(end.1),
            number(float("EndRadius")?)
        ),
        _ => return None,
    };
    canvas.define(&definition);
    Some(format!("url(#{id})"))
}

/// A dash pattern, unless it would draw nothing or never end.
fn dash_pattern(text: &str) -> Option<Vec<f64>> {
    let lengths = xml::numbers(text)?;
    let usable = !lengths.is_empty() && lengths.len() <= 32 && lengths.iter().all(|n| *n >= 0.0);
    (usable && lengths.iter().sum::<f64>() > 0.01).then_some(lengths)
}
