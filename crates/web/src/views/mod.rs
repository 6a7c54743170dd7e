//! Views: what a page shows, as plain values. Handlers fill them, templates print them.

pub mod frame;
pub mod parts;

mod application;
mod camera;
mod case;
mod desk;
mod list;
mod paper;
mod printed;
mod problem;
mod public;
mod review;
mod scan;
mod seal;
mod sheet;
mod stamping;
mod summary;

pub use application::{
    ApplicationPage, BusinessDoor, CheckPage, ImprintPage, ImprintView, MaterialSlot,
    MaterialsPage, NewCasePage, RailStep, RequestPage, RequestPoint, Section, WizardHead,
};
pub use camera::CameraPage;
pub use case::{CasePage, ChangeLine, CorrectionPoint, MaterialLine, Turn};
pub use desk::{Bar, Bars, DeskPage, StatisticsPage};
pub use frame::{Frame, NavItem, SideGroup, SideItem, Site, Viewer, ViewerPost};
pub use list::{DeliveryPage, Filtered, ListPage, Listed, NoticesPage, PickForm, ProfilePage};
pub use paper::{CollectorForm, PaperLine, PapersPage, PapersSection};
pub use printed::PrintedList;
pub use problem::ProblemPage;
pub use public::{
    AboutPage, AboutSection, AccessibilityPage, AnnouncementLine, AnnouncementPage,
    AnnouncementsPage, BulletinLine, BulletinPage, Door, FindingView, GuidePage, GuideRules,
    GuideStep, GuidesPage, HomePage, KindCard, LoginPage, QueryForm, SealStatusAnswer,
    SealStatusPage, SitemapGroup, SitemapPage, StampView, Verdict, VerifiedFile, VerifyPage,
};
pub use review::{
    CheckPoint, CollectionPage, Crop, Exhibit, FailingItem, PageView, ProductionItem,
    ProductionPage, ReviewPage,
};
pub use scan::{
    AdjustView, AlikePage, AlikeView, BringScansPage, CompareView, ScanPageView, ScanTile,
    ScanUploadPage,
};
pub use seal::{LossPage, OfferView, SealPage, SpecialPage};
pub use sheet::{Block, Passage, SheetPage};
pub use stamping::{NewStampingPage, PagePicture, PlacePage, PlacedSeal, StampingPage};
pub use summary::{ImportPage, SummaryPage};
