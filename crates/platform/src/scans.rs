//! Papers that come back as scans and photographs: several files at once, each page filed under the case and paper that
//! its code names, straightened, measured, and confirmed by a person.
//!
//! The originals are kept before anything is looked at. Every page is looked at by a job and written in one
//! transaction; a killed process goes on with the first page that was not written. A page is only ever proposed for the
//! case and paper that its code names, or that a person named; it becomes a material when a person confirms it.

mod adjusting;
mod bundle;
mod confirming;
mod measuring;
mod placing;
mod prints;
mod reading;
mod taking;

use casework::{Actor, ApplicationId, CaseId, CaseNumber, FileDigest, MaterialId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform, Remark,
    case::visible,
    error::{Error, Result},
    material::MaterialFile,
    ports::{
        papers::PaperKind,
        store::{ScanFileRow, ScanPageRow, ScanUploadRow, Tx},
    },
};

pub use adjusting::ScanAdjust;
pub use imprint::Millimetres as ScanArea;
pub(crate) use prints::Prints;
pub(crate) use reading::PICTURES_AT_ONCE;

/// Uploads in a list.
const MOST_UPLOADS: u32 = 30;

/// A file that was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScan {
    /// File name as uploaded.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// How a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanState {
    /// Not looked at yet.
    Waiting,
    /// Filed under its case and paper; a person is to confirm it.
    Filed,
    /// Confirmed: it is part of the case's material.
    Confirmed,
    /// Another picture of the same page took its place.
    Replaced,
    /// No paper of a case that this person handles. Says nothing of whether there is such a case.
    OtherCase,
    /// The paper as it was before a correction.
    OldRevision,
    /// A code of this platform, but no such paper in the case now.
    UnknownPaper,
    /// A paper of this platform that need not come back.
    NotWanted,
    /// A code that is none of this platform's: a form from another system.
    ForeignCode,
    /// No code could be read.
    NoCode,
    /// Nothing is printed on it.
    Blank,
    /// The same page is in this upload once more.
    Twice,
    /// The page cannot be read as a picture.
    Unreadable,
    /// Set aside by a person.
    Discarded,
}

/// Where a page belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanPlace {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The paper.
    pub paper: PaperKind,
    /// The application that it shows.
    pub application: Option<ApplicationId>,
    /// The revision that it shows.
    pub revision: u32,
    /// The page of the paper, from 1.
    pub page: u32,
    /// Pages of the paper.
    pub pages: u32,
    /// The paper's name, e.g. `申请表：闽侯县政务服务局`.
    pub name: String,
    /// A person said so; the code could not be read.
    pub by_hand: bool,
}

/// A paper that a page without a readable code may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanSuggestion {
    /// The mark of the page, to name it by.
    pub mark: String,
    /// The paper.
    pub place: ScanPlace,
    /// How like the print the page is, from 0 to 1.
    pub likeness: f32,
}

/// The straightened page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanSheet {
    /// The picture (JPEG, A4 upright).
    pub picture: FileDigest,
    /// A small one for lists.
    pub small: FileDigest,
    /// Width of the sheet in mm.
    pub width_mm: f32,
    /// Height of the sheet in mm.
    pub height_mm: f32,
    /// Resolution of the picture in pixels per mm.
    pub px_per_mm: f32,
    /// Whether the scale was measured from what is printed, not guessed from the page's edge.
    pub scale_known: bool,
    /// Resolution of the upload on the page in dots per inch.
    pub source_dpi: f32,
    /// What the sheet was found by.
    pub how: scan::How,
    /// Largest distance in mm between where a mark is and where it should be.
    pub error_mm: Option<f32>,
}

/// Something to look at on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanFinding {
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The place of the print that it is about, e.g. `unit-stamp`, `field:seal.name`.
    pub place: Option<String>,
    /// Where on the sheet, in mm.
    pub area: scan::Area,
    /// As good as certain; else worth a look.
    pub clear: bool,
}

/// An imprint cut out of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanImprint {
    /// The part of the sheet around the frame, as it came (PNG). Every cut is made from it, so that each can be repeated.
    pub region: FileDigest,
    /// Its width in mm.
    pub region_width_mm: f32,
    /// Its height in mm.
    pub region_height_mm: f32,
    /// Its resolution in pixels per mm.
    pub px_per_mm: f32,
    /// How the imprint is cut: what was used, or would have been.
    pub how: imprint::Cut,
    /// What was cut out; `None` where there is no imprint.
    pub cut: Option<ScanCut>,
    /// Why there is none, and what to do.
    pub fault: Option<Remark>,
    /// What the regulation says about the size, for the seal of a unit.
    pub statutory: Option<String>,
    /// Declared width in mm.
    pub declared_width: Option<f64>,
    /// Declared height in mm.
    pub declared_height: Option<f64>,
    /// What the seal maker changed, oldest first.
    pub adjusted: Vec<ScanAdjustment>,
}

/// An imprint as it was cut out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanCut {
    /// Its shape in words.
    pub shape: String,
    /// Its ink in words.
    pub ink: String,
    /// Width of the upright imprint in mm, to a tenth.
    pub width_mm: f32,
    /// Height of the upright imprint in mm, to a tenth.
    pub height_mm: f32,
    /// Degrees by which it was turned clockwise to stand upright.
    pub turn_degrees: f32,
    /// Whether this turn is certain.
    pub turn_sure: bool,
    /// How good it is, 0 to 100.
    pub score: u8,
    /// Why it is not better, with what to do.
    pub reasons: Vec<Remark>,
    /// Where it stood in the region, in mm.
    pub stood: imprint::Millimetres,
    /// The clean picture (PNG with alpha).
    pub picture: FileDigest,
    /// The same as SVG.
    pub svg: FileDigest,
    /// What it looks like, hexadecimal bytes of `imprint::Likeness`.
    pub likeness: String,
}

/// A correction by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanAdjustment {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: String,
    /// How the imprint was cut since.
    pub how: imprint::Cut,
    /// The picture that came of it.
    pub picture: FileDigest,
}

/// A page as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanPage {
    /// Id.
    pub id: Uuid,
    /// The upload.
    pub upload: Uuid,
    /// The file, from 1.
    pub file: u32,
    /// The page of the file, from 1.
    pub number: u32,
    /// How it stands.
    pub state: ScanState,
    /// Last change.
    pub updated_at: Timestamp,
    /// What was found.
    pub found: ScanResult,
}

/// What was found about a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanResult {
    /// Name of the file.
    pub file_name: String,
    /// Where it belongs.
    pub place: Option<ScanPlace>,
    /// The straightened page.
    pub sheet: Option<ScanSheet>,
    /// What to say about the page, with what to do.
    pub remarks: Vec<Remark>,
    /// What was noticed beside the print: stamp, signatures, fields. Advice; a person decides.
    #[serde(default)]
    pub findings: Vec<ScanFinding>,
    /// Where things stand on the page, as it was printed.
    #[serde(default)]
    pub places: Vec<scan::Place>,
    /// The imprint in its frame.
    #[serde(default)]
    pub imprint: Option<ScanImprint>,
    /// Papers it may be, the likeliest first, where the code cannot be read.
    pub suggestions: Vec<ScanSuggestion>,
    /// The page that shows the same.
    pub twin: Option<Uuid>,
    /// What it became.
    pub material: Option<MaterialId>,
    /// Who confirmed it, or set it aside.
    pub decided_by: Option<Actor>,
}

/// A file of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFile {
    /// Its place in the upload, from 1.
    pub number: u32,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Its pages; `None`: not opened yet; 0: it cannot be opened.
    pub pages: Option<u32>,
    /// Why it cannot be opened, and what to do; else what to say about it.
    pub remarks: Vec<Remark>,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanProgress {
    /// Pages of the files that were opened.
    pub pages: u32,
    /// Pages that were looked at.
    pub done: u32,
    /// Files that were not opened yet.
    pub unopened: u32,
    /// Pages that wait for a person's word.
    pub open: u32,
    /// Pages confirmed.
    pub confirmed: u32,
}

impl ScanProgress {
    /// Everything was looked at.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.unopened == 0 && self.done == self.pages
    }
}

/// Files that were brought together, and what came of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanUpload {
    /// Id.
    pub id: Uuid,
    /// Who brought them.
    pub by: Actor,
    /// The case from whose page they were brought.
    pub case: Option<CaseId>,
    /// When.
    pub created_at: Timestamp,
    /// The files.
    pub files: Vec<ScanFile>,
    /// The pages, as far as they are known.
    pub pages: Vec<ScanPage>,
    /// How far it is.
    pub progress: ScanProgress,
}

/// A picture of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanPicture {
    /// The straightened page (JPEG).
    Sheet,
    /// The same, small (JPEG).
    Small,
    /// The file as it was brought.
    Original,
    /// The part of the sheet around the imprint frame (PNG).
    Region,
    /// The imprint cut out (PNG with alpha).
    Imprint,
    /// The same as SVG.
    ImprintSvg,
}

/// What is kept of an upload beside its columns.
#[derive(Serialize, Deserialize)]
struct UploadBody {
    actor: Actor,
}

/// What is kept of a file beside its columns.
#[derive(Serialize, Deserialize)]
struct FileBody {
    name: String,
    size: u64,
    /// The original, encrypted; `None` where it was too large to be kept.
    file: Option<FileDigest>,
    media_type: Option<String>,
    remarks: Vec<Remark>,
}

impl ScanState {
    /// Every state.
    pub const ALL: [Self; 14] = [
        Self::Waiting,
        Self::Filed,
        Self::Confirmed,
        Self::Replaced,
        Self::OtherCase,
        Self::OldRevision,
        Self::UnknownPaper,
        Self::NotWanted,
        Self::ForeignCode,
        Self::NoCode,
        Self::Blank,
        Self::Twice,
        Self::Unreadable,
        Self::Discarded,
    ];

    /// Stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.texts().0
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.texts().1
    }

    /// Whether a person still has to say something about it.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Waiting | Self::Confirmed | Self::Replaced | Self::Discarded
        )
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("waiting", "识别中"),
            Self::Filed => ("filed", "已归档，待确认"),
            Self::Confirmed => ("confirmed", "已确认"),
            Self::Replaced => ("replaced", "已替换"),
            Self::OtherCase => ("other_case", "不是您可办理的文书"),
            Self::OldRevision => ("old_revision", "旧版文书"),
            Self::UnknownPaper => ("unknown_paper", "办件中没有这份文书"),
            Self::NotWanted => ("not_wanted", "无需回传"),
            Self::ForeignCode => ("foreign_code", "不是本平台的文书"),
            Self::NoCode => ("no_code", "二维码无法识别"),
            Self::Blank => ("blank", "空白页或背面"),
            Self::Twice => ("twice", "重复页"),
            Self::Unreadable => ("unreadable", "无法读取"),
            Self::Discarded => ("discarded", "已搁置"),
        }
    }

    fn find(code: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| Error::internal("reading a scan", "unknown state"))
    }
}

impl ScanResult {
    pub(crate) fn remark(&mut self, code: &str, message: impl Into<String>) {
        self.remarks.push(Remark {
            code: code.to_owned(),
            message: message.into(),
        });
    }
}

impl Platform {
    /// The newest uploads of this person's post.
    ///
    /// # Errors
    /// `wrong_role` for posts that bring no scans.
    pub async fn scan_uploads(&self, actor: &Actor) -> Result<Vec<ScanUpload>> {
        casework::may_bring_scans(actor)?;
        let mut tx = self.store.read().await?;
        let rows = tx
            .scan_uploads_of(actor.post.role, actor.post.unit, MOST_UPLOADS)
            .await?;
        let mut uploads = Vec::with_capacity(rows.len());
        for row in rows {
            uploads.push(self.shown_upload(tx.as_mut(), row).await?);
        }
        Ok(uploads)
    }

    /// An upload, for the post that brought it.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for another post's.
    pub async fn scan_upload(&self, actor: &Actor, id: Uuid) -> Result<ScanUpload> {
        let mut tx = self.store.read().await?;
        let row = tx.scan_upload(id).await?.ok_or(Error::NotFound("scan"))?;
        of_post(actor, &row)?;
        self.shown_upload(tx.as_mut(), row).await
    }

    /// A page: for the post that brought it, and for everybody who may see the case that it is filed under.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn scan_page(&self, actor: &Actor, id: Uuid) -> Result<ScanPage> {
        let mut tx = self.store.read().await?;
        Ok(self.load_page(tx.as_mut(), actor, id).await?.0)
    }

    /// The pages filed under a case and what was found on them, last changed first: straightened pictures, remarks.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see the case.
    pub async fn scans_of_case(&self, actor: &Actor, id: CaseId) -> Result<Vec<ScanPage>> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        let rows = tx.scan_pages_of_case(id).await?;
        rows.iter().map(|row| self.shown_page(row)).collect()
    }

    /// A picture of a page.
    ///
    /// # Errors
    /// As [`Platform::scan_page`]; [`Error::NotFound`] where there is none.
    pub async fn scan_picture(
        &self,
        actor: &Actor,
        id: Uuid,
        which: ScanPicture,
    ) -> Result<MaterialFile> {
        let page = self.scan_page(actor, id).await?;
        let name = page.found.file_name.clone();
        let sheet = page.found.sheet.as_ref().ok_or(Error::NotFound("picture"));
        let imprint = page
            .found
            .imprint
            .as_ref()
            .ok_or(Error::NotFound("imprint"));
        let cut = || {
            let cut = imprint.as_ref().ok().and_then(|held| held.cut.as_ref());
            cut.ok_or(Error::NotFound("imprint"))
        };
        let (digest, media_type) = match which {
            ScanPicture::Sheet => (sheet?.picture, "image/jpeg"),
            ScanPicture::Small => (sheet?.small, "image/jpeg"),
            ScanPicture::Imprint => (cut()?.picture, "image/png"),
            ScanPicture::ImprintSvg => (cut()?.svg, "image/svg+xml"),
            ScanPicture::Region => (imprint?.region, "image/png"),
            ScanPicture::Original => return self.original(&page).await,
        };
        Ok(MaterialFile {
            name,
            media_type,
            bytes: self.opened(&digest).await?,
        })
    }

    async fn original(&self, page: &ScanPage) -> Result<MaterialFile> {
        let files = self.store.read().await?.scan_files(page.upload).await?;
        let row = files
            .iter()
            .find(|file| file.number == page.file)
            .ok_or(Error::NotFound("scan"))?;
        let body: FileBody = self.protection.open(&row.body)?;
        let digest = body.file.ok_or(Error::NotFound("scan"))?;
        Ok(MaterialFile {
            name: body.name,
            media_type: media_type(body.media_type.as_deref()),
            bytes: self.opened(&digest).await?,
        })
    }

    /// A file that was kept encrypted.
    async fn opened(&self, digest: &FileDigest) -> Result<Vec<u8>> {
        self.protection.open_file(&self.files.get(digest).await?)
    }

    /// Keeps a file encrypted.
    async fn keep(&self, bytes: &[u8]) -> Result<FileDigest> {
        Ok(self.files.put(self.protection.seal_file(bytes)).await?)
    }

    /// A page, and its row: for who may see it.
    async fn load_page(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        id: Uuid,
    ) -> Result<(ScanPage, ScanPageRow)> {
        let missing = || Error::NotFound("scan");
        let row = tx.scan_page(id).await?.ok_or_else(missing)?;
        let upload = tx.scan_upload(row.upload).await?.ok_or_else(missing)?;
        if of_post(actor, &upload).is_err() {
            let (case, _) = self.load(tx, row.case.ok_or_else(missing)?).await?;
            visible(actor, &case).map_err(|_| missing())?;
        }
        Ok((self.shown_page(&row)?, row))
    }

    async fn shown_upload(&self, tx: &mut dyn Tx, row: ScanUploadRow) -> Result<ScanUpload> {
        let body: UploadBody = self.protection.open(&row.body)?;
        let files = tx.scan_files(row.id).await?;
        let files: Vec<ScanFile> = files
            .iter()
            .map(|file| self.shown_file(file))
            .collect::<Result<_>>()?;
        let pages = tx.scan_pages_of_upload(row.id).await?;
        let pages: Vec<ScanPage> = pages
            .iter()
            .map(|page| self.shown_page(page))
            .collect::<Result<_>>()?;
        let count = |wanted: &dyn Fn(ScanState) -> bool| {
            let found = pages.iter().filter(|page| wanted(page.state)).count();
            u32::try_from(found).unwrap_or(u32::MAX)
        };
        let progress = ScanProgress {
            pages: files.iter().filter_map(|file| file.pages).sum(),
            done: count(&|state| state != ScanState::Waiting),
            unopened: u32::try_from(files.iter().filter(|file| file.pages.is_none()).count())
                .unwrap_or(u32::MAX),
            open: count(&ScanState::is_open),
            confirmed: count(&|state| state == ScanState::Confirmed),
        };
        Ok(ScanUpload {
            id: row.id,
            by: body.actor,
            case: row.case,
            created_at: row.created_at,
            files,
            pages,
            progress,
        })
    }

    fn shown_file(&self, row: &ScanFileRow) -> Result<ScanFile> {
        let body: FileBody = self.protection.open(&row.body)?;
        Ok(ScanFile {
            number: row.number,
            name: body.name,
            size: body.size,
            pages: row.pages,
            remarks: body.remarks,
        })
    }

    fn shown_page(&self, row: &ScanPageRow) -> Result<ScanPage> {
        Ok(ScanPage {
            id: row.id,
            upload: row.upload,
            file: row.file,
            number: row.number,
            state: ScanState::find(&row.state)?,
            updated_at: row.updated_at,
            found: self.protection.open(&row.body)?,
        })
    }

    /// Writes what is known of a page now.
    async fn keep_page(
        &self,
        tx: &mut dyn Tx,
        row: &ScanPageRow,
        state: ScanState,
        mark: Option<String>,
        found: &ScanResult,
    ) -> Result<()> {
        let changed = ScanPageRow {
            // A page stays filed under its case, whatever becomes of it.
            case: found.place.as_ref().map(|place| place.case),
            mark,
            state: state.code().to_owned(),
            updated_at: self.clock.now(),
            body: self.protection.seal(found)?,
            ..row.clone()
        };
        Ok(tx.scan_page_update(&changed).await?)
    }
}

fn of_post(actor: &Actor, row: &ScanUploadRow) -> Result<()> {
    let same = actor.post.role == row.role && actor.post.unit == row.unit;
    same.then_some(()).ok_or(Error::NotFound("scan"))
}

fn media_type(known: Option<&str>) -> &'static str {
    match known {
        Some("image/jpeg") => "image/jpeg",
        Some("image/png") => "image/png",
        Some("image/tiff") => "image/tiff",
        Some("image/bmp") => "image/bmp",
        Some("image/gif") => "image/gif",
        Some("image/webp") => "image/webp",
        Some("application/pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
