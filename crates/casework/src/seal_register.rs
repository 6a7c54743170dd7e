//! The seal register (印章登记): every seal with its whole history, and its state at any moment, as known at any
//! moment (R5.1, R5.3; design decision 4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::business::{Medium, SealFunction, SealKind};
use crate::credit_code::CreditCode;
use crate::form::PersonInfo;
use crate::ids::{CaseId, SealId, UnitId};
use crate::number::{FileDigest, FilingNumber, SealCode};
use crate::role::Actor;
use crate::size::Millimetres;

/// A seal's entry in the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealRecord {
    /// Its id.
    pub id: SealId,
    /// 印章编码.
    pub code: SealCode,
    /// Grows by one with every change; for optimistic locking.
    pub version: u64,
    /// 印章名称.
    pub name: String,
    /// Its kind.
    pub kind: SealKind,
    /// Its function.
    pub function: SealFunction,
    /// Whose it is.
    pub unit: UnitId,
    /// The unit's name when it was made.
    pub unit_name: String,
    /// The unit's code when it was made.
    pub credit_code: CreditCode,
    /// The person of a personal seal.
    pub holder: Option<PersonInfo>,
    /// Where its key lives.
    pub medium: Medium,
    /// Serial number of the USB KEY or device.
    pub key_serial: Option<String>,
    /// Imprint width.
    pub width: Millimetres,
    /// Imprint height.
    pub height: Millimetres,
    /// SM3 digest of the imprint picture.
    pub imprint: FileDigest,
    /// Its validity begins here.
    pub valid_from: Timestamp,
    /// Its validity ends here: that of its certificate (R4.5).
    pub valid_until: Timestamp,
    /// Its certificates.
    pub certificates: Vec<CertificateRef>,
    /// The seal it follows.
    pub supersedes: Option<SealId>,
    /// The seal that follows it.
    pub superseded_by: Option<SealId>,
    /// The case that made it.
    pub made_in: CaseId,
    /// When it was made.
    pub made_at: Timestamp,
    /// Every state, in the order in which they were recorded. Nothing is ever taken out.
    pub history: Vec<StatusEntry>,
    /// The newest loss report.
    pub loss_report: Option<LossReport>,
    /// 备案: entered with the first use of the seal (R5.1).
    #[serde(default)]
    pub filing: Option<Filing>,
    /// The unit asks for the suspension to be lifted; gone once it is answered.
    #[serde(default)]
    pub resumption: Option<ResumptionRequest>,
}

/// 备案 of a seal: when it was entered, and under which number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// 备案号.
    pub number: FilingNumber,
    /// When.
    pub filed_at: Timestamp,
}

/// A unit's wish that a suspended seal may be used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumptionRequest {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// Why.
    pub reason: String,
}

/// A certificate of a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRef {
    /// Serial number, lower-case hex.
    pub serial: String,
    /// Its validity begins here.
    pub not_before: Timestamp,
    /// Its validity ends here.
    pub not_after: Timestamp,
}

/// One entry of the history: since when it is so, and since when it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusEntry {
    /// The state.
    pub status: Status,
    /// Since when it is so.
    pub effective_at: Timestamp,
    /// Since when it is known.
    pub recorded_at: Timestamp,
    /// Why: stable code.
    pub reason: Reason,
    /// Why: for people.
    pub note: String,
    /// Who.
    pub by: Actor,
    /// In which case, if in one.
    pub case: Option<CaseId>,
    /// 依据: the law or rule on which the Center acted by itself; public.
    #[serde(default)]
    pub basis: Option<String>,
}

/// A recorded state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 有效.
    Active,
    /// 停用; can be resumed.
    Suspended,
    /// 注销; for good.
    Cancelled,
    /// 无效: made unlawfully, void from the start.
    Void,
}

/// A state as it is seen at a moment: recorded or derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealState {
    /// 未启用: made and not yet handed out, or before its validity.
    NotYetActive,
    /// 有效.
    Active,
    /// 停用.
    Suspended,
    /// 过期.
    Expired,
    /// 注销.
    Cancelled,
    /// 无效.
    Void,
}

/// Why a state was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 领取启用.
    Collected,
    /// 办结启用: renewal or change, done without collection.
    CaseCompleted,
    /// 丢失、失控.
    LossOfControl,
    /// 单位申请停用.
    UnitRequest,
    /// 依职权停用.
    CenterOrder,
    /// 恢复使用.
    Resumed,
    /// 单位撤并、停止使用: revocation on application.
    Revocation,
    /// 依职权注销.
    ExOfficio,
    /// 由新印章替代.
    Superseded,
    /// 违法制作.
    MadeUnlawfully,
}

/// How a report of loss came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "channel")]
pub enum ReportChannel {
    /// By the unit itself, here.
    Platform,
    /// By telephone to the Center. A seal is suspended at the call; a caller who could not be called back yet makes
    /// the report provisional until [`SealAct::ConfirmCall`].
    Telephone {
        /// Who called.
        caller: String,
        /// The call-back, once it was made.
        #[serde(default)]
        call_back: Option<CallBack>,
    },
}

/// The caller of a report was called back on a number that was on file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// The number that is on file for the unit.
    pub called_back_on: String,
    /// When it was called.
    pub at: Timestamp,
    /// Who called.
    pub by: Actor,
}

/// A report of loss or loss of control (R5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossReport {
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Who recorded it.
    pub by: Actor,
    /// How it came in.
    pub channel: ReportChannel,
    /// What happened.
    pub account: String,
    /// The case for the reissue or the revocation is to follow until then.
    pub follow_up_due: Timestamp,
}

/// What can be done with a seal in the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum SealAct {
    /// 启用.
    Activate {
        /// `Collected` or `CaseCompleted`.
        reason: Reason,
        /// The case.
        case: CaseId,
    },
    /// 停用.
    Suspend {
        /// `LossOfControl`, `UnitRequest` or `CenterOrder`.
        reason: Reason,
        /// What happened.
        account: String,
        /// How it came in.
        channel: ReportChannel,
        /// Since when; `None`: now. Never in the future.
        effective_at: Option<Timestamp>,
    },
    /// 回拨核实: the caller of a provisional report was called back, and it was indeed the unit.
    ConfirmCall {
        /// The number that is on file for the unit.
        called_back_on: String,
        /// When it was called.
        called_back_at: Timestamp,
    },
    /// 申请恢复: the unit asks.
    RequestResumption {
        /// Why it may be used again.
        reason: String,
    },
    /// 不予恢复: the Center answers the unit.
    DeclineResumption {
        /// Why not.
        reason: String,
    },
    /// 恢复.
    Resume {
        /// Why it may be used again.
        reason: String,
    },
    /// 注销 on application.
    Cancel {
        /// `Revocation`.
        reason: Reason,
        /// For people.
        note: String,
        /// The case.
        case: Option<CaseId>,
    },
    /// 依职权注销.
    CancelExOfficio {
        /// Why, for the unit.
        reason: String,
        /// The law or rule it stands on, for everybody.
        basis: String,
    },
    /// 宣布无效.
    DeclareVoid {
        /// Why, for the unit.
        reason: String,
        /// The law or rule it stands on, for everybody.
        basis: String,
    },
    /// 备案.
    File {
        /// 备案号.
        number: FilingNumber,
    },
    /// 由新印章替代.
    Supersede {
        /// The new seal.
        by: SealId,
        /// The case.
        case: CaseId,
    },
}

/// What happened to a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum SealEvent {
    /// A state was recorded.
    StatusRecorded {
        /// It.
        entry: Box<StatusEntry>,
    },
    /// A loss was reported.
    LossReported {
        /// The report.
        report: Box<LossReport>,
    },
    /// The caller of the newest loss report was called back.
    CallConfirmed {
        /// The call.
        call_back: Box<CallBack>,
    },
    /// The unit asks for the suspension to be lifted.
    ResumptionRequested {
        /// What it asks.
        request: Box<ResumptionRequest>,
    },
    /// The Center declined that.
    ResumptionDeclined {
        /// Why.
        reason: String,
    },
    /// 备案.
    Filed {
        /// The entry.
        filing: Filing,
    },
    /// Another seal follows this one.
    SupersededBy {
        /// Which one.
        seal: SealId,
    },
}

/// What everybody may see of a seal (公示): no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicSeal {
    /// 印章编码.
    pub code: SealCode,
    /// 印章名称; for a personal seal only its kind, because the name is a person's.
    pub name: String,
    /// Its kind.
    pub kind: SealKind,
    /// Its function.
    pub function: SealFunction,
    /// 单位名称.
    pub unit_name: String,
    /// 统一社会信用代码.
    pub credit_code: CreditCode,
    /// Its validity begins here.
    pub valid_from: Timestamp,
    /// Its validity ends here.
    pub valid_until: Timestamp,
    /// Serial numbers of its certificates.
    pub certificate_serials: Vec<String>,
    /// Its state.
    pub state: SealState,
    /// Since when.
    pub state_since: Option<Timestamp>,
    /// Asked for this moment.
    pub at: Timestamp,
    /// As known at this moment.
    pub known_at: Timestamp,
}

impl SealRecord {
    /// The state at `at`, as it was known at `known_at`; `known_at = at` says what one could have known then,
    /// `known_at = now` what is known today.
    #[must_use]
    pub fn status_at(&self, at: Timestamp, known_at: Timestamp) -> SealState {
        let known = || {
            self.history
                .iter()
                .filter(|entry| entry.recorded_at <= known_at)
        };
        // 无效: void from the start, whenever it was found out.
        if known().any(|entry| entry.status == Status::Void) {
            return SealState::Void;
        }
        match self.entry_at(at, known_at).map(|entry| entry.status) {
            Some(Status::Cancelled) => SealState::Cancelled,
            Some(_) if at >= self.valid_until => SealState::Expired,
            Some(_) if at < self.valid_from => SealState::NotYetActive,
            Some(Status::Suspended) => SealState::Suspended,
            Some(_) => SealState::Active,
            None if at >= self.valid_until => SealState::Expired,
            None => SealState::NotYetActive,
        }
    }

    /// The recorded entry that holds at `at`, as known at `known_at`; `None` before the first.
    #[must_use]
    pub fn entry_at(&self, at: Timestamp, known_at: Timestamp) -> Option<&StatusEntry> {
        let holding = self
            .history
            .iter()
            .filter(|entry| entry.recorded_at <= known_at && entry.effective_at <= at);
        // Cancelled is for good: nothing recorded for a later moment brings the seal back.
        let cancelled = holding
            .clone()
            .find(|entry| entry.status == Status::Cancelled);
        // `max_by_key` takes the last of equals: the one recorded last.
        cancelled.or_else(|| holding.max_by_key(|entry| entry.effective_at))
    }

    /// The loss report that still waits for its reissue or revocation at `now`.
    #[must_use]
    pub fn open_loss(&self, now: Timestamp) -> Option<&LossReport> {
        let lost = self.entry_at(now, now).is_some_and(|entry| {
            entry.status == Status::Suspended && entry.reason == Reason::LossOfControl
        });
        let over = matches!(
            self.status_at(now, now),
            SealState::Cancelled | SealState::Void
        );
        self.loss_report.as_ref().filter(|_| lost && !over)
    }

    /// The answers a lost seal still waits for: who called is not verified yet.
    #[must_use]
    pub fn unverified_call(&self, now: Timestamp) -> Option<&LossReport> {
        self.open_loss(now).filter(|report| {
            matches!(
                report.channel,
                ReportChannel::Telephone {
                    call_back: None,
                    ..
                }
            )
        })
    }

    /// What everybody may see (公示), without personal data.
    #[must_use]
    pub fn public_view(&self, at: Timestamp, known_at: Timestamp) -> PublicSeal {
        let name = match self.kind {
            SealKind::Personal => SealKind::Personal.name().to_owned(),
            SealKind::Unit | SealKind::Device => self.name.clone(),
        };
        let state = self.status_at(at, known_at);
        let state_since = match state {
            SealState::Expired => Some(self.valid_until),
            SealState::Void => Some(self.made_at),
            SealState::NotYetActive => None,
            _ => self.entry_at(at, known_at).map(|entry| entry.effective_at),
        };
        PublicSeal {
            code: self.code,
            name,
            kind: self.kind,
            function: self.function.clone(),
            unit_name: self.unit_name.clone(),
            credit_code: self.credit_code,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            certificate_serials: self.certificates.iter().map(|c| c.serial.clone()).collect(),
            state,
            state_since,
            at,
            known_at,
        }
    }
}

/// Changes the record as the event says.
pub fn apply_seal(record: &mut SealRecord, event: &SealEvent) {
    match event {
        SealEvent::StatusRecorded { entry } => {
            record.history.push((**entry).clone());
            record.resumption = None;
        }
        SealEvent::LossReported { report } => record.loss_report = Some((**report).clone()),
        SealEvent::CallConfirmed { call_back: made } => {
            if let Some(LossReport {
                channel: ReportChannel::Telephone { call_back, .. },
                ..
            }) = &mut record.loss_report
            {
                *call_back = Some((**made).clone());
            }
        }
        SealEvent::ResumptionRequested { request } => {
            record.resumption = Some((**request).clone());
        }
        SealEvent::ResumptionDeclined { .. } => record.resumption = None,
        SealEvent::Filed { filing } => record.filing = Some(filing.clone()),
        SealEvent::SupersededBy { seal } => record.superseded_by = Some(*seal),
    }
    record.version += 1;
}

impl Status {
    /// The public word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => SealState::Active.name(),
            Self::Suspended => SealState::Suspended.name(),
            Self::Cancelled => SealState::Cancelled.name(),
            Self::Void => SealState::Void.name(),
        }
    }
}

impl SealState {
    /// Every state, in the order of the register's tabs.
    pub const ALL: [Self; 6] = [
        Self::Active,
        Self::Suspended,
        Self::Expired,
        Self::NotYetActive,
        Self::Cancelled,
        Self::Void,
    ];

    /// The state of that code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The public word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotYetActive => "未启用",
            Self::Active => "有效",
            Self::Suspended => "停用",
            Self::Expired => "过期",
            Self::Cancelled => "注销",
            Self::Void => "无效",
        }
    }

    /// Stable code, as in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotYetActive => "not_yet_active",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Void => "void",
        }
    }
}

impl Status {
    /// The state that it makes, while it holds.
    #[must_use]
    pub fn state(self) -> SealState {
        match self {
            Self::Active => SealState::Active,
            Self::Suspended => SealState::Suspended,
            Self::Cancelled => SealState::Cancelled,
            Self::Void => SealState::Void,
        }
    }
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Collected,
        Self::CaseCompleted,
        Self::LossOfControl,
        Self::UnitRequest,
        Self::CenterOrder,
        Self::Resumed,
        Self::Revocation,
        Self::ExOfficio,
        Self::Superseded,
        Self::MadeUnlawfully,
    ];

    /// The reason of that code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Stable code, as in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::CaseCompleted => "case_completed",
            Self::LossOfControl => "loss_of_control",
            Self::UnitRequest => "unit_request",
            Self::CenterOrder => "center_order",
            Self::Resumed => "resumed",
            Self::Revocation => "revocation",
            Self::ExOfficio => "ex_officio",
            Self::Superseded => "superseded",
            Self::MadeUnlawfully => "made_unlawfully",
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Collected => "领取启用",
            Self::CaseCompleted => "办结启用",
            Self::LossOfControl => "丢失、失控",
            Self::UnitRequest => "单位申请停用",
            Self::CenterOrder => "依职权停用",
            Self::Resumed => "恢复使用",
            Self::Revocation => "申请撤销",
            Self::ExOfficio => "依职权注销",
            Self::Superseded => "由新印章替代",
            Self::MadeUnlawfully => "违法制作",
        }
    }
}
