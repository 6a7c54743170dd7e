//! What can be wrong with a container, each with a stable code.

use std::fmt;

use serde::Serialize;

/// How much an anomaly of the container matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Unusual, but every reader sees the same content.
    Remark,
    /// Two readers may see different content, or content is hidden from one.
    Problem,
}

/// The kinds of anomaly a container can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anomaly {
    /// Two entries of the same name.
    DuplicateEntry,
    /// Two names that only differ by slash, case, `//` or `./`, or a name given twice differently.
    EntryNameAmbiguous,
    /// The central directory and a local header tell different things, or one of them is missing.
    HeaderDisagreement,
    /// Two entries share bytes of the file.
    OverlappingEntries,
    /// A name with `..`, an absolute path, a drive letter or a NUL.
    PathTraversal,
    /// Bytes between the entries that belong to none.
    HiddenBytes,
    /// Bytes in front of the first entry.
    BytesBeforeZip,
    /// Bytes behind the end record.
    BytesAfterZip,
    /// The end record carries a comment.
    ZipComment,
    /// An entry is encrypted.
    Encrypted,
    /// An entry is compressed in a way OFD does not use.
    UnsupportedMethod,
    /// An entry, or all together, are larger than the limits allow.
    TooLarge,
    /// An entry grows beyond all measure by unpacking.
    Ratio,
    /// A name is not UTF-8 (usually GBK).
    EntryNameNotUtf8,
    /// A name uses backslashes.
    EntryNameBackslash,
    /// A name is longer than the limit.
    EntryNameTooLong,
}

impl Anomaly {
    /// The stable code of this kind.
    pub fn code(self) -> &'static str {
        match self {
            Self::DuplicateEntry => "duplicate_entry",
            Self::EntryNameAmbiguous => "entry_name_ambiguous",
            Self::HeaderDisagreement => "header_disagreement",
            Self::OverlappingEntries => "overlapping_entries",
            Self::PathTraversal => "path_traversal",
            Self::HiddenBytes => "hidden_bytes",
            Self::BytesBeforeZip => "bytes_before_zip",
            Self::BytesAfterZip => "bytes_after_zip",
            Self::ZipComment => "zip_comment",
            Self::Encrypted => "encrypted",
            Self::UnsupportedMethod => "unsupported_method",
            Self::TooLarge => "too_large",
            Self::Ratio => "ratio",
            Self::EntryNameNotUtf8 => "entry_name_not_utf8",
            Self::EntryNameBackslash => "entry_name_backslash",
            Self::EntryNameTooLong => "entry_name_too_long",
        }
    }

    /// How much this kind matters for a reader of the document.
    pub fn severity(self) -> Severity {
        match self {
            Self::BytesBeforeZip
            | Self::BytesAfterZip
            | Self::ZipComment
            | Self::EntryNameNotUtf8
            | Self::EntryNameBackslash => Severity::Remark,
            _ => Severity::Problem,
        }
    }

    /// Whether a document with this anomaly is refused before stamping. Only names that are written
    /// in an old-fashioned way, and a comment, are let through.
    pub fn blocks_stamping(self) -> bool {
        !matches!(
            self,
            Self::ZipComment | Self::EntryNameNotUtf8 | Self::EntryNameBackslash
        )
    }

    fn sentence(self, entry: &str) -> String {
        match self {
            Self::DuplicateEntry => {
                format!("文件内有两个同名条目“{entry}”，不同软件可能显示不同内容")
            }
            Self::EntryNameAmbiguous => {
                format!("文件内条目“{entry}”与另一条目仅大小写或分隔符不同，含义不明确")
            }
            Self::HeaderDisagreement => {
                format!("文件内条目“{entry}”的目录记录与实际内容不一致，不同软件可能显示不同内容")
            }
            Self::OverlappingEntries => format!("文件内条目“{entry}”与其他条目的数据重叠"),
            Self::PathTraversal => format!("文件内条目“{entry}”的路径指向文件之外"),
            Self::HiddenBytes => format!("文件内“{entry}”之前藏有不属于任何条目的数据"),
            Self::BytesBeforeZip => "文件开头有不属于 OFD 的数据".into(),
            Self::BytesAfterZip => "文件末尾有不属于 OFD 的数据".into(),
            Self::ZipComment => "文件末尾带有压缩包注释".into(),
            Self::Encrypted => format!("文件内条目“{entry}”已加密，无法读取"),
            Self::UnsupportedMethod => format!("文件内条目“{entry}”的压缩方式不受支持"),
            Self::TooLarge => format!("文件内“{entry}”解压后过大，超出处理上限"),
            Self::Ratio => format!("文件内条目“{entry}”的压缩比异常，可能是恶意文件"),
            Self::EntryNameNotUtf8 => format!("文件内条目“{entry}”的名称不是 UTF-8 编码"),
            Self::EntryNameBackslash => format!("文件内条目“{entry}”的名称使用反斜杠"),
            Self::EntryNameTooLong => format!("文件内条目“{entry}”的名称过长"),
        }
    }
}

impl Serialize for Anomaly {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// One anomaly of one container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageFinding {
    /// What kind it is; [`Anomaly::code`] is stable.
    #[serde(rename = "code")]
    pub anomaly: Anomaly,
    /// The entry it was found at; empty when it concerns the container as a whole.
    pub entry: String,
    /// A Chinese sentence for the reader of a report.
    pub message: String,
}

impl PackageFinding {
    pub(crate) fn new(anomaly: Anomaly, entry: &str) -> Self {
        // Names come from the file: keep what goes on a screen short and printable.
        let entry: String = entry
            .chars()
            .take(200)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        let message = anomaly.sentence(if entry.is_empty() {
            "压缩包"
        } else {
            &entry
        });
        Self {
            anomaly,
            entry,
            message,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.anomaly.code()
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.anomaly.severity()
    }
}

impl fmt::Display for PackageFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
