//! One file per command.

pub(crate) mod account;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod inspect;
pub(crate) mod ledger;
pub(crate) mod serve;
pub(crate) mod stamp;
pub(crate) mod verify;
