//! What is printed where, by which a page is measured.

use crate::geometry::{Pair, Point, point};
use crate::qr::Code;

/// A kind of page: its size and the square of its code with the quiet zone, in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) code_x: f64,
    pub(crate) code_y: f64,
    pub(crate) code_side: f64,
}

/// The application form.
pub(crate) const FORM: Layout = Layout {
    width: 210.0,
    height: 297.0,
    code_x: 172.0,
    code_y: 12.0,
    code_side: 22.0,
};

/// All other papers.
pub(crate) const PAPER: Layout = Layout {
    width: 210.0,
    height: 297.0,
    code_x: 187.0,
    code_y: 274.0,
    code_side: 15.0,
};

/// A paper across the sheet.
pub(crate) const ACROSS: Layout = Layout {
    width: 297.0,
    height: 210.0,
    code_x: 274.0,
    code_y: 187.0,
    code_side: 15.0,
};

/// Modules of quiet zone on each side of a code.
const QUIET: f64 = 4.0;

impl Layout {
    /// The corners of the sheet: top left, top right, bottom right, bottom left.
    pub(crate) fn corners(&self) -> [Point; 4] {
        [
            point(0.0, 0.0),
            point(self.width, 0.0),
            point(self.width, self.height),
            point(0.0, self.height),
        ]
    }

    /// The corners of the code's square.
    pub(crate) fn code_corners(&self) -> [Point; 4] {
        [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| {
            point(
                self.code_x + x * self.code_side,
                self.code_y + y * self.code_side,
            )
        })
    }

    /// The middle of the code.
    pub(crate) fn code_middle(&self) -> Point {
        point(
            self.code_x + self.code_side / 2.0,
            self.code_y + self.code_side / 2.0,
        )
    }

    /// A module of the code on the sheet in mm.
    pub(crate) fn of_module(&self, modules: usize, at: Point) -> Point {
        let size = self.code_side / (modules as f64 + 2.0 * QUIET);
        point(
            self.code_x + (at.x + QUIET) * size,
            self.code_y + (at.y + QUIET) * size,
        )
    }

    /// The eyes of a code that was read, on the sheet and in the picture.
    pub(crate) fn anchors(&self, code: &Code, weight: f64) -> Vec<Pair> {
        code.anchors()
            .iter()
            .map(|(module, pixel)| (self.of_module(code.side, *module), *pixel, weight))
            .collect()
    }
}
