//! Who may change the state of a seal, and when (R5.1, R5.2).

use jiff::{Timestamp, ToSpan};

use crate::ids::{CaseId, SealId};
use crate::number::FilingNumber;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};
use crate::seal_register::{
    CallBack, Filing, LossReport, Reason, ReportChannel, ResumptionRequest, SealAct, SealEvent,
    SealRecord, SealState, Status, StatusEntry,
};

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
        SealAct::ConfirmCall {
            called_back_on,
            called_back_at,
        } => request.confirm_call(called_back_on, *called_back_at),
        SealAct::RequestResumption { reason } => request.request_resumption(reason),
        SealAct::DeclineResumption { reason } => request.decline_resumption(reason),
        SealAct::Resume { reason } => request.resume(reason),
        SealAct::Cancel { reason, note, case } => request.cancel(*reason, note, *case),
        SealAct::CancelExOfficio { reason, basis } => request.cancel_ex_officio(reason, basis),
        SealAct::DeclareVoid { reason, basis } => request.declare_void(reason, basis),
        SealAct::File { number } => request.file(number),
        SealAct::Supersede { by, case } => request.supersede(*by, *case),
    }
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
        match self.record.history.last().map(|_| self.state()) {
            None => {}
            Some(SealState::Active) => {
                return Err(self.no("seal_already_activated", "已启用，无需重复启用"));
            }
            Some(state) => {
                let why = format!("现为「{}」，不能启用", state.name());
                return Err(self.no("seal_state_unfit", &why));
            }
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
        let channel = match channel {
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
            ReportChannel::Telephone { .. } if reason != Reason::LossOfControl => {
                return Err(Refusal::new(
                    "report_channel",
                    "来电登记只用于丢失、失控的报告；依职权停用请直接填写理由",
                ));
            }
            // At any hour: the seal is suspended at the call. Calling back can follow, and is watched until it does.
            ReportChannel::Telephone { caller, call_back } => ReportChannel::Telephone {
                caller: crate::text::check_person_name("来电人姓名", caller)?,
                call_back: match call_back {
                    Some(made) => Some(self.call_back(&made.called_back_on, made.at)?),
                    None => None,
                },
            },
            ReportChannel::Platform => ReportChannel::Platform,
        };
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
            // Suspended for another reason, and now lost as well: that begins the way to reissue or revocation.
            SealState::Suspended
                if reason == Reason::LossOfControl && self.record.open_loss(self.now).is_none() => {
            }
            SealState::Suspended => {
                return Err(self.no("seal_already_suspended", "已停用，无需重复停用"));
            }
            state => {
                return Err(self.no(
                    "seal_state_unfit",
                    &format!("现为「{}」，不能再盖章，无需停用", state.name()),
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
                channel,
                account,
                follow_up_due: self.now.checked_add(due).unwrap_or(Timestamp::MAX),
            };
            events.push(SealEvent::LossReported {
                report: Box::new(report),
            });
        }
        Ok(events)
    }

    /// The call-back of a report that was provisional until now.
    fn confirm_call(&self, on: &str, at: Timestamp) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::SealMaker, Role::SealReviewer, Role::DepartmentLeader])?;
        let waiting = self
            .record
            .unverified_call(self.now)
            .ok_or_else(|| self.no("no_call_to_confirm", "没有待回拨核实的来电报告"))?;
        let call_back = self.call_back(on, at)?;
        // A time that people enter is a whole minute.
        if at.as_second().div_euclid(60) < waiting.reported_at.as_second().div_euclid(60) {
            return Err(Refusal::new(
                "call_back_before_report",
                "回拨时间早于来电登记的时间，请核对",
            ));
        }
        Ok(vec![SealEvent::CallConfirmed {
            call_back: Box::new(call_back),
        }])
    }

    fn call_back(&self, on: &str, at: Timestamp) -> Result<CallBack, Refusal> {
        if at > self.now {
            return Err(Refusal::new(
                "call_back_in_the_future",
                "回拨时间不能晚于现在，请核对",
            ));
        }
        Ok(CallBack {
            called_back_on: crate::text::check_name("回拨核实的号码", on)?,
            at,
            by: self.actor.clone(),
        })
    }

    fn request_resumption(&self, reason: &str) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::Agent, Role::UnitApprover])?;
        let reason = crate::text::check_reason("申请恢复的理由", reason)?;
        self.can_be_resumed()?;
        if self.record.resumption.is_some() {
            return Err(self.no("resumption_already_requested", "已申请恢复，请等待中心审核"));
        }
        let request = ResumptionRequest {
            at: self.now,
            by: self.actor.clone(),
            reason,
        };
        Ok(vec![SealEvent::ResumptionRequested {
            request: Box::new(request),
        }])
    }

    fn decline_resumption(&self, reason: &str) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::SealReviewer, Role::DepartmentLeader])?;
        let reason = crate::text::check_reason("不予恢复的理由", reason)?;
        if self.record.resumption.is_none() {
            return Err(self.no("no_resumption_requested", "没有待审核的恢复申请"));
        }
        Ok(vec![SealEvent::ResumptionDeclined { reason }])
    }

    /// 备案 happens once, with the first use.
    fn file(&self, number: &FilingNumber) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::SealMaker, Role::System])?;
        if self.record.filing.is_some() {
            return Err(self.no("seal_already_filed", "已备案，无需重复备案"));
        }
        Ok(vec![SealEvent::Filed {
            filing: Filing {
                number: number.clone(),
                filed_at: self.now,
            },
        }])
    }

    /// A resumption is reviewed: not by those who suspended (a lost key that turned up may have been copied).
    fn resume(&self, reason: &str) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::SealReviewer, Role::DepartmentLeader])?;
        let note = crate::text::check_reason("恢复使用的理由", reason)?;
        self.can_be_resumed()?;
        let suspended_by = self
            .record
            .entry_at(self.now, self.now)
            .map(|entry| &entry.by);
        if suspended_by.is_some_and(|by| by.shares_duty_with(self.actor)) {
            return Err(Refusal::new(
                "resumed_by_oneself",
                "该印章由您停用，须由他人审核恢复",
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

    fn can_be_resumed(&self) -> Result<(), Refusal> {
        match self.state() {
            SealState::Suspended => {}
            SealState::Active => return Err(self.no("seal_not_suspended", "没有停用，无需恢复")),
            state => {
                let why = format!("现为「{}」，不能恢复使用", state.name());
                return Err(self.no("seal_state_unfit", &why));
            }
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
        Ok(())
    }

    fn cancel(
        &self,
        reason: Reason,
        note: &str,
        case: Option<CaseId>,
    ) -> Result<Vec<SealEvent>, Refusal> {
        self.reason(reason, &[Reason::Revocation])?;
        self.by(&[Role::SealMaker, Role::System])?;
        if case.is_none() {
            return Err(self.no("cancel_without_case", "的注销申请须对应办件"));
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

    fn cancel_ex_officio(&self, reason: &str, basis: &str) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::DepartmentLeader])?;
        let note = crate::text::check_reason("注销理由", reason)?;
        let basis = crate::text::check_public("法律、法规依据", basis)?;
        self.not_over()?;
        let reason = Reason::ExOfficio;
        let event = self.entry(Status::Cancelled, self.now, reason, &note, None);
        Ok(vec![on_basis(event, basis)])
    }

    fn declare_void(&self, reason: &str, basis: &str) -> Result<Vec<SealEvent>, Refusal> {
        self.by(&[Role::DepartmentLeader])?;
        let note = crate::text::check_reason("宣布无效的理由", reason)?;
        let basis = crate::text::check_public("法律、法规依据", basis)?;
        if self.state() == SealState::Void {
            return Err(self.no("seal_already_void", "已宣布无效"));
        }
        let reason = Reason::MadeUnlawfully;
        let event = self.entry(Status::Void, self.record.made_at, reason, &note, None);
        Ok(vec![on_basis(event, basis)])
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
            basis: None,
        };
        SealEvent::StatusRecorded {
            entry: Box::new(entry),
        }
    }
}

fn on_basis(mut event: SealEvent, basis: String) -> SealEvent {
    if let SealEvent::StatusRecorded { entry } = &mut event {
        entry.basis = Some(basis);
    }
    event
}
