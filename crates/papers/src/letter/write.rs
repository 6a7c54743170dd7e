//! Writing: GB/T 9704-2012, letter form. Sizes are half points, lengths twentieths of a point.

use std::io::{Cursor, Write as _};

use platform::ports::papers::LetterPaper;
use quick_xml::escape::escape;
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

const TYPES: &str = include_str!("parts/content-types.xml");
const RELATIONS: &str = include_str!("parts/relationships.xml");
const DOCUMENT_RELATIONS: &str = include_str!("parts/document-relationships.xml");
const STYLES: &str = include_str!("parts/styles.xml");
const DOCUMENT: &str = include_str!("parts/document.xml");
/// Where the paragraphs stand in the document's template.
const PLACE: &str = "<!-- paragraphs -->";
/// Half points of the red header for a name of that many characters: it stays on one line of 156 mm.
const HEADER: [(usize, u32); 5] = [(10, 88), (14, 64), (18, 48), (24, 38), (usize::MAX, 30)];

pub(super) fn docx(unit: &str, date: &str, letter: &LetterPaper) -> ZipResult<Vec<u8>> {
    let document = DOCUMENT.replace(PLACE, &paragraphs(unit, date, letter));
    let parts = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS),
        ("word/styles.xml", STYLES),
        ("word/document.xml", document.as_str()),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

fn paragraphs(unit: &str, date: &str, letter: &LetterPaper) -> String {
    let mut out = String::new();
    let mut add = |style: &str, size: Option<u32>, text: &str| {
        let size = size
            .map(|size| {
                format!("<w:rPr><w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr>")
            })
            .unwrap_or_default();
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        out.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r>{size}<w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escape(text.as_str())
        ));
    };
    let length = unit.chars().count();
    let size = HEADER
        .iter()
        .find(|(most, _)| length <= *most)
        .map(|(_, size)| *size);
    add("RedHeader", size, unit);
    add(
        "RedLine",
        None,
        letter.letter_number.as_deref().unwrap_or(""),
    );
    add("LetterTitle", None, &letter.title);
    add("Addressee", None, &format!("{}：", letter.addressee));
    for paragraph in &letter.paragraphs {
        add("LetterText", None, paragraph);
    }
    for (at, attachment) in letter.attachments.iter().enumerate() {
        let several = letter.attachments.len() > 1;
        let text = match (at, several) {
            (0, true) => format!("附件：1. {attachment}"),
            (0, false) => format!("附件：{attachment}"),
            _ => format!("　　　{}. {attachment}", at + 1),
        };
        add("LetterText", None, &text);
    }
    add("LetterText", None, "");
    add("Signature", None, unit);
    add("Signature", None, date);
    add(
        "LetterText",
        None,
        &format!("（联系人：{}，联系电话：{}）", letter.contact, letter.phone),
    );
    out
}
