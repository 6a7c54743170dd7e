#![doc = include_str!("../README.md")]
// Tests may stop with a panic at the first thing that is not as it should be; that is what this crate is for.
#![expect(clippy::unwrap_used, reason = "only tests use this crate")]
#![expect(clippy::missing_panics_doc, reason = "only tests use this crate")]

mod app;
mod clock;
mod database;
mod document;
mod faults;
mod journey;
mod kinds;
mod outside;
mod printed;
mod returned;

pub use app::TestApp;
pub use clock::TestClock;
pub use document::{ofd, ofd_without_pages, plain_zip};
pub use faults::Faults;
pub use journey::{DIAMETER_MM, Filed, PIN, Stamped, code, scan};
pub use kinds::{Wish, another_scan, device_request, device_request_with};
pub use outside::{MailServer, SmsGateway};
pub use printed::Printed;
pub use returned::Sheet;
