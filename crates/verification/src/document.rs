//! OFD documents: every stamp and signature in them, and the document around them.

use ofd::document::Ofd;
use ofd::signatures::{Digests, Overlay, SignatureFile, SignatureKind, Signatures, overlays, read};
use pki::cms::SignedData;
use pki::{Certificate, Finding, Outcome};
use seal::{
    Context, Outside, Stamp, StampCheck, Step, check_signed_data, check_stamp, is_signed_data,
    parse_time_text,
};

use crate::container::{check_container, unreadable};
use crate::content::check_content;
use crate::coverage::check_coverage;
use crate::describe::describe_seal;
use crate::options::Options;
use crate::parts::Parts;
use crate::report::{Format, PageReport, Placement, Report, StampKind, StampReport};
use crate::sentence;
use crate::single::stamp_report;
use crate::status::check_status;

/// A picture that lies over more of a page than this is no ordinary seal (which has about 0.03 of an A4 page).
const LARGE_SHARE: f64 = 0.2;
/// A stamp that covers more than this of another's picture hides it.
const HIDING_SHARE: f64 = 0.5;
/// Stamps and signatures that are verified in one file; more than any lawful file has.
const SIGNATURES: usize = 500;
/// Pages that are described for drawing.
const PAGES: usize = 2000;

/// Verifies a ZIP container that should be an OFD document.
pub(crate) fn verify(
    input: &[u8],
    context: &Context<'_>,
    options: &Options<'_>,
    report: &mut Report,
) {
    let ofd = match Ofd::open(input, options.document_limits) {
        Ok(ofd) => ofd,
        Err(error) => {
            report
                .steps
                .push(Step::new("V9", "文件结构", vec![unreadable(&error)]));
            return;
        }
    };
    report.format = Format::Ofd;
    report.pages = pages(&ofd);
    let signatures = read(&ofd);
    let mut container = check_container(&ofd, &signatures);
    if signatures.files.len() > SIGNATURES {
        let message = format!("文件中的签章多于 {SIGNATURES} 个，其余的没有验证");
        let finding = Finding::undetermined("too_many_signatures", message);
        container
            .findings
            .push(finding.with("签章数", signatures.files.len().to_string()));
        container.outcome = Outcome::of(&container.findings);
    }
    let parts = Parts::new(&ofd);
    let mut digests = Digests::new(ofd.package());
    let mut stamps: Vec<StampReport> = (0..signatures.files.len().min(SIGNATURES))
        .map(|index| {
            let one = One {
                parts: &parts,
                signatures: &signatures,
                index,
                context,
                options,
            };
            one.verify(&mut digests)
        })
        .collect();
    tell_overlays(&overlays(&ofd, &signatures), &mut stamps);
    for stamp in &mut stamps {
        stamp.verdict = stamp
            .steps
            .iter()
            .fold(container.outcome, |worst, step| worst.worst(step.outcome));
        stamp.sentence = sentence::of_stamp(stamp);
    }
    report.steps.push(container);
    report.stamps = stamps;
}

/// One signature of a document.
struct One<'o, 'p> {
    parts: &'o Parts<'o, 'p>,
    signatures: &'o Signatures,
    index: usize,
    context: &'o Context<'o>,
    options: &'o Options<'o>,
}

impl<'p> One<'_, 'p> {
    fn file(&self) -> &SignatureFile {
        &self.signatures.files[self.index]
    }

    fn verify(&self, digests: &mut Digests<'_, 'p>) -> StampReport {
        let value = self
            .file()
            .info
            .as_ref()
            .and_then(|info| info.signed_value.as_deref());
        let mut report = match value {
            None => self.without_value(),
            Some(value) => self.with_value(value, digests),
        };
        let file = self.file();
        let (mut findings, coverage) = check_coverage(self.parts, file);
        findings.extend(self.compare_seal_file(&report));
        report.steps.push(Step::new("V9", "保护范围", findings));
        report.coverage = Some(coverage);
        report.index = self.index;
        report.id.clone_from(&file.id);
        report.entry.clone_from(&file.entry);
        report.provider = file.info.as_ref().map(|info| info.provider.clone());
        report.pages = placements(file);
        // V9 stands before V10 in the list, whichever was done first.
        report
            .steps
            .sort_by_key(|step| step.id[1..].parse::<u8>().unwrap_or(u8::MAX));
        report
    }

    /// A signature whose description or value cannot be read claims to sign and proves nothing.
    fn without_value(&self) -> StampReport {
        let file = self.file();
        let mut findings: Vec<Finding> = file.problem.iter().map(unreadable).collect();
        findings.extend(
            file.findings
                .iter()
                .map(crate::container::of_signature_finding),
        );
        let missing = Finding::invalid("signed_value_missing", "签名没有可以验证的签名值");
        let mut check = StampCheck::unreadable(missing.clone());
        findings.push(missing);
        check.steps[0] = Step::new(check.steps[0].id, check.steps[0].title, findings);
        stamp_report(StampKind::Unreadable, &check, None)
    }

    fn with_value(&self, value: &[u8], digests: &mut Digests<'_, 'p>) -> StampReport {
        let signed_data = is_signed_data(value);
        let mut report = if signed_data {
            match SignedData::from_der(value) {
                Ok(signed) => self.signed_data(&signed, digests),
                Err(error) => unreadable_value(Finding::invalid(error.code(), error.sentence())),
            }
        } else {
            match Stamp::parse_within(value, &self.context.limits) {
                Ok(stamp) => self.stamp(&stamp, digests),
                Err(error) => unreadable_value(error.finding()),
            }
        };
        let claims_seal = self.file().kind == SignatureKind::Seal;
        if signed_data == claims_seal && report.kind != StampKind::Unreadable {
            let message = "签名列表中标明的类型与签名值的类型不同";
            add(
                &mut report,
                "V1",
                Finding::remark("signature_kind_differs", message),
            );
        }
        report
    }

    fn stamp(&self, stamp: &Stamp, digests: &mut Digests<'_, 'p>) -> StampReport {
        let file = self.file();
        let digest = gm::sm3(&stamp.signature);
        let z = z_value(
            Certificate::from_der(&stamp.signer_certificate)
                .ok()
                .as_ref(),
        );
        let content = check_content(
            self.parts,
            self.signatures,
            self.index,
            Some(&stamp.property_info),
            digests,
            z.as_ref(),
        );
        let outside = Outside {
            digest: Some(gm::sm3(&file.xml)),
            content: content.findings,
            recorded: self
                .options
                .status
                .and_then(|source| source.recorded_stamp(&digest)),
        };
        let check = check_stamp(stamp, &outside, self.context);
        let mut report = stamp_report(StampKind::Stamp, &check, Some(&digest));
        report.changed = content.changed;
        report.seal = check
            .seal
            .as_ref()
            .map(|seal| describe_seal(&stamp.seal, seal, check.signer.as_ref()));

        let serial = check.signer.as_ref().map(Certificate::serial_hex);
        let then = check.time.map_or(self.context.at, |time| time.at);
        let (step, status) = check_status(
            &stamp.seal,
            serial.as_deref(),
            then,
            self.context.at,
            self.options.status,
        );
        report.steps.push(step);
        report.status = Some(status);
        report
    }

    /// Some readers draw the seal file beside the signature instead of the seal in it.
    fn compare_seal_file(&self, report: &StampReport) -> Option<Finding> {
        let beside = self
            .file()
            .info
            .as_ref()
            .and_then(|info| info.seal.as_deref())?;
        let own = &report.seal.as_ref()?.digest;
        let message = "签名旁的印章文件与签章中的印章不同，页面上显示的可能不是所盖的印章";
        (hex::encode(gm::sm3(beside)) != *own)
            .then(|| Finding::invalid("seal_file_differs", message))
    }

    fn signed_data(&self, signed: &SignedData, digests: &mut Digests<'_, 'p>) -> StampReport {
        let file = self.file();
        let z = z_value(signed.certificates().first());
        let content = check_content(
            self.parts,
            self.signatures,
            self.index,
            None,
            digests,
            z.as_ref(),
        );
        let claimed = file
            .info
            .as_ref()
            .and_then(|info| parse_time_text(&info.date_time))
            .map(|(time, _)| time);
        let outside = Outside {
            content: content.findings,
            ..Outside::default()
        };
        let check = check_signed_data(signed, Some(&file.xml), claimed, &outside, self.context);
        let mut report = stamp_report(StampKind::Signature, &check, None);
        report.changed = content.changed;
        report
    }
}

fn unreadable_value(finding: Finding) -> StampReport {
    stamp_report(
        StampKind::Unreadable,
        &StampCheck::unreadable(finding),
        None,
    )
}

/// Adds a finding to one of a stamp's steps.
fn add(report: &mut StampReport, step: &str, finding: Finding) {
    if let Some(step) = report.steps.iter_mut().find(|own| own.id == step) {
        step.outcome = step.outcome.worst(finding.outcome);
        step.findings.push(finding);
    }
}

fn z_value(certificate: Option<&Certificate>) -> Option<[u8; 32]> {
    certificate?
        .public_key()
        .ok()?
        .za(gm::DEFAULT_ID.as_bytes())
        .ok()
}

fn pages(ofd: &Ofd<'_>) -> Vec<PageReport> {
    (0..ofd.page_count().min(PAGES))
        .map(|index| {
            let size = ofd.page_size(index).unwrap_or(ofd::document::PageSize::A4);
            PageReport {
                page: index + 1,
                width_mm: size.width_mm,
                height_mm: size.height_mm,
            }
        })
        .collect()
}

fn placements(file: &SignatureFile) -> Vec<Placement> {
    let stamps = file.info.as_ref().map_or(&[][..], |info| &info.stamps);
    stamps
        .iter()
        .map(|stamp| Placement {
            page: stamp.page_index.map(|index| index + 1),
            boundary: stamp.boundary,
            clip: stamp.clip,
        })
        .collect()
}

/// Pictures that hide content or other stamps. What a right stamp does is told; what any other does leaves it open what
/// the reader would see without it.
fn tell_overlays(overlays: &[Overlay], stamps: &mut [StampReport]) {
    for overlay in overlays {
        let hidden: Vec<usize> = overlay
            .covers
            .iter()
            .filter(|(_, share)| *share > HIDING_SHARE)
            .map(|(other, _)| *other)
            .collect();
        if overlay.page_share <= LARGE_SHARE && hidden.is_empty() {
            continue;
        }
        let page = overlay.page_index + 1;
        for other in &hidden {
            let message = format!("第 {page} 页上，此章的图像被另一枚印章遮盖");
            if let Some(stamp) = stamps.get_mut(*other) {
                add(
                    stamp,
                    "V9",
                    Finding::remark("covered_by_other_stamp", message),
                );
            }
        }
        let Some(stamp) = stamps.get_mut(overlay.signature) else {
            continue;
        };
        let message = if overlay.page_share > LARGE_SHARE {
            let share = (overlay.page_share * 100.0).round();
            format!("第 {page} 页上，此章的图像占页面的 {share}%，遮盖了页面内容")
        } else {
            format!("第 {page} 页上，此章的图像遮盖了另一枚印章")
        };
        let right = stamp
            .steps
            .iter()
            .all(|step| step.outcome == Outcome::Valid);
        let finding = if right {
            Finding::remark("content_overlaid", message)
        } else {
            Finding::undetermined("content_overlaid", message)
        };
        add(stamp, "V9", finding);
    }
}
