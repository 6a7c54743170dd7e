#![doc = include_str!("../README.md")]

mod account;
mod advance;
mod bulletin;
mod case;
mod delivery;
mod demo;
mod deputy;
mod desk;
mod document;
mod error;
mod filing;
mod finding;
mod founding;
mod jobs;
mod journal;
mod letter;
mod loss;
mod material;
mod notice;
mod opening;
mod papers;
mod policy;
pub mod ports;
mod production;
mod proposal;
mod protection;
mod radar;
mod register;
mod renewal;
mod request;
mod revocation;
mod saved_filter;
mod scans;
mod session;
mod sheet;
mod sign_in;
mod special;
mod stamping;
mod status;
mod summary;
mod summary_import;
mod unit;
mod verify;

use std::sync::{Arc, Mutex, RwLock};

use casework::Policy;
use tokio::sync::Notify;

pub use account::{Account, NewAccount, NewPerson, PostView};
pub use case::{CaseTab, CaseView, TabCount};
pub use delivery::DeviceDelivery;
pub use demo::{DEMO_KEYS, DemoAccount, demo_accounts};
pub use deputy::DeputyWish;
pub use desk::{Bundle, HandedOut, KeyCounts, NewKeys, Slot, Statistics, WantedStatistics};
pub use document::{Document, PageView};
pub use error::{Error, Result};
pub use filing::OfficeWish;
pub use finding::{Found, FoundPerson, FoundUnit};
pub use founding::{Founder, Founding};
pub use journal::{LEDGER_KINDS, ListExport, MOST_EXPORTED, leaf_of, ledger_fact, ledger_kind};
pub use loss::{NumberOnFile, Reported, can_be_reported};
pub use material::{MaterialFile, NewMaterial, Remark};
pub use notice::{
    Contact, FailedDelivery, NoticeChannels, NoticeField, NoticePreview, NoticeTemplate,
    NoticeText, NoticeView, NoticeWords, TextProposal,
};
pub use papers::{PaperOffer, PaperWish, letter_paper};
pub use production::{FailingApplication, ProductionProgress};
pub use proposal::{PolicyProposal, PostChange, Proposal, ProposalState, Proposed, Released};
pub use protection::Protection;
pub use radar::Alike;
pub use register::{RegisteredSeal, SealKey};
pub use request::{Judgement, RequestPoint, RequestReport};
pub use saved_filter::SavedFilter;
pub use scans::{
    NewScan, ScanAdjust, ScanAdjustment, ScanArea, ScanCut, ScanFile, ScanFinding, ScanImprint,
    ScanPage, ScanPicture, ScanPlace, ScanProgress, ScanResult, ScanSheet, ScanState,
    ScanSuggestion, ScanUpload,
};
pub use session::SessionView;
pub use sign_in::{SignInMark, Visit, initial_password};
pub use special::SpecialTab;
pub use stamping::{NewUse, StampedFile, UseRecord};
pub use status::{PublicAnswer, PublicStatusEntry, StatusQuery};
pub use summary_import::{SheetFault, SheetImport, SheetState, SheetTarget};

use crate::ports::{
    Authority, Clock, Files, Keys, Letters, Mail, Papers, Sheets, ShortMessages, store::Store,
};

/// The adapters that the platform works with.
pub struct Ports {
    /// The register of everything.
    pub store: Arc<dyn Store>,
    /// The files.
    pub files: Arc<dyn Files>,
    /// The private keys.
    pub keys: Arc<dyn Keys>,
    /// The certificate authority and seal maker.
    pub authority: Arc<dyn Authority>,
    /// The typesetter.
    pub papers: Arc<dyn Papers>,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Spreadsheets.
    pub sheets: Arc<dyn Sheets>,
    /// E-mail, where this installation has it.
    pub mail: Option<Arc<dyn Mail>>,
    /// Short messages, where this installation has them.
    pub sms: Option<Arc<dyn ShortMessages>>,
    /// Letters to be edited.
    pub letters: Arc<dyn Letters>,
}

/// How this installation is set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The settings of the process, as long as none were released on the platform itself.
    pub policy: Policy,
    /// Validity of new seal certificates in days.
    pub seal_validity_days: u16,
    /// Where the pages are found from outside, for links in notices.
    pub public_url: String,
    /// Largest document or material, in bytes.
    pub max_file_bytes: usize,
    /// Further trust for verification beside this platform's own authority: certificates and CRLs as (name, bytes).
    pub trusted: Vec<(String, Vec<u8>)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            seal_validity_days: 365,
            public_url: "http://127.0.0.1:8080".to_owned(),
            max_file_bytes: 50 * 1024 * 1024,
            trusted: Vec::new(),
        }
    }
}

/// The platform: everything that can be done is a function of it.
pub struct Platform {
    store: Arc<dyn Store>,
    files: Arc<dyn Files>,
    keys: Arc<dyn Keys>,
    authority: Arc<dyn Authority>,
    papers: Arc<dyn Papers>,
    clock: Arc<dyn Clock>,
    sheets: Arc<dyn Sheets>,
    mail: Option<Arc<dyn Mail>>,
    sms: Option<Arc<dyn ShortMessages>>,
    letters: Arc<dyn Letters>,
    settings: Settings,
    /// The policy in force; replaced as a whole when another version is released.
    policy: RwLock<(Arc<Policy>, u32)>,
    protection: Arc<Protection>,
    ledger_key: gm::PublicKey,
    /// Seal pictures that a verification has decoded: the same few come back again and again.
    pictures: Arc<seal::PictureCache>,
    wake: Notify,
    wake_heavy: Notify,
    /// Pictures are worked on by so many threads at most.
    picture_work: tokio::sync::Semaphore,
    /// Papers that pages were lately held against.
    prints: scans::Prints,
    /// The day in Beijing whose renewal drafts are planned.
    renewals_planned: Mutex<Option<jiff::civil::Date>>,
    /// The day in Beijing whose reminders are planned.
    reminders_planned: Mutex<Option<jiff::civil::Date>>,
}

impl Platform {
    /// Opens the platform over its ports. `data_key` protects personal data at rest: losing it loses them.
    ///
    /// # Errors
    /// [`Error::Internal`] where the ledger's key cannot be had.
    pub async fn open(ports: Ports, settings: Settings, data_key: [u8; 16]) -> Result<Self> {
        let ledger_key = ports
            .keys
            .generate(&journal::ledger_label(), ports::Custody::Platform)
            .await?;
        let platform = Self {
            store: ports.store,
            files: ports.files,
            keys: ports.keys,
            authority: ports.authority,
            papers: ports.papers,
            clock: ports.clock,
            sheets: ports.sheets,
            mail: ports.mail,
            sms: ports.sms,
            letters: ports.letters,
            policy: RwLock::new((Arc::new(settings.policy.clone()), 0)),
            settings,
            protection: Arc::new(Protection::new(data_key)),
            ledger_key,
            pictures: Arc::default(),
            wake: Notify::new(),
            wake_heavy: Notify::new(),
            picture_work: tokio::sync::Semaphore::new(scans::PICTURES_AT_ONCE),
            prints: scans::Prints::default(),
            renewals_planned: Mutex::default(),
            reminders_planned: Mutex::default(),
        };
        platform.refresh_policy().await?;
        Ok(platform)
    }

    /// How this installation is set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The present moment by the platform's clock.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Database and key store in the user's words, for start-up and the about page.
    pub fn describe(&self) -> (String, &'static str) {
        (self.store.describe(), self.keys.describe())
    }

    /// The authorities from the issuing one up to the root, and the seal maker's certificate.
    pub fn certificates(&self) -> (&[pki::Certificate], &pki::Certificate) {
        (self.authority.chain(), self.authority.maker())
    }

    /// The public key that signs the heads of the ledger.
    pub fn ledger_key(&self) -> &gm::PublicKey {
        &self.ledger_key
    }
}
