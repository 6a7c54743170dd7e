use serde::{Deserialize, Serialize};

/// Something about an imprint that a person should know. It advises; it never refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remark {
    /// The scan has no colours.
    GreyScan,
    /// A black copy of a stamp that should be red.
    BlackCopy,
    /// The ink is neither red nor black where red is wanted.
    NotRed,
    /// More than one imprint.
    TwoImprints,
    /// The same seal pressed twice, a little apart.
    DoubleImage,
    /// Ink reaches beyond the printed frame.
    OutsideFrame,
    /// The imprint is cut off where the picture ends.
    CutOff,
    /// A part of the outline has no ink.
    MissingInk(Sector),
    /// Ink is missing in many places.
    MissingInkAllOver,
    /// The ink hardly stands out from the paper.
    Faint,
    /// The edges are torn or dragged.
    Smeared,
    /// The picture is out of focus or shaken.
    Blurred,
    /// Fewer dots than a seal picture needs.
    LowResolution,
    /// Smaller than any seal.
    TooSmall,
    /// Larger than any seal.
    TooLarge,
    /// Shadow or uneven light lies on the paper.
    UnevenLight,
    /// So much ink that the strokes run together.
    TooMuchInk,
    /// Which way up could not be told for certain.
    TurnUnsure,
}

/// An eighth of an imprint as it stands upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sector {
    /// 上.
    Top,
    /// 右上.
    TopRight,
    /// 右.
    Right,
    /// 右下.
    BottomRight,
    /// 下.
    Bottom,
    /// 左下.
    BottomLeft,
    /// 左.
    Left,
    /// 左上.
    TopLeft,
}

impl Sector {
    /// All eight, clockwise from the top.
    pub const ALL: [Self; 8] = [
        Self::Top,
        Self::TopRight,
        Self::Right,
        Self::BottomRight,
        Self::Bottom,
        Self::BottomLeft,
        Self::Left,
        Self::TopLeft,
    ];

    /// The Chinese word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Top => "上方",
            Self::TopRight => "右上",
            Self::Right => "右侧",
            Self::BottomRight => "右下",
            Self::Bottom => "下方",
            Self::BottomLeft => "左下",
            Self::Left => "左侧",
            Self::TopLeft => "左上",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Top => "imprint_missing_top",
            Self::TopRight => "imprint_missing_top_right",
            Self::Right => "imprint_missing_right",
            Self::BottomRight => "imprint_missing_bottom_right",
            Self::Bottom => "imprint_missing_bottom",
            Self::BottomLeft => "imprint_missing_bottom_left",
            Self::Left => "imprint_missing_left",
            Self::TopLeft => "imprint_missing_top_left",
        }
    }
}

impl Remark {
    /// The stable code for the help desk.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::GreyScan => "imprint_grey_scan",
            Self::BlackCopy => "imprint_black_copy",
            Self::NotRed => "imprint_not_red",
            Self::TwoImprints => "imprint_two",
            Self::DoubleImage => "imprint_double_image",
            Self::OutsideFrame => "imprint_outside_frame",
            Self::CutOff => "imprint_cut_off",
            Self::MissingInk(sector) => sector.code(),
            Self::MissingInkAllOver => "imprint_missing_ink",
            Self::Faint => "imprint_faint",
            Self::Smeared => "imprint_smeared",
            Self::Blurred => "imprint_blurred",
            Self::LowResolution => "imprint_resolution_low",
            Self::TooSmall => "imprint_too_small",
            Self::TooLarge => "imprint_too_large",
            Self::UnevenLight => "imprint_uneven_light",
            Self::TooMuchInk => "imprint_too_much_ink",
            Self::TurnUnsure => "imprint_turn_unsure",
        }
    }

    /// What is wrong, where, and what to do.
    #[must_use]
    pub fn message(self) -> String {
        let text = match self {
            Self::GreyScan => {
                "扫描件是灰度图，看不出印泥颜色，无法确认是否原件，请用彩色模式重新扫描或拍照"
            }
            Self::BlackCopy => {
                "印模是黑色的，应为红色印章的黑白复印件，请用红色印泥在原件上加盖后彩色扫描"
            }
            Self::NotRed => "印模不是红色的，请用红色印泥加盖后彩色扫描或拍照",
            Self::TwoImprints => "印模框内有不止一个印模，请重新打印后只加盖一个印模",
            Self::DoubleImage => "印模有重影，同一印章盖了两次，请重新打印后一次加盖清晰",
            Self::OutsideFrame => "印模压住或超出印模框，请重新打印后将印模完整盖在框内",
            Self::CutOff => "印模没有扫全或拍全，请将整张表放入画面后重新扫描或拍照",
            Self::MissingInk(sector) => {
                return format!("印模{}缺墨，请在平整桌面重新加盖", sector.word());
            }
            Self::MissingInkAllOver => "印模多处缺墨，请蘸匀印泥后在平整桌面重新加盖",
            Self::Faint => "印模颜色很淡，请蘸足印泥后重新加盖",
            Self::Smeared => "印模边缘拖擦不清，请垂直按压、垂直抬起，重新加盖",
            Self::Blurred => "图片模糊，请对焦后持稳重新拍照，或改用扫描仪以每英寸 300 点扫描",
            Self::LowResolution => {
                "印模图片分辨率偏低，请靠近一些重新拍照，或以每英寸 300 点以上重新扫描"
            }
            Self::TooSmall => {
                "印模过小，不像完整的印章，请确认表格按实际大小打印、印模已完整盖在框内"
            }
            Self::TooLarge => "印模过大，不像印章的实际大小，请确认表格按实际大小打印后重新加盖",
            Self::UnevenLight => "纸面光线不匀或有阴影，请在光线均匀处重新拍照，或改用扫描仪",
            Self::TooMuchInk => "印泥过多，笔画粘连，请擦净印面、少蘸印泥后重新加盖",
            Self::TurnUnsure => "不能确定印模的正上方，请核对方向，必要时手工旋转",
        };
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_remark_has_its_own_code_and_says_what_to_do() {
        let mut all = vec![
            Remark::GreyScan,
            Remark::BlackCopy,
            Remark::NotRed,
            Remark::TwoImprints,
            Remark::DoubleImage,
            Remark::OutsideFrame,
            Remark::CutOff,
            Remark::MissingInkAllOver,
            Remark::Faint,
            Remark::Smeared,
            Remark::Blurred,
            Remark::LowResolution,
            Remark::TooSmall,
            Remark::TooLarge,
            Remark::UnevenLight,
            Remark::TooMuchInk,
            Remark::TurnUnsure,
        ];
        all.extend(Sector::ALL.map(Remark::MissingInk));
        let codes: BTreeSet<_> = all.iter().map(|remark| remark.code()).collect();
        assert_eq!(codes.len(), all.len());
        for remark in all {
            assert!(remark.message().contains('请'), "{remark:?}");
            assert!(remark.code().starts_with("imprint_"));
        }
        assert_eq!(
            Remark::MissingInk(Sector::BottomRight).message(),
            "印模右下缺墨，请在平整桌面重新加盖"
        );
    }
}
