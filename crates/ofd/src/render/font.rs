//! Embedded fonts as outlines, and families for those that are not embedded.

use std::collections::HashMap;
use std::rc::Rc;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::canvas::Canvas;
use super::geometry::number;
use super::note::Lack;
use super::resource::{FontSource, Resources};
use crate::package::Package;

/// Bytes of the largest font that is read.
const MAX_FONT: u64 = 64 << 20;

/// The fonts of one picture, each read once, and the glyphs already defined in it.
#[derive(Default)]
pub(super) struct Fonts {
    loaded: HashMap<String, Rc<Font>>,
    /// Font and glyph to the id of its definition; `None` for a glyph without outline.
    glyphs: HashMap<(String, u32), Option<String>>,
}

/// A font ready for use.
pub(super) struct Font {
    pub(super) id: String,
    pub(super) source: FontSource,
    data: Option<Vec<u8>>,
    /// Units per em; 1000 where there is no embedded font.
    pub(super) units: f64,
}

impl Fonts {
    /// The font of this id.
    pub(super) fn load(
        &mut self,
        id: &str,
        package: &Package<'_>,
        resources: &Resources,
        canvas: &mut Canvas<'_>,
    ) -> Rc<Font> {
        if let Some(font) = self.loaded.get(id) {
            return Rc::clone(font);
        }
        let source = resources.fonts.get(id).cloned().unwrap_or_default();
        let mut font = Font {
            id: id.to_owned(),
            source,
            data: None,
            units: 1000.0,
        };
        if let Some(entry) = font.source.entry.clone() {
            let size = package.size_of(&entry);
            let small = size <= MAX_FONT && canvas.spend(size);
            let data = if small {
                package.read(&entry).ok()
            } else {
                None
            };
            match data.as_deref().and_then(units_per_em) {
                Some(units) => {
                    font.units = units;
                    font.data = data.map(std::borrow::Cow::into_owned);
                }
                None => canvas.note_at(Lack::FontBroken, id),
            }
        }
        let font = Rc::new(font);
        self.loaded.insert(id.to_owned(), Rc::clone(&font));
        font
    }

    /// The id of the definition of a glyph: `Some(None)` for one that is blank, `None` for one that
    /// the font does not have.
    pub(super) fn define(
        &mut self,
        font: &Font,
        glyph: u32,
        canvas: &mut Canvas<'_>,
    ) -> Option<Option<String>> {
        let key = (font.id.clone(), glyph);
        if let Some(known) = self.glyphs.get(&key) {
            return Some(known.clone());
        }
        let outline = font.outline(glyph)?;
        let id = if outline.is_empty() {
            None
        } else {
            let id = canvas.new_id("g");
            if !canvas.define(&format!("<path id=\"{id}\" d=\"{outline}\"/>")) {
                return Some(None);
            }
            Some(id)
        };
        self.glyphs.insert(key, id.clone());
        Some(id)
    }
}

impl Font {
    /// Whether outlines can be had.
    pub(super) fn is_embedded(&self) -> bool {
        self.data.is_some()
    }

    /// The glyph of a character.
    pub(super) fn glyph(&self, c: char) -> Option<u32> {
        let map = self.open()?.charmap();
        let symbol = u32::from(c) + 0xf000;
        let glyph = map
            .map(c)
            .or_else(|| (u32::from(c) < 256).then(|| map.map(symbol))?);
        glyph.map(GlyphId::to_u32).filter(|glyph| *glyph != 0)
    }

    /// How far a glyph moves the pen, in ems.
    pub(super) fn advance(&self, glyph: u32) -> Option<f64> {
        let metrics = self
            .open()?
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(f64::from(metrics.advance_width(GlyphId::new(glyph))?) / self.units)
    }

    /// Families to ask a viewer for, in order.
    pub(super) fn families(&self) -> String {
        let mut list = self.own_families();
        list.push(substitutes(&self.source).to_owned());
        list.join(",")
    }

    /// The same for Latin letters and digits, where those of the font are half as wide as its
    /// Chinese characters: a proportional stand-in would let them run into each other.
    pub(super) fn latin_families(&self) -> Option<String> {
        let name = format!("{} {}", self.source.name, self.source.family).to_lowercase();
        let classics = [
            "宋", "song", "simsun", "楷", "kai", "仿", "fang", "黑", "simhei",
        ];
        if !classics.iter().any(|classic| name.contains(classic)) {
            return None;
        }
        let mut list = self.own_families();
        list.push("'Noto Sans Mono CJK SC','Sarasa Mono SC'".to_owned());
        list.push(substitutes(&self.source).to_owned());
        Some(list.join(","))
    }

    fn own_families(&self) -> Vec<String> {
        let mut families: Vec<String> = Vec::new();
        for name in [&self.source.name, &self.source.family] {
            let clean: String = name
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .take(60)
                .collect();
            if !clean.trim().is_empty() && !name.contains('/') && !families.contains(&clean) {
                families.push(clean);
            }
        }
        families
            .into_iter()
            .map(|name| format!("'{name}'"))
            .collect()
    }

    /// A glyph's outline in font units, y downwards; empty for a blank one.
    fn outline(&self, glyph: u32) -> Option<String> {
        let font = self.open()?;
        let outline = font.outline_glyphs().get(GlyphId::new(glyph))?;
        let mut pen = SvgPen::default();
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        outline.draw(settings, &mut pen).ok()?;
        Some(pen.0)
    }

    fn open(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(self.data.as_deref()?, 0).ok()
    }
}

fn units_per_em(data: &[u8]) -> Option<f64> {
    let font = FontRef::from_index(data, 0).ok()?;
    let units = font
        .metrics(Size::unscaled(), LocationRef::default())
        .units_per_em;
    (units > 0 && font.outline_glyphs().format().is_some()).then_some(f64::from(units))
}

/// What stands in for a font by the style of its name.
fn substitutes(source: &FontSource) -> &'static str {
    let name = format!("{} {}", source.name, source.family).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["courier", "mono", "consolas", "ocr"]) {
        "'Courier New','Liberation Mono','Noto Sans Mono CJK SC',monospace"
    } else if has(&["楷", "kai"]) {
        "KaiTi,楷体,STKaiti,'LXGW WenKai','AR PL UKai CN','Noto Serif CJK SC','Noto Serif SC',serif"
    } else if has(&["仿", "fangsong", "fang"]) {
        "FangSong,仿宋,STFangsong,'Noto Serif CJK SC','Noto Serif SC',serif"
    } else if has(&[
        "黑",
        "hei",
        "arial",
        "helvetica",
        "tahoma",
        "calibri",
        "yahei",
        "sans",
    ]) {
        "SimHei,'Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',Arial,sans-serif"
    } else if has(&["times", "serif", "georgia"]) {
        "'Times New Roman','Liberation Serif','Noto Serif CJK SC','Noto Serif SC',serif"
    } else {
        "SimSun,宋体,STSong,'Noto Serif CJK SC','Noto Serif SC',serif"
    }
}

/// Writes an outline as SVG path data with the y axis turned downwards.
#[derive(Default)]
struct SvgPen(String);

impl SvgPen {
    fn push(&mut self, letter: char, points: &[(f32, f32)]) {
        self.0.push(letter);
        for (nth, (x, y)) in points.iter().enumerate() {
            if nth > 0 {
                self.0.push(' ');
            }
            self.0.push_str(&number(f64::from(*x)));
            self.0.push(' ');
            self.0.push_str(&number(-f64::from(*y)));
        }
    }
}

impl OutlinePen for SvgPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.push('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push('L', &[(x, y)]);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.push('Q', &[(cx, cy), (x, y)]);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.push('C', &[(ax, ay), (bx, by), (x, y)]);
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}
