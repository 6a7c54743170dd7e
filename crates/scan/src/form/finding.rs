use std::fmt;

use serde::{Deserialize, Serialize};

use super::place_name;
use crate::Area;

/// Something that a person should look at on a returned form. `Display` is the sentence for the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormFinding {
    /// What it is.
    pub fault: FormFault,
    /// The place of the print that it is about; none for the whole page.
    pub place: Option<String>,
    /// Where on the sheet.
    pub area: Area,
    /// How sure it is.
    pub weight: Weight,
}

/// What can be wrong with a returned form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FormFault {
    /// Nothing stands on the page.
    Blank,
    /// The back of the page.
    WrongSide,
    /// Another page than the print.
    OtherPage,
    /// The same form with other contents: printed before a correction.
    OldPrint,
    /// Too unclear to be compared with the print.
    NotCompared,
    /// No stamp where one must be.
    StampMissing,
    /// Something like a stamp that is not red: a copy.
    StampNotRed,
    /// No signature where one must be.
    SignatureMissing,
    /// No imprint in the frame.
    ImprintMissing,
    /// The imprint reaches over the frame.
    ImprintOverFrame,
    /// More than one imprint in the frame.
    ImprintSeveral,
    /// Something was written into a field.
    FieldAltered,
    /// A line goes through a field.
    FieldStruckOut,
    /// What was printed in a field is gone or covered.
    FieldCovered,
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Worth a look.
    Doubtful,
    /// As good as certain.
    Clear,
}

impl FormFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Blank => "form_blank",
            Self::WrongSide => "form_wrong_side",
            Self::OtherPage => "form_other_page",
            Self::OldPrint => "form_old_print",
            Self::NotCompared => "form_not_compared",
            Self::StampMissing => "form_stamp_missing",
            Self::StampNotRed => "form_stamp_not_red",
            Self::SignatureMissing => "form_signature_missing",
            Self::ImprintMissing => "form_imprint_missing",
            Self::ImprintOverFrame => "form_imprint_over_frame",
            Self::ImprintSeveral => "form_imprint_several",
            Self::FieldAltered => "form_field_altered",
            Self::FieldStruckOut => "form_field_struck_out",
            Self::FieldCovered => "form_field_covered",
        }
    }
}

impl FormFinding {
    /// What people call the place.
    #[must_use]
    pub fn place_name(&self) -> &'static str {
        self.place.as_deref().map_or("整页", place_name)
    }
}

impl fmt::Display for FormFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place_name();
        match self.fault {
            FormFault::Blank => f.write_str("页面是空白的，请上传有内容的一面"),
            FormFault::WrongSide => f.write_str("扫描的是纸张背面，请翻到正面重新扫描或拍摄"),
            FormFault::OtherPage => {
                f.write_str("页面内容与平台打印的这一页不符，请核对是否放错了材料")
            }
            FormFault::OldPrint => f.write_str(
                "多处填写内容与本次提交的不一致，可能是更正前的旧版，请打印最新一版重新签字、盖章",
            ),
            FormFault::NotCompared => f.write_str(
                "页面不够清晰，无法与打印件逐项比对，请压平纸张、对准页面后重新扫描或拍摄",
            ),
            FormFault::StampMissing => {
                write!(f, "{place}没有看到红色印章，请加盖单位印章后重新扫描上传")
            }
            FormFault::StampNotRed => write!(
                f,
                "{place}的印章不是红色，可能是复印件或灰度扫描，请用盖章原件以彩色方式重新扫描"
            ),
            FormFault::SignatureMissing => write!(f, "{place}没有看到签字，请签字后重新扫描上传"),
            FormFault::ImprintMissing => {
                f.write_str("印模框内没有看到印模，请用实体印章在框内加盖清晰的印模后重新扫描上传")
            }
            FormFault::ImprintOverFrame => {
                f.write_str("印模压住或超出了印模框，请重新打印，在框内加盖完整的印模")
            }
            FormFault::ImprintSeveral => {
                f.write_str("印模框内不止一个印模，请重新打印，只加盖一个清晰的印模")
            }
            FormFault::FieldAltered => write!(
                f,
                "“{place}”一栏有打印内容以外的笔迹，申请表不得涂改；需要更正的请在平台修改后重新打印"
            ),
            FormFault::FieldStruckOut => write!(
                f,
                "“{place}”一栏有划线，申请表不得涂改；需要更正的请在平台修改后重新打印"
            ),
            FormFault::FieldCovered => write!(
                f,
                "“{place}”一栏的打印内容有缺失或被遮盖，请用完整、未涂改的原件重新扫描"
            ),
        }
    }
}
