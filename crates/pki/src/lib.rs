#![doc = include_str!("../README.md")]

mod asn1;
pub mod certificate;
pub mod chain;
pub mod cms;
pub mod crl;
mod error;
pub mod extension;
mod lint;
pub mod name;
mod path;
pub mod pem;
pub mod profile;
pub mod report;
pub mod request;
mod revocation;
pub mod timestamp;
pub mod trust;
mod usage;

pub use certificate::Certificate;
pub use chain::{Anchor, ChainReport, ChainRequest, Purpose, RevocationPolicy, check_chain};
pub use crl::Crl;
pub use error::Error;
pub use extension::KeyUsage;
pub use name::Name;
pub use report::{Finding, Outcome, Severity};
pub use request::{CertificateRequest, RequestProblem};
pub use trust::TrustStore;
