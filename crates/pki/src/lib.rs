#![doc = include_str!("../README.md")]

mod asn1;
pub mod certificate;
mod error;
pub mod extension;
pub mod name;
pub mod pem;
pub mod report;

pub use certificate::Certificate;
pub use error::Error;
pub use extension::KeyUsage;
pub use name::Name;
pub use report::{Finding, Outcome, Severity};
