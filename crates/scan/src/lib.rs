#![doc = include_str!("../README.md")]

mod blobs;
#[cfg(test)]
mod drawn;
mod edges;
mod error;
mod eyes;
mod find;
mod flat;
mod flatten;
pub mod form;
mod geometry;
mod grey;
#[cfg(feature = "pdf")]
mod inflate;
mod layout;
mod marks;
mod open;
#[cfg(feature = "pdf")]
mod pdf;
mod place;
mod print;
mod qr;
mod quality;
mod remark;
mod resolution;
mod scale;
mod sheet;
mod straighten;
mod tiffs;
mod warp;

pub use error::ScanError;
pub use open::{Format, Limits, PagePicture, Upload, open};
pub use place::{Area, Place, SHEET_HEIGHT_MM, SHEET_WIDTH_MM};
pub use print::{LIKELY, Print, is_upside_down, likeness};
pub use remark::Remark;
pub use sheet::Sheet;
pub use straighten::{Glance, How, Straightened, glance, straighten};
