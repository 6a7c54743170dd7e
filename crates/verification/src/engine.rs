//! Recognising a file and putting its report together.

use pki::cms::SignedData;
use pki::{Finding, Outcome, TrustStore};
use seal::{Seal, Stamp, Step, is_signed_data};

use crate::options::Options;
use crate::report::{Format, Report};
use crate::{document, sentence, single};

/// Verifies one file.
///
/// `name` is the file's name for the report; it decides nothing but whether bytes that cannot be read claim to be a
/// seal. The trust is the caller's; the moment and the sources of status are in `options`.
pub fn verify(input: &[u8], name: &str, trust: &TrustStore, options: &Options<'_>) -> Report {
    let mut report = Report {
        verdict: Outcome::Undetermined,
        sentence: String::new(),
        file: name.to_owned(),
        format: Format::Unknown,
        digest: hex::encode(gm::sm3(input)),
        at: options.at,
        findings: Vec::new(),
        steps: Vec::new(),
        stamps: Vec::new(),
        seal: None,
        pages: Vec::new(),
    };
    let context = seal::Context {
        trust,
        at: options.at,
        revocation: options.revocation,
        limits: options.seal_limits,
        pictures: options.pictures,
    };
    match recognise(input, name, &options.seal_limits) {
        Input::Zip => document::verify(input, &context, options, &mut report),
        Input::Seal(seal) => single::verify_seal(&seal, &context, options, &mut report),
        Input::BrokenSeal(error) => single::unreadable_seal(&error, &mut report),
        Input::Stamp(stamp) => single::verify_stamp(&stamp, &context, options, &mut report),
        Input::SignedData(signed) => single::verify_signed_data(&signed, &context, &mut report),
        Input::Pdf => {
            report.format = Format::Pdf;
            report.steps.push(said(
                "pdf_not_supported",
                "本平台目前还不能验证 PDF 文件中的电子印章",
            ));
        }
        Input::Unknown => {
            report.steps.push(said(
                "format_unknown",
                "不是 OFD 文件，也不是电子印章，无法验证",
            ));
        }
    }
    report.collect();
    report.verdict = overall(&report);
    report.sentence = sentence::of_report(&report);
    report
}

/// What a file is by its bytes.
enum Input {
    Zip,
    Pdf,
    Seal(Box<Seal>),
    BrokenSeal(seal::FormatError),
    Stamp(Box<Stamp>),
    SignedData(Box<SignedData>),
    Unknown,
}

fn recognise(input: &[u8], name: &str, limits: &seal::Limits) -> Input {
    let head = &input[..input.len().min(1024)];
    if head.windows(5).any(|w| w == b"%PDF-") {
        return Input::Pdf;
    }
    if input.starts_with(b"PK") {
        return Input::Zip;
    }
    if input.first() == Some(&0x30) {
        if let Ok(stamp) = Stamp::parse_within(input, limits) {
            return Input::Stamp(Box::new(stamp));
        }
        if is_signed_data(input)
            && let Ok(signed) = SignedData::from_der(input)
        {
            return Input::SignedData(Box::new(signed));
        }
        match Seal::parse_within(input, limits) {
            Ok(seal) => return Input::Seal(Box::new(seal)),
            Err(error) if is_seal_name(name) => return Input::BrokenSeal(error),
            Err(_) => {}
        }
    }
    if is_seal_name(name) {
        let error = Seal::parse_within(input, limits).err();
        return error.map_or(Input::Unknown, Input::BrokenSeal);
    }
    // A ZIP container may have bytes before it; the end record decides.
    let tail = &input[input.len().saturating_sub(66_000)..];
    if tail.windows(4).any(|w| w == b"PK\x05\x06") {
        Input::Zip
    } else {
        Input::Unknown
    }
}

fn is_seal_name(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("esl"))
}

/// A step for what is said of the file as a whole and cannot be known.
fn said(code: &'static str, message: &str) -> Step {
    Step::new("V9", "文件", vec![Finding::undetermined(code, message)])
}

/// The worst over everything. A report without any stamp or seal is never valid.
fn overall(report: &Report) -> Outcome {
    let steps = report
        .steps
        .iter()
        .fold(Outcome::Valid, |worst, step| worst.worst(step.outcome));
    let stamps = report
        .stamps
        .iter()
        .fold(steps, |worst, stamp| worst.worst(stamp.verdict));
    let all = report
        .seal
        .iter()
        .fold(stamps, |worst, seal| worst.worst(seal.outcome));
    if report.stamps.is_empty() && report.seal.is_none() {
        return all.worst(Outcome::Undetermined);
    }
    all
}
