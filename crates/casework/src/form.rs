//! The application form (福建省电子政务电子印章申请表): its fields, the draft as typed and the form as checked.
//!
//! Guide 第二章 二、三. The checks stand in `form_check.rs`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::business::{
    BusinessType, CertificateType, ChangeKind, Medium, SealFunction, SealKind, SpecialSituation,
};
use crate::credit_code::CreditCode;
use crate::division::DivisionCode;
use crate::ids::{MaterialId, SealId, UnitId};
use crate::mobile::Mobile;
use crate::number::SealCode;
use crate::policy::Policy;
use crate::refusal::Point;
use crate::resident_id::ResidentId;
use crate::seal_register::SealState;
use crate::size::Millimetres;
use crate::unit::Unit;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// 申请电子印章类型.
    Kind,
    /// 业务类型.
    Business,
    /// The existing seal, picked from the register (not for 印章申请).
    ExistingSeal,
    /// 变更事项 (印章变更 only).
    Changes,
    /// 单位名称.
    UnitName,
    /// 统一社会信用代码号.
    CreditCode,
    /// 所属地市.
    City,
    /// 所属县/区.
    County,
    /// 申请个人信息：姓名 (个人印章 only).
    PersonName,
    /// 申请个人信息：身份证号 (个人印章 only).
    PersonId,
    /// 经办人信息：姓名.
    AgentName,
    /// 经办人信息：手机号.
    AgentMobile,
    /// 经办人信息：身份证号.
    AgentId,
    /// 印章名称.
    SealName,
    /// 印章宽度（MM）.
    Width,
    /// 印章长度（MM）.
    Height,
    /// 印章功能类型.
    Function,
    /// 绑定的数字证书类型.
    Certificate,
    /// 介质.
    Medium,
    /// 印模采集.
    Imprint,
    /// P10 设备证书请求 (设备印章 only).
    Request,
    /// 特殊情况说明 (第二章 一、2).
    Special,
}

/// The form as it is being filled in: what was typed, nothing refused. Saved as it is (R2.12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormDraft {
    /// 申请电子印章类型: code or name.
    pub kind: Option<String>,
    /// 业务类型: code or name.
    pub business: Option<String>,
    /// The existing seal.
    pub existing_seal: Option<SealId>,
    /// 变更事项: codes.
    pub changes: Vec<String>,
    /// 单位名称.
    pub unit_name: Option<String>,
    /// 统一社会信用代码号.
    pub credit_code: Option<String>,
    /// 所属地市: name or code.
    pub city: Option<String>,
    /// 所属县/区: name or code.
    pub county: Option<String>,
    /// 申请个人信息：姓名.
    pub person_name: Option<String>,
    /// 申请个人信息：身份证号.
    pub person_id: Option<String>,
    /// 经办人姓名.
    pub agent_name: Option<String>,
    /// 经办人手机号.
    pub agent_mobile: Option<String>,
    /// 经办人身份证号.
    pub agent_id: Option<String>,
    /// 印章名称.
    pub seal_name: Option<String>,
    /// 印章宽度（MM）.
    pub width: Option<String>,
    /// 印章长度（MM）.
    pub height: Option<String>,
    /// 印章功能类型: code or name.
    pub function: Option<String>,
    /// 绑定的数字证书类型: code or name.
    pub certificate: Option<String>,
    /// 介质: code or name.
    pub medium: Option<String>,
    /// The imprint, attached to the case.
    pub imprint: Option<MaterialId>,
    /// The P10, attached to the case.
    pub request: Option<MaterialId>,
    /// 特殊情况: codes.
    pub special: Vec<String>,
}

/// The form with every field checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationForm {
    /// 申请电子印章类型.
    pub kind: SealKind,
    /// 业务类型.
    pub business: BusinessType,
    /// The existing seal, as the register named it then (every business but 印章申请).
    pub existing: Option<ExistingSealRef>,
    /// 变更事项 (印章变更 only).
    pub changes: Vec<ChangeKind>,
    /// 申请单位信息.
    pub unit: UnitInfo,
    /// 申请个人信息 (个人印章 only).
    pub person: Option<PersonInfo>,
    /// 经办人信息.
    pub agent: AgentInfo,
    /// 电子印章信息.
    pub seal: SealInfo,
    /// 印章功能类型.
    pub function: SealFunction,
    /// 绑定的数字证书类型.
    pub certificate: CertificateType,
    /// 介质.
    pub medium: Medium,
    /// 印模采集: collected anew for 印章申请 and 印模变更, else the register's.
    pub imprint: Option<MaterialId>,
    /// P10 设备证书请求, where a new certificate is made for a device.
    pub request: Option<MaterialId>,
    /// 特殊情况.
    pub special: Vec<SpecialSituation>,
}

/// The existing seal a form is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExistingSealRef {
    /// Its register entry.
    pub seal: SealId,
    /// Its code.
    pub code: SealCode,
    /// Its name as registered.
    pub name: String,
    /// Serial number of the USB KEY or device it lives on.
    pub key_serial: Option<String>,
    /// Its key was reported lost when the form was submitted: a revocation cannot ask for it at the desk.
    #[serde(default)]
    pub key_lost: bool,
}

/// 申请单位信息.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitInfo {
    /// 单位名称.
    pub name: String,
    /// 统一社会信用代码号.
    pub credit_code: CreditCode,
    /// 所属地市.
    pub city: DivisionCode,
    /// 所属县/区.
    pub county: DivisionCode,
}

/// 申请个人信息.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonInfo {
    /// 姓名.
    pub name: String,
    /// 身份证号.
    #[serde(rename = "resident_id")]
    pub id: ResidentId,
}

/// 经办人信息.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentInfo {
    /// 姓名.
    pub name: String,
    /// 手机号.
    pub mobile: Mobile,
    /// 身份证号.
    #[serde(rename = "resident_id")]
    pub id: ResidentId,
}

/// 电子印章信息.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealInfo {
    /// 印章名称.
    pub name: String,
    /// 印章宽度.
    pub width: Millimetres,
    /// 印章长度.
    pub height: Millimetres,
}

/// What was found in a P10; the reading of it is not this crate's business.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFacts {
    /// What is wrong with it (not SM2, bad self-signature, trailing bytes…).
    pub problems: Vec<RequestProblem>,
    /// The seal or case in which the same public key was seen before, in words.
    pub key_seen_before: Option<String>,
}

/// One fault of a P10.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestProblem {
    /// Stable code.
    pub code: String,
    /// The sentence.
    pub message: String,
}

/// What the register says about an existing seal, at the moment of the check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExistingSeal {
    /// Its id.
    pub id: SealId,
    /// Its code.
    pub code: SealCode,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SealKind,
    /// Its function.
    pub function: SealFunction,
    /// Whose it is.
    pub unit: UnitId,
    /// The unit's name in its certificate.
    pub unit_name: String,
    /// The unit's code in its certificate.
    pub credit_code: CreditCode,
    /// The person of a personal seal.
    pub holder: Option<PersonInfo>,
    /// Where its key lives.
    pub medium: Medium,
    /// Serial number of its USB KEY or device.
    pub key_serial: Option<String>,
    /// Imprint width.
    pub width: Millimetres,
    /// Imprint height.
    pub height: Millimetres,
    /// Its validity ends here.
    pub valid_until: Timestamp,
    /// Its state now.
    pub state: SealState,
    /// Another open case about it, by number.
    pub open_case: Option<String>,
}

/// What the check of a form needs to know beside the draft.
#[derive(Clone, Copy, Debug)]
pub struct FormContext<'a> {
    /// The business of the case.
    pub business: BusinessType,
    /// The applying unit.
    pub unit: &'a Unit,
    /// The settings.
    pub policy: &'a Policy,
    /// The unit's seals that may be named (at least the one the draft names).
    pub seals: &'a [ExistingSeal],
    /// The materials attached to the case that a form may point to: their ids and kinds.
    pub materials: &'a [(MaterialId, crate::material::MaterialKind)],
    /// What was found in the P10s of the case.
    pub requests: &'a [(MaterialId, RequestFacts)],
    /// The moment of the check.
    pub now: Timestamp,
}

/// A fault in one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Which field.
    pub field: Field,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl From<FieldError> for Point {
    fn from(error: FieldError) -> Self {
        Self::new(error.code, error.field.code().to_owned(), error.message)
    }
}

impl Field {
    /// Every field, in the order of the form.
    pub const ALL: &[Self] = &[
        Self::Kind,
        Self::Business,
        Self::ExistingSeal,
        Self::Changes,
        Self::UnitName,
        Self::CreditCode,
        Self::City,
        Self::County,
        Self::PersonName,
        Self::PersonId,
        Self::AgentName,
        Self::AgentMobile,
        Self::AgentId,
        Self::SealName,
        Self::Width,
        Self::Height,
        Self::Function,
        Self::Certificate,
        Self::Medium,
        Self::Imprint,
        Self::Request,
        Self::Special,
    ];

    /// Stable code, as in JSON and in the names of inputs.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.texts().0
    }

    /// The label on the form.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.texts().1
    }

    /// The section of the form.
    #[must_use]
    pub fn section(self) -> Section {
        match self {
            Self::Kind => Section::Kind,
            Self::Business | Self::ExistingSeal | Self::Changes => Section::Business,
            Self::UnitName | Self::CreditCode | Self::City | Self::County => Section::Unit,
            Self::PersonName | Self::PersonId => Section::Person,
            Self::AgentName | Self::AgentMobile | Self::AgentId => Section::Agent,
            Self::SealName | Self::Width | Self::Height => Section::Seal,
            Self::Function | Self::Certificate | Self::Medium | Self::Request => Section::Function,
            Self::Imprint => Section::Imprint,
            Self::Special => Section::Special,
        }
    }

    /// The field of that code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.code() == code)
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Kind => ("kind", "申请电子印章类型"),
            Self::Business => ("business", "业务类型"),
            Self::ExistingSeal => ("existing_seal", "办理业务的电子印章"),
            Self::Changes => ("changes", "变更事项"),
            Self::UnitName => ("unit_name", "单位名称"),
            Self::CreditCode => ("credit_code", "统一社会信用代码号"),
            Self::City => ("city", "所属地市"),
            Self::County => ("county", "所属县/区"),
            Self::PersonName => ("person_name", "申请个人姓名"),
            Self::PersonId => ("person_id", "申请个人身份证号"),
            Self::AgentName => ("agent_name", "经办人姓名"),
            Self::AgentMobile => ("agent_mobile", "经办人手机号"),
            Self::AgentId => ("agent_id", "经办人身份证号"),
            Self::SealName => ("seal_name", "印章名称"),
            Self::Width => ("width", "印章宽度（MM）"),
            Self::Height => ("height", "印章长度（MM）"),
            Self::Function => ("function", "印章功能类型"),
            Self::Certificate => ("certificate", "绑定的数字证书类型"),
            Self::Medium => ("medium", "证书介质"),
            Self::Imprint => ("imprint", "印模采集"),
            Self::Request => ("request", "P10 设备证书请求"),
            Self::Special => ("special", "特殊情况"),
        }
    }
}

/// A section of the form, in the guide's order (第二章 二、1–8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// 申请电子印章类型.
    Kind,
    /// 电子印章业务类型.
    Business,
    /// 申请单位信息.
    Unit,
    /// 申请个人信息.
    Person,
    /// 经办人信息.
    Agent,
    /// 电子印章信息.
    Seal,
    /// 印章功能类型 and the bound certificate.
    Function,
    /// 印章采集.
    Imprint,
    /// 特殊情况.
    Special,
}

impl Section {
    /// Every section, in order.
    pub const ALL: &[Self] = &[
        Self::Kind,
        Self::Business,
        Self::Unit,
        Self::Person,
        Self::Agent,
        Self::Seal,
        Self::Function,
        Self::Imprint,
        Self::Special,
    ];

    /// Its heading on the form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind => "申请电子印章类型",
            Self::Business => "电子印章业务类型",
            Self::Unit => "申请单位信息",
            Self::Person => "申请个人信息",
            Self::Agent => "经办人信息",
            Self::Seal => "电子印章信息",
            Self::Function => "印章功能类型与数字证书",
            Self::Imprint => "印章采集",
            Self::Special => "特殊情况",
        }
    }

    /// Its fields, in order.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL
            .iter()
            .copied()
            .filter(move |field| field.section() == self)
    }
}
