//! One file per command.

pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod ledger;
pub(crate) mod serve;
pub(crate) mod verify;
