//! The eyes of a QR code: squares in squares, 1:1:3:1:1 along any line through the middle.

use crate::geometry::{Point, point};
use crate::grey::Bits;

/// An eye.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eye {
    /// Its centre.
    pub(crate) at: Point,
    /// Size of a module in pixels.
    pub(crate) module: f64,
    seen: f64,
}

/// The eyes of codes in a picture, those seen in most rows first, at most 60.
pub(crate) fn eyes(ink: &Bits) -> Vec<Eye> {
    let mut found: Vec<Eye> = Vec::new();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (y, row) in ink.bits.chunks_exact(ink.width.max(1)).enumerate() {
        runs.clear();
        let mut start = 0;
        for x in 1..=row.len() {
            if x == row.len() || row[x] != row[start] {
                runs.push((start, x - start));
                start = x;
            }
        }
        for five in runs.windows(5) {
            let lengths: [usize; 5] = std::array::from_fn(|i| five[i].1);
            if !row[five[0].0] || !in_ratio(&lengths) {
                continue;
            }
            let x = five[2].0 as f64 + five[2].1 as f64 / 2.0;
            let wide = lengths.iter().sum::<usize>() as f64 / 7.0;
            if let Some(eye) = confirm(ink, x, y, wide) {
                add(&mut found, eye);
            }
        }
    }
    found.retain(|eye| eye.seen >= 2.0);
    found.sort_by(|a, b| b.seen.total_cmp(&a.seen));
    found.truncate(60);
    found
}

fn in_ratio(lengths: &[usize; 5]) -> bool {
    let sum: usize = lengths.iter().sum();
    if sum < 10 {
        return false;
    }
    let module = sum as f64 / 7.0;
    // Ink that spreads makes dark runs longer and light runs shorter: a pixel or half a module.
    let slack = (module * 0.6).max(1.2);
    lengths
        .iter()
        .zip([1.0, 1.0, 3.0, 1.0, 1.0])
        .all(|(length, share)| {
            (*length as f64 - share * module).abs() < slack * f64::max(1.0, share * 0.6)
        })
}

/// Looks for the same pattern down the column, and along the row through its middle.
fn confirm(ink: &Bits, x: f64, y: usize, wide: f64) -> Option<Eye> {
    let (middle_y, high) = pattern(ink, x as usize, y, true)?;
    let (middle_x, wide_again) = pattern(ink, x as usize, middle_y as usize, false)?;
    let (middle_y, high) =
        pattern(ink, middle_x as usize, middle_y as usize, true).unwrap_or((middle_y, high));
    let wide = (wide + wide_again) / 2.0;
    if high > wide * 2.2 || wide > high * 2.2 {
        return None;
    }
    Some(Eye {
        at: point(middle_x, middle_y),
        module: (wide * high).sqrt(),
        seen: 1.0,
    })
}

/// The pattern along a column or row through a dark pixel: its middle and the size of a module.
fn pattern(ink: &Bits, x: usize, y: usize, down: bool) -> Option<(f64, f64)> {
    let (start, end) = if down {
        (y, ink.height)
    } else {
        (x, ink.width)
    };
    let dark = |at: usize| {
        if down {
            ink.bits[at * ink.width + x]
        } else {
            ink.bits[y * ink.width + at]
        }
    };
    if x >= ink.width || y >= ink.height || !dark(start) {
        return None;
    }
    // Lengths from the middle outwards, to both sides: half the middle, light, dark.
    let count = |mut at: usize, wanted: bool, forward: bool| {
        let from = at;
        loop {
            let next = if forward { at + 1 } else { at.wrapping_sub(1) };
            if next >= end || dark(next) != wanted {
                return (from.abs_diff(at), at, next < end);
            }
            at = next;
        }
    };
    let side = |forward: bool| {
        let (middle, at, more) = count(start, true, forward);
        if !more {
            return None;
        }
        let (light, at, more) = count(at, false, forward);
        if !more {
            return None;
        }
        let (outer, _, _) = count(at, true, forward);
        Some((middle, light, outer))
    };
    let (before, after) = (side(false)?, side(true)?);
    let lengths = [before.2, before.1, before.0 + after.0 + 1, after.1, after.2];
    if !in_ratio(&lengths) {
        return None;
    }
    let left = start - before.0;
    let right = start + after.0 + 1;
    Some((
        (left + right) as f64 / 2.0,
        lengths.iter().sum::<usize>() as f64 / 7.0,
    ))
}

/// Joins what is seen in several rows to one eye.
fn add(found: &mut Vec<Eye>, eye: Eye) {
    for known in found.iter_mut() {
        if known.at.distance(eye.at) < known.module * 2.0
            && eye.module < known.module * 1.6
            && known.module < eye.module * 1.6
        {
            let all = known.seen + 1.0;
            known.at = known
                .at
                .times(known.seen / all)
                .plus(eye.at.times(1.0 / all));
            known.module = (known.module * known.seen + eye.module) / all;
            known.seen = all;
            return;
        }
    }
    if found.len() < 2000 {
        found.push(eye);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(scale: usize, at: usize) -> Bits {
        let (width, height) = (200, 200);
        let mut bits = vec![false; width * height];
        for y in 0..7 * scale {
            for x in 0..7 * scale {
                let (mx, my) = (x / scale, y / scale);
                let ring = mx.min(my).min(6 - mx).min(6 - my);
                bits[(y + at) * width + x + at] = ring != 1;
            }
        }
        Bits {
            width,
            height,
            bits,
        }
    }

    #[test]
    fn an_eye_is_found_in_its_middle() {
        for scale in [2, 3, 5, 11] {
            let found = eyes(&drawn(scale, 40));
            assert_eq!(found.len(), 1, "{scale}");
            let middle = 40.0 + 3.5 * scale as f64;
            assert!(found[0].at.distance(point(middle, middle)) < 0.3);
            assert!((found[0].module - scale as f64).abs() < 0.3);
        }
    }

    #[test]
    fn empty_paper_has_no_eyes() {
        let mut bits = drawn(3, 40);
        bits.bits.fill(false);
        assert!(eyes(&bits).is_empty());
        bits.bits.fill(true);
        assert!(eyes(&bits).is_empty());
    }
}
