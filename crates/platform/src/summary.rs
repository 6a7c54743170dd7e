//! The summary sheet (申请汇总表) as a workbook: written from the forms of a case, and empty to be filled in.

use casework::{Actor, BusinessType, CaseId, Field, SealKind, SealState, Stage, summary};

use crate::{
    Platform, RegisteredSeal,
    case::visible,
    error::{Error, Result},
    ports::{
        sheets::{Sheet, SheetCell, SheetColumn, SheetKind},
        store::PageRequest,
    },
};

/// Empty lines that a sheet to be filled in offers its choices on.
const ROOM: usize = 200;
/// Seals that a sheet to be filled in names beforehand.
const MOST_SEALS: usize = 2000;
/// The first column.
pub(crate) const NUMBER: &str = "序号";

impl Platform {
    /// The summary sheet of a case, written from its forms, and its file name.
    ///
    /// # Errors
    /// `summary_sheet_not_needed` for a case with one form; [`Error::NotFound`] also where the person may not see it.
    pub async fn summary_sheet(&self, actor: &Actor, id: CaseId) -> Result<(String, Vec<u8>)> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        drop(tx);
        visible(actor, &case)?;
        let policy = self.policy();
        let count = case.live_applications().count();
        if count < 2 {
            return Err(Error::refused(
                "summary_sheet_not_needed",
                "本次办理的电子印章不超过壹枚，无需申请汇总表",
            ));
        }
        let at_work = matches!(case.stage, Stage::Draft | Stage::Correction);
        let version = if at_work {
            "填写中，尚未提交".to_owned()
        } else {
            format!("第 {} 版", case.revision)
        };
        let fields = summary::columns(case.business);
        let rows = case.live_applications().zip(1..).map(|(application, n)| {
            let cells = fields
                .iter()
                .map(|field| cell(*field, summary::text(*field, &case, application, &policy)));
            std::iter::once(SheetCell::Number(f64::from(n)))
                .chain(cells)
                .collect()
        });
        let sheet = Sheet {
            above: vec![format!(
                "制表单位：{}　　办件编号：{}　　业务类型：{}　　共 {count} 枚　　{version}",
                case.unit.full_name,
                case.number,
                case.business.name()
            )],
            rows: rows.collect(),
            below: vec![
                "本表由平台按申请表生成，与申请表一致；请勿更改、涂改，横向打印，签字、盖章后随申请材料递交。".to_owned(),
                "制表人（签字）：　　　　　　　　　　单位（盖章）：　　　　　　　　　　日期：　　　　年　　月　　日".to_owned(),
            ],
            ..frame(case.business, &fields)
        };
        let name = format!("申请汇总表-{}.xlsx", case.number);
        Ok((name, self.workbook(sheet).await?))
    }

    /// An empty summary sheet to be filled in: choices, how each column is filled in, and for everything but 印章申请
    /// the unit's seals that the business is possible for.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn summary_template(
        &self,
        actor: &Actor,
        business: BusinessType,
    ) -> Result<(String, Vec<u8>)> {
        let unit = self.unit(actor.post.unit).await?;
        let policy = self.policy();
        let fields = summary::columns(business);
        let mut sheet = frame(business, &fields);
        for (column, field) in sheet.columns.iter_mut().skip(1).zip(&fields) {
            column.choices = summary::choices(*field, business, &policy);
            column.note = Some(summary::note(*field, business).to_owned());
            column.required = summary::required(*field, business);
        }
        sheet.above = vec![
            format!(
                "制表单位：{}　　业务类型：{}",
                unit.full_name,
                business.name()
            ),
            "每枚电子印章填写一行，红色列必填；请勿更改表头。印模、P10 设备证书请求在上传后逐份补充。".to_owned(),
        ];
        sheet.room = ROOM;
        if business.needs_existing_seal() {
            let seals = self.seals_for(actor, business).await?;
            sheet.rows = seals
                .iter()
                .zip(1..)
                .map(|(seal, n)| {
                    let cells = fields.iter().map(|field| known(*field, seal));
                    std::iter::once(SheetCell::Number(f64::from(n)))
                        .chain(cells)
                        .collect()
                })
                .collect();
            sheet
                .above
                .push("已列出本单位可以办理的电子印章，不办理的请删去整行。".to_owned());
        }
        let name = format!("申请汇总表（{}，空表）.xlsx", business.name());
        Ok((name, self.workbook(sheet).await?))
    }

    /// The unit's seals that may be named in this business, as far as a list can tell.
    async fn seals_for(
        &self,
        actor: &Actor,
        business: BusinessType,
    ) -> Result<Vec<RegisteredSeal>> {
        use BusinessType as B;
        use SealState as S;

        let now = self.clock.now();
        let policy = self.policy();
        let fits = |seal: &RegisteredSeal| {
            let state = seal.state(now);
            seal.open_case.is_none()
                && seal.record.kind.allows(business, seal.record.medium)
                && match business {
                    B::New => false,
                    B::Change | B::Unlock => state == S::Active,
                    B::Renewal => {
                        state == S::Active && now >= policy.renewal_opens(seal.record.valid_until)
                    }
                    B::Revocation | B::Reissue => {
                        matches!(state, S::Active | S::Suspended | S::Expired)
                    }
                }
        };
        let mut found = Vec::new();
        let mut page = PageRequest {
            after: None,
            limit: 200,
        };
        loop {
            let seals = self.seals(actor, None, &page).await?;
            found.extend(seals.rows.into_iter().filter(|seal| fits(seal)));
            page.after = seals.next;
            if page.after.is_none() || found.len() >= MOST_SEALS {
                found.truncate(MOST_SEALS);
                return Ok(found);
            }
        }
    }
}

/// The sheet without lines.
pub(crate) fn frame(business: BusinessType, fields: &[Field]) -> Sheet {
    let number = SheetColumn {
        title: NUMBER.to_owned(),
        kind: SheetKind::Number,
        ..SheetColumn::default()
    };
    let columns = fields.iter().map(|field| SheetColumn {
        title: summary::title(*field).to_owned(),
        kind: kind(*field),
        ..SheetColumn::default()
    });
    Sheet {
        name: format!("{}汇总表", business.name()),
        title: Some(summary::TITLE.to_owned()),
        columns: std::iter::once(number).chain(columns).collect(),
        ..Sheet::default()
    }
}

/// A cell with this text: a size as a number where it is one.
pub(crate) fn cell(field: Field, text: String) -> SheetCell {
    match (kind(field), text.parse::<f64>()) {
        _ if text.is_empty() => SheetCell::Empty,
        (SheetKind::Millimetres, Ok(size)) if size.is_finite() => SheetCell::Number(size),
        _ => SheetCell::Text(text),
    }
}

fn kind(field: Field) -> SheetKind {
    match field {
        Field::Width | Field::Height => SheetKind::Millimetres,
        _ => SheetKind::Text,
    }
}

/// What the register says about a seal; the rest is for the unit to fill in.
fn known(field: Field, seal: &RegisteredSeal) -> SheetCell {
    let record = &seal.record;
    let holder = record
        .holder
        .as_ref()
        .filter(|_| record.kind == SealKind::Personal);
    let text = match field {
        Field::Kind => record.kind.name().to_owned(),
        Field::ExistingSeal => record.code.to_string(),
        Field::SealName => record.name.clone(),
        Field::PersonName => holder.map(|holder| holder.name.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    cell(field, text)
}
