//! V9 for one stamp: what of the document it protects, what is shown outside of that.

use ofd::document::{Ofd, PartKind};
use ofd::signatures::{Coverage, SignatureFile, coverage};
use pki::Finding;

use crate::parts::Parts;
use crate::report::{CoverageReport, UncoveredFile};

/// Files without protection that are told one by one; the report lists more.
const TOLD: usize = 100;
/// Files that the report lists of each kind.
const LISTED: usize = 2000;

/// Works out what a signature protects, and what to say of it.
pub(crate) fn check_coverage(
    parts: &Parts<'_, '_>,
    file: &SignatureFile,
) -> (Vec<Finding>, CoverageReport) {
    let coverage = coverage(parts.ofd, file);
    let mut findings = Vec::new();
    if file.body.is_none() {
        findings.push(
            Finding::invalid(
                "signature_not_referred",
                "这个签名已不被文件的签名列表引用，可能被人为移除",
            )
            .with("文件", file.entry.clone()),
        );
    }
    findings.extend(not_covered(parts, &coverage));
    if !coverage.unreferenced.is_empty() {
        let list = coverage
            .unreferenced
            .iter()
            .take(20)
            .cloned()
            .collect::<Vec<_>>()
            .join("、");
        findings.push(
            Finding::remark(
                "unreferenced_files",
                format!(
                    "包内有 {} 个既不显示也不受保护的文件",
                    coverage.unreferenced.len()
                ),
            )
            .with("文件", list),
        );
    }
    findings.push(if coverage.closed {
        Finding::valid("closed_to_further_stamps", "此章锁定了文件，不允许再加盖")
    } else {
        Finding::valid("open_to_further_stamps", "此章允许其他单位再加盖印章")
    });
    if findings
        .iter()
        .all(|finding| finding.outcome == pki::Outcome::Valid)
    {
        findings.insert(
            0,
            Finding::valid("coverage_ok", "页面显示的全部内容都在保护范围之内"),
        );
    }
    let report = describe(parts, coverage);
    (findings, report)
}

fn not_covered(parts: &Parts<'_, '_>, coverage: &Coverage) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut unprotected: Vec<_> = coverage.unprotected.iter().collect();
    unprotected.sort_by_key(|uncovered| weight(uncovered.part));
    let document_outside = unprotected.iter().any(|it| it.part == PartKind::Document);
    for uncovered in unprotected.iter().take(TOLD) {
        let entry = &uncovered.entry;
        let what = parts.words(entry);
        let finding = match uncovered.part {
            PartKind::Root => Finding::remark(
                "entry_file_not_protected",
                "主入口 OFD.xml 不在保护范围之内，文件的标题、作者等说明可能被改动",
            ),
            PartKind::Document | PartKind::Page | PartKind::Template => Finding::invalid(
                "rendered_content_not_covered",
                format!("{what}会显示在页面上，却不受印章保护，盖章后改动也无法发现"),
            ),
            part if part.changes_pages() => Finding::undetermined(
                "rendered_content_not_covered",
                format!("{what}影响页面显示，却不受印章保护，无法判定是否被改动"),
            ),
            _ => Finding::remark("part_not_covered", format!("{what}不受印章保护")),
        };
        findings.push(finding.with("文件", entry.clone()));
    }
    let hidden = if document_outside {
        protected_elsewhere(parts.ofd, coverage)
    } else {
        None
    };
    if let Some(document) = hidden {
        findings.push(
            Finding::invalid(
                "docroot_switched",
                "文件显示的文档不是盖章时的文档，盖章的文档被藏了起来",
            )
            .with("盖章的文档", document),
        );
    }
    findings
}

/// What matters most is told first.
fn weight(part: PartKind) -> u8 {
    match part {
        PartKind::Page => 0,
        PartKind::Template => 1,
        PartKind::Document => 2,
        PartKind::Root => 3,
        part if part.changes_pages() => 4,
        _ => 5,
    }
}

/// A document that the signature protects and that `OFD.xml` no longer leads to.
fn protected_elsewhere(ofd: &Ofd<'_>, coverage: &Coverage) -> Option<String> {
    let package = ofd.package();
    let is_document = |entry: &String| {
        entry.to_ascii_lowercase().ends_with(".xml")
            && package.read(entry).is_ok_and(|bytes| {
                let has = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
                has(b"CommonData") && has(b"Pages")
            })
    };
    coverage
        .protected
        .iter()
        .filter(|entry| !ofd.reach().parts.contains_key(*entry))
        .find(|entry| is_document(entry))
        .cloned()
}

fn describe(parts: &Parts<'_, '_>, coverage: Coverage) -> CoverageReport {
    CoverageReport {
        uncovered: coverage
            .unprotected
            .into_iter()
            .take(LISTED)
            .map(|uncovered| UncoveredFile {
                part: uncovered.part.label(),
                rendered: uncovered.part.changes_pages() && uncovered.part != PartKind::Root,
                page: parts.page(&uncovered.entry),
                entry: uncovered.entry,
            })
            .collect(),
        protected_count: coverage.protected.len(),
        protected: coverage.protected.into_iter().take(LISTED).collect(),
        unreferenced: coverage.unreferenced.into_iter().take(LISTED).collect(),
        other_signatures: coverage
            .other_signing
            .into_iter()
            .take(LISTED)
            .map(|file| file.entry)
            .collect(),
        closed: coverage.closed,
    }
}
