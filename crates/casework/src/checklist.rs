//! The acceptance checklist (R4.1): the guide's notes on each material, as questions the seal maker answers and as
//! sentences the agent understands.
//!
//! Guide 第二章 一、2 (letter), 二 and 三 (form), 四、2 (summary sheet).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::business::{BusinessType, ChangeKind, SealKind, SpecialSituation};
use crate::case::{Application, Case, CorrectionPoint};
use crate::form::ApplicationForm;
use crate::ids::ApplicationId;
use crate::letter::facts_from_forms;
use crate::material::MaterialKind;
use crate::policy::Policy;
use crate::refusal::{Point, Refusal};
use crate::rules::materials::needs_summary_sheet;

/// One question of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChecklistItem {
    /// Stable code of the question, e.g. `letter_addressee`.
    pub code: &'static str,
    /// The application it is asked of; `None`: the case.
    pub application: Option<ApplicationId>,
    /// The material it is about, e.g. 单位的申请红头函.
    pub material: MaterialKind,
    /// What has to be so, in the guide's words.
    pub text: String,
    /// What the agent is told when it is not.
    pub correction: String,
    /// The clause of the guide.
    pub clause: &'static str,
}

/// The maker's answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistAnswer {
    /// The question.
    pub code: String,
    /// The application it was asked of.
    pub application: Option<ApplicationId>,
    /// Met or not.
    pub met: bool,
    /// A remark, added to the correction sentence.
    pub remark: Option<String>,
}

/// The questions for a case, in the order in which the papers lie on the desk.
#[must_use]
pub fn acceptance_checklist(case: &Case, policy: &Policy) -> Vec<ChecklistItem> {
    let mut items = letter_items(case, policy);
    for application in case.live_applications() {
        if let Some(form) = &application.form {
            items.extend(form_items(application, form));
        }
    }
    if needs_summary_sheet(case)
        && case
            .live_materials()
            .any(|m| m.kind == MaterialKind::SummarySheet)
    {
        items.extend(sheet_items());
    }
    items
}

/// Every question is answered, and none is unmet.
///
/// # Errors
/// `checklist_incomplete`, `checklist_unmet`, with the questions.
pub fn all_met(items: &[ChecklistItem], answers: &[ChecklistAnswer]) -> Result<(), Refusal> {
    let given: BTreeMap<_, _> = answers
        .iter()
        .map(|a| ((a.code.as_str(), a.application), a))
        .collect();
    let mut open = Vec::new();
    let mut unmet = Vec::new();
    for item in items {
        match given.get(&(item.code, item.application)) {
            None => open.push(Point::new(item.code, None, item.text.clone())),
            Some(answer) if !answer.met => {
                unmet.push(Point::new(item.code, None, item.correction.clone()));
            }
            Some(_) => {}
        }
    }
    if !open.is_empty() {
        return Err(Refusal::with_points(
            "checklist_incomplete",
            format!("核对表还有 {} 项未核对，请逐项核对后再提交", open.len()),
            open,
        ));
    }
    if !unmet.is_empty() {
        return Err(Refusal::with_points(
            "checklist_unmet",
            format!("核对表有 {} 项不符合，不能通过，请通知整改", unmet.len()),
            unmet,
        ));
    }
    Ok(())
}

/// The unmet points as a correction notice, each with the maker's remark (整改通知).
#[must_use]
pub fn correction_points(
    items: &[ChecklistItem],
    answers: &[ChecklistAnswer],
) -> Vec<CorrectionPoint> {
    let asked: BTreeMap<_, _> = items
        .iter()
        .map(|item| ((item.code, item.application), item))
        .collect();
    answers
        .iter()
        .filter(|answer| !answer.met)
        .filter_map(|answer| {
            let item = asked.get(&(answer.code.as_str(), answer.application))?;
            let message = match answer.remark.as_deref().map(str::trim) {
                Some(remark) if !remark.is_empty() => format!("{}（{remark}）", item.correction),
                _ => item.correction.clone(),
            };
            Some(CorrectionPoint {
                application: item.application,
                field: Some(item.material.code().to_owned()),
                item: Some(item.code.to_owned()),
                message,
            })
        })
        .collect()
}

fn letter_items(case: &Case, policy: &Policy) -> Vec<ChecklistItem> {
    const CLAUSE: &str = "第二章 一、2";
    let center = &policy.center.name;
    let facts = facts_from_forms(case, policy);
    let quantities: Vec<String> = facts
        .quantities
        .iter()
        .map(|(kind, n)| format!("{} {n} 枚", kind.name()))
        .collect();
    let stated = format!("{}，{}", case.business.name(), quantities.join("、"));
    let unit = &case.unit.full_name;
    let item = |code, text: String, correction: String| ChecklistItem {
        code,
        application: None,
        material: MaterialKind::RedHeaderLetter,
        text,
        correction,
        clause: CLAUSE,
    };
    vec![
        item(
            "letter_red_head",
            "函头是红色文字正规形式的“红头文函件”（可不带函号）".to_owned(),
            "红头函的函头须为红色文字的正规红头文函件，请重新出具".to_owned(),
        ),
        item(
            "letter_addressee",
            format!("行文对象是“{center}”"),
            format!("红头函的行文对象必须是“{center}”，请重新出具"),
        ),
        item(
            "letter_reasons",
            "按实际情况简要介绍了使用电子印章的业务需求，没有照搬范文".to_owned(),
            "请在红头函中按实际情况写明使用电子印章的业务需求，请勿照搬范文".to_owned(),
        ),
        item(
            "letter_facts",
            format!("业务类型、电子印章类型、数量与申请表一致（{stated}）"),
            format!("红头函写的业务类型、电子印章类型、数量须与申请表一致，本次申请为：{stated}"),
        ),
        item(
            "letter_unaltered",
            "没有涂改".to_owned(),
            "红头函有涂改，请勿涂改，重新出具".to_owned(),
        ),
        item(
            "letter_stamped",
            format!("加盖单位公章，盖章单位是{unit}"),
            format!("红头函须加盖{unit}的公章，请盖章后重新提交"),
        ),
    ]
}

fn form_items(application: &Application, form: &ApplicationForm) -> Vec<ChecklistItem> {
    let name = &form.seal.name;
    let mut items = Vec::new();
    let mut ask = |code, material, text: String, correction: String, clause| {
        let application = Some(application.id);
        let correction = format!("「{name}」{correction}");
        items.push(ChecklistItem {
            code,
            application,
            material,
            text,
            correction,
            clause,
        });
    };
    let scan = MaterialKind::ApplicationFormScan;
    ask(
        "form_complete",
        scan,
        "所有填写项都已填写，没有留空，与平台填写的内容一致".to_owned(),
        "申请表有留空或与平台填写的内容不一致，请重新打印、签字盖章".to_owned(),
        "第二章 三",
    );
    ask(
        "form_unaltered",
        scan,
        "没有涂改".to_owned(),
        "申请表有涂改，请勿涂改，重新打印、签字盖章".to_owned(),
        "第二章 三",
    );
    ask(
        "form_signed",
        scan,
        "已签字并加盖单位公章".to_owned(),
        "申请表必须签字、盖章，请补齐后重新提交".to_owned(),
        "第二章 三",
    );
    ask(
        "form_same_unit",
        scan,
        format!("盖章单位与申请单位（{}）一致", form.unit.name),
        format!(
            "申请表的盖章单位必须与申请单位（{}）一致，请重新盖章",
            form.unit.name
        ),
        "第二章 三",
    );
    ask(
        "form_imprint",
        scan,
        "印模框内加盖了清晰有效的印模".to_owned(),
        "申请表印模框内须加盖清晰有效的印模，请重新加盖".to_owned(),
        "第二章 二、8",
    );
    if form.imprint.is_some() {
        let style = match form.kind {
            SealKind::Personal => "手写签字或个人签章样式",
            SealKind::Unit | SealKind::Device => "实体印章盖出的印模",
        };
        ask(
            "imprint_real",
            MaterialKind::Imprint,
            format!("上传的印模是{style}，清晰完整，与申请表上加盖的一致"),
            format!("上传的印模须为{style}，清晰完整，与实物一致，请重新采集上传"),
            "第一章 一、4，第二章 三",
        );
        ask(
            "imprint_size",
            MaterialKind::Imprint,
            format!(
                "宽度 {} 毫米、长度 {} 毫米与印模实际大小相符",
                form.seal.width, form.seal.height
            ),
            "印章宽度、长度须按实体印章盖出的印模测量填写，请重新测量".to_owned(),
            "第二章 二、6",
        );
    }
    if form.business != BusinessType::New {
        ask(
            "form_existing_seal",
            scan,
            "电子印章名称是需要办理对应业务的电子印章的正确名称".to_owned(),
            "申请表上的电子印章名称须为要办理业务的电子印章的正确名称，请重新打印".to_owned(),
            "第二章 三",
        );
    }
    if form.changes.contains(&ChangeKind::UnitData) {
        ask(
            "change_unit_data",
            MaterialKind::RedHeaderLetter,
            "红头函写明了单位名称或统一社会信用代码变更的情况".to_owned(),
            "请在红头函中写明单位信息变更的情况".to_owned(),
            "第一章 一、6",
        );
    }
    if form.request.is_some() {
        ask(
            "device_signing_server",
            MaterialKind::P10,
            "申请单位有支持国家密码算法的自动签章服务器，P10 由该设备生成".to_owned(),
            "设备印章须使用支持国家密码算法的自动签章服务器，并由该设备生成 P10，请核实后重新上传"
                .to_owned(),
            "第二章 二、1",
        );
    }
    if !form.special.is_empty() {
        let named: Vec<_> = form.special.iter().map(|special| special.name()).collect();
        let named = named.join("；");
        ask(
            "special_statement",
            MaterialKind::Statement,
            format!("按实际业务情况说明了特殊情况（{named}），加盖公章"),
            format!("请按实际业务情况说明特殊情况（{named}）并加盖公章"),
            "第二章 一、2",
        );
        ask(
            "special_commitment",
            MaterialKind::Commitment,
            "承诺自行承担后期使用的一切后果，加盖公章".to_owned(),
            "请出具承诺书，承诺自行承担后期使用的一切后果，并加盖公章".to_owned(),
            "第二章 一、2",
        );
    }
    if form.special.contains(&SpecialSituation::SuperiorsSeal) {
        ask(
            "special_superior_letter",
            MaterialKind::SuperiorLetter,
            "上级单位出函说明授权使用其电子印章的业务情况并承诺，加盖上级单位公章".to_owned(),
            "须由上级单位出函说明授权使用其电子印章的业务情况并承诺，请补充".to_owned(),
            "第二章 一、2",
        );
    }
    items
}

fn sheet_items() -> Vec<ChecklistItem> {
    let item = |code, text: &str, correction: &str| ChecklistItem {
        code,
        application: None,
        material: MaterialKind::SummarySheet,
        text: text.to_owned(),
        correction: correction.to_owned(),
        clause: "第二章 四、2",
    };
    vec![
        item(
            "sheet_matches_forms",
            "严格按申请表信息内容汇总，没有更改表格模板的内容",
            "申请汇总表须严格按申请表汇总，请勿更改表格模板，请从平台重新打印",
        ),
        item(
            "sheet_unaltered",
            "没有涂改",
            "申请汇总表有涂改，请勿涂改，重新打印、签字盖章",
        ),
        item(
            "sheet_signed",
            "已签字并盖章（制表单位是申请单位或统筹提交单位）",
            "申请汇总表必须签字、盖章，请补齐后重新提交",
        ),
    ]
}
