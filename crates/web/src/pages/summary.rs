//! The summary sheet (申请汇总表): empty sheets, the sheet of a case, uploading one, and what became of it.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use casework::{BusinessType, CaseId};
use platform::{SheetImport, SheetState, SheetTarget};
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, again, application, go, html, send};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedUpload;
use crate::listing::XLSX;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Choice, Column, Empty, Facts, Field, FieldKind, Form, Link, Notice, Row, Table,
    Tone,
};
use crate::views::{ImportPage, SummaryPage};

/// What browsers offer to upload.
const ACCEPT: &str = ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Deserialize)]
pub(super) struct Wanted {
    business: Option<String>,
}

/// `GET /desk/summary`
pub(super) async fn page(
    State(app): State<App>,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    application::agents_only(&desk)?;
    let business = wanted.business.as_deref().and_then(BusinessType::find);
    html(&upload_page(&app, &desk, None, business))
}

/// `POST /desk/summary`: the sheet opens a new case.
pub(super) async fn upload(State(app): State<App>, desk: Desk, sent: ProtectedUpload) -> Answer {
    let business = sent.fields.text("business").and_then(BusinessType::find);
    let outcome = match business {
        Some(business) => take(&app, &desk, SheetTarget::NewCase(business), sent).await,
        None => Err(refused("business_missing", "请选择本表办理的业务类型。")),
    };
    match outcome {
        Ok(id) => go(&format!("/desk/imports/{id}")),
        Err(problem) if problem.can_be_put_right() => {
            let mut page = upload_page(&app, &desk, None, business);
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/cases/{case}/summary`
pub(super) async fn case_page(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
) -> Answer {
    html(&of_case(&app, &desk, id).await?)
}

/// `POST /desk/cases/{case}/summary`: the sheet adds forms to the case.
pub(super) async fn case_upload(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    sent: ProtectedUpload,
) -> Answer {
    match take(&app, &desk, SheetTarget::Case(id), sent).await {
        Ok(id) => go(&format!("/desk/imports/{id}")),
        Err(problem) if problem.can_be_put_right() => {
            let mut page = of_case(&app, &desk, id).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/summary/{business}/empty.xlsx`
pub(super) async fn template(
    State(app): State<App>,
    desk: Desk,
    Path(business): Path<String>,
) -> Answer {
    let business = BusinessType::find(&business).ok_or_else(Problem::not_found)?;
    let (name, bytes) = app.platform.summary_template(&desk.actor, business).await?;
    Ok(send(XLSX, Some(&name), bytes))
}

/// `GET /desk/cases/{case}/summary.xlsx`
pub(super) async fn sheet(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let (name, bytes) = app.platform.summary_sheet(&desk.actor, id).await?;
    Ok(send(XLSX, Some(&name), bytes))
}

/// `GET /desk/imports/{id}`
pub(super) async fn import(State(app): State<App>, desk: Desk, Path(id): Path<Uuid>) -> Answer {
    let import = app.platform.sheet_import(&desk.actor, id).await?;
    let mut response = html(&import_page(&app, &desk, &import))?;
    if import.state == SheetState::Checking {
        let headers = response.headers_mut();
        headers.insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    Ok(response)
}

/// `GET /desk/imports/{id}/corrected.xlsx`
pub(super) async fn corrected(State(app): State<App>, desk: Desk, Path(id): Path<Uuid>) -> Answer {
    let (name, bytes) = app.platform.corrected_sheet(&desk.actor, id).await?;
    Ok(send(XLSX, Some(&name), bytes))
}

async fn take(
    app: &App,
    desk: &Desk,
    target: SheetTarget,
    sent: ProtectedUpload,
) -> Result<Uuid, Problem> {
    let Some(file) = sent.files.into_iter().next() else {
        return Err(refused("file_missing", "请先选择填好的汇总表文件。"));
    };
    let id = app
        .platform
        .import_summary(&desk.account, &desk.actor, target, &file.name, file.bytes)
        .await?;
    Ok(id)
}

fn refused(code: &'static str, sentence: &str) -> Problem {
    Problem::from(platform::Error::refused(code, sentence))
}

async fn of_case(app: &App, desk: &Desk, id: CaseId) -> Result<SummaryPage, Problem> {
    let view = app.platform.case(&desk.actor, id).await?;
    let case = &view.case;
    let mut page = upload_page(app, desk, Some(id), Some(case.business));
    page.frame = page.frame.below(
        &format!("办件 {}", case.number),
        &format!("/desk/cases/{id}"),
    );
    if case.live_applications().count() > 1 {
        page.written = Some(Link::new(
            "下载本办件的汇总表",
            format!("/desk/cases/{id}/summary.xlsx"),
        ));
    }
    Ok(page)
}

fn upload_page(
    app: &App,
    desk: &Desk,
    case: Option<CaseId>,
    business: Option<BusinessType>,
) -> SummaryPage {
    let action = case.map_or_else(
        || "/desk/summary".to_owned(),
        |id| format!("/desk/cases/{id}/summary"),
    );
    let mut form = Form::new(action, desk.csrf(), Button::primary("上传并核对"));
    if case.is_none() {
        let choices = BusinessType::ALL
            .iter()
            .map(|business| Choice::new(business.code(), business.name()))
            .collect();
        form = form.field(
            Field::new("business", "业务类型", FieldKind::Select(choices))
                .value(business.map_or("new", BusinessType::code))
                .help("一张汇总表、一个办件只办理一种业务。"),
        );
    }
    let mut file = Field::new("sheet", "汇总表", FieldKind::File(ACCEPT));
    file.placeholder = "XLSX 格式，不超过 10 MB。".into();
    form = form.field(file);
    let wanted: Vec<BusinessType> = match (case, business) {
        (Some(_), Some(business)) => vec![business],
        _ => BusinessType::ALL.to_vec(),
    };
    let most = app.platform.policy().max_applications;
    SummaryPage {
        frame: desk.frame(
            app,
            if case.is_some() {
                "导入汇总表"
            } else {
                "从汇总表开始"
            },
            "/desk/cases/new",
        ),
        lead: "印章较多时，先填好汇总表，上传后平台按每一行生成一份申请表；有填错的单元格会逐一指出，改好之前不会生成任何申请表。"
            .into(),
        templates: wanted
            .into_iter()
            .map(|business| {
                Link::new(
                    format!("{}空表", business.name()),
                    format!("/desk/summary/{}/empty.xlsx", business.code()),
                )
            })
            .collect(),
        written: None,
        notes: vec![
            "每枚电子印章填写一行；请勿更改表格模板的表头。".into(),
            "单选项请从单元格的下拉列表中选择；每列怎么填写见表头的批注。".into(),
            "印章延期、变更、撤销、补办和口令解锁的空表已列出本单位可以办理的电子印章，不办理的请删去整行。".into(),
            format!("一个办件最多 {most} 份申请表。"),
            "印模和 P10 设备证书请求在导入后逐份补充。".into(),
        ],
        form,
    }
}

fn import_page(app: &App, desk: &Desk, import: &SheetImport) -> ImportPage {
    let case = format!("/desk/cases/{}", import.case);
    let mut links = Vec::new();
    let mut form = None;
    let notice = match import.state {
        SheetState::Checking => Notice::new(Tone::Info, "正在核对汇总表").line("请稍候。"),
        SheetState::Taken => {
            links.push(Link::new("进入办件", case));
            links.push(Link::new(
                "查看各份申请表",
                format!("/desk/cases/{}/applications?tab=open", import.case),
            ));
            Notice::new(
                Tone::Good,
                format!("汇总表已导入，增加 {} 份申请表", import.total),
            )
            .line("印模和 P10 设备证书请求表格中不能填写，请在各份申请表中补充。")
        }
        SheetState::Refused => {
            if import.has_corrected {
                links.push(Link::new(
                    "下载待更正的表格",
                    format!("/desk/imports/{}/corrected.xlsx", import.id),
                ));
            }
            let (action, target) = if import.opens {
                ("/desk/summary".to_owned(), Some(import.business))
            } else {
                (format!("{case}/summary"), None)
            };
            let mut upload = Form::new(action, desk.csrf(), Button::primary("上传并核对"));
            if let Some(business) = target {
                upload = upload.field(Field::hidden("business", business.code()));
            }
            let mut file = Field::new("sheet", "更正后的汇总表", FieldKind::File(ACCEPT));
            file.placeholder = "XLSX 格式，不超过 10 MB。".into();
            form = Some(upload.field(file));
            match &import.refusal {
                Some(refusal) => Notice::new(Tone::Bad, refusal).code("sheet_refused"),
                None => Notice::new(
                    Tone::Bad,
                    format!("有 {} 处需要更正，没有生成任何申请表", import.fault_count),
                )
                .line("下载的表格中，有问题的单元格已用红色标出并附批注；更正后重新上传即可。")
                .code("sheet_cells"),
            }
        }
    };
    let facts = Facts::new()
        .with("文件", import.name.clone())
        .with("业务类型", import.business.name())
        .with("行数", format!("{} 行", import.total))
        .with("上传时间", beijing::second(import.created_at));
    ImportPage {
        frame: desk
            .frame(app, "导入汇总表", "/desk/cases/new")
            .below("从汇总表开始", "/desk/summary"),
        notice,
        progress: (import.state == SheetState::Checking).then_some((import.done, import.total)),
        facts,
        links,
        faults: (!import.faults.is_empty()).then(|| faults(import)),
        again: form,
    }
}

fn faults(import: &SheetImport) -> Table {
    let rows = import.faults.iter().map(|fault| {
        Row::new(vec![
            Cell::text(format!("第 {} 行", fault.row)),
            fault.column.clone().into(),
            Cell::text(&fault.message).with_sub(fault.code.clone()),
        ])
    });
    let mut table = Table::new(
        "需要更正的地方",
        vec![
            Column::short("行"),
            Column::short("列"),
            Column::new("问题"),
        ],
        rows.collect(),
        Empty::new("ok", "没有需要更正的地方", ""),
    );
    if import.fault_count > import.faults.len() {
        table.pager = Some(crate::views::parts::Pager {
            summary: format!("只列出前 {} 处，其余见下载的表格", import.faults.len()),
            first: None,
            next: None,
        });
    }
    table
}
