//! Which papers there are for a case now, and for whom.

use casework::{
    ApplicationId, Case, MaterialKind, Outcome, Policy, Progress, Role, Stage, Verdict,
    required_materials,
};
use jiff::Timestamp;

use super::{PaperWish, notices};
use crate::ports::papers::{PaperGroup, PaperKind};

/// A paper that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperOffer {
    /// What it is.
    pub kind: PaperKind,
    /// The application it shows.
    pub application: Option<ApplicationId>,
    /// The decision it tells of, from 0.
    pub decision: Option<usize>,
    /// Its name, e.g. `申请表：闽侯县政务服务局`.
    pub name: String,
    /// What it is for and when it is needed.
    pub why: String,
    /// The event it tells of, for a notice.
    pub at: Option<Timestamp>,
    /// Needed at this stage of the case.
    pub now: bool,
}

impl PaperOffer {
    /// Its group on the page.
    #[must_use]
    pub fn group(&self) -> PaperGroup {
        self.kind.group()
    }

    /// Whether it is the paper that is wished for.
    pub(super) fn answers(&self, wish: &PaperWish) -> bool {
        self.kind == wish.kind
            && self.application == wish.application
            && (wish.decision.is_none() || self.decision == wish.decision)
    }
}

pub(crate) fn offers(case: &Case, role: Role, policy: &Policy) -> Vec<PaperOffer> {
    let mut offers = filing(case, policy);
    offers.extend(handing_out(case, role));
    offers.extend(notice(case));
    offers.extend(hand_over(case, role));
    offers
}

fn offer(kind: PaperKind, why: &str, now: bool) -> PaperOffer {
    PaperOffer {
        kind,
        application: None,
        decision: None,
        name: kind.name().to_owned(),
        why: why.to_owned(),
        at: None,
        now,
    }
}

fn filing(case: &Case, policy: &Policy) -> Vec<PaperOffer> {
    let now = case.stage == Stage::HandIn;
    let mut offers = Vec::new();
    for application in case.applications.iter().filter(|a| a.form.is_some()) {
        if application.progress == Progress::SetAside {
            continue;
        }
        offers.push(PaperOffer {
            application: Some(application.id),
            name: format!("申请表：{}", application.seal_name()),
            ..offer(
                PaperKind::ApplicationForm,
                "单位审批同意后打印，在印模框内加盖印模，签字、加盖单位公章，扫描后上传，原件递交",
                now,
            )
        });
    }
    if !case.letter.reasons.trim().is_empty() && !case.applications.is_empty() {
        offers.push(offer(
            PaperKind::RedHeaderLetter,
            "按本单位填写的理由和申请表起草；用红头纸打印或用作样稿，加盖单位公章后扫描上传，原件递交",
            now,
        ));
    }
    let sheet = required_materials(case, policy)
        .iter()
        .any(|material| material.kind == MaterialKind::SummarySheet);
    if sheet && case.revision > 0 {
        offers.push(offer(
            PaperKind::SummarySheet,
            "平台按申请表汇总；横向打印，签字、加盖单位公章，扫描后上传，原件递交",
            now,
        ));
    }
    offers
}

fn handing_out(case: &Case, role: Role) -> Vec<PaperOffer> {
    let mut offers = Vec::new();
    let collecting = case.stage == Stage::Collection;
    if collecting || case.collection.is_some() {
        offers.push(offer(
            PaperKind::IntroductionLetter,
            "领取印章用，与介绍信二选一；写明领取人姓名和身份证号，加盖单位印章",
            collecting,
        ));
        offers.push(offer(
            PaperKind::IntroductionSlip,
            "领取印章用，与介绍函二选一；写明领取人姓名和身份证号，加盖单位印章",
            collecting,
        ));
        offers.push(offer(
            PaperKind::IdCopySheet,
            "粘贴领取人身份证正反面复印件，加盖公章；须与介绍函（信）中为同一人员",
            collecting,
        ));
    }
    if collecting && role.is_center() {
        offers.push(offer(
            PaperKind::CollectionSheet,
            "领取人不便在屏幕上签名时打印，当面签字后扫描上传到领取登记",
            true,
        ));
    }
    let why = match case.stage {
        Stage::HandIn => Some("递交纸质材料时带什么、到哪里、找谁"),
        Stage::OnSite => Some("到现场办理时带什么、到哪里、什么时间"),
        Stage::Collection => Some("到现场领取时带什么、到哪里、什么时间"),
        _ => None,
    };
    if let Some(why) = why {
        offers.push(offer(PaperKind::WhatToBring, why, true));
    }
    if case.collection_notified_at.is_some() {
        offers.push(PaperOffer {
            at: case.collection_notified_at,
            ..offer(
                PaperKind::CollectionNotice,
                "印章已制作完成，通知到现场领取",
                collecting,
            )
        });
    }
    offers
}

fn notice(case: &Case) -> Vec<PaperOffer> {
    let mut offers = Vec::new();
    for (number, decision) in case.decisions.iter().enumerate() {
        let at = Some(decision.at);
        match decision.verdict {
            Verdict::Approved if decision.stage == Stage::Acceptance => {
                // A case accepted again after a correction has one receipt: that of the last acceptance.
                offers.retain(|offer: &PaperOffer| offer.kind != PaperKind::AcceptanceReceipt);
                offers.push(PaperOffer {
                    at,
                    ..offer(
                        PaperKind::AcceptanceReceipt,
                        "中心已受理，载明收到的材料",
                        false,
                    )
                });
            }
            Verdict::SentBack | Verdict::SetAside if notices::is_notice(decision) => {
                offers.push(PaperOffer {
                    at,
                    decision: Some(number),
                    ..offer(
                        PaperKind::CorrectionNotice,
                        "逐条写明哪里需要整改、怎样整改",
                        case.correction
                            .as_ref()
                            .is_some_and(|c| c.at == decision.at)
                            && case.stage == Stage::Correction,
                    )
                });
            }
            _ => {}
        }
    }
    if case.stage == Stage::Closed(Outcome::Refused) {
        offers.push(PaperOffer {
            at: Some(case.stage_since),
            ..offer(PaperKind::RefusalNotice, "写明不予办理的理由", true)
        });
    }
    if case.stage == Stage::Closed(Outcome::Completed) {
        let at = Some(case.stage_since);
        if case.business == casework::BusinessType::Revocation {
            offers.push(PaperOffer {
                at,
                ..offer(
                    PaperKind::CancellationNotice,
                    "印章和数字证书已撤销，状态已公示",
                    true,
                )
            });
        }
        offers.push(PaperOffer {
            at,
            ..offer(
                PaperKind::CompletionCertificate,
                "证明本办件已办结，载明每枚印章的办理结果",
                true,
            )
        });
    }
    offers
}

fn hand_over(case: &Case, role: Role) -> Option<PaperOffer> {
    let hand_over = case.hand_over.as_ref()?;
    (role == Role::Consolidator || role.is_center()).then(|| PaperOffer {
        at: Some(hand_over.at),
        ..offer(
            PaperKind::HandOverList,
            "随同一批办件的纸质材料递交中心，双方清点签字",
            case.stage == Stage::Acceptance,
        )
    })
}
