#![doc = include_str!("../README.md")]

pub mod sheets;

pub use sheets::Workbooks;
