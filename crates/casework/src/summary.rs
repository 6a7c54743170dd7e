//! The summary sheet (福建省电子政务电子印章申请汇总表): its columns, its lines from the forms, and drafts from its
//! lines.
//!
//! Guide 第二章 四: 申请汇总表的信息内容请严格按申请表信息内容进行汇总; R2.7.

use std::fmt;

use crate::business::{
    BusinessType, CertificateType, ChangeKind, Medium, SealKind, SpecialSituation,
};
use crate::case::{Application, Case};
use crate::division::cities;
use crate::form::{ApplicationForm, ExistingSeal, Field, FormDraft, PersonInfo};
use crate::form_usage::FieldUse;
use crate::ids::SealId;
use crate::policy::Policy;
use crate::stage::Stage;
use crate::unit::Unit;

/// The sheet's title.
pub const TITLE: &str = "福建省电子政务电子印章申请汇总表";
/// What divides several values in one cell.
const DIVIDERS: [char; 4] = ['、', '；', ';', '\n'];

/// The columns of a sheet about this business, after 序号. What no sheet can hold (imprint, P10) has none.
#[must_use]
pub fn columns(business: BusinessType) -> Vec<Field> {
    let held = |field: &Field| match field {
        Field::Imprint | Field::Request => false,
        Field::ExistingSeal => business.needs_existing_seal(),
        Field::Changes => business == BusinessType::Change,
        _ => true,
    };
    Field::ALL.iter().copied().filter(held).collect()
}

/// The head of a column: as on the form; an existing seal is named by its code.
#[must_use]
pub fn title(field: Field) -> &'static str {
    match field {
        Field::ExistingSeal => "印章编码",
        other => other.label(),
    }
}

/// Other heads that mean the column.
#[must_use]
pub fn aliases(field: Field) -> &'static [&'static str] {
    match field {
        Field::Kind => &["电子印章类型", "印章类型"],
        Field::Business => &["电子印章业务类型", "业务"],
        Field::CreditCode => &["统一社会信用代码"],
        Field::City => &["地市"],
        Field::County => &["县/区", "县区", "所属县区"],
        Field::PersonName => &["申请个人信息：姓名", "个人姓名", "使用者姓名"],
        Field::PersonId => &["申请个人信息：身份证号", "个人身份证号", "使用者身份证号"],
        Field::AgentName => &["经办人信息：姓名", "经办人"],
        Field::AgentMobile => &[
            "经办人信息：手机号",
            "经办人手机",
            "手机号",
            "经办人手机号码",
        ],
        Field::AgentId => &["经办人信息：身份证号"],
        Field::SealName => &["电子印章名称"],
        Field::Width => &[
            "印章宽度",
            "宽度（MM）",
            "宽度",
            "宽度（毫米）",
            "印章宽度（毫米）",
        ],
        Field::Height => &[
            "印章长度",
            "长度（MM）",
            "长度",
            "长度（毫米）",
            "印章长度（毫米）",
        ],
        Field::Function => &["功能类型"],
        Field::Certificate => &["数字证书类型", "证书类型"],
        Field::Medium => &["介质"],
        Field::ExistingSeal => &["电子印章编码"],
        Field::Special => &["特殊情况说明"],
        Field::UnitName => &["申请单位", "申请单位名称"],
        Field::Changes | Field::Imprint | Field::Request => &[],
    }
}

/// Whether a sheet about this business is of no use without the column: some form needs the field.
#[must_use]
pub fn required(field: Field, business: BusinessType) -> bool {
    let always = |kind: &SealKind| field.usage(business, *kind, &[]) == FieldUse::Asked;
    // Who fills the sheet in may be the agent of every line; the certificate follows from the kind.
    let derived = matches!(
        field,
        Field::AgentName | Field::AgentMobile | Field::AgentId | Field::Certificate
    );
    !derived && SealKind::ALL.iter().all(always)
}

/// The choices of a column, where it has any.
#[must_use]
pub fn choices(field: Field, business: BusinessType, policy: &Policy) -> Vec<String> {
    let names = |names: Vec<&str>| names.into_iter().map(ToOwned::to_owned).collect();
    match field {
        Field::Kind => names(SealKind::ALL.iter().map(|kind| kind.name()).collect()),
        Field::Business => names(vec![business.name()]),
        Field::City => names(cities().iter().map(|city| city.name).collect()),
        Field::Function => policy
            .functions
            .iter()
            .map(|function| function.name.clone())
            .collect(),
        Field::Certificate => names(CertificateType::ALL.iter().map(|c| c.name()).collect()),
        Field::Medium => names(Medium::ALL.iter().map(|medium| medium.name()).collect()),
        Field::Changes => names(ChangeKind::ALL.iter().map(|change| change.name()).collect()),
        Field::Special => names(SpecialSituation::ALL.iter().map(|s| s.name()).collect()),
        _ => Vec::new(),
    }
}

/// How a column is filled in, in the guide's words (第二章 二).
#[must_use]
pub fn note(field: Field, business: BusinessType) -> &'static str {
    match field {
        Field::Kind => "单选：单位印章、个人印章、设备（服务器）印章。",
        Field::Business => "本表只办理一种业务，可不填。",
        Field::ExistingSeal => "要办理业务的电子印章的编码，见本单位的印章登记。",
        Field::Changes => "变更的事项；几项同时变更的，用“、”隔开。",
        Field::UnitName | Field::CreditCode | Field::City | Field::County => {
            "平台已知本单位信息，可不填；填写的须与登记一致。"
        }
        Field::PersonName => "仅个人印章填写：印章所属使用者的姓名。其他类型请留空。",
        Field::PersonId => "仅个人印章填写：印章所属使用者的身份证号。其他类型请留空。",
        Field::AgentName | Field::AgentMobile | Field::AgentId => {
            "经办人三栏都不填的，按上传汇总表的经办人本人填写。"
        }
        Field::SealName if business == BusinessType::New => "可根据实体印章名称填写或自定义命名。",
        Field::Width | Field::Height => {
            "实体印章盖章后的印模大小，经过测量后填写毫米数，至多一位小数。"
        }
        Field::Function => "单选：按电子印章实际使用的功能填写一项。",
        Field::Certificate => {
            "单选：单位印章绑定单位证书，个人印章绑定个人证书，设备印章绑定设备证书；可不填。"
        }
        Field::Medium => {
            "单位印章、个人印章：USB KEY 或平台托管；设备（服务器）印章：自动签章服务器（密码机）。"
        }
        Field::Special => "没有特殊情况的留空；有的另附情况说明和承诺。",
        _ => "印章登记中已有，可不填；变更的填写变更后的内容。",
    }
}

/// What a cell of a column says about an application: as it was submitted, or while the unit is at work on it as it
/// is being filled in.
#[must_use]
pub fn text(field: Field, case: &Case, application: &Application, policy: &Policy) -> String {
    let at_work = matches!(case.stage, Stage::Draft | Stage::Correction);
    match &application.form {
        Some(form) if !at_work => of_form(field, form, policy),
        _ => of_draft(field, case, &application.draft, policy),
    }
}

fn of_form(field: Field, form: &ApplicationForm, policy: &Policy) -> String {
    let person =
        |text: &dyn Fn(&PersonInfo) -> String| form.person.as_ref().map(text).unwrap_or_default();
    match field {
        Field::Kind => form.kind.name().to_owned(),
        Field::Business => form.business.name().to_owned(),
        Field::ExistingSeal => form
            .existing
            .as_ref()
            .map(|seal| seal.code.to_string())
            .unwrap_or_default(),
        Field::Changes => joined(form.changes.iter().map(|change| change.name())),
        Field::UnitName => form.unit.name.clone(),
        Field::CreditCode => form.unit.credit_code.to_string(),
        Field::City => form.unit.city.city().name.to_owned(),
        Field::County => form.unit.county.county_name().to_owned(),
        Field::PersonName => person(&|person| person.name.clone()),
        Field::PersonId => person(&|person| person.id.to_string()),
        Field::AgentName => form.agent.name.clone(),
        Field::AgentMobile => form.agent.mobile.to_string(),
        Field::AgentId => form.agent.id.to_string(),
        Field::SealName => form.seal.name.clone(),
        Field::Width => form.seal.width.to_string(),
        Field::Height => form.seal.height.to_string(),
        Field::Function => policy.function_name(&form.function).to_owned(),
        Field::Certificate => form.certificate.name().to_owned(),
        Field::Medium => form.medium.name().to_owned(),
        Field::Special => joined(form.special.iter().map(|special| special.name())),
        Field::Imprint | Field::Request => String::new(),
    }
}

fn of_draft(field: Field, case: &Case, draft: &FormDraft, policy: &Policy) -> String {
    let typed = draft.text(field).unwrap_or_default();
    let unit = &case.unit;
    match field {
        Field::Kind => SealKind::find(typed)
            .map_or(typed, |kind| kind.name())
            .to_owned(),
        Field::Business => case.business.name().to_owned(),
        Field::Certificate => CertificateType::find(typed)
            .map_or(typed, |c| c.name())
            .to_owned(),
        Field::Medium => Medium::find(typed)
            .map_or(typed, |medium| medium.name())
            .to_owned(),
        Field::Function => policy
            .function(typed)
            .map_or_else(|| typed.to_owned(), |function| function.name.clone()),
        Field::UnitName => unit.full_name.clone(),
        Field::CreditCode => unit.credit_code.to_string(),
        Field::City => unit.city.city().name.to_owned(),
        Field::County => unit.county.county_name().to_owned(),
        Field::Changes => joined(
            draft
                .changes
                .iter()
                .map(|change| ChangeKind::find(change).map_or(change.as_str(), |c| c.name())),
        ),
        Field::Special => {
            joined(draft.special.iter().map(|special| {
                SpecialSituation::find(special).map_or(special.as_str(), |s| s.name())
            }))
        }
        _ => typed.to_owned(),
    }
}

/// The draft that a line asks for, and a code in it that names no seal. `seal` finds a seal of the unit by its code.
pub fn draft_of(
    cells: impl IntoIterator<Item = (Field, String)>,
    seal: impl Fn(&str) -> Option<SealId>,
) -> (FormDraft, Option<UnknownSeal>) {
    let mut draft = FormDraft::default();
    let mut unknown = None;
    for (field, text) in cells {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let several = || {
            text.split(DIVIDERS)
                .map(str::trim)
                .filter(|part| !part.is_empty())
        };
        match field {
            Field::ExistingSeal => {
                draft.existing_seal = seal(text);
                if draft.existing_seal.is_none() {
                    unknown = Some(UnknownSeal(text.to_owned()));
                }
            }
            Field::Changes => {
                draft.changes = several()
                    .map(|part| ChangeKind::find(part).map_or(part, |c| c.code()).to_owned())
                    .collect();
            }
            Field::Special => {
                draft.special = several()
                    .map(|part| {
                        SpecialSituation::find(part)
                            .map_or(part, |s| s.code())
                            .to_owned()
                    })
                    .collect();
            }
            other => draft.set_text(other, Some(text.to_owned())),
        }
    }
    (draft, unknown)
}

/// Fills in what the platform knows and the line left out: the unit, and what the register says about the seal.
pub fn complete(
    draft: &mut FormDraft,
    business: BusinessType,
    unit: &Unit,
    existing: Option<&ExistingSeal>,
) {
    let blank = |draft: &FormDraft, field| draft.text(field).is_none();
    let known = existing.map_or_else(
        || FormDraft {
            business: Some(business.code().to_owned()),
            unit_name: Some(unit.full_name.clone()),
            credit_code: Some(unit.credit_code.to_string()),
            city: Some(unit.city.to_string()),
            county: Some(unit.county.to_string()),
            ..FormDraft::default()
        },
        |seal| FormDraft::for_seal(business, seal, unit),
    );
    let changes: Vec<ChangeKind> = draft
        .changes
        .iter()
        .filter_map(|change| ChangeKind::find(change))
        .collect();
    let kind = draft
        .kind
        .as_deref()
        .and_then(SealKind::find)
        .or(existing.map(|seal| seal.kind));
    for field in Field::ALL {
        // What is asked for is not filled in for the line, else nobody would notice that it was left out.
        let asked =
            kind.is_some_and(|kind| field.usage(business, kind, &changes) == FieldUse::Asked);
        if !asked && blank(draft, *field) {
            draft.set_text(*field, known.text(*field).map(ToOwned::to_owned));
        }
    }
    if let Some(kind) = kind {
        if blank(draft, Field::Certificate) {
            draft.certificate = Some(kind.certificate().code().to_owned());
        }
        if let ([only], true) = (kind.media(), blank(draft, Field::Medium)) {
            draft.medium = Some(only.code().to_owned());
        }
    }
}

/// A code that names no seal of the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSeal(pub String);

impl fmt::Display for UnknownSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "本单位的印章登记中没有印章编码「{}」，请从印章登记中复制",
            self.0
        )
    }
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_7_the_columns_are_the_forms_fields() {
        let new = columns(BusinessType::New);
        assert!(!new.contains(&Field::ExistingSeal) && !new.contains(&Field::Imprint));
        assert!(columns(BusinessType::Renewal).contains(&Field::ExistingSeal));
        assert!(!columns(BusinessType::Renewal).contains(&Field::Changes));
        assert!(columns(BusinessType::Change).contains(&Field::Changes));
        for business in BusinessType::ALL {
            for field in columns(*business) {
                let heads = aliases(field).iter().copied().chain([title(field)]);
                for head in heads {
                    let others = columns(*business)
                        .into_iter()
                        .filter(|other| *other != field);
                    for other in others {
                        assert!(
                            title(other) != head && !aliases(other).contains(&head),
                            "{head}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn r2_7_a_line_becomes_a_draft() {
        let seal = SealId::from_uuid(uuid::Uuid::from_u128(7));
        let find = |code: &str| (code == "35010000000001").then_some(seal);
        let line = |code: &str| {
            draft_of(
                [
                    (Field::ExistingSeal, code.to_owned()),
                    (Field::Changes, "印模变更、印章名称变更".to_owned()),
                    (
                        Field::Special,
                        "数字证书已变更，仍使用旧印章样式".to_owned(),
                    ),
                    (Field::SealName, " 甲章 ".to_owned()),
                    (Field::Width, String::new()),
                ],
                find,
            )
        };
        let (draft, unknown) = line("35010000000001");
        assert_eq!(draft.existing_seal, Some(seal));
        assert_eq!(draft.changes, ["imprint", "seal_name"]);
        assert_eq!(draft.special, ["old_imprint"]);
        assert_eq!(draft.seal_name.as_deref(), Some("甲章"));
        assert!(draft.width.is_none() && unknown.is_none());
        assert!(line("35019").1.is_some());
    }
}
