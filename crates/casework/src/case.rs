//! The case (办件): one business handling, from the draft to the archive, with everything that happened.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::business::{BusinessType, SealKind};
use crate::checklist::ChecklistAnswer;
use crate::form::{ApplicationForm, FormDraft};
use crate::ids::{ApplicationId, BundleId, CaseId, MaterialId, PersonId, SealId};
use crate::letter::LetterDraft;
use crate::material::Material;
use crate::number::{CaseNumber, SealCode};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::resident_id::ResidentId;
use crate::role::{Actor, Role};
use crate::stage::Stage;
use crate::unit::{Route, Unit};

/// A case. Changed only by [`crate::apply`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its number for people.
    pub number: CaseNumber,
    /// Grows by one with every event; for optimistic locking.
    pub version: u64,
    /// Its business; all its forms have the same.
    pub business: BusinessType,
    /// The applying unit, as it was when the case was opened.
    pub unit: Unit,
    /// The way of its papers.
    pub route: Route,
    /// Where it stands.
    pub stage: Stage,
    /// Since when.
    pub stage_since: Timestamp,
    /// The stages it was at, in order, with the moment of entry.
    pub stages: Vec<(Stage, Timestamp)>,
    /// Who opened it.
    pub opened_by: Actor,
    /// When.
    pub opened_at: Timestamp,
    /// The agent who took it over, since who opened it left the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_on_to: Option<Actor>,
    /// Everybody who wrote in its forms or submitted it: they decide nothing in it (R1.3).
    pub filed_by: Vec<PersonId>,
    /// 0 while nothing was submitted, then the number of the newest revision.
    pub revision: u32,
    /// Every submitted revision; none is ever altered (R2.12 涂改).
    pub revisions: Vec<Revision>,
    /// Its applications, also those set aside.
    pub applications: Vec<Application>,
    /// Its materials, also those taken out again.
    pub materials: Vec<Material>,
    /// What the unit writes itself in the red-header letter.
    pub letter: LetterDraft,
    /// Every decision.
    pub decisions: Vec<Decision>,
    /// Who sent it back and where it goes on, while it is being corrected or approved again.
    pub correction: Option<Correction>,
    /// The consolidator's hand-over.
    pub hand_over: Option<HandOver>,
    /// When the holder comes to the desk, if they said so.
    pub appointment: Option<Timestamp>,
    /// Since when the seals can be collected.
    pub collection_notified_at: Option<Timestamp>,
    /// Who collected.
    pub collection: Option<Collection>,
    /// Cases that came from this one or from which it came.
    pub links: Vec<Link>,
    /// What is waited for, and until when. A reminder: nothing happens by itself.
    pub deadline: Option<Deadline>,
    /// Why it ended, for a refusal or a withdrawal.
    pub closing_reason: Option<String>,
    /// Everything that happened, names as they were then.
    pub timeline: Vec<TimelineEntry>,
}

/// One application (申请项) of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// As it is being filled in.
    pub draft: FormDraft,
    /// As it was last submitted.
    pub form: Option<ApplicationForm>,
    /// The revision with which the form last changed: an older scan does not show it.
    pub form_revision: u32,
    /// How far it is.
    pub progress: Progress,
    /// The key shown at the desk.
    pub key_presented: Option<KeyPresented>,
    /// Who makes it, since when.
    pub production: Option<ProductionStarted>,
    /// What came of it.
    pub produced: Option<Produced>,
}

/// How far an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// With the case.
    WithCase,
    /// Moved to a linked case; no longer part of this one.
    SetAside,
    /// Being made.
    InProduction,
    /// Made (or revoked, or unlocked).
    Produced,
}

/// The key brought to the desk (R4.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPresented {
    /// Its serial number.
    pub serial: String,
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub by: Actor,
}

/// The start of production.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionStarted {
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What production brought about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Produced {
    /// The seal made, or for revocation and unlock the one that was treated.
    pub seal: SealId,
    /// Its code.
    pub code: SealCode,
    /// Serial number of the USB KEY or device it was put on.
    pub key_serial: Option<String>,
    /// Serial numbers of its certificates.
    pub certificate_serials: Vec<String>,
    /// End of its validity (that of its certificate, R4.5).
    pub valid_until: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

/// A submitted revision: the forms and materials as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// From 1.
    pub number: u32,
    /// When it was submitted.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Its forms.
    pub forms: Vec<(ApplicationId, ApplicationForm)>,
    /// Its materials.
    pub materials: Vec<MaterialId>,
    /// The unit's own words in the letter.
    pub letter: LetterDraft,
    /// The agent's remark on a resubmission.
    pub remark: Option<String>,
    /// Whether forms or materials changed from the revision before.
    pub changed: bool,
}

/// A decision in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// At which stage.
    pub stage: Stage,
    /// Which way.
    pub verdict: Verdict,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// About which revision.
    pub revision: u32,
    /// The reason or remark.
    pub reason: Option<String>,
    /// The points of a correction notice.
    pub points: Vec<CorrectionPoint>,
    /// The answers to the acceptance checklist.
    pub checklist: Vec<ChecklistAnswer>,
}

/// Which way a decision went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 同意/通过.
    Approved,
    /// 退回补正.
    SentBack,
    /// 不予办理.
    Refused,
    /// One application set aside for correction.
    SetAside,
}

/// One point of a correction notice (整改通知), in words the agent understands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionPoint {
    /// The application it concerns; `None`: the case.
    pub application: Option<ApplicationId>,
    /// The field (`Field::code`) or material (`MaterialKind::code`) it concerns.
    pub field: Option<String>,
    /// The checklist item it comes from.
    pub item: Option<String>,
    /// What is to be corrected.
    pub message: String,
}

/// A case sent back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The stage that sent it back.
    pub from: Stage,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What is to be corrected.
    pub points: Vec<CorrectionPoint>,
    /// Where it goes on after the resubmission (and, if it changed, after the unit's approval).
    pub returns_to: Stage,
}

/// The hand-over of several cases with their papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Cases handed over together have the same.
    pub bundle: BundleId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

/// 介绍函 or 介绍信, one of them (Guide 第三章 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterForm {
    /// 介绍函.
    Official,
    /// 介绍信.
    Slip,
}

/// The collection (Guide 第三章): the person named in the letter, on the ID copy and signing are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// 领取人.
    pub collector_name: String,
    /// Their 身份证号.
    pub collector_id: ResidentId,
    /// Which letter.
    pub letter_form: LetterForm,
    /// The letter.
    pub letter: MaterialId,
    /// The stamped copy of the ID card.
    pub id_copy: MaterialId,
    /// The collector's signature; `None` in records from before signatures were kept.
    #[serde(default)]
    pub signature: Option<MaterialId>,
    /// When.
    pub at: Timestamp,
    /// Who handed out.
    pub by: Actor,
}

/// A linked case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Which way.
    pub direction: LinkDirection,
    /// The other case.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The application that moved.
    pub application: ApplicationId,
}

/// Which way an application moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkDirection {
    /// From this case to the other.
    SetAsideTo,
    /// From the other to this.
    SetAsideFrom,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What for.
    pub kind: DeadlineKind,
    /// Until when.
    pub at: Timestamp,
}

/// Kinds of deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// The correction.
    Correction,
    /// Coming to the desk with the key.
    OnSite,
    /// The collection.
    Collection,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// Who, with the name of then.
    pub by: Actor,
    /// Stable code of what happened.
    pub code: String,
    /// What happened, for people.
    pub text: String,
    /// The stage after it.
    pub stage: Stage,
    /// The revision after it.
    pub revision: u32,
}

impl Case {
    /// The agent in charge: who opened it, or who took it over.
    #[must_use]
    pub fn agent(&self) -> &Actor {
        self.handed_on_to.as_ref().unwrap_or(&self.opened_by)
    }

    /// Hands an open case on to another agent of the unit, because the former one left the post. `by` is who released
    /// that; nothing in the case is decided by it.
    ///
    /// # Errors
    /// `case_closed`, `wrong_unit`.
    pub fn hand_on(&self, to: Actor, by: Actor, at: Timestamp) -> Result<crate::Event, Refusal> {
        if matches!(self.stage, Stage::Closed(_)) {
            return Err(Refusal::new(
                "case_closed",
                format!("办件 {} 已结束，无需移交", self.number),
            ));
        }
        if to.post.unit != self.unit.id {
            return Err(Refusal::new(
                "wrong_unit",
                format!("办件 {} 只能移交给本单位的经办人", self.number),
            ));
        }
        Ok(crate::Event {
            at,
            by,
            what: crate::What::HandedOn { to },
        })
    }

    /// Opens a case in draft, with no application yet.
    ///
    /// # Errors
    /// `opened_by_wrong_role` unless an agent of the unit opens it; the unit's own faults (`consolidator_missing`…).
    pub fn open(
        id: CaseId,
        number: CaseNumber,
        business: BusinessType,
        unit: Unit,
        by: Actor,
        at: Timestamp,
    ) -> Result<Self, Refusal> {
        // The platform prepares drafts (印章延期) in the name of the unit's agent.
        let fills_in = matches!(by.post.role, Role::Agent | Role::System);
        if !fills_in || by.post.unit != unit.id {
            return Err(Refusal::new(
                "opened_by_wrong_role",
                format!("只有{}的经办人可以为本单位填写申请", unit.full_name),
            ));
        }
        let route = unit.route()?;
        let opened = TimelineEntry {
            at,
            by: by.clone(),
            code: "opened".to_owned(),
            text: format!("新建{}办件", business.name()),
            stage: Stage::Draft,
            revision: 0,
        };
        Ok(Self {
            id,
            number,
            version: 0,
            business,
            unit,
            route,
            stage: Stage::Draft,
            stage_since: at,
            stages: vec![(Stage::Draft, at)],
            filed_by: match by.post.role {
                Role::System => Vec::new(),
                _ => by.people().collect(),
            },
            opened_by: by,
            handed_on_to: None,
            opened_at: at,
            revision: 0,
            revisions: Vec::new(),
            applications: Vec::new(),
            materials: Vec::new(),
            letter: LetterDraft::default(),
            decisions: Vec::new(),
            correction: None,
            hand_over: None,
            appointment: None,
            collection_notified_at: None,
            collection: None,
            links: Vec::new(),
            deadline: None,
            closing_reason: None,
            timeline: vec![opened],
        })
    }

    /// Puts the forms into a case that was just opened about seals of the register.
    ///
    /// # Errors
    /// `too_many_applications`.
    pub fn begin_with(
        &mut self,
        forms: impl IntoIterator<Item = (ApplicationId, FormDraft)>,
        policy: &Policy,
    ) -> Result<(), Refusal> {
        let forms = forms
            .into_iter()
            .map(|(id, form)| Application::new(id, form));
        self.applications.extend(forms);
        let most = policy.max_applications;
        if self.applications.len() > most {
            return Err(Refusal::new(
                "too_many_applications",
                format!("一个办件最多 {most} 份申请表，请分成几个办件"),
            ));
        }
        Ok(())
    }

    /// Its applications without those set aside.
    pub fn live_applications(&self) -> impl Iterator<Item = &Application> {
        self.applications
            .iter()
            .filter(|a| a.progress != Progress::SetAside)
    }

    /// The application, set aside or not.
    #[must_use]
    pub fn application(&self, id: ApplicationId) -> Option<&Application> {
        self.applications.iter().find(|a| a.id == id)
    }

    /// Its materials without those taken out.
    pub fn live_materials(&self) -> impl Iterator<Item = &Material> {
        self.materials.iter().filter(|m| m.is_live())
    }

    /// The material, also one taken out.
    #[must_use]
    pub fn material(&self, id: MaterialId) -> Option<&Material> {
        self.materials.iter().find(|m| m.id == id)
    }

    /// The papers whose originals are expected or missing.
    pub fn papers_outstanding(&self) -> impl Iterator<Item = &Material> {
        use crate::material::PaperTracking::{AtConsolidator, Expected, Forwarded, Missing};

        self.live_materials().filter(|m| {
            matches!(
                m.paper,
                Expected | Missing { .. } | AtConsolidator { .. } | Forwarded { .. }
            )
        })
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed(_))
    }

    /// The special situations named in its forms, for the reviewers (R2.9).
    #[must_use]
    pub fn special_situations(&self) -> Vec<(ApplicationId, crate::business::SpecialSituation)> {
        self.live_applications()
            .filter_map(|a| a.form.as_ref().map(|form| (a.id, form)))
            .flat_map(|(id, form)| form.special.iter().map(move |special| (id, *special)))
            .collect()
    }

    /// The points of the newest correction notice.
    #[must_use]
    pub fn correction_points(&self) -> &[CorrectionPoint] {
        self.correction
            .as_ref()
            .map_or(&[], |correction| &correction.points)
    }
}

impl Application {
    /// A new one, from what is known so far.
    #[must_use]
    pub fn new(id: ApplicationId, draft: FormDraft) -> Self {
        Self {
            id,
            draft,
            form: None,
            form_revision: 0,
            progress: Progress::WithCase,
            key_presented: None,
            production: None,
            produced: None,
        }
    }

    /// Its kind of seal, as far as it is known.
    #[must_use]
    pub fn kind(&self) -> Option<SealKind> {
        self.form
            .as_ref()
            .map(|form| form.kind)
            .or_else(|| self.draft.kind.as_deref().and_then(SealKind::find))
    }

    /// The name of its seal, as far as it is known.
    #[must_use]
    pub fn seal_name(&self) -> &str {
        match &self.form {
            Some(form) => &form.seal.name,
            None => self.draft.seal_name.as_deref().unwrap_or("（未命名印章）"),
        }
    }
}

impl Verdict {
    /// The words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approved => "通过",
            Self::SentBack => "退回补正",
            Self::Refused => "不予办理",
            Self::SetAside => "单列补正",
        }
    }
}
