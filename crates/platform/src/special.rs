//! The register of special situations (特殊情况台账): entered with the seal, confirmed every year, ended.

use casework::{
    Actor, Case, MaterialKind, Role, SealId, SealRecord, SpecialAct, SpecialEvent, SpecialId,
    SpecialPapers, SpecialRecord, SpecialSituation, SpecialState, SpecialWhat,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    jobs,
    journal::{self, Fact},
    loss::day,
    ports::store::{Page, PageRequest, SpecialFilter, SpecialRow, Tx},
};

/// A part of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpecialTab {
    /// 待确认: open to be confirmed, and overdue.
    Due,
    /// 逾期未确认.
    Overdue,
    /// 全部有效.
    Open,
    /// 已终止.
    Ended,
}

impl SpecialTab {
    /// All parts, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Due, Self::Overdue, Self::Open, Self::Ended];

    /// Stable code, used in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }

    /// What the tab says.
    pub fn name(self) -> &'static str {
        match self {
            Self::Due => "待确认",
            Self::Overdue => "逾期未确认",
            Self::Open => "全部在用",
            Self::Ended => "已终止",
        }
    }

    /// The part of a code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.code() == code)
    }
}

impl Platform {
    /// The register of special situations: one's own unit's, at the Center all.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts without it.
    pub async fn specials(
        &self,
        actor: &Actor,
        tab: SpecialTab,
        situation: Option<SpecialSituation>,
        text: Option<String>,
        page: &PageRequest,
    ) -> Result<Page<SpecialRecord>> {
        let filter = SpecialFilter {
            situation,
            text,
            ..self.special_filter(actor, tab)?
        };
        let page = self.store.read().await?.specials(&filter, page).await?;
        let rows = page
            .rows
            .iter()
            .map(|row| self.protection.open(&row.body))
            .collect::<Result<Vec<_>>>()?;
        Ok(Page {
            rows,
            next: page.next,
        })
    }

    /// How many each part holds, counted up to `cap`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts without the register.
    pub async fn special_counts(&self, actor: &Actor, cap: u32) -> Result<Vec<(SpecialTab, u32)>> {
        let mut tx = self.store.read().await?;
        let mut counts = Vec::with_capacity(SpecialTab::ALL.len());
        for tab in SpecialTab::ALL {
            let filter = self.special_filter(actor, tab)?;
            counts.push((tab, tx.special_count(&filter, cap).await?));
        }
        Ok(counts)
    }

    /// One exception.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn special(&self, actor: &Actor, id: SpecialId) -> Result<SpecialRecord> {
        let mut tx = self.store.read().await?;
        let (record, _) = self.load_special(tx.as_mut(), id).await?;
        may_see(actor, &record)?;
        Ok(record)
    }

    /// The exceptions of a seal, ended ones too.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the person may not see the seal.
    pub async fn specials_of(&self, actor: &Actor, seal: SealId) -> Result<Vec<SpecialRecord>> {
        self.seal(actor, seal).await?;
        let rows = self.store.read().await?.specials_of(seal).await?;
        rows.iter()
            .map(|row| self.protection.open(&row.body))
            .collect()
    }

    /// Proposes, confirms, sends back or ends an exception; with ledger entry, notices and the next reminders.
    ///
    /// # Errors
    /// Refusals of `casework::decide_special`; `special_act_by_case` for what only a case brings about.
    pub async fn act_on_special(
        &self,
        actor: &Actor,
        id: SpecialId,
        act: SpecialAct,
    ) -> Result<SpecialRecord> {
        if matches!(act, SpecialAct::Move { .. }) {
            return Err(Error::refused(
                "special_act_by_case",
                "特殊情况随印章的延期、变更自动转至新印章，不能单独操作。",
            ));
        }
        let mut tx = self.store.begin().await?;
        let (mut record, version) = self.load_special(tx.as_mut(), id).await?;
        may_see(actor, &record)?;
        let mut entries = Vec::new();
        self.change_special(tx.as_mut(), &mut record, version, actor, &act, &mut entries)
            .await?;
        journal::record(tx.as_mut(), self.clock.now(), entries).await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(record)
    }

    /// A seal with special situations begins its life: each is entered.
    pub(crate) async fn open_specials(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        actor: &Actor,
        seal: &SealRecord,
        entries: &mut Vec<Fact>,
    ) -> Result<()> {
        let made = |application: &&casework::Application| {
            application
                .produced
                .as_ref()
                .is_some_and(|produced| produced.seal == seal.id)
        };
        let Some(application) = case.live_applications().find(made) else {
            return Ok(());
        };
        let Some(form) = &application.form else {
            return Ok(());
        };
        let paper = |kind: MaterialKind| {
            case.materials
                .iter()
                .rfind(|material| {
                    material.kind == kind
                        && material.is_live()
                        && material
                            .application
                            .is_none_or(|owner| owner == application.id)
                })
                .map(|material| material.id)
        };
        for situation in &form.special {
            let now = self.clock.now();
            let mut record = SpecialRecord {
                id: SpecialId::from_uuid(Uuid::now_v7()),
                version: 0,
                situation: *situation,
                seal: seal.id,
                seal_code: seal.code,
                seal_name: seal.name.clone(),
                unit: seal.unit,
                unit_name: seal.unit_name.clone(),
                case: case.id,
                case_number: case.number,
                application: application.id,
                papers: SpecialPapers {
                    statement: paper(MaterialKind::Statement),
                    commitment: paper(MaterialKind::Commitment),
                    superior_letter: paper(MaterialKind::SuperiorLetter),
                },
                opened_at: now,
                due_at: now,
                proposal: None,
                ended_at: None,
                history: Vec::new(),
            };
            casework::open_special(&mut record, actor, now, &self.policy());
            tx.special_insert(&self.special_row(&record, 1)?).await?;
            self.remind_of_confirmation(tx, &record).await?;
            entries.push(
                Fact::by(actor, "special.opened", record.id.to_string())
                    .with("seal", seal.code.to_string())
                    .with("situation", situation.code())
                    .with("due_at", record.due_at.to_string()),
            );
        }
        Ok(())
    }

    /// What was allowed for a seal goes on with its successor, unless the successor's own form stated it anew.
    pub(crate) async fn move_specials(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        former: SealId,
        successor: &SealRecord,
        entries: &mut Vec<Fact>,
    ) -> Result<()> {
        let anew = tx.specials_of(successor.id).await?;
        let system = Actor::system_for(actor);
        for row in tx.specials_of(former).await? {
            if row.ended {
                continue;
            }
            let mut record: SpecialRecord = self.protection.open(&row.body)?;
            let restated = anew.iter().any(|other| other.situation == row.situation);
            let act = if restated {
                SpecialAct::End {
                    reason: format!("已随新印章 {} 重新说明并登记", successor.code),
                }
            } else {
                SpecialAct::Move {
                    seal: successor.id,
                    code: successor.code,
                }
            };
            self.change_special(tx, &mut record, row.version, &system, &act, entries)
                .await?;
        }
        Ok(())
    }

    /// The seal is over, and what was allowed for it with it.
    pub(crate) async fn end_specials(
        &self,
        tx: &mut dyn Tx,
        seal: &SealRecord,
        actor: &Actor,
        entries: &mut Vec<Fact>,
    ) -> Result<()> {
        let system = Actor::system_for(actor);
        for row in tx.specials_of(seal.id).await? {
            if row.ended {
                continue;
            }
            let mut record: SpecialRecord = self.protection.open(&row.body)?;
            let act = SpecialAct::End {
                reason: "印章已注销或无效".to_owned(),
            };
            self.change_special(tx, &mut record, row.version, &system, &act, entries)
                .await?;
        }
        Ok(())
    }

    /// Reminds of a confirmation that is still open. `subject` is `id/due at/which reminder`.
    pub(crate) async fn special_reminder(&self, subject: &str) -> Result<()> {
        let mut parts = subject.split('/');
        let (id, due_at) = (parts.next(), parts.next());
        let id: SpecialId = id
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Error::internal("special reminder", "unreadable subject"))?;
        let mut tx = self.store.begin().await?;
        let (record, _) = self.load_special(tx.as_mut(), id).await?;
        let same = due_at == Some(record.due_at.as_microsecond().to_string().as_str());
        if !same || record.ended_at.is_some() {
            return Ok(());
        }
        let mut people = self.people_of(tx.as_mut(), record.unit).await?;
        let due = day(record.due_at);
        let named = format!(
            "印章「{}」的特殊情况（{}）",
            record.seal_name,
            record.situation.name()
        );
        let text = if parts.next() == Some("due") {
            people.extend(
                self.center_people(tx.as_mut(), &[Role::SealReviewer])
                    .await?,
            );
            format!("{named}至 {due} 未确认，已逾期。请单位尽快确认继续或终止。")
        } else {
            format!("{named}须在 {due} 前确认。请经办人填写情况说明，由单位审批人确认。")
        };
        self.notify(tx.as_mut(), &people, &text, &format!("/desk/specials/{id}"))
            .await?;
        Ok(tx.commit().await?)
    }

    async fn change_special(
        &self,
        tx: &mut dyn Tx,
        record: &mut SpecialRecord,
        version: i64,
        actor: &Actor,
        act: &SpecialAct,
        entries: &mut Vec<Fact>,
    ) -> Result<()> {
        let now = self.clock.now();
        let event = casework::decide_special(record, act, actor, now, &self.policy())?;
        casework::apply_special(record, &event);
        tx.special_update(&self.special_row(record, version)?)
            .await?;
        if matches!(event.what, SpecialWhat::Confirmed { .. }) {
            self.remind_of_confirmation(tx, record).await?;
        }
        entries.push(
            Fact::by(
                actor,
                format!("special.{}", event.what.code()),
                record.id.to_string(),
            )
            .with("seal", record.seal_code.to_string())
            .with("due_at", record.due_at.to_string()),
        );
        self.tell_of_special(tx, record, &event, actor).await
    }

    async fn tell_of_special(
        &self,
        tx: &mut dyn Tx,
        record: &SpecialRecord,
        event: &SpecialEvent,
        actor: &Actor,
    ) -> Result<()> {
        let named = format!(
            "印章「{}」的特殊情况（{}）",
            record.seal_name,
            record.situation.name()
        );
        let text = match &event.what {
            SpecialWhat::Opened | SpecialWhat::Moved { .. } => return Ok(()),
            SpecialWhat::Proposed { .. } => format!("{named}经办人已提出继续，请单位审批人确认。"),
            SpecialWhat::Confirmed { due_at } => {
                format!("{named}已确认继续，下次确认截止 {}。", day(*due_at))
            }
            SpecialWhat::SentBack { reason } => format!("{named}的继续申请被退回：{reason}"),
            SpecialWhat::Ended { reason } => format!("{named}已终止：{reason}"),
        };
        let mut people = self.people_of(tx, record.unit).await?;
        people.retain(|person| *person != actor.person);
        self.notify(tx, &people, &text, &format!("/desk/specials/{}", record.id))
            .await
    }

    /// Reminders: when the confirmation opens, and when it is due.
    async fn remind_of_confirmation(&self, tx: &mut dyn Tx, record: &SpecialRecord) -> Result<()> {
        let opens = self.confirmation_opens(record.due_at);
        for (name, at) in [("ahead", opens), ("due", record.due_at)] {
            let subject = format!("{}/{}/{name}", record.id, record.due_at.as_microsecond());
            tx.job_insert(&jobs::new_job(jobs::kind::SPECIAL_REMINDER, subject, at))
                .await?;
        }
        Ok(())
    }

    /// The moment from which an exception can be confirmed anew.
    fn confirmation_opens(&self, due_at: Timestamp) -> Timestamp {
        let days = i64::from(self.policy().special_notice_days);
        due_at - SignedDuration::from_hours(days * 24)
    }

    fn special_filter(&self, actor: &Actor, tab: SpecialTab) -> Result<SpecialFilter> {
        let unit = match actor.post.role {
            Role::Agent | Role::UnitApprover => Some(actor.post.unit),
            role if role.is_center() => None,
            _ => return Err(Error::Forbidden),
        };
        let now = self.clock.now();
        let days = i64::from(self.policy().special_notice_days);
        let due_before = match tab {
            SpecialTab::Due => Some(now + SignedDuration::from_hours(days * 24)),
            SpecialTab::Overdue => Some(now),
            SpecialTab::Open | SpecialTab::Ended => None,
        };
        Ok(SpecialFilter {
            unit,
            ended: Some(tab == SpecialTab::Ended),
            due_before,
            ..SpecialFilter::default()
        })
    }

    /// Where an exception stands now.
    pub fn special_state(&self, record: &SpecialRecord) -> SpecialState {
        record.state(self.clock.now(), self.policy().special_notice_days)
    }

    async fn load_special(&self, tx: &mut dyn Tx, id: SpecialId) -> Result<(SpecialRecord, i64)> {
        let row = tx
            .special(id)
            .await?
            .ok_or(Error::NotFound("special situation"))?;
        Ok((self.protection.open(&row.body)?, row.version))
    }

    fn special_row(&self, record: &SpecialRecord, version: i64) -> Result<SpecialRow> {
        Ok(SpecialRow {
            id: record.id,
            seal: record.seal,
            unit: record.unit,
            unit_name: record.unit_name.clone(),
            seal_name: record.seal_name.clone(),
            seal_code: record.seal_code.to_string(),
            situation: record.situation,
            ended: record.ended_at.is_some(),
            due_at: record.due_at,
            version,
            body: self.protection.seal(record)?,
        })
    }
}

fn may_see(actor: &Actor, record: &SpecialRecord) -> Result<()> {
    let sees = match actor.post.role {
        Role::Agent | Role::UnitApprover => actor.post.unit == record.unit,
        role => role.is_center(),
    };
    if sees {
        Ok(())
    } else {
        Err(Error::NotFound("special situation"))
    }
}
