//! Matrices, boxes, and numbers as SVG has them.

use roxmltree::Node;

use crate::xml;

/// A transformation `x' = a·x + c·y + e`, `y' = b·x + d·y + f`, as in CTM and in SVG.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) fn translation(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(super) fn scale(x: f64, y: f64) -> Self {
        Self([x, 0.0, 0.0, y, 0.0, 0.0])
    }

    /// The `CTM` attribute, if it is there and usable.
    pub(super) fn of(node: Node<'_, '_>) -> Option<Self> {
        let numbers = xml::numbers(xml::attribute(node, "CTM")?)?;
        numbers.try_into().ok().map(Self)
    }

    /// First `self`, then `outer`.
    pub(super) fn then(self, outer: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [p, q, r, s, t, u] = outer.0;
        Self([
            a * p + b * r,
            a * q + b * s,
            c * p + d * r,
            c * q + d * s,
            e * p + f * r + t,
            e * q + f * s + u,
        ])
    }

    pub(super) fn apply(self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// ` transform="…"`, or nothing for the identity.
    pub(super) fn attribute(self) -> String {
        if self == Self::IDENTITY {
            return String::new();
        }
        format!(" transform=\"{}\"", self.text())
    }

    pub(super) fn text(self) -> String {
        let [a, b, c, d, e, f] = self.0;
        if [a, b, c, d] == [1.0, 0.0, 0.0, 1.0] {
            return format!("translate({} {})", number(e), number(f));
        }
        format!("matrix({})", self.0.map(fine_number).join(" "))
    }
}

/// A box in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Bounds {
    /// The `Boundary` attribute; sizes may be zero or negative in real files.
    pub(super) fn of(node: Node<'_, '_>) -> Option<Self> {
        match xml::numbers(xml::attribute(node, "Boundary")?)?[..] {
            [x, y, width, height] => Some(Self {
                x,
                y,
                width,
                height,
            }),
            _ => None,
        }
    }

    /// Whether all points lie inside `0 0 width height` but for `slack`.
    pub(super) fn holds(self, points: &[(f64, f64)], slack: f64) -> bool {
        points.iter().all(|(x, y)| {
            (-slack..=self.width + slack).contains(x) && (-slack..=self.height + slack).contains(y)
        })
    }
}

/// A number for SVG: a ten-thousandth of a mm is finer than any printer.
pub(super) fn number(value: f64) -> String {
    trimmed(format!("{:.4}", bounded(value)))
}

/// A number for matrices, whose small values are multiplied by large ones.
pub(super) fn fine_number(value: f64) -> String {
    trimmed(format!("{:.8}", bounded(value)))
}

fn bounded(value: f64) -> f64 {
    if value.is_finite() {
        value.clamp(-1e9, 1e9)
    } else {
        0.0
    }
}

fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    if text == "-0" { "0".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transformations_are_joined_in_order() {
        let moved_then_scaled = Matrix::translation(1.0, 2.0).then(Matrix::scale(10.0, 10.0));
        assert_eq!(moved_then_scaled.apply((0.0, 0.0)), (10.0, 20.0));
        let scaled_then_moved = Matrix::scale(10.0, 10.0).then(Matrix::translation(1.0, 2.0));
        assert_eq!(scaled_then_moved.apply((1.0, 1.0)), (11.0, 12.0));
    }

    #[test]
    fn numbers_are_short_and_finite() {
        assert_eq!(number(1.5), "1.5");
        assert_eq!(number(-0.000_01), "0");
        assert_eq!(number(f64::NAN), "0");
        assert_eq!(number(1e300), "1000000000");
        assert_eq!(number(100.0), "100");
    }
}
