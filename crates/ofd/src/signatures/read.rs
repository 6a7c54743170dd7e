//! Reading `Signatures.xml` and `Signature.xml`.

use std::collections::HashSet;

use roxmltree::Node;

use super::{
    Finding, Provider, Rect, Reference, SignatureFile, SignatureInfo, SignatureKind, Signatures,
    StampAnnot,
};
use crate::document::Ofd;
use crate::error::{EntryProblem, Error, XmlProblem};
use crate::location::{Target, locate};
use crate::package::{Package, Severity};
use crate::xml;

/// Signatures in one file that are read.
const MAX_SIGNATURES: usize = 500;
/// Bytes of all signature files, values and seals together.
const MAX_KEPT: u64 = 256 << 20;
/// More unreferenced XML files than this are not looked into for signatures.
const MAX_SEARCHED: usize = 500;
/// Bytes of the largest file that is looked into.
const MAX_SEARCHED_SIZE: u64 = 4 << 20;

/// Reads all signatures of a file, those included that no list refers to any more.
pub fn read(ofd: &Ofd<'_>) -> Signatures {
    let mut reader = Reader {
        ofd,
        kept: 0,
        signatures: Signatures::default(),
    };
    for (index, body) in ofd.bodies().iter().enumerate() {
        if body.signatures.len() > 1 {
            let message = "OFD.xml 中有多个 Signatures 节点，不同软件可能读取不同的签名列表";
            reader.report(
                "signature_lists_repeated",
                Severity::Problem,
                "OFD.xml",
                message.into(),
            );
        }
        for list in &body.signatures {
            if let Err(error) = reader.read_list(list, Some(index)) {
                reader.report(error.code(), Severity::Problem, list, error.to_string());
            }
        }
    }
    reader.search_unreferenced();
    reader.check_ids();
    reader.signatures
}

struct Reader<'o, 'a> {
    ofd: &'o Ofd<'a>,
    /// Bytes kept so far.
    kept: u64,
    signatures: Signatures,
}

impl Reader<'_, '_> {
    fn report(&mut self, code: &'static str, severity: Severity, entry: &str, message: String) {
        let finding = Finding {
            code,
            severity,
            entry: entry.to_owned(),
            message,
        };
        self.signatures.findings.push(finding);
    }

    fn read_list(&mut self, list: &str, body: Option<usize>) -> Result<(), Error> {
        let package = self.ofd.package();
        let text = xml::text(package, list)?;
        let parsed = xml::parse(list, &text, package.limits())?;
        let root = parsed.root_element();
        if !xml::is(root, "Signatures") {
            return Err(xml::problem(list, XmlProblem::Missing("Signatures")));
        }
        for node in xml::children(root, "Signature") {
            if self.signatures.files.len() >= MAX_SIGNATURES {
                let message = format!("签名超过 {MAX_SIGNATURES} 个，其余签名未检查");
                self.report("too_many_signatures", Severity::Problem, list, message);
                break;
            }
            let location = xml::attribute(node, "BaseLoc").unwrap_or_default();
            let target = locate(package, list, location);
            let mut file = match &target {
                Target::Found(entry) | Target::Guessed(entry) => {
                    read_signature(self.ofd, entry, body, &mut self.kept)
                }
                Target::Missing(_) | Target::Outside => {
                    let problem = Error::entry(location, EntryProblem::Missing);
                    SignatureFile {
                        problem: Some(problem),
                        ..empty(body)
                    }
                }
            };
            list.clone_into(&mut file.list);
            xml::attribute(node, "ID")
                .unwrap_or_default()
                .clone_into(&mut file.id);
            file.kind = match xml::attribute(node, "Type") {
                None | Some("Seal") => SignatureKind::Seal,
                Some("Sign") => SignatureKind::Sign,
                Some(other) => SignatureKind::Other(other.chars().take(50).collect()),
            };
            self.signatures.files.push(file);
        }
        Ok(())
    }

    /// A signature that is in the package but no longer referred to was taken out of sight.
    fn search_unreferenced(&mut self) {
        let package = self.ofd.package();
        let reach = self.ofd.reach_without_pages();
        let candidates = package.files().filter(|entry| {
            let name = entry.name().to_ascii_lowercase();
            name.ends_with(".xml")
                && entry.size() <= MAX_SEARCHED_SIZE
                && !reach.parts.contains_key(entry.name())
        });
        let (mut lists, mut singles) = (Vec::new(), Vec::new());
        for entry in candidates.take(MAX_SEARCHED) {
            let Ok(text) = xml::text(package, entry.name()) else {
                continue;
            };
            if !text.contains("Signature") {
                continue;
            }
            let Ok(parsed) = xml::parse(entry.name(), &text, package.limits()) else {
                continue;
            };
            match parsed.root_element().tag_name().name() {
                "Signatures" => lists.push(entry.name().to_owned()),
                "Signature" => singles.push(entry.name().to_owned()),
                _ => {}
            }
        }
        for list in lists {
            let message = format!("签名列表“{list}”已不被 OFD.xml 引用，签名可能被人为移除");
            self.report("signature_not_referred", Severity::Problem, &list, message);
            // It parsed a moment ago.
            let _parsed = self.read_list(&list, None);
        }
        for single in singles {
            if !self
                .signatures
                .files
                .iter()
                .any(|file| file.entry == single)
            {
                let message = format!("签名“{single}”已不被签名列表引用，签名可能被人为移除");
                self.report(
                    "signature_not_referred",
                    Severity::Problem,
                    &single,
                    message,
                );
                let file = read_signature(self.ofd, &single, None, &mut self.kept);
                self.signatures.files.push(file);
            }
        }
    }

    fn check_ids(&mut self) {
        let mut ids = HashSet::new();
        let mut entries = HashSet::new();
        let mut repeated = Vec::new();
        for file in &self.signatures.files {
            if !ids.insert((&file.list, &file.id)) {
                let message = format!("签名列表中有多个签名使用编号“{}”", file.id);
                repeated.push((
                    "signature_id_repeated",
                    Severity::Remark,
                    &file.list,
                    message,
                ));
            }
            if !file.entry.is_empty() && !entries.insert(&file.entry) {
                let message = format!("签名“{}”在签名列表中被引用多次", file.entry);
                repeated.push((
                    "signature_listed_twice",
                    Severity::Remark,
                    &file.list,
                    message,
                ));
            }
        }
        let repeated: Vec<_> = repeated
            .into_iter()
            .map(|(code, s, list, text)| (code, s, list.clone(), text))
            .collect();
        for (code, severity, list, message) in repeated {
            self.report(code, severity, &list, message);
        }
    }
}

fn empty(body: Option<usize>) -> SignatureFile {
    SignatureFile {
        body,
        list: String::new(),
        id: String::new(),
        kind: SignatureKind::Seal,
        entry: String::new(),
        xml: Vec::new(),
        info: None,
        problem: None,
        findings: Vec::new(),
    }
}

fn read_signature(
    ofd: &Ofd<'_>,
    entry: &str,
    body: Option<usize>,
    kept: &mut u64,
) -> SignatureFile {
    let mut file = SignatureFile {
        entry: entry.to_owned(),
        ..empty(body)
    };
    match keep(ofd.package(), entry, kept) {
        Ok(bytes) => file.xml = bytes,
        Err(problem) => {
            file.problem = Some(problem);
            return file;
        }
    }
    match parse_signature(ofd, entry, body, kept, &mut file.findings) {
        Ok(info) => file.info = Some(info),
        Err(problem) => file.problem = Some(problem),
    }
    file
}

fn parse_signature(
    ofd: &Ofd<'_>,
    entry: &str,
    body: Option<usize>,
    kept: &mut u64,
    findings: &mut Vec<Finding>,
) -> Result<SignatureInfo, Error> {
    let package = ofd.package();
    let text = xml::text(package, entry)?;
    let parsed = xml::parse(entry, &text, package.limits())?;
    let root = parsed.root_element();
    let missing = |what| xml::problem(entry, XmlProblem::Missing(what));
    if !xml::is(root, "Signature") {
        return Err(missing("Signature"));
    }
    let signed = xml::child(root, "SignedInfo").ok_or_else(|| missing("SignedInfo"))?;
    let mut report = |code, severity, message: String| {
        findings.push(Finding {
            code,
            severity,
            entry: entry.to_owned(),
            message,
        });
    };
    check_elements(root, &["SignedInfo", "SignedValue"], &[], &mut report);
    let known = [
        "Provider",
        "SignatureMethod",
        "SignatureDateTime",
        "References",
        "Seal",
        "StampAnnot",
    ];
    check_elements(signed, &known, &["StampAnnot"], &mut report);

    let of_signed = |name| xml::child_text(signed, name).map_or(String::new(), Into::into);
    let references = xml::child(signed, "References");
    let mut file_at = |location: Option<String>, code, what: &str| {
        let location = location?;
        let content = locate(package, entry, &location)
            .found()
            .ok_or_else(|| Error::entry(&location, EntryProblem::Missing))
            .and_then(|target| Ok((keep(package, &target, kept)?, target)));
        content
            .map_err(|error| report(code, Severity::Problem, format!("{what}无法读取：{error}")))
            .ok()
    };
    let value_location = xml::child_text(root, "SignedValue").map(String::from);
    let signed_value = file_at(value_location, "signed_value_unreadable", "签名值");
    let seal_location = xml::child(signed, "Seal")
        .and_then(|seal| xml::child_text(seal, "BaseLoc"))
        .map(String::from);
    let seal = file_at(seal_location, "seal_file_unreadable", "印章文件");
    if signed_value.is_none() {
        report(
            "signed_value_missing",
            Severity::Problem,
            "签名没有可用的签名值文件".into(),
        );
    }
    let info = SignatureInfo {
        provider: provider(signed),
        method: of_signed("SignatureMethod"),
        date_time: of_signed("SignatureDateTime"),
        check_method: references
            .and_then(|node| xml::attribute(node, "CheckMethod"))
            .unwrap_or_default()
            .to_owned(),
        references: references.map_or(Vec::new(), |node| read_references(ofd, entry, node)),
        stamps: xml::children(signed, "StampAnnot")
            .map(|node| stamp(ofd, body, node))
            .collect(),
        seal_entry: seal.as_ref().map(|(_, entry)| entry.clone()),
        seal: seal.map(|(bytes, _)| bytes),
        signed_value_entry: signed_value.as_ref().map(|(_, entry)| entry.clone()),
        signed_value: signed_value.map(|(bytes, _)| bytes),
    };
    check_references(&info, &mut report);
    check_stamps(&info, &mut report);
    Ok(info)
}

/// Reads a file that is kept: one may be named again and again.
fn keep(package: &Package<'_>, entry: &str, kept: &mut u64) -> Result<Vec<u8>, Error> {
    *kept = kept.saturating_add(package.size_of(entry));
    if *kept > MAX_KEPT {
        return Err(Error::entry(entry, EntryProblem::TooLarge));
    }
    Ok(package.read(entry)?.into_owned())
}

fn check_references(info: &SignatureInfo, report: &mut dyn FnMut(&'static str, Severity, String)) {
    if info.references.is_empty() {
        report(
            "no_references",
            Severity::Problem,
            "签名没有保护任何文件".into(),
        );
    }
    let mut seen = HashSet::new();
    for entry in info
        .references
        .iter()
        .filter_map(|reference| reference.entry.as_ref())
    {
        if !seen.insert(entry) {
            report(
                "reference_repeated",
                Severity::Remark,
                format!("签名重复引用“{entry}”"),
            );
        }
    }
    let method = super::DigestMethod::parse(&info.check_method);
    if method.is_weak() {
        let name = if info.check_method.is_empty() {
            "MD5（未注明）"
        } else {
            &info.check_method
        };
        let message = format!("签名使用已不安全的摘要算法 {name}，不能证明文件未被改动");
        report("digest_weak", Severity::Problem, message);
    } else if !method.is_trustworthy() {
        let name: String = info.check_method.chars().take(50).collect();
        let message = format!("签名使用无法识别的摘要算法“{name}”，不能证明文件未被改动");
        report("digest_unknown", Severity::Problem, message);
    }
}

fn check_stamps(info: &SignatureInfo, report: &mut dyn FnMut(&'static str, Severity, String)) {
    for stamp in &info.stamps {
        if stamp.page_index.is_none() {
            let message = format!("印章外观指向不存在的页面（编号“{}”）", stamp.page_ref);
            report("stamp_page_missing", Severity::Remark, message);
        }
        if stamp.visible().is_none() {
            let message = "印章外观的位置或尺寸无效，页面上看不到印章".into();
            report("stamp_not_visible", Severity::Remark, message);
        }
    }
}

/// Elements the standard does not know, and elements that stand there more often than allowed.
fn check_elements(
    node: Node<'_, '_>,
    known: &[&str],
    many: &[&str],
    report: &mut dyn FnMut(&'static str, Severity, String),
) {
    let mut seen = HashSet::new();
    for element in xml::elements(node) {
        let name = element.tag_name().name();
        if !known.contains(&name) {
            let name: String = name.chars().take(50).collect();
            let message = format!("签名描述中有标准之外的内容“{name}”");
            report("signature_element_unknown", Severity::Remark, message);
        } else if !many.contains(&name) && !seen.insert(name) {
            let message = format!("签名描述中“{name}”出现多次，不同软件可能读取不同内容");
            report("signature_element_repeated", Severity::Problem, message);
        }
    }
}

/// Some vendors write the fields as attributes, some as child elements.
fn provider(signed: Node<'_, '_>) -> Provider {
    let Some(node) = xml::child(signed, "Provider") else {
        return Provider::default();
    };
    let field = |name: &str| {
        let text = xml::attribute(node, name).map(ToOwned::to_owned);
        text.or_else(|| xml::child_text(node, name).map(String::from))
            .unwrap_or_default()
    };
    Provider {
        name: field("ProviderName"),
        version: field("Version"),
        company: field("Company"),
    }
}

fn read_references(ofd: &Ofd<'_>, base: &str, node: Node<'_, '_>) -> Vec<Reference> {
    xml::children(node, "Reference")
        .map(|reference| {
            let file_ref = xml::attribute(reference, "FileRef").unwrap_or_default();
            Reference {
                file_ref: file_ref.to_owned(),
                entry: locate(ofd.package(), base, file_ref).found(),
                check_value: xml::child_text(reference, "CheckValue")
                    .map_or(String::new(), Into::into),
            }
        })
        .collect()
}

fn stamp(ofd: &Ofd<'_>, body: Option<usize>, node: Node<'_, '_>) -> StampAnnot {
    let attribute = |name| xml::attribute(node, name).unwrap_or_default().to_owned();
    let rect = |name| match xml::numbers(xml::attribute(node, name)?)?[..] {
        [x, y, width, height] => Some(Rect {
            x,
            y,
            width,
            height,
        }),
        _ => None,
    };
    let page_ref = attribute("PageRef");
    StampAnnot {
        id: attribute("ID"),
        page_index: ofd.page_index(body.unwrap_or(0), &page_ref),
        page_ref,
        boundary: rect("Boundary"),
        clip: rect("Clip"),
    }
}
