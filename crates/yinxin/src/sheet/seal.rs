//! Seals and stamps.

use pki::Certificate;
use seal::{CertificateList, Seal, Stamp};

use super::{Sheet, certificate};
use crate::output::beijing;

/// A seal.
pub(super) fn of_seal(seal: &Seal) -> Sheet {
    let property = &seal.property;
    let mut sheet = Sheet::new("seal", format!("电子印章 {}", property.name));
    sheet.row("version", "标准", seal.version.standard());
    sheet.row("code", "印章编码", seal.code.clone());
    sheet.row("name", "印章名称", property.name.clone());
    sheet.row("type", "印章类型号", property.kind);
    sheet.row("vendor", "厂商标识", seal.header.vendor.clone());
    sheet.row("created", "制作时间", beijing(property.created));
    sheet.row("valid_from", "有效期起", beijing(property.valid_from));
    sheet.row("valid_to", "有效期止", beijing(property.valid_to));
    let (width, height) = seal.size_in_tenths();
    let size = format!(
        "{} mm × {} mm",
        f64::from(width) / 10.0,
        f64::from(height) / 10.0
    );
    sheet.row("size", "尺寸", size);
    let kind = seal
        .picture
        .format()
        .map_or("认不出", seal::PictureFormat::media_type);
    sheet.row(
        "picture",
        "图像",
        format!("{kind}，{} 字节", seal.picture.data.len()),
    );
    let extensions: Vec<String> = seal.extensions.iter().map(|e| e.oid.clone()).collect();
    sheet.row("extensions", "扩展", extensions);
    sheet.row("algorithm", "签名算法", seal.algorithm.clone());
    sheet.row("timestamp", "有时间戳", seal.timestamp.is_some());
    notes(&mut sheet, &seal.notes);
    sheet.row("digest", "SM3 摘要", hex::encode(gm::sm3(seal.der())));
    sheet.parts.push(named("制章人", &seal.maker_certificate));
    match &property.certificates {
        CertificateList::Certificates(list) => {
            sheet
                .parts
                .extend(list.iter().map(|der| named("签章人", der)));
        }
        CertificateList::Digests(list) => {
            let digests: Vec<String> = list
                .iter()
                .map(|d| format!("{} {}", d.algorithm, hex::encode(&d.value)))
                .collect();
            sheet.row("certificate_digests", "签章人证书摘要", digests);
        }
    }
    sheet
}

/// A stamp with its seal.
pub(super) fn of_stamp(stamp: &Stamp) -> Sheet {
    let mut sheet = Sheet::new("stamp", "签章数据（SES_Signature）");
    sheet.row("version", "标准", stamp.version.standard());
    sheet.row("time", "自述盖章时间", stamp.claimed_time().map(beijing));
    sheet.row("property_info", "原文属性", stamp.property_info.clone());
    sheet.row("data_hash", "原文摘要", hex::encode(&stamp.data_hash));
    sheet.row("algorithm", "签名算法", stamp.algorithm.clone());
    sheet.row(
        "signature_digest",
        "签名值 SM3",
        hex::encode(gm::sm3(&stamp.signature)),
    );
    sheet.row("timestamp", "有时间戳", stamp.timestamp.is_some());
    notes(&mut sheet, &stamp.notes);
    sheet.parts.push(named("签章人", &stamp.signer_certificate));
    sheet.parts.push(of_seal(&stamp.seal));
    sheet
}

fn notes(sheet: &mut Sheet, notes: &[pki::Finding]) {
    if !notes.is_empty() {
        let notes: Vec<String> = notes
            .iter()
            .map(|note| format!("{}（{}）", note.message, note.code))
            .collect();
        sheet.row("notes", "读取时注意到", notes);
    }
}

fn named(role: &str, der: &[u8]) -> Sheet {
    match Certificate::from_der(der) {
        Ok(found) => {
            let mut sheet = certificate::of(&found);
            sheet.title = format!("{role}{}", sheet.title);
            sheet
        }
        Err(error) => Sheet::new("certificate", format!("{role}证书读不了：{error}")),
    }
}
