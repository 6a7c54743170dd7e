//! Certificates, lists, requests and signed data.

use pki::cms::SignedData;
use pki::{Certificate, CertificateRequest, Crl};

use super::Sheet;
use crate::output::beijing;

/// A certificate.
pub(super) fn of(certificate: &Certificate) -> Sheet {
    let kind = if certificate.is_ca() {
        "CA 证书"
    } else {
        "证书"
    };
    let mut sheet = Sheet::new(
        "certificate",
        format!("{kind} {}", certificate.subject().display()),
    );
    sheet.row("subject", "主体", certificate.subject().display());
    sheet.row("issuer", "签发者", certificate.issuer().display());
    sheet.row("serial", "序列号", certificate.serial_hex());
    sheet.row("not_before", "有效期起", beijing(certificate.not_before()));
    sheet.row("not_after", "有效期止", beijing(certificate.not_after()));
    sheet.row("key_algorithm", "公钥算法", certificate.key_algorithm());
    sheet.row(
        "signature_algorithm",
        "签名算法",
        certificate.signature_algorithm(),
    );
    sheet.row("ca", "可签发证书", certificate.is_ca());
    if let Some(usage) = certificate.key_usage() {
        sheet.row("key_usage", "密钥用法", usage.names().join(", "));
        sheet.row("key_usage_critical", "密钥用法关键", usage.critical);
    }
    if let Some(usages) = certificate.extended_key_usage() {
        sheet.row("extended_key_usage", "扩展密钥用法", usages.to_vec());
    }
    if !certificate.crl_distribution_points().is_empty() {
        sheet.row(
            "crl",
            "撤销列表地址",
            certificate.crl_distribution_points().to_vec(),
        );
    }
    if let Some(id) = certificate.subject_key_id() {
        sheet.row("subject_key_id", "主体密钥标识", hex::encode(id));
    }
    if let Some(id) = certificate.authority_key_id() {
        sheet.row("authority_key_id", "签发者密钥标识", hex::encode(id));
    }
    sheet.row(
        "fingerprint",
        "SM3 指纹",
        hex::encode(certificate.sm3_fingerprint()),
    );
    sheet
}

/// A revocation list.
pub(super) fn of_crl(crl: &Crl) -> Sheet {
    let mut sheet = Sheet::new("crl", "证书撤销列表");
    sheet.row("issuer", "签发者", crl.issuer().display());
    if let Some(number) = crl.number_hex() {
        sheet.row("number", "编号", number);
    }
    sheet.row("this_update", "本次更新", beijing(crl.this_update()));
    sheet.row("next_update", "下次更新", crl.next_update().map(beijing));
    sheet.row("revoked", "撤销证书数", crl.len());
    sheet
}

/// A certificate request, with what speaks against it.
pub(super) fn of_request(request: &CertificateRequest) -> Sheet {
    let mut sheet = Sheet::new("request", "证书请求（PKCS#10）");
    sheet.row("subject", "主体", request.subject().display());
    sheet.row("key_algorithm", "公钥算法", request.key_algorithm());
    let problems: Vec<String> = request
        .check()
        .into_iter()
        .map(|p| format!("{}（{}）", p.message, p.code))
        .collect();
    sheet.row("problems", "存在的问题", problems);
    sheet
}

/// Signed data with its certificates.
pub(super) fn of_signed_data(signed: &SignedData) -> Sheet {
    let mut sheet = Sheet::new("signed_data", "签名数据（SignedData，GB/T 35275 或 CMS）");
    sheet.row("content_type", "内容类型", signed.content_type());
    sheet.row(
        "content_bytes",
        "内容字节数",
        signed.content().map(<[u8]>::len),
    );
    let times: Vec<String> = signed
        .signers()
        .iter()
        .filter_map(pki::cms::SignerInfo::signing_time)
        .map(beijing)
        .collect();
    sheet.row("signers", "签名人数", signed.signers().len());
    sheet.row("signing_times", "自述签名时间", times);
    sheet.parts = signed.certificates().iter().map(of).collect();
    sheet
}
