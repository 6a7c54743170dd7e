//! Pictures of pages: whole, safe, and honest about what they lack.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip and may panic"
)]

mod common;

use std::collections::HashMap;

use common::{interop, interop_folder};
use ofd::Ofd;
use ofd::package::Limits;
use ofd::render::{PageStamp, RenderLimits, RenderedPage, page, stamps_on_page};
use ofd::signatures::{Rect, read};

fn draw(bytes: &[u8], index: usize) -> RenderedPage {
    let ofd = Ofd::open(bytes, Limits::default()).unwrap();
    page(&ofd, index, &[], &RenderLimits::default()).unwrap()
}

/// Well-formed, nothing that runs, nothing that is fetched from elsewhere.
fn assert_safe(name: &str, svg: &str) {
    let options = roxmltree::ParsingOptions::default();
    let document = roxmltree::Document::parse_with_options(svg, options).unwrap();
    let known = [
        "svg",
        "g",
        "defs",
        "rect",
        "path",
        "use",
        "text",
        "image",
        "clipPath",
        "linearGradient",
        "radialGradient",
        "stop",
    ];
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(
            known.contains(&node.tag_name().name()),
            "{name}: {:?}",
            node.tag_name()
        );
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "{name}");
            let value = attribute.value();
            if attribute.name() == "href" {
                let is_picture = ["png", "jpeg", "gif", "bmp"]
                    .iter()
                    .any(|kind| value.starts_with(&format!("data:image/{kind};base64,")));
                assert!(is_picture || value.starts_with('#'), "{name}: {value:.60}");
            }
            if value.contains("url(") {
                assert!(value.starts_with("url(#"), "{name}: {value:.60}");
            }
        }
    }
}

#[test]
fn every_page_of_every_sample_is_drawn() {
    for folder in ["ofd", "stamped", "attacks"] {
        for (name, bytes) in interop_folder(folder) {
            let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
            for index in 0..ofd.page_count() {
                let drawn = page(&ofd, index, &[], &RenderLimits::default()).unwrap();
                assert_safe(&name, &drawn.svg);
                assert!(drawn.svg.len() > 300, "{name}");
                let codes: Vec<&str> = drawn.notes.iter().map(|note| note.code).collect();
                let expected = match name.as_str() {
                    "z.ofd" => "glyph_without_font",
                    "cms-35275-two.ofd" => "image_missing",
                    "tax-chongqing-test.ofd" | "docroot-switched.ofd" => "style_missing",
                    _ => "",
                };
                assert!(
                    codes.iter().all(|code| *code == expected),
                    "{name}: {codes:?}"
                );
            }
        }
    }
}

#[test]
fn text_stands_where_the_document_puts_it() {
    let Some(bytes) = interop("ofd/helloworld.ofd") else {
        return;
    };
    let svg = draw(&bytes, 0).svg;
    assert!(
        svg.contains("width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\""),
        "{svg}"
    );
    assert!(
        svg.contains("你好呀，！") && svg.contains("OFDReader&amp;Writer"),
        "{svg}"
    );
}

#[test]
fn black_and_white_pictures_of_invoices_are_shown() {
    let Some(bytes) = interop("stamped/tax-zhejiang.ofd") else {
        return;
    };
    let drawn = draw(&bytes, 0);
    assert!(drawn.svg.contains("data:image/bmp"));
    assert!(drawn.notes.is_empty(), "{:?}", drawn.notes);
}

#[test]
fn embedded_fonts_are_drawn_as_outlines() {
    let Some(bytes) = interop("ofd/ano.ofd") else {
        return;
    };
    let svg = draw(&bytes, 1).svg;
    assert!(svg.matches("<use ").count() > 500);
    assert!(!svg.contains("开发环境"));
}

#[test]
fn a_seam_seal_is_cut_to_its_slice() {
    let Some(bytes) = interop("stamped/seam-v4.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let signatures = read(&ofd);
    let value = signatures.files[0]
        .info
        .as_ref()
        .unwrap()
        .signed_value
        .clone()
        .unwrap();
    let start = value
        .windows(4)
        .position(|bytes| bytes == b"\x89PNG")
        .unwrap();
    let pictures = HashMap::from([(0, value[start..].to_vec())]);
    let stamps = stamps_on_page(&signatures, &pictures, 2);
    assert_eq!(stamps.len(), 1);
    let drawn = page(&ofd, 2, &stamps, &RenderLimits::default()).unwrap();
    assert_safe("seam-v4", &drawn.svg);
    assert!(
        drawn
            .svg
            .contains("<rect x=\"202\" y=\"40\" width=\"8\" height=\"40\"/>")
    );
    assert!(
        drawn
            .svg
            .contains("<image x=\"186\" y=\"40\" width=\"40\" height=\"40\"")
    );
}

#[test]
fn a_seal_picture_may_be_a_document_but_not_without_end() {
    let (Some(page_bytes), Some(seal)) =
        (interop("ofd/helloworld.ofd"), interop("ofd/alpha-text.ofd"))
    else {
        return;
    };
    let ofd = Ofd::open(&page_bytes, Limits::default()).unwrap();
    let boundary = Some(Rect {
        x: 90.0,
        y: 8.0,
        width: 30.0,
        height: 20.0,
    });
    let stamp = PageStamp {
        id: "1",
        boundary,
        clip: None,
        picture: &seal,
    };
    let drawn = page(&ofd, 0, &[stamp], &RenderLimits::default()).unwrap();
    assert_safe("nested", &drawn.svg);
    assert!(
        drawn
            .svg
            .contains("viewBox=\"0 0 210 297\" preserveAspectRatio=\"none\"")
    );
    let broken = PageStamp {
        picture: b"PK\x03\x04 and nothing else",
        ..stamp
    };
    let drawn = page(&ofd, 0, &[broken], &RenderLimits::default()).unwrap();
    assert_eq!(drawn.notes[0].code, "stamp_picture_unsupported");
}

#[test]
fn a_page_that_is_too_much_is_cut_off_and_says_so() {
    let Some(bytes) = interop("ofd/ano.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    for limits in [
        RenderLimits {
            objects: 10,
            ..RenderLimits::default()
        },
        RenderLimits {
            output: 20_000,
            ..RenderLimits::default()
        },
    ] {
        let drawn = page(&ofd, 1, &[], &limits).unwrap();
        assert_safe("ano", &drawn.svg);
        assert!(drawn.notes.iter().any(|note| note.code == "render_limit"));
        assert!(drawn.svg.len() < 60_000, "{}", drawn.svg.len());
    }
    let none = page(&ofd, 99, &[], &RenderLimits::default()).unwrap_err();
    assert_eq!(none.code(), "page_not_found");
}
