//! Entry names: decoding, normalising, and what makes one unsafe.

use super::finding::Anomaly;

/// A decoded entry name.
pub(super) struct Name {
    /// With `/` as separator, without leading `/` or `./`, without `//`.
    pub(super) normal: String,
    /// What is unusual about it on its own.
    pub(super) anomalies: Vec<Anomaly>,
}

/// Decodes the raw bytes of a name: UTF-8 where flagged or where it is valid, else GBK.
///
/// `unicode_path` is the name in an Info-ZIP Unicode Path extra field, which some readers prefer.
pub(super) fn decode(raw: &[u8], utf8_flag: bool, unicode_path: Option<&[u8]>) -> Name {
    let mut anomalies = Vec::new();
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            anomalies.push(Anomaly::EntryNameNotUtf8);
            if utf8_flag {
                anomalies.push(Anomaly::EntryNameAmbiguous);
            }
            encoding_rs::GBK
                .decode_without_bom_handling_and_without_replacement(raw)
                .map_or_else(|| String::from_utf8_lossy(raw).into_owned(), Into::into)
        }
    };
    if unicode_path.is_some_and(|other| other != text.as_bytes()) {
        anomalies.push(Anomaly::EntryNameAmbiguous);
    }
    if leaves_package(&text) {
        anomalies.push(Anomaly::PathTraversal);
    } else if text.chars().any(char::is_control) {
        anomalies.push(Anomaly::EntryNameAmbiguous);
    }
    if text.contains('\\') {
        anomalies.push(Anomaly::EntryNameBackslash);
    }
    Name {
        normal: normalise(&text),
        anomalies,
    }
}

/// The form under which names that a reader may confuse are equal.
pub(super) fn fold(normal: &str) -> String {
    normal.trim_end_matches('/').to_lowercase()
}

/// Forward slashes, no empty and no `.` segments, no leading slash; a trailing one (folder) stays.
pub(crate) fn normalise(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let is_separator = |c: char| c == '/' || c == '\\';
    for segment in name
        .split(is_separator)
        .filter(|s| !s.is_empty() && *s != ".")
    {
        if !normal.is_empty() {
            normal.push('/');
        }
        normal.push_str(segment);
    }
    if name.ends_with(is_separator) && !normal.is_empty() {
        normal.push('/');
    }
    normal
}

fn leaves_package(name: &str) -> bool {
    let bytes = name.as_bytes();
    let has_drive = bytes.len() >= 2 && bytes[1] == b':' && bytes[0].is_ascii_alphabetic();
    name.is_empty()
        || has_drive
        || name.starts_with(['/', '\\'])
        || name.contains('\0')
        || name.split(['/', '\\']).any(|segment| segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_package_are_named() {
        for name in [
            "../a",
            "a/../../b",
            "/OFD.xml",
            "\\x",
            "C:\\x",
            "a\0b",
            "..\\x",
        ] {
            assert!(leaves_package(name), "{name:?}");
        }
        assert!(!leaves_package("Doc_0/a..b/c"));
    }

    #[test]
    fn gbk_names_are_readable() {
        let name = decode(&[0xd6, 0xd0, b'/', 0xce, 0xc4], false, None);
        assert_eq!(name.normal, "中/文");
        assert_eq!(name.anomalies, vec![Anomaly::EntryNameNotUtf8]);
    }

    #[test]
    fn slashes_are_levelled() {
        assert_eq!(
            normalise("\\Doc_0//Pages/./Page_0\\Content.xml"),
            "Doc_0/Pages/Page_0/Content.xml"
        );
        assert_eq!(normalise("Doc_0/"), "Doc_0/");
    }
}
