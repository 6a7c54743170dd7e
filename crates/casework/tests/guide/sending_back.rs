//! Sending back and correcting (R2.12, R4.1, R4.2).

use casework::{Act, ActKind, DeadlineKind, MaterialKind, Outcome, Role, Stage, turn};

use crate::desk::{Desk, correction, point};

/// The act that sends a case back at a stage, and who does it.
fn sending_back(stage: Stage) -> (Role, Act) {
    let points = vec![point("申请表有涂改，请重新打印")];
    match stage {
        Stage::UnitApproval | Stage::HandIn => (Role::UnitApprover, Act::SendBackInUnit { points }),
        Stage::Consolidation => (Role::Consolidator, Act::ReturnByConsolidator { points }),
        Stage::Acceptance => (Role::SealMaker, correction("申请表有涂改")),
        Stage::FirstReview => (Role::SealReviewer, correction("印模不清晰")),
        _ => (Role::DepartmentLeader, correction("请补充情况说明")),
    }
}

const SENDING: [Stage; 6] = [
    Stage::UnitApproval,
    Stage::HandIn,
    Stage::Consolidation,
    Stage::Acceptance,
    Stage::FirstReview,
    Stage::FinalReview,
];

#[test]
fn sent_back_and_unchanged_it_goes_on_where_it_was_sent_back() {
    for stage in SENDING {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let (role, act) = sending_back(stage);
        desk.by(role, act);
        assert_eq!(desk.case.stage, Stage::Correction);
        assert_eq!(desk.case.correction_points().len(), 1);
        assert_eq!(desk.case.deadline.unwrap().kind, DeadlineKind::Correction);
        assert_eq!(turn(&desk.case).unwrap().role, Role::Agent);
        let remark = Some("原件已寄出".to_owned());
        desk.by(Role::Agent, Act::Resubmit { remark });
        let back = if stage == Stage::HandIn {
            Stage::UnitApproval
        } else {
            stage
        };
        assert_eq!(desk.case.stage, back, "{}", stage.name());
        assert_eq!(desk.case.revision, 2);
        assert!(!desk.case.revisions[1].changed);
        desk.until(Stage::Closed(Outcome::Completed));
    }
}

#[test]
fn sent_back_and_changed_it_is_approved_again_in_the_unit_and_then_goes_on_there() {
    for stage in SENDING {
        let (mut desk, id) = Desk::usual();
        desk.until(stage);
        let (role, act) = sending_back(stage);
        desk.by(role, act);
        desk.edit(id, |draft| {
            draft.seal_name = Some("闽侯县教育局专用章".to_owned());
        });
        desk.by(Role::Agent, Act::Resubmit { remark: None });
        assert_eq!(desk.case.stage, Stage::UnitApproval, "{}", stage.name());
        assert!(desk.case.revisions[1].changed);
        assert_eq!(
            desk.case.correction_points().is_empty(),
            stage == Stage::UnitApproval || stage == Stage::HandIn
        );
        desk.by(Role::UnitApprover, Act::ApproveInUnit { remark: None });
        // The old scan shows the old form: it has to be signed and stamped anew.
        let fresh = matches!(stage, Stage::UnitApproval);
        assert_eq!(
            desk.faults(Role::Agent, Act::HandIn).len(),
            if fresh || stage == Stage::HandIn {
                2
            } else {
                1
            }
        );
        desk.attach_stamped();
        desk.by(Role::Agent, Act::HandIn);
        let expected = match stage {
            Stage::UnitApproval | Stage::HandIn => Stage::Consolidation,
            // Two people of the Center have seen what is made.
            Stage::FinalReview => Stage::FirstReview,
            other => other,
        };
        assert_eq!(desk.case.stage, expected, "{}", stage.name());
        assert!(
            desk.case.correction.is_none()
                || expected == Stage::Consolidation && stage != Stage::Consolidation
        );
        desk.until(Stage::Closed(Outcome::Completed));
        assert_eq!(
            desk.case.application(id).unwrap().seal_name(),
            "闽侯县教育局专用章"
        );
    }
}

#[test]
fn sent_back_again_by_the_unit_it_still_goes_on_at_the_center() {
    let (mut desk, id) = Desk::usual();
    desk.until(Stage::FirstReview);
    desk.by(Role::SealReviewer, correction("请核对印章名称"));
    for name in ["甲章", "乙章"] {
        desk.edit(id, |draft| draft.seal_name = Some(name.to_owned()));
        desk.by(Role::Agent, Act::Resubmit { remark: None });
        assert_eq!(desk.case.stage, Stage::UnitApproval);
        if name == "甲章" {
            let points = vec![point("名称还是不对")];
            desk.by(Role::UnitApprover, Act::SendBackInUnit { points });
        }
    }
    desk.until(Stage::HandIn);
    desk.attach_stamped();
    desk.by(Role::Agent, Act::HandIn);
    assert_eq!(desk.case.stage, Stage::FirstReview);
}

#[test]
fn r2_12_every_revision_is_kept_as_it_was() {
    let (mut desk, id) = Desk::usual();
    desk.until(Stage::Acceptance);
    let first = desk.case.revisions[0].clone();
    desk.by(Role::SealMaker, correction("印章名称有误"));
    let old = desk.draft(id).imprint.unwrap();
    desk.by(Role::Agent, Act::RemoveMaterial { material: old });
    let imprint = desk.attach(MaterialKind::Imprint, Some(id));
    desk.edit(id, |draft| draft.imprint = Some(imprint));
    desk.until(Stage::Closed(Outcome::Completed));
    assert_eq!(desk.case.revisions[0], first);
    assert_eq!(desk.case.revisions.len(), 2);
    assert!(desk.case.material(old).unwrap().removed_at.is_some());
    assert_eq!(desk.case.revisions[1].forms[0].1.imprint, Some(imprint));
}

#[test]
fn a_notice_without_points_helps_nobody() {
    for stage in SENDING {
        let (mut desk, _) = Desk::usual();
        desk.until(stage);
        let (role, act) = sending_back(stage);
        let with = |message: Option<&str>| {
            let points = message.map(point).into_iter().collect();
            match act.kind() {
                ActKind::SendBackInUnit => Act::SendBackInUnit { points },
                ActKind::ReturnByConsolidator => Act::ReturnByConsolidator { points },
                _ => Act::RequestCorrection {
                    points,
                    checklist: Vec::new(),
                },
            }
        };
        assert_eq!(desk.refused(role, with(None)), "correction_without_points");
        assert_eq!(desk.refused(role, with(Some("  "))), "text_empty");
    }
}

#[test]
fn r4_1_unmet_points_go_into_the_notice_by_themselves() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Acceptance);
    let checklist = desk.answers(false);
    let unmet = checklist.len();
    desk.by(
        Role::SealMaker,
        Act::RequestCorrection {
            points: Vec::new(),
            checklist,
        },
    );
    assert_eq!(desk.case.correction_points().len(), unmet);
}
