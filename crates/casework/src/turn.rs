//! Whose turn it is, since when, and what comes next.

use crate::business::Medium;
use crate::case::{Case, Progress};
use crate::process::Turn;
use crate::role::Role;
use crate::stage::Stage;

pub(crate) fn turn(case: &Case) -> Option<Turn> {
    let own = Some(case.unit.id);
    let (role, unit, waiting_for, next) = match case.stage {
        Stage::Closed(_) => return None,
        Stage::Draft => (
            Role::Agent,
            own,
            "经办人填写申请表",
            "提交后由本单位主管处室或分管领导审批".to_owned(),
        ),
        Stage::UnitApproval => (
            Role::UnitApprover,
            own,
            "本单位主管处室或分管领导审批",
            "同意后打印申请表签字盖章，由经办人递交".to_owned(),
        ),
        Stage::HandIn => (
            Role::Agent,
            own,
            "经办人上传签字盖章的扫描件并递交纸质材料",
            match (&case.correction, case.route.consolidator()) {
                (Some(correction), _) => format!("递交后进入{}", correction.returns_to.name()),
                (None, Some(_)) => "递交后由汇总办理单位汇总".to_owned(),
                (None, None) => "递交后由中心受理".to_owned(),
            },
        ),
        Stage::Consolidation => (
            Role::Consolidator,
            case.route.consolidator(),
            "汇总办理单位核对、汇总",
            "汇总后统一递交中心受理".to_owned(),
        ),
        Stage::Acceptance => (
            Role::SealMaker,
            None,
            "印章制作员受理",
            "受理后由印章审核员初审".to_owned(),
        ),
        Stage::FirstReview => (
            Role::SealReviewer,
            None,
            "印章审核员初审",
            "初审通过后由部门领导终审".to_owned(),
        ),
        Stage::FinalReview => (
            Role::DepartmentLeader,
            None,
            "部门领导终审",
            "终审通过后办理印章".to_owned(),
        ),
        Stage::Production | Stage::OnSite if being_made(case) => (
            Role::System,
            None,
            "平台正在办理印章，请稍候",
            "办理完成后由印章制作员继续".to_owned(),
        ),
        Stage::Production => {
            let next = if case.business.needs_collection() {
                "办理完成后通知领取"
            } else {
                "办理完成后通知使用并办结"
            };
            (Role::SealMaker, None, "印章制作员办理印章", next.to_owned())
        }
        Stage::OnSite if key_outstanding(case) => (
            Role::Agent,
            own,
            "携带 USB KEY 到办理点现场办理",
            "核验 USB KEY 后当场办理".to_owned(),
        ),
        Stage::OnSite => (
            Role::SealMaker,
            None,
            "印章制作员现场办理",
            "办理完成后当场交还 USB KEY 并办结".to_owned(),
        ),
        Stage::Collection => (
            Role::Agent,
            own,
            "携带介绍函（信）和身份证复印件到办理点领取",
            "领取后印章启用，办件办结".to_owned(),
        ),
        Stage::Correction => (
            Role::Agent,
            own,
            "经办人按整改通知补正",
            "重新提交后继续办理，原申请内容保留".to_owned(),
        ),
    };
    let since = case.stage_since;
    Some(Turn {
        role,
        unit,
        since,
        waiting_for: waiting_for.to_owned(),
        next,
    })
}

/// Everything that is left is being made by the platform.
fn being_made(case: &Case) -> bool {
    let mut left = case
        .live_applications()
        .filter(|a| a.progress != Progress::Produced)
        .peekable();
    left.peek().is_some() && left.all(|a| a.progress == Progress::InProduction)
}

/// A key has still to be brought, and nothing else can be done meanwhile.
fn key_outstanding(case: &Case) -> bool {
    case.live_applications().all(|application| {
        application.progress == Progress::Produced
            || (application.key_presented.is_none()
                && application.production.is_none()
                && application.form.as_ref().is_some_and(|form| {
                    form.medium == Medium::UsbKey
                        && !form
                            .existing
                            .as_ref()
                            .is_some_and(|existing| existing.key_lost)
                }))
    }) && case
        .live_applications()
        .any(|a| a.progress != Progress::Produced)
}
