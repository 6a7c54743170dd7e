//! Editing XML with as little change as possible: `Signatures.xml` and the pointer to it.

use std::ops::Range;

use roxmltree::Node;

use crate::document::Ofd;
use crate::error::{Error, XmlProblem};
use crate::signatures::Signatures;
use crate::xml;

/// A piece of text put in place of another.
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The ids of a new signature and its stamps, all from the one counter that other products use.
pub(super) struct Ids {
    pub(super) signature: String,
    pub(super) stamps: Vec<String>,
    pub(super) max: String,
}

/// Applies edits that do not overlap.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut edited = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for edit in edits {
        edited.push_str(&text[at..edit.range.start]);
        edited.push_str(&edit.text);
        at = edit.range.end;
    }
    edited.push_str(&text[at..]);
    edited
}

/// The prefix of an element with its colon, as it is written; its children can use it as well.
pub(super) fn prefix<'t>(text: &'t str, node: Node<'_, '_>) -> &'t str {
    let start = node.range().start + 1;
    let name = text[start..]
        .split(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .next();
    name.and_then(|name| Some(&name[..=name.find(':')?]))
        .unwrap_or_default()
}

/// Numbers the new signature and its stamps, above all that occur. Ids like `s006` go on as `s007`.
pub(super) fn ids(
    list: Option<&str>,
    entry: &str,
    signatures: &Signatures,
    stamps: usize,
    ofd: &Ofd<'_>,
) -> Result<Ids, Error> {
    let mut used: Vec<String> = Vec::new();
    for file in &signatures.files {
        used.push(file.id.clone());
        used.extend(
            file.info
                .iter()
                .flat_map(|i| &i.stamps)
                .map(|stamp| stamp.id.clone()),
        );
    }
    if let Some(text) = list {
        let parsed = xml::parse(entry, text, ofd.package().limits())?;
        let counters = xml::children(parsed.root_element(), "MaxSignId");
        used.extend(counters.map(|node| xml::content(node).into_owned()));
    }
    let max = used.iter().filter_map(|id| split(id).1).max().unwrap_or(0);
    let (letters, width) = signatures.files.last().map_or(("", 0), |file| {
        let (letters, _) = split(&file.id);
        let is_plain = letters.len() <= 8 && letters.bytes().all(|b| b.is_ascii_alphabetic());
        if is_plain {
            (letters, (file.id.len() - letters.len()).min(9))
        } else {
            ("", 0)
        }
    });
    let width = if letters.is_empty() { 0 } else { width };
    let id = |nth: usize| format!("{letters}{:0width$}", max + 1 + nth as u64);
    Ok(Ids {
        signature: id(0),
        stamps: (1..=stamps).map(id).collect(),
        max: id(stamps),
    })
}

/// Adds a signature to an existing list: one element after the last, and the counter set.
pub(super) fn extend(
    text: &str,
    entry: &str,
    (id, location): &(&str, String),
    max: &str,
    ofd: &Ofd<'_>,
) -> Result<String, Error> {
    let parsed = xml::parse(entry, text, ofd.package().limits())?;
    let root = parsed.root_element();
    if !xml::is(root, "Signatures") {
        return Err(xml::problem(entry, XmlProblem::Missing("Signatures")));
    }
    let prefix = prefix(text, root);
    let line = format!(
        "<{prefix}Signature ID=\"{id}\" Type=\"Seal\" BaseLoc=\"{}\"/>",
        xml::escape(location)
    );
    let counter = format!("<{prefix}MaxSignId>{max}</{prefix}MaxSignId>");
    let mut edits: Vec<Edit> = xml::children(root, "MaxSignId")
        .map(|node| Edit {
            range: node.range(),
            text: counter.clone(),
        })
        .collect();
    let counter = if edits.is_empty() {
        counter
    } else {
        String::new()
    };
    match xml::children(root, "Signature")
        .last()
        .or_else(|| xml::elements(root).last())
    {
        Some(last) => {
            let end = last.range().end;
            edits.push(Edit {
                range: end..end,
                text: line,
            });
            if let Some(first) = xml::elements(root).next() {
                let start = first.range().start;
                edits.insert(
                    0,
                    Edit {
                        range: start..start,
                        text: counter,
                    },
                );
            }
        }
        None => {
            // An empty list: its start tag stays, whatever it declares.
            let source = &text[root.range()];
            let tag = source.find('>').map_or(source, |end| &source[..end]);
            let tag = tag.trim_end_matches('/');
            let whole = format!("{tag}>{counter}{line}</{prefix}Signatures>");
            edits = vec![Edit {
                range: root.range(),
                text: whole,
            }];
        }
    }
    Ok(apply(text, edits))
}

/// The letters and the number of an id.
fn split(id: &str) -> (&str, Option<u64>) {
    let letters = id.trim_end_matches(|c: char| c.is_ascii_digit());
    (
        letters,
        id[letters.len()..]
            .parse()
            .ok()
            .filter(|n| *n < u64::from(u32::MAX)),
    )
}
