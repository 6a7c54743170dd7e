//! A case on a desk, with everybody around it: what the tests play with.

use casework::{
    Act, Actor, ApplicationId, BundleId, BusinessType, Case, CaseId, CaseNumber, ChecklistAnswer,
    CorrectionPoint, CreditCode, DivisionCode, Event, ExistingSeal, Facts, FileDigest, FormDraft,
    LetterDraft, LetterForm, Level, Material, MaterialId, MaterialKind, Medium, PaperTracking,
    PersonId, PersonInfo, Policy, Post, Produced, Progress, Refusal, RequestFacts, ResidentId,
    Role, SealFunction, SealId, SealKind, SealState, Stage, Unit, UnitId, acceptance_checklist,
    apply, decide,
};
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

pub(crate) const OWN_UNIT: u128 = 1;
pub(crate) const CONSOLIDATOR: u128 = 2;
pub(crate) const CENTER: u128 = 3;
pub(crate) const OTHER_UNIT: u128 = 4;

/// Everything before the Center.
pub(crate) const FILING: &[Stage] = &[Stage::Draft, Stage::UnitApproval, Stage::HandIn];

/// A case and its surroundings.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) case: Case,
    pub(crate) policy: Policy,
    pub(crate) facts: Facts,
    pub(crate) now: Timestamp,
    next: u128,
}

pub(crate) fn start() -> Timestamp {
    "2026-11-22T02:30:00Z".parse().expect("a time")
}

pub(crate) fn unit_id(number: u128) -> UnitId {
    UnitId::from_uuid(Uuid::from_u128(number))
}

/// The person of that role; `number` tells several of one role apart.
pub(crate) fn person(role: Role, number: u128) -> PersonId {
    let position = Role::ALL.iter().position(|r| *r == role).unwrap_or(99);
    PersonId::from_uuid(Uuid::from_u128(0x1000 + position as u128 * 0x10 + number))
}

pub(crate) fn actor(role: Role) -> Actor {
    nth_actor(role, 0)
}

pub(crate) fn nth_actor(role: Role, number: u128) -> Actor {
    let unit = match role {
        Role::Agent | Role::UnitApprover => OWN_UNIT,
        Role::Consolidator => CONSOLIDATOR,
        _ => CENTER,
    };
    Actor::new(
        person(role, number),
        format!("{}{number}", role.name()),
        Post {
            role,
            unit: unit_id(unit),
        },
    )
}

pub(crate) fn unit(level: Level) -> Unit {
    let (city, county) = match level {
        Level::Province => ("350000", "350000"),
        Level::City => ("350100", "350100"),
        Level::County => ("350100", "350121"),
    };
    let code = |text: &str| text.parse::<DivisionCode>().expect("a division");
    Unit {
        id: unit_id(OWN_UNIT),
        full_name: "闽侯县教育局".to_owned(),
        credit_code: CreditCode::complete("11350121003600001").expect("a code"),
        city: code(city),
        county: code(county),
        level,
        parent: None,
        competent_office: "办公室".to_owned(),
        leader_in_charge: "陈国栋".to_owned(),
        consolidator: (level != Level::Province).then(|| unit_id(CONSOLIDATOR)),
    }
}

pub(crate) fn resident(sequence: u16) -> ResidentId {
    ResidentId::complete(&format!("35012119900101{sequence:03}")).expect("a number")
}

pub(crate) fn point(message: &str) -> CorrectionPoint {
    CorrectionPoint {
        application: None,
        field: None,
        item: None,
        message: message.to_owned(),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

impl Desk {
    /// A new case in draft, with the reasons of the letter written.
    pub(crate) fn open(business: BusinessType, level: Level) -> Self {
        let case = Case::open(
            CaseId::from_uuid(Uuid::from_u128(0xCA5E)),
            CaseNumber::new(2026, 42).expect("a number"),
            business,
            unit(level),
            actor(Role::Agent),
            start(),
        )
        .expect("an agent opens a case");
        let (policy, facts) = (Policy::default(), Facts::default());
        let mut desk = Self {
            case,
            policy,
            facts,
            now: start(),
            next: 0x10_0000,
        };
        let letter = LetterDraft {
            reasons: "我局签发电子证照需要使用电子印章。".to_owned(),
            letter_number: None,
        };
        desk.by(Role::Agent, Act::SaveLetter { letter });
        desk
    }

    /// A case with one complete application, still in draft.
    pub(crate) fn with_one(
        business: BusinessType,
        kind: SealKind,
        medium: Medium,
        level: Level,
    ) -> (Self, ApplicationId) {
        let mut desk = Self::open(business, level);
        let application = desk.add(kind, medium);
        (desk, application)
    }

    /// The usual one: 印章申请, a unit seal on a USB KEY, from a county.
    pub(crate) fn usual() -> (Self, ApplicationId) {
        Self::with_one(
            BusinessType::New,
            SealKind::Unit,
            Medium::UsbKey,
            Level::County,
        )
    }

    pub(crate) fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// Tries an act, a minute later.
    pub(crate) fn attempt(&mut self, by: &Actor, act: Act) -> Result<Vec<Event>, Refusal> {
        let now = self.now.checked_add(1.minute()).expect("in range");
        let events = decide(&self.case, &act, by, now, &self.policy, &self.facts)?;
        self.now = now;
        for event in &events {
            apply(&mut self.case, event);
        }
        Ok(events)
    }

    /// Does an act that must succeed.
    #[track_caller]
    pub(crate) fn by(&mut self, role: Role, act: Act) -> Vec<Event> {
        let name = act.kind().name();
        self.attempt(&actor(role), act)
            .unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
    }

    /// Does an act that must be refused, and tells with which code.
    #[track_caller]
    pub(crate) fn refused(&mut self, role: Role, act: Act) -> &'static str {
        self.refused_to(&actor(role), act).code
    }

    /// Does an act that must be refused and must not change the case.
    #[track_caller]
    pub(crate) fn refused_to(&mut self, by: &Actor, act: Act) -> Refusal {
        let (before, name) = (self.case.clone(), act.kind().name());
        let refusal = self.attempt(by, act).expect_err(name);
        assert_eq!(self.case, before, "a refused act changes nothing");
        assert!(!refusal.message.is_empty() && refusal.code.is_ascii());
        refusal
    }

    /// The codes of the faults of a refused act.
    #[track_caller]
    pub(crate) fn faults(&mut self, role: Role, act: Act) -> Vec<&'static str> {
        self.refused_to(&actor(role), act)
            .points
            .iter()
            .map(|point| point.code)
            .collect()
    }

    /// Adds an application, complete with what is needed to submit it.
    pub(crate) fn add(&mut self, kind: SealKind, medium: Medium) -> ApplicationId {
        let id = ApplicationId::from_uuid(self.id());
        self.by(
            Role::Agent,
            Act::AddApplication {
                application: id,
                draft: FormDraft::default(),
            },
        );
        let business = self.case.business;
        let mut draft = FormDraft {
            agent_name: text("林晓梅"),
            agent_mobile: text("13959000001"),
            agent_id: Some(resident(12).to_string()),
            ..FormDraft::default()
        };
        if business == BusinessType::New {
            draft.kind = text(kind.name());
            draft.seal_name = Some(format!("闽侯县教育局印章{}", self.next));
            draft.width = text("42");
            draft.height = text("42.5");
            draft.certificate = text(kind.certificate().name());
            draft.function = text(match kind {
                SealKind::Personal => "个人名章/签名",
                SealKind::Unit | SealKind::Device => "法定名称章",
            });
            draft.imprint = Some(self.attach(MaterialKind::Imprint, Some(id)));
            if kind == SealKind::Personal {
                draft.person_name = text("陈国栋");
                draft.person_id = Some(resident(34).to_string());
            }
        } else {
            draft.existing_seal = Some(self.existing_seal(kind, medium));
        }
        if matches!(business, BusinessType::New | BusinessType::Reissue) {
            draft.medium = text(medium.name());
        }
        if business == BusinessType::Change {
            draft.changes = vec!["imprint".to_owned()];
            draft.width = text("40");
            draft.height = text("40");
            draft.imprint = Some(self.attach(MaterialKind::Imprint, Some(id)));
        }
        if kind == SealKind::Device && business.makes_a_seal() {
            let request = self.attach(MaterialKind::P10, Some(id));
            self.facts.requests.push((request, RequestFacts::default()));
            draft.request = Some(request);
        }
        self.by(
            Role::Agent,
            Act::SaveDraft {
                application: id,
                draft,
            },
        );
        id
    }

    /// A seal of the unit in the register, in a state in which the business makes sense.
    pub(crate) fn existing_seal(&mut self, kind: SealKind, medium: Medium) -> SealId {
        let id = SealId::from_uuid(self.id());
        let size = "42".parse().expect("a size");
        self.facts.seals.push(ExistingSeal {
            id,
            code: format!("350121{:08}", self.next).parse().expect("a code"),
            name: format!("闽侯县教育局印章{}", self.next),
            kind,
            function: SealFunction("legal_name".to_owned()),
            unit: unit_id(OWN_UNIT),
            unit_name: unit(Level::County).full_name,
            credit_code: unit(Level::County).credit_code,
            holder: (kind == SealKind::Personal).then(|| PersonInfo {
                name: "陈国栋".to_owned(),
                id: resident(34),
            }),
            medium,
            key_serial: (medium != Medium::Hosted).then(|| format!("KEY-{:06X}", self.next)),
            width: size,
            height: size,
            valid_until: start().checked_add((20 * 24).hours()).expect("in range"),
            state: SealState::Active,
            open_case: None,
        });
        id
    }

    /// Changes what is typed in a form.
    pub(crate) fn edit(&mut self, id: ApplicationId, change: impl FnOnce(&mut FormDraft)) {
        let mut draft = self.draft(id);
        change(&mut draft);
        self.by(
            Role::Agent,
            Act::SaveDraft {
                application: id,
                draft,
            },
        );
    }

    pub(crate) fn draft(&self, id: ApplicationId) -> FormDraft {
        self.case
            .application(id)
            .expect("an application")
            .draft
            .clone()
    }

    /// A material as the browser would upload it.
    pub(crate) fn material(
        &mut self,
        kind: MaterialKind,
        application: Option<ApplicationId>,
    ) -> Material {
        let id = self.id();
        let mut digest = [0; 32];
        digest[..16].copy_from_slice(id.as_bytes());
        Material {
            id: MaterialId::from_uuid(id),
            kind,
            application,
            digest: FileDigest::from_bytes(digest),
            sealed_as: None,
            name: format!("{}.pdf", kind.code()),
            size: 1000,
            uploaded_by: actor(Role::Agent),
            uploaded_at: self.now,
            revision: 0,
            paper: PaperTracking::None,
            letter: None,
            carried_from: None,
            removed_at: None,
        }
    }

    pub(crate) fn attach(
        &mut self,
        kind: MaterialKind,
        application: Option<ApplicationId>,
    ) -> MaterialId {
        let material = self.material(kind, application);
        let id = material.id;
        let by = match kind {
            MaterialKind::CollectionSignature => Role::SealMaker,
            _ => Role::Agent,
        };
        self.by(
            by,
            Act::AttachMaterial {
                material: Box::new(material),
                text: None,
            },
        );
        id
    }

    /// Attaches what has to be signed and stamped and is not there yet.
    pub(crate) fn attach_stamped(&mut self) {
        for required in casework::required_materials(&self.case, &self.policy) {
            if required.due == casework::Due::HandIn && required.present.is_none() {
                self.attach(required.kind, required.application);
            }
        }
    }

    pub(crate) fn answers(&self, met: bool) -> Vec<ChecklistAnswer> {
        acceptance_checklist(&self.case, &self.policy)
            .into_iter()
            .map(|item| ChecklistAnswer {
                code: item.code.to_owned(),
                application: item.application,
                met,
                remark: None,
            })
            .collect()
    }

    /// The papers that the Center still waits for.
    pub(crate) fn outstanding(&self) -> Vec<MaterialId> {
        self.case
            .papers_outstanding()
            .map(|material| material.id)
            .collect()
    }

    pub(crate) fn receive_papers(&mut self) {
        let received = self.outstanding();
        if !received.is_empty() {
            self.by(
                Role::SealMaker,
                Act::ReceivePaper {
                    received,
                    missing: Vec::new(),
                },
            );
        }
    }

    pub(crate) fn produced(&mut self, id: ApplicationId) -> Produced {
        let application = self.case.application(id).expect("an application");
        let form = application.form.clone().expect("a submitted form");
        let makes = self.case.business.makes_a_seal();
        let seal = match &form.existing {
            Some(existing) if !makes => existing.seal,
            _ => SealId::from_uuid(self.id()),
        };
        Produced {
            seal,
            code: "35012100000001".parse().expect("a code"),
            key_serial: (form.medium == Medium::UsbKey).then(|| "KEY-NEW".to_owned()),
            certificate_serials: if makes {
                vec!["01".to_owned()]
            } else {
                Vec::new()
            },
            valid_until: makes.then(|| self.now.checked_add(8760.hours()).expect("in range")),
            at: self.now,
        }
    }

    /// The usual next step of the process; `None` when the case is closed.
    pub(crate) fn next_step(&mut self) -> Option<(Role, Act)> {
        let remark = None;
        Some(match self.case.stage {
            Stage::Closed(_) => return None,
            Stage::Draft => (Role::Agent, Act::Submit),
            Stage::UnitApproval => (Role::UnitApprover, Act::ApproveInUnit { remark }),
            Stage::HandIn => {
                self.attach_stamped();
                (Role::Agent, Act::HandIn)
            }
            Stage::Consolidation => {
                let bundle = BundleId::from_uuid(self.id());
                (Role::Consolidator, Act::HandOver { bundle })
            }
            Stage::Acceptance => {
                self.receive_papers();
                (
                    Role::SealMaker,
                    Act::Accept {
                        checklist: self.answers(true),
                    },
                )
            }
            Stage::FirstReview => {
                self.receive_papers();
                (Role::SealReviewer, Act::ApproveFirst { remark })
            }
            Stage::FinalReview => {
                self.receive_papers();
                (Role::DepartmentLeader, Act::ApproveFinal { remark })
            }
            Stage::Correction => {
                self.attach_stamped();
                (Role::Agent, Act::Resubmit { remark })
            }
            Stage::Production | Stage::OnSite => self.next_in_making(),
            Stage::Collection => (Role::SealMaker, self.collect()),
        })
    }

    fn next_in_making(&mut self) -> (Role, Act) {
        let waiting = self
            .case
            .live_applications()
            .find(|application| application.progress != Progress::Produced)
            .cloned();
        let Some(application) = waiting else {
            return (
                Role::SealMaker,
                match self.case.stage {
                    Stage::OnSite => Act::FinishOnSite,
                    _ if self.case.business.needs_collection() => Act::NotifyCollection,
                    _ => Act::Close,
                },
            );
        };
        let id = application.id;
        if application.progress == Progress::InProduction {
            let produced = self.produced(id);
            return (
                Role::System,
                Act::ApplicationProduced {
                    application: id,
                    produced,
                },
            );
        }
        let form = application.form.expect("a submitted form");
        let lost = form
            .existing
            .as_ref()
            .is_some_and(|existing| existing.key_lost);
        let asked = !lost && self.policy.needs_key_on_site(form.business, form.medium);
        if asked && application.key_presented.is_none() {
            let serial = form.existing.and_then(|e| e.key_serial).expect("a key");
            return (
                Role::SealMaker,
                Act::PresentKey {
                    application: id,
                    serial,
                },
            );
        }
        (Role::SealMaker, Act::StartProduction { application: id })
    }

    /// The collection, with both papers and the signature attached.
    pub(crate) fn collect(&mut self) -> Act {
        let letter = self.attach(MaterialKind::IntroductionLetter, None);
        let id_copy = self.attach(MaterialKind::CollectorIdCopy, None);
        let signature = self.attach(MaterialKind::CollectionSignature, None);
        Act::Collect {
            collector_name: "林晓梅".to_owned(),
            collector_id: resident(12),
            letter_form: LetterForm::Slip,
            letter_name: "林晓梅".to_owned(),
            letter_id: None,
            letter,
            id_copy_name: "林晓梅".to_owned(),
            id_copy,
            signature,
        }
    }

    /// Goes on in the usual way until the case is at that stage.
    #[track_caller]
    pub(crate) fn until(&mut self, stage: Stage) {
        for _ in 0..60 {
            if self.case.stage == stage {
                return;
            }
            let (role, act) = self.next_step().expect("the case is not closed");
            self.by(role, act);
        }
        panic!("never came to {}", stage.name());
    }

    /// The stages it went through.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        self.case.stages.iter().map(|(stage, _)| *stage).collect()
    }
}

/// Sends back with one point.
pub(crate) fn correction(message: &str) -> Act {
    Act::RequestCorrection {
        points: vec![point(message)],
        checklist: Vec::new(),
    }
}

/// Sets an application aside into the case 43.
pub(crate) fn set_aside(application: ApplicationId) -> Act {
    Act::SetAside {
        application,
        linked: CaseId::from_uuid(Uuid::from_u128(0x11)),
        linked_number: CaseNumber::new(2026, 43).unwrap(),
        points: vec![point("印模不清晰，请重新采集")],
    }
}
