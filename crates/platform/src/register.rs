//! The seal register: every seal with its history, and every change of its state.

use casework::{
    Actor, Case, CaseId, DivisionCode, ExistingSeal, FileDigest, FilingNumber, Level, Medium,
    PersonId, Reason, ReportChannel, Role, SealAct, SealEvent, SealId, SealRecord, SealState,
    Status, StatusEntry,
};
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};

use crate::{
    Platform,
    error::{Error, Result},
    jobs,
    journal::{self, Fact},
    ports::{
        KeyLabel,
        store::{
            Announcement, CertificateRecord, FollowUp, Page, PageRequest, SealFilter, SealRow, Tx,
            UseFilter,
        },
    },
    production::whole_second,
};

/// A seal as the platform keeps it: the register's entry, and where its parts are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisteredSeal {
    /// The entry.
    pub record: SealRecord,
    /// The seal itself (SESeal, DER).
    pub file: FileDigest,
    /// The picture in it (PNG with alpha).
    pub picture: FileDigest,
    /// Serial of the certificate that it stamps with, lower-case hex.
    pub certificate: String,
    /// Where its key is.
    pub key: SealKey,
    /// The PIN is still the activation code that was handed out: it must be changed before the first stamp.
    pub initial_pin: bool,
    /// The open case about it: id and number.
    pub open_case: Option<(CaseId, String)>,
    /// 所属地市 of its unit, for the province's register.
    #[serde(default)]
    pub city: Option<DivisionCode>,
    /// Level of its unit.
    #[serde(default)]
    pub level: Option<Level>,
    /// The renewal that the platform has prepared for it.
    #[serde(default)]
    pub renewal_draft: Option<CaseId>,
}

/// Where a seal's private key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kept", content = "label")]
pub enum SealKey {
    /// In the platform's key store, behind the holder's PIN.
    Platform(KeyLabel),
    /// On a USB KEY, behind its PIN; under this label where the USB KEY can be reached from here.
    Token(KeyLabel),
    /// On a signing device: it never was here.
    Elsewhere,
}

impl SealKey {
    /// Its label, where it can be reached from here.
    pub fn label(&self) -> Option<&KeyLabel> {
        match self {
            Self::Platform(label) | Self::Token(label) => Some(label),
            Self::Elsewhere => None,
        }
    }
}

impl RegisteredSeal {
    /// Its state at a moment, as known now.
    pub fn state(&self, now: Timestamp) -> SealState {
        self.record.status_at(now, now)
    }

    /// What the process has to know about it, and whether its key was reported lost. A case that it is in is named,
    /// unless it is the one that asks.
    pub(crate) fn existing(&self, now: Timestamp, asking: Option<CaseId>) -> (ExistingSeal, bool) {
        let record = &self.record;
        let state = self.state(now);
        let lost = record.open_loss(now).is_some();
        let existing = ExistingSeal {
            id: record.id,
            code: record.code,
            name: record.name.clone(),
            kind: record.kind,
            function: record.function.clone(),
            unit: record.unit,
            unit_name: record.unit_name.clone(),
            credit_code: record.credit_code,
            holder: record.holder.clone(),
            medium: record.medium,
            key_serial: record.key_serial.clone(),
            width: record.width,
            height: record.height,
            valid_until: record.valid_until,
            state,
            open_case: self
                .open_case
                .as_ref()
                .filter(|(case, _)| Some(*case) != asking)
                .map(|(_, number)| number.clone()),
        };
        (existing, lost)
    }

    /// What somebody still has to do about its suspension, and until when.
    pub fn follow_up(&self, now: Timestamp) -> Option<(FollowUp, Timestamp)> {
        let record = &self.record;
        if let Some(report) = record.unverified_call(now) {
            return Some((FollowUp::CallBack, report.reported_at));
        }
        if let Some(request) = &record.resumption {
            return Some((FollowUp::Resumption, request.at));
        }
        let report = record.open_loss(now)?;
        let followed = self.open_case.is_some();
        (!followed).then_some((FollowUp::Case, report.follow_up_due))
    }
}

impl Platform {
    /// A seal, for its unit and for the Center.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn seal(&self, actor: &Actor, id: SealId) -> Result<RegisteredSeal> {
        let mut tx = self.store.read().await?;
        let (seal, _) = self.load_seal(tx.as_mut(), id).await?;
        may_see(actor, &seal)?;
        Ok(seal)
    }

    /// The register by words alone.
    ///
    /// # Errors
    /// As [`Platform::seal_register`].
    pub async fn seals(
        &self,
        actor: &Actor,
        text: Option<String>,
        page: &PageRequest,
    ) -> Result<Page<RegisteredSeal>> {
        let filter = SealFilter {
            text,
            ..SealFilter::default()
        };
        self.seal_register(actor, filter, page).await
    }

    /// The register: one's own unit's seals, at the Center all, or those of the unit that the filter names.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts without a register.
    pub async fn seal_register(
        &self,
        actor: &Actor,
        filter: SealFilter,
        page: &PageRequest,
    ) -> Result<Page<RegisteredSeal>> {
        let filter = within_reach(actor, filter)?;
        let page = self.store.read().await?.seals(&filter, page).await?;
        self.open_seals(page)
    }

    /// How many seals are in each state (`None`: in any), counted up to `cap`, among those that the filter names. A state
    /// without a number was not counted: a text names more than `cap`, and to tell them apart would mean to read all.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts without a register.
    pub async fn seal_counts(
        &self,
        actor: &Actor,
        filter: SealFilter,
        cap: u32,
    ) -> Result<Vec<(Option<SealState>, Option<u32>)>> {
        let mut filter = within_reach(actor, filter)?;
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let mut counts = Vec::with_capacity(SealState::ALL.len() + 1);
        if filter
            .text
            .as_ref()
            .is_some_and(|text| !text.trim().is_empty())
        {
            filter.state = None;
            let found = tx.seal_states(&filter, now, cap).await?;
            let all: u32 = found.iter().map(|(_, count)| count).sum();
            counts.push((None, Some(all)));
            counts.extend(SealState::ALL.map(|state| {
                let of = found.iter().filter(|(found, _)| *found == state);
                let count = of.map(|(_, count)| count).sum();
                (Some(state), (all < cap).then_some(count))
            }));
            return Ok(counts);
        }
        for state in [None].into_iter().chain(SealState::ALL.map(Some)) {
            filter.state = state.map(|state| (state, now));
            counts.push((state, Some(tx.seal_count(&filter, cap).await?)));
        }
        Ok(counts)
    }

    pub(crate) fn open_seals(&self, page: Page<SealRow>) -> Result<Page<RegisteredSeal>> {
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

    /// The files of a seal: the seal (DER) and its picture (PNG).
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn seal_files(&self, actor: &Actor, id: SealId) -> Result<(Vec<u8>, Vec<u8>)> {
        let seal = self.seal(actor, id).await?;
        Ok((
            self.files.get(&seal.file).await?,
            self.files.get(&seal.picture).await?,
        ))
    }

    /// How many uses of a seal are on record, counted up to 200, and whether there are more.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn times_used(&self, actor: &Actor, id: SealId) -> Result<(u32, bool)> {
        self.seal(actor, id).await?;
        let filter = UseFilter {
            seal: Some(id),
            stamped_from: Some(Timestamp::UNIX_EPOCH),
            ..UseFilter::default()
        };
        let most = PageRequest {
            after: None,
            limit: 200,
        };
        let found = self.store.read().await?.uses(&filter, &most).await?;
        // At most 200.
        Ok((found.rows.len() as u32, found.next.is_some()))
    }

    /// The certificates of a seal, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn seal_certificates(
        &self,
        actor: &Actor,
        id: SealId,
    ) -> Result<Vec<CertificateRecord>> {
        self.seal(actor, id).await?;
        Ok(self.store.read().await?.certificates_of(id).await?)
    }

    /// Changes a seal's state: suspension (also a loss report), resumption, cancellation, declaration as void. State,
    /// certificates, announcement, ledger entry and notices commit together; the state holds from that moment.
    ///
    /// # Errors
    /// Refusals of `casework::decide_seal`; `seal_act_by_case` for acts that only a case brings about.
    pub async fn change_seal(
        &self,
        actor: &Actor,
        id: SealId,
        act: SealAct,
    ) -> Result<RegisteredSeal> {
        if matches!(
            act,
            SealAct::Activate { .. } | SealAct::Supersede { .. } | SealAct::File { .. }
        ) {
            return Err(Error::refused(
                "seal_act_by_case",
                "印章的启用、备案和替代由办件办结时自动完成，不能单独操作。",
            ));
        }
        // Two people who report the same loss in the same moment are both heard: the second sees what the first did.
        let mut tries = 3;
        loop {
            match self.try_change_seal(actor, id, &act).await {
                Err(Error::Conflict) if tries > 1 => tries -= 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_change_seal(
        &self,
        actor: &Actor,
        id: SealId,
        act: &SealAct,
    ) -> Result<RegisteredSeal> {
        let mut tx = self.store.begin().await?;
        let (mut seal, version) = self.load_seal(tx.as_mut(), id).await?;
        may_see(actor, &seal)?;
        self.check_call_back(tx.as_mut(), &seal, act).await?;
        let mut entries = Vec::new();
        self.apply_seal_act(tx.as_mut(), &mut seal, version, actor, act, &mut entries)
            .await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(seal)
    }

    /// The holder sets their own PIN (签章口令) in place of the activation code or an older PIN.
    ///
    /// # Errors
    /// Refusals `pin_wrong`, `pin_locked`, `pin_too_weak`, `key_elsewhere`.
    pub async fn change_pin(&self, actor: &Actor, id: SealId, old: &str, new: &str) -> Result<()> {
        if actor.post.role != Role::Agent {
            return Err(Error::Forbidden);
        }
        let seal = self.seal(actor, id).await?;
        let Some(label) = seal.key.label() else {
            return Err(key_elsewhere());
        };
        if old == new {
            return Err(Error::refused(
                "pin_same",
                "新口令与原口令相同，请另设一个口令。",
            ));
        }
        self.keys.authorise(label, old, b"change of PIN").await?;
        self.keys.reset_pin(label, new).await?;
        self.pin_recorded(actor, id, false, "seal.pin_changed")
            .await
    }

    /// The unit's approver has a new activation code made for a seal kept by the platform (forgotten or locked PIN).
    /// The code is answered once and kept nowhere.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the unit's approver; `key_elsewhere`.
    pub async fn renew_activation_code(&self, actor: &Actor, id: SealId) -> Result<String> {
        if actor.post.role != Role::UnitApprover {
            return Err(Error::Forbidden);
        }
        let seal = self.seal(actor, id).await?;
        let SealKey::Platform(label) = &seal.key else {
            return Err(key_elsewhere());
        };
        let code = activation_code();
        self.keys.reset_pin(label, &code).await?;
        self.pin_recorded(actor, id, true, "seal.activation_code_renewed")
            .await?;
        Ok(code)
    }

    async fn pin_recorded(
        &self,
        actor: &Actor,
        id: SealId,
        initial: bool,
        kind: &str,
    ) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let (mut seal, version) = self.load_seal(tx.as_mut(), id).await?;
        seal.initial_pin = initial;
        tx.seal_update(&self.seal_row(&seal, version)?).await?;
        let fact = Fact::by(actor, kind, seal.record.code.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn load_seal(
        &self,
        tx: &mut dyn Tx,
        id: SealId,
    ) -> Result<(RegisteredSeal, i64)> {
        let row = tx.seal(id).await?.ok_or(Error::NotFound("seal"))?;
        Ok((self.protection.open(&row.body)?, row.version))
    }

    pub(crate) fn seal_row(&self, seal: &RegisteredSeal, version: i64) -> Result<SealRow> {
        let record = &seal.record;
        let follow_up = seal.follow_up(self.clock.now());
        Ok(SealRow {
            medium: record.medium,
            key_serial: record.key_serial.clone(),
            credit_code: record.credit_code.to_string(),
            city: seal.city,
            level: seal.level,
            follow_up: follow_up.map(|(what, _)| what),
            follow_up_due: follow_up.map(|(_, due)| due),
            id: record.id,
            code: record.code.to_string(),
            name: record.name.clone(),
            kind: record.kind,
            unit: record.unit,
            unit_name: record.unit_name.clone(),
            status: record
                .history
                .last()
                .map_or("not_yet_active", |entry| entry.status.state().code())
                .to_owned(),
            not_after: record.valid_until,
            updated_at: self.clock.now(),
            version,
            body: self.protection.seal(seal)?,
        })
    }

    /// What the process has to know about an existing seal that a form names, and whether its key was reported lost.
    pub(crate) async fn existing_seal(
        &self,
        tx: &mut dyn Tx,
        id: SealId,
        asking: CaseId,
    ) -> Result<Option<(ExistingSeal, bool)>> {
        let Some(row) = tx.seal(id).await? else {
            return Ok(None);
        };
        let seal: RegisteredSeal = self.protection.open(&row.body)?;
        Ok(Some(seal.existing(self.clock.now(), Some(asking))))
    }

    /// The seals of a linked case are in that case from now on.
    pub(crate) async fn move_open_case(
        &self,
        tx: &mut dyn Tx,
        from: &Case,
        to: &Case,
    ) -> Result<()> {
        let named = to.live_applications().filter_map(|a| a.draft.existing_seal);
        for id in named {
            let Some(row) = tx.seal(id).await? else {
                continue;
            };
            let (mut seal, version): (RegisteredSeal, i64) =
                (self.protection.open(&row.body)?, row.version);
            if seal
                .open_case
                .as_ref()
                .is_some_and(|(case, _)| *case == from.id)
            {
                seal.open_case = Some((to.id, to.number.to_string()));
                tx.seal_update(&self.seal_row(&seal, version)?).await?;
            }
        }
        Ok(())
    }

    /// Remembers at a seal whether this case about it is open. A seal that is in another case stays there.
    pub(crate) async fn mark_open_case(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        id: SealId,
        open: bool,
    ) -> Result<()> {
        // A form that is being corrected may name anything; only a seal of the unit is held.
        let Some(row) = tx.seal(id).await? else {
            return Ok(());
        };
        let (mut seal, version): (RegisteredSeal, i64) =
            (self.protection.open(&row.body)?, row.version);
        if seal.record.unit != case.unit.id {
            return Ok(());
        }
        let of_another = seal
            .open_case
            .as_ref()
            .is_some_and(|(other, _)| *other != case.id);
        let mark = open.then(|| (case.id, case.number.to_string()));
        if !of_another && seal.open_case != mark {
            seal.open_case = mark;
            tx.seal_update(&self.seal_row(&seal, version)?).await?;
        }
        Ok(())
    }

    /// The seal becomes 有效, and the one it follows is superseded.
    pub(crate) async fn activate(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        actor: &Actor,
        id: SealId,
        supersedes: Option<SealId>,
        entries: &mut Vec<Fact>,
    ) -> Result<()> {
        let (mut seal, version) = self.load_seal(tx, id).await?;
        let reason = if case.collection.is_some() {
            Reason::Collected
        } else {
            Reason::CaseCompleted
        };
        let act = SealAct::Activate {
            reason,
            case: case.id,
        };
        let quiet = case.live_applications().count() > 1;
        self.decide_and_keep(tx, &mut seal, version, actor, &act, entries, quiet)
            .await?;
        if seal.record.filing.is_none() {
            let number = self.next_filing_number(tx).await?;
            let act = SealAct::File { number };
            self.decide_and_keep(tx, &mut seal, version + 1, actor, &act, entries, true)
                .await?;
        }
        self.open_specials(tx, case, actor, &seal.record, entries)
            .await?;
        if let Some(former) = supersedes {
            self.move_specials(tx, actor, former, &seal.record, entries)
                .await?;
            let (mut seal, version) = self.load_seal(tx, former).await?;
            let act = SealAct::Supersede {
                by: id,
                case: case.id,
            };
            self.decide_and_keep(tx, &mut seal, version, actor, &act, entries, quiet)
                .await?;
        }
        Ok(())
    }

    /// Decides on an act, keeps the seal, and writes the ledger entries.
    pub(crate) async fn apply_seal_act(
        &self,
        tx: &mut dyn Tx,
        seal: &mut RegisteredSeal,
        version: i64,
        actor: &Actor,
        act: &SealAct,
        entries: &mut Vec<Fact>,
    ) -> Result<()> {
        self.decide_and_keep(tx, seal, version, actor, act, entries, false)
            .await?;
        journal::record(tx, self.clock.now(), std::mem::take(entries)).await?;
        Ok(())
    }

    /// Decides on an act, keeps the seal, its certificates and the announcement. The ledger entries are added to
    /// `entries`, to be recorded in the same transaction, in this order and before any other. A `quiet` change is one
    /// of many in a case: the case tells of it.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one change in one transaction"
    )]
    pub(crate) async fn decide_and_keep(
        &self,
        tx: &mut dyn Tx,
        seal: &mut RegisteredSeal,
        version: i64,
        actor: &Actor,
        act: &SealAct,
        entries: &mut Vec<Fact>,
        quiet: bool,
    ) -> Result<()> {
        // Stamps say when in whole seconds: a state that began within one must hold for a stamp made in it.
        let now = whole_second(self.clock.now());
        let known = seal.record.history.len();
        let events = casework::decide_seal(&seal.record, act, actor, now, &self.policy())?;
        for event in &events {
            casework::apply_seal(&mut seal.record, event);
        }
        tx.seal_update(&self.seal_row(seal, version)?).await?;
        let code = seal.record.code.to_string();
        for event in &events {
            if let Some(fact) = quiet_fact(event, actor, &code) {
                entries.push(fact);
            }
        }
        for (place, entry) in seal.record.history.iter().enumerate().skip(known) {
            let before = place
                .checked_sub(1)
                .map(|place| &seal.record.history[place]);
            let revocation = revocation(before, entry);
            for certificate in &seal.record.certificates {
                let revoked = revocation.map(|reason| (entry.effective_at, reason));
                tx.certificate_revoke(&certificate.serial, revoked).await?;
            }
            let (size, _) = tx.ledger_frontier().await?;
            tx.announcement_insert(&Announcement {
                number: 0,
                at: now,
                code: code.clone(),
                name: seal.record.public_view(now, now).name,
                unit_name: seal.record.unit_name.clone(),
                status: entry.status.state().code().to_owned(),
                effective_at: entry.effective_at,
                ledger_index: size + entries.len() as u64,
                kind: Some(seal.record.kind),
                reason: Some(entry.reason),
                basis: entry.basis.clone(),
            })
            .await?;
            let mut fact = Fact::by(
                actor,
                format!("seal.{}", entry.status.state().code()),
                code.clone(),
            )
            .with("status", entry.status.state().code())
            .with("effective_at", entry.effective_at.to_string())
            .with("reason", entry.reason.code());
            if let Some(basis) = &entry.basis {
                fact = fact.with("basis", basis.clone());
            }
            entries.push(fact);
        }
        // One list answers for all changes that are waiting for it.
        if seal.record.history.len() > known && !tx.job_waits(jobs::kind::PUBLISH_CRL).await? {
            let subject = format!("{}-{}", seal.record.id, seal.record.history.len());
            tx.job_insert(&jobs::new_job(jobs::kind::PUBLISH_CRL, subject, now))
                .await?;
        }
        if matches!(
            seal.record.history[known..].last(),
            Some(entry) if matches!(entry.status, Status::Cancelled | Status::Void)
        ) && seal.record.superseded_by.is_none()
        {
            self.end_specials(tx, &seal.record, actor, entries).await?;
        }
        self.remind_of_follow_up(tx, seal, &events).await?;
        if quiet {
            return Ok(());
        }
        self.tell_of_change(tx, seal, &events, actor, now).await
    }

    async fn next_filing_number(&self, tx: &mut dyn Tx) -> Result<FilingNumber> {
        let beijing = TimeZone::fixed(Offset::constant(8));
        let year = self.clock.now().to_zoned(beijing).year();
        let sequence = tx.next_number(&format!("filing:{year}")).await?;
        Ok(FilingNumber::new(year, sequence))
    }

    pub(crate) async fn unit_people(
        &self,
        tx: &mut dyn Tx,
        record: &SealRecord,
        actor: &Actor,
    ) -> Result<Vec<PersonId>> {
        let mut people = Vec::new();
        for role in [Role::Agent, Role::UnitApprover] {
            let records = tx.accounts_with_post(role, record.unit).await?;
            people.extend(records.into_iter().map(|account| account.id));
        }
        people.retain(|person| *person != actor.person);
        Ok(people)
    }
}

/// A fresh activation code: 12 characters that cannot be confused.
pub(crate) fn activation_code() -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    gm::random_bytes::<12>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}

pub(crate) fn medium_key(medium: Medium, label: KeyLabel) -> SealKey {
    match medium {
        Medium::Hosted => SealKey::Platform(label),
        Medium::UsbKey => SealKey::Token(label),
        Medium::SigningDevice => SealKey::Elsewhere,
    }
}

/// How a state that follows `before` stands in the CRL (X.509 reason), `None`: not revoked. A seal that was lost and
/// is given up stays known as compromised.
fn revocation(before: Option<&StatusEntry>, now: &StatusEntry) -> Option<&'static str> {
    let lost = before.is_some_and(|before| {
        before.status == Status::Suspended && before.reason == Reason::LossOfControl
    });
    match (now.status, now.reason) {
        (Status::Active, _) => None,
        (Status::Suspended, _) => Some("certificateHold"),
        (Status::Cancelled, _) if lost => Some("keyCompromise"),
        (Status::Cancelled, Reason::Superseded) => Some("superseded"),
        (Status::Cancelled, _) => Some("cessationOfOperation"),
        (Status::Void, _) => Some("privilegeWithdrawn"),
    }
}

/// What is written to the ledger of a change that is no change of the state.
fn quiet_fact(event: &SealEvent, actor: &Actor, code: &str) -> Option<Fact> {
    let fact = |kind: &str| Fact::by(actor, kind, code);
    Some(match event {
        SealEvent::StatusRecorded { .. } | SealEvent::SupersededBy { .. } => return None,
        SealEvent::LossReported { report } => fact("seal.loss_reported")
            .with("follow_up_due", report.follow_up_due.to_string())
            .with(
                "channel",
                match &report.channel {
                    ReportChannel::Platform => "platform",
                    ReportChannel::Telephone {
                        call_back: None, ..
                    } => "telephone_unverified",
                    ReportChannel::Telephone { .. } => "telephone",
                },
            ),
        SealEvent::CallConfirmed { call_back } => {
            fact("seal.call_confirmed").with("called_back_at", call_back.at.to_string())
        }
        SealEvent::ResumptionRequested { .. } => fact("seal.resumption_requested"),
        SealEvent::ResumptionDeclined { .. } => fact("seal.resumption_declined"),
        SealEvent::Filed { filing } => fact("seal.filed").with("number", filing.number.to_string()),
    })
}

/// A unit's people see their unit's seals, whatever the filter says.
fn within_reach(actor: &Actor, mut filter: SealFilter) -> Result<SealFilter> {
    match actor.post.role {
        Role::Agent | Role::UnitApprover => filter.unit = Some(actor.post.unit),
        role if role.is_center() => {}
        _ => return Err(Error::Forbidden),
    }
    Ok(filter)
}

pub(crate) fn may_see(actor: &Actor, seal: &RegisteredSeal) -> Result<()> {
    let sees = match actor.post.role {
        Role::Agent | Role::UnitApprover => actor.post.unit == seal.record.unit,
        Role::System => true,
        role => role.is_center(),
    };
    if sees {
        Ok(())
    } else {
        Err(Error::NotFound("seal"))
    }
}

fn key_elsewhere() -> Error {
    Error::refused(
        "key_elsewhere",
        "该印章的密钥在 USB KEY 或签章设备中，口令请在该介质上修改；忘记 USB KEY 口令请提交“口令解锁”业务。",
    )
}
