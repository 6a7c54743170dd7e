//! A small OFD document of our own (GB/T 33190), for the demonstration: one A4 page of text.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::failure::Failure;

/// Width and height of the page in mm (A4).
const PAGE: (u32, u32) = (210, 297);
/// Size of the text in mm.
const TEXT: f64 = 5.6;

/// A notice on one page: its title and lines, each short enough for the page.
pub(crate) fn notice(title: &str, lines: &[&str], date: &str) -> Result<Vec<u8>, Failure> {
    let entries = [
        ("OFD.xml", ofd_xml(title, date)),
        ("Doc_0/Document.xml", document_xml()),
        ("Doc_0/PublicRes.xml", PUBLIC_RES.to_owned()),
        ("Doc_0/Pages/Page_0/Content.xml", content_xml(title, lines)),
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

fn ofd_xml(title: &str, date: &str) -> String {
    let (title, date) = (escaped(title), escaped(date));
    format!(
        r#"{HEAD}
<ofd:OFD {NAMESPACE} Version="1.1" DocType="OFD">
  <ofd:DocBody>
    <ofd:DocInfo>
      <ofd:DocID>5f0c8f5ad2a14ad5b5b0d7d2f2a7c3e1</ofd:DocID>
      <ofd:Title>{title}</ofd:Title>
      <ofd:CreationDate>{date}</ofd:CreationDate>
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

fn content_xml(title: &str, lines: &[&str]) -> String {
    let (width, height) = PAGE;
    let size = 7.8;
    let title_width = size * title.chars().count() as f64;
    let mut objects = text_object(
        10,
        1,
        size,
        (f64::from(width) - title_width) / 2.0,
        45.0,
        title,
    );
    for (n, line) in lines.iter().enumerate() {
        let y = 70.0 + 10.0 * n as f64;
        objects += &text_object(11 + n, 2, TEXT, 28.0, y, line);
    }
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

/// One line of text; every character takes a whole square, as Chinese characters do.
fn text_object(id: usize, font: u32, size: f64, x: f64, y: f64, text: &str) -> String {
    let count = text.chars().count();
    let delta = match count {
        0 | 1 => String::new(),
        _ => format!(r#" DeltaX="g {} {size}""#, count - 1),
    };
    format!(
        r#"      <ofd:TextObject ID="{id}" Boundary="{x:.2} {y:.2} {:.2} {:.2}" Font="{font}" Size="{size}">
        <ofd:TextCode X="0" Y="{:.2}"{delta}>{}</ofd:TextCode>
      </ofd:TextObject>
"#,
        size * count as f64,
        size * 1.2,
        size * 0.9,
        escaped(text),
    )
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

    use super::notice;

    #[test]
    fn the_sample_is_an_ofd_of_one_page() {
        let bytes = notice("关于 <示范> 的通知", &["第一行", "第二行"], "2026-11-22").unwrap();
        let ofd = Ofd::open_strict(&bytes, Limits::default()).unwrap();
        assert_eq!(ofd.page_count(), 1);
        assert!(ofd.problems().is_empty());
        let size = ofd.page_size(0).unwrap();
        assert!((size.width_mm - 210.0).abs() < 0.01);
    }
}
