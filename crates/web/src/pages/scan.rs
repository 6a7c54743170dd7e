//! Papers that come back (纸质回传): bringing scans and photographs, how far they are, one page, the imprint.

mod imprint;
mod one;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use casework::{Actor, CaseId};
use platform::{NewScan, ScanPage, ScanState, ScanUpload};
use uuid::Uuid;

pub(super) use imprint::{adjust, alike, alike_picture, preview, radar};
pub(super) use one::{act, page, picture};

use super::{Answer, again, go, html};
use crate::app::App;
use crate::beijing;
use crate::form::{ProtectedForm, ProtectedUpload};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Chip, Column, Empty, Field, FieldKind, Form, Link, Notice, Row, Table, Tone,
};
use crate::views::{BringScansPage, ScanTile, ScanUploadPage};

/// What browsers offer to choose.
const ACCEPT: &str =
    "application/pdf,image/jpeg,image/png,image/tiff,image/bmp,image/webp,.tif,.tiff";
const PHOTOS: &str = "image/*";
const HERE: &str = "/desk/scans";

/// `GET /desk/scans`
pub(super) async fn list(State(app): State<App>, desk: Desk) -> Answer {
    html(&bring_page(&app, &desk, None).await?)
}

/// `POST /desk/scans`
pub(super) async fn bring(State(app): State<App>, desk: Desk, sent: ProtectedUpload) -> Answer {
    let case = sent.fields.parsed("case");
    take(&app, &desk, case, sent).await
}

/// `GET /desk/cases/{case}/scans`
pub(super) async fn of_case(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    html(&bring_page(&app, &desk, Some(id)).await?)
}

/// `POST /desk/cases/{case}/scans`
pub(super) async fn bring_to_case(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    sent: ProtectedUpload,
) -> Answer {
    take(&app, &desk, Some(id), sent).await
}

async fn take(app: &App, desk: &Desk, case: Option<CaseId>, sent: ProtectedUpload) -> Answer {
    let files = sent
        .files
        .into_iter()
        .map(|file| NewScan {
            name: file.name,
            bytes: file.bytes,
        })
        .collect();
    match app
        .platform
        .take_in(&desk.actor, case, files)
        .await
        .map_err(Problem::from)
    {
        Ok(id) => go(&format!("/desk/scans/{id}")),
        Err(problem) if problem.can_be_put_right() => {
            let mut page = bring_page(app, desk, case).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/scans/{upload}`
pub(super) async fn upload(State(app): State<App>, desk: Desk, Path(id): Path<Uuid>) -> Answer {
    let upload = app.platform.scan_upload(&desk.actor, id).await?;
    let mut response = html(&upload_page(&app, &desk, &upload))?;
    if !upload.progress.is_finished() {
        let headers = response.headers_mut();
        headers.insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    Ok(response)
}

/// `POST /desk/scans/{upload}/acts/confirm`: every filed page without a remark.
pub(super) async fn confirm_all(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<Uuid>,
    ProtectedForm(_): ProtectedForm,
) -> Answer {
    let upload = app.platform.scan_upload(&desk.actor, id).await?;
    let mut confirmed = 0;
    let mut held = None;
    for page in upload.pages.iter().filter(|page| is_clean(page)) {
        match app
            .platform
            .confirm_scan(&desk.actor, page.id, false)
            .await
            .map_err(Problem::from)
        {
            Ok(_) => confirmed += 1,
            Err(problem) if problem.can_be_put_right() => held = Some(problem),
            Err(problem) => return Err(problem),
        }
    }
    let line = held.map_or_else(String::new, |problem| problem.sentence);
    desk.say(&format!("已确认 {confirmed} 页"), &line).await?;
    go(&format!("/desk/scans/{id}"))
}

/// The form that brings files; `case`: brought from a case's page.
fn bring_form(desk: &Desk, case: Option<CaseId>) -> Form {
    let action = case.map_or_else(|| HERE.to_owned(), |id| format!("/desk/cases/{id}/scans"));
    let mut files = Field::new("files", "扫描件或照片", FieldKind::File(ACCEPT))
        .optional()
        .with("multiple", "multiple");
    files.optional_note = false;
    files.placeholder =
        "可一次选择多个文件：JPEG、PNG、TIFF 或多页 PDF，每个不超过 50 MB、100 页；可同时包含多个办件的文书。"
            .into();
    let mut photos = Field::new("photos", "用手机拍照", FieldKind::File(PHOTOS))
        .optional()
        .with("multiple", "multiple")
        .with("capture", "environment");
    photos.optional_note = false;
    photos.placeholder = "纸张放平，四角都拍进画面，光线均匀。".into();
    Form::new(action, desk.csrf(), Button::primary("上传并识别"))
        .field(files)
        .field(photos)
        .narrow()
}

async fn bring_page(
    app: &App,
    desk: &Desk,
    case: Option<CaseId>,
) -> Result<BringScansPage, Problem> {
    let notes = [
        "打印时选择“实际大小”，不要缩放；在印模框内加盖印模，签字并加盖单位公章，不得涂改。",
        "扫描请选彩色、300 点/英寸；每页右上角或右下角的二维码须完整清晰，平台据此归档。",
        "上传后平台立即保存原件，再逐页识别：归入办件和文书、拉正、提取并测量印模；由您核对确认后才成为办件材料。",
    ];
    let mut page = BringScansPage {
        frame: desk.frame(app, "纸质回传", HERE),
        lead: "把签字盖章后的文书扫描或拍照上传，平台按二维码自动归入办件。".into(),
        form: brings(&desk.actor).then(|| bring_form(desk, case)),
        notes: notes.map(str::to_owned).into(),
        pages: None,
        uploads: None,
    };
    match case {
        Some(id) => {
            let view = app.platform.case(&desk.actor, id).await?;
            let pages = app.platform.scans_of_case(&desk.actor, id).await?;
            let number = view.case.number;
            let here = if brings(&desk.actor) { HERE } else { "/desk" };
            page.frame = desk
                .frame(app, "扫描件", here)
                .below(&format!("办件 {number}"), &format!("/desk/cases/{id}"));
            page.pages = Some(pages.iter().map(tile).collect());
        }
        None => {
            let uploads = app.platform.scan_uploads(&desk.actor).await?;
            page.uploads = Some(uploads_table(&uploads));
        }
    }
    Ok(page)
}

/// Whether a post brings papers back.
pub(super) fn brings(actor: &Actor) -> bool {
    casework::may_bring_scans(actor).is_ok()
}

fn uploads_table(uploads: &[ScanUpload]) -> Table {
    let rows = uploads.iter().map(|upload| {
        let names: Vec<&str> = upload.files.iter().map(|file| file.name.as_str()).collect();
        let title = match names.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first, rest @ ..] => format!("{first} 等 {} 个文件", rest.len() + 1),
        };
        Row::new(vec![
            Cell::link(title, format!("/desk/scans/{}", upload.id))
                .with_sub(format!("{} 上传", beijing::minute(upload.created_at))),
            Cell::text(upload.by.name.clone()),
            Cell::text(format!("{} 页", upload.progress.pages)),
            standing(upload).into(),
        ])
    });
    Table::new(
        "最近的上传",
        vec![
            Column::new("文件"),
            Column::short("上传人"),
            Column::short("页数"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new(
            "image",
            "还没有上传过扫描件",
            "文书签字盖章后，在上方扫描或拍照上传。",
        ),
    )
}

fn standing(upload: &ScanUpload) -> Chip {
    let progress = upload.progress;
    if !progress.is_finished() {
        return Chip::new("识别中", Tone::Info);
    }
    let faulty = upload.files.iter().any(|file| file.pages == Some(0));
    match progress.open {
        0 if faulty => Chip::new("有文件无法读取", Tone::Warn),
        0 => Chip::new("已处理完毕", Tone::Good),
        open => Chip::new(format!("{open} 页待处理"), Tone::Warn),
    }
}

fn upload_page(app: &App, desk: &Desk, upload: &ScanUpload) -> ScanUploadPage {
    let progress = upload.progress;
    let count = |state| {
        upload
            .pages
            .iter()
            .filter(|page| page.state == state)
            .count()
    };
    let filed = count(ScanState::Filed);
    let notice = if !progress.is_finished() {
        Notice::new(Tone::Info, "正在逐页识别").line("原件已保存，识别完成的页可以先核对。")
    } else if progress.open == 0 && progress.confirmed > 0 {
        Notice::new(
            Tone::Good,
            format!("已确认 {} 页，本次上传已处理完毕", progress.confirmed),
        )
    } else if filed > 0 {
        let others = progress.open as usize - filed;
        let mut notice = Notice::new(Tone::Warn, format!("{filed} 页已归档，请逐页核对后确认"));
        if others > 0 {
            notice = notice.line(format!("另有 {others} 页没有归档，请按提示处理。"));
        }
        notice
    } else if progress.open > 0 {
        Notice::new(
            Tone::Warn,
            format!("{} 页没有归档，请按提示处理", progress.open),
        )
    } else {
        Notice::new(Tone::Info, "本次上传没有待处理的页")
    };
    let faults = upload
        .files
        .iter()
        .flat_map(|file| {
            file.remarks.iter().map(|remark| {
                let tone = if file.pages == Some(0) {
                    Tone::Bad
                } else {
                    Tone::Warn
                };
                Notice::new(tone, format!("文件「{}」", file.name))
                    .line(remark.message.clone())
                    .code(remark.code.clone())
            })
        })
        .collect();
    let clean = upload.pages.iter().filter(|page| is_clean(page)).count();
    let confirm = (progress.is_finished() && clean > 1).then(|| {
        Form::new(
            format!("/desk/scans/{}/acts/confirm", upload.id),
            desk.csrf(),
            Button::primary(&format!("确认没有提示的 {clean} 页")),
        )
        .explain("这些页的二维码、印模、签字和盖章均未发现问题；有提示的页请逐页核对。")
        .narrow()
    });
    let mut links = Vec::new();
    let cases: std::collections::BTreeMap<String, CaseId> = upload
        .pages
        .iter()
        .filter_map(|page| page.found.place.as_ref())
        .map(|place| (place.number.to_string(), place.case))
        .collect();
    for (number, case) in cases.iter().take(3) {
        links.push(Link::new(
            format!("办件 {number}"),
            format!("/desk/cases/{case}"),
        ));
    }
    let mut frame = desk.frame(app, "扫描件识别", "/desk");
    if brings(&desk.actor) {
        links.push(Link::new("继续上传", HERE));
        frame = desk.frame(app, "扫描件识别", HERE).below("纸质回传", HERE);
    }
    ScanUploadPage {
        frame,
        notice,
        progress: (!progress.is_finished()).then_some((progress.done, progress.pages.max(1))),
        faults,
        pages: upload.pages.iter().map(tile).collect(),
        confirm,
        links,
    }
}

/// Filed, and nothing was remarked about it.
fn is_clean(page: &ScanPage) -> bool {
    let found = &page.found;
    let imprint = found.imprint.as_ref().is_none_or(|held| {
        held.fault.is_none() && held.cut.as_ref().is_none_or(|cut| cut.reasons.is_empty())
    });
    page.state == ScanState::Filed
        && found.remarks.is_empty()
        && found.findings.is_empty()
        && imprint
}

/// What a page shows, in words.
pub(super) fn title(page: &ScanPage) -> String {
    match &page.found.place {
        Some(place) if place.pages > 1 => {
            format!(
                "{}（第 {} 页，共 {} 页）",
                place.name, place.page, place.pages
            )
        }
        Some(place) => place.name.clone(),
        None => page.state.name().to_owned(),
    }
}

pub(super) fn chip(state: ScanState) -> Chip {
    let tone = match state {
        ScanState::Waiting => Tone::Info,
        ScanState::Confirmed => Tone::Good,
        ScanState::Filed | ScanState::NoCode | ScanState::Twice => Tone::Warn,
        ScanState::Replaced | ScanState::Discarded | ScanState::NotWanted | ScanState::Blank => {
            Tone::Neutral
        }
        ScanState::OtherCase
        | ScanState::OldRevision
        | ScanState::UnknownPaper
        | ScanState::ForeignCode
        | ScanState::Unreadable => Tone::Bad,
    };
    Chip::new(state.name(), tone)
}

pub(super) fn tile(page: &ScanPage) -> ScanTile {
    let base = format!("/desk/scans/{}/{}", page.upload, page.id);
    let found = &page.found;
    let cut = found.imprint.as_ref();
    let note = found
        .remarks
        .first()
        .map(|remark| &remark.message)
        .or_else(|| found.findings.first().map(|finding| &finding.message))
        .or_else(|| cut.and_then(|held| Some(&held.fault.as_ref()?.message)))
        .or_else(|| cut.and_then(|held| Some(&held.cut.as_ref()?.reasons.first()?.message)))
        .filter(|_| page.state.is_open());
    let detail = match &found.place {
        Some(place) => format!(
            "办件 {} ·「{}」第 {} 页",
            place.number, found.file_name, page.number
        ),
        None => format!("「{}」第 {} 页", found.file_name, page.number),
    };
    ScanTile {
        picture: found.sheet.as_ref().map(|_| format!("{base}/small.jpg")),
        href: base,
        title: title(page),
        detail,
        chip: chip(page.state),
        note: note.cloned(),
    }
}
