//! Documents for stamping, made here.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;

/// An OFD of so many A4 pages, each with a line of text.
pub fn ofd(pages: usize) -> Vec<u8> {
    let list: String = (0..pages)
        .map(|n| format!(r#"<ofd:Page ID="{}" BaseLoc="Pages/{n}.xml"/>"#, n + 10))
        .collect();
    let document = format!(
        r#"{HEAD}<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>1000</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>Res.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{list}</ofd:Pages></ofd:Document>"#
    );
    let root = format!(
        r#"{HEAD}<ofd:OFD {NAMESPACE} Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#
    );
    let resources = format!(
        r#"{HEAD}<ofd:Res {NAMESPACE}><ofd:Fonts><ofd:Font ID="2" FontName="宋体"/></ofd:Fonts></ofd:Res>"#
    );
    let mut entries = vec![
        ("OFD.xml".to_owned(), root),
        ("Doc_0/Document.xml".to_owned(), document),
        ("Doc_0/Res.xml".to_owned(), resources),
    ];
    for n in 0..pages {
        let text = format!("第{}页", n + 1);
        entries.push((
            format!("Doc_0/Pages/{n}.xml"),
            format!(
                r#"{HEAD}<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="{}"><ofd:TextObject ID="{}" Boundary="20 20 60 8" Font="2" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="g 2 5">{text}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"#,
                200 + 2 * n,
                201 + 2 * n,
            ),
        ));
    }
    pack(&entries)
}

/// An OFD whose document has no pages.
pub fn ofd_without_pages() -> Vec<u8> {
    ofd(0)
}

/// A zip that is no OFD.
pub fn plain_zip() -> Vec<u8> {
    pack(&[("readme.txt".to_owned(), "hello".to_owned())])
}

fn pack(entries: &[(String, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
