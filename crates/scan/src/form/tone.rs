//! A page as two coarse maps: how dark it is beside its paper, and how red.

use image::RgbImage;

use crate::Area;

/// Resolution of the maps in pixels per mm: a pen stroke is one pixel and a half wide.
pub(super) const PX_PER_MM: f32 = 4.0;
/// Edge of the tiles in which the paper's own tone is measured, in pixels of the map.
const TILE: usize = 24;
/// Pixels beyond this are refused: no page of ours is as large.
const LARGEST_MM: f32 = 700.0;

/// Darkness and redness of a page, 0–255, after its paper has been made white.
#[derive(Debug, Clone)]
pub(super) struct Tones {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Darkness as seen through red glass: print and pens are dark, red ink is not.
    pub(super) dark: Vec<u8>,
    /// Redness.
    pub(super) red: Vec<u8>,
}

/// A rectangle in pixels of a map, within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

impl Tones {
    /// A scan: shadows and casts are taken out by the tone of the paper around each point.
    pub(super) fn of_scan(picture: &RgbImage, px_per_mm: f32) -> Option<Self> {
        let small = Small::of(picture, px_per_mm)?;
        let paper = small.paper();
        Some(small.tones(Some(&paper)))
    }

    /// A print: its paper is white.
    pub(super) fn of_print(picture: &RgbImage, px_per_mm: f32) -> Option<Self> {
        Some(Small::of(picture, px_per_mm)?.tones(None))
    }

    /// An area of the page as a span of the map, cut off at its edges; `None`: nothing of it is on the map.
    pub(super) fn span(&self, area: &Area) -> Option<Span> {
        let px = |mm: f32, limit: usize| ((mm * PX_PER_MM).round().max(0.0) as usize).min(limit);
        let span = Span {
            left: px(area.x, self.width),
            right: px(area.x + area.width, self.width),
            top: px(area.y, self.height),
            bottom: px(area.y + area.height, self.height),
        };
        (span.right > span.left && span.bottom > span.top).then_some(span)
    }

    /// Darkness of a point; white outside.
    pub(super) fn dark_at(&self, x: isize, y: isize) -> u8 {
        at(&self.dark, self.width, self.height, x, y)
    }

    /// Redness of a point; none outside.
    pub(super) fn red_at(&self, x: isize, y: isize) -> u8 {
        at(&self.red, self.width, self.height, x, y)
    }
}

fn at(map: &[u8], width: usize, height: usize, x: isize, y: isize) -> u8 {
    match (usize::try_from(x), usize::try_from(y)) {
        (Ok(x), Ok(y)) if x < width && y < height => map[y * width + x],
        _ => 0,
    }
}

impl Span {
    pub(super) fn width(self) -> usize {
        self.right - self.left
    }

    pub(super) fn height(self) -> usize {
        self.bottom - self.top
    }

    /// The span as an area of the page.
    pub(super) fn area(self) -> Area {
        Area {
            x: self.left as f32 / PX_PER_MM,
            y: self.top as f32 / PX_PER_MM,
            width: self.width() as f32 / PX_PER_MM,
            height: self.height() as f32 / PX_PER_MM,
        }
    }
}

/// A picture at the resolution of the maps.
struct Small {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// The tone of the paper, tile by tile.
struct Paper {
    across: usize,
    down: usize,
    rgb: Vec<[u8; 3]>,
}

impl Small {
    /// Means over boxes; a picture that is coarser than the maps has its points repeated.
    fn of(picture: &RgbImage, px_per_mm: f32) -> Option<Self> {
        let (from_width, from_height) = (picture.width() as usize, picture.height() as usize);
        let fits = |px: usize| (1.0..LARGEST_MM).contains(&(px as f32 / px_per_mm));
        if !(px_per_mm.is_finite() && px_per_mm > 0.0 && fits(from_width) && fits(from_height)) {
            return None;
        }
        let size = |px: usize| ((px as f32 / px_per_mm * PX_PER_MM).round() as usize).max(1);
        let (width, height) = (size(from_width), size(from_height));
        let columns = edges(from_width, width);
        let rows = edges(from_height, height);
        let raw = picture.as_raw();
        let mut rgb = Vec::with_capacity(width * height * 3);
        let mut sums = vec![[0u32; 3]; width];
        for &(top, bottom) in &rows {
            sums.fill([0; 3]);
            for y in top..bottom {
                let line = &raw[y * from_width * 3..(y + 1) * from_width * 3];
                for (sum, &(left, right)) in sums.iter_mut().zip(&columns) {
                    for point in line[left * 3..right * 3].chunks_exact(3) {
                        sum[0] += u32::from(point[0]);
                        sum[1] += u32::from(point[1]);
                        sum[2] += u32::from(point[2]);
                    }
                }
            }
            for (sum, &(left, right)) in sums.iter().zip(&columns) {
                let count = ((right - left) * (bottom - top)) as u32;
                rgb.extend(sum.map(|channel| (channel / count) as u8));
            }
        }
        Some(Self { width, height, rgb })
    }

    /// Each tile's paper is what is nearly the brightest of it; tiles full of ink take their neighbours' paper.
    fn paper(&self) -> Paper {
        let across = self.width.div_ceil(TILE);
        let down = self.height.div_ceil(TILE);
        let mut rgb = Vec::with_capacity(across * down);
        for row in 0..down {
            for column in 0..across {
                rgb.push(self.bright(column * TILE, row * TILE));
            }
        }
        let own = rgb.clone();
        for row in 0..down {
            for column in 0..across {
                for channel in 0..3 {
                    let mut around = Vec::with_capacity(25);
                    for r in row.saturating_sub(2)..(row + 3).min(down) {
                        for c in column.saturating_sub(2)..(column + 3).min(across) {
                            around.push(own[r * across + c][channel]);
                        }
                    }
                    around.sort_unstable();
                    let usual = around[around.len() / 2];
                    let tile = &mut rgb[row * across + column][channel];
                    if u32::from(*tile) * 100 < u32::from(usual) * 85 {
                        *tile = usual;
                    }
                    *tile = (*tile).max(40);
                }
            }
        }
        Paper { across, down, rgb }
    }

    /// The eighty-fifth of a hundred points of a tile, by brightness, in each channel.
    fn bright(&self, left: usize, top: usize) -> [u8; 3] {
        let (right, bottom) = ((left + TILE).min(self.width), (top + TILE).min(self.height));
        let mut counts = [[0u32; 64]; 3];
        for y in top..bottom {
            let line = &self.rgb[(y * self.width + left) * 3..(y * self.width + right) * 3];
            for point in line.chunks_exact(3) {
                for (count, channel) in counts.iter_mut().zip(point) {
                    count[usize::from(channel >> 2)] += 1;
                }
            }
        }
        let above = ((right - left) * (bottom - top)) as u32 * 15 / 100;
        counts.map(|count| {
            let mut passed = 0;
            for (step, n) in count.iter().enumerate().rev() {
                passed += n;
                if passed > above {
                    return (step * 4 + 2) as u8;
                }
            }
            255
        })
    }

    fn tones(&self, paper: Option<&Paper>) -> Tones {
        let mut dark = Vec::with_capacity(self.width * self.height);
        let mut red = Vec::with_capacity(self.width * self.height);
        let mut whites = vec![[1.0f32; 3]; self.width];
        for (y, line) in self.rgb.chunks_exact(self.width * 3).enumerate() {
            if let Some(paper) = paper {
                paper.line(y, &mut whites);
            } else if y == 0 {
                whites.fill([1.0; 3]);
            }
            for (point, white) in line.chunks_exact(3).zip(&whites) {
                let norm =
                    |channel: usize| ((f32::from(point[channel]) * white[channel]) as i32).min(255);
                let (r, g, b) = (norm(0), norm(1), norm(2));
                dark.push((255 - r) as u8);
                red.push((r - g).min(r - b + 25).clamp(0, 255) as u8);
            }
        }
        Tones {
            width: self.width,
            height: self.height,
            dark,
            red,
        }
    }
}

impl Paper {
    /// What each point of a line is multiplied by, so that its paper becomes white: between the tiles' centres.
    fn line(&self, y: usize, whites: &mut [[f32; 3]]) {
        let (above, below, part_y) = between(y, self.down);
        for (x, white) in whites.iter_mut().enumerate() {
            let (left, right, part_x) = between(x, self.across);
            for (channel, white) in white.iter_mut().enumerate() {
                let tone = |row: usize, column: usize| {
                    f32::from(self.rgb[row * self.across + column][channel])
                };
                let mix = |a: f32, b: f32, part: f32| a + (b - a) * part;
                let upper = mix(tone(above, left), tone(above, right), part_x);
                let lower = mix(tone(below, left), tone(below, right), part_x);
                *white = 255.0 / mix(upper, lower, part_y);
            }
        }
    }
}

/// The tiles on both sides of a point, and how far it is on the way from the centre of the first to that of the second.
fn between(at: usize, tiles: usize) -> (usize, usize, f32) {
    let place = ((at as f32 + 0.5) / TILE as f32 - 0.5).clamp(0.0, (tiles - 1) as f32);
    let first = place as usize;
    (first, (first + 1).min(tiles - 1), place - first as f32)
}

/// Which points of the picture each point of the map is the mean of: at least one.
fn edges(from: usize, to: usize) -> Vec<(usize, usize)> {
    (0..to)
        .map(|at| {
            let left = (at * from / to).min(from - 1);
            let right = ((at + 1) * from / to).clamp(left + 1, from);
            (left, right)
        })
        .collect()
}
