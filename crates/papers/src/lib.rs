#![doc = include_str!("../README.md")]

mod letter;
mod mark;
mod places;
pub mod sheets;
mod templates;
mod typesetter;
mod world;

pub use letter::WordLetters;
pub use sheets::Workbooks;
pub use typesetter::Typesetter;
