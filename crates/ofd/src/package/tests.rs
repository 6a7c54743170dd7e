//! Containers made by hand, each with one thing wrong.

use proptest::prelude::*;

use super::*;

/// Writes a container entry by entry; `twist` may spoil the bytes of one before they are added.
struct Builder {
    bytes: Vec<u8>,
    central: Vec<u8>,
    count: u16,
}

impl Builder {
    fn new() -> Self {
        Self {
            bytes: Vec::new(),
            central: Vec::new(),
            count: 0,
        }
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    fn entry(self, name: &[u8], content: &[u8]) -> Self {
        self.record(name, name, content, content.len(), 0, 0)
    }

    fn record(
        mut self,
        local: &[u8],
        central: &[u8],
        data: &[u8],
        size: usize,
        method: u16,
        flags: u16,
    ) -> Self {
        let offset = self.bytes.len() as u32;
        let common = |name: &[u8]| {
            let mut fields = Vec::new();
            for value in [20, flags, method, 0, 0x21] {
                fields.extend_from_slice(&value.to_le_bytes());
            }
            for value in [crc32fast::hash(data), data.len() as u32, size as u32] {
                fields.extend_from_slice(&value.to_le_bytes());
            }
            fields.extend_from_slice(&(name.len() as u16).to_le_bytes());
            fields.extend_from_slice(&[0, 0]);
            fields
        };
        self.bytes.extend_from_slice(b"PK\x03\x04");
        self.bytes.extend_from_slice(&common(local));
        self.bytes.extend_from_slice(local);
        self.bytes.extend_from_slice(data);
        self.central.extend_from_slice(b"PK\x01\x02\x14\0");
        self.central.extend_from_slice(&common(central));
        self.central.extend_from_slice(&[0; 10]);
        self.central.extend_from_slice(&offset.to_le_bytes());
        self.central.extend_from_slice(central);
        self.count += 1;
        self
    }

    fn finish(mut self, comment: &[u8]) -> Vec<u8> {
        let offset = self.bytes.len() as u32;
        let size = self.central.len() as u32;
        self.bytes.append(&mut self.central);
        self.bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for value in [self.count, self.count] {
            self.bytes.extend_from_slice(&value.to_le_bytes());
        }
        for value in [size, offset] {
            self.bytes.extend_from_slice(&value.to_le_bytes());
        }
        self.bytes
            .extend_from_slice(&(comment.len() as u16).to_le_bytes());
        self.bytes.extend_from_slice(comment);
        self.bytes
    }
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    codes_within(bytes, Limits::default())
}

fn codes_within(bytes: &[u8], limits: Limits) -> Vec<&'static str> {
    let (_, findings) = Package::open_tolerant(bytes, limits).unwrap();
    findings.iter().map(PackageFinding::code).collect()
}

#[test]
fn a_plain_container_has_no_findings() {
    let bytes = Builder::new()
        .entry(b"OFD.xml", b"<x/>")
        .entry(b"Doc_0/", b"")
        .finish(b"");
    assert_eq!(codes(&bytes), [""; 0]);
    let package = Package::open_strict(&bytes, Limits::default()).unwrap();
    assert_eq!(package.read("OFD.xml").unwrap().as_ref(), b"<x/>");
    assert_eq!(package.files().count(), 1);
    assert_eq!(package.read("Doc_1/x").unwrap_err().code(), "entry_missing");
}

#[test]
fn names_that_readers_confuse_are_named() {
    let two = |a: &[u8], b: &[u8]| codes(&Builder::new().entry(a, b"1").entry(b, b"2").finish(b""));
    assert_eq!(two(b"a/b.xml", b"a/b.xml"), ["duplicate_entry"]);
    assert_eq!(two(b"a/b.xml", b"A/B.xml"), ["entry_name_ambiguous"]);
    assert_eq!(two(b"a/b.xml", b"a//b.xml"), ["entry_name_ambiguous"]);
    assert_eq!(two(b"a/b.xml", b"a/./b.xml"), ["entry_name_ambiguous"]);
    assert_eq!(
        two(b"a/b.xml", b"a\\b.xml"),
        ["entry_name_backslash", "entry_name_ambiguous"]
    );
    assert_eq!(two(b"a/b.xml", b"a/b.xml/"), ["entry_name_ambiguous"]);
    assert_eq!(
        two(b"a/b.xml", b"/a/b.xml"),
        ["path_traversal", "entry_name_ambiguous"]
    );
    assert_eq!(two(b"a", b"../b"), ["path_traversal"]);
    assert_eq!(two(b"a", b"b\nc"), ["entry_name_ambiguous"]);
}

#[test]
fn headers_that_disagree_are_named() {
    let other_name = Builder::new()
        .record(b"a.xml", b"b.xml", b"1", 1, 0, 0)
        .finish(b"");
    assert_eq!(codes(&other_name), ["header_disagreement"]);
    let one = Builder::new().entry(b"a.xml", b"1").finish(b"");
    let mut other_size = one.clone();
    other_size[22] = 9;
    assert_eq!(codes(&other_size), ["header_disagreement"]);
    let mut unlisted = Builder::new().entry(b"hidden.xml", b"1");
    (unlisted.central, unlisted.count) = (Vec::new(), 0);
    let unlisted = unlisted.entry(b"a.xml", b"1").finish(b"");
    assert_eq!(codes(&unlisted), ["header_disagreement"]);
    let mut count = one.clone();
    let at = count.len() - 12;
    count[at] = 2;
    assert_eq!(codes(&count), ["header_disagreement"]);
    let nested = Builder::new().entry(b"b.xml", b"2").finish(&one);
    assert!(
        codes(&nested).contains(&"header_disagreement"),
        "{:?}",
        codes(&nested)
    );
}

#[test]
fn bytes_that_belong_to_nothing_are_named() {
    let between = Builder::new()
        .entry(b"a", b"1")
        .raw(b"hidden")
        .entry(b"b", b"2")
        .finish(b"");
    assert_eq!(codes(&between), ["hidden_bytes"]);
    let last = Builder::new().entry(b"a", b"1").raw(b"hidden").finish(b"");
    assert_eq!(codes(&last), ["hidden_bytes"]);
    let one = Builder::new().entry(b"a", b"1").finish(b"");
    let before = [b"MZ stub".as_slice(), &one].concat();
    assert_eq!(codes(&before), ["bytes_before_zip"]);
    let (package, _) = Package::open_tolerant(&before, Limits::default()).unwrap();
    assert_eq!(package.read("a").unwrap().as_ref(), b"1");
    let after = [one.as_slice(), b"trailing"].concat();
    assert_eq!(codes(&after), ["bytes_after_zip"]);
    assert_eq!(
        Package::open_strict(&after, Limits::default())
            .unwrap_err()
            .code(),
        "bytes_after_zip"
    );
    let comment = Builder::new().entry(b"a", b"1").finish(b"note");
    assert_eq!(codes(&comment), ["zip_comment"]);
    assert!(Package::open_strict(&comment, Limits::default()).is_ok());
}

#[test]
fn two_containers_in_one_file_are_a_problem() {
    let one = Builder::new().entry(b"a", b"1").finish(b"");
    let two = Builder::new().entry(b"a", b"2").finish(b"");
    assert!(codes(&[one, two].concat()).contains(&"header_disagreement"));
}

#[test]
fn encrypted_and_strangely_packed_entries_are_not_read() {
    let encrypted = Builder::new().record(b"a", b"a", b"1", 1, 0, 1).finish(b"");
    assert_eq!(codes(&encrypted), ["encrypted"]);
    let (package, _) = Package::open_tolerant(&encrypted, Limits::default()).unwrap();
    assert_eq!(package.read("a").unwrap_err().code(), "encrypted");
    let bzip2 = Builder::new()
        .record(b"a", b"a", b"1", 1, 12, 0)
        .finish(b"");
    assert_eq!(codes(&bzip2), ["unsupported_method"]);
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let claimed = Builder::new()
        .record(b"a", b"a", b"1", 1 << 30, 8, 0)
        .finish(b"");
    assert_eq!(codes(&claimed), ["too_large"]);
    let ratio = Builder::new()
        .record(b"a", b"a", b"1", 64 << 20, 8, 0)
        .finish(b"");
    assert_eq!(codes(&ratio), ["ratio"]);
    let (package, _) = Package::open_tolerant(&ratio, Limits::default()).unwrap();
    assert_eq!(package.read("a").unwrap_err().code(), "too_large");
    let many = Builder::new()
        .entry(b"a", b"1")
        .entry(b"b", b"2")
        .finish(b"");
    let few = Limits {
        entries: 1,
        ..Limits::default()
    };
    assert_eq!(
        Package::open_tolerant(&many, few).unwrap_err().code(),
        "too_large"
    );
    let total = Limits {
        total_size: 1,
        ..Limits::default()
    };
    assert_eq!(codes_within(&many, total), ["too_large"]);
}

#[test]
fn an_entry_that_unpacks_to_something_else_is_corrupt() {
    let mut wrong = Builder::new().entry(b"a", b"content").finish(b"");
    let at = wrong.windows(7).position(|w| w == b"content").unwrap();
    wrong[at] ^= 1;
    let (package, _) = Package::open_tolerant(&wrong, Limits::default()).unwrap();
    assert_eq!(package.read("a").unwrap_err().code(), "entry_corrupt");
    let garbage = Builder::new()
        .record(b"a", b"a", b"\xff\xff\xff", 10, 8, 0)
        .finish(b"");
    let (package, _) = Package::open_tolerant(&garbage, Limits::default()).unwrap();
    assert_eq!(package.read("a").unwrap_err().code(), "entry_corrupt");
}

#[test]
fn overlapping_entries_are_named() {
    let mut builder = Builder::new().entry(b"a", b"1");
    let record = builder.central.clone();
    builder.central.extend_from_slice(&record);
    builder.count += 1;
    assert_eq!(
        codes(&builder.finish(b"")),
        ["overlapping_entries", "duplicate_entry"]
    );
}

#[test]
fn writing_replaces_without_leaving_the_old_bytes() {
    let bytes = Builder::new()
        .entry(b"a", b"1")
        .entry(b"b", b"old")
        .entry(b"c", b"3")
        .finish(b"x");
    let package = Package::open_strict(&bytes, Limits::default()).unwrap();
    let change = |name, content| NewEntry {
        name,
        content,
        dos_time: (0x21, 0),
    };
    let long = [b'z'; 1000];
    let output = rewrite(&package, &[change("b", &long), change("印", b"4")]).unwrap();
    let written = Package::open_strict(&output, Limits::default()).unwrap();
    let names: Vec<&str> = written.entries().iter().map(Entry::name).collect();
    assert_eq!(names, ["a", "c", "b", "印"]);
    for name in ["a", "c"] {
        assert_eq!(package.raw(name), written.raw(name));
    }
    assert_eq!(written.read("b").unwrap().as_ref(), long);
    assert!(!output.windows(3).any(|w| w == b"old"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Package::open_tolerant(&bytes, Limits::default());
    }

    #[test]
    fn a_spoiled_container_never_panics(
        spoils in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        keep in any::<bool>(),
    ) {
        let mut bytes = Builder::new()
            .entry(b"OFD.xml", b"<a/>")
            .record(b"b", b"b", &[3, 0], 0, 8, 8)
            .entry(b"Doc_0/x", b"data")
            .finish(b"c");
        for (at, value) in spoils {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !keep {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok((package, _)) = Package::open_tolerant(&bytes, Limits::default()) {
            for entry in package.entries() {
                let _ = package.read(entry.name());
            }
            let change = NewEntry { name: "b", content: b"new", dos_time: (0x21, 0) };
            if Package::open_strict(&bytes, Limits::default()).is_ok() {
                let _ = rewrite(&package, &[change]);
            }
        }
    }
}
