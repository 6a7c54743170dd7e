//! Reading `OFD.xml` and `Document.xml`.

use roxmltree::Node;

use super::{DocBody, Document, Page, PageSize, Template};
use crate::error::{Error, XmlProblem};
use crate::location::{Target, locate};
use crate::package::Package;
use crate::xml;

/// Documents in one file that are read.
const MAX_BODIES: usize = 100;
/// Bytes of all `Document.xml` and annotation lists together.
const MAX_READ: u64 = 128 << 20;

/// The entry every OFD file begins with.
pub(crate) const ROOT: &str = "OFD.xml";

pub(super) fn bodies(
    package: &Package<'_>,
    problems: &mut Vec<Error>,
) -> Result<Vec<DocBody>, Error> {
    let root = root_entry(package).ok_or(Error::PlainZip)?;
    let text = xml::text(package, &root)?;
    let parsed = xml::parse(&root, &text, package.limits())?;
    if !xml::is(parsed.root_element(), "OFD") {
        return Err(Error::NotOfd("根元素不是 OFD"));
    }
    let mut bodies = Vec::new();
    let mut read = 0;
    for node in xml::children(parsed.root_element(), "DocBody") {
        if bodies.len() >= MAX_BODIES {
            problems.push(xml::problem(&root, XmlProblem::TooLarge));
            break;
        }
        bodies.push(body(package, &root, node, &mut read, problems));
    }
    if bodies.is_empty() {
        return Err(Error::NotOfd("没有 DocBody"));
    }
    Ok(bodies)
}

/// `OFD.xml`, in whatever letter case the writer chose.
pub(crate) fn root_entry(package: &Package<'_>) -> Option<String> {
    if package.entry(ROOT).is_some() {
        return Some(ROOT.to_owned());
    }
    package
        .entry_ignoring_case(ROOT)
        .map(|entry| entry.name().to_owned())
}

/// The page area's size, where it is usable.
pub(crate) fn area(node: Option<Node<'_, '_>>) -> Option<PageSize> {
    let node = node?;
    let boxes = ["PhysicalBox", "ApplicationBox", "ContentBox"];
    boxes.into_iter().find_map(|name| {
        let numbers = xml::numbers(&xml::child_text(node, name)?)?;
        match numbers[..] {
            [_, _, width_mm, height_mm] if (0.1..100_000.0).contains(&width_mm) => {
                (0.1..100_000.0).contains(&height_mm).then_some(PageSize {
                    width_mm,
                    height_mm,
                })
            }
            _ => None,
        }
    })
}

fn body(
    package: &Package<'_>,
    root: &str,
    node: Node<'_, '_>,
    read: &mut u64,
    problems: &mut Vec<Error>,
) -> DocBody {
    let info = xml::child(node, "DocInfo");
    let of_info = |name| {
        info.and_then(|info| xml::child_text(info, name))
            .map_or(String::new(), Into::into)
    };
    let targets = |name: &'static str| -> Vec<String> {
        xml::children(node, name)
            .filter_map(|child| locate(package, root, &xml::content(child)).found())
            .collect()
    };
    let mut versions = Vec::new();
    for version in xml::children(node, "Versions").flat_map(|v| xml::children(v, "Version")) {
        let found = xml::attribute(version, "BaseLoc").map(|loc| locate(package, root, loc));
        versions.extend(found.and_then(Target::found));
    }
    let doc_root = targets("DocRoot").into_iter().next();
    let document = match &doc_root {
        None => {
            problems.push(Error::NotOfd("没有可用的 DocRoot"));
            None
        }
        Some(entry) => document(package, entry, read)
            .map_err(|problem| problems.push(problem))
            .ok(),
    };
    DocBody {
        doc_id: of_info("DocID"),
        title: of_info("Title"),
        root: doc_root,
        signatures: targets("Signatures"),
        versions,
        document,
    }
}

fn document(package: &Package<'_>, entry: &str, read: &mut u64) -> Result<Document, Error> {
    spend(package, entry, read)?;
    let text = xml::text(package, entry)?;
    let parsed = xml::parse(entry, &text, package.limits())?;
    let root = parsed.root_element();
    if !xml::is(root, "Document") {
        return Err(Error::NotOfd("DocRoot 指向的文件不是 Document"));
    }
    let target = |node: Node<'_, '_>| {
        let location = xml::attribute(node, "BaseLoc")?;
        locate(package, entry, location).found()
    };
    let id = |node| xml::attribute(node, "ID").unwrap_or_default().to_owned();
    let common = xml::child(root, "CommonData");
    let of_common =
        |name: &'static str| common.into_iter().flat_map(move |c| xml::children(c, name));
    let resources = of_common("PublicRes").chain(of_common("DocumentRes"));
    Ok(Document {
        entry: entry.to_owned(),
        pages: xml::children(root, "Pages")
            .flat_map(|pages| xml::children(pages, "Page"))
            .map(|node| Page {
                id: id(node),
                entry: target(node),
            })
            .collect(),
        templates: of_common("TemplatePage")
            .map(|node| Template {
                id: id(node),
                entry: target(node),
                z_order: xml::attribute(node, "ZOrder").map(ToOwned::to_owned),
            })
            .collect(),
        resources: resources
            .filter_map(|node| locate(package, entry, &xml::content(node)).found())
            .collect(),
        annotations: annotations(package, entry, root, read),
        default_size: area(common.and_then(|common| xml::child(common, "PageArea"))),
    })
}

/// Which pages have annotations where. A list that cannot be read is no reason to lose the
/// document: [`super::Reach`] names it.
fn annotations(
    package: &Package<'_>,
    base: &str,
    root: Node<'_, '_>,
    read: &mut u64,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for list in xml::children(root, "Annotations") {
        let Some(entry) = locate(package, base, &xml::content(list)).found() else {
            continue;
        };
        if spend(package, &entry, read).is_err() {
            break;
        }
        let Ok(text) = xml::text(package, &entry) else {
            continue;
        };
        let Ok(parsed) = xml::parse(&entry, &text, package.limits()) else {
            continue;
        };
        for page in xml::children(parsed.root_element(), "Page") {
            let id = xml::attribute(page, "PageID").unwrap_or_default();
            for location in xml::children(page, "FileLoc") {
                if let Some(target) = locate(package, &entry, &xml::content(location)).found() {
                    found.push((id.to_owned(), target));
                }
            }
        }
    }
    found
}

/// Counts what is about to be read: one part may be named again and again.
fn spend(package: &Package<'_>, entry: &str, read: &mut u64) -> Result<(), Error> {
    *read = read.saturating_add(package.size_of(entry));
    if *read > MAX_READ {
        return Err(xml::problem(entry, XmlProblem::TooLarge));
    }
    Ok(())
}
