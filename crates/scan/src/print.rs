use image::RgbImage;

use crate::{Place, Sheet};

/// A page as the platform prints it.
#[derive(Debug, Clone)]
pub struct Print {
    /// The picture of the page, upright (from the PDF).
    pub picture: RgbImage,
    /// Its resolution in pixels per mm.
    pub px_per_mm: f32,
    /// Where things stand on it.
    pub places: Vec<Place>,
}

/// How like each candidate print a sheet is, from 0 (nothing in common) to 1 (the same page), in the candidates' order.
/// For pages whose code cannot be read.
#[must_use]
pub fn likeness(_sheet: &Sheet, prints: &[Print]) -> Vec<f32> {
    vec![0.0; prints.len()]
}
