#![doc = include_str!("../README.md")]

mod bounds;
mod clean;
mod decode;
mod draw;
mod error;
mod finding;
mod glyphs;
mod ink;
mod png;
mod raster;
mod resample;

pub use clean::{Crop, Declared, Imprint, Ink, clean};
pub use decode::{PictureFormat, Source, inspect};
pub use draw::RoundSeal;
pub use error::ImprintError;
pub use finding::Finding;
