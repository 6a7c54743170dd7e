//! A summary sheet that was uploaded becomes the forms of a case: all of its lines, or with one bad cell none.
//!
//! The upload is read at once and kept; the lines are checked and taken by a job, so that 2,000 of them show their
//! progress, the agent may leave the page, and a killed process goes on where it has to: what is written, is written
//! in one transaction together with the end of the import.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use casework::{
    Act, ActKind, Actor, ApplicationId, BusinessType, CaseId, ExistingSeal, Field, FileDigest,
    FormContext, FormDraft, Policy, Role, SealId, Unit, summary,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Account, Platform,
    case::visible,
    error::{Error, Result},
    jobs,
    material::clean_name,
    ports::{
        SheetsError,
        sheets::{
            CellFault, ReadRow, ReadSheet, Sheet, SheetCell, SheetColumn, SheetMark, WantedColumn,
        },
        store::SheetImportRow,
    },
    summary::{cell, frame},
};

/// Largest workbook taken.
const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Lines between two reports of progress.
const STEP: usize = 100;
/// Faults told one by one; the corrected sheet marks them all.
const MOST_FAULTS: usize = 500;

/// Where the forms of a sheet go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetTarget {
    /// Into a new case, opened when the sheet is taken.
    NewCase(BusinessType),
    /// Into a case that is being filled in.
    Case(CaseId),
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetState {
    /// Waiting or being checked.
    Checking,
    /// Its lines are forms of the case.
    Taken,
    /// Something is wrong with it: nothing was taken.
    Refused,
}

/// A cell that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetFault {
    /// Number of the line, as the spreadsheet program shows it.
    pub row: u32,
    /// Head of the column.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for SheetFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "第 {} 行“{}”：{}", self.row, self.column, self.message)
    }
}

/// An upload of a summary sheet, as its agent sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetImport {
    /// Id.
    pub id: Uuid,
    /// The case it is for; one that it is to open is there once it is taken.
    pub case: CaseId,
    /// It opens the case.
    pub opens: bool,
    /// Its business.
    pub business: BusinessType,
    /// Name of the file.
    pub name: String,
    /// How far it is.
    pub state: SheetState,
    /// Lines in all.
    pub total: u32,
    /// Lines checked.
    pub done: u32,
    /// The first faults.
    pub faults: Vec<SheetFault>,
    /// All faults.
    pub fault_count: usize,
    /// Why the sheet as a whole is not taken.
    pub refusal: Option<String>,
    /// A corrected sheet can be downloaded.
    pub has_corrected: bool,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// What is kept of an import beside its columns.
#[derive(Serialize, Deserialize)]
struct Body {
    actor: Actor,
    /// Who fills in the agent's columns where a line leaves them out.
    agent_name: String,
    agent_mobile: Option<String>,
    agent_id: Option<String>,
    business: BusinessType,
    opens: bool,
    name: String,
    file: FileDigest,
    faults: Vec<SheetFault>,
    fault_count: usize,
    refusal: Option<String>,
    corrected: Option<FileDigest>,
}

impl Platform {
    /// Takes an uploaded summary sheet and begins to check it.
    ///
    /// # Errors
    /// `sheet_type`, `sheet_old`, `sheet_too_large`, `sheet_damaged`, `sheet_columns_missing`, `sheet_column_twice`,
    /// `sheet_too_many_rows`, `summary_sheet_empty`; `import_running` while another is on its way; and what keeps the
    /// case from taking forms.
    pub async fn import_summary(
        &self,
        account: &Account,
        actor: &Actor,
        target: SheetTarget,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Uuid> {
        let name = clean_name(name);
        if bytes.len() > MOST_BYTES {
            return Err(refused(&SheetsError::TooLarge));
        }
        let now = self.clock.now();
        let (case, opens, business) = match target {
            SheetTarget::NewCase(business) => {
                let unit = self.unit(actor.post.unit).await?;
                // Whoever cannot open a case is told before the sheet is checked.
                if actor.post.role != Role::Agent {
                    return Err(Error::Forbidden);
                }
                unit.route()?;
                (CaseId::from_uuid(Uuid::now_v7()), true, business)
            }
            SheetTarget::Case(id) => {
                let mut tx = self.store.read().await?;
                let (case, _) = self.load(tx.as_mut(), id).await?;
                visible(actor, &case)?;
                let allowed = casework::allowed_acts(&case, actor, &self.policy());
                if !allowed.contains(&ActKind::AddApplications) {
                    return Err(Error::refused(
                        "import_not_now",
                        "办件提交后不能再导入汇总表；需要增加印章的，请另建办件",
                    ));
                }
                (id, false, case.business)
            }
        };
        let total = self.read_sheet(bytes.clone(), business).await?.rows.len();
        if total == 0 {
            return Err(Error::refused(
                "summary_sheet_empty",
                "汇总表中没有填写任何一行，请每枚电子印章填写一行",
            ));
        }
        let file = self.files.put(self.protection.seal_file(&bytes)).await?;
        let body = Body {
            actor: actor.clone(),
            agent_name: account.name.clone(),
            agent_mobile: account.mobile.as_ref().map(ToString::to_string),
            agent_id: account.resident_id.as_ref().map(ToString::to_string),
            business,
            opens,
            name,
            file,
            faults: Vec::new(),
            fault_count: 0,
            refusal: None,
            corrected: None,
        };
        let row = SheetImportRow {
            id: Uuid::now_v7(),
            case,
            state: code(SheetState::Checking).to_owned(),
            total: u32::try_from(total).unwrap_or(u32::MAX),
            done: 0,
            created_at: now,
            updated_at: now,
            body: self.protection.seal(&body)?,
        };
        let mut tx = self.store.begin().await?;
        let others = tx.sheet_imports_of(case).await?;
        if others.iter().any(|other| other.state == row.state) {
            return Err(Error::refused(
                "import_running",
                "本办件的另一份汇总表正在导入，请待其完成后再上传",
            ));
        }
        tx.sheet_import_insert(&row).await?;
        tx.job_insert(&jobs::new_job(
            jobs::kind::IMPORT_SHEET,
            row.id.to_string(),
            now,
        ))
        .await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(row.id)
    }

    /// An import, for agents of the unit.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for another unit's.
    pub async fn sheet_import(&self, actor: &Actor, id: Uuid) -> Result<SheetImport> {
        let (row, body) = self.load_import(id).await?;
        of_unit(actor, &body)?;
        Ok(shown(&row, body))
    }

    /// The uploaded sheet with every bad cell coloured and commented, and its file name.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none.
    pub async fn corrected_sheet(&self, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
        let (_, body) = self.load_import(id).await?;
        of_unit(actor, &body)?;
        let digest = body.corrected.ok_or(Error::NotFound("corrected sheet"))?;
        let bytes = self.protection.open_file(&self.files.get(&digest).await?)?;
        let stem = body.name.strip_suffix(".xlsx").unwrap_or(&body.name);
        Ok((format!("{stem}-待更正.xlsx"), bytes))
    }

    /// The job: checks every line, and takes all of them or none. Done again after a kill it finds what is finished.
    pub(crate) async fn run_import(&self, id: &str) -> Result<()> {
        let id = Uuid::parse_str(id).map_err(|e| Error::internal("importing a sheet", e))?;
        let (mut row, mut body) = self.load_import(id).await?;
        if row.state != code(SheetState::Checking) {
            return Ok(());
        }
        let bytes = self
            .protection
            .open_file(&self.files.get(&body.file).await?)?;
        let policy = self.policy();
        let unit = self.unit(body.actor.post.unit).await?;
        let read = match self.read_sheet(bytes, body.business).await {
            Ok(read) => read,
            Err(Error::Refused(refusal)) => {
                body.refusal = Some(refusal.message);
                return self.refuse_import(row, body).await;
            }
            Err(error) => return Err(error),
        };
        let mut lines = Lines {
            body: &body,
            fields: summary::columns(body.business),
            unit: &unit,
            policy: &policy,
            now: self.clock.now(),
            named: self.seals_in(&row, body.opens).await?,
            drafts: Vec::new(),
            faults: Vec::new(),
        };
        for (at, line) in read.rows.iter().enumerate() {
            if at > 0 && at % STEP == 0 {
                row.done = u32::try_from(at).unwrap_or(u32::MAX);
                row.updated_at = self.clock.now();
                let mut tx = self.store.begin().await?;
                tx.sheet_import_update(&row).await?;
                tx.commit().await?;
            }
            let existing = self.existing_of(line, &lines, row.case).await?;
            lines.check(line, existing.as_ref());
        }
        let Lines {
            fields,
            drafts,
            faults,
            ..
        } = lines;
        row.done = row.total;
        if faults.is_empty() {
            return self.take(row, body, &unit, drafts).await;
        }
        let corrected = corrected(&read, &fields, body.business, &faults);
        let corrected = self.workbook(corrected).await?;
        let sealed = self.protection.seal_file(&corrected);
        body.corrected = Some(self.files.put(sealed).await?);
        body.fault_count = faults.len();
        body.faults = faults
            .into_iter()
            .take(MOST_FAULTS)
            .map(|(_, f)| f)
            .collect();
        self.refuse_import(row, body).await
    }

    /// Every line is right: the forms come into the case, and the import ends, in one transaction.
    async fn take(
        &self,
        mut row: SheetImportRow,
        mut body: Body,
        unit: &Unit,
        drafts: Vec<FormDraft>,
    ) -> Result<()> {
        let actor = body.actor.clone();
        let count = drafts.len();
        let act = Act::AddApplications {
            applications: drafts
                .into_iter()
                .map(|draft| (ApplicationId::from_uuid(Uuid::now_v7()), draft))
                .collect(),
        };
        let mut tx = self.store.begin().await?;
        let state = tx.sheet_import(row.id).await?.map(|kept| kept.state);
        if state.as_deref() != Some(code(SheetState::Checking)) {
            return Ok(());
        }
        let (mut case, version) = if body.opens {
            let opened = self
                .open_empty(tx.as_mut(), &actor, row.case, body.business, unit.clone())
                .await?;
            (opened, 1)
        } else {
            self.load(tx.as_mut(), row.case).await?
        };
        let advanced = self
            .advance(tx.as_mut(), &mut case, version, &actor, &act)
            .await;
        match advanced {
            Ok(()) => {}
            Err(Error::Refused(refusal)) => {
                drop(tx);
                body.refusal = Some(refusal.message);
                return self.refuse_import(row, body).await;
            }
            Err(error) => return Err(error),
        }
        code(SheetState::Taken).clone_into(&mut row.state);
        row.updated_at = self.clock.now();
        row.body = self.protection.seal(&body)?;
        tx.sheet_import_update(&row).await?;
        self.notify(
            tx.as_mut(),
            &[actor.person],
            &format!(
                "汇总表「{}」已导入办件 {}，增加 {count} 份申请表。",
                body.name, case.number
            ),
            &format!("/desk/cases/{}", case.id),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn refuse_import(&self, mut row: SheetImportRow, body: Body) -> Result<()> {
        code(SheetState::Refused).clone_into(&mut row.state);
        row.updated_at = self.clock.now();
        row.body = self.protection.seal(&body)?;
        let mut tx = self.store.begin().await?;
        tx.sheet_import_update(&row).await?;
        self.notify(
            tx.as_mut(),
            &[body.actor.person],
            &format!("汇总表「{}」有需要更正的地方，没有导入。", body.name),
            &format!("/desk/imports/{}", row.id),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The seals that the case names already.
    async fn seals_in(&self, row: &SheetImportRow, opens: bool) -> Result<BTreeSet<SealId>> {
        if opens {
            return Ok(BTreeSet::new());
        }
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), row.case).await?;
        Ok(case
            .live_applications()
            .filter_map(|application| application.draft.existing_seal)
            .collect())
    }

    /// The seal of the unit that a line names by its code.
    async fn existing_of(
        &self,
        line: &ReadRow,
        lines: &Lines<'_>,
        case: CaseId,
    ) -> Result<Option<ExistingSeal>> {
        let place = lines.fields.iter().position(|f| *f == Field::ExistingSeal);
        let Some(text) = place
            .and_then(|place| line.cells.get(place))
            .filter(|code| !code.is_empty())
        else {
            return Ok(None);
        };
        let mut tx = self.store.read().await?;
        let Some(row) = tx.seal_by_code(text).await? else {
            return Ok(None);
        };
        if row.unit != lines.unit.id {
            return Ok(None);
        }
        let found = self.existing_seal(tx.as_mut(), row.id, case).await?;
        Ok(found.map(|(seal, _)| seal))
    }

    async fn load_import(&self, id: Uuid) -> Result<(SheetImportRow, Body)> {
        let row = self
            .store
            .read()
            .await?
            .sheet_import(id)
            .await?
            .ok_or(Error::NotFound("sheet import"))?;
        let body = self.protection.open(&row.body)?;
        Ok((row, body))
    }

    async fn read_sheet(&self, bytes: Vec<u8>, business: BusinessType) -> Result<ReadSheet> {
        let sheets = Arc::clone(&self.sheets);
        let most = self.policy().max_applications;
        let wanted: Vec<WantedColumn> = summary::columns(business)
            .into_iter()
            .map(|field| WantedColumn {
                title: summary::title(field).to_owned(),
                aliases: summary::aliases(field)
                    .iter()
                    .map(|&alias| alias.to_owned())
                    .collect(),
                required: summary::required(field, business),
            })
            .collect();
        tokio::task::spawn_blocking(move || sheets.read(&bytes, &wanted, most))
            .await
            .map_err(|e| Error::internal("reading a workbook", e))?
            .map_err(|error| refused(&error))
    }
}

/// The lines of a sheet on their way to drafts.
struct Lines<'a> {
    body: &'a Body,
    fields: Vec<Field>,
    unit: &'a Unit,
    policy: &'a Policy,
    now: Timestamp,
    /// Seals named before, in the case and in the sheet.
    named: BTreeSet<SealId>,
    drafts: Vec<FormDraft>,
    /// Faults with the place of their column.
    faults: Vec<(usize, SheetFault)>,
}

impl Lines<'_> {
    fn check(&mut self, line: &ReadRow, existing: Option<&ExistingSeal>) {
        let mut told = BTreeSet::new();
        for (place, fault) in &line.faults {
            let (code, message) = of_cell(*fault);
            told.insert(*place);
            self.fault(line.number, *place, code, message);
        }
        let cells = self.fields.iter().copied().zip(line.cells.iter().cloned());
        let (mut draft, unknown) = summary::draft_of(cells, |_| existing.map(|seal| seal.id));
        if draft.agent_name.is_none() && draft.agent_mobile.is_none() && draft.agent_id.is_none() {
            draft.agent_name = Some(self.body.agent_name.clone());
            draft.agent_mobile.clone_from(&self.body.agent_mobile);
            draft.agent_id.clone_from(&self.body.agent_id);
        }
        summary::complete(&mut draft, self.body.business, self.unit, existing);
        if let Some(unknown) = unknown {
            told.insert(self.place(Field::ExistingSeal));
            self.fault(
                line.number,
                self.place(Field::ExistingSeal),
                "seal_code_unknown",
                unknown.to_string(),
            );
        }
        if let Some(seal) = existing
            && !self.named.insert(seal.id)
        {
            let message = format!("「{}」已在本办件或本表的其他行中，请删去一行", seal.name);
            self.fault(
                line.number,
                self.place(Field::ExistingSeal),
                "seal_named_twice",
                message,
            );
        }
        let seals: Vec<ExistingSeal> = existing.cloned().into_iter().collect();
        let context = FormContext {
            business: self.body.business,
            unit: self.unit,
            policy: self.policy,
            seals: &seals,
            materials: &[],
            requests: &[],
            now: self.now,
        };
        for error in draft.check(&context).err().unwrap_or_default() {
            let place = self.place(error.field);
            // Imprint and P10 are collected afterwards: no cell can hold them.
            let held = self.fields.contains(&error.field);
            if held && !told.contains(&place) {
                self.fault(line.number, place, error.code, error.message);
            }
        }
        self.drafts.push(draft);
    }

    fn place(&self, field: Field) -> usize {
        self.fields
            .iter()
            .position(|other| *other == field)
            .unwrap_or_default()
    }

    fn fault(&mut self, row: u32, place: usize, code: &str, message: impl Into<String>) {
        let column = self
            .fields
            .get(place)
            .map_or("", |field| summary::title(*field));
        self.faults.push((
            place,
            SheetFault {
                row,
                column: column.to_owned(),
                code: code.to_owned(),
                message: message.into(),
            },
        ));
    }
}

/// The lines as they were sent, every bad cell marked, and what is wrong with it once more at the end of its line.
fn corrected(
    read: &ReadSheet,
    fields: &[Field],
    business: BusinessType,
    faults: &[(usize, SheetFault)],
) -> Sheet {
    let lines: BTreeMap<u32, usize> = read
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| (row.number, at))
        .collect();
    let mut hints: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut marks = Vec::new();
    for (place, fault) in faults {
        hints
            .entry(fault.row)
            .or_default()
            .push(format!("{}：{}", fault.column, fault.message));
        if let Some(row) = lines.get(&fault.row) {
            marks.push(SheetMark {
                row: *row,
                column: place + 1,
                text: fault.message.clone(),
            });
        }
    }
    let mut sheet = frame(business, fields);
    sheet.columns.push(SheetColumn {
        title: "更正提示".to_owned(),
        ..SheetColumn::default()
    });
    sheet.above = vec![format!(
        "共 {} 处需要更正，已用红色标出，原因见批注和“更正提示”；更正后重新上传本表。",
        faults.len()
    )];
    sheet.rows = read
        .rows
        .iter()
        .zip(1..)
        .map(|(row, n)| {
            let cells = fields
                .iter()
                .zip(&row.cells)
                .map(|(field, text)| cell(*field, text.clone()));
            let hint = hints
                .get(&row.number)
                .map_or(SheetCell::Empty, |hints| SheetCell::Text(hints.join("\n")));
            std::iter::once(SheetCell::Number(f64::from(n)))
                .chain(cells)
                .chain([hint])
                .collect()
        })
        .collect();
    sheet.marks = marks;
    sheet
}

fn of_cell(fault: CellFault) -> (&'static str, &'static str) {
    match fault {
        CellFault::Formula => ("cell_formula", "单元格中是公式，请复制后“选择性粘贴”为数值"),
        CellFault::DigitsLost => (
            "cell_digits_lost",
            "号码被表格软件当作数字，末几位已经丢失；请把单元格设为“文本”格式，重新填写完整号码",
        ),
        CellFault::Error => ("cell_error", "单元格显示错误，请重新填写"),
    }
}

/// What is wrong with a workbook as a whole.
fn refused(error: &SheetsError) -> Error {
    let most = MOST_BYTES / (1024 * 1024);
    let (code, message) = match error {
        SheetsError::NotAWorkbook => (
            "sheet_type",
            "这不是 XLSX 表格文件，请用表格软件另存为“Excel 工作簿（.xlsx）”后再上传".to_owned(),
        ),
        SheetsError::OldOrEncrypted => (
            "sheet_old",
            "这是旧版（.xls）或加密的表格，请另存为不加密的“Excel 工作簿（.xlsx）”后再上传"
                .to_owned(),
        ),
        SheetsError::TooLarge => (
            "sheet_too_large",
            format!("表格过大（上限 {most} MB，展开后 64 MB），请删去图片和多余的工作表后再上传"),
        ),
        SheetsError::Damaged(_) | SheetsError::Write(_) => (
            "sheet_damaged",
            "表格文件已损坏，无法读取；请用表格软件打开后重新保存，再上传".to_owned(),
        ),
        SheetsError::ColumnsMissing(columns) => (
            "sheet_columns_missing",
            format!(
                "表格中缺少列“{}”；请勿更改表头，可下载空表后重新填写",
                columns.join("”“")
            ),
        ),
        SheetsError::ColumnTwice(column) => (
            "sheet_column_twice",
            format!("表格中有两列“{column}”，请删去一列"),
        ),
        SheetsError::TooManyRows(most) => (
            "sheet_too_many_rows",
            format!("一个办件最多 {most} 份申请表，表格的行数超过上限，请分成几个办件"),
        ),
    };
    Error::refused(code, message)
}

fn of_unit(actor: &Actor, body: &Body) -> Result<()> {
    let same = actor.post == body.actor.post;
    same.then_some(()).ok_or(Error::NotFound("sheet import"))
}

fn code(state: SheetState) -> &'static str {
    match state {
        SheetState::Checking => "checking",
        SheetState::Taken => "taken",
        SheetState::Refused => "refused",
    }
}

fn shown(row: &SheetImportRow, body: Body) -> SheetImport {
    let state = [SheetState::Taken, SheetState::Refused]
        .into_iter()
        .find(|state| code(*state) == row.state)
        .unwrap_or(SheetState::Checking);
    SheetImport {
        id: row.id,
        case: row.case,
        opens: body.opens,
        business: body.business,
        name: body.name,
        state,
        total: row.total,
        done: row.done,
        faults: body.faults,
        fault_count: body.fault_count,
        refusal: body.refusal,
        has_corrected: body.corrected.is_some(),
        created_at: row.created_at,
    }
}
