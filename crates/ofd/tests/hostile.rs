//! Spoiled documents: errors and findings, never a panic.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip and may panic"
)]

mod common;

use common::{interop, pack};
use ofd::Ofd;
use ofd::package::{Limits, Package};
use ofd::render::{RenderLimits, page};
use ofd::signatures::{Digests, Provider, change, coverage, overlays, read};
use ofd::stamp::{Placement, StampPlan, complete, prepare};
use proptest::prelude::*;

/// Does everything with a file that the platform does.
fn exercise(bytes: &[u8]) {
    let limits = Limits::default();
    if let Ok(ofd) = Ofd::open(bytes, limits) {
        let signatures = read(&ofd);
        let mut digests = Digests::new(ofd.package());
        for (index, file) in signatures.files.iter().enumerate() {
            let checks = file.check_references(&mut digests, Some(&[7; 32]));
            let _ = change(&signatures, index, &checks);
            let _ = coverage(&ofd, file);
        }
        let _ = overlays(&ofd, &signatures);
        for index in 0..ofd.page_count().min(3) {
            let _ = ofd.page_size(index);
            if let Ok(drawn) = page(&ofd, index, &[], &RenderLimits::default()) {
                roxmltree::Document::parse(&drawn.svg).unwrap();
            }
        }
    }
    let placement = Placement {
        page_index: 0,
        x_mm: 10.0,
        y_mm: 10.0,
        w_mm: 20.0,
        h_mm: 20.0,
        clip: None,
    };
    let plan = StampPlan {
        placements: vec![placement],
        close_document: true,
        provider: Provider::default(),
        method: StampPlan::SM2_SM3.into(),
        seal: vec![1],
        time: jiff::Timestamp::UNIX_EPOCH,
    };
    if let Ok(prepared) = prepare(bytes, &plan, limits) {
        let _ = complete(bytes, &prepared, b"value", limits);
    }
}

fn sample() -> Option<Vec<u8>> {
    interop("stamped/gen-v4_then_v1_multi.ofd")
}

/// A file with templates, annotations, fonts and pictures, but a small one.
fn rich_sample() -> Option<Vec<u8>> {
    interop("ofd/invoice-unsigned.ofd")
}

fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let package = Package::open_strict(bytes, Limits::default()).unwrap();
    let content = |name: &str| package.read(name).unwrap().into_owned();
    package
        .files()
        .map(|e| (e.name().to_owned(), content(e.name())))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spoiled_bytes(
        spoils in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        if let Some(mut bytes) = sample() {
            for (at, value) in spoils {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            exercise(&bytes);
        }
    }

    #[test]
    fn spoiled_parts(
        which in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        length in 0_usize..60,
        with in prop_oneof![
            Just(String::new()),
            Just("<ofd:Page ID='1' BaseLoc='/OFD.xml'/>".to_owned()),
            Just("<ofd:Signature ID='x' BaseLoc='Signatures.xml'/>".to_owned()),
            Just("../../..".to_owned()),
            Just("99999999999999999999".to_owned()),
            Just("-1e308 NaN inf".to_owned()),
            "\\PC{0,30}",
        ],
    ) {
        for bytes in [sample(), rich_sample()].into_iter().flatten() {
            let mut entries = unpacked(&bytes);
            let xml: Vec<usize> =
                (0..entries.len()).filter(|i| entries[*i].0.ends_with(".xml")).collect();
            let content = &mut entries[*which.get(&xml)].1;
            let from = from.index(content.len());
            let to = (from + length).min(content.len());
            content.splice(from..to, with.bytes());
            exercise(&pack(&entries));
        }
    }
}

/// A document of one page with these further parts.
fn document(parts: &[(&str, String)]) -> Vec<u8> {
    let ofd = "<OFD><DocBody><DocRoot>D/Document.xml</DocRoot>\
               <Signatures>D/Signatures.xml</Signatures></DocBody></OFD>";
    let mut entries: Vec<(String, Vec<u8>)> = vec![("OFD.xml".into(), ofd.into())];
    entries.extend(
        parts
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())),
    );
    pack(&entries)
}

#[test]
fn one_part_named_again_and_again_is_not_read_again_and_again() {
    let filler = "x".repeat(128 << 10);
    let pages = "<Pages><Page ID='1' BaseLoc='P.xml'/></Pages>";
    let templates: String = (0..900).map(|_| "<Template TemplateID='t'/>").collect();
    let page_xml = format!("<Page>{templates}<Content/></Page>");
    let head = "<CommonData><TemplatePage ID='t' BaseLoc='T.xml'/></CommonData>";
    let signature = format!(
        "<Signature><!--{filler}--><SignedInfo><References CheckMethod='SM3'/></SignedInfo>\
         <SignedValue>V.dat</SignedValue></Signature>"
    );
    let list: String = (0..5000)
        .map(|_| "<Signature ID='1' BaseLoc='S.xml'/>")
        .collect();
    let bytes = document(&[
        (
            "D/Document.xml",
            format!("<Document>{head}{pages}</Document>"),
        ),
        ("D/P.xml", page_xml),
        ("D/T.xml", format!("<Page><!--{filler}--><Content/></Page>")),
        (
            "D/Signatures.xml",
            format!("<Signatures>{list}</Signatures>"),
        ),
        ("D/S.xml", signature),
        ("D/V.dat", filler),
    ]);
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let signatures = read(&ofd);
    assert!(
        signatures
            .findings
            .iter()
            .any(|f| f.code == "too_many_signatures")
    );
    let kept: usize = signatures.files.iter().map(|file| file.xml.len()).sum();
    assert!(kept <= 70 << 20, "{kept}");
    let limits = RenderLimits {
        reading: 8 << 20,
        ..RenderLimits::default()
    };
    let drawn = page(&ofd, 0, &[], &limits).unwrap();
    assert!(drawn.notes.iter().any(|note| note.code == "render_limit"));
}

#[test]
fn glyphs_are_not_multiplied_beyond_the_text() {
    let objects: String = (0..2000)
        .map(|_| {
            "<TextObject Size='1' Font='1'><TextCode X='0' Y='0' DeltaX='g 99999 1'>a</TextCode>\
             </TextObject>"
        })
        .collect();
    let bytes = document(&[
        (
            "D/Document.xml",
            "<Document><Pages><Page ID='1' BaseLoc='P.xml'/></Pages></Document>".into(),
        ),
        (
            "D/P.xml",
            format!("<Page><Content><Layer>{objects}</Layer></Content></Page>"),
        ),
    ]);
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let drawn = page(&ofd, 0, &[], &RenderLimits::default()).unwrap();
    assert_eq!(drawn.svg.matches("<text").count(), 2000);
}

#[test]
fn units_within_units_come_to_an_end() {
    let resource = "<Res><CompositeGraphicUnits><CompositeGraphicUnit ID='1' Width='1' Height='1'>\
                    <Content><CompositeObject ResourceID='1'/><CompositeObject ResourceID='1'/>\
                    </Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>";
    let bytes = document(&[
        (
            "D/Document.xml",
            "<Document><CommonData><PublicRes>R.xml</PublicRes></CommonData>\
             <Pages><Page ID='1' BaseLoc='P.xml'/></Pages></Document>"
                .into(),
        ),
        ("D/R.xml", resource.into()),
        (
            "D/P.xml",
            "<Page><Content><Layer><CompositeObject ID='9' ResourceID='1'/></Layer></Content></Page>"
                .into(),
        ),
    ]);
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let limits = RenderLimits {
        objects: 5000,
        ..RenderLimits::default()
    };
    let drawn = page(&ofd, 0, &[], &limits).unwrap();
    let codes: Vec<&str> = drawn.notes.iter().map(|note| note.code).collect();
    assert!(
        codes.contains(&"render_too_deep") && codes.contains(&"render_limit"),
        "{codes:?}"
    );
}
