//! Outlines of characters from the platform's own typefaces.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use fonts::Fonts;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider as _};
use tiny_skia::{Path, PathBuilder, Transform};

/// A typeface, in the order of `fonts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    /// 宋体.
    Song,
    /// 宋体加粗.
    SongBold,
    /// 黑体.
    Hei,
    /// 楷体.
    Kai,
}

/// Outlines that were drawn before.
type Known = HashMap<(Face, char), Option<Path>>;

/// A character's outline: one high and wide, its box's middle in the origin, y downwards. None for a character without
/// a picture.
pub(crate) fn outline(face: Face, character: char) -> Option<Path> {
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known
        .entry((face, character))
        .or_insert_with(|| draw(face, character))
        .clone()
}

fn draw(face: Face, character: char) -> Option<Path> {
    static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::embedded);
    let file = FONTS.files().nth(face as usize)?;
    let font = FontRef::new(file).ok()?;
    let glyph = font.charmap().map(character)?;
    let mut pen = Pen(PathBuilder::new());
    let settings = DrawSettings::unhinted(Size::new(1.0), LocationRef::default());
    font.outline_glyphs()
        .get(glyph)?
        .draw(settings, &mut pen)
        .ok()?;
    let path = pen.0.finish()?;
    if character.is_ascii() {
        // Digits and letters are narrower: their own middle counts.
        let bounds = path.bounds();
        let (x, y) = (
            (bounds.left() + bounds.right()) / 2.0,
            (bounds.top() + bounds.bottom()) / 2.0,
        );
        path.transform(Transform::from_translate(-x, -y))
    } else {
        // An ideograph stands in a square from 0.12 em below the baseline to 0.88 em above it.
        path.transform(Transform::from_translate(-0.5, 0.38))
    }
}

/// Draws with y downwards.
struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, -y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, -y);
    }
    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.0.quad_to(cx0, -cy0, x, -y);
    }
    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.cubic_to(cx0, -cy0, cx1, -cy1, x, -y);
    }
    fn close(&mut self) {
        self.0.close();
    }
}
