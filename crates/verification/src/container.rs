//! What concerns a document as a whole: its container and its structure.

use std::collections::BTreeSet;

use ofd::document::Ofd;
use ofd::package::{Anomaly, Severity};
use ofd::signatures::Signatures;
use pki::Finding;
use seal::Step;

/// The document's own part of step V9.
pub(crate) fn check_container(ofd: &Ofd<'_>, signatures: &Signatures) -> Step {
    let mut findings = anomalies(ofd);
    findings.extend(ofd.problems().iter().map(unreadable));
    findings.extend(structure(ofd));
    for finding in &signatures.findings {
        findings.push(of_signature_finding(finding));
    }
    if signatures.files.is_empty() {
        findings.push(Finding::undetermined(
            "no_signature",
            "文件中没有电子印章，也没有数字签名",
        ));
    }
    let mut seen = BTreeSet::new();
    findings.retain(|finding| seen.insert((finding.code, finding.message.clone())));
    if findings.is_empty() {
        findings.push(Finding::valid(
            "container_ok",
            "文件结构完整，没有隐藏或含义不明的内容",
        ));
    }
    Step::new("V9", "文件结构", findings)
}

/// A finding of crate `ofd` about signature files: a problem is invalid, except where it only could not be read.
pub(crate) fn of_signature_finding(finding: &ofd::signatures::Finding) -> Finding {
    let ours = match (finding.severity, finding.code) {
        (Severity::Remark, code) => Finding::remark(code, finding.message.clone()),
        (Severity::Problem, code @ ("seal_file_unreadable" | "digest_unknown")) => {
            Finding::undetermined(code, finding.message.clone())
        }
        (Severity::Problem, "digest_weak") => {
            Finding::invalid("weak_digest", finding.message.clone())
        }
        (Severity::Problem, code) => Finding::invalid(code, finding.message.clone()),
    };
    ours.with("文件", finding.entry.clone())
}

/// A part that could not be read: a document type is an attack, everything else leaves the answer open.
pub(crate) fn unreadable(error: &ofd::Error) -> Finding {
    match error.code() {
        code @ "xml_doctype" => Finding::invalid(code, error.to_string()),
        code => Finding::undetermined(code, error.to_string()),
    }
}

fn anomalies(ofd: &Ofd<'_>) -> Vec<Finding> {
    let of = |finding: &ofd::package::PackageFinding| {
        let (code, message) = (finding.code(), finding.message.clone());
        let ours = match (finding.severity(), finding.anomaly) {
            (Severity::Remark, _) => Finding::remark(code, message),
            (
                Severity::Problem,
                Anomaly::Encrypted
                | Anomaly::UnsupportedMethod
                | Anomaly::TooLarge
                | Anomaly::Ratio,
            ) => Finding::undetermined(code, message),
            (Severity::Problem, _) => Finding::invalid(code, message),
        };
        ours.with("条目", finding.entry.clone())
    };
    ofd.package_findings().iter().map(of).collect()
}

fn structure(ofd: &Ofd<'_>) -> Vec<Finding> {
    const MOST: usize = 50;
    let reach = ofd.reach();
    let mut findings: Vec<Finding> = reach.unreadable.iter().map(unreadable).collect();
    if ofd.bodies().len() > 1 {
        findings.push(
            Finding::remark(
                "several_documents",
                "文件中含有多个文档，有的软件只显示其中一个",
            )
            .with("文档数", ofd.bodies().len().to_string()),
        );
    }
    for dangling in reach.dangling.iter().take(MOST) {
        let what = dangling.kind.label();
        let finding = if dangling.outside {
            let message = format!("{what}的位置指向文件之外，显示的内容可能不受保护");
            Finding::invalid("reference_outside", message)
        } else if dangling.kind.is_signing() {
            Finding::invalid(
                "signature_dangling",
                format!("{what}所指的文件不存在，签名可能被人为移除"),
            )
        } else {
            Finding::remark("reference_dangling", format!("{what}所指的文件不存在"))
        };
        findings.push(
            finding
                .with("所在文件", dangling.from.clone())
                .with("位置", dangling.location.clone()),
        );
    }
    for (from, location, entry) in reach.guessed.iter().take(MOST) {
        findings.push(
            Finding::remark(
                "reference_guessed",
                "文件内有不规范的路径，按最可能的文件理解",
            )
            .with("所在文件", from.clone())
            .with("位置", location.clone())
            .with("理解为", entry.clone()),
        );
    }
    findings
}
