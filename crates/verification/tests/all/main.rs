//! The tests of this crate, in one program.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests fail loudly and skip visibly"
)]

mod common;
mod dishonest;
mod flips;
mod interop;
mod made_here;
