//! What a file holds, as rows for people and members for programs.

mod certificate;
mod document;
mod seal;

use pki::cms::SignedData;
use pki::{Certificate, CertificateRequest, Crl};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::output::{padded, wrapped};
use crate::private_key;

/// Columns of the labels.
const LABEL: usize = 16;

/// What is shown of one thing, with what is inside it.
pub(crate) struct Sheet {
    kind: &'static str,
    title: String,
    rows: Vec<(&'static str, &'static str, Value)>,
    parts: Vec<Sheet>,
}

/// Recognises a file and shows it.
pub(crate) fn of(bytes: &[u8]) -> Result<Sheet, Failure> {
    if bytes.starts_with(b"PK") {
        return document::of(bytes);
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(Sheet::new("pdf", "PDF 文件（尚不能查看其中的签章）"));
    }
    if let Ok(stamp) = ::seal::Stamp::parse(bytes) {
        return Ok(seal::of_stamp(&stamp));
    }
    if let Ok(found) = ::seal::Seal::parse(bytes) {
        return Ok(seal::of_seal(&found));
    }
    if let Ok(signed) = SignedData::from_der(bytes) {
        return Ok(certificate::of_signed_data(&signed));
    }
    if let Ok(crl) = Crl::from_der_or_pem(bytes) {
        return Ok(certificate::of_crl(&crl));
    }
    let blocks = pki::pem::blocks(bytes);
    if blocks.len() > 1 {
        let mut sheet = Sheet::new("certificates", format!("{} 个 PEM 块", blocks.len()));
        for block in &blocks {
            match Certificate::from_der(&block.der) {
                Ok(found) => sheet.parts.push(certificate::of(&found)),
                Err(_) => sheet
                    .parts
                    .push(Sheet::new("other", format!("不是证书：{}", block.label))),
            }
        }
        return Ok(sheet);
    }
    if let Ok(found) = Certificate::from_der_or_pem(bytes) {
        return Ok(certificate::of(&found));
    }
    if private_key::is_pkcs12(bytes) {
        let title = "PKCS#12：私钥和证书，由口令保护（用 yinxin stamp --key 使用，或用 openssl pkcs12 -info 查看）";
        return Ok(Sheet::new("pkcs12", title));
    }
    match CertificateRequest::parse(bytes) {
        Ok(request) => Ok(certificate::of_request(&request)),
        Err(problem) if problem.code == "p10_private_key" => Ok(Sheet::new(
            "private_key",
            "私钥：请妥善保管，不要发送给任何人",
        )),
        Err(_) => Err(Failure::new(
            "format_unknown",
            "认不出这个文件：不是印章、证书、撤销列表、证书请求、签章、PKCS#12 或 OFD。",
        )),
    }
}

impl Sheet {
    fn new(kind: &'static str, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            rows: Vec::new(),
            parts: Vec::new(),
        }
    }

    fn row(&mut self, name: &'static str, label: &'static str, value: impl Into<Value>) {
        self.rows.push((name, label, value.into()));
    }

    /// For programs: `kind`, `title`, a member for each row, and `parts`.
    pub(crate) fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("kind".into(), self.kind.into());
        members.insert("title".into(), self.title.clone().into());
        for (name, _, value) in &self.rows {
            members.insert((*name).into(), value.clone());
        }
        if !self.parts.is_empty() {
            let parts = self.parts.iter().map(Self::to_json).collect();
            members.insert("parts".into(), Value::Array(parts));
        }
        Value::Object(members)
    }

    /// For people.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(0, &mut text);
        text
    }

    fn write(&self, depth: usize, text: &mut String) {
        let indent = " ".repeat(depth * 2);
        *text += &wrapped(&format!("{indent}【{}】", self.title), indent.len() + 2);
        for (_, label, value) in &self.rows {
            let start = format!("{indent}  {}", padded(label, LABEL));
            match value {
                Value::Array(items) if items.is_empty() => {
                    *text += &wrapped(&format!("{start}无"), 0);
                }
                Value::Array(items) => {
                    let blank = " ".repeat(indent.len() + 2 + LABEL);
                    for (n, item) in items.iter().enumerate() {
                        let start = if n == 0 { &start } else { &blank };
                        *text += &wrapped(&format!("{start}{}", plain(item)), blank.len());
                    }
                }
                value => {
                    *text += &wrapped(
                        &format!("{start}{}", plain(value)),
                        indent.len() + 2 + LABEL,
                    );
                }
            }
        }
        for part in &self.parts {
            part.write(depth + 1, text);
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Null => "无".to_owned(),
        other => other.to_string(),
    }
}
