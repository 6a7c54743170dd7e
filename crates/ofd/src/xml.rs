//! XML parts: decoded, guarded against hostile structure, looked at by local names.
//!
//! Vendors write three namespaces and any prefix, so only local names count. A document type
//! declaration is refused before the parser sees the text: it can define entities that make one
//! part look different to different readers.

use std::borrow::Cow;

use roxmltree::{Document, Node, ParsingOptions};

use crate::error::{Error, XmlProblem};
use crate::package::{Limits, Package};

/// Attributes of one element; the parser compares each with each.
const MAX_ATTRIBUTES: u32 = 256;
/// Namespace declarations of one part.
const MAX_NAMESPACES: u32 = 1024;

/// Reads an entry and decodes it: UTF-8, UTF-16 with a byte order mark, or GBK where it says so.
pub(crate) fn text<'a>(package: &Package<'a>, entry: &str) -> Result<Cow<'a, str>, Error> {
    if package.size_of(entry) > package.limits().xml_size {
        return Err(problem(entry, XmlProblem::TooLarge));
    }
    decode(package.read(entry)?).ok_or_else(|| problem(entry, XmlProblem::Encoding))
}

/// Parses a decoded part within the limits; `entry` names it in errors.
pub(crate) fn parse<'t>(
    entry: &str,
    text: &'t str,
    limits: &Limits,
) -> Result<Document<'t>, Error> {
    guard(text, limits).map_err(|found| problem(entry, found))?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: limits.xml_nodes,
        ..Default::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        problem(
            entry,
            match error {
                roxmltree::Error::DtdDetected => XmlProblem::Doctype,
                roxmltree::Error::NodesLimitReached => XmlProblem::TooLarge,
                other => XmlProblem::Malformed(other.to_string()),
            },
        )
    })
}

pub(crate) fn problem(entry: &str, problem: XmlProblem) -> Error {
    Error::Xml {
        entry: entry.to_owned(),
        problem,
    }
}

/// The first child element of this local name.
pub(crate) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| is(*child, name))
}

/// All child elements of this local name.
pub(crate) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| is(*child, name))
}

/// All child elements.
pub(crate) fn elements<'a, 'i: 'a>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

/// Whether a node is an element of this local name.
pub(crate) fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// The text of a node, trimmed; empty when there is none. Comments in between do not end it.
pub(crate) fn content<'a>(node: Node<'a, '_>) -> Cow<'a, str> {
    let mut texts = node
        .children()
        .filter_map(|child| child.is_text().then(|| child.text())?);
    let first = texts.next().unwrap_or_default();
    match texts.next() {
        None => Cow::Borrowed(first.trim()),
        Some(second) => {
            let all = [first, second].into_iter().chain(texts).collect::<String>();
            Cow::Owned(all.trim().to_owned())
        }
    }
}

/// The text of the first child of this name, if it is not empty.
pub(crate) fn child_text<'a>(node: Node<'a, '_>, name: &str) -> Option<Cow<'a, str>> {
    child(node, name)
        .map(content)
        .filter(|text| !text.is_empty())
}

/// An attribute by local name, trimmed, if it is not empty.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let found = node
        .attributes()
        .find(|attribute| attribute.name() == name)?;
    Some(found.value().trim()).filter(|value| !value.is_empty())
}

/// A list of numbers as in boxes and matrices; anything that is no finite number makes it `None`.
pub(crate) fn numbers(text: &str) -> Option<Vec<f64>> {
    let parts = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|part| !part.is_empty());
    parts
        .map(|part| part.parse::<f64>().ok().filter(|n| n.is_finite()))
        .collect()
}

/// Text for an XML text node or attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            // The rest of the control characters and the non-characters are not allowed in XML.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

fn decode(bytes: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    let by_mark = match bytes.as_ref() {
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        _ => None,
    };
    let encoding = by_mark.or_else(|| declared_chinese(&bytes));
    if let Some(encoding) = encoding {
        let (text, _, malformed) = encoding.decode(&bytes);
        return (!malformed).then(|| Cow::Owned(text.into_owned()));
    }
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

fn declared_chinese(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = &bytes[..bytes.len().min(100)];
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let head = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
    let encoding = if head.contains("gb18030") {
        encoding_rs::GB18030
    } else if head.contains("gbk") || head.contains("gb2312") {
        encoding_rs::GBK
    } else {
        return None;
    };
    // Text that is UTF-8 in truth is read as such: some writers declare wrongly.
    std::str::from_utf8(bytes).is_err().then_some(encoding)
}

/// Looks at the tags alone, in one pass, before a parser builds anything from them.
fn guard(text: &str, limits: &Limits) -> Result<(), XmlProblem> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut namespaces, mut attributes) = (0, 0_u32, 0_u32, 0_u32);
    while let Some(open) = find(bytes, at, b"<") {
        let rest = &bytes[open..];
        let skip_to: Option<&[u8]> = if rest.starts_with(b"<!--") {
            Some(b"-->")
        } else if rest.starts_with(b"<![CDATA[") {
            Some(b"]]>")
        } else if rest.starts_with(b"<?") {
            Some(b"?>")
        } else if rest.starts_with(b"<!") {
            return Err(XmlProblem::Doctype);
        } else {
            None
        };
        if let Some(end) = skip_to {
            // A comment's own dashes must not close it: `<!-->` is no comment.
            at = find(bytes, open + end.len() + 1, end).map_or(bytes.len(), |p| p + end.len());
            continue;
        }
        let tag = Tag::scan(bytes, open);
        at = tag.end;
        namespaces += tag.namespaces;
        attributes += tag.attributes;
        let too_many = attributes > limits.xml_nodes || namespaces > MAX_NAMESPACES;
        if tag.attributes > MAX_ATTRIBUTES || too_many {
            return Err(XmlProblem::TooLarge);
        }
        if rest.starts_with(b"</") {
            depth = depth.saturating_sub(1);
        } else if !tag.closes_itself {
            depth += 1;
            if depth > limits.xml_depth {
                return Err(XmlProblem::TooDeep);
            }
        }
    }
    Ok(())
}

struct Tag {
    end: usize,
    attributes: u32,
    namespaces: u32,
    closes_itself: bool,
}

impl Tag {
    fn scan(bytes: &[u8], open: usize) -> Self {
        let mut tag = Self {
            end: bytes.len(),
            attributes: 0,
            namespaces: 0,
            closes_itself: false,
        };
        let mut quote = None;
        for (at, byte) in bytes.iter().enumerate().skip(open + 1) {
            match (quote, byte) {
                (Some(mark), byte) if mark == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => tag.attributes += 1,
                (None, b'x') if bytes[at..].starts_with(b"xmlns") => tag.namespaces += 1,
                (None, b'>') => {
                    tag.end = at + 1;
                    tag.closes_itself = bytes[at - 1] == b'/';
                    break;
                }
                (None, _) => {}
            }
        }
        tag
    }
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, what).map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> XmlProblem {
        match parse("x.xml", text, &Limits::default()) {
            Err(Error::Xml { problem, .. }) => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_document_type_is_refused() {
        assert_eq!(
            refusal("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
            XmlProblem::Doctype
        );
        assert_eq!(
            refusal("<?xml version='1.0'?> <!doctype a><a/>"),
            XmlProblem::Doctype
        );
    }

    #[test]
    fn deep_and_broad_parts_are_refused() {
        assert_eq!(refusal(&"<a>".repeat(1_000_000)), XmlProblem::TooDeep);
        let attributes: String = (0..1000).map(|i| format!(" a{i}='1'")).collect();
        assert_eq!(refusal(&format!("<a{attributes}/>")), XmlProblem::TooLarge);
    }

    #[test]
    fn any_prefix_and_any_namespace_are_read() {
        for text in [
            "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'><ofd:A> x </ofd:A></ofd:OFD>",
            "<OFD xmlns='http://www.ofdspec.org'><A>x</A></OFD>",
            "\u{feff}<q:OFD xmlns:q='http://www.ofdspec.org'><A><!-- c -->x</A></q:OFD>",
        ] {
            let document = parse("x.xml", text, &Limits::default()).unwrap();
            assert_eq!(
                child_text(document.root_element(), "A").unwrap(),
                "x",
                "{text}"
            );
        }
    }

    #[test]
    fn gbk_text_is_read_where_it_is_declared() {
        let (bytes, _, _) =
            encoding_rs::GBK.encode("<?xml version='1.0' encoding='GBK'?><a>印章</a>");
        assert!(decode(bytes).unwrap().contains("印章"));
        assert!(decode(Cow::Borrowed(&[0xff, 0x00, 0x80])).is_none());
    }
}
