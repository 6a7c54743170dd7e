//! Who may bring papers back as scans, for which case, and who may correct a picture cut out of one.

use crate::case::{Application, Case, Progress};
use crate::refusal::Refusal;
use crate::role::{Actor, Role};
use crate::stage::Stage;

/// Whether this post brings papers back at all: who has them in hand.
///
/// # Errors
/// `wrong_role`.
pub fn may_bring_scans(actor: &Actor) -> Result<(), Refusal> {
    match actor.post.role {
        Role::Agent | Role::Consolidator | Role::SealMaker => Ok(()),
        role => Err(Refusal::new(
            "wrong_role",
            format!(
                "「纸质回传」由经办人、汇总办理人或印章制作员办理，您当前的岗位是{}",
                role.name()
            ),
        )),
    }
}

/// Whether a page that this post brings can be filed under the case as it stands. That the post sees the case was
/// found out before.
///
/// # Errors
/// `wrong_role`, `case_closed`, `not_at_this_stage`.
pub fn takes_scans(case: &Case, actor: &Actor) -> Result<(), Refusal> {
    may_bring_scans(actor)?;
    if case.is_closed() {
        return Err(Refusal::new(
            "case_closed",
            format!(
                "办件 {} 已结束（{}），不再收扫描件",
                case.number,
                case.stage.name()
            ),
        ));
    }
    let held = match actor.post.role {
        Role::Agent => case.revision > 0,
        Role::Consolidator => case.stage == Stage::Consolidation,
        _ => matches!(
            case.stage,
            Stage::Acceptance
                | Stage::FirstReview
                | Stage::FinalReview
                | Stage::Production
                | Stage::OnSite
                | Stage::Collection
        ),
    };
    if held {
        return Ok(());
    }
    Err(Refusal::new(
        "not_at_this_stage",
        format!(
            "办件 {} 现处于「{}」环节，您的岗位现在不收它的扫描件",
            case.number,
            case.stage.name()
        ),
    ))
}

/// Whether this post may correct crop, threshold or rotation of an imprint confirmed for the application: the seal
/// maker, from the acceptance until the making begins.
///
/// # Errors
/// `wrong_role`, `not_at_this_stage`, `already_started`.
pub fn may_adjust_imprint(
    case: &Case,
    application: &Application,
    actor: &Actor,
) -> Result<(), Refusal> {
    if actor.post.role != Role::SealMaker {
        return Err(Refusal::new(
            "wrong_role",
            format!(
                "调整印模图像由印章制作员办理，您当前的岗位是{}",
                actor.post.role.name()
            ),
        ));
    }
    if application.progress != Progress::WithCase {
        return Err(Refusal::new(
            "already_started",
            format!(
                "「{}」已开始制作，印模图像不能再调整",
                application.seal_name()
            ),
        ));
    }
    if !matches!(
        case.stage,
        Stage::Acceptance
            | Stage::FirstReview
            | Stage::FinalReview
            | Stage::Production
            | Stage::OnSite
    ) {
        return Err(Refusal::new(
            "not_at_this_stage",
            format!(
                "办件 {} 现处于「{}」环节，不能调整印模图像",
                case.number,
                case.stage.name()
            ),
        ));
    }
    Ok(())
}
