//! What stands in the papers, in the words in which it stands there.

use serde::Serialize;

/// What stands in a paper.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PaperBody {
    /// 申请表.
    ApplicationForm(Box<ApplicationFormPaper>),
    /// 红头函.
    Letter(LetterPaper),
    /// 申请汇总表.
    Summary(SummaryPaper),
    /// 介绍函, 介绍信 or 领取签收单, by the paper's kind.
    Introduction(IntroductionPaper),
    /// 身份证复印件.
    IdCopy(IdCopySheet),
    /// 受理回执.
    Acceptance(AcceptanceReceipt),
    /// 整改通知.
    Correction(CorrectionNotice),
    /// 不予办理通知.
    Refusal(RefusalNotice),
    /// 领取通知.
    Collection(CollectionNotice),
    /// 撤销通知.
    Cancellation(CancellationNotice),
    /// 汇总递交清单.
    HandOver(HandOverList),
    /// 办理须知卡.
    WhatToBring(WhatToBring),
    /// 办结证明.
    Completion(CompletionCertificate),
}

/// One of several boxes, ticked or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What stands beside the box.
    pub name: String,
    /// Ticked.
    pub on: bool,
}

/// A person on a paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PaperPerson {
    /// 姓名.
    pub name: String,
    /// 身份证号.
    pub id: String,
    /// 手机号.
    pub mobile: String,
}

/// 福建省电子政务电子印章申请表 (Guide 第二章 二).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApplicationFormPaper {
    /// Which form of the case this is, from 1.
    pub ordinal: usize,
    /// How many forms the case has.
    pub total: usize,
    /// Revision in which this form last changed.
    pub revision: u32,
    /// 申请电子印章类型.
    pub kinds: Vec<Choice>,
    /// 电子印章业务类型.
    pub businesses: Vec<Choice>,
    /// 变更事项; empty unless it is a change.
    pub changes: Vec<Choice>,
    /// 统一社会信用代码号.
    pub credit_code: String,
    /// 所属地市.
    pub city: String,
    /// 所属县/区.
    pub county: String,
    /// 申请个人信息; only for a personal seal.
    pub person: Option<PaperPerson>,
    /// 经办人信息.
    pub agent: PaperPerson,
    /// 印章名称.
    pub seal_name: String,
    /// 印章编码 of the existing seal.
    pub seal_code: Option<String>,
    /// 印章宽度 in mm, as printed.
    pub width: String,
    /// 印章长度 in mm, as printed.
    pub height: String,
    /// 印章宽度 in mm, as drawn.
    pub width_mm: f64,
    /// 印章长度 in mm, as drawn.
    pub height_mm: f64,
    /// 印章功能类型.
    pub functions: Vec<Choice>,
    /// 绑定的数字证书类型.
    pub certificates: Vec<Choice>,
    /// 介质.
    pub media: Vec<Choice>,
    /// 特殊情况, in words.
    pub special: Vec<String>,
    /// Whether a P10 comes with it.
    pub request: bool,
}

/// The red-header letter (Guide 第二章 一).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterPaper {
    /// 函号.
    pub letter_number: Option<String>,
    /// Title.
    pub title: String,
    /// 行文对象.
    pub addressee: String,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
    /// 附件.
    pub attachments: Vec<String>,
    /// 联系人.
    pub contact: String,
    /// 联系电话.
    pub phone: String,
}

/// 福建省电子政务电子印章申请汇总表 (Guide 第二章 四).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryPaper {
    /// 统一社会信用代码号 of the unit.
    pub credit_code: String,
    /// 经办人.
    pub agent: PaperPerson,
    /// One row per form.
    pub rows: Vec<SummaryRow>,
    /// How many of each kind, in words.
    pub totals: String,
}

/// One row of the summary sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SummaryRow {
    /// 申请电子印章类型.
    pub kind: String,
    /// 业务类型.
    pub business: String,
    /// 单位名称.
    pub unit: String,
    /// 统一社会信用代码号.
    pub credit_code: String,
    /// 所属地市.
    pub city: String,
    /// 所属县/区.
    pub county: String,
    /// 申请个人姓名.
    pub person: String,
    /// 申请个人身份证号.
    pub person_id: String,
    /// 经办人姓名.
    pub agent: String,
    /// 经办人手机号.
    pub agent_mobile: String,
    /// 经办人身份证号.
    pub agent_id: String,
    /// 印章名称.
    pub seal_name: String,
    /// 宽度×长度（MM）.
    pub size: String,
    /// 印章功能类型.
    pub function: String,
    /// 绑定的数字证书类型.
    pub certificate: String,
    /// 介质.
    pub medium: String,
}

/// 介绍函 and 介绍信 (Guide 第三章 1), and the 领取签收单 that the collector signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntroductionPaper {
    /// The collector; without one the places stay open to be filled in by hand.
    pub collector: Option<PaperPerson>,
    /// The seals that can be collected.
    pub seals: Vec<PaperSeal>,
}

/// A seal on a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperSeal {
    /// 印章名称.
    pub name: String,
    /// 印章编码.
    pub code: String,
    /// 电子印章类型.
    pub kind: String,
    /// 介质, with its serial number where it has one.
    pub medium: String,
    /// 有效期至.
    pub valid_until: String,
}

/// 领取人身份证复印件 (Guide 第三章 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdCopySheet {
    /// The collector, where they are known.
    pub collector: Option<PaperPerson>,
}

/// 受理回执.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AcceptanceReceipt {
    /// 经办人.
    pub agent: String,
    /// Who accepted.
    pub accepted_by: String,
    /// The seals asked for.
    pub seals: Vec<String>,
    /// What was received.
    pub materials: Vec<ReceivedMaterial>,
    /// Where the state of the case can be asked.
    pub next: String,
}

/// A material on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedMaterial {
    /// Its name.
    pub name: String,
    /// How many.
    pub copies: usize,
    /// Where the paper is.
    pub paper: String,
}

/// 整改通知: each point says where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorrectionNotice {
    /// 经办人.
    pub agent: String,
    /// The stage that asks for it.
    pub stage: String,
    /// Who asks: the office.
    pub office: String,
    /// The points.
    pub points: Vec<Corrected>,
    /// Until when.
    pub deadline: Option<String>,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Corrected {
    /// Where.
    pub place: String,
    /// What is to be done.
    pub message: String,
}

/// 不予办理通知.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusalNotice {
    /// 经办人.
    pub agent: String,
    /// The stage that refused.
    pub stage: String,
    /// When it was filed.
    pub filed_on: String,
    /// The seals asked for.
    pub seals: Vec<String>,
    /// The reason.
    pub reason: String,
}

/// 领取通知.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectionNotice {
    /// 经办人.
    pub agent: String,
    /// The seals.
    pub seals: Vec<PaperSeal>,
    /// What to bring.
    pub bring: Vec<ToBring>,
    /// Until when.
    pub deadline: Option<String>,
    /// Booked for.
    pub appointment: Option<String>,
}

/// 撤销通知.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CancellationNotice {
    /// 经办人.
    pub agent: String,
    /// The seals.
    pub seals: Vec<CancelledSeal>,
    /// Why, in the unit's words.
    pub reason: String,
}

/// A seal that was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CancelledSeal {
    /// 印章名称.
    pub name: String,
    /// 印章编码.
    pub code: String,
    /// Serial numbers of its certificates.
    pub certificates: String,
    /// Since when.
    pub since: String,
}

/// 汇总递交清单.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandOverList {
    /// 汇总办理单位.
    pub consolidator: String,
    /// Who hands over.
    pub by: String,
    /// Number of the hand-over.
    pub bundle: String,
    /// The cases.
    pub rows: Vec<HandedOver>,
    /// Seals in all.
    pub seals: usize,
    /// Sheets of paper in all, by originals.
    pub originals: usize,
}

/// A case of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedOver {
    /// 办件编号.
    pub number: String,
    /// 申请单位.
    pub unit: String,
    /// 业务类型.
    pub business: String,
    /// Seals.
    pub seals: usize,
    /// The originals, in words.
    pub originals: String,
    /// 经办人 and how to reach them.
    pub agent: String,
}

/// 办理须知卡.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhatToBring {
    /// What one comes for, in words.
    pub purpose: String,
    /// What to bring.
    pub bring: Vec<ToBring>,
    /// Booked for.
    pub appointment: Option<String>,
    /// To be done until.
    pub deadline: Option<String>,
}

/// A thing to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToBring {
    /// What.
    pub name: String,
    /// Of which kind, what has to be on it.
    pub note: String,
}

/// 办结证明.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompletionCertificate {
    /// 经办人.
    pub agent: String,
    /// When it was filed.
    pub filed_on: String,
    /// When it was accepted.
    pub accepted_on: String,
    /// The seals and what became of them.
    pub seals: Vec<CompletedSeal>,
    /// Who collected, where something was collected.
    pub collector: Option<String>,
}

/// A seal of a completed case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompletedSeal {
    /// 印章名称.
    pub name: String,
    /// 印章编码.
    pub code: String,
    /// What was done.
    pub result: String,
    /// 有效期至.
    pub valid_until: String,
    /// 介质.
    pub medium: String,
}
