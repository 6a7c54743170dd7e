#![doc = include_str!("../README.md")]

mod answer;
mod ffi;

pub use answer::{Examined, Frame, Imprint, Saying, examine, frame};
