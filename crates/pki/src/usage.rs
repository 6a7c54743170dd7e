//! May a certificate's key be used for this? The last step of [`crate::chain`].

use crate::{
    certificate::Certificate,
    chain::{Purpose, about},
    extension::TIME_STAMPING,
    report::Finding,
};

const ANY_EXTENDED_KEY_USAGE: &str = "2.5.29.37.0";

/// What speaks for and against this purpose; at least one finding.
pub(crate) fn steps(certificate: &Certificate, purpose: Purpose) -> Vec<Finding> {
    let mut steps = vec![key_usage(certificate)];
    steps.extend(extended_key_usage(certificate, purpose));
    steps
        .into_iter()
        .map(|step| about(step, certificate))
        .collect()
}

fn key_usage(certificate: &Certificate) -> Finding {
    let Some(usage) = certificate.key_usage() else {
        return Finding::remark("key_usage_absent", "证书没有限定密钥用法");
    };
    let names = usage.names().join(", ");
    if usage.digital_signature || usage.non_repudiation {
        Finding::valid("key_usage_valid", "密钥用法允许签名").with("密钥用法", names)
    } else {
        let message = "证书的密钥用法不含数字签名或不可否认，不能用于签名";
        Finding::invalid("key_usage_unfit", message).with("密钥用法", names)
    }
}

fn extended_key_usage(certificate: &Certificate, purpose: Purpose) -> Option<Finding> {
    let usages = certificate.extended_key_usage();
    let allows = |wanted| usages.is_some_and(|usages| usages.iter().any(|usage| usage == wanted));
    let is_critical = certificate
        .extensions()
        .iter()
        .any(|it| it.oid == crate::extension::id::EXTENDED_KEY_USAGE && it.critical);
    match purpose {
        Purpose::Tsa if !allows(TIME_STAMPING) => {
            let message = "证书的扩展密钥用法不含时间戳，不能签发时间戳";
            Some(Finding::invalid("extended_key_usage_unfit", message))
        }
        Purpose::Tsa if !is_critical => {
            let message = "时间戳证书的扩展密钥用法未标为关键扩展";
            Some(Finding::remark("extended_key_usage_not_critical", message))
        }
        // No extended usage is defined for seals, and real certificates carry others: one that
        // insists on its usage is not for seals, the rest says nothing.
        Purpose::SealMaker | Purpose::Stamper if is_critical && !allows(ANY_EXTENDED_KEY_USAGE) => {
            let message = "证书的扩展密钥用法为关键扩展，限定了其他用途";
            Some(Finding::invalid("extended_key_usage_unfit", message))
        }
        _ => None,
    }
}
