//! Coded reasons of corrections (R4.1): what a point of a correction notice is counted as, and what the agent of the next
//! case is warned of.
//!
//! Each question of the acceptance checklist is a reason of its own; reviewers, approvers and consolidators choose one.

use crate::case::CorrectionPoint;

/// Counted as this where nobody chose a reason.
pub const OTHER: &str = "other";

/// A reason: stable code, what it is called in statistics, and what an agent does so that it does not come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorrectionReason {
    /// Stable code; that of the checklist's question where there is one.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The hint for the next agent.
    pub hint: &'static str,
    /// It can be chosen by hand; the others come from the checklist alone.
    pub by_hand: bool,
}

const fn reason(
    code: &'static str,
    name: &'static str,
    hint: &'static str,
    by_hand: bool,
) -> CorrectionReason {
    CorrectionReason {
        code,
        name,
        hint,
        by_hand,
    }
}

/// Every reason: those of the checklist in its order, then the general ones.
#[rustfmt::skip]
pub static REASONS: &[CorrectionReason] = &[
    reason("letter_red_head", "函头不是正规红头文", "请使用红色函头的正规红头文函件", true),
    reason("letter_addressee", "红头函行文对象不对", "红头函的行文对象须是福建省经济信息中心", true),
    reason("letter_reasons", "红头函照搬范文或未写明业务需求", "请按实际情况写明业务需求，不要照搬范文", true),
    reason("letter_facts", "红头函与申请表不一致", "请核对红头函的业务类型、印章类型和数量与申请表一致", true),
    reason("letter_unaltered", "红头函有涂改", "红头函不得涂改，有误请重新出具", false),
    reason("letter_stamped", "红头函未盖或盖错公章", "红头函须加盖申请单位公章", true),
    reason("form_complete", "申请表留空或与平台不一致", "请用平台打印的申请表，所有填写项不留空", true),
    reason("form_unaltered", "申请表有涂改", "申请表不得涂改，有误请重新打印", false),
    reason("form_signed", "申请表未签字或盖章", "申请表须签字并加盖单位公章", true),
    reason("form_same_unit", "盖章单位与申请单位不一致", "申请表的盖章单位须与申请单位一致", true),
    reason("form_imprint", "申请表上的印模不清晰", "请在印模框内加盖清晰完整的印模", true),
    reason("form_existing_seal", "电子印章名称不正确", "请核对申请表上的电子印章名称与原印章一致", false),
    reason("imprint_real", "上传的印模不清晰或与实物不一致", "印模须由实体印章盖出，清晰完整，与申请表一致", true),
    reason("imprint_size", "印章宽度、长度与印模不符", "请用尺测量实体印章盖出的印模后填写宽度、长度", true),
    reason("change_unit_data", "红头函未写明单位变更情况", "请在红头函中写明单位名称或信用代码变更的情况", false),
    reason("device_signing_server", "没有合规的自动签章服务器", "P10 须由支持国密算法的自动签章服务器生成", false),
    reason("special_statement", "特殊情况说明不足", "特殊情况须按实际业务情况说明并加盖公章", true),
    reason("special_commitment", "缺少承诺书", "特殊情况须承诺自行承担后期使用的一切后果", false),
    reason("special_superior_letter", "缺少上级单位授权函", "使用上级单位印章须由上级单位出函", false),
    reason("sheet_matches_forms", "汇总表与申请表不一致", "汇总表请直接从平台打印，不要改动", false),
    reason("sheet_unaltered", "汇总表有涂改", "汇总表不得涂改，有误请重新打印", false),
    reason("sheet_signed", "汇总表未签字或盖章", "汇总表须签字、盖章", false),
    reason("field_wrong", "填写内容有误", "提交前请逐项核对单位、经办人和印章信息", true),
    reason("material_missing", "缺少材料", "请对照材料清单备齐后再提交", true),
    reason("scan_unclear", "扫描件不清晰或不完整", "扫描件请用彩色、不低于 300 DPI，四角完整", true),
    reason("paper_missing", "纸质原件未收到或不齐", "纸质原件请与办件一并寄送，一式一份", true),
    reason(OTHER, "其他", "请按整改通知逐条修改", true),
];

/// The reason of that code.
#[must_use]
pub fn find(code: &str) -> Option<&'static CorrectionReason> {
    REASONS.iter().find(|reason| reason.code == code)
}

/// What a point is counted as: the question or reason it names, else 其他.
#[must_use]
pub fn of(point: &CorrectionPoint) -> &'static str {
    point
        .item
        .as_deref()
        .and_then(find)
        .map_or(OTHER, |reason| reason.code)
}
