#![doc = include_str!("../README.md")]

pub mod act;
pub mod administration;
mod apply;
pub mod appointment;
pub mod bulletin;
pub mod business;
pub mod case;
pub mod checklist;
pub mod correction_reason;
pub mod credit_code;
pub mod deputy;
pub mod division;
pub mod email;
pub mod event;
pub mod form;
mod form_check;
mod form_prefill;
mod form_usage;
pub mod ids;
pub mod key_stock;
pub mod letter;
pub mod material;
pub mod mobile;
pub mod number;
pub mod offer;
pub mod password;
pub mod policy;
pub mod policy_setting;
pub mod process;
pub mod refusal;
pub mod resident_id;
pub mod revision_diff;
pub mod role;
mod rules;
mod scan_rules;
pub mod seal_register;
mod seal_rules;
pub mod size;
pub mod special_register;
mod special_rules;
pub mod stage;
pub mod statutory_size;
pub mod summary;
pub mod table;
pub mod text;
mod turn;
pub mod unit;
pub mod unit_filing;
pub mod use_request;

pub use act::{Act, ActKind};
pub use administration::{About, AdminAct, check_administration};
pub use appointment::DeskHours;
pub use bulletin::{
    Bulletin, BulletinAct, BulletinEntry, BulletinState, BulletinStep, decide_bulletin,
};
pub use business::{
    BusinessType, CertificateType, ChangeKind, FunctionEntry, Medium, SealFunction, SealKind,
    SpecialSituation,
};
pub use case::{
    Application, Case, Collection, Correction, CorrectionPoint, Deadline, DeadlineKind, Decision,
    HandOver, LetterForm, Link, LinkDirection, Produced, Progress, Revision, TimelineEntry,
    Verdict,
};
pub use checklist::{ChecklistAnswer, ChecklistItem, acceptance_checklist};
pub use credit_code::CreditCode;
pub use deputy::{DeputyFacts, Deputyship, NewDeputy};
pub use division::{City, County, DivisionCode, cities, city_named};
pub use email::Email;
pub use event::{Effect, Event, What};
pub use form::{
    AgentInfo, ApplicationForm, ExistingSeal, ExistingSealRef, Field, FieldError, FormContext,
    FormDraft, PersonInfo, RequestFacts, RequestProblem, SealInfo, Section, UnitInfo,
};
pub use form_usage::FieldUse;
pub use ids::{
    ApplicationId, BulletinId, BundleId, CaseId, DeputyId, FilingId, MaterialId, PersonId,
    ProposalId, SealId, SpecialId, UnitId, UseRequestId,
};
pub use key_stock::{KeyAct, KeyHolding, KeySerial, KeyState, UsbKey, decide_key};
pub use letter::{LetterDraft, LetterFacts};
pub use material::{Due, Material, MaterialKind, PaperTracking, RequiredMaterial};
pub use mobile::Mobile;
pub use number::{
    CaseNumber, DivisionAndSequence, FileDigest, FilingNumber, SealCode, SealCodeScheme,
};
pub use offer::Offer;
pub use password::check_password;
pub use policy::{Center, Policy};
pub use policy_setting::{
    PolicyChange, PolicySetting, SettingKind, policy_changes, policy_settings,
};
pub use process::{
    Facts, Turn, allowed_acts, apply, check_application, check_applications, decide, effects,
    linked_case, turn,
};
pub use refusal::{Point, Refusal};
pub use resident_id::ResidentId;
pub use role::{Actor, Post, Principal, Role, check_posts};
pub use rules::desk::gets_a_key;
pub use rules::materials::required_materials;
pub use scan_rules::{may_adjust_imprint, may_bring_scans, takes_scans};
pub use seal_register::{
    CallBack, CertificateRef, Filing, LossReport, PublicSeal, Reason, ReportChannel,
    ResumptionRequest, SealAct, SealEvent, SealRecord, SealState, Status, StatusEntry, apply_seal,
};
pub use seal_rules::decide_seal;
pub use size::Millimetres;
pub use special_register::{
    SpecialAct, SpecialEvent, SpecialPapers, SpecialRecord, SpecialState, SpecialWhat,
    apply_special,
};
pub use special_rules::{decide_special, open_special};
pub use stage::{Outcome, PublicStatus, Stage};
pub use statutory_size::{Emblem, SealOwner, SizeRemark, StatutorySize};
pub use unit::{Level, Route, Unit, consolidator_of};
pub use unit_filing::{FilingAnswer, NewFiling, UnitFiling};
pub use use_request::{
    NewUse, Placement, SealNow, UseAct, UseEvent, UseRequest, UseState, UseWhat, apply_use,
    decide_use,
};
