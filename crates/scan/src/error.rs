/// Why an upload or a page of it was refused. `Display` is the sentence for the user.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// No bytes at all.
    #[error("上传的是空文件，请重新选择文件")]
    Empty,
    /// The file is larger than the limit (megabytes).
    #[error(
        "文件为 {megabytes} MB，超过 {limit} MB 的上限，请分成几份上传，或以每英寸 300 点重新扫描"
    )]
    TooManyBytes {
        /// Size of the file, rounded up.
        megabytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The first bytes belong to no picture, or to a kind that is not accepted.
    #[error(
        "文件不是可用的扫描件或照片（{what}），请上传 JPEG、PNG、TIFF、BMP、GIF、WebP 图片或 PDF"
    )]
    NotAScan {
        /// What the file seems to be, in Chinese.
        what: &'static str,
    },
    /// A PDF where PDF is not read (the immediate answer in the browser).
    #[error("浏览器中的即时检查不支持 PDF，请直接上传，由平台检查")]
    PdfNotHere,
    /// More pixels than the limit, by the header.
    #[error("图片为 {width}×{height} 像素，超过 {limit} 百万像素的上限，请以每英寸 300 点重新扫描")]
    TooManyPixels {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
        /// The limit in millions.
        limit: u64,
    },
    /// Few pixels, but too much memory for decoding them.
    #[error(
        "图片解码需要 {megabytes} MB 内存，超过上限，请另存为每通道 8 位的普通 JPEG 或 PNG 后重新上传"
    )]
    TooMuchMemory {
        /// What it would need, in megabytes.
        megabytes: u64,
    },
    /// More pages than the limit.
    #[error("文件有 {pages} 页，超过 {limit} 页的上限，请分成几份上传")]
    TooManyPages {
        /// The pages of the file (at least).
        pages: u32,
        /// The limit.
        limit: u32,
    },
    /// The header is a picture's or a PDF's, the rest is broken or missing.
    #[error("文件已损坏或不完整，无法读取，请重新扫描、拍摄或导出后上传")]
    Damaged,
    /// A PDF that asks for a password.
    #[error("PDF 设有密码，无法读取，请去除密码后重新上传")]
    Encrypted,
    /// A PDF whose content is out of all proportion to a page.
    #[error("PDF 的内容异常庞大，无法处理，请将纸质材料重新扫描后上传")]
    PdfTooComplex,
    /// A kind of compression or colour that is not read.
    #[error("文件使用了不支持的编码（{what}），请另存为普通的 JPEG、PNG 或 PDF 后重新上传")]
    Unsupported {
        /// What is not read, in Chinese.
        what: &'static str,
    },
    /// A page that the file does not have.
    #[error("文件没有第 {page} 页")]
    NoSuchPage {
        /// The page, from 1.
        page: u32,
    },
}

impl ScanError {
    /// The stable code for the help desk.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "scan_empty",
            Self::TooManyBytes { .. } => "scan_too_many_bytes",
            Self::NotAScan { .. } => "scan_not_a_picture",
            Self::PdfNotHere => "scan_pdf_not_here",
            Self::TooManyPixels { .. } => "scan_too_many_pixels",
            Self::TooMuchMemory { .. } => "scan_too_much_memory",
            Self::TooManyPages { .. } => "scan_too_many_pages",
            Self::Damaged => "scan_damaged",
            Self::Encrypted => "scan_pdf_encrypted",
            Self::PdfTooComplex => "scan_pdf_too_complex",
            Self::Unsupported { .. } => "scan_encoding_not_supported",
            Self::NoSuchPage { .. } => "scan_no_such_page",
        }
    }
}
