#![doc = include_str!("../README.md")]

mod mark;
pub mod sheets;
mod templates;
mod typesetter;
mod world;

pub use sheets::Workbooks;
pub use typesetter::Typesetter;
