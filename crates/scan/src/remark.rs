use std::fmt;

/// What a person should know about a picture or do better. It advises; it never refuses. `Display` is the sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Remark {
    /// The file holds several frames; the first counts.
    Animated,
    /// Nothing is printed on the page: blank, or the wrong side.
    Blank,
    /// The picture is mirrored.
    Mirrored,
    /// Too blurred to trust what is read from it.
    Blurred,
    /// Too dark.
    Dark,
    /// Washed out by light or glare.
    Bright,
    /// Resolution on the page too low.
    LowResolution {
        /// Dots per inch on the page.
        dpi: f32,
    },
    /// A part of the page is outside the picture.
    CutOff,
    /// Printed at another size than actual size.
    ScaleOff {
        /// Size of the print in percent of actual size.
        percent: f32,
    },
    /// The page is bent or folded: what is printed does not lie in one plane.
    NotFlat {
        /// The largest distance in mm between where a mark is and where it should be.
        error_mm: f32,
    },
    /// A scan without colours.
    Grey,
    /// No QR code could be read.
    NoCode,
}

impl Remark {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Animated => "scan_animated",
            Self::Blank => "scan_blank",
            Self::Mirrored => "scan_mirrored",
            Self::Blurred => "scan_blurred",
            Self::Dark => "scan_dark",
            Self::Bright => "scan_bright",
            Self::LowResolution { .. } => "scan_resolution_low",
            Self::CutOff => "scan_cut_off",
            Self::ScaleOff { .. } => "scan_scale_off",
            Self::NotFlat { .. } => "scan_not_flat",
            Self::Grey => "scan_grey",
            Self::NoCode => "scan_no_code",
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Animated => f.write_str("这是动态图片，只使用了第一帧，请改为上传静态的照片或扫描件"),
            Self::Blank => f.write_str("页面上没有印刷内容，可能是空白页或放反了面，请将有字的一面朝向镜头或扫描仪后重新上传"),
            Self::Mirrored => f.write_str("图片左右颠倒（镜像），请关闭相机或扫描软件的镜像设置后重新拍摄"),
            Self::Blurred => f.write_str("图片模糊，请擦净镜头、拿稳并对准页面后重新拍摄，或改用扫描仪扫描"),
            Self::Dark => f.write_str("图片太暗，请在光线充足处重新拍摄，或调高扫描亮度"),
            Self::Bright => f.write_str("图片过亮或反光，部分内容看不清，请避开反光重新拍摄，或调低扫描亮度"),
            Self::LowResolution { dpi } => write!(
                f,
                "分辨率偏低：页面上每英寸约 {dpi:.0} 点，请以每英寸 300 点重新扫描，或靠近页面、让页面占满画面后重新拍摄"
            ),
            Self::CutOff => f.write_str("页面没有拍全，请让四个角和全部内容都在画面之内后重新拍摄或扫描"),
            Self::ScaleOff { percent } => write!(
                f,
                "页面是按 {percent:.0}% 打印的，不是实际大小，请在打印时选择“实际大小”（100%）后重新打印、盖章"
            ),
            Self::NotFlat { error_mm } => write!(
                f,
                "页面不平整，测得的位置误差约 {error_mm:.1} 毫米，请将纸张压平后重新拍摄，或改用扫描仪扫描"
            ),
            Self::Grey => f.write_str("这是灰度或黑白图片，无法辨认印章的颜色，请选择彩色模式重新扫描"),
            Self::NoCode => f.write_str("没有识别到页面上的二维码，请确认二维码没有被遮挡、涂改或拍糊；也可以由您指定这一页属于哪份材料"),
        }
    }
}
