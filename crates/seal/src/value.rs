//! Checking one signature value: algorithm, encoding, key, value.

use gm::{Signature, SignatureEncoding};
use pki::{Certificate, Finding};

/// The names under which a signature by one role is reported.
pub(crate) struct Naming {
    /// Who signed, for the sentence.
    pub(crate) who: &'static str,
    /// Code where it is right.
    pub(crate) right: &'static str,
    /// Code where it is wrong.
    pub(crate) wrong: &'static str,
}

/// Checks SM3withSM2 with the default ID over `message`.
pub(crate) fn check_value(
    naming: &Naming,
    algorithm: &str,
    signature: &[u8],
    message: &[u8],
    certificate: &Certificate,
) -> Vec<Finding> {
    let who = naming.who;
    let mut findings = Vec::new();
    if algorithm == gm::oid::SM2_SIGN || algorithm == gm::oid::SM2 {
        findings.push(
            Finding::remark(
                "algorithm_dialect",
                format!("{who}的签名算法写成了 SM2，按 SM3withSM2 验证"),
            )
            .with("算法", algorithm),
        );
    } else if algorithm != gm::oid::SM2_SM3 {
        findings.push(
            Finding::undetermined(
                "algorithm_not_supported",
                format!("{who}的签名算法不是 SM3withSM2，本平台不能验证"),
            )
            .with("算法", algorithm),
        );
        return findings;
    }
    let key = match certificate.public_key() {
        Ok(key) => key,
        Err(error) => {
            findings.push(Finding::undetermined(
                error.code(),
                format!("{who}的证书：{}", error.sentence()),
            ));
            return findings;
        }
    };
    let Ok((value, encoding)) = Signature::parse(signature) else {
        findings.push(
            Finding::invalid(naming.wrong, format!("{who}的签名值不是 SM2 签名"))
                .with("签名值字节数", signature.len().to_string()),
        );
        return findings;
    };
    if encoding == SignatureEncoding::Raw {
        findings.push(Finding::remark(
            "signature_raw",
            format!("{who}的签名值写成了 64 字节的 r‖s，而不是 DER 编码"),
        ));
    }
    findings.push(match key.verify(message, &value) {
        Ok(()) => Finding::valid(naming.right, format!("{who}的签名正确")),
        Err(_) => Finding::invalid(
            naming.wrong,
            format!("{who}的签名验证不通过，数据被改动过，或不是由该证书签的"),
        ),
    });
    findings
}
