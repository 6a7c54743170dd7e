#![doc = include_str!("../README.md")]

mod error;
mod open;
mod place;
mod print;
mod remark;
mod sheet;
mod straighten;

pub use error::ScanError;
pub use open::{Format, Limits, PagePicture, Upload, open};
pub use place::{Area, Place, SHEET_HEIGHT_MM, SHEET_WIDTH_MM};
pub use print::{Print, likeness};
pub use remark::Remark;
pub use sheet::Sheet;
pub use straighten::{How, Straightened, straighten};
