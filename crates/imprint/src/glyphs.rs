//! Outlines of the characters that demonstration seals use (Noto Serif CJK SC Bold, SIL Open Font License).

use crate::ImprintError;

/// Units per em of the outlines; y points up, the origin is the left end of the baseline.
pub(crate) const EM: f64 = 500.0;
/// The middle of a full-width character's box: half an em across, and this far above the baseline.
pub(crate) const MIDDLE: (f64, f64) = (250.0, 190.0);

/// The closed lines of a character, curves cut into short straight pieces.
pub(crate) fn outline(character: char) -> Result<Vec<Vec<(f64, f64)>>, ImprintError> {
    OUTLINES
        .lines()
        .find_map(|line| line.strip_prefix(character))
        .map(flatten)
        .ok_or(ImprintError::NoOutline(character))
}

const OUTLINES: &str = include_str!("../glyphs/outlines.txt");

/// Straight pieces per curve.
const PIECES: u32 = 6;

fn flatten(path: &str) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut at = (0.0, 0.0);
    for part in path
        .split_inclusive(|c: char| c.is_ascii_alphabetic())
        .collect::<Vec<_>>()
        .windows(2)
    {
        // `split_inclusive` leaves each command at the end of the part before its numbers.
        let command = part[0].chars().next_back();
        let numbers = part[1].trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let points: Vec<(f64, f64)> = numbers
            .split_ascii_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect::<Vec<f64>>()
            .chunks_exact(2)
            .map(|step| {
                at = (at.0 + step[0], at.1 + step[1]);
                at
            })
            .collect();
        match (command, lines.last_mut()) {
            (Some('m'), _) => lines.push(points),
            (Some('l'), Some(line)) => line.extend(points),
            (Some('c'), Some(line)) => {
                let (Some(&from), [a, b, to]) = (line.last(), &points[..]) else {
                    continue;
                };
                line.extend((1..=PIECES).map(|i| {
                    let t = f64::from(i) / f64::from(PIECES);
                    bezier([from, *a, *b, *to], t)
                }));
            }
            _ => {}
        }
    }
    lines
}

fn bezier(points: [(f64, f64); 4], t: f64) -> (f64, f64) {
    let u = 1.0 - t;
    let weights = [u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t];
    let sum = |of: fn((f64, f64)) -> f64| {
        points
            .into_iter()
            .zip(weights)
            .map(|(p, w)| of(p) * w)
            .sum()
    };
    (sum(|p| p.0), sum(|p| p.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_an_outline_inside_its_box() {
        for character in OUTLINES.lines().filter_map(|line| line.chars().next()) {
            let lines = outline(character).unwrap();
            assert!(!lines.is_empty());
            for (x, y) in lines.into_iter().flatten() {
                assert!((-20.0..=520.0).contains(&x), "{character}: {x}");
                assert!((-80.0..=460.0).contains(&y), "{character}: {y}");
            }
        }
    }

    #[test]
    fn a_character_that_is_not_there_is_named() {
        assert_eq!(outline('䶮'), Err(ImprintError::NoOutline('䶮')));
    }
}
