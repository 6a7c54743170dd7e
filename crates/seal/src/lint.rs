//! Whether a seal is as it should be, beyond what the standard checks: before it is signed, and as step S6 after.

use jiff::Timestamp;
use pki::{Certificate, Finding};

use crate::limits::Limits;
use crate::make_seal::SealInfo;
use crate::picture::{Picture, PictureFormat, PictureProblem, Pixels};
use crate::property::{CertificateList, Property};

/// The largest side that a seal picture may have, in millimetres: page-sized pictures are no seals.
const LARGEST_SIDE: u32 = 150;

impl SealInfo {
    /// Checks a seal before it is signed. A finding with an outcome other than valid forbids signing; a remark does not.
    ///
    /// `signers` are the certificates that the seal is for, `maker` the certificate whose key will sign.
    pub fn lint(
        &self,
        signers: &[Certificate],
        maker: &Certificate,
        limits: &Limits,
    ) -> Vec<Finding> {
        let property = self.property();
        let mut findings = lint_property(&property, &self.code);
        match self.picture() {
            Ok(picture) => {
                findings.extend(lint_picture(&picture, (self.width, self.height), |p| {
                    p.decode(limits)
                }));
            }
            Err(_) => findings.push(unknown_picture()),
        }
        for (place, limit) in [("印章宽度", self.width), ("印章高度", self.height)] {
            if limit < 10 {
                findings.push(Finding::invalid(
                    "size_out_of_range",
                    format!("{place}不足 1 毫米"),
                ));
            }
        }
        if let Err(error) = self.tbs() {
            findings.push(Finding::invalid(error.code(), error.to_string()));
        }
        for signer in signers {
            if !property.certificates.names(signer.der()).unwrap_or(false) {
                findings.push(Finding::invalid(
                    "signer_not_in_cert_list",
                    "签章人证书不在印章的证书列表中",
                ));
            }
            let inside =
                signer.not_before() <= self.valid_from && self.valid_to <= signer.not_after();
            if !inside {
                findings.push(Finding::invalid(
                    "validity_outside_certificate",
                    "印章有效期超出签章人证书的有效期，请按证书有效期制作",
                ));
            }
        }
        if signers.is_empty() {
            findings.push(Finding::invalid("certificate_list_empty", "没有签章人证书"));
        }
        if self.created < maker.not_before() || self.created > maker.not_after() {
            findings.push(Finding::invalid(
                "maker_certificate_not_valid",
                "制章人证书此时不在有效期内，请更换制章人证书",
            ));
        }
        if self.valid_to > maker.not_after() {
            findings.push(Finding::remark(
                "seal_outlives_maker_certificate",
                "印章有效期晚于制章人证书的截止日期",
            ));
        }
        findings
    }
}

impl CertificateList {
    /// Whether the list names this certificate; `None` where its digests are of an unknown algorithm.
    pub fn names(&self, certificate: &[u8]) -> Option<bool> {
        match self {
            CertificateList::Certificates(list) => Some(list.iter().any(|der| der == certificate)),
            CertificateList::Digests(list) => {
                let digest = gm::sm3(certificate);
                let (known, unknown): (Vec<_>, Vec<_>) =
                    list.iter().partition(|entry| is_sm3(&entry.algorithm));
                let found = known.iter().any(|entry| entry.value == digest);
                (found || unknown.is_empty()).then_some(found)
            }
        }
    }
}

/// Whether a digest algorithm as written (name or object identifier) is SM3.
pub fn is_sm3(algorithm: &str) -> bool {
    let algorithm = algorithm.trim();
    algorithm.eq_ignore_ascii_case("SM3") || algorithm == gm::oid::SM3
}

pub(crate) fn lint_property(property: &Property, code: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let length = property.name.chars().count();
    if length == 0
        || property.name.trim() != property.name
        || property.name.chars().any(char::is_control)
    {
        findings.push(Finding::invalid(
            "seal_name_wrong",
            "印章名称为空，或含有首尾空格、控制字符",
        ));
    }
    if length > 128 {
        findings.push(Finding::invalid(
            "seal_name_too_long",
            "印章名称超过 128 个字",
        ));
    }
    if code.is_empty() || code.len() > 64 || !code.bytes().all(|b| b.is_ascii_graphic()) {
        findings.push(Finding::invalid(
            "seal_code_wrong",
            "印章编码为空、过长，或含有字母数字以外的字符",
        ));
    }
    if property.valid_to <= property.valid_from {
        findings.push(Finding::invalid(
            "validity_reversed",
            "印章有效期的终止时间不晚于起始时间",
        ));
    }
    if property.created > property.valid_to {
        findings.push(Finding::invalid(
            "created_after_validity",
            "印章制作时间晚于有效期",
        ));
    }
    if property.valid_from.duration_until(property.valid_to)
        > jiff::SignedDuration::from_hours(24 * 366 * 10)
    {
        findings.push(Finding::remark("validity_long", "印章有效期超过十年"));
    }
    findings
}

/// `size` is in tenths of a millimetre; `decode` as [`Picture::decode`].
pub(crate) fn lint_picture(
    picture: &Picture,
    size: (u32, u32),
    decode: impl FnOnce(&Picture) -> Result<Option<Pixels>, PictureProblem>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for side in [picture.width, picture.height] {
        if side == 0 || side > LARGEST_SIDE {
            findings.push(
                Finding::invalid(
                    "size_out_of_range",
                    format!("印章图像尺寸不合理，应在 1 至 {LARGEST_SIDE} 毫米之间"),
                )
                .with("毫米", format!("{}×{}", picture.width, picture.height)),
            );
            break;
        }
    }
    let Some(format) = picture.format() else {
        findings.push(unknown_picture());
        return findings;
    };
    if !format.is_called(&picture.kind) {
        findings.push(
            Finding::remark("picture_kind_differs", "印章图像的类型与内容不符")
                .with("标明", picture.kind.clone())
                .with("实际", format.kind()),
        );
    }
    match decode(picture) {
        Err(PictureProblem::Unknown) => findings.push(unknown_picture()),
        Err(PictureProblem::TooLarge) => {
            findings.push(Finding::invalid(
                "picture_too_large",
                "印章图像的像素过多，无法显示",
            ));
        }
        Err(PictureProblem::Broken) => {
            findings.push(Finding::invalid(
                "picture_broken",
                "印章图像已损坏，无法显示",
            ));
        }
        Ok(Some(pixels)) => {
            if !pixels.transparent {
                findings.push(Finding::remark(
                    "picture_opaque",
                    "印章图像没有透明背景，会遮住下面的文字",
                ));
            }
            let (shown, real) = (
                f64::from(size.0) / f64::from(size.1.max(1)),
                f64::from(pixels.width) / f64::from(pixels.height),
            );
            if (shown / real - 1.0).abs() > 0.05 {
                findings.push(Finding::remark(
                    "picture_stretched",
                    "印章图像的长宽比与标注的尺寸不符，显示时会变形",
                ));
            }
        }
        Ok(None) if format == PictureFormat::Svg => {
            findings.push(Finding::remark(
                "picture_svg",
                "印章图像为 SVG，多数阅读软件不能显示",
            ));
        }
        Ok(None) => {}
    }
    findings
}

/// A moment as the reader knows it: Beijing time.
pub(crate) fn beijing(time: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8));
    time.to_zoned(zone)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

fn unknown_picture() -> Finding {
    Finding::invalid(
        "picture_unknown",
        "印章图像不是 PNG、JPG、GIF、BMP、SVG 或 OFD 格式",
    )
}
