//! A look at a to-be-signed certificate before a key is used on it, as boulder does.

use der::{Tag, Tagged};
use jiff::{SignedDuration, Timestamp};

use crate::{
    asn1::{Raw, elements, read_whole},
    certificate::{LIMIT, TbsCertificate, sm2_key},
    error::What,
    extension::{
        BasicConstraints, Extension, KeyUsage, TIME_STAMPING, id, read_authority_key_id,
        read_distribution_points, read_extended_key_usage,
    },
    name::Name,
    profile::key_id,
    report::Finding,
};

const YEAR: SignedDuration = SignedDuration::from_hours(24 * 366);
const LONGEST_ROOT: i32 = 30;
const LONGEST_CA: i32 = 20;
const LONGEST_TSA: i32 = 10;
const LONGEST_END_ENTITY: i32 = 5;

/// The most characters in one attribute of a name. X.520 says 64; the names of some units with the
/// credit code before them are longer, and readers take them.
const LONGEST_TEXT: usize = 128;

/// Everything that speaks against signing these bytes; nothing when they may be signed.
///
/// Each finding has outcome invalid: a caller signs only what comes back empty.
#[must_use]
pub fn lint(tbs: &[u8]) -> Vec<Finding> {
    let parsed = match read_whole::<TbsCertificate<'_>>(What::Certificate, LIMIT, tbs) {
        Ok(parsed) => parsed,
        Err(error) => {
            let finding = problem("lint_malformed", "待签证书的结构不正确");
            return vec![finding.with("原因", error.to_string())];
        }
    };
    let mut lint = Lint {
        tbs: &parsed,
        extensions: Vec::new(),
        findings: Vec::new(),
    };
    lint.extensions = parsed
        .extensions
        .iter()
        .flatten()
        .map(|extension| Extension::from(*extension))
        .collect();
    lint.frame();
    lint.serial();
    lint.names();
    lint.validity();
    lint.extension_list();
    lint.usage();
    lint.key_ids();
    lint.crl_url();
    lint.findings
}

struct Lint<'a> {
    tbs: &'a TbsCertificate<'a>,
    extensions: Vec<Extension>,
    findings: Vec<Finding>,
}

impl Lint<'_> {
    fn check(&mut self, ok: bool, code: &'static str, message: &str) {
        if !ok {
            self.findings.push(problem(code, message));
        }
    }

    fn extension(&self, oid: &str) -> Option<&Extension> {
        self.extensions
            .iter()
            .find(|extension| extension.oid == oid)
    }

    fn constraints(&self) -> BasicConstraints {
        let extension = self.extension(id::BASIC_CONSTRAINTS);
        extension
            .and_then(|it| der::Decode::from_der(&it.value).ok())
            .unwrap_or_default()
    }

    fn is_self_issued(&self) -> bool {
        self.tbs.issuer == self.tbs.subject
    }

    fn is_tsa(&self) -> bool {
        let usages = self
            .extension(id::EXTENDED_KEY_USAGE)
            .map(read_extended_key_usage);
        matches!(usages, Some(Ok(usages)) if usages == [TIME_STAMPING])
    }

    fn frame(&mut self) {
        let tbs = self.tbs;
        self.check(tbs.version == 2, "lint_version", "证书版本应为 v3");
        let algorithm = &tbs.signature;
        let is_sm2 =
            algorithm.oid.to_string() == gm::oid::SM2_SM3 && algorithm.parameters.is_none();
        self.check(
            is_sm2,
            "lint_signature_algorithm",
            "签名算法应为 SM3withSM2，且不带参数",
        );
        let key = sm2_key(&tbs.subject_public_key_info);
        self.check(key.is_some(), "lint_key_not_sm2", "证书公钥不是 SM2 公钥");
        let has_ids = tbs.issuer_unique_id.is_some() || tbs.subject_unique_id.is_some();
        self.check(!has_ids, "lint_unique_id", "证书不应含有唯一标识符");
    }

    fn serial(&mut self) {
        let serial = self.tbs.serial.content(Tag::Integer).unwrap_or_default();
        let is_positive = serial.first().is_some_and(|first| *first < 0x80);
        self.check(is_positive, "lint_serial_negative", "证书序列号应为正数");
        let length = crate::certificate::significant(serial).len();
        self.check(length >= 8, "lint_serial_short", "证书序列号不足 64 位");
        self.check(length <= 20, "lint_serial_long", "证书序列号超过 20 字节");
    }

    fn names(&mut self) {
        for (raw, whose) in [(self.tbs.issuer, "签发者"), (self.tbs.subject, "使用者")] {
            match Name::from_der(raw.0) {
                Ok(name) => {
                    for message in name_problems(&name) {
                        self.findings
                            .push(problem("lint_name", format!("{whose}名称{message}")));
                    }
                }
                Err(_) => self
                    .findings
                    .push(problem("lint_name", format!("{whose}名称无法识别"))),
            }
        }
        let subject = self.tbs.subject;
        self.check(
            strings_are_right(subject),
            "lint_name",
            "使用者名称的字符串类型不符合规定",
        );
    }

    fn validity(&mut self) {
        let (start, end) = (
            self.tbs.validity.not_before.0,
            self.tbs.validity.not_after.0,
        );
        self.check(
            start < end,
            "lint_validity_order",
            "有效期的起始时间不早于截止时间",
        );
        let years = match (self.constraints().ca, self.is_self_issued()) {
            (true, true) => LONGEST_ROOT,
            (true, false) => LONGEST_CA,
            (false, _) if self.is_tsa() => LONGEST_TSA,
            (false, _) => LONGEST_END_ENTITY,
        };
        let message = format!("有效期超过 {years} 年");
        self.check(
            length(start, end) <= YEAR * years,
            "lint_validity_long",
            &message,
        );
    }

    fn extension_list(&mut self) {
        let known = [
            id::SUBJECT_KEY_ID,
            id::KEY_USAGE,
            id::BASIC_CONSTRAINTS,
            id::CRL_DISTRIBUTION_POINTS,
            id::AUTHORITY_KEY_ID,
            id::EXTENDED_KEY_USAGE,
        ];
        let mut seen = Vec::new();
        for extension in self.extensions.clone() {
            let oid = extension.oid.as_str();
            let message = format!("含有未规定的扩展 {oid}");
            self.check(known.contains(&oid), "lint_extension_unknown", &message);
            let message = format!("扩展 {oid} 重复");
            self.check(
                !seen.contains(&extension.oid),
                "lint_extension_twice",
                &message,
            );
            seen.push(extension.oid);
        }
    }

    fn usage(&mut self) {
        let usage = self.extension(id::KEY_USAGE).map(KeyUsage::read);
        let Some(Ok(usage)) = usage else {
            return self
                .findings
                .push(problem("lint_usage_missing", "缺少密钥用法"));
        };
        self.check(
            usage.critical,
            "lint_usage_not_critical",
            "密钥用法应为关键扩展",
        );
        if self.constraints().ca {
            let is_right = usage.names() == ["keyCertSign", "cRLSign"];
            self.check(
                is_right,
                "lint_usage",
                "CA 证书的密钥用法应为证书签发和撤销列表签发",
            );
            let critical = self
                .extension(id::BASIC_CONSTRAINTS)
                .is_some_and(|it| it.critical);
            self.check(
                critical,
                "lint_constraints_not_critical",
                "基本约束应为关键扩展",
            );
            let limited = self.is_self_issued() || self.constraints().path_len == Some(0);
            self.check(limited, "lint_path_len", "签发 CA 的路径长度应限制为 0");
            let extended = self.extension(id::EXTENDED_KEY_USAGE).is_some();
            self.check(
                !extended,
                "lint_extended_usage",
                "CA 证书不应含有扩展密钥用法",
            );
        } else {
            let is_right = usage.names() == ["digitalSignature", "nonRepudiation"];
            self.check(is_right, "lint_usage", "密钥用法应为数字签名和不可否认");
            let plain = self.extension(id::BASIC_CONSTRAINTS).is_none();
            self.check(plain, "lint_constraints", "非 CA 证书不应含有基本约束");
            let self_signed = self.is_self_issued();
            self.check(!self_signed, "lint_self_issued", "非 CA 证书不应由自己签发");
            let extended = self.extension(id::EXTENDED_KEY_USAGE).map(|it| it.critical);
            let is_right = extended.is_none() || (extended == Some(true) && self.is_tsa());
            let message = "扩展密钥用法只用于时间戳证书，且应为关键扩展";
            self.check(is_right, "lint_extended_usage", message);
        }
    }

    fn key_ids(&mut self) {
        let own = self.extension(id::SUBJECT_KEY_ID);
        let own = own.and_then(|it| Raw(&it.value).content(Tag::OctetString).ok());
        let key = sm2_key(&self.tbs.subject_public_key_info).map(|key| key_id(&key));
        let is_right = own.is_some() && own == key.as_ref().map(<[u8; 20]>::as_slice);
        self.check(
            is_right,
            "lint_subject_key_id",
            "使用者密钥标识符缺失或与公钥不符",
        );
        let issuer = self
            .extension(id::AUTHORITY_KEY_ID)
            .map(read_authority_key_id);
        let is_there = matches!(issuer, Some(Ok(Some(id))) if !id.is_empty());
        self.check(is_there, "lint_authority_key_id", "缺少签发者密钥标识符");
    }

    fn crl_url(&mut self) {
        let urls = self
            .extension(id::CRL_DISTRIBUTION_POINTS)
            .map(read_distribution_points);
        let is_web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        let is_right = match urls {
            Some(Ok(urls)) => !urls.is_empty() && urls.iter().all(is_web),
            Some(Err(_)) => false,
            None => self.constraints().ca,
        };
        self.check(
            is_right,
            "lint_crl_url",
            "缺少撤销列表的下载地址，或不是网址",
        );
    }
}

fn problem(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::invalid(code, message)
}

fn length(start: Timestamp, end: Timestamp) -> SignedDuration {
    end.duration_since(start)
}

fn name_problems(name: &Name) -> Vec<&'static str> {
    let types: Vec<_> = name.attributes().map(|(oid, _)| oid).collect();
    let mut problems = Vec::new();
    if types != ["2.5.4.6", "2.5.4.10", "2.5.4.3"] {
        problems.push("应依次为国家、单位、通用名");
    }
    if name.country() != Some("CN") {
        problems.push("的国家应为 CN");
    }
    let texts = || name.attributes().map(|(_, text)| text);
    if texts().any(|text| text.trim().is_empty() || text.trim() != text) {
        problems.push("有空白的内容或首尾空格");
    }
    if texts().any(|text| text.chars().count() > LONGEST_TEXT) {
        problems.push("有超过 128 个字的内容");
    }
    if name.display().contains('\u{fffd}') {
        problems.push("含有不可显示的字符");
    }
    problems
}

/// Country as PrintableString, everything else as UTF8String, one attribute in each set.
fn strings_are_right(name: Raw<'_>) -> bool {
    let check = || -> der::Result<bool> {
        let mut right = true;
        for set in elements(name.content(Tag::Sequence)?)? {
            let attributes = elements(set.content(Tag::Set)?)?;
            right &= attributes.len() == 1;
            for attribute in attributes {
                let parts = elements(attribute.content(Tag::Sequence)?)?;
                let [oid, value] = parts[..] else {
                    return Ok(false);
                };
                let is_country = oid.0 == [6, 3, 0x55, 4, 6];
                let wanted = if is_country {
                    Tag::PrintableString
                } else {
                    Tag::Utf8String
                };
                right &= value.any()?.tag() == wanted;
            }
        }
        Ok(right)
    };
    check().unwrap_or(false)
}
