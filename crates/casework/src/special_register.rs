//! The register of special situations (特殊情况台账): exceptions that the guide allows with a statement and a
//! commitment, and what has become of each (R2.9; Guide 第二章 一、2).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::business::SpecialSituation;
use crate::ids::{ApplicationId, CaseId, MaterialId, SealId, SpecialId, UnitId};
use crate::number::{CaseNumber, SealCode};
use crate::role::Actor;

/// One exception: a seal, its special situation, and the unit's word for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialRecord {
    /// Its id.
    pub id: SpecialId,
    /// Grows by one with every change.
    pub version: u64,
    /// Which situation.
    pub situation: SpecialSituation,
    /// The seal; after a renewal its successor.
    pub seal: SealId,
    /// 印章编码 of that seal.
    pub seal_code: SealCode,
    /// 印章名称.
    pub seal_name: String,
    /// Whose seal it is.
    pub unit: UnitId,
    /// The unit's name.
    pub unit_name: String,
    /// The case in which the Center allowed it.
    pub case: CaseId,
    /// Its number.
    pub case_number: CaseNumber,
    /// The form.
    pub application: ApplicationId,
    /// What the unit handed in for it.
    pub papers: SpecialPapers,
    /// Since when it is in the register.
    pub opened_at: Timestamp,
    /// The unit confirms until then that it is still needed.
    pub due_at: Timestamp,
    /// The agent's proposal that the approver has not answered yet.
    pub proposal: Option<SpecialEvent>,
    /// It is over since then.
    pub ended_at: Option<Timestamp>,
    /// Everything that happened, in order.
    pub history: Vec<SpecialEvent>,
}

/// The papers of an exception, as materials of its case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialPapers {
    /// 情况说明.
    pub statement: Option<MaterialId>,
    /// 承诺书.
    pub commitment: Option<MaterialId>,
    /// 上级单位来函.
    pub superior_letter: Option<MaterialId>,
}

/// Where an exception stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialState {
    /// 有效: confirmed, and not to be confirmed yet.
    Confirmed,
    /// 待确认: to be confirmed until the due date.
    Due,
    /// 待审批: proposed by the agent, to be confirmed by the approver.
    Proposed,
    /// 逾期未确认.
    Overdue,
    /// 已终止.
    Ended,
}

/// What can be done with an exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum SpecialAct {
    /// 提出继续: the agent says that it is still needed, and why.
    Propose {
        /// 情况说明.
        statement: String,
    },
    /// 确认继续: the approver repeats the unit's commitment.
    Confirm {
        /// 承诺自行承担后期使用的一切后果.
        committed: bool,
    },
    /// 退回: the approver does not agree with the proposal.
    SendBack {
        /// Why.
        reason: String,
    },
    /// 终止: it is no longer needed, or no longer allowed.
    End {
        /// Why.
        reason: String,
    },
    /// The seal lives on as another one.
    Move {
        /// The successor.
        seal: SealId,
        /// Its code.
        code: SealCode,
    },
}

/// Something that happened to an exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialEvent {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub what: SpecialWhat,
}

/// What happened to an exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum SpecialWhat {
    /// 登记.
    Opened,
    /// 提出继续.
    Proposed {
        /// 情况说明.
        statement: String,
    },
    /// 确认继续.
    Confirmed {
        /// To be confirmed anew until then.
        due_at: Timestamp,
    },
    /// 退回.
    SentBack {
        /// Why.
        reason: String,
    },
    /// 终止.
    Ended {
        /// Why.
        reason: String,
    },
    /// 转至新印章.
    Moved {
        /// The successor.
        seal: SealId,
        /// Its code.
        code: SealCode,
    },
}

impl SpecialRecord {
    /// Where it stands at `now`; the confirmation opens so many days before it is due.
    #[must_use]
    pub fn state(&self, now: Timestamp, opens_before: u16) -> SpecialState {
        if self.ended_at.is_some() {
            SpecialState::Ended
        } else if now >= self.due_at {
            SpecialState::Overdue
        } else if self.proposal.is_some() {
            SpecialState::Proposed
        } else if now >= days_before(self.due_at, opens_before) {
            SpecialState::Due
        } else {
            SpecialState::Confirmed
        }
    }
}

/// Changes the record as the event says.
pub fn apply_special(record: &mut SpecialRecord, event: &SpecialEvent) {
    match &event.what {
        SpecialWhat::Opened => {}
        SpecialWhat::Proposed { .. } => record.proposal = Some(event.clone()),
        SpecialWhat::Confirmed { due_at } => {
            record.proposal = None;
            record.due_at = *due_at;
        }
        SpecialWhat::SentBack { .. } => record.proposal = None,
        SpecialWhat::Ended { .. } => {
            record.proposal = None;
            record.ended_at = Some(event.at);
        }
        SpecialWhat::Moved { seal, code } => {
            record.seal = *seal;
            record.seal_code = *code;
        }
    }
    record.history.push(event.clone());
    record.version += 1;
}

impl SpecialState {
    /// The word on the screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "有效",
            Self::Due => "待确认",
            Self::Proposed => "待审批",
            Self::Overdue => "逾期未确认",
            Self::Ended => "已终止",
        }
    }
}

impl SpecialWhat {
    /// Stable code, as in the ledger.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Proposed { .. } => "proposed",
            Self::Confirmed { .. } => "confirmed",
            Self::SentBack { .. } => "sent_back",
            Self::Ended { .. } => "ended",
            Self::Moved { .. } => "moved",
        }
    }

    /// In words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened => "登记",
            Self::Proposed { .. } => "经办人提出继续",
            Self::Confirmed { .. } => "单位确认继续",
            Self::SentBack { .. } => "退回",
            Self::Ended { .. } => "终止",
            Self::Moved { .. } => "转至新印章",
        }
    }
}

pub(crate) fn days_before(moment: Timestamp, days: u16) -> Timestamp {
    moment
        .checked_sub(jiff::SignedDuration::from_hours(i64::from(days) * 24))
        .unwrap_or(Timestamp::MIN)
}
