//! V7 in an OFD: the references of `Signature.xml`, and whether the stamp names this very file.

use ofd::document::PartKind;
use ofd::signatures::{
    Change, DigestMethod, Digests, ReferenceCheck, ReferenceOutcome, SignatureFile, Signatures,
    change,
};
use pki::Finding;

use crate::container::of_signature_finding;
use crate::parts::Parts;
use crate::report::ChangedFile;

/// Changed files that are told one by one; the report lists them all.
const TOLD: usize = 100;

/// What V7 is told, and the list of changed files for the report.
pub(crate) struct Content {
    pub(crate) findings: Vec<Finding>,
    pub(crate) changed: Vec<ChangedFile>,
}

/// Checks the references of one signature. `property_info` is what the stamp says it protects; `z` the signer's Z value,
/// for the one digest method that needs it.
pub(crate) fn check_content(
    parts: &Parts<'_, '_>,
    signatures: &Signatures,
    index: usize,
    property_info: Option<&str>,
    digests: &mut Digests<'_, '_>,
    z: Option<&[u8; 32]>,
) -> Content {
    let file = &signatures.files[index];
    let mut findings: Vec<Finding> = file.findings.iter().map(of_signature_finding).collect();
    findings.extend(property_info.and_then(|info| named(file, info)));
    let checks = file.check_references(digests, z);
    let changed = changed_files(parts, &checks);
    match change(signatures, index, &checks) {
        Change::Unchanged => findings.push(
            Finding::valid("references_ok", "受保护的文件都未被改动")
                .with("文件数", checks.len().to_string()),
        ),
        Change::LaterStampOnly { .. } => {
            findings.extend(changed.iter().take(TOLD).map(|file| of_change(parts, file)));
            findings.push(Finding::remark(
                "changed_by_later_stamp",
                "改动的只有签名列表：此章已锁定文件，之后又加盖了新的印章；其他受保护的内容未变",
            ));
        }
        Change::Content(_) => {
            findings.extend(changed.iter().take(TOLD).map(|file| of_change(parts, file)));
        }
        Change::Unproved if file.digest_method() == DigestMethod::Sm3WithZ => {
            findings.push(Finding::undetermined(
                "digest_not_computed",
                "缺少签章人公钥，不能计算杂凑值",
            ));
        }
        // What proves nothing is told above: weak or unknown digests, no references.
        Change::Unproved => {}
    }
    Content { findings, changed }
}

fn named(file: &SignatureFile, property_info: &str) -> Option<Finding> {
    if file.is_named_by(property_info) {
        return None;
    }
    Some(
        Finding::invalid(
            "property_info_wrong",
            "签章所称保护的文件不是这个签名描述文件，签章可能是从别处移来的",
        )
        .with(
            "签章所称",
            property_info.chars().take(200).collect::<String>(),
        )
        .with("实际", file.entry.clone()),
    )
}

fn changed_files(parts: &Parts<'_, '_>, checks: &[ReferenceCheck]) -> Vec<ChangedFile> {
    checks
        .iter()
        .filter(|check| {
            !matches!(
                check.outcome,
                ReferenceOutcome::Ok | ReferenceOutcome::NotComputed
            )
        })
        .map(|check| {
            let entry = check
                .entry
                .clone()
                .unwrap_or_else(|| check.file_ref.clone());
            ChangedFile {
                part: parts.part(&entry).map(PartKind::label),
                page: parts.page(&entry),
                code: check.outcome.code(),
                entry,
            }
        })
        .collect()
}

fn of_change(parts: &Parts<'_, '_>, changed: &ChangedFile) -> Finding {
    let (code, words) = match changed.code {
        "file_missing" => ("content_changed", "在盖章后被删除或移走"),
        "file_unreadable" => ("content_unreadable", "已损坏，无法读取"),
        "check_value_not_decodable" => ("check_value_wrong", "的杂凑值无法解读"),
        _ => ("content_changed", "在盖章后被改动"),
    };
    Finding::invalid(code, format!("{}{words}", parts.words(&changed.entry)))
        .with("文件", changed.entry.clone())
        .with("原因", changed.code)
}
