/// Why a picture was refused. `Display` is the sentence for the user.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImprintError {
    /// No bytes at all.
    #[error("上传的图片是空文件，请重新选择文件")]
    Empty,
    /// The file is larger than the limit (megabytes).
    #[error("图片文件为 {megabytes} MB，超过 {limit} MB 的上限，请压缩后重新上传")]
    TooManyBytes {
        /// Size of the file, rounded up.
        megabytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The first bytes belong to no picture, or to a kind that is not accepted.
    #[error("文件不是可用的图片（{what}），请上传 PNG、JPEG、GIF 或 BMP 格式的印模图片")]
    NotAPicture {
        /// What the file seems to be, in Chinese.
        what: &'static str,
    },
    /// More pixels than the limit (megapixels), by the header.
    #[error(
        "图片为 {width}×{height} 像素，超过 {limit} 百万像素的上限，请以 300 至 600 点每英寸重新扫描印模"
    )]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit in millions.
        limit: u64,
    },
    /// Few pixels, but too much memory for each (16 bits per channel in a large picture).
    #[error("图片解码后需要 {megabytes} MB 内存，超过上限，请另存为每通道 8 位的图片后重新上传")]
    TooMuchMemory {
        /// What it would need, in megabytes.
        megabytes: u64,
    },
    /// The header is a picture's, the rest is broken.
    #[error("图片文件已损坏或不完整，无法读取，请重新扫描或重新导出后上传")]
    Damaged,
    /// No ink in the picture.
    #[error("图片中没有找到印模，请确认上传的是加盖印章后的扫描件")]
    Blank,
    /// A declared size that no seal has.
    #[error("申报的印模尺寸 {width_mm} × {height_mm} 毫米不合理，宽、高应在 3 至 200 毫米之间")]
    Size {
        /// Declared width in mm.
        width_mm: f64,
        /// Declared height in mm.
        height_mm: f64,
    },
    /// A character that the built-in outlines do not have (drawing of demonstration seals only).
    #[error("演示印章字库中没有“{0}”字")]
    NoOutline(char),
    /// The clean picture could not be written.
    #[error("印模图片无法写出")]
    Encode,
}

impl ImprintError {
    /// The stable code for the help desk.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "picture_empty",
            Self::TooManyBytes { .. } => "picture_too_many_bytes",
            Self::NotAPicture { .. } => "picture_not_a_picture",
            Self::TooManyPixels { .. } => "picture_too_many_pixels",
            Self::TooMuchMemory { .. } => "picture_too_much_memory",
            Self::Damaged => "picture_damaged",
            Self::Blank => "picture_blank",
            Self::Size { .. } => "imprint_size_out_of_range",
            Self::NoOutline(_) => "imprint_no_outline",
            Self::Encode => "imprint_not_written",
        }
    }
}
