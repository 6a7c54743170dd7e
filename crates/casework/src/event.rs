//! What happened to a case. Events are only ever made by [`crate::decide`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::{
    Application, Collection, Correction, Deadline, Decision, HandOver, Link, Produced, Revision,
};
use crate::form::FormDraft;
use crate::ids::{ApplicationId, MaterialId};
use crate::letter::LetterDraft;
use crate::material::Material;
use crate::role::Actor;
use crate::stage::Stage;

/// One event: when, who, what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who, with the name of then.
    pub by: Actor,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum What {
    /// The letter's own words were saved.
    LetterSaved {
        /// The words.
        letter: LetterDraft,
    },
    /// A form was added.
    ApplicationAdded {
        /// Its id.
        application: ApplicationId,
        /// What is known so far.
        draft: FormDraft,
    },
    /// The forms of a summary sheet were added.
    ApplicationsAdded {
        /// Their ids, and what the sheet says.
        applications: Vec<(ApplicationId, FormDraft)>,
    },
    /// A form was filled in further.
    DraftSaved {
        /// Which one.
        application: ApplicationId,
        /// Everything typed so far.
        draft: FormDraft,
    },
    /// A form was taken out.
    ApplicationRemoved {
        /// Which one.
        application: ApplicationId,
    },
    /// A material was attached.
    MaterialAttached {
        /// It.
        material: Box<Material>,
    },
    /// A material was taken out; it stays in the record.
    MaterialRemoved {
        /// Which one.
        material: MaterialId,
    },
    /// A revision was submitted, for the first time or again.
    Submitted {
        /// It.
        revision: Box<Revision>,
    },
    /// Somebody decided.
    Decided {
        /// The decision.
        decision: Box<Decision>,
    },
    /// The case was sent back.
    SentBack {
        /// By whom, why, and where it goes on.
        correction: Box<Correction>,
    },
    /// The agent handed in.
    HandedIn,
    /// The consolidator handed over.
    HandedOver {
        /// With which bundle.
        hand_over: HandOver,
    },
    /// Paper originals were looked through.
    PaperRecorded {
        /// Here.
        received: Vec<MaterialId>,
        /// Not here.
        missing: Vec<MaterialId>,
    },
    /// An application moved to a linked case. [`crate::linked_case`] makes that case from this event.
    SetAside {
        /// The new case.
        link: Link,
        /// The notice that the new case begins with.
        correction: Box<Correction>,
    },
    /// This case was opened for an application set aside from another.
    OpenedFrom {
        /// The other case.
        link: Link,
    },
    /// The holder said when they come.
    AppointmentBooked {
        /// When.
        appointment: Timestamp,
    },
    /// The appointment was given up.
    AppointmentCancelled,
    /// The key was shown.
    KeyPresented {
        /// For which application.
        application: ApplicationId,
        /// Its serial number.
        serial: String,
    },
    /// Production began. The platform makes the seal now.
    ProductionStarted {
        /// Which one.
        application: ApplicationId,
    },
    /// Production is done.
    Produced {
        /// Which one.
        application: ApplicationId,
        /// What came of it.
        produced: Produced,
    },
    /// The applicant was told to come and collect.
    CollectionNotified,
    /// The medium was handed out.
    Collected {
        /// To whom.
        collection: Box<Collection>,
    },
    /// Another agent of the unit took the case over.
    HandedOn {
        /// Who.
        to: Actor,
    },
    /// The applicant withdrew.
    Withdrawn {
        /// Why.
        reason: Option<String>,
    },
    /// The case moved.
    Moved {
        /// To this stage.
        to: Stage,
        /// What is waited for there.
        deadline: Option<Deadline>,
    },
}

impl What {
    /// Stable code, as in JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::LetterSaved { .. } => "letter_saved",
            Self::ApplicationAdded { .. } => "application_added",
            Self::ApplicationsAdded { .. } => "applications_added",
            Self::DraftSaved { .. } => "draft_saved",
            Self::ApplicationRemoved { .. } => "application_removed",
            Self::MaterialAttached { .. } => "material_attached",
            Self::MaterialRemoved { .. } => "material_removed",
            Self::Submitted { .. } => "submitted",
            Self::Decided { .. } => "decided",
            Self::SentBack { .. } => "sent_back",
            Self::HandedIn => "handed_in",
            Self::HandedOver { .. } => "handed_over",
            Self::PaperRecorded { .. } => "paper_recorded",
            Self::SetAside { .. } => "set_aside",
            Self::OpenedFrom { .. } => "opened_from",
            Self::AppointmentBooked { .. } => "appointment_booked",
            Self::AppointmentCancelled => "appointment_cancelled",
            Self::KeyPresented { .. } => "key_presented",
            Self::ProductionStarted { .. } => "production_started",
            Self::Produced { .. } => "produced",
            Self::CollectionNotified => "collection_notified",
            Self::Collected { .. } => "collected",
            Self::HandedOn { .. } => "handed_on",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Moved { .. } => "moved",
        }
    }
}

/// What an event asks of the seal register and the key desk; the platform carries it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// Make certificate(s) and seal for the application and put them on the medium; then report
    /// `Act::ApplicationProduced`.
    Make {
        /// Which application.
        application: ApplicationId,
        /// The seal it follows, for renewal, change and reissue.
        supersedes: Option<crate::ids::SealId>,
    },
    /// Revoke the certificates and cancel the seal; then report `Act::ApplicationProduced`.
    Cancel {
        /// Which application.
        application: ApplicationId,
        /// Which seal.
        seal: crate::ids::SealId,
    },
    /// Reset the key's PIN; then report `Act::ApplicationProduced`.
    ResetPin {
        /// Which application.
        application: ApplicationId,
        /// Which seal.
        seal: crate::ids::SealId,
    },
    /// The seal becomes 有效, its predecessor 注销.
    Activate {
        /// Which application.
        application: ApplicationId,
        /// The new seal.
        seal: crate::ids::SealId,
        /// The one it follows.
        supersedes: Option<crate::ids::SealId>,
    },
}

impl Application {
    pub(crate) fn existing_seal(&self) -> Option<crate::ids::SealId> {
        self.form
            .as_ref()
            .and_then(|form| form.existing.as_ref())
            .map(|existing| existing.seal)
    }
}
