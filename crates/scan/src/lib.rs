#![doc = include_str!("../README.md")]

mod blobs;
#[cfg(test)]
mod drawn;
mod edges;
mod error;
mod eyes;
mod find;
mod geometry;
mod grey;
mod layout;
mod marks;
mod open;
mod place;
mod print;
mod qr;
mod quality;
mod remark;
mod scale;
mod sheet;
mod straighten;
mod warp;

pub use error::ScanError;
pub use open::{Format, Limits, PagePicture, Upload, open};
pub use place::{Area, Place, SHEET_HEIGHT_MM, SHEET_WIDTH_MM};
pub use print::{Print, likeness};
pub use remark::Remark;
pub use sheet::Sheet;
pub use straighten::{Glance, How, Straightened, glance, straighten};
