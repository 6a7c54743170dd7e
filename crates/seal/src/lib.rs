#![doc = include_str!("../README.md")]

mod asn1;
mod check_seal;
mod check_signed_data;
mod check_stamp;
mod error;
mod extension;
mod header;
mod limits;
mod lint;
mod make_seal;
mod make_stamp;
mod picture;
mod property;
mod seal;
mod stamp;
mod step;
mod time;
mod value;

pub use check_seal::{Context, SealCheck, check_seal};
pub use check_signed_data::{check_signed_data, is_signed_data};
pub use check_stamp::{Outside, StampCheck, StampTime, TimeSource, check_stamp};
pub use error::FormatError;
pub use extension::{EXACT_SIZE_OID, Extension};
pub use header::{Header, Version};
pub use limits::Limits;
pub use lint::is_sm3;
pub use make_seal::{SealInfo, assemble_seal};
pub use make_stamp::{StampInfo, assemble_stamp};
pub use picture::{Picture, PictureCache, PictureFormat, PictureProblem, Pixels};
pub use property::{CertificateDigest, CertificateList, Property};
pub use seal::Seal;
pub use stamp::{Stamp, TimeInfo};
pub use step::Step;
pub use time::parse_time_text;
