#![doc = include_str!("../README.md")]

pub mod blank;
pub mod capture;
pub mod case;
pub mod chain;
pub mod chance;
mod cmyk;
pub mod encode;
pub mod figures;
mod geometry;
mod glyph;
pub mod hostile;
mod light;
pub mod names;
mod optics;
pub mod overlap;
pub mod picture;
pub mod press;
pub mod report;
pub mod run;
pub mod score;
pub mod seal;
