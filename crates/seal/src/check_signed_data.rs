//! Checking signed data by GB/T 35275: signatures in documents that carry no seal.

use gm::{Signature, SignatureEncoding};
use jiff::Timestamp;
use pki::{Certificate, Finding, Outcome};

use crate::check_seal::Context;
use crate::check_stamp::{
    Outside, StampCheck, V1, V2, V5, V6, V7, V8, certificate, proven, signer_chain, stamp_time,
    times,
};
use crate::lint::is_sm3;
use crate::signed_data::{SignedData, SignerInfo};
use crate::step::{Step, worst};
use crate::value::Naming;

/// Digests that are broken.
const WEAK: [&str; 5] = [
    "1.2.840.113549.2.5",
    "1.3.14.3.2.26",
    "1.2.840.113549.2.2",
    "MD5",
    "SHA1",
];

const NAMING: Naming = Naming {
    who: "签名人",
    right: "stamp_signature_ok",
    wrong: "stamp_signature_wrong",
};

/// Checks signed data that signs one thing.
///
/// `contents` are the byte strings that may have been signed: in OFD the SM3 of `Signature.xml`, its Base64 text, the
/// file itself. `claimed` is the time that stands in the protected description, where the signature has none itself.
pub fn check_signed_data(
    signed: &SignedData,
    contents: &[&[u8]],
    claimed: Option<Timestamp>,
    outside: &Outside,
    context: &Context<'_>,
) -> StampCheck {
    let extra: Vec<Certificate> = signed
        .certificates
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect();
    let [signer_info] = signed.signers.as_slice() else {
        let steps = vec![Step::new(
            V1.0,
            V1.1,
            vec![
                Finding::invalid("signer_count", "签名数据应当只有一个签名者")
                    .with("签名者数", signed.signers.len().to_string()),
            ],
        )];
        return StampCheck {
            outcome: worst(&steps),
            steps,
            seal: None,
            signer: None,
            trusted: false,
            time: None,
        };
    };
    let claimed = signer_info.signing_time.or(claimed);
    let time = stamp_time(claimed, None, outside.recorded);
    let proven = proven(None, outside.recorded);
    let reference = time.map_or(context.at, |time| time.at);

    let signer = signed
        .certificate_of(signer_info)
        .map(Certificate::from_der);
    let chain = signer
        .as_ref()
        .and_then(|signer| signer.as_ref().ok())
        .map(|signer| signer_chain(signer, &extra, reference, context));
    let trusted = chain.as_ref().is_some_and(|chain| chain.anchor.is_some());
    let certificate_read = signer.as_ref().and_then(|signer| signer.as_ref().ok());

    let (v2, matched) = signature(signed, signer_info, certificate_read, contents);
    let v5 = match &signer {
        Some(signer) => certificate(signer, chain),
        None => missing_certificate(),
    };
    let steps = vec![
        format(signed),
        v2,
        v5,
        Step::new(
            V6.0,
            V6.1,
            times(claimed, time, certificate_read, trusted, proven, context),
        ),
        content(matched, outside),
        Step::new(
            V8.0,
            V8.1,
            vec![Finding::valid("timestamp_none", "没有附时间戳")],
        ),
    ];
    StampCheck {
        outcome: worst(&steps),
        steps,
        seal: None,
        signer: certificate_read.cloned(),
        trusted,
        time,
    }
}

/// Checks one signer's value and digest. `contents` are the byte strings that may have been signed; the second answer is
/// whether one of them was.
pub(crate) fn check_signer(
    signer: &SignerInfo,
    certificate: &Certificate,
    contents: &[&[u8]],
    naming: &Naming,
) -> (Vec<Finding>, bool) {
    let who = naming.who;
    let mut findings = Vec::new();
    if WEAK.contains(&signer.digest_algorithm.as_str()) {
        findings.push(Finding::invalid(
            "weak_digest",
            format!("{who}使用了已不安全的杂凑算法"),
        ));
    } else if !is_sm3(&signer.digest_algorithm) {
        findings.push(
            Finding::undetermined(
                "algorithm_not_supported",
                format!("{who}的杂凑算法不是 SM3，本平台不能验证"),
            )
            .with("算法", signer.digest_algorithm.clone()),
        );
    }
    let known = [gm::oid::SM2_SM3, gm::oid::SM2_SIGN, gm::oid::SM2];
    if !known.contains(&signer.algorithm.as_str()) {
        findings.push(
            Finding::undetermined(
                "algorithm_not_supported",
                format!("{who}的签名算法不是 SM2，本平台不能验证"),
            )
            .with("算法", signer.algorithm.clone()),
        );
    }
    if Outcome::of(&findings) != Outcome::Valid {
        return (findings, false);
    }
    let key = match certificate.public_key() {
        Ok(key) => key,
        Err(error) => {
            findings.push(Finding::undetermined(
                error.code(),
                format!("{who}的证书：{}", error.sentence()),
            ));
            return (findings, false);
        }
    };
    let Ok((value, encoding)) = Signature::parse(&signer.signature) else {
        findings.push(Finding::invalid(
            naming.wrong,
            format!("{who}的签名值不是 SM2 签名"),
        ));
        return (findings, false);
    };
    if encoding == SignatureEncoding::Raw {
        findings.push(Finding::remark(
            "signature_raw",
            format!("{who}的签名值写成了 64 字节的 r‖s，而不是 DER 编码"),
        ));
    }
    let (right, matched) = match (&signer.attributes, &signer.message_digest) {
        (Some(attributes), Some(digest)) => (
            key.verify(attributes, &value).is_ok(),
            contents
                .iter()
                .any(|content| gm::sm3(content).as_slice() == digest || *content == digest),
        ),
        (Some(_), None) => (false, false),
        (None, _) => {
            let right = contents
                .iter()
                .any(|content| key.verify(content, &value).is_ok());
            (right, right)
        }
    };
    findings.push(if right {
        Finding::valid(naming.right, format!("{who}的签名正确"))
    } else {
        Finding::invalid(naming.wrong, format!("{who}的签名验证不通过"))
    });
    if right && !matched {
        findings.push(Finding::invalid(
            "message_digest_wrong",
            format!("{who}所签的摘要与内容不符"),
        ));
    }
    (findings, matched)
}

fn format(signed: &SignedData) -> Step {
    let mut findings = signed.notes.clone();
    if Outcome::of(&findings) == Outcome::Valid {
        findings.insert(
            0,
            Finding::valid("signed_data_format_ok", "符合 GB/T 35275 的签名数据格式"),
        );
    }
    findings.push(Finding::remark(
        "no_seal",
        "这是不带印章的数字签名，不显示印章图像",
    ));
    Step::new(V1.0, V1.1, findings)
}

/// The value over the content in the signed data, or over what may have been signed beside it.
fn signature(
    signed: &SignedData,
    signer: &SignerInfo,
    certificate: Option<&Certificate>,
    contents: &[&[u8]],
) -> (Step, bool) {
    let Some(certificate) = certificate else {
        return (Step::skipped(V2.0, V2.1, "签名人证书缺失或无法解读"), false);
    };
    let (findings, matched) = match signed.content.as_deref() {
        Some(inside) => {
            let (findings, matched) = check_signer(signer, certificate, &[inside], &NAMING);
            (findings, matched && contents.contains(&inside))
        }
        None => check_signer(signer, certificate, contents, &NAMING),
    };
    (Step::new(V2.0, V2.1, findings), matched)
}

fn missing_certificate() -> Step {
    Step::new(
        V5.0,
        V5.1,
        vec![Finding::undetermined(
            "signer_certificate_missing",
            "签名数据中没有签名人的证书",
        )],
    )
}

fn content(matched: bool, outside: &Outside) -> Step {
    let mut findings = vec![if matched {
        Finding::valid("data_hash_ok", "签名与签名描述文件相符")
    } else {
        Finding::invalid("data_hash_wrong", "签名描述文件在签名后被改动，与签名不符")
    }];
    findings.extend(outside.content.iter().cloned());
    Step::new(V7.0, V7.1, findings)
}
