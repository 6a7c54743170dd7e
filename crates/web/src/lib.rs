#![doc = include_str!("../README.md")]

mod api;
mod app;
pub mod assets;
mod beijing;
mod form;
mod listing;
pub mod pages;
mod problem;
mod session;
mod uploads;
pub mod views;

pub use app::{WebSettings, router};
