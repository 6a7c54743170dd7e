//! The seal register (印章登记): every seal with its whole history, and its state at any moment, as known at any
//! moment (R5.1, R5.3; design decision 4).

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::business::{Medium, SealFunction, SealKind};
use crate::credit_code::CreditCode;
use crate::form::PersonInfo;
use crate::ids::{CaseId, SealId, UnitId};
use crate::number::{FileDigest, SealCode};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};
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
    /// By telephone to the Center.
    Telephone {
        /// Who called.
        caller: String,
        /// The number that is on file for the unit and was called back.
        called_back_on: String,
    },
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
    /// 恢复.
    Resume {
        /// Why it may be used again.
        reason: String,
    },
    /// 注销.
    Cancel {
        /// `Revocation` or `ExOfficio`.
        reason: Reason,
        /// For people.
        note: String,
        /// The case, for a revocation on application.
        case: Option<CaseId>,
    },
    /// 宣布无效.
    DeclareVoid {
        /// Why.
        reason: String,
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

/// Decides on an act on a seal.
///
/// # Errors
/// A [`Refusal`] whose code and sentence say why.
pub fn decide_seal(
    record: &SealRecord,
    act: &SealAct,
    actor: &Actor,
    now: Timestamp,
    policy: &Policy,
) -> Result<Vec<SealEvent>, Refusal> {
    let request = SealRequest { record, actor, now };
    match act {
        SealAct::Activate { reason, case } => request.activate(*reason, *case),
        SealAct::Suspend {
            reason,
            account,
            channel,
            effective_at,
        } => request.suspend(*reason, account, channel, *effective_at, policy),
        SealAct::Resume { reason } => request.resume(reason),
        SealAct::Cancel { reason, note, case } => request.cancel(*reason, note, *case),
        SealAct::DeclareVoid { reason } => request.declare_void(reason),
        SealAct::Supersede { by, case } => request.supersede(*by, *case),
    }
}

/// Changes the record as the event says.
pub fn apply_seal(record: &mut SealRecord, event: &SealEvent) {
    match event {
        SealEvent::StatusRecorded { entry } => record.history.push((**entry).clone()),
        SealEvent::LossReported { report } => record.loss_report = Some((**report).clone()),
        SealEvent::SupersededBy { seal } => record.superseded_by = Some(*seal),
    }
    record.version += 1;
}

struct SealRequest<'a> {
    record: &'a SealRecord,
    actor: &'a Actor,
    now: Timestamp,
}

impl SealRequest<'_> {
    fn activate(&self, reason: Reason, case: CaseId) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::SealMaker, Role::System])?;
        self.reason(reason, &[Reason::Collected, Reason::CaseCompleted])?;
        if !self.record.history.is_empty() {
            return Err(self.no("seal_already_activated", "已启用过，无需重复启用"));
        }
        if self.now >= self.record.valid_until {
            return Err(self.no("seal_expired", "已过有效期，不能启用"));
        }
        Ok(vec![self.entry(
            Status::Active,
            self.now,
            reason,
            reason.name(),
            Some(case),
        )])
    }

    /// R5.2: at once and at any hour; by the unit here, or by the Center after a call that was called back.
    fn suspend(
        &self,
        reason: Reason,
        account: &str,
        channel: &ReportChannel,
        effective_at: Option<Timestamp>,
        policy: &Policy,
    ) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[
            Role::Agent,
            Role::UnitApprover,
            Role::SealMaker,
            Role::SealReviewer,
            Role::DepartmentLeader,
        ])?;
        self.reason(
            reason,
            &[
                Reason::LossOfControl,
                Reason::UnitRequest,
                Reason::CenterOrder,
            ],
        )?;
        let by_center = self.actor.post.role.is_center();
        match channel {
            ReportChannel::Platform if by_center && reason != Reason::CenterOrder => {
                return Err(Refusal::new(
                    "report_channel",
                    "中心代为登记须注明来电人，并按登记的号码回拨核实",
                ));
            }
            ReportChannel::Telephone { .. } if !by_center => {
                return Err(Refusal::new(
                    "report_channel",
                    "电话报告由中心登记，请直接在平台办理",
                ));
            }
            ReportChannel::Telephone {
                caller,
                called_back_on,
            } => {
                crate::text::check_person_name("来电人姓名", caller)?;
                crate::text::check_name("回拨核实的号码", called_back_on)?;
            }
            ReportChannel::Platform => {}
        }
        if reason == Reason::CenterOrder {
            self.by(&[Role::SealReviewer, Role::DepartmentLeader])?;
        }
        let account = crate::text::check_reason("情况说明", account)?;
        let effective_at = effective_at.unwrap_or(self.now);
        if effective_at > self.now {
            return Err(Refusal::new(
                "suspension_in_the_future",
                "停用时间不能晚于现在，停用即时生效",
            ));
        }
        match self.state() {
            SealState::Active | SealState::NotYetActive => {}
            SealState::Suspended => {
                return Err(self.no("seal_already_suspended", "已停用，无需重复停用"));
            }
            state => {
                return Err(self.no(
                    "seal_state_unfit",
                    &format!("现为「{}」，无需停用", state.name()),
                ));
            }
        }
        let since = self
            .record
            .history
            .last()
            .map_or(self.record.made_at, |last| last.effective_at);
        if effective_at < since {
            return Err(Refusal::new(
                "suspension_too_early",
                "停用时间早于印章现有状态的起始时间，请核对",
            ));
        }
        let mut events = vec![self.entry(Status::Suspended, effective_at, reason, &account, None)];
        if reason == Reason::LossOfControl {
            let due = (i64::from(policy.loss_follow_up_days) * 24).hours();
            let report = LossReport {
                reported_at: self.now,
                by: self.actor.clone(),
                channel: channel.clone(),
                account,
                follow_up_due: self.now.checked_add(due).unwrap_or(Timestamp::MAX),
            };
            events.push(SealEvent::LossReported {
                report: Box::new(report),
            });
        }
        Ok(events)
    }

    /// A resumption is reviewed: not by those who suspended (a lost key that turned up may have been copied).
    fn resume(&self, reason: &str) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::SealReviewer, Role::DepartmentLeader])?;
        let note = crate::text::check_reason("恢复使用的理由", reason)?;
        match self.state() {
            SealState::Suspended => {}
            SealState::Active => return Err(self.no("seal_not_suspended", "没有停用，无需恢复")),
            state => {
                let why = format!("现为「{}」，不能恢复使用", state.name());
                return Err(self.no("seal_state_unfit", &why));
            }
        }
        let suspended_by = self
            .record
            .entry_at(self.now, self.now)
            .map(|entry| entry.by.person);
        if suspended_by == Some(self.actor.person) {
            return Err(Refusal::new(
                "resumed_by_oneself",
                "该印章由您停用，须由他人审核恢复",
            ));
        }
        // A seal suspended before it was handed out goes back to waiting for that.
        if !self
            .record
            .history
            .iter()
            .any(|entry| entry.status == Status::Active)
        {
            return Err(self.no(
                "seal_never_active",
                "尚未启用过，请按印章补办或印章撤销办理",
            ));
        }
        Ok(vec![self.entry(
            Status::Active,
            self.now,
            Reason::Resumed,
            &note,
            None,
        )])
    }

    fn cancel(
        &self,
        reason: Reason,
        note: &str,
        case: Option<CaseId>,
    ) -> Result<Vec<SealEvent>, Refusal> {
        self.reason(reason, &[Reason::Revocation, Reason::ExOfficio])?;
        if reason == Reason::ExOfficio {
            self.by(&[Role::DepartmentLeader])?;
        } else {
            self.by(&[Role::SealMaker, Role::System])?;
            if case.is_none() {
                return Err(self.no("cancel_without_case", "的注销申请须对应办件"));
            }
        }
        let note = crate::text::check_reason("注销理由", note)?;
        self.not_over()?;
        Ok(vec![self.entry(
            Status::Cancelled,
            self.now,
            reason,
            &note,
            case,
        )])
    }

    fn declare_void(&self, reason: &str) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::DepartmentLeader])?;
        let note = crate::text::check_reason("宣布无效的理由", reason)?;
        if self.state() == SealState::Void {
            return Err(self.no("seal_already_void", "已宣布无效"));
        }
        let since = self.record.made_at;
        Ok(vec![self.entry(
            Status::Void,
            since,
            Reason::MadeUnlawfully,
            &note,
            None,
        )])
    }

    /// Design decision 5: the successor is a seal of its own; from now on this one cannot stamp.
    fn supersede(&self, by: SealId, case: CaseId) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::SealMaker, Role::System])?;
        if by == self.record.id {
            return Err(self.no("superseded_by_itself", "不能由自己替代"));
        }
        if self.record.superseded_by.is_some() {
            return Err(self.no("seal_already_superseded", "已由新印章替代"));
        }
        if self.state() == SealState::Void {
            return Err(self.no("seal_state_unfit", "已宣布无效，不能由新印章替代"));
        }
        let mut events = vec![SealEvent::SupersededBy { seal: by }];
        if self.state() != SealState::Cancelled {
            let reason = Reason::Superseded;
            let note = reason.name();
            events.push(self.entry(Status::Cancelled, self.now, reason, note, Some(case)));
        }
        Ok(events)
    }

    fn by(&self, roles: &[Role]) -> Result<(), Refusal> {
        let post = self.actor.post;
        if !roles.contains(&post.role) {
            let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
            return Err(Refusal::new(
                "wrong_role",
                format!(
                    "此项由{}办理，您当前的岗位是{}",
                    names.join("或"),
                    post.role.name()
                ),
            ));
        }
        let of_the_unit = matches!(post.role, Role::Agent | Role::UnitApprover);
        if of_the_unit && post.unit != self.record.unit {
            return Err(self.no("wrong_unit", "不是您所在单位的印章"));
        }
        Ok(())
    }

    fn reason(&self, reason: Reason, fitting: &[Reason]) -> Result<(), Refusal> {
        if fitting.contains(&reason) {
            return Ok(());
        }
        Err(self.no(
            "reason_unfit",
            &format!("的状态变更不能以「{}」为由", reason.name()),
        ))
    }

    fn not_over(&self) -> Result<(), Refusal> {
        match self.state() {
            SealState::Cancelled => Err(self.no("seal_already_cancelled", "已注销，无需重复注销")),
            SealState::Void => Err(self.no("seal_already_void", "已宣布无效")),
            _ => Ok(()),
        }
    }

    fn state(&self) -> SealState {
        self.record.status_at(self.now, self.now)
    }

    fn no(&self, code: &'static str, why: &str) -> Refusal {
        Refusal::new(code, format!("「{}」{why}", self.record.name))
    }

    fn entry(
        &self,
        status: Status,
        effective_at: Timestamp,
        reason: Reason,
        note: &str,
        case: Option<CaseId>,
    ) -> SealEvent {
        let entry = StatusEntry {
            status,
            effective_at,
            recorded_at: self.now,
            reason,
            note: note.to_owned(),
            by: self.actor.clone(),
            case,
        };
        SealEvent::StatusRecorded {
            entry: Box::new(entry),
        }
    }
}

impl SealState {
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

impl Reason {
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
