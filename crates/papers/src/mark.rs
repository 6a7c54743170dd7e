//! The QR code of a page, as a small grey picture: one point per module.

use platform::ports::papers::PaperMark;
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

/// White modules around the code, as its standard asks for.
const QUIET: usize = 4;

/// The picture of a mark.
#[derive(Debug, Serialize)]
pub(crate) struct MarkPicture {
    /// What it says.
    text: String,
    /// Points on a side.
    side: usize,
    /// 0 for black, 255 for white, line by line.
    pixels: Vec<u8>,
}

impl MarkPicture {
    /// Draws a mark.
    pub(crate) fn of(mark: PaperMark) -> Result<Self, qrcode::types::QrError> {
        let text = mark.to_string();
        let code = QrCode::with_error_correction_level(&text, EcLevel::M)?;
        let inner = code.width();
        let side = inner + 2 * QUIET;
        let mut pixels = vec![255; side * side];
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                pixels[(at / inner + QUIET) * side + at % inner + QUIET] = 0;
            }
        }
        Ok(Self { text, side, pixels })
    }
}
