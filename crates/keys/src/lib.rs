#![doc = include_str!("../README.md")]

mod error;
mod folder;
mod master;
mod pin;
mod record;
mod vault;

pub use error::VaultError;
pub use master::MasterKey;
pub use vault::Vault;
