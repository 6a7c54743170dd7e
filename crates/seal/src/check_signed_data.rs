//! Checking signed data by GB/T 35275: signatures in documents that carry no seal.

use jiff::Timestamp;
use pki::cms::{SignedData, SignedDataReport, SignerReport};
use pki::{Finding, Outcome, timestamp};

use crate::asn1::{Notes, Walker};
use crate::check_seal::Context;
use crate::check_stamp::{
    Outside, StampCheck, V1, V2, V5, V6, V7, V8, certificate, proven, signer_chain, stamp_time,
    times,
};
use crate::step::{Step, worst};

/// Content types that mean signed data: GB/T 35275 and RFC 5652.
const SIGNED_DATA: [&str; 2] = ["1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"];

/// Whether bytes begin like signed data, whatever follows.
pub fn is_signed_data(bytes: &[u8]) -> bool {
    let notes = &mut Notes::default();
    Walker::new(bytes)
        .sequence("", notes)
        .and_then(|mut inner| inner.oid("", notes))
        .is_ok_and(|oid| SIGNED_DATA.contains(&oid.as_str()))
}

/// Checks signed data by one signer.
///
/// `document` is what was signed (in OFD `Signature.xml`); without it only the content inside can be compared.
/// `claimed` is the time that stands in the protected description, where the signature has none itself.
pub fn check_signed_data(
    signed: &SignedData,
    document: Option<&[u8]>,
    claimed: Option<Timestamp>,
    outside: &Outside,
    context: &Context<'_>,
) -> StampCheck {
    let report = match document {
        Some(document) => signed.check_document(document),
        None => signed.check_attached(),
    };
    let [signer] = report.signers.as_slice() else {
        return not_one_signer(&report);
    };
    let (v8, token_time) = token(signer, context);
    let claimed = signer.signing_time.or(claimed);
    let time = stamp_time(claimed, token_time, outside.recorded);
    let proven = proven(token_time, outside.recorded);
    let reference = time.map_or(context.at, |time| time.at);

    let own = signer.certificate.as_ref();
    let chain = own.map(|own| signer_chain(own, signed.certificates(), reference, context));
    let trusted = chain.as_ref().is_some_and(|chain| chain.anchor.is_some());
    let v5 = match own {
        Some(own) => certificate(&Ok(own.clone()), chain),
        None => Step::new(
            V5.0,
            V5.1,
            vec![Finding::undetermined(
                "signer_certificate_missing",
                "签名数据中没有签名人的证书",
            )],
        ),
    };
    let steps = vec![
        format(),
        value(signer),
        v5,
        Step::new(
            V6.0,
            V6.1,
            times(claimed, time, own, trusted, proven, context),
        ),
        content(&report, signer, document.is_some(), outside),
        v8,
    ];
    StampCheck {
        outcome: worst(&steps),
        steps,
        seal: None,
        signer: own.cloned(),
        trusted,
        time,
    }
}

/// Whether a finding is about what was signed rather than about the value.
fn is_about_content(finding: &Finding) -> bool {
    finding.code == "message_digest_mismatch"
}

fn format() -> Step {
    let findings = vec![
        Finding::valid("signed_data_format_ok", "符合 GB/T 35275 的签名数据格式"),
        Finding::remark("no_seal", "这是不带印章的数字签名，不显示印章图像"),
    ];
    Step::new(V1.0, V1.1, findings)
}

fn value(signer: &SignerReport) -> Step {
    let named = |finding: &Finding| {
        let code = match finding.code {
            "signature_valid" => "stamp_signature_ok",
            "signature_invalid" => "stamp_signature_wrong",
            "digest_algorithm_weak" => "weak_digest",
            code => code,
        };
        Finding {
            code,
            ..finding.clone()
        }
    };
    let own = signer
        .findings
        .iter()
        .filter(|finding| !is_about_content(finding));
    let mut findings: Vec<Finding> = own.map(named).collect();
    if findings.is_empty() {
        findings.push(Finding::undetermined(
            "step_skipped",
            "未检查：所签的摘要与文件不符",
        ));
    }
    Step::new(V2.0, V2.1, findings)
}

/// The value is right only over the document or its digest, so a right value is what shows that nothing changed.
fn content(
    report: &SignedDataReport,
    signer: &SignerReport,
    compared: bool,
    outside: &Outside,
) -> Step {
    let mismatch = Outcome::of(&report.findings) == Outcome::Invalid
        || signer.findings.iter().any(is_about_content);
    let right = signer
        .findings
        .iter()
        .any(|finding| finding.code == "signature_valid");
    let mut findings = vec![if mismatch {
        Finding::invalid("data_hash_wrong", "签名描述文件在签名后被改动，与签名不符")
    } else if !compared {
        Finding::undetermined("content_missing", "没有可供比对的原文")
    } else if right {
        Finding::valid("data_hash_ok", "签名与签名描述文件相符")
    } else {
        Finding::undetermined("step_skipped", "未检查：签名未能验证，不能说明原文是否改动")
    }];
    findings.extend(outside.content.iter().cloned());
    Step::new(V7.0, V7.1, findings)
}

fn token(signer: &SignerReport, context: &Context<'_>) -> (Step, Option<Timestamp>) {
    let (findings, time) = match &signer.timestamp {
        None => (vec![Finding::valid("timestamp_none", "没有附时间戳")], None),
        Some(token) => {
            let report =
                timestamp::check(token, &signer.signature, context.trust, context.revocation);
            (report.findings, report.trusted)
        }
    };
    (Step::new(V8.0, V8.1, findings), time)
}

fn not_one_signer(report: &SignedDataReport) -> StampCheck {
    let mut findings = report.findings.clone();
    findings.push(
        Finding::invalid("signer_count", "签名数据应当只有一个签名者")
            .with("签名者数", report.signers.len().to_string()),
    );
    let mut steps = vec![Step::new(V1.0, V1.1, findings)];
    let rest = [V2, V5, V6, V7, V8];
    steps.extend(rest.map(|(id, title)| Step::skipped(id, title, "签名者不止一个，或没有签名者")));
    StampCheck {
        outcome: worst(&steps),
        steps,
        seal: None,
        signer: None,
        trusted: false,
        time: None,
    }
}
