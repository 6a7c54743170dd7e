//! What the tests of this crate share: the sample files, the trust beside them, and sentences about findings.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pki::{Outcome, RevocationPolicy, TrustStore};
use verification::{Options, Report, verify};

/// The moment for which the samples' README gives its verdicts.
pub(crate) const THEN: &str = "2021-06-01T00:00:00Z";
/// After all certificates of the samples have expired.
pub(crate) const LATER: &str = "2026-11-22T12:00:00Z";

/// Where the samples are; `None`, said aloud, where they are not.
pub(crate) fn interop() -> Option<PathBuf> {
    let root = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/interop"
    ));
    if root.is_dir() {
        return Some(root.to_owned());
    }
    eprintln!("skipped: ../shared/interop is not there");
    None
}

/// One sample.
pub(crate) fn sample(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(interop()?.join(name)).unwrap())
}

/// The trust of the README: everything in `trust/`.
pub(crate) fn trust() -> TrustStore {
    let Some(root) = interop() else {
        return TrustStore::new();
    };
    let files = std::fs::read_dir(root.join("trust")).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.display().to_string(), std::fs::read(path).unwrap())
    });
    TrustStore::load(files)
}

/// Verifies at a moment; the caller says that unchecked revocation may pass.
pub(crate) fn verify_at(bytes: &[u8], name: &str, trust: &TrustStore, at: &str) -> Report {
    let at: Timestamp = at.parse().unwrap();
    verify(
        bytes,
        name,
        trust,
        &Options::at(at).revocation(RevocationPolicy::AllowUnchecked),
    )
}

/// The outcomes of the stamps, in order.
pub(crate) fn verdicts(report: &Report) -> Vec<Outcome> {
    report.stamps.iter().map(|stamp| stamp.verdict).collect()
}

/// A short text for failing tests.
pub(crate) fn told(report: &Report) -> String {
    let findings: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.outcome != Outcome::Valid)
        .map(|finding| format!("{} {:?} {}", finding.code, finding.stamp, finding.message))
        .collect();
    format!(
        "{:?} {} [{}]",
        report.verdict,
        report.sentence,
        findings.join("; ")
    )
}
