//! What can go wrong, each with a stable code and a Chinese sentence.

use crate::package::PackageFinding;

/// Why a document cannot be read, drawn or stamped. The text of the error is a sentence for the
/// person at the screen; [`Error::code`] is for programs and the help desk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no ZIP container.
    #[error("文件不是 OFD 文件（不是有效的压缩包格式），请确认上传的是 .ofd 文件")]
    NotZip,
    /// A ZIP container without `OFD.xml`.
    #[error("文件只是普通压缩包，缺少 OFD.xml，请确认上传的是 .ofd 文件")]
    PlainZip,
    /// `OFD.xml` is there but is not the root of an OFD document.
    #[error("OFD.xml 的内容不是 OFD 文档（{0}）")]
    NotOfd(&'static str),
    /// The container itself is anomalous.
    #[error("{0}")]
    Container(PackageFinding),
    /// An entry cannot be read.
    #[error("文件内的“{entry}”{problem}")]
    Entry {
        /// Its name.
        entry: String,
        /// Why.
        problem: EntryProblem,
    },
    /// An XML part cannot be read.
    #[error("文件内的“{entry}”{problem}")]
    Xml {
        /// Its name.
        entry: String,
        /// Why.
        problem: XmlProblem,
    },
    /// The document has no page.
    #[error("文件没有页面，无法显示或盖章")]
    NoPages,
    /// The page asked for does not exist.
    #[error("文件共有 {pages} 页，没有第 {page} 页，请重新选择页码")]
    PageNotFound {
        /// The page asked for, counted from 1.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// A stamp was refused.
    #[error("{0}")]
    Stamp(StampRefusal),
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotZip | Self::NotOfd(_) => "not_ofd",
            Self::PlainZip => "plain_zip",
            Self::Container(finding) => finding.code(),
            Self::Entry { problem, .. } => problem.code(),
            Self::Xml { problem, .. } => problem.code(),
            Self::NoPages => "no_pages",
            Self::PageNotFound { .. } => "page_not_found",
            Self::Stamp(refusal) => refusal.code(),
        }
    }

    pub(crate) fn entry(entry: &str, problem: EntryProblem) -> Self {
        Self::Entry {
            entry: entry.to_owned(),
            problem,
        }
    }
}

/// Why an entry cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryProblem {
    /// There is no such entry.
    #[error("不存在")]
    Missing,
    /// Its bytes do not unpack, or not to what the directory says.
    #[error("已损坏，无法解压或校验不符")]
    Corrupt,
    /// It is larger than the limits allow.
    #[error("解压后过大，超出处理上限")]
    TooLarge,
    /// It is encrypted.
    #[error("已加密，无法读取")]
    Encrypted,
    /// Its compression is neither none nor deflate.
    #[error("的压缩方式不受支持")]
    UnsupportedMethod,
}

impl EntryProblem {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "entry_missing",
            Self::Corrupt => "entry_corrupt",
            Self::TooLarge => "too_large",
            Self::Encrypted => "encrypted",
            Self::UnsupportedMethod => "unsupported_method",
        }
    }
}

/// Why an XML part is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlProblem {
    /// It has a document type declaration.
    #[error("含有 DTD 声明，出于安全原因不予处理")]
    Doctype,
    /// It is not well-formed; the reason is the parser's.
    #[error("不是格式正确的 XML（{0}）")]
    Malformed(String),
    /// Elements nest deeper than allowed.
    #[error("的元素嵌套过深")]
    TooDeep,
    /// It is larger, or has more nodes, than allowed.
    #[error("的内容过大")]
    TooLarge,
    /// Its bytes do not fit its character encoding.
    #[error("的字符编码无法识别")]
    Encoding,
    /// An element that must be there is missing.
    #[error("缺少必需的内容 {0}")]
    Missing(&'static str),
}

impl XmlProblem {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Doctype => "xml_doctype",
            Self::Malformed(_) => "xml_malformed",
            Self::TooDeep => "xml_too_deep",
            Self::TooLarge => "xml_too_large",
            Self::Encoding => "xml_encoding",
            Self::Missing(_) => "xml_incomplete",
        }
    }
}

/// Why a stamp cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampRefusal {
    /// A former stamp protects `Signatures.xml`.
    #[error("文件已由前一签章锁定，不能再加盖印章")]
    DocumentClosed,
    /// A former stamp protects a file that would have to change.
    #[error("文件内的“{0}”已由前一签章保护，加盖印章会破坏前一签章")]
    EntryProtected(String),
    /// No placement was given.
    #[error("没有选择盖章位置")]
    NoPlacement,
    /// A width, height or position is not a usable number.
    #[error("第 {page} 页的盖章位置或尺寸不正确，请重新选择")]
    BadSize {
        /// The page, counted from 1.
        page: usize,
    },
    /// The seal would lie outside the page.
    #[error("第 {page} 页的盖章位置超出页面，请移到页面之内")]
    PositionOffPage {
        /// The page, counted from 1.
        page: usize,
    },
    /// The placements lie in several documents of one file.
    #[error("文件内含多个文档，一次盖章只能选择其中一个文档的页面")]
    SeveralDocuments,
    /// An existing signature cannot be read, so it cannot be respected.
    #[error("文件内已有的签名无法读取（{0}），为避免破坏它，不能加盖印章")]
    UnreadableSignature(String),
    /// A signature is in the package, but nothing refers to it any more.
    #[error("文件内有已不被引用的签名“{0}”，原有签名可能被人为移除，不能加盖印章")]
    SignatureRemoved(String),
    /// Seal or signed value is empty or larger than any real one.
    #[error("{0}为空或过大，不能写入文件")]
    BadPart(&'static str),
    /// The given file is not the one that was prepared.
    #[error("文件与准备盖章时的不一致，请重新发起盖章")]
    NotPrepared,
    /// The file uses the 64-bit form of the container.
    #[error("文件过大（使用 ZIP64 格式），暂不能加盖印章")]
    Zip64,
}

impl StampRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DocumentClosed => "document_closed",
            Self::EntryProtected(_) => "entry_protected",
            Self::NoPlacement => "no_placement",
            Self::BadSize { .. } => "bad_size",
            Self::PositionOffPage { .. } => "position_off_page",
            Self::SeveralDocuments => "several_documents",
            Self::UnreadableSignature(_) => "unreadable_signature",
            Self::SignatureRemoved(_) => "signature_not_referred",
            Self::BadPart(_) => "bad_part",
            Self::NotPrepared => "not_prepared",
            Self::Zip64 => "too_large",
        }
    }
}

impl From<StampRefusal> for Error {
    fn from(refusal: StampRefusal) -> Self {
        Self::Stamp(refusal)
    }
}
