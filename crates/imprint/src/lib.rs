#![doc = include_str!("../README.md")]

mod clean;
mod cut;
mod decode;
mod draw;
mod ellipse;
mod error;
mod finding;
mod frame;
mod glyphs;
mod likeness;
mod outline;
mod paper;
mod picture;
mod pieces;
mod plane;
mod png;
mod polar;
mod quality;
mod raster;
mod rectangle;
mod remark;
mod resample;
#[cfg(test)]
mod scene;
mod separation;
mod star;
mod upright;
mod vector;

pub use clean::{Crop, Declared, Imprint, Ink, clean};
pub use cut::{Cut, CutError, CutImprint, Dpi, InkColour, InkName, Millimetres, Tone, cut};
pub use decode::{PictureFormat, PictureLimits, Source, decode_picture, inspect, measure_picture};
pub use draw::RoundSeal;
pub use error::ImprintError;
pub use finding::Finding;
pub use likeness::Likeness;
pub use outline::Shape;
pub use quality::Quality;
pub use remark::{Remark, Sector};
