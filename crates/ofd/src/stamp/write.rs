//! The entries a stamp adds or changes.

use std::collections::HashSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::list::{self, Edit};
use super::plan::{Placement, StampPlan};
use crate::document::Ofd;
use crate::error::{Error, StampRefusal, XmlProblem};
use crate::location::{Target, folder, locate, resolve};
use crate::package::Package;
use crate::signatures::{self, Signatures};
use crate::xml;

/// The namespace of what is written anew.
const NAMESPACE: &str = "http://www.ofdspec.org/2016";

/// An entry and what it shall hold.
type Change = (String, Vec<u8>);

/// What the stamp makes of the file, but for `Signature.xml` and the signature's value.
pub(super) struct Draft {
    pub(super) signature_id: String,
    pub(super) signature_entry: String,
    pub(super) signed_value_entry: String,
    /// Entries that are changed or added, in the order in which they are written.
    pub(super) changes: Vec<Change>,
    list_entry: String,
    seal_entry: String,
    stamp_ids: Vec<String>,
}

impl Draft {
    pub(super) fn new(ofd: &Ofd<'_>, plan: &StampPlan, body: usize) -> Result<Self, Error> {
        let signatures = signatures::read(ofd);
        refuse_broken(&signatures)?;
        let mut changes = Vec::new();
        let list_entry = match ofd.bodies()[body].signatures.first() {
            Some(list) => list.clone(),
            None => {
                let (list, root) = point_to_new_list(ofd, body)?;
                changes.extend(root);
                list
            }
        };
        let signs = folder(&list_entry);
        let home = free_folder(ofd.package(), signs, "Sign_", signatures.files.len());
        let signature_entry = format!("{home}/Signature.xml");

        let old_list = match ofd.package().entry(&list_entry) {
            Some(_) => Some(utf8(ofd.package(), &list_entry)?),
            None => None,
        };
        let count = plan.placements.len();
        let ids = list::ids(old_list.as_deref(), &list_entry, &signatures, count, ofd)?;
        let line = (ids.signature.as_str(), format!("/{signature_entry}"));
        let new_list = match &old_list {
            Some(text) => list::extend(text, &list_entry, &line, &ids.max, ofd)?,
            None => new_list(&line, &ids.max),
        };
        let seal_entry = format!("{home}/Seal.esl");
        changes.push((seal_entry.clone(), plan.seal.clone()));
        changes.push((list_entry.clone(), new_list.into_bytes()));
        refuse_protected(&signatures, &changes, &list_entry)?;
        Ok(Self {
            signature_id: ids.signature,
            signed_value_entry: format!("{home}/SignedValue.dat"),
            signature_entry,
            changes,
            list_entry,
            seal_entry,
            stamp_ids: ids.stamps,
        })
    }

    /// `Signature.xml`, in the order of the standard's schema.
    pub(super) fn signature_xml(&self, ofd: &Ofd<'_>, plan: &StampPlan) -> Result<Vec<u8>, Error> {
        let mut xml = String::with_capacity(4096);
        let provider = &plan.provider;
        // Writing to a string cannot fail.
        let _ = write!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ofd:Signature xmlns:ofd=\"{NAMESPACE}\"><ofd:SignedInfo>\
             <ofd:Provider ProviderName=\"{}\" Version=\"{}\" Company=\"{}\"/>\
             <ofd:SignatureMethod>{}</ofd:SignatureMethod>\
             <ofd:SignatureDateTime>{}</ofd:SignatureDateTime>\
             <ofd:References CheckMethod=\"1.2.156.10197.1.401\">",
            xml::escape(&provider.name),
            xml::escape(&provider.version),
            xml::escape(&provider.company),
            xml::escape(&plan.method),
            plan.time.strftime("%Y%m%d%H%M%S%.3fZ"),
        );
        for (entry, digest) in self.protected(ofd, plan.close_document)? {
            let _ = write!(
                xml,
                "<ofd:Reference FileRef=\"/{}\"><ofd:CheckValue>{}</ofd:CheckValue></ofd:Reference>",
                xml::escape(&entry),
                STANDARD.encode(digest),
            );
        }
        xml.push_str("</ofd:References>");
        for (id, placement) in self.stamp_ids.iter().zip(&plan.placements) {
            let (_, _, page) = ofd.page(placement.page_index)?;
            xml.push_str(&stamp_annot(id, &page.id, placement));
        }
        let _ = write!(
            xml,
            "<ofd:Seal><ofd:BaseLoc>/{}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>\
             <ofd:SignedValue>/{}</ofd:SignedValue></ofd:Signature>",
            xml::escape(&self.seal_entry),
            xml::escape(&self.signed_value_entry),
        );
        Ok(xml.into_bytes())
    }

    /// Everything in the file after the stamp, but for what the stamp's own signature covers and,
    /// unless the document is closed, the list of signatures.
    fn protected(&self, ofd: &Ofd<'_>, close: bool) -> Result<Vec<(String, [u8; 32])>, Error> {
        let package = ofd.package();
        let is_open_list = |name: &str| !close && name == self.list_entry;
        let mut digests = Vec::with_capacity(package.entries().len() + self.changes.len());
        for entry in package.files() {
            let name = entry.name();
            if !is_open_list(name) && !self.changes.iter().any(|(changed, _)| changed == name) {
                digests.push((name.to_owned(), signatures::sm3_of(package, name, None)?));
            }
        }
        for (name, content) in &self.changes {
            if !is_open_list(name) {
                digests.push((name.clone(), gm::sm3(content)));
            }
        }
        Ok(digests)
    }
}

/// Date and time as ZIP has them, in Beijing time.
pub(super) fn dos_time(time: Timestamp) -> (u16, u16) {
    let local = jiff::tz::offset(8).to_datetime(time);
    let number = |value: i8| u16::try_from(value).unwrap_or(0);
    let year = u16::try_from(local.year())
        .unwrap_or(1980)
        .clamp(1980, 2107)
        - 1980;
    let date = (year << 9) | (number(local.month()) << 5) | number(local.day());
    let clock =
        (number(local.hour()) << 11) | (number(local.minute()) << 5) | (number(local.second()) / 2);
    (date, clock)
}

/// An entry's text, which must be UTF-8 since its bytes around the change are kept.
pub(super) fn utf8(package: &Package<'_>, entry: &str) -> Result<String, Error> {
    let bytes = package.read(entry)?.into_owned();
    String::from_utf8(bytes).map_err(|_| xml::problem(entry, XmlProblem::Encoding))
}

/// A signature that cannot be read cannot be respected; one that was taken out of sight is a
/// reason not to put a good stamp on top.
fn refuse_broken(signatures: &Signatures) -> Result<(), Error> {
    for file in &signatures.files {
        if file.body.is_none() {
            return Err(StampRefusal::SignatureRemoved(file.entry.clone()).into());
        }
        if let Some(problem) = &file.problem {
            return Err(StampRefusal::UnreadableSignature(problem.to_string()).into());
        }
    }
    let unreadable = signatures
        .findings
        .iter()
        .find(|f| f.severity == crate::package::Severity::Problem);
    match unreadable {
        Some(f) => Err(StampRefusal::UnreadableSignature(f.message.clone()).into()),
        None => Ok(()),
    }
}

/// No former signature may protect what this stamp changes.
fn refuse_protected(signatures: &Signatures, changes: &[Change], list: &str) -> Result<(), Error> {
    for file in &signatures.files {
        let references = file.info.iter().flat_map(|info| &info.references);
        let protected: HashSet<&str> = references
            .filter_map(|reference| reference.entry.as_deref())
            .collect();
        if protected.contains(list) {
            return Err(StampRefusal::DocumentClosed.into());
        }
        if let Some((name, _)) = changes
            .iter()
            .find(|(name, _)| protected.contains(name.as_str()))
        {
            return Err(StampRefusal::EntryProtected(name.clone()).into());
        }
    }
    Ok(())
}

/// A document that was never signed: chooses where the list goes, and points `OFD.xml` to it. When
/// `OFD.xml` already points to a list that is not there, it is made in that very place.
fn point_to_new_list(ofd: &Ofd<'_>, body: usize) -> Result<(String, Option<Change>), Error> {
    let package = ofd.package();
    // The document was opened, so both are there.
    let root_entry = crate::document::root_entry(package).ok_or(Error::PlainZip)?;
    let document = ofd.bodies()[body].root.as_deref().unwrap_or_default();
    let text = utf8(package, &root_entry)?;
    let parsed = xml::parse(&root_entry, &text, package.limits())?;
    let missing = |what| xml::problem(&root_entry, XmlProblem::Missing(what));
    let node = xml::children(parsed.root_element(), "DocBody").nth(body);
    let node = node.ok_or_else(|| missing("DocBody"))?;

    let pointer = xml::child(node, "Signatures");
    if let Some(pointer) = pointer
        && let Target::Missing(named) = locate(package, &root_entry, &xml::content(pointer))
        && named.ends_with(".xml")
    {
        return Ok((named, None));
    }
    let home = free_folder(package, folder(document), "Signs", 0);
    let list = format!("{home}/Signatures.xml");
    let prefix = list::prefix(&text, node);
    let element = format!(
        "<{prefix}Signatures>/{}</{prefix}Signatures>",
        xml::escape(&list)
    );
    let edit = match pointer {
        Some(empty) => Edit {
            range: empty.range(),
            text: element,
        },
        None => {
            let last = xml::children(node, "Versions").last();
            let after = last.or_else(|| xml::child(node, "DocRoot"));
            let end = after.ok_or_else(|| missing("DocRoot"))?.range().end;
            Edit {
                range: end..end,
                text: element,
            }
        }
    };
    let edited = list::apply(&text, vec![edit]);
    Ok((list, Some((root_entry, edited.into_bytes()))))
}

/// A folder below `parent` that nothing in the package uses: `Signs`, `Signs_1`, … or, for names
/// that end in `_`, `Sign_0`, `Sign_1`, … from `first` on.
fn free_folder(package: &Package<'_>, parent: &str, name: &str, first: usize) -> String {
    let used: Vec<String> = package
        .entries()
        .iter()
        .map(|entry| entry.name().to_lowercase())
        .collect();
    let mut number = first;
    loop {
        let last = match (name.ends_with('_'), number) {
            (true, _) => format!("{name}{number}"),
            (false, 0) => name.to_owned(),
            (false, _) => format!("{name}_{number}"),
        };
        // Neither part leaves the package.
        let path = resolve(parent, &last).unwrap_or(last);
        let start = format!("{}/", path.to_lowercase());
        let is_empty_folder = |other: &String| *other == start;
        if !used.iter().any(|other| {
            (other.starts_with(&start) && !is_empty_folder(other)) || *other == path.to_lowercase()
        }) {
            return path;
        }
        number += 1;
    }
}

fn new_list((id, location): &(&str, String), max: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ofd:Signatures xmlns:ofd=\"{NAMESPACE}\"><ofd:MaxSignId>{max}</ofd:MaxSignId>\
         <ofd:Signature ID=\"{id}\" Type=\"Seal\" BaseLoc=\"{}\"/></ofd:Signatures>",
        xml::escape(location)
    )
}

fn stamp_annot(id: &str, page: &str, placement: &Placement) -> String {
    let Placement {
        x_mm,
        y_mm,
        w_mm,
        h_mm,
        ..
    } = *placement;
    let mut text = format!(
        "<ofd:StampAnnot ID=\"{id}\" PageRef=\"{}\" Boundary=\"{} {} {} {}\"",
        xml::escape(page),
        decimal(x_mm),
        decimal(y_mm),
        decimal(w_mm),
        decimal(h_mm),
    );
    if let Some(clip) = placement.clip {
        let numbers = [clip.x, clip.y, clip.width, clip.height].map(decimal);
        text.push_str(&format!(" Clip=\"{}\"", numbers.join(" ")));
    }
    text.push_str("/>");
    text
}

/// A number in mm to a ten-thousandth, without needless zeros.
fn decimal(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}
