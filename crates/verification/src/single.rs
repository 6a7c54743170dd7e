//! Seal files, stamps and signed data that stand on their own.

use pki::cms::SignedData;
use seal::{
    Context, FormatError, Outside, Seal, SealCheck, Stamp, StampCheck, check_seal,
    check_signed_data, check_stamp,
};

use crate::describe::{describe_certificate, describe_seal};
use crate::options::Options;
use crate::report::{Format, Report, StampKind, StampReport};
use crate::sentence;
use crate::status::check_status;

/// A seal file: the reference time is the moment of the check.
pub(crate) fn verify_seal(
    seal: &Seal,
    context: &Context<'_>,
    options: &Options<'_>,
    report: &mut Report,
) {
    report.format = Format::Seal;
    let mut check = check_seal(seal, context.at, None, context);
    let (step, _) = check_status(seal, None, context.at, context.at, options.status);
    check.outcome = check.outcome.worst(step.outcome);
    check.steps.push(step);
    report.seal = Some(describe_seal(seal, &check, None));
}

/// A file that claims by its name to be a seal.
pub(crate) fn unreadable_seal(error: &FormatError, report: &mut Report) {
    report.format = Format::Seal;
    report.steps = SealCheck::unreadable(error).steps;
}

/// A stamp without its document.
pub(crate) fn verify_stamp(
    stamp: &Stamp,
    context: &Context<'_>,
    options: &Options<'_>,
    report: &mut Report,
) {
    report.format = Format::Stamp;
    let digest = gm::sm3(&stamp.signature);
    let recorded = options
        .status
        .and_then(|source| source.recorded_stamp(&digest));
    let outside = Outside {
        recorded,
        ..Outside::default()
    };
    let check = check_stamp(stamp, &outside, context);
    let mut single = stamp_report(StampKind::Stamp, &check, Some(&digest));
    single.seal = check
        .seal
        .as_ref()
        .map(|seal| describe_seal(&stamp.seal, seal, check.signer.as_ref()));
    let serial = check.signer.as_ref().map(pki::Certificate::serial_hex);
    let then = check.time.map_or(context.at, |time| time.at);
    let (step, status) = check_status(
        &stamp.seal,
        serial.as_deref(),
        then,
        context.at,
        options.status,
    );
    single.verdict = single.verdict.worst(step.outcome);
    single.steps.push(step);
    single.status = Some(status);
    single.sentence = sentence::of_stamp(&single);
    report.stamps.push(single);
}

/// Signed data without what it signs: recognised, its value checked, nothing compared.
pub(crate) fn verify_signed_data(signed: &SignedData, context: &Context<'_>, report: &mut Report) {
    report.format = Format::SignedData;
    let check = check_signed_data(signed, None, None, &Outside::default(), context);
    let mut single = stamp_report(StampKind::Signature, &check, None);
    single.sentence = sentence::of_stamp(&single);
    report.stamps.push(single);
}

/// What a check says, before the document's side is added.
pub(crate) fn stamp_report(
    kind: StampKind,
    check: &StampCheck,
    digest: Option<&[u8; 32]>,
) -> StampReport {
    StampReport {
        index: 0,
        kind,
        id: String::new(),
        entry: String::new(),
        verdict: check.outcome,
        sentence: String::new(),
        seal: None,
        time: check.time.map(|time| time.at),
        time_source: check.time.map(|time| time.source),
        signer: check.signer.as_ref().map(describe_certificate),
        provider: None,
        signature_digest: digest.map(hex::encode),
        pages: Vec::new(),
        coverage: None,
        changed: Vec::new(),
        status: None,
        steps: check.steps.clone(),
    }
}
