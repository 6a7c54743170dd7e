use serde::{Deserialize, Serialize};

/// Width of the upright A4 sheet in mm.
pub const SHEET_WIDTH_MM: f32 = 210.0;
/// Height of the upright A4 sheet in mm.
pub const SHEET_HEIGHT_MM: f32 = 297.0;

/// A rectangle on a paper, in mm from the top left corner of the upright sheet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Distance of the left edge from the sheet's left edge in mm.
    pub x: f32,
    /// Distance of the top edge from the sheet's top edge in mm.
    pub y: f32,
    /// Width in mm.
    pub width: f32,
    /// Height in mm.
    pub height: f32,
}

impl Area {
    /// The whole sheet.
    pub const SHEET: Self = Self {
        x: 0.0,
        y: 0.0,
        width: SHEET_WIDTH_MM,
        height: SHEET_HEIGHT_MM,
    };

    /// The area with a margin of so many mm on all four sides (a negative margin makes it smaller).
    #[must_use]
    pub fn grown(self, margin_mm: f32) -> Self {
        Self {
            x: self.x - margin_mm,
            y: self.y - margin_mm,
            width: (self.width + 2.0 * margin_mm).max(0.0),
            height: (self.height + 2.0 * margin_mm).max(0.0),
        }
    }

    /// Whether a point (mm) lies inside or on the edge.
    #[must_use]
    pub fn contains(&self, x: f32, y: f32) -> bool {
        (self.x..=self.x + self.width).contains(&x) && (self.y..=self.y + self.height).contains(&y)
    }
}

/// A named place on a printed page, e.g. `imprint-frame`, `unit-stamp`, `agent-signature`, `field:applicant.name`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The page of the paper, from 1.
    pub page: u32,
    /// The stable name.
    pub name: String,
    /// Where it stands.
    pub area: Area,
}
