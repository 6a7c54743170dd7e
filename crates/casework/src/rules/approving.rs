//! Approving, sending back, refusing, setting aside, and the papers.

use std::collections::BTreeSet;

use crate::case::{
    Correction, CorrectionPoint, Decision, HandOver, Link, LinkDirection, Progress, Verdict,
};
use crate::checklist::{ChecklistAnswer, acceptance_checklist, correction_points};
use crate::event::What;
use crate::ids::{ApplicationId, BundleId, CaseId, MaterialId};
use crate::material::{Due, PaperTracking};
use crate::number::CaseNumber;
use crate::refusal::{Point, Refusal};
use crate::role::Role;
use crate::rules::{Request, unknown_application, unknown_material};
use crate::stage::Stage;

impl Request<'_> {
    pub(crate) fn approve(&self, remark: Option<&str>) -> Result<Vec<What>, Refusal> {
        let remark = remark
            .filter(|remark| !remark.trim().is_empty())
            .map(|remark| crate::text::check_reason("审批意见", remark))
            .transpose()?;
        Ok(vec![self.decided(Verdict::Approved, remark)])
    }

    /// Guide 二、4（2）（3）: signed, stamped and complete, the papers leave the unit.
    pub(crate) fn hand_in(&self) -> Result<Vec<What>, Refusal> {
        self.complete_for(Due::HandIn)?;
        Ok(vec![What::HandedIn])
    }

    pub(crate) fn hand_over(&self, bundle: BundleId) -> Result<Vec<What>, Refusal> {
        self.nothing_is_missing()?;
        let hand_over = HandOver {
            bundle,
            at: self.now,
            by: self.actor.clone(),
        };
        Ok(vec![
            self.decided(Verdict::Approved, None),
            What::HandedOver { hand_over },
        ])
    }

    /// R3.1: what the consolidator looked for and did not find is sent back for, not handed over without.
    fn nothing_is_missing(&self) -> Result<(), Refusal> {
        let points: Vec<Point> = self
            .case
            .live_materials()
            .filter(|m| matches!(m.paper, PaperTracking::Missing { .. }))
            .map(|m| {
                let message = format!("{}：纸质原件缺少", m.kind.name());
                Point::new("paper_missing", m.kind.code().to_owned(), message)
            })
            .collect();
        if points.is_empty() {
            return Ok(());
        }
        Err(Refusal::with_points(
            "hand_over_incomplete",
            format!(
                "有 {} 件纸质原件登记为缺少，请收齐后再递交，或退回经办人补齐",
                points.len()
            ),
            points,
        ))
    }

    /// Guide 二、5（1）: accepted when every note of the guide is met and the papers are here.
    pub(crate) fn accept(&self, answers: &[ChecklistAnswer]) -> Result<Vec<What>, Refusal> {
        self.papers_are_here()?;
        let items = acceptance_checklist(self.case, self.policy);
        crate::checklist::all_met(&items, answers)?;
        Ok(vec![self.decision(
            Verdict::Approved,
            None,
            Vec::new(),
            answers,
        )])
    }

    /// Sends the case back to the agent; it goes on at the stage that sent it back.
    pub(crate) fn send_back(
        &self,
        points: &[CorrectionPoint],
        answers: &[ChecklistAnswer],
    ) -> Result<Vec<What>, Refusal> {
        let from = self.case.stage;
        let points = self.check_points(&self.with_unmet(points, answers))?;
        let returns_to = match (from, &self.case.correction) {
            // The unit sends back what somebody further on had sent back: it still goes on there.
            (Stage::UnitApproval | Stage::HandIn, Some(earlier)) => earlier.returns_to,
            (Stage::UnitApproval | Stage::HandIn, None) => Stage::UnitApproval,
            _ => from,
        };
        let correction = Correction {
            from,
            by: self.actor.clone(),
            at: self.now,
            points: points.clone(),
            returns_to,
        };
        Ok(vec![
            self.decision(Verdict::SentBack, None, points, answers),
            What::SentBack {
                correction: Box::new(correction),
            },
        ])
    }

    /// R4.1: each unmet point of the checklist goes into the notice, also when the maker named it nowhere else.
    fn with_unmet(
        &self,
        points: &[CorrectionPoint],
        answers: &[ChecklistAnswer],
    ) -> Vec<CorrectionPoint> {
        let mut all = points.to_vec();
        if self.case.stage == Stage::Acceptance && answers.iter().any(|answer| !answer.met) {
            let named: BTreeSet<_> = points
                .iter()
                .map(|point| (point.item.clone(), point.application))
                .collect();
            let items = acceptance_checklist(self.case, self.policy);
            all.extend(
                correction_points(&items, answers)
                    .into_iter()
                    .filter(|point| !named.contains(&(point.item.clone(), point.application))),
            );
        }
        all
    }

    pub(crate) fn refuse(&self, reason: &str) -> Result<Vec<What>, Refusal> {
        let reason = crate::text::check_reason("不予办理的理由", reason)?;
        Ok(vec![self.decided(Verdict::Refused, Some(reason))])
    }

    /// Moves one application into a linked case in correction; the rest goes on.
    pub(crate) fn set_aside(
        &self,
        application: ApplicationId,
        linked: CaseId,
        linked_number: CaseNumber,
        points: &[CorrectionPoint],
    ) -> Result<Vec<What>, Refusal> {
        let case = self.case;
        let found = case
            .application(application)
            .ok_or_else(unknown_application)?;
        if found.progress == Progress::SetAside {
            return Err(Refusal::new(
                "already_set_aside",
                "这份申请表已单列补正，无需重复办理",
            ));
        }
        if case.live_applications().count() < 2 {
            return Err(Refusal::new(
                "set_aside_the_only_one",
                "本办件只有一份申请表，不能单列，请直接通知整改",
            ));
        }
        if linked == case.id || linked_number == case.number {
            return Err(Refusal::new("linked_to_itself", "单列的办件须有自己的编号"));
        }
        let points: Vec<CorrectionPoint> = self
            .check_points(points)?
            .into_iter()
            .map(|point| CorrectionPoint {
                application: Some(application),
                ..point
            })
            .collect();
        let link = Link {
            direction: LinkDirection::SetAsideTo,
            case: linked,
            number: linked_number,
            application,
        };
        let correction = Correction {
            from: case.stage,
            by: self.actor.clone(),
            at: self.now,
            points: points.clone(),
            returns_to: case.stage,
        };
        Ok(vec![
            self.decision(Verdict::SetAside, None, points, &[]),
            What::SetAside {
                link,
                correction: Box::new(correction),
            },
        ])
    }

    pub(crate) fn receive_paper(
        &self,
        received: &[MaterialId],
        missing: &[MaterialId],
    ) -> Result<Vec<What>, Refusal> {
        if received.is_empty() && missing.is_empty() {
            return Err(Refusal::new(
                "paper_none_named",
                "请勾选已收到或缺少的纸质材料",
            ));
        }
        for id in received.iter().chain(missing) {
            let material = self.case.material(*id).filter(|m| m.is_live());
            let material = material.ok_or_else(unknown_material)?;
            if !material.kind.has_paper() {
                return Err(Refusal::new(
                    "paper_not_expected",
                    format!("{}没有需要登记的纸质原件", material.kind.name()),
                ));
            }
            if received.contains(id) && missing.contains(id) {
                return Err(Refusal::new(
                    "paper_received_and_missing",
                    format!("{}不能既已收到又缺少，请核对勾选", material.kind.name()),
                ));
            }
            let at_the_center = matches!(material.paper, PaperTracking::Received { .. });
            if at_the_center && received.contains(id) && self.actor.post.role == Role::SealMaker {
                return Err(Refusal::new(
                    "paper_already_received",
                    format!("{}已登记收到，无需重复登记", material.kind.name()),
                ));
            }
        }
        Ok(vec![What::PaperRecorded {
            received: received.to_vec(),
            missing: missing.to_vec(),
        }])
    }

    /// No paper is waited for (R3.3), where the policy asks for paper.
    pub(crate) fn papers_are_here(&self) -> Result<(), Refusal> {
        if !self.policy.paper_before_acceptance {
            return Ok(());
        }
        let points: Vec<Point> = self
            .case
            .papers_outstanding()
            .map(|material| {
                let (kind, state) = (material.kind, material.paper.name());
                let message = format!("{}：{state}", kind.name());
                Point::new("paper_outstanding", kind.code().to_owned(), message)
            })
            .collect();
        if points.is_empty() {
            return Ok(());
        }
        Err(Refusal::with_points(
            "paper_outstanding",
            format!(
                "还有 {} 件纸质材料未登记收到，请先登记纸质材料",
                points.len()
            ),
            points,
        ))
    }

    fn decided(&self, verdict: Verdict, reason: Option<String>) -> What {
        self.decision(verdict, reason, Vec::new(), &[])
    }

    fn decision(
        &self,
        verdict: Verdict,
        reason: Option<String>,
        points: Vec<CorrectionPoint>,
        checklist: &[ChecklistAnswer],
    ) -> What {
        let decision = Decision {
            stage: self.case.stage,
            verdict,
            by: self.actor.clone(),
            at: self.now,
            revision: self.case.revision,
            reason,
            points,
            checklist: checklist.to_vec(),
        };
        What::Decided {
            decision: Box::new(decision),
        }
    }
}
