//! What a reader of foreign and forged files is told about container and document.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip and may panic"
)]

mod common;

use common::{interop, interop_folder};
use ofd::package::{Limits, Package, PackageFinding};
use ofd::{Error, Ofd};

#[test]
fn ordinary_files_have_nothing_anomalous_and_their_pages_are_found() {
    let files = [interop_folder("ofd"), interop_folder("stamped")].concat();
    for (name, bytes) in files {
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        assert_eq!(ofd.package_findings(), [], "{name}");
        assert_eq!(ofd.problems(), [], "{name}");
        assert!(ofd.page_count() > 0, "{name}");
        assert!(
            Ofd::open_strict(&bytes, Limits::default()).is_ok(),
            "{name}"
        );
        for page in 0..ofd.page_count() {
            assert!(ofd.page_size(page).unwrap().width_mm > 50.0, "{name}");
        }
        assert!(
            ofd.reach().unreadable.is_empty(),
            "{name}: {:?}",
            ofd.reach().unreadable
        );
        // Pages taken out, a picture elsewhere than its resource file says: real files are like that.
        let expected_dangling = match name.as_str() {
            "ano.ofd" => 4,
            "seven-pages.ofd" | "gen-v4_seam_right_7pages.ofd" | "h.ofd" | "seam-v4.ofd" => 1,
            "cms-35275-two.ofd" | "keyword-multi.ofd" => 1,
            _ => 0,
        };
        let dangling = &ofd.reach().dangling;
        assert_eq!(dangling.len(), expected_dangling, "{name}: {dangling:?}");
    }
}

#[test]
fn every_container_attack_is_named() {
    for (name, code) in [
        ("attacks/duplicate-entry.ofd", "duplicate_entry"),
        ("attacks/header-disagreement.ofd", "header_disagreement"),
        ("attacks/path-traversal.ofd", "path_traversal"),
    ] {
        let Some(bytes) = interop(name) else { continue };
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        let codes: Vec<&str> = ofd
            .package_findings()
            .iter()
            .map(PackageFinding::code)
            .collect();
        assert!(codes.contains(&code), "{name}: {codes:?}");
        let strict = Ofd::open_strict(&bytes, Limits::default()).unwrap_err();
        assert_eq!(strict.code(), code, "{name}");
        assert_eq!(ofd.page_count(), 1, "{name} is otherwise readable");
    }
    for (name, bytes) in interop_folder("attacks") {
        let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
        let container = ["duplicate-entry", "header-disagreement", "path-traversal"];
        let expected = container.iter().any(|c| name.starts_with(c));
        assert_eq!(!ofd.package_findings().is_empty(), expected, "{name}");
    }
}

#[test]
fn a_document_type_declaration_is_refused_by_name() {
    let Some(bytes) = interop("attacks/doctype.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let codes: Vec<&str> = ofd.problems().iter().map(Error::code).collect();
    assert_eq!(codes, ["xml_doctype"]);
}

#[test]
fn every_entry_of_every_file_unpacks_to_its_checksum() {
    for (name, bytes) in [interop_folder("ofd"), interop_folder("stamped")].concat() {
        let package = Package::open_strict(&bytes, Limits::default()).unwrap();
        for entry in package.files() {
            let content = package.read(entry.name()).unwrap();
            assert_eq!(
                content.len() as u64,
                entry.size(),
                "{name}: {}",
                entry.name()
            );
            let mut pieces = Vec::new();
            package
                .read_pieces(entry.name(), &mut |p| pieces.extend_from_slice(p))
                .unwrap();
            assert_eq!(pieces, content.as_ref());
        }
    }
}

#[test]
fn files_that_are_no_ofd_are_told_apart() {
    let code = |bytes: &[u8]| Ofd::open(bytes, Limits::default()).unwrap_err().code();
    assert_eq!(code(b""), "not_ofd");
    assert_eq!(code(b"%PDF-1.7 and so on, for a while"), "not_ofd");
    assert_eq!(
        code(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        "plain_zip"
    );
    let small = Limits {
        package_size: 10,
        ..Limits::default()
    };
    assert_eq!(
        Ofd::open(b"0123456789abcdef", small).unwrap_err().code(),
        "too_large"
    );
}

#[test]
fn entries_in_chinese_are_readable() {
    let Some(bytes) = interop("ofd/chinese-folder.ofd") else {
        return;
    };
    let package = Package::open_strict(&bytes, Limits::default()).unwrap();
    assert!(
        package
            .read("Doc_0/Res/这是一个中文目录/数据文件.txt")
            .is_ok()
    );
}
