//! The verdict in one sentence, for somebody who reads nothing else.

use pki::Outcome;
use seal::Step;

use crate::report::{Format, Report, StampKind, StampReport};
use crate::words::beijing_sentence;

/// What matters most comes first: whoever changed content is told before whoever used an odd certificate.
const ORDER: [&str; 32] = [
    "xml_doctype",
    "path_traversal",
    "duplicate_entry",
    "header_disagreement",
    "hidden_bytes",
    "overlapping_entries",
    "entry_name_ambiguous",
    "issuer_not_trusted",
    "docroot_switched",
    "content_changed",
    "data_hash_wrong",
    "stamp_signature_wrong",
    "rendered_content_not_covered",
    "weak_digest",
    "property_info_wrong",
    "signature_not_referred",
    "maker_signature_wrong",
    "seal_file_differs",
    "signer_not_in_cert_list",
    "unknown_element",
    "certificate_revoked",
    "certificate_on_hold",
    "certificate_expired_at_stamping",
    "certificate_not_yet_valid_at_stamping",
    "seal_expired_at_stamping",
    "seal_not_yet_valid_at_stamping",
    "seal_suspended_at_stamping",
    "seal_cancelled_at_stamping",
    "seal_void",
    "certificate_expired_without_timestamp",
    "revocation_not_checked",
    "content_overlaid",
];

/// The sentence of one stamp.
pub(crate) fn of_stamp(stamp: &StampReport) -> String {
    let steps = stamp
        .steps
        .iter()
        .chain(stamp.seal.iter().flat_map(|seal| &seal.steps));
    let reason = reason(steps, stamp.verdict);
    match stamp.verdict {
        Outcome::Valid => format!("有效：{}自{}后未被改动", whose(stamp), act(stamp)),
        Outcome::Invalid => {
            format!(
                "无效：{}",
                reason.unwrap_or_else(|| "文件结构有问题，不同软件可能显示不同内容".to_owned())
            )
        }
        Outcome::Undetermined => {
            let open = reason.unwrap_or_else(|| "文件结构中有不能确认的内容".to_owned());
            if intact(stamp) {
                format!("无法判定：{open}；内容自{}后未被改动", act(stamp))
            } else {
                format!("无法判定：{open}")
            }
        }
    }
}

/// The sentence of the whole report.
pub(crate) fn of_report(report: &Report) -> String {
    if let Some(seal) = &report.seal {
        let reason = reason(&seal.steps, report.verdict).unwrap_or_default();
        return match report.verdict {
            Outcome::Valid => format!("有效：印章“{}”真实，在有效期内", seal.name),
            Outcome::Invalid => format!("无效：{reason}"),
            Outcome::Undetermined => format!("无法判定：{reason}"),
        };
    }
    let container = reason(&report.steps, report.verdict);
    let prefix = match report.verdict {
        Outcome::Valid => "有效",
        Outcome::Invalid => "无效",
        Outcome::Undetermined => "无法判定",
    };
    match report.stamps.as_slice() {
        [] if report.format == Format::Ofd
            && report.has("no_signature")
            && report.verdict != Outcome::Invalid =>
        {
            "未盖章：文件中没有电子印章，也没有数字签名".to_owned()
        }
        [] => format!(
            "{prefix}：{}",
            container.unwrap_or_else(|| "没有可以验证的内容".to_owned())
        ),
        _ if container.is_some() => format!("{prefix}：{}", container.unwrap_or_default()),
        [only] => only.sentence.clone(),
        all if report.verdict == Outcome::Valid => {
            format!(
                "有效：文件上的 {} 个签章均真实，文件自盖章后未被改动",
                all.len()
            )
        }
        all => {
            let right = all
                .iter()
                .filter(|stamp| stamp.verdict == Outcome::Valid)
                .count();
            let worst = all
                .iter()
                .position(|stamp| stamp.verdict == report.verdict)
                .unwrap_or(0);
            let own = all[worst]
                .sentence
                .split_once('：')
                .map_or("", |(_, rest)| rest);
            format!(
                "{prefix}：共 {} 个签章，{right} 个有效；第 {} 个：{own}",
                all.len(),
                worst + 1
            )
        }
    }
}

/// The sentence of the finding that decides, without the full stop.
fn reason<'a>(steps: impl IntoIterator<Item = &'a Step>, verdict: Outcome) -> Option<String> {
    let rank = |code: &str| {
        ORDER
            .iter()
            .position(|own| *own == code)
            .unwrap_or(ORDER.len())
    };
    steps
        .into_iter()
        .flat_map(|step| &step.findings)
        .filter(|finding| finding.outcome == verdict && verdict != Outcome::Valid)
        .filter(|finding| finding.code != "step_skipped")
        // Of several of a kind, a page is what the reader can look at.
        .min_by_key(|finding| (rank(finding.code), !finding.message.starts_with("第 ")))
        .map(|finding| finding.message.trim_end_matches('。').to_owned())
}

fn whose(stamp: &StampReport) -> String {
    let time = stamp.time.map_or(String::new(), |time| {
        format!("于 {} ", beijing_sentence(time))
    });
    match (&stamp.seal, &stamp.signer) {
        (Some(seal), _) => format!("印章“{}”真实，{time}盖章，文件", seal.name),
        (None, Some(signer)) => {
            let name = signer.organization.as_deref().unwrap_or(&signer.subject);
            format!("“{name}”{time}的数字签名真实，文件")
        }
        (None, None) => "签名真实，文件".to_owned(),
    }
}

fn act(stamp: &StampReport) -> &'static str {
    if stamp.kind == StampKind::Signature {
        "签名"
    } else {
        "盖章"
    }
}

/// Whether the value and the content are right, so that only trust, time or status is open.
fn intact(stamp: &StampReport) -> bool {
    let right = |id: &str| {
        stamp
            .steps
            .iter()
            .any(|step| step.id == id && step.outcome == Outcome::Valid)
    };
    right("V2") && right("V7")
}
