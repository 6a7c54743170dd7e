//! Moving a case on: decide, apply, and write all that follows, inside one transaction.

use std::collections::BTreeSet;
use std::slice;

use casework::{
    Act, ActKind, Actor, Application, ApplicationId, Case, CaseId, Effect, Facts, SealId, What,
};

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::Tx,
};

impl Platform {
    /// Does one act.
    pub(crate) async fn advance(
        &self,
        tx: &mut dyn Tx,
        case: &mut Case,
        version: i64,
        actor: &Actor,
        act: &Act,
    ) -> Result<()> {
        self.advance_all(tx, case, version, actor, slice::from_ref(act))
            .await
    }

    /// Does several acts in their order and writes the case once: all of them, or none.
    pub(crate) async fn advance_all(
        &self,
        tx: &mut dyn Tx,
        case: &mut Case,
        version: i64,
        actor: &Actor,
        acts: &[Act],
    ) -> Result<()> {
        let now = self.clock.now();
        let policy = self.policy();
        let acts = &self.with_keys(tx, case, acts).await?;
        let mut facts = self.facts_for_acts(tx, case, acts).await?;
        let turn_before = casework::turn(case);
        let mut happened = Vec::new();
        let held_before = held_seals(case);
        let mut entries = Vec::new();
        let mut to_make = Vec::new();
        for act in acts {
            self.desk_facts(tx, case, act, &mut facts).await?;
            let events = casework::decide(case, act, actor, now, &policy, &facts)?;
            for event in &events {
                self.desk_follows(tx, case, event, &mut entries).await?;
                casework::apply(case, event);
                entries.extend(entry(case, event)?);
                if let Some(linked) = casework::linked_case(case, event) {
                    tx.case_insert(&self.record_of(&linked, 1)?).await?;
                    self.notify_case(tx, &linked, actor, &[], None).await?;
                    self.keep_deadline(tx, &linked).await?;
                    self.move_open_case(tx, case, &linked).await?;
                    self.note_papers(tx, &linked, now).await?;
                }
                for effect in casework::effects(case, event) {
                    match effect {
                        Effect::Make { application, .. }
                        | Effect::Cancel { application, .. }
                        | Effect::ResetPin { application, .. } => to_make.push(application),
                        Effect::Activate {
                            seal, supersedes, ..
                        } => {
                            self.activate(tx, case, actor, seal, supersedes, &mut entries)
                                .await?;
                        }
                    }
                }
            }
            happened.extend(events);
        }
        self.order_production(tx, case, &to_make).await?;
        self.notify_case(tx, case, actor, &happened, turn_before.as_ref())
            .await?;
        self.keep_deadline(tx, case).await?;
        tx.case_update(&self.record_of(case, version)?).await?;
        self.note_papers(tx, case, now).await?;
        self.mark_seals(tx, case, &held_before).await?;
        if !entries.is_empty() {
            journal::record(tx, now, entries).await?;
        }
        Ok(())
    }

    /// Hands an open case on to another agent, because the former one leaves.
    pub(crate) async fn hand_case_on(
        &self,
        tx: &mut dyn Tx,
        id: CaseId,
        to: &Actor,
        by: &Actor,
    ) -> Result<()> {
        let now = self.clock.now();
        let (mut case, version) = self.load(tx, id).await?;
        let event = case.hand_on(to.clone(), by.clone(), now)?;
        casework::apply(&mut case, &event);
        tx.case_update(&self.record_of(&case, version)?).await?;
        let fact = Fact::by(by, "case.handed_on", case.number.to_string())
            .with("person", to.person.to_string());
        journal::record(tx, now, vec![fact]).await?;
        let text = format!("办件 {} 由您接手，请继续办理。", case.number);
        self.notify(tx, &[to.person], &text, &format!("/desk/cases/{id}"))
            .await
    }

    /// Reads a case and the version it is kept at.
    pub(crate) async fn load(&self, tx: &mut dyn Tx, id: CaseId) -> Result<(Case, i64)> {
        let record = tx.case(id).await?.ok_or(Error::NotFound("case"))?;
        Ok((self.protection.open(&record.body)?, record.version))
    }

    /// What the process has to be told about the seals and requests of these applications.
    pub(crate) async fn facts_about<'a>(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        applications: impl Iterator<Item = &'a Application> + Send,
    ) -> Result<Facts> {
        let mut facts = Facts::default();
        for application in applications {
            if let Some(seal) = application.draft.existing_seal
                && let Some((existing, lost)) = self.existing_seal(tx, seal, case.id).await?
            {
                facts.seals.push(existing);
                facts.lost.extend(lost.then_some(seal));
            }
            if let Some(request) = application.draft.request
                && let Some(material) = case.material(request)
            {
                let own = application.draft.existing_seal;
                let report = self.examine_request(tx, case, material, own).await?;
                facts.requests.push((request, report.facts()));
            }
        }
        Ok(facts)
    }

    /// Only a submission looks at all forms, and a start of production at its own: the other acts need no facts.
    async fn facts_for_acts(&self, tx: &mut dyn Tx, case: &Case, acts: &[Act]) -> Result<Facts> {
        if acts
            .iter()
            .any(|act| matches!(act.kind(), ActKind::Submit | ActKind::Resubmit))
        {
            return self.facts_about(tx, case, case.live_applications()).await;
        }
        let started: BTreeSet<ApplicationId> = acts
            .iter()
            .filter_map(|act| match act {
                Act::StartProduction { application } => Some(*application),
                _ => None,
            })
            .collect();
        if started.is_empty() {
            return Ok(Facts::default());
        }
        let applications = case
            .live_applications()
            .filter(|application| started.contains(&application.id));
        self.facts_about(tx, case, applications).await
    }

    /// Remembers at the seals whether the case that names them is open: only what changed is written.
    async fn mark_seals(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        held_before: &BTreeSet<SealId>,
    ) -> Result<()> {
        let held = held_seals(case);
        for seal in held_before.difference(&held) {
            self.mark_open_case(tx, case, *seal, false).await?;
        }
        for seal in held.difference(held_before) {
            self.mark_open_case(tx, case, *seal, true).await?;
        }
        Ok(())
    }
}

/// The seals that no other case may be opened about while this one is open. A draft holds none.
fn held_seals(case: &Case) -> BTreeSet<SealId> {
    if case.is_closed() || case.revision == 0 {
        return BTreeSet::new();
    }
    case.live_applications()
        .filter_map(|application| application.draft.existing_seal)
        .collect()
}

/// The ledger entry of an event; none for what is saved while typing.
fn entry(case: &Case, event: &casework::Event) -> Result<Option<Fact>> {
    if matches!(
        event.what,
        What::DraftSaved { .. } | What::LetterSaved { .. }
    ) {
        return Ok(None);
    }
    let fact = Fact::by(
        &event.by,
        format!("case.{}", event.what.code()),
        case.number.to_string(),
    )
    .with("stage", case.stage.code())
    .with("revision", case.revision.to_string());
    Ok(Some(match evidence(event)? {
        Some((name, digest)) => fact.with(name, digest),
        None => fact,
    }))
}

/// What an event stands on, for the ledger: the digest of a material, of a revision or of a decision. The ledger
/// can then prove what was filed and decided without holding it.
fn evidence(event: &casework::Event) -> Result<Option<(&'static str, String)>> {
    let digest = |name, value: Result<Vec<u8>, serde_json::Error>| {
        let bytes = value.map_err(|e| Error::internal("ledger", e))?;
        Ok(Some((name, hex::encode(gm::sm3(&bytes)))))
    };
    match &event.what {
        What::MaterialAttached { material } => Ok(Some(("file", material.digest.to_string()))),
        What::Submitted { revision } => digest("revision_digest", serde_json::to_vec(revision)),
        What::Decided { decision } => digest("decision_digest", serde_json::to_vec(decision)),
        _ => Ok(None),
    }
}
