#![doc = include_str!("../README.md")]

mod embedded;
mod error;
mod founding;
mod record;

pub use embedded::{Embedded, Settings};
pub use error::OpenError;
