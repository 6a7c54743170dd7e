//! Loss of control (丢失、失控): reports of one seal or of several at once, and what has to follow them.

use casework::{
    Actor, PersonId, Refusal, ReportChannel, Role, SealAct, SealEvent, SealId, SealState, Status,
    UnitId,
};
use jiff::{
    SignedDuration, Timestamp,
    tz::{Offset, TimeZone},
};

use crate::{
    Platform,
    error::{Error, Result},
    jobs,
    ports::store::{FollowUp, Page, PageRequest, Tx},
    register::{RegisteredSeal, may_see},
};

/// Most seals in one report.
const MOST_SEALS: usize = 200;
/// The unit is reminded so long before its case is due.
const AHEAD: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A telephone number that is on file for a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberOnFile {
    /// Whose it is.
    pub name: String,
    /// Their post in the unit.
    pub role: Role,
    /// The number.
    pub number: String,
}

/// What became of one seal of a report of several.
#[derive(Debug)]
pub struct Reported {
    /// The seal.
    pub seal: SealId,
    /// 印章名称.
    pub name: String,
    /// Why it was left as it was; `None`: it is suspended now.
    pub refused: Option<Refusal>,
}

impl Platform {
    /// Reports the loss of several seals at once (a bag of keys): all are suspended in one transaction. Seals that
    /// cannot stamp anyway are passed over, each with its reason.
    ///
    /// # Errors
    /// Refusals of `casework::decide_seal` where no seal of the report can be suspended; nothing is done then.
    pub async fn report_losses(
        &self,
        actor: &Actor,
        seals: &[SealId],
        act: SealAct,
    ) -> Result<Vec<Reported>> {
        if seals.is_empty() {
            return Err(Error::refused(
                "no_seal_chosen",
                "请至少勾选一枚丢失或失控的印章。",
            ));
        }
        if seals.len() > MOST_SEALS {
            return Err(Error::refused(
                "too_many_seals",
                format!("一次最多报告 {MOST_SEALS} 枚印章，请分次报告。"),
            ));
        }
        let mut ids = seals.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut tries = 3;
        loop {
            match self.try_report_losses(actor, &ids, &act).await {
                Err(Error::Conflict) if tries > 1 => tries -= 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_report_losses(
        &self,
        actor: &Actor,
        ids: &[SealId],
        act: &SealAct,
    ) -> Result<Vec<Reported>> {
        let mut tx = self.store.begin().await?;
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            let (mut seal, version) = self.load_seal(tx.as_mut(), *id).await?;
            may_see(actor, &seal)?;
            self.check_call_back(tx.as_mut(), &seal, act).await?;
            let refused = match self
                .apply_seal_act(tx.as_mut(), &mut seal, version, actor, act, &mut Vec::new())
                .await
            {
                Ok(()) => None,
                Err(Error::Refused(refusal))
                    if matches!(refusal.code, "seal_already_suspended" | "seal_state_unfit") =>
                {
                    Some(refusal)
                }
                Err(error) => return Err(error),
            };
            outcomes.push(Reported {
                seal: *id,
                name: seal.record.name.clone(),
                refused,
            });
        }
        if let Some(Reported {
            refused: Some(refusal),
            ..
        }) = outcomes.first()
            && outcomes.iter().all(|outcome| outcome.refused.is_some())
        {
            return Err(refusal.clone().into());
        }
        tx.commit().await?;
        self.wake.notify_one();
        Ok(outcomes)
    }

    /// Suspended seals about which somebody still has to do something, the most urgent first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts without a register.
    pub async fn follow_ups(
        &self,
        actor: &Actor,
        page: &PageRequest,
    ) -> Result<Page<RegisteredSeal>> {
        let unit = match actor.post.role {
            Role::Agent | Role::UnitApprover => Some(actor.post.unit),
            role if role.is_center() => None,
            _ => return Err(Error::Forbidden),
        };
        let page = self
            .store
            .read()
            .await?
            .seals_to_follow_up(unit, page)
            .await?;
        self.open_seals(page)
    }

    /// The numbers on which a unit can be called back, for the Center.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else.
    pub async fn numbers_on_file(&self, actor: &Actor, unit: UnitId) -> Result<Vec<NumberOnFile>> {
        if !actor.post.role.is_center() {
            return Err(Error::Forbidden);
        }
        let mut tx = self.store.read().await?;
        self.numbers_of(tx.as_mut(), unit).await
    }

    async fn numbers_of(&self, tx: &mut dyn Tx, unit: UnitId) -> Result<Vec<NumberOnFile>> {
        let mut numbers = Vec::new();
        for role in [Role::UnitApprover, Role::Agent] {
            for record in tx.accounts_with_post(role, unit).await? {
                if let Some(mobile) = self.mobile_of(&record)? {
                    numbers.push(NumberOnFile {
                        name: record.name,
                        role,
                        number: mobile.to_string(),
                    });
                }
            }
        }
        Ok(numbers)
    }

    /// Whoever reports by telephone is called back on a number that was on file before the call.
    pub(crate) async fn check_call_back(
        &self,
        tx: &mut dyn Tx,
        seal: &RegisteredSeal,
        act: &SealAct,
    ) -> Result<()> {
        let called = match act {
            SealAct::Suspend {
                channel:
                    ReportChannel::Telephone {
                        call_back: Some(made),
                        ..
                    },
                ..
            } => &made.called_back_on,
            SealAct::ConfirmCall { called_back_on, .. } => called_back_on,
            _ => return Ok(()),
        };
        let on_file = self.numbers_of(tx, seal.record.unit).await?;
        if on_file.iter().any(|known| known.number == called.trim()) {
            return Ok(());
        }
        Err(Error::refused(
            "number_not_on_file",
            "回拨的号码不是该单位备案的号码，请按备案号码回拨；暂时无法回拨的，可先行停用，稍后补登回拨核实。",
        ))
    }

    /// A loss report brings reminders: some days before the case is due, and when it is.
    pub(crate) async fn remind_of_follow_up(
        &self,
        tx: &mut dyn Tx,
        seal: &RegisteredSeal,
        events: &[SealEvent],
    ) -> Result<()> {
        for event in events {
            let SealEvent::LossReported { report } = event else {
                continue;
            };
            for (name, at) in [
                ("ahead", report.follow_up_due - AHEAD),
                ("due", report.follow_up_due),
            ] {
                let subject = format!(
                    "{}/{}/{name}",
                    seal.record.id,
                    report.reported_at.as_microsecond()
                );
                tx.job_insert(&jobs::new_job(jobs::kind::LOSS_REMINDER, subject, at))
                    .await?;
            }
        }
        Ok(())
    }

    /// Reminds of a report that is still without its case. `subject` is `seal/reported at/which reminder`.
    pub(crate) async fn loss_reminder(&self, subject: &str) -> Result<()> {
        let mut parts = subject.split('/');
        let (id, reported_at) = (parts.next(), parts.next());
        let id: SealId = id
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Error::internal("loss reminder", "unreadable subject"))?;
        let overdue = parts.next() == Some("due");
        let mut tx = self.store.begin().await?;
        let (seal, _) = self.load_seal(tx.as_mut(), id).await?;
        let now = self.clock.now();
        let Some(report) = seal.record.open_loss(now) else {
            return Ok(());
        };
        let same = reported_at == Some(report.reported_at.as_microsecond().to_string().as_str());
        if !same || seal.open_case.is_some() {
            return Ok(());
        }
        let mut people = self.people_of(tx.as_mut(), seal.record.unit).await?;
        let due = day(report.follow_up_due);
        let text = if overdue {
            people.extend(self.center_people(tx.as_mut(), &[Role::SealMaker]).await?);
            format!(
                "印章「{}」（{}）报告丢失、失控后，至 {due} 仍未办理补办或撤销，请尽快办理。",
                seal.record.name, seal.record.code
            )
        } else {
            format!(
                "印章「{}」（{}）已报告丢失、失控，请在 {due} 前办理印章补办或印章撤销。",
                seal.record.name, seal.record.code
            )
        };
        self.notify_seal(tx.as_mut(), &seal, &people, "loss_follow_up", &text)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Tells the unit what happened to its seal, and the Center what the unit asks.
    pub(crate) async fn tell_of_change(
        &self,
        tx: &mut dyn Tx,
        seal: &RegisteredSeal,
        events: &[SealEvent],
        actor: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let record = &seal.record;
        let named = format!("印章「{}」（{}）", record.name, record.code);
        let unit = self.unit_people(tx, record, actor).await?;
        let due = events.iter().find_map(|event| match event {
            SealEvent::LossReported { report } => Some(report.follow_up_due),
            _ => None,
        });
        for event in events {
            let (people, text) = match event {
                SealEvent::StatusRecorded { entry } => {
                    let mut text = format!(
                        "{named}的状态变更为：{}（{}）。",
                        seal.state(now).name(),
                        entry.reason.name()
                    );
                    if matches!(entry.status, Status::Cancelled | Status::Void)
                        && let Some(basis) = &entry.basis
                    {
                        text.push_str(&format!("理由：{}；依据：{basis}。", entry.note));
                    }
                    if let Some(due) = due {
                        text.push_str(&format!("请在 {} 前办理印章补办或印章撤销。", day(due)));
                    }
                    (unit.clone(), text)
                }
                SealEvent::ResumptionRequested { .. } => (
                    self.center_people(tx, &[Role::SealReviewer, Role::DepartmentLeader])
                        .await?,
                    format!("{}申请恢复使用{named}，请审核。", record.unit_name),
                ),
                SealEvent::ResumptionDeclined { reason } => {
                    (unit.clone(), format!("{named}不予恢复使用：{reason}"))
                }
                SealEvent::CallConfirmed { .. } => (
                    unit.clone(),
                    format!("{named}的丢失、失控报告已由中心回拨核实。"),
                ),
                SealEvent::LossReported { .. }
                | SealEvent::Filed { .. }
                | SealEvent::SupersededBy { .. } => continue,
            };
            let template = match event {
                SealEvent::StatusRecorded { .. } => "seal_status",
                _ => "seal_resumption",
            };
            self.notify_seal(tx, seal, &people, template, &text).await?;
        }
        Ok(())
    }

    /// Everybody of a unit who handles its cases and seals.
    pub(crate) async fn people_of(&self, tx: &mut dyn Tx, unit: UnitId) -> Result<Vec<PersonId>> {
        let mut people = Vec::new();
        for role in [Role::Agent, Role::UnitApprover] {
            let records = tx.accounts_with_post(role, unit).await?;
            people.extend(records.into_iter().map(|account| account.id));
        }
        people.sort_unstable();
        people.dedup();
        Ok(people)
    }

    /// Everybody at the Center in one of these posts.
    pub(crate) async fn center_people(
        &self,
        tx: &mut dyn Tx,
        roles: &[Role],
    ) -> Result<Vec<PersonId>> {
        let Some(center) = tx.setting(crate::unit::CENTER).await? else {
            return Ok(Vec::new());
        };
        let center = center
            .parse()
            .map_err(|e| Error::internal("reading the Center's unit", e))?;
        let mut people = Vec::new();
        for role in roles {
            let records = tx.accounts_with_post(*role, center).await?;
            people.extend(records.into_iter().map(|account| account.id));
        }
        people.sort_unstable();
        people.dedup();
        Ok(people)
    }
}

/// What the unit has to do, in the words of the follow-up list.
impl FollowUp {
    /// The word on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::CallBack => "待回拨核实",
            Self::Resumption => "待审核恢复",
            Self::Case => "待办补办或撤销",
        }
    }
}

/// Whether a seal can still be reported lost: it could stamp, or will.
pub fn can_be_reported(seal: &RegisteredSeal, now: Timestamp) -> bool {
    match seal.state(now) {
        SealState::Active | SealState::NotYetActive => true,
        SealState::Suspended => seal.record.open_loss(now).is_none(),
        SealState::Expired | SealState::Cancelled | SealState::Void => false,
    }
}

/// A day in Beijing.
pub(crate) fn day(at: Timestamp) -> String {
    let date = at.to_zoned(TimeZone::fixed(Offset::constant(8))).date();
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
