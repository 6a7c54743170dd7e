//! Reading: the words of a DOCX file that somebody edited, within bounds.

use std::io::{Cursor, Read as _};

use platform::ports::letters::LettersError;
use roxmltree::{Document, Node, ParsingOptions};

const BODY: &str = "word/document.xml";
/// Most bytes of the body, unpacked: a letter with pictures has some 100 kB of it.
const MOST_BYTES: u64 = 8 * 1024 * 1024;
const MOST_NODES: u32 = 400_000;
/// Characters kept: more than any letter has.
const MOST_TEXT: usize = 50_000;

pub(super) fn words(docx: &[u8]) -> Result<String, LettersError> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(docx)).map_err(|_| LettersError::NotALetter)?;
    let body = archive
        .by_name(BODY)
        .map_err(|_| LettersError::NotALetter)?;
    let mut bytes = Vec::new();
    body.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| LettersError::Damaged(error.to_string()))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(LettersError::TooLarge);
    }
    let xml = String::from_utf8(bytes).map_err(|e| LettersError::Damaged(e.to_string()))?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&xml, options)
        .map_err(|error| LettersError::Damaged(error.to_string()))?;
    let mut text = String::new();
    for node in document.descendants() {
        match node.tag_name().name() {
            "p" if node.is_element() && !text.is_empty() => text.push('\n'),
            // What was deleted with changes tracked stands in `delText`, and does not count.
            "t" if node.is_element() && !repeats(&node) => {
                text.push_str(node.text().unwrap_or_default());
            }
            "tab" | "br" => text.push(' '),
            _ => {}
        }
        if text.len() > MOST_TEXT * 4 {
            break;
        }
    }
    Ok(text.chars().take(MOST_TEXT).collect())
}

/// Whether the words stand there a second time, for programs that cannot show the first.
fn repeats(node: &Node<'_, '_>) -> bool {
    // A letter's elements are a dozen deep; what is hidden deeper is no letter.
    node.ancestors()
        .take(64)
        .any(|ancestor| ancestor.tag_name().name() == "Fallback")
}
