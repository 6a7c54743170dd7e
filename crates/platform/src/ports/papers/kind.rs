use serde::{Deserialize, Serialize};

/// Which paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// 福建省电子政务电子印章申请表.
    ApplicationForm,
    /// 单位的申请红头函.
    RedHeaderLetter,
    /// 福建省电子政务电子印章申请汇总表.
    SummarySheet,
    /// 介绍函.
    IntroductionLetter,
    /// 介绍信.
    IntroductionSlip,
    /// 领取人身份证复印件.
    IdCopySheet,
    /// 领取签收单.
    CollectionSheet,
    /// 受理回执.
    AcceptanceReceipt,
    /// 整改通知.
    CorrectionNotice,
    /// 不予办理通知.
    RefusalNotice,
    /// 领取通知.
    CollectionNotice,
    /// 撤销通知.
    CancellationNotice,
    /// 汇总递交清单.
    HandOverList,
    /// 办理须知卡.
    WhatToBring,
    /// 办结证明.
    CompletionCertificate,
}

/// What a paper is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaperGroup {
    /// 打印、签字、盖章: comes back stamped.
    ToStamp,
    /// 通知与回执: what the Center says.
    Notice,
    /// 携带与递交: goes along with people and papers.
    ToCarry,
}

impl PaperKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::ApplicationForm,
        Self::RedHeaderLetter,
        Self::SummarySheet,
        Self::IntroductionLetter,
        Self::IntroductionSlip,
        Self::IdCopySheet,
        Self::CollectionSheet,
        Self::AcceptanceReceipt,
        Self::CorrectionNotice,
        Self::RefusalNotice,
        Self::CollectionNotice,
        Self::CancellationNotice,
        Self::HandOverList,
        Self::WhatToBring,
        Self::CompletionCertificate,
    ];

    /// Stable code, used in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.texts().0
    }

    /// Two capital letters, used in the QR code.
    #[must_use]
    pub fn letters(self) -> &'static str {
        self.texts().1
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.texts().2
    }

    /// What it is for.
    #[must_use]
    pub fn group(self) -> PaperGroup {
        match self {
            Self::ApplicationForm
            | Self::RedHeaderLetter
            | Self::SummarySheet
            | Self::IntroductionLetter
            | Self::IntroductionSlip
            | Self::IdCopySheet => PaperGroup::ToStamp,
            Self::CollectionSheet | Self::HandOverList | Self::WhatToBring => PaperGroup::ToCarry,
            Self::AcceptanceReceipt
            | Self::CorrectionNotice
            | Self::RefusalNotice
            | Self::CollectionNotice
            | Self::CancellationNotice
            | Self::CompletionCertificate => PaperGroup::Notice,
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub(super) fn of_letters(letters: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letters() == letters)
    }

    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ApplicationForm => ("application-form", "AF", "申请表"),
            Self::RedHeaderLetter => ("red-header-letter", "RL", "红头函"),
            Self::SummarySheet => ("summary-sheet", "SS", "申请汇总表"),
            Self::IntroductionLetter => ("introduction-letter", "IL", "介绍函"),
            Self::IntroductionSlip => ("introduction-slip", "IS", "介绍信"),
            Self::IdCopySheet => ("id-copy-sheet", "ID", "身份证复印件"),
            Self::CollectionSheet => ("collection-sheet", "CS", "领取签收单"),
            Self::AcceptanceReceipt => ("acceptance-receipt", "AR", "受理回执"),
            Self::CorrectionNotice => ("correction-notice", "CN", "整改通知"),
            Self::RefusalNotice => ("refusal-notice", "RN", "不予办理通知"),
            Self::CollectionNotice => ("collection-notice", "TN", "领取通知"),
            Self::CancellationNotice => ("cancellation-notice", "XN", "撤销通知"),
            Self::HandOverList => ("hand-over-list", "HL", "汇总递交清单"),
            Self::WhatToBring => ("what-to-bring", "WB", "办理须知卡"),
            Self::CompletionCertificate => ("completion-certificate", "CC", "办结证明"),
        }
    }
}

impl PaperGroup {
    /// Every group, in the order of the page.
    pub const ALL: [Self; 3] = [Self::ToStamp, Self::ToCarry, Self::Notice];

    /// Its heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ToStamp => "打印、签字、盖章",
            Self::ToCarry => "递交与到场携带",
            Self::Notice => "通知与回执",
        }
    }
}
