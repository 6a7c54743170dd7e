//! 申请材料: what has to be handed in, what has been, and where the paper is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ApplicationId, CaseId, MaterialId};
use crate::letter::LetterFacts;
use crate::number::FileDigest;
use crate::role::Actor;

/// A kind of material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialKind {
    /// 单位的申请红头函, stamped.
    RedHeaderLetter,
    /// 福建省电子政务电子印章申请表, signed and stamped, scanned.
    ApplicationFormScan,
    /// 福建省电子政务电子印章申请汇总表, signed and stamped, scanned.
    SummarySheet,
    /// 印模.
    Imprint,
    /// P10 设备证书请求.
    P10,
    /// 特殊情况说明.
    Statement,
    /// 承诺书.
    Commitment,
    /// 上级单位授权函.
    SuperiorLetter,
    /// 介绍函或介绍信.
    IntroductionLetter,
    /// 领取人身份证复印件, stamped.
    CollectorIdCopy,
    /// 领取签名: written on the screen at the desk, or the signed 领取签收单 as a scan.
    CollectionSignature,
    /// 丢失、失控情况报告.
    LossReport,
    /// The red-header letter as a Word file, edited by the unit and found to agree with the forms.
    EditedLetter,
    /// 其他补充材料.
    Other,
}

/// One material: a file and, for papers, its original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Its id.
    pub id: MaterialId,
    /// Its kind.
    pub kind: MaterialKind,
    /// The application it belongs to; `None`: to the whole case.
    pub application: Option<ApplicationId>,
    /// SM3 digest of the file.
    pub digest: FileDigest,
    /// Digest under which the file is kept, where it is kept encrypted ([`MaterialKind::is_personal`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_as: Option<FileDigest>,
    /// File name as uploaded.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Who attached it.
    pub uploaded_by: Actor,
    /// When.
    pub uploaded_at: Timestamp,
    /// The revision of the case for which it was attached.
    pub revision: u32,
    /// Where the paper is.
    pub paper: PaperTracking,
    /// What the red-header letter states, where the platform knows it (it drafted it, or read the file).
    pub letter: Option<LetterFacts>,
    /// The case from which it was carried over with a set-aside application.
    pub carried_from: Option<CaseId>,
    /// Taken out of the case; it stays in the record.
    pub removed_at: Option<Timestamp>,
}

/// Where the paper original is (R3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PaperTracking {
    /// There is no paper to wait for.
    #[default]
    None,
    /// 待收.
    Expected,
    /// The consolidator has it.
    AtConsolidator {
        /// Since when.
        at: Timestamp,
        /// Who received it.
        by: Actor,
    },
    /// 已转交: the consolidator sent it on to the Center.
    Forwarded {
        /// When.
        at: Timestamp,
        /// By whom.
        by: Actor,
    },
    /// 已收 at the Center.
    Received {
        /// When.
        at: Timestamp,
        /// By whom.
        by: Actor,
    },
    /// 缺: looked for and not found.
    Missing {
        /// When it was noticed.
        at: Timestamp,
        /// By whom.
        by: Actor,
    },
}

/// What has to be in a case, and whether it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequiredMaterial {
    /// Its kind.
    pub kind: MaterialKind,
    /// For which application; `None`: for the case.
    pub application: Option<ApplicationId>,
    /// By when.
    pub due: Due,
    /// What satisfies it now.
    pub present: Option<MaterialId>,
    /// What it is and which rules it has to meet, for the person who brings it.
    pub hint: String,
}

/// The step that is held back while a material is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// 提交单位审批.
    Submission,
    /// 递交 (after the unit's approval, signed and stamped).
    HandIn,
    /// 领取.
    Collection,
}

impl MaterialKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::RedHeaderLetter,
        Self::ApplicationFormScan,
        Self::SummarySheet,
        Self::Imprint,
        Self::P10,
        Self::Statement,
        Self::Commitment,
        Self::SuperiorLetter,
        Self::IntroductionLetter,
        Self::CollectorIdCopy,
        Self::CollectionSignature,
        Self::LossReport,
        Self::EditedLetter,
        Self::Other,
    ];

    /// Name in the guide's words.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.texts().1
    }

    /// Stable code, as in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.texts().0
    }

    /// The kind of that code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Belongs to one application, not to the case.
    #[must_use]
    pub fn is_per_application(self) -> bool {
        matches!(
            self,
            Self::ApplicationFormScan
                | Self::Imprint
                | Self::P10
                | Self::Statement
                | Self::Commitment
                | Self::SuperiorLetter
        )
    }

    /// Has a paper original that is handed in (Guide 二、3: 均须盖单位公章).
    #[must_use]
    pub fn has_paper(self) -> bool {
        matches!(
            self,
            Self::RedHeaderLetter
                | Self::ApplicationFormScan
                | Self::SummarySheet
                | Self::Statement
                | Self::Commitment
                | Self::SuperiorLetter
        )
    }

    /// Comes with the person who collects (Guide 第三章).
    #[must_use]
    pub fn is_for_collection(self) -> bool {
        matches!(
            self,
            Self::IntroductionLetter | Self::CollectorIdCopy | Self::CollectionSignature
        )
    }

    /// Shows a person's ID card or hand: the file is kept encrypted.
    #[must_use]
    pub fn is_personal(self) -> bool {
        self.is_for_collection()
    }

    /// A signed and stamped copy of what the unit's approver has approved: it comes back after the approval and
    /// does not change what is asked for (R2.11).
    #[must_use]
    pub fn is_stamped_copy(self) -> bool {
        matches!(self, Self::ApplicationFormScan | Self::SummarySheet)
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::RedHeaderLetter => ("red_header_letter", "单位的申请红头函"),
            Self::ApplicationFormScan => (
                "application_form_scan",
                "福建省电子政务电子印章申请表（签字盖章扫描件）",
            ),
            Self::SummarySheet => (
                "summary_sheet",
                "福建省电子政务电子印章申请汇总表（签字盖章扫描件）",
            ),
            Self::Imprint => ("imprint", "印模"),
            Self::P10 => ("p10", "P10 设备证书请求"),
            Self::Statement => ("statement", "特殊情况说明"),
            Self::Commitment => ("commitment", "承诺书"),
            Self::SuperiorLetter => ("superior_letter", "上级单位授权函"),
            Self::IntroductionLetter => ("introduction_letter", "介绍函或介绍信"),
            Self::CollectorIdCopy => ("collector_id_copy", "领取人身份证复印件（加盖公章）"),
            Self::CollectionSignature => ("collection_signature", "领取签名"),
            Self::LossReport => ("loss_report", "丢失、失控情况报告"),
            Self::EditedLetter => ("edited_letter", "红头函 Word 稿（已核对）"),
            Self::Other => ("other", "其他补充材料"),
        }
    }
}

impl Material {
    /// Still part of the case.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.removed_at.is_none()
    }
}

impl PaperTracking {
    /// 待收, 已收…; empty where there is no paper.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "",
            Self::Expected => "待收",
            Self::AtConsolidator { .. } => "汇总单位已收",
            Self::Forwarded { .. } => "已转交中心",
            Self::Received { .. } => "已收",
            Self::Missing { .. } => "缺",
        }
    }
}
