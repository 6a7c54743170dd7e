//! The program as people run it: exit codes, what it prints, what it leaves.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod account;
mod demo;
mod inspect;
mod run;
mod serve;
mod stamp;
mod verify;
