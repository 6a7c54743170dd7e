//! A small OFD document of our own (GB/T 33190), for the demonstration: one A4 page of text.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::failure::Failure;

/// Width and height of the page in mm (A4).
const PAGE: (u32, u32) = (210, 297);
/// Left and right margin in mm.
const MARGIN: f64 = 28.0;
/// Size of the text in mm (三号), and from line to line.
const TEXT: f64 = 5.6;
const LINE: f64 = 10.0;
/// Size of the title in mm (二号), and where it stands.
const TITLE: f64 = 7.8;
const TITLE_Y: f64 = 45.0;
/// Where the text begins, and where the signature stands, in mm from the upper edge.
const TEXT_Y: f64 = 70.0;
const SIGNATURE_Y: f64 = 150.0;

/// What a notice says.
pub(crate) struct Notice<'a> {
    /// Its title.
    pub(crate) title: &'a str,
    /// Its paragraphs, which are broken into lines.
    pub(crate) paragraphs: &'a [&'a str],
    /// The unit that signs it.
    pub(crate) unit: &'a str,
    /// When.
    pub(crate) date: &'a str,
}

/// Where a seal of this diameter belongs on a notice: over the date, touching the unit's name. Left and upper edge in mm.
pub(crate) fn place_of_seal(diameter: u16) -> (i32, i32) {
    let radius = f64::from(diameter) / 2.0;
    let (x, y) = (signature_center() - radius, SIGNATURE_Y + LINE - radius);
    (x.round() as i32, y.round() as i32)
}

/// A notice on one page.
pub(crate) fn notice(notice: &Notice<'_>) -> Result<Vec<u8>, Failure> {
    let entries = [
        ("OFD.xml", ofd_xml(notice.title)),
        ("Doc_0/Document.xml", document_xml()),
        ("Doc_0/PublicRes.xml", PUBLIC_RES.to_owned()),
        ("Doc_0/Pages/Page_0/Content.xml", content_xml(notice)),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let failed = |e: &dyn std::error::Error| Failure::internal("无法生成示例文件", e);
    for (name, text) in entries {
        zip.start_file(name, options).map_err(|e| failed(&e))?;
        zip.write_all(text.as_bytes()).map_err(|e| failed(&e))?;
    }
    Ok(zip.finish().map_err(|e| failed(&e))?.into_inner())
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;

const PUBLIC_RES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016" BaseLoc="Res">
  <ofd:Fonts>
    <ofd:Font ID="1" FontName="黑体" FamilyName="SimHei"/>
    <ofd:Font ID="2" FontName="仿宋" FamilyName="FangSong"/>
  </ofd:Fonts>
</ofd:Res>
"#;

fn ofd_xml(title: &str) -> String {
    let title = escaped(title);
    format!(
        r#"{HEAD}
<ofd:OFD {NAMESPACE} Version="1.1" DocType="OFD">
  <ofd:DocBody>
    <ofd:DocInfo>
      <ofd:DocID>5f0c8f5ad2a14ad5b5b0d7d2f2a7c3e1</ofd:DocID>
      <ofd:Title>{title}</ofd:Title>
      <ofd:Creator>Yinxin</ofd:Creator>
    </ofd:DocInfo>
    <ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>
  </ofd:DocBody>
</ofd:OFD>
"#
    )
}

fn document_xml() -> String {
    let (width, height) = PAGE;
    format!(
        r#"{HEAD}
<ofd:Document {NAMESPACE}>
  <ofd:CommonData>
    <ofd:MaxUnitID>100</ofd:MaxUnitID>
    <ofd:PageArea>
      <ofd:PhysicalBox>0 0 {width} {height}</ofd:PhysicalBox>
    </ofd:PageArea>
    <ofd:PublicRes>PublicRes.xml</ofd:PublicRes>
  </ofd:CommonData>
  <ofd:Pages>
    <ofd:Page ID="3" BaseLoc="Pages/Page_0/Content.xml"/>
  </ofd:Pages>
</ofd:Document>
"#
    )
}

fn content_xml(notice: &Notice<'_>) -> String {
    let (width, height) = PAGE;
    let middle = f64::from(width) / 2.0;
    let mut lines = vec![(
        1,
        TITLE,
        middle - measure(notice.title, TITLE) / 2.0,
        TITLE_Y,
        notice.title.to_owned(),
    )];
    let text = notice
        .paragraphs
        .iter()
        .flat_map(|paragraph| broken(paragraph));
    for (n, line) in text.enumerate() {
        lines.push((2, TEXT, MARGIN, TEXT_Y + LINE * n as f64, line));
    }
    for (n, line) in [notice.unit, notice.date].into_iter().enumerate() {
        let x = signature_center() - measure(line, TEXT) / 2.0;
        lines.push((2, TEXT, x, SIGNATURE_Y + LINE * n as f64, line.to_owned()));
    }
    let objects: String = lines
        .iter()
        .enumerate()
        .map(|(n, (font, size, x, y, line))| text_object(10 + n, *font, *size, (*x, *y), line))
        .collect();
    format!(
        r#"{HEAD}
<ofd:Page {NAMESPACE}>
  <ofd:Area>
    <ofd:PhysicalBox>0 0 {width} {height}</ofd:PhysicalBox>
  </ofd:Area>
  <ofd:Content>
    <ofd:Layer ID="4">
{objects}    </ofd:Layer>
  </ofd:Content>
</ofd:Page>
"#
    )
}

/// The middle of unit and date, in mm from the left edge.
fn signature_center() -> f64 {
    f64::from(PAGE.0) - MARGIN - 40.0
}

/// A paragraph in lines that fit between the margins; none begins with a mark.
fn broken(paragraph: &str) -> Vec<String> {
    let room = f64::from(PAGE.0) - 2.0 * MARGIN;
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for c in paragraph.chars() {
        let wide = advance(c, TEXT);
        if used + wide > room && !"，。：、".contains(c) {
            lines.push(String::new());
            used = 0.0;
        }
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
        used += wide;
    }
    lines
}

/// One line of text, with the way from each character to the next.
fn text_object(id: usize, font: u32, size: f64, (x, y): (f64, f64), text: &str) -> String {
    let steps: Vec<String> = text.chars().map(|c| advance(c, size).to_string()).collect();
    let delta = match steps.split_last() {
        Some((_, steps)) if !steps.is_empty() => format!(r#" DeltaX="{}""#, steps.join(" ")),
        _ => String::new(),
    };
    format!(
        r#"      <ofd:TextObject ID="{id}" Boundary="{x:.2} {y:.2} {:.2} {:.2}" Font="{font}" Size="{size}">
        <ofd:TextCode X="0" Y="{:.2}"{delta}>{}</ofd:TextCode>
      </ofd:TextObject>
"#,
        measure(text, size),
        size * 1.2,
        size * 0.9,
        escaped(text),
    )
}

fn measure(text: &str, size: f64) -> f64 {
    text.chars().map(|c| advance(c, size)).sum()
}

/// Chinese characters take a whole square, digits and Latin letters half of one.
fn advance(c: char, size: f64) -> f64 {
    if c.is_ascii() { size / 2.0 } else { size }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use ofd::document::Ofd;
    use ofd::package::Limits;

    use super::{Notice, broken, notice};

    #[test]
    fn the_sample_is_an_ofd_of_one_page() {
        let paragraphs = ["第一段", "第二段 & <其余>"];
        let said = Notice {
            title: "关于 <示范> 的通知",
            paragraphs: &paragraphs,
            unit: "某局",
            date: "2026年11月22日",
        };
        let bytes = notice(&said).unwrap();
        let ofd = Ofd::open_strict(&bytes, Limits::default()).unwrap();
        assert_eq!(ofd.page_count(), 1);
        assert!(ofd.problems().is_empty());
        let size = ofd.page_size(0).unwrap();
        assert!((size.width_mm - 210.0).abs() < 0.01);
    }

    #[test]
    fn no_line_begins_with_a_mark() {
        let lines = broken(&"字，".repeat(60));
        assert!(lines.len() > 3 && lines.iter().all(|line| !line.starts_with('，')));
    }
}
