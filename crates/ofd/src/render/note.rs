//! What could not be drawn, or not as it should be.

use serde::Serialize;

/// Something that a reader of the picture must know: the picture does not show it rightly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenderNote {
    /// The stable code.
    pub code: &'static str,
    /// A Chinese sentence.
    pub message: String,
    /// The entry it stands in.
    pub entry: String,
    /// The object's id; empty when it has none.
    pub object: String,
}

/// More notes than this are counted together.
pub(super) const MAX_NOTES: usize = 100;

/// The kinds of things that are not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    FontBroken,
    GlyphWithoutFont,
    GlyphMissing,
    ImageMissing,
    ImageFormat,
    ImageTooLarge,
    ImageMask,
    PathData,
    Fill,
    Clip,
    Object,
    ResourceMissing,
    StyleMissing,
    TemplateMissing,
    PartUnreadable,
    TooMuch,
    TooDeep,
    StampPicture,
}

impl Lack {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::FontBroken => "font_broken",
            Self::GlyphWithoutFont => "glyph_without_font",
            Self::GlyphMissing => "glyph_missing",
            Self::ImageMissing => "image_missing",
            Self::ImageFormat => "image_format_unsupported",
            Self::ImageTooLarge => "image_too_large",
            Self::ImageMask => "image_mask_unsupported",
            Self::PathData => "path_data_invalid",
            Self::Fill => "fill_unsupported",
            Self::Clip => "clip_unsupported",
            Self::Object => "object_unsupported",
            Self::ResourceMissing => "resource_missing",
            Self::StyleMissing => "style_missing",
            Self::TemplateMissing => "template_missing",
            Self::PartUnreadable => "part_unreadable",
            Self::TooMuch => "render_limit",
            Self::TooDeep => "render_too_deep",
            Self::StampPicture => "stamp_picture_unsupported",
        }
    }

    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::FontBroken => "嵌入字体无法读取，已用替代字体显示",
            Self::GlyphWithoutFont => "文字使用未嵌入字体的字形，显示可能与原文件不同",
            Self::GlyphMissing => "嵌入字体中缺少个别字形，已用替代字体显示",
            Self::ImageMissing => "图像文件不存在或无法读取，未显示",
            Self::ImageFormat => "图像格式暂不支持，未显示",
            Self::ImageTooLarge => "图像过大，未显示",
            Self::ImageMask => "图像蒙版暂不支持，图像按无蒙版显示",
            Self::PathData => "图形数据有误，未显示",
            Self::Fill => "填充方式暂不支持，该填充未显示",
            Self::Clip => "裁剪方式暂不支持，内容未裁剪",
            Self::Object => "图元类型暂不支持，未显示",
            Self::ResourceMissing => "引用的资源不存在，未显示",
            Self::StyleMissing => "引用的绘制参数不存在，已按默认样式显示",
            Self::TemplateMissing => "页面模板不存在，未显示",
            Self::PartUnreadable => "文件的一部分无法读取，未显示",
            Self::TooMuch => "页面内容过多，其余部分未显示",
            Self::TooDeep => "页面内容嵌套过深，其余部分未显示",
            Self::StampPicture => "印章图像无法显示",
        }
    }
}
