//! Pages for everybody: home, guides, verification, status, announcements, sign-in.

use askama::Template;

use super::frame::Frame;
use super::parts::{Chip, Empty, Facts, Field, Form, Link, Progress, Table, Tabs, Timeline, Tone};

/// One of the six kinds of business, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCard {
    /// Its name in addresses.
    pub slug: &'static str,
    /// Icon name.
    pub icon: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// Papers needed.
    pub papers: &'static str,
    /// Steps.
    pub steps: &'static str,
    /// When it can be filed.
    pub time: &'static str,
    /// Where it is handled.
    pub place: &'static str,
}

/// One line of the announcements on the home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncementLine {
    /// What happened.
    pub title: String,
    /// Where to read more.
    pub href: String,
    /// The seal's state since then.
    pub chip: Chip,
    /// The day in Beijing.
    pub date: String,
    /// The same for machines.
    pub iso: String,
}

/// A way from the home page to where somebody works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Where it leads.
    pub link: Link,
    /// Icon name.
    pub icon: &'static str,
    /// Something that cannot wait.
    pub urgent: bool,
}

/// The home page.
#[derive(Debug, Clone, Template)]
#[template(path = "public/home.html")]
pub struct HomePage {
    /// The frame.
    pub frame: Frame,
    /// Where the reader's own work begins.
    pub doors: Vec<Door>,
    /// The six kinds of business.
    pub kinds: Vec<KindCard>,
    /// The way of an application.
    pub flow: Progress,
    /// The latest of the Center's own announcements.
    pub bulletins: Vec<BulletinLine>,
    /// Shown when there is none.
    pub no_bulletins: Empty,
    /// The latest announcements of seals.
    pub announcements: Vec<AnnouncementLine>,
    /// Shown when there is none.
    pub no_announcements: Empty,
    /// How to reach the Center.
    pub contact: Facts,
}

/// All guides.
#[derive(Debug, Clone, Template)]
#[template(path = "public/guides.html")]
pub struct GuidesPage {
    /// The frame.
    pub frame: Frame,
    /// The six kinds of business.
    pub kinds: Vec<KindCard>,
}

/// One step of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideStep {
    /// What is done.
    pub title: String,
    /// By whom.
    pub who: String,
    /// How.
    pub text: String,
}

/// What has to be observed with a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideRules {
    /// Which paper.
    pub title: String,
    /// Line by line.
    pub lines: Vec<String>,
}

/// The guide of one kind of business.
#[derive(Debug, Clone, Template)]
#[template(path = "public/guide.html")]
pub struct GuidePage {
    /// The frame.
    pub frame: Frame,
    /// What it is for.
    pub summary: String,
    /// 实施主体, 办理对象, 时限, 收费 …
    pub facts: Facts,
    /// 受理条件.
    pub conditions: Vec<String>,
    /// 申请材料.
    pub papers: Table,
    /// Notes on the materials.
    pub paper_notes: Vec<String>,
    /// How each paper is to be made.
    pub rules: Vec<GuideRules>,
    /// 办理流程.
    pub steps: Vec<GuideStep>,
    /// 注意事项.
    pub notes: Vec<String>,
    /// How to reach the Center.
    pub contact: Facts,
    /// Where to begin.
    pub start: Link,
    /// The other five.
    pub others: Vec<Link>,
}

/// A verdict: first what, then why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its colour.
    pub tone: Tone,
    /// Icon name.
    pub icon: &'static str,
    /// 「有效：…」.
    pub headline: String,
    /// Who, when, or what is missing.
    pub sentence: String,
}

/// One finding of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingView {
    /// 通过, 不通过, 无法判定, 提示.
    pub chip: Chip,
    /// What was found.
    pub message: String,
    /// Stable code.
    pub code: String,
    /// What it rests on.
    pub evidence: Facts,
}

/// One stamp of a verified file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampView {
    /// Which stamp.
    pub title: String,
    /// Its own verdict.
    pub chip: Chip,
    /// Whose seal, when, where.
    pub facts: Facts,
    /// The seal's status when it was applied.
    pub status_then: Chip,
    /// The seal's status now.
    pub status_now: Chip,
    /// Whether the content changed since.
    pub content: Chip,
    /// The stamped page as a picture (address or data).
    pub page_picture: Option<String>,
    /// What the picture shows.
    pub page_caption: String,
    /// Each step.
    pub findings: Vec<FindingView>,
    /// Show the steps open.
    pub open: bool,
}

/// A verified file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedFile {
    /// Its name.
    pub name: String,
    /// Its size as read.
    pub size: String,
    /// SM3 of its bytes.
    pub digest: String,
    /// When it was checked.
    pub checked_at: String,
    /// The verdict on the whole file.
    pub verdict: Verdict,
    /// Its stamps.
    pub stamps: Vec<StampView>,
    /// Findings about the file itself.
    pub findings: Vec<FindingView>,
    /// Show them open.
    pub open: bool,
}

/// The verification page, before and after.
#[derive(Debug, Clone, Template)]
#[template(path = "public/verify.html")]
pub struct VerifyPage {
    /// The frame.
    pub frame: Frame,
    /// The results, if files were sent.
    pub files: Vec<VerifiedFile>,
    /// Largest file taken, in MB.
    pub limit_mb: u64,
}

/// The public status of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealStatusAnswer {
    /// Which seal.
    pub title: String,
    /// The status as a verdict.
    pub verdict: Verdict,
    /// The seal in public terms.
    pub facts: Facts,
    /// What happened to it.
    pub history: Timeline,
    /// Address of the same as JSON.
    pub json: String,
}

/// The status query.
#[derive(Debug, Clone, Template)]
#[template(path = "public/status.html")]
pub struct SealStatusPage {
    /// The frame.
    pub frame: Frame,
    /// The query, sent by GET.
    pub form: QueryForm,
    /// The answers: of one seal, or of each seal on a file.
    pub answers: Vec<SealStatusAnswer>,
    /// Largest file taken, in MB.
    pub limit_mb: u64,
}

/// The status query's form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "public/status-form.html")]
pub struct QueryForm {
    /// Seal code or certificate serial.
    pub code: String,
    /// The moment, as the browser's date field writes it.
    pub at: String,
    /// Why nothing was found.
    pub error: Option<String>,
}

impl askama::filters::HtmlSafe for QueryForm {}

/// One line of the Center's own announcements on the home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinLine {
    /// Its headline.
    pub title: String,
    /// Where it stands.
    pub href: String,
    /// The day in Beijing.
    pub date: String,
    /// The same for machines.
    pub iso: String,
}

/// One announcement of the Center's own.
#[derive(Debug, Clone, Template)]
#[template(path = "public/bulletin.html")]
pub struct BulletinPage {
    /// The frame; its title is the headline.
    pub frame: Frame,
    /// Who announces.
    pub from: String,
    /// When it was published.
    pub date: String,
    /// The text; empty once withdrawn.
    pub paragraphs: Vec<String>,
    /// When and why it was withdrawn.
    pub withdrawn: Option<String>,
}

/// The announcements: of seals, or the Center's own.
#[derive(Debug, Clone, Template)]
#[template(path = "public/announcements.html")]
pub struct AnnouncementsPage {
    /// The frame.
    pub frame: Frame,
    /// What is announced here.
    pub lead: String,
    /// Both kinds.
    pub tabs: Tabs,
    /// Path of the list; its feeds are below it.
    pub folder: &'static str,
    /// The filters, sent by GET to this page.
    pub filters: Vec<Field>,
    /// The list.
    pub table: Table,
}

/// One announcement.
#[derive(Debug, Clone, Template)]
#[template(path = "public/announcement.html")]
pub struct AnnouncementPage {
    /// The frame.
    pub frame: Frame,
    /// What changed.
    pub facts: Facts,
    /// Where to go on.
    pub links: Vec<Link>,
}

/// Sign-in.
#[derive(Debug, Clone, Template)]
#[template(path = "public/login.html")]
pub struct LoginPage {
    /// The frame.
    pub frame: Frame,
    /// Account and password.
    pub form: Form,
    /// Whom to call.
    pub phone: String,
    /// The demonstration's accounts, where there are any.
    pub demo_accounts: Option<Table>,
    /// Their password.
    pub demo_password: String,
}

/// A section of the about page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutSection {
    /// Its heading.
    pub title: String,
    /// Its paragraphs.
    pub lines: Vec<String>,
    /// Its facts.
    pub facts: Facts,
}

/// What this platform is and how it keeps keys.
#[derive(Debug, Clone, Template)]
#[template(path = "public/about.html")]
pub struct AboutPage {
    /// The frame.
    pub frame: Frame,
    /// The sections.
    pub sections: Vec<AboutSection>,
    /// How to reach the Center.
    pub contact: Facts,
}

/// The accessibility statement.
#[derive(Debug, Clone, Template)]
#[template(path = "public/accessibility.html")]
pub struct AccessibilityPage {
    /// The frame.
    pub frame: Frame,
    /// How to reach the Center.
    pub contact: Facts,
}

/// A group of the site map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitemapGroup {
    /// Its heading.
    pub title: String,
    /// Its pages.
    pub links: Vec<Link>,
}

/// The site map.
#[derive(Debug, Clone, Template)]
#[template(path = "public/sitemap.html")]
pub struct SitemapPage {
    /// The frame.
    pub frame: Frame,
    /// The groups.
    pub groups: Vec<SitemapGroup>,
}
