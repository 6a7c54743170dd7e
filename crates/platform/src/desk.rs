//! The desks: hand-over of a bundle, collection with activation codes, and what is kept beside the cases.

mod appointment;
mod bundle;
mod key_stock;
mod paper;
mod tally;

use casework::{
    Act, Actor, BundleId, BusinessType, Case, CaseId, ChecklistAnswer, Event, Facts, Outcome,
    SealId, Stage, What,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use crate::{
    Platform,
    case::{CaseTab, CaseView, visible},
    error::{Error, Result},
    journal::Fact,
    ports::store::{PageRequest, Tx},
    register::activation_code,
};

pub use appointment::Slot;
pub use bundle::Bundle;
pub use key_stock::{KeyCounts, NewKeys};
pub use tally::{Statistics, Wanted as WantedStatistics};

/// Codes that are set at once.
const CODES_AT_ONCE: usize = 4;

/// A seal handed out, with the code that its holder activates it with. Shown once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// The seal.
    pub seal: SealId,
    /// 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// 激活码; `None` where the key is in a device with its own PIN.
    pub activation_code: Option<String>,
}

impl Platform {
    /// Hands several cases over to the Center together (汇总递交): all of them, or none.
    ///
    /// # Errors
    /// Refusals of the process, with the number of the case they concern.
    pub async fn hand_over(&self, actor: &Actor, cases: &[CaseId]) -> Result<BundleId> {
        if cases.is_empty() {
            return Err(Error::refused(
                "bundle_empty",
                "请至少选择一个办件再汇总递交。",
            ));
        }
        let bundle = BundleId::from_uuid(Uuid::now_v7());
        let mut tx = self.store.begin().await?;
        for id in cases {
            let (mut case, version) = self.load(tx.as_mut(), *id).await?;
            visible(actor, &case)?;
            let number = case.number;
            let act = Act::HandOver { bundle };
            self.advance(tx.as_mut(), &mut case, version, actor, &act)
                .await
                .map_err(|error| match error {
                    Error::Refused(mut refusal) => {
                        refusal.message = format!("办件 {number}：{}", refusal.message);
                        Error::Refused(refusal)
                    }
                    other => other,
                })?;
        }
        tx.commit().await?;
        self.wake.notify_one();
        Ok(bundle)
    }

    /// Approves at 初审 or 终审 what was checked point by point beside the materials.
    ///
    /// # Errors
    /// `checklist_incomplete`, `checklist_unmet`; the refusals of the process.
    pub async fn approve_checked(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
        answers: &[ChecklistAnswer],
        remark: Option<String>,
    ) -> Result<CaseView> {
        let view = self.case(actor, id).await?;
        casework::checklist::all_met(&view.checklist, answers)?;
        let checked = format!("逐项核对 {} 项，全部符合。", view.checklist.len());
        let remark = Some(match remark {
            Some(remark) => format!("{remark}（{checked}）"),
            None => checked,
        });
        let act = if view.case.stage == Stage::FinalReview {
            Act::ApproveFinal { remark }
        } else {
            Act::ApproveFirst { remark }
        };
        self.act(actor, id, expected.or(Some(view.case.version)), act)
            .await
    }

    /// The case that waits longest among those at a stage that it is this person's turn to handle; so that the next
    /// one lies on the desk when one is done.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts that handle no cases.
    pub async fn next_case(
        &self,
        actor: &Actor,
        stage: Stage,
        done: CaseId,
    ) -> Result<Option<CaseId>> {
        let page = PageRequest {
            after: None,
            limit: 50,
        };
        let mine = self.cases(actor, CaseTab::Mine, None, None, &page).await?;
        Ok(mine
            .rows
            .into_iter()
            .filter(|row| row.id != done && row.stage == stage.code())
            .min_by_key(|row| row.turn_since)
            .map(|row| row.id))
    }

    /// Records the collection (领取) and answers the activation codes of the seals that the platform keeps. Codes are
    /// set before the collection commits: cut short, the collection is done again and makes new ones.
    ///
    /// # Errors
    /// Refusals of the process for `Act::Collect`.
    pub async fn collect(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
        act: Act,
    ) -> Result<(CaseView, Vec<HandedOut>)> {
        if !matches!(act, Act::Collect { .. }) {
            return Err(Error::internal("collection", "not a collection"));
        }
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        let now = self.clock.now();
        casework::decide(&case, &act, actor, now, &self.policy(), &Facts::default())?;
        let handed_out = self.new_codes(tx.as_mut(), &case).await?;
        drop(tx);
        let view = self.act(actor, id, expected, act).await?;
        Ok((view, handed_out))
    }

    /// Finishes a case at the desk (现场办结) and, for 口令解锁, answers the new codes of the USB KEYs that were unlocked:
    /// their holders set their own PIN with them. Cut short, it is done again and makes new ones.
    ///
    /// # Errors
    /// Refusals of the process for `Act::FinishOnSite`.
    pub async fn finish_on_site(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
    ) -> Result<(CaseView, Vec<HandedOut>)> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        let (act, now) = (Act::FinishOnSite, self.clock.now());
        casework::decide(&case, &act, actor, now, &self.policy(), &Facts::default())?;
        let handed_out = if case.business == BusinessType::Unlock {
            self.new_codes(tx.as_mut(), &case).await?
        } else {
            Vec::new()
        };
        drop(tx);
        let view = self.act(actor, id, expected, act).await?;
        Ok((view, handed_out))
    }

    /// A fresh code for every seal of the case whose PIN is set from here.
    async fn new_codes(&self, tx: &mut dyn Tx, case: &Case) -> Result<Vec<HandedOut>> {
        let mut handed_out = Vec::new();
        let mut keys = Vec::new();
        for produced in case.live_applications().filter_map(|a| a.produced.as_ref()) {
            let (seal, _) = self.load_seal(tx, produced.seal).await?;
            let activation_code = seal.key.label().map(|label| {
                let code = activation_code();
                keys.push((label.clone(), code.clone()));
                code
            });
            handed_out.push(HandedOut {
                seal: produced.seal,
                code: seal.record.code.to_string(),
                name: seal.record.name,
                activation_code,
            });
        }
        // Each costs some milliseconds of hard work by intention: several at once, as many as the keys take.
        stream::iter(keys)
            .map(|(label, code)| async move { self.keys.reset_pin(&label, &code).await })
            .buffer_unordered(CODES_AT_ONCE)
            .try_collect::<()>()
            .await?;
        Ok(handed_out)
    }

    /// What the desks know and a decision has to be told.
    pub(crate) async fn desk_facts(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        act: &Act,
        facts: &mut Facts,
    ) -> Result<()> {
        if let Act::BookAppointment { at } = act {
            facts.slot_taken = tx.appointments_at(*at, case.id).await?;
        }
        Ok(())
    }

    /// What an event means for bundles, appointments, keys and statistics. `before` is the case before it.
    pub(crate) async fn desk_follows(
        &self,
        tx: &mut dyn Tx,
        before: &Case,
        event: &Event,
        entries: &mut Vec<Fact>,
    ) -> Result<()> {
        let case = before;
        match &event.what {
            What::HandedOver { hand_over } => {
                self.add_to_bundle(tx, &event.by, hand_over.bundle, case.id)
                    .await?;
            }
            What::AppointmentBooked { appointment } => {
                tx.appointment_put(case.id, *appointment).await?;
            }
            What::AppointmentCancelled => tx.appointment_remove(case.id).await?,
            What::KeyPresented {
                application,
                serial,
            } => {
                if let Some(application) = case
                    .application(*application)
                    .filter(|application| casework::gets_a_key(case, application))
                {
                    self.key_is_taken(tx, case, application, serial, &event.by, entries)
                        .await?;
                }
            }
            What::Produced {
                application,
                produced,
            } => {
                if let Some(application) = case.application(*application) {
                    self.keys_follow(tx, case, application, produced, &event.by, entries)
                        .await?;
                }
            }
            What::Moved {
                to: Stage::Closed(Outcome::Withdrawn),
                ..
            } => {
                tx.appointment_remove(case.id).await?;
                for application in case.live_applications() {
                    self.put_back(tx, application, &event.by, entries).await?;
                }
            }
            _ => {}
        }
        self.count(tx, case, event).await
    }
}
