//! Where a case stands, and what the public is told about it.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Stage {
    /// 草稿: the agent fills in (Guide 二、4（1）).
    Draft,
    /// 单位审批: inside the applying unit (Guide 二、4（2）).
    UnitApproval,
    /// 待递交: approved; the agent has the papers signed and stamped and hands in (Guide 二、4（2）（3）).
    HandIn,
    /// 汇总办理: at the consolidator (Guide 二、4（3）).
    Consolidation,
    /// 受理: at the seal maker of the Center (Guide 二、5（1）).
    Acceptance,
    /// 初审: at the seal reviewer (Guide 二、5（2）).
    FirstReview,
    /// 终审: at the department leader.
    FinalReview,
    /// 印章办理: at the seal maker (Guide 二、5（3）).
    Production,
    /// 现场办理: the key is brought to the desk and the business done there (Guide 二、5（3）).
    OnSite,
    /// 待领取 (Guide 二、5（4）).
    Collection,
    /// 待补正: back at the agent; `Case::correction` knows who asked and where it goes on.
    Correction,
    /// Over.
    Closed(Outcome),
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 已办结.
    Completed,
    /// 不予办理.
    Refused,
    /// 已撤回.
    Withdrawn,
}

/// What the public and the applicant are told (the eight words of the interface, and 草稿, 已撤回).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicStatus {
    /// 草稿; not public.
    Draft,
    /// 待受理.
    AwaitingAcceptance,
    /// 已受理.
    Accepted,
    /// 审核中.
    UnderReview,
    /// 办理中.
    InProgress,
    /// 待领取.
    AwaitingCollection,
    /// 待补正.
    AwaitingCorrection,
    /// 已办结.
    Completed,
    /// 不予办理.
    Refused,
    /// 已撤回.
    Withdrawn,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 14] = [
        Self::Draft,
        Self::UnitApproval,
        Self::HandIn,
        Self::Consolidation,
        Self::Acceptance,
        Self::FirstReview,
        Self::FinalReview,
        Self::Production,
        Self::OnSite,
        Self::Collection,
        Self::Correction,
        Self::Closed(Outcome::Completed),
        Self::Closed(Outcome::Refused),
        Self::Closed(Outcome::Withdrawn),
    ];

    /// Stable code, as in JSON and in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.texts().0
    }

    /// Chinese name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.texts().1
    }

    /// The stage of that code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// What the applicant and the public are told.
    #[must_use]
    pub fn public_status(self) -> PublicStatus {
        match self {
            Self::Draft => PublicStatus::Draft,
            Self::UnitApproval | Self::HandIn | Self::Consolidation | Self::Acceptance => {
                PublicStatus::AwaitingAcceptance
            }
            Self::FirstReview => PublicStatus::Accepted,
            Self::FinalReview => PublicStatus::UnderReview,
            Self::Production | Self::OnSite => PublicStatus::InProgress,
            Self::Collection => PublicStatus::AwaitingCollection,
            Self::Correction => PublicStatus::AwaitingCorrection,
            Self::Closed(Outcome::Completed) => PublicStatus::Completed,
            Self::Closed(Outcome::Refused) => PublicStatus::Refused,
            Self::Closed(Outcome::Withdrawn) => PublicStatus::Withdrawn,
        }
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "草稿"),
            Self::UnitApproval => ("unit_approval", "单位审批"),
            Self::HandIn => ("hand_in", "待递交"),
            Self::Consolidation => ("consolidation", "汇总办理"),
            Self::Acceptance => ("acceptance", "受理"),
            Self::FirstReview => ("first_review", "初审"),
            Self::FinalReview => ("final_review", "终审"),
            Self::Production => ("production", "印章办理"),
            Self::OnSite => ("on_site", "现场办理"),
            Self::Collection => ("collection", "待领取"),
            Self::Correction => ("correction", "待补正"),
            Self::Closed(Outcome::Completed) => ("completed", "已办结"),
            Self::Closed(Outcome::Refused) => ("refused", "不予办理"),
            Self::Closed(Outcome::Withdrawn) => ("withdrawn", "已撤回"),
        }
    }
}

impl TryFrom<String> for Stage {
    type Error = Refusal;

    fn try_from(code: String) -> Result<Self, Refusal> {
        Self::find(&code)
            .ok_or_else(|| Refusal::new("stage_unknown", format!("没有名为「{code}」的环节")))
    }
}

impl From<Stage> for String {
    fn from(stage: Stage) -> Self {
        stage.code().to_owned()
    }
}

impl PublicStatus {
    /// The words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::AwaitingAcceptance => "待受理",
            Self::Accepted => "已受理",
            Self::UnderReview => "审核中",
            Self::InProgress => "办理中",
            Self::AwaitingCollection => "待领取",
            Self::AwaitingCorrection => "待补正",
            Self::Completed => "已办结",
            Self::Refused => "不予办理",
            Self::Withdrawn => "已撤回",
        }
    }
}
