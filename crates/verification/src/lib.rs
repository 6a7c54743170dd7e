#![doc = include_str!("../README.md")]

mod container;
mod content;
mod coverage;
mod describe;
mod document;
mod engine;
mod options;
mod parts;
mod report;
mod sentence;
mod single;
mod status;
mod words;

pub use engine::verify;
pub use options::Options;
pub use report::{
    CertificateReport, ChangedFile, CoverageReport, Format, PageReport, PictureReport, Placement,
    Report, ReportFinding, SealReport, StampKind, StampReport, UncoveredFile,
};
pub use status::{SealQuery, SealState, SealStatus, SealStatusSource, StatusInfo};
