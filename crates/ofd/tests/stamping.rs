//! A stamp is put in without touching anything else, and respects the stamps before it.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip and may panic"
)]

mod common;

use common::{interop, interop_folder, pack};
use jiff::Timestamp;
use ofd::package::{Limits, Package};
use ofd::signatures::{Change, Digests, Provider, change, coverage, read};
use ofd::stamp::{Edge, Placement, Prepared, StampPlan, complete, prepare, seam};
use ofd::{Error, Ofd};

const VALUE: &[u8] = b"not a real signature, which this crate would not notice";

fn plan(placements: Vec<Placement>) -> StampPlan {
    StampPlan {
        placements,
        close_document: false,
        provider: Provider {
            name: "yinxin".into(),
            version: "0.1".into(),
            company: "印信 & 子".into(),
        },
        method: StampPlan::SM2_SM3.into(),
        seal: b"a seal".repeat(500),
        time: "2026-11-22T02:30:00.25Z".parse::<Timestamp>().unwrap(),
    }
}

fn at(x_mm: f64, y_mm: f64) -> Placement {
    Placement {
        page_index: 0,
        x_mm,
        y_mm,
        w_mm: 40.0,
        h_mm: 40.0,
        clip: None,
    }
}

fn stamped(bytes: &[u8], plan: &StampPlan) -> Result<(Prepared, Vec<u8>), Error> {
    let prepared = prepare(bytes, plan, Limits::default())?;
    let output = complete(bytes, &prepared, VALUE, Limits::default())?;
    Ok((prepared, output))
}

/// Every entry but `changed` stands in `after` with the very bytes it had.
fn assert_untouched(name: &str, before: &[u8], after: &[u8], changed: &[&str]) {
    let before = Package::open_strict(before, Limits::default()).unwrap();
    let after = Package::open_strict(after, Limits::default()).unwrap();
    for entry in before.entries() {
        let same = before.raw(entry.name()) == after.raw(entry.name());
        assert_eq!(
            same,
            !changed.contains(&entry.name()),
            "{name}: {}",
            entry.name()
        );
    }
}

fn assert_all_unchanged(name: &str, bytes: &[u8], count: usize) {
    let ofd = Ofd::open(bytes, Limits::default()).unwrap();
    assert_eq!(ofd.package_findings(), [], "{name}");
    let signatures = read(&ofd);
    assert_eq!(signatures.files.len(), count, "{name}");
    let mut digests = Digests::new(ofd.package());
    for (index, file) in signatures.files.iter().enumerate() {
        let checks = file.check_references(&mut digests, None);
        assert_eq!(
            change(&signatures, index, &checks),
            Change::Unchanged,
            "{name}"
        );
        assert_eq!(file.findings, [], "{name}");
    }
    assert_eq!(signatures.findings, [], "{name}");
}

#[test]
fn every_unstamped_sample_can_be_stamped_twice() {
    for (name, bytes) in interop_folder("ofd") {
        let first_plan = plan(vec![at(10.0, 10.0)]);
        let (prepared, first) = stamped(&bytes, &first_plan).unwrap();
        assert_untouched(&name, &bytes, &first, &["OFD.xml"]);
        assert_all_unchanged(&name, &first, 1);
        let ofd = Ofd::open(&first, Limits::default()).unwrap();
        let signatures = read(&ofd);
        let file = &signatures.files[0];
        assert_eq!(file.xml, prepared.signature_xml, "{name}");
        assert_eq!(gm::sm3(&file.xml), prepared.data_hash, "{name}");
        assert!(file.is_named_by(&prepared.property_info), "{name}");
        let info = file.info.as_ref().unwrap();
        assert_eq!(info.signed_value.as_deref(), Some(VALUE), "{name}");
        assert_eq!(info.seal.as_deref(), Some(&first_plan.seal[..]), "{name}");
        assert_eq!(info.provider, first_plan.provider, "{name}");
        assert_eq!(info.date_time, "20261122023000.250Z", "{name}");
        assert_eq!(info.stamps[0].page_index, Some(0), "{name}");
        let covered = coverage(&ofd, file);
        assert!(
            covered.unprotected.is_empty() && covered.unreferenced.is_empty(),
            "{name}"
        );
        assert!(!covered.closed, "{name}");

        let (second_prepared, second) = stamped(&first, &plan(vec![at(60.0, 10.0)])).unwrap();
        let list = &signatures.files[0].list;
        assert_untouched(&name, &first, &second, &[list]);
        assert_all_unchanged(&name, &second, 2);
        assert_eq!(
            (
                prepared.signature_id.as_str(),
                second_prepared.signature_id.as_str()
            ),
            ("1", "3")
        );
    }
}

#[test]
fn a_closing_stamp_is_the_last_one() {
    let Some(bytes) = interop("ofd/helloworld.ofd") else {
        return;
    };
    let closing = StampPlan {
        close_document: true,
        ..plan(vec![at(10.0, 10.0)])
    };
    let (_, closed) = stamped(&bytes, &closing).unwrap();
    assert_all_unchanged("helloworld", &closed, 1);
    let ofd = Ofd::open(&closed, Limits::default()).unwrap();
    assert!(coverage(&ofd, &read(&ofd).files[0]).closed);
    let refusal = stamped(&closed, &plan(vec![at(60.0, 10.0)])).unwrap_err();
    assert_eq!(refusal.code(), "document_closed");
    assert_eq!(refusal.to_string(), "文件已由前一签章锁定，不能再加盖印章");
}

#[test]
fn documents_that_others_closed_are_refused_and_open_ones_go_on() {
    for (name, bytes) in interop_folder("stamped") {
        let expected = match name.as_str() {
            "gen-gbt35275.ofd" | "gen-v1_whole.ofd" | "gen-v4_v1_v5_multi_locked.ofd" => None,
            "h.ofd" | "seam-v4.ofd" | "cms-35275-two.ofd" | "keyword-multi.ofd" => None,
            "gen-v4_then_v1_multi.ofd" => Some(3),
            _ => Some(2),
        };
        match (stamped(&bytes, &plan(vec![at(10.0, 60.0)])), expected) {
            (Ok((_, output)), Some(count)) => {
                let list = if name.starts_with("tax") {
                    ""
                } else {
                    "Doc_0/Signs/Signatures.xml"
                };
                if !list.is_empty() {
                    assert_untouched(&name, &bytes, &output, &[list]);
                }
                assert_all_unchanged(&name, &output, count);
            }
            (Err(error), None) => assert_eq!(error.code(), "document_closed", "{name}"),
            (result, _) => panic!("{name}: {:?}", result.map(|_| ())),
        }
    }
}

#[test]
fn positions_that_cannot_be_are_refused_with_their_page() {
    let Some(bytes) = interop("ofd/seven-pages.ofd") else {
        return;
    };
    let code = |placement: Placement| stamped(&bytes, &plan(vec![placement])).unwrap_err().code();
    assert_eq!(code(at(190.0, 10.0)), "position_off_page");
    assert_eq!(code(at(-5.0, 10.0)), "position_off_page");
    assert_eq!(
        code(Placement {
            w_mm: 0.0,
            ..at(1.0, 1.0)
        }),
        "bad_size"
    );
    assert_eq!(
        code(Placement {
            x_mm: f64::NAN,
            ..at(1.0, 1.0)
        }),
        "bad_size"
    );
    assert_eq!(
        code(Placement {
            page_index: 5,
            ..at(1.0, 1.0)
        }),
        "page_not_found"
    );
    assert_eq!(
        stamped(&bytes, &plan(vec![])).unwrap_err().code(),
        "no_placement"
    );
    let no_seal = StampPlan {
        seal: Vec::new(),
        ..plan(vec![at(1.0, 1.0)])
    };
    assert_eq!(stamped(&bytes, &no_seal).unwrap_err().code(), "bad_part");
}

#[test]
fn a_seam_seal_shows_one_slice_on_each_page() {
    let Some(bytes) = interop("ofd/seven-pages.ofd") else {
        return;
    };
    let ofd = Ofd::open(&bytes, Limits::default()).unwrap();
    let pages: Vec<usize> = (0..ofd.page_count()).collect();
    for edge in [Edge::Right, Edge::Left] {
        let placements = seam(&ofd, &pages, edge, (40.0, 40.0), 100.0).unwrap();
        let (_, output) = stamped(&bytes, &plan(placements)).unwrap();
        let stamped = Ofd::open(&output, Limits::default()).unwrap();
        let signatures = read(&stamped);
        let stamps = &signatures.files[0].info.as_ref().unwrap().stamps;
        assert_eq!(stamps.len(), pages.len());
        for (nth, stamp) in stamps.iter().enumerate() {
            let shown = stamp.visible().unwrap();
            assert_eq!(stamp.page_index, Some(nth));
            assert!((shown.width - 8.0).abs() < 1e-6, "{shown:?}");
            let left = if edge == Edge::Right { 202.0 } else { 0.0 };
            assert!((shown.x - left).abs() < 1e-6, "{shown:?}");
        }
    }
}

#[test]
fn what_was_prepared_can_be_kept_and_completed_later() {
    let Some(bytes) = interop("ofd/helloworld.ofd") else {
        return;
    };
    let (prepared, output) = stamped(&bytes, &plan(vec![at(10.0, 10.0)])).unwrap();
    let kept = serde_json::to_string(&prepared).unwrap();
    let again: Prepared = serde_json::from_str(&kept).unwrap();
    assert_eq!(again, prepared);
    assert_eq!(
        complete(&bytes, &again, VALUE, Limits::default()).unwrap(),
        output
    );
    let other = interop("ofd/seven-pages.ofd").unwrap_or_default();
    let refusal = complete(&other, &again, VALUE, Limits::default()).unwrap_err();
    assert_eq!(refusal.code(), "not_prepared");
    assert_eq!(
        complete(&bytes, &again, b"", Limits::default())
            .unwrap_err()
            .code(),
        "bad_part"
    );
}

#[test]
fn forged_files_are_not_stamped() {
    for (name, code) in [
        ("attacks/duplicate-entry.ofd", "duplicate_entry"),
        ("attacks/header-disagreement.ofd", "header_disagreement"),
        ("attacks/path-traversal.ofd", "path_traversal"),
        ("attacks/doctype.ofd", "xml_doctype"),
        (
            "attacks/signatures-pointer-removed.ofd",
            "signature_not_referred",
        ),
    ] {
        let Some(bytes) = interop(name) else { continue };
        let refusal = stamped(&bytes, &plan(vec![at(10.0, 10.0)])).unwrap_err();
        assert_eq!(refusal.code(), code, "{name}");
    }
}

#[test]
fn other_unzip_programs_agree_with_what_was_written() {
    let Some(bytes) = interop("ofd/ano.ofd") else {
        return;
    };
    let (_, output) = stamped(&bytes, &plan(vec![at(10.0, 10.0)])).unwrap();
    let path = std::env::temp_dir().join(format!("yinxin-ofd-{}.ofd", std::process::id()));
    std::fs::write(&path, &output).unwrap();
    for (program, arguments) in [
        ("unzip", vec!["-t"]),
        ("python3", vec!["-m", "zipfile", "-t"]),
    ] {
        match std::process::Command::new(program)
            .args(&arguments)
            .arg(&path)
            .output()
        {
            Ok(done) => {
                let text = String::from_utf8_lossy(&done.stdout).into_owned();
                assert!(done.status.success(), "{program}: {text}");
                assert!(
                    !text.contains("bad") && !text.contains("warning"),
                    "{program}: {text}"
                );
            }
            Err(error) => eprintln!("skipped: {program} ({error})"),
        }
    }
    std::fs::remove_file(&path).unwrap();
}

/// A file with this `OFD.xml` and documents `A` and `B` of one page each.
fn packed(root: &str) -> Vec<u8> {
    let document = "<Document><Pages><Page ID='7' BaseLoc='P.xml'/></Pages></Document>";
    let page = "<Page><Area><PhysicalBox>0 0 100 100</PhysicalBox></Area><Content/></Page>";
    let parts = [
        ("OFD.xml", root),
        ("A/Document.xml", document),
        ("A/P.xml", page),
        ("B/Document.xml", document),
        ("B/P.xml", page),
    ];
    pack(&parts.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())))
}

fn text_of(bytes: &[u8], name: &str) -> String {
    let package = Package::open_strict(bytes, Limits::default()).unwrap();
    String::from_utf8(package.read(name).unwrap().into_owned()).unwrap()
}

#[test]
fn the_root_is_changed_by_one_element_in_its_place() {
    for (before, after) in [
        (
            "<OFD xmlns='http://www.ofdspec.org'><DocBody><DocRoot>A/Document.xml</DocRoot>\n</DocBody></OFD>",
            "<OFD xmlns='http://www.ofdspec.org'><DocBody><DocRoot>A/Document.xml</DocRoot>\
             <Signatures>/A/Signs/Signatures.xml</Signatures>\n</DocBody></OFD>",
        ),
        (
            "\u{feff}<q:OFD xmlns:q='x'><q:DocBody><q:DocRoot>A/Document.xml</q:DocRoot>\
             <q:Versions/><q:Other/></q:DocBody></q:OFD>",
            "\u{feff}<q:OFD xmlns:q='x'><q:DocBody><q:DocRoot>A/Document.xml</q:DocRoot>\
             <q:Versions/><q:Signatures>/A/Signs/Signatures.xml</q:Signatures><q:Other/>\
             </q:DocBody></q:OFD>",
        ),
        (
            "<OFD><DocBody><DocRoot>A/Document.xml</DocRoot><Signatures/></DocBody></OFD>",
            "<OFD><DocBody><DocRoot>A/Document.xml</DocRoot>\
             <Signatures>/A/Signs/Signatures.xml</Signatures></DocBody></OFD>",
        ),
        (
            "<OFD><DocBody><DocRoot>A/Document.xml</DocRoot><Signatures>A/x/S.xml</Signatures></DocBody></OFD>",
            "<OFD><DocBody><DocRoot>A/Document.xml</DocRoot><Signatures>A/x/S.xml</Signatures></DocBody></OFD>",
        ),
    ] {
        let (_, output) = stamped(&packed(before), &plan(vec![at(10.0, 10.0)])).unwrap();
        assert_eq!(text_of(&output, "OFD.xml"), after);
        assert_all_unchanged(before, &output, 1);
    }
}

#[test]
fn a_file_with_two_documents_is_stamped_in_one_of_them() {
    let root = "<OFD><DocBody><DocRoot>A/Document.xml</DocRoot></DocBody>\
                <DocBody><DocRoot>B/Document.xml</DocRoot></DocBody></OFD>";
    let bytes = packed(root);
    let second = Placement {
        page_index: 1,
        ..at(10.0, 10.0)
    };
    let both = plan(vec![at(10.0, 10.0), second]);
    assert_eq!(
        stamped(&bytes, &both).unwrap_err().code(),
        "several_documents"
    );
    let (_, output) = stamped(&bytes, &plan(vec![second])).unwrap();
    let ofd = Ofd::open(&output, Limits::default()).unwrap();
    let signatures = read(&ofd);
    assert_eq!(signatures.files[0].body, Some(1));
    assert_eq!(
        signatures.files[0].info.as_ref().unwrap().stamps[0].page_index,
        Some(1)
    );
    assert!(coverage(&ofd, &signatures.files[0]).unprotected.is_empty());
    // The stamp protects OFD.xml, which would have to point to a second list.
    let refusal = stamped(&output, &plan(vec![at(10.0, 10.0)])).unwrap_err();
    assert_eq!(refusal.code(), "entry_protected");
}

#[test]
fn files_that_are_no_documents_are_refused_by_name() {
    let code = |bytes: &[u8]| {
        stamped(bytes, &plan(vec![at(1.0, 1.0)]))
            .unwrap_err()
            .code()
    };
    assert_eq!(code(b"%PDF-1.7"), "not_ofd");
    assert_eq!(
        code(&pack(&[("a.txt".into(), b"text".to_vec())])),
        "plain_zip"
    );
    assert_eq!(code(&packed("<html/>")), "not_ofd");
    let empty = "<OFD><DocBody><DocRoot>A/P.xml</DocRoot></DocBody></OFD>";
    assert_eq!(code(&packed(empty)), "not_ofd");
    let no_pages = pack(&[
        (
            "OFD.xml".into(),
            b"<OFD><DocBody><DocRoot>D.xml</DocRoot></DocBody></OFD>".to_vec(),
        ),
        ("D.xml".into(), b"<Document><Pages/></Document>".to_vec()),
    ]);
    assert_eq!(code(&no_pages), "no_pages");
}

#[test]
fn lists_of_other_products_go_on_in_their_own_way() {
    let Some(bytes) = interop("ofd/helloworld.ofd") else {
        return;
    };
    let (_, first) = stamped(&bytes, &plan(vec![at(10.0, 10.0)])).unwrap();
    let package = Package::open_strict(&first, Limits::default()).unwrap();
    let list = "<S:Signatures xmlns:S='http://www.ofdspec.org/2016'>\n  \
                <S:Signature ID='s001' BaseLoc='Sign_0/Signature.xml'/>\n  \
                <S:MaxSignId>s006</S:MaxSignId>\n</S:Signatures>\n";
    let entries: Vec<(String, Vec<u8>)> = package
        .files()
        .map(|entry| {
            let content = package.read(entry.name()).unwrap().into_owned();
            let is_list = entry.name().ends_with("Signatures.xml");
            (
                entry.name().to_owned(),
                if is_list {
                    list.as_bytes().to_vec()
                } else {
                    content
                },
            )
        })
        .collect();
    let (prepared, second) = stamped(&pack(&entries), &plan(vec![at(60.0, 10.0)])).unwrap();
    assert_eq!(prepared.signature_id, "s007");
    let expected = "<S:Signatures xmlns:S='http://www.ofdspec.org/2016'>\n  \
                    <S:Signature ID='s001' BaseLoc='Sign_0/Signature.xml'/>\
                    <S:Signature ID=\"s007\" Type=\"Seal\" \
                    BaseLoc=\"/Doc_0/Signs/Sign_1/Signature.xml\"/>\n  \
                    <S:MaxSignId>s008</S:MaxSignId>\n</S:Signatures>\n";
    assert_eq!(text_of(&second, "Doc_0/Signs/Signatures.xml"), expected);
    assert_all_unchanged("own list", &second, 2);
}
