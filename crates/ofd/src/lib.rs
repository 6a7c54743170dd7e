#![doc = include_str!("../README.md")]

pub mod document;
mod error;
mod location;
pub mod package;
pub mod render;
pub mod signatures;
pub mod stamp;
mod xml;

pub use document::Ofd;
pub use error::{EntryProblem, Error, StampRefusal, XmlProblem};
