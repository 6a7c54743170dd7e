#![doc = include_str!("../README.md")]

pub mod assets;
pub mod pages;
pub mod views;
