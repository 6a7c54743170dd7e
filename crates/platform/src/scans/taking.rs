//! Taking scans in: the originals at once, the pages by a job, as many as it can in its time, the next job the rest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use casework::{Actor, CaseId};
use scan::{Limits, Upload};
use uuid::Uuid;

use super::{
    FileBody, NewScan, ScanPage, ScanResult, ScanState, ScanUpload, UploadBody,
    placing::Placed,
    reading::{Read, told},
};
use crate::{
    Platform,
    case::visible,
    error::{Error, Result},
    jobs,
    journal::{self, Fact},
    material::{blocking, clean_name},
    ports::{
        papers::PaperMark,
        store::{ScanFileRow, ScanPageRow, ScanUploadRow, Tx},
    },
};

/// Files in one upload.
const MOST_FILES: usize = 50;
/// After this time a job leaves the rest to the next: well within its lease.
const WHILE: Duration = Duration::from_secs(30);

impl Platform {
    /// Takes files in: keeps them at once, and begins to look at their pages. `case`: the case from whose page they
    /// were brought; pages of others are filed under theirs all the same.
    ///
    /// # Errors
    /// `wrong_role`, `scan_none`, `scan_too_many_files`; [`Error::NotFound`] for a case that the person may not see.
    /// A file that cannot be opened is no error: it is told with the upload.
    pub async fn take_in(
        &self,
        actor: &Actor,
        case: Option<CaseId>,
        files: Vec<NewScan>,
    ) -> Result<Uuid> {
        casework::may_bring_scans(actor)?;
        if files.is_empty() {
            return Err(Error::refused(
                "scan_none",
                "请先选择扫描件或照片，可以一次选择多个文件。",
            ));
        }
        if files.len() > MOST_FILES {
            return Err(Error::refused(
                "scan_too_many_files",
                format!("一次最多上传 {MOST_FILES} 个文件，请分几次上传。"),
            ));
        }
        let number = match case {
            Some(id) => {
                let mut tx = self.store.read().await?;
                let (case, _) = self.load(tx.as_mut(), id).await?;
                visible(actor, &case)?;
                Some(case.number)
            }
            None => None,
        };
        let now = self.clock.now();
        let upload = ScanUploadRow {
            id: Uuid::now_v7(),
            person: actor.person,
            role: actor.post.role,
            unit: actor.post.unit,
            case,
            created_at: now,
            told_at: None,
            body: self.protection.seal(&UploadBody {
                actor: actor.clone(),
            })?,
        };
        let count = files.len();
        let mut rows = Vec::with_capacity(count);
        for (number, file) in (1..).zip(files) {
            rows.push(self.keep_original(upload.id, number, file).await?);
        }
        let mut fact = Fact::by(actor, "scan.taken_in", upload.id.to_string())
            .with("files", count.to_string());
        if let Some(number) = number {
            fact = fact.with("case", number.to_string());
        }
        let mut tx = self.store.begin().await?;
        tx.scan_upload_insert(&upload, &rows).await?;
        for row in rows.iter().filter(|row| row.pages.is_none()) {
            let subject = subject(upload.id, row.number, 1);
            tx.job_insert(&jobs::new_job(jobs::kind::READ_SCAN, subject, now))
                .await?;
        }
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        tx.commit().await?;
        self.wake_heavy.notify_one();
        Ok(upload.id)
    }

    async fn keep_original(&self, upload: Uuid, number: u32, file: NewScan) -> Result<ScanFileRow> {
        let mut body = FileBody {
            name: clean_name(&file.name),
            size: file.bytes.len() as u64,
            file: None,
            media_type: None,
            remarks: Vec::new(),
        };
        let limits = Limits::default();
        let fault = match file.bytes.len() as u64 {
            0 => Some(scan::ScanError::Empty),
            size if size > limits.bytes => Some(scan::ScanError::TooManyBytes {
                megabytes: size.div_ceil(1_000_000),
                limit: limits.bytes / 1_000_000,
            }),
            _ => None,
        };
        let pages = match fault {
            Some(fault) => {
                body.remarks.push(told(&fault));
                Some(0)
            }
            None => {
                let protection = Arc::clone(&self.protection);
                let sealed = blocking(move || protection.seal_file(&file.bytes)).await?;
                body.file = Some(self.files.put(sealed).await?);
                None
            }
        };
        Ok(ScanFileRow {
            upload,
            number,
            pages,
            body: self.protection.seal(&body)?,
        })
    }

    /// The job: looks at the pages of one file, from one on. Done again after a kill it passes over what is written.
    pub(crate) async fn read_scan(&self, subject: &str) -> Result<()> {
        let (upload, file, from) = read_subject(subject)?;
        let begun = Instant::now();
        let (upload, mut row) = self.load_file(upload, file).await?;
        if row.pages == Some(0) {
            return Ok(());
        }
        let body: FileBody = self.protection.open(&row.body)?;
        let digest = body
            .file
            .ok_or_else(|| Error::internal("reading a scan", "no original"))?;
        let opened = match self.open_scan(&digest).await? {
            Ok(opened) => opened,
            Err(remark) => {
                let body = FileBody {
                    remarks: vec![remark],
                    ..body
                };
                row.pages = Some(0);
                row.body = self.protection.seal(&body)?;
                let mut tx = self.store.begin().await?;
                tx.scan_upload(upload.id).await?;
                tx.scan_file_update(&row).await?;
                self.tell_when_finished(tx.as_mut(), &upload).await?;
                tx.commit().await?;
                return Ok(());
            }
        };
        if row.pages.is_none() {
            self.note_pages(&upload, &mut row, body, &opened).await?;
        }
        let pages = self
            .store
            .read()
            .await?
            .scan_pages_of_upload(upload.id)
            .await?;
        for page in pages
            .iter()
            .filter(|page| page.file == file && page.number >= from)
            .filter(|page| page.state == ScanState::Waiting.code())
        {
            if begun.elapsed() > WHILE {
                let next = self::subject(upload.id, file, page.number);
                let mut tx = self.store.begin().await?;
                let now = self.clock.now();
                tx.job_insert(&jobs::new_job(jobs::kind::READ_SCAN, next, now))
                    .await?;
                tx.commit().await?;
                self.wake_heavy.notify_one();
                return Ok(());
            }
            self.look_at(&upload, page, &opened).await?;
        }
        Ok(())
    }

    /// The job: looks at one page again, now that a person said what it shows.
    pub(crate) async fn read_page_again(&self, subject: &str) -> Result<()> {
        let id = subject
            .split_once('/')
            .and_then(|(page, _)| Uuid::parse_str(page).ok())
            .ok_or_else(|| Error::internal("reading a scan", "unreadable subject"))?;
        let missing = || Error::NotFound("scan");
        let page = self.store.read().await?.scan_page(id).await?;
        let page = page.ok_or_else(missing)?;
        if page.state != ScanState::Waiting.code() {
            return Ok(());
        }
        let (upload, file) = self.load_file(page.upload, page.file).await?;
        let body: FileBody = self.protection.open(&file.body)?;
        match self.open_scan(&body.file.ok_or_else(missing)?).await? {
            Ok(opened) => self.look_at(&upload, &page, &opened).await,
            // It was opened before: a passing failure, to be tried again.
            Err(remark) => Err(Error::internal("reading a scan", remark.message)),
        }
    }

    /// Writes down the pages of a file that was opened.
    async fn note_pages(
        &self,
        upload: &ScanUploadRow,
        row: &mut ScanFileRow,
        body: FileBody,
        opened: &Upload,
    ) -> Result<()> {
        let name = body.name.clone();
        let body = FileBody {
            media_type: Some(opened.format().media_type().to_owned()),
            remarks: opened
                .remarks()
                .iter()
                .map(|remark| crate::Remark {
                    code: remark.code().to_owned(),
                    message: format!("{remark}。"),
                })
                .collect(),
            ..body
        };
        row.pages = Some(opened.pages());
        row.body = self.protection.seal(&body)?;
        let found = ScanResult {
            file_name: name,
            ..ScanResult::default()
        };
        let mut tx = self.store.begin().await?;
        tx.scan_file_update(row).await?;
        for number in 1..=opened.pages() {
            tx.scan_page_insert(&ScanPageRow {
                id: Uuid::now_v7(),
                upload: upload.id,
                file: row.number,
                number,
                case: None,
                mark: None,
                state: ScanState::Waiting.code().to_owned(),
                updated_at: self.clock.now(),
                version: 1,
                body: self.protection.seal(&found)?,
            })
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Looks at one page and writes what was found.
    async fn look_at(
        &self,
        upload: &ScanUploadRow,
        page: &ScanPageRow,
        opened: &Arc<Upload>,
    ) -> Result<()> {
        let actor = self.protection.open::<UploadBody>(&upload.body)?.actor;
        let known: ScanResult = self.protection.open(&page.body)?;
        let mut found = ScanResult {
            file_name: known.file_name.clone(),
            ..ScanResult::default()
        };
        let read = match self.straighten(opened, page.number).await? {
            Ok(read) => read,
            Err(remark) => {
                found.remarks.push(remark);
                return self
                    .write_page(upload, page, ScanState::Unreadable, None, found)
                    .await;
            }
        };
        found.sheet = Some(self.keep_sheet(&read).await?);
        found.remarks.clone_from(&read.remarks);
        // What a person said goes before what can be read.
        let code = match (&page.mark, &read.code) {
            (Some(said), _) => Some(said.clone()),
            (None, code) => code.clone(),
        };
        let Some(code) = code else {
            return self.without_code(&actor, upload, page, &read, found).await;
        };
        match self.place(&actor, &code).await? {
            Placed::Here(mut place, printed) => {
                place.by_hand = page.mark.is_some();
                self.measure(&place, &printed, &read, &mut found).await?;
                found.place = Some(*place);
                self.write_page(upload, page, ScanState::Filed, Some(code), found)
                    .await
            }
            Placed::Nowhere(state, remark, message, place) => {
                found.remarks.insert(
                    0,
                    crate::Remark {
                        code: remark.to_owned(),
                        message,
                    },
                );
                found.place = place.map(|place| *place);
                let mark = found.place.as_ref().map(|_| code);
                self.write_page(upload, page, state, mark, found).await
            }
        }
    }

    async fn without_code(
        &self,
        actor: &Actor,
        upload: &ScanUploadRow,
        page: &ScanPageRow,
        read: &Read,
        mut found: ScanResult,
    ) -> Result<()> {
        if read.blank {
            found.remark(
                "scan_blank",
                "页面上没有印刷内容，可能是空白页或放反了面；不需要的可以搁置。",
            );
            return self
                .write_page(upload, page, ScanState::Blank, None, found)
                .await;
        }
        found.remark(
            "scan_no_code",
            "没有识别到页面上的二维码，请确认二维码没有被遮挡、涂改或拍糊；也可以由您指定这一页是哪份文书。",
        );
        found.suggestions = self.suggestions(actor, upload.case, &read.sheet).await?;
        self.write_page(upload, page, ScanState::NoCode, None, found)
            .await
    }

    /// Writes a page that was looked at. The same page once more in the upload waits behind the first.
    async fn write_page(
        &self,
        upload: &ScanUploadRow,
        page: &ScanPageRow,
        mut state: ScanState,
        mark: Option<String>,
        mut found: ScanResult,
    ) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.scan_upload(upload.id).await?;
        let written = tx
            .scan_page(page.id)
            .await?
            .ok_or(Error::NotFound("scan"))?;
        if written.state != ScanState::Waiting.code() {
            return Ok(());
        }
        if state == ScanState::Filed {
            let pages = tx.scan_pages_of_upload(upload.id).await?;
            let twin = pages.iter().find(|other| {
                other.id != page.id
                    && other.mark == mark
                    && [ScanState::Filed.code(), ScanState::Confirmed.code()]
                        .contains(&other.state.as_str())
            });
            if let Some(twin) = twin {
                let shown: ScanPage = self.shown_page(twin)?;
                found.twin = Some(twin.id);
                found.remark(
                    "scan_twice",
                    format!(
                        "同一页在本次上传中有两张（另一张在「{}」第 {} 页），请选用清晰的一张，另一张搁置。",
                        shown.found.file_name, shown.number
                    ),
                );
                state = ScanState::Twice;
            }
        }
        self.keep_page(tx.as_mut(), &written, state, mark, &found)
            .await?;
        self.tell_when_finished(tx.as_mut(), upload).await?;
        Ok(tx.commit().await?)
    }

    /// Tells the person once that every page was looked at.
    async fn tell_when_finished(&self, tx: &mut dyn Tx, upload: &ScanUploadRow) -> Result<()> {
        let shown: ScanUpload = self.shown_upload(tx, upload.clone()).await?;
        let progress = shown.progress;
        if !progress.is_finished() || !tx.scan_upload_told(upload.id, self.clock.now()).await? {
            return Ok(());
        }
        let filed = shown
            .pages
            .iter()
            .filter(|page| page.state == ScanState::Filed)
            .count();
        let other = shown.pages.len() - filed;
        let faulty = shown
            .files
            .iter()
            .filter(|file| file.pages == Some(0))
            .count();
        let mut text = format!("扫描件已识别：{filed} 页已归档，请逐页核对后确认");
        if other + faulty > 0 {
            text = format!("{text}；另有 {} 处需要您处理", other + faulty);
        }
        let link = format!("/desk/scans/{}", upload.id);
        self.notify(tx, &[upload.person], &format!("{text}。"), &link)
            .await
    }

    async fn load_file(&self, upload: Uuid, number: u32) -> Result<(ScanUploadRow, ScanFileRow)> {
        let missing = || Error::NotFound("scan");
        let mut tx = self.store.read().await?;
        let row = tx.scan_upload(upload).await?.ok_or_else(missing)?;
        let files = tx.scan_files(upload).await?;
        let file = files
            .into_iter()
            .find(|file| file.number == number)
            .ok_or_else(missing)?;
        Ok((row, file))
    }

    /// Asks again where a page belongs, now that a person said it.
    pub(super) async fn order_page(&self, tx: &mut dyn Tx, page: Uuid, version: i64) -> Result<()> {
        let subject = format!("{page}/{version}");
        let now = self.clock.now();
        Ok(tx
            .job_insert(&jobs::new_job(jobs::kind::READ_PAGE, subject, now))
            .await?)
    }
}

/// The mark of a page, where its row has one.
pub(super) fn mark_of(row: &ScanPageRow) -> Option<PaperMark> {
    row.mark.as_ref()?.parse().ok()
}

fn subject(upload: Uuid, file: u32, from: u32) -> String {
    format!("{upload}/{file}/{from}")
}

fn read_subject(subject: &str) -> Result<(Uuid, u32, u32)> {
    let mut parts = subject.split('/');
    let read = || {
        let upload = Uuid::parse_str(parts.next()?).ok()?;
        let file = parts.next()?.parse().ok()?;
        let from = parts.next()?.parse().ok()?;
        Some((upload, file, from))
    };
    let mut read = read;
    read().ok_or_else(|| Error::internal("reading a scan", "unreadable subject"))
}
