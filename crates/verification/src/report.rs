//! The report: what is said, in a form for pages and programs.

use jiff::Timestamp;
use ofd::signatures::Rect;
use pki::{Finding, Outcome, Severity};
use seal::{Step, TimeSource, Version};
use serde::Serialize;

use crate::status::StatusInfo;

/// The answer about one file.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The worst over the container and all stamps.
    pub verdict: Outcome,
    /// The verdict as one Chinese sentence.
    pub sentence: String,
    /// The file's name as the caller gave it.
    pub file: String,
    /// What kind of file it is.
    pub format: Format,
    /// SM3 of the file, hexadecimal.
    pub digest: String,
    /// The moment at which the check was made.
    pub at: Timestamp,
    /// Every finding of every step, in order.
    pub findings: Vec<ReportFinding>,
    /// Steps that concern the file as a whole.
    pub steps: Vec<Step>,
    /// The stamps and signatures, in the file's order.
    pub stamps: Vec<StampReport>,
    /// For a seal file: the seal.
    pub seal: Option<SealReport>,
    /// The document's pages in millimetres, for drawing.
    pub pages: Vec<PageReport>,
}

/// The kinds of files that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// An OFD document.
    Ofd,
    /// A PDF document.
    Pdf,
    /// A seal.
    Seal,
    /// A stamp on its own.
    Stamp,
    /// Signed data on its own.
    SignedData,
    /// None of these.
    Unknown,
}

/// One finding, with where it belongs.
#[derive(Debug, Clone, Serialize)]
pub struct ReportFinding {
    /// Stable code.
    pub code: &'static str,
    /// What this finding alone makes of the verdict.
    pub outcome: Outcome,
    /// How much it matters.
    pub severity: Severity,
    /// A sentence for the reader.
    pub message: String,
    /// What it rests on.
    pub evidence: Vec<(String, String)>,
    /// The stamp's index, or `null` where it concerns the file.
    pub stamp: Option<usize>,
    /// The step in which it was found.
    pub step: &'static str,
}

/// One stamp, or one signature without seal.
#[derive(Debug, Clone, Serialize)]
pub struct StampReport {
    /// Its place in the file, from 0.
    pub index: usize,
    /// `stamp` with a seal, `signature` without, `unreadable`.
    pub kind: StampKind,
    /// Its id as the file has it.
    pub id: String,
    /// The entry of its description.
    pub entry: String,
    /// The worst of its steps and the container's.
    pub verdict: Outcome,
    /// Its verdict as one Chinese sentence.
    pub sentence: String,
    /// The seal.
    pub seal: Option<SealReport>,
    /// When it was stamped.
    pub time: Option<Timestamp>,
    /// Who says so.
    pub time_source: Option<TimeSource>,
    /// The signer's certificate.
    pub signer: Option<CertificateReport>,
    /// The product that made it, as it says itself.
    pub provider: Option<ofd::signatures::Provider>,
    /// SM3 of the signature value, hexadecimal: by this a record of the stamp is found.
    pub signature_digest: Option<String>,
    /// Where its picture is shown.
    pub pages: Vec<Placement>,
    /// What it protects.
    pub coverage: Option<CoverageReport>,
    /// Protected files that are not as they were.
    pub changed: Vec<ChangedFile>,
    /// The seal's registered status.
    pub status: Option<StatusInfo>,
    /// V1–V10.
    pub steps: Vec<Step>,
}

/// What a stamp is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StampKind {
    /// A stamp with a seal.
    Stamp,
    /// A signature without seal (GB/T 35275).
    Signature,
    /// Neither can be read.
    Unreadable,
}

/// A seal.
#[derive(Debug, Clone, Serialize)]
pub struct SealReport {
    /// The seal's name.
    pub name: String,
    /// The seal's code.
    pub code: String,
    /// Which standard it follows.
    pub version: Version,
    /// The kind number as written.
    pub kind: u32,
    /// The maker's product.
    pub vendor: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when it may be used.
    pub valid_from: Timestamp,
    /// Until when it may be used.
    pub valid_to: Timestamp,
    /// Whose seal it is: the signer certificate's organisation or name.
    pub owner: Option<String>,
    /// The maker's certificate.
    pub maker: Option<CertificateReport>,
    /// Width in millimetres, exact where the seal says so.
    pub width_mm: f64,
    /// Height in millimetres.
    pub height_mm: f64,
    /// The picture.
    pub picture: Option<PictureReport>,
    /// SM3 of the seal, hexadecimal.
    pub digest: String,
    /// The outcome of its steps.
    pub outcome: Outcome,
    /// S1–S4, S6.
    pub steps: Vec<Step>,
}

/// A picture, for showing.
#[derive(Debug, Clone, Serialize)]
pub struct PictureReport {
    /// Media type by the picture's first bytes.
    pub mime: &'static str,
    /// The file in Base64.
    pub base64: String,
}

/// A certificate.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateReport {
    /// The holder's name, readable.
    pub subject: String,
    /// The holder's organisation, if named.
    pub organization: Option<String>,
    /// The issuer's name, readable.
    pub issuer: String,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
}

/// A page, for drawing.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PageReport {
    /// Counted from 1.
    pub page: usize,
    /// Width in millimetres.
    pub width_mm: f64,
    /// Height in millimetres.
    pub height_mm: f64,
}

/// Where a stamp's picture is shown.
#[derive(Debug, Clone, Serialize)]
pub struct Placement {
    /// The page, counted from 1; `null` where there is no such page.
    pub page: Option<usize>,
    /// Where the whole picture lies, in millimetres.
    pub boundary: Option<Rect>,
    /// The part of the picture that is shown, in millimetres from the boundary's corner.
    pub clip: Option<Rect>,
}

/// What a stamp protects.
#[derive(Debug, Clone, Serialize)]
pub struct CoverageReport {
    /// How many files it protects.
    pub protected_count: usize,
    /// Files that it protects; this list and those below end after 2,000.
    pub protected: Vec<String>,
    /// Parts of the document that it does not protect.
    pub uncovered: Vec<UncoveredFile>,
    /// Files that no part of the document refers to and that it does not protect.
    pub unreferenced: Vec<String>,
    /// Files of other signatures that it does not protect.
    pub other_signatures: Vec<String>,
    /// Whether it forbids further stamps.
    pub closed: bool,
}

/// A part without protection.
#[derive(Debug, Clone, Serialize)]
pub struct UncoveredFile {
    /// The entry.
    pub entry: String,
    /// What it is for, in Chinese.
    pub part: &'static str,
    /// Whether it can change what is seen on the pages.
    pub rendered: bool,
    /// The page whose content it is, counted from 1.
    pub page: Option<usize>,
}

/// A protected file that is not as it was.
#[derive(Debug, Clone, Serialize)]
pub struct ChangedFile {
    /// The entry, or the location where there is no such file.
    pub entry: String,
    /// What it is for, in Chinese.
    pub part: Option<&'static str>,
    /// The page whose content it is, counted from 1.
    pub page: Option<usize>,
    /// What is the matter (`digest_wrong`, `file_missing`, …).
    pub code: &'static str,
}

impl ReportFinding {
    pub(crate) fn of(finding: &Finding, stamp: Option<usize>, step: &'static str) -> ReportFinding {
        ReportFinding {
            code: finding.code,
            outcome: finding.outcome,
            severity: finding.severity,
            message: finding.message.clone(),
            evidence: finding.evidence.clone(),
            stamp,
            step,
        }
    }
}

impl Report {
    /// Whether some finding has this code.
    pub fn has(&self, code: &str) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }

    /// The findings of all steps, the seal's before the stamp's.
    pub(crate) fn collect(&mut self) {
        let of = |steps: &[Step], stamp: Option<usize>| -> Vec<ReportFinding> {
            let pairs = steps
                .iter()
                .flat_map(|step| step.findings.iter().map(move |f| (f, step.id)));
            pairs
                .map(|(finding, step)| ReportFinding::of(finding, stamp, step))
                .collect()
        };
        let mut findings = of(&self.steps, None);
        if let Some(seal) = &self.seal {
            findings.extend(of(&seal.steps, None));
        }
        for stamp in &self.stamps {
            if let Some(seal) = &stamp.seal {
                findings.extend(of(&seal.steps, Some(stamp.index)));
            }
            // V4 repeats the seal's steps for the reader of the stamp; the list has each finding once.
            let own = stamp
                .steps
                .iter()
                .filter(|step| stamp.seal.is_none() || step.id != "V4");
            for step in own {
                findings.extend(of(std::slice::from_ref(step), Some(stamp.index)));
            }
        }
        self.findings = findings;
    }
}
